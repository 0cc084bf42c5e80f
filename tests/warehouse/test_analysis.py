"""A question gets the same answer as counting the households one by one, and no more than the person may see."""

import datetime as dt
from collections.abc import Callable
from contextlib import AbstractContextManager
from fractions import Fraction

import pytest

from giamngheo.access.models import User
from giamngheo.areas.queries import unit_on
from giamngheo.measures.errors import MeasuresError
from giamngheo.rules.standards import standards
from giamngheo.warehouse import analysis
from giamngheo.warehouse.analysis import GROUPS, MEASURES, Answer, Question, services_of, specification
from giamngheo.warehouse.disclosure import LEAST, most_off
from giamngheo.warehouse.errors import NoPublicVillageError, NotAnsweredError
from giamngheo.warehouse.snapshot import Snapshot
from tests.conftest import Cast

pytestmark = pytest.mark.django_db
Ask = Callable[..., Answer]
LAW = "2016-2020"
D = dt.date


@pytest.fixture
def ask(
    warehouse: Snapshot, cast: Cast, acting: Callable[[User | None], AbstractContextManager[None]]
) -> Ask:
    def asked(measure: str, *, by: str = "", person: User = cast.province, **more: object) -> Answer:
        whole = {"standard": LAW, "years": (2020,), "unit": unit_on("12", D(2020, 12, 15)).pk, **more}
        with acting(person):
            return analysis.ask(warehouse, Question(measure, by=by, **whole), seen_by=person)  # type: ignore[arg-type]

    return asked


def rows(warehouse: Snapshot, year: int) -> list[dict[str, object]]:
    """The households judged in a year, each with what it lacks in the order of the law."""
    held = warehouse.table("verdicts")
    mine = held.filter(held.year == year, held.standard == LAW, held.outcome == "met")
    return list(mine.to_pyarrow().to_pylist())


CODES = [indicator.code for indicator in standards()[LAW].indicators]


@pytest.mark.parametrize("year", [2015, 2020])
@pytest.mark.parametrize("persons", [False, True])
@pytest.mark.parametrize(
    ("measure", "classes"),
    [("poor", {"poor_income", "poor_deprivation", "poor"}), ("near_poor", {"near_poor"})],
)
def test_rates_of_the_law(
    ask: Ask, warehouse: Snapshot, year: int, persons: bool, measure: str, classes: set[str]
) -> None:
    known = [row for row in rows(warehouse, year) if row["klass"] != "undetermined"]
    amount = [int(row["persons"]) if persons else 1 for row in known]  # type: ignore[call-overload]
    listed = sum(n for n, row in zip(amount, known, strict=True) if row["klass"] in classes)
    line = ask(measure, years=(year,), persons=persons).of(year)
    assert line is not None and line.estimate == pytest.approx(listed / sum(amount), abs=1e-15)
    assert line.n == len(known)
    assert listed > 0


@pytest.mark.parametrize("k", [Fraction(1, 10), Fraction(3, 10), Fraction(1, 3), Fraction(1)])
@pytest.mark.parametrize("weights", [{}, {CODES[0]: 3, CODES[4]: 1, CODES[9]: 2}], ids=["equal", "own"])
def test_any_cut_off_and_weights_as_counted_one_by_one(
    ask: Ask, warehouse: Snapshot, k: Fraction, weights: dict[str, int]
) -> None:
    share = {i.name: i.weight for i in specification(standards()[LAW], k, weights).indicators}
    poor, score, n = 0, Fraction(0), 0
    for row in rows(warehouse, 2020):
        lacks = {code: row[f"lacks_{code}"] for code in share}
        if None in lacks.values():
            continue
        n += 1
        own = sum((weight for code, weight in share.items() if lacks[code]), Fraction(0))
        poor, score = poor + (own >= k), score + (own if own >= k else 0)
    h, m0 = (ask(name, k=k, weights=weights).of(2020) for name in ("H", "M0"))
    assert h is not None and m0 is not None and (h.n, m0.n) == (n, n)
    assert h.estimate == pytest.approx(poor / n, abs=1e-14)
    assert m0.estimate == pytest.approx(float(score) / n, abs=1e-14)


@pytest.mark.parametrize("measure", list(MEASURES))
@pytest.mark.parametrize("by", [key for key in GROUPS if key])
def test_the_groups_hold_every_household_of_the_whole(ask: Ask, measure: str, by: str) -> None:
    answer = ask(measure, by=by, indicator=CODES[0])
    whole = answer.of(2020)
    assert whole is not None and whole.n
    assert sum(line.n for line in answer.lines if line.group) == whole.n


