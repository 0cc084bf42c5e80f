"""Visits and verdicts follow the household's village; figures follow the unit; every change is recorded."""

from django.db import migrations

from giamngheo.access.policies import grant, scoped
from giamngheo.audit.triggers import audited

SQL = f"""
{grant("surveys_round", "SELECT", "INSERT", "UPDATE")}
ALTER TABLE surveys_round ENABLE ROW LEVEL SECURITY;
CREATE POLICY read ON surveys_round FOR SELECT TO giamngheo_app USING ((SELECT access_role()) IS NOT NULL);
CREATE POLICY added ON surveys_round FOR INSERT TO giamngheo_app
  WITH CHECK ((SELECT access_role()) = 'provincial_officer');
CREATE POLICY changed ON surveys_round FOR UPDATE TO giamngheo_app
  USING ((SELECT access_role()) = 'provincial_officer') WITH CHECK ((SELECT access_role()) = 'provincial_officer');
{audited("surveys_round")}

-- The text of the law is nobody's secret and is never changed once used.
{grant("surveys_lawversion", "SELECT", "INSERT")}

{scoped("surveys_visit", household="household_id")}
{scoped("surveys_verdict", household="household_id")}
{audited("surveys_visit")}
{audited("surveys_verdict")}

-- An import is its maker's; auditors read them all.
{grant("surveys_import", "SELECT", "INSERT", "UPDATE")}
ALTER TABLE surveys_import ENABLE ROW LEVEL SECURITY;
CREATE POLICY seen ON surveys_import FOR SELECT TO giamngheo_app
  USING (created_by_id = (SELECT app_user()) OR (SELECT access_role()) = 'auditor');
CREATE POLICY added ON surveys_import FOR INSERT TO giamngheo_app
  WITH CHECK (created_by_id = (SELECT app_user()) AND (SELECT access_may_write()));
CREATE POLICY changed ON surveys_import FOR UPDATE TO giamngheo_app
  USING (created_by_id = (SELECT app_user()) AND (SELECT access_may_write()));
{audited("surveys_import")}
{grant("surveys_importproblem", "SELECT", "INSERT", "DELETE")}
ALTER TABLE surveys_importproblem ENABLE ROW LEVEL SECURITY;
CREATE POLICY own ON surveys_importproblem FOR ALL TO giamngheo_app
  USING (of_id IN (SELECT id FROM surveys_import)) WITH CHECK (of_id IN (SELECT id FROM surveys_import));

-- Figures are derived: read by area, written only by the function below, which runs as the owner.
{grant("surveys_tally", "SELECT")}
ALTER TABLE surveys_tally ENABLE ROW LEVEL SECURITY;
CREATE POLICY seen ON surveys_tally FOR SELECT TO giamngheo_app
  USING (unit_id = ANY ((SELECT access_units())::bigint[]));

-- Counts one round anew for every unit that holds one of these villages on the round's reference date (all villages
-- when NULL). Visits without verdict are counted under their outcome.
CREATE FUNCTION surveys_tally_round(the_round bigint, villages bigint[] DEFAULT NULL) RETURNS void
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE
  the_day date := (SELECT reference_date FROM surveys_round WHERE id = the_round);
BEGIN
  PERFORM pg_advisory_xact_lock(7001, the_round::integer);
  CREATE TEMP TABLE touched ON COMMIT DROP AS
    SELECT DISTINCT w.ancestor_id AS unit_id, w.level FROM areas_within w
    WHERE w.unit_level = 4 AND the_day BETWEEN w.valid_from AND coalesce(w.valid_to, 'infinity')
      AND (villages IS NULL OR w.unit_id = ANY (villages));
  DELETE FROM surveys_tally t USING touched WHERE t.round_id = the_round AND t.unit_id = touched.unit_id;
  INSERT INTO surveys_tally (round_id, standard, unit_id, level, ethnic, klass, households, persons, deprived, unknown)
  SELECT the_round, standard, unit_id, level, ethnic, klass, count(*), sum(persons),
         ARRAY[sum(d1), sum(d2), sum(d3), sum(d4), sum(d5), sum(d6), sum(d7), sum(d8), sum(d9), sum(d10), sum(d11), sum(d12)],
         ARRAY[sum(u1), sum(u2), sum(u3), sum(u4), sum(u5), sum(u6), sum(u7), sum(u8), sum(u9), sum(u10), sum(u11), sum(u12)]
  FROM (
    SELECT v.standard, t.unit_id, t.level, v.ethnic, v.klass, v.persons, {", ".join(f"(substr(v.pattern, {i}, 1) = '1')::int AS d{i}, (substr(v.pattern, {i}, 1) = '?')::int AS u{i}" for i in range(1, 13))}
    FROM surveys_verdict v
    JOIN areas_within w ON w.unit_id = v.village_id AND the_day BETWEEN w.valid_from AND coalesce(w.valid_to, 'infinity')
    JOIN touched t ON t.unit_id = w.ancestor_id
    WHERE v.round_id = the_round AND v.retired_at IS NULL
    UNION ALL
    SELECT r.standard, t.unit_id, t.level, s.ethnic, s.outcome, s.persons, {", ".join("0, 0" for _ in range(12))}
    FROM surveys_visit s
    JOIN surveys_round r ON r.id = s.round_id
    JOIN areas_within w ON w.unit_id = s.village_id AND the_day BETWEEN w.valid_from AND coalesce(w.valid_to, 'infinity')
    JOIN touched t ON t.unit_id = w.ancestor_id
    WHERE s.round_id = the_round AND s.retired_at IS NULL AND s.outcome <> 'met'
  ) AS rows
  GROUP BY standard, unit_id, level, ethnic, klass;
  DROP TABLE touched;
END $$;
"""


class Migration(migrations.Migration):
    dependencies = [("surveys", "0001_tables"), ("registry", "0002_policies")]
    operations = [migrations.RunSQL(SQL, migrations.RunSQL.noop)]
