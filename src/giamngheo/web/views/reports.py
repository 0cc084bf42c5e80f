"""The official reports as issued: made by the province, read by unit, compared, taken away, and the households behind a cell."""

from collections.abc import Iterator
from typing import Any

from django import forms
from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import path, reverse
from django.utils.translation import get_language, gettext_lazy
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from giamngheo.access.models import Role
from giamngheo.areas.models import Level, Unit
from giamngheo.areas.queries import ancestors_on, children_on
from giamngheo.audit.models import Kind
from giamngheo.registry.models import Household
from giamngheo.reports import actions, queries
from giamngheo.reports.errors import IssueError
from giamngheo.reports.models import Deadline, IssuedReport, Production
from giamngheo.reports.official.behind import Cell
from giamngheo.reports.official.errors import ReportError
from giamngheo.reports.official.frozen import compare
from giamngheo.reports.official.layout import (
    Line,
    form_words,
    heads,
    is_list,
    lines,
    numbering,
    shown,
    subtitle,
)
from giamngheo.reports.official.report import Report
from giamngheo.reviews.snapshot import ends_on
from giamngheo.rules.procedures import procedure_on
from giamngheo.surveys.errors import SurveyError
from giamngheo.surveys.models import Round
from giamngheo.surveys.queries import rounds
from giamngheo.web.requests import Request
from giamngheo.web.views.reports_files import TYPES, issued_or_404, recorded
from giamngheo.web.views.review_board import annual_or_404
from giamngheo.web.visit_form import DayField

#: Households named behind a cell at most; the whole of them is in the file of households.
MOST = 200


class AskForm(forms.Form):
    """Which set to make: for which deadline of the year, as of which day."""

    deadline = forms.ChoiceField(label=gettext_lazy("Kỳ báo cáo"), choices=Deadline.choices)
    as_of = DayField(label=gettext_lazy("Số liệu đến ngày"))

    def clean(self) -> dict[str, Any]:
        data: dict[str, Any] = super().clean() or {}
        if not data.get("as_of") and "as_of" not in self.errors:
            self.add_error("as_of", _("Hãy ghi ngày, ví dụ 01/09/2021."))
        return data


def index(request: Request) -> HttpResponse:
    """The annual rounds with their deadlines and the sets made for them."""
    if request.user.role == Role.ADMINISTRATOR:
        raise Http404
    found = []
    for one in rounds(seen_by=request.user).filter(kind=Round.Kind.ANNUAL):
        procedure = procedure_on(one.reference_date)
        days = (procedure.preliminary_report, procedure.official_report)
        done = queries.productions(one, seen_by=request.user).filter(state=Production.State.DONE).first()
        found.append((one, [day.day_in(one.year) for day in days], done))
    return render(request, "reports/index.html", {"rows": found})


def annual(request: Request, year: int) -> HttpResponse:
    """The sets made of a round, and the form by which the province has one made."""
    round = annual_or_404(request, year)
    may = request.user.role == Role.PROVINCIAL_OFFICER
    official = procedure_on(round.reference_date).official_report.day_in(round.year)
    form = AskForm(
        request.POST or None,
        initial={"deadline": Deadline.OFFICIAL, "as_of": min(request.today, max(official, round.closes))},
    )
    if request.method == "POST":
        if not may:
            raise Http404
        if form.is_valid():
            try:
                made = actions.ask(round=round, **form.cleaned_data, by=request.user)
                return redirect("reports-state", pk=made.pk)
            except IssueError as error:
                form.add_error(None, str(error))
    procedure = procedure_on(round.reference_date)
    context = {
        "round": round,
        "made": queries.productions(round, seen_by=request.user),
        "form": form if may else None,
        "preliminary": procedure.preliminary_report,
        "official": procedure.official_report,
        "preliminary_day": procedure.preliminary_report.day_in(round.year),
        "official_day": official,
    }
    return render(request, "reports/round.html", context)


