"""The answer to a what-if: who would be poor or near-poor and is not, or is and would not be; what support would cost more.

Households are judged anew by the changed standard; every household is taken to be recognised as it is judged. Costs are of
one year, the sum of amount × times of every right that is sure; rights that some unknown fact decides are in no sum. Of rights
that exclude one another the one worth most is counted. Later years are of the same households under each year's own law.
A right of a household whose class does not change under policies that do not change is the same before and after, and is
not counted at all: `before` and `after` of a policy are of the households and policies concerned.
"""

import datetime as dt
import functools
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from giamngheo.rules.area_lists import area_lists
from giamngheo.rules.clocks import Clock, clocks
from giamngheo.rules.conditions import All
from giamngheo.rules.costs import Sums, yearly
from giamngheo.rules.engine import assess
from giamngheo.rules.law_of_day import LawOfDay, areas_named, law_of_day
from giamngheo.rules.policies import Policy, policies_on
from giamngheo.rules.standards import standards
from giamngheo.rules.whatif import (
    Change,
    changed_clocks,
    changed_lists,
    changed_policies,
    changed_standard,
    exclusions,
    kinds,
    problems_of,
)
from giamngheo.warehouse.snapshot import Snapshot
from giamngheo.whatif.errors import NothingChangedError
from giamngheo.whatif.facts import PLACES, Facts, facts_of
from giamngheo.whatif.loans import Loans, loans_of

#: How the answer is divided: by these columns of the facts.
DIVISIONS = ("district", "commune", "village", "ethnic")


@dataclass(frozen=True)
class Row:
    """One group, '' for all: households judged both ways, how many are on each list before and after, who moves (households)."""

    group: str
    n: int
    poor_before: int
    poor_after: int
    near_before: int
    near_after: int
    becomes_poor: int
    leaves_poor: int

    @property
    def change(self) -> float | None:
        """Of the poor rate, as a share."""
        return (self.poor_after - self.poor_before) / self.n if self.n else None


@dataclass(frozen=True)
class Cost:
    """Support of one policy in a year, of those concerned by the change: đồng a year, or đồng of loans at one time.

    unknown: an amount of it goes by a clock whose value on the day is not known; then the sums tell nothing.
    """

    policy: str
    per: str
    rights_before: int
    rights_after: int
    before: int
    after: int
    year: int = 0
    unknown: bool = False


#: The law of a day, and the policies it was made of.
Side = tuple[LawOfDay, dict[str, Policy]]


@dataclass(frozen=True)
class Answer:
    """Rows (the first is everybody), costs by year, how many households were classed by points, which no income line moves;
    `loans`: of the loan policies whose ceiling changes what the book of the year has."""

    by: str
    standard: str
    rows: list[Row]
    costs: list[Cost]
    by_points: int
    left_out: int
    loans: list[Loans] = field(default_factory=list)

    def as_plain(self) -> dict[str, Any]:
        return asdict(self)

    @staticmethod
    def from_plain(kept: Mapping[str, Any]) -> "Answer":
        rows, costs = [Row(**row) for row in kept["rows"]], [Cost(**cost) for cost in kept["costs"]]
        loans = [Loans(**one) for one in kept.get("loans", ())]
        return Answer(**{**kept, "rows": rows, "costs": costs, "loans": loans})


