"""Errors of growth and of dynamics against what samples drawn again and again really spread, and one method against the other.

Samples come from a model: two strata of 20 and 40 clusters of 12 households (weights 3 and 1), three rounds of amounts with an
effect of the cluster and one of the household that stay. What they spread is counted here without the product.
"""

from collections.abc import Callable, Mapping
from dataclasses import replace
from functools import cache
from typing import Any

import numpy as np
import pyarrow as pa
import pytest

from giamngheo.measures.design import Design
from giamngheo.measures.dynamics import Panel, chronic, mobility, transitions
from giamngheo.measures.errors import MeasuresError, ParameterError, UnknownColumnError
from giamngheo.measures.growth import growth_and_redistribution, growth_incidence
from giamngheo.measures.results import WEIGHTED
from giamngheo.measures.tables import read
from tests.measures.lines import line, value

CLUSTERS, EACH, LINE = (20, 40), 12, 900_000
#: Of each household: its cluster, its stratum, its weight.
CLUSTER = np.arange(sum(CLUSTERS)).repeat(EACH)
STRATUM = np.repeat([0, 1], CLUSTERS)[CLUSTER]
WEIGHT = np.where(STRATUM == 0, 3.0, 1.0)
LINEAR = Design(weight="w", strata="s", psu="c")
BOOTSTRAP = replace(LINEAR, method="bootstrap", replicates=300)
Numbers = Any


def amounts(seed: int) -> Numbers:
    """Three rounds of amounts by household."""
    random = np.random.default_rng(seed)
    stays = random.normal(0, 0.3, sum(CLUSTERS))[CLUSTER] + random.normal(0, 0.4, len(CLUSTER))
    rounds = (stays + 0.1 * t + random.normal(0, 0.4, len(CLUSTER)) for t in range(3))
    return np.stack([np.round(np.exp(13.8 + 0.2 * STRATUM + one)) for one in rounds])


def table(x: Numbers, **more: Any) -> Any:
    """Rows of households over the rounds of `x`."""
    many, rounds = len(CLUSTER), len(x)
    columns = {
        "h": np.tile(np.arange(many), rounds), "y": np.repeat(np.arange(rounds), many), "x": x.astype("int64").ravel(),
        "state": np.where(x < LINE, "poor", "none").ravel(), "c": np.tile(CLUSTER, rounds), "s": np.tile(STRATUM, rounds),
        "w": np.tile(WEIGHT, rounds), "g": np.tile(np.where(CLUSTER % 2, "k", "l"), rounds),
    }  # fmt: skip
    return read(pa.table(columns | more))


def panel(rows: Any, **more: Any) -> Panel:
    return Panel(rows, "h", "y", "state", ("poor", "none"), ("poor",), **more)


def of(part: Numbers, whole: Numbers) -> float:
    return float((part * whole * WEIGHT).sum() / (whole * WEIGHT).sum())


def fgt1(x: Numbers, mean: float = 1.0) -> float:
    return of(np.maximum(1 - x * mean / LINE, 0), np.ones(len(x)))


def median(x: Numbers) -> float:
    order = np.argsort(x)
    upto = np.cumsum(WEIGHT[order])
    return float(x[order][np.searchsorted(upto, upto[-1] / 2)])


def mean(x: Numbers) -> float:
    return of(x, np.ones(len(x)))


