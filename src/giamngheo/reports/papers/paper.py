"""What every official paper has: who issues it, its number, place and date, who signs, who receives it."""

import dataclasses
import datetime as dt
from dataclasses import dataclass
from pathlib import Path
from typing import Any, ClassVar

from giamngheo.reports import typeset
from giamngheo.rules.reasons import class_name

FOLDER = Path(__file__).resolve().parent


@dataclass(frozen=True, kw_only=True)
class Letterhead:
    """Who issues a paper and when.

    `superior` is the body above, '' where the issuer stands alone; `number` is '12/QĐ-UBND', '/QĐ-UBND' where the
    number is filled in by hand, '' where the paper has none; without `date` its place is left to the pen.
    """

    issuer: str
    place: str
    superior: str = ""
    number: str = ""
    date: dt.date | None = None


@dataclass(frozen=True, kw_only=True)
class Signature:
    """Who signs: 'TM. ỦY BAN NHÂN DÂN', 'CHỦ TỊCH', the name; without a name there is room for the pen."""

    title: str
    on_behalf: str = ""
    name: str = ""


@dataclass(frozen=True, kw_only=True)
class Paper:
    """One paper. `made_on` is the day it is printed; `synthetic` puts the band of made-up data on every page."""

    template: ClassVar[str]

    letterhead: Letterhead
    made_on: dt.date
    synthetic: bool

    @property
    def title(self) -> str:
        """What the file is called in a reader of PDF."""
        raise NotImplementedError

    def derived(self) -> dict[str, Any]:
        """What the template needs beyond the fields."""
        return {}

    @property
    def _content(self) -> dict[str, Any]:
        fields = {field.name: getattr(self, field.name) for field in dataclasses.fields(self)}
        return {**fields, "title": self.title, **self.derived()}

    def pdf(self) -> bytes:
        """The paper as PDF."""
        return typeset.pdf(FOLDER / self.template, self._content, made_on=self.made_on)

    def pages(self, dots_per_inch: float = 100) -> list[bytes]:
        """The paper as pictures (PNG), one a page."""
        return typeset.png(FOLDER / self.template, self._content, dots_per_inch=dots_per_inch)


def class_words(klass: str) -> str:
    """The class as papers write it; '' stays empty, for the pen. KeyError for a class the law does not know."""
    return class_name(klass, "vi") if klass else ""
