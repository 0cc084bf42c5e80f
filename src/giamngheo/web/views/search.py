"""Search: one box for a name, a number, a code, a village, an id number; answers while one types."""

from django.http import Http404, HttpResponse
from django.urls import path

from giamngheo.registry.search import search
from giamngheo.web.render import page
from giamngheo.web.requests import Request


def index(request: Request) -> HttpResponse:
    if not request.user.sees_households:
        raise Http404
    found = search(request.GET.get("q", ""), seen_by=request.user)
    response = page(request, "search/index.html", {"found": found}, fragment="results")
    response["Cache-Control"] = "no-store"
    return response


urlpatterns = [path("tim-kiem/", index, name="search")]
