"""The path a target asks for and the figures against it, as one chart over the years."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.utils.safestring import SafeString

from giamngheo.base.text import format_number
from giamngheo.pictures.drawing import draw
from giamngheo.pictures.looks import CONFIG, FIT, INK, INK_2, RATES, WIDTH, haloed, language


@dataclass(frozen=True)
class Reached:
    """A figure on the time line (the end of 2019 is 2019.0), its value in its own unit, and the name of its origin."""

    at: float
    value: float
    origin: str
    when: str


@dataclass(frozen=True)
class Asked:
    """One required level on the time line, and the name of the line it belongs to."""

    at: float
    value: float
    line: str


def path_chart(
    asked: Sequence[Asked], reached: Sequence[Reached], *, title: str, unit: str, places: int
) -> SafeString:
    """Dashed lines of what is asked, marks of what was reached, one shape an origin; the first origin's are joined."""
    names = list(dict.fromkeys(point.line for point in asked))
    origins = list(dict.fromkeys(point.origin for point in reached))
    lines = [{"at": p.at, "value": p.value, "name": p.line} for p in asked]
    marks = [_mark(p, unit, places) for p in reached]
    x: dict[str, Any] = {
        "field": "at",
        "type": "quantitative",
        "title": None,
        "scale": {"zero": False, "nice": False, "padding": 18},
        "axis": {"format": "d", "tickMinStep": 1, "grid": False},
    }
    y = {
        "field": "value",
        "type": "quantitative",
        "title": None,
        "scale": {"zero": False, "nice": True},
        "axis": {"format": ",~f", "tickCount": 5, "domain": False, "ticks": False},
    }
    dash = {
        "field": "name",
        "type": "nominal",
        "scale": {"domain": names, "range": [[6, 4], [2, 3]][: len(names)]},
        "legend": {"title": None, "symbolStrokeColor": INK_2, "symbolStrokeWidth": 2, "orient": "top"},
    }
    shape = {
        "field": "origin",
        "type": "nominal",
        "scale": {"domain": origins, "range": ["circle", "square", "triangle-up", "diamond"][: len(origins)]},
        "legend": {"title": None, "symbolFillColor": INK, "symbolStrokeWidth": 0},
    }
    joined = {"values": [m for m in marks if origins and m["origin"] == origins[0]]}
    layers: list[dict[str, Any]] = [
        {
            "data": {"values": lines},
            "mark": {"type": "line", "color": INK_2, "strokeWidth": 1.5},
            "encoding": {"x": x, "y": y, "strokeDash": dash},
        },
        {
            "data": joined,
            "mark": {"type": "line", "color": RATES[5], "strokeWidth": 2.5},
            "encoding": {"x": x, "y": y},
        },
        {
            "data": {"values": marks},
            "mark": {"type": "point", "filled": True, "size": 80, "opacity": 1, "color": RATES[6]},
            "encoding": {
                "x": x,
                "y": y,
                "shape": shape,
                "description": {"field": "words", "type": "nominal"},
            },
        },
        *(
            {"data": joined, "mark": mark, "encoding": {"x": x, "y": y, "text": {"field": "shown"}}}
            for mark in haloed(fontSize=12, dy=-12)
        ),
    ]
    spec = {"width": WIDTH, "height": 260, "autosize": FIT, "layer": layers, "config": CONFIG}
    return draw(spec, title=title, description="; ".join(m["words"] for m in marks))


def _mark(point: Reached, unit: str, places: int) -> dict[str, Any]:
    number = format_number(point.value, places, language())
    return {
        "at": point.at,
        "value": point.value,
        "origin": point.origin,
        "shown": number,
        "words": f"{point.origin} {point.when}: {number}{unit}",
    }
