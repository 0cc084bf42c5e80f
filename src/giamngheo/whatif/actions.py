"""What may be done: a trial kept under a name, or let go of."""

from django.db import IntegrityError, transaction

from giamngheo.access.models import User
from giamngheo.areas.models import Unit
from giamngheo.rules.standards import standards
from giamngheo.rules.whatif import Change
from giamngheo.warehouse.snapshot import Snapshot
from giamngheo.whatif.answer import Answer
from giamngheo.whatif.errors import NameLengthError, NameTakenError
from giamngheo.whatif.models import Trial


def keep(
    *, name: str, year: int, unit: Unit, change: Change, answer: Answer, snapshot: Snapshot, by: User
) -> Trial:
    """Keep a trial with its answer as it was given. Raises NameLengthError, NameTakenError."""
    if not 1 <= len(name := name.strip()) <= (most := Trial._meta.get_field("name").max_length or 0):
        raise NameLengthError(most=most)
    try:
        with transaction.atomic():
            return Trial.objects.create(
                name=name,
                year=year,
                unit=unit,
                change=change.as_plain(),
                answer=answer.as_plain(),
                snapshot=snapshot.name,
                law=standards()[answer.standard].content_hash,
                made_by=by,
            )
    except IntegrityError as error:
        raise NameTakenError(name=name) from error


@transaction.atomic
def drop(*, trial: Trial, by: User) -> None:
    """Let go of one's own trial; the record of it stays in the log."""
    Trial.objects.filter(pk=trial.pk, made_by=by).delete()