def test_years_are_laid_on_the_units_of_the_last_unless_another_day_is_asked(ask: Ask) -> None:
    both = ask("poor", by="commune", years=(2015, 2020))
    assert {line.group for line in both.lines if line.year == 2015} == {
        line.group for line in both.lines if line.year == 2020
    }
    before = ask("poor", by="district", years=(2020,), on=D(2019, 1, 1))
    now = ask("poor", by="district", years=(2020,))
    assert sum(line.n for line in before.lines) == sum(line.n for line in now.lines)


def test_a_person_without_households_sees_no_group_smaller_than_five(ask: Ask, cast: Cast) -> None:
    full = {line.group: line for line in ask("poor", by="ethnic").lines}
    told = {line.group: line for line in ask("poor", by="ethnic", person=cast.leader).lines}
    assert [group for group, line in full.items() if group and line.n < LEAST], "a small ethnic group"
    assert all(line.n >= LEAST for line in told.values()) and told[""].n == full[""].n
    assert told[""].estimate == pytest.approx(full[""].estimate, abs=0.01)
    assert told == {line.group: line for line in ask("poor", by="ethnic", public=True).lines}


@pytest.mark.parametrize("measure", ["M0", "H", "A", "uncensored", "censored", "contribution"])
@pytest.mark.parametrize("persons", [False, True])
def test_public_figures_lie_within_what_they_say_they_may_be_off(
    ask: Ask, cast: Cast, measure: str, persons: bool
) -> None:
    """Two standard errors of the worst there is: of all figures of the communes not one in twenty lies farther off."""
    asked = {"by": "commune", "years": (2015, 2018, 2020), "indicator": CODES[0], "persons": persons}
    full, told = ask(measure, **asked), ask(measure, person=cast.leader, **asked)
    pairs = [(full.of(line.year, line.group), line) for line in told.lines if line.estimate is not None]
    apart = [abs((true.estimate or 0) - line.estimate) > line.off for true, line in pairs if true and line.n]
    assert len(apart) >= 10 and sum(apart) <= len(apart) / 20
    assert all(line.off is None for line in full.lines)
    # nothing but what is shown is in it
    assert all(line.off == most_off(line.estimate, line.n) for _true, line in pairs) or measure == "A"


def test_public_figures_stop_at_the_commune(ask: Ask, cast: Cast) -> None:
    with pytest.raises(NoPublicVillageError, match="xã"):
        ask("poor", by="village", person=cast.leader)


@pytest.mark.parametrize(
    ("question", "said"),
    [
        ({"measure": "wealth"}, "wealth"),
        ({"measure": "censored"}, "?"),
        ({"measure": "censored", "indicator": "zz"}, "zz"),
        ({"measure": "poor", "by": "star"}, "star"),
        ({"measure": "poor", "years": (2013,)}, "2013"),
        ({"measure": "poor", "standard": "2030"}, "2030"),
    ],
)
def test_what_is_not_there_is_named(ask: Ask, question: dict[str, str], said: str) -> None:
    with pytest.raises(NotAnsweredError, match=said.replace("?", r"\?")):
        ask(question.pop("measure"), **question)


def test_weights_of_nothing_are_refused() -> None:
    with pytest.raises(MeasuresError):
        specification(standards()[LAW], Fraction(1, 3), services=dict.fromkeys(range(1, 6), 0))


HEALTH, LEARNING, HOME, WATER, NEWS = (pair for pair in services_of(standards()[LAW]).values())


@pytest.mark.parametrize(
    ("services", "weights", "share"),
    [
        ({}, {}, dict.fromkeys(CODES, Fraction(1, 10))),
        ({}, {HEALTH[0]: 3, HEALTH[1]: 1}, {HEALTH[0]: Fraction(3, 20), HEALTH[1]: Fraction(1, 20), NEWS[0]: Fraction(1, 10)}),
        ({}, {HEALTH[1]: 7}, {HEALTH[1]: Fraction(1, 5), WATER[0]: Fraction(1, 10)}),
        ({1: 2, 3: 1}, {}, {HEALTH[0]: Fraction(1, 3), HOME[1]: Fraction(1, 6)}),
        ({1: 2, 3: 1}, {HOME[0]: 1, HOME[1]: 2}, {HEALTH[0]: Fraction(1, 3), HOME[0]: Fraction(1, 9), HOME[1]: Fraction(2, 9)}),
    ],
)  # fmt: skip
def test_an_indicator_has_its_share_of_the_share_of_its_service(
    services: dict[int, int], weights: dict[str, int], share: dict[str, Fraction]
) -> None:
    found = {
        i.name: i.weight
        for i in specification(standards()[LAW], Fraction(1, 3), weights, services).indicators
    }
    assert sum(found.values()) == 1
    assert {code: found[code] for code in share} == share
