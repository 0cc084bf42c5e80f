"""The best of what a search found is chosen by the owner's function too.

Joined under row-level security, PostgreSQL can't guess how many persons there are to see, and reads them all.
"""

from django.db import migrations

SQL = """
CREATE FUNCTION registry_search_best(typed text, wanted integer, best integer)
RETURNS TABLE (person_id bigint, household_id bigint, rank integer)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp
BEGIN ATOMIC
  SELECT p.id, p.household_id, min(s.rank)
  FROM registry_search_names(typed, wanted) s JOIN registry_person p ON p.id = s.person_id
  GROUP BY p.id ORDER BY min(s.rank), p.relation <> 'head', p.name_key, p.folded, p.id LIMIT best;
END;
"""


class Migration(migrations.Migration):
    dependencies = [("registry", "0007_an_id_number_is_found_among_linked_records_too")]
    operations = [
        migrations.RunSQL(SQL, "DROP FUNCTION registry_search_best(text, integer, integer)"),
    ]
