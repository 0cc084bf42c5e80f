"""The register of a day as columns, for the rules of support: households with their standing, members with their facts.

Facts come from the last visit on or before the day; what nobody asked is not there, and not known to the rules. What
support itself has recorded excludes other rights: who was given a house before, say.
"""

# ruff: noqa: S608  (only constants of ours are laid into the queries)

import datetime as dt
import tempfile
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import duckdb
import pyarrow as pa
from django.db import DEFAULT_DB_ALIAS, connections

from giamngheo.rules.entitle import entitle
from giamngheo.rules.facts import HOUSEHOLD, MEMBER, Fact, facts
from giamngheo.rules.relations import RECEIVED, settle
from giamngheo.support.rights import facts_read, lasting_policies

_HOUSEHOLDS = {
    "household": "BIGINT", "village_id": "BIGINT", "village": "VARCHAR", "commune": "VARCHAR", "district": "VARCHAR",
    "status": "VARCHAR", "poor_type": "VARCHAR", "status_since": "DATE", "left_poor_on": "DATE", "left_near_poor_on": "DATE",
    "answers": "VARCHAR", "members": "VARCHAR",
}  # fmt: skip
_MEMBERS = {
    "household": "BIGINT", "person": "BIGINT", "birth_date": "DATE", "birth_year": "BIGINT", "sex": "VARCHAR",
    "ethnic": "VARCHAR", "relation": "VARCHAR",
}  # fmt: skip

_LIVED = """
SELECT r.household_id AS household, r.village_id AS village FROM registry_residence r
WHERE r.retired_at IS NULL AND r.period @> %(day)s::date
  AND (%(villages)s::bigint[] IS NULL OR r.village_id = ANY (%(villages)s::bigint[]))
  AND (%(households)s::bigint[] IS NULL OR r.household_id = ANY (%(households)s::bigint[]))
"""
_PLACES = """
SELECT w.unit_id AS village, max(u.code) AS code, max(a.code) FILTER (WHERE w.level = 3) AS commune, max(a.code) FILTER (WHERE w.level = 2) AS district
FROM areas_within w JOIN areas_unit a ON a.id = w.ancestor_id JOIN areas_unit u ON u.id = w.unit_id
WHERE w.unit_level = 4 AND %(day)s BETWEEN w.valid_from AND coalesce(w.valid_to, 'infinity') GROUP BY 1
"""
_HOUSEHOLD_ROWS = f"""
WITH lived AS MATERIALIZED ({_LIVED}), place AS MATERIALIZED ({_PLACES}),
standing AS MATERIALIZED (
  SELECT household_id AS household, listed, klass, lower(period) AS since FROM reviews_recognition
  WHERE period @> %(day)s::date AND (%(households)s::bigint[] IS NULL OR household_id = ANY (%(households)s::bigint[]))
),
gone AS MATERIALIZED (
  SELECT household_id AS household, max(upper(period)) FILTER (WHERE listed = 'poor') AS poor,
    max(upper(period)) FILTER (WHERE listed = 'near_poor') AS near
  FROM reviews_recognition
  WHERE upper(period) <= %(day)s::date AND (%(households)s::bigint[] IS NULL OR household_id = ANY (%(households)s::bigint[]))
  GROUP BY 1
),
latest AS MATERIALIZED (
  SELECT DISTINCT ON (v.household_id) v.household_id AS household, v.id FROM surveys_visit v
  WHERE v.retired_at IS NULL AND v.visited_on <= %(day)s AND v.outcome = 'met' AND v.round_id = ANY (%(rounds)s::bigint[])
    AND (%(households)s::bigint[] IS NULL OR v.household_id = ANY (%(households)s::bigint[]))
    AND (%(villages)s::bigint[] IS NULL OR v.village_id = ANY (%(villages)s::bigint[]))
  ORDER BY v.household_id, v.visited_on DESC
)
SELECT l.household, l.village, p.code, p.commune, p.district, coalesce(s.listed, 'none'),
  CASE s.klass WHEN 'poor_income' THEN 'income' WHEN 'poor_deprivation' THEN 'deprivation' END, s.since, g.poor, g.near,
  v.answers::text, v.members::text
FROM lived l LEFT JOIN place p ON p.village = l.village LEFT JOIN standing s ON s.household = l.household
LEFT JOIN gone g ON g.household = l.household LEFT JOIN latest a ON a.household = l.household LEFT JOIN surveys_visit v ON v.id = a.id
"""
_RECEIVED = f"""
WITH lived AS MATERIALIZED ({_LIVED})
SELECT d.household_id, coalesce(p.same_as_id, d.person_id), d.policy, lower(d.period),
  EXISTS (SELECT 1 FROM support_fate f WHERE f.delivery_id = d.id AND f.state = 'lost' AND f."on" <= %(day)s)
FROM support_delivery d JOIN lived l ON l.household = d.household_id LEFT JOIN registry_person p ON p.id = d.person_id
WHERE d.retired_at IS NULL AND NOT d.void AND lower(d.period) < %(day)s::date AND d.policy = ANY (%(lasting)s)
"""
_RECEIVED_COLUMNS = {
    "household": "BIGINT", "person": "BIGINT", "policy": "VARCHAR", "on": "DATE", "destroyed": "BOOLEAN",
}  # fmt: skip
_MEMBER_ROWS = f"""
WITH lived AS MATERIALIZED ({_LIVED})
SELECT m.household_id, m.person_id, p.birth_date, p.birth_year, p.sex, p.ethnic, m.relation
FROM registry_membership m JOIN lived l ON l.household = m.household_id JOIN registry_person p ON p.id = m.person_id
WHERE m.retired_at IS NULL AND m.period @> %(day)s::date AND (p.died_on IS NULL OR p.died_on >= %(day)s)
"""


