"""Events are added and read, never changed; the app's role reads them only where its person may."""

from django.db import migrations

from giamngheo.audit.triggers import FUNCTION

SQL = f"""
{FUNCTION}
GRANT SELECT, INSERT ON audit_event TO giamngheo_app;
ALTER TABLE audit_event ENABLE ROW LEVEL SECURITY;
CREATE POLICY event_added ON audit_event FOR INSERT TO giamngheo_app
  WITH CHECK (actor IS NOT DISTINCT FROM nullif(current_setting('app.user', true), '')::integer);
CREATE POLICY event_read ON audit_event FOR SELECT TO giamngheo_app
  USING ((SELECT access_role()) IN ('auditor', 'administrator')
         AND ((SELECT access_role()) = 'auditor' OR kind IN ('sign_in', 'sign_out', 'sign_in_failed')
              OR subject IN ('access_user', 'access_grant')));

-- Not even the owner rewrites what has been recorded.
CREATE FUNCTION audit_refuse_change() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  RAISE EXCEPTION 'audit_event is append-only';
END $$;
CREATE TRIGGER event_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON audit_event
FOR EACH STATEMENT EXECUTE FUNCTION audit_refuse_change();
"""


class Migration(migrations.Migration):
    dependencies = [("audit", "0001_tables"), ("access", "0002_scope")]
    operations = [migrations.RunSQL(SQL, migrations.RunSQL.noop)]
