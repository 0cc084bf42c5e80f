"""Who is entitled to what on a day: facts of households and members in, one row per right out, as column expressions.

    rights = entitlements(households, members, on=date(2018, 9, 1))

Households: `household` (unique), and what is known of `status` ('poor' | 'near_poor' | 'none': the recognised list of the
day), `poor_type` ('income' | 'deprivation'), `status_since`, `left_poor_on`, `left_near_poor_on` (when it was last recognised
as no longer so), `village`, `commune`, `district` (codes of the day), `persons`, household facts. Members: `household`,
`person`, member facts. A column that is not there is not known; so is a null, but for the two left_ columns, where a null
is a household that never left.

Out, in no order, one row per policy, benefit and person (or household, with `person` null):

    policy, benefit, tier, household, person
    state        'yes', or 'unknown' where it hangs on facts or lists that are not known; who has no right has no row
    amount       đồng per `per` (of a loan: the most that may be lent); null in kind, and where it is not known
    quantity, unit    in kind
    rate         a loan's interest, per cent a year
    per, times   how often, and how many times a year at most
    since, until, ends_because    first and last day as far as time alone tells ('act', 'birthday', 'window', 'list',
                 'conditions'); null where nothing known bounds it
    on_escape    the right goes when the household is recognised as neither poor nor near-poor
    at_least     a higher tier is not known: the amount may be more
    article      act and article of the tier
    facts        codes of the conditions it rests on, separated by spaces; of 'unknown': of those not known
"""

import datetime as dt
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import reduce
from operator import add, or_
from typing import Any

import ibis
import ibis.expr.types as ir

from giamngheo.rules import condition_columns as columns
from giamngheo.rules.condition_columns import FOREVER
from giamngheo.rules.conditions import HOUSEHOLD, MEMBER, FactIs, Leaf, OfMember, leaves, over
from giamngheo.rules.errors import NeededColumnError
from giamngheo.rules.facts import Fact, household_facts, member_facts
from giamngheo.rules.law_of_day import Asked, Asks, LawOfDay, law_of_day
from giamngheo.rules.policy_facts import policy_facts
from giamngheo.rules.verdict import IBIS_TYPES

#: The columns that come out, with their types.
ROW_TYPES = {
    "policy": "string", "benefit": "string", "tier": "string", "household": "int64", "person": "int64", "state": "string",
    "amount": "int64", "quantity": "float64", "unit": "string", "rate": "float64", "per": "string", "times": "int64",
    "since": "date", "until": "date", "ends_because": "string", "on_escape": "boolean", "at_least": "boolean",
    "article": "string", "facts": "string",
}  # fmt: skip
#: What a household is known by beside its facts; of each its type.
KEYS = {
    "status": "string", "poor_type": "string", "status_since": "date", "left_poor_on": "date", "left_near_poor_on": "date",
    "village": "string", "commune": "string", "district": "string",
}  # fmt: skip
YES, UNKNOWN = "yes", "unknown"


@dataclass(frozen=True)
class Stage:
    """The answers to all conditions, each asked once: a row per household, and a row per person."""

    households: ir.Table
    persons: ir.Table


def entitlements(
    households: ir.Table,
    members: ir.Table,
    *,
    on: dt.date,
    law: LawOfDay | None = None,
    unknown: bool = False,
) -> ir.Table:
    """The rights of a day as one expression; `unknown` brings the undetermined too. `law`: another than law/'s."""
    law = law or law_of_day(on)
    return rights(
        stage(households, members, law.asks, on=on), law, ibis.memtable(law.table()), unknown=unknown
    )


