"""Deliveries, lists and findings follow the household's village; a delivery and a decided list are never changed."""

from django.db import migrations

from giamngheo.access.policies import APP_ROLE, grant, scoped
from giamngheo.audit.triggers import audited

_BY_HOUSEHOLD = ("support_delivery", "support_finding", "support_supportline")
_BY_VILLAGE = ("support_loanstanding", "support_fate", "support_knownas")

LISTS = f"""
{grant("support_supportlist", "SELECT", "INSERT", "UPDATE")}
ALTER TABLE support_supportlist ENABLE ROW LEVEL SECURITY;
CREATE POLICY seen ON support_supportlist FOR SELECT TO {APP_ROLE}
  USING (commune_id = ANY ((SELECT access_communes())::bigint[]) OR commune_id = ANY ((SELECT access_units())::bigint[]));
CREATE POLICY added ON support_supportlist FOR INSERT TO {APP_ROLE}
  WITH CHECK (commune_id = ANY ((SELECT access_communes())::bigint[]) AND (SELECT access_may_write()));
CREATE POLICY changed ON support_supportlist FOR UPDATE TO {APP_ROLE}
  USING (commune_id = ANY ((SELECT access_communes())::bigint[]) AND (SELECT access_may_review()));
"""

# A workbook is its bringer's, for it may name people outside their area; auditors read them all.
INTAKES = f"""
{grant("support_intake", "SELECT", "INSERT", "UPDATE")}
ALTER TABLE support_intake ENABLE ROW LEVEL SECURITY;
CREATE POLICY seen ON support_intake FOR SELECT TO {APP_ROLE}
  USING (created_by_id = (SELECT app_user()) OR (SELECT access_role()) = 'auditor');
CREATE POLICY added ON support_intake FOR INSERT TO {APP_ROLE}
  WITH CHECK (created_by_id = (SELECT app_user()) AND (SELECT access_may_write()));
CREATE POLICY changed ON support_intake FOR UPDATE TO {APP_ROLE}
  USING (created_by_id = (SELECT app_user()) AND (SELECT access_may_write()));
{grant("support_intakeproblem", "SELECT", "INSERT", "DELETE")}
ALTER TABLE support_intakeproblem ENABLE ROW LEVEL SECURITY;
CREATE POLICY own ON support_intakeproblem FOR ALL TO {APP_ROLE}
  USING (of_id IN (SELECT id FROM support_intake)) WITH CHECK (of_id IN (SELECT id FROM support_intake));
{grant("support_intakerow", "SELECT", "INSERT", "UPDATE", "DELETE")}
ALTER TABLE support_intakerow ENABLE ROW LEVEL SECURITY;
CREATE POLICY own ON support_intakerow FOR ALL TO {APP_ROLE}
  USING (of_id IN (SELECT id FROM support_intake)) WITH CHECK (of_id IN (SELECT id FROM support_intake));
"""

SEARCHES = f"""
{grant("support_findingsearch", "SELECT", "INSERT", "UPDATE")}
ALTER TABLE support_findingsearch ENABLE ROW LEVEL SECURITY;
CREATE POLICY seen ON support_findingsearch FOR SELECT TO {APP_ROLE}
  USING (asked_by_id = (SELECT app_user()) OR (SELECT access_role()) = 'auditor');
CREATE POLICY added ON support_findingsearch FOR INSERT TO {APP_ROLE}
  WITH CHECK (asked_by_id = (SELECT app_user()) AND (SELECT access_may_write()));
CREATE POLICY changed ON support_findingsearch FOR UPDATE TO {APP_ROLE}
  USING (asked_by_id = (SELECT app_user()) AND (SELECT access_may_write()));
"""

