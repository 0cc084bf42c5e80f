"""What may be done with official reports: all of a round made and kept as they stand, and the round closed on them."""

import datetime as dt
import hashlib
import zlib
from collections.abc import Callable, Iterator
from typing import Any

from django.core.cache import cache
from django.db import connection, transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from giamngheo.access.models import Role, User
from giamngheo.access.queries import installation, today
from giamngheo.access.scope import acting_as
from giamngheo.access.work import OPEN
from giamngheo.areas.models import Level, Within
from giamngheo.areas.queries import level_on, valid
from giamngheo.audit.actions import record
from giamngheo.audit.models import Kind
from giamngheo.reports import errors
from giamngheo.reports.models import Deadline, IssuedReport, Production
from giamngheo.reports.official.build import Issue, all_reports
from giamngheo.reports.official.frozen import canonical
from giamngheo.reports.official.gather import gather
from giamngheo.reports.official.report import Report
from giamngheo.reports.queries import basis_of, latest_rows, progress_key, units_on_day
from giamngheo.reviews.models import CommuneReview, Decision
from giamngheo.reviews.snapshot import ends_on, snapshot
from giamngheo.rules.procedures import procedure_on
from giamngheo.surveys.actions import close_round
from giamngheo.surveys.models import Round

Told = Callable[[int], None]

# A report that says what the last issue of its place, kind and day says is not kept twice.
_KEEP = """
INSERT INTO reports_issuedreport (production_id, round_id, deadline, as_of, unit_id, kind, place, content, fingerprint, blocked,
  findings, law, procedure, issued_at, issued_by_id)
SELECT %(production)s, %(round)s, %(deadline)s, %(as_of)s, m.unit, m.kind, m.place, m.content, m.fingerprint, m.blocked, m.findings,
  %(law)s, %(procedure)s, %(at)s, %(by)s
FROM made_report m LEFT JOIN (
  SELECT DISTINCT ON (unit_id, kind) unit_id, kind, fingerprint, law, procedure FROM reports_issuedreport
  WHERE round_id = %(round)s AND deadline = %(deadline)s AND as_of = %(as_of)s ORDER BY unit_id, kind, id DESC) AS l
  ON l.unit_id = m.unit AND l.kind = m.kind
WHERE (l.fingerprint, l.law, l.procedure) IS DISTINCT FROM (m.fingerprint, %(law)s, %(procedure)s)
ORDER BY m.nr
"""


@transaction.atomic
def ask(*, round: Round, deadline: str, as_of: dt.date, by: User) -> Production:
    """Have all reports of a round made as of a day, for one of the year's deadlines, by the job runner.

    Raises NotProvincialOfficerError, NotAnnualError, NoSuchDeadlineError, OutsideDaysError, AlreadyWorkingError.
    """
    _check_provincial(by)
    if round.kind != Round.Kind.ANNUAL:
        raise errors.NotAnnualError(round=round.name)
    if deadline not in Deadline.values:
        raise errors.NoSuchDeadlineError(deadline=deadline)
    if not round.opens <= as_of <= today():
        raise errors.OutsideDaysError(on=as_of, first=round.opens, last=today())
    _hold(round)
    if Production.objects.filter(round=round, state__in=OPEN).exists():
        raise errors.AlreadyWorkingError
    made = Production.objects.create(round=round, deadline=deadline, as_of=as_of, asked_by=by)
    from giamngheo.reports.jobs import make_reports  # the job room imports this one

    make_reports.defer(production=made.pk, user=by.pk)
    return made


def run(pk: int, user: User) -> None:
    """What the job does of a production that was taken up; the reports all or none."""
    with acting_as(user):
        make(Production.objects.select_related("round").get(pk=pk), by=user)


