"""The pictures of our pages, as Vega-Lite specifications drawn to SVG on the server: map, series, bars.

Values are shares between 0 and 1, shown as percentages; None is "no figure".
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Any

from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from giamngheo.pictures.drawing import draw
from giamngheo.pictures.looks import (
    CONFIG,
    FIT,
    INK,
    INK_2,
    LETTER,
    RATES,
    WIDTH,
    beside,
    haloed,
    in_lines,
    percent,
    tall,
)
from giamngheo.pictures.maps import Place, choropleth

__all__ = [
    "Bar",
    "Place",
    "Point",
    "choropleth",
    "deprivation_profile",
    "groups",
    "series_by_group",
    "series_by_standard",
]

#: How far below its mark a number stands, in pixels.
ABOVE, HIGHER, UNDER = -11, -25, 13


@dataclass(frozen=True)
class Point:
    """The share of one measure ('Hộ nghèo') in one year under one standard (its short name)."""

    year: int
    measure: str
    standard: str
    value: float | None


@dataclass(frozen=True)
class Bar:
    """A share with its name, and words after its number ('1.234 hộ'); `shown`: the number, where it is no share."""

    label: str
    value: float | None
    note: str = ""
    shown: str = ""

    def words(self) -> str:
        return self.shown or percent(self.value)


def series_by_standard(points: Sequence[Point], *, title: str) -> SafeString:
    """Lines by year, broken where the standard changes: rates under two standards are not one series."""
    values = [
        _point(point) | {"beside": far} for point, far in zip(points, _numbers_beside(points), strict=True)
    ]
    measures = list(dict.fromkeys(point.measure for point in points))
    standards = list(dict.fromkeys(point.standard for point in points))
    colour = {
        "field": "measure",
        "type": "nominal",
        "scale": {"domain": measures, "range": [RATES[6], RATES[4], RATES[3]][: len(measures)]},
        "legend": {"title": None, "symbolType": "stroke", "symbolStrokeWidth": 3, "orient": "top"}
        if len(measures) > 1
        else None,
    }
    shape = {
        "field": "standard",
        "type": "nominal",
        "scale": {
            "domain": standards,
            "range": ["circle", "square", "triangle-up", "diamond"][: len(standards)],
        },
        "legend": {"title": _("Theo chuẩn"), "symbolFillColor": INK, "symbolStrokeWidth": 0, "columns": 2},
    }
    x = {"field": "year", "type": "ordinal", "title": None, "axis": {"labelAngle": 0, "ticks": False}}
    y = {
        "field": "value",
        "type": "quantitative",
        "title": None,
        "scale": {"zero": True, "nice": True},
        "axis": {"format": ".0%", "tickCount": 5, "domain": False, "ticks": False},
    }
    line = {
        "mark": {"type": "line", "strokeWidth": 2.5},
        "encoding": {
            "x": x,
            "y": y,
            "color": colour,
            "detail": {"field": "standard", "type": "nominal"},
            "strokeDash": {
                "field": "standard",
                "type": "nominal",
                "legend": shape["legend"],  # both or none: the library shows one legend for both channels
                "scale": {
                    "domain": standards,
                    "range": [[1, 0], [7, 3], [2, 3], [9, 3, 2, 3]][: len(standards)],
                },
            },
        },
    }
    dot = {
        "mark": {"type": "point", "filled": True, "size": 70, "opacity": 1},
        "encoding": {
            "x": x,
            "y": y,
            "color": colour,
            "shape": shape,
            "description": {"field": "words", "type": "nominal"},
        },
    }
    numbers = [
        {"mark": mark, "encoding": {"x": x, "y": y, "text": {"field": "shown", "type": "nominal"}}}
        for mark in haloed(fontSize=12, dx=7, dy={"expr": "datum.beside"})
    ]
    spec = {
        "width": WIDTH,
        "height": 260,
        "autosize": FIT,
        "data": {"values": values},
        "layer": [line, *numbers, dot],
        "config": CONFIG,
    }
    return draw(spec, title=title, description="; ".join(value["words"] for value in values))


def series_by_group(points: Sequence[Point], *, title: str) -> SafeString:
    """One line a group over the years, each with its own mark; groups in the order they come."""
    values = [_point(point) for point in points]
    names = list(dict.fromkeys(point.measure for point in points))
    looks = [RATES[(6, 4, 3, 5)[place % 4]] for place in range(len(names))]
    shapes = ["circle", "square", "triangle-up", "diamond", "cross", "triangle-down", "triangle-right"]
    group = {"field": "measure", "type": "nominal"}
    x = {"field": "year", "type": "ordinal", "title": None, "axis": {"labelAngle": 0, "ticks": False}}
    y = {
        "field": "value",
        "type": "quantitative",
        "title": None,
        "axis": {"format": "~%", "tickCount": 5, "domain": False, "ticks": False},
    }
    legend = {"title": None, "columns": 2, "symbolStrokeWidth": 2}
    colour = {**group, "scale": {"domain": names, "range": looks}, "legend": legend}
    marks = {**group, "scale": {"domain": names, "range": shapes[: len(names)]}, "legend": legend}
    description = {"field": "words", "type": "nominal"}
    spec = {
        "width": WIDTH,
        "height": 280,
        "autosize": FIT,
        "data": {"values": values},
        "layer": [
            {"mark": {"type": "line", "strokeWidth": 2}, "encoding": {"x": x, "y": y, "color": colour}},
            {
                "mark": {"type": "point", "filled": True, "size": 80, "opacity": 1},
                "encoding": {"x": x, "y": y, "color": colour, "shape": marks, "description": description},
            },
        ],
        "config": CONFIG,
    }
    return draw(spec, title=title, description="; ".join(value["words"] for value in values))


def deprivation_profile(bars: Sequence[Bar], *, title: str) -> SafeString:
    """The share deprived in each indicator, the most frequent first."""
    ordered = sorted(bars, key=lambda bar: (bar.value is None, -(bar.value or 0)))
    return _bars(ordered, title=title, reference=None)


def groups(bars: Sequence[Bar], *, title: str, overall: float | None = None) -> SafeString:
    """A share by group in the order given, with the share of all as a line across; or what is more or less than before, each
    bar with its own words: less stands left of a line at nought."""
    return _bars(bars, title=title, reference=overall)


def _bars(bars: Sequence[Bar], *, title: str, reference: float | None) -> SafeString:
    values = [
        {
            "place": place,
            "value": bar.value,
            "shown": f"{bar.words()}{f' · {bar.note}' if bar.note else ''}",
            "words": f"{bar.label}: {bar.words()}{f', {bar.note}' if bar.note else ''}",
        }
        for place, bar in enumerate(bars)
    ]
    low = min([bar.value or 0 for bar in bars] + [0])
    top = max([bar.value or 0 for bar in bars] + [reference or 0, 0.01])
    lines = in_lines([bar.label for bar in bars])
    y = {
        "field": "place",
        "type": "ordinal",
        "scale": {"domain": list(range(len(bars)))},
        "title": None,
        "axis": beside(lines),
    }
    x = {
        "field": "value",
        "type": "quantitative",
        "scale": {"domain": [low, _room(values, lines, low, top)]},
        "axis": None,
    }
    end = {**x, "field": "end"}
    layers: list[dict[str, Any]] = [
        {
            "mark": {"type": "bar", "color": RATES[5], "height": {"band": 0.66}},
            "encoding": {"y": y, "x": x, "description": {"field": "words", "type": "nominal"}},
        },
        *([_nought(x)] if low < 0 else []),
        *(_reference(reference, x) if reference is not None else []),
        *(
            {
                "transform": [{"calculate": "max(0, datum.value)", "as": "end"}],  # of null, 0
                "mark": mark,
                "encoding": {"y": y, "x": end, "text": {"field": "shown", "type": "nominal"}},
            }
            for mark in haloed(fontSize=13, align="left", dx=6)
        ),
    ]
    spec = {
        "width": WIDTH,
        "height": tall(lines),
        "autosize": FIT,
        "data": {"values": values},
        "layer": layers,
        "config": CONFIG,
    }
    description = "; ".join(str(value["words"]) for value in values)
    if reference is not None:
        description += "; " + _("chung: %(rate)s") % {"rate": percent(reference)}
    return draw(spec, title=title, description=description)


def _room(
    values: Sequence[Mapping[str, Any]], lines: Sequence[Sequence[str]], low: float, top: float
) -> float:
    """Where the axis must end so that the number right of each bar, or of nought, has room."""
    plot = WIDTH - LETTER * max((len(line) for label in lines for line in label), default=0)
    ends = [
        low
        + (max(value["value"] or 0, 0) - low)
        * plot
        / max(plot - 8 - LETTER * len(value["shown"]), plot * 0.25)
        for value in values
    ]
    return max([top * 1.05, *ends])


def _nought(x: dict[str, Any]) -> dict[str, Any]:
    """A line at 0."""
    mark = {"type": "rule", "color": INK_2, "strokeWidth": 1}
    return {"data": {"values": [{"nought": 0}]}, "mark": mark, "encoding": {"x": {**x, "field": "nought"}}}


def _reference(value: float, x: dict[str, Any]) -> list[dict[str, Any]]:
    """A line across the bars with its number above them."""
    data = {"values": [{"all": value, "shown": _("Chung %(rate)s") % {"rate": percent(value)}}]}
    across = {**x, "field": "all"}
    return [
        {
            "data": data,
            "mark": {"type": "rule", "color": INK_2, "strokeDash": [4, 3], "strokeWidth": 1.5},
            "encoding": {"x": across},
        },
        {
            "data": data,
            "mark": {"type": "text", "color": INK_2, "fontSize": 12, "align": "left", "dx": 5},
            "encoding": {"x": across, "y": {"value": -8}, "text": {"field": "shown", "type": "nominal"}},
        },
    ]


def _numbers_beside(points: Sequence[Point]) -> list[int]:
    """How far below its mark (negative: above) the number of each point stands, in pixels, so that none of a year meet.

    Of two marks too near, the lower's number goes under it; where the axis leaves no room there, the higher's goes higher.
    """
    rates = [point.value or 0 for point in points]
    near = 0.08 * max(rates, default=0)
    shown = [place for place, point in enumerate(points) if point.value is not None]
    shown.sort(key=lambda place: (points[place].year, rates[place], -place))
    beside = [ABOVE] * len(points)
    for lower, higher in pairwise(shown):
        if points[lower].year == points[higher].year and rates[higher] - rates[lower] <= near:
            if rates[lower] > near:
                beside[lower] = UNDER
            else:
                beside[higher] = HIGHER
    return beside


def _point(point: Point) -> dict[str, Any]:
    return {
        "year": str(point.year),
        "measure": point.measure,
        "standard": point.standard,
        "value": point.value,
        "shown": "" if point.value is None else percent(point.value, 1),
        "words": f"{point.measure} {point.year}, {point.standard}: {percent(point.value)}",
    }
