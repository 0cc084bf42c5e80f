"""How our pictures look: colours, letters, numbers; the same on screen, on paper and in the dark."""

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
