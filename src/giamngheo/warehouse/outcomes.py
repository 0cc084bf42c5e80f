"""What became of the households of a round: who escaped and how long that lasted, and what each policy gave them the year after.

Laid down with a snapshot, so that no page follows a household while somebody waits; each table twice, counted household by
household, and for whoever may not see households from the pools of the round (disclosure.py), each told as its member.

    lasting/<standard>.parquet     a row a spell out of poverty and round, from the one before the escape (`turn` 0, poor) and that of
                                   the escape (1) to the one that found the household poor again, or the last that met it in a row
        spell, turn, village, state; as they were at the escape: ethnic, helped (panel.py), lacked (0, 1 or 2, 3 or more:
        '0', '1', '3'), lacks_*; many: households it stands for, of a pool the pool's number
    reach/<year>.parquet           households of the annual round of the year before in communes where the policy was delivered
        policy, village, commune, state, ethnic, received (0/1), many: households, squares: the sum of the squared numbers of
        the pools they are in (of a household 1), amount: đồng received
    reach/away-<year>.parquet      deliveries of the year to households that round did not meet: village, deliveries

A policy counts in a commune where any household received it; in pools, where at least LEAST did.
"""

from collections.abc import Sequence
from functools import lru_cache
from pathlib import Path
from typing import Any

import ibis
import ibis.expr.types as ir
import pyarrow as pa
import pyarrow.parquet as pq

from giamngheo.measures.tables import fetch
from giamngheo.warehouse.cubes import Pools
from giamngheo.warehouse.disclosure import LEAST
from giamngheo.warehouse.panel import OUT, POOR_STATE, Rounds, in_turn, most_followed, panel, state_of
from giamngheo.warehouse.snapshot import Snapshot

_SUMS = ("policy", "village", "commune", "state", "ethnic", "received")


def write(
    verdicts: ir.Table, deliveries: ir.Table, place: Path, rounds: Sequence[dict[str, Any]], pools: Pools
) -> None:
    """Both tables of a snapshot that is being built, from its verdicts and deliveries, and the same of its pools."""
    backend = verdicts.get_backend()
    if followed := most_followed(rounds):
        found = spells(panel(verdicts, deliveries, followed)).cache()
        _store(_plain(found), place, f"lasting/{followed.standard}")
        spoken = [_of_year(pools, followed, year) for year in followed.years]
        speaking = backend.create_table("_speaking", pa.concat_tables(spoken), temp=True, overwrite=True)
        _store(_plain(_spoken(found, speaking)), place, f"lasting/public-{followed.standard}")
    years = deliveries.select("year").distinct().order_by("year").to_pyarrow()["year"].to_pylist()
    for year in years:
        if before := round_before(rounds, int(year)):
            _write_reach(
                verdicts, deliveries.filter(deliveries.year == year), place, int(year), before, pools
            )


def spells(rows: ir.Table) -> ir.Table:
    """The rows of a panel by spell out of poverty (module docstring), with `household` and `escaped`, the year of the escape."""
    lacks = [name for name in rows.columns if name.startswith("lacks_")]
    told = in_turn(rows)
    escapes = told.filter(told.state.isin(OUT), told.before == POOR_STATE)
    lacked = ibis.cases((escapes.deprived == 0, "0"), (escapes.deprived <= 2, "1"), else_="3")
    escapes = escapes.select("household", "ethnic", "helped", *lacks, lacked=lacked, escaped=escapes.year)
    seen = rows.select("household", "village", "state", "year")
    joined = escapes.inner_join(seen, "household")
    joined = joined.filter(joined.year >= joined.escaped - 1).mutate(turn=joined.year - joined.escaped + 1)
    order = ibis.window(group_by=["household", "escaped"], order_by="turn")
    poor = ((joined.state == POOR_STATE) & (joined.turn > 0)).cast("int64")
    joined = joined.mutate(_place=ibis.row_number().over(order), _poor=poor)
    earlier = joined._poor.sum().over(
        ibis.window(group_by=["household", "escaped"], order_by="turn", preceding=(None, 1))
    )
    joined = joined.mutate(_over=earlier.fill_null(0))
    kept = joined.filter(joined._place == joined.turn, joined._over == 0).drop(
        "_place", "_over", "_poor", "year"
    )
    return kept.mutate(many=ibis.literal(1, "int64"))


def _of_year(pools: Pools, rounds: Rounds, year: int) -> pa.Table:
    held = pools[rounds.by_year[year], rounds.standard]
    return held.append_column("escaped", pa.repeat(pa.scalar(year, pa.int64()), held.num_rows))


