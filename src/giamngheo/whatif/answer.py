"""The answer to a what-if: who would be poor or near-poor and is not, or is and would not be; what support would cost more.

Households are judged anew by the changed standard; every household is taken to be recognised as it is judged. Costs are of
one year, the sum of amount × times of every right that is sure; rights that some unknown fact decides are in no sum.
A right of a household whose class does not change under policies that do not change is the same before and after, and is
not counted at all: `before` and `after` of a policy are of the households and policies concerned.
"""

import datetime as dt
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from giamngheo.rules.clocks import Clock, clocks
from giamngheo.rules.engine import assess
from giamngheo.rules.entitle import entitle
from giamngheo.rules.law_of_day import law_of_day
from giamngheo.rules.policies import Policy, policies_on
from giamngheo.rules.standards import standards
from giamngheo.rules.whatif import (
    Change,
    changed_clocks,
    changed_policies,
    changed_standard,
    kinds,
    problems_of,
)
from giamngheo.warehouse.snapshot import Snapshot
from giamngheo.whatif.errors import NothingChangedError
from giamngheo.whatif.facts import Facts, facts_of

#: How the answer is divided: by these columns of the facts.
DIVISIONS = ("district", "commune", "village", "ethnic")
_PLACES = ("village", "commune", "district")


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
    """Support of one policy in one year, of those concerned by the change: đồng a year, or đồng of loans at one time."""

    policy: str
    per: str
    rights_before: int
    rights_after: int
    before: int
    after: int


@dataclass(frozen=True)
class Answer:
    """Rows (the first is everybody), costs, how many households were classed by points, which no income line moves."""

    by: str
    standard: str
    rows: list[Row]
    costs: list[Cost]
    by_points: int
    left_out: int

    def as_plain(self) -> dict[str, Any]:
        return asdict(self)

    @staticmethod
    def from_plain(kept: Mapping[str, Any]) -> "Answer":
        rows, costs = [Row(**row) for row in kept["rows"]], [Cost(**cost) for cost in kept["costs"]]
        return Answer(**{**kept, "rows": rows, "costs": costs})


def answer(
    snapshot: Snapshot, change: Change, *, year: int, villages: list[int], by: str, on: dt.date
) -> Answer:
    """What a change would do among the households of these villages, as interviewed in a year; support as of the day `on`.

    Raises NoRoundError, NothingChangedError, and the first of rules.whatif.problems_of.
    """
    everyone, slug = facts_of(snapshot, year)
    standard, by_clock = standards()[slug], clocks()
    law = {policy.slug: policy for policy in policies_on(on)}
    if not (change.of_standard or change.of_support):
        raise NothingChangedError
    for problem in problems_of(change, standard, law, by_clock):
        raise problem
    facts = everyone.of(pc.is_in(everyone.households["village"], value_set=pa.array(villages, pa.int64())))
    was = facts.households["klass"].combine_chunks()
    now = was
    if change.of_standard and facts.households.num_rows:
        judged = assess(facts.households, facts.members or None, changed_standard(standard, change))
        now = _in_order(judged, facts.households["household"])
    known = pc.and_(pc.not_equal(kinds(was), "undetermined"), pc.not_equal(kinds(now), "undetermined"))
    basis = facts.households["basis"].fill_null("")
    return Answer(
        by=by,
        standard=slug,
        rows=_rows(facts.households[by].filter(known), kinds(was).filter(known), kinds(now).filter(known)),
        costs=_costs(facts, was, now, law, by_clock, change, on),
        by_points=pc.sum(pc.starts_with(basis, "points")).as_py() or 0,
        left_out=len(known) - (pc.sum(known).as_py() or 0),
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


def _costs(
    facts: Facts,
    was: pa.Array,
    now: pa.Array,
    law: Mapping[str, Policy],
    by: Mapping[str, Clock],
    change: Change,
    on: dt.date,
) -> list[Cost]:
    moved = pc.fill_null(pc.not_equal(was, now), False)
    then, then_by = changed_policies(law, change), changed_clocks(by, change)
    touched = {
        slug for slug, policy in law.items() if then.get(slug) != policy or _reads(policy, change.clocks)
    }
    before: dict[tuple[str, str], tuple[int, int]] = {}
    after: dict[tuple[str, str], tuple[int, int]] = {}
    for mask, only in ((moved, None), (pc.invert(moved), touched)):
        if only == set() or not pc.any(mask).as_py():
            continue
        some = facts.of(mask)
        for klass, into, policies, values in ((was, before, law, by), (now, after, then, then_by)):
            chosen = {slug: p for slug, p in policies.items() if only is None or slug in only}
            if chosen:
                _add(into, some, klass.filter(mask), law_of_day(on, of=chosen, by=values), on)
    keys = sorted(before.keys() | after.keys())
    made = [
        Cost(
            *key,
            before.get(key, (0, 0))[0],
            after.get(key, (0, 0))[0],
            before.get(key, (0, 0))[1],
            after.get(key, (0, 0))[1],
        )
        for key in keys
    ]
    return [cost for cost in made if (cost.before, cost.rights_before) != (cost.after, cost.rights_after)]


def _reads(policy: Policy, changed: Mapping[str, float]) -> bool:
    amounts = [tier.amount for benefit in policy.benefits for tier in benefit.tiers]
    return any(amount.clock in changed or amount.rate_clock in changed for amount in amounts)


def _add(
    into: dict[tuple[str, str], tuple[int, int]], facts: Facts, klass: pa.Array, law: Any, on: dt.date
) -> None:
    """Adds the rights and đồng of a year of these households, recognised as this class."""
    status = pc.if_else(pc.equal(kinds(klass), "undetermined"), None, kinds(klass))
    kind = pc.case_when(
        pc.make_struct(pc.equal(klass, "poor_income"), pc.equal(klass, "poor_deprivation")),
        "income",
        "deprivation",
    )
    households = facts.households.drop_columns([*_PLACES, "on"])
    households = households.append_column("status", status).append_column("poor_type", kind)
    rights = entitle(households, facts.members, on=on, law=law)
    yearly = pc.multiply(rights["amount"].fill_null(0), rights["times"].cast(pa.int64()).fill_null(1))
    table = pa.table(
        {
            "policy": rights["policy"],
            "per": pc.if_else(pc.equal(rights["per"], "loan"), "loan", "year"),
            "each": yearly,
        }
    )
    for row in table.group_by(["policy", "per"]).aggregate([("each", "count"), ("each", "sum")]).to_pylist():
        key = (row["policy"], row["per"])
        many, much = into.get(key, (0, 0))
        into[key] = (many + row["each_count"], much + row["each_sum"])
