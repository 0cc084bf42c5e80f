"""Households over the closed annual rounds of one standard, out of a snapshot, as the measures of lasting read them."""

import datetime as dt
from collections import Counter
from collections.abc import Collection
from dataclasses import dataclass

import ibis
import ibis.expr.types as ir
import pyarrow as pa

from giamngheo.areas.models import Level
from giamngheo.escape.errors import TooFewRoundsError
from giamngheo.rules.policies import policies
from giamngheo.surveys.models import POOR, Klass
from giamngheo.warehouse.places import above_of
from giamngheo.warehouse.snapshot import Snapshot

POOR_STATE, NEAR, OTHER = "poor", "near_poor", "other"
#: From worst to best; who is in one of the last two is out of poverty.
STATES = (POOR_STATE, NEAR, OTHER)
OUT = (NEAR, OTHER)
#: Groups of policies that help a household to earn; the rest eases its costs.
LIVELIHOOD = frozenset({"credit", "production", "training", "work", "land"})
ROUNDS = 3
#: Groups too small to be told alone stand together under this name; “other” is a state and a kind of help.
SMALL = "small"


@dataclass(frozen=True)
class Rounds:
    """The standard, and its closed annual rounds: year -> key."""

    standard: str
    by_year: dict[int, int]

    @property
    def years(self) -> list[int]:
        return sorted(self.by_year)


def rounds_of(snapshot: Snapshot) -> Rounds:
    """The rounds of the standard that has most of them, of several the latest. Raises TooFewRoundsError.

    Under two standards a household could escape by the law alone.
    """
    closed = [r for r in snapshot.rounds if r["kind"] == "annual" and r["closed"]]
    counted = Counter(slug for r in closed for slug in r["standards"])
    if not counted or max(counted.values()) < ROUNDS:
        raise TooFewRoundsError(found=max(counted.values(), default=0), needed=ROUNDS)
    last = {slug: max(r["year"] for r in closed if slug in r["standards"]) for slug in counted}
    standard = max(counted, key=lambda slug: (counted[slug], last[slug]))
    return Rounds(standard, {r["year"]: r["round"] for r in closed if standard in r["standards"]})


def panel(snapshot: Snapshot, rounds: Rounds, database: ibis.BaseBackend) -> ir.Table:
    """One row a household and round in which it was met and judged: household, year, village, commune, state, the facts kept.

    `helped`: what the book of deliveries says of the year: livelihood, other, none; unrecorded where its commune has none that year.
    """
    verdicts = snapshot.table("verdicts", database)
    judged = verdicts.filter(
        verdicts["round"].isin(list(rounds.by_year.values())),
        verdicts.standard == rounds.standard,
        verdicts.outcome == "met",
        verdicts.klass.notnull() & (verdicts.klass != Klass.UNDETERMINED),
    )
    state = ibis.cases((judged.klass.isin([str(k) for k in POOR]), POOR_STATE), (judged.klass == Klass.NEAR_POOR, NEAR), else_=OTHER)  # fmt: skip
    lacks = [name for name in judged.columns if name.startswith("lacks_")]
    kept = judged.select(
        "household", "village", "commune", "persons", "borderline", *lacks,
        ethnic=judged.ethnic.fill_null("?"), year=judged.year.cast("int64"), state=state, deprived=judged.deprived.fill_null(0).cast("int64"),
    )  # fmt: skip
    return _with_help(kept, snapshot, database)


def _with_help(rows: ir.Table, snapshot: Snapshot, database: ibis.BaseBackend) -> ir.Table:
    given = snapshot.table("deliveries", database)
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


def placed(
    rows: ir.Table, snapshot: Snapshot, level: int, day: dt.date, database: ibis.BaseBackend
) -> ir.Table:
    """The rows with `place`, the unit of a level (its key as text) in which their village lies on a day; '?' where in none."""
    above = above_of(snapshot, day, Level(level)).rename_columns(["unit", "place"])
    of_day = database.create_table("_above", above, temp=True, overwrite=True)
    joined = rows.left_join(of_day, rows.village == of_day.unit).drop("unit")
    return joined.mutate(place=joined.place.fill_null("?"))


def of_villages(rows: ir.Table, villages: Collection[int], database: ibis.BaseBackend) -> ir.Table:
    """The rows of these villages alone."""
    mine = pa.table({"village": pa.array(sorted(villages), pa.int64())})
    return rows.filter(
        rows.village.isin(
            database.create_table(f"_mine_{len(villages)}", mine, temp=True, overwrite=True).village
        )
    )
