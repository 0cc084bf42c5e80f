"""Support of a unit in a year: what is due, what came, what is missing or double; and every đồng of one policy."""

from typing import Any

from django.core.paginator import Paginator
from django.http import Http404, HttpResponse
from django.urls import path, reverse
from django.utils.http import urlencode
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from giamngheo.access.models import Role
from giamngheo.access.queries import grants_in_force, sees_figures_of
from giamngheo.areas.errors import AreaError
from giamngheo.areas.models import Level, Unit
from giamngheo.areas.queries import ancestors_on, outlines_of, unit_on
from giamngheo.audit.actions import record
from giamngheo.audit.models import Kind
from giamngheo.pictures import figures as drawn
from giamngheo.rules.policies import policies
from giamngheo.support import queries
from giamngheo.support.models import Agency
from giamngheo.support.rights import name_of
from giamngheo.surveys.figures import rates_by_unit
from giamngheo.surveys.queries import annual_round
from giamngheo.web.render import page
from giamngheo.web.requests import Request
from giamngheo.web.templatetags.formats import unit_label

PER_PAGE = 100


def index(request: Request) -> HttpResponse:
    """The policies of a year in the person's unit, or in the one asked for, and its units on the map."""
    unit = unit_of(request)
    known = queries.years(seen_by=request.user)
    year = year_of(request)
    language = get_language() or "vi"
    rows = queries.by_policy(unit, year, request.today, seen_by=request.user)
    level = min(unit.level + 1, Level.VILLAGE) if unit.level != Level.PROVINCE else Level.COMMUNE
    parts = queries.by_unit(unit, year, request.today, level=level, seen_by=request.user)
    checked = queries.checked([unit, *(part.key for part in parts)], year, seen_by=request.user)
    context = {
        "unit": unit,
        "checked": unit.pk in checked,
        "trail": _trail(unit, request, year),
        "year": year,
        "years": sorted({*known, year}, reverse=True),
        "rows": [(name_of(row.key, language), row) for row in rows],
        "total": {
            word: sum(getattr(row, word) for row in rows)
            for word in ("due", "given", "lent", "missing", "missing_amount", "double", "double_amount")
        },
        "parts": [(part, _address(part.key, year), part.key.pk in checked) for part in parts],
        "picture": _picture([part for part in parts if part.key.pk in checked], unit, year, request),
        "sees": request.user.sees_households,
        "communes": unit.level >= Level.COMMUNE,
    }
    return page(request, "support/index.html", context)


def unit_of(request: Request) -> Unit:
    """The unit asked for by `don-vi`, else the person's own."""
    code = request.GET.get("don-vi", "")
    grants = list(grants_in_force(request.user))
    if request.user.role == Role.ADMINISTRATOR or not grants:
        raise Http404
    if not code:
        return grants[0].unit
    try:
        found = unit_on(code, request.today)
    except AreaError as error:
        raise Http404 from error
    if not sees_figures_of(found.pk):
        raise Http404
    return found


def year_of(request: Request) -> int:
    """The year asked for by `nam`, else the latest of which a decided list says what is due."""
    asked = request.GET.get("nam", "")
    if asked.isdecimal() and 2000 < int(asked) < 2100:
        return int(asked)
    return queries.last_year_listed(seen_by=request.user) or request.today.year


def _address(unit: Unit, year: int) -> str:
    return reverse("support") + "?" + urlencode({"don-vi": unit.code, "nam": str(year)})


def _trail(unit: Unit, request: Request, year: int) -> list[tuple[str, str]]:
    own = {grant.unit_id for grant in grants_in_force(request.user)}
    above = ancestors_on(unit, request.today)
    top = next((i for i, one in enumerate(above) if one.pk in own), len(above))
    return [(unit_label(one), _address(one, year) if i >= top else "") for i, one in enumerate(above)]


def _picture(parts: list[queries.Counted], unit: Unit, year: int, request: Request) -> Any:
    """Findings of a miss for each hundred households, on the map; nothing where no outline is known."""
    outlines = outlines_of([part.key for part in parts])
    round_ = annual_round(year - 1, seen_by=request.user)
    if not outlines or round_ is None:
        return ""
    level = parts[0].key.level
    rates = rates_by_unit(round_, unit, level=level, geography=request.today, seen_by=request.user)
    homes = {row.unit.pk: row.counts.known for row in rates.rows}
    places = [
        drawn.Place(
            outlines[part.key.pk],
            part.key.name,
            part.missing / homes[part.key.pk] if homes.get(part.key.pk) else None,
            _address(part.key, year),
        )
        for part in parts
        if part.key.pk in outlines
    ]
    return drawn.choropleth(places, title=_("Số phát hiện bỏ sót trên 100 hộ dân"))


def trace(request: Request, policy: str, code: str, year: int) -> HttpResponse:
    """Every đồng of one policy in one commune: source, agency, list, household; that it was read is recorded.

    Who answers for villages of the commune alone is told that theirs is a part; of another's commune there is no page.
    """
    if policy not in policies() or not request.user.sees_households:
        raise Http404
    try:
        commune = unit_on(code, request.today)
    except AreaError as error:
        raise Http404 from error
    villages = [] if sees_figures_of(commune.pk) else _own_within(commune, request)
    found = queries.traced(policy, commune, year, request.today, seen_by=request.user)
    sources = queries.sources_of(found)
    shown = Paginator(found, PER_PAGE).get_page(request.GET.get("trang"))
    details = {"policy": policy, "commune": code, "year": year}
    record(kind=Kind.READ, subject="support_delivery", row=code, details=details, by=request.user)
    made = queries.lists(unit=commune, day=request.today, year=year, seen_by=request.user).filter(
        policy=policy
    )
    context = {
        "policy": policies()[policy],
        "name": name_of(policy, get_language() or "vi"),
        "commune": commune,
        "villages": ", ".join(village.name for village in villages),
        "year": year,
        "sources": [(source, Agency(agency).label, n, total) for source, agency, n, total in sources],
        "total": sum(total for *_rest, total in sources),
        "lists": made,
        "page": shown,
    }
    return page(request, "support/trace.html", context)


def _own_within(commune: Unit, request: Request) -> list[Unit]:
    """The reader's own units within a commune that is not theirs as a whole."""
    own = [grant.unit for grant in grants_in_force(request.user)]
    found = [unit for unit in own if commune in ancestors_on(unit, request.today)]
    if not found:
        raise Http404
    return found


urlpatterns = [
    path("ho-tro/tong-quan/", index, name="support"),
    path("ho-tro/tong-quan/tung-dong/<slug:policy>/<str:code>/<year:year>/", trace, name="support-trace"),
]
