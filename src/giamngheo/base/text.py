"""Vietnamese words, numbers and dates: folded for search, ordered as a dictionary does, written and read as people do."""

import datetime as dt
import re
import unicodedata
from decimal import ROUND_HALF_UP, Decimal
from functools import cache

#: The Vietnamese alphabet with its tones in dictionary order; the same as vn_sortkey in the database.
ALPHABET = "aàảãáạăằẳẵắặâầẩẫấậbcdđeèẻẽéẹêềểễếệfghiìỉĩíịjklmnoòỏõóọôồổỗốộơờởỡớợpqrstuùủũúụưừửữứựvwxyỳỷỹýỵz"
_ORDER = str.maketrans({letter: chr(0x1000 + place) for place, letter in enumerate(ALPHABET)})
Number = int | float | Decimal


def fold(text: str) -> str:
    """Without case, accents and extra spaces, đ as d: 'Giàng  A Páo' becomes 'giang a pao'."""
    bare = unicodedata.normalize("NFD", text.lower().replace("đ", "d"))
    return " ".join(bare.translate(_marks()).split())


@cache
def _marks() -> dict[int, None]:
    """The marks that Unicode sets above, below and through letters, to be left out."""
    return {place: None for place in range(0x300, 0x1F000) if unicodedata.combining(chr(place))}


def sort_key(text: str) -> str:
    """A key whose plain order is Vietnamese dictionary order."""
    return unicodedata.normalize("NFC", text).lower().translate(_ORDER)


def format_number(value: Number, places: int | None = None, language: str = "vi") -> str:
    """1234.5 is 1.234,5 (English 1,234.5). Without `places` as many as the value has, two at most."""
    if isinstance(value, int) and not places:
        return f"{value:,}" if language == "en" else f"{value:,}".replace(",", ".")
    exact = Decimal(str(value))
    if not exact.is_finite() or exact.adjusted() > 20:  # nothing anybody counted; as it was written
        return str(value)
    if places is None:
        exact = exact.quantize(Decimal("0.01"), rounding=ROUND_HALF_UP).normalize()
        places = max(0, -int(exact.as_tuple().exponent))
    text = f"{exact.quantize(Decimal(1).scaleb(-places), rounding=ROUND_HALF_UP):,.{places}f}"
    return text if language == "en" else text.translate(str.maketrans(",.", ".,"))


def format_percent(share: Number, places: int = 2, language: str = "vi") -> str:
    """0.1633 is 16,33%."""
    return format_number(Decimal(str(share)) * 100, places, language) + "%"


def format_date(day: dt.date) -> str:
    """15/10/2021, in both languages: English readers here use the same papers."""
    return f"{day:%d/%m/%Y}"


def parse_number(text: str) -> Decimal | None:
    """A number as typed in Vietnam or in English, or None: '1.234,5', '1,234.5', '1234,5', '700.000', '700 000'.

    One separator followed by exactly three digits separates thousands; otherwise it is the decimal mark.
    """
    bare = re.sub(r"[\s\u00a0\u202f]", "", text)
    if len(bare) > 40 or not re.fullmatch(r"[-+]?\d[\d.,]*", bare):
        return None
    dots, commas = bare.count("."), bare.count(",")
    if dots and commas:
        decimal = "," if bare.rfind(",") > bare.rfind(".") else "."
        group = "." if decimal == "," else ","
        pattern = rf"[-+]?\d{{1,3}}(\{group}\d{{3}})+\{decimal}\d+"
    elif dots + commas:
        group = "." if dots else ","
        if re.fullmatch(rf"[-+]?[1-9]\d{{0,2}}(\{group}\d{{3}})+", bare):
            return Decimal(bare.replace(group, ""))
        decimal, group = group, ""
        pattern = rf"[-+]?\d+\{decimal}\d+"
    else:
        return Decimal(bare)
    if not re.fullmatch(pattern, bare):
        return None
    return Decimal(bare.replace(group, "").replace(decimal, ".") if group else bare.replace(decimal, "."))


def parse_date(text: str) -> dt.date | None:
    """A date as typed in Vietnam, day first ('15/10/2021', '5-3-1986', '05.03.1986'), or ISO; None if it is none."""
    bare = text.strip()
    if found := re.fullmatch(r"(\d{1,2})[/.\-](\d{1,2})[/.\-](\d{4})", bare):
        day, month, year = (int(part) for part in found.groups())
    elif found := re.fullmatch(r"(\d{4})-(\d{1,2})-(\d{1,2})(?:[ T]00:00(?::00)?)?", bare):
        year, month, day = (int(part) for part in found.groups())
    else:
        return None
    try:
        return dt.date(year, month, day)
    except ValueError:
        return None
