"""Whether a year was looked through in the whole of a unit: until then nothing found says nothing."""

from django.db import migrations

from giamngheo.access.policies import APP_ROLE

SQL = f"""
-- The owner's: a search is seen by who asked for it, but that it was done concerns whoever reads the figures.
CREATE FUNCTION support_checked(the_year integer, units bigint[]) RETURNS SETOF bigint
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
  SELECT DISTINCT u.id
  FROM unnest(units) AS u (id)
  JOIN support_findingsearch s ON s.year = the_year AND s.state = 'done'
  JOIN access_grant g ON g.user_id = s.asked_by_id AND s.asked_at::date BETWEEN g.since AND coalesce(g.until, 'infinity')
  WHERE g.unit_id = u.id OR EXISTS (SELECT FROM areas_within w WHERE w.unit_id = u.id AND w.ancestor_id = g.unit_id)
$$;
REVOKE EXECUTE ON FUNCTION support_checked(integer, bigint[]) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION support_checked(integer, bigint[]) TO {APP_ROLE};
"""


class Migration(migrations.Migration):
    dependencies = [("support", "0004_plan_policies")]
    operations = [migrations.RunSQL(SQL, "DROP FUNCTION support_checked(integer, bigint[])")]
