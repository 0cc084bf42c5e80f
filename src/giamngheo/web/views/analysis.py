"""The analyst's page: a measure, its years, groups, cut-off and weights; map, chart, table; the warehouse behind it."""

import datetime as dt
import tempfile
from collections.abc import Mapping
from fractions import Fraction
from pathlib import Path
from typing import Any

import pyarrow as pa
from django.core.paginator import Paginator
from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.urls import path, reverse
from django.utils.http import urlencode
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop

from giamngheo.access.models import Role
from giamngheo.access.queries import sees_figures_of
from giamngheo.areas.models import Level, Unit
from giamngheo.areas.queries import ancestors_on, children_on, outlines_of
from giamngheo.audit.actions import record
from giamngheo.audit.models import Kind
from giamngheo.measures import results
from giamngheo.measures.errors import MeasuresError
from giamngheo.pictures import figures as drawn
from giamngheo.pictures import looks
from giamngheo.rules.facts import ethnic_groups
from giamngheo.rules.standards import Standard, standards
from giamngheo.warehouse import analysis
from giamngheo.warehouse.analysis import GROUPS, MEASURES, Answer, Question
from giamngheo.warehouse.disclosure import OTHER
from giamngheo.warehouse.errors import WarehouseError
from giamngheo.warehouse.places import LEVELS, UNKNOWN
from giamngheo.warehouse.snapshot import Snapshot, current
from giamngheo.web.render import page
from giamngheo.web.requests import Request
from giamngheo.web.templatetags.formats import figure, households
from giamngheo.web.views.analysis_asked import for_public, k_written, no_choice, question_asked, words_of
from giamngheo.web.views.start import geographies

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
FILES = {"csv": "text/csv; charset=utf-8", "xlsx": XLSX, "tex": "application/x-tex; charset=utf-8"}
#: Groups on a page of the table; the communes of a province stand on one.
ROWS = 200
PICTURES = {"map": gettext_noop("Bản đồ"), "chart": gettext_noop("Biểu đồ")}
_AREA_TYPES = {
    "rural": gettext_noop("nông thôn"),
    "urban": gettext_noop("thành thị"),
    UNKNOWN: gettext_noop("không ghi"),
}


def show(request: Request) -> HttpResponse:
    """The page: the question as a form, its answer as a sentence, a map, a chart and a table; or the table as a file."""
    if request.user.role == Role.ADMINISTRATOR:
        raise Http404
    try:
        snapshot = current()
        annual = snapshot.asked(public=for_public(request))  # of another schema, or damaged: said as well
    except WarehouseError as error:
        return render(request, "analysis/nothing.html", {"reason": str(error)})
    problems: list[str] = []
    unit, asked = question_asked(request, annual, problems)
    if request.GET.get("tep", "") not in ("", *FILES, *PICTURES):
        problems.append(no_choice(request.GET["tep"]))
    context = _form(request, snapshot, unit, asked)
    try:
        answer = analysis.ask(snapshot, asked, seen_by=request.user)
    except (WarehouseError, MeasuresError) as error:
        problems.append(words_of(error))
        answer = Answer(asked, snapshot, [])
    names = _names(answer)
    if request.GET.get("tep") in FILES and not problems:
        return _file(request, answer, names, request.GET["tep"])
    context |= _pictures(answer, names, unit) | _rows(request, answer, names)
    context |= {"problems": problems, "answer": answer}
    if request.GET.get("tep") in PICTURES and not problems:
        return _picture(request, answer, context, request.GET["tep"])
    context["pictures"] = [
        (f"{_(words)} SVG", _address(request, tep=key)) for key, words in PICTURES.items() if context[key]
    ]
    return page(request, "analysis/index.html", context, fragment="figures", status=400 if problems else 200)


def _own_choice(question: Question, law: Standard) -> bool:
    """Whether the reader's own cut-off or weights stand in for the law's, of a measure that has them."""
    own = question.k != Fraction(law.deprived_at_least.value, len(law.indicators))
    return MEASURES[question.measure][0] in ("many", "one") and bool(
        own or question.services or question.weights
    )


