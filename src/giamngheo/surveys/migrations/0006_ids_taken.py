"""A workbook may ask whether an id number is taken, and is told no more than that."""

from django.db import migrations

SQL = """
-- Of these blind indexes, those that belong to somebody in the register, wherever they live: the unique index would
-- refuse them anyway, and the person who typed them must be told which row it was.
CREATE FUNCTION registry_ids_taken(asked bytea[]) RETURNS SETOF bytea LANGUAGE sql STABLE SECURITY DEFINER
SET search_path = public, pg_temp
AS $$ SELECT id_index FROM registry_person WHERE id_index = ANY (asked) AND same_as_id IS NULL $$;
"""


class Migration(migrations.Migration):
    dependencies = [("surveys", "0005_exports"), ("registry", "0006_searches_for_duplicates_show_how_far_they_are")]
    operations = [migrations.RunSQL(SQL, "DROP FUNCTION registry_ids_taken(bytea[])")]
