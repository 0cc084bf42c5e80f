"""Rounds opened and closed, visits recorded: what is refused, what is kept, what verdict follows."""

import datetime as dt

import pytest

from giamngheo.access.models import User
from giamngheo.access.scope import acting_as
from giamngheo.audit.models import Event
from giamngheo.registry.actions import record_death
from giamngheo.registry.models import Household
from giamngheo.surveys import errors
from giamngheo.surveys.actions import close_round, open_round, reassess_round, record_visit, reopen_round
from giamngheo.surveys.models import LawVersion, Round, Tally, Verdict, Visit
from tests.conftest import Cast
from tests.surveys.conftest import MakeHousehold

D = dt.date
FAMILY = ("Giàng A Páo 1975", "Vàng Thị Sua 1978 spouse", "Giàng A Chứ 2008 child")
VISITED = D(2021, 10, 5)


def met(round: Round, household: Household, by: User, **more: object) -> Visit:
    wanted = {"outcome": "met", "visited_on": VISITED, **more}
    return record_visit(round=round, household=household, by=by, **wanted)  # type: ignore[arg-type]


# --- Rounds


def test_a_round_is_judged_by_the_law_and_asked_with_the_form_of_its_reference_date(round: Round) -> None:
    assert (round.standard, round.form) == ("2016-2020", "phieu-b/2021-09-01")


@pytest.mark.parametrize(
    ("changes", "error"),
    [
        ({"closes": D(2021, 8, 31)}, errors.RoundDatesError),
        ({"reference_date": D(2022, 1, 1)}, errors.ReferenceDateError),
        ({"year": 2010, "reference_date": D(2010, 6, 1)}, errors.NoLawThenError),
    ],
)
def test_a_round_that_can_not_be_is_refused(
    cast: Cast, changes: dict[str, object], error: type[Exception]
) -> None:
    wanted: dict[str, object] = {"year": 2021, "kind": Round.Kind.REGULAR, "opens": D(2021, 9, 1)}
    wanted |= {"closes": D(2021, 12, 14), "reference_date": D(2021, 10, 15), **changes}
    with acting_as(cast.province), pytest.raises(error):
        open_round(**wanted, by=cast.province)  # type: ignore[arg-type]


def test_a_year_has_one_annual_round(cast: Cast) -> None:
    days = {"opens": D(2019, 9, 1), "closes": D(2019, 12, 14), "reference_date": D(2019, 12, 1)}
    with acting_as(cast.province):
        if not Round.objects.filter(year=2019).exists():  # the synthetic province has had its rounds
            open_round(year=2019, **days, by=cast.province)  # type: ignore[arg-type]
        with pytest.raises(errors.RoundExistsError, match="2019"):
            open_round(year=2019, **days, by=cast.province)  # type: ignore[arg-type]


@pytest.mark.parametrize("role", ["head", "officer", "district", "leader", "auditor", "admin"])
def test_only_the_province_opens_and_closes(cast: Cast, round: Round, role: str) -> None:
    user = getattr(cast, role)
    with acting_as(user):
        with pytest.raises(errors.NotProvincialOfficerError):
            open_round(
                year=2021, opens=D(2021, 9, 1), closes=D(2021, 12, 1), reference_date=D(2021, 10, 1), by=user
            )
        with pytest.raises(errors.NotProvincialOfficerError):
            close_round(round=round, by=user)


def test_a_closed_round_takes_no_visit_until_opened_again_with_a_reason(
    cast: Cast, round: Round, officer: User, make_household: MakeHousehold
) -> None:
    home = make_household(*FAMILY)
    with acting_as(cast.province):
        close_round(round=round, by=cast.province)
    with pytest.raises(errors.RoundClosedError):
        met(round, home, officer)
    with acting_as(cast.province):
        with pytest.raises(errors.ReopenReasonError):
            reopen_round(round=round, reason=" ", by=cast.province)
        reopen_round(round=round, reason="sót một bản", by=cast.province)
    assert met(round, home, officer).pk
    with acting_as(cast.auditor):
        told = Event.objects.filter(subject="surveys_round", row=str(round.pk)).values_list(
            "details", flat=True
        )
        assert {"reopened": "sót một bản"} in list(told)


