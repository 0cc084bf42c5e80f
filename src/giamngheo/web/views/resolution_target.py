"""One target: where it stands, the units behind, the path against the figures, who answers, what it rests on, what if."""

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.urls import path, reverse
from django.utils.http import urlencode
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from giamngheo.areas.models import Level
from giamngheo.areas.queries import outlines_of
from giamngheo.base.text import format_number, parse_number
from giamngheo.pictures.figures import Place, choropleth
from giamngheo.pictures.paths import Asked as AskedPoint
from giamngheo.pictures.paths import Reached, path_chart
from giamngheo.resolution import queries
from giamngheo.resolution.actuals import ORIGINS, Actual
from giamngheo.resolution.clauses import CONFIDENCE, SCOPES, Target
from giamngheo.resolution.indicators import indicators
from giamngheo.resolution.queries import TargetStanding
from giamngheo.resolution.sentences import asked, distance_unit, sentence, shown
from giamngheo.rules.facts import ethnic_name
from giamngheo.rules.standards import standards
from giamngheo.web.requests import Request
from giamngheo.web.views.resolution import shared, state_words
from giamngheo.web.views.resolution_asked import Asked, asked_of
from giamngheo.web.views.resolution_why import Groups, outlook_of, spreads_of, why_of

#: From the register's numerator to the filter of the list of households that shows the same ones.
CLASSES = {"poor": "ngheo", "near_poor": "can-ngheo"}


def target(request: Request, slug: str, target: str) -> HttpResponse:
    """One target of one unit at the end of one year; `muc` and `goc` suppose another target or baseline."""
    on = asked_of(request, slug)
    found = on.resolution.target_by_id.get(target)
    if found is None:
        raise Http404
    supposed = _number(request, "muc"), _number(request, "goc")
    if supposed[0] is not None:
        found = replace(found, asks=replace(found.asks, value=supposed[0], most=None))
    every = queries.standings(
        on.resolution,
        [found],
        [on.unit],
        on=on.geography,
        year=on.year,
        base=supposed[1],
        seen_by=request.user,
    )
    held = every.get(on.unit.pk, {}).get(found.id)
    level = Level.COMMUNE if request.GET.get("cap") == "3" and on.unit.level < Level.COMMUNE else None
    ranked = queries.ranked(on.resolution, found, on.unit, level=level, on=on.geography, year=on.year, asks=found.asks, seen_by=request.user)  # fmt: skip
    context = {
        **shared(request, on),
        "target": found,
        "target_name": found.name(on.language),
        "asked": asked(found, on.language),
        "place": on.resolution.by_id[found.clause].place,
        "clause_url": on.address("resolution-clause", found.clause),
        "supposed": supposed if any(s is not None for s in supposed) else None,
        "level": level,
        **(_held(held, on) if held else {}),
        **_below(ranked, held, on),
        **_words(found, on),
        "responsible": _responsible(found, on),
        **(outlook_of(held, on, request) if held and not supposed[1] else {}),
        **(_reasons(found, ranked, on, request) if held else {}),
        "reported_url": ""
        if indicators()[found.indicator].computed
        else on.address("resolution-figure", found.indicator),
        "households": _households(found, held, on) if request.user.sees_households else "",
    }
    return render(request, "resolution/target.html", context)


def _number(request: Request, name: str) -> float | None:
    number = parse_number(request.GET.get(name, ""))
    return None if number is None else float(number)


def _held(found: TargetStanding, on: Asked) -> dict[str, Any]:
    return {
        "held": found,
        "sentence": sentence(found, on.language),
        "standing": state_words(found.standing.state, on.language),
        "chart": _chart(found, on),
        "figures": [
            _figure(a, found, on) for a in sorted((*found.line, *found.beside), key=lambda a: a.span.at)
        ],
        "path": [
            (year, shown(found.standing.path.required(float(year)), found.indicator, on.language))
            for year in range(on.resolution.base_year, on.resolution.last + 1)
        ],
    }


def _figure(actual: Actual, found: TargetStanding, on: Asked) -> dict[str, Any]:
    standard = standards().get(actual.standard)
    return {
        "when": actual.span.words(on.language),
        "value": shown(actual.value, found.indicator, on.language),
        "numerator": actual.numerator,
        "denominator": actual.denominator,
        "origin": ORIGINS[actual.origin](on.language),
        "source": actual.source(on.language) if actual.origin == "published" else "",
        "confidence": CONFIDENCE[actual.confidence](on.language) if actual.origin == "published" else "",
        "comparable": actual.comparable,
        "confirmed": actual.confirmed,
        "note": actual.note(on.language) if actual.note else "",
        "standard": standard.name(on.language) if standard else actual.standard,
        "leads": actual in found.line,
    }