def stage(households: ir.Table, members: ir.Table, asks: Asks, *, on: dt.date | None = None) -> Stage:
    """Every leaf of every condition as a column named by its code; `on` of the households' own column, or given."""
    for name, table in (("households", households), ("members", members)):
        if "household" not in table.columns:
            raise NeededColumnError(table=name, column="household")
    areas = {area.slug: area for area in asks.areas}
    home = _households(households, asks, on)
    person = _members(members, home, asks, on)
    person = person.mutate(
        **_answers([leaf for leaf in _all_leaves(asks) if over(leaf) == MEMBER], person, areas)
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
    home = home.mutate(**_answers([leaf for leaf in asks.leaves if over(leaf) != MEMBER], home, areas))
    own = _kept(asks.of_households, asks, home)
    return Stage(home.select("household", "persons", *own), _joined(person, home, asks))


def rights(staged: Stage, law: LawOfDay, tiers: ir.Table, *, unknown: bool = False) -> ir.Table:
    """The rows of all rights over staged answers; `tiers` is the table of the law's tiers (`law.table()`)."""
    found = []
    for number, right in enumerate(law.rights):
        table = staged.persons if right.unit == "person" else staged.households
        rows = [granted(right.unit, right.asked, table)]
        if unknown:
            rows.append(undetermined(right.unit, right.asked, table))
        found += [part.mutate(right=ibis.literal(number, "int16")) for part in rows]
    return completed(ibis.union(*found) if len(found) > 1 else found[0], tiers)


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


def _answers(asked: Iterable[Leaf], table: ir.Table, areas: Mapping[str, Any]) -> dict[str, ir.Value]:
    """Each leaf, and the days that bound it."""
    found: dict[str, ir.Value] = {}
    for leaf in asked:
        found[leaf.code] = columns.answer(leaf, table, areas)
        for word in columns.bounds(leaf):
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


#: Of a right that is not determined, in place of its tier.
NO_TIER = -1


def granted(unit: str, asked: tuple[Asked, ...], table: ir.Table) -> ir.Table:
    """Those who have a right, by the place of their tier: the first that holds."""
    among = table.filter(reduce(or_, [columns.whether(tier.condition, table) for tier in asked]))
    held = [columns.whether(tier.condition, among) for tier in asked]
    ended = [_until(tier, among) for tier in asked]

    def pick(values: list[Any], kind: str) -> ir.Value:
        if len(values) == 1 or not any(isinstance(v, ir.Value) or v != values[0] for v in values):
            return _value(values[0], kind)
        return ibis.cases(*zip(held, [_value(v, kind) for v in values], strict=True), else_=ibis.null(kind))

    higher = [
        reduce(or_, [so.isnull() for so in held[:place]]) if place else False for place in range(len(held))
    ]
    return among.select(
        place=pick(list(range(len(asked))), "int8"),
        household=among.household,
        person=_person(unit, among),
        many=pick([_many(tier, among) for tier in asked], "float64"),
        since=pick([_since(tier, among) for tier in asked], "date"),
        until=pick([day for day, _ in ended], "date"),
        ends_because=pick([why for _, why in ended], "string"),
        at_least=pick(higher, "boolean"),
        missing=ibis.null("string"),
    )


def undetermined(unit: str, asked: tuple[Asked, ...], table: ir.Table) -> ir.Table:
    """Those of whom no tier surely holds and one may, with the codes of what is not known."""
    among = table.filter(reduce(or_, [columns.whether(tier.condition, table) for tier in asked]).isnull())
    codes = sorted({leaf.code for tier in asked for leaf in leaves(tier.condition)})
    missing = [ibis.ifelse(among[code].isnull(), f"{code} ", "") for code in codes]
    return among.select(
        place=ibis.literal(NO_TIER, "int8"),
        household=among.household,
        person=_person(unit, among),
        many=ibis.null("float64"),
        since=ibis.null("date"),
        until=ibis.null("date"),
        ends_because=ibis.null("string"),
        at_least=ibis.null("boolean"),
        missing=reduce(add, missing).rstrip(),
    )


def completed(rows: ir.Table, tiers: ir.Table) -> ir.Table:
    """Rows of rights by number with what the law says of their tier."""
    both = rows.inner_join(tiers, [rows.right == tiers.of_right, rows.place == tiers.of_place])
    many = both.many
    return both.select(
        "policy", "benefit", "tier", "household", "person",
        state=ibis.ifelse(both.place == NO_TIER, UNKNOWN, YES),
        amount=ibis.ifelse(both.counted, (both.each * many).round().cast("int64"), both.each),
        quantity=ibis.ifelse(both.counted, both.each_quantity * many, both.each_quantity),
        unit=both.unit, rate=both.rate, per=both.per, times=both.times,
        since=_told(both, ibis.greatest(both.since, both.first)),
        until=_told(both, ibis.least(both.until, both.last).nullif(ibis.literal(FOREVER))),
        ends_because=_told(
            both, ibis.cases((both.until < both.last, both.ends_because), (both.last < ibis.literal(FOREVER), "act"))
        ),
        on_escape=both.on_escape, at_least=both.at_least, article=both.article,
        facts=ibis.coalesce(both.missing, both.facts),
    )  # fmt: skip


def _told(rows: ir.Table, value: ir.Value) -> ir.Value:
    """Of rows that are determined."""
    kind = "string" if value.type().is_string() else "date"
    return ibis.ifelse(rows.place == NO_TIER, ibis.null(kind), value.cast(kind))


def _person(unit: str, table: ir.Table) -> ir.Value:
    return table.person if unit == "person" else ibis.null("int64")


def _value(value: Any, kind: str) -> ir.Value:
    if isinstance(value, ir.Value):
        return value.cast(kind)
    return ibis.null(kind) if value is None else ibis.literal(value, kind)


def _many(tier: Asked, table: ir.Table) -> ir.Value | None:
    """By what an amount is multiplied: the persons of the household, or hectares up to the most that count."""
    if tier.per_person:
        return table.persons.cast("float64")
    if not tier.of:
        return None
    many = table[tier.of].cast("float64")
    return many if tier.most is None else ibis.ifelse(many > tier.most, tier.most, many)


def _since(tier: Asked, table: ir.Table) -> ir.Value | dt.date:
    found = columns.begins(tier.condition, table)
    return reduce(ibis.greatest, found) if found else columns.ALWAYS_SINCE


def _until(tier: Asked, table: ir.Table) -> tuple[ir.Value | dt.date, ir.Value | None]:
    """The last day that time sets before the act's own, and what sets it."""
    found = columns.ends(tier.condition, table)
    if not found:
        return FOREVER, None
    last = reduce(ibis.least, [day for _, day in found])
    if len(found) == 1:
        return last, ibis.literal(found[0][0])
    return last, ibis.cases(
        *[(day == last, ibis.literal(why)) for why, day in found], else_=ibis.null("string")
    )
