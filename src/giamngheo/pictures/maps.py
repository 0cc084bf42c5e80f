"""The map: units coloured by a share, each a link one level down."""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Any

from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from giamngheo.pictures.drawing import MAP, draw
from giamngheo.pictures.looks import CONFIG, GROUND, INK_2, NO_FIGURE, RATES, WIDTH, haloed, percent, plain

#: Names are written on a map of at most so many units; more would cover one another.
NAMED = 15
#: One step of the scale, in percentage points, from which the first that needs at most seven colours is taken.
STEPS = (0.5, 1, 2, 2.5, 5, 10, 15, 20, 50, 100, 200, 500, 1000)


@dataclass(frozen=True)
class Place:
    """A unit on a map: its GeoJSON outline, name, share, where a click on it leads, and what to write on it if short."""

    geometry: dict[str, Any]
    label: str
    value: float | None
    href: str = ""
    short: str = ""


def choropleth(places: Sequence[Place], *, title: str) -> SafeString:
    """A map of `places` coloured by their shares in at most seven steps; a click goes to the unit's address."""
    words = _bands([place.value for place in places if place.value is not None])
    missing = _("không có số liệu")
    none_missing = all(place.value is not None for place in places)
    domain = [*words.names, *([] if none_missing else [missing])]
    colours = [*words.colours, *([] if none_missing else [NO_FIGURE])]
    squeeze, named = _squeeze(places), len(places) <= NAMED
    features = [_feature(place, words.name_of(place.value) or missing, squeeze, named) for place in places]
    left, bottom, right, top = _bounds(features)
    shape: dict[str, Any] = {
        "name": MAP,
        "mark": {"type": "geoshape", "stroke": GROUND, "strokeWidth": 1},
        "encoding": {
            "color": {
                "field": "band",
                "type": "nominal",
                "scale": {"domain": domain, "range": colours},
                "legend": {"title": None, "symbolType": "square", "symbolStrokeColor": INK_2, "columns": 4},
            },
            "description": {"field": "words", "type": "nominal"},
            "href": {"condition": {"test": "datum.href", "field": "href", "type": "nominal"}, "value": ""},
        },
    }
    spec = {
        "width": WIDTH,
        "height": round(min(WIDTH * (top - bottom) / max(right - left, 1e-9), 1.4 * WIDTH)),
        "data": {"values": features},
        "projection": {"type": "identity", "reflectY": True},
        "layer": [shape, *(_names() if named else [])],
        "config": CONFIG,
    }
    return draw(spec, title=title, description=_extremes(places))


@dataclass(frozen=True)
class _Bands:
    """The steps of a scale: lower edges in percentage points, the width of a step, names and colours."""

    first: float
    step: float
    names: list[str]
    colours: list[str]

    def name_of(self, value: float | None) -> str:
        if value is None or not self.names:
            return ""
        # Rounded, so that 0,15 falls into the step that begins at 15%.
        place = math.floor(round((value * 100 - self.first) / self.step, 9))
        return self.names[min(max(place, 0), len(self.names) - 1)]


def _bands(values: Sequence[float]) -> _Bands:
    """Even steps that cover the values with at most seven colours.

    Where one place in twenty or fewer lies so far above the others that they would all have one colour, the steps are
    those of the others and the last is open upwards.
    """
    if not values:
        return _Bands(0, 1, [], [])
    first, step, count = _steps(min(values) * 100, max(values) * 100)
    others = _steps(min(values) * 100, sorted(values)[math.ceil(0.95 * len(values)) - 1] * 100)
    is_open = others[1] * 4 <= step
    if is_open:
        first, step, count = others[0], others[1], min(others[2] + 1, len(RATES))
    edges = [first + step * place for place in range(count + 1)]
    names = [f"{plain(one)}–{plain(two)}%" for one, two in pairwise(edges)]
    if is_open:
        names[-1] = _("từ %(edge)s%% trở lên") % {"edge": plain(edges[-2])}
    spread = (len(RATES) - 1) / max(count - 1, 1)
    return _Bands(first, step, names, [RATES[round(place * spread)] for place in range(count)])


