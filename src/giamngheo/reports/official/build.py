"""The figures of a unit laid out as its reports: the places in rows, the form's columns, notes, and the checks."""

import datetime as dt
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from operator import itemgetter

from giamngheo.base.text import format_number
from giamngheo.reports.official.controls import check
from giamngheo.reports.official.errors import UnknownUnitError
from giamngheo.reports.official.forms import Form, form_of, forms_of
from giamngheo.reports.official.forms._form import OF_PERSONS
from giamngheo.reports.official.gather import Figures
from giamngheo.reports.official.report import (
    PERSONS,
    RURAL,
    URBAN,
    WHOLE,
    Column,
    Gap,
    Report,
    Row,
    Unit,
    Value,
)  # fmt: skip
from giamngheo.rules.standards import Words

TOTAL = Words("Tổng cộng", "Total")
_Laid = Callable[[list[int]], tuple[Value, ...]]


@dataclass(frozen=True)
class Issue:
    """When a set is made: the day whose state it shows, the day of its geography, and whether the data are made up."""

    on: dt.date
    geography: dt.date
    synthetic: bool = False


def build(slug: str, figures: Figures, unit: int, issue: Issue) -> Report:
    """One report of a unit with its own checks. Raises UnknownFormError, UnknownUnitError."""
    report = _laid_out(form_of(slug, figures.basis.generation), figures, _unit(figures, unit), issue)
    return replace(report, checks=tuple(check([report])))


def reports_of(figures: Figures, unit: int, issue: Issue) -> tuple[Report, ...]:
    """All reports of a unit in the order of their forms, each with its checks, also against the others."""
    place = _unit(figures, unit)
    reports = [_laid_out(form, figures, place, issue) for form in forms_of(figures.basis.generation)]
    return checked(reports)


def all_reports(figures: Figures, issue: Issue) -> Iterator[tuple[Unit, tuple[Report, ...]]]:
    """The sets of every unit that has others below it: province, districts, communes."""
    for unit in sorted(figures.units.by_id.values(), key=lambda unit: (unit.level, unit.code)):
        if figures.units.children(unit.id):
            yield unit, reports_of(figures, unit.id, issue)


def checked(reports: Sequence[Report]) -> tuple[Report, ...]:
    """The reports of a unit with what the controls find in them."""
    findings = check(reports)
    if not findings:
        return tuple(reports)
    return tuple(
        replace(report, checks=tuple(finding for finding in findings if finding.report == report.slug))
        for report in reports
    )


def _unit(figures: Figures, unit: int) -> Unit:
    if unit not in figures.units.by_id:
        raise UnknownUnitError(unit=unit)
    return figures.units.by_id[unit]


def columns_of(form: Form, figures: Figures, unit: int) -> tuple[Column, ...]:
    """The form's columns for a unit: ethnic groups have columns where there are any of them."""
    return form.columns(replace(figures.basis, groups=figures.groups(unit)))


def _laid_out(form: Form, figures: Figures, unit: Unit, issue: Issue) -> Report:
    basis = figures.basis
    columns = columns_of(form, figures, unit.id)
    lay = {measure: _laying(columns, figures, measure) for measure in form.measures}
    rows = tuple(
        Row(place, code, name, area, measure, lay[measure](sums))
        for place, code, name, area, sums in _places(figures, unit)
        for measure in form.measures
    )
    return Report(
        slug=form.slug,
        generation=basis.generation,
        number=form.number[basis.generation],
        title=form.titled(basis),
        unit=unit,
        year=basis.year,
        on=issue.on,
        geography=issue.geography,
        standard=basis.standard.slug,
        columns=columns,
        rows=rows,
        synthetic=issue.synthetic,
        notes=form.noted(basis),
        unverified=form.unverified.get(basis.generation),
        gaps=_gaps(form, figures, unit),
    )


def _places(figures: Figures, unit: Unit) -> Iterator[tuple[int, str, str, str, list[int]]]:
    """The units below, the parts of those that are both urban and rural, then the parts of the whole, and the whole."""
    for below in figures.units.children(unit.id):
        yield below.id, below.code, below.label, WHOLE, figures.of(below.id)
        yield from _parts(figures, below, below.label)
    yield from _parts(figures, unit, TOTAL.vi)
    yield unit.id, unit.code, TOTAL.vi, WHOLE, figures.of(unit.id)


def _parts(figures: Figures, unit: Unit, name: str) -> Iterator[tuple[int, str, str, str, list[int]]]:
    found = [
        (area, figures.sums[unit.id, area]) for area in (URBAN, RURAL) if (unit.id, area) in figures.sums
    ]
    if len(found) > 1:
        for area, sums in found:
            yield unit.id, unit.code, name, area, sums


def _laying(columns: tuple[Column, ...], figures: Figures, measure: str) -> _Laid:
    """How the sums of a place become the values of its row."""
    ending = OF_PERSONS if measure == PERSONS else ""
    places = [
        tuple(figures.index[quantity + ending] for quantity in (column.of or (column.quantity,)))
        for column in columns
    ]
    if len(places) > 1 and all(len(place) == 1 for place in places):
        return itemgetter(*(place[0] for place in places))
    return lambda sums: tuple(
        sums[place[0]] if len(place) == 1 else percent(sums[place[0]], sums[place[1]]) for place in places
    )


def percent(part: int, whole: int) -> float | None:
    """A share in per cent, rounded half up to two decimals in whole numbers; None where there is nothing to divide by."""
    return (part * 20000 + whole) // (2 * whole) / 100 if whole else None


def _gaps(form: Form, figures: Figures, unit: Unit) -> tuple[Gap, ...]:
    found = []
    for doubt in form.doubts:
        count = figures.one(doubt.quantity, unit.id)
        if count:
            words = Words(
                doubt.words.vi.format(count=format_number(count)),
                doubt.words.en.format(count=format_number(count, language="en")),
            )
            found.append(Gap(doubt.column, count, words))
    return tuple(found)
