"""The SQL by which the rows of one statement have their keys looked up together, where row by row would take too long.

PostgreSQL checks a foreign key by a query for each row, some ten microseconds: of a province read from a workbook that is
a third of all the time. Here one anti-join does it at the end of the statement, under the same error. It needs no lock on
the rows named, for those tables let no row go: `kept` refuses deletion and another key, to the owner too (decision 25).
"""

FUNCTIONS = """
CREATE OR REPLACE FUNCTION keys_there() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE
  missing text;
BEGIN
  FOR i IN 0 .. TG_NARGS - 1 BY 3 LOOP
    -- min, not LIMIT 1: of many rows the whole is asked for, which PostgreSQL then joins whole.
    EXECUTE format('SELECT min(n.%1$I::text) FROM new_rows n WHERE n.%1$I IS NOT NULL
                    AND NOT EXISTS (SELECT FROM %2$I there WHERE there.%3$I = n.%1$I)',
                   TG_ARGV[i], TG_ARGV[i + 1], TG_ARGV[i + 2]) INTO missing;
    IF missing IS NOT NULL THEN
      RAISE EXCEPTION '%.% = % names no row of %', TG_TABLE_NAME, TG_ARGV[i], missing, TG_ARGV[i + 1]
        USING ERRCODE = 'foreign_key_violation', TABLE = TG_TABLE_NAME, COLUMN = TG_ARGV[i];
    END IF;
  END LOOP;
  RETURN NULL;
END $$;

CREATE OR REPLACE FUNCTION keys_stay() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  RAISE EXCEPTION 'rows of % are retired, never deleted or given another key', TG_TABLE_NAME
    USING ERRCODE = 'foreign_key_violation', TABLE = TG_TABLE_NAME;
END $$;
"""


def tied(table: str, **columns: str) -> str:
    """SQL that makes each of `columns` name a row of the table given for it ("table", or "table.key" where that is not `id`).

    That table must be `kept`. NULL names no row.
    """
    asked = ", ".join(
        f"'{column}', '{named.partition('.')[0]}', '{named.partition('.')[2] or 'id'}'"
        for column, named in columns.items()
    )
    return "".join(
        f"CREATE TRIGGER keys_of_{operation} AFTER {operation} ON {table} REFERENCING NEW TABLE AS new_rows\n"
        f"FOR EACH STATEMENT EXECUTE FUNCTION keys_there({asked});\n"
        for operation in ("insert", "update")
    )


def kept(table: str, *, key: str = "id") -> str:
    """SQL that refuses to let any row of `table` go, or take another key."""
    return f"""
CREATE TRIGGER rows_stay BEFORE DELETE ON {table} FOR EACH STATEMENT EXECUTE FUNCTION keys_stay();
CREATE TRIGGER keys_stay BEFORE UPDATE OF {key} ON {table} FOR EACH ROW WHEN (OLD.{key} IS DISTINCT FROM NEW.{key})
EXECUTE FUNCTION keys_stay();
"""


#: The keys that `tied` holds on these tables: (table, column, the table named, its key).
HELD = """
SELECT tgrelid::regclass::text, told[i], told[i + 1], told[i + 2]
FROM (SELECT tgrelid, string_to_array(encode(tgargs, 'escape'), '\\000') AS told FROM pg_trigger
      WHERE tgname = 'keys_of_insert' AND tgrelid = ANY (%s::regclass[])) AS held,
  generate_series(1, cardinality(told) - 2, 3) AS i
"""
