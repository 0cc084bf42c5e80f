"""Who acts, which villages and units that person may see, and who may change accounts."""

from django.db import migrations

from giamngheo.access.policies import FUNCTIONS, grant

SQL = f"""
{FUNCTIONS}
{grant("access_installation", "SELECT")}
{grant("areas_unit", "SELECT")}
{grant("areas_nesting", "SELECT")}
{grant("areas_within", "SELECT")}
{grant("areas_succession", "SELECT")}
{grant("areas_arealist", "SELECT")}
{grant("areas_arealistentry", "SELECT")}
{grant("areas_outline", "SELECT")}

-- Signing in must find the account before anybody acts, so accounts can be read; only an administrator adds them or
-- changes role, name or state.
{grant("access_user", "SELECT", "INSERT", "UPDATE")}
ALTER TABLE access_user ENABLE ROW LEVEL SECURITY;
CREATE POLICY read ON access_user FOR SELECT TO giamngheo_app USING (true);
CREATE POLICY added ON access_user FOR INSERT TO giamngheo_app WITH CHECK ((SELECT access_role()) = 'administrator');
CREATE POLICY changed ON access_user FOR UPDATE TO giamngheo_app USING (true) WITH CHECK (true);
CREATE FUNCTION access_guard_user() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF current_user = 'giamngheo_app' AND access_role() IS DISTINCT FROM 'administrator'
     AND (OLD.role, OLD.is_active, OLD.username, OLD.full_name) IS DISTINCT FROM
         (NEW.role, NEW.is_active, NEW.username, NEW.full_name) THEN
    RAISE EXCEPTION 'only an administrator changes accounts' USING ERRCODE = 'insufficient_privilege';
  END IF;
  RETURN NEW;
END $$;
CREATE TRIGGER guard_user BEFORE UPDATE ON access_user FOR EACH ROW EXECUTE FUNCTION access_guard_user();

{grant("access_grant", "SELECT", "INSERT", "UPDATE")}
ALTER TABLE access_grant ENABLE ROW LEVEL SECURITY;
CREATE POLICY read ON access_grant FOR SELECT TO giamngheo_app
  USING (user_id = (SELECT app_user()) OR (SELECT access_role()) IN ('administrator', 'auditor'));
CREATE POLICY added ON access_grant FOR INSERT TO giamngheo_app
  WITH CHECK ((SELECT access_role()) = 'administrator');
CREATE POLICY changed ON access_grant FOR UPDATE TO giamngheo_app
  USING ((SELECT access_role()) = 'administrator') WITH CHECK ((SELECT access_role()) = 'administrator');
"""


class Migration(migrations.Migration):
    dependencies = [("access", "0001_tables"), ("areas", "0002_tables")]
    operations = [migrations.RunSQL(SQL, migrations.RunSQL.noop)]
