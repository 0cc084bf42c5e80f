"""A statement that adds many rows leaves one event with their keys; what one of them held can be asked."""

from django.db import migrations

import giamngheo.audit.models
from giamngheo.audit.triggers import FUNCTION

SQL = f"""
{FUNCTION}
CREATE INDEX event_rows ON audit_event USING gist ("rows") WHERE "rows" IS NOT NULL;

-- What stood in a row when the event added it: what its first change or deletion found, else what stands there now.
-- The owner's, for who inspects reads no household; whom the event is hidden from is told nothing.
CREATE FUNCTION audit_as_written(the_event bigint, the_row bigint) RETURNS jsonb LANGUAGE plpgsql STABLE SECURITY DEFINER
SET search_path = public, pg_temp AS $$
DECLARE
  the_subject text := (SELECT e.subject FROM audit_event e WHERE e.id = the_event AND e."rows" @> the_row);
  held jsonb;
BEGIN
  IF the_subject IS NULL OR NOT coalesce(access_role() = 'auditor' OR (access_role() = 'administrator'
     AND the_subject IN ('access_user', 'access_grant')), false) THEN
    RETURN NULL;
  END IF;
  SELECT e.before INTO held FROM audit_event e
  WHERE e.subject = the_subject AND e."row" = the_row::text AND e.id > the_event AND e.kind IN ('update', 'delete')
  ORDER BY e.id LIMIT 1;
  IF held IS NULL THEN
    EXECUTE format('SELECT to_jsonb(t) FROM %I t WHERE t.id = $1', the_subject) INTO held USING the_row;
  END IF;
  RETURN held - ARRAY['password', 'folded', 'name_key', 'id_index'];
END $$;
"""


class Migration(migrations.Migration):
    dependencies = [("audit", "0003_indexes_that_are_used"), ("access", "0002_scope")]
    operations = [
        migrations.AddField("event", "rows", giamngheo.audit.models.Keys(null=True)),
        migrations.RunSQL(SQL, "DROP FUNCTION audit_as_written(bigint, bigint); DROP INDEX event_rows;"),
    ]
