"""How our pictures look: colours, letters, numbers; the same on screen, on paper and in the dark."""

import json
import textwrap
from collections.abc import Sequence
from typing import Any

from django.utils.translation import get_language
from django.utils.translation import gettext as _

from giamngheo.base.text import format_number, format_percent

#: One sequential scale, low to high, that colour-blind people tell apart and that prints in grey. The stylesheet
#: repaints exactly these colours in the dark (docs/reference/pieces.md).
RATES = ("#eef2f8", "#cfdcec", "#a9c1de", "#7f9fca", "#557cb2", "#335990", "#17325c")
NO_FIGURE, INK, INK_2, GRID, GROUND = "#e7e4dc", "#1a2330", "#455161", "#dedad0", "#ffffff"
FONTS = "Be Vietnam Pro, Segoe UI, Roboto, Noto Sans, DejaVu Sans, sans-serif"
WIDTH = 480
#: The widest axis word, and a letter of 13 pixels with some to spare.
LABELS, LETTER = 220, 7.6
#: Axis words are part of the width, so that all pictures of a page have letters of one size.
FIT = {"type": "fit-x", "contains": "padding"}
CONFIG: dict[str, Any] = {
    "font": FONTS,
    "background": "transparent",
    "view": {"stroke": None},
    "axis": {
        "labelFontSize": 13,
        "labelColor": INK_2,
        "labelLimit": LABELS,
        "gridColor": GRID,
        "domainColor": INK_2,
        "tickColor": INK_2,
    },
    "legend": {
        "labelFontSize": 13,
        "labelColor": INK,
        "labelLimit": 300,
        "titleFontSize": 13,
        "titleColor": INK_2,
        "titleFontWeight": "normal",
        "symbolStrokeWidth": 1,
        "orient": "bottom",
    },
}


def beside(lines: Sequence[Sequence[str]]) -> dict[str, Any]:
    """The axis that names bars by their place (two villages may bear one name), each in its lines."""
    named = json.dumps(lines, ensure_ascii=False) + "[datum.value]"
    return {"ticks": False, "domain": False, "labelExpr": named, "labelLimit": 0, "labelLineHeight": 15}


def in_lines(labels: Sequence[str], room: int = LABELS) -> list[list[str]]:
    """Each label in lines of at most `room` pixels: a name is not cut."""
    return [textwrap.wrap(label, int(room / LETTER)) or [""] for label in labels]


def tall(lines: Sequence[Sequence[str]]) -> int:
    """The height of so many bars, in pixels: each has room for the most lines of any."""
    return (15 + 15 * max(map(len, lines), default=1)) * max(len(lines), 1)


def haloed(**look: Any) -> list[dict[str, Any]]:
    """Two text marks: the letters' surroundings, then the letters."""
    around = {
        "type": "text",
        "color": GROUND,
        "stroke": GROUND,
        "strokeWidth": 3,
        "strokeJoin": "round",
        "aria": False,
    }
    return [{**around, **look}, {"type": "text", "color": INK, "aria": False, **look}]


def language() -> str:
    """vi or en: the language of the words in a picture."""
    return "en" if (get_language() or "vi").startswith("en") else "vi"


def percent(value: float | None, places: int = 2) -> str:
    """A share as a percentage, or the words for no figure."""
    return _("không có số liệu") if value is None else format_percent(value, places, language())


def plain(number: float) -> str:
    """A number without needless decimals."""
    return format_number(number, language=language())
