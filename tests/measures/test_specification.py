"""What a measure is made of: read from YAML, exact fractions, all its problems told at once."""

from fractions import Fraction
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from giamngheo.measures.errors import CutoffRangeError, MeasuresError, SpecError
from giamngheo.measures.exact import cutoff
from giamngheo.measures.specification import Column, Indicator, Spec


@pytest.mark.parametrize(
    "k", [0, -1, "101%", 1.5, "x", float("nan"), float("inf"), "1/0", True, np.float64(1.5), np.int64(2)]
)
def test_a_cutoff_outside_its_range_is_refused(k: Any) -> None:
    with pytest.raises(CutoffRangeError, match="không quá 1"):
        cutoff(k)


@pytest.mark.parametrize(("k", "exact"), [(0.3, Fraction(3, 10)), ("33%", Fraction(33, 100)), ("1/3", Fraction(1, 3)), (1, Fraction(1)), (np.float64(0.3), Fraction(3, 10)), (np.int64(1), Fraction(1))])  # fmt: skip
def test_a_cutoff_is_an_exact_fraction(k: Any, exact: Fraction) -> None:
    assert cutoff(k) == exact


YAML = """
name: thử
k: [1/3, union, 40%]
missing: reweight
dimensions:
  health: {weight: 1/3, indicators: {insurance: , doctor: {column: tick_doctor}}}
  living: {weight: 2/3, indicators: {income: {column: income, line: 700000, at_line: below}}}
"""


def test_a_specification_is_read_from_yaml(tmp_path: Path) -> None:
    path = tmp_path / "spec.yaml"
    path.write_text(YAML, "utf-8")
    spec = Spec.load(path)
    assert [i.weight for i in spec.indicators] == [Fraction(1, 6), Fraction(1, 6), Fraction(2, 3)]
    assert (spec.denominator, spec.points) == (6, (1, 1, 4))
    assert spec.k == (Fraction(1, 3), Fraction(1, 6), Fraction(2, 5)) and spec.missing == "reweight"
    assert [c.key for c in spec.columns] == ["insurance", "tick_doctor", "income<700000"]


@pytest.mark.parametrize(
    ("made", "named"),
    [
        (lambda: Column("x", "50"), "x: line = 50 .*số nguyên"),
        (lambda: Spec("s", (Indicator("a", Column("a"), "d", 1.0),), (Fraction(1),)), "quyền số của chỉ số a .*Fraction"),
        (lambda: Spec("s", (Indicator("a", Column("a"), "d", Fraction(1)),), (0.5,)), "k = 0.5 .*Fraction"),
    ],
)  # fmt: skip
def test_parts_of_another_kind_are_refused_by_name(made: Any, named: str) -> None:
    with pytest.raises(MeasuresError, match=named):
        made()


def test_all_problems_of_a_specification_are_told_at_once() -> None:
    with pytest.raises(SpecError) as refused:
        Spec.of(
            {
                "name": "sai", "k": ["1/3", 0], "missing": "guess", "weights": 1,
                "dimensions": {"h": {"weight": 0.3, "indicators": {"a": {"weight": "x"}, "b": {"line": "z"}}}, "l": {"weight": 0.6}},
            }
        )  # fmt: skip
    told, english = refused.value.sentence(), refused.value.sentence("en")
    for part in (
        "k = 0",
        "guess",
        "weights",
        "9/10",
        "quyền số x của a",
        "chỉ số b: line",
        "chiều l",
        "tất cả",
    ):
        assert part in told, part
    for part in (
        "k = 0",
        "guess",
        "weights",
        "9/10",
        "the weight x of a",
        "indicator b: line",
        "dimension l",
    ):
        assert part in english, part
