"""Whom each policy reached in a year: the poor covered and left out, what went to others, who got the money.

Poor is who was judged so in the annual round of the year before, whose list was in force. Only communes whose book has any delivery
of the policy that year are counted: elsewhere nobody knows who received. The figures are `measures.targeting`'s. Who sees
no households gets counts of at least LEAST: a policy with a smaller cell is left out, smaller groups stand together.
"""

from dataclasses import dataclass, field
from functools import lru_cache
from typing import Any

import ibis
import ibis.expr.types as ir

from giamngheo.escape.errors import NoRoundBeforeError
from giamngheo.escape.panel import POOR_STATE, SMALL, Rounds, of_villages, panel
from giamngheo.measures import results
from giamngheo.measures.tables import fetch
from giamngheo.measures.targeting import targeting
from giamngheo.warehouse.disclosure import LEAST
from giamngheo.warehouse.snapshot import Snapshot

#: What the money is divided by -> the column of the rows.
DIVISIONS = {"class": "state", "ethnic": "ethnic"}


@dataclass(frozen=True)
class Reached:
    """One policy, or one group of its households: counts of households, money in đồng, and the measures (shares) by name."""

    key: str
    households: int
    poor: int
    served: int
    poor_served: int
    money: int
    measures: dict[str, float | None] = field(default_factory=dict)

    @property
    def told(self) -> bool:
        """Whether no cell of poor and others, served and not, is of 1 to LEAST - 1 households."""
        others = self.households - self.poor
        cells = (self.poor_served, self.poor - self.poor_served, self.served - self.poor_served, others - self.served + self.poor_served)  # fmt: skip
        return not any(0 < cell < LEAST for cell in cells)


@dataclass(frozen=True)
class Reach:
    """The policies of a year, the most money first; the groups of one of them; deliveries to households the round did not meet."""

    year: int
    rows: tuple[Reached, ...]
    policy: str
    groups: tuple[Reached, ...]
    hidden: int
    unmatched: int


def years(snapshot: Snapshot) -> list[int]:
    """The years with deliveries whose round of the year before is closed, the latest first."""
    given = fetch(snapshot.table("deliveries").select("year").distinct())["year"].to_pylist()
    return sorted({int(y) for y in given if _round(snapshot, int(y)) is not None}, reverse=True)


def _round(snapshot: Snapshot, year: int) -> Rounds | None:
    """The closed annual round of the year before, under the standard then in force."""
    held = [r for r in snapshot.rounds if r["kind"] == "annual" and r["closed"] and r["year"] == year - 1]
    return Rounds(held[0]["standard"], {year - 1: held[0]["round"]}) if held else None


@lru_cache(maxsize=32)
def reach(
    snapshot: Snapshot, villages: frozenset[int], year: int, policy: str, by: str, *, pooled: bool
) -> Reach:
    """The answer for the households of these villages; `policy`: whose groups ('' for the one with most money).

    Raises NoRoundBeforeError.
    """
    rounds = _round(snapshot, year)
    if rounds is None:
        raise NoRoundBeforeError(year=year)
    database = ibis.duckdb.connect()
    homes = of_villages(panel(snapshot, rounds, database), villages, database)
    homes = homes.mutate(poor=(homes.state == POOR_STATE).cast("int64")).cache()
    given = snapshot.table("deliveries", database)
    given = given.filter(given.year == year)
    got = (
        given.group_by("household", "policy")
        .aggregate(amount=given.amount.sum().fill_null(0).cast("int64"))
        .cache()
    )
    ours = got.semi_join(homes, "household")
    slugs = [
        row["policy"]
        for row in fetch(
            ours.group_by("policy").aggregate(m=ours.amount.sum()).order_by(ibis.desc("m"), "policy")
        ).to_pylist()
    ]
    rows = [(slug, _of_policy(homes, got, slug)) for slug in slugs]
    made = [_reached(table, slug) for slug, table in rows]
    kept = [one for one in made if one.told or not pooled]
    chosen = policy if policy in {one.key for one in kept} else next((one.key for one in kept), "")
    groups = _groups(dict(rows)[chosen], DIVISIONS[by], pooled=pooled) if chosen else []
    away = of_villages(given, villages, database).anti_join(homes, "household")
    return Reach(
        year,
        tuple(kept),
        chosen,
        tuple(groups),
        len(made) - len(kept),
        int(away.count().execute()) if not pooled else 0,
    )


def _of_policy(homes: ir.Table, got: ir.Table, slug: str) -> ir.Table:
    """The households of communes where the policy was delivered at all: received (0/1), amount."""
    mine = got.filter(got.policy == slug).select("household", "amount")
    joined = homes.left_join(mine, "household").drop("household_right")
    joined = joined.mutate(received=joined.amount.notnull().cast("int64"), amount=joined.amount.fill_null(0))
    known = joined.group_by("commune").aggregate(any_=lambda t: t.received.max())
    return joined.semi_join(known.filter(known.any_ == 1), "commune").cache()


def _counts(table: ir.Table, *by: str) -> list[dict[str, Any]]:
    aggregated = table.group_by(*by).aggregate if by else table.aggregate
    found = aggregated(
        households=table.count(), poor=table.poor.sum(), served=table.received.sum(),
        poor_served=(table.poor * table.received).sum(), money=table.amount.sum(),
    )  # fmt: skip
    rows: list[dict[str, Any]] = fetch(found).to_pylist()
    return rows


def _reached(table: ir.Table, slug: str) -> Reached:
    [counted] = _counts(table)
    return Reached(slug, **counted, measures=_measures(table, counted["money"]).get(results.ALL, {}))


def _measures(table: ir.Table, money: int, *by: str) -> dict[str, dict[str, float | None]]:
    made = targeting(table, "poor", received="received", amount="amount" if money else None, by=by)
    found: dict[str, dict[str, float | None]] = {}
    for line in made.to_pylist():
        found.setdefault(line["subgroup"], {})[line["measure"]] = line["estimate"]
    return found


def _groups(table: ir.Table, column: str, *, pooled: bool) -> list[Reached]:
    counted = {row[column]: row for row in _counts(table, column)}
    if pooled and (small := _small(counted)):
        table = table.mutate(**{column: ibis.cases((table[column].isin(small), SMALL), else_=table[column])})
        counted = {row[column]: row for row in _counts(table, column)}
    measures = _measures(table, sum(row["money"] for row in counted.values()), column)
    made = [
        Reached(key, **{k: v for k, v in row.items() if k != column}, measures=measures.get(key, {}))
        for key, row in counted.items()
    ]
    if pooled and not all(one.told for one in made):
        return []
    return sorted(made, key=lambda one: (-one.money, -one.served, one.key))


def _small(counted: dict[str, dict[str, Any]]) -> list[str]:
    """The groups that can't be told alone; with the next smallest where they can't be told together either."""
    made = {
        key: Reached(key, **{k: v for k, v in row.items() if k in _FIELDS}) for key, row in counted.items()
    }
    small = [key for key, one in made.items() if not one.told]
    for key in sorted((k for k in made if k not in small), key=lambda k: made[k].households):
        if not small or _together([made[k] for k in small]).told:
            break
        small.append(key)
    return small


_FIELDS = ("households", "poor", "served", "poor_served", "money")


def _together(groups: list[Reached]) -> Reached:
    return Reached(SMALL, *(sum(getattr(one, name) for one in groups) for name in _FIELDS))
