"""How a step of a review is taken: whose it is, from which state, locked, written into the record of steps."""

import datetime as dt

from django.utils import timezone
from django.utils.translation import get_language

from giamngheo.access.models import Role, User
from giamngheo.access.queries import today
from giamngheo.reviews import errors
from giamngheo.reviews.models import CommuneReview, Step, VillageReview
from giamngheo.rules import workflow
from giamngheo.rules.procedures import Procedure, procedure_named


def procedure_of(of: CommuneReview) -> Procedure:
    """The procedure under which the review was opened."""
    return procedure_named(of.procedure)


def check_open(of: CommuneReview) -> None:
    if not of.round.is_open:
        raise errors.RoundClosedError(round=of.round.name)


def check_day(on: dt.date) -> None:
    if on > today():
        raise errors.FutureDayError(on=on)


def hold_commune(of: CommuneReview) -> CommuneReview:
    """The review as it stands now, held until the transaction ends, so that two officers take turns."""
    held = (
        CommuneReview.objects.select_for_update(of=("self",))
        .select_related("round", "commune")
        .filter(pk=of.pk)
        .first()
    )
    if held is None:
        raise errors.OutsideAreaError
    check_open(held)
    return held


def hold_village(of: VillageReview) -> VillageReview:
    held = (
        VillageReview.objects.select_for_update(of=("self",))
        .select_related("of__round", "of__commune", "village")
        .filter(pk=of.pk)
        .first()
    )
    if held is None:
        raise errors.OutsideAreaError
    check_open(held.of)
    return held


def step_village(
    of: VillageReview, action: str, *, on: dt.date, due_on: dt.date | None = None, note: str = "", by: User
) -> None:
    """Take `action` on a village held by `hold_village`. Raises WrongStepError or NotYourStepError, naming the rule."""
    moved = _transition(of.of, "village", of.state, action, place=of.village.name, by=by)
    _write(of.of, of.village_id, action, of.state, moved, on=on, note=note, by=by)
    of.state, of.since, of.due_on = moved, on, due_on
    of.save(update_fields=["state", "since", "due_on"])


def step_commune(of: CommuneReview, action: str, *, on: dt.date, note: str = "", by: User) -> None:
    """The same for a commune held by `hold_commune`."""
    moved = _transition(of, "commune", of.state, action, place=of.commune.name, by=by)
    _write(of, None, action, of.state, moved, on=on, note=note, by=by)
    of.state = moved
    of.save(update_fields=["state"])


def _transition(of: CommuneReview, what: str, state: str, action: str, *, place: str, by: User) -> str:
    try:
        return workflow.may(procedure_of(of), what, state, action, by.role).to_state
    except workflow.WrongRoleError as error:
        language = get_language() or "vi"
        who = ", ".join(str(Role(role).label) for role in sorted(error.who))
        raise errors.NotYourStepError(step=error.action_name(language), who=who, rule=error.rule) from error
    except workflow.WrongStepError as error:
        language = get_language() or "vi"
        raise errors.WrongStepError(
            step=error.action_name(language), place=place, state=error.state_name(language), rule=error.rule
        ) from error


def _write(
    of: CommuneReview,
    village: int | None,
    action: str,
    before: str,
    after: str,
    *,
    on: dt.date,
    note: str,
    by: User,
) -> None:
    Step.objects.bulk_create(  # plain INSERT: RETURNING would need the right to read it back
        [
            Step(
                of=of,
                village_id=village,
                action=action,
                from_state=before,
                to_state=after,
                on=on,
                note=note,
                at=timezone.now(),
                by=by,
            )
        ]
    )