def _form(request: Request, snapshot: Snapshot, unit: Unit, question: Question) -> dict[str, Any]:
    language = looks.language()
    day = analysis.day_of(snapshot, question)
    trail = ancestors_on(unit, day)
    own = [one for one in trail if sees_figures_of(one.pk)]
    law, k = standards()[question.standard], k_written(question.k)
    return {
        "snapshot": snapshot,
        "unit": unit,
        "trail": trail,
        "question": question,
        "day": day,
        "measures": [
            (key, _(words[1]))
            for key, words in MEASURES.items()
            if words[0] != "money" or not question.public
        ],
        "family": MEASURES[question.measure][0],
        "unit_of_measure": MEASURES[question.measure][2],
        "measure_name": _(MEASURES[question.measure][1]),
        "groups": [
            (key, _(words)) for key, words in GROUPS.items() if _sensible(key, unit, public=question.public)
        ],
        "years": [
            r["year"]
            for r in reversed(snapshot.asked(public=question.public))
            if question.standard in r["standards"]
        ],
        "standards": [
            (slug, standards()[slug].name(language))
            for slug in sorted({s for r in snapshot.rounds for s in r["standards"]})
        ],
        "indicators": [(i.code, i.name(language)) for i in law.indicators],
        "services": _services(law, question, language),
        "indicator_name": law.indicator(question.indicator).name(language) if question.indicator else "",
        "law_name": law.name(language),
        "k_shown": k,
        "k_written": k if "/" in k else f"{k}%",
        "own_choice": _own_choice(question, law),
        "geographies": geographies(dt.date(min(r["year"] for r in snapshot.rounds), 1, 1)),
        "below": [
            *own,
            *(
                children_on(unit, day)
                if unit.level < (Level.COMMUNE if question.public else Level.VILLAGE)
                else []
            ),
        ],
        "downloads": [(kind, kind.upper(), _address(request, tep=kind)) for kind in FILES],
    }


def _services(law: Standard, question: Question, language: str) -> list[dict[str, Any]]:
    """The services with their weights as asked, each with its indicators and theirs."""
    return [
        {
            "place": place,
            "name": law.indicator(codes[0]).service(language),
            "weight": question.services.get(place, ""),
            "indicators": [
                (code, law.indicator(code).name(language), question.weights.get(code, "")) for code in codes
            ],
        }
        for place, codes in analysis.services_of(law).items()
    ]


def _sensible(key: str, unit: Unit, *, public: bool) -> bool:
    """Whether a unit can be divided so: villages only within a commune or district and not in public, nothing into what
    it is itself."""
    if key == "village":
        return not public and Level.DISTRICT <= unit.level < Level.VILLAGE
    return key not in LEVELS or LEVELS[key] > unit.level


def _address(request: Request, **changes: str) -> str:
    words = [(k, v) for k in request.GET for v in request.GET.getlist(k) if k not in changes]
    return f"{reverse('analysis')}?{urlencode([*words, *changes.items()])}"


def _names(answer: Answer) -> dict[str, str]:
    """The words of each group."""
    by, groups = answer.question.by, answer.groups
    if by in LEVELS:
        units = Unit.objects.in_bulk([int(group) for group in groups])
        return {group: f"{units[int(group)].kind} {units[int(group)].name}" for group in groups}
    language = looks.language()
    if by == "ethnic":
        known = ethnic_groups()
        few = {OTHER: _("các dân tộc khác, mỗi dân tộc dưới 5 hộ trong xã")}
        return {g: known[g].label(language) if g in known else few.get(g, _("không ghi")) for g in groups}
    return {group: _(_AREA_TYPES.get(group, group)) for group in groups}


