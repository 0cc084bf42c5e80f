"""What an address of the resolution asks for: which resolution, of which unit, at the end of which year."""

import datetime as dt
from dataclasses import dataclass
from typing import Any

from django.http import Http404
from django.urls import reverse
from django.utils.http import urlencode
from django.utils.translation import get_language

from giamngheo.access.models import Role
from giamngheo.access.queries import grants_in_force, sees_figures_of
from giamngheo.areas.errors import AreaError
from giamngheo.areas.models import Unit
from giamngheo.areas.queries import unit_on
from giamngheo.resolution import queries
from giamngheo.resolution.clauses import Resolution
from giamngheo.resolution.errors import UnknownResolutionError
from giamngheo.web.requests import Request


@dataclass(frozen=True)
class Asked:
    resolution: Resolution
    unit: Unit
    year: int
    geography: dt.date
    language: str

    @property
    def years(self) -> list[int]:
        return list(range(self.resolution.first, self.resolution.last + 1))

    def query(self, **changes: object) -> str:
        """The same question about something else, as the end of an address."""
        words: dict[str, Any] = {"don-vi": self.unit.code, "nam": self.year, **changes}
        return "?" + urlencode({k: v for k, v in words.items() if v not in ("", None)})

    def address(self, name: str, *args: object, **changes: object) -> str:
        return reverse(name, args=[self.resolution.slug, *args]) + self.query(**changes)


def asked_of(request: Request, slug: str) -> Asked:
    """The question of an address; 404 for a resolution there is not and a unit whose figures the person may not see."""
    if request.user.role == Role.ADMINISTRATOR:
        raise Http404
    try:
        resolution = queries.resolution_named(slug) if slug else queries.resolution_on(request.today)
    except UnknownResolutionError as error:
        raise Http404(str(error)) from error
    geography = queries.geography_of(resolution, request.today)
    unit = _unit(request, geography)
    last = min(resolution.last, request.today.year)
    year = request.GET.get("nam", "")
    chosen = int(year) if year.isdecimal() and resolution.first <= int(year) <= last else last
    return Asked(resolution, unit, chosen, geography, get_language() or "vi")


def _unit(request: Request, on: dt.date) -> Unit:
    code = request.GET.get("don-vi", "")
    if not code:
        grant = next(iter(grants_in_force(request.user)), None)
        if grant is None:
            raise Http404
        code = grant.unit.code
    try:
        unit = unit_on(code, on)
    except AreaError as error:
        raise Http404(str(error)) from error
    if not sees_figures_of(unit.pk):
        raise Http404
    return unit
