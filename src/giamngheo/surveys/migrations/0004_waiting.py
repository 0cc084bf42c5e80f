"""How many households of a round still wait is counted in one pass, for the start page of everyone."""

from django.db import migrations

SQL = """
-- Within `units` on the round's day, or (NULL) within the acting person's own units on the working day.
CREATE FUNCTION surveys_waiting(the_round bigint, units bigint[], today date,
  OUT not_visited bigint, OUT to_return bigint, OUT overdue bigint,
  OUT undetermined bigint, OUT borderline bigint, OUT disagreements bigint)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
  WITH round AS (
    SELECT id, standard, reference_date, CASE WHEN units IS NULL THEN app_today() ELSE reference_date END AS day
    FROM surveys_round WHERE id = the_round
  ),
  villages AS (
    SELECT DISTINCT w.unit_id AS village_id FROM areas_within w, round
    WHERE w.unit_level = 4 AND w.ancestor_id = ANY ((SELECT access_units())::bigint[])
      AND round.day BETWEEN w.valid_from AND coalesce(w.valid_to, 'infinity')
      AND w.ancestor_id = ANY (coalesce(units, ARRAY(
        SELECT g.unit_id FROM access_grant g
        WHERE g.user_id = app_user() AND app_today() BETWEEN g.since AND coalesce(g.until, 'infinity'))))
  ),
  visits AS (
    SELECT count(*) AS every,
           count(*) FILTER (WHERE s.outcome IN ('not_met', 'refused')) AS to_return,
           count(*) FILTER (WHERE s.outcome IN ('not_met', 'refused') AND s.next_visit_on < today) AS overdue
    FROM surveys_visit s JOIN villages USING (village_id)
    WHERE s.round_id = the_round AND s.retired_at IS NULL
  ),
  living AS (
    SELECT count(*) AS every FROM registry_residence r JOIN villages USING (village_id), round
    WHERE r.retired_at IS NULL AND r.period @> round.reference_date
  ),
  given AS (
    SELECT count(*) FILTER (WHERE v.klass = 'undetermined') AS undetermined,
           count(*) FILTER (WHERE v.borderline) AS borderline,
           count(*) FILTER (WHERE v.disagree LIKE '%1%') AS disagreements
    FROM surveys_verdict v JOIN villages USING (village_id), round
    WHERE v.round_id = the_round AND v.standard = round.standard AND v.retired_at IS NULL
  )
  SELECT greatest(living.every - visits.every, 0), visits.to_return, visits.overdue,
         given.undetermined, given.borderline, given.disagreements
  FROM visits, living, given
$$;
"""


class Migration(migrations.Migration):
    dependencies = [("surveys", "0003_progress")]
    operations = [migrations.RunSQL(SQL, "DROP FUNCTION surveys_waiting(bigint, bigint[], date);")]