@transaction.atomic
def make(production: Production, *, by: User) -> Production:
    """Make and keep every report of every unit, as the acting person sees the register. Raises official.ReportError."""
    _check_provincial(by)
    round = production.round
    _hold(round)
    basis, day = basis_of(round), ends_on(round, production.as_of)
    figures = gather(snapshot(round, as_of=production.as_of, geography=day), units_on_day(day), basis)
    issue = Issue(on=production.as_of, geography=day, synthetic=installation().synthetic)
    production.total = production.blocked = 0
    words: dict[str, Any] = {
        "production": production.pk,
        "round": round.pk,
        "deadline": production.deadline,
        "as_of": production.as_of,
        "law": basis.standard.content_hash,
        "procedure": procedure_on(round.reference_date).content_hash,
        "at": timezone.now(),
        "by": by.pk,
    }

    def each() -> Iterator[tuple[int, Report]]:
        for _unit, reports in all_reports(figures, issue):
            cache.set(progress_key(production), production.total, 3600)
            for place, report in enumerate(reports):
                production.total += 1
                production.blocked += report.blocked
                yield place, report

    production.added = _keep(each(), words)
    production.state, production.finished_at = Production.State.DONE, timezone.now()
    production.save()
    details = {name: getattr(production, name) for name in ("deadline", "total", "added", "blocked")}
    details |= {"round": round.name, "as_of": production.as_of.isoformat()}
    record(kind=Kind.EXPORT, subject="reports_production", row=production.pk, details=details, by=by)
    return production


def _keep(made: Iterator[tuple[int, Report]], words: dict[str, Any]) -> int:
    """Lay the reports into the table; how many of them were not there yet."""
    with connection.cursor() as cursor:
        cursor.execute(
            "CREATE TEMP TABLE made_report (nr int, unit bigint, kind text, place smallint, content bytea, fingerprint text,"
            " blocked boolean, findings smallint) ON COMMIT DROP"
        )
        with cursor.copy("COPY made_report FROM STDIN (FORMAT binary)") as into:
            into.set_types(["int4", "int8", "text", "int2", "bytea", "text", "bool", "int2"])
            for number, (place, report) in enumerate(made):
                text = canonical(report).encode()
                into.write_row(
                    (
                        number,
                        report.unit.id,
                        report.slug,
                        place,
                        zlib.compress(text, 6),
                        hashlib.sha256(text).hexdigest(),
                        report.blocked,
                        len(report.checks),
                    )
                )
        cursor.execute(_KEEP, words)
        added: int = cursor.rowcount
        cursor.execute("DROP TABLE made_report")
    return added


@transaction.atomic
def close(*, round: Round, by: User) -> None:
    """The province closes a round: every commune has decided, and the official reports of just that hold.

    A regular round holds no list of its own and is simply closed. Raises UndecidedError, NotReportedError,
    FindingsStandError, NotProvincialOfficerError, surveys' RoundClosedError.
    """
    _check_provincial(by)
    if round.kind == Round.Kind.ANNUAL and round.is_open:
        _hold(round)
        _check_decided(round)
        _check_reports(round)
    close_round(round=round, by=by)


def _check_decided(round: Round) -> None:
    done = (CommuneReview.State.DECIDED, CommuneReview.State.REPORTED)
    decided = CommuneReview.objects.filter(round=round, state__in=done)
    lived_in = Within.objects.filter(
        valid(round.reference_date), unit_level=Level.VILLAGE, level=Level.COMMUNE
    ).values("ancestor")
    communes = level_on(Level.COMMUNE, round.reference_date).filter(pk__in=lived_in)
    open_ones = communes.exclude(pk__in=decided.values("commune"))
    if open_ones:
        raise errors.UndecidedError(count=len(open_ones), example=open_ones[0].name)


def _check_reports(round: Round) -> None:
    made = Production.objects.filter(
        round=round, deadline=Deadline.OFFICIAL, state=Production.State.DONE
    ).order_by("-pk")
    last = Decision.objects.filter(of__round=round).order_by("-made_at").first()
    latest = made.first()
    if latest is None or latest.finished_at is None:
        raise errors.NotReportedError
    if last is not None and (latest.finished_at < last.made_at or latest.as_of < last.decided_on):
        raise errors.NotReportedError
    standing: list[IssuedReport] = [
        row for row in latest_rows(round, Deadline.OFFICIAL, latest.as_of) if row.blocked
    ]
    if standing:
        example = _("%(report)s của %(unit)s") % {"report": standing[0].kind, "unit": standing[0].unit.name}
        raise errors.FindingsStandError(count=len(standing), example=example)


def _check_provincial(by: User) -> None:
    if by.role != Role.PROVINCIAL_OFFICER or not by.is_active:
        raise errors.NotProvincialOfficerError


def _hold(round: Round) -> None:
    """One at a time makes or closes the reports of a round, to the end of the transaction."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(7301, %s)", [round.pk])
