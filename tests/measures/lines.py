"""Reading one number out of a table of results."""

from collections.abc import Mapping, Sequence
from typing import Any

import ibis
import pyarrow as pa
import pytest

from giamngheo.measures import results


def line(made: pa.Table, measure: str, subgroup: str = "all", k: float | None = None) -> dict[str, Any]:
    """The one line of a measure, of a subgroup, at k (None: whatever its k is)."""
    lines = [
        one for one in results.only(made, measure=measure, subgroup=subgroup)
        if k is None or one["k"] == pytest.approx(k)
    ]  # fmt: skip
    assert len(lines) == 1, (measure, subgroup, k, lines)
    return lines[0]


def value(made: pa.Table, measure: str, subgroup: str = "all", k: float | None = None) -> Any:
    return line(made, measure, subgroup, k)["estimate"]


def side_by_side(populations: Mapping[str, Sequence[tuple[int, int]]]) -> Any:
    """Several populations of (amount, weight) in one table, told apart by the column `of`."""
    rows = [(x, w, name) for name, people in populations.items() for x, w in people]
    x, w, of = zip(*rows, strict=True)
    return ibis.memtable(pa.table({"x": pa.array(x), "w": pa.array(w), "of": pa.array(of)}))


def transferred(people: Sequence[tuple[int, int]], rich: int) -> list[tuple[int, int]] | None:
    """One unit from a household to the first that is poorer by at least two; None: there is none. Weights are 1."""
    poorer = [i for i, (x, _) in enumerate(people) if x <= people[rich][0] - 2]
    if not poorer:
        return None
    step = {rich: -1, poorer[0]: 1}
    return [(x + step.get(i, 0), w) for i, (x, w) in enumerate(people)]
