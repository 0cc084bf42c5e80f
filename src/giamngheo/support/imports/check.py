"""What a workbook's rows would write, each checked against the register: deliveries ready, and every problem by row."""

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from giamngheo.areas.errors import NotThenError
from giamngheo.areas.models import Level, Unit
from giamngheo.areas.queries import unit_on
from giamngheo.base.text import format_date
from giamngheo.rules.policies import policies
from giamngheo.support.actions.deliveries import mark_of
from giamngheo.support.checks import Given, faults, standing_faults
from giamngheo.support.imports.match import Known, Match, bare_name
from giamngheo.support.imports.read import ReadBook, Told
from giamngheo.support.models import Delivery, IntakeRow, SupportLine, SupportList
from giamngheo.support.rights import benefit_of, find_policy, kind_of

How = IntakeRow.How


@dataclass(frozen=True)
class Ready:
    """A delivery as it would be written, and the standing of a loan that comes with it."""

    row: int
    given: Given
    household: int
    village: int
    person: int | None
    mark: str
    outstanding: int | None = None
    overdue: int = 0


def ready_rows(
    book: ReadBook,
    matches: dict[int, Match],
    known: dict[int, Known],
    *,
    agency: str,
    policy: str,
    day: dt.date,
) -> list[Ready]:
    """The rows that can be written; what can't is told in `book`, by row and column. Doubtful rows are neither."""
    _check_units(book, day)
    found: list[Ready] = []
    for row in book.rows:
        match = matches[row.row]
        if match.how == How.NOBODY:
            _nobody(row, book)
            continue
        who = known.get(match.person or 0)
        told = _given(row, agency, policy, book)
        if told is None:
            continue
        wrong = faults(told, on=day, name=who.name if who else row.name, died_on=who.died_on if who else None)
        if "outstanding" in row.values:
            wrong += standing_faults(row.values["outstanding"] or 0, row.values.get("overdue") or 0)
        for fault in wrong:
            value = row.values.get(fault.field, row.name)
            book.add(row.row, fault.code, dict(fault.params), column=fault.field, value=value)
        if who and not wrong:
            found.append(_ready(row, told, who))
    found = _with_dues(found, book)
    _twice(found, book)
    return _unwritten(found, book)


def _nobody(row: Told, book: ReadBook) -> None:
    number = row.values.get("household_number")
    if number and not row.name:
        book.add(row.row, "unknown_household", {"number": number}, column="household_number", value=number)
    else:
        book.add(row.row, "unknown_person", {"name": row.name}, column="full_name", value=row.name)


def _given(row: Told, agency: str, policy: str, book: ReadBook) -> Given | None:
    """The row as a delivery; None, and the problem told, where the day or the policy is missing."""
    values = row.values
    named = str(values.get("policy") or policy)
    slug = find_policy(named)
    if not slug:
        book.add(row.row, "unknown_policy", {"policy": named}, column="policy", value=named)
        return None
    if "given_on" not in values:
        book.add(row.row, "needed", {"name": "Ngày cấp"}, column="given_on")
        return None
    benefits = {benefit.code: benefit for benefit in policies()[slug].benefits}
    benefit = benefits.get(str(values.get("benefit") or "")) or benefit_of(
        policies()[slug], item=bool(values.get("item"))
    )
    since = values.get("since") or values["given_on"]
    quantity = values.get("quantity")
    return Given(
        policy=slug,
        benefit=benefit.code,
        kind=kind_of(benefit),
        since=since,
        until=values.get("until") or max(since, values["given_on"]),
        given_on=values["given_on"],
        agency=agency,
        amount=values.get("amount"),
        item=str(values.get("item") or ("" if values.get("amount") is not None else benefit.name.vi[:80])),
        quantity=None if quantity is None else Decimal(str(quantity)),
        measure=str(values.get("measure") or ""),
        source=str(values.get("source") or ""),
        evidence=str(values.get("evidence") or ""),
    )


