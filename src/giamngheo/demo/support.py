"""Lists of the entitled and what was given, for two years of the synthetic province, with doubles and misses planted.

Who is entitled to what is the rules' answer over the register, as when a commune draws a list. What was given follows the
lists but for what is planted: a share of the holders, drawn by a hash of who they are, so that the same province always
has the same; which they are is written into the record, for the tests of the engine that finds them.
"""

# ruff: noqa: S608  (only constants of ours are laid into the queries)

import datetime as dt
from typing import Any

import duckdb
import pyarrow as pa
from django.db.backends.utils import CursorWrapper

from giamngheo.areas.actions import OWNER
from giamngheo.audit.actions import record
from giamngheo.audit.models import Kind
from giamngheo.demo import later
from giamngheo.demo.bulk import bare, copy
from giamngheo.rules.policies import policies
from giamngheo.support.findings.gather import facts_day
from giamngheo.support.snapshot import register_on, rights_of

YEARS = (2019, 2020)
TABLES = ("support_supportlist", "support_supportline", "support_delivery", *later.TABLES)
CARDS, POWER = "health-insurance", "electricity"
#: Of a thousand holders so many are planted with each kind; the rest is as it should be.
SHARE = {CARDS: 5, POWER: 12}
#: Kinds planted among cards and among power payments, each with its place in the dice.
PLANTED = {
    CARDS: ("never_listed", "not_delivered", "card_twice"),
    POWER: ("never_listed", "not_delivered", "less", "twice"),
}

_LAID = """
CREATE OR REPLACE TABLE laid AS
SELECT r.policy, r.benefit, r.tier, r.household, r.person, r.village, r.year_amount AS amount, r.article, r.facts, c.commune,
  CASE {planted} ELSE '' END AS planted
FROM (SELECT *, hash(policy, household, person, $year) % 1000 AS dice FROM rights WHERE policy IN ('{cards}', '{power}')) r
JOIN communes c ON c.village = r.village
"""
_LISTS = """
CREATE OR REPLACE TABLE lists AS
SELECT $first_list + row_number() OVER (ORDER BY policy, commune) AS id, policy, commune,
  row_number() OVER (ORDER BY policy, commune) AS n
FROM (SELECT DISTINCT policy, commune FROM laid WHERE planted <> 'never_listed')
"""
_LIST_ROWS = """
SELECT id, policy, commune AS commune_id, '[' || $year || '-01-01,' || ($year + 1) || '-01-01)' AS period, 'decided' AS state,
  $day AS facts_on, CASE policy WHEN '{cards}' THEN '{cards_law}' ELSE '{power_law}' END AS law, $day || ' 08:00+07' AS drawn_at,
  make_date($year, 1, 25) AS decided_on, (100 + n) || '/QĐ-UBND' AS decision, '' AS note
FROM lists ORDER BY id
"""
_LINES = """
CREATE OR REPLACE TABLE lines AS
SELECT $first_line + row_number() OVER (ORDER BY s.id, l.household, l.person) AS id, s.id AS of_id, l.*
FROM laid l JOIN lists s USING (policy, commune) WHERE l.planted <> 'never_listed'
"""
_LINE_ROWS = """
SELECT id, of_id, village AS village_id, household AS household_id, person AS person_id, benefit, 'yes' AS answer, amount, '' AS item, tier,
  to_json({'on': string_split(facts, ' '), 'article': article})::VARCHAR AS facts
FROM lines ORDER BY id
"""
#: A card is paid for the year at its beginning; power a quarter at a time, twenty days after its end.
_GIVEN = """
WITH part AS (
  SELECT l.*, 0 AS quarter, make_date($year, 1, 1) AS since, make_date($year + 1, 1, 1) AS past, make_date($year, 1, 30) AS given_on, l.amount AS sum
  FROM lines l WHERE policy = '{cards}'
  UNION ALL
  SELECT l.*, n AS quarter, make_date($year, 3 * n - 2, 1), make_date($year + n // 4, 3 * n % 12 + 1, 1),
    make_date($year + n // 4, 3 * n % 12 + 1, 20), l.amount // 4
  FROM lines l, (VALUES (1), (2), (3), (4)) AS quarters(n) WHERE policy = '{power}'
)
SELECT policy, benefit, 'money' AS kind, household AS household_id, person AS person_id, village AS village_id,
  '[' || since::DATE || ',' || past::DATE || ')' AS period, sum AS amount, '' AS item, '' AS measure, (given_on + copies.late)::DATE AS given_on,
  CASE WHEN policy = '{cards}' THEN 'insurance' WHEN copies.n = 1 THEN 'commune' ELSE 'donor' END AS agency,
  CASE WHEN copies.n = 2 AND policy = '{power}' THEN 'Nhà tài trợ (bịa)' ELSE 'Ngân sách nhà nước' END AS source,
  CASE WHEN policy = '{cards}' THEN 'HN' || lpad((id * 2 + copies.n)::VARCHAR, 10, '0') ELSE 'BK-' || of_id || '/' || quarter END AS evidence,
  (given_on + copies.late)::DATE || ' 09:00+07' AS recorded_at, '' AS reason, false AS void,
  md5(concat_ws('|', 'demo', id, quarter, copies.n)) AS mark
FROM part, (VALUES (1, 0), (2, 40)) AS copies(n, late)
WHERE planted <> 'not_delivered' AND NOT (planted = 'less' AND quarter = 4)
  AND (copies.n = 1 OR planted = 'card_twice' OR planted = 'twice' AND quarter = 2)
ORDER BY id, quarter, copies.n
"""


