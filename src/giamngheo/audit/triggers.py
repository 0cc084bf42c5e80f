"""The SQL by which the database itself records every write: one statement-level trigger an action, on any table.

Row-level triggers cost quadratic time on bulk loads; a statement-level one reads its transition table once. What a large
statement adds leaves one event with the keys of its rows: their content is the row itself, or what stood before its first
change, which is recorded (decision 24).
"""

#: A statement that adds more rows than this leaves one event for all of them.
SINGLY = 100

FUNCTION = f"""
CREATE OR REPLACE FUNCTION audit_write() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER
SET search_path = public, pg_temp AS $$
DECLARE
  who integer := nullif(current_setting('app.user', true), '')::integer;
  moment timestamptz := clock_timestamp();
  tx bigint := txid_current();
  hidden text[] := ARRAY['password', 'folded', 'name_key', 'id_index'];
  many bigint;
  whole int8range;
  keys int8multirange;
BEGIN
  IF TG_OP = 'INSERT' THEN
    SELECT count(*) INTO many FROM new_rows;
    IF TG_ARGV[0] = 'id' AND many > {SINGLY} THEN
      SELECT int8range(min(n.id), max(n.id), '[]') INTO whole FROM new_rows n;
      keys := CASE WHEN upper(whole) - lower(whole) = many THEN int8multirange(whole)  -- no gap: nothing to add up
              ELSE (SELECT range_agg(int8range(n.id, n.id, '[]')) FROM new_rows n) END;
      INSERT INTO audit_event ("at", actor, kind, subject, "row", "rows", transaction)
      VALUES (moment, who, 'insert', TG_TABLE_NAME, '', keys, tx);
      RETURN NULL;
    END IF;
    INSERT INTO audit_event ("at", actor, kind, subject, "row", after, transaction)
    SELECT moment, who, 'insert', TG_TABLE_NAME, r ->> TG_ARGV[0], r - hidden, tx
    FROM (SELECT to_jsonb(n) AS r FROM new_rows n OFFSET 0) AS written;  -- OFFSET 0: the row is turned to JSON once
  ELSIF TG_OP = 'UPDATE' THEN
    -- FULL is hashed or sorted; the plan kept from a statement of one row would lay every row beside every other.
    INSERT INTO audit_event ("at", actor, kind, subject, "row", before, after, transaction)
    SELECT moment, who, 'update', TG_TABLE_NAME, b ->> TG_ARGV[0], b - hidden, a - hidden, tx
    FROM (SELECT to_jsonb(o) AS b FROM old_rows o OFFSET 0) AS olds
    FULL JOIN (SELECT to_jsonb(n) AS a FROM new_rows n OFFSET 0) AS news ON a ->> TG_ARGV[0] = b ->> TG_ARGV[0]
    WHERE b IS DISTINCT FROM a;
  ELSE
    INSERT INTO audit_event ("at", actor, kind, subject, "row", before, transaction)
    SELECT moment, who, 'delete', TG_TABLE_NAME, r ->> TG_ARGV[0], r - hidden, tx
    FROM (SELECT to_jsonb(o) AS r FROM old_rows o OFFSET 0) AS gone;
  END IF;
  RETURN NULL;
END $$;
"""  # noqa: S608  (a number of ours)

_TRIGGER = """
CREATE TRIGGER audit_{operation} AFTER {operation} ON {table} REFERENCING {referencing}
FOR EACH STATEMENT EXECUTE FUNCTION audit_write('{key}');
"""

_REFERENCING = {
    "INSERT": "NEW TABLE AS new_rows",
    "UPDATE": "OLD TABLE AS old_rows NEW TABLE AS new_rows",
    "DELETE": "OLD TABLE AS old_rows",
}


def audited(table: str, *, key: str = "id") -> str:
    """SQL that makes every insert, update and delete on `table` leave an audit event with before and after."""
    return "".join(
        _TRIGGER.format(table=table, operation=operation, referencing=referencing, key=key)
        for operation, referencing in _REFERENCING.items()
    )
