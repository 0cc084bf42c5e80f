"""Costs before and after by policy and by group, of households given by hand."""

import pyarrow as pa
import pytest

from giamngheo.rules.costs import SUMS
from giamngheo.whatif.costs import Cost, GroupCost, compared

Held = tuple[int, str, str, int, int]
GROUPS = pa.table({"household": [1, 2, 3], "group": ["H'Mông", "Thái", "Thái"]})


def of(*rows: Held) -> pa.Table:
    return pa.Table.from_pylist([dict(zip(SUMS.names, row, strict=True)) for row in rows], schema=SUMS)


@pytest.mark.parametrize(
    ("before", "after", "costs", "groups"),
    [
        pytest.param([(1, "rice", "year", 1, 100)], [(1, "rice", "year", 1, 100)], [], [], id="the same for everybody is not told"),
        pytest.param(
            [(1, "rice", "year", 1, 100)], [(2, "rice", "year", 1, 100)],
            [Cost("rice", "year", 1, 1, 100, 100, 2020)],
            [GroupCost("H'Mông", 2020, 0, 1, 1, 0, 100, 0, 0, 0), GroupCost("Thái", 2020, 1, 0, 0, 1, 0, 100, 0, 0)],
            id="a swap that costs nothing more",
        ),
        pytest.param(
            [(2, "rice", "year", 1, 100), (2, "card", "year", 4, 400), (3, "card", "year", 1, 100)], [(2, "card", "year", 5, 500), (3, "card", "year", 1, 150)],
            [Cost("card", "year", 5, 6, 500, 650, 2020), Cost("rice", "year", 1, 0, 100, 0, 2020)],
            [GroupCost("Thái", 2020, 1, 0, 6, 6, 600, 650, 0, 0)],
            id="what one loses and gains of two policies is one household's",
        ),
        pytest.param(
            [(1, "aid", "year", 1, 0)], [(1, "aid", "year", 2, 0)],
            [Cost("aid", "year", 1, 2, 0, 0, 2020)], [GroupCost("H'Mông", 2020, 1, 0, 1, 2, 0, 0, 0, 0)],
            id="of the same đồng more rights are more",
        ),
        pytest.param(
            [(1, "loan", "loan", 1, 50)], [(1, "loan", "loan", 1, 100)],
            [Cost("loan", "loan", 1, 1, 50, 100, 2020)], [GroupCost("H'Mông", 2020, 0, 0, 1, 1, 0, 0, 50, 100)],
            id="a loan to be paid back is nobody's gain",
        ),
        pytest.param(
            [(1, "power", "year", 1, 0)], [(1, "power", "year", 1, 0)],
            [Cost("power", "year", 1, 1, 0, 0, 2020, True)], [GroupCost("H'Mông", 2020, 0, 0, 1, 1, 0, 0, 0, 0)],
            id="what changes in a way not known is told as that",
        ),
    ],
)  # fmt: skip
def test_costs_by_policy_and_group(
    before: list[Held], after: list[Held], costs: list[Cost], groups: list[GroupCost]
) -> None:
    told = compared(of(*before), of(*after), GROUPS, year=2020, unknown={"power", "gas"}, changed={"power"})
    assert told == (costs, groups)
