"""Standard errors under strata and clusters: one scan of a million households, against samplics, the Python survey package.

python -m bench sampling; smaller: python -m bench.sampling --households 100000
"""

import argparse
import sys
import warnings
from typing import Any

import ibis
import numpy as np

from bench.verdicts import timed
from giamngheo.measures.design import Design, ratios

NAMES = [f"d{n}" for n in range(10)]
DESIGN = Design(weight="w", strata="s", psu="psu")
LIMIT = 50.0
ONE = ibis.literal(1, "int64")


def main(arguments: list[str] | None = None) -> bool:
    parser = argparse.ArgumentParser()
    parser.add_argument("--households", type=int, default=1_000_000)
    parser.add_argument("--rounds", type=int, default=5)
    asked = parser.parse_args([] if arguments is None else arguments)
    return run(asked.households, asked.rounds)


def run(households: int, rounds: int) -> bool:
    table = make(households)
    rows = table.to_pandas()
    wanted = {name: table[name].cast("int64") for name in ("poor", *NAMES)}
    print(
        f"{households:,} households, {rows.psu.nunique():,} clusters in {rows.s.nunique()} strata, weighted"
    )
    theirs, apart = 0.0, 0.0
    alone: dict[str, float] = {}
    made = {line["measure"]: line for line in ours(table, wanted).to_pylist()}
    for name in wanted:
        told: dict[str, Any] = {}
        again = 3 if name == "poor" else 1
        alone[name] = min(
            timed(lambda name=name, told=told: told.update(found=peer(rows, name)))  # type: ignore[misc]
            for _ in range(again)
        )
        theirs += alone[name]
        estimate, error = told["found"]
        apart = max(apart, abs(estimate - made[name]["estimate"]), abs(error - made[name]["se"]))
    one = min(timed(lambda: ours(table, {"poor": wanted["poor"]})) for _ in range(rounds))
    every = min(timed(lambda: ours(table, wanted)) for _ in range(rounds))
    print(f"farthest apart of estimates and standard errors: {apart:.1e} (limit 1e-8)")
    good = says("H alone", one, alone["poor"])
    good &= says("H and ten headcounts, ours in one scan", every, theirs)
    return good and apart < 1e-8


def says(what: str, ours: float, theirs: float) -> bool:
    good = theirs / ours >= LIMIT
    print(
        f"{what}: ours {1000 * ours:.0f} ms, samplics {theirs:.1f} s, {theirs / ours:.0f} times as fast "
        f"(limit ≥ {LIMIT:.0f}) {'ok' if good else 'MISSED'}"
    )
    return good


def make(households: int) -> Any:
    """Clusters of two hundred in fifty strata, weights from 1/2 to 3/2, ten indicators of growing frequency."""
    columns = ", ".join(f"(hash(i, {n}) % 100 < {8 + 4 * n})::BOOL AS {name}" for n, name in enumerate(NAMES))
    database = ibis.duckdb.connect()
    database.con.execute(
        "CREATE TABLE households AS SELECT i // 200 AS psu, (i // 200) % 50 AS s, "
        f"0.5 + (hash(i, 55) % 100) / 100 AS w, {columns}, {' + '.join(f'{n}::INT' for n in NAMES)} >= 3 AS poor "
        f"FROM range({households}) AS r(i)"
    )
    return database.table("households")


def ours(table: Any, wanted: dict[str, Any]) -> Any:
    return ratios(table, {name: (column, ONE) for name, column in wanted.items()}, design=DESIGN)


def peer(rows: Any, name: str) -> tuple[float, float]:
    """Estimate and standard error of a mean by Taylor linearisation."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        from samplics.estimation import TaylorEstimator
        from samplics.utils.types import PopParam

        made = TaylorEstimator(PopParam.mean)
        made.estimate(
            y=rows[name].to_numpy().astype(float),
            samp_weight=rows.w.to_numpy(),
            stratum=rows.s.to_numpy(),
            psu=rows.psu.to_numpy(),
            remove_nan=False,
        )
    found = [next(iter(v.values())) if isinstance(v, dict) else v for v in (made.point_est, made.stderror)]
    return float(np.asarray(found[0]).item()), float(np.asarray(found[1]).item())


if __name__ == "__main__":
    sys.exit(0 if main(sys.argv[1:]) else 1)