def _spoken(found: ir.Table, speaking: ir.Table) -> ir.Table:
    """The spells of the members of pools, with the pool's place, ethnic group and number."""
    mine = speaking.select("household", "escaped", "village", "ethnic", "many")
    return found.drop("village", "ethnic", "many").inner_join(mine, ["household", "escaped"])


def _plain(found: ir.Table) -> ir.Table:
    """Spells numbered, without the household they are of."""
    number = ibis.dense_rank().over(ibis.window(order_by=["household", "escaped"]))
    return found.mutate(spell=number).drop("household", "escaped").order_by("spell", "turn")


def round_before(rounds: Sequence[dict[str, Any]], year: int) -> Rounds | None:
    """The closed annual round of the year before, under the standard then in force."""
    for one in rounds:
        if (
            one["kind"] == "annual"
            and one["closed"]
            and one["year"] == year - 1
            and one["standard"] in one["standards"]
        ):
            return Rounds(one["standard"], {year - 1: one["round"]})
    return None


def _write_reach(
    verdicts: ir.Table, given: ir.Table, place: Path, year: int, before: Rounds, pools: Pools
) -> None:
    backend = verdicts.get_backend()
    met = panel(verdicts, given, before).select("household", "village", "commune", "state", "ethnic")
    homes = met.mutate(commune=met.commune.fill_null(0), many=ibis.literal(1, "int64")).cache()
    got = given.group_by("household", "policy").aggregate(amount=given.amount.sum().fill_null(0))
    got = got.cache()
    served = got.inner_join(homes, "household").group_by("policy", "commune").aggregate(n=lambda t: t.count())
    served = served.cache()
    _store(_reach(homes, got, served), place, f"reach/{year}")
    held = backend.create_table(
        "_members", pools[before.by_year[year - 1], before.standard], temp=True, overwrite=True
    )
    known = held.filter(held.klass != "undetermined")
    told = known.mutate(state=state_of(known.klass)).drop("klass")
    _store(_reach(told, got, served.filter(served.n >= LEAST)), place, f"reach/public-{year}")
    away = given.anti_join(homes, "household")
    _store(
        away.group_by("village").aggregate(deliveries=away.count()).order_by("village"),
        place,
        f"reach/away-{year}",
    )


def _reach(homes: ir.Table, got: ir.Table, known: ir.Table) -> ir.Table:
    """The cells of households in the communes of each policy."""
    asked = homes.inner_join(known.select("policy", "commune"), "commune")
    joined = asked.left_join(got, ["household", "policy"])
    joined = joined.mutate(received=joined.amount.notnull().cast("int64"))
    made = joined.group_by(*_SUMS).aggregate(
        many=joined.many.sum(),
        squares=(joined.many * joined.many).sum(),
        amount=(joined.many * joined.amount.fill_null(0)).sum(),
    )
    return made.order_by(*_SUMS)


def _store(rows: ir.Table, place: Path, name: str) -> None:
    file = place / f"{name}.parquet"
    file.parent.mkdir(exist_ok=True)
    # through Arrow, which holds a sum of whole numbers as one; DuckDB would write its wider sums as doubles
    pq.write_table(fetch(rows), file, compression="zstd")


@lru_cache(maxsize=4)
def escapes(snapshot: Snapshot, standard: str, *, public: bool) -> pa.Table:
    """The spells out of poverty under a standard. Raises DamagedSnapshotError."""
    return pq.read_table(snapshot.file(f"lasting/{'public-' if public else ''}{standard}.parquet"))


@lru_cache(maxsize=8)
def reached(snapshot: Snapshot, year: int, *, public: bool) -> pa.Table:
    """The cells of what each policy gave in a year. Raises DamagedSnapshotError."""
    return pq.read_table(snapshot.file(f"reach/{'public-' if public else ''}{year}.parquet"))


def away(snapshot: Snapshot, year: int) -> pa.Table:
    """Deliveries of a year to households the round before did not meet, by village. Raises DamagedSnapshotError."""
    return pq.read_table(snapshot.file(f"reach/away-{year}.parquet"))


def years_reached(snapshot: Snapshot) -> list[int]:
    """The years whose deliveries can be held to a round, the latest first."""
    names = [Path(name) for name in snapshot.manifest["files"] if name.startswith("reach/")]
    return sorted((int(name.stem) for name in names if name.stem.isdecimal()), reverse=True)
