"""Likely duplicates: look for them, lay two records side by side, decide, take back."""

from typing import Any

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.urls import path
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from giamngheo.registry import duplicates
from giamngheo.registry.errors import RegistryError
from giamngheo.registry.jobs import find_duplicates
from giamngheo.registry.models import DuplicatePair, Person
from giamngheo.registry.queries import age
from giamngheo.registry.sealing import masked
from giamngheo.registry.search import commune_names, head_names
from giamngheo.rules.facts import ethnic_groups
from giamngheo.web.render import page
from giamngheo.web.requests import Request

PER_PAGE = 20
_ASKED = {"cho": "open", "mot": "same", "hai": "different"}


def index(request: Request) -> HttpResponse:
    """Pairs that wait, likeliest first, or those decided; and the search for more, with how far it is."""
    if not request.user.sees_households:
        raise Http404
    asked = request.GET.get("xem", "cho")
    found = duplicates.pairs(state=_ASKED.get(asked, "open"), seen_by=request.user)
    shown = Paginator(found, PER_PAGE).get_page(request.GET.get("trang"))
    context = {
        "page": shown,
        "pairs": _side_by_side(list(shown), request),
        "asked": asked if asked in _ASKED else "cho",
        "search": duplicates.last_search(seen_by=request.user),
    }
    return page(request, "duplicates/index.html", context, fragment="pairs")


def _side_by_side(pairs: list[DuplicatePair], request: Request) -> list[dict[str, Any]]:
    people = [person for pair in pairs for person in (pair.one, pair.two)]
    communes = commune_names([person.village_id for person in people], request.today)
    heads = head_names([person.household_id for person in people if person.household_id])
    return [
        {
            "pair": pair,
            "sides": [_side(person, communes, heads, request) for person in (pair.one, pair.two)],
        }
        for pair in pairs
    ]


def _side(
    person: Person, communes: dict[int, str], heads: dict[int, str], request: Request
) -> dict[str, Any]:
    group = ethnic_groups().get(person.ethnic)
    return {
        "person": person,
        "age": age(person.birth_date, person.birth_year, request.today),
        "ethnic": group.label(get_language() or "vi") if group else "",
        "masked": masked(person.id_sealed),
        "commune": communes.get(person.village_id, ""),
        "head": heads.get(person.household_id or 0, ""),
    }


@require_POST
def look(request: Request) -> HttpResponse:
    """Ask the job runner to look for likely duplicates in one's whole area."""
    try:
        search = duplicates.ask_for_search(by=request.user)
    except RegistryError as error:
        raise Http404 from error
    if search:
        find_duplicates.defer(search_id=search.pk, user_id=request.user.pk)
    return redirect("duplicates")


def progress(request: Request) -> HttpResponse:
    """How far the search is: the piece asks again each second, and the page comes anew when it is over."""
    search = duplicates.last_search(seen_by=request.user)
    response = render(request, "duplicates/progress.html", {"search": search})
    if search is None or search.is_over:
        response["HX-Refresh"] = "true"
    return response


@require_POST
def stop(request: Request) -> HttpResponse:
    if search := duplicates.last_search(seen_by=request.user):
        duplicates.cancel_search(search=search, by=request.user)
    return redirect("duplicates")


@require_POST
def decide(request: Request, pk: int) -> HttpResponse:
    """Same person or different ones, with the reason; or take the decision back."""
    pair = duplicates.pair_seen(pk, seen_by=request.user)
    if pair is None or not request.user.writes_households:
        raise Http404
    decision = request.POST.get("quyet", "")
    try:
        if decision == "xem-lai":
            duplicates.reopen_pair(pair=pair, by=request.user)
        else:
            _resolve(pair, decision, request)
    except RegistryError as error:
        messages.error(request, str(error))
    else:
        messages.success(request, _("Đã ghi quyết định; có thể lấy lại bất cứ lúc nào."))
    back = request.POST.get("ve", "")
    return redirect(back if back in _BACK else "duplicates")


_BACK = {f"/trung-lap/?xem={asked}" for asked in _ASKED}


def _resolve(pair: DuplicatePair, decision: str, request: Request) -> None:
    """'mot-1' and 'mot-2' say which of the two records is the main one; 'hai' that they are two people."""
    keep = {"mot-1": pair.one, "mot-2": pair.two}.get(decision)
    if keep is None and decision != "hai":
        raise Http404
    state = DuplicatePair.State.SAME if keep else DuplicatePair.State.DIFFERENT
    duplicates.resolve_pair(
        pair=pair, state=state, reason=request.POST.get("reason", ""), keep=keep, by=request.user
    )


urlpatterns = [
    path("trung-lap/", index, name="duplicates"),
    path("trung-lap/tim", look, name="duplicates-look"),
    path("trung-lap/tien-do", progress, name="duplicates-progress"),
    path("trung-lap/dung", stop, name="duplicates-stop"),
    path("trung-lap/<int:pk>/", decide, name="duplicates-decide"),
]
