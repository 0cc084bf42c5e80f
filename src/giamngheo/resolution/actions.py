"""What may be done with reported figures: reported, confirmed by a second person, corrected by a new row; periods closed; bodies assigned."""

import datetime as dt
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import IO

from django.conf import settings
from django.db import IntegrityError, transaction
from django.utils import timezone

from giamngheo.access.models import Role, User
from giamngheo.audit.actions import record
from giamngheo.audit.models import Kind
from giamngheo.base import scans
from giamngheo.resolution import errors
from giamngheo.resolution.clauses import Resolution
from giamngheo.resolution.dues import REPORTERS, closing_of, reported_indicators
from giamngheo.resolution.models import BodyAssignment, PeriodClosing, ReportedFigure
from giamngheo.resolution.periods import parse_period
from giamngheo.resolution.queries import closed_periods
from giamngheo.resolution.reported import Checked, Given, check


def report(
    *, resolution: Resolution, given: Given, today: dt.date, file: IO[bytes] | None = None, by: User
) -> ReportedFigure:
    """Write one figure; it counts once a second person confirms it.

    Raises NotAReporterError, EvidenceRefusedError, or FigureRefusedError with everything that is wrong.
    """
    _reporter(by)
    evidence = _evidence(file)
    return _write(_checked(resolution, given, today, None, by), evidence, by=by)


@transaction.atomic
def correct(
    *,
    figure: ReportedFigure,
    resolution: Resolution,
    given: Given,
    reason: str,
    today: dt.date,
    file: IO[bytes] | None = None,
    by: User,
) -> ReportedFigure:
    """A new row in the place of one in force, which stays and is retired. Until it is confirmed, neither counts.

    Raises NoReasonError, ReplacedError and what `report` raises.
    """
    _reporter(by)
    if not reason.strip():
        raise errors.NoReasonError
    evidence = _evidence(file)
    held = _in_force(figure)
    same = replace(given, indicator=held.indicator, unit=held.unit.code, period=held.period)
    ready = _checked(resolution, same, today, held, by)
    if evidence == ("", ""):
        evidence = held.evidence, held.evidence_name
    held.retired_at = timezone.now()
    held.save(update_fields=["retired_at"])
    return _write(ready, evidence, replaces=held, reason=reason.strip(), by=by)


def report_all(*, ready: Sequence[Checked], by: User) -> int:
    """Write the figures of a workbook that was found in order, all or none; how many were new.

    Raises FigureRefusedError if one of them was reported by somebody else meanwhile.
    """
    _reporter(by)
    rows = [_row(one, ("", ""), by) for one in ready if not one.same]
    try:
        with transaction.atomic():
            ReportedFigure.objects.bulk_create(rows, batch_size=1000)
    except IntegrityError as error:
        raise errors.ReportedMeanwhileError from error
    return len(rows)


@transaction.atomic
def confirm(*, figure: ReportedFigure, by: User) -> None:
    """A second person stands by the figure. Raises OwnFigureError, AlreadyConfirmedError, ReplacedError, PeriodClosedError."""
    _reporter(by)
    held = _in_force(figure)
    if held.confirmed:
        raise errors.AlreadyConfirmedError
    if held.entered_by_id == by.pk:
        raise errors.OwnFigureError
    _open(held.period, by)
    held.confirmed_at, held.confirmed_by = timezone.now(), by
    held.save(update_fields=["confirmed_at", "confirmed_by"])


@transaction.atomic
def close_period(*, period: str, today: dt.date, by: User) -> PeriodClosing:
    """From now on no figure of the period is entered, confirmed or corrected. Raises PeriodNotOverError, PeriodClosedError."""
    _provincial(by)
    span = parse_period(period)
    if span.last >= today:
        raise errors.PeriodNotOverError(period=span.words())
    _open(period, by)
    return PeriodClosing.objects.create(period=period, closed_at=timezone.now(), closed_by=by)


@transaction.atomic
def open_period(*, period: str, reason: str, by: User) -> None:
    """Open a closed period again, with the reason. Raises NoReasonError, NotClosedError."""
    _provincial(by)
    if not reason.strip():
        raise errors.NoReasonError
    held = PeriodClosing.objects.select_for_update().filter(period=period, opened_at=None).first()
    if held is None:
        raise errors.NotClosedError(period=period)
    held.opened_at, held.opened_by, held.reason = timezone.now(), by, reason.strip()
    held.save(update_fields=["opened_at", "opened_by", "reason"])


