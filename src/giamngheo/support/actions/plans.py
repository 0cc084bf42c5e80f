"""Writing down the plan of a household, its steps and what came of them; putting right by a new row."""

import datetime as dt
from dataclasses import dataclass

from django.db import IntegrityError, transaction
from django.utils import timezone

from giamngheo.access.models import Role, User
from giamngheo.access.queries import today
from giamngheo.registry.models import Household
from giamngheo.rules.policies import policies
from giamngheo.support import errors
from giamngheo.support.models import Plan, PlanOutcome, PlanStep

#: Who goes from house to house writes plans; the levels above and the auditor read them.
WRITERS = frozenset({Role.VILLAGE_HEAD, Role.COMMUNE_OFFICER})


@dataclass(frozen=True, kw_only=True)
class Aim:
    """A plan as told: what is to be reached, who goes along, from when until when."""

    aim: str
    companion: str
    since: dt.date
    until: dt.date


@dataclass(frozen=True, kw_only=True)
class Step:
    """A step as told. `policy` and `condition` belong to help that is asked for, alone."""

    kind: str
    what: str
    due_on: dt.date
    policy: str = ""
    condition: str = ""


@transaction.atomic
def begin(*, household: Household, told: Aim, by: User) -> Plan:
    """Write down a plan. Raises NotCompanionError, OutsideAreaError, PlanThereError, PlanWordsError, BackwardPlanError."""
    _check_writer(by)
    # FOR NO KEY UPDATE: two people beginning at once come one after the other
    held = Household.objects.select_for_update(of=("self",), no_key=True).filter(pk=household.pk).first()
    if held is None:
        raise errors.OutsideAreaError
    open_ones = Plan.objects.filter(household=held, village_id=held.village_id, retired_at__isnull=True)
    if any(not is_over(plan) for plan in open_ones):
        raise errors.PlanThereError
    return _write(_plan(held, told, by))


@transaction.atomic
def correct(*, plan: Plan, told: Aim, reason: str, by: User) -> Plan:
    """Put a plan right by another row in its place. Raises PlanOverError, ReasonNeededError and what `begin` raises."""
    held = _open(plan, by)
    if not reason.strip():
        raise errors.ReasonNeededError
    Plan.objects.filter(pk=held.pk).update(retired_at=timezone.now())
    row = _plan(held.household, told, by)
    row.replaces, row.reason = held, reason.strip()[:300]
    return _write(row)


@transaction.atomic
def add_step(*, plan: Plan, told: Step, by: User) -> PlanStep:
    """Add a step. Raises PlanOverError, PlanWordsError, OwnStepError, UnknownPolicyError, StepOutsideError."""
    held = _open(plan, by)
    row = _step(held, told, by)
    row.save(force_insert=True)
    return row


@transaction.atomic
def correct_step(*, step: PlanStep, told: Step, reason: str, by: User) -> PlanStep:
    """Put a step right by another row in its place; what came of it stays with it. Raises as `add_step`, ReasonNeededError."""
    held = _open(_in_force(step.plan_id), by)
    if not reason.strip():
        raise errors.ReasonNeededError
    row = _step(held, told, by)
    row.replaces, row.reason = step, reason.strip()[:300]
    if not PlanStep.objects.filter(pk=step.pk, retired_at__isnull=True).update(retired_at=timezone.now()):
        raise errors.PlanOverError
    row.save(force_insert=True)
    return row


@transaction.atomic
def tell(
    *, plan: Plan, step: PlanStep | None = None, on: dt.date, state: str, note: str = "", by: User
) -> PlanOutcome:
    """Say what came of a step, or of the whole plan, which ends it. Raises PlanOverError, FutureDayError, UnknownStateError."""
    held = _open(plan, by)
    if state not in PlanOutcome.State.values or (step is None and state == PlanOutcome.State.GOING):
        raise errors.UnknownStateError
    if on > today():
        raise errors.FutureDayError(on=on)
    if on < held.since:
        raise errors.StepOutsideError(on=on, since=held.since, until=held.until)
    if step is not None and step.retired_at is not None:
        raise errors.PlanOverError
    return PlanOutcome.objects.create(
        plan=held,
        step=step,
        on=on,
        state=state,
        note=note.strip()[:300],
        recorded_at=timezone.now(),
        recorded_by=by,
    )


def is_over(plan: Plan) -> bool:
    """Whether somebody said what came of the whole plan."""
    return plan.outcomes.filter(step__isnull=True).exists()


def may_write(by: User) -> bool:
    return by.role in WRITERS


def _plan(household: Household, told: Aim, by: User) -> Plan:
    if not told.aim.strip() or not told.companion.strip():
        raise errors.PlanWordsError
    if told.until < told.since:
        raise errors.BackwardPlanError(since=told.since, until=told.until)
    return Plan(
        household=household,
        village_id=household.village_id,
        aim=told.aim.strip()[:400],
        companion=told.companion.strip()[:120],
        since=told.since,
        until=told.until,
        recorded_at=timezone.now(),
        recorded_by=by,
    )


def _step(plan: Plan, told: Step, by: User) -> PlanStep:
    if not told.what.strip():
        raise errors.PlanWordsError
    if told.kind != PlanStep.Kind.HELP and (told.policy or told.condition.strip()):
        raise errors.OwnStepError
    if told.policy and told.policy not in policies():
        raise errors.UnknownPolicyError(policy=told.policy)
    if not plan.since <= told.due_on <= plan.until:
        raise errors.StepOutsideError(on=told.due_on, since=plan.since, until=plan.until)
    return PlanStep(
        plan=plan,
        kind=told.kind,
        what=told.what.strip()[:200],
        policy=told.policy,
        condition=told.condition.strip()[:200],
        due_on=told.due_on,
        recorded_at=timezone.now(),
        recorded_by=by,
    )


def _write(row: Plan) -> Plan:
    try:
        with transaction.atomic():
            row.save(force_insert=True)
    except IntegrityError as error:
        if "plan_once_a_day" in str(error):
            raise errors.PlanThereError from error
        raise
    return row


def _open(plan: Plan, by: User) -> Plan:
    """The plan, held, if it may still be written to."""
    _check_writer(by)
    held = Plan.objects.select_for_update(of=("self",)).filter(pk=plan.pk).first()
    if held is None:
        raise errors.OutsideAreaError
    if held.retired_at or is_over(held):
        raise errors.PlanOverError
    return held


def _in_force(pk: int) -> Plan:
    """The row that stands in the place of this one today, read anew."""
    plan = Plan.objects.get(pk=pk)
    while plan.retired_at is not None:
        plan = Plan.objects.get(replaces=plan)
    return plan


def _check_writer(by: User) -> None:
    if not may_write(by):
        raise errors.NotCompanionError