def _ready(row: Told, given: Given, who: Known) -> Ready:
    person = who.person if policies()[given.policy].unit == "person" else None
    return Ready(
        row.row,
        given,
        who.household,
        who.village,
        person,
        mark_of(given, who.household, person),
        row.values.get("outstanding"),
        row.values.get("overdue") or 0,
    )


def _with_dues(found: list[Ready], book: ReadBook) -> list[Ready]:
    """Without those whose amount is about a thousandth of what the decided lists say is due."""
    dues: dict[tuple[str, str, int, int | None], int | None] = {
        (policy, benefit, household, person): amount
        for policy, benefit, household, person, amount in SupportLine.objects.filter(
            of__state=SupportList.State.DECIDED,
            of__policy__in={ready.given.policy for ready in found},
            household__in={ready.household for ready in found},
            amount__isnull=False,
        ).values_list("of__policy", "benefit", "household_id", "person_id", "amount")
    }
    kept = []
    for ready in found:
        key = (ready.given.policy, ready.given.benefit, ready.household, ready.person)
        due, amount = dues.get(key), ready.given.amount
        if due and amount and amount * 1000 <= 3 * due:
            words = {"value": f"{amount:,}".replace(",", "."), "due": f"{due:,}".replace(",", ".")}
            book.add(ready.row, "thousands_of_due", words, column="amount", value=amount)
        else:
            kept.append(ready)
    return kept


def _twice(found: list[Ready], book: ReadBook) -> None:
    seen: dict[tuple[Any, ...], Ready] = {}
    for ready in found:
        given = ready.given
        key = (given.policy, given.benefit, ready.household, ready.person, given.since, given.until)
        before = seen.setdefault(key, ready)
        if before is ready:
            continue
        other = bool(given.evidence) and given.evidence != before.given.evidence
        code = "twice_other_evidence" if other else "twice_in_file"
        book.add(ready.row, code, {"row": before.row}, column="full_name", warning=other)


def _unwritten(found: list[Ready], book: ReadBook) -> list[Ready]:
    """Those not yet in the book; the others are told and passed over."""
    marks = {ready.mark for ready in found}
    written = set(
        Delivery.objects.filter(mark__in=marks, retired_at__isnull=True).values_list("mark", flat=True)
    )
    for ready in found:
        if ready.mark in written:
            book.add(ready.row, "written_already", column="", warning=True)
    return [ready for ready in found if ready.mark not in written]


def _check_units(book: ReadBook, day: dt.date) -> None:
    """Every commune named, by code or by name, must have been there on the day of the delivery."""
    named = list(
        Unit.objects.filter(level=Level.COMMUNE).values_list("code", "folded", "valid_from", "valid_to")
    )
    codes = {code for code, *_rest in named}
    told: dict[tuple[str, str, dt.date], tuple[str, dict[str, Any]] | None] = {}
    for row in book.rows:
        code, name = str(row.values.get("commune_code") or ""), bare_name(row.values.get("commune"))
        on = row.values.get("given_on") or day
        if not (code or name) or on > day:
            continue
        if (code, name, on) not in told:
            told[code, name, on] = _unit_problem(code, name, on, codes, named)
        if problem := told[code, name, on]:
            column = "commune_code" if code else "commune"
            book.add(row.row, problem[0], problem[1], column=column, value=row.values.get(column, ""))


def _unit_problem(
    code: str, name: str, on: dt.date, codes: set[str], named: Iterable[tuple[Any, ...]]
) -> tuple[str, dict[str, Any]] | None:
    lives = [
        (one, first, last) for one, folded, first, last in named if (one == code if code else folded == name)
    ]
    if not lives:
        return "unknown_unit", {"name": code or name}
    if any(first <= on and (last is None or on <= last) for _c, first, last in lives):
        return None
    try:
        unit_on(lives[-1][0], on)
    except NotThenError as error:
        return "unit_gone", {"unit": code or name, "on": format_date(on), "heir": str(error)}
    return None
