"""The answer to a what-if: who would be poor or near-poor and is not, or is and would not be; what support would cost more.

Households are judged anew by the changed standard; every household is taken to be recognised as it is judged. Costs are of
one year, the sum of amount × times of every right that is sure; rights that some unknown fact decides are in no sum. Of rights
that exclude one another the one worth most is counted. Later years are of the same households under each year's own law.
A right of a household whose class does not change under policies that do not change is the same before and after, and is
not counted at all: `before` and `after` of a policy, or of a group, are of the households and policies concerned.
"""

import datetime as dt
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from giamngheo.rules.area_lists import area_lists
from giamngheo.rules.clocks import clocks
from giamngheo.rules.engine import assess
from giamngheo.rules.policies import policies_on
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
from giamngheo.whatif.costs import Cost, GroupCost, costs_of, parts_of
from giamngheo.whatif.errors import NothingChangedError
from giamngheo.whatif.facts import facts_of
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
class Answer:
    """Rows (the first is everybody), costs by year, how many households were classed by points, which no income line moves;
    `loans`: of the loan policies whose ceiling changes what the book of the year has; `groups`: costs by year and group, None
    of what was kept before they were counted."""

    by: str
    standard: str
    rows: list[Row]
    costs: list[Cost]
    by_points: int
    left_out: int
    loans: list[Loans] = field(default_factory=list)
    groups: list[GroupCost] | None = None

    def known_in(self, year: int) -> bool:
        """Whether what a year costs more or less can be told in đồng, at least in part."""
        costs = [cost for cost in self.costs if cost.year == year]
        return not costs or any(not cost.unknown for cost in costs)

    def as_plain(self) -> dict[str, Any]:
        return asdict(self)

    @staticmethod
    def from_plain(kept: Mapping[str, Any]) -> "Answer":
        rows, costs = [Row(**row) for row in kept["rows"]], [Cost(**cost) for cost in kept["costs"]]
        loans = [Loans(**one) for one in kept.get("loans", ())]
        groups = kept.get("groups") and [GroupCost(**one) for one in kept["groups"]]
        return Answer(**{**kept, "rows": rows, "costs": costs, "loans": loans, "groups": groups})


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
    basis, parts = facts.households["basis"].fill_null(""), parts_of(facts, was, now, change)
    groups = facts.households.select(["household", "key"]).append_column(
        "group", _named(facts.households[by])
    )
    found = [costs_of(parts, change, on.replace(year=on.year + n), groups) for n in range(years)]
    return Answer(
        by=by,
        standard=slug,
        rows=_rows(facts.households[by].filter(known), kinds(was).filter(known), kinds(now).filter(known)),
        costs=[cost for costs, _groups in found for cost in costs],
        groups=[group for _costs, groups in found for group in groups],
        by_points=pc.sum(pc.starts_with(basis, "points")).as_py() or 0,
        left_out=len(known) - (pc.sum(known).as_py() or 0),
        loans=loans_of(
            snapshot,
            (law, by_clock),
            (changed_policies(law, change), changed_clocks(by_clock, change)),
            year=year,
            villages=villages,
            on=on,
            groups=groups,
        ),
    )


def _in_order(judged: pa.Table, households: pa.ChunkedArray) -> pa.Array:
    """The classes in the order of the households."""
    places = pc.index_in(households, value_set=judged["household"].combine_chunks())
    return judged["klass"].combine_chunks().take(places.combine_chunks())


def _named(groups: pa.ChunkedArray) -> pa.ChunkedArray:
    """As rows name them: in words or the unit's number, '' for none."""
    return groups.cast(pa.string()).fill_null("")


def _rows(groups: pa.ChunkedArray, was: pa.Array, now: pa.Array) -> list[Row]:
    encoded = _named(groups).combine_chunks().dictionary_encode()
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
