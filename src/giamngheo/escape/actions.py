"""What may be done: the watch list made anew by a job."""

from django.db import IntegrityError, transaction
from django.utils import timezone

from giamngheo.access.models import Role, User
from giamngheo.access.scope import acting_as
from giamngheo.escape import watch
from giamngheo.escape.errors import EscapeError, MakerError, MakingAlreadyError
from giamngheo.escape.models import Watch, Watched
from giamngheo.measures.errors import MeasuresError
from giamngheo.registry.models import Household
from giamngheo.warehouse.errors import WarehouseError
from giamngheo.warehouse.snapshot import current


@transaction.atomic
def ask(*, by: User) -> Watch:
    """Have the list made from the snapshot in force. Raises MakerError, MakingAlreadyError, WarehouseError."""
    from giamngheo.escape.jobs import make  # the job room imports this one

    if by.role != Role.PROVINCIAL_OFFICER:
        raise MakerError
    if Watch.objects.filter(state__in=(Watch.State.WAITING, Watch.State.RUNNING)).exists():
        raise MakingAlreadyError
    held = current()
    try:
        with transaction.atomic():
            asked = Watch.objects.create(asked_by=by, snapshot=held.name)
    except IntegrityError as error:
        raise MakingAlreadyError from error
    make.defer(pk=asked.pk, user=by.pk)
    return asked


def run(pk: int, *, by: User) -> None:
    """The job: progress is committed as it goes; the list comes in one transaction, or the sentence why not."""
    with acting_as(by):
        if not Watch.objects.filter(pk=pk, state=Watch.State.WAITING).update(
            state=Watch.State.RUNNING, progress=5
        ):
            return
    try:
        held = current()
        made = watch.make(held, told=lambda percent: _progress(pk, percent, by))
    except (EscapeError, WarehouseError) as error:
        return fail(pk, str(error), by=by)
    except MeasuresError as error:
        return fail(pk, error.sentence("vi"), by=by)
    with acting_as(by), transaction.atomic():
        _keep(pk, made, held.name)
    return None


def fail(pk: int, failure: str, *, by: User) -> None:
    """It could not be made; says why."""
    with acting_as(by):
        Watch.objects.filter(pk=pk).exclude(state=Watch.State.DONE).update(
            state=Watch.State.FAILED, failure=failure[:2000]
        )


def _progress(pk: int, percent: int, by: User) -> None:
    with acting_as(by):
        Watch.objects.filter(pk=pk).update(progress=percent)


def _keep(pk: int, made: watch.Made, snapshot: str) -> None:
    """Households that have left the register since the snapshot was taken are passed over."""
    numbers = [one.household for one in made.named]
    homes = {
        number: (key, village)
        for key, number, village in Household.objects.filter(number__in=numbers).values_list(
            "pk", "number", "village_id"
        )
    }
    rows = [
        Watched(
            of_id=pk,
            household_id=homes[one.household][0],
            village_id=homes[one.household][1],
            near_poor=one.near_poor,
            chance=one.chance,
            why=list(one.why),
        )
        for one in made.named
        if one.household in homes and homes[one.household][1] is not None
    ]
    Watched.objects.bulk_create(rows, batch_size=2000)
    Watch.objects.filter(pk=pk).update(
        state=Watch.State.DONE,
        progress=100,
        made_at=timezone.now(),
        snapshot=snapshot,
        standard=made.rounds.standard,
        fitted_on=list(made.fitted_on),
        held_out=made.held_out,
        of_year=made.rounds.years[-1],
        model=made.told.as_plain(),
    )
