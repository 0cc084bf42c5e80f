"""Dynamics over rounds: by hand, against histories read household by household, and what is refused."""

from collections.abc import Sequence
from dataclasses import replace
from fractions import Fraction
from typing import Any

import ibis
import numpy as np
import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats

from giamngheo.measures import results
from giamngheo.measures.dynamics import Panel, chronic, mobility, spells, survival, transitions
from giamngheo.measures.errors import (
    BadWeightError,
    EmptyGroupError,
    GroupColumnError,
    GroupNameError,
    MeasuresError,
    MissingValueError,
    ParameterError,
    UnknownColumnError,
    ValueRangeError,
)
from tests.environment import examples
from tests.measures.conftest import On
from tests.measures.lines import line, value


def long(histories: Sequence[str]) -> dict[str, list[Any]]:
    """'PN.' : poor in 2019, not in 2020, not seen in 2021."""
    rows = [(f"h{i}", 2019 + y, c) for i, h in enumerate(histories) for y, c in enumerate(h) if c != "."]
    return {name: [row[place] for row in rows] for place, name in enumerate(("h", "y", "c"))}


def panel(table: Any, **more: Any) -> Panel:
    return Panel(
        table, **({"household": "h", "year": "y", "state": "c", "states": ("P", "N"), "poor": ("P",)} | more)
    )


THREE = long(["PPN", "NPP", "PNP"])


def test_a_share_of_numpy_is_a_share() -> None:
    table = ibis.memtable(pa.table(THREE))
    assert chronic(panel(table), np.float64(0.5)).equals(chronic(panel(table), "1/2"))


def test_transitions_by_hand(on: On) -> None:
    made = transitions(panel(on(THREE)))
    assert [value(made, m, k=2020) for m in ("escape", "entry", "fall_back")] == [0.5, 1, None]
    assert [value(made, m, k=2021) for m in ("escape", "entry", "fall_back")] == [0.5, 1, 1]
    together = {x["measure"]: x["estimate"] for x in made.to_pylist() if x["k"] is None}
    assert together == {
        "transition:P>P": 0.5, "transition:P>N": 0.5, "transition:N>P": 1, "transition:N>N": 0,
        "escape": 0.5, "entry": 1, "fall_back": 1,
    }  # fmt: skip


def test_mobility_by_hand(on: On) -> None:
    made = mobility(panel(on(THREE)))
    # P = [[½, ½], [1, 0]]: trace ½; of 6 moves 2 stay, 2 rise, 2 fall
    assert value(made, "shorrocks") == 1.5 and value(made, "bartholomew") == pytest.approx(4 / 6)
    assert [value(made, m) for m in ("stayed", "rose", "fell")] == pytest.approx([1 / 3] * 3)
    still = mobility(panel(on(long(["PP", "NN"]))))
    assert value(still, "shorrocks") == 0 and value(still, "bartholomew") == 0
    assert value(mobility(panel(on(long(["PP"])))), "shorrocks") is None


def test_a_round_missed_is_not_read_as_not_poor(on: On) -> None:
    made = transitions(panel(on(long(["P.P", "PPN"]))))
    assert line(made, "escape", k=2021)["n"] == 1 and value(made, "fall_back", k=2021) is None
    found = spells(panel(on(long(["P.P", "PPN"])))).to_pyarrow().to_pylist()
    ends = sorted((s["h"], s["start"], s["end"], s["rounds"], s["began"], s["ended"]) for s in found)
    assert ends == [("h0", 2019, 2019, 1, 0, 0), ("h0", 2021, 2021, 1, 0, 0), ("h1", 2019, 2020, 2, 0, 1)]


