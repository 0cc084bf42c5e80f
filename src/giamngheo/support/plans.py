"""The plans of a household as they stand: rows and the rows that put them right, laid together in three queries."""

from collections.abc import Sequence
from dataclasses import dataclass

from giamngheo.access.models import User
from giamngheo.registry.models import Household
from giamngheo.support.models import Delivery, Plan, PlanOutcome, PlanStep


@dataclass(frozen=True)
class ToldStep:
    """A step in force with what came of it (the last told first), the rows it replaced, and the help that has come."""

    row: PlanStep
    outcomes: Sequence[PlanOutcome]
    before: Sequence[PlanStep]
    given: Sequence[Delivery]

    @property
    def last(self) -> PlanOutcome | None:
        return self.outcomes[0] if self.outcomes else None


@dataclass(frozen=True)
class ToldPlan:
    """A plan in force, its steps by the day they are due, the rows it replaced, and what came of the whole."""

    row: Plan
    steps: Sequence[ToldStep]
    before: Sequence[Plan]
    outcome: PlanOutcome | None


def plans_of(household: Household, given: Sequence[Delivery] = (), *, seen_by: User) -> list[ToldPlan]:
    """The plans of a household, the latest first. `given`: its deliveries, from which help that came is told."""
    if not seen_by.sees_households:
        return []
    rows = list(Plan.objects.filter(household=household).select_related("recorded_by"))
    steps = list(PlanStep.objects.filter(plan__household=household).select_related("recorded_by"))
    told = PlanOutcome.objects.filter(plan__household=household).select_related("recorded_by")
    outcomes = list(told.order_by("-on", "-pk"))
    plan_of = _standing([(p.pk, p.replaces_id) for p in rows])
    step_of = _standing([(s.pk, s.replaces_id) for s in steps])
    made = []
    for plan in sorted(
        (p for p in rows if p.retired_at is None), key=lambda p: (p.since, p.pk), reverse=True
    ):
        own = [s for s in steps if plan_of[s.plan_id] == plan.pk]
        whole = next((o for o in outcomes if o.step_id is None and plan_of[o.plan_id] == plan.pk), None)
        laid = [
            ToldStep(
                row=step,
                outcomes=[o for o in outcomes if o.step_id and step_of[o.step_id] == step.pk],
                before=[s for s in own if s.pk != step.pk and step_of[s.pk] == step.pk],
                given=[
                    d for d in given if step.policy and d.policy == step.policy and d.given_on >= plan.since
                ],
            )
            for step in sorted((s for s in own if s.retired_at is None), key=lambda s: (s.due_on, s.pk))
        ]
        before = [p for p in rows if p.pk != plan.pk and plan_of[p.pk] == plan.pk]
        made.append(ToldPlan(plan, laid, before, whole))
    return made


def _standing(rows: Sequence[tuple[int, int | None]]) -> dict[int, int]:
    """For each row the one that stands in its place at the end: (key, key of the row it replaces)."""
    later = {before: key for key, before in rows if before is not None}

    def last(key: int) -> int:
        while key in later:
            key = later[key]
        return key

    return {key: last(key) for key, _before in rows}
