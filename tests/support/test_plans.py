"""The plan of a household: written by who goes from house to house, put right by another row, ended by its outcome."""

import datetime as dt
from typing import Any

import pytest
from django.db import InternalError, ProgrammingError, connection, transaction

from giamngheo.access.scope import acting_as
from giamngheo.audit.models import Event
from giamngheo.registry.models import Household
from giamngheo.support import errors
from giamngheo.support.actions import plans as actions
from giamngheo.support.models import Plan, PlanOutcome, PlanStep
from giamngheo.support.plans import plans_of
from tests.conftest import Cast

pytestmark = pytest.mark.django_db
D = dt.date


def _aim(**changes: Any) -> actions.Aim:
    told: dict[str, Any] = {"aim": "Nuôi trâu", "companion": "Hội Phụ nữ", "since": D(2021, 3, 1), "until": D(2022, 12, 31)}  # fmt: skip
    return actions.Aim(**{**told, **changes})


def _step(**changes: Any) -> actions.Step:
    told: dict[str, Any] = {"kind": "help", "what": "Vay mua trâu", "due_on": D(2021, 9, 30)}
    return actions.Step(**{**told, **changes})


@pytest.fixture
def plan(acting_officer: Cast, household: Household) -> Plan:
    return actions.begin(household=household, told=_aim(), by=acting_officer.officer)


def test_a_plan_goes_from_aim_to_outcome_and_every_row_stays(
    acting_officer: Cast, household: Household, plan: Plan
) -> None:
    by = acting_officer.officer
    step = actions.add_step(plan=plan, told=_step(condition="học lớp chăn nuôi"), by=by)
    actions.tell(plan=plan, step=step, on=D(2021, 6, 1), state="going", by=by)
    plan = actions.correct(plan=plan, told=_aim(aim="Nuôi bò"), reason="hộ đổi ý", by=by)
    step = actions.correct_step(step=step, told=_step(what="Vay mua bò"), reason="hộ đổi ý", by=by)
    actions.tell(plan=plan, step=step, on=D(2021, 9, 1), state="done", by=by)
    [told] = plans_of(household, seen_by=by)
    assert (told.row.aim, [p.aim for p in told.before], told.outcome) == ("Nuôi bò", ["Nuôi trâu"], None)
    [one] = told.steps
    assert (one.row.what, one.row.condition, [s.condition for s in one.before]) == ("Vay mua bò", "", ["học lớp chăn nuôi"])  # fmt: skip
    assert [o.state for o in one.outcomes] == ["done", "going"]
    with pytest.raises(errors.PlanThereError):
        actions.begin(household=household, told=_aim(since=D(2021, 10, 1)), by=by)
    actions.tell(plan=plan, on=D(2021, 10, 1), state="partly", note="bán một con", by=by)
    with pytest.raises(errors.PlanOverError):
        actions.add_step(plan=plan, told=_step(), by=by)
    actions.begin(household=household, told=_aim(since=D(2021, 10, 1)), by=by)
    assert [t.outcome is None for t in plans_of(household, seen_by=by)] == [True, False]
    with acting_as(acting_officer.auditor):
        written = Event.objects.filter(
            subject__in=("support_plan", "support_planstep", "support_planoutcome")
        )
        assert written.filter(kind="insert").count() == 8


@pytest.mark.parametrize(
    ("changes", "refused"),
    [
        ({"kind": "own", "condition": "góp công"}, errors.OwnStepError),
        ({"kind": "own", "policy": "electricity"}, errors.OwnStepError),
        ({"policy": "khong-co"}, errors.UnknownPolicyError),
        ({"due_on": D(2023, 1, 1)}, errors.StepOutsideError),
        ({"what": " "}, errors.PlanWordsError),
    ],
)
def test_a_step_that_can_not_be_so_is_refused(
    acting_officer: Cast, plan: Plan, changes: dict[str, Any], refused: type[errors.SupportError]
) -> None:
    with pytest.raises(refused):
        actions.add_step(plan=plan, told=_step(**changes), by=acting_officer.officer)
    assert not plan.steps.exists()


def test_what_can_not_be_so_of_a_plan_is_refused(
    acting_officer: Cast, household: Household, plan: Plan
) -> None:
    by = acting_officer.officer
    with pytest.raises(errors.BackwardPlanError, match="31/12/2020 là ngược"):
        actions.correct(plan=plan, told=_aim(until=D(2020, 12, 31)), reason="nhầm", by=by)
    with pytest.raises(errors.ReasonNeededError):
        actions.correct(plan=plan, told=_aim(), reason=" ", by=by)
    with pytest.raises(errors.FutureDayError):
        actions.tell(plan=plan, on=D(2021, 10, 16), state="done", by=by)
    with pytest.raises(errors.UnknownStateError):
        actions.tell(plan=plan, on=D(2021, 10, 1), state="going", by=by)


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE support_plan SET aim = 'khác'",
        "UPDATE support_planstep SET what = 'khác'",
        "UPDATE support_planoutcome SET state = 'done'",
        "DELETE FROM support_planoutcome",
    ],
)
def test_the_database_edits_no_row_of_a_plan(acting_officer: Cast, plan: Plan, statement: str) -> None:
    step = actions.add_step(plan=plan, told=_step(), by=acting_officer.officer)
    actions.tell(plan=plan, step=step, on=D(2021, 6, 1), state="going", by=acting_officer.officer)
    with (
        pytest.raises((ProgrammingError, InternalError)),
        transaction.atomic(),
        connection.cursor() as cursor,
    ):
        cursor.execute(statement)


def test_who_may_write_and_who_sees(cast: Cast) -> None:
    with acting_as(cast.head):
        home = Household.objects.order_by("pk").first()
        assert home is not None
        plan = actions.begin(household=home, told=_aim(), by=cast.head)
        actions.add_step(plan=plan, told=_step(), by=cast.head)
    for who in (cast.chairman, cast.district, cast.province, cast.auditor):
        with acting_as(who):
            assert len(plans_of(home, seen_by=who)) == 1
            with pytest.raises(errors.NotCompanionError):
                actions.add_step(plan=plan, told=_step(), by=who)
            with pytest.raises(ProgrammingError, match="row-level security"), transaction.atomic():
                Plan.objects.create(household=home, village_id=home.village_id, aim="x", companion="y",
                                    since=D(2021, 5, 1), until=D(2021, 5, 1), recorded_at=plan.recorded_at)  # fmt: skip
    for who in (cast.other_officer, cast.leader, cast.admin):
        with acting_as(who):
            assert not Plan.objects.exists() and not PlanStep.objects.exists()
            assert not PlanOutcome.objects.exists() and not plans_of(home, seen_by=who)