def test_survival_by_hand(on: On) -> None:
    """Spells of 1, 2 and 2 rounds that ended, one of 2 cut off (known to last more than 1): S(1) = 3/4, S(2) = 3/4 · 0.

    The fifth, of 1 cut off, is not known to last more than 1 nor to end there, and says nothing.
    """
    made = survival(panel(on(long(["NPNN", "NPPN", "NPPN", "NNPP", "NNNP", "PNNN"]))))
    assert value(made, "left_out") == 1
    assert [value(made, "survival", k=k) for k in (1, 2)] == [0.75, 0]
    first = line(made, "survival", k=1)
    assert first["n"] == 4 and first["se"] == pytest.approx(0.75 * (1 / 12) ** 0.5)  # Greenwood: 1 / (4·3)
    assert first["ci_low"] < 0.75 < first["ci_high"]


def test_survival_is_that_of_scipy() -> None:
    """Shares, and log-log intervals where there is one; 300 spells of all lengths, a third of them cut off."""
    cells = [(k, ended, 7 * k % 11 + 3) for k in (1, 2, 3, 4) for ended in (True, True, False)]
    told = ["N" + "P" * k + "N" * (5 - k) for k, ended, n in cells if ended for _ in range(n)]
    told += ["N" * (5 - k) + "P" * (k + 1) for k, ended, n in cells if not ended for _ in range(n)]
    made = results.only(survival(panel(ibis.memtable(pa.table(long(told))))), measure="survival")
    times = [[k for k, so, n in cells if so is ended for _ in range(n)] for ended in (True, False)]
    theirs = stats.ecdf(stats.CensoredData(uncensored=times[0], right=times[1])).sf
    low, high = theirs.confidence_interval(method="log-log")
    assert [x["k"] for x in made] == theirs.quantiles.tolist()
    for name, of in (("estimate", theirs), ("ci_low", low), ("ci_high", high)):
        assert [x[name] for x in made] == pytest.approx(of.probabilities.tolist(), rel=1e-12), name


@pytest.mark.parametrize("by", [(), ("g",)])
def test_a_table_of_histories_is_measured_as_the_households_that_have_them(by: tuple[str, ...]) -> None:
    """Each history once with how many households have it, or each household: the same tables, weights and groups too."""
    told, many = ["PPNN", "NPPN", "PN.P", "NNPP", "NPNN"], [3, 1, 4, 2, 5]
    once, each = long(told), long([h for h, n in zip(told, many, strict=True) for _ in range(n)])
    for rows, of in ((once, told), (each, [h for h, n in zip(told, many, strict=True) for _ in range(n)])):
        place = [int(h[1:]) for h in rows["h"]]
        rows |= {"g": ["ab"[of[i].count("P") % 2] for i in place], "w": [1 + of[i].count("P") for i in place]}
        rows |= {"n": [many[i] for i in place] if of is told else [1] * len(place)}
    for measure in (transitions, mobility, survival, chronic):
        for weight in (None, "w"):
            short, whole = (panel(ibis.memtable(pa.table(r)), by=by, weight=weight) for r in (once, each))
            assert measure(replace(short, many="n")).to_pylist() == measure(whole).to_pylist()


def test_chronic_by_hand(on: On) -> None:
    made = chronic(panel(on(long(["PPP", "PPN", "PNN", "NNN", "PP."]))))
    expected = {"ever": 3 / 4, "always": 1 / 4, "chronic": 2 / 4, "transient": 1 / 4}
    assert {name: value(made, name) for name in expected} == expected
    assert value(made, "duration") == pytest.approx(5 / 6) and value(made, "K0") == pytest.approx(5 / 12)
    assert value(made, "dropped") == 1 and line(made, "K0")["n"] == 4
    assert value(chronic(panel(on(THREE)), "2/3"), "chronic") == 1  # exactly two thirds is reached


def test_groups_and_weights(on: On) -> None:
    rows = THREE | {"g": ["a"] * 6 + ["b"] * 3, "w": [3] * 3 + [1] * 6}
    made = transitions(panel(on(rows), by=("g",), weight="w"))
    assert value(made, "escape", k=2021) == 3 / 4  # h0 escapes with weight 3, h1 stays with 1
    assert [value(made, "escape", g, k=2020) for g in "ab"] == [0, 1]