def state(request: Request, pk: int) -> HttpResponse:
    """How far a set has come, and what keeps reports of it from going out; its progress alone when the page asks again."""
    found = get_object_or_404(Production.objects.select_related("round", "asked_by"), pk=pk)
    context: dict[str, Any] = {"production": found, "done": queries.progress_of(found)}
    if request.headers.get("HX-Request"):
        response = render(request, "reports/progress.html", context)
        if found.finished:
            response["HX-Refresh"] = "true"
        return response
    if found.state == Production.State.DONE:
        rows = queries.latest_rows(found.round, found.deadline, found.as_of)
        context["blocked"] = [
            (row, *_named(queries.report_of(row))) for row in rows.filter(blocked=True).defer(None)[:MOST]
        ]
        context["unit"] = _first_unit(request, found)
    return render(request, "reports/state.html", context)


def _named(found: Report) -> tuple[str, str]:
    """What a report is called in the reader's language, and the number of its form."""
    return found.title(get_language() or "vi"), found.number or "–"


def _first_unit(request: Request, production: Production) -> Unit | None:
    first = queries.latest_rows(production.round, production.deadline, production.as_of).first()
    return first.unit if first else None


def unit_set(request: Request, pk: int, code: str) -> HttpResponse:
    """The reports of one unit in a set, and the units below it."""
    found = get_object_or_404(Production.objects.select_related("round"), pk=pk)
    rows = queries.latest_rows(found.round, found.deadline, found.as_of)
    mine = list(rows.filter(unit__code=code).defer(None))
    if not mine:
        raise Http404
    unit = mine[0].unit
    there = set(rows.filter(kind=mine[0].kind).values_list("unit_id", flat=True))
    day = ends_on(found.round, found.as_of)
    context = {
        "production": found,
        "unit": unit,
        "day": day,
        "units": ancestors_on(unit, day),
        "reports": [(row, *_named(queries.report_of(row))) for row in mine],
        "lists": unit.level == Level.COMMUNE and request.user.sees_households,
        "kinds": list(TYPES),
        "below": [one for one in children_on(unit, day) if one.pk in there],
    }
    return render(request, "reports/set.html", context)


def report(request: Request, pk: int) -> HttpResponse:
    """One report as laid out on paper; each count leads to its households for those who may see them."""
    row = issued_or_404(request, pk)
    found, language = queries.report_of(row), get_language() or "vi"
    links = request.user.sees_households
    context = {
        "row": row,
        "report": found,
        "title": found.title(language),
        "form": form_words(found, language),
        "subtitle": subtitle(found, language),
        "heads": _head_rows(found, language),
        "numbering": numbering(found)[0 if is_list(found) else 1 :],
        "lines": [
            (line, words, _cells(row, found, line, language, links=links))
            for line, words in _told(found, language)
        ],
        "list": is_list(found),
        "notes": found.all_notes(language),
        "findings": [(check, check.sentence(language)) for check in found.checks],
        "day": ends_on(row.round, row.as_of),
        "units": ancestors_on(row.unit, ends_on(row.round, row.as_of)),
        "earlier": queries.earlier_issues(row, seen_by=request.user)[:20],
        "newest": not _later(row).exists(),
    }
    return render(request, "reports/report.html", context)


def _later(row: IssuedReport) -> Any:
    same = IssuedReport.objects.filter(round=row.round, deadline=row.deadline, as_of=row.as_of)
    return same.filter(unit=row.unit, kind=row.kind, pk__gt=row.pk)


def _head_rows(found: Report, language: str) -> list[list[Any]]:
    """The cells of each row of the head. On screen the order number stands before the unit's name, in one column."""
    every = heads(found, language)[0 if is_list(found) else 1 :]
    return [
        [head for head in every if head.at[0] == level] for level in range(1 + max(h.at[0] for h in every))
    ]


def _told(found: Report, language: str) -> Iterator[tuple[Line, tuple[str, ...]]]:
    """The lines with their words: number and unit in one cell, and on each line, so that it stays in view on a phone."""
    place = ""
    for line in lines(found, language):
        if is_list(found):
            yield line, line.stub
            continue
        number, name, *rest = line.stub
        place = f"{number}. {name}" if number else name or place
        yield line, (place, *rest)


