"""The poster of a village's results: what the law needs posted, and nothing else can be carried.

A row has no field for an id number, a telephone, health or an address, and a text that holds a run of digits as long
as one is refused.
"""

import datetime as dt
import re
from dataclasses import dataclass
from typing import Any, ClassVar, Literal

from giamngheo.reports.papers.errors import PersonalNumberError, ReasonTooLongError
from giamngheo.reports.papers.paper import Paper, Signature, class_words
from giamngheo.reports.typeset import qr

#: The longest reason of a posted line, in characters: one line of print on A3, one sentence in the mouth.
REASON_LENGTH = 160
_LONG_NUMBER = re.compile(r"\d(?:[\s.\-]?\d){7,}")


@dataclass(frozen=True, kw_only=True)
class PostedHousehold:
    """One line: the head, the class proposed, why in a line at most, and whether a re-check changed it."""

    head_name: str
    klass: str
    reason: str = ""
    changed: bool = False

    def __post_init__(self) -> None:
        for text in (self.head_name, self.reason):
            if _LONG_NUMBER.search(text):
                raise PersonalNumberError(text)
        if len(self.reason) > REASON_LENGTH or "\n" in self.reason:
            raise ReasonTooLongError(self.reason, REASON_LENGTH)


@dataclass(frozen=True, kw_only=True)
class Poster(Paper):
    """The list of one village, posted from `starts_on` to `ends_on`, both days included.

    `number` is 1, or 2 and on when posted again after a re-check; `objections_to` says where and to whom one objects;
    `public_url` is the public page of this posting, '' where there is none.
    """

    template: ClassVar[str] = "poster.typ"

    village: str
    commune: str
    year: int
    number: int
    starts_on: dt.date
    ends_on: dt.date
    working_days: int
    places: str
    rows: tuple[PostedHousehold, ...]
    objections_to: str
    public_url: str
    signature: Signature
    size: Literal["a4", "a3"] = "a4"

    @property
    def title(self) -> str:
        again = f" (niêm yết lần {self.number})" if self.number > 1 else ""
        return f"Niêm yết kết quả rà soát hộ nghèo, hộ cận nghèo năm {self.year} – {self.village}, {self.commune}{again}"

    def derived(self) -> dict[str, Any]:
        return {
            "class_words": {row.klass: class_words(row.klass) for row in self.rows},
            "qr": qr(self.public_url) if self.public_url else None,
            "public_words": re.sub(r"^https?://", "", self.public_url),
        }
