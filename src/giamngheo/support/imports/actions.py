"""What may be done with an agency's workbook: received, read, doubtful matches settled, applied as a whole, let go.

Reading and applying are jobs; their state is committed apart from their work, which is one transaction.
"""

import datetime as dt
import hashlib
import os
import shutil
import uuid
from collections import Counter
from collections.abc import Iterable
from pathlib import Path
from typing import Any

from django.conf import settings
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from giamngheo.access.models import User
from giamngheo.access.queries import today
from giamngheo.access.scope import acting_as
from giamngheo.base.sheets import SheetError
from giamngheo.registry.models import Household, Person
from giamngheo.support import errors
from giamngheo.support.actions.deliveries import as_row
from giamngheo.support.imports.check import Ready, ready_rows
from giamngheo.support.imports.match import Match, known_persons, match
from giamngheo.support.imports.read import Found, ReadBook, Told, read
from giamngheo.support.models import (
    Agency,
    Delivery,
    Intake,
    IntakeProblem,
    IntakeRow,
    KnownAs,
    LoanStanding,
)
from giamngheo.support.rights import find_policy
from giamngheo.support.tally import count_years

State, How = Intake.State, IntakeRow.How
_DATES = ("birth_date", "since", "until", "given_on")


def folder(of: Intake) -> Path:
    """Where the workbook lies; readable by the software alone."""
    return Path(settings.MEDIA_ROOT) / "intakes" / of.stored_as


def receive(*, agency: str, policy: str, file_name: str, blocks: Iterable[bytes], by: User) -> Intake:
    """Store a workbook and queue its reading; `policy` is that of every row, '' where the sheet says it.

    Raises IntakeError; then nothing is kept. A file of the same content that was applied already is SameFileError.
    """
    if not by.writes_households:
        raise errors.NotWriterError
    if agency not in Agency.values or (policy and not find_policy(policy)):
        raise errors.WrongStateError(state=policy or agency)
    of = Intake(
        agency=agency,
        policy=find_policy(policy),
        file_name=Path(file_name).name[:200],
        stored_as=uuid.uuid4().hex,
        created_by=by,
    )
    place = folder(of)
    place.mkdir(parents=True, mode=0o700)
    try:
        of.sha256 = _store(place / f"workbook{Path(of.file_name).suffix.lower()[:5]}", blocks)
        same = Intake.objects.filter(
            sha256=of.sha256, agency=agency, policy=of.policy, state=State.APPLIED
        ).first()
        if same and same.applied_at:
            raise errors.SameFileError(on=timezone.localtime(same.applied_at).date())
        of.save()
    except BaseException:
        shutil.rmtree(place, ignore_errors=True)
        raise
    _queue_check(of, by)
    return of


