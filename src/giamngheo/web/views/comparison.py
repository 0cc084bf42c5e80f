"""Any two to eight units side by side: every indicator, a picture of one of them, the whole as a file."""

import tempfile
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.urls import path, reverse
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from giamngheo.access.queries import grants_in_force
from giamngheo.areas.models import Level, Unit
from giamngheo.areas.queries import ancestors_on, by_ancestor_on, children_on, label, unit_on
from giamngheo.audit.actions import record
from giamngheo.audit.models import Kind
from giamngheo.pictures import figures as drawn
from giamngheo.pictures.looks import language
from giamngheo.reports.exchange import tables
from giamngheo.resolution.actuals import ORIGINS, Actual
from giamngheo.resolution.indicators import Indicator
from giamngheo.resolution.sentences import moved, shown
from giamngheo.resolution.series import SeriesRow, Side, side_by_side
from giamngheo.surveys.files import csv_text
from giamngheo.web.requests import Request
from giamngheo.web.views.series import FILES, AskedSeries, asked_series

LEAST, MOST = 2, 8
FIRST = "poor-rate"


def show(request: Request) -> HttpResponse:
    """The units of the address side by side; with fewer than two, the choice of units alone."""
    asked = asked_series(request)
    year, years = _year(request, asked)
    units = asked.units if request.GET.getlist("don-vi") else []
    context: dict[str, Any] = {
        "asked": asked,
        "units": units,
        "year": year,
        "years": years,
        "choices": _choices(request, asked),
        "chosen": [unit.code for unit in units],
        "most": MOST,
        "trail": ancestors_on(asked.units[0], asked.on)[:1],
    }
    if not LEAST <= len(units) <= MOST:
        context["problem"] = len(units) > 0
        return render(request, "comparison/index.html", context, status=400 if units else 200)
    rows = asked.rows(request)
    sides = side_by_side(rows, units, year)
    if not sides:
        return render(request, "comparison/index.html", context)
    slug = request.GET.get("ve", FIRST)
    one = next((side for side in sides if side.indicator.slug == slug), sides[0])
    context |= {
        "sides": [_line(side) for side in sides],
        "one": one.indicator,
        "one_name": one.indicator.name(language()),
        "answer": _answer(one, units),
        "picture": _picture(one, units, rows),
        "measured": [(side.indicator.slug, side.indicator.name(language())) for side in sides],
        "files": [(kind, reverse("comparison-file", args=[kind]) + f"?{asked.query}") for kind in ("csv", "xlsx")],
        "series": reverse("series") + f"?{asked.query}",
    }  # fmt: skip
    return render(request, "comparison/index.html", context)


def file(request: Request, kind: str) -> HttpResponse:
    """The table as CSV; as XLSX with every figure of every year on a second sheet."""
    asked = asked_series(request)
    if kind not in ("csv", "xlsx") or not LEAST <= len(asked.units) <= MOST:
        raise Http404
    year, _years = _year(request, asked)
    rows = asked.rows(request)
    table = tables.compared(side_by_side(rows, asked.units, year), asked.units)
    details = {"table": "comparison", "units": [u.code for u in asked.units], "rows": len(table[1])}
    record(kind=Kind.EXPORT, subject="figures", details=details, by=request.user)
    if kind == "csv":
        answer = HttpResponse(csv_text(*table), content_type=FILES["csv"][0])
    else:
        with tempfile.TemporaryDirectory() as place:
            target = Path(place) / "comparison.xlsx"
            tables.xlsx(target, rows, tables.notes(asked.on, request.installation.synthetic), table)
            answer = HttpResponse(target.read_bytes(), content_type=FILES["xlsx"][0])
    answer["Content-Disposition"] = f'attachment; filename="so-sanh-{year}.{kind}"'
    return answer


def _year(request: Request, asked: AskedSeries) -> tuple[int, list[int]]:
    """The year asked for and those there are to choose; by default the last of the resolution or of today."""
    years = list(range(asked.resolution.base_year, min(asked.resolution.last, request.today.year) + 1))
    year = request.GET.get("nam", "")
    return (int(year) if year.isdecimal() and int(year) in years else years[-1]), years


def _choices(request: Request, asked: AskedSeries) -> list[tuple[str, list[Unit]]]:
    """The units the reader may choose, by the unit they lie in: down to communes, within a commune its villages."""
    grants = list(grants_in_force(request.user))
    root = unit_on(grants[0].unit.code, asked.on)
    below = list(children_on(root, asked.on))
    first = (label(root), [root, *below])
    if root.level > Level.PROVINCE:
        return [first]
    communes = by_ancestor_on(below, asked.on, Level.COMMUNE)
    return [first, *((label(unit), communes.get(unit.pk, [])) for unit in below)]


def _line(side: Side) -> dict[str, Any]:
    spoken, one = language(), side.indicator
    return {
        "slug": one.slug,
        "name": one.name(spoken),
        "cells": [_cell(one, figure) for figure in side.figures],
    }


def _cell(one: Indicator, figure: Actual | None) -> dict[str, str]:
    if figure is None:
        return {"value": "–", "when": "", "origin": ""}
    spoken = language()
    origin = "" if figure.origin == "register" else ORIGINS[figure.origin](spoken)
    return {"value": shown(figure.value, one, spoken), "when": figure.span.words(spoken), "origin": origin}


def _answer(one: Side, units: Sequence[Unit]) -> str:
    """Which of the units has the highest and the lowest figure, and how far apart they are."""
    known = [(f.value, unit) for f, unit in zip(one.figures, units, strict=True) if f]
    (high, most), (low, least) = max(known, key=lambda k: k[0]), min(known, key=lambda k: k[0])
    spoken = language()
    return _("%(name)s: cao nhất %(most)s, %(high)s; thấp nhất %(least)s, %(low)s; cách nhau %(gap)s.") % {
        "name": one.indicator.name(spoken),
        "most": label(most),
        "high": shown(high, one.indicator, spoken),
        "least": label(least),
        "low": shown(low, one.indicator, spoken),
        "gap": moved(high - low, one.indicator, spoken),
    }


def _picture(one: Side, units: Sequence[Unit], rows: Sequence[SeriesRow]) -> SafeString:
    """A line a unit over the years of one standard where the figure is a share and there are years; else bars."""
    spoken, title = language(), one.indicator.name(language())
    standards = {f.standard for f in one.figures if f}
    points = [
        drawn.Point(row.actual.span.last.year, label(row.unit), row.actual.standard, row.actual.value / 100)
        for row in rows
        if row.indicator == one.indicator and row.leads and row.actual.comparable and row.actual.standard in standards
        and row.actual.span.years <= 1
    ]  # fmt: skip
    if one.indicator.unit == "percent" and len(standards) == 1 and len({p.year for p in points}) > 1:
        return drawn.series_by_group(points, title=title)
    most = max((abs(f.value) for f in one.figures if f), default=1) or 1
    bars = [
        drawn.Bar(label(unit), f.value / most if f else None, shown=shown(f.value, one.indicator, spoken) if f else "")
        for f, unit in zip(one.figures, units, strict=True)
    ]  # fmt: skip
    return drawn.groups(bars, title=title)


urlpatterns = [
    path("so-sanh/", show, name="comparison"),
    path("so-sanh/tep.<str:kind>", file, name="comparison-file"),
]
