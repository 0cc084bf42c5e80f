"""What may be done with a workbook: received, checked, applied as a whole, cancelled.

The reading and the applying are jobs. Each step's state is committed apart from its work, so that others see how far it is;
the work itself is one transaction that leaves nothing behind when it is cut off.
"""

import errno
import hashlib
import os
import shutil
import time
import uuid
from collections.abc import Iterable
from pathlib import Path
from typing import Any

from django.conf import settings
from django.db import InterfaceError, OperationalError, connection, transaction
from django.utils import timezone
from psycopg.errors import DiskFull

from giamngheo.access.models import User
from giamngheo.access.scope import acting_as
from giamngheo.base.sheets import SheetError
from giamngheo.surveys.imports import errors, progress
from giamngheo.surveys.imports.apply import apply
from giamngheo.surveys.imports.compare import differing_classes
from giamngheo.surveys.imports.plan import plan
from giamngheo.surveys.imports.read import read
from giamngheo.surveys.imports.staged import Found
from giamngheo.surveys.models import Import, ImportProblem, Round

State = Import.State
PATIENCE = 30  # tries, some two minutes, for a database that starts again


def folder(of: Import) -> Path:
    """Where the uploaded workbook and its staged rows lie; readable by the software alone."""
    return Path(settings.MEDIA_ROOT) / "imports" / of.stored_as


def receive(*, round: Round, file_name: str, blocks: Iterable[bytes], by: User) -> Import:
    """Store an uploaded workbook block by block and queue its reading. Raises ImportRefusedError; then nothing is kept."""
    if not by.writes_households:
        raise errors.NotAWriterError
    if not round.is_open:
        raise errors.RoundClosedError(round.name)
    of = Import(round=round, file_name=Path(file_name).name[:200], stored_as=uuid.uuid4().hex, created_by=by)
    place = folder(of)
    place.mkdir(parents=True, mode=0o700)
    try:
        of.sha256 = _store(place / f"workbook{Path(of.file_name).suffix.lower()[:5]}", blocks)
        of.save()
    except BaseException as error:
        shutil.rmtree(place, ignore_errors=True)
        if isinstance(error, OSError) and error.errno in (errno.ENOSPC, errno.EDQUOT):
            raise errors.NoRoomError from error
        raise
    queue_check(of, by=by)
    return of


