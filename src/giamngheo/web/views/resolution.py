"""The resolution itself as the way in: its clauses down the page, each with where it stands; then one clause."""

from collections import Counter
from collections.abc import Mapping
from typing import Any

from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.urls import path, reverse

from giamngheo.access.models import Role
from giamngheo.areas.queries import ancestors_on
from giamngheo.resolution import queries
from giamngheo.resolution.actuals import ORIGINS, leading
from giamngheo.resolution.clauses import CONFIDENCE, KINDS, Clause
from giamngheo.resolution.dues import REPORTERS, overdue
from giamngheo.resolution.indicators import indicators
from giamngheo.resolution.queries import TargetStanding
from giamngheo.resolution.sentences import LOOKS, STATES, asked, sentence, shown
from giamngheo.resolution.standing import ORDER, State, worst
from giamngheo.rules.policies import policies
from giamngheo.web.requests import Request
from giamngheo.web.views.resolution_asked import Asked, asked_of


def index(request: Request) -> HttpResponse:
    """The resolution in force, or of the period before."""
    return document(request, "")


def document(request: Request, slug: str) -> HttpResponse:
    """Every clause in the order of the text, its targets with their standing for one unit at the end of one year."""
    on = asked_of(request, slug)
    found = queries.board(on.resolution, on.unit, on=on.geography, year=on.year, seen_by=request.user)
    rows = [(clause, _targets(clause, found, on)) for clause in on.resolution.walk()]
    context = {
        **shared(request, on),
        "rows": [_clause_row(clause, targets, on) for clause, targets in rows],
        "counts": counts([t.standing.state for t in found.values()], on.language),
        "all": len(found),
        "overdue": _overdue(request, on),
        "reported_url": on.address("resolution-reported"),
        "issued_by": on.resolution.issued_by(on.language),
        "number": on.resolution.number(on.language),
        "due_note": on.resolution.due_note(on.language),
    }
    return render(request, "resolution/document.html", context)


def clause(request: Request, slug: str, clause: str) -> HttpResponse:
    """One clause: what it asks in our words, who answers, its targets, and the other figures that follow it."""
    on = asked_of(request, slug)
    found = on.resolution.by_id.get(clause)
    if found is None:
        raise Http404
    board = queries.board(on.resolution, on.unit, on=on.geography, year=on.year, seen_by=request.user)
    under = [t.id for t in on.resolution.targets_under(clause)]
    states = [board[t].standing.state for t in under if t in board]
    context = {
        **shared(request, on),
        "clause": _clause_row(found, [target_row(board[t], on) for t in under if t in board], on),
        "above": [(c.place, on.address("resolution-clause", c.id)) for c in on.resolution.above(clause)[:-1]],
        "links": [_clause_row(on.resolution.by_id[link], [], on) for link in found.links],
        "parts": [_clause_row(part, [], on) for part in found.parts],
        "counts": counts(states, on.language),
        "all": len(states),
        "policies": [
            (policies()[slug].name(on.language), reverse("policy", args=[slug])) for slug in found.policies
        ],
        "followed": _followed(found, on, request),
    }
    return render(request, "resolution/clause.html", context)


def shared(request: Request, on: Asked) -> dict[str, Any]:
    """What every page of a resolution knows."""
    return {
        "on": on,
        "resolution": on.resolution,
        "name": on.resolution.name(on.language),
        "trail": ancestors_on(on.unit, on.geography),
        "language": on.language,
        "sees_households": request.user.sees_households,
        "writes": request.user.role in REPORTERS,
        "provincial": request.user.role == Role.PROVINCIAL_OFFICER,
    }


def counts(states: list[State], language: str) -> list[dict[str, Any]]:
    """How many targets stand how, the best first; only what there is."""
    found = Counter(states)
    return [{**state_words(state, language), "count": found[state]} for state in ORDER if found[state]]


def state_words(state: State | None, language: str) -> dict[str, str]:
    """A standing as look, shape and word."""
    if state is None:
        return {}
    look, shape = LOOKS[state]
    return {"look": look, "shape": shape, "word": STATES[state](language), "state": state}


def target_row(found: TargetStanding, on: Asked) -> dict[str, Any]:
    """One target as a line of a table."""
    return {
        "name": found.target.name(on.language),
        "asked": asked(found.target, on.language),
        "value": shown(found.last.value, found.indicator, on.language) if found.last else "–",
        "when": found.last.span.words(on.language) if found.last else "",
        "stale": found.standing.stale,
        "sentence": sentence(found, on.language),
        "url": on.address("resolution-target", found.target.id),
        **state_words(found.standing.state, on.language),
    }


def _targets(clause: Clause, found: Mapping[str, TargetStanding], on: Asked) -> list[dict[str, Any]]:
    return [target_row(found[t.id], on) for t in on.resolution.targets_of(clause.id) if t.id in found]


def _clause_row(clause: Clause, targets: list[dict[str, Any]], on: Asked) -> dict[str, Any]:
    return {
        "id": clause.id,
        "place": clause.place,
        "kind": KINDS[clause.kind](on.language),
        "depth": clause.depth,
        "name": clause.name(on.language),
        "says": clause.says(on.language),
        "acts": clause.acts,
        "answers": [(answer.body.name(on.language), answer.stated) for answer in clause.answers],
        "targets": targets,
        "standing": state_words(worst([t["state"] for t in targets]), on.language),
        "url": on.address("resolution-clause", clause.id),
    }


def _followed(clause: Clause, on: Asked, request: Request) -> list[dict[str, Any]]:
    """The indicators that follow a clause without a target of their own: the last two figures of each."""
    rows = []
    wanted = [indicators()[slug] for slug in clause.indicators]
    every = queries.all_series(on.resolution, wanted, on.unit, on=on.geography, seen_by=request.user)
    for indicator in wanted:
        told = every.get(indicator.slug, [])
        line = [a for a in leading(told) if a.span.last.year <= on.year and a.comparable]
        rows.append(
            {
                "name": indicator.name(on.language),
                "definition": indicator.definition(on.language),
                "last": [
                    (
                        actual.span.words(on.language),
                        shown(actual.value, indicator, on.language),
                        ORIGINS[actual.origin](on.language),
                    )
                    for actual in line[-2:]
                ],
                "conflicts": [
                    (a.span.words(on.language), shown(a.value, indicator, on.language), a.source(on.language))
                    for a in told
                    if a.confidence == "conflicting"
                ],
                "conflict_words": CONFIDENCE["conflicting"](on.language),
            }
        )
    return rows


def _overdue(request: Request, on: Asked) -> list[dict[str, Any]]:
    province = ancestors_on(on.unit, on.geography)[0]
    owed = overdue(on.resolution, province, today=request.today, seen_by=request.user)
    return [
        {
            "name": one.indicator.name(on.language),
            "year": one.year,
            "due_on": one.due_on,
            "bodies": ", ".join(r.body.name(on.language) for r in one.by),
            "url": on.address(
                "resolution-figure", one.indicator.slug, **{"don-vi": province.code, "nam": one.year}
            ),
        }
        for one in owed
    ]


urlpatterns = [
    path("nghi-quyet/", index, name="resolutions"),
    path("nghi-quyet/<slug:slug>/", document, name="resolution"),
    path("nghi-quyet/<slug:slug>/khoan/<str:clause>/", clause, name="resolution-clause"),
]