def _chart(found: TargetStanding, on: Asked) -> SafeString | str:
    """The path and the figures of the period; nothing where there is neither a path nor two figures."""
    path, first, last = found.standing.path, on.resolution.base_year, on.resolution.last
    least, best = _("Ít nhất phải đạt"), _("Đầu kia của khoảng")
    points = []
    for name, at in ((least, path.required), (best, path.best)):
        for year in range(first, last + 1):
            value = at(float(year))
            if value is not None:
                points.append(AskedPoint(float(year), value, name))
    known = [a for a in (*found.line, *found.beside) if a.comparable and a.confirmed and first <= a.span.at <= last and a.span.years <= 1]  # fmt: skip
    if not known or not points:
        return ""
    reached = [
        Reached(a.span.at, a.value, ORIGINS[a.origin](on.language), a.span.words(on.language)) for a in known
    ]
    unit = "%" if found.indicator.unit == "percent" else f" {found.indicator.unit_words(on.language)}"
    return path_chart(
        points, reached, title=_("Lộ trình và kết quả"), unit=unit, places=found.indicator.places
    )


def _below(ranked: Sequence[TargetStanding], held: TargetStanding | None, on: Asked) -> dict[str, Any]:
    """The units below as a table, the farthest behind first, and as a map where the figure is a share."""
    known = [row for row in ranked if row.last]
    rows = [
        {
            "unit": row.unit,
            "url": on.address("resolution-target", row.target.id, **{"don-vi": row.unit.code}),
            "base": shown(row.base, row.indicator, on.language),
            "value": shown(row.last.value, row.indicator, on.language) if row.last else "–",
            "when": row.last.span.words(on.language) if row.last else "",
            "required": shown(row.standing.required, row.indicator, on.language),
            "ahead": row.standing.ahead,
            "distance": format_number(abs(row.standing.ahead or 0.0), row.indicator.places, on.language),
            **state_words(row.standing.state, on.language),
        }
        for row in ranked
    ]
    picture: SafeString | str = ""
    if known and known[0].indicator.unit == "percent":
        outlines = outlines_of([row.unit for row in known])
        places = [
            Place(
                outlines[row.unit.pk],
                row.unit.name,
                row.last.value / 100 if row.last else None,
                on.address("resolution-target", row.target.id, **{"don-vi": row.unit.code}),
            )
            for row in known
            if row.unit.pk in outlines
        ]
        picture = choropleth(places, title=known[0].indicator.name(on.language)) if places else ""
    behind = [row for row in rows if row["state"] in ("behind", "far_behind")]
    unit = distance_unit(ranked[0].indicator, on.language) if ranked else ""
    return {"below": rows if known else [], "map": picture, "behind": len(behind), "distance_unit": unit}


def _words(target: Target, on: Asked) -> dict[str, Any]:
    """What the indicator is and what to beware of, in the reader's language."""
    indicator, language = indicators()[target.indicator], on.language
    return {
        "indicator": indicator,
        "indicator_name": indicator.name(language),
        "definition": indicator.definition(language),
        "numerator": indicator.numerator(language) if indicator.numerator else "",
        "denominator": indicator.denominator(language) if indicator.denominator else "",
        "why": indicator.why(language),
        "pitfalls": [one(language) for one in indicator.pitfalls],
        "reading": target.reading(language) if target.reading else "",
        "scope": SCOPES[target.scope](language) if target.scope else "",
        "law": standards()[indicator.standard].name(language) if indicator.standard in standards() else "",
        "law_hash": standards()[indicator.standard].content_hash[:12]
        if indicator.standard in standards()
        else "",
    }


def _responsible(target: Target, on: Asked) -> list[tuple[str, str]]:
    how = {"stated": _("văn bản giao"), "inferred": _("suy luận"), "decided": _("tỉnh giao")}
    return [
        (r.body.name(on.language), how[r.how]) for r in queries.responsible(on.resolution)[target.indicator]
    ]


def _reasons(target: Target, ranked: Sequence[TargetStanding], on: Asked, request: Request) -> dict[str, Any]:
    """What lies beneath the figure: areas drawing nearer or not; from the register each ethnic group, of the poor rate its change."""
    if indicators()[target.indicator].source != "register":
        return spreads_of(ranked, {}, on)
    groups = queries.by_group(target.indicator, on.unit, on=on.geography, seen_by=request.user)
    return {
        "groups": _groups(groups, on),
        **spreads_of(ranked, groups, on),
        **why_of(target, groups, on, request),
    }


def _groups(found: Groups, on: Asked) -> list[dict[str, Any]]:
    """How each ethnic group moved since the base year, those farthest behind first: a reason the total hides."""
    rows = []
    first, last = on.resolution.base_year, on.year
    for code, years in found.items():
        now, base = years.get(last), years.get(first)
        if now is None or now.denominator < 10:  # a rate of a few households says nothing
            continue
        value = now.numerator / now.denominator
        before = base.numerator / base.denominator if base else None
        rows.append(
            {
                "name": ethnic_name(code, on.language),
                "before": before,
                "value": value,
                "change": None if before is None else 100 * (value - before),
                "denominator": now.denominator,
            }
        )
    return sorted(rows, key=lambda r: -r["value"])


def _households(target: Target, held: TargetStanding | None, on: Asked) -> str:
    """The list of the households behind the figure, for those who may see them."""
    word = CLASSES.get(indicators()[target.indicator].measure.get("numerator", ""))
    if held is None or word is None:
        return ""
    return reverse("households") + "?" + urlencode({"dia-ban": on.unit.code, "dien": word})


urlpatterns = [
    path("nghi-quyet/<slug:slug>/chi-tieu/<slug:target>/", target, name="resolution-target"),
]
