"""Measures of income are those counted household by household, of the households whose income is known and no others."""

import datetime as dt
from collections.abc import Callable
from contextlib import AbstractContextManager

import pytest

from giamngheo.access.models import User
from giamngheo.rules.standards import standards
from giamngheo.warehouse.analysis import MEASURES, Answer
from giamngheo.warehouse.errors import IncomesNotSeenError
from giamngheo.warehouse.snapshot import Snapshot
from tests.conftest import Cast
from tests.warehouse.test_analysis import LAW, ask, rows

__all__ = ["ask"]
pytestmark = pytest.mark.django_db
Ask = Callable[..., Answer]
Acting = Callable[[User | None], AbstractContextManager[None]]
MONEY = [key for key, words in MEASURES.items() if words[0] == "money"]


def by_hand(warehouse: Snapshot, *, persons: bool) -> dict[str, float]:
    """The measures by loops over the households."""
    people = []
    for row in rows(warehouse, 2020):
        if row["income"] is not None:
            line = standards()[LAW].lines[str(row["area_type"])].lower.value
            people += [(int(row["income"]), line)] * (int(row["persons"]) if persons else 1)  # type: ignore[call-overload]
    n, total = len(people), sum(x for x, _ in people)
    gaps = [(z - x) / z if x <= z else 0.0 for x, z in people]
    poor = sum(x <= z for x, z in people)
    ordered = sorted(x for x, _ in people)
    ranks = sum((2 * place - n + 1) * x for place, x in enumerate(ordered))
    return {
        "FGT0": poor / n,
        "FGT1": sum(gaps) / n,
        "FGT2": sum(g * g for g in gaps) / n,
        "gap_of_poor": sum(max(z - x, 0) for x, z in people) / poor,
        "mean": total / n,
        "gini": ranks / (n * total),
    }


@pytest.mark.parametrize("persons", [False, True])
def test_as_counted_one_by_one(ask: Ask, warehouse: Snapshot, persons: bool) -> None:
    known = [row["income"] is not None for row in rows(warehouse, 2020)]
    assert 0 < sum(known) < len(known), "some have an income, some none"
    for measure, value in by_hand(warehouse, persons=persons).items():
        answer = ask(measure, persons=persons)
        line = answer.of(2020)
        assert line is not None and line.estimate == pytest.approx(value, rel=1e-10), measure
        assert (line.n, answer.dropped) == (sum(known), len(known) - sum(known))


@pytest.mark.parametrize("measure", ["gini", "p90/p10", "FGT1", "mean"])
@pytest.mark.parametrize("by", ["", "district", "ethnic"])
def test_years_asked_together_are_those_asked_one_by_one(ask: Ask, measure: str, by: str) -> None:
    years, asked = (2015, 2018, 2020), {"by": by, "persons": True, "on": dt.date(2020, 12, 15)}
    together = ask(measure, years=years, **asked)
    alone = [ask(measure, years=(year,), **asked) for year in years]
    assert list(together.lines) == [line for answer in alone for line in answer.lines]
    assert together.dropped == sum(answer.dropped for answer in alone)
    assert alone[0].lines[0].group == ""


@pytest.mark.parametrize("measure", MONEY)
def test_the_groups_hold_every_known_income(ask: Ask, measure: str) -> None:
    answer = ask(measure, by="district")
    whole = answer.of(2020)
    assert whole is not None and sum(line.n for line in answer.lines if line.group) == whole.n > 0


@pytest.mark.parametrize(
    ("person", "more"), [("leader", {}), ("officer", {}), ("province", {"public": True})], ids=str
)
def test_nobody_measures_incomes_of_households_they_do_not_see(
    ask: Ask, cast: Cast, person: str, more: dict[str, bool]
) -> None:
    with pytest.raises(IncomesNotSeenError):
        ask("gini", person=getattr(cast, person), **more)