def _store(path: Path, blocks: Iterable[bytes]) -> str:
    digest, size = hashlib.sha256(), 0
    with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as file:
        for block in blocks:
            size += len(block)
            if size > settings.UPLOAD_LIMIT:
                raise errors.TooLargeError(limit=settings.UPLOAD_LIMIT // (1024 * 1024))
            digest.update(block)
            file.write(block)
    return digest.hexdigest()


def _queue_check(of: Intake, by: User) -> None:
    from giamngheo.support.jobs import check_intake  # the job room imports this one

    _set(of, state=State.RECEIVED, stage="", failure="")
    check_intake.defer(pk=of.pk, user=by.pk)


def read_again(*, of: Intake, by: User) -> None:
    """Queue the reading once more: it stopped half-way, or the register has changed."""
    if of.state not in (State.FAILED, State.REFUSED, State.CHECKED, State.MATCHING):
        raise errors.WrongStateError(state=of.get_state_display())
    _queue_check(of, by)


@transaction.atomic
def queue_apply(*, of: Intake, by: User) -> None:
    """Queue the writing of a checked workbook. Raises DoubtsLeftError, WrongStateError."""
    from giamngheo.support.jobs import apply_intake

    held = Intake.objects.select_for_update().get(pk=of.pk)
    if left := held.rows.filter(how=How.DOUBTFUL).count():
        raise errors.DoubtsLeftError(n=left)
    if held.state not in (State.CHECKED, State.MATCHING):
        raise errors.WrongStateError(state=held.get_state_display())
    _set(held, state=State.APPLYING, stage=_("Đang ghi vào sổ"))
    apply_intake.defer(pk=of.pk, user=by.pk)


@transaction.atomic
def cancel(*, of: Intake, by: User) -> None:
    """Let go of a workbook that was not applied; the record of it stays, its rows and file go."""
    held = Intake.objects.select_for_update().get(pk=of.pk)
    if held.state in (State.APPLYING, State.APPLIED):
        raise errors.WrongStateError(state=held.get_state_display())
    held.rows.all().delete()
    _set(held, state=State.CANCELLED, stage="")
    transaction.on_commit(lambda: shutil.rmtree(folder(held), ignore_errors=True))


@transaction.atomic
def settle(*, row: IntakeRow, person: int | None, by: User) -> None:
    """Say who a doubtful row means, one of its candidates or nobody (then it is left out); remembered for the agency.

    Raises OutsideAreaError where the person is none of the candidates.
    """
    held = IntakeRow.objects.select_for_update(of=("self",)).select_related("of").get(pk=row.pk)
    if held.of.state not in (State.MATCHING, State.CHECKED):
        raise errors.WrongStateError(state=held.of.get_state_display())
    if person is not None and person not in [candidate[0] for candidate in held.candidates]:
        raise errors.OutsideAreaError
    known = known_persons([person] if person else []).get(person or 0)
    held.how = How.PERSON if known else How.NOBODY
    held.person_id = person
    held.household_id, held.village_id = (known.household, known.village) if known else (None, None)
    held.decided_at, held.decided_by = timezone.now(), by
    held.save()
    if known and person:
        KnownAs.objects.update_or_create(
            agency=held.of.agency,
            identity=held.identity,
            defaults={
                "person_id": person,
                "village_id": known.village,
                "decided_at": held.decided_at,
                "decided_by": by,
            },
        )
    if held.of.state == State.MATCHING and not held.of.rows.filter(how=How.DOUBTFUL).exists():
        _set(held.of, state=State.CHECKED)


def check(pk: int, *, by: User) -> None:
    """The job: read, match, check, and show what writing it would do; nothing else is written."""
    with acting_as(by):
        if not Intake.objects.filter(pk=pk, state=State.RECEIVED).update(
            state=State.READING, stage=_("Đang đọc tệp")
        ):
            return
        of = Intake.objects.get(pk=pk)
    try:
        book = read(next(folder(of).glob("workbook*")), has_policy=bool(of.policy))
        with acting_as(by):
            _set(of, stage=_("Đang dò %(n)s dòng với sổ") % {"n": len(book.rows)})
        with acting_as(by):
            day = today()
            matches = match(book.rows, agency=of.agency, day=day)
            ready = _checked(book, matches, of, day)
            _keep(of, book, matches, ready)
    except SheetError as error:
        book = ReadBook()
        book.add(None, f"file_{error.code}", dict(error.params))
        with acting_as(by):
            _keep(of, book, {}, [])
    except BaseException:
        fail(pk, by, _("Dừng giữa chừng; chưa có gì được ghi. Hãy bấm “Làm lại”."))
        raise


def _checked(book: ReadBook, matches: dict[int, Match], of: Intake, day: dt.date) -> list[Ready]:
    known = known_persons(match.person for match in matches.values() if match.person)
    return ready_rows(book, matches, known, agency=of.agency, policy=of.policy, day=day)


def _keep(of: Intake, book: ReadBook, matches: dict[int, Match], ready: list[Ready]) -> None:
    _keep_problems(of, book.problems)
    of.rows.all().delete()
    known = known_persons(match.person for match in matches.values() if match.person)
    IntakeRow.objects.bulk_create(
        (_row(of, told, matches[told.row], known) for told in book.rows if told.row in matches),
        batch_size=2000,
    )
    how = Counter(match.how for match in matches.values())
    wrong = sum(not problem.warning for problem in book.problems)
    counts: dict[str, Any] = {
        "rows": len(book.rows),
        "ready": len(ready),
        "amount": sum(one.given.amount or 0 for one in ready),
        "written_already": sum(problem.code == "written_already" for problem in book.problems),
        "problems": wrong,
        "warnings": len(book.problems) - wrong,
        "more_problems": book.more_problems,
        "how": dict(how),
    }
    state = State.REFUSED if wrong else State.MATCHING if how[How.DOUBTFUL] else State.CHECKED
    _set(of, state=state, stage="", counts=counts)


def _keep_problems(of: Intake, problems: list[Found]) -> None:
    IntakeProblem.objects.filter(of=of).delete()
    IntakeProblem.objects.bulk_create(
        IntakeProblem(
            of=of,
            sheet=p.sheet,
            row=p.row,
            column=p.column,
            value=p.value,
            code=p.code,
            params=p.params,
            warning=p.warning,
        )
        for p in problems
    )


def _row(of: Intake, told: Told, match: Match, known: dict[int, Any]) -> IntakeRow:
    who = known.get(match.person or 0)
    values = {
        key: value.isoformat() if isinstance(value, dt.date) else value for key, value in told.values.items()
    }
    return IntakeRow(
        of=of,
        row=told.row,
        values=values,
        identity=told.identity,
        how=match.how,
        person_id=match.person,
        household_id=who.household if who else None,
        village_id=who.village if who else None,
        candidates=match.candidates,
    )


def write(pk: int, *, by: User) -> None:
    """The job: check once more against the register as it is, then write every delivery in one transaction, or nothing."""
    with acting_as(by):
        of = Intake.objects.filter(pk=pk, state=State.APPLYING).first()
    if of is None:
        return
    try:
        with acting_as(by):
            book, matches = _settled_rows(of)
            ready = _checked(book, matches, of, today())
            if book.wrong:  # the register changed since the check
                _keep_problems(of, book.problems)
                _set(of, state=State.REFUSED, stage="")
                return
            _write(of, ready, by)
            counts = {**of.counts, "written": len(ready), "left_out": of.rows.count() - len(book.rows)}
            _set(of, state=State.APPLIED, stage="", counts=counts, applied_at=timezone.now())
    except BaseException:
        fail(pk, by, _("Dừng giữa chừng; chưa có gì được ghi. Hãy bấm “Làm lại”."))
        raise


def _settled_rows(of: Intake) -> tuple[ReadBook, dict[int, Match]]:
    """The rows as kept and settled; those that somebody said mean nobody are left out."""
    book, matches = ReadBook(), {}
    for kept in of.rows.exclude(how=How.NOBODY).order_by("row"):
        values = {
            key: dt.date.fromisoformat(value) if key in _DATES else value
            for key, value in kept.values.items()
        }
        book.rows.append(Told(kept.row, values))
        matches[kept.row] = Match(kept.how, kept.person_id, kept.household_id)
    return book, matches


def _write(of: Intake, ready: list[Ready], by: User) -> None:
    rows = []
    for one in ready:
        household = Household(id=one.household, village_id=one.village)
        person = Person(id=one.person) if one.person else None
        rows.append(as_row(one.given, household, person, by=by, intake=of, row=one.row))
    written = Delivery.objects.bulk_create(rows, batch_size=2000)
    loans = [(d, one) for d, one in zip(written, ready, strict=True) if one.outstanding is not None]
    LoanStanding.objects.bulk_create(
        LoanStanding(
            delivery=delivery,
            village_id=delivery.village_id,
            on=today(),
            outstanding=one.outstanding or 0,
            overdue=one.overdue,
            recorded_at=timezone.now(),
            recorded_by=by,
        )
        for delivery, one in loans
    )
    count_years({row.given_on.year for row in written}, {row.village_id for row in written})


def fail(pk: int, by: User, words: str) -> None:
    """Say that the work stopped half-way; what it had written is undone already."""
    with acting_as(by):
        Intake.objects.filter(pk=pk).update(state=State.FAILED, stage="", failure=words)


def _set(of: Intake, **values: Any) -> None:
    for name, value in values.items():
        setattr(of, name, value)
    of.save(update_fields=list(values))