HISTORIES = st.lists(st.text("PN.", min_size=4, max_size=4), min_size=1, max_size=10).filter(
    lambda hs: any("." not in h for h in hs)
)


@examples(8)
@given(HISTORIES)
def test_any_histories_as_read_one_by_one(histories: list[str]) -> None:
    table = ibis.memtable(pa.table(long(histories)))
    pairs = [(h[:i], h[i - 1 : i + 1]) for h in histories for i in range(1, 4) if "." not in h[i - 1 : i + 1]]
    made = {x["measure"]: x for x in transitions(panel(table)).to_pylist() if x["k"] is None}
    poor = [p for _, p in pairs if p[0] == "P"]
    assert made["escape"]["n"] == len(poor)
    assert made["escape"]["estimate"] == (sum(p == "PN" for p in poor) / len(poor) if poor else None)
    back = [p for past, p in pairs if p[0] == "N" and "P" in past]
    assert made["fall_back"]["estimate"] == (sum(p == "NP" for p in back) / len(back) if back else None)
    lengths = sorted(len(run) for h in histories for run in h.replace("N", ".").split(".") if run)
    assert sorted(spells(panel(table)).to_pyarrow()["rounds"].to_pylist()) == lengths
    whole = [h for h in histories if "." not in h]
    often = [Fraction(h.count("P"), 4) for h in whole]
    found = chronic(panel(table), "1/2")
    assert value(found, "chronic") == pytest.approx(sum(o >= Fraction(1, 2) for o in often) / len(whole))
    assert value(found, "chronic") + value(found, "transient") == pytest.approx(value(found, "ever"))
    if value(found, "duration") is not None:
        assert value(found, "K0") == pytest.approx(value(found, "chronic") * value(found, "duration"))


@pytest.mark.parametrize(
    ("change", "more", "error", "named"),
    [
        ({"c": ["P", None]}, {}, MissingValueError, "cột c"),
        ({"h": ["x", None]}, {}, MissingValueError, "cột h"),
        ({"c": ["P", "Q"]}, {}, ValueRangeError, "cột c có 1"),
        ({"y": [2019, 2019]}, {}, ValueRangeError, "cột h"),
        ({"y": [2019, 2019], "h": ["x", "z"]}, {}, EmptyGroupError, "2 kỳ"),
        ({"h": ["x", "z"]}, {}, EmptyGroupError, "liền nhau"),
        ({}, {"weight": "w"}, BadWeightError, "âm"),
        ({"w": [1.0, float("nan")]}, {"weight": "w"}, BadWeightError, "quyền số w .*không phải là số"),
        ({"w": [0, 0]}, {"weight": "w"}, EmptyGroupError, "all .*quyền số w"),
        ({"h": [1.0, float("nan")]}, {}, MissingValueError, "cột h có 1"),
        ({"g": ["", ""]}, {"by": ("g",)}, GroupNameError, "cột nhóm g .*trống"),
        ({"_s": ["a", "a"]}, {"by": ("_s",)}, GroupColumnError, "cột _s"),
        ({"n": [1, None]}, {"many": "n"}, BadWeightError, "quyền số n có"),
        ({}, {"by": ("huyện",)}, UnknownColumnError, "huyện"),
        ({}, {"states": ("P",)}, ParameterError, "states"),
        ({}, {"poor": ("Q",)}, ParameterError, "states"),
    ],
)
def test_what_is_refused(on: On, change: Any, more: Any, error: type[MeasuresError], named: str) -> None:
    rows = {"h": ["x", "x"], "y": [2019, 2020], "c": ["P", "N"], "w": [1, -1]}
    with pytest.raises(error, match=f"(?i){named}"):
        transitions(panel(on(rows | change), **more))
