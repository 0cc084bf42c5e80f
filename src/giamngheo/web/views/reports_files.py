"""The official reports as files: workbook, PDF, long table; what may not go out is not given out."""

import io
from typing import Any

from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404
from django.urls import path
from django.utils.translation import get_language, override

from giamngheo.areas.models import Level
from giamngheo.areas.queries import ancestors_on, label
from giamngheo.audit.actions import record
from giamngheo.audit.models import Kind
from giamngheo.reports import queries
from giamngheo.reports.models import IssuedReport, Production
from giamngheo.reports.official.layout import (
    Filing,
)
from giamngheo.reports.official.lists import SLUGS
from giamngheo.reports.official.pdf import pdf
from giamngheo.reports.official.report import Report
from giamngheo.reports.official.tidy import csv_of
from giamngheo.reports.official.xlsx import write_xlsx
from giamngheo.reports.papers.paper import Letterhead, Signature
from giamngheo.reviews.snapshot import ends_on
from giamngheo.web.requests import Request
from giamngheo.web.views.exports import XLSX

TYPES = {"xlsx": XLSX, "pdf": "application/pdf", "csv": "text/csv; charset=utf-8"}


def file(request: Request, pk: int, kind: str) -> HttpResponse:
    """One report as workbook, PDF or long table."""
    row = issued_or_404(request, pk)
    return _file(request, row, [row], kind)


def set_file(request: Request, pk: int, code: str, kind: str) -> HttpResponse:
    """All reports of a unit in one file."""
    found = get_object_or_404(Production.objects.select_related("round"), pk=pk)
    rows = queries.latest_rows(found.round, found.deadline, found.as_of).filter(unit__code=code)
    every = list(rows.defer(None))
    if not every:
        raise Http404
    return _file(request, every[0], every, kind)


def list_file(request: Request, pk: int, code: str, slug: str, kind: str) -> HttpResponse:
    """The list of poor or near-poor households of a commune with their members, for those who may see them."""
    found = get_object_or_404(Production.objects.select_related("round"), pk=pk)
    row = queries.latest_rows(found.round, found.deadline, found.as_of).filter(unit__code=code).first()
    if row is None or row.unit.level != Level.COMMUNE or not request.user.sees_households:
        raise Http404
    if slug not in SLUGS or kind not in TYPES:
        raise Http404
    made = queries.list_of(found, row.unit, slug, seen_by=request.user)
    language = get_language() or "vi"
    content = _written([made], row, kind, language)
    recorded(request, row, Kind.EXPORT, {"format": kind, "list": slug, "rows": len(made.rows)})
    return _as_file(content, kind, f"{slug}-{row.unit.code}-{row.as_of.isoformat()}")


def _file(request: Request, row: IssuedReport, rows: list[IssuedReport], kind: str) -> HttpResponse:
    """What may not go out is not given out: blocked reports are left out, and alone they are not there."""
    reports = queries.reports_of([one for one in rows if not one.blocked])
    if kind not in TYPES or not reports:
        raise Http404
    content = _written(reports, row, kind, get_language() or "vi")
    recorded(request, row, Kind.EXPORT, {"format": kind, "reports": len(reports)})
    name = rows[0].kind if len(rows) == 1 else "bao-cao"
    return _as_file(content, kind, f"{name}-{row.unit.code}-{row.as_of.isoformat()}")


def _written(reports: list[Report], row: IssuedReport, kind: str, language: str) -> bytes:
    """Reports as a file of a kind, filed as the unit of `row` files them."""
    if kind == "csv":
        return csv_of(reports, language).encode()
    with override("vi"):
        filing = _filing(row)
    if kind == "pdf":
        return pdf(reports, filing, language)
    target = io.BytesIO()
    write_xlsx(target, reports, filing, language)
    return target.getvalue()


def _as_file(content: bytes, kind: str, name: str) -> HttpResponse:
    response = HttpResponse(content, content_type=TYPES[kind])
    response["Content-Disposition"] = f'attachment; filename="{name}.{kind}"'
    return response


def _filing(row: IssuedReport) -> Filing:
    """Who issues it: the people's committee of the unit, under that of the unit above."""
    above = [unit for unit in ancestors_on(row.unit, ends_on(row.round, row.as_of)) if unit != row.unit]
    letter = Letterhead(
        issuer=f"Ủy ban nhân dân\n{label(row.unit)}",
        superior=f"Ủy ban nhân dân\n{label(above[-1])}" if above else "",
        place=row.unit.name,
    )
    return Filing(
        letter,
        Signature(title="NGƯỜI LẬP BIỂU"),
        Signature(on_behalf="TM. ỦY BAN NHÂN DÂN", title="CHỦ TỊCH"),
    )


def issued_or_404(request: Request, pk: int) -> IssuedReport:
    """The issued report; Http404 outside the person's reach."""
    rows = IssuedReport.objects.select_related("round", "unit", "production", "issued_by")
    return get_object_or_404(rows, pk=pk)


def recorded(request: Request, row: IssuedReport, kind: Kind, details: dict[str, Any]) -> None:
    """Records that an issued report was read or taken."""
    told = {"report": row.kind, "unit": row.unit.code, "as_of": row.as_of.isoformat(), **details}
    record(kind=kind, subject="reports_issuedreport", row=row.pk, details=told, by=request.user)


urlpatterns = [
    path("bao-cao/bo/<int:pk>/<str:code>/tat-ca.<str:kind>", set_file, name="reports-set-file"),
    path("bao-cao/bo/<int:pk>/<str:code>/<slug:slug>.<str:kind>", list_file, name="reports-list-file"),
    path("bao-cao/<int:pk>/to/tep.<str:kind>", file, name="report-file"),
]
