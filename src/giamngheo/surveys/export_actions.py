"""Asking for a file, making it, and fetching it: small ones at once, large ones as a job; each one recorded."""

import time
import uuid
from contextlib import suppress
from pathlib import Path

from django.conf import settings
from django.core.cache import cache
from django.db import transaction
from django.db.models import QuerySet

from giamngheo.access.models import User
from giamngheo.access.scope import acting_as
from giamngheo.areas.models import Unit
from giamngheo.audit.actions import record
from giamngheo.audit.models import Kind
from giamngheo.surveys import errors
from giamngheo.surveys.exports import visits_to_export, write_households
from giamngheo.surveys.models import Export, Round

#: A file of more households than this takes over two seconds and is made as a job.
AT_ONCE = 1000
FOLDER = "exports"
#: A file of households lies here for so many days; after that it must be asked for again.
KEPT_DAYS = 7


def exports_of(*, seen_by: User) -> QuerySet[Export]:
    """The files a person asked for (an auditor sees everyone's), the latest first."""
    return Export.objects.select_related("round", "unit").order_by("-pk")


@transaction.atomic
def ask_for_households(*, round: Round, unit: Unit, format: str, poor_only: bool = False, by: User) -> Export:
    """Ask for the households of `unit` in a round as a file. A small one is there at once; a large one is a job."""
    if not by.sees_households:
        raise errors.FiguresOnlyError
    if format not in Export.Format.values:
        raise errors.NoSuchFormatError(format=format)
    total = visits_to_export(round, unit, poor_only=poor_only, seen_by=by).order_by().count()
    export = Export.objects.create(
        round=round,
        unit=unit,
        kind=Export.Kind.HOUSEHOLDS,
        format=format,
        poor_only=poor_only,
        total=total,
        created_by=by,
    )
    details = {
        "round": round.name,
        "unit": unit.code,
        "format": format,
        "poor_only": poor_only,
        "rows": total,
    }
    record(kind=Kind.EXPORT, subject="surveys_export", row=export.pk, details=details, by=by)
    if total <= AT_ONCE:
        make(export)
    else:
        from giamngheo.surveys.jobs import make_export  # the job room imports this one

        make_export.defer(export=export.pk, user=by.pk)
    return export


class CancelledError(Exception):
    """The person no longer wants the file that is being written."""


def make(export: Export) -> None:
    """Write the file of an export as the person who asked for it, who must be the acting person. Raises CancelledError.

    Files that have lain too long are taken away first.
    """
    sweep()
    name = f"{uuid.uuid4().hex}.{'xlsx' if export.format == Export.Format.XLSX else 'zip'}"
    path = folder() / name
    try:
        done = write_households(
            path,
            export.format,
            export.round,
            export.unit,
            poor_only=export.poor_only,
            told=lambda n: _told(export, n),
            seen_by=export.created_by,
        )
    except BaseException:
        for part in path.parent.glob(f"{path.stem}*"):
            part.unlink()
        raise
    export.state, export.done, export.stored_as = Export.State.DONE, done, name
    export.save(update_fields=["state", "done", "stored_as"])


def _told(export: Export, written: int) -> None:
    """Note how far the file is; stop here if it was cancelled meanwhile."""
    cache.set(_key(export), written, 3600)
    if Export.objects.filter(pk=export.pk, state=Export.State.CANCELLED).exists():
        raise CancelledError


def cancel(export: Export, *, by: User) -> None:
    """Let go of a file that is not there yet; what is written of it is taken away."""
    unfinished = Export.objects.filter(pk=export.pk, created_by=by).exclude(state=Export.State.DONE)
    unfinished.update(state=Export.State.CANCELLED)


def sweep(*, now: float | None = None) -> int:
    """Take away files older than KEPT_DAYS; how many. The record of who took what stays."""
    oldest = (time.time() if now is None else now) - KEPT_DAYS * 86_400
    old = [file for file in folder().iterdir() if file.is_file() and file.stat().st_mtime < oldest]
    for file in old:
        file.unlink(missing_ok=True)
    return len(old)


def run(pk: int, user: User) -> None:
    """The job. Its state is committed apart from the long writing, so that pages see how it goes."""
    with acting_as(user):
        if not Export.objects.filter(pk=pk, state=Export.State.WAITING).update(state=Export.State.WORKING):
            return
    with suppress(CancelledError), acting_as(user):
        make(Export.objects.select_related("round", "unit", "created_by").get(pk=pk))


def fail(pk: int, user: User, failure: str) -> None:
    """The file could not be made; says why."""
    with acting_as(user):
        Export.objects.filter(pk=pk).update(state=Export.State.FAILED, failure=failure[:2000])


def progress_of(export: Export) -> int:
    """How many households are written so far."""
    return export.done if export.finished else int(cache.get(_key(export), 0))


def is_kept(export: Export) -> bool:
    """Whether the file of a finished export still lies there."""
    return export.state == Export.State.DONE and path_of(export).is_file()


def path_of(export: Export) -> Path:
    """Where the file lies; the last part of its name says what it is."""
    return folder() / export.stored_as


def folder() -> Path:
    place = Path(settings.MEDIA_ROOT) / FOLDER
    place.mkdir(parents=True, exist_ok=True, mode=0o700)
    return place


def _key(export: Export) -> str:
    return f"export-{export.pk}"
