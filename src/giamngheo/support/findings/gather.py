"""The books of a year as the engine wants them: rights by the rules, lists, deliveries, people, the terms of policies."""

# ruff: noqa: S608  (only constants of ours are laid into the queries)

import datetime as dt
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import duckdb
import pyarrow as pa
from django.db import connection

from giamngheo.access.queries import today
from giamngheo.rules.area_lists import area_lists
from giamngheo.rules.policies import Policy, policies
from giamngheo.support.findings.engine import (
    GIVEN,
    HOMES,
    LINES,
    MOVED_LISTS,
    OWED,
    PEOPLE,
    RELATIONS,
    TERMS,
    TRUE_FACTS,
    Books,
)
from giamngheo.support.rights import agency_of, houses, lasting_policies
from giamngheo.support.snapshot import register_on, rights_of

#: Of `never_before` and `once` the whole past counts; of all other rules the deliveries for days of the year and before it.
_COMMUNE = """
LEFT JOIN areas_within c ON c.unit_id = {village} AND c.level = 3 AND %(day)s BETWEEN c.valid_from AND coalesce(c.valid_to, 'infinity')
"""
_GIVEN = f"""
SELECT d.id, d.policy, d.benefit, d.kind, d.household_id, d.person_id, d.village_id, c.ancestor_id, lower(d.period), upper(d.period) - 1,
  d.amount, d.item, d.given_on, d.agency, d.source, d.evidence
FROM support_delivery d {_COMMUNE.format(village="d.village_id")}
WHERE d.retired_at IS NULL AND NOT d.void AND lower(d.period) <= make_date(%(year)s, 12, 31)
  AND (upper(d.period) > make_date(%(year)s - 1, 1, 1) OR d.policy = ANY (%(lasting)s))
"""
_LINES = f"""
SELECT l.id, s.policy, l.benefit, l.household_id, l.person_id, l.village_id, c.ancestor_id, l.amount, lower(s.period), upper(s.period) - 1
FROM support_supportline l JOIN support_supportlist s ON s.id = l.of_id {_COMMUNE.format(village="l.village_id")}
WHERE s.state = 'decided' AND s.period && daterange(make_date(%(year)s, 1, 1), make_date(%(year)s + 1, 1, 1))
"""
#: Who left: no time of theirs in any household goes on, and the last ended by going away.
_PEOPLE = """
SELECT p.id, coalesce(p.same_as_id, p.id), p.died_on, CASE WHEN p.household_id IS NULL THEN g.last END
FROM registry_person p
LEFT JOIN (SELECT person_id, max(upper(period)) - 1 AS last FROM registry_membership WHERE retired_at IS NULL
           GROUP BY 1 HAVING NOT bool_or(upper_inf(period))) AS g ON g.person_id = p.id
"""
_DESTROYED = """
SELECT DISTINCT d.household_id, 'destroyed' FROM support_fate f JOIN support_delivery d ON d.id = f.delivery_id
WHERE f.state = 'lost' AND d.retired_at IS NULL AND NOT d.void
"""
_HOMES = """
SELECT h.id, h.ended_on, m.moved_on, u.code, c.code, t.code
FROM registry_household h JOIN areas_unit u ON u.id = h.village_id
LEFT JOIN (SELECT household_id, max(lower(period)) AS moved_on FROM registry_residence WHERE retired_at IS NULL
           GROUP BY 1 HAVING count(*) > 1) AS m ON m.household_id = h.id
LEFT JOIN areas_within wc ON wc.unit_id = h.village_id AND wc.level = 3 AND %(day)s BETWEEN wc.valid_from AND coalesce(wc.valid_to, 'infinity')
LEFT JOIN areas_unit c ON c.id = wc.ancestor_id
LEFT JOIN areas_within wt ON wt.unit_id = h.village_id AND wt.level = 2 AND %(day)s BETWEEN wt.valid_from AND coalesce(wt.valid_to, 'infinity')
LEFT JOIN areas_unit t ON t.id = wt.ancestor_id
"""


def books_of(year: int) -> Books:
    """The books of a year, of what the acting person may see."""
    day = facts_day(year)
    words = {"year": year, "day": min(dt.date(year, 12, 31), today()), "lasting": list(lasting_policies())}
    register = register_on(day)
    return Books(
        given=_fetched(_GIVEN, words, GIVEN),
        lines=_fetched(_LINES, words, LINES),
        people=_fetched(_PEOPLE, words, PEOPLE),
        homes=_fetched(_HOMES, words, HOMES),
        owed=_owed(rights_of(register, day), words),
        terms=pa.Table.from_pylist([_terms(policy) for policy in policies().values()], schema=TERMS),
        relations=pa.Table.from_pylist(list(_relations()), schema=RELATIONS),
        true_facts=_fetched(_DESTROYED, words, TRUE_FACTS),
        moved_lists=pa.Table.from_pylist(list(_moved_lists(year)), schema=MOVED_LISTS),
    )


