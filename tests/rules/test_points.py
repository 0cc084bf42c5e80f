"""B1 is computed where the table is complete, and refused while an item is missing."""

import copy
import datetime as dt
from typing import Any

import pytest

from giamngheo.base.law import law_dir
from giamngheo.base.yaml import load_yaml
from giamngheo.rules.engine import assess_one
from giamngheo.rules.standards import Standard, parse_standard, standards

ON = dt.date(2019, 11, 1)


@pytest.fixture(scope="module")
def complete() -> Standard:
    """The 2016-2020 standard as if its table had the items 1 to 6 and water only."""
    file = copy.deepcopy(load_yaml(law_dir() / "standards" / "2016-2020" / "standard.yaml"))
    table = file["points"]["table"]
    table["items"] = [item for item in table["items"] if "rule" in item]
    water = copy.deepcopy(table["items"][-1])
    water.update(number="9", code="water", rule="points_by_answer")
    water["with"] = {"fact": "water_source"}
    water["options"] = [{"answer": "tap", "points": [20] * 7}, {"answer": "other", "points": [0] * 7}]
    table["items"].append(water)
    return parse_standard(file)


HOUSE = {"area_type": "rural", "wall_durable": True, "pillar_durable": False, "water_source": "tap"}


def person(**facts: Any) -> dict[str, Any]:
    known = {"birth_year": 1980, "education": "none", "pension": False, "no_labour_capacity": False}
    return {**known, "public_employee": False, "nonfarm_job": False, **facts}


@pytest.mark.parametrize(
    ("members", "points"),
    [
        # size 2: 65, no dependants: 10, wall 5, tap 20
        ([person(), person()], 100),
        # size 3: 50, one child: 5, wall 5, tap 20
        ([person(), person(), person(birth_year=2010)], 80),
        # upper secondary 0, vocational 10, public employee 45 before non-farm 25, one pension 30
        ([person(education="vocational", public_employee=True), person(nonfarm_job=True, pension=True)], 185),
        # children and old people only: no points for size, none for dependants
        ([person(birth_year=1950), person(birth_year=2010)], 25),
        ([person(), person(pension=None)], None),
        ([person(), person(education=None)], None),
        ([person(), person(birth_year=None)], None),
    ],
)
def test_complete_table(complete: Standard, members: list[dict[str, Any]], points: int | None) -> None:
    row = assess_one(HOUSE, members, complete, on=ON)
    assert row["points"] == points
    assert row["basis"] == (None if points is None else "points_computed")


def test_income_stands_in_where_points_can_not_be_computed(complete: Standard) -> None:
    row = assess_one({**HOUSE, "income_per_head": 600_000}, [person(pension=None)], complete, on=ON)
    assert (row["basis"], row["klass"]) == ("income", "poor_income")


def test_total_of_the_form_comes_first(complete: Standard) -> None:
    row = assess_one({**HOUSE, "b1_points": 90}, [person(), person()], complete, on=ON)
    assert (row["basis"], row["points"]) == ("points", 90)


def test_urban_points_stand_in_their_own_column(complete: Standard) -> None:
    row = assess_one({**HOUSE, "area_type": "urban"}, [person(), person()], complete, on=ON)
    assert row["points"] == 55 + 15 + 10 + 20


def test_no_table_of_the_law_is_complete_today() -> None:
    for standard in standards().values():
        table = standard.points.table
        assert table is None or not table.complete
        row = assess_one(HOUSE, [person(), person()], standard, on=ON)
        assert row["points"] is None