def counted(x: Numbers) -> dict[str, float]:
    """What the product measures, of one sample, by hand."""
    poor = x < LINE
    start, end, ones = np.concatenate(poor[:2]), np.concatenate(poor[1:]), np.ones(len(CLUSTER))
    twice = np.concatenate([WEIGHT, WEIGHT])
    stay = {
        a: float((twice * (start == a) * (end == a)).sum() / (twice * (start == a)).sum()) for a in (0, 1)
    }
    grown = mean(x[1]) / mean(x[0])
    return {
        "escape": of(~poor[1], poor[0]),
        "entry": of(poor[1], ~poor[0]),
        "shorrocks": 2 - stay[0] - stay[1],
        "fell": float((twice * ~start * end).sum() / twice.sum()),
        "chronic": of(poor.sum(axis=0) >= 2, ones),
        "duration": of(poor.sum(axis=0) / 3, poor.sum(axis=0) >= 2),
        "growth": median(x[1]) / median(x[0]) - 1,
        "growth_of_mean": grown - 1,
        "change:FGT1": fgt1(x[1]) - fgt1(x[0]),
        "growth:FGT1": fgt1(x[0], grown) - fgt1(x[0]),
        "redistribution:FGT1": fgt1(x[1], 1 / grown) - fgt1(x[0]),
    }


@cache
def spread(rounds_apart: bool = False) -> Mapping[str, float]:
    """The standard deviation of each measure over 600 samples; rounds_apart: the second round is of other clusters."""
    made = []
    for seed in range(600):
        x = amounts(seed)
        made.append(counted(np.stack([x[0], amounts(seed + 10_000)[1], x[2]]) if rounds_apart else x))
    return {name: float(np.std([one[name] for one in made])) for name in made[0]}


def measured(rows: Any, design: Design) -> dict[str, Any]:
    """The lines of the product for one sample."""
    two: dict[str, Any] = {"between": "y", "first": 0, "second": 1}
    moved, moves = transitions(panel(rows), design=design), mobility(panel(rows), design=design)
    lasting = chronic(panel(rows), design=design)
    made = {name: line(moved, name, k=1) for name in ("escape", "entry")}
    made |= {name: line(moves, name) for name in ("shorrocks", "fell")}
    made |= {name: line(lasting, name) for name in ("chronic", "duration")}
    if design.method == "bootstrap":
        curve = growth_incidence(rows, "x", at="1/2", design=design, **two)
        parts = growth_and_redistribution(rows, "x", LINE, design=design, **two)
        made |= {name: line(curve, name) for name in ("growth", "growth_of_mean")}
        made |= {
            f"{part}:FGT1": line(parts, f"{part}:FGT1") for part in ("change", "growth", "redistribution")
        }
    return made


@pytest.mark.parametrize("design", [LINEAR, BOOTSTRAP], ids=["linearised", "bootstrap"])
def test_errors_are_what_samples_of_the_design_spread(design: Design) -> None:
    """The average of four samples' errors: that of one is itself known to some 15%."""
    samples = [measured(table(amounts(seed)), design) for seed in (1, 2, 3, 4)]
    by_hand = counted(amounts(1))
    for name, one in samples[0].items():
        assert one["estimate"] == pytest.approx(by_hand[name]), name
        assert one["ci_low"] < one["estimate"] < one["ci_high"], name
        assert one["design"].startswith(design.method), name
        error = np.mean([made[name]["se"] for made in samples])
        assert error == pytest.approx(spread()[name], rel=0.2), name


def test_rounds_without_a_common_cluster_are_two_samples() -> None:
    """Clusters of the second round have ids of their own; the error of growth is then larger than in a panel."""
    found: dict[str, list[float]] = {}
    for seed in (1, 2, 3, 4):
        x = np.stack([amounts(seed)[0], amounts(seed + 20_000)[1]])
        rows = table(x, c=np.concatenate([CLUSTER, CLUSTER + 1000]))
        two: dict[str, Any] = {"between": "y", "first": 0, "second": 1, "design": BOOTSTRAP}
        made = growth_incidence(rows, "x", at="1/2", **two)
        parts = growth_and_redistribution(rows, "x", LINE, **two)
        assert line(made, "growth")["design"] == "bootstrap of 300, 120 clusters in 4 strata"
        for name in ("growth", "growth_of_mean"):
            found.setdefault(name, []).append(line(made, name)["se"])
        for name in ("change:FGT1", "growth:FGT1"):
            found.setdefault(name, []).append(line(parts, name)["se"])
    for name, errors in found.items():
        assert np.mean(errors) == pytest.approx(spread(rounds_apart=True)[name], rel=0.2), name
    assert spread(rounds_apart=True)["growth_of_mean"] > 1.3 * spread()["growth_of_mean"]


