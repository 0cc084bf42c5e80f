"""The law of support on one day: every right that stands then, its amounts counted by the clocks, its lists as they stood.

All of it is plain hashable data, so that the expression of a day is compiled once and kept.
"""

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

import pyarrow as pa

from giamngheo.rules.area_lists import AreaList, area_lists
from giamngheo.rules.clocks import LAST_DAY, Clock, clocks
from giamngheo.rules.conditions import All, AnyOf, Condition, InArea, Leaf, Not, OfMember, Status, leaves
from giamngheo.rules.policies import Amount, Benefit, Policy, Tier, policies
from giamngheo.rules.poor_types import narrowed

Policies = Mapping[str, Policy]
_FOREVER_AGO = dt.date(1, 1, 1)
#: The columns of `LawOfDay.table`, with their types.
TIERS = pa.schema(
    {
        "of_right": pa.int16(),
        "of_place": pa.int8(),
        "policy": pa.string(),
        "benefit": pa.string(),
        "tier": pa.string(),
        "per": pa.string(),
        "times": pa.int64(),
        "each": pa.int64(),
        "each_quantity": pa.float64(),
        "unit": pa.string(),
        "rate": pa.float64(),
        "counted": pa.bool_(),
        "first": pa.date32(),
        "last": pa.date32(),
        "on_escape": pa.bool_(),
        "article": pa.string(),
        "facts": pa.string(),
    }
)


@dataclass(frozen=True)
class Asked:
    """What decides who has a tier and how many times: all of it that must be compiled; the rest of a tier is data."""

    condition: Condition
    of: str
    most: float | None
    per_person: bool


@dataclass(frozen=True)
class TierOfDay:
    """A tier with its amount of the day in đồng and all it asks; none in kind or where a clock has no value."""

    code: str
    asked: Asked
    amount: int | None
    quantity: float | None
    unit: str
    rate: float | None
    first: dt.date
    last: dt.date
    article: str
    on_escape: bool

    @property
    def told(self) -> dict[str, Any]:
        """Its columns in `LawOfDay.table`."""
        return {
            "tier": self.code, "each": self.amount, "each_quantity": self.quantity, "unit": self.unit or None,
            "rate": self.rate, "counted": bool(self.asked.of) or self.asked.per_person, "first": self.first, "last": self.last,
            "on_escape": self.on_escape, "article": self.article, "facts": self.facts,
        }  # fmt: skip

    @property
    def facts(self) -> str:
        """The codes of what it rests on, separated by spaces."""
        return " ".join(dict.fromkeys(leaf.code for leaf in leaves(self.asked.condition)))


@dataclass(frozen=True)
class Right:
    """One benefit of one policy in force; `tiers` in the order in which the first that holds is had."""

    policy: str
    benefit: str
    unit: str
    per: str
    times: int | None
    tiers: tuple[TierOfDay, ...]

    @property
    def asked(self) -> tuple[Asked, ...]:
        return tuple(tier.asked for tier in self.tiers)


@dataclass(frozen=True)
class AreaOfDay:
    """A list on the day: groups of units with since and until when they stand on it."""

    slug: str
    groups: tuple[tuple[tuple[str, ...], dt.date, dt.date], ...]
    known: bool


@dataclass(frozen=True)
class Asks:
    """All that a day's law asks of households and persons: what must be worked out before rights can be read off."""

    of_persons: tuple[Leaf, ...]
    of_households: tuple[Leaf, ...]
    areas: tuple[AreaOfDay, ...]
    counted: tuple[str, ...]

    @property
    def leaves(self) -> tuple[Leaf, ...]:
        return tuple({leaf.code: leaf for leaf in (*self.of_persons, *self.of_households)}.values())


@dataclass(frozen=True)
class LawOfDay:
    """All rights of a day and the lists they name."""

    rights: tuple[Right, ...]
    areas: tuple[AreaOfDay, ...]

    @property
    def asks(self) -> Asks:
        persons = [one for one in self.rights if one.unit == "person"]
        others = [one for one in self.rights if one.unit != "person"]
        counted = dict.fromkeys(tier.asked.of for one in self.rights for tier in one.tiers if tier.asked.of)
        return Asks(_leaves(persons), _leaves(others), self.areas, tuple(counted))

    def table(self) -> pa.Table:
        """The tiers as a small table by the number of right and tier; place -1 is a right not determined."""
        rows = []
        for number, one in enumerate(self.rights):
            shared = {
                "of_right": number, "policy": one.policy, "benefit": one.benefit, "per": one.per, "times": one.times,
                "first": _FOREVER_AGO, "last": LAST_DAY, "counted": False,
            }  # fmt: skip
            rows.append({**shared, "of_place": -1})
            for place, tier in enumerate(one.tiers):
                rows.append({**shared, "of_place": place, **tier.told})
        return pa.Table.from_pylist(rows, schema=TIERS)