def facts_day(year: int) -> dt.date:
    """The day whose register says who was entitled in a year: the middle of January, when the lists of a year are drawn."""
    return dt.date(year, 1, 15)


def _terms(policy: Policy) -> dict[str, Any]:
    window = policy.delivery
    return {
        "policy": policy.slug,
        "agency": agency_of(policy),
        "article": said(policy.basis.act, policy.basis.article),
        "every": window.every if window else "",
        "days": window.days if window else None,
        "houses": houses(policy),
        "cards": any(relation.kind == "one_per_person" for relation in policy.relations),
    }


def said(act: str, article: str) -> str:
    """An act with its article, as findings cite it."""
    return f"{act} {article}".strip()[:200]


def _relations() -> Iterator[dict[str, Any]]:
    for policy in policies().values():
        for relation in policy.relations:
            citation = relation.citation
            for other in relation.others or (policy.slug,):
                yield {
                    "policy": policy.slug,
                    "other": other,
                    "kind": relation.kind,
                    "whose": relation.of if relation.of == "person" else "household",
                    "article": said(citation.act, citation.article),
                    "unless": relation.unless,
                }


def _moved_lists(year: int) -> Iterator[dict[str, str]]:
    first, last = dt.date(year, 1, 1), dt.date(year, 12, 31)
    for area in area_lists().values():
        for entry in area.entries:
            begins, ends = entry.period.first, entry.period.last
            if first < begins <= last or first <= ends < last:
                for code in entry.codes:
                    yield {"list": area.slug, "code": code}


#: Rights that depend on an event nobody recorded, or that must be asked for, are no miss: a loan not asked for, say.
_UNASKED = ("loan", "episode", "course", "day")
_OWED = """
SELECT o.policy, o.benefit, o.household, o.person, o.village, c.commune, o.year_amount AS amount, o.since, o.until, o.ends_because,
  left(o.article, 200) AS article, o.facts
FROM owed o LEFT JOIN communes c ON c.village = o.village
WHERE o.state = 'yes' AND o.stands IN ('yes', 'unsure') AND o.per NOT IN {unasked}
"""


def _owed(rights: pa.Table, words: dict[str, Any]) -> pa.Table:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT unit_id, ancestor_id FROM areas_within WHERE unit_level = 4 AND level = 3"
            " AND %(day)s BETWEEN valid_from AND coalesce(valid_to, 'infinity')",
            words,
        )
        rows = cursor.fetchall()
    communes = pa.table({"village": [v for v, _c in rows], "commune": [c for _v, c in rows]})
    with duckdb.connect() as con:
        con.execute("SET threads = 2")
        con.register("owed", rights)
        con.register("communes", communes)
        return con.sql(_OWED.format(unasked=_UNASKED)).to_arrow_table().cast(OWED)


_KINDS = {pa.int64(): "BIGINT", pa.int32(): "INTEGER", pa.string(): "VARCHAR", pa.date32(): "DATE"}


def _fetched(sql: str, words: dict[str, Any], schema: pa.Schema) -> pa.Table:
    """The rows of a query as a table, by COPY."""
    columns = ", ".join(f"'{field.name}': '{_KINDS[field.type]}'" for field in schema)
    with tempfile.TemporaryDirectory() as folder, duckdb.connect() as con:
        path = Path(folder) / "rows.csv"
        with connection.cursor() as cursor:
            cursor.execute("SET LOCAL enable_nestloop = off")
            with (
                path.open("wb") as file,
                cursor.copy(f"COPY ({sql}) TO STDOUT (FORMAT csv)", words) as out,
            ):
                for block in out:
                    file.write(block)
            cursor.execute("SET LOCAL enable_nestloop = on")
        con.execute("SET threads = 2")
        return (
            con.sql(
                f"SELECT * FROM read_csv('{path}', header = false, auto_detect = false, delim = ',', quote = '\"',"
                f" escape = '\"', nullstr = '', columns = {{{columns}}})"
            )
            .to_arrow_table()
            .cast(schema)
        )
