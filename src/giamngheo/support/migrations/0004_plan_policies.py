"""Plans follow the household's village and are written by those who go from house to house; no row of theirs is edited."""

from django.db import migrations

from giamngheo.access.policies import APP_ROLE, grant, scoped
from giamngheo.audit.triggers import audited

WRITERS = """
CREATE FUNCTION support_may_accompany() RETURNS boolean LANGUAGE sql STABLE PARALLEL SAFE
RETURN coalesce(access_role() IN ('village_head', 'commune_officer'), false);
"""


def _of_plan(table: str, *rights: str) -> str:
    """Rows seen with their plan, and written where the plan's village is the writer's own."""
    own = "plan_id IN (SELECT id FROM support_plan WHERE village_id = ANY ((SELECT access_villages())::bigint[]))"
    may = f"{own} AND (SELECT support_may_accompany())"
    changed = f"CREATE POLICY changed ON {table} FOR UPDATE TO {APP_ROLE} USING ({may}) WITH CHECK ({may});"
    return f"""
{grant(table, *rights)}
ALTER TABLE {table} ENABLE ROW LEVEL SECURITY;
CREATE POLICY seen ON {table} FOR SELECT TO {APP_ROLE} USING (plan_id IN (SELECT id FROM support_plan));
CREATE POLICY added ON {table} FOR INSERT TO {APP_ROLE} WITH CHECK ({may});
{changed if "UPDATE" in rights else ""}
"""


FROZEN = """
CREATE TRIGGER frozen BEFORE UPDATE ON support_plan FOR EACH ROW EXECUTE FUNCTION support_only_retire();
CREATE TRIGGER kept BEFORE DELETE ON support_plan FOR EACH ROW EXECUTE FUNCTION support_refuse_change();
CREATE TRIGGER frozen BEFORE UPDATE ON support_planstep FOR EACH ROW EXECUTE FUNCTION support_only_retire();
CREATE TRIGGER kept BEFORE DELETE ON support_planstep FOR EACH ROW EXECUTE FUNCTION support_refuse_change();
CREATE TRIGGER frozen BEFORE UPDATE OR DELETE ON support_planoutcome FOR EACH ROW EXECUTE FUNCTION support_refuse_change();
-- A step put right stays a step of the same household; an outcome is told of a step of its own plan's household.
CREATE FUNCTION support_household_of_step(the_step bigint) RETURNS bigint LANGUAGE sql STABLE
RETURN (SELECT p.household_id FROM support_planstep s JOIN support_plan p ON p.id = s.plan_id WHERE s.id = the_step);
CREATE FUNCTION support_step_of_household() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF NEW.replaces_id IS NOT NULL AND support_household_of_step(NEW.replaces_id) IS DISTINCT FROM
     (SELECT household_id FROM support_plan WHERE id = NEW.plan_id) THEN
    RAISE EXCEPTION 'this step is of another household' USING ERRCODE = 'check_violation';
  END IF;
  RETURN NEW;
END $$;
CREATE FUNCTION support_outcome_of_household() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF NEW.step_id IS NOT NULL AND support_household_of_step(NEW.step_id) IS DISTINCT FROM
     (SELECT household_id FROM support_plan WHERE id = NEW.plan_id) THEN
    RAISE EXCEPTION 'this step is of another household' USING ERRCODE = 'check_violation';
  END IF;
  RETURN NEW;
END $$;
CREATE TRIGGER same_household BEFORE INSERT ON support_planstep FOR EACH ROW EXECUTE FUNCTION support_step_of_household();
CREATE TRIGGER same_household BEFORE INSERT ON support_planoutcome FOR EACH ROW EXECUTE FUNCTION support_outcome_of_household();
"""

SQL = "\n".join(
    [
        WRITERS,
        scoped("support_plan", household="household_id", writers="support_may_accompany()"),
        _of_plan("support_planstep", "SELECT", "INSERT", "UPDATE"),
        _of_plan("support_planoutcome", "SELECT", "INSERT"),
        FROZEN,
        *(audited(table) for table in ("support_plan", "support_planstep", "support_planoutcome")),
    ]
)


class Migration(migrations.Migration):
    dependencies = [("support", "0003_plans")]
    operations = [migrations.RunSQL(SQL, migrations.RunSQL.noop)]
