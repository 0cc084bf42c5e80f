"""Runs the verdict on Arrow tables with DuckDB; the expression of a standard is compiled once and kept.

Few rows (one household on a page) go through a statement prepared once per thread: planning costs more than running.
"""

import atexit
import datetime as dt
import os
import threading
from collections.abc import Mapping
from functools import lru_cache
from typing import Any

import duckdb
import ibis
import pyarrow as pa

from giamngheo.rules.answers import IBIS_TYPES, household_columns, member_answers, member_columns
from giamngheo.rules.facts import Fact, household_facts, member_facts
from giamngheo.rules.standards import Standard
from giamngheo.rules.verdict import verdict

ARROW_TYPES = {
    "int": pa.int64(), "number": pa.float64(), "bool": pa.bool_(), "choice": pa.string(), "date": pa.date32(),
    "text": pa.string(), "ethnic": pa.string(), "codes": pa.list_(pa.string()),
}  # fmt: skip
#: Up to so many rows, planning costs more than it saves.
FEW = 200
Tables = dict[str, pa.Table]


def assess(households: pa.Table, members: pa.Table | None, standard: Standard) -> pa.Table:
    """The verdicts of households under a standard; columns and meaning as in verdict.py, rows in no order.

    Raises NeededColumnError for a table without `household` or `area_type`, and Arrow's own error for a column that
    can't be read as its fact's type.
    """
    tables = {"households": _typed(households, household_facts(), ("household", "area_type", "on"))}
    if members is not None:
        tables["members"] = _typed(members, member_facts(), ("household",))
    if any(table.num_rows > FEW for table in tables.values()):
        return _run("verdict", standard, tables)
    tables["households"] = _widened(tables["households"], household_columns(standard), household_facts())
    if members is not None:
        tables["members"] = _widened(tables["members"], member_columns(standard), member_facts())
    return _run_prepared("verdict", standard, tables)


def members_answers(members: pa.Table, standard: Standard) -> pa.Table:
    """Of each member (`household`, `on`, `member`, member facts), which rules over members are true of it."""
    typed = _typed(members, member_facts(), ("household", "on", "member"))
    if typed.num_rows > FEW:
        return _run("members", standard, {"members": typed})
    wide = _widened(typed, member_columns(standard), member_facts())
    return _run_prepared("members", standard, {"members": wide})


def assess_one(
    household: Mapping[str, Any], members: list[dict[str, Any]] | None, standard: Standard, *, on: dt.date
) -> dict[str, Any]:
    """The verdict of one household: its facts (with `area_type`) and its members' facts, as plain values."""
    rows = arrow([{"household": 1, "on": on, **household}])
    people = (
        None if members is None else [{"household": 1, **member} for member in members] or [{"household": 0}]
    )
    found: dict[str, Any] = assess(rows, arrow(people) if people else None, standard).to_pylist()[0]
    return found


def arrow(rows: list[dict[str, Any]]) -> pa.Table:
    """Rows as an Arrow table with every key met in any of them (Arrow itself looks at the first row only)."""
    keys = dict.fromkeys(key for row in rows for key in row)
    return pa.table({key: [row.get(key) for row in rows] for key in keys})


def _typed(table: pa.Table, facts: Mapping[str, Fact], keys: tuple[str, ...]) -> pa.Table:
    """The columns that the rules know, by name and each of its fact's type; others are left out."""
    columns: dict[str, Any] = {}
    for name in sorted(table.column_names):
        column = table.column(name)
        if name in facts:
            wanted = ARROW_TYPES[facts[name].type]
            columns[name] = column if column.type == wanted else column.cast(wanted)
        elif name in ("area_type", "on"):
            columns[name] = column.cast(pa.string() if name == "area_type" else pa.date32())
        elif name in keys:
            columns[name] = column
    return pa.table(columns)


def _widened(table: pa.Table, wanted: tuple[str, ...], facts: Mapping[str, Fact]) -> pa.Table:
    """With every column the standard reads, so that single households share one compiled expression."""
    columns = {name: table.column(name) for name in table.column_names if name not in facts}
    for key in wanted:
        there = key in table.column_names
        columns[key] = table.column(key) if there else pa.nulls(table.num_rows, ARROW_TYPES[facts[key].type])
    return pa.table(columns)


_COMPILED: dict[tuple[Any, ...], str] = {}


def _sql(what: str, standard: Standard, tables: Tables) -> tuple[tuple[Any, ...], str]:
    """The compiled expression for these columns, and the key it is kept by."""
    shape = tuple(
        (name, *zip(t.schema.names, map(str, t.schema.types), strict=True)) for name, t in tables.items()
    )
    key = (what, standard.content_hash, shape)
    if key not in _COMPILED:
        unbound = {name: _unbound(name, table) for name, table in tables.items()}
        if what == "verdict":
            expression = verdict(unbound["households"], unbound.get("members"), standard)
        else:
            expression = member_answers(unbound["members"], standard, keep=("household", "member"))
        _COMPILED[key] = str(ibis.to_sql(expression, dialect="duckdb", pretty=False))
    return key, _COMPILED[key]


def _unbound(name: str, table: pa.Table) -> Any:
    facts = household_facts() if name == "households" else member_facts()
    types: dict[str, Any] = {}
    for column in table.schema:
        fact = facts.get(column.name)
        null = pa.types.is_null(column.type)
        types[column.name] = IBIS_TYPES[fact.type] if fact else "string" if null else ibis.dtype(column.type)
    return ibis.table(types, name=name)


@lru_cache(maxsize=1)
def _database(process: int) -> Any:
    """One in-memory DuckDB per process; not carried over a fork."""
    database = duckdb.connect(":memory:", config={"preserve_insertion_order": "false"})
    atexit.register(database.close)
    return database


def cursor() -> Any:
    """A connection to this process's database, with temporary tables of its own; the caller closes it."""
    return _database(os.getpid()).cursor()


def _run(what: str, standard: Standard, tables: Tables) -> pa.Table:
    _, sql = _sql(what, standard, tables)
    cursor = _database(os.getpid()).cursor()
    try:
        for name, table in tables.items():
            cursor.register(name, table)
        return cursor.sql(sql).to_arrow_table()
    finally:
        cursor.close()


class _Slot:
    """Where a prepared statement finds the table of the moment."""

    table: pa.Table

    def __arrow_c_stream__(self, requested_schema: Any = None) -> Any:
        return self.table.__arrow_c_stream__(requested_schema)

    def __arrow_c_schema__(self) -> Any:
        return self.table.schema.__arrow_c_schema__()


_prepared = threading.local()


def _run_prepared(what: str, standard: Standard, tables: Tables) -> pa.Table:
    key, sql = _sql(what, standard, tables)
    kept: dict[Any, tuple[Any, dict[str, _Slot]]] = _prepared.__dict__.setdefault(f"of_{os.getpid()}", {})
    if key not in kept:
        kept[key] = _prepare(sql, tables)
    cursor, slots = kept[key]
    for name, table in tables.items():
        slots[name].table = table
    return cursor.sql("EXECUTE kept").to_arrow_table()


def _prepare(sql: str, tables: Tables) -> tuple[Any, dict[str, _Slot]]:
    cursor = _database(os.getpid()).cursor()
    atexit.register(cursor.close)
    cursor.execute("PRAGMA disable_optimizer")
    slots = {name: _Slot() for name in tables}
    for name, table in tables.items():
        slots[name].table = table
        cursor.register(name, slots[name])
    cursor.execute(f"PREPARE kept AS {sql}")
    return cursor, slots
