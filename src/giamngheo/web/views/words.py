"""Reports in words: asked for, read on screen, taken away as Word, PDF, workbook or data, held against a later one."""

import datetime as dt
from collections.abc import Callable
from typing import Any

from django import forms
from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import path
from django.utils.safestring import mark_safe
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from giamngheo.access.models import Role, User
from giamngheo.access.queries import grants_in_force
from giamngheo.areas.errors import AreaError
from giamngheo.areas.models import Level
from giamngheo.areas.queries import ancestors_on, descendants_on, label, unit_on
from giamngheo.audit.actions import record
from giamngheo.audit.models import Kind as Recorded
from giamngheo.reports.errors import IssueError, NoSuchPeriodError, TemplateError
from giamngheo.reports.models import Kind, Writing, WrittenReport
from giamngheo.reports.words import actions, queries
from giamngheo.reports.words.document import Document
from giamngheo.reports.words.drawings import svg
from giamngheo.reports.words.fields import basis, fields
from giamngheo.reports.words.pdf import pdf
from giamngheo.reports.words.word import docx
from giamngheo.reports.words.xlsx import xlsx
from giamngheo.resolution.clauses import resolutions
from giamngheo.resolution.errors import ResolutionError
from giamngheo.resolution.periods import parse_period
from giamngheo.resolution.queries import resolution_on
from giamngheo.web.requests import Request
from giamngheo.web.views.exports import XLSX

#: Reports listed; older ones are found by their address.
LISTED = 100
DOCX = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"


