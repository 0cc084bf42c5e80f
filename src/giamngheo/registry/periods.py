"""The SQL by which nobody lives in two households at once and no household in two places: looked at once a statement.

An exclusion constraint asks a GiST index for every row, which costs as much as all other writing of a membership. Here a
unique index holds that only one period in force is open, and the rest is one join at the end of each statement. Writers
of the same person or household take turns: the row they are about is locked first, unless this transaction made it and
nobody else can see it (decision 25).
"""

FUNCTION = """
CREATE OR REPLACE FUNCTION registry_periods_apart() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER
SET search_path = public, pg_temp AS $$
DECLARE
  meets boolean;
BEGIN
  -- CASE and count, not IS NULL and EXISTS: PostgreSQL would take few rows for granted and look up each by itself.
  EXECUTE format('SELECT count(*) FROM (
      SELECT FROM new_rows n JOIN %1$I whose ON whose.id = n.%2$I
      WHERE CASE WHEN n.retired_at IS NULL THEN true END AND whose.xmin <> $1 ORDER BY whose.id FOR NO KEY UPDATE OF whose) AS locked',
    TG_ARGV[0], TG_ARGV[1]) USING pg_current_xact_id()::xid;
  EXECUTE format('SELECT count(*) > 0 FROM new_rows n
      JOIN %1$I o ON o.%2$I = n.%2$I AND o.id <> n.id AND o.period && n.period
      WHERE CASE WHEN n.retired_at IS NULL THEN true END AND o.retired_at IS NULL', TG_TABLE_NAME, TG_ARGV[1]) INTO meets;
  IF meets THEN
    RAISE EXCEPTION 'two periods of % in force at once', TG_TABLE_NAME
      USING ERRCODE = 'exclusion_violation', TABLE = TG_TABLE_NAME, CONSTRAINT = TG_ARGV[2];
  END IF;
  RETURN NULL;
END $$;
"""


def apart(table: str, *, whose: str, column: str, name: str) -> str:
    """SQL that keeps periods in force of one row of `whose` (named by `column`) from meeting; `name` is told as the constraint."""
    return "".join(
        f"CREATE TRIGGER periods_apart_{operation} AFTER {operation} ON {table} REFERENCING NEW TABLE AS new_rows\n"
        f"FOR EACH STATEMENT EXECUTE FUNCTION registry_periods_apart('{whose}', '{column}', '{name}');\n"
        for operation in ("insert", "update")
    )


#: Whether any two periods in force of the table meet, over all rows: for a load that had its triggers off.
MEETING = """
SELECT EXISTS (SELECT FROM (
  SELECT period && lag(period) OVER (PARTITION BY {column} ORDER BY lower(period)) AS meets FROM {table} WHERE retired_at IS NULL
) AS periods WHERE meets)
"""
PERIODS = {"registry_residence": "household_id", "registry_membership": "person_id"}
