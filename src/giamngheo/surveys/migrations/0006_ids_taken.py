"""A workbook may ask whether an id number is taken; and one whose job was killed is said to have stopped."""

from django.db import migrations

SQL = """
-- Of these blind indexes, those that belong to somebody in the register, wherever they live: the unique index would
-- refuse them anyway, and the person who typed them must be told which row it was.
CREATE FUNCTION registry_ids_taken(asked bytea[]) RETURNS SETOF bytea LANGUAGE sql STABLE SECURITY DEFINER
SET search_path = public, pg_temp
AS $$ SELECT id_index FROM registry_person WHERE id_index = ANY (asked) AND same_as_id IS NULL $$;

-- Asked by the job runner at its start, when no job of its own can be running: it has no person to act as.
CREATE FUNCTION surveys_say_stopped(words text) RETURNS void LANGUAGE sql SECURITY DEFINER
SET search_path = public, pg_temp
AS $$ UPDATE surveys_import SET state = 'failed', stage = '', failure = words WHERE state IN ('reading', 'applying') $$;
"""


class Migration(migrations.Migration):
    dependencies = [("surveys", "0005_exports"), ("registry", "0006_searches_for_duplicates_show_how_far_they_are")]
    operations = [migrations.RunSQL(SQL, "DROP FUNCTION registry_ids_taken(bytea[]); DROP FUNCTION surveys_say_stopped(text)")]
