"""What the facts of a household and of its members answer to each indicator of a standard, as columns; verdict.py decides by them.

Columns that were not handed in are null, so that whatever was not collected is not known.
"""

import datetime as dt
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import ibis
import ibis.expr.types as ir

from giamngheo.rules import points
from giamngheo.rules.errors import NeededColumnError
from giamngheo.rules.facts import Fact, household_facts, member_facts
from giamngheo.rules.indicators import HOUSEHOLD_RULES, MEMBER_RULES, SHARE_RULES, facts_read, over_share
from giamngheo.rules.standards import Indicator, PointTable, Standard

IBIS_TYPES = {
    "int": "int64", "number": "float64", "bool": "boolean", "choice": "string", "date": "date",
    "text": "string", "ethnic": "string", "codes": "array<string>",
}  # fmt: skip


@dataclass(frozen=True)
class Answer:
    """One indicator of a household: as ticked on the form, and as the facts give it; None where no column can tell."""

    given: ir.BooleanValue | None
    computed: ir.BooleanValue | None


class Facts:
    """The facts a standard reads, joined to one row per household; columns that were not handed in are null."""

    def __init__(
        self, households: ir.Table, members: ir.Table | None, standard: Standard, on: dt.date | None
    ) -> None:
        for column in ("household", "area_type"):
            if column not in households.columns:
                raise NeededColumnError(table="households", column=column)
        if members is not None and "household" not in members.columns:
            raise NeededColumnError(table="members", column="household")
        self.given = frozenset(households.columns)
        self.given_of_members = frozenset(members.columns) if members is not None else frozenset()
        known = household_facts()
        typed = {key: _typed(households, known[key]) for key in household_columns(standard, self.given)}
        day = ibis.literal(on) if on else _day(households)
        flat = households.select(
            household=households.household, area_type=households.area_type.cast("string"), on=day, **typed
        )
        if members is None:
            self.table = flat
        else:
            told = _about_members(members, flat, standard, on)
            both = flat.left_join(told, flat.household == told.of)
            mine = [name for name in flat.columns if name != "persons"]
            self.table = both.select(
                *mine, *told.columns[1:], persons=ibis.coalesce(flat.persons, told.members)
            )

    def has(self, key: str) -> bool:
        """Whether a column of this household fact was handed in."""
        return key in self.given


def complete(standard: Standard) -> PointTable | None:
    """The point table, if B1 may be computed from it."""
    table = standard.points.table
    return table if table and table.complete and standard.points.lines else None


def _tells(indicator: Indicator, given: frozenset[str]) -> bool:
    """Whether these columns hold anything by which the indicator's rule could be decided."""
    return bool(given & (set(facts_read(indicator.rule, indicator.params)) - {"persons"}))


def household_columns(standard: Standard, given: frozenset[str] | None = None) -> tuple[str, ...]:
    """The household facts a standard reads; of those in `given`, where given, and what must stand beside them."""
    table = complete(standard)
    told = [
        i for i in standard.indicators if i.rule in HOUSEHOLD_RULES and (given is None or _tells(i, given))
    ]
    read = [key for i in told for key in facts_read(i.rule, i.params)]
    ticks = [i.tick for i in standard.indicators if given is None or i.tick in given]
    items = points.household_facts_read(table) if table else ()
    totals = ("income_per_head", "b1_points", "b2_points", "deprived_count", "persons")
    return tuple(dict.fromkeys([*totals, *ticks, *read, *items]))


def member_columns(standard: Standard) -> tuple[str, ...]:
    """The member facts a standard reads."""
    table, known = complete(standard), member_facts()
    read = [key for i in standard.indicators for key in facts_read(i.rule, i.params) if key in known]
    items = points.member_facts_read(table) if table else ()
    return tuple(dict.fromkeys([*read, *items, "birth_date", "birth_year"]))


def _typed(table: ir.Table, fact: Fact) -> ir.Value:
    kind = IBIS_TYPES[fact.type]
    return table[fact.key].cast(kind) if fact.key in table.columns else ibis.null(kind)


def _day(table: ir.Table) -> ir.DateValue:
    return table["on"].cast("date") if "on" in table.columns else ibis.null("date")


