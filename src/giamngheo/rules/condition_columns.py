"""The conditions of policies as column expressions: whether each leaf holds, since when, until when.

Dates that nothing bounds are ALWAYS_SINCE and FOREVER, so that the latest and the earliest can be taken plainly.
"""

import datetime as dt
from collections.abc import Mapping
from functools import reduce
from operator import and_, or_
from typing import Any

import ibis
import ibis.expr.types as ir

from giamngheo.rules.conditions import (
    Age,
    All,
    AnyOf,
    Condition,
    FactIs,
    InArea,
    Leaf,
    Left,
    Not,
    OfMember,
    OfPeople,
    Status,
    leaves,
)
from giamngheo.rules.law_of_day import AreaOfDay

ALWAYS_SINCE, FOREVER = dt.date(1, 1, 1), dt.date(9999, 12, 31)
#: Why a right ends on a day that is known now.
ENDS = {Age: "birthday", Left: "window", InArea: "list"}
TRUE, FALSE = ibis.literal(True), ibis.literal(False)
NOT_KNOWN = "56"
KINH, FOREIGNER = "01", "55"


def answer(leaf: Leaf, table: ir.Table, areas: Mapping[str, AreaOfDay]) -> ir.BooleanValue:
    """Whether a leaf holds of each row; a column that is not there is not known."""
    return _ANSWERS[type(leaf)](leaf, table, areas)


def bounds(leaf: Leaf) -> tuple[str, ...]:
    """Which days bound a leaf beside its answer: 'since', 'until', both or neither."""
    if isinstance(leaf, Age):
        return (
            *(["since"] if leaf.least is not None else []),
            *(["until"] if leaf.below is not None else []),
        )
    if isinstance(leaf, Status):
        return ("since",)
    return ("since", "until") if isinstance(leaf, Left | InArea) else ()


def since(leaf: Leaf, table: ir.Table, areas: Mapping[str, AreaOfDay]) -> ir.DateValue:
    """Since when a leaf that holds has held, of those that have `since` in `bounds`."""
    if isinstance(leaf, Status):
        known = table.status_since.cast("date") if "status_since" in table.columns else ibis.null("date")
        return known.fill_null(ibis.literal(ALWAYS_SINCE))
    if isinstance(leaf, Age):
        return ibis.coalesce(birthday(table, leaf.least or 0), ibis.literal(ALWAYS_SINCE))
    if isinstance(leaf, Left):
        return reduce(ibis.greatest, [_left_on(table, one) for one in leaf.lists])
    assert isinstance(leaf, InArea)
    return _of_groups(table, areas[leaf.slug], 1, ALWAYS_SINCE)


def until(leaf: Leaf, table: ir.Table, areas: Mapping[str, AreaOfDay]) -> ir.DateValue:
    """The last day on which time alone leaves a leaf true that is true now, of those that have `until` in `bounds`."""
    if isinstance(leaf, Age):
        last = _later(birthday(table, leaf.below or 0), ibis.interval(days=-1))
        return ibis.coalesce(last, ibis.literal(FOREVER))
    if isinstance(leaf, Left):
        return reduce(ibis.greatest, [_shut(_left_on(table, one), leaf.months) for one in leaf.lists])
    assert isinstance(leaf, InArea)
    return _of_groups(table, areas[leaf.slug], 2, FOREVER)


def whether(condition: Condition, table: ir.Table) -> ir.BooleanValue:
    """A condition over a table that has the answer to each leaf under its code."""
    if isinstance(condition, All):
        parts = [whether(part, table) for part in condition.parts if part != All(())]
        return reduce(and_, parts) if parts else TRUE
    if isinstance(condition, AnyOf):
        return reduce(or_, [whether(part, table) for part in condition.parts])
    if isinstance(condition, Not):
        return ~whether(condition.part, table)
    return table[condition.code]


def begins(condition: Condition, table: ir.Table) -> list[ir.DateValue]:
    """The days since when the parts of a condition that holds have held; the latest counts."""
    if isinstance(condition, All):
        return [day for part in condition.parts for day in begins(part, table)]
    if isinstance(condition, AnyOf):
        branches = [(whether(part, table), begins(part, table)) for part in condition.parts]
        if not all(days for _, days in branches):
            return []
        held = [_when(holds, reduce(ibis.greatest, days), FOREVER) for holds, days in branches]
        return [reduce(ibis.least, held)]
    if isinstance(condition, Not):
        return []
    return [table[f"since {condition.code}"]] if "since" in bounds(condition) else []


def ends(condition: Condition, table: ir.Table) -> list[tuple[str, ir.DateValue]]:
    """The days until which the parts of a condition that holds will hold, each with why; the earliest counts."""
    if isinstance(condition, All):
        return [end for part in condition.parts for end in ends(part, table)]
    if isinstance(condition, AnyOf):
        branches = [(whether(part, table), ends(part, table)) for part in condition.parts]
        if not any(found for _, found in branches):
            return []
        last = [
            _when(holds, reduce(ibis.least, [day for _, day in found], ibis.literal(FOREVER)), ALWAYS_SINCE)
            for holds, found in branches
        ]
        kinds = {kind for _, found in branches for kind, _ in found}
        return [(kinds.pop() if len(kinds) == 1 else "conditions", reduce(ibis.greatest, last))]
    if isinstance(condition, Not):
        return []
    if "until" not in bounds(condition):
        return []
    return [(ENDS[type(condition)], table[f"until {condition.code}"])]


