"""Does it last: who holds after escaping poverty, and the watch list of who may fall back, with the model it comes from."""

from math import exp
from typing import Any

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.urls import path
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop
from django.views.decorators.http import require_POST

from giamngheo.access.models import Role
from giamngheo.access.queries import sees_figures_of
from giamngheo.areas.models import Level, Unit
from giamngheo.areas.queries import ancestors_on, children_on
from giamngheo.audit.actions import record
from giamngheo.audit.models import Kind
from giamngheo.escape import actions, queries
from giamngheo.escape.curves import DIVISIONS, Curve, Lasting, area_level, lasting
from giamngheo.escape.errors import EscapeError
from giamngheo.escape.watch import SMALL, Told
from giamngheo.measures.risk import EVENTS, Band, Effect, GroupErrors
from giamngheo.pictures import figures as drawn
from giamngheo.pictures.looks import language
from giamngheo.registry.search import head_names
from giamngheo.rules.facts import ethnic_name
from giamngheo.rules.standards import standards
from giamngheo.warehouse.disclosure import OTHER
from giamngheo.warehouse.errors import WarehouseError
from giamngheo.warehouse.places import villages_of
from giamngheo.warehouse.snapshot import current
from giamngheo.web.render import page
from giamngheo.web.requests import Request
from giamngheo.web.templatetags.formats import number, percent, unit_label
from giamngheo.web.views.analysis_asked import unit_asked

PER_PAGE = 50
#: Lines on one picture; the table has them all.
DRAWN = 5
_BY = {"area": gettext_noop("Địa bàn"), "ethnic": gettext_noop("Dân tộc của chủ hộ"), "help": gettext_noop("Hỗ trợ nhận trong năm thoát nghèo"), "lacks": gettext_noop("Số thiếu hụt khi thoát nghèo")}  # fmt: skip
_GROUPS = {
    "livelihood": gettext_noop("có hỗ trợ làm ăn (vốn vay, sản xuất, đào tạo, việc làm, đất)"),
    "other": gettext_noop("chỉ có hỗ trợ khác"),
    "none": gettext_noop("không có lần chi nào trong sổ"),
    "unrecorded": gettext_noop("năm ấy xã chưa ghi lần chi nào"),
    "0": gettext_noop("không thiếu hụt"),
    "1": gettext_noop("1–2 thiếu hụt"),
    "3": gettext_noop("từ 3 thiếu hụt"),
}
#: A predictor: in words after “hộ”, what one more of it is, its short name.
_WORDS = {
    "near_poor": (gettext_noop("hộ đang là hộ cận nghèo, so với hộ đã ra khỏi cả hai danh sách"), gettext_noop("đang cận nghèo")),
    "recent": (gettext_noop("hộ vừa thoát nghèo ở đợt này, so với hộ cận nghèo không nghèo đợt trước"), gettext_noop("vừa thoát nghèo")),
    "deprived": (gettext_noop("mỗi chỉ số thiếu hụt thêm"), gettext_noop("còn nhiều thiếu hụt")),
    "borderline": (gettext_noop("hộ sát ngưỡng xếp loại, so với hộ không sát"), gettext_noop("sát ngưỡng")),
    "persons": (gettext_noop("mỗi nhân khẩu thêm"), gettext_noop("đông người")),
    "dependants": (gettext_noop("mỗi trẻ dưới 15 tuổi hay người từ 60 tuổi thêm"), gettext_noop("nhiều người phụ thuộc")),
}  # fmt: skip


