"""The period a figure is of, written as text: "2019", "2019-Q3", "2018-11", or a span "2016/2018-11"."""

import datetime as dt
import re
from dataclasses import dataclass

from giamngheo.base.periods import Period

_ONE = re.compile(r"(\d{4})(?:-(?:Q([1-4])|(0[1-9]|1[0-2])))?")


@dataclass(frozen=True, order=True)
class Span:
    """A period of whole months. `at` is its end and `years` its length, both in years: the end of 2015 is 2015.0."""

    first: dt.date
    last: dt.date
    text: str = ""

    @property
    def at(self) -> float:
        return self.last.year - 1 + self.last.month / 12

    @property
    def years(self) -> float:
        return ((self.last.year - self.first.year) * 12 + self.last.month - self.first.month + 1) / 12

    @property
    def kind(self) -> str:
        """year, quarter, month or span."""
        if "/" in self.text:
            return "span"
        return {4: "year", 7: "quarter" if "Q" in self.text else "month"}[len(self.text)]

    @property
    def before(self) -> "Span":
        """The month, quarter or year just before one. Raises ValueError of a span of several."""
        day = self.first - dt.timedelta(days=1)
        texts = {
            "month": f"{day:%Y-%m}",
            "quarter": f"{day.year}-Q{(day.month + 2) // 3}",
            "year": str(day.year),
        }
        return parse_period(texts.get(self.kind, ""))

    def words(self, language: str = "vi") -> str:
        """As a reader writes it: 2019, quý 3/2019, 11/2018, 2016 – 11/2018."""
        if self.kind == "span":
            return " – ".join(parse_period(part).words(language) for part in self.text.split("/"))
        if self.kind == "quarter":
            return f"{'Q' if language == 'en' else 'quý '}{self.text[6]}/{self.text[:4]}"
        return f"{self.text[5:]}/{self.text[:4]}" if self.kind == "month" else self.text


def parse_period(text: str) -> Span:
    """The span of a period's text. Raises ValueError for what is none."""
    parts = [_ONE.fullmatch(part) for part in text.split("/")]
    if len(parts) > 2 or not all(parts):
        raise ValueError(text)
    spans = [_months(*found.groups()) for found in parts if found]
    if spans[-1].last < spans[0].first:
        raise ValueError(text)
    return Span(spans[0].first, spans[-1].last, text)


def _months(year: str, quarter: str | None, month: str | None) -> Period:
    first, last = (1, 12)
    if quarter:
        first, last = int(quarter) * 3 - 2, int(quarter) * 3
    elif month:
        first = last = int(month)
    after = dt.date(int(year) + last // 12, last % 12 + 1, 1)
    return Period(dt.date(int(year), first, 1), after - dt.timedelta(days=1))


def year_period(year: int) -> Span:
    return parse_period(str(year))
