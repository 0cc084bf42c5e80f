"""Workbooks in: the template, the upload, what was found, and the one button that writes it all."""

import tempfile
from pathlib import Path
from typing import Any

from django import forms
from django.contrib import messages
from django.core.paginator import Paginator
from django.http import FileResponse, Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import path
from django.utils.translation import get_language, gettext_lazy
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from giamngheo.access.models import Role, User
from giamngheo.access.queries import grants_in_force
from giamngheo.areas.models import Level, Unit
from giamngheo.audit.actions import record
from giamngheo.audit.models import Kind
from giamngheo.rules.facts import HOUSEHOLD, facts
from giamngheo.surveys.imports import actions
from giamngheo.surveys.imports.errors import ImportRefusedError
from giamngheo.surveys.imports.marked import write_marked
from giamngheo.surveys.imports.messages import tell
from giamngheo.surveys.imports.progress import tell_failure, tell_stage
from giamngheo.surveys.imports.queries import imports, problem_places, problems
from giamngheo.surveys.imports.template import write_template
from giamngheo.surveys.models import Round
from giamngheo.surveys.queries import open_rounds
from giamngheo.web.render import page
from giamngheo.web.requests import Request

PER_PAGE = 50
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


class UploadForm(forms.Form):
    """Which round a workbook belongs to, and the workbook."""

    round = forms.ModelChoiceField(
        label=gettext_lazy("Đợt rà soát"), queryset=Round.objects.none(), empty_label=None
    )
    workbook = forms.FileField(
        label=gettext_lazy("Tệp"),
        help_text=gettext_lazy(
            "Tệp .xlsx hoặc .csv theo mẫu của hệ thống, hai tệp .csv (hộ, thành viên) trong một tệp .zip, hoặc danh sách hộ nghèo, cận nghèo sau rà soát."
        ),
        widget=forms.ClearableFileInput(attrs={"accept": ".xlsx,.csv,.zip"}),
    )

    def __init__(self, *args: Any, rounds: list[Round], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["round"].queryset = Round.objects.filter(pk__in=[r.pk for r in rounds])  # type: ignore[attr-defined]


def index(request: Request) -> HttpResponse:
    """The workbooks a person brought, the template, and the form for another."""
    if not (request.user.writes_households or request.user.role == Role.AUDITOR):
        raise Http404
    rounds = open_rounds(seen_by=request.user)
    form = UploadForm(request.POST or None, request.FILES or None, rounds=rounds)
    if request.method == "POST" and form.is_valid():
        upload = form.cleaned_data["workbook"]
        try:
            of = actions.receive(
                round=form.cleaned_data["round"],
                file_name=upload.name,
                blocks=upload.chunks(1 << 20),
                by=request.user,
            )
        except ImportRefusedError as error:
            form.add_error("workbook", str(error))
        else:
            return redirect("import", pk=of.pk)
    shown = Paginator(imports(seen_by=request.user), PER_PAGE).get_page(request.GET.get("trang"))
    context = {
        "form": form,
        "rounds": rounds,
        "page": shown,
        "has_template": _template_unit(request.user) is not None,
    }
    return page(request, "imports/index.html", context)


def one(request: Request, pk: int) -> HttpResponse:
    """How far a workbook is, what was found in it, and what writing it would do."""
    of = get_object_or_404(imports(seen_by=request.user), pk=pk)
    language = get_language() or "vi"
    asked = {name: request.GET.get(name, "") for name in ("sheet", "column")}
    found = problems(of, **asked, seen_by=request.user)
    shown = Paginator(found, PER_PAGE).get_page(request.GET.get("trang"))
    context = {
        "import": of,
        "asked": asked,
        "places": problem_places(of, seen_by=request.user),
        "page": shown,
        "problems": [(p, tell(p.code, p.params, language)) for p in shown],
        "samples": [
            {**sample, "facts": _told(sample["facts"], language)} for sample in of.counts.get("samples", [])
        ],
        "own": of.created_by_id == request.user.pk,
        "stage": tell_stage(of.stage),
        "failure": tell_failure(of.failure),
    }
    response = page(request, "imports/one.html", context, fragment="state")
    if request.htmx and not of.is_working:
        response["HX-Refresh"] = "true"
    return response


def _told(differing: list[list[Any]], language: str) -> list[tuple[str, str, str]]:
    """Changed facts in words: what, before, after."""
    known = facts()
    return [
        (
            fact.label(language),
            fact.show(_tuple(before), language) or "–",
            fact.show(_tuple(after), language) or "–",
        )
        for key, before, after in differing
        if (fact := known.get((HOUSEHOLD, key)))
    ]


def _tuple(value: Any) -> Any:
    return tuple(value) if isinstance(value, list) else value


@require_POST
def act(request: Request, pk: int, what: str) -> HttpResponse:
    """Write a checked workbook, let go of it, or read it once more."""
    of = get_object_or_404(imports(seen_by=request.user), pk=pk, created_by=request.user)
    try:
        if what == "ghi":
            actions.queue_apply(of=of, by=request.user)
        elif what == "huy":
            actions.cancel(of=of, by=request.user)
            messages.success(request, _("Đã bỏ tệp; chưa có gì được ghi."))
        elif what == "lam-lai":
            actions.queue_check(of, by=request.user)
        else:
            raise Http404
    except ImportRefusedError as error:
        messages.error(request, str(error))
    return redirect("import", pk=pk)


def marked(request: Request, pk: int) -> FileResponse:
    """The same workbook with its faulty cells marked."""
    of = get_object_or_404(imports(seen_by=request.user), pk=pk)
    source = next(actions.folder(of).glob("workbook*"), None)
    if source is None or not of.layout:  # a file that can't be read has no cells to mark
        raise Http404
    target = tempfile.TemporaryFile()  # noqa: SIM115 (the response closes it)
    with tempfile.TemporaryDirectory() as place:
        written = Path(place) / "marked.xlsx"
        write_marked(source, written, problems(of, seen_by=request.user), get_language() or "vi")
        target.write(written.read_bytes())
    target.seek(0)
    name = f"{Path(of.file_name).stem}-da-danh-dau.xlsx"
    return FileResponse(target, as_attachment=True, filename=name, content_type=XLSX)


def _template_unit(user: User) -> Unit | None:
    """The district, commune or village whose template this person may have; None for those of the province or who only read."""
    if not user.writes_households:
        return None
    return next((g.unit for g in grants_in_force(user) if g.unit.level >= Level.DISTRICT), None)


def template(request: Request, pk: int) -> FileResponse:
    """The template of a round for the person's own area, with the households now in the register if asked."""
    round = get_object_or_404(Round, pk=pk, closed_at__isnull=True)
    unit = _template_unit(request.user)
    if unit is None:
        raise Http404
    filled = request.GET.get("ho") == "1"
    target = tempfile.TemporaryFile()  # noqa: SIM115
    with tempfile.TemporaryDirectory() as place:
        written = Path(place) / "template.xlsx"
        write_template(written, round, unit, filled=filled, seen_by=request.user)
        target.write(written.read_bytes())
    target.seek(0)
    if filled:
        details = {"round": round.name, "unit": unit.code}
        record(kind=Kind.EXPORT, subject="template", row=unit.code, details=details, by=request.user)
    name = f"mau-ra-soat-{round.year}-{unit.code}{'-co-ho' if filled else ''}.xlsx"
    return FileResponse(target, as_attachment=True, filename=name, content_type=XLSX)


urlpatterns = [
    path("nhap/", index, name="imports"),
    path("nhap/mau/<int:pk>.xlsx", template, name="import-template"),
    path("nhap/<int:pk>/", one, name="import"),
    path("nhap/<int:pk>/danh-dau.xlsx", marked, name="import-marked"),
    path("nhap/<int:pk>/<slug:what>", act, name="import-act"),
]
