"""Series taken away at addresses that stay: as CSV and XLSX for people, as SDMX for other systems."""

import datetime as dt
import tempfile
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.urls import path, reverse

from giamngheo.access.models import Role
from giamngheo.access.queries import grants_in_force, sees_figures_of
from giamngheo.areas.models import Level, Unit
from giamngheo.areas.queries import ancestors_on, descendants_on, units_on
from giamngheo.audit.actions import record
from giamngheo.audit.models import Kind
from giamngheo.pictures.looks import language
from giamngheo.reports.exchange import tables
from giamngheo.reports.exchange.status import STATUS
from giamngheo.resolution import queries
from giamngheo.resolution.clauses import CONFIDENCE, Resolution
from giamngheo.resolution.errors import UnknownResolutionError
from giamngheo.resolution.indicators import Indicator, indicators
from giamngheo.resolution.series import SeriesRow, series_rows
from giamngheo.web.requests import Request
from giamngheo.web.views.exports import XLSX

FILES = {
    "csv": ("text/csv; charset=utf-8", "chuoi-so.csv"),
    "xlsx": (XLSX, "chuoi-so.xlsx"),
    "sdmx.csv": ("application/vnd.sdmx.data+csv; version=2.0.0; charset=utf-8", "chuoi-so.sdmx.csv"),
    "sdmx.json": ("application/vnd.sdmx.structure+json; version=2.0.0", "cau-truc.sdmx.json"),
}


@dataclass(frozen=True)
class AskedSeries:
    """What an address asks for: of which resolution, which indicators, which units, on the geography of which day."""

    resolution: Resolution
    wanted: Sequence[Indicator]
    units: Sequence[Unit]
    on: dt.date
    query: str

    def rows(self, request: Request) -> list[SeriesRow]:
        return series_rows(self.resolution, self.wanted, self.units, on=self.on, seen_by=request.user)


def asked_series(request: Request) -> AskedSeries:
    """`don-vi` and `chi-so` may come several times; `cap` adds the units of a level below. 404 for what is not the reader's."""
    if request.user.role == Role.ADMINISTRATOR:
        raise Http404
    try:
        resolution = queries.resolution_on(request.today)
    except UnknownResolutionError as error:
        raise Http404(str(error)) from error
    on = queries.geography_of(resolution, request.today)
    units = units_asked(request, on)
    level = request.GET.get("cap", "")
    if level in {"2", "3"}:
        units += [
            u for one in list(units) for u in descendants_on(one, on, Level(int(level))) if u not in units
        ]
    known = indicators()
    named = [known[slug] for slug in request.GET.getlist("chi-so") if slug in known]
    if request.GET.getlist("chi-so") and not named:
        raise Http404
    return AskedSeries(resolution, named or list(known.values()), units, on, request.GET.urlencode())


def units_asked(request: Request, on: dt.date) -> list[Unit]:
    """The units an address names, in its order, else the reader's own; 404 for one there is not or not theirs."""
    codes = list(dict.fromkeys(request.GET.getlist("don-vi")))
    if not codes:
        codes = [grant.unit.code for grant in grants_in_force(request.user)][:1]
    found = units_on(codes, on)
    if not codes or set(codes) != set(found) or not all(sees_figures_of(u.pk) for u in found.values()):
        raise Http404
    return [found[code] for code in codes]


def index(request: Request) -> HttpResponse:
    """What can be taken away, what the columns mean, and the addresses of the files."""
    asked, spoken = asked_series(request), language()
    rows = asked.rows(request)
    context = {
        "asked": asked,
        "unit": asked.units[0],
        "trail": ancestors_on(asked.units[0], asked.on),
        "rows": len(rows),
        "series": len({(row.indicator.slug, row.unit.pk) for row in rows}),
        "indicators": [(one.slug, one.name(spoken)) for one in indicators().values()],
        "chosen": request.GET.get("chi-so", ""),
        "level": request.GET.get("cap", ""),
        "files": [(kind, address(kind, asked.query)) for kind in FILES],
        "whole": request.build_absolute_uri(address("csv", asked.query)),
        "statuses": [(code, words(spoken)) for code, words in STATUS.items()],
        "confidences": [(code, words(spoken)) for code, words in CONFIDENCE.items()],
    }
    return render(request, "series/index.html", context)


def address(kind: str, query: str) -> str:
    """Where a file lies."""
    return reverse("series-file", args=[kind]) + (f"?{query}" if query else "")


def file(request: Request, kind: str) -> HttpResponse:
    """The figures, or with sdmx.json their structure."""
    if kind not in FILES:
        raise Http404
    asked = asked_series(request)
    content_type, name = FILES[kind]
    body, rows = _body(request, asked, kind)
    details = {"table": f"series {kind}", "units": [u.code for u in asked.units][:20], "rows": rows}
    record(kind=Kind.EXPORT, subject="figures", details=details, by=request.user)
    answer = HttpResponse(body, content_type=content_type)
    answer["Content-Disposition"] = f'attachment; filename="{name}"'
    return answer


def _body(request: Request, asked: AskedSeries, kind: str) -> tuple[str | bytes, int]:
    from giamngheo.reports.exchange import sdmx  # pandas comes with it: for those alone who ask

    top = ancestors_on(asked.units[0], asked.on)[0]
    if kind == "sdmx.json":
        day = dt.datetime.combine(asked.on, dt.time(), tzinfo=dt.UTC)
        return sdmx.definition(_coded(top, asked), made_at=day), 0
    rows = asked.rows(request)
    if kind == "sdmx.csv":
        return sdmx.data(rows, _coded(top, asked)), len(rows)
    if kind == "csv":
        return tables.csv(rows), len(rows)
    with tempfile.TemporaryDirectory() as place:
        tables.xlsx(Path(place) / "series.xlsx", rows, tables.notes(asked.on, request.installation.synthetic))
        return (Path(place) / "series.xlsx").read_bytes(), len(rows)


def _coded(top: Unit, asked: AskedSeries) -> list[Unit]:
    """The units that have a code: every one down to the communes, so that the structure is the same for all files."""
    every = [
        top,
        *descendants_on(top, asked.on, Level.DISTRICT),
        *descendants_on(top, asked.on, Level.COMMUNE),
    ]
    return [*every, *(unit for unit in asked.units if unit not in every)]


urlpatterns = [
    path("chuoi-so/", index, name="series"),
    path("chuoi-so/tep.<str:kind>", file, name="series-file"),
]
