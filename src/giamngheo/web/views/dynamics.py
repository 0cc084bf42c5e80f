"""How households moved between rounds: the matrix of classes, escapes and falls back by year, how long poverty lasts."""

import datetime as dt
from typing import Any

from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.urls import path, reverse
from django.utils.http import urlencode
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop

from giamngheo.access.models import Role
from giamngheo.access.queries import sees_figures_of
from giamngheo.areas.models import Level, Unit
from giamngheo.areas.queries import ancestors_on, children_on
from giamngheo.measures import results
from giamngheo.measures.errors import MeasuresError
from giamngheo.pictures import figures as drawn
from giamngheo.pictures.looks import language
from giamngheo.rules.standards import standards
from giamngheo.warehouse import dynamics
from giamngheo.warehouse.dynamics import RATES, STATES, Answer, Question
from giamngheo.warehouse.errors import WarehouseError
from giamngheo.warehouse.snapshot import Snapshot, current
from giamngheo.web.render import page
from giamngheo.web.requests import Request
from giamngheo.web.templatetags.formats import number
from giamngheo.web.views.analysis import FILES, write_table
from giamngheo.web.views.analysis_asked import unit_asked, words_of

STATE_WORDS = {
    "poor": gettext_noop("hộ nghèo"),
    "near_poor": gettext_noop("hộ cận nghèo"),
    "none": gettext_noop("không thuộc diện"),
}
RATE_WORDS = {
    "escape": gettext_noop("Thoát nghèo"),
    "entry": gettext_noop("Thành hộ nghèo"),
    "fall_back": gettext_noop("Nghèo trở lại"),
}


def show(request: Request) -> HttpResponse:
    """The page, or its table as a file."""
    if request.user.role == Role.ADMINISTRATOR:
        raise Http404
    try:
        snapshot = current()
        annual = snapshot.asked(public=False)
    except WarehouseError as error:
        return render(request, "analysis/nothing.html", {"reason": str(error)})
    if not annual:
        raise Http404
    day = dt.date.fromisoformat(annual[0]["reference_date"])
    unit = unit_asked(request, request.GET.get("dia-ban", ""), day)
    question = _question(request, snapshot, annual[0]["standard"], unit, day)
    context = _form(snapshot, unit, question)
    try:
        answer = dynamics.ask(snapshot, question, seen_by=request.user)
    except (WarehouseError, MeasuresError) as error:
        return page(request, "analysis/dynamics.html", context | {"refused": words_of(error)})
    if (kind := request.GET.get("tep", "")) in FILES:
        return write_table(request, answer.table(), kind, "dynamics", snapshot)
    downloads = [(kind, kind.upper(), f"{reverse('dynamics')}?{_address(request, kind)}") for kind in FILES]
    context |= _figures(answer) | {"answer": answer, "downloads": downloads}
    return page(request, "analysis/dynamics.html", context)


def _question(request: Request, snapshot: Snapshot, usual: str, unit: Unit, day: dt.date) -> Question:
    """What the address asks; the whole time under the standard of the last round where it asks nothing."""
    asked = request.GET.get("chuan", "")
    standard = asked if dynamics.years_of(snapshot, asked) else usual
    there = dynamics.years_of(snapshot, standard)
    named = {key: int(request.GET[key]) for key in ("tu", "den") if request.GET.get(key, "").isdecimal()}
    return Question(standard, named.get("tu", there[0]), named.get("den", there[-1]), unit.pk, day)


def _form(snapshot: Snapshot, unit: Unit, question: Question) -> dict[str, Any]:
    spoken = language()
    trail = ancestors_on(unit, question.day)
    below = list(children_on(unit, question.day)) if unit.level < Level.VILLAGE else []
    judged = sorted({slug for r in snapshot.asked(public=False) for slug in r["standards"]})
    return {
        "snapshot": snapshot,
        "unit": unit,
        "trail": trail,
        "question": question,
        "years": dynamics.years_of(snapshot, question.standard),
        "standards": [(slug, standards()[slug].name(spoken)) for slug in judged],
        "law_name": standards()[question.standard].name(spoken),
        "below": [*(one for one in trail if sees_figures_of(one.pk)), *below],
    }


def _figures(answer: Answer) -> dict[str, Any]:
    """The headline, the matrix, the rates by year, how long spells lasted, and their pictures."""
    states = {key: _(words) for key, words in STATE_WORDS.items()}
    rates = [
        (year, [(_(RATE_WORDS[name]), *answer.rate(name, year)) for name in RATES])
        for year in answer.years[1:]
    ]
    lasting = results.only(answer.spells, measure="survival") if len(answer.years) > 2 else []
    left_out = sum(line["estimate"] for line in results.only(answer.spells, measure="left_out"))
    bars = [
        drawn.Bar(
            _("quá %(k)s đợt") % {"k": int(line["k"])},
            line["estimate"],
            _("%(n)s lần") % {"n": number(line["n"])},
        )
        for line in lasting
    ]
    points = [
        drawn.Point(year, name, answer.question.standard, share)
        for year, of in rates
        for name, share, _n in of
    ]
    return {
        "escaped": results.only(answer.ends, measure="escape")[0]["estimate"],
        "entered": results.only(answer.ends, measure="entry")[0]["estimate"],
        "matrix": [
            (states[start], [(states[end], *answer.moved(start, end)) for end in STATES]) for start in STATES
        ],
        "states": list(states.values()),
        "rates": rates,
        "rate_names": [_(words) for words in RATE_WORDS.values()],
        "lasting": lasting,
        "left_out": int(left_out),
        "always": {line["measure"]: line for line in answer.chronic.to_pylist()} if answer.chronic else {},
        "chart": drawn.series_by_group(points, title=_("Thoát nghèo, thành hộ nghèo, nghèo trở lại"))
        if len(rates) > 1
        else "",
        "spell_chart": drawn.groups(bars, title=_("Phần số lần nghèo kéo dài quá từng ấy đợt"))
        if bars
        else "",
    }


def _address(request: Request, kind: str) -> str:
    kept = [(key, request.GET[key]) for key in ("chuan", "tu", "den", "dia-ban") if key in request.GET]
    return urlencode([*kept, ("tep", kind)])


urlpatterns = [path("phan-tich/bien-dong/", show, name="dynamics")]
