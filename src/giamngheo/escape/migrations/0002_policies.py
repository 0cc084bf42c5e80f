"""A watch list is made by the province and read within each one's villages; who sees no households sees none of it."""

from django.db import migrations

from giamngheo.access.policies import APP_ROLE, grant, scoped
from giamngheo.audit.triggers import audited

SQL = f"""
CREATE FUNCTION escape_may_make() RETURNS boolean LANGUAGE sql STABLE PARALLEL SAFE
RETURN coalesce(access_role() = 'provincial_officer', false);

{grant("escape_watch", "SELECT", "INSERT", "UPDATE")}
ALTER TABLE escape_watch ENABLE ROW LEVEL SECURITY;
CREATE POLICY seen ON escape_watch FOR SELECT TO {APP_ROLE}
  USING ((SELECT access_role()) NOT IN ('leader', 'administrator'));
CREATE POLICY added ON escape_watch FOR INSERT TO {APP_ROLE}
  WITH CHECK (asked_by_id = (SELECT app_user()) AND (SELECT escape_may_make()));
CREATE POLICY changed ON escape_watch FOR UPDATE TO {APP_ROLE}
  USING (state IN ('waiting', 'running') AND (SELECT escape_may_make())) WITH CHECK ((SELECT escape_may_make()));
{scoped("escape_watched", rights="SELECT, INSERT", writers="escape_may_make()")}

-- What a list said on its day stays: neither a list that is done nor its households are ever changed.
CREATE FUNCTION escape_refuse_change() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  RAISE EXCEPTION 'a watch list is never changed; make another' USING ERRCODE = 'insufficient_privilege';
END $$;
CREATE TRIGGER frozen BEFORE UPDATE OR DELETE ON escape_watch FOR EACH ROW
  WHEN (OLD.state = 'done') EXECUTE FUNCTION escape_refuse_change();
CREATE TRIGGER frozen BEFORE UPDATE OR DELETE ON escape_watched FOR EACH ROW EXECUTE FUNCTION escape_refuse_change();
{audited("escape_watch")}
{audited("escape_watched")}
"""


class Migration(migrations.Migration):
    dependencies = [("escape", "0001_tables"), ("registry", "0002_policies"), ("access", "0003_audited")]
    operations = [migrations.RunSQL(SQL, migrations.RunSQL.noop)]
