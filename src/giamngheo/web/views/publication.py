"""The public figures: read by anyone without an account; published and withdrawn by the province."""

import datetime as dt
from typing import Any

from django import forms
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import path, reverse
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_POST

from giamngheo.access.models import Role
from giamngheo.areas.queries import outlines_of, units_on
from giamngheo.pictures import figures as drawn
from giamngheo.pictures.looks import language
from giamngheo.rules.facts import ethnic_name
from giamngheo.rules.standards import standards
from giamngheo.surveys.files import Cell, Column, Sheet, csv_text
from giamngheo.surveys.models import Round
from giamngheo.surveys.queries import rounds
from giamngheo.warehouse import publication
from giamngheo.warehouse.disclosure import LEAST, OTHER
from giamngheo.warehouse.errors import WarehouseError
from giamngheo.warehouse.publication import Published
from giamngheo.web.requests import Request

KINDS = {1: gettext_lazy("tỉnh"), 2: gettext_lazy("huyện"), 3: gettext_lazy("xã")}


class WithdrawForm(forms.Form):
    """Why the figures are taken away."""

    reason = forms.CharField(label=gettext_lazy("Vì sao rút lại"), max_length=400)


def index(request: HttpRequest) -> HttpResponse:
    """The years there are."""
    return render(request, "publication/index.html", {"years": publication.published_years()})


def show(request: HttpRequest, year: int, code: str = "") -> HttpResponse:
    """The figures of the province, a district or a commune in a year."""
    found, unit = _found(year, code)
    return render(request, "publication/unit.html", _page(found, unit))


def file(request: HttpRequest, year: int) -> HttpResponse:
    """All figures of a year, one a row, as CSV."""
    found, _unit = _found(year, "")
    answer = HttpResponse(csv_text(*_table(found)), content_type="text/csv; charset=utf-8")
    answer["Content-Disposition"] = f'attachment; filename="cong-bo-{year}.csv"'
    return answer


def _found(year: int, code: str) -> tuple[Published, dict[str, Any]]:
    found = publication.published(year)
    unit = found.unit(code) if found else None
    if found is None or unit is None:
        raise Http404
    return found, unit


def _page(found: Published, unit: dict[str, Any]) -> dict[str, Any]:
    spoken, content = language(), found.content
    law = standards()[content["standard"]]
    below = found.below(unit["code"])
    names = {one.code: one.name(spoken) for one in law.indicators}
    lacking = sorted(unit["lacking"].items(), key=lambda one: -(one[1] or 0))
    bars = [drawn.Bar(names[code], share) for code, share in lacking]
    return {
        "found": found,
        "unit": unit,
        "called": _called(unit),
        "trail": _trail(found, unit),
        "below": [(one, _called(one), _address(found, one)) for one in below],
        "places": _places(found, below),
        "lacking": [(names[code], share) for code, share in lacking],
        "lacking_figure": drawn.deprivation_profile(bars, title=_("Tỷ lệ hộ thiếu hụt từng chỉ số")),
        "groups": [(_group(one["ethnic"]), one) for one in sorted(unit["groups"], key=lambda g: -g["households"])],
        "standard": law.name(spoken),
        "least": LEAST,
        "day": dt.date.fromisoformat(content["day"]),
    }  # fmt: skip


def _called(unit: dict[str, Any]) -> str:
    return f"{unit['kind']} {unit['name']}"


def _group(code: str) -> str:
    if code == OTHER:
        return _("các dân tộc khác, mỗi dân tộc dưới 5 hộ trong xã")
    return ethnic_name(code, language(), otherwise=_("không ghi"))


def _trail(found: Published, unit: dict[str, Any]) -> list[tuple[str, str]]:
    steps: list[tuple[str, str]] = []
    while unit:
        steps.insert(0, (_called(unit), _address(found, unit)))
        unit = found.unit(unit["within"]) or {} if unit["within"] else {}
    return steps


def _address(found: Published, unit: dict[str, Any]) -> str:
    if not unit["within"]:
        return reverse("publication", args=[found.year])
    return reverse("publication-unit", args=[found.year, unit["code"]])