def _store(path: Path, blocks: Iterable[bytes]) -> str:
    digest, size = hashlib.sha256(), 0
    with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as file:
        for block in blocks:
            size += len(block)
            if size > settings.UPLOAD_LIMIT:
                raise errors.TooLargeError(settings.UPLOAD_LIMIT // (1024 * 1024))
            digest.update(block)
            file.write(block)
    return digest.hexdigest()


def queue_check(of: Import, *, by: User) -> None:
    """Queue the reading of a workbook just received, or once more of one that stopped half-way."""
    from giamngheo.surveys.jobs import check_import  # the job room imports this one

    if of.state not in (State.RECEIVED, State.FAILED, State.REFUSED, State.CHECKED):
        raise errors.WrongStateError(of.get_state_display())
    _set(of, state=State.RECEIVED, stage="", progress=0, failure="")
    check_import.defer(pk=of.pk, user=by.pk)


@transaction.atomic
def queue_apply(*, of: Import, by: User) -> None:
    """Queue the writing of a checked workbook."""
    from giamngheo.surveys.jobs import apply_import

    held = Import.objects.select_for_update().get(pk=of.pk)
    if held.state != State.CHECKED:
        raise errors.WrongStateError(held.get_state_display())
    if not held.round.is_open:
        raise errors.RoundClosedError(held.round.name)
    _set(held, state=State.APPLYING, stage=progress.WRITING, progress=0)
    apply_import.defer(pk=of.pk, user=by.pk)


@transaction.atomic
def cancel(*, of: Import, by: User) -> None:
    """Let go of a workbook that was not applied; its rows are deleted, the record of it stays."""
    held = Import.objects.select_for_update().get(pk=of.pk)
    if held.state in (State.APPLYING, State.APPLIED):
        raise errors.WrongStateError(held.get_state_display())
    _set(held, state=State.CANCELLED, stage="")
    transaction.on_commit(lambda: shutil.rmtree(folder(held), ignore_errors=True))


def check(pk: int, *, by: User) -> None:
    """The job: read the workbook, compare it with the register, show what it would do; write nothing else."""
    of = _begin(pk, State.RECEIVED, State.READING, by)
    if of is None:
        return
    try:
        workbook = next(folder(of).glob("workbook*"))
        staged = read(workbook, of.round, folder(of), until=of.until, progress=_teller(of, by))
        problems, counts = list(staged.problems), {"households": staged.households, "members": staged.members}
        samples: list[dict[str, Any]] = []
        if staged.households:
            with acting_as(by):
                made = plan(of.round, folder(of), to_apply=False)
                made.problems += differing_classes(of.round)
                transaction.set_rollback(True)
            problems, counts, samples = problems + made.problems, made.counts, made.samples
        _finish_check(
            of,
            staged.layout,
            problems,
            {**counts, "more_problems": staged.more_problems, "samples": samples},
            by,
        )
    except SheetError as error:
        _finish_check(
            of,
            "",
            [Found("", None, "", "", f"file_{error.code}", {**error.params, "name": of.file_name})],
            {},
            by,
        )
    except BaseException as error:
        _fail(of, error, by)
        raise


def _finish_check(of: Import, layout: str, problems: list[Found], counts: dict[str, Any], by: User) -> None:
    wrong = sum(not p.warning for p in problems)
    with acting_as(by):
        ImportProblem.objects.filter(of=of).delete()
        ImportProblem.objects.bulk_create(
            ImportProblem(
                of=of,
                sheet=p.sheet[:60],
                row=p.row,
                column=p.column[:80],
                value=p.value,
                code=p.code,
                params=p.params,
                warning=p.warning,
            )
            for p in problems
        )
        counts = {**counts, "problems": wrong, "warnings": len(problems) - wrong}
        state = State.REFUSED if wrong else State.CHECKED
        _set(of, state=state, layout=layout, stage="", progress=100, counts=counts)


def write(pk: int, *, by: User) -> None:
    """The job: compare again and write everything in one transaction, or nothing."""
    with acting_as(by):
        of = Import.objects.select_related("round").filter(pk=pk, state=State.APPLYING).first()
    if of is None:
        return
    try:
        with acting_as(by):
            made = plan(of.round, folder(of), to_apply=True)
            wrong = [p for p in made.problems if not p.warning]
            if not wrong:
                written = apply(of, by=by)
                counts = {**of.counts, **made.counts, "written": written}
                _set(
                    of, state=State.APPLIED, stage="", progress=100, counts=counts, applied_at=timezone.now()
                )
            else:
                transaction.set_rollback(True)
        if wrong:  # the register changed since the check
            _finish_check(of, of.layout, wrong, made.counts, by)
    except BaseException as error:
        _fail(of, error, by)
        raise


def _begin(pk: int, expected: str, now: str, by: User) -> Import | None:
    with acting_as(by):
        if not Import.objects.filter(pk=pk, state=expected).update(state=now, stage=progress.READING):
            return None
        return Import.objects.select_related("round").get(pk=pk)


def _teller(of: Import, by: User) -> Any:
    def tell(sheet: str, row: int) -> None:
        with acting_as(by):
            _set(of, stage=progress.at_row(sheet, row))

    return tell


def _fail(of: Import, error: BaseException, by: User) -> None:
    """Say that the work stopped half-way; what it had written is undone already."""
    no_room = isinstance(error, OSError) and error.errno in (errno.ENOSPC, errno.EDQUOT)
    no_room = no_room or isinstance(error.__cause__ or error, DiskFull)  # the database's own disk
    for patience in range(PATIENCE):
        try:
            with acting_as(by):
                _set(
                    of,
                    state=State.FAILED,
                    stage="",
                    failure=progress.NO_ROOM if no_room else progress.STOPPED,
                )
            return
        except (
            OperationalError,
            InterfaceError,
        ):  # the database itself went away: it is said when it is back
            connection.close()
            time.sleep(min(patience, 5))


def _set(of: Import, **values: Any) -> None:
    for name, value in values.items():
        setattr(of, name, value)
    of.save(update_fields=list(values))


def say_stopped() -> None:
    """At the start of the job runner: what it was doing when it was killed is said to have stopped, to be done again."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT surveys_say_stopped(%s)", [progress.STOPPED])
