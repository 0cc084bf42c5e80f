"""The warehouse: the snapshot in force and what is in it, its dictionary, and what may be taken away."""

from typing import Any

from django import forms
from django.contrib import messages
from django.http import FileResponse, Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import path
from django.utils.translation import get_language, gettext_lazy
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from giamngheo.access.models import Role
from giamngheo.audit.actions import record
from giamngheo.audit.models import Kind
from giamngheo.warehouse import actions, snapshot
from giamngheo.warehouse.errors import NoSuchTableError, WarehouseError
from giamngheo.warehouse.models import Making
from giamngheo.warehouse.tables import tables
from giamngheo.web.requests import Request


class TablesForm(forms.Form):
    """Which tables, and as what."""

    names = forms.MultipleChoiceField(label=gettext_lazy("Bảng"), widget=forms.CheckboxSelectMultiple)
    format = forms.ChoiceField(
        label=gettext_lazy("Kiểu tệp"),
        choices=[("parquet", "Parquet"), ("csv", "CSV")],
        widget=forms.RadioSelect,
        initial="parquet",
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        english = get_language() == "en"
        choices = [(t.name, f"{t.en if english else t.vi} ({t.name})") for t in tables().values()]
        self.fields["names"].choices = choices  # type: ignore[attr-defined]


class ResearchForm(forms.Form):
    """An anonymised file of one year."""

    year = forms.TypedChoiceField(label=gettext_lazy("Năm"), coerce=int)
    k = forms.IntegerField(
        label=gettext_lazy("Số hộ giống nhau ít nhất (k)"),
        min_value=3,
        max_value=100,
        initial=5,
        help_text=gettext_lazy("Mỗi hộ trong tệp giống ít nhất k − 1 hộ khác ở mọi đặc điểm nhận ra được."),
    )

    def __init__(self, *args: Any, years: list[int], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["year"].choices = [(year, str(year)) for year in years]  # type: ignore[attr-defined]


def index(request: Request) -> HttpResponse:
    """What the warehouse holds and since when; forms for what the person may ask of it."""
    if request.user.role == Role.ADMINISTRATOR:
        raise Http404
    try:
        held = snapshot.current()
        rounds, counts = held.rounds, actions.rows_of(held)
    except WarehouseError as error:
        held, rounds, counts = None, [], {}
        messages.info(request, str(error))
    years = [r["year"] for r in held.asked(public=True)] if held else []
    provincial = request.user.role == Role.PROVINCIAL_OFFICER
    forms_: dict[str, Any] = {
        "tables_form": TablesForm(initial={"names": ["verdicts"]})
        if held and request.user.sees_households
        else None,
        "research_form": ResearchForm(years=years) if held and provincial else None,
    }
    context = {
        "snapshot": held,
        "rounds": rounds,
        "tables": [(table, counts.get(table.name, 0)) for table in tables().values()],
        "makings": [
            (m, actions.is_kept(m)) for m in Making.objects.select_related("asked_by").order_by("-pk")[:10]
        ],
        "may_build": provincial,
        "english": get_language() == "en",
        **forms_,
    }
    return render(request, "warehouse/index.html", context)


@require_POST
def ask(request: Request, kind: str) -> HttpResponse:
    """Ask for a snapshot, for tables or for a research file; what is wrong is said on the page."""
    try:
        making = _asked(request, kind)
    except WarehouseError as error:
        messages.error(request, str(error))
        return redirect("warehouse")
    return redirect("making", pk=making.pk)


def _asked(request: Request, kind: str) -> Making:
    if kind == Making.Kind.SNAPSHOT:
        return actions.ask_for_snapshot(by=request.user)
    if kind == Making.Kind.TABLES:
        names = request.POST.getlist("names")
        return actions.ask_for_tables(names=names, format=request.POST.get("format", ""), by=request.user)
    if kind == Making.Kind.RESEARCH:
        year, k = request.POST.get("year", ""), request.POST.get("k", "")
        if not (year.isdecimal() and k.isdecimal()):
            raise NoSuchTableError(name=_("năm %(year)s, k = %(k)s") % {"year": year, "k": k})
        return actions.ask_for_research(year=int(year), k=int(k), by=request.user)
    raise Http404


def making(request: Request, pk: int) -> HttpResponse:
    """How far a job has come, and what came of it."""
    found = get_object_or_404(Making, pk=pk)
    stage, percent = actions.progress_of(found)
    context = {
        "making": found,
        "stage": stage,
        "percent": percent,
        "kept": actions.is_kept(found) and found.asked_by_id == request.user.pk,
    }
    asks = request.headers.get("HX-Request")
    response = render(request, "warehouse/progress.html" if asks else "warehouse/making.html", context)
    if asks and found.finished:
        response["HX-Refresh"] = "true"
    return response


def file(request: Request, pk: int) -> FileResponse:
    """The file, to the person who asked for it."""
    found = get_object_or_404(Making, pk=pk, asked_by=request.user, state=Making.State.DONE)
    if not actions.is_kept(found):
        raise Http404
    record(kind=Kind.READ, subject="warehouse_making", row=found.pk, details=found.asked, by=request.user)
    name = f"{found.kind}-{found.snapshot}.zip"
    return FileResponse(actions.path_of(found).open("rb"), as_attachment=True, filename=name)


def dictionary(request: Request) -> HttpResponse:
    """Every column in words, as CSV."""
    from giamngheo.warehouse.tables import dictionary as rows

    response = HttpResponse(actions.dictionary_csv(rows()), content_type="text/csv; charset=utf-8")
    response["Content-Disposition"] = 'attachment; filename="dictionary.csv"'
    return response


urlpatterns = [
    path("kho-so-lieu/", index, name="warehouse"),
    path("kho-so-lieu/tu-dien.csv", dictionary, name="warehouse-dictionary"),
    path("kho-so-lieu/yeu-cau/<slug:kind>", ask, name="warehouse-ask"),
    path("kho-so-lieu/viec/<int:pk>/", making, name="making"),
    path("kho-so-lieu/viec/<int:pk>/tep", file, name="making-file"),
]
