"""Small areas: by hand, by the published example of milk, by a simulation whose truth is known, and what is refused."""

from typing import Any

import numpy as np
import pyarrow as pa
import pytest

from giamngheo.measures.design import Design
from giamngheo.measures.errors import (
    CollinearColumnsError,
    ColumnTypeError,
    ConstantColumnError,
    MissingValueError,
    NoFitError,
    ParameterError,
    UnknownAreasError,
    UnknownColumnError,
    ValueRangeError,
)
from giamngheo.measures.small_area import METHODS, fay_herriot, small_area
from giamngheo.measures.tables import read
from tests.measures.conftest import On
from tests.measures.lines import line, value

#: Spending on fresh milk in 43 areas: estimate and standard deviation in thousandths, by major area (Arora and Lahiri,
#: Statistica Sinica 7, 1997; You and Chapman, Survey Methodology 32, 2006).
MILK = {
    1: [(1099, 163), (1075, 80), (1105, 83), (628, 109), (753, 119), (981, 141), (1257, 202)],
    2: [(1095, 127), (1405, 168), (1356, 178), (615, 100), (1460, 201), (1338, 148), (854, 143)],
    3: [(1176, 149), (1111, 145), (1257, 135), (1430, 172), (1278, 137), (1292, 163), (1002, 125), (1183, 247),
        (1044, 140), (1267, 171), (1193, 106)],
    4: [(791, 121), (795, 121), (759, 259), (796, 106), (565, 89), (886, 225), (952, 205), (807, 119), (582, 67),
        (684, 106), (787, 126), (440, 92), (759, 132), (770, 100), (800, 113), (756, 83), (865, 121), (640, 129)],
}  # fmt: skip
#: By place, from R's package sae 1.x (restricted likelihood): EBLUP and its mean squared error.
MILK_REML = {
    0: (1.0219703, 0.013460220), 1: (1.0476018, 0.005372876), 3: (0.7608170, 0.008541740), 10: (0.7852155, 0.007694262),
    11: (1.2139456, 0.016336469), 21: (1.1923057, 0.017243977), 27: (0.7338443, 0.016476912), 33: (0.6102302, 0.003870786),
    36: (0.5298867, 0.006404335), 42: (0.6810870, 0.009903626),
}  # fmt: skip


def test_the_published_example_of_milk() -> None:
    rows = [(y / 1000, s / 1000, group) for group, areas in MILK.items() for y, s in areas]
    y, s, group = (np.array(column) for column in zip(*rows, strict=True))
    fit = fay_herriot(y, s**2, np.column_stack([np.ones(43), *(group == g for g in (2, 3, 4))]))
    assert fit.beta == pytest.approx([0.9681890, 0.1327801, 0.2269462, -0.2413011], abs=2e-6)
    assert np.sqrt(np.diag(fit.covariance)) == pytest.approx(
        [0.06936208, 0.10300072, 0.09232981, 0.08161707], abs=2e-6
    )
    for place, expected in MILK_REML.items():
        assert (fit.eblup[place], fit.mse[place]) == pytest.approx(expected, abs=2e-6)


@pytest.mark.parametrize("method", METHODS)
def test_three_areas_by_hand(method: Any) -> None:
    """Means 0, 2, 4 of variance 1: σ² = 8/2 - 1 = 3, γ = 3/4; g1 = 3/4, g2 = 1/16 · 4/3, g3 = 1/64 · 32/3."""
    fit = fay_herriot(np.array([0.0, 2, 4]), np.ones(3), np.ones((3, 1)), method)
    assert fit.sigma2 == pytest.approx(3) and fit.eblup == pytest.approx([0.5, 2, 3.5])
    assert fit.mse == pytest.approx([3 / 4 + 1 / 12 + 2 / 6] * 3)
    alike = fay_herriot(np.array([1.0, 2, 3]), np.full(3, 2.0), np.ones((3, 1)), method)
    assert alike.sigma2 == 0 and alike.eblup == pytest.approx([2, 2, 2]), "no more scattered than samples are"


def test_moments_are_unbiased_and_errors_are_as_large_as_told() -> None:
    """A thousand populations of 30 areas with σ² = 1, β = (2, 1): the truth is known."""
    random = np.random.default_rng(7)
    x = np.column_stack([np.ones(30), np.linspace(0, 2, 30)])
    variance = np.tile([0.5, 1.0, 2.0], 10)
    found, told, missed, plain = [], [], [], []
    for _ in range(1000):
        truth = x @ [2, 1] + random.normal(0, 1, 30)
        direct = truth + random.normal(0, np.sqrt(variance))
        fit = fay_herriot(direct, variance, x, "moments")
        found.append(fit.sigma2)
        told.append(fit.mse)
        missed.append((fit.eblup - truth) ** 2)
        plain.append((direct - truth) ** 2)
    assert np.mean(found) == pytest.approx(1, abs=0.05)
    assert np.mean(told) == pytest.approx(np.mean(missed), rel=0.05) and np.mean(missed) < 0.7 * np.mean(
        plain
    )