def after(request: Request) -> HttpResponse:
    """Who holds after escape in a unit: curves by one division, what was lacking; figures of pools for who sees no households."""
    if request.user.role == Role.ADMINISTRATOR:
        raise Http404
    by = request.GET.get("theo", "area")
    pooled = not request.user.sees_households
    try:
        snapshot = current()
        unit = unit_for(request)
        villages = frozenset(villages_of(snapshot, unit.pk, request.today))
        level = area_level(unit, request.today, pooled=pooled)
        found = lasting(
            snapshot, villages, by if by in DIVISIONS else "area", level, request.today, pooled=pooled
        )
    except (WarehouseError, EscapeError) as error:
        return render(
            request,
            "escape/nothing.html",
            {"reason": str(error), "warehouse": isinstance(error, WarehouseError)},
        )
    names = _names(by, found.curves)
    ks = sorted({step.k for curve in (found.whole, *found.curves) for step in curve.steps})
    spoken = language()
    known = {one.code: one.name(spoken) for one in standards()[found.rounds.standard].indicators}
    context = {
        "unit": unit,
        "places": places(request, unit),
        "by": by if by in DIVISIONS else "area",
        "divisions": [(key, _(words)) for key, words in _BY.items()],
        "found": found,
        "snapshot": snapshot,
        "law": standards()[found.rounds.standard].name(spoken),
        "years": found.rounds.years,
        "ks": ks,
        "whole": _row(found.whole, ks),
        "rows": [(names[curve.group], *_row(curve, ks)) for curve in found.curves],
        "first": found.whole.steps[0],
        "last": found.whole.steps[-1],
        "lacking": [(known.get(one.code, one.code), one) for one in found.lacking],
        "pooled": pooled,
        "off": found.off and 100 * found.off,
        "picture": _curves_picture(found, names),
    }
    return page(request, "escape/after.html", context)


def unit_for(request: Request) -> Unit:
    """The unit asked for; villages are not told to whoever sees no households."""
    unit = unit_asked(request, request.GET.get("dia-ban", ""), request.today)
    if unit.level == Level.VILLAGE and not request.user.sees_households:
        raise Http404
    return unit


def places(request: Request, unit: Unit) -> list[Unit]:
    """The units a reader may go to from one: those above it whose figures they may see, itself, and those directly below."""
    below = children_on(unit, request.today)
    if not request.user.sees_households:
        below = below.exclude(level=Level.VILLAGE)
    return [*(one for one in ancestors_on(unit, request.today) if sees_figures_of(one.pk)), *below]


def _row(curve: Curve, ks: list[int]) -> tuple[int, int, list[Any]]:
    """Cells by year; in a year without a step nobody's following ended, so that the share is still the last one's."""
    steps, cells, last = {step.k: step for step in curve.steps}, [], None
    for k in ks:
        last = steps.get(k) or (last if k < curve.steps[-1].k else None)
        cells.append((k, last))
    return curve.n, curve.fell, cells


def _names(by: str, curves: tuple[Curve, ...]) -> dict[str, str]:
    groups = [curve.group for curve in curves]
    if by == "ethnic":
        return {group: group_name(group) for group in groups}
    if by in ("help", "lacks"):
        return {group: _(_GROUPS.get(group, group)) for group in groups}
    units = Unit.objects.in_bulk([int(group) for group in groups if group.isdecimal()])
    return {g: unit_label(units[int(g)]) if g.isdecimal() else _("không ghi") for g in groups}


def group_name(group: str) -> str:
    """An ethnic group in words; small groups stand together."""
    otherwise = _("các dân tộc ít hộ") if group in (SMALL, OTHER) else _("không ghi")
    return ethnic_name(group, language(), otherwise=otherwise)


def _curves_picture(found: Lasting, names: dict[str, str]) -> Any:
    shown = [(_("Tất cả"), found.whole), *((names[c.group], c) for c in found.curves[:DRAWN])]
    points = [
        drawn.Point(k, name, "", 1 - share)
        for name, curve in shown
        for k, share in [(0, 1.0), *((step.k, step.share) for step in curve.steps)]
    ]
    return drawn.series_by_group(points, title=_("Phần hộ đã nghèo lại, theo số năm sau khi thoát nghèo"))


