"""Runs entitlements with DuckDB: answers to all conditions are worked out once into two tables, rights are read off them.

The expression of each right is compiled once and kept by its conditions; amounts, dates and articles are data. So a what-if
that changes an amount compiles nothing, one that changes a condition compiles that right.
"""
# ruff: noqa: S608  (only compiled expressions and names of ours are laid into the queries)

import datetime as dt
from functools import cache, lru_cache
from typing import Any

import ibis
import pyarrow as pa
from ibis.backends.sql.datatypes import DuckDBType

from giamngheo.rules.condition_columns import bounds
from giamngheo.rules.conditions import HOUSEHOLD, MEMBER, leaves
from giamngheo.rules.engine import ARROW_TYPES, FEW, cursor
from giamngheo.rules.entitlements import completed, counted, granted, undetermined
from giamngheo.rules.law_of_day import TIERS, Asked, Asks, LawOfDay, law_of_day
from giamngheo.rules.stage import KEYS, every_fact, stage

#: Names under which tables stand in a connection while rights are read off.
HOMES, PEOPLE, LAW = "homes_of_day", "people_of_day", "law_of_day"
Columns = tuple[tuple[str, str], ...]


def entitle(
    households: pa.Table,
    members: pa.Table,
    *,
    on: dt.date,
    law: LawOfDay | None = None,
    unknown: bool = False,
) -> pa.Table:
    """The rights of these households and members on a day; columns and meaning as in entitlements.py.

    Raises NeededColumnError for a table without `household`, and Arrow's own error for a column that can't be read as its
    fact's type.
    """
    law = law or law_of_day(on)
    connection = cursor()
    try:
        connection.register("homes_in", typed(households, HOUSEHOLD))
        connection.register("people_in", typed(members, MEMBER))
        lay_out(connection, "homes_in", "people_in", law, on=on)
        return read_off(connection, law, unknown=unknown)
    finally:
        connection.close()


def typed(table: pa.Table, over: str) -> pa.Table:
    """The columns that conditions know, by name and each of its type; others are left out.

    A few rows get every fact as a column, so that single households share one compiled expression.
    """
    facts = every_fact(over)
    own = {
        "household": None,
        **(
            {name: _KEY_TYPES[kind] for name, kind in KEYS.items()} if over == HOUSEHOLD else {"person": None}
        ),
    }
    columns = {}
    for name in sorted({*table.column_names, *(facts if table.num_rows <= FEW else ())}):
        if name not in table.column_names:
            columns[name] = pa.nulls(table.num_rows, ARROW_TYPES[facts[name].type])
        elif name in own:
            columns[name] = table.column(name).cast(own[name]) if own[name] else table.column(name)
        elif name in facts:
            columns[name] = table.column(name).cast(ARROW_TYPES[facts[name].type])
    return pa.table(columns)


_KEY_TYPES = {"string": pa.string(), "date": pa.date32()}


def lay_out(
    connection: Any, households: str, members: str, law: LawOfDay, *, on: dt.date, dated: bool = True
) -> None:
    """Works out the answers to all conditions of the rows of two tables of a connection, into temporary tables; `dated`
    with the days that bound them."""
    homes, people = _columns(connection, households), _columns(connection, members)
    given = (
        f"WITH homes_given AS (SELECT *, DATE '{on}' AS \"on\" FROM {households}), "
        f"people_given AS (SELECT * FROM {members}) "
    )
    for name, sql in zip((HOMES, PEOPLE), _stage_sql(law.asks, homes, people, dated), strict=True):
        connection.execute(f"CREATE OR REPLACE TEMP TABLE {name} AS {given}SELECT * FROM ({sql})")
    connection.register(LAW, law.table())


def read_off(connection: Any, law: LawOfDay, *, unknown: bool = False) -> pa.Table:
    """The rights of what was laid out; `law` may hold a part of the rights of the law it was laid out for."""
    connection.register(LAW, law.table())
    return connection.sql(rights_sql(law, unknown=unknown)).to_arrow_table()


def rights_sql(law: LawOfDay, *, unknown: bool = False) -> str:
    """The rights of what was laid out, as one query."""
    parts = [
        f'SELECT *, {number}::SMALLINT AS "right" FROM ({sql(right.unit, right.asked)})'
        for number, right in enumerate(law.rights)
        for sql in (_granted_sql, _undetermined_sql)[: 1 + unknown]
    ]
    return f"WITH rows_of_day AS ({' UNION ALL '.join(parts)}) {_completed_sql()}"


def counted_sql(law: LawOfDay) -> str:
    """The holders of the rights of what was laid out, as one query: `right`, `place`, `household`, `person`, `many`."""
    return " UNION ALL ".join(
        f'SELECT *, {number}::SMALLINT AS "right" FROM ({_counted_sql(right.unit, right.asked)})'
        for number, right in enumerate(law.rights)
    )


def _columns(connection: Any, table: str) -> Columns:
    described = connection.execute(f"DESCRIBE {table}").fetchall()
    return tuple((name, kind) for name, kind, *_ in described)


def _unbound(name: str, columns: Columns, **more: str) -> Any:
    types = {column: DuckDBType.from_string(kind) for column, kind in columns}
    return ibis.table({**types, **more}, name=name)


def _sql(expression: Any) -> str:
    return str(ibis.to_sql(expression, dialect="duckdb", pretty=False))


@lru_cache(maxsize=64)
def _stage_sql(asks: Asks, homes: Columns, people: Columns, dated: bool) -> tuple[str, str]:
    given = _unbound("homes_given", homes, on="date"), _unbound("people_given", people)
    staged = stage(*given, asks, dated=dated)
    return _sql(staged.households), _sql(staged.persons)


@lru_cache(maxsize=4096)
def _granted_sql(unit: str, asked: tuple[Asked, ...]) -> str:
    return _sql(granted(unit, asked, _answered(unit, asked)))


@lru_cache(maxsize=4096)
def _counted_sql(unit: str, asked: tuple[Asked, ...]) -> str:
    return _sql(counted(unit, asked, _answered(unit, asked)))


@lru_cache(maxsize=4096)
def _undetermined_sql(unit: str, asked: tuple[Asked, ...]) -> str:
    return _sql(undetermined(unit, asked, _answered(unit, asked)))


def _answered(unit: str, asked: tuple[Asked, ...]) -> Any:
    """What was laid out, as far as these tiers read it."""
    types = {"household": "int64", "persons": "int64"} | ({"person": "int64"} if unit == "person" else {})
    for tier in asked:
        for leaf in leaves(tier.condition):
            types[leaf.code] = "boolean"
            types |= {f"{word} {leaf.code}": "date" for word in bounds(leaf)}
        if tier.of:
            types[tier.of] = "float64"
    return ibis.table(types, name=PEOPLE if unit == "person" else HOMES)


@cache
def _completed_sql() -> str:
    rows = {
        "place": "int8", "household": "int64", "person": "int64", "many": "float64", "since": "date", "until": "date",
        "ends_because": "string", "at_least": "boolean", "missing": "string", "right": "int16",
    }  # fmt: skip
    law = ibis.table(ibis.Schema.from_pyarrow(TIERS), name=LAW)
    return _sql(completed(ibis.table(rows, name="rows_of_day"), law))
