"""The way in: what waits for me, and my area from the map down."""

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.urls import path, reverse
from django.utils.http import urlencode
from django.utils.safestring import SafeString
from django.utils.text import capfirst
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from giamngheo.access.models import Role
from giamngheo.access.queries import grants_in_force, sees_figures_of
from giamngheo.areas.errors import AreaError
from giamngheo.areas.models import Level, Unit
from giamngheo.areas.queries import ancestors_on, changes_of, listings_of, outlines_of, unit_on
from giamngheo.base.text import format_date
from giamngheo.pictures import figures as drawn
from giamngheo.resolution.dues import chased
from giamngheo.reviews.board import Waits, unanswered_objections, unanswered_requests, waiting_steps
from giamngheo.rules.standards import standards
from giamngheo.rules.workflow import ACTIONS
from giamngheo.surveys import figures
from giamngheo.surveys.models import Round
from giamngheo.surveys.queries import open_rounds, waiting
from giamngheo.surveys.queries import rounds as all_rounds
from giamngheo.web.render import page
from giamngheo.web.requests import Request
from giamngheo.web.templatetags.formats import households
from giamngheo.web.views.review_board import commune_to_begin


def start(request: Request) -> HttpResponse:
    """The unit a person answers for, with what waits for them; the administrator goes to the accounts."""
    if request.user.role == Role.ADMINISTRATOR:
        return redirect("accounts")
    grants = list(grants_in_force(request.user))
    if not grants:
        return render(request, "start/nothing.html")
    asked = _asked(request, grants[0].unit)
    context = _unit_page(request, grants[0].unit, asked)
    if request.user.sees_households:
        context["waiting"] = [_waiting_in(round, request) for round in open_rounds(seen_by=request.user)]
        context["chased"] = chased(grants[0].unit, today=request.today, seen_by=request.user)
    return page(request, "start/unit.html", context, fragment="figures")


def _waiting_in(round: Round, request: Request) -> dict[str, Any]:
    """What waits for the person in one open round: households to survey, steps of the review, answers owed."""
    asked: dict[str, Any] = {"today": request.today, "seen_by": request.user}
    if round.kind == Round.Kind.REGULAR:  # only those who ask are visited
        return {"round": round, "requests": unanswered_requests(round, **asked)}
    steps = waiting_steps(round, **asked)
    language = get_language() or "vi"
    return {
        "round": round,
        "survey": waiting(round, **asked),
        "steps": [
            (capfirst(ACTIONS[step.action](language)), step, _step_address(round, step)) for step in steps
        ],
        "objections": unanswered_objections(round, **asked),
        "begin": commune_to_begin(request, round),
    }


def _step_address(round: Round, step: Waits) -> str:
    """Where the step is taken: at the village or commune if it is a single one, else from the board."""
    if step.village and step.commune:
        return reverse("review-village", args=[round.year, step.commune.code, step.village.code])
    if step.commune and step.of == "commune":
        return reverse("review", args=[round.year, step.commune.code])
    return reverse("review-board", args=[round.year])


def unit(request: Request, code: str) -> HttpResponse:
    """One unit of the person's area on a day, by default the day of the round shown."""
    try:
        found = unit_on(code, _day(request) or request.today)
    except AreaError as error:
        raise Http404(str(error)) from error
    if not sees_figures_of(found.pk):
        raise Http404
    return page(
        request, "start/unit.html", _unit_page(request, found, _asked(request, found)), fragment="figures"
    )


@dataclass(frozen=True)
class Asked:
    """What the address asks for: the round, the day of the geography, the level of the units listed, the standard."""

    rounds: list[Round]
    round: Round | None
    geography: dt.date
    level: Level | None
    standard: str

    def query(self, **changes: object) -> str:
        """The same question about something else, as the end of an address."""
        words: dict[str, Any] = {
            "nam": self.round.year if self.round else "",
            "ngay": self.geography.isoformat(),
            "chuan": self.standard if self.round and self.standard != self.round.standard else "",
            **changes,
        }
        return "?" + urlencode({k: v for k, v in words.items() if v not in ("", None)})


def _asked(request: Request, unit: Unit) -> Asked:
    rounds = figures.tallied_rounds(unit, seen_by=request.user) or list(all_rounds(seen_by=request.user))
    year = request.GET.get("nam", "")
    chosen = next((r for r in rounds if str(r.year) == year), None)
    # A round still open tells of some households only; it is shown to whoever asks for its year.
    chosen = chosen or next((r for r in rounds if not r.is_open), None) or next(iter(rounds), None)
    level = request.GET.get("cap", "")
    standard = request.GET.get("chuan", "")
    return Asked(
        rounds=rounds,
        round=chosen,
        geography=_day(request) or (chosen.reference_date if chosen else request.today),
        level=Level(int(level)) if level in {"2", "3"} and int(level) > unit.level else None,
        standard=standard if standard in standards() else (chosen.standard if chosen else ""),
    )