def answer(
    snapshot: Snapshot,
    change: Change,
    *,
    year: int,
    villages: list[int],
    by: str,
    on: dt.date,
    years: int = 1,
) -> Answer:
    """What a change would do among the households of these villages, as interviewed in a year; support as of the day `on`.

    years: for how many years support is counted, from that of `on`, each on the same day of its year.

    Raises NoRoundError, NothingChangedError, and the first of rules.whatif.problems_of.
    """
    everyone, slug = facts_of(snapshot, year)
    standard, by_clock = standards()[slug], clocks()
    law = {policy.slug: policy for policy in policies_on(on)}
    if not (change.of_standard or change.of_support):
        raise NothingChangedError
    for problem in problems_of(change, standard, law, by_clock, area_lists(), on):
        raise problem
    facts = everyone.of(pc.is_in(everyone.households["village"], value_set=pa.array(villages, pa.int64())))
    was = facts.households["klass"].combine_chunks()
    now = was
    if change.of_standard and facts.households.num_rows:
        judged = assess(facts.households, facts.members or None, changed_standard(standard, change))
        now = _in_order(judged, facts.households["household"])
    known = pc.and_(pc.not_equal(kinds(was), "undetermined"), pc.not_equal(kinds(now), "undetermined"))
    basis, parts = facts.households["basis"].fill_null(""), _parts(facts, was, now, change)
    return Answer(
        by=by,
        standard=slug,
        rows=_rows(facts.households[by].filter(known), kinds(was).filter(known), kinds(now).filter(known)),
        costs=[cost for n in range(years) for cost in _costs(parts, change, on.replace(year=on.year + n))],
        by_points=pc.sum(pc.starts_with(basis, "points")).as_py() or 0,
        left_out=len(known) - (pc.sum(known).as_py() or 0),
        loans=loans_of(
            snapshot,
            (law, by_clock),
            (changed_policies(law, change), changed_clocks(by_clock, change)),
            year=year,
            villages=villages,
            on=on,
        ),
    )


def _in_order(judged: pa.Table, households: pa.ChunkedArray) -> pa.Array:
    """The classes in the order of the households."""
    places = pc.index_in(households, value_set=judged["household"].combine_chunks())
    return judged["klass"].combine_chunks().take(places.combine_chunks())


def _rows(groups: pa.ChunkedArray, was: pa.Array, now: pa.Array) -> list[Row]:
    encoded = groups.combine_chunks().cast(pa.string()).fill_null("").dictionary_encode()
    codes, names = encoded.indices.to_numpy(), encoded.dictionary.to_pylist()
    flags = {
        (when, kind): pc.equal(column, kind).to_numpy(zero_copy_only=False)
        for when, column in (("was", was), ("now", now))
        for kind in ("poor", "near_poor")
    }
    poor, then = flags["was", "poor"], flags["now", "poor"]
    counted = [
        np.ones(len(codes), bool),
        poor,
        then,
        flags["was", "near_poor"],
        flags["now", "near_poor"],
        ~poor & then,
        poor & ~then,
    ]
    sums = [np.bincount(codes, flag, minlength=len(names)).astype(int) for flag in counted]
    whole = Row("", *(int(column.sum()) for column in sums))
    return [whole, *(Row(name, *(int(column[place]) for column in sums)) for place, name in enumerate(names))]


@dataclass(frozen=True)
class Part:
    """Some of the households with the class they have before and after; `whole`: whether every policy may change for them,
    not only those concerned; `listed`: whether a changed list names where they live."""

    facts: Facts
    was: pa.Array
    now: pa.Array
    whole: bool
    listed: bool


def _parts(facts: Facts, was: pa.Array, now: pa.Array, change: Change) -> list[Part]:
    """The households by what the change may do to them; whoever keeps their class and lives on no changed list has their
    conditions answered once for both laws."""
    moved = pc.fill_null(pc.not_equal(was, now), False)
    codes = pa.array(sorted({code for units in change.lists.values() for code in units}), pa.string())
    at = [pc.is_in(facts.households[f"at_{place}"], value_set=codes).combine_chunks() for place in PLACES]
    listed = pc.and_not(functools.reduce(pc.or_, at), moved)
    others = [(listed, False, True), (pc.invert(pc.or_(moved, listed)), False, False)]
    return [
        Part(facts.of(mask), was.filter(mask), now.filter(mask), whole, on_list)
        for mask, whole, on_list in [(moved, True, True), *(others if change.of_support else [])]
        if pc.any(mask).as_py()
    ]


