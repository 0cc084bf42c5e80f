"""How far a round has come is a figure: those who see figures may ask it, without seeing one household."""

from django.db import migrations

SQL = """
-- Households of the register on the round's reference date (outcome '') and visits by outcome, for those of `units`
-- whose figures the acting person may see.
CREATE FUNCTION surveys_progress(the_round bigint, units bigint[])
RETURNS TABLE (unit_id bigint, outcome text, households bigint)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
  WITH the_day AS (SELECT reference_date AS day FROM surveys_round WHERE id = the_round),
  villages AS (
    SELECT w.ancestor_id AS unit_id, w.unit_id AS village_id
    FROM areas_within w, the_day
    WHERE w.unit_level = 4 AND w.ancestor_id = ANY (units) AND w.ancestor_id = ANY ((SELECT access_units())::bigint[])
      AND the_day.day BETWEEN w.valid_from AND coalesce(w.valid_to, 'infinity')
  ),
  living AS (
    SELECT r.village_id, count(*) AS n FROM registry_residence r, the_day
    WHERE r.retired_at IS NULL AND r.period @> the_day.day
      AND r.village_id IN (SELECT village_id FROM villages)
    GROUP BY r.village_id
  ),
  visited AS (
    SELECT s.village_id, s.outcome, count(*) AS n FROM surveys_visit s
    WHERE s.round_id = the_round AND s.retired_at IS NULL
      AND s.village_id IN (SELECT village_id FROM villages)
    GROUP BY s.village_id, s.outcome
  )
  SELECT v.unit_id, '', sum(living.n)::bigint FROM villages v JOIN living USING (village_id) GROUP BY v.unit_id
  UNION ALL
  SELECT v.unit_id, visited.outcome, sum(visited.n)::bigint FROM villages v JOIN visited USING (village_id)
  GROUP BY v.unit_id, visited.outcome
$$;
"""


class Migration(migrations.Migration):
    dependencies = [("surveys", "0002_policies"), ("registry", "0002_policies")]
    operations = [migrations.RunSQL(SQL, "DROP FUNCTION surveys_progress(bigint, bigint[]);")]