def law_of_day(
    on: dt.date,
    *,
    of: Policies | None = None,
    by: Mapping[str, Clock] | None = None,
    lists: Mapping[str, AreaList] | None = None,
) -> LawOfDay:
    """The law of `on`, from the law's files or from changed policies, clocks and lists."""
    every = policies() if of is None else of
    shown, listed = by or clocks(), lists or area_lists()
    rights = tuple(
        right(policy, benefit, on, shown)
        for policy in every.values()
        if policy.holds_on(on)
        for benefit in policy.benefits
    )
    rights = tuple(one for one in rights if one.tiers)
    slugs = dict.fromkeys(
        slug for one in rights for tier in one.tiers for slug in areas_named(tier.asked.condition)
    )
    return LawOfDay(rights, tuple(_area(listed[slug], on) for slug in slugs))


def right(policy: Policy, benefit: Benefit, on: dt.date, shown: Mapping[str, Clock]) -> Right:
    """One benefit on a day; tiers not in force are left out, the highest stands first where the highest is had."""
    tiers = [
        _tier(policy, tier, on, shown) for tier in benefit.tiers if tier.period is None or on in tier.period
    ]
    if benefit.choose == "highest":
        tiers.sort(key=lambda tier: (-(tier.amount or 0), -(tier.quantity or 0)))
    return Right(policy.slug, benefit.code, policy.unit, benefit.per, benefit.times, tuple(tiers))


def _tier(policy: Policy, tier: Tier, on: dt.date, shown: Mapping[str, Clock]) -> TierOfDay:
    span = tier.period or policy.period
    amount = tier.amount
    condition = narrowed(All((policy.condition, tier.condition)), policy.poor_type, on)
    return TierOfDay(
        code=tier.code,
        asked=Asked(condition, amount.of, amount.most, amount.per_person),
        amount=dong(amount, on, shown),
        quantity=amount.quantity,
        unit=amount.unit,
        rate=rate(amount, on, shown),
        first=max(span.first, policy.period.first),
        last=min(span.last, policy.period.last),
        article=tier.citation.words,
        on_escape=ends_on_escape(condition),
    )


def dong(amount: Amount, on: dt.date, shown: Mapping[str, Clock]) -> int | None:
    """An amount of the day in whole đồng, halves up; None if it is in kind or the clock's value is not known."""
    if amount.fixed is not None:
        return amount.fixed
    value = shown[amount.clock].on(on) if amount.clock else None
    if value is None:
        return None
    exact = Fraction(str(value.number)) * Fraction(str(amount.percent)) * Fraction(str(amount.share)) / 10000
    return int(exact + Fraction(1, 2))


def rate(amount: Amount, on: dt.date, shown: Mapping[str, Clock]) -> float | None:
    """The interest of a loan, per cent a year."""
    if amount.rate is not None or not amount.rate_clock:
        return amount.rate
    value = shown[amount.rate_clock].on(on)
    if value is None:
        return None
    return float(Fraction(str(value.number)) * Fraction(str(amount.rate_percent)) / 100)


def _leaves(rights: list[Right]) -> tuple[Leaf, ...]:
    found = {leaf.code: leaf for one in rights for tier in one.tiers for leaf in leaves(tier.asked.condition)}
    return tuple(found.values())


def ends_on_escape(condition: Condition) -> bool:
    """Whether the right goes when the household is no longer poor or near-poor: it asks for such a status everywhere."""
    if isinstance(condition, All):
        return any(ends_on_escape(part) for part in condition.parts)
    if isinstance(condition, AnyOf):
        return all(ends_on_escape(part) for part in condition.parts)
    return isinstance(condition, Status) and "none" not in condition.among


def areas_named(condition: Condition) -> list[str]:
    """The area lists a condition names."""
    if isinstance(condition, All | AnyOf):
        return [slug for part in condition.parts for slug in areas_named(part)]
    if isinstance(condition, Not):
        return areas_named(condition.part)
    if isinstance(condition, OfMember):
        return areas_named(condition.inner)
    return [condition.slug] if isinstance(condition, InArea) else []


def _area(listed: AreaList, on: dt.date) -> AreaOfDay:
    groups = tuple((entry.codes, entry.period.first, entry.period.last) for entry in listed.on(on))
    return AreaOfDay(listed.slug, groups, listed.is_known(on))