def _cells(
    row: IssuedReport, found: Report, line: Line, language: str, *, links: bool
) -> list[tuple[str, str]]:
    """What each cell shows and where it leads: nowhere for nought and for those who see no households."""
    cells = []
    for column, value in zip(found.columns, line.values, strict=True):
        address = ""
        if links and line.row and value:
            address = reverse("report-cell", args=[row.pk, Cell.at(found, line.row, column).address])
        cells.append((shown(value, column, language), address))
    return cells


def cell(request: Request, pk: int, address: str) -> HttpResponse:
    """The households behind a cell, as the register has them now."""
    row = issued_or_404(request, pk)
    if not request.user.sees_households:
        raise Http404
    found = queries.report_of(row)
    try:
        asked = Cell.parse(address)
        table = queries.behind(row, asked, seen_by=request.user)
    except ReportError as error:
        raise Http404(str(error)) from error
    line, column = found.by_place.get((asked.unit, asked.area, asked.measure)), found.places.get(asked.column)
    if asked.report != found.slug or line is None or column is None:
        raise Http404
    counted = dict(zip(table["household"].to_pylist(), table["counted"].to_pylist(), strict=True))
    homes = Household.objects.filter(pk__in=list(counted)[:MOST]).select_related("village")
    head = found.columns[column]
    language = get_language() or "vi"
    context = {
        "row": row,
        "title": found.title(language),
        "place": line.words(language),
        "heading": head.head(language),
        "column": head.number,
        "shown": shown(line.values[column], head, language),
        "sum": sum(counted.values()),
        "differs": head.kind != "rate" and sum(counted.values()) != line.values[column],
        "count": len(counted),
        "homes": [(home, counted[home.pk]) for home in homes.order_by("village__name_key", "pk")],
        "most": MOST,
        "day": ends_on(row.round, row.as_of),
        "units": ancestors_on(row.unit, ends_on(row.round, row.as_of)),
    }
    recorded(request, row, Kind.READ, {"cell": address, "rows": len(counted)})
    return render(request, "reports/cell.html", context)


def differences(request: Request, pk: int, other: int) -> HttpResponse:
    """Cell by cell what a report shows otherwise than an earlier issue of it."""
    later, earlier = issued_or_404(request, pk), issued_or_404(request, other)
    if (later.kind, later.unit.code) != (earlier.kind, earlier.unit.code):
        raise Http404
    found, language = queries.report_of(later), get_language() or "vi"
    context = {
        "later": later,
        "earlier": earlier,
        "title": found.title(language),
        "changes": [(change, change.head(language)) for change in compare(queries.report_of(earlier), found)],
        "day": ends_on(later.round, later.as_of),
        "units": ancestors_on(later.unit, ends_on(later.round, later.as_of)),
    }
    return render(request, "reports/differences.html", context)


@require_POST
def close(request: Request, year: int) -> HttpResponse:
    """The province closes the round on its official reports."""
    round = annual_or_404(request, year)
    if request.user.role != Role.PROVINCIAL_OFFICER:
        raise Http404
    try:
        actions.close(round=round, by=request.user)
        messages.success(request, _("Đã đóng “%(round)s”.") % {"round": round.name})
    except (IssueError, SurveyError) as error:
        messages.error(request, str(error))
    return redirect("reports-round", year=year)


urlpatterns = [
    path("bao-cao/", index, name="reports"),
    path("bao-cao/<year:year>/", annual, name="reports-round"),
    path("bao-cao/<year:year>/dong", close, name="reports-close"),
    path("bao-cao/bo/<int:pk>/", state, name="reports-state"),
    path("bao-cao/bo/<int:pk>/<str:code>/", unit_set, name="reports-set"),
    path("bao-cao/<int:pk>/to/", report, name="report"),
    path("bao-cao/<int:pk>/o/<path:address>", cell, name="report-cell"),
    path("bao-cao/<int:pk>/so-voi/<int:other>/", differences, name="report-differences"),
]
