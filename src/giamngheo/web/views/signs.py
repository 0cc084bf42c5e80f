"""Signs that something may be wrong in a round: for those who inspect, each with how it is computed."""

from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.urls import path

from giamngheo.areas.queries import ancestors_on
from giamngheo.reviews import signs
from giamngheo.reviews.errors import UnknownSignError
from giamngheo.surveys.models import Round
from giamngheo.surveys.queries import annual_round, rounds
from giamngheo.web.requests import Request
from giamngheo.web.views.rounds import asked_unit


def latest(request: Request) -> HttpResponse:
    """The signs of the latest annual round in which a review has begun."""
    begun = rounds(seen_by=request.user).filter(kind=Round.Kind.ANNUAL, communes__isnull=False).first()
    found = begun or rounds(seen_by=request.user).filter(kind=Round.Kind.ANNUAL).first()
    if found is None or not request.user.sees_households:
        raise Http404
    return redirect("signs", year=found.year)


def index(request: Request, year: int) -> HttpResponse:
    """All signs of a round within a unit, and the places of the one asked for."""
    round = annual_round(year, seen_by=request.user)
    if round is None or not request.user.sees_households:
        raise Http404
    unit = asked_unit(request, round)
    context = {
        "round": round,
        "unit": unit,
        "units": ancestors_on(unit, round.reference_date),
        "signs": signs.signs(round, unit, today=request.today, seen_by=request.user),
    }
    if slug := request.GET.get("xem"):
        try:
            context["sign"], context["found"] = signs.places(
                round, unit, slug, today=request.today, seen_by=request.user
            )
        except UnknownSignError as error:
            raise Http404(str(error)) from error
    return render(request, "reviews/signs.html", context)


urlpatterns = [
    path("dau-hieu/", latest, name="signs-latest"),
    path("dau-hieu/<year:year>/", index, name="signs"),
]