# --- Visits


def test_a_visit_is_judged_at_once_by_both_standards_of_2021(
    round: Round, officer: User, make_household: MakeHousehold
) -> None:
    visit = met(round, make_household(*FAMILY), officer, answers={"income_per_head": 700_000})
    given = {v.standard: v for v in Verdict.objects.filter(visit=visit)}
    assert given["2016-2020"].klass == "poor_income"
    assert given["2022-2026"].klass == "undetermined"  # poor only with three deprivations, and none is known
    assert (visit.persons, visit.ethnic, visit.area_type) == (3, "08", "rural")
    assert given["2016-2020"].law.content["slug"] == "2016-2020"


def test_members_bring_what_the_register_knows_of_them(
    round: Round, officer: User, make_household: MakeHousehold
) -> None:
    home = make_household(*FAMILY)
    child = home.members.get(relation="child")
    visit = met(round, home, officer, members={child.pk: {"attends_school": False, "health_insurance": True}})
    of_child = next(m for m in visit.members if m["person"] == child.pk)
    assert of_child == {
        "person": child.pk, "sex": "M", "birth_year": 2008, "ethnic": "08", "relation": "child",
        "attends_school": False, "health_insurance": True,
    }  # fmt: skip
    schooling = Verdict.objects.get(visit=visit, standard="2016-2020").pattern[3]
    assert schooling == "1"  # a child of 13 out of school


def test_what_was_not_asked_is_not_no(round: Round, officer: User, make_household: MakeHousehold) -> None:
    visit = met(round, make_household(), officer, answers={"has_tv": None, "income_per_head": 850_000})
    assert visit.answers == {"income_per_head": 850_000}
    verdict = Verdict.objects.get(visit=visit, standard="2016-2020")
    assert verdict.klass == "undetermined"
    assert (
        verdict.pattern == "??00??????"
    )  # a man born in 1975 alone: no adult or child of whom schooling is asked


def test_a_correction_needs_a_reason_and_keeps_the_row_before(
    round: Round, officer: User, make_household: MakeHousehold
) -> None:
    home = make_household(*FAMILY)
    first = met(round, home, officer, answers={"income_per_head": 700_000})
    with pytest.raises(errors.ReasonNeededError):
        met(round, home, officer, answers={"income_per_head": 2_000_000})
    second = met(round, home, officer, answers={"income_per_head": 2_000_000}, reason="ghi nhầm thu nhập")
    first.refresh_from_db()
    assert first.retired_at is not None and second.retired_at is None
    assert second.reason == "ghi nhầm thu nhập"
    in_force = Verdict.objects.filter(household=home, retired_at=None, standard="2016-2020")
    assert [v.klass for v in in_force] == ["none"]
    assert Verdict.objects.filter(household=home, standard="2016-2020").count() == 2


def test_going_back_to_a_household_not_met_needs_no_excuse(
    round: Round, officer: User, make_household: MakeHousehold
) -> None:
    home = make_household(*FAMILY)
    met(round, home, officer, outcome="not_met", next_visit_on=D(2021, 10, 9))
    assert not Verdict.objects.filter(household=home).exists()
    again = met(round, home, officer, visited_on=D(2021, 10, 9), answers={"income_per_head": 700_000})
    assert again.reason
    assert list(Tally.objects.filter(round=round, level=1).values_list("klass", flat=True).distinct()) != [
        "not_met"
    ]


def test_not_met_is_counted_as_not_met(round: Round, officer: User, make_household: MakeHousehold) -> None:
    met(round, make_household(), officer, outcome="refused", next_visit_on=D(2021, 10, 9))
    rows = Tally.objects.filter(round=round, standard="2016-2020")
    assert {row.klass for row in rows} == {"refused"}


