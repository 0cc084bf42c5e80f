"""The parts of a change as bars to either side of nought, each with its number."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.utils.safestring import SafeString

from giamngheo.base.text import format_number
from giamngheo.pictures.drawing import draw
from giamngheo.pictures.looks import (
    CONFIG,
    FIT,
    INK_2,
    RATES,
    WIDTH,
    beside,
    haloed,
    in_lines,
    language,
    tall,
)


@dataclass(frozen=True)
class Part:
    """One part of a change of a share; 0.02 is two percentage points up."""

    label: str
    points: float


def parts_chart(parts: Sequence[Part], *, title: str) -> SafeString:
    """One bar a part, in percentage points, in the order given: falls to the left, rises to the right."""
    values = [_value(part, place) for place, part in enumerate(parts)]
    reach = max([abs(value["points"]) for value in values] + [0.01])
    least, most = min(0.0, *(v["points"] for v in values)), max(0.0, *(v["points"] for v in values))
    lines = in_lines([part.label for part in parts], 260)
    y: dict[str, Any] = {
        "field": "place",
        "type": "ordinal",
        "scale": {"domain": list(range(len(parts)))},
        "title": None,
        "axis": beside(lines),
    }
    # Room for the number at the end of each bar, on either side.
    x: dict[str, Any] = {
        "field": "points",
        "type": "quantitative",
        "scale": {"domain": [least - reach * 0.4, most + reach * 0.4], "nice": False},
        "axis": None,
    }
    bar: dict[str, Any] = {
        "mark": {"type": "bar", "height": {"band": 0.66}},
        "encoding": {
            "y": y,
            "x": x,
            "color": {
                "condition": {"test": "datum.points < 0", "value": RATES[5]},
                "value": RATES[3],
            },
            "description": {"field": "words", "type": "nominal"},
        },
    }
    at_nought = {"datum": 0, "type": "quantitative", "scale": x["scale"], "axis": None}
    nought = {"mark": {"type": "rule", "color": INK_2}, "encoding": {"x": at_nought}}
    layers: list[dict[str, Any]] = [bar, nought]
    for side, align, dx in (("datum.points < 0", "right", -6), ("datum.points >= 0", "left", 6)):
        layers += [
            {
                "transform": [{"filter": side}],
                "mark": mark,
                "encoding": {"y": y, "x": x, "text": {"field": "shown", "type": "nominal"}},
            }
            for mark in haloed(fontSize=13, align=align, dx=dx)
        ]
    spec = {
        "width": WIDTH,
        "height": tall(lines),
        "autosize": FIT,
        "data": {"values": values},
        "layer": layers,
        "config": CONFIG,
    }
    return draw(spec, title=title, description="; ".join(value["words"] for value in values))


def _value(part: Part, place: int) -> dict[str, Any]:
    points = round(part.points * 100, 4)
    sign = "−" if points < -0.004 else "+" if points > 0.004 else ""
    shown = f"{sign}{format_number(abs(points), 2, language())}"
    return {"place": place, "points": points, "shown": shown, "words": f"{part.label}: {shown}"}