# Figures name no household: they are seen by whoever may see the figures of the unit, leaders too.
TALLY = f"""
{grant("support_supporttally", "SELECT")}
ALTER TABLE support_supporttally ENABLE ROW LEVEL SECURITY;
CREATE POLICY seen ON support_supporttally FOR SELECT TO {APP_ROLE} USING (village_id = ANY ((SELECT access_units())::bigint[]));

-- Counts a year anew, of all villages or of some. A holder is the person, or the household where the right is a household's.
CREATE FUNCTION support_tally_year(the_year integer, only_villages bigint[]) RETURNS bigint LANGUAGE plpgsql SECURITY DEFINER
SET search_path = public, pg_temp AS $$
DECLARE
  whole daterange := daterange(make_date(the_year, 1, 1), make_date(the_year + 1, 1, 1));
  counted bigint;
BEGIN
  DELETE FROM support_supporttally WHERE year = the_year AND (only_villages IS NULL OR village_id = ANY (only_villages));
  INSERT INTO support_supporttally (year, policy, village_id, listed, due, holders, given, missing, missing_amount, "double", double_amount)
  SELECT the_year, policy, village_id, sum(listed), sum(due), sum(holders), sum(given), sum(missing), sum(missing_amount), sum(two), sum(two_amount)
  FROM (
    SELECT s.policy, l.village_id, count(*) AS listed, coalesce(sum(l.amount), 0) AS due, 0 AS holders, 0 AS given, 0 AS missing,
      0 AS missing_amount, 0 AS two, 0 AS two_amount
    FROM support_supportline l JOIN support_supportlist s ON s.id = l.of_id
    WHERE s.state = 'decided' AND s.period && whole AND (only_villages IS NULL OR l.village_id = ANY (only_villages)) GROUP BY 1, 2
    UNION ALL
    SELECT policy, village_id, 0, 0, count(DISTINCT coalesce(person_id, -household_id)), coalesce(sum(amount), 0), 0, 0, 0, 0
    FROM support_delivery
    WHERE retired_at IS NULL AND NOT void AND period && whole AND (only_villages IS NULL OR village_id = ANY (only_villages)) GROUP BY 1, 2
    UNION ALL
    SELECT policy, village_id, 0, 0, 0, 0, count(*) FILTER (WHERE side = 'missed'), coalesce(sum(amount) FILTER (WHERE side = 'missed'), 0),
      count(*) FILTER (WHERE side = 'double'), coalesce(sum(amount) FILTER (WHERE side = 'double'), 0)
    FROM support_finding
    WHERE year = the_year AND state IN ('open', 'explained') AND (only_villages IS NULL OR village_id = ANY (only_villages)) GROUP BY 1, 2
  ) AS every GROUP BY policy, village_id;
  GET DIAGNOSTICS counted = ROW_COUNT;
  RETURN counted;
END $$;
GRANT EXECUTE ON FUNCTION support_tally_year(integer, bigint[]) TO {APP_ROLE};
"""

FROZEN = f"""
CREATE FUNCTION support_refuse_change() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  RAISE EXCEPTION 'what was given or decided is never changed; write another row' USING ERRCODE = 'insufficient_privilege';
END $$;
-- Of a delivery nothing changes but that another row took its place, once.
CREATE FUNCTION support_only_retire() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF OLD.retired_at IS NOT NULL OR NEW.retired_at IS NULL
     OR (to_jsonb(OLD) - 'retired_at') IS DISTINCT FROM (to_jsonb(NEW) - 'retired_at') THEN
    RAISE EXCEPTION 'a delivery is never edited; write another that replaces it' USING ERRCODE = 'insufficient_privilege';
  END IF;
  RETURN NEW;
END $$;
CREATE TRIGGER frozen BEFORE UPDATE ON support_delivery FOR EACH ROW EXECUTE FUNCTION support_only_retire();
CREATE TRIGGER kept BEFORE DELETE ON support_delivery FOR EACH ROW EXECUTE FUNCTION support_refuse_change();
CREATE TRIGGER frozen BEFORE UPDATE OR DELETE ON support_supportlist FOR EACH ROW
  WHEN (OLD.state = 'decided') EXECUTE FUNCTION support_refuse_change();
-- Lines come with the list and are never changed; into a list past its drawing none is slipped.
CREATE TRIGGER frozen BEFORE UPDATE OR DELETE ON support_supportline FOR EACH ROW EXECUTE FUNCTION support_refuse_change();
CREATE FUNCTION support_refuse_late_line() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF EXISTS (SELECT 1 FROM support_supportlist l JOIN new_rows n ON n.of_id = l.id WHERE l.state <> 'drawn') THEN
    RAISE EXCEPTION 'this list is past its drawing' USING ERRCODE = 'insufficient_privilege';
  END IF;
  RETURN NULL;
END $$;
CREATE TRIGGER closed AFTER INSERT ON support_supportline REFERENCING NEW TABLE AS new_rows
FOR EACH STATEMENT EXECUTE FUNCTION support_refuse_late_line();
REVOKE UPDATE ON support_supportline FROM {APP_ROLE};
"""

SQL = "\n".join(
    [
        *(scoped(table, household="household_id") for table in _BY_HOUSEHOLD),
        *(scoped(table) for table in _BY_VILLAGE),
        LISTS,
        INTAKES,
        SEARCHES,
        TALLY,
        FROZEN,
        *(
            audited(table)
            for table in (*_BY_HOUSEHOLD, *_BY_VILLAGE, "support_supportlist", "support_intake")
        ),
    ]
)


class Migration(migrations.Migration):
    dependencies = [("support", "0001_tables"), ("reviews", "0002_policies"), ("access", "0003_audited")]
    operations = [migrations.RunSQL(SQL, migrations.RunSQL.noop)]