def _about_members(
    members: ir.Table, households: ir.Table, standard: Standard, on: dt.date | None
) -> ir.Table:
    """One row per household that has members: how many, and what the rules over members find."""
    table = complete(standard)
    known = member_facts()
    typed = {key: _typed(members, known[key]) for key in member_columns(standard)}
    member = members.select(household=members.household, **typed)
    if on is not None:
        day: ir.Value = ibis.literal(on)
    else:
        member = member.inner_join(households.select("household", "on"), "household")
        day = member.on
    member = _aged(member, day)
    counted: dict[str, ir.Value] = {"members": member.count()}
    for indicator in standard.indicators:
        if not _tells(indicator, frozenset(members.columns)):
            continue
        if indicator.rule in MEMBER_RULES:
            counted[f"any_{indicator.code}"] = _worst(MEMBER_RULES[indicator.rule](member, indicator.params))
        elif indicator.rule in SHARE_RULES:
            so = SHARE_RULES[indicator.rule](member, indicator.params)
            counted[f"yes_{indicator.code}"] = so.fill_null(False).cast("int32").sum()
            counted[f"unknown_{indicator.code}"] = so.isnull().cast("int32").sum()
    counted |= points.member_columns(member, table) if table else {}
    return member.group_by(of=member.household).aggregate(**counted)


def _aged(member: ir.Table, day: ir.Value) -> ir.Table:
    """With `year_born` and `age`: full years on the day, or by year alone where only the year of birth is known."""
    born = member.birth_date
    not_yet = (born.month() * 100 + born.day() > day.month() * 100 + day.day()).cast("int64")
    full_years = day.year() - born.year() - not_yet
    return member.mutate(
        year_born=ibis.coalesce(born.year().cast("int64"), member.birth_year),
        age=ibis.coalesce(full_years.cast("int64"), day.year() - member.birth_year),
    )


def _worst(so: ir.BooleanValue) -> ir.Value:
    """Over members: 2 if true of any, 1 if not known of any, 0 if false of all."""
    return ibis.coalesce(so.cast("int8") * 2, 1).max()


def answer(facts: Facts, indicator: Indicator) -> Answer:
    """Its two answers: a rule over members is asked where there are members, else it is not known."""
    table, rule, params = facts.table, indicator.rule, indicator.params
    given = table[indicator.tick] if facts.has(indicator.tick) else None
    computed: Any = None
    if rule in MEMBER_RULES and _tells(indicator, facts.given_of_members):
        state = table[f"any_{indicator.code}"]
        computed = ibis.cases((state == 2, ibis.literal(True)), (state == 0, ibis.literal(False)))
    elif rule in SHARE_RULES and _tells(indicator, facts.given_of_members):
        yes, unknown = table[f"yes_{indicator.code}"], table[f"unknown_{indicator.code}"]
        computed = over_share(yes, unknown, table.members, params)
    elif rule in HOUSEHOLD_RULES and _tells(indicator, facts.given):
        computed = HOUSEHOLD_RULES[rule](table, params)
    return Answer(given, computed)


def member_answers(
    members: ir.Table,
    standard: Standard,
    *,
    on: dt.date | None = None,
    keep: tuple[str, ...] = ("household",),
) -> ir.Table:
    """Of each member, whether each rule over members is true; columns `keep` and the codes of those indicators.

    `members` carries `on`, the day of review, unless it is given for all. For saying who made a household deprived.
    """
    known = member_facts()
    rules: dict[str, Callable[..., Any]] = {**MEMBER_RULES, **SHARE_RULES}
    asked = [i for i in standard.indicators if i.rule in rules]
    keys = dict.fromkeys(key for i in asked for key in facts_read(i.rule, i.params) if key in known)
    keys.update(birth_date=None, birth_year=None)
    day = ibis.literal(on) if on else _day(members)
    member = members.select(
        **{name: members[name] for name in keep},
        on=day,
        **{key: _typed(members, known[key]) for key in keys if key not in keep},
    )
    member = _aged(member, member.on)
    return member.select(
        **{name: member[name] for name in keep},
        **{i.code: rules[i.rule](member, i.params) for i in asked},
    )