@dataclass(frozen=True)
class Register:
    """Columns of a day: what `rules.entitlements` reads, `village_id` of each household, and what was received before."""

    households: pa.Table
    members: pa.Table
    received: pa.Table


def register_on(
    day: dt.date,
    *,
    villages: Collection[int] | None = None,
    households: Collection[int] | None = None,
    using: str = DEFAULT_DB_ALIAS,
) -> Register:
    """The register of a day as now known: of all the acting person may see, of some villages, or of some households."""
    words = {
        "day": day,
        "villages": None if villages is None else list(villages),
        "households": None if households is None else list(households),
        "rounds": _rounds(day, using),
        "lasting": list(lasting_policies()),
    }
    few = households is not None
    with tempfile.TemporaryDirectory() as folder, duckdb.connect() as con:
        con.execute("SET threads = 2")
        home = _fetched(
            con, Path(folder) / "homes_read.csv", _HOUSEHOLD_ROWS, words, _HOUSEHOLDS, using=using, few=few
        )
        con.execute(f"CREATE TABLE homes AS SELECT * FROM {home}")
        people = _fetched(
            con, Path(folder) / "people_read.csv", _MEMBER_ROWS, words, _MEMBERS, using=using, few=few
        )
        con.execute(f"CREATE TABLE people AS SELECT * FROM {people}")
        received = _fetched(
            con, Path(folder) / "received_read.csv", _RECEIVED, words, _RECEIVED_COLUMNS, using=using, few=few
        )
        got = con.sql(f"SELECT * FROM {received}").to_arrow_table().cast(RECEIVED)
        return Register(_homes(con), _people(con), got)


def rights_on(
    day: dt.date,
    *,
    villages: Collection[int] | None = None,
    households: Collection[int] | None = None,
) -> pa.Table:
    """Every right of a day, a row each as `rules.relations.settle` gives them, with `village` (id) and `year_amount`.

    `year_amount` is what the right comes to in a year, in đồng: `amount` as often as it comes; null where that can't be
    told. What the law or an earlier delivery excludes is not there.
    """
    return rights_of(register_on(day, villages=villages, households=households), day)


def rights_of(register: Register, day: dt.date) -> pa.Table:
    """The same of columns at hand."""
    rights = settle(entitle(register.households, register.members, on=day), register.received)
    with duckdb.connect() as con:
        con.execute("SET threads = 2")
        con.register("rights", rights)
        con.register("homes", register.households)
        return con.sql(_BY_YEAR).to_arrow_table()


#: `times` bounds how often it comes in a year; a right counted by the day has no sum for a year.
_BY_YEAR = """
SELECT r.*, h.village_id AS village,
  CASE r.per WHEN 'month' THEN r.amount * coalesce(r.times, 12) WHEN 'quarter' THEN r.amount * coalesce(r.times, 4)
    WHEN 'day' THEN NULL ELSE r.amount * coalesce(r.times, 1) END AS year_amount
FROM rights r JOIN homes h ON h.household = r.household WHERE r.stands <> 'no'
"""