def watch(request: Request) -> HttpResponse:
    """The households to keep an eye on in the reader's area, and the model that names them: in words, tried, fair or not."""
    if not request.user.sees_households:
        raise Http404
    unit = unit_asked(request, request.GET.get("dia-ban", ""), request.today)
    held, asked = queries.in_force(seen_by=request.user), queries.last_asked(seen_by=request.user)
    context: dict[str, Any] = {
        "unit": unit,
        "held": held,
        "asked": asked,
        "may_make": request.user.role == Role.PROVINCIAL_OFFICER,
    }
    if held:
        found = queries.watched(held, unit=unit, day=request.today, seen_by=request.user)
        shown = Paginator(found, PER_PAGE).get_page(request.GET.get("trang"))
        if len(shown):
            details = {"list": held.pk, "unit": unit.code, "page": shown.number}
            record(
                kind=Kind.READ, subject="escape_watched", row=str(held.pk), details=details, by=request.user
            )
        heads = head_names([row.household_id for row in shown])
        context |= {
            "page": shown,
            "rows": [
                (
                    row,
                    heads.get(row.household_id, ""),
                    [_(_WORDS[name][1]) for name in row.why if name in _WORDS],
                )
                for row in shown
            ],
        }
        context |= _model(Told.from_plain(held.model))
    return page(request, "escape/watch.html", context)


def _model(told: Told) -> dict[str, Any]:
    bands = [(place, band) for place, band in enumerate(told.bands, start=1)]
    return {
        "told": told,
        "events": EVENTS,
        "effects": [(_effect(one), _(_WORDS[one.name][1]), one) for one in told.fitted.effects],
        "left_out": ", ".join(_(_WORDS[name][1]) for name in told.left_out),
        "bands": bands,
        "groups": [(group_name(one.group), one) for one in told.groups],
        "apart": _apart(told.groups),
        "picture": _calibration_picture(bands) if len(bands) > 1 else "",
    }


def _effect(one: Effect) -> str:
    """A coefficient in a sentence: how many times the odds, between which bounds, and whether that is sure."""
    words = {
        "who": _(_WORDS[one.name][0]),
        "times": number(one.odds, 2),
        "low": number(exp(one.low), 2),
        "high": number(exp(one.high), 2),
    }
    if not one.sure:
        return (
            _("%(who)s: chưa rõ là tăng hay giảm (gấp %(times)s lần; có thể từ %(low)s đến %(high)s lần).")
            % words
        )
    if one.coefficient > 0:
        return _("%(who)s: khả năng nghèo lại gấp %(times)s lần (từ %(low)s đến %(high)s lần).") % words
    return _("%(who)s: khả năng nghèo lại chỉ bằng %(times)s lần (từ %(low)s đến %(high)s lần).") % words


def _apart(groups: tuple[GroupErrors, ...]) -> str:
    """How far the groups' rates of misses and of false alarms lie apart."""
    said = []
    for words, rates in (
        (_("tỷ lệ bỏ lọt"), [g.miss_rate for g in groups]),
        (_("tỷ lệ báo nhầm"), [g.false_alarm_rate for g in groups]),
    ):
        known = [rate for rate in rates if rate is not None]
        if len(known) > 1:
            said.append(
                _("%(what)s từ %(low)s đến %(high)s")
                % {"what": words, "low": percent(min(known), 0), "high": percent(max(known), 0)}
            )
    return "; ".join(said)


def _calibration_picture(bands: list[tuple[int, Band]]) -> Any:
    points = [
        drawn.Point(place, name, "", value)
        for name, word in ((_("Mô hình dự báo"), "expected"), (_("Thực tế đợt sau"), "observed"))
        for place, band in bands
        for value in [getattr(band, word)]
    ]
    return drawn.series_by_group(points, title=_("Dự báo và thực tế, từ nhóm nguy cơ thấp nhất đến cao nhất"))


@require_POST
def make(request: Request) -> HttpResponse:
    """Have the list made anew by the job runner."""
    try:
        actions.ask(by=request.user)
    except (EscapeError, WarehouseError) as error:
        messages.error(request, str(error))
    return redirect("escape-watch")


def progress(request: Request) -> HttpResponse:
    """How far the making is; the page comes anew when it is over."""
    asked = queries.last_asked(seen_by=request.user)
    response = render(request, "escape/progress.html", {"asked": asked})
    if asked is None or asked.is_over:
        response["HX-Refresh"] = "true"
    return response


urlpatterns = [
    path("ho-tro/sau-thoat-ngheo/", after, name="escape-after"),
    path("ho-tro/can-theo-doi/", watch, name="escape-watch"),
    path("ho-tro/can-theo-doi/lap", make, name="escape-make"),
    path("ho-tro/can-theo-doi/tien-do", progress, name="escape-progress"),
]
