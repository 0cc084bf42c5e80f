"""Doubles and misses of a year by set-based questions over columns; pure: no database, no clock.

    found = find(Books(given=…, owed=…, lines=…, people=…, homes=…, terms=…, relations=…, moved_lists=…), year=2020, today=…)

What the law allows stays silent: instalments of one right (each for days of its own), rights of two policies that no
rule sets against one another, things of different kinds, a second loan within the ceiling, help to a house destroyed
since. `tests/support` holds the planted cases and what is found of them.
"""

import datetime as dt
from dataclasses import dataclass

import duckdb
import pyarrow as pa

from giamngheo.support.findings.double import DOUBLES
from giamngheo.support.findings.missed import MISSES

#: Columns of each table that comes in; a table may have more.
GIVEN = pa.schema(
    [
        ("delivery", pa.int64()), ("policy", pa.string()), ("benefit", pa.string()), ("kind", pa.string()),
        ("household", pa.int64()), ("person", pa.int64()), ("village", pa.int64()), ("commune", pa.int64()),
        ("since", pa.date32()), ("until", pa.date32()), ("amount", pa.int64()), ("item", pa.string()),
        ("given_on", pa.date32()), ("agency", pa.string()), ("source", pa.string()), ("evidence", pa.string()),
    ]
)  # fmt: skip
#: Rights by the register: `amount` is that of the year.
OWED = pa.schema(
    [
        ("policy", pa.string()), ("benefit", pa.string()), ("household", pa.int64()), ("person", pa.int64()),
        ("village", pa.int64()), ("commune", pa.int64()), ("amount", pa.int64()), ("since", pa.date32()),
        ("until", pa.date32()), ("ends_because", pa.string()), ("article", pa.string()), ("facts", pa.string()),
    ]
)  # fmt: skip
#: Lines of decided lists.
LINES = pa.schema(
    [
        ("line", pa.int64()), ("policy", pa.string()), ("benefit", pa.string()), ("household", pa.int64()),
        ("person", pa.int64()), ("village", pa.int64()), ("commune", pa.int64()), ("amount", pa.int64()),
        ("since", pa.date32()), ("until", pa.date32()),
    ]
)  # fmt: skip
#: Of persons given to: the record they are the same as, when they died, the last day they lived in the province.
PEOPLE = pa.schema(
    [("person", pa.int64()), ("root", pa.int64()), ("died_on", pa.date32()), ("left_on", pa.date32())]
)
#: Of households: when they ended or left; when they came to their present commune from another; codes of their units.
HOMES = pa.schema(
    [
        ("household", pa.int64()), ("left_on", pa.date32()), ("moved_on", pa.date32()), ("village_code", pa.string()),
        ("commune_code", pa.string()), ("district_code", pa.string()),
    ]
)  # fmt: skip
#: Of policies: who mends a miss, the article, days within which it must be delivered (null: no window) after each
#: `every` ('' for the event itself), whether it houses, and whether it is a card of which a person has one.
TERMS = pa.schema(
    [
        ("policy", pa.string()), ("agency", pa.string()), ("article", pa.string()), ("every", pa.string()),
        ("days", pa.int32()), ("houses", pa.bool_()), ("cards", pa.bool_()),
    ]
)  # fmt: skip
#: One row for each policy and each other it names (itself for `once`); kinds are those of rules.policies.KINDS.
RELATIONS = pa.schema(
    [("policy", pa.string()), ("other", pa.string()), ("kind", pa.string()), ("whose", pa.string()), ("article", pa.string()), ("unless", pa.string())]
)  # fmt: skip
#: Facts known to be true of households, for the `unless` of a relation.
TRUE_FACTS = pa.schema([("household", pa.int64()), ("fact", pa.string())])
#: Units that came onto an area list, or left it, within the year.
MOVED_LISTS = pa.schema([("list", pa.string()), ("code", pa.string())])

SCHEMAS = {
    "given": GIVEN, "owed": OWED, "lines": LINES, "people": PEOPLE, "homes": HOMES, "terms": TERMS,
    "relations": RELATIONS, "true_facts": TRUE_FACTS, "moved_lists": MOVED_LISTS,
}  # fmt: skip


@dataclass(frozen=True)
class Books:
    """The tables that are held side by side; each of the schema of its name above, empty where not given."""

    given: pa.Table | None = None
    owed: pa.Table | None = None
    lines: pa.Table | None = None
    people: pa.Table | None = None
    homes: pa.Table | None = None
    terms: pa.Table | None = None
    relations: pa.Table | None = None
    true_facts: pa.Table | None = None
    moved_lists: pa.Table | None = None

    def table(self, name: str) -> pa.Table:
        found: pa.Table | None = getattr(self, name)
        return SCHEMAS[name].empty_table() if found is None else found


#: What comes out, one row a finding. `key` is the same whenever the same thing is found again.
_OUT = """
SELECT md5(concat_ws('|', kind, policy, benefit, other_policy, household, person, array_to_string(deliveries, ','), line,
                     CASE WHEN len(deliveries) = 0 AND line IS NULL THEN $year END)) AS key,
  CASE WHEN kind IN ('never_listed', 'not_delivered', 'less', 'late', 'border', 'ended_early') THEN 'missed' ELSE 'double' END AS side,
  kind, policy, benefit, other_policy, household, person, village, since, until, amount, deliveries, line, article, keeper
FROM ({all}) ORDER BY village, household, person, kind, policy, benefit, since
"""

#: Deliveries with the person they are the same as; what overlaps the year is looked at, the rest is its past.
_PREPARED = """
CREATE TABLE g AS SELECT given.*, coalesce(p.root, given.person) AS root, coalesce(p.root, given.person, -given.household) AS holder, p.died_on, p.left_on AS person_left,
  h.left_on AS home_left, since <= make_date($year, 12, 31) AND until >= make_date($year, 1, 1) AS now
FROM given LEFT JOIN people p USING (person) LEFT JOIN homes h USING (household)
"""


def find(books: Books, *, year: int, today: dt.date) -> pa.Table:
    """Every double and every miss of the year, each once."""
    with duckdb.connect() as con:
        con.execute("SET threads = 2")
        for name in SCHEMAS:
            con.register(name, books.table(name))
        con.execute(_PREPARED, {"year": year})
        every = " UNION ALL BY NAME ".join(f"({sql})" for sql in (*DOUBLES, *MISSES))
        asked = {"year": year, "today": today}
        words = {name: value for name, value in asked.items() if f"${name}" in every + _OUT}
        return con.sql(_OUT.format(all=every), params=words).to_arrow_table()