@transaction.atomic
def assign(*, resolution: Resolution, indicator: str, body: str, note: str = "", by: User) -> BodyAssignment:
    """The province says which body answers for an indicator. Raises TwoBodiesError where it said another: take that back first."""
    _provincial(by)
    if body not in resolution.bodies or indicator not in {
        one.slug for one in reported_indicators(resolution)
    }:
        raise errors.UnknownBodyError(body=body)
    held = BodyAssignment.objects.select_for_update().filter(indicator=indicator, retired_at=None).first()
    if held:
        name = resolution.bodies[held.body].name() if held.body in resolution.bodies else held.body
        raise errors.TwoBodiesError(indicator=indicator, body=name)
    return BodyAssignment.objects.create(
        indicator=indicator, body=body, note=note.strip(), decided_at=timezone.now(), decided_by=by
    )


def take_back(*, indicator: str, by: User) -> None:
    """What the resolution's file says holds again."""
    _provincial(by)
    BodyAssignment.objects.filter(indicator=indicator, retired_at=None).update(retired_at=timezone.now())


def read_evidence(*, figure: ReportedFigure, by: User) -> bytes:
    """The scan kept with a figure; the reading is recorded. Raises ValueError if it is not what was kept."""
    content = scans.read(_folder(), figure.evidence)
    record(kind=Kind.READ, subject="resolution_reportedfigure", row=figure.pk, by=by)
    return content


def _reporter(by: User) -> None:
    if by.role not in REPORTERS:
        raise errors.NotAReporterError


def _provincial(by: User) -> None:
    if by.role != Role.PROVINCIAL_OFFICER:
        raise errors.NotProvincialOfficerError


def _open(period: str, by: User) -> None:
    if closing_of(period, closed_periods(seen_by=by)):
        raise errors.PeriodClosedError(period=parse_period(period).words())


def _in_force(figure: ReportedFigure) -> ReportedFigure:
    held = ReportedFigure.objects.select_for_update(of=("self",)).select_related("unit").get(pk=figure.pk)
    if held.retired_at:
        raise errors.ReplacedError
    return held


def _checked(
    resolution: Resolution, given: Given, today: dt.date, correcting: ReportedFigure | None, by: User
) -> Checked:
    (found,) = check([given], resolution, today=today, correcting=correcting, seen_by=by)
    if found.same:
        raise errors.FigureRefusedError([("value", str(errors.SameFigureError()))])
    if found.faults:
        raise errors.FigureRefusedError([(fault.field, fault.sentence) for fault in found.faults])
    return found


def _row(found: Checked, evidence: tuple[str, str], by: User) -> ReportedFigure:
    given = found.given
    assert found.value is not None  # a figure without a value has a fault
    return ReportedFigure(
        indicator=given.indicator,
        unit=found.unit,
        period=given.period,
        numerator=given.numerator,
        denominator=given.denominator,
        value=found.value,
        body=given.body,
        evidence=evidence[0],
        evidence_name=evidence[1],
        note=given.note.strip(),
        entered_at=timezone.now(),
        entered_by=by,
    )


def _write(
    found: Checked,
    evidence: tuple[str, str],
    *,
    replaces: ReportedFigure | None = None,
    reason: str = "",
    by: User,
) -> ReportedFigure:
    row = _row(found, evidence, by)
    row.replaces, row.reason = replaces, reason
    try:
        with transaction.atomic():
            row.save()
    except IntegrityError as error:
        raise errors.ReportedMeanwhileError from error
    return row


def _evidence(file: IO[bytes] | None) -> tuple[str, str]:
    """The scan kept, and its name; nothing where none was given. Raises EvidenceRefusedError."""
    if file is None:
        return "", ""
    content, name = file.read(scans.MOST + 1), Path(getattr(file, "name", "")).name[:200]
    if not scans.media_type(content):
        raise errors.EvidenceRefusedError(name=name, most=scans.MOST // 1024**2)
    return scans.keep(_folder(), content), name


def _folder() -> Path:
    return Path(settings.MEDIA_ROOT) / "papers"
