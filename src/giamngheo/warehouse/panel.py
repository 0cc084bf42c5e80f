"""Households over the closed annual rounds of one standard, as the measures of escaping and lasting read them."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import ibis
import ibis.expr.types as ir

from giamngheo.rules.policies import policies
from giamngheo.surveys.models import POOR, Klass

POOR_STATE, NEAR, OTHER = "poor", "near_poor", "other"
#: From worst to best; who is in one of the last two is out of poverty.
STATES = (POOR_STATE, NEAR, OTHER)
OUT = (NEAR, OTHER)
#: Groups of policies that help a household to earn; the rest eases its costs.
LIVELIHOOD = frozenset({"credit", "production", "training", "work", "land"})


@dataclass(frozen=True)
class Rounds:
    """A standard, and its closed annual rounds: year -> key."""

    standard: str
    by_year: dict[int, int]

    @property
    def years(self) -> list[int]:
        return sorted(self.by_year)


def most_followed(rounds: Sequence[dict[str, Any]]) -> Rounds | None:
    """The closed annual rounds of the standard that has most of them, of several the latest; None where there are none.

    rounds: as a snapshot lists them. Under two standards a household could escape by the law alone.
    """
    closed = [r for r in rounds if r["kind"] == "annual" and r["closed"]]
    counted = Counter(slug for r in closed for slug in r["standards"])
    if not counted:
        return None
    last = {slug: max(r["year"] for r in closed if slug in r["standards"]) for slug in counted}
    standard = max(counted, key=lambda slug: (counted[slug], last[slug]))
    return Rounds(standard, {r["year"]: r["round"] for r in closed if standard in r["standards"]})


def panel(verdicts: ir.Table, deliveries: ir.Table, rounds: Rounds) -> ir.Table:
    """One row a household and round in which it was met and judged: household, year, village, commune, state, the facts kept.

    `helped`: what the book of deliveries says of the year: livelihood, other, none; unrecorded where its commune has none that year.
    """
    judged = verdicts.filter(
        verdicts["round"].isin(list(rounds.by_year.values())),
        verdicts.standard == rounds.standard,
        verdicts.outcome == "met",
        verdicts.klass.notnull() & (verdicts.klass != Klass.UNDETERMINED),
    )
    lacks = [name for name in judged.columns if name.startswith("lacks_")]
    kept = judged.select(
        "household", "village", "commune", "persons", "borderline", *lacks,
        ethnic=judged.ethnic.fill_null(""), year=judged.year.cast("int64"), state=state_of(judged.klass),
        deprived=judged.deprived.fill_null(0).cast("int64"),
    )  # fmt: skip
    return _with_help(kept, deliveries)


def state_of(klass: ir.StringValue) -> ir.StringValue:
    """A class of the law, known, as one of STATES."""
    return ibis.cases((klass.isin([str(k) for k in POOR]), POOR_STATE), (klass == Klass.NEAR_POOR, NEAR), else_=OTHER)  # fmt: skip


def _with_help(rows: ir.Table, given: ir.Table) -> ir.Table:
    earning = [slug for slug, policy in policies().items() if policy.group in LIVELIHOOD]
    got = given.group_by("household", given.year.cast("int64").name("year")).aggregate(
        earning=given.policy.isin(earning).cast("int64").max()
    )
    places = rows.select("household", "year", "commune").distinct()
    told = places.inner_join(got.select("household", "year"), ["household", "year"])
    known = told.select("commune", "year").distinct().mutate(known=True)
    joined = rows.left_join(got, ["household", "year"]).drop("household_right", "year_right")
    joined = joined.left_join(known, ["commune", "year"]).drop("commune_right", "year_right")
    helped = ibis.cases(
        (joined.known.isnull(), "unrecorded"), (joined.earning == 1, "livelihood"), (joined.earning == 0, "other"), else_="none"
    )  # fmt: skip
    return joined.mutate(helped=helped).drop("earning", "known")


def in_turn(rows: ir.Table) -> ir.Table:
    """The rows with `before` and `next`: the household's state a year earlier and a year later, null where it was not met then."""
    order = ibis.window(group_by=rows.household, order_by=rows.year)
    told = rows.mutate(
        _was=rows.state.lag().over(order), _then=rows.year.lag().over(order),
        _comes=rows.state.lead().over(order), _when=rows.year.lead().over(order),
    )  # fmt: skip
    none = ibis.null("string")
    made = told.mutate(
        before=ibis.cases((told._then == told.year - 1, told._was), else_=none),
        next=ibis.cases((told._when == told.year + 1, told._comes), else_=none),
    )
    return made.drop("_was", "_then", "_comes", "_when")