def lay(cursor: CursorWrapper) -> int:
    """Two years of lists and deliveries; how many deliveries."""
    put_back = bare(cursor, TABLES)
    planted: dict[str, Any] = {}
    count, first_list, first_line = 0, 0, 0
    for year in YEARS:
        with duckdb.connect() as con:
            con.execute("SET threads = 2")
            _prepare(con, cursor, year, first_list, first_line)
            copy(cursor, TABLES[0], _rows(con, _LIST_ROWS, year))
            copy(cursor, TABLES[1], _rows(con, _LINE_ROWS, year))
            count += copy(cursor, TABLES[2], _rows(con, _GIVEN, year)) + later.lay(con, cursor, year, POWER)
            first_list, first_line = (_last(con, table) for table in ("lists", "lines"))
            planted[str(year)] = _planted(con)
    put_back()
    cursor.execute("SELECT support_tally_all()")
    record(kind=Kind.LOAD, subject="demo.support", details=planted, by=None, using=OWNER)
    return count


def _prepare(
    con: duckdb.DuckDBPyConnection, cursor: CursorWrapper, year: int, first_list: int, first_line: int
) -> None:
    day = facts_day(year)
    con.register("rights", rights_of(register_on(day, using=OWNER), day))
    cursor.execute(
        "SELECT unit_id, ancestor_id FROM areas_within WHERE unit_level = 4 AND level = 3"
        " AND %s BETWEEN valid_from AND coalesce(valid_to, 'infinity')",
        [dt.date(year, 12, 31)],
    )
    pairs = cursor.fetchall()
    con.register("communes", pa.table({"village": [v for v, _c in pairs], "commune": [c for _v, c in pairs]}))
    arms = [
        f"WHEN policy = '{policy}' AND dice >= {SHARE[policy] * n} AND dice < {SHARE[policy] * (n + 1)} THEN '{kind}'"
        for policy, kinds in PLANTED.items()
        for n, kind in enumerate(kinds)
    ]
    con.execute(_LAID.format(planted=" ".join(arms), cards=CARDS, power=POWER), {"year": year})
    con.execute(_LISTS, {"first_list": first_list})
    con.execute(_LINES, {"first_line": first_line})


def _rows(con: duckdb.DuckDBPyConnection, sql: str, year: int) -> pa.Table:
    laws = {f"{key}_law": policies()[slug].content_hash for key, slug in (("cards", CARDS), ("power", POWER))}
    for word, value in {"cards": CARDS, "power": POWER, **laws}.items():
        sql = sql.replace(f"{{{word}}}", value)
    sql = sql.replace("$year", str(year)).replace("$day", f"DATE '{facts_day(year)}'")
    return con.sql(sql).to_arrow_table()


def _last(con: duckdb.DuckDBPyConnection, table: str) -> int:
    found = con.sql(f"SELECT coalesce(max(id), 0) FROM {table}").fetchall()
    return int(found[0][0])


def _planted(con: duckdb.DuckDBPyConnection) -> dict[str, list[list[int]]]:
    """By kind, the holders planted: [household, person or 0]."""
    rows = con.sql(
        "SELECT planted, household, coalesce(person, 0) FROM laid WHERE planted <> '' ORDER BY ALL"
    ).fetchall()
    found: dict[str, list[list[int]]] = {}
    for kind, household, person in rows:
        found.setdefault(kind, []).append([household, person])
    return found
