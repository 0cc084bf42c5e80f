"""Taking data away: the households of a unit in a round, and the tables of figures."""

import datetime as dt
import tempfile
from pathlib import Path
from typing import Any

from django import forms
from django.http import FileResponse, Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import path
from django.utils.text import slugify
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_POST

from giamngheo.access.models import Role
from giamngheo.access.queries import sees_figures_of
from giamngheo.areas.errors import AreaError
from giamngheo.areas.queries import ancestors_on, unit_on
from giamngheo.audit.actions import record
from giamngheo.audit.models import Kind
from giamngheo.base.text import fold
from giamngheo.rules.standards import standards
from giamngheo.surveys import export_actions, figure_tables, queries
from giamngheo.surveys.errors import SurveyError
from giamngheo.surveys.models import Export, Round
from giamngheo.web.requests import Request
from giamngheo.web.views.rounds import address, asked_unit

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


class ExportForm(forms.Form):
    """Which file: its kind, and whether of poor and near-poor households alone."""

    format = forms.ChoiceField(
        label=gettext_lazy("Kiểu tệp"),
        choices=Export.Format.choices,
        widget=forms.RadioSelect,
        initial=Export.Format.XLSX,
    )
    poor_only = forms.BooleanField(label=gettext_lazy("Chỉ hộ nghèo và hộ cận nghèo"), required=False)


def export(request: Request, pk: int) -> HttpResponse:
    """What can be taken away of a round within a unit, and the files already asked for."""
    round = get_object_or_404(queries.rounds(seen_by=request.user), pk=pk)
    if request.user.role == Role.ADMINISTRATOR:
        raise Http404
    unit = asked_unit(request, round)
    form = ExportForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            asked = export_actions.ask_for_households(
                round=round, unit=unit, **form.cleaned_data, by=request.user
            )
        except SurveyError as error:
            form.add_error(None, str(error))
        else:
            return redirect(
                "export-file" if asked.state == Export.State.DONE else "export-state", pk=asked.pk
            )
    context: dict[str, Any] = {
        "round": round,
        "unit": unit,
        "units": ancestors_on(unit, round.reference_date),
    }
    context |= {"form": form if request.user.sees_households else None, "address": address(round)}
    asked_before = export_actions.exports_of(seen_by=request.user)[:10]
    context["asked"] = [(file, export_actions.is_kept(file)) for file in asked_before]
    return render(request, "exports/export.html", context)


def state(request: Request, pk: int) -> HttpResponse:
    """How far a file has come; the whole page, or its progress alone when the page asks again."""
    found = _own(request, pk)
    done = export_actions.progress_of(found)
    template = "exports/progress.html" if request.headers.get("HX-Request") else "exports/state.html"
    context = {
        "export": found,
        "done": done,
        "address": address(found.round),
        "kept": export_actions.is_kept(found),
        "own": found.created_by_id == request.user.pk,
    }
    response = render(request, template, context)
    if request.headers.get("HX-Request") and found.finished:
        response["HX-Refresh"] = "true"
    return response


def file(request: Request, pk: int) -> FileResponse:
    """The file itself, to the person who asked for it."""
    found = _own(request, pk)
    place = export_actions.path_of(found)
    if found.state != Export.State.DONE or found.created_by_id != request.user.pk or not place.is_file():
        raise Http404
    record(
        kind=Kind.READ, subject="surveys_export", row=found.pk, details={"rows": found.done}, by=request.user
    )
    name = f"{_file_name(found.round, found.unit.name)}{place.suffix}"
    return FileResponse(place.open("rb"), as_attachment=True, filename=name)


@require_POST
def cancel(request: Request, pk: int) -> HttpResponse:
    """Let go of a file that is still being made."""
    found = _own(request, pk)
    export_actions.cancel(found, by=request.user)
    return redirect("export-state", pk=pk)


def _own(request: Request, pk: int) -> Export:
    return get_object_or_404(export_actions.exports_of(seen_by=request.user), pk=pk)


def figures(request: Request, code: str, table: str) -> HttpResponse:
    """A table of figures of a unit as CSV, or all of them as one workbook (`table` 'tat-ca'); asked like the page."""
    asked = _asked(request, code)
    tables = _tables(request, **asked)
    round, unit = asked["round"], asked["unit"]
    details = {"round": round.name, "unit": unit.code, "table": table}
    if table in tables:
        made = tables[table]()
        record(
            kind=Kind.EXPORT, subject="figures", details={**details, "rows": len(made[1])}, by=request.user
        )
        response = HttpResponse(figure_tables.one_csv(made), content_type="text/csv; charset=utf-8")
        response["Content-Disposition"] = f'attachment; filename="{table}-{_file_name(round, unit.name)}.csv"'
        return response
    if table != "tat-ca":
        raise Http404
    every = [make() for make in tables.values()]
    record(
        kind=Kind.EXPORT,
        subject="figures",
        details={**details, "rows": sum(len(r) for _s, r in every)},
        by=request.user,
    )
    with tempfile.TemporaryDirectory() as folder:
        place = Path(folder) / "figures.xlsx"
        notes = figure_tables.definitions(
            round, unit, asked["standard"], asked["geography"] or round.reference_date
        )
        figure_tables.write_workbook(place, every, notes)
        response = HttpResponse(place.read_bytes(), content_type=XLSX)
    response["Content-Disposition"] = f'attachment; filename="so-lieu-{_file_name(round, unit.name)}.xlsx"'
    return response


def _asked(request: Request, code: str) -> dict[str, Any]:
    """Round, unit, standard and geography as the address names them; 404 for what is not there or not theirs."""
    year, day, slug = (request.GET.get(name, "") for name in ("nam", "ngay", "chuan"))
    try:
        geography = dt.date.fromisoformat(day) if day else None
        found = queries.annual_round(int(year), seen_by=request.user) if year else _latest(request)
        if found is None:
            raise Http404
        unit = unit_on(code, geography or found.reference_date)
    except (ValueError, AreaError) as error:
        raise Http404 from error
    if not sees_figures_of(unit.pk) or (slug and slug not in standards()):
        raise Http404
    return {"round": found, "unit": unit, "standard": slug or found.standard, "geography": geography}


def _latest(request: Request) -> Round | None:
    return queries.rounds(seen_by=request.user).filter(kind=Round.Kind.ANNUAL).first()


def _tables(
    request: Request, round: Round, unit: Any, standard: str, geography: dt.date | None
) -> dict[str, Any]:
    user = request.user
    return {
        "don-vi": lambda: figure_tables.units_table(
            round, unit, standard=standard, geography=geography, seen_by=user
        ),
        "nam": lambda: figure_tables.series_table(unit, seen_by=user),
        "thieu-hut": lambda: figure_tables.profile_table(round, unit, standard=standard, seen_by=user),
        "dan-toc": lambda: figure_tables.groups_table(round, unit, standard=standard, seen_by=user),
    }


def _file_name(round: Round, unit: str) -> str:
    return f"{slugify(fold(unit)) or 'don-vi'}-{round.year}"


urlpatterns = [
    path("ra-soat/dot/<int:pk>/tai-ve/", export, name="export"),
    path("tai-ve/<int:pk>/", state, name="export-state"),
    path("tai-ve/<int:pk>/tep", file, name="export-file"),
    path("tai-ve/<int:pk>/huy", cancel, name="export-cancel"),
    path("so-lieu/<str:code>/<slug:table>", figures, name="figures-file"),
]
