"""The law in force, as the software reads it: every rule with its act, its source and how sure we are."""

import datetime as dt

from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.urls import path
from django.utils.translation import get_language

from giamngheo.base.law import law_dir
from giamngheo.base.yaml import as_plain, load_yaml
from giamngheo.rules.describe_procedure import rests_on, rules_of, steps_of
from giamngheo.rules.errors import NoStandardError
from giamngheo.rules.policies import policies_on
from giamngheo.rules.procedures import procedures
from giamngheo.rules.standards import Citation, Indicator, Number, Standard, standard_on, standards
from giamngheo.web.requests import Request


def index(request: Request) -> HttpResponse:
    """Standards and procedures by period, those of the asked day marked; no account's area matters here."""
    day = asked_day(request)
    language = get_language() or "vi"
    try:
        in_force: Standard | None = standard_on(day)
        refusal = ""
    except NoStandardError as error:
        in_force, refusal = None, str(error)
    cards = [(standard, standard.name(language), unverified(standard)) for standard in standards().values()]
    context: dict[str, object] = {
        "day": day,
        "in_force": in_force,
        "refusal": refusal,
        "cards": cards,
        "language": language,
    }
    context["procedures"] = [
        (found, found.name(language), any(day in period for period in found.periods))
        for found in procedures().values()
    ]
    context["policies_in_force"] = len(policies_on(day))
    context["in_force_name"] = in_force.name(language) if in_force else ""
    return render(request, "law/index.html", context)


def standard(request: Request, slug: str) -> HttpResponse:
    """One standard: periods, lines, indicators, points, what is not verified, what is not known."""
    found = standards().get(slug)
    if found is None:
        raise Http404
    language = get_language() or "vi"
    return render(
        request,
        "law/standard.html",
        {
            "standard": found,
            "name": found.name(language),
            "language": language,
            "money": money_rows(found, language),
            "points": point_rows(found, language),
            "indicators": [indicator_row(i, n, language) for n, i in enumerate(found.indicators, 1)],
            "indicators_unknown": found.indicators_unknown and found.indicators_unknown(language),
            "average_unknown": found.average_unknown and found.average_unknown(language),
            "points_unknown": found.points.unknown and found.points.unknown(language),
            "missing_items": [
                (item.number, item.name(language), item.unknown(language) if item.unknown else "")
                for item in (found.points.table.missing if found.points.table else ())
            ],
            "unverified": unverified(found),
            "sources": as_plain(load_yaml(law_dir() / "sources.yaml")),
        },
    )


def procedure(request: Request, slug: str) -> HttpResponse:
    """One review procedure: its periods, every rule with its grounds, the table of its steps."""
    found = procedures().get(slug)
    if found is None:
        raise Http404
    language = get_language() or "vi"
    steps = steps_of(found, language)
    context = {
        "procedure": found,
        "name": found.name(language),
        "language": language,
        "rules": rules_of(found, language),
        "steps": [(of, [step for step in steps if step.of == of]) for of in ("village", "commune")],
        "forms": [(form.code, form.name(language), form.citation) for form in found.forms],
        "notes": [(note.words(language), note.citation) for note in found.notes],
        "unverified": [(citation, rests_on(found, citation, language)) for citation in found.unread],
        "sources": as_plain(load_yaml(law_dir() / "sources.yaml")),
    }
    return render(request, "law/procedure.html", context)


def asked_day(request: Request) -> dt.date:
    """The day in the address, else today."""
    try:
        return dt.date.fromisoformat(request.GET.get("ngay", ""))
    except ValueError:
        return request.today


def unverified(standard: Standard) -> list[Citation]:
    """The grounds of this standard whose text was not read."""
    return [citation for citation in standard.citations.values() if not citation.verified]


def money_rows(standard: Standard, language: str) -> list[tuple[str, Number, Number]]:
    """Income lines, lowest first, rural and urban."""
    rural, urban = standard.lines["rural"].named(), standard.lines["urban"].named()
    return [(standard.line_names[name](language), rural[name], urban[name]) for name in rural]


def point_rows(standard: Standard, language: str) -> list[tuple[str, Number, Number]]:
    """Thresholds of B1, where they are known."""
    if "rural" not in standard.points.lines or "urban" not in standard.points.lines:
        return []
    rural, urban = standard.points.lines["rural"].named(), standard.points.lines["urban"].named()
    return [(standard.line_names[name](language), rural[name], urban[name]) for name in rural]


def indicator_row(indicator: Indicator, number: int, language: str) -> dict[str, object]:
    return {
        "number": number,
        "code": indicator.code,
        "service": indicator.service(language),
        "name": indicator.name(language),
        "deprived_if": indicator.deprived_if(language),
        "note": indicator.note(language) if indicator.note else "",
        "citation": indicator.citation,
        "citation_note": indicator.citation.note(language) if indicator.citation.note else "",
    }


urlpatterns = [
    path("phap-luat/", index, name="law"),
    path("phap-luat/quy-trinh/<slug:slug>/", procedure, name="procedure"),
    path("phap-luat/<slug:slug>/", standard, name="standard"),
]
