"""Samples and designs that can not be, refused by column and rule."""

from typing import Any

import pytest

from giamngheo.measures.design import Design
from giamngheo.measures.errors import (
    BadWeightError,
    ClusterInStrataError,
    ColumnTypeError,
    EmptyGroupError,
    GroupColumnError,
    GroupNameError,
    LoneClusterError,
    MissingValueError,
    NotANumberError,
    ParameterError,
    StratumSizeError,
    UnknownColumnError,
)
from tests.measures.conftest import On
from tests.measures.drawn import DRAWN, PLAIN, shared


@pytest.mark.parametrize(
    ("changed", "keys", "by", "error", "named"),
    [
        ({"w": [1, 1, -1, 1]}, {"weight": "w"}, [], BadWeightError, "w .*âm"),
        ({"w": [1, None, 1, 1]}, {"weight": "w"}, [], BadWeightError, "w .*trống"),
        ({"w": [1.0, float("nan"), 1.0, 1.0]}, {"weight": "w"}, [], BadWeightError, "không phải là số"),
        ({"w": ["1", "1", "1", "1"]}, {"weight": "w"}, [], ColumnTypeError, "cột w"),
        ({}, {"weight": "no"}, [], UnknownColumnError, "no"),
        ({}, {"psu": "no"}, [], UnknownColumnError, "no"),
        ({}, {}, ["no"], UnknownColumnError, "no"),
        ({"p": ["a", "b", None, "d"]}, DRAWN, [], MissingValueError, "cột p có 1"),
        ({"s": ["A", "A", None, "B"]}, DRAWN, [], MissingValueError, "cột s có 1"),
        ({"g": ["k", "k", None, None]}, DRAWN, ["g"], MissingValueError, "cột g có 2"),
        ({"g": ["", "", "l", "l"]}, DRAWN, ["g"], GroupNameError, "cột nhóm g .*trống"),
        ({"g": ["all", "all", "l", "l"]}, DRAWN, ["g"], GroupNameError, "cột nhóm g .*“all”"),
        ({}, DRAWN, ["g", "g"], GroupColumnError, "cột g .*hai lần"),
        ({"p": ["a", "b", "a", "d"]}, DRAWN, [], ClusterInStrataError, "cụm a .*cột s"),
        ({"p": ["a", "b", "c", "c"]}, DRAWN, [], LoneClusterError, "Tầng B"),
        ({"f": [1, 1, 9, 9]}, DRAWN | {"fpc": "f"}, [], StratumSizeError, "tầng A .*2 cụm"),
        ({"f": [5, 6, 9, 9]}, DRAWN | {"fpc": "f"}, [], StratumSizeError, "tầng A"),
        ({"f": [5, None, 9, 9]}, DRAWN | {"fpc": "f"}, [], MissingValueError, "cột f có 1"),
        ({"x": [1.0, float("inf"), 1.0, 0.0]}, DRAWN, [], NotANumberError, "share|above"),
        ({"x": [1.0, float("nan"), 1.0, 0.0]}, DRAWN, [], NotANumberError, "share|above"),
    ],
)
def test_bad_rows_are_refused_by_column_and_rule(
    on: On, changed: Any, keys: Any, by: Any, error: Any, named: str
) -> None:
    with pytest.raises(error, match=f"(?i){named}") as refused:
        shared(on(PLAIN | changed), Design(**keys), by)
    assert refused.value.sentence("en")


def test_an_empty_table_is_refused_with_and_without_a_design(on: On) -> None:
    table = on(PLAIN)
    for design in (None, Design(), Design(**DRAWN)):
        with pytest.raises(EmptyGroupError):
            shared(table.filter(table.x > 5), design)


@pytest.mark.parametrize(
    "keys",
    [
        {"lone": "guess"},
        {"interval": "wald"},
        {"method": "jackknife"},
        {"level": 95},
        {"replicates": 1, "psu": "p", "method": "bootstrap"},
        {"method": "bootstrap"},
        {"method": "bootstrap", "psu": "p", "lone": "centre"},
    ],
)
def test_a_design_that_can_not_be_is_refused(keys: Any) -> None:
    with pytest.raises(ParameterError):
        Design(**keys)
