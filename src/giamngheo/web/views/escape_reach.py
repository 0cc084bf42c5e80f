"""Does each policy reach whom it should: the poor covered and left out, what goes to others, who gets the money."""

from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.urls import path
from django.utils.translation import get_language, gettext_noop
from django.utils.translation import gettext as _

from giamngheo.access.models import Role
from giamngheo.escape.errors import EscapeError
from giamngheo.escape.reach import DIVISIONS, Reached, reach
from giamngheo.pictures import figures as drawn
from giamngheo.support.rights import name_of
from giamngheo.warehouse.errors import WarehouseError
from giamngheo.warehouse.outcomes import years_reached
from giamngheo.warehouse.panel import NEAR, OTHER, POOR_STATE
from giamngheo.warehouse.places import villages_of
from giamngheo.warehouse.snapshot import current
from giamngheo.web.render import page
from giamngheo.web.requests import Request
from giamngheo.web.templatetags.formats import households
from giamngheo.web.views.escape import group_name, places, unit_for

_CLASSES = {
    POOR_STATE: gettext_noop("hộ nghèo"),
    NEAR: gettext_noop("hộ cận nghèo"),
    OTHER: gettext_noop("hộ khác"),
}
_BY = {"class": gettext_noop("Diện của hộ"), "ethnic": gettext_noop("Dân tộc của chủ hộ")}


def targeted(request: Request) -> HttpResponse:
    """Every policy of a year in a unit, and of one of them who gets the money; figures of pools for who sees no households."""
    if request.user.role == Role.ADMINISTRATOR:
        raise Http404
    pooled, language = not request.user.sees_households, get_language() or "vi"
    by = request.GET.get("theo", "class")
    by = by if by in DIVISIONS else "class"
    try:
        snapshot = current()
        unit = unit_for(request)
        known = years_reached(snapshot)
        asked = request.GET.get("nam", "")
        year = int(asked) if asked.isdecimal() and int(asked) in known else (known or [request.today.year])[0]
        villages = frozenset(villages_of(snapshot, unit.pk, request.today))
        found = reach(snapshot, villages, year, request.GET.get("chinh-sach", ""), by, pooled=pooled)
    except (WarehouseError, EscapeError) as error:
        shown = {"reason": str(error), "warehouse": isinstance(error, WarehouseError)}
        return render(request, "escape/nothing.html", shown)
    named = {one.key: name_of(one.key, language) for one in found.rows}
    chosen = next((one for one in found.rows if one.key == found.policy), None)
    context = {
        "unit": unit,
        "places": places(request, unit),
        "year": year,
        "years": known,
        "by": by,
        "divisions": [(key, _(words)) for key, words in _BY.items()],
        "found": found,
        "rows": [(named[one.key], one) for one in found.rows],
        "chosen": chosen,
        "off": chosen and chosen.off and 100 * chosen.off,
        "name": named.get(found.policy, ""),
        "groups": [(_group(one.key, by), one) for one in found.groups],
        "picture": _picture(found.rows, named),
        "pooled": pooled,
        "snapshot": snapshot,
    }
    return page(request, "escape/reach.html", context)


def _group(key: str, by: str) -> str:
    return group_name(key) if by == "ethnic" else _(_CLASSES.get(key, key))


def _picture(rows: tuple[Reached, ...], named: dict[str, str]) -> object:
    bars = [
        drawn.Bar(named[one.key], one.measures.get("coverage_of_poor"), households(one.poor)) for one in rows
    ]
    return drawn.groups(bars, title=_("Phần hộ nghèo mà chính sách đến được")) if bars else ""


urlpatterns = [path("ho-tro/den-dung-nguoi/", targeted, name="escape-reach")]