def _places(found: Published, below: list[dict[str, Any]]) -> SafeString | str:
    units = units_on([one["code"] for one in below], dt.date.fromisoformat(found.content["day"]))
    outlines = outlines_of(list(units.values()))
    places = []
    for one in below:
        unit = units.get(one["code"])
        if unit and unit.pk in outlines:
            places.append(drawn.Place(outlines[unit.pk], one["name"], one["poor"], _address(found, one)))
    return drawn.choropleth(places, title=_("Tỷ lệ hộ nghèo theo đơn vị")) if places else ""


def _table(found: Published) -> tuple[Sheet, list[list[Cell]]]:
    """One row a figure: the unit, what is measured, of whom, the year, its standard, the share, the households behind it."""
    columns = [
        Column("code", _("Mã đơn vị")), Column("name", _("Đơn vị")), Column("level", _("Cấp")), Column("year", _("Năm"), "int"),
        Column("standard", _("Chuẩn")), Column("measure", _("Chỉ số")), Column("group", _("Dân tộc của chủ hộ")),
        Column("share", _("Tỷ lệ"), "rate"), Column("households", _("Số hộ đứng sau"), "int"), Column("synthetic", _("Dữ liệu mô phỏng")),
    ]  # fmt: skip
    law = standards()[found.content["standard"]]
    names = {one.code: one.name(language()) for one in law.indicators}
    made_up = _("có") if found.content["synthetic"] else _("không")
    poor, near = _("Tỷ lệ hộ nghèo"), _("Tỷ lệ hộ cận nghèo")
    rows: list[list[Cell]] = []
    for unit in found.content["units"]:
        head: list[Cell] = [unit["code"], unit["name"], str(KINDS[unit["level"]])]
        for words, key in ((poor, "poor"), (near, "near_poor")):
            rows.append([*head, found.year, law.slug, words, "", unit[key], unit["households"], made_up])
        for code, share in unit["lacking"].items():
            rows.append([*head, found.year, law.slug, names[code], "", share, None, made_up])
        for g in unit["groups"]:
            rows.append(
                [*head, found.year, law.slug, poor, _group(g["ethnic"]), g["poor"], g["households"], made_up]
            )
    return Sheet(_("Công bố"), "cong-bo", columns), rows


def manage(request: Request) -> HttpResponse:
    """What was published and withdrawn, by whom; the rounds that may be published, for the province."""
    if request.user.role not in publication.READERS:
        raise Http404
    may = request.user.role == Role.PROVINCIAL_OFFICER
    annual = [r for r in rounds(seen_by=request.user) if r.kind == Round.Kind.ANNUAL and not r.is_open]
    out = set(publication.published_years())
    context = {
        "rows": publication.history(seen_by=request.user),
        "rounds": [(round, round.year in out) for round in annual] if may else [],
        "years": sorted(out, reverse=True),
        "least": LEAST,
    }
    return render(request, "publication/manage.html", context)


@require_POST
def act(request: Request, year: int, what: str) -> HttpResponse:
    """Publish the figures of a year, or withdraw them with a reason."""
    if request.user.role != Role.PROVINCIAL_OFFICER or what not in ("cong-bo", "rut"):
        raise Http404
    round = get_object_or_404(rounds(seen_by=request.user), year=year, kind=Round.Kind.ANNUAL)
    form = WithdrawForm(request.POST)
    try:
        if what == "cong-bo":
            publication.publish(round=round, by=request.user)
            messages.success(request, _("Đã công bố số liệu năm %(year)s.") % {"year": year})
        elif form.is_valid():
            publication.withdraw(round=round, by=request.user, **form.cleaned_data)
            messages.success(request, _("Đã rút số liệu năm %(year)s.") % {"year": year})
        else:
            messages.error(request, _("Hãy ghi vì sao rút lại."))
    except WarehouseError as error:
        messages.error(request, str(error))
    return redirect("publications")


urlpatterns = [
    path("cong-bo/", index, name="publication-index"),
    path("cong-bo/<year:year>/", show, name="publication"),
    path("cong-bo/<year:year>/tep.csv", file, name="publication-file"),
    path("cong-bo/<year:year>/<str:code>/", show, name="publication-unit"),
    path("so-lieu-cong-bo/", manage, name="publications"),
    path("so-lieu-cong-bo/<year:year>/<slug:what>", act, name="publication-act"),
]
