"""A round is counted village by village and pattern by pattern first: the units above add up those few rows."""

from django.db import migrations

ANSWERS = range(1, 13)


def marked(mark: str) -> str:
    """How many households have this mark, by place in the pattern."""
    return ", ".join(f"sum(n * (substr(pattern, {i}, 1) = '{mark}')::int)" for i in ANSWERS)


SQL = f"""
CREATE OR REPLACE FUNCTION surveys_tally_round(the_round bigint, villages bigint[] DEFAULT NULL) RETURNS void
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE
  the_day date := (SELECT reference_date FROM surveys_round WHERE id = the_round);
BEGIN
  PERFORM pg_advisory_xact_lock(7001, the_round::integer);
  CREATE TEMP TABLE touched ON COMMIT DROP AS
    SELECT DISTINCT w.ancestor_id AS unit_id, w.level FROM areas_within w
    WHERE w.unit_level = 4 AND the_day BETWEEN w.valid_from AND coalesce(w.valid_to, 'infinity')
      AND (villages IS NULL OR w.unit_id = ANY (villages));
  CREATE TEMP TABLE within ON COMMIT DROP AS
    SELECT w.unit_id AS village_id, t.unit_id, t.level FROM touched t
    JOIN areas_within w ON w.ancestor_id = t.unit_id AND w.unit_level = 4
    WHERE the_day BETWEEN w.valid_from AND coalesce(w.valid_to, 'infinity');
  DELETE FROM surveys_tally t USING touched WHERE t.round_id = the_round AND t.unit_id = touched.unit_id;
  INSERT INTO surveys_tally (round_id, standard, unit_id, level, ethnic, klass, households, persons, deprived, unknown)
  WITH alike AS MATERIALIZED (
    SELECT v.standard, v.village_id, v.ethnic, v.klass, v.pattern, count(*) AS n, sum(v.persons) AS persons
    FROM surveys_verdict v
    WHERE v.round_id = the_round AND v.retired_at IS NULL AND v.village_id IN (SELECT within.village_id FROM within)
    GROUP BY v.standard, v.village_id, v.ethnic, v.klass, v.pattern
    UNION ALL
    SELECT r.standard, s.village_id, s.ethnic, s.outcome, '', count(*), sum(s.persons)
    FROM surveys_visit s JOIN surveys_round r ON r.id = s.round_id
    WHERE s.round_id = the_round AND s.retired_at IS NULL AND s.outcome <> 'met'
      AND s.village_id IN (SELECT within.village_id FROM within)
    GROUP BY r.standard, s.village_id, s.ethnic, s.outcome
  )
  SELECT the_round, standard, unit_id, level, ethnic, klass, sum(n), sum(persons), ARRAY[{marked("1")}], ARRAY[{marked("?")}]
  FROM alike JOIN within USING (village_id)
  GROUP BY standard, unit_id, level, ethnic, klass;
  DROP TABLE touched, within;
END $$;
"""  # noqa: S608


class Migration(migrations.Migration):
    dependencies = [("surveys", "0009_keys_are_looked_up_by_statement")]
    operations = [migrations.RunSQL(SQL, migrations.RunSQL.noop)]