def _day(request: Request) -> dt.date | None:
    try:
        return dt.date.fromisoformat(request.GET.get("ngay", ""))
    except ValueError:
        return None


def _unit_page(request: Request, unit: Unit, asked: Asked) -> dict[str, Any]:
    """Everything the page of a unit shows: rates on a map, the series, deprivation, ethnic groups."""
    user, language = request.user, get_language() or "vi"
    context: dict[str, Any] = {
        "unit": unit,
        "asked": asked,
        "trail": ancestors_on(unit, asked.geography),
        "listings": list(listings_of(unit, asked.geography)),
        "geographies": geographies(
            min((round.reference_date for round in asked.rounds), default=asked.geography)
        ),
        "sees_households": user.sees_households,
    }
    if asked.round is None:
        return context
    rates = figures.rates_by_unit(
        asked.round, unit, level=asked.level, standard=asked.standard, geography=asked.geography, seen_by=user
    )
    points = [p for p in figures.series(unit, seen_by=user) if not p.round.is_open or p.round == asked.round]
    profile = figures.deprivation_profile(asked.round, unit, standard=asked.standard, seen_by=user)
    groups = figures.by_ethnic_group(asked.round, unit, standard=asked.standard, seen_by=user)
    rows = [(row, _address(row.unit, asked, user.sees_households)) for row in rates.rows]
    named = [(group.name(language), group) for group in groups]
    return {
        **context,
        "rates": rates,
        "rows": rows,
        "change": next(
            (p.change for p in points if p.round == asked.round and p.standard == asked.standard), None
        ),
        "series": points,
        "profile": profile,
        "groups": named,
        "profile_rows": [(row.indicator.name(language), row) for row in profile],
        "standard_name": standards()[asked.standard].name(language),
        "map": _map(rows) if unit.level != Level.VILLAGE else "",
        "series_figure": _series(points),
        "profile_figure": drawn.deprivation_profile(
            [drawn.Bar(row.indicator.name(language), row.poor.share) for row in profile],
            title=_("Tỷ lệ hộ nghèo thiếu hụt từng chỉ số"),
        ),
        "groups_figure": drawn.groups(
            [
                drawn.Bar(name, g.counts.poor_rate, households(g.counts.known))
                for name, g in named
                if g.counts.known
            ],
            title=_("Tỷ lệ hộ nghèo theo dân tộc của chủ hộ"),
            overall=rates.whole.counts.poor_rate,
        ),
        "downloads": _downloads(unit, asked),
        "language": language,
    }


def _map(rows: Sequence[tuple[figures.UnitRow, str]]) -> SafeString:
    """The units on a map, or, where no outline is known (villages), as bars."""
    title = _("Tỷ lệ hộ nghèo theo đơn vị")
    outlines = outlines_of([row.unit for row, _address in rows])
    if not outlines:
        bars = [
            drawn.Bar(row.unit.name, row.counts.poor_rate, households(row.counts.known))
            for row, _address in rows
        ]
        return drawn.groups(bars, title=title)
    places = [
        drawn.Place(outlines[row.unit.pk], row.unit.name, row.counts.poor_rate, address)
        for row, address in rows
        if row.unit.pk in outlines
    ]
    return drawn.choropleth(places, title=title)


def _series(points: Sequence[figures.Point]) -> SafeString:
    """Poor and near-poor by year, each under its standard."""
    drawn_points = [
        drawn.Point(point.year, measure, point.standard, rate)
        for measure, rate_of in ((_("Hộ nghèo"), "poor_rate"), (_("Hộ cận nghèo"), "near_poor_rate"))
        for point in points
        for rate in [getattr(point.counts, rate_of)]
    ]
    return drawn.series_by_standard(drawn_points, title=_("Tỷ lệ hộ nghèo, cận nghèo theo năm"))


def _address(unit: Unit, asked: Asked, sees_households: bool) -> str:
    """Where a click on a unit goes: down to its page; from a village to its households."""
    if unit.level == Level.VILLAGE:
        if not sees_households:
            return ""
        return reverse("households") + "?" + urlencode({"dia-ban": unit.code})
    return reverse("unit", args=[unit.code]) + asked.query()


def geographies(since: dt.date) -> list[tuple[str, str]]:
    """Days from `since` on which communes changed, the latest first, as choices of the map's geography."""
    days = changes_of(Level.COMMUNE, since=since)
    return [(day.isoformat(), _("từ %(day)s") % {"day": format_date(day)}) for day in days]


def _downloads(unit: Unit, asked: Asked) -> dict[str, str]:
    """Where the tables beneath the pictures are taken away."""
    tables = {"units": "don-vi", "series": "nam", "profile": "thieu-hut", "groups": "dan-toc"}
    return {
        name: reverse("figures-file", args=[unit.code, table]) + asked.query()
        for name, table in tables.items()
    }


urlpatterns = [
    path("", start, name="start"),
    path("dia-ban/<str:code>/", unit, name="unit"),
]
