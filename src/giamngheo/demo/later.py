"""Loans and things given in kind in the synthetic province, with what was owed and what became of them; all of it invented.

Who has one is drawn by a hash among the households on the list of the power grant. Nothing is planted here: each is
lawful, so that the two-sided check has to stay silent about them.
"""

# ruff: noqa: S608  (only constants of ours are laid into the queries)

import duckdb
from django.db.backends.utils import CursorWrapper

from giamngheo.demo.bulk import copy

TABLES = ("support_loanstanding", "support_fate")
LOANS, THINGS = "loan-poor", "livelihood-projects"
#: Of a thousand households so many borrow, and so many are given something, in a year.
BORROW, GIVEN = 110, 70

#: A loan runs for three years; a thing is given once, in the planting season.
_HELP = f"""
CREATE OR REPLACE TABLE help AS
SELECT $first + row_number() OVER (ORDER BY policy, household) AS id, *, md5(concat_ws('|', 'demo', policy, household, $year)) AS mark
FROM (
  SELECT '{LOANS}' AS policy, 'loan' AS benefit, 'loan' AS kind, household, village, luck, 5000000 * (2 + luck % 9) AS amount,
    '' AS item, NULL::INTEGER AS quantity, '' AS measure, make_date($year, 1 + luck % 12, 1 + luck % 28) AS given_on, 36 AS months,
    'bank' AS agency, 'Vốn của ngân hàng' AS source, 'HĐTD-' || household || '/' || $year AS evidence
  FROM homes WHERE dice < {BORROW}
  UNION ALL
  SELECT '{THINGS}', 'project', 'goods', household, village, luck, [12000000, 1500000, 900000, 4000000][1 + luck % 4],
    ['Bò cái sinh sản', 'Lợn giống', 'Gà giống', 'Tấm lợp'][1 + luck % 4], [1, 2, 30, 40][1 + luck % 4], ['con', 'con', 'con', 'tấm'][1 + luck % 4],
    make_date($year, 3 + luck % 4, 1 + luck % 28), 12, 'agriculture', 'Ngân sách nhà nước', 'BG-' || household || '/' || $year
  FROM homes WHERE dice >= 1000 - {GIVEN}
)
"""
_HOMES = """
CREATE OR REPLACE TABLE homes AS
SELECT household, any_value(village) AS village, (hash(household, $year, 'help') % 1000)::BIGINT AS dice,
  (hash(household, $year, 'luck') % 10000)::BIGINT AS luck
FROM laid WHERE policy = $among GROUP BY household
"""
_DELIVERIES = """
SELECT id, policy, benefit, kind, household AS household_id, NULL::BIGINT AS person_id, village AS village_id,
  '[' || given_on || ',' || (given_on + to_months(months))::DATE || ')' AS period, amount, item, quantity, measure, given_on, agency, source,
  evidence, given_on || ' 09:00+07' AS recorded_at, '' AS reason, false AS void, mark
FROM help ORDER BY id
"""
#: The bank tells twice a year; one loan in forty is overdue by a fifth of what is owed.
_STANDINGS = """
SELECT id AS delivery_id, village AS village_id, told AS "on", owed AS outstanding, CASE WHEN luck % 40 = 0 THEN owed // 5 ELSE 0 END AS overdue,
  told || ' 17:00+07' AS recorded_at
FROM (SELECT *, amount * greatest(36 - date_diff('month', given_on, told), 0) // 36 AS owed
      FROM help, (VALUES (DATE '2020-06-30'), (DATE '2020-12-31'), (DATE '2021-06-30')) AS days(told)
      WHERE kind = 'loan' AND told > given_on)
ORDER BY delivery_id, "on"
"""
#: Somebody looks a year later at five things in six.
_FATES = """
SELECT id AS delivery_id, village AS village_id, (given_on + 370)::DATE AS "on",
  CASE WHEN item = 'Tấm lợp' THEN CASE WHEN luck % 20 = 0 THEN 'lost' ELSE 'alive' END
    ELSE ['alive', 'alive', 'alive', 'alive', 'alive', 'grown', 'grown', 'sold', 'lost', 'eaten'][1 + luck // 7 % 10] END AS state, '' AS note,
  (given_on + 370)::DATE || ' 09:00+07' AS recorded_at
FROM help WHERE kind = 'goods' AND luck % 6 > 0 ORDER BY delivery_id
"""


def lay(con: duckdb.DuckDBPyConnection, cursor: CursorWrapper, year: int, among: str) -> int:
    """The loans and things of a year, drawn among the holders of a policy in `laid` of `demo.support`; how many."""
    cursor.execute("SELECT coalesce(max(id), 0) FROM support_delivery")
    [(first,)] = cursor.fetchall()
    con.execute(_HOMES, {"year": year, "among": among})
    con.execute(_HELP, {"year": year, "first": first})
    count = copy(cursor, "support_delivery", con.sql(_DELIVERIES).to_arrow_table())
    for table, rows in zip(TABLES, (_STANDINGS, _FATES), strict=True):
        copy(cursor, table, con.sql(rows).to_arrow_table())
    return count
