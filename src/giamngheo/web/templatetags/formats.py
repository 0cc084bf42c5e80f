"""Numbers, rates and dates as our readers write them: 1.234,5; 16,33%; 15/10/2021; English by the page's language."""

import datetime as dt
from decimal import ROUND_HALF_UP, Decimal
from typing import Any

from django import template
from django.utils import timezone
from django.utils.translation import get_language, ngettext
from django.utils.translation import gettext as _

register = template.Library()

#: What stands where there is no figure. Nought is written 0; a missing figure never is.
MISSING = "–"
MINUS = "\u2212"
Number = int | float | Decimal


def _rounded(value: Number, places: int) -> str:
    """Rounded half up as people do, with the separators of the page's language."""
    exact = Decimal(str(value)).quantize(Decimal(1).scaleb(-places), rounding=ROUND_HALF_UP)
    text = f"{abs(exact):,.{places}f}"
    if get_language() != "en":
        text = text.translate(str.maketrans(",.", ".,"))
    return (MINUS if exact < 0 else "") + text


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
    difference = Decimal(str(value)) * 100
    sign = "+" if difference > 0 else ""
    return sign + _("%(number)s điểm phần trăm") % {"number": _rounded(difference, places)}


@register.filter
def money(value: Number | None) -> str:
    """An amount in đồng: 1.500.000 đồng."""
    return MISSING if value is None or value == "" else _("%(number)s đồng") % {"number": _rounded(value, 0)}


@register.filter
def day(value: dt.date | dt.datetime | None) -> str:
    """A day: 15/10/2021."""
    if not value:
        return MISSING
    if isinstance(value, dt.datetime):
        value = timezone.localtime(value) if timezone.is_aware(value) else value
    return f"{value:%d/%m/%Y}"


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
