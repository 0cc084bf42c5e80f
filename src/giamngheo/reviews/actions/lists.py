"""Lists 2c and 2d: drawn up from the register by the system, added to by people, never shortened in silence."""

from collections.abc import Collection
from typing import Any

from django.db import connection, transaction
from django.utils import timezone

from giamngheo.access.models import User
from giamngheo.access.queries import today
from giamngheo.areas.models import Level, Unit
from giamngheo.areas.queries import descendants_on
from giamngheo.registry.models import Household
from giamngheo.reviews import errors
from giamngheo.reviews.actions._book import check_open, hold_commune, hold_village, procedure_of, step_village
from giamngheo.reviews.models import Case, CommuneReview, VillageReview
from giamngheo.rules.errors import NoProcedureError
from giamngheo.rules.procedures import procedure_on
from giamngheo.surveys.models import Klass, Round

# Who is recognised when the lists are drawn up is on 2d; who asked, or was found poor or near-poor, is on 2c.
_DRAW = """
INSERT INTO reviews_case (of_id, round_id, household_id, village_id, list, ground, request_id, before, state, quick_override,
  withdrawn_why, added_at, added_by_id)
SELECT DISTINCT ON (found.household) %(of)s, %(round)s, found.household, h.village_id,
  CASE WHEN found.ground = 'managed' THEN '2d' ELSE '2c' END, found.ground, found.request, coalesce(found.klass, 'none'),
  'listed', '', '', %(at)s, %(by)s
FROM (
  SELECT 1 AS first, g.household_id AS household, 'managed' AS ground, NULL::bigint AS request, g.klass
  FROM reviews_recognition g WHERE g.village_id = ANY (%(villages)s) AND upper_inf(g.period)
  UNION ALL
  SELECT 2, q.household_id, 'request', q.id, NULL FROM reviews_request q
  WHERE q.village_id = ANY (%(villages)s) AND q.round_id = %(round)s AND q.state = 'received'
  UNION ALL
  SELECT 3, v.household_id, 'survey', NULL, NULL FROM surveys_verdict v
  WHERE v.round_id = %(round)s AND v.village_id = ANY (%(villages)s) AND v.retired_at IS NULL AND v.standard = %(standard)s
    AND v.klass IN ('poor_income', 'poor_deprivation', 'poor', 'near_poor')
) AS found
JOIN registry_household h ON h.id = found.household AND h.ended_on IS NULL AND h.village_id = ANY (%(villages)s)
ORDER BY found.household, found.first
ON CONFLICT (round_id, household_id) DO NOTHING
"""


@transaction.atomic
def open_review(*, round: Round, commune: Unit, by: User) -> CommuneReview:
    """Begin the review of a commune: its villages of the round's day, and both lists as the register gives them.

    In a regular round there are no lists and no village steps: each household comes with its request.
    Raises NoProcedureThenError where no procedure was in force on the round's day.
    """
    if not round.is_open:
        raise errors.RoundClosedError(round=round.name)
    try:
        procedure = procedure_on(round.reference_date)
    except NoProcedureError as error:
        raise errors.NoProcedureThenError(on=round.reference_date) from error
    of = CommuneReview.objects.create(
        round=round, commune=commune, procedure=procedure.slug, opened_at=timezone.now(), opened_by=by
    )
    if round.kind == Round.Kind.REGULAR:
        return of
    villages = descendants_on(commune, round.reference_date, Level.VILLAGE)
    VillageReview.objects.bulk_create(VillageReview(of=of, village=v, since=today()) for v in villages)
    draw_lists(of=of, by=by)
    return of


@transaction.atomic
def draw_lists(*, of: CommuneReview, by: User) -> int:
    """Add to the lists whoever the register now shows and they miss; how many. What is on a list stays."""
    check_open(of)
    villages = list(of.villages.values_list("village_id", flat=True))
    words: dict[str, Any] = {
        "of": of.pk,
        "round": of.round_id,
        "villages": villages,
        "standard": of.round.standard,
        "at": timezone.now(),
        "by": by.pk,
    }
    with connection.cursor() as cursor:
        cursor.execute(_DRAW, words)
        return int(cursor.rowcount)


@transaction.atomic
def add_household(
    *,
    of: CommuneReview,
    household: Household,
    ticks: Collection[str] | None = None,
    override: str = "",
    by: User,
) -> Case:
    """Put a household in difficulty on list 2c that nobody asked for; `ticks` are the items of form A it has.

    Raises AlreadyListedError, UnknownTickError, QuickFormSaysNoError (too many ticks and no reason given).
    """
    check_open(of)
    form = procedure_of(of).quick_form
    unknown = set(ticks or ()) - {item.code for item in form.items}
    if unknown:
        raise errors.UnknownTickError(item=sorted(unknown)[0])
    if len(ticks or ()) > form.max_ticks.value and not override.strip():
        raise errors.QuickFormSaysNoError(
            ticks=len(ticks or ()), most=form.max_ticks.value, rule=form.max_ticks.citation.words
        )
    if Case.objects.filter(round=of.round, household=household).exists():
        raise errors.AlreadyListedError(number=household.number)
    if not of.villages.filter(village=household.village_id).exists():
        raise errors.OutsideAreaError
    return Case.objects.create(
        of=of,
        round=of.round,
        household=household,
        village_id=household.village_id,
        list=Case.List.MAY_BE_POOR,
        ground=Case.Ground.OFFICER,
        quick_ticks=sorted(ticks) if ticks is not None else None,
        quick_override=override.strip(),
        before=Klass.NONE,
        added_at=timezone.now(),
        added_by=by,
    )


@transaction.atomic
def withdraw(*, case: Case, why: str, by: User) -> None:
    """Take a household out of the review (it moved away, it was listed twice); it stays on the list, with the reason."""
    of = hold_commune(case.of)
    if not why.strip():
        raise errors.ReasonNeededError
    if of.state != CommuneReview.State.GATHERING:
        raise errors.WrongStepError(
            step="", place=of.commune.name, state=of.get_state_display(), rule=procedure_of(of).name()
        )
    Case.objects.filter(pk=case.pk).update(state=Case.State.WITHDRAWN, withdrawn_why=why.strip())
    case.refresh_from_db()


@transaction.atomic
def finish_lists(*, of: VillageReview, nobody: bool = False, by: User) -> None:
    """Both lists of the village are complete and go to survey; `nobody` says that an empty list is meant."""
    held = hold_village(of)
    draw_lists(of=held.of, by=by)
    there = Case.objects.filter(of=held.of, village=held.village).exclude(state=Case.State.WITHDRAWN).exists()
    if not there and not nobody:
        raise errors.NothingListedError(village=held.village.name)
    step_village(held, "finish_lists", on=today(), by=by)