def _steps(low: float, high: float) -> tuple[float, float, int]:
    """Where the first step begins, how wide a step is and how many there are, in percentage points."""
    for step in STEPS:
        first = math.floor(low / step) * step
        count = max(1, math.floor(round((high - first) / step, 9)) + 1)
        if count <= len(RATES):
            break
    return first, step, count


def _feature(place: Place, band: str, squeeze: float, named: bool) -> dict[str, Any]:
    geometry = _squeezed(place.geometry, squeeze)
    x, y = _inside(geometry) if named else (0.0, 0.0)
    return {
        "type": "Feature",
        "geometry": geometry,
        "x": x,
        "y": y,
        "short": place.short or place.label,
        "band": band,
        "label": place.label,
        "words": f"{place.label}: {percent(place.value)}",
        "href": place.href,
    }


def _names() -> list[dict[str, Any]]:
    """Names on the units, in ink with the ground's colour around the letters, so that they read on any fill."""
    encoding = {
        "longitude": {"field": "x", "type": "quantitative"},
        "latitude": {"field": "y", "type": "quantitative"},
        "text": {"field": "short", "type": "nominal"},
    }
    return [{"mark": mark, "encoding": encoding} for mark in haloed(fontSize=12)]


def _squeeze(places: Sequence[Place]) -> float:
    """How much narrower a degree of longitude is than one of latitude in the middle of the map."""
    heights = [point[1] for place in places for ring in _rings(place.geometry) for point in ring]
    return math.cos(math.radians(sum(heights) / len(heights))) if heights else 1.0


def _rings(geometry: dict[str, Any]) -> list[list[Sequence[float]]]:
    parts = geometry["coordinates"] if geometry["type"] == "MultiPolygon" else [geometry["coordinates"]]
    return [ring for part in parts for ring in part]


def _squeezed(geometry: dict[str, Any], by: float) -> dict[str, Any]:
    polygons = geometry["coordinates"] if geometry["type"] == "MultiPolygon" else [geometry["coordinates"]]
    return {
        "type": "MultiPolygon",
        "coordinates": [[[[round(x * by, 5), y] for x, y in ring] for ring in part] for part in polygons],
    }


def _inside(geometry: dict[str, Any]) -> tuple[float, float]:
    """A point well within the shape: the middle of its longest level chord, of twenty heights tried."""
    rings = _rings(geometry)
    heights = [y for ring in rings for _x, y in ring]
    low, high = min(heights), max(heights)
    best = (0.0, 0.0, 0.0)
    for tried in range(1, 20):
        level = low + (high - low) * (tried + 0.013) / 20  # off the grid, so that no corner lies on the level
        crossings = sorted(
            x1 + (level - y1) * (x2 - x1) / (y2 - y1)
            for ring in rings
            for (x1, y1), (x2, y2) in pairwise(ring)
            if (y1 < level) != (y2 < level)
        )
        for left, right in zip(crossings[::2], crossings[1::2], strict=False):
            best = max(best, (right - left, (left + right) / 2, level))
    return round(best[1], 5), round(best[2], 5)


def _bounds(features: Sequence[dict[str, Any]]) -> tuple[float, float, float, float]:
    points = [point for feature in features for ring in _rings(feature["geometry"]) for point in ring]
    xs, ys = [x for x, _y in points] or [0.0], [y for _x, y in points] or [0.0]
    return min(xs), min(ys), max(xs), max(ys)


def _extremes(places: Sequence[Place]) -> str:
    """What a map shows, in a sentence for those who don't see it."""
    known = [place for place in places if place.value is not None]
    if not known:
        return _("Chưa có số liệu.")
    high, low = max(known, key=lambda place: place.value or 0), min(known, key=lambda place: place.value or 0)
    return _(
        "Cao nhất: %(high)s, %(most)s; thấp nhất: %(low)s, %(least)s; %(count)s đơn vị, %(none)s không có số liệu."
    ) % {
        "high": high.label,
        "most": percent(high.value),
        "low": low.label,
        "least": percent(low.value),
        "count": len(places),
        "none": len(places) - len(known),
    }