def _costs(parts: list[Part], change: Change, on: dt.date) -> list[Cost]:
    """What support of the households and policies concerned costs in the year of `on`, under the law of that day and as tried."""
    law, by, lists = {policy.slug: policy for policy in policies_on(on)}, clocks(), area_lists()
    then, tried = changed_policies(law, change), changed_lists(lists, change)
    concerned = _concerned(law, then, change)
    before: Sums = {}
    after: Sums = {}
    for part in parts:
        sides = []
        for policies, shown, listed in (
            (law, by, lists),
            (then, changed_clocks(by, change), tried if part.listed else lists),
        ):
            chosen = {slug: p for slug, p in policies.items() if part.whole or slug in concerned}
            sides.append((law_of_day(on, of=chosen, by=shown, lists=listed), chosen))
        for into, sums in zip((before, after), _sums(part, sides, on), strict=True):
            for key, (many, much) in sums.items():
                held = into.get(key, (0, 0))
                into[key] = (held[0] + many, held[1] + much)
    none = (0, 0)
    made = [
        Cost(*key, before.get(key, none)[0], after.get(key, none)[0], before.get(key, none)[1], after.get(key, none)[1], on.year, key[0] in law and _unpriced(law[key[0]], by, on))
        for key in sorted(before.keys() | after.keys())
    ]  # fmt: skip
    return [
        cost
        for cost in made
        if (cost.before, cost.rights_before) != (cost.after, cost.rights_after)
        or (cost.unknown and then.get(cost.policy) != law[cost.policy])
    ]


def _unpriced(policy: Policy, by: Mapping[str, Clock], on: dt.date) -> bool:
    """Whether an amount of the policy goes by a clock of which the day has no value."""
    tiers = [tier for benefit in policy.benefits for tier in benefit.tiers]
    read = {tier.amount.clock for tier in tiers if tier.period is None or on in tier.period}
    return any(by[clock].on(on) is None for clock in read if clock)


def _sums(part: Part, sides: list[Side], on: dt.date) -> list[Sums]:
    """Of both sides; those of a part that moves are recognised as another class in each."""
    if part.was.equals(part.now):
        return yearly(_recognised(part.facts, part.was), part.facts.members, sides, on=on)
    return [
        yearly(_recognised(part.facts, klass), part.facts.members, [side], on=on)[0]
        for klass, side in zip((part.was, part.now), sides, strict=True)
    ]


def _recognised(facts: Facts, klass: pa.Array) -> pa.Table:
    """The households as the rules of support read them, recognised as this class."""
    status = pc.if_else(pc.equal(kinds(klass), "undetermined"), None, kinds(klass))
    kind = pc.case_when(
        pc.make_struct(pc.equal(klass, "poor_income"), pc.equal(klass, "poor_deprivation")),
        "income",
        "deprivation",
    )
    households = facts.households.drop_columns([*PLACES, "on"])
    households = households.rename_columns({f"at_{place}": place for place in PLACES})
    return households.append_column("status", status).append_column("poor_type", kind)


def _concerned(law: Mapping[str, Policy], then: Mapping[str, Policy], change: Change) -> set[str]:
    """The policies that change, and those whose standing may turn on one of them."""
    found = {slug for slug in law.keys() | then.keys() if then.get(slug) != law.get(slug)}
    found |= {slug for slug, policy in law.items() if _reads(policy, change)}
    tied = {(one, other) for one, _kind, other in (*exclusions(law).values(), *exclusions(then).values())}
    while more := {a if b in found else b for a, b in tied if (a in found) != (b in found)}:
        found |= more
    return found


def _reads(policy: Policy, change: Change) -> bool:
    tiers = [tier for benefit in policy.benefits for tier in benefit.tiers]
    shown = {clock for tier in tiers for clock in (tier.amount.clock, tier.amount.rate_clock)}
    named = {slug for tier in tiers for slug in areas_named(All((policy.condition, tier.condition)))}
    return bool(shown & change.clocks.keys() or named & change.lists.keys())