@pytest.mark.parametrize(
    ("changes", "error"),
    [
        ({"outcome": "not_met"}, errors.PlanNeededError),
        ({"outcome": "refused", "next_visit_on": VISITED}, errors.PlanDateError),
        ({"visited_on": None}, errors.VisitDayNeededError),
        ({"visited_on": D(2021, 8, 31)}, errors.VisitDayError),
        ({"visited_on": D(2021, 10, 16)}, errors.VisitDayError),
        ({"answers": {"colour_of_door": "red"}}, errors.UnknownQuestionError),
        ({"answers": {"water_source": "sea"}}, errors.WrongAnswerError),
        ({"answers": {"b2_points": 35}}, errors.WrongAnswerError),
        ({"members": {0: {"attends_school": True}}}, errors.NotAMemberError),
    ],
)
def test_a_visit_that_can_not_be_is_refused_and_leaves_nothing(
    round: Round,
    officer: User,
    make_household: MakeHousehold,
    changes: dict[str, object],
    error: type[Exception],
) -> None:
    home = make_household(*FAMILY)
    with pytest.raises(error):
        met(round, home, officer, **changes)
    assert not Visit.objects.filter(household=home).exists()


def test_the_household_is_judged_with_those_who_lived_there_on_the_day(
    round: Round, officer: User, make_household: MakeHousehold
) -> None:
    home = make_household(*FAMILY)
    record_death(person=home.members.get(relation="spouse"), on=D(2021, 10, 7), by=officer)
    assert met(round, home, officer).persons == 3
    assert met(round, home, officer, visited_on=D(2021, 10, 8), reason="đếm lại").persons == 2


@pytest.mark.parametrize("role", ["leader", "auditor", "admin"])
def test_those_who_only_look_write_nothing(
    cast: Cast, round: Round, role: str, make_household: MakeHousehold
) -> None:
    home, user = make_household(), getattr(cast, role)
    with acting_as(user), pytest.raises(errors.NotWriterError):
        met(round, home, user)


def test_another_commune_can_not_record(cast: Cast, round: Round, make_household: MakeHousehold) -> None:
    home = make_household()
    with acting_as(cast.other_officer), pytest.raises(errors.NotLivingHereError):
        met(round, home, cast.other_officer)


def test_a_round_judged_anew_keeps_the_verdicts_before(
    cast: Cast, round: Round, officer: User, make_household: MakeHousehold
) -> None:
    home = make_household(*FAMILY)
    met(round, home, officer, answers={"income_per_head": 700_000})
    with acting_as(cast.province):
        given = reassess_round(round=round, standard="2016-2020", by=cast.province)
        with pytest.raises(errors.UnknownStandardError):
            reassess_round(round=round, standard="1999", by=cast.province)
    assert given == 1
    every = Verdict.objects.filter(household=home, standard="2016-2020").order_by("pk")
    assert [(v.klass, v.retired_at is None) for v in every] == [("poor_income", False), ("poor_income", True)]
    assert LawVersion.objects.filter(slug="2016-2020").exists()


def test_points_of_a_paper_form_prove_nothing_under_the_standard_of_another_time(
    cast: Cast, make_household: MakeHousehold
) -> None:
    home = make_household(*FAMILY)
    days = {"opens": D(2019, 1, 1), "closes": D(2019, 8, 31), "reference_date": D(2019, 6, 1)}
    with acting_as(cast.province):
        past = open_round(year=2019, kind=Round.Kind.REGULAR, **days, by=cast.province)  # type: ignore[arg-type]
    with acting_as(cast.officer):
        answers = {"b1_points": 110, "b2_points": 60, "tick_child_schooling": True}
        met(past, home, cast.officer, visited_on=D(2019, 6, 1), answers=answers)
    own = Verdict.objects.get(household=home, standard="2016-2020")
    assert (own.klass, own.basis) == ("poor_income", "points")
    with acting_as(cast.province):
        reassess_round(round=past, standard="2022-2026", by=cast.province)
    later = Verdict.objects.get(household=home, standard="2022-2026")
    assert (later.klass, later.points, later.pattern[5]) == ("undetermined", None, "?")