# Four areas asked and one not, of four households each, drawn one by one: shares 1/4, 1/2, 3/4 and 1.
SAMPLE = {
    "x": [0, 0, 0, 1, 0, 0, 1, 1, 0, 1, 1, 1, 1, 1, 1, 1],
    "area": ["a"] * 4 + ["b"] * 4 + ["c"] * 4 + ["d"] * 4,
}
AREAS = {"area": ["a", "b", "c", "d", "e"], "z": [1, 2, 4, 5, 3], "people": [10, 10, 10, 10, 20]}


def test_a_survey_by_areas(on: On) -> None:
    made = small_area(
        on(SAMPLE), "x", "area", areas=on(AREAS), explained=["z"], design=Design(), benchmark="people"
    )
    assert [value(made, "direct", a) for a in "abcd"] == [1 / 4, 1 / 2, 3 / 4, 1]
    # the variance of d is the mean of n·variance of the others over its 4 rows
    errors = [line(made, "direct", a)["se"] ** 2 for a in "abc"]
    fit = fay_herriot(
        np.array([1 / 4, 1 / 2, 3 / 4, 1]),
        np.array([*errors, np.mean(errors)]),
        np.array([[1, 1], [1, 2], [1, 4], [1, 5]]),
    )
    factor = value(made, "benchmark")
    assert [value(made, "eblup", a) / factor for a in "abcd"] == pytest.approx(fit.eblup)
    assert value(made, "synthetic", "e") / factor == pytest.approx(fit.beta @ [1, 3])
    other = line(made, "synthetic", "e")
    assert other["n"] == 0 and "4 of 5 areas sampled" in other["design"] and other["se"] > 0
    mean = (
        sum(
            w * value(made, m, a)
            for a, w, m in zip("abcde", [1, 1, 1, 1, 2], ["eblup"] * 4 + ["synthetic"], strict=True)
        )
        / 6
    )
    assert mean == pytest.approx(value(made, "direct"))


def test_a_variance_of_nought_by_each_rule() -> None:
    wanted: dict[str, Any] = {"areas": read(pa.table(AREAS)), "explained": ["z"], "design": Design()}
    table = read(pa.table(SAMPLE))
    with pytest.raises(ValueRangeError, match="variance > 0: d"):
        small_area(table, "x", "area", nought="refuse", **wanted)
    made = small_area(table, "x", "area", nought="synthetic", **wanted)
    assert line(made, "synthetic", "d")["n"] == 4 and value(made, "direct", "d") == 1


@pytest.mark.parametrize(
    ("sample", "areas", "arguments", "kind", "named"),
    [
        ({}, {"area": ["a", "b", "c", "x", "y"]}, {}, UnknownAreasError, "d"),
        ({}, {"area": ["a", "a", "b", "c", "d"]}, {}, ValueRangeError, "một dòng"),
        ({}, {"area": ["a", "b", "c", "d", None]}, {}, MissingValueError, "cột area"),
        ({}, {"z": [1, 2, 3, 4, None]}, {}, MissingValueError, "cột z có 1"),
        ({}, {"z": [1.0, 2, 3, 4, float("nan")]}, {}, MissingValueError, "cột z có 1"),
        ({}, {"z": [1, 1, 1, 1, 2]}, {}, ConstantColumnError, "cột z"),
        ({}, {"y": [1, 4, 2, 5, 3], "v": [0, 1, 0, 0, 1]}, {"explained": ["z", "y", "v"]}, NoFitError, "4 ≤"),
        ({}, {"z": list("12345")}, {}, ColumnTypeError, "cột z"),
        ({}, {"people": [1, 1, 1, 1, 0]}, {"benchmark": "people"}, ValueRangeError, "cột people"),
        ({}, {}, {"explained": ["none"]}, UnknownColumnError, "none"),
        ({}, {}, {"method": "guess"}, ParameterError, "method = guess"),
        ({}, {}, {"nought": "guess"}, ParameterError, "nought = guess"),
        ({"x": list("0123456789012345")}, {}, {}, ColumnTypeError, "cột x"),
    ],
)
def test_bad_tables_are_refused_by_column_and_rule(
    sample: Any, areas: Any, arguments: Any, kind: Any, named: str
) -> None:
    wanted = {"areas": read(pa.table(AREAS | areas)), "explained": ["z"], "design": Design()} | arguments
    with pytest.raises(kind, match=f"(?i){named}"):
        small_area(read(pa.table(SAMPLE | sample)), "x", "area", **wanted)


def test_collinear_columns_of_areas_are_named() -> None:
    areas = {"area": list("abcdefg"), "z": [1, 2, 4, 5, 3, 9, 7], "y": [3, 5, 9, 11, 7, 19, 15]}
    sample = {"x": [0, 1] * 7, "area": [a for a in "abcdefg" for _ in range(2)]}
    with pytest.raises(CollinearColumnsError, match="z, y"):
        small_area(
            read(pa.table(sample)),
            "x",
            "area",
            areas=read(pa.table(areas)),
            explained=["z", "y"],
            design=Design(),
        )