def birthday(table: ir.Table, years: int) -> ir.DateValue:
    """The day a person becomes so old; of one born on 29 February in other years the 28th; 1 January if only the year is known."""
    day = _later(table.birth_date, ibis.interval(years=years))
    of_year = ibis.date((table.birth_year + years).cast("int32"), 1, 1)
    return ibis.coalesce(day, of_year)


def _later(day: ir.DateValue, step: Any) -> ir.DateValue:
    """The day moved by an interval, as a date: DuckDB makes a timestamp of it, which Ibis takes for a date."""
    return (day + step).cast("timestamp").cast("date")


def _when(holds: ir.BooleanValue, day: ir.DateValue, other: dt.date) -> ir.DateValue:
    return ibis.ifelse(holds.fill_null(False), day, ibis.literal(other))


def _status(leaf: Status, table: ir.Table, areas: Any) -> ir.BooleanValue:
    if "status" not in table.columns:
        return ibis.null("boolean")
    among = table.status.isin(leaf.among)
    if not leaf.type:
        return among
    typed = table.poor_type == leaf.type if "poor_type" in table.columns else ibis.null("boolean")
    return among & ((table.status != "poor") | typed)


def _left(leaf: Left, table: ir.Table, areas: Any) -> ir.BooleanValue:
    if not all(f"left_{one}_on" in table.columns for one in leaf.lists):
        return ibis.null("boolean")
    windows = []
    for one in leaf.lists:
        left = table[f"left_{one}_on"].cast("date")
        windows.append(((left <= table.on) & (table.on <= _shut(left, leaf.months))).fill_null(False))
    return reduce(or_, windows)


def _left_on(table: ir.Table, one: str) -> ir.DateValue:
    name = f"left_{one}_on"
    left = table[name].cast("date") if name in table.columns else ibis.null("date")
    return ibis.ifelse((left <= table.on).fill_null(False), left, ibis.literal(ALWAYS_SINCE))


def _shut(left: ir.DateValue, months: int) -> ir.DateValue:
    return _later(left, ibis.interval(months=months))


def _area(leaf: InArea, table: ir.Table, areas: Mapping[str, AreaOfDay]) -> ir.BooleanValue:
    listed = areas[leaf.slug]
    units = [table[name] for name in ("village", "commune", "district") if name in table.columns]
    codes = [code for group, _, _ in listed.groups for code in group]
    if not units:
        return ibis.null("boolean")
    on_it = reduce(or_, [unit.isin(codes).fill_null(False) for unit in units]) if codes else FALSE
    placed = reduce(or_, [unit.notnull() for unit in units])
    otherwise = ibis.ifelse(placed, FALSE, ibis.null("boolean")) if listed.known else ibis.null("boolean")
    return ibis.ifelse(on_it, TRUE, otherwise)


def _of_groups(table: ir.Table, listed: AreaOfDay, place: int, otherwise: dt.date) -> ir.DateValue:
    units = [table[name] for name in ("village", "commune", "district") if name in table.columns]
    if not units or not listed.groups:
        return ibis.literal(otherwise)
    arms = [
        (reduce(or_, [unit.isin(group[0]).fill_null(False) for unit in units]), ibis.literal(group[place]))
        for group in listed.groups
    ]
    return ibis.cases(*arms, else_=ibis.literal(otherwise))


def _people(leaf: OfPeople, table: ir.Table, areas: Any) -> ir.BooleanValue:
    known = table.ethnic.nullif(NOT_KNOWN)
    return known.isin(leaf.codes) if leaf.codes else ~known.isin((KINH, FOREIGNER))


def _age(leaf: Age, table: ir.Table, areas: Any) -> ir.BooleanValue:
    asked = []
    if leaf.least is not None:
        asked.append(birthday(table, leaf.least) <= table.on)
    if leaf.below is not None:
        asked.append(birthday(table, leaf.below) > table.on)
    return reduce(and_, asked)


def _fact(leaf: FactIs, table: ir.Table, areas: Any) -> ir.BooleanValue:
    if leaf.key not in table.columns:
        return ibis.null("boolean")
    value = table[leaf.key]
    if leaf.compare == "is":
        return value.isin(leaf.value) if len(leaf.value) > 1 else value == leaf.value[0]
    limit = leaf.value[0]
    return {
        "at_least": value >= limit, "at_most": value <= limit, "above": value > limit, "below": value < limit
    }[leaf.compare]  # fmt: skip


def _of_member(leaf: OfMember, table: ir.Table, areas: Any) -> ir.BooleanValue:
    """By the worst found over members (see `member_worst`): 2 true of any, 1 not known of any, 0 false of all."""
    worst = table[f"worst {leaf.code}"]
    return ibis.cases((worst == 2, TRUE), (worst == 0, FALSE), else_=ibis.null("boolean"))


def member_worst(leaf: OfMember, members: ir.Table) -> ir.IntegerValue:
    """Over the members of a household (`members` has the answers of the inner leaves): 2 if true of one, 1 if it may be."""
    so = whether(leaf.inner, members)
    if leaf.who == "head":
        is_head = members.relation == "head"
        return ibis.cases((is_head, ibis.coalesce(so.cast("int8") * 2, 1)), else_=ibis.null("int8")).max()
    return ibis.coalesce(so.cast("int8") * 2, 1).max()


def inner_leaves(of: tuple[Leaf, ...]) -> tuple[Leaf, ...]:
    """The leaves asked of members within `member` and `head`."""
    found = {leaf.code: leaf for one in of if isinstance(one, OfMember) for leaf in leaves(one.inner)}
    return tuple(found.values())


_ANSWERS: dict[type, Any] = {
    Status: _status, Left: _left, InArea: _area, OfPeople: _people, Age: _age, FactIs: _fact, OfMember: _of_member,
}  # fmt: skip