def _rounds(day: dt.date, using: str) -> list[int]:
    """The reviews held by that day, of which the last two are enough to know a household that was met."""
    with connections[using].cursor() as cursor:
        cursor.execute("SELECT id FROM surveys_round WHERE opens <= %s ORDER BY opens DESC LIMIT 2", [day])
        return [pk for (pk,) in cursor.fetchall()]


def _fetched(
    con: duckdb.DuckDBPyConnection,
    path: Path,
    sql: str,
    words: Mapping[str, Any],
    columns: Mapping[str, str],
    *,
    using: str,
    few: bool,
) -> str:
    """The rows of a query as a relation that DuckDB reads: a few by hand, many in a file by COPY."""
    if few:
        with connections[using].cursor() as cursor:
            cursor.execute(sql, words)
            rows = cursor.fetchall()
        schema = pa.schema([(name, _ARROW[kind]) for name, kind in columns.items()])
        named = [dict(zip(columns, row, strict=True)) for row in rows]
        con.register(path.stem, pa.Table.from_pylist(named, schema=schema))
        return path.stem
    with connections[using].cursor() as cursor:
        cursor.execute(
            "SET LOCAL enable_nestloop = off"
        )  # of a whole province every join is one of whole sets
        try:
            with (
                path.open("wb") as file,
                cursor.copy(f"COPY ({sql}) TO STDOUT (FORMAT csv)", words) as out,
            ):
                for block in out:
                    file.write(block)
        finally:
            if not connections[using].needs_rollback:
                cursor.execute("SET LOCAL enable_nestloop = on")
    types = ", ".join(f"'{name}': '{kind}'" for name, kind in columns.items())
    return (
        f"read_csv('{path}', header = false, auto_detect = false, delim = ',', quote = '\"', escape = '\"',"
        f" nullstr = '', max_line_size = 10000000, columns = {{{types}}})"
    )


_ARROW = {"BIGINT": pa.int64(), "VARCHAR": pa.string(), "DATE": pa.date32(), "BOOLEAN": pa.bool_()}
_TYPES = {
    "int": "BIGINT", "number": "DOUBLE", "bool": "BOOLEAN", "choice": "VARCHAR", "date": "DATE", "ethnic": "VARCHAR",
}  # fmt: skip


def _asked(over: str) -> list[Fact]:
    """The facts of forms that a policy reads: of one value each, and not who somebody is."""
    read = facts_read()
    return [
        fact
        for fact in facts().values()
        if fact.over == over and fact.key in read and fact.type in _TYPES and fact.key not in _MEMBERS
    ]


def _homes(con: duckdb.DuckDBPyConnection) -> pa.Table:
    columns = ", ".join([*list(_HOUSEHOLDS)[:10], *_values("said", _asked(HOUSEHOLD))])
    said = _from_json("answers", _asked(HOUSEHOLD))
    return con.sql(f"SELECT {columns} FROM (SELECT *, {said} AS said FROM homes)").to_arrow_table()


def _people(con: duckdb.DuckDBPyConnection) -> pa.Table:
    """Members with what the last visit told of them."""
    said = _from_json("m", _asked(MEMBER))
    con.execute(
        f"CREATE TABLE told AS SELECT household, CAST(m ->> 'person' AS BIGINT) AS who, {said} AS said FROM homes,"
        " unnest(CAST(members AS JSON[])) AS t(m) WHERE members <> '[]'"
    )
    columns = ", ".join(["p.*", *_values("said", _asked(MEMBER))])
    return con.sql(
        f"SELECT {columns} FROM people p LEFT JOIN told t ON t.who = p.person AND t.household = p.household"
    ).to_arrow_table()


def _from_json(column: str, asked: list[Fact]) -> str:
    """All values of a JSON object at once, so that it is read once a row."""
    paths = ", ".join(f"'$.{fact.key}'" for fact in asked)
    return f"json_extract_string({column}, [{paths}])"


def _values(said: str, asked: list[Fact]) -> list[str]:
    return [
        f"TRY_CAST({said}[{place}] AS {_TYPES[fact.type]}) AS {fact.key}"
        for place, fact in enumerate(asked, start=1)
    ]
