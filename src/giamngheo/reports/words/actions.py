"""What may be done with reports in words: one written by the job and kept as it was written; a Word template brought."""

import hashlib
import zlib

from django.core.cache import cache
from django.db import transaction
from django.utils import timezone

from giamngheo.access.models import Role, User
from giamngheo.access.queries import sees_figures_of, today
from giamngheo.access.scope import acting_as
from giamngheo.access.work import OPEN
from giamngheo.areas.models import Level, Unit
from giamngheo.audit.actions import record
from giamngheo.audit.models import Kind
from giamngheo.reports import errors
from giamngheo.reports.models import WordTemplate, Writing, WrittenReport
from giamngheo.reports.words.check import check
from giamngheo.reports.words.gather import gather
from giamngheo.reports.words.kinds import KINDS, Asked
from giamngheo.reports.words.queries import progress_key
from giamngheo.resolution.periods import Span, parse_period

#: Who has reports in words written, each for the units whose figures they see.
WRITERS = (Role.PROVINCIAL_OFFICER, Role.LEADER, Role.DISTRICT_OFFICER, Role.COMMUNE_OFFICER)


@transaction.atomic
def ask(*, kind: str, unit: Unit, period: str, by: User) -> Writing:
    """Have a report in words of a unit written for a period, by the job runner.

    Raises MayNotWriteError, NoSuchPeriodError, NotEndedError, AlreadyWritingError.
    """
    if by.role not in WRITERS or unit.level > Level.COMMUNE or not sees_figures_of(unit.pk):
        raise errors.MayNotWriteError
    span = _span(kind, period)
    if span.last > today():
        raise errors.NotEndedError(last=span.last, today=today())
    if Writing.objects.filter(kind=kind, unit=unit, period=period, state__in=OPEN).exists():
        raise errors.AlreadyWritingError
    made = Writing.objects.create(kind=kind, unit=unit, period=period, asked_by=by)
    from giamngheo.reports.jobs import write_report  # the job room imports this one

    write_report.defer(writing=made.pk, user=by.pk)
    return made


def _span(kind: str, period: str) -> Span:
    try:
        span = parse_period(period)
    except ValueError as error:
        raise errors.NoSuchPeriodError(period=period) from error
    if kind not in KINDS or KINDS[kind].span != span.kind:
        raise errors.NoSuchPeriodError(period=period)
    return span


def run(pk: int, user: User) -> None:
    """What the job does of a writing that was taken up."""
    with acting_as(user):
        write(Writing.objects.select_related("unit").get(pk=pk), by=user)


@transaction.atomic
def write(writing: Writing, *, by: User) -> WrittenReport:
    """Gather the document as the acting person sees the figures, and keep it. Raises UnknownResolutionError."""
    asked = Asked(writing.kind, parse_period(writing.period))
    document = gather(
        writing.unit,
        asked,
        made_on=today(),
        seen_by=by,
        told=lambda done: cache.set(progress_key(writing), done, 3600),
    )
    row = WrittenReport.objects.create(
        writing=writing,
        kind=writing.kind,
        unit=writing.unit,
        period=writing.period,
        content=zlib.compress(document.canonical().encode(), 6),
        fingerprint=document.fingerprint,
        written_at=timezone.now(),
        written_by=by,
    )
    writing.state, writing.finished_at = Writing.State.DONE, timezone.now()
    writing.save()
    details = {"kind": row.kind, "unit": row.unit.code, "period": row.period, "fingerprint": row.fingerprint}
    record(kind=Kind.EXPORT, subject="reports_writtenreport", row=row.pk, details=details, by=by)
    return row


@transaction.atomic
def bring_template(*, content: bytes, file_name: str, by: User) -> WordTemplate:
    """Use a Word template of the province from now on; it is filled in for a trial first. Raises errors.TemplateError."""
    if by.role != Role.PROVINCIAL_OFFICER:
        raise errors.NotTemplateOwnerError
    check(content)
    return _keep(content, file_name[:200], by)


@transaction.atomic
def use_own_template(*, by: User) -> WordTemplate:
    """Use the system's own template again. Raises NotTemplateOwnerError."""
    if by.role != Role.PROVINCIAL_OFFICER:
        raise errors.NotTemplateOwnerError
    return _keep(b"", "", by)


def _keep(content: bytes, file_name: str, by: User) -> WordTemplate:
    made = WordTemplate.objects.create(content=content, file_name=file_name, brought_by=by)
    details = {"file": file_name, "bytes": len(content), "sha256": hashlib.sha256(content).hexdigest()}
    record(kind=Kind.LOAD, subject="reports_wordtemplate", row=made.pk, details=details, by=by)
    return made
