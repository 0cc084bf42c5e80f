"""What the rights of a day are worth in a year, by household and policy: added up where they are worked out, without days and
reasons.

Only rights that are sure are counted; of rights that exclude one another the one worth most (relations.had). The same law read
twice over the same households, with other amounts or exclusions, has its conditions answered once.
"""
# ruff: noqa: S608  (only compiled expressions and names of ours are laid into the queries)

import datetime as dt
from collections.abc import Mapping, Sequence
from functools import cache
from typing import Any

import ibis
import ibis.expr.types as ir
import pyarrow as pa

from giamngheo.rules.conditions import HOUSEHOLD, MEMBER
from giamngheo.rules.engine import cursor
from giamngheo.rules.entitle import LAW, counted_sql, lay_out, typed
from giamngheo.rules.entitlements import YES, amount
from giamngheo.rules.law_of_day import TIERS, LawOfDay
from giamngheo.rules.policies import Policy
from giamngheo.rules.relations import AMONG_RIGHTS, PAIRS, RECEIVED, had_sql, pairs

#: A household's rights of one policy, those of loans (`per` 'loan') and of all else ('year') apart: how many, and how many đồng
#: in a year (of loans, at one time); what has no amount counts as 0 đồng.
SUMS = pa.schema(
    {
        "household": pa.int64(),
        "policy": pa.string(),
        "per": pa.string(),
        "rights": pa.int64(),
        "amount": pa.int64(),
    }
)
_COLUMNS = ("policy", "household", "person", "state", "amount", "per", "times")


def yearly(
    households: pa.Table,
    members: pa.Table,
    laws: Sequence[tuple[LawOfDay, Mapping[str, Policy]]],
    *,
    on: dt.date,
) -> list[pa.Table]:
    """For each law, with the policies it was made of: SUMS of these households and members on a day (see entitlements.py)."""
    connection, laid, found = cursor(), None, dict[Any, pa.Table]()
    try:
        connection.register("homes_in", typed(households, HOUSEHOLD))
        connection.register("people_in", typed(members, MEMBER))
        connection.register("received", RECEIVED.empty_table())
        keys = [(law, _excluding(policies)) for law, policies in laws]
        for law, excluding in dict.fromkeys(keys):
            if law.rights and law.asks != laid:
                lay_out(connection, "homes_in", "people_in", law, on=on, dated=False)
                laid = law.asks
            found[law, excluding] = _summed(connection, law, excluding) if law.rights else SUMS.empty_table()
        return [found[key] for key in keys]
    finally:
        connection.close()


def _excluding(policies: Mapping[str, Policy]) -> tuple[tuple[str, ...], ...]:
    """The pairs of these policies that exclude one another, as rows of relations.PAIRS."""
    rows = (row for row in pairs(policies).to_pylist() if row["kind"] in AMONG_RIGHTS)
    return tuple(tuple(row.values()) for row in rows if row["named"] in policies)


def _summed(connection: Any, law: LawOfDay, excluding: tuple[tuple[str, ...], ...]) -> pa.Table:
    connection.register(LAW, law.table())
    rows = f"WITH rows_of_day AS ({counted_sql(law)}) {_priced_sql()}"
    if excluding:
        connection.execute(f"CREATE OR REPLACE TEMP TABLE priced AS {rows}")
        connection.register("pairs", pa.table(list(zip(*excluding, strict=True)), schema=PAIRS))
        tied = "(SELECT of_policy FROM pairs UNION SELECT named FROM pairs)"
        connection.execute(
            f"CREATE OR REPLACE TEMP VIEW rights AS SELECT * FROM priced WHERE policy IN {tied}"
        )
        rows = (
            f"SELECT * FROM priced WHERE policy NOT IN {tied} UNION ALL SELECT * FROM ({had_sql(_COLUMNS)})"
        )
    return connection.sql(
        "SELECT household, policy, CASE per WHEN 'loan' THEN 'loan' ELSE 'year' END AS per, count(*) AS rights,"
        " sum(coalesce(amount, 0) * coalesce(times, 1))::BIGINT AS amount"
        f" FROM ({rows}) GROUP BY household, policy, 3"
    ).to_arrow_table()


@cache
def _priced_sql() -> str:
    rows = ibis.table(
        {"place": "int8", "household": "int64", "person": "int64", "many": "float64", "right": "int16"},
        name="rows_of_day",
    )
    law = ibis.table(ibis.Schema.from_pyarrow(TIERS), name=LAW)
    return str(ibis.to_sql(_priced(rows, law), dialect="duckdb", pretty=False))


def _priced(rows: ir.Table, tiers: ir.Table) -> ir.Table:
    both = rows.inner_join(tiers, [rows.right == tiers.of_right, rows.place == tiers.of_place])
    told = {"state": ibis.literal(YES), "amount": amount(both)}
    return both.mutate(**told).select(*_COLUMNS)
