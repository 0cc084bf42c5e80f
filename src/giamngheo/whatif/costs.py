"""What support costs before and after a change: by policy, by group of households, and how many households get more or less.

Of one year each, under the law of its day. Rights are worked out for the households and policies that the change may touch;
what is the same for every household before and after is in no sum.
"""

import datetime as dt
import functools
from collections.abc import Mapping
from dataclasses import dataclass

import pyarrow as pa
import pyarrow.compute as pc

from giamngheo.rules.area_lists import area_lists
from giamngheo.rules.clocks import Clock, clocks
from giamngheo.rules.conditions import All
from giamngheo.rules.costs import yearly
from giamngheo.rules.engine import cursor
from giamngheo.rules.law_of_day import LawOfDay, areas_named, law_of_day
from giamngheo.rules.policies import Policy, policies_on
from giamngheo.rules.whatif import Change, changed_clocks, changed_lists, changed_policies, exclusions, kinds
from giamngheo.whatif.facts import PLACES, Facts


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


@dataclass(frozen=True)
class GroupCost:
    """The same of one group of households in a year, all policies that change together; the groups of a year add up to its costs.

    gains, loses: households that get more, or less, đồng a year; of the same đồng, more or fewer rights. lent_before,
    lent_after: đồng of loans at one time. Policies whose amounts are not known that year are in the rights alone.
    """

    group: str
    year: int
    gains: int
    loses: int
    rights_before: int
    rights_after: int
    before: int
    after: int
    lent_before: int
    lent_after: int


@dataclass(frozen=True)
class Part:
    """Some of the households with the class they have before and after; `whole`: whether every policy may change for them,
    not only those concerned; `listed`: whether a changed list names where they live."""

    facts: Facts
    was: pa.Array
    now: pa.Array
    whole: bool
    listed: bool


#: The law of a day, and the policies it was made of.
Side = tuple[LawOfDay, dict[str, Policy]]


def parts_of(facts: Facts, was: pa.Array, now: pa.Array, change: Change) -> list[Part]:
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


def costs_of(
    parts: list[Part], change: Change, on: dt.date, groups: pa.Table
) -> tuple[list[Cost], list[GroupCost]]:
    """What support costs in the year of `on`, under the law of that day and as tried; `groups`: household, group."""
    law, by, lists = {policy.slug: policy for policy in policies_on(on)}, clocks(), area_lists()
    then, tried = changed_policies(law, change), changed_lists(lists, change)
    concerned = _concerned(law, then, change)
    sums = []
    for part in parts:
        sides = []
        for policies, shown, listed in (
            (law, by, lists),
            (then, changed_clocks(by, change), tried if part.listed else lists),
        ):
            chosen = {slug: p for slug, p in policies.items() if part.whole or slug in concerned}
            sides.append((law_of_day(on, of=chosen, by=shown, lists=listed), chosen))
        sums.append(_sums(part, sides, on))
    if not sums:
        return [], []
    unknown = {slug for slug, policy in law.items() if _unpriced(policy, by, on)}
    changed = {slug for slug in unknown if then.get(slug) != law[slug]}
    before, after = (pa.concat_tables(tables) for tables in zip(*sums, strict=True))
    return compared(before, after, groups, year=on.year, unknown=unknown, changed=changed)


#: What a policy gives a household before and after, of those policies that some household has more or less of, or whose amounts
#: change in a way that can't be told; đồng of the others alone that are known.
_BOTH = """
CREATE OR REPLACE TEMP TABLE both_sides AS
WITH sides AS (
  SELECT household, policy, per, coalesce(b.rights, 0) AS rights_before, coalesce(a.rights, 0) AS rights_after,
         coalesce(b.amount, 0) AS before, coalesce(a.amount, 0) AS after, policy IN (SELECT unnest(?)) AS unknown
  FROM sums_before b FULL JOIN sums_after a USING (household, policy, per)
), moved AS (
  SELECT DISTINCT policy, per FROM sides
  WHERE before <> after OR rights_before <> rights_after OR policy IN (SELECT unnest(?))
)
SELECT * FROM sides SEMI JOIN moved USING (policy, per)
"""
_BY_POLICY = """
SELECT policy, per, sum(rights_before)::BIGINT, sum(rights_after)::BIGINT, sum(before)::BIGINT, sum(after)::BIGINT,
       ?::INTEGER AS year, any_value(unknown)
FROM both_sides GROUP BY policy, per ORDER BY policy, per
"""
_BY_GROUP = """
WITH one AS (
  SELECT household, sum(rights_before) AS rights_before, sum(rights_after) AS rights_after,
         coalesce(sum(before) FILTER (per = 'year' AND NOT unknown), 0) AS before,
         coalesce(sum(after) FILTER (per = 'year' AND NOT unknown), 0) AS after,
         coalesce(sum(before) FILTER (per = 'loan' AND NOT unknown), 0) AS lent_before,
         coalesce(sum(after) FILTER (per = 'loan' AND NOT unknown), 0) AS lent_after
  FROM both_sides GROUP BY household
)
SELECT "group", ?::INTEGER AS year, count(*) FILTER ((after, rights_after) > (before, rights_before)),
       count(*) FILTER ((after, rights_after) < (before, rights_before)),
       sum(rights_before)::BIGINT, sum(rights_after)::BIGINT, sum(before)::BIGINT, sum(after)::BIGINT,
       sum(lent_before)::BIGINT, sum(lent_after)::BIGINT
FROM one JOIN households_in_groups USING (household) GROUP BY "group" ORDER BY "group"
"""


def compared(
    before: pa.Table, after: pa.Table, groups: pa.Table, *, year: int, unknown: set[str], changed: set[str]
) -> tuple[list[Cost], list[GroupCost]]:
    """The sums of rules.costs before and after, by policy and by group; a policy that no household has more or less of is left
    out. `unknown`: policies whose amounts are not known that year; `changed`: those of them that the change touches."""
    connection = cursor()
    try:
        for name, table in (
            ("sums_before", before),
            ("sums_after", after),
            ("households_in_groups", groups),
        ):
            connection.register(name, table)
        connection.execute(_BOTH, [sorted(unknown), sorted(changed)])
        costs = [Cost(*row) for row in connection.execute(_BY_POLICY, [year]).fetchall()]
        return costs, [GroupCost(*row) for row in connection.execute(_BY_GROUP, [year]).fetchall()]
    finally:
        connection.close()


def _unpriced(policy: Policy, by: Mapping[str, Clock], on: dt.date) -> bool:
    """Whether an amount of the policy goes by a clock of which the day has no value."""
    tiers = [tier for benefit in policy.benefits for tier in benefit.tiers]
    read = {tier.amount.clock for tier in tiers if tier.period is None or on in tier.period}
    return any(by[clock].on(on) is None for clock in read if clock)


def _sums(part: Part, sides: list[Side], on: dt.date) -> list[pa.Table]:
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
