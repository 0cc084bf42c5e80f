"""Alkire–Foster at size: the profile cube from Parquet against hand-written SQL over one, and any k from a stored cube.

python -m bench measures; smaller: python -m bench.measures --households 1000000
"""

import argparse
import statistics
import subprocess
import sys
import tempfile
from fractions import Fraction
from pathlib import Path

import ibis
import pyarrow.parquet as pq

from bench.verdicts import Peak, timed
from giamngheo.measures.alkire_foster import measures, measures_of
from giamngheo.measures.cube import Cells, cube
from giamngheo.measures.specification import Column, Indicator, Spec

NAMES = [f"d{n}" for n in range(10)]
WEIGHTS = [6, 6, 6, 6, 2, 2, 2, 2, 2, 2]  # in 36ths
SPEC = Spec(
    "bench",
    tuple(Indicator(n, Column(n), "all", Fraction(w, 36)) for n, w in zip(NAMES, WEIGHTS, strict=True)),
    (Fraction(1, 3),),
)
OTHER = Spec.equal("other", NAMES, k=["20%", "40%"])
LIMITS = {"by SQL": 1.3, "stored ms": 20.0, "memory MB": 500.0}


def main(arguments: list[str] | None = None) -> bool:
    parser = argparse.ArgumentParser()
    parser.add_argument("--households", type=int, default=10_000_000)
    parser.add_argument("--rounds", type=int, default=7)
    parser.add_argument(
        "--alone", type=Path, help="only our measures from this file; prints the peak memory in MB"
    )
    asked = parser.parse_args([] if arguments is None else arguments)
    if asked.alone:
        return alone(asked.alone)
    with tempfile.TemporaryDirectory(prefix="giamngheo-bench-") as folder:
        return run(Path(folder), asked.households, asked.rounds)


def run(folder: Path, households: int, rounds: int) -> bool:
    path = folder / "households.parquet"
    database = ibis.duckdb.connect(memory_limit="400MB", preserve_insertion_order=False)
    make(database, path, households)
    table = database.read_parquet(str(path), table_name="households")
    raw, hand = database.con, hand_sql()
    by_hand = {row[0]: row[1:] for row in raw.execute(hand).fetchall()}
    held = agrees(by_hand, measures(table, SPEC, by=["area"]))

    pairs = [
        (timed(lambda: measures(table, SPEC, by=["area"])), timed(lambda: raw.execute(hand).fetchall()))
        for _ in range(rounds)
    ]
    ours, theirs = min(p[0] for p in pairs), min(p[1] for p in pairs)
    print(
        f"{households:,} households from Parquet, 10 indicators, 108 areas: ours {1000 * ours:.0f} ms, hand-written SQL {1000 * theirs:.0f} ms"
    )
    held &= says("ours by SQL", ours / theirs, "by SQL")

    stored = folder / "cube.parquet"
    cube(table, SPEC.columns, by=["area"]).to_parquet(str(stored))
    cells = Cells(pq.read_table(stored))
    for spec in (SPEC, OTHER):
        times = [timed(lambda spec=spec: measures_of(cells, spec, ["30%"], by=["area"])) for _ in range(30)]  # type: ignore[misc]
        print(
            f"stored cube, {cells.table.num_rows:,} cells: first {1000 * times[0]:.1f} ms, then by area at any k and weights"
        )
        held &= says("median ms", 1000 * statistics.median(times), "stored ms")
    fresh = statistics.median(
        timed(lambda: measures_of(pq.read_table(stored), OTHER, ["30%"], by=["area"])) for _ in range(10)
    )
    print(f"the same with the cube read from its file each time: {1000 * fresh:.1f} ms")
    answer = subprocess.run(
        [sys.executable, "-m", "bench.measures", "--alone", str(path)],
        capture_output=True,
        text=True,
        check=True,
    )
    return says("peak memory, in a process of its own, MB", float(answer.stdout), "memory MB") and held


def alone(path: Path) -> bool:
    database = ibis.duckdb.connect(memory_limit="400MB", preserve_insertion_order=False)
    with Peak() as peak:
        measures(database.read_parquet(str(path)), SPEC, by=["area"])
    print(peak.megabytes)
    return True


def says(what: str, value: float, limit: str) -> bool:
    good = value <= LIMITS[limit]
    print(f"{what}: {value:.2f} (limit ≤ {LIMITS[limit]}) {'ok' if good else 'MISSED'}", flush=True)
    return good


def make(database: ibis.BaseBackend, path: Path, households: int) -> None:
    """Ten indicators of growing frequency; one household in a hundred has one that is not known."""
    columns = ", ".join(
        f"CASE WHEN hash(i, 77) % 1000 = {n} THEN NULL ELSE hash(i, {n}) % 100 < {8 + 4 * n} END AS d{n}"
        for n in range(10)
    )
    database.con.execute(
        f"COPY (SELECT i AS household, 'area ' || (hash(i, 99) % 108) AS area, {columns}"
        f" FROM range({households}) AS r(i)) TO '{path}' (FORMAT parquet)"
    )


def hand_sql() -> str:
    """What a person would write over a profile cube, missing dropped: one scan, then sums over its cells."""
    bits = " + ".join(f"d{n}::INT * {1 << n}" for n in range(10))
    known = " AND ".join(f"d{n} IS NOT NULL" for n in range(10))
    score = " + ".join(f"{w} * ((p >> {n}) & 1)" for n, w in enumerate(WEIGHTS))
    raw = ", ".join(f"sum(n * ((p >> {n}) & 1)) / sum(n) AS u{n}" for n in range(10))
    censored = ", ".join(
        f"sum(n * ((p >> {n}) & 1)) FILTER (score >= 12) / sum(n) AS c{n}" for n in range(10)
    )
    return f"""
    WITH cells AS (SELECT area, {bits} AS p, count(*) AS n FROM households WHERE {known} GROUP BY ALL),
         scored AS (SELECT *, {score} AS score FROM cells)
    SELECT area, sum(n) FILTER (score >= 12) / sum(n) AS h,
           sum(n * score) FILTER (score >= 12) / sum(n) FILTER (score >= 12) / 36 AS a,
           sum(n * score) FILTER (score >= 12) / sum(n) / 36 AS m0, {raw}, {censored}
    FROM scored GROUP BY area"""


def agrees(by_hand: dict[str, tuple[float, ...]], ours: object) -> bool:
    """Every number of every area is the same to 1e-12."""
    wanted = ["H", "A", "M0", *(f"uncensored:{n}" for n in NAMES), *(f"censored:{n}" for n in NAMES)]
    mine = {(line["subgroup"], line["measure"]): line["estimate"] for line in ours.to_pylist()}  # type: ignore[attr-defined]
    for area, numbers in by_hand.items():
        for measure, number in zip(wanted, numbers, strict=True):
            assert abs(mine[area, measure] - number) < 1e-12, (area, measure, number)
    return len(by_hand) == 108


if __name__ == "__main__":
    sys.exit(0 if main(sys.argv[1:]) else 1)
