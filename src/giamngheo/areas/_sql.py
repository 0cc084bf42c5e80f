"""The SQL that lays what the files say into the tables: set by set, touching only rows that differ."""

#: Rows of the files, with the types they have in the database.
UNIT_TYPES = (
    "code text, level smallint, kind text, name text, parent_code text, urban boolean, alt_names text[],"
    " valid_from date, valid_to date, opened_known boolean, area_km2 numeric, border boolean,"
    " legal_basis_from text, legal_basis_to text, source text, confidence text, synthetic boolean"
)
_COLUMNS = [column.split()[0] for column in UNIT_TYPES.split(", ")]
_FACTS = [column for column in _COLUMNS if column not in ("code", "valid_from")]

#: The commune `c` in which a village `r` began: a village is as urban as that.
_HOME = "c.code = r.parent_code AND r.valid_from BETWEEN c.valid_from AND coalesce(c.valid_to, 'infinity')"

UNITS = f"""
INSERT INTO areas_unit ({", ".join(_COLUMNS)})
SELECT {", ".join("coalesce(c.urban, r.urban)" if c == "urban" else f"r.{c}" for c in _COLUMNS)}
FROM jsonb_to_recordset(%s::jsonb) AS r({UNIT_TYPES}) LEFT JOIN areas_unit c ON r.level = 4 AND {_HOME}
ON CONFLICT (code, valid_from) DO UPDATE SET {", ".join(f"{c} = EXCLUDED.{c}" for c in _FACTS)}
WHERE ({", ".join(f"areas_unit.{c}" for c in _FACTS)}) IS DISTINCT FROM ({", ".join(f"EXCLUDED.{c}" for c in _FACTS)})
RETURNING xmax = 0
"""  # noqa: S608  (only our own column names)

#: For villages that came in the same file as their communes.
VILLAGES_URBAN = f"""
UPDATE areas_unit r SET urban = c.urban FROM areas_unit c WHERE r.level = 4 AND r.urban <> c.urban AND {_HOME}
"""  # noqa: S608

#: Units of a province that its files no longer name: their ids and codes.
GONE = """
SELECT u.id, u.code FROM areas_unit u JOIN areas_within w ON w.unit_id = u.id JOIN areas_unit p ON p.id = w.ancestor_id
WHERE p.code = %(province)s AND p.level = 1 AND NOT u.synthetic
  AND NOT EXISTS (SELECT FROM jsonb_to_recordset(%(keys)s::jsonb) AS k(code text, valid_from date)
                  WHERE k.code = u.code AND k.valid_from = u.valid_from)
GROUP BY u.id, u.code
"""

FORGET = """
SET CONSTRAINTS ALL IMMEDIATE;
DELETE FROM areas_nesting WHERE child_id = ANY (%(ids)s) OR parent_id = ANY (%(ids)s);
DELETE FROM areas_within WHERE unit_id = ANY (%(ids)s) OR ancestor_id = ANY (%(ids)s);
DELETE FROM areas_succession WHERE before_id = ANY (%(ids)s) OR after_id = ANY (%(ids)s);
DELETE FROM areas_arealistentry WHERE unit_id = ANY (%(ids)s);
DELETE FROM areas_outline WHERE unit_id = ANY (%(ids)s);
DELETE FROM areas_unit WHERE id = ANY (%(ids)s);
"""

#: The units the files name, by id; what follows touches nothing that belongs to other units.
LOADED = """
CREATE TEMP TABLE loaded ON COMMIT DROP AS
SELECT u.id, u.code, u.valid_from, u.valid_to FROM areas_unit u
JOIN jsonb_to_recordset(%s::jsonb) AS k(code text, valid_from date) USING (code, valid_from)
"""

SUCCESSIONS = """
SELECT b.id AS before_id, a.id AS after_id, r."on", r.kind, r.legal_basis
FROM jsonb_to_recordset(%s::jsonb) AS r(before text, before_from date, after text, "on" date, kind text, legal_basis text)
JOIN loaded b ON b.code = r.before AND b.valid_from = r.before_from
JOIN loaded a ON a.code = r.after AND a.valid_from = r."on"
"""

LIST_TYPES = (
    "slug text, name_vi text, name_en text, legal_basis text, note_vi text, note_en text, source text,"
    " confidence text, verified boolean, complete boolean"
)
_LIST = [column.split()[0] for column in LIST_TYPES.split(", ")]
LISTS = f"""
INSERT INTO areas_arealist ({", ".join(_LIST)}) SELECT {", ".join(_LIST)} FROM jsonb_to_recordset(%s::jsonb) AS r({LIST_TYPES})
ON CONFLICT (slug) DO UPDATE SET {", ".join(f"{c} = EXCLUDED.{c}" for c in _LIST[1:])}
WHERE ({", ".join(f"areas_arealist.{c}" for c in _LIST)}) IS DISTINCT FROM ({", ".join(f"EXCLUDED.{c}" for c in _LIST)})
"""  # noqa: S608

