"""The SQL by which PostgreSQL itself refuses rows outside a person's area; every data room's migrations use it.

`app.user` holds the acting person's id for one transaction (see scope.py). Roles and grants are read from the
tables by functions of the owner, so a request can name who acts but never what they may see. Without an acting
person every function answers "nothing": `nullif(…, '')` because a setting is '' and not NULL after SET LOCAL ends.
"""

APP_ROLE = "giamngheo_app"

FUNCTIONS = """
CREATE FUNCTION app_user() RETURNS integer LANGUAGE sql STABLE PARALLEL SAFE
RETURN nullif(current_setting('app.user', true), '')::integer;

CREATE FUNCTION app_today() RETURNS date LANGUAGE sql STABLE SECURITY DEFINER PARALLEL SAFE
SET search_path = public, pg_temp
RETURN coalesce((SELECT working_date FROM access_installation), (now() AT TIME ZONE 'Asia/Ho_Chi_Minh')::date);

CREATE FUNCTION access_role() RETURNS text LANGUAGE sql STABLE SECURITY DEFINER PARALLEL SAFE
SET search_path = public, pg_temp
RETURN (SELECT role FROM access_user WHERE id = app_user() AND is_active);

CREATE FUNCTION access_may_write() RETURNS boolean LANGUAGE sql STABLE PARALLEL SAFE
RETURN coalesce(access_role() IN ('village_head', 'commune_officer', 'district_officer', 'provincial_officer'), false);

-- Who may take a step of a review: those who may write, and the chairman who decides.
CREATE FUNCTION access_may_review() RETURNS boolean LANGUAGE sql STABLE PARALLEL SAFE
RETURN coalesce(access_role() IN ('village_head', 'commune_officer', 'commune_chairman', 'district_officer',
                                  'provincial_officer'), false);

-- The villages whose households the acting person may see today. (SELECT …) so that the day is asked for once, not
-- for every row: every query under row-level security pays for this function.
CREATE FUNCTION access_villages() RETURNS bigint[] LANGUAGE sql STABLE SECURITY DEFINER PARALLEL SAFE
SET search_path = public, pg_temp
RETURN (
  SELECT coalesce(array_agg(DISTINCT w.unit_id), '{}')
  FROM access_user u
  JOIN access_grant g ON g.user_id = u.id AND (SELECT app_today()) BETWEEN g.since AND coalesce(g.until, 'infinity')
  JOIN areas_within w ON w.ancestor_id = g.unit_id AND w.unit_level = 4
                     AND (SELECT app_today()) BETWEEN w.valid_from AND coalesce(w.valid_to, 'infinity')
  WHERE u.id = app_user() AND u.is_active
    AND u.role IN ('village_head', 'commune_officer', 'commune_chairman', 'district_officer', 'provincial_officer', 'auditor')
);

-- The units whose figures the acting person may see: their own and all that ever lay within.
CREATE FUNCTION access_units() RETURNS bigint[] LANGUAGE sql STABLE SECURITY DEFINER PARALLEL SAFE
SET search_path = public, pg_temp
RETURN (
  SELECT coalesce(array_agg(DISTINCT w.unit_id), '{}')
  FROM access_user u
  JOIN access_grant g ON g.user_id = u.id AND (SELECT app_today()) BETWEEN g.since AND coalesce(g.until, 'infinity')
  JOIN areas_within w ON w.ancestor_id = g.unit_id
  WHERE u.id = app_user() AND u.is_active AND u.role <> 'administrator'
);
"""


def grant(table: str, *rights: str) -> str:
    """SQL that gives the app's role these rights on `table`, and no others."""
    return f"REVOKE ALL ON {table} FROM {APP_ROLE}; GRANT {', '.join(rights)} ON {table} TO {APP_ROLE};\n"


def scoped(
    table: str,
    *,
    column: str = "village_id",
    household: str = "",
    rights: str = "SELECT, INSERT, UPDATE",
    writers: str = "access_may_write()",
) -> str:
    """SQL that shows rows of `table` only where `column` is a village of the acting person.

    With `household` (a column) the past of a household that moved in comes along with it. `writers` is the function
    that says who may write at all. Deletion is never granted: rows are retired, not removed.
    """
    seen = f"{column} = ANY ((SELECT access_villages())::bigint[])"
    read = f"{seen} OR {household} = ANY ((SELECT access_arrivals())::bigint[])" if household else seen
    return f"""
{grant(table, rights)}
ALTER TABLE {table} ENABLE ROW LEVEL SECURITY;
CREATE POLICY seen ON {table} FOR SELECT TO {APP_ROLE} USING ({read});
CREATE POLICY added ON {table} FOR INSERT TO {APP_ROLE} WITH CHECK ({seen} AND (SELECT {writers}));
CREATE POLICY changed ON {table} FOR UPDATE TO {APP_ROLE}
  USING ({seen} AND (SELECT {writers})) WITH CHECK ((SELECT {writers}));
"""
