"""The board of an annual review: every commune and village by step, the late ones first."""

from collections import Counter
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.urls import path, reverse
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from giamngheo.access.models import Role
from giamngheo.access.queries import grants_in_force
from giamngheo.areas.models import Level, Unit
from giamngheo.areas.queries import outlines_of
from giamngheo.pictures import figures as drawn
from giamngheo.reviews import queries
from giamngheo.reviews.actions import lists
from giamngheo.reviews.board import BoardRow
from giamngheo.reviews.board import board as rows_of
from giamngheo.reviews.errors import ReviewError
from giamngheo.reviews.models import VillageReview
from giamngheo.rules.procedures import procedure_on
from giamngheo.surveys.models import Round
from giamngheo.surveys.queries import annual_round, rounds
from giamngheo.web.requests import Request
from giamngheo.web.templatetags.formats import number


def index(request: Request) -> HttpResponse:
    """The board of the latest annual round."""
    latest = rounds(seen_by=request.user).filter(kind=Round.Kind.ANNUAL).first()
    if latest is None or request.user.role == Role.ADMINISTRATOR:
        raise Http404
    return redirect("review-board", year=latest.year)


def board(request: Request, year: int) -> HttpResponse:
    """Every commune and village of a round by step, the late ones first."""
    round = annual_or_404(request, year)
    rows = rows_of(round, seen_by=request.user)
    communes = [row for row in rows if row.village is None]
    villages = [row for row in rows if row.village is not None]
    late = [row for row in villages if row.days_late(request.today)]
    steps = _steps(villages)
    summed = [_commune_row(row, villages, request) for row in communes]
    context = {
        "round": round,
        "rounds": rounds(seen_by=request.user).filter(kind=Round.Kind.ANNUAL),
        "communes": summed,
        "late": [(row, row.days_late(request.today)) for row in late],
        "villages": len(villages),
        "ready": sum(row.state == "ready" for row in villages),
        "decided": sum(row.state in ("decided", "reported") for row in communes),
        "procedure": procedure_on(round.reference_date),
        "steps": steps,
        "steps_figure": _steps_figure(steps, len(villages)),
        "map": _map(summed, round),
        "own_commune": commune_to_begin(request, round),
    }
    return render(request, "reviews/board.html", context)


def _steps(villages: list[BoardRow]) -> list[tuple[str, int]]:
    """How many villages stand at each step, in the order of the steps."""
    counted = Counter(row.state for row in villages)
    return [(str(state.label), counted[state]) for state in VillageReview.State if counted[state]]


def _steps_figure(steps: list[tuple[str, int]], villages: int) -> SafeString:
    bars = [drawn.Bar(name, n / villages, number(n)) for name, n in steps]
    return drawn.groups(bars, title=_("Thôn, bản đang ở bước nào"))


def _map(communes: list[dict[str, Any]], round: Round) -> SafeString | str:
    """The share of villages done in each commune, where communes differ."""
    shares = {c["ready"] / c["villages"] for c in communes if c["villages"]}
    outlines = outlines_of([c["row"].commune for c in communes]) if len(shares) > 1 else {}
    places = [
        drawn.Place(
            outlines[unit.pk],
            unit.name,
            c["ready"] / c["villages"] if c["villages"] else None,
            reverse("review", args=[round.year, unit.code]),
        )
        for c in communes
        for unit in [c["row"].commune]
        if unit.pk in outlines
    ]
    return drawn.choropleth(places, title=_("Tỷ lệ thôn, bản đã xong")) if places else ""


def _commune_row(row: BoardRow, villages: list[BoardRow], request: Request) -> dict[str, Any]:
    own = [v for v in villages if v.of == row.of]
    return {
        "row": row,
        "villages": len(own),
        "ready": sum(v.state == "ready" for v in own),
        "cases": sum(v.cases for v in own),
        "objections": sum(v.open_objections for v in own),
        "late": sum(v.days_late(request.today) > 0 for v in own) + (row.days_late(request.today) > 0),
    }


def commune_to_begin(request: Request, round: Round) -> Unit | None:
    """The commune a commune officer may begin the review of, where it is not begun."""
    grant = grants_in_force(request.user).first()
    if request.user.role != Role.COMMUNE_OFFICER or grant is None or not round.is_open:
        return None
    begun = queries.review_of(round, grant.unit, seen_by=request.user)
    return grant.unit if grant.unit.level == Level.COMMUNE and begun is None else None


@require_POST
def begin(request: Request, year: int) -> HttpResponse:
    """The commune officer begins the review of their commune."""
    round = annual_or_404(request, year)
    commune = commune_to_begin(request, round)
    if commune is None:
        raise Http404
    try:
        lists.open_review(round=round, commune=commune, by=request.user)
    except ReviewError as error:
        messages.error(request, str(error))
        return redirect("review-board", year=year)
    messages.success(request, _("Đã lập danh sách rà soát của các thôn, bản từ sổ hộ."))
    return redirect("review", year=year, code=commune.code)


def annual_or_404(request: Request, year: int) -> Round:
    """The annual round of a year, for those who may see reviews."""
    round = annual_round(year, seen_by=request.user)
    if round is None or request.user.role == Role.ADMINISTRATOR:
        raise Http404
    return round


urlpatterns = [
    path("binh-xet/", index, name="reviews"),
    path("binh-xet/<year:year>/", board, name="review-board"),
    path("binh-xet/<year:year>/bat-dau", begin, name="review-begin"),
]