#: An entry without a last day ends with its unit.
ENTRIES = """
SELECT l.id AS area_list_id, u.id AS unit_id, r.valid_from, coalesce(r.valid_to, u.valid_to) AS valid_to, r.source,
       r.confidence, r.verified
FROM jsonb_to_recordset(%s::jsonb) AS r(slug text, code text, valid_from date, valid_to date, source text, confidence text,
                                 verified boolean)
JOIN areas_arealist l USING (slug)
JOIN loaded u ON u.code = r.code AND r.valid_from BETWEEN u.valid_from AND coalesce(u.valid_to, 'infinity')
"""

OUTLINES = """
SELECT u.id AS unit_id, r.geometry, r.source, r.licence
FROM jsonb_to_recordset(%s::jsonb) AS r(code text, valid_from date, geometry jsonb, source text, licence text)
JOIN loaded u USING (code, valid_from)
"""

#: Who stands directly above whom. Above the village by code and period; a village begins under its commune and then
#: follows it whole into others, or stays with the one that keeps the code.
NESTINGS = """
WITH RECURSIVE village AS (
  SELECT v.id AS child_id, c.id AS parent_id, v.valid_from, coalesce(v.valid_to, 'infinity') AS ends,
         least(coalesce(v.valid_to, 'infinity'), coalesce(c.valid_to, 'infinity')) AS valid_to, c.code
  FROM areas_unit v JOIN areas_unit c ON c.code = v.parent_code AND c.level < 4
   AND v.valid_from BETWEEN c.valid_from AND coalesce(c.valid_to, 'infinity')
  WHERE v.level = 4
  UNION ALL
  SELECT b.child_id, a.id, s."on", b.ends, least(b.ends, coalesce(a.valid_to, 'infinity')), a.code
  FROM village b JOIN areas_succession s ON s.before_id = b.parent_id AND s."on" <= b.ends
  JOIN areas_unit a ON a.id = s.after_id
  WHERE s.kind <> 'part' OR a.code = b.code
)
SELECT child_id, parent_id, valid_from, nullif(valid_to, 'infinity') AS valid_to FROM village
UNION ALL
SELECT c.id, p.id, greatest(c.valid_from, p.valid_from),
       nullif(least(coalesce(c.valid_to, 'infinity'), coalesce(p.valid_to, 'infinity')), 'infinity')
FROM areas_unit c JOIN areas_unit p ON p.code = c.parent_code AND p.level < c.level
 AND c.valid_from <= coalesce(p.valid_to, 'infinity') AND p.valid_from <= coalesce(c.valid_to, 'infinity')
WHERE c.level < 4
"""

#: Nestings followed to the top; periods that touch become one.
WITHINS = """
WITH RECURSIVE up AS (
  SELECT id AS unit_id, id AS ancestor_id, valid_from, coalesce(valid_to, 'infinity') AS valid_to FROM areas_unit
  UNION ALL
  SELECT up.unit_id, n.parent_id, greatest(up.valid_from, n.valid_from),
         least(up.valid_to, coalesce(n.valid_to, 'infinity'))
  FROM up JOIN areas_nesting n ON n.child_id = up.ancestor_id
   AND up.valid_from <= coalesce(n.valid_to, 'infinity') AND n.valid_from <= up.valid_to
), spans AS (
  SELECT unit_id, ancestor_id,
         unnest(range_agg(daterange(valid_from, nullif(valid_to, 'infinity'), '[]'))) AS span
  FROM up GROUP BY unit_id, ancestor_id
)
SELECT s.unit_id, s.ancestor_id, u.level AS unit_level, a.level, lower(span) AS valid_from, upper(span) - 1 AS valid_to
FROM spans s JOIN areas_unit u ON u.id = s.unit_id JOIN areas_unit a ON a.id = s.ancestor_id
"""

ORPHANS = """
SELECT code FROM areas_unit u WHERE level = 4 AND NOT EXISTS (SELECT FROM areas_nesting n WHERE n.child_id = u.id)
ORDER BY code
"""


def settle(table: str, columns: str, wanted: str, *, key: str, within: str = "true") -> list[str]:
    """Statements after which the rows of `table` that fulfil `within` are those of the query `wanted`.

    The first takes the parameters of `wanted`. Rows that are right already are not touched, so the audit stays silent.
    """
    same = " AND ".join(f"t.{column} = gone.{column}" for column in key.split(", "))
    gone = f"SELECT {columns} FROM {table} WHERE {within} EXCEPT SELECT {columns} FROM wanted"  # noqa: S608
    return [
        f"CREATE TEMP TABLE wanted ON COMMIT DROP AS {wanted}",
        f"DELETE FROM {table} t USING ({gone}) AS gone WHERE {same}",  # noqa: S608
        f"INSERT INTO {table} ({columns}) SELECT {columns} FROM wanted EXCEPT SELECT {columns} FROM {table}",  # noqa: S608
        "DROP TABLE wanted",
    ]
