"""Workbooks of agencies: brought, checked, doubtful matches settled, written whole."""

import tempfile
from typing import Any

import xlsxwriter
from django import forms
from django.contrib import messages
from django.core.paginator import Paginator
from django.http import FileResponse, Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import path
from django.utils.translation import get_language, gettext_lazy
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from giamngheo.access.models import Role
from giamngheo.registry.models import Person
from giamngheo.registry.search import commune_names, head_names
from giamngheo.rules.policies import policies
from giamngheo.support import queries
from giamngheo.support.errors import SupportError
from giamngheo.support.imports import actions
from giamngheo.support.imports.columns import TEMPLATES, template_of
from giamngheo.support.imports.messages import tell
from giamngheo.support.models import Agency, Intake, IntakeRow
from giamngheo.support.rights import name_of
from giamngheo.web.render import page
from giamngheo.web.requests import Request

PER_PAGE = 50
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


class BringForm(forms.Form):
    """Whose workbook it is, of which policy, and the file."""

    agency = forms.ChoiceField(label=gettext_lazy("Cơ quan"), choices=Agency.choices)
    policy = forms.ChoiceField(label=gettext_lazy("Chính sách"), required=False)
    workbook = forms.FileField(
        label=gettext_lazy("Tệp"), widget=forms.ClearableFileInput(attrs={"accept": ".xlsx,.csv"})
    )

    def __init__(self, *args: Any, language: str, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        named = [(slug, policy.name(language)) for slug, policy in policies().items()]
        self.fields["policy"].choices = [("", _("Ghi trong tệp (cột Chính sách)")), *named]  # type: ignore[attr-defined]


def index(request: Request) -> HttpResponse:
    """The workbooks brought so far, and the form for another."""
    if not (request.user.writes_households or request.user.role == Role.AUDITOR):
        raise Http404
    form = BringForm(request.POST or None, request.FILES or None, language=get_language() or "vi")
    if request.method == "POST" and form.is_valid():
        upload = form.cleaned_data["workbook"]
        try:
            of = actions.receive(
                agency=form.cleaned_data["agency"],
                policy=form.cleaned_data["policy"],
                file_name=upload.name,
                blocks=upload.chunks(1 << 20),
                by=request.user,
            )
        except SupportError as error:
            form.add_error("workbook", str(error))
        else:
            return redirect("support-intake", pk=of.pk)
    shown = Paginator(queries.intakes(seen_by=request.user), PER_PAGE).get_page(request.GET.get("trang"))
    templates = [(agency, Agency(agency).label) for agency in TEMPLATES]
    return page(request, "support/intakes.html", {"form": form, "page": shown, "templates": templates})


def one(request: Request, pk: int) -> HttpResponse:
    """How far a workbook is, every problem of it, and the rows that somebody must settle."""
    of = get_object_or_404(queries.intakes(seen_by=request.user), pk=pk)
    language = get_language() or "vi"
    shown = Paginator(queries.problems(of, seen_by=request.user), PER_PAGE).get_page(request.GET.get("trang"))
    context = {
        "of": of,
        "name": name_of(of.policy, language) if of.policy else "",
        "page": shown,
        "problems": [(p, tell(p.code, p.params, language)) for p in shown],
        "doubts": _doubts(of, request),
        "own": (own := of.created_by_id == request.user.pk),
        "settles": own and of.state in (Intake.State.MATCHING, Intake.State.CHECKED),
        "how": [(IntakeRow.How(how).label, n) for how, n in of.counts.get("how", {}).items()],
    }
    response = page(request, "support/intake.html", context, fragment="state")
    if request.htmx and not of.is_working:
        response["HX-Refresh"] = "true"
    return response


def _doubts(of: Intake, request: Request) -> list[dict[str, Any]]:
    """Each doubtful row with the persons it may mean, side by side."""
    rows = list(queries.doubtful(of, seen_by=request.user)[:PER_PAGE])
    ids = {candidate[0] for row in rows for candidate in row.candidates}
    people = {p.pk: p for p in Person.objects.filter(pk__in=ids).select_related("household", "village")}
    communes = commune_names([p.village_id for p in people.values()], request.today)
    heads = head_names([p.household_id for p in people.values() if p.household_id])
    return [
        {
            "row": row,
            "candidates": [
                (
                    people[pk],
                    likeness,
                    communes.get(people[pk].village_id, ""),
                    heads.get(people[pk].household_id or 0, ""),
                )
                for pk, likeness, _grounds in row.candidates
                if pk in people
            ],
        }
        for row in rows
    ]


@require_POST
def act(request: Request, pk: int, what: str) -> HttpResponse:
    """Write a checked workbook, let go of it, or read it once more."""
    of = get_object_or_404(queries.intakes(seen_by=request.user), pk=pk, created_by=request.user)
    deeds = {"ghi": actions.queue_apply, "huy": actions.cancel, "lam-lai": actions.read_again}
    if what not in deeds:
        raise Http404
    try:
        deeds[what](of=of, by=request.user)
    except SupportError as error:
        messages.error(request, str(error))
    return redirect("support-intake", pk=pk)


@require_POST
def settle(request: Request, pk: int, row: int) -> HttpResponse:
    """Say who a doubtful row means: one of the candidates, or nobody."""
    of = get_object_or_404(queries.intakes(seen_by=request.user), pk=pk, created_by=request.user)
    found = get_object_or_404(of.rows.all(), row=row)
    chosen = request.POST.get("nguoi", "")
    if not (chosen.isdecimal() or chosen == "khong"):
        raise Http404
    try:
        actions.settle(row=found, person=int(chosen) if chosen.isdecimal() else None, by=request.user)
    except SupportError as error:
        messages.error(request, str(error))
    return redirect("support-intake", pk=pk)


def template(request: Request, agency: str) -> FileResponse:
    """A blank workbook with the columns that we read of this agency."""
    if agency not in Agency.values:
        raise Http404
    target = tempfile.TemporaryFile()  # noqa: SIM115 (the response closes it)
    with xlsxwriter.Workbook(target) as book:
        sheet = book.add_worksheet("Danh sách")
        head = book.add_format({"bold": True, "text_wrap": True})
        sheet.write_row(0, 0, [fact.vi for fact in template_of(agency)], head)
        sheet.set_column(0, 20, 18)
        sheet.freeze_panes(1, 0)
    target.seek(0)
    return FileResponse(target, as_attachment=True, filename=f"mau-chi-tra-{agency}.xlsx", content_type=XLSX)


urlpatterns = [
    path("ho-tro/nhap/", index, name="support-intakes"),
    path("ho-tro/nhap/mau/<slug:agency>.xlsx", template, name="support-template"),
    path("ho-tro/nhap/<int:pk>/", one, name="support-intake"),
    path("ho-tro/nhap/<int:pk>/<slug:what>", act, name="support-intake-act"),
    path("ho-tro/nhap/<int:pk>/dong/<int:row>", settle, name="support-settle"),
]