MEASURES: Mapping[str, Callable[..., Any]] = {
    "transitions": lambda rows, weight=None, **d: transitions(panel(rows, weight=weight, by=("g",)), **d),
    "mobility": lambda rows, weight=None, **d: mobility(panel(rows, weight=weight, by=("g",)), **d),
    "chronic": lambda rows, weight=None, **d: chronic(panel(rows, weight=weight, by=("g",)), **d),
    "growth": lambda rows, **more: growth_incidence(rows, "x", by=["g"], between="y", first=0, second=2, **more),
    "parts": lambda rows, **more: growth_and_redistribution(
        rows, "x", LINE, by=["g"], between="y", first=0, second=2, method="shapley", **more
    ),
}  # fmt: skip


@pytest.mark.parametrize("name", MEASURES)
def test_a_design_changes_no_estimate_and_weights_alone_are_not_called_a_census(name: str) -> None:
    rows, measure = table(amounts(5)), MEASURES[name]
    census, weighted = measure(rows), measure(rows, weight="w")
    drawn = measure(rows, design=replace(BOOTSTRAP, replicates=20))
    assert set(census["design"].to_pylist()) == {"census"} and set(weighted["design"].to_pylist()) == {
        WEIGHTED
    }
    assert drawn["n"].to_pylist() == weighted["n"].to_pylist()
    for plain, other in zip(weighted.to_pylist(), drawn.to_pylist(), strict=True):
        assert (plain["measure"], plain["subgroup"], plain["k"]) == (
            other["measure"],
            other["subgroup"],
            other["k"],
        )
        assert other["estimate"] == pytest.approx(plain["estimate"], abs=1e-12)
        without = plain["measure"] == "dropped" or plain["estimate"] is None
        assert plain["se"] is None and (other["se"] is None) == without


@pytest.mark.parametrize("name", ["transitions", "chronic"])
def test_both_methods_tell_the_same_error_of_groups(name: str) -> None:
    rows = table(amounts(6))
    one, other = (MEASURES[name](rows, design=design).to_pylist() for design in (LINEAR, BOOTSTRAP))
    for plain, drawn in zip(one, other, strict=True):
        if plain["se"] is not None:
            assert drawn["se"] == pytest.approx(plain["se"], rel=0.2), plain


def test_households_missed_in_a_round_leave_their_cluster_in_the_sample() -> None:
    """Of clusters 0 to 4 nobody was met in the second round: no moves, but their clusters were drawn."""
    rows = table(amounts(7))
    rows = rows.filter((rows.y != 1) | (rows.c > 4))
    made = transitions(panel(rows), design=LINEAR)
    assert line(made, "escape", k=1)["design"] == "linearised, 60 clusters in 2 strata"
    assert value(chronic(panel(rows), design=LINEAR), "dropped") == 5 * EACH


@pytest.mark.parametrize(
    ("name", "design", "error", "said"),
    [
        ("growth", LINEAR, ParameterError, "method"),
        ("parts", LINEAR, ParameterError, "method"),
        ("growth", replace(BOOTSTRAP, psu="xã"), UnknownColumnError, "xã"),
        ("transitions", replace(LINEAR, psu="xã"), UnknownColumnError, "xã"),
        ("chronic", replace(LINEAR, strata="huyện"), UnknownColumnError, "huyện"),
    ],
)
def test_what_is_refused(name: str, design: Design, error: type[MeasuresError], said: str) -> None:
    with pytest.raises(error, match=said):
        MEASURES[name](table(amounts(8)), design=design)


def test_histories_told_once_are_no_sample() -> None:
    with pytest.raises(ParameterError, match="many"):
        transitions(panel(table(amounts(8), n=np.ones(3 * len(CLUSTER), int)), many="n"), design=LINEAR)
