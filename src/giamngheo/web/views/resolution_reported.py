"""What a person answers for: the reported figures of a unit and year, what is due, waits or is late; a workbook in and out."""

import tempfile
from pathlib import Path
from typing import Any

from django.conf import settings
from django.contrib import messages
from django.http import FileResponse, Http404, HttpResponse
from django.shortcuts import redirect, render
from django.urls import path
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_POST

from giamngheo.areas.queries import children_on
from giamngheo.base.marked import write_marked
from giamngheo.resolution import actions, queries
from giamngheo.resolution.dues import REPORTERS, Due, closing_of, dues
from giamngheo.resolution.errors import ResolutionError
from giamngheo.resolution.indicators import indicators
from giamngheo.resolution.sentences import shown
from giamngheo.resolution.workbook import ReadBook, read, write_template
from giamngheo.web.requests import Request
from giamngheo.web.views.exports import XLSX
from giamngheo.web.views.resolution import shared
from giamngheo.web.views.resolution_asked import Asked, asked_of

#: A workbook of figures is small; a household import it is not.
LARGEST = 5 * 1024 * 1024


def index(request: Request, slug: str) -> HttpResponse:
    """The reported indicators of a unit and year, each with its figure or what is missing; others' figures to confirm."""
    return render(request, "resolution/reported.html", _context(request, asked_of(request, slug)))


def _context(request: Request, on: Asked, book: ReadBook | None = None) -> dict[str, Any]:
    found = dues(on.resolution, on.unit, year=on.year, today=request.today, seen_by=request.user)
    rows = [_row(one, on) for one in found]
    waiting = queries.figures_in_force(waiting=True, seen_by=request.user).exclude(entered_by=request.user)
    return {
        **shared(request, on),
        "rows": rows,
        "given": sum(one.figure is not None for one in found),
        "unconfirmed": sum(one.figure is not None and not one.figure.confirmed for one in found),
        "late": sum(one.late for one in found),
        "due_on": on.resolution.due_on(on.year),
        "due_note": on.resolution.due_note(on.language),
        "waiting": [_waiting(figure, on) for figure in waiting[:100]]
        if request.user.role in REPORTERS
        else [],
        "closing": closing_of(str(on.year), queries.closed_periods(seen_by=request.user)),
        "parts": [
            (part, on.address("resolution-reported", **{"don-vi": part.code}))
            for part in children_on(on.unit, on.geography)
            if part.level < 4
        ],
        "book": book,
    }


def _row(one: Due, on: Asked) -> dict[str, Any]:
    value = one.figure.value if one.figure else one.rolled.value if one.rolled else None
    return {
        "due": one,
        "name": one.indicator.name(on.language),
        "value": "–" if value is None else shown(float(value), one.indicator, on.language),
        "bodies": [(r.body.name(on.language), r.how) for r in one.by],
        "url": on.address("resolution-figure", one.indicator.slug),
        "targets": [(t.name(on.language), on.address("resolution-target", t.id)) for t in one.targets],
    }


def _waiting(figure: Any, on: Asked) -> dict[str, Any]:
    indicator = indicators()[figure.indicator]
    return {
        "figure": figure,
        "name": indicator.name(on.language),
        "value": shown(float(figure.value), indicator, on.language),
        "url": on.address(
            "resolution-figure", figure.indicator, **{"don-vi": figure.unit.code, "nam": figure.period[:4]}
        ),
    }


def template(request: Request, slug: str) -> FileResponse:
    """The workbook to fill in, for the unit and those directly below."""
    on = _reporting(request, slug)
    with tempfile.TemporaryDirectory() as folder:
        target = Path(folder) / "mau.xlsx"
        write_template(target, on.resolution, on.unit, on.year, seen_by=request.user)
        file = target.open("rb")
    return FileResponse(
        file, as_attachment=True, filename=f"so-lieu-{on.unit.code}-{on.year}.xlsx", content_type=XLSX
    )


@require_POST
def upload(request: Request, slug: str) -> HttpResponse:
    """A filled workbook: written whole, or every problem shown and nothing written."""
    on = _reporting(request, slug)
    given = request.FILES.get("tep")
    if given is None or (given.size or 0) > LARGEST:
        messages.error(request, _("Hãy chọn tệp .xlsx hoặc .csv, nhiều nhất 5 MB."))
        return redirect(on.address("resolution-reported"))
    place = _brought(request, Path(given.name or "").suffix.lower())
    place.write_bytes(given.read())
    book = read(place, on.resolution, today=request.today, seen_by=request.user)
    if book.problems:
        return render(request, "resolution/reported.html", _context(request, on, book), status=422)
    try:
        n = actions.report_all(ready=book.rows, by=request.user)
    except ResolutionError as error:
        messages.error(request, str(error))
    else:
        messages.success(request, ngettext("Đã ghi %(n)s số; chờ người thứ hai xác nhận.", "Đã ghi %(n)s số; chờ người thứ hai xác nhận.", n) % {"n": n})  # fmt: skip
        place.unlink()
    return redirect(on.address("resolution-reported"))


def marked(request: Request, slug: str) -> FileResponse:
    """The workbook the person brought last, with its problems marked."""
    on = _reporting(request, slug)
    place = next((p for p in _brought(request).parent.glob(f"{request.user.pk}.*")), None)
    if place is None:
        raise Http404
    book = read(place, on.resolution, today=request.today, seen_by=request.user)
    if not book.is_table:
        raise Http404
    with tempfile.TemporaryDirectory() as folder:
        target = Path(folder) / "marked.xlsx"
        write_marked(place, target, book.problems)
        file = target.open("rb")
    return FileResponse(file, as_attachment=True, filename="so-lieu-co-danh-dau.xlsx", content_type=XLSX)


def _brought(request: Request, suffix: str = ".xlsx") -> Path:
    """Where the one workbook a person brought last lies until it is written or the next is brought."""
    folder = Path(settings.MEDIA_ROOT) / "figures"
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    known = suffix if suffix in (".xlsx", ".csv", ".xls") else ".bin"
    if request.method == "POST":
        for old in folder.glob(f"{request.user.pk}.*"):
            old.unlink()
    return folder / f"{request.user.pk}{known}"


def _reporting(request: Request, slug: str) -> Asked:
    if request.user.role not in REPORTERS:
        raise Http404
    return asked_of(request, slug)


@require_POST
def period(request: Request, slug: str) -> HttpResponse:
    """A provincial officer closes the year, or opens it again with a reason."""
    on = _reporting(request, slug)
    try:
        if "ly-do" in request.POST:
            actions.open_period(period=str(on.year), reason=request.POST["ly-do"], by=request.user)
            messages.success(request, _("Đã mở lại kỳ."))
        else:
            actions.close_period(period=str(on.year), today=request.today, by=request.user)
            messages.success(request, _("Đã đóng kỳ; từ nay không ai sửa được số của kỳ này."))
    except ResolutionError as error:
        messages.error(request, str(error))
    return redirect(on.address("resolution-reported"))


urlpatterns = [
    path("nghi-quyet/<slug:slug>/so-lieu/", index, name="resolution-reported"),
    path("nghi-quyet/<slug:slug>/so-lieu/mau.xlsx", template, name="resolution-template"),
    path("nghi-quyet/<slug:slug>/so-lieu/tai-len", upload, name="resolution-upload"),
    path("nghi-quyet/<slug:slug>/so-lieu/danh-dau.xlsx", marked, name="resolution-marked"),
    path("nghi-quyet/<slug:slug>/so-lieu/ky", period, name="resolution-period"),
]
