"""Numbers, rates and dates as our readers write them: 1.234,5; 16,33%; 15/10/2021; English by the page's language."""

import datetime as dt
from collections.abc import Sequence
from decimal import Decimal
from typing import Any

from django import template
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from giamngheo.base.text import format_date, format_number
from giamngheo.pictures import looks

register = template.Library()

#: What stands where there is no figure. Nought is written 0; a missing figure never is.
MISSING = "–"
MINUS = "\u2212"
Number = int | float | Decimal


def _rounded(value: Number, places: int) -> str:
    """Rounded half up, with the separators of the page's language and a minus as wide as a digit; never −0."""
    text = format_number(value, places, looks.language())
    if not text.startswith("-"):
        return text
    return (MINUS if _is_something(text) else "") + text[1:]


def _is_something(text: str) -> bool:
    """False for what rounds to nought."""
    return any(digit in text for digit in "123456789")


@register.filter
def number(value: Number | None, places: int = 0) -> str:
    """`{{ count|number }}` 1.234; `{{ area|number:1 }}` 1.234,5; a missing one –."""
    return MISSING if value is None or value == "" else _rounded(value, places)


@register.filter
def percent(value: Number | None, places: int = 2) -> str:
    """A share between 0 and 1: 0.1633 is 16,33%."""
    return MISSING if value is None or value == "" else _rounded(Decimal(str(value)) * 100, places) + "%"


@register.filter
def points(value: Number | None, places: int = 2) -> str:
    """A difference of two shares, with its sign: -0.0379 is −3,79 điểm phần trăm."""
    if value is None or value == "":
        return MISSING
    text = _rounded(Decimal(str(value)) * 100, places)
    sign = "+" if value > 0 and _is_something(text) else ""
    return sign + _("%(number)s điểm phần trăm") % {"number": text}


@register.filter
def give_or_take(value: Number | None) -> str:
    """How far a share may be off: 0.0379 is ± 3,8 điểm phần trăm."""
    if value is None or value == "":
        return MISSING
    return "± " + _("%(number)s điểm phần trăm") % {"number": _rounded(Decimal(str(value)) * 100, 1)}


@register.filter
def money(value: Number | None) -> str:
    """An amount in đồng: 1.500.000 đồng."""
    return MISSING if value is None or value == "" else _("%(number)s đồng") % {"number": _rounded(value, 0)}


@register.filter
def figure(value: Number | None, unit: str) -> str:
    """`{{ estimate|figure:unit }}` by its unit: share 16,33%, dong 1.500.000 đồng, index 0,352."""
    return {"share": percent, "dong": money}[unit](value) if unit != "index" else number(value, 3)


@register.filter
def difference(value: Number | None, unit: str) -> str:
    """A difference of two such figures, with its sign; of shares in percentage points."""
    if unit == "share" or value is None or value == "":
        return points(value)
    return ("+" if value > 0 else "") + figure(value, unit)


@register.filter
def day(value: dt.date | dt.datetime | None) -> str:
    """A day: 15/10/2021."""
    if not value:
        return MISSING
    if isinstance(value, dt.datetime):
        value = timezone.localtime(value) if timezone.is_aware(value) else value
    return format_date(value)


@register.filter
def moment(value: dt.datetime | None) -> str:
    """A day and time in Vietnam: 15/10/2021 14:05."""
    if not value:
        return MISSING
    local = timezone.localtime(value) if timezone.is_aware(value) else value
    return f"{local:%d/%m/%Y %H:%M}"


@register.filter
def households(value: int | None) -> str:
    """A count of households with its word: 1.234 hộ."""
    if value is None:
        return MISSING
    return ngettext("%(number)s hộ", "%(number)s hộ", value) % {"number": _rounded(value, 0)}


@register.filter
def persons(value: int | None) -> str:
    """A count of persons with its word: 4.512 người."""
    if value is None:
        return MISSING
    return ngettext("%(number)s người", "%(number)s người", value) % {"number": _rounded(value, 0)}


@register.filter
def unit_label(unit: Any) -> str:
    """A unit with its kind, once: Xã Mường So, Thị trấn Phong Thổ."""
    name, kind = str(unit.name), str(getattr(unit, "kind", "") or "")
    if not kind or name.casefold().startswith(kind.casefold()):
        return name
    return f"{kind[0].upper()}{kind[1:]} {name}"


@register.filter
def beside(ones: Sequence[Any], others: Sequence[Any]) -> list[tuple[Any, Any]]:
    """Two lists of one length as pairs."""
    return list(zip(ones, others, strict=True))
