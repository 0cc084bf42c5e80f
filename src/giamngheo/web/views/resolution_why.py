"""Of a target's page: how likely it is to be met, and why the poor rate changed."""

from collections.abc import Mapping, Sequence
from typing import Any

from django.utils.translation import gettext as _

from giamngheo.areas.models import Level
from giamngheo.areas.queries import children_on
from giamngheo.base.text import format_number, format_percent
from giamngheo.measures.change_of_rate import Gap, Shift
from giamngheo.measures.outlook import NoOutlook
from giamngheo.pictures.parts import Part, parts_chart
from giamngheo.resolution.change import LEAST, Why, why
from giamngheo.resolution.clauses import Target
from giamngheo.resolution.indicators import indicators
from giamngheo.resolution.outlooks import chance
from giamngheo.resolution.queries import TargetStanding
from giamngheo.resolution.register import Count
from giamngheo.resolution.spreads import Spreads, of_groups, of_units
from giamngheo.rules.facts import ethnic_name
from giamngheo.web.requests import Request
from giamngheo.web.views.resolution_asked import Asked

Groups = Mapping[str, Mapping[int, Count]]


def outlook_of(held: TargetStanding, on: Asked, request: Request) -> dict[str, Any]:
    """The probability in words with its range, or why there is none; nothing for a target without a level at its end."""
    found = chance(on.resolution, held, year=on.year, on=on.geography, seen_by=request.user)
    if found is None:
        return {}
    if isinstance(found, NoOutlook):
        return {"no_outlook": found.en if on.language == "en" else found.vi}
    low, high = found.of.interval()
    words = {name: format_percent(share, 1, on.language) for name, share in (("low", low), ("high", high), ("asked", found.asked), ("median", found.of.median))}  # fmt: skip
    return {"outlook": {**words, "meets": _likely(found.meets, on.language), "of": found.of}}


def _likely(probability: float, language: str) -> str:
    """In whole per cent; nothing foreseen from a few years is certain."""
    if probability < 0.01:
        return _("dưới %(n)s") % {"n": format_percent(0.01, 0, language)}
    if probability > 0.99:
        return _("trên %(n)s") % {"n": format_percent(0.99, 0, language)}
    return format_percent(probability, 0, language)


def why_of(target: Target, groups: Groups, on: Asked, request: Request) -> dict[str, Any]:
    """Why the rate of poor households changed in the year; only of that rate, and not of the units of a list as of one."""
    indicator = indicators()[target.indicator]
    if indicator.measure.get("numerator") != "poor" or on.unit.level == Level.VILLAGE:
        return {}
    if target.area_list and on.unit.level == Level.PROVINCE:
        return {}
    below = list(children_on(on.unit, on.geography))
    found = why(
        on.unit,
        below,
        year=on.year,
        base=on.resolution.base_year,
        standard=indicator.standard,
        on=on.geography,
        groups=groups,
        first=on.resolution.groups_first,
        seen_by=request.user,
    )
    if found is None:
        return {}
    parts = _parts(found)
    names = {str(unit.pk): unit for unit in below}
    split = found.split.by_place.items() if found.split else ()
    return {
        "reasons": found,
        "why_parts": parts,
        "why_picture": parts_chart(
            [Part(words, part.points) for words, part in parts], title=_("Vì sao tỷ lệ hộ nghèo đổi")
        ),
        "why_places": sorted(
            ((names[pk], within, between) for pk, (within, between) in split if pk in names),
            key=lambda row: row[1],
        ),
        "why_deprivations": _deprivations(found.deprivations, on),
        "why_gaps": _gaps(found.gaps, on),
    }


def _parts(found: Why) -> list[tuple[str, Any]]:
    words = {
        "escaped": _("Thoát nghèo hẳn"),
        "to_near_poor": _("Từ nghèo sang cận nghèo"),
        "from_near_poor": _("Từ cận nghèo xuống nghèo"),
        "fell_back": _("Tái nghèo"),
        "new": _("Phát sinh mới"),
        "came": _("Hộ mới có trong kỳ này"),
        "left": _("Hộ không còn trong kỳ này"),
    }
    return [(word, found.of.part(name)) for name, word in words.items()]


def _deprivations(found: Sequence[Shift], on: Asked) -> list[dict[str, Any]]:
    words = {"fell": _("giảm"), "rose": _("tăng"), "still": _("không giảm"), None: _("chưa đủ số")}
    return [
        {"name": indicators()[one.name].name(on.language), "shift": one, "word": words[one.direction]}
        for one in found
    ]


def _widths() -> dict[str | None, str]:
    return {
        "narrower": _("hẹp lại"),
        "wider": _("rộng ra"),
        "still": _("không đổi"),
        None: _("chưa đủ số"),
    }


def spreads_of(ranked: Sequence[TargetStanding], groups: Groups, on: Asked) -> dict[str, Any]:
    """Whether the units below, and the ethnic groups, draw nearer to one another from the base year to the year asked about."""
    first, last = on.resolution.base_year, on.year
    names = {row.unit.code: row.unit.name for row in ranked}
    units, peoples = of_units(ranked, first, last), of_groups(groups, first, last)
    found = {
        "spread_units": _spread(units, names, _("các địa bàn"), on),
        "spread_groups": _spread(peoples, {code: ethnic_name(code, on.language) for code in groups}, _("các dân tộc"), on),
    }  # fmt: skip
    return {**{name: made for name, made in found.items() if made["rows"]}, "least": LEAST}


def _spread(found: Spreads, names: Mapping[str, str], what: str, on: Asked) -> dict[str, Any]:
    rows = [
        {
            "year": year,
            "of": one,
            "highest": names[one.highest[0]],
            "lowest": names[one.lowest[0]],
            "range": format_number(one.range * 100, 1, on.language),
            "deviation": format_number(one.deviation * 100, 1, on.language),
        }
        for year, one in found.by_year.items()
    ]
    if not found.ends:
        return {"rows": rows, "word": "", "sentence": ""}
    (first, last), of, words = found.ends, found.by_year, _widths()
    sentence = _("Từ %(first)s đến %(last)s, chênh lệch giữa %(what)s %(width)s: độ lệch chuẩn từ %(before)s đến %(after)s điểm phần trăm. So với mức chung thì %(relative)s: từ %(was)s đến %(now)s.") % {
        "first": first, "last": last, "what": what, "width": words[found.width], "relative": words[found.relative_width],
        "before": rows[0]["deviation"], "after": rows[-1]["deviation"],
        "was": _share(of[first].relative, on), "now": _share(of[last].relative, on),
    }  # fmt: skip
    return {"rows": rows, "word": words[found.width], "sentence": sentence}


def _share(share: float | None, on: Asked) -> str:
    return "–" if share is None else format_percent(share, 0, on.language)


def _gaps(found: Sequence[Gap], on: Asked) -> list[dict[str, Any]]:
    words = _widths()
    return [
        {
            "name": ethnic_name(one.name, on.language, otherwise=one.name),
            "gap": one,
            "word": words[one.direction],
        }
        for one in found
    ]
