"""The answers to everything a day's law asks of households and persons, each worked out once; rights are read off them.

Households and members come in as entitlements.py has them.
"""

import datetime as dt
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

import ibis
import ibis.expr.types as ir

from giamngheo.rules import condition_columns as columns
from giamngheo.rules.answers import IBIS_TYPES
from giamngheo.rules.conditions import HOUSEHOLD, MEMBER, FactIs, Leaf, OfMember, over
from giamngheo.rules.errors import NeededColumnError
from giamngheo.rules.facts import Fact, household_facts, member_facts
from giamngheo.rules.law_of_day import Asks
from giamngheo.rules.policy_facts import policy_facts

#: What a household is known by beside its facts; of each its type.
KEYS = {
    "status": "string", "poor_type": "string", "status_since": "date", "left_poor_on": "date", "left_near_poor_on": "date",
    "village": "string", "commune": "string", "district": "string",
}  # fmt: skip


@dataclass(frozen=True)
class Stage:
    """The answers to all conditions, each asked once: a row per household, and a row per person."""

    households: ir.Table
    persons: ir.Table


def stage(
    households: ir.Table, members: ir.Table, asks: Asks, *, on: dt.date | None = None, dated: bool = True
) -> Stage:
    """Every leaf of every condition as a column named by its code, `dated` with the days that bound it; `on` of the
    households' own column, or given."""
    for name, table in (("households", households), ("members", members)):
        if "household" not in table.columns:
            raise NeededColumnError(table=name, column="household")
    areas = {area.slug: area for area in asks.areas}
    home = _households(households, asks, on)
    person = _members(members, home, asks, on)
    person = person.mutate(
        **_answers([leaf for leaf in _all_leaves(asks) if over(leaf) == MEMBER], person, areas, dated)
    )
    told = person.group_by(of="household").aggregate(
        members=person.count(),
        **{
            _raw(leaf): columns.member_worst(leaf, person)
            for leaf in asks.leaves
            if isinstance(leaf, OfMember)
        },
    )
    home = home.left_join(told, home.household == told.of)
    home = home.mutate(persons=ibis.coalesce(home.persons, home.members))
    home = home.mutate(**_answers([leaf for leaf in asks.leaves if over(leaf) != MEMBER], home, areas, dated))
    own = _kept(asks.of_households, asks, home)
    return Stage(home.select("household", "persons", *own), _joined(person, home, asks))


def _raw(leaf: OfMember) -> str:
    return f"worst {leaf.code}"


def _all_leaves(asks: Asks) -> tuple[Leaf, ...]:
    """Those within `member` and `head` too."""
    every = (*asks.leaves, *columns.inner_leaves(asks.leaves))
    return tuple({leaf.code: leaf for leaf in every}.values())


def _facts_read(asks: Asks, of: Mapping[str, Fact]) -> dict[str, Fact]:
    """The facts that conditions and amounts read."""
    keys = [leaf.key for leaf in _all_leaves(asks) if isinstance(leaf, FactIs)]
    return {key: of[key] for key in dict.fromkeys([*keys, *asks.counted]) if key in of}


def every_fact(whose: str) -> dict[str, Fact]:
    """The facts of the survey form and those only policies ask for, over households or members."""
    of = household_facts() if whose == HOUSEHOLD else member_facts()
    return {**of, **{key: fact for key, fact in policy_facts().items() if fact.over == whose}}


def _typed(table: ir.Table, name: str, kind: str) -> ir.Value:
    return table[name].cast(kind) if name in table.columns else ibis.null(kind)


def _day(table: ir.Table, on: dt.date | None) -> ir.DateValue:
    return ibis.literal(on) if on else table["on"].cast("date")


def _households(table: ir.Table, asks: Asks, on: dt.date | None) -> ir.Table:
    facts = _facts_read(asks, every_fact(HOUSEHOLD))
    there = {name: table[name].cast(kind) for name, kind in KEYS.items() if name in table.columns}
    read = {key: _typed(table, key, IBIS_TYPES[fact.type]) for key, fact in facts.items()}
    persons = _typed(table, "persons", "int64")
    return table.select(
        household=table.household, on=_day(table, on), **there, **{**read, "persons": persons}
    )


def _members(table: ir.Table, home: ir.Table, asks: Asks, on: dt.date | None) -> ir.Table:
    facts = _facts_read(asks, every_fact(MEMBER))
    needed = {key: member_facts()[key] for key in ("birth_date", "birth_year", "ethnic", "relation")} | facts
    read = {key: _typed(table, key, IBIS_TYPES[fact.type]) for key, fact in needed.items()}
    person = table.select(household=table.household, person=table.person, **read)
    if on:
        return person.mutate(on=ibis.literal(on))
    return person.inner_join(home.select("household", "on"), "household")


def _answers(
    asked: Iterable[Leaf], table: ir.Table, areas: Mapping[str, Any], dated: bool
) -> dict[str, ir.Value]:
    """Each leaf, and the days that bound it."""
    found: dict[str, ir.Value] = {}
    for leaf in asked:
        found[leaf.code] = columns.answer(leaf, table, areas)
        for word in columns.bounds(leaf) if dated else ():
            day = columns.since if word == "since" else columns.until
            found[f"{word} {leaf.code}"] = day(leaf, table, areas)
    return found


def _kept(asked: Iterable[Leaf], asks: Asks, table: ir.Table) -> list[str]:
    """The columns of a staged table that rights read."""
    wanted = [f"{word}{leaf.code}" for leaf in asked for word in ("", "since ", "until ")]
    return [name for name in dict.fromkeys([*wanted, *asks.counted]) if name in table.columns]


def _joined(person: ir.Table, home: ir.Table, asks: Asks) -> ir.Table:
    """Persons with the answers of their households."""
    own = _kept(asks.of_persons, asks, person)
    shared = [name for name in _kept(asks.of_persons, asks, home) if name not in own]
    theirs = home.select("persons", *shared, of=home.household)
    both = person.inner_join(theirs, person.household == theirs.of)
    return both.select("household", "person", "persons", *own, *shared)