class AskForm(forms.Form):
    """Which report: its kind, unit and period."""

    kind = forms.ChoiceField(label=gettext_lazy("Loại báo cáo"), choices=Kind.choices)
    unit = forms.ChoiceField(label=gettext_lazy("Đơn vị"))
    year = forms.TypedChoiceField(
        label=gettext_lazy("Năm"),
        coerce=int,
        help_text=gettext_lazy("Báo cáo sơ kết lấy từ năm đầu của nghị quyết đến năm này; báo cáo tổng kết lấy cả giai đoạn của nghị quyết."),
    )  # fmt: skip
    part = forms.ChoiceField(label=gettext_lazy("Tháng hoặc quý"), required=False)

    def __init__(self, *args: Any, units: list[tuple[str, str]], years: range, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["unit"].choices = units  # type: ignore[attr-defined]
        self.fields["part"].choices = _parts()  # type: ignore[attr-defined]
        self.fields["year"].choices = [(year, str(year)) for year in years]  # type: ignore[attr-defined]


def _parts() -> list[tuple[str, str]]:
    """The months and quarters of a year as the text of a period has them."""
    months = [(f"{month:02}", _("tháng %(month)s") % {"month": month}) for month in range(1, 13)]
    quarters = [(f"Q{number}", _("quý %(number)s") % {"number": number}) for number in range(1, 5)]
    return [("", _("cả năm")), *quarters, *months]


def index(request: Request) -> HttpResponse:
    """The reports there are, and the form by which another is written."""
    check_reader(request)
    form = _form(request)
    if request.method == "POST":
        if form is None:
            raise Http404
        if form.is_valid():
            try:
                return redirect("words-state", pk=_ask(request, **form.cleaned_data).pk)
            except (IssueError, AreaError, ResolutionError) as error:
                form.add_error(None, str(error))
    rows = [
        (one, parse_period(one.period).words()) for one in queries.writings(seen_by=request.user)[:LISTED]
    ]
    return render(request, "words/index.html", {"rows": rows, "form": form})


def check_reader(request: Request) -> None:
    if request.user.role in (Role.ADMINISTRATOR, Role.VILLAGE_HEAD):
        raise Http404


def _form(request: Request) -> AskForm | None:
    """The form for those who may ask, with the units of their area."""
    if request.user.role not in actions.WRITERS:
        return None
    units = [
        (unit.code, label(unit))
        for grant in grants_in_force(request.user)
        for level in (Level.PROVINCE, Level.DISTRICT, Level.COMMUNE)
        for unit in descendants_on(grant.unit, request.today, level)
    ]
    first = min((one.base_year for one in resolutions().values()), default=request.today.year)
    years = range(request.today.year, first - 1, -1)
    return AskForm(
        request.POST or None, units=units, years=years, initial={"kind": Kind.ANNUAL, "year": request.today.year - 1}
    )  # fmt: skip


def _ask(request: Request, *, kind: str, unit: str, year: int, part: str) -> Writing:
    period = _period(kind, year, part)
    try:
        day = min(parse_period(period).last, request.today)
    except ValueError as error:
        raise NoSuchPeriodError(period=period) from error
    return actions.ask(kind=kind, unit=unit_on(unit, day), period=period, by=request.user)


def _period(kind: str, year: int, part: str) -> str:
    """The period as text: 2018-11, 2019-Q3, 2020, 2016/2018; a final report is of the whole resolution."""
    if kind in (Kind.INTERIM, Kind.FINAL):
        resolution = resolution_on(dt.date(year, 12, 31))
        if part or (kind == Kind.INTERIM and year >= resolution.last):
            raise NoSuchPeriodError(period=f"{year} {part}".strip())
        return f"{resolution.first}/{resolution.last if kind == Kind.FINAL else year}"
    return f"{year}-{part}" if part else str(year)


def state(request: Request, pk: int) -> HttpResponse:
    """How far a report has come; its progress alone when the page asks again; the report once it is written."""
    check_reader(request)
    found = get_object_or_404(Writing.objects.select_related("unit"), pk=pk)
    done, total = queries.progress_of(found)
    context = {
        "writing": found,
        "done": done,
        "total": total,
        "words": parse_period(found.period).words(),
    }
    if request.headers.get("HX-Request"):
        response = render(request, "words/progress.html", context)
        if found.finished:
            response["HX-Refresh"] = "true"
        return response
    if found.state == Writing.State.DONE:
        return redirect("words-report", pk=found.report.pk)
    return render(request, "words/state.html", context)


def report(request: Request, pk: int) -> HttpResponse:
    """The report as it was written, on screen, with what a later one of the same kind shows otherwise."""
    row, document = _row(request, pk)
    unit = row.unit
    context = {
        "row": row,
        "document": document,
        "content": fields(document, lambda picture: mark_safe(svg(document, picture))),  # noqa: S308 (our own drawing)
        "basis": basis(document),
        "figures_to": dt.date.fromisoformat(document.figures_to),
        "units": ancestors_on(unit, unit.valid_to or request.today),
        "others": queries.issues_of(row, seen_by=request.user)[:20],
        "may": request.user.role in actions.WRITERS,
        "day": unit.valid_to or request.today,
    }
    return render(request, "words/report.html", context)


def _row(request: Request, pk: int) -> tuple[WrittenReport, Document]:
    check_reader(request)
    row = get_object_or_404(WrittenReport.objects.select_related("unit", "written_by"), pk=pk)
    return row, queries.document_of(row)


def again(request: Request, pk: int) -> HttpResponse:
    """Write the same report anew from what stands now; the page of the new one shows what differs."""
    row, _document = _row(request, pk)
    if request.method != "POST" or request.user.role not in actions.WRITERS:
        raise Http404
    try:
        made = actions.ask(kind=row.kind, unit=row.unit, period=row.period, by=request.user)
        return redirect("words-state", pk=made.pk)
    except IssueError as error:
        return render(request, "words/refused.html", {"row": row, "error": str(error)}, status=409)


def differences(request: Request, pk: int, other: int) -> HttpResponse:
    """Figure by figure what two reports of the same kind, unit and period show otherwise."""
    (one, first), (two, second) = _row(request, pk), _row(request, other)
    if (one.kind, one.unit_id, one.period) != (two.kind, two.unit_id, two.period):
        raise Http404
    if one.pk > two.pk:
        one, first, two, second = two, second, one, first
    context = {"earlier": one, "later": two, "document": second, "changes": first.differences(second)}
    return render(request, "words/differences.html", context)


_WRITTEN: dict[str, tuple[str, Callable[[Document, User], bytes]]] = {
    "docx": (DOCX, lambda document, reader: docx(document, queries.template_in_force(seen_by=reader))),
    "pdf": ("application/pdf", lambda document, reader: pdf(document)),
    "xlsx": (XLSX, lambda document, reader: xlsx(document)),
    "json": ("application/json", lambda document, reader: document.canonical().encode()),
}


def file(request: Request, pk: int, kind: str) -> HttpResponse:
    """The report as Word or PDF, its frozen figures as a workbook, or the whole frozen document as JSON."""
    row, document = _row(request, pk)
    if kind not in _WRITTEN:
        raise Http404
    mime, written = _WRITTEN[kind]
    try:
        content = written(document, request.user)
    except TemplateError as error:  # a template that went well in its trial and not with this report
        messages.error(request, str(error))
        return redirect("words-template")
    response = HttpResponse(content, content_type=mime)
    name = f"{row.kind}-{document.code}-{row.period.replace('/', '-')}"
    response["Content-Disposition"] = f'attachment; filename="{name}.{kind}"'
    details = {"format": kind, "kind": row.kind, "unit": document.code, "period": row.period}
    record(
        kind=Recorded.EXPORT, subject="reports_writtenreport", row=row.pk, details=details, by=request.user
    )
    return response


urlpatterns = [
    path("bao-cao-bang-loi/", index, name="words"),
    path("bao-cao-bang-loi/viec/<int:pk>/", state, name="words-state"),
    path("bao-cao-bang-loi/<int:pk>/", report, name="words-report"),
    path("bao-cao-bang-loi/<int:pk>/lap-lai", again, name="words-again"),
    path("bao-cao-bang-loi/<int:pk>/tep.<str:kind>", file, name="words-file"),
    path("bao-cao-bang-loi/<int:pk>/so-voi/<int:other>/", differences, name="words-differences"),
]