def _pictures(answer: Answer, names: Mapping[str, str], unit: Unit) -> dict[str, Any]:
    """The map and the chart, and what is said of everyone."""
    years, last = sorted(answer.question.years), max(answer.question.years)
    title, measured_in = _(MEASURES[answer.question.measure][1]), MEASURES[answer.question.measure][2]
    share, whole = measured_in == "share", answer.of(last)
    if answer.question.public:
        title = _("%(measure)s (số của các cụm hộ)") % {"measure": title}
    context: dict[str, Any] = {
        "asked_years": years,
        "whole": whole,
        "whole_row": [(year, answer.of(year)) for year in years],
        "whole_change": _change(answer, years, ""),
        "chart": "",
        "map": "",
        "series": len(years) > 1 and share,
    }
    if answer.question.by in LEVELS and share:
        units = Unit.objects.in_bulk([int(group) for group in answer.groups])
        outlines = outlines_of(units.values())
        places = [
            drawn.Place(outlines[int(group)], names[group], line.estimate if line else None)
            for group in answer.groups
            if int(group) in outlines
            for line in [answer.of(last, group)]
        ]
        context["map"] = drawn.choropleth(places, title=title) if places else ""
    if context["series"]:
        chosen = answer.groups[:6]
        points = [
            drawn.Point(line.year, names.get(line.group, unit.name), answer.question.standard, line.estimate)
            for line in answer.lines
            if line.group in chosen or not line.group
        ]
        context["chart"] = drawn.series_by_group(points, title=title)
    elif answer.groups and not (context["map"] and len(answer.groups) > 30):
        bars = [
            drawn.Bar(
                names[group],
                line.estimate if line else None,
                households(line.n) if line else "",
                figure(line.estimate, measured_in) if line else "",
            )
            for group in answer.groups[:60]
            for line in [answer.of(last, group)]
        ]
        overall = whole.estimate if whole and share else None
        context["chart"] = drawn.groups(bars, title=title, overall=overall)
    return context


def _rows(request: Request, answer: Answer, names: Mapping[str, str]) -> dict[str, Any]:
    """A page of the table: a row a group, a column a year; all of them are in the files."""
    years = sorted(answer.question.years)
    groups = Paginator(answer.groups, ROWS).get_page(request.GET.get("trang"))
    rows = [
        (names[group], [(y, answer.of(y, group)) for y in years], _change(answer, years, group))
        for group in groups
    ]
    return {"groups_page": groups, "rows": rows}


def _change(answer: Answer, years: list[int], group: str) -> float | None:
    """The difference between the last year asked and the first."""
    first, last = answer.of(years[0], group), answer.of(years[-1], group)
    if len(years) < 2 or not first or not last:
        return None
    return None if first.estimate is None or last.estimate is None else last.estimate - first.estimate


def _file(request: Request, answer: Answer, names: Mapping[str, str], kind: str) -> HttpResponse:
    """The answer's table as a file."""
    return write_table(request, answer.table(names), kind, answer.question.measure, answer.snapshot)


def write_table(
    request: Request, table: pa.Table, kind: str, measure: str, snapshot: Snapshot
) -> HttpResponse:
    """A table of results as a file of one of FILES, written down in the record."""
    _recorded(request, measure, snapshot, rows=table.num_rows)
    with tempfile.TemporaryDirectory() as folder:
        place = Path(folder) / f"table.{kind}"
        if kind == "tex":
            place.write_text(results.latex(table), "utf-8")
        else:
            (results.write_csv if kind == "csv" else results.write_xlsx)(table, place)
        return _attached(place.read_bytes(), FILES[kind], f"phan-tich-{measure}.{kind}")


def _picture(request: Request, answer: Answer, context: Mapping[str, Any], kind: str) -> HttpResponse:
    """The map or the chart as an SVG file, written down in the record. Raises Http404 where the answer has none."""
    if not context[kind]:
        raise Http404
    _recorded(request, answer.question.measure, answer.snapshot, picture=kind)
    name = f"phan-tich-{answer.question.measure}-{kind}.svg"
    return _attached(str(context[kind]).encode(), "image/svg+xml; charset=utf-8", name)


def _recorded(request: Request, measure: str, snapshot: Snapshot, **details: object) -> None:
    said = {"measure": measure, "snapshot": snapshot.name, **details}
    record(kind=Kind.EXPORT, subject="analysis", details=said, by=request.user)


def _attached(content: bytes, kind: str, name: str) -> HttpResponse:
    name = name.replace("/", "-")
    return HttpResponse(
        content, content_type=kind, headers={"Content-Disposition": f'attachment; filename="{name}"'}
    )


urlpatterns = [path("phan-tich/", show, name="analysis")]
