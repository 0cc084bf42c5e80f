"""Progress and waiting of a province in a tenth of a second: the villages are found first, or PostgreSQL misjudges how many."""

from django.db import migrations

SQL = """
CREATE OR REPLACE FUNCTION surveys_progress(the_round bigint, units bigint[])
RETURNS TABLE (unit_id bigint, outcome text, households bigint)
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE
  the_day date := (SELECT reference_date FROM surveys_round WHERE id = the_round);
BEGIN
  RETURN QUERY
  WITH villages AS MATERIALIZED (
    SELECT w.ancestor_id AS above, w.unit_id AS village_id FROM areas_within w
    WHERE w.unit_level = 4 AND w.ancestor_id = ANY (units) AND w.ancestor_id = ANY ((SELECT access_units())::bigint[])
      AND the_day BETWEEN w.valid_from AND coalesce(w.valid_to, 'infinity')
  ),
  living AS MATERIALIZED (
    SELECT r.village_id, count(*) AS n FROM registry_residence r
    WHERE r.retired_at IS NULL AND r.period @> the_day
      AND r.village_id = ANY (ARRAY(SELECT v.village_id FROM villages v))
    GROUP BY r.village_id
  ),
  visited AS MATERIALIZED (
    SELECT s.village_id, s.outcome::text AS outcome, count(*) AS n FROM surveys_visit s
    WHERE s.round_id = the_round AND s.retired_at IS NULL
      AND s.village_id = ANY (ARRAY(SELECT v.village_id FROM villages v))
    GROUP BY s.village_id, s.outcome
  )
  SELECT v.above, ''::text, sum(living.n)::bigint FROM villages v JOIN living USING (village_id) GROUP BY v.above
  UNION ALL
  SELECT v.above, visited.outcome, sum(visited.n)::bigint FROM villages v JOIN visited USING (village_id)
  GROUP BY v.above, visited.outcome;
END $$;

CREATE OR REPLACE FUNCTION surveys_waiting(the_round bigint, units bigint[], today date,
  OUT not_visited bigint, OUT to_return bigint, OUT overdue bigint,
  OUT undetermined bigint, OUT borderline bigint, OUT disagreements bigint)
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE
  round surveys_round := (SELECT r FROM surveys_round r WHERE r.id = the_round);
  the_day date := CASE WHEN units IS NULL THEN app_today() ELSE round.reference_date END;
  within bigint[] := coalesce(units, ARRAY(
    SELECT g.unit_id FROM access_grant g
    WHERE g.user_id = app_user() AND app_today() BETWEEN g.since AND coalesce(g.until, 'infinity')));
  villages bigint[] := ARRAY(
    SELECT DISTINCT w.unit_id FROM areas_within w
    WHERE w.unit_level = 4 AND w.ancestor_id = ANY (within) AND w.ancestor_id = ANY ((SELECT access_units())::bigint[])
      AND the_day BETWEEN w.valid_from AND coalesce(w.valid_to, 'infinity'));
  visited bigint;
BEGIN
  SELECT count(*), count(*) FILTER (WHERE s.outcome IN ('not_met', 'refused')),
         count(*) FILTER (WHERE s.outcome IN ('not_met', 'refused') AND s.next_visit_on < today)
  INTO visited, to_return, overdue
  FROM surveys_visit s WHERE s.round_id = the_round AND s.retired_at IS NULL AND s.village_id = ANY (villages);
  SELECT greatest(count(*) - visited, 0) INTO not_visited
  FROM registry_residence r
  WHERE r.retired_at IS NULL AND r.period @> round.reference_date AND r.village_id = ANY (villages);
  SELECT count(*) FILTER (WHERE v.klass = 'undetermined'), count(*) FILTER (WHERE v.borderline),
         count(*) FILTER (WHERE v.disagree LIKE '%1%')
  INTO undetermined, borderline, disagreements
  FROM surveys_verdict v
  WHERE v.round_id = the_round AND v.standard = round.standard AND v.retired_at IS NULL AND v.village_id = ANY (villages);
END $$;
"""


class Migration(migrations.Migration):
    dependencies = [("surveys", "0006_ids_taken")]
    operations = [migrations.RunSQL(SQL, migrations.RunSQL.noop)]
