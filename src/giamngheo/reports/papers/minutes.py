"""The minutes of a village meeting, blank for the pen or filled, in the two copies the law asks for."""

import datetime as dt
from dataclasses import dataclass, field
from typing import Any, ClassVar

from giamngheo.reports.papers.minutes_fields import MINUTES_FIELDS
from giamngheo.reports.papers.paper import Paper, class_words

#: Where each copy goes.
COPIES = ("Bản số 1/2: lưu tại thôn", "Bản số 2/2: gửi Ủy ban nhân dân xã")
_KINSHIP = {"own": "Hộ của mình", "kin": "Hộ người thân", "": ""}


@dataclass(frozen=True, kw_only=True)
class Attendance:
    """How many came in one capacity, and who, where names were taken."""

    count: int | None = None
    names: str = ""


@dataclass(frozen=True, kw_only=True)
class MinutedHousehold:
    """What the meeting said of one household; None and '' leave room for the pen."""

    head_name: str
    klass: str
    agree: int | None = None
    disagree: int | None = None
    remarks: str = ""


@dataclass(frozen=True, kw_only=True)
class MinutedInterest:
    """A household of one who takes part in the review, or of their kin: declared, and voted on without them.

    `kinship` is 'own', 'kin', or '' where it is left to the pen.
    """

    head_name: str
    klass: str
    official: str
    kinship: str
    voters: int | None = None
    agree: int | None = None
    disagree: int | None = None


@dataclass(frozen=True, kw_only=True)
class Minutes(Paper):
    """The minutes. What stands empty is printed as a line to write on, so the blank form is the same paper.

    `attendance` is by the codes of the capacities; `rules` are the sentences of the procedure that the meeting must
    know (who must be there, which share must agree); `basis` the acts.
    """

    template: ClassVar[str] = "minutes.typ"

    village: str
    commune: str
    year: int
    number: int = 1
    basis: tuple[str, ...] = ()
    rules: tuple[str, ...] = ()
    chair: str = ""
    secretary: str = ""
    place: str = ""
    meets_at: dt.datetime | None = None
    ends_at: dt.time | None = None
    attendance: dict[str, Attendance] = field(default_factory=dict)
    present: int | None = None
    invited: int | None = None
    quorum: bool | None = None
    households: tuple[MinutedHousehold, ...]
    interests: tuple[MinutedInterest, ...] = ()
    dissent: str = ""
    conclusion: str = ""

    @property
    def title(self) -> str:
        return f"Biên bản họp {self.village}, {self.commune} về kết quả rà soát hộ nghèo, hộ cận nghèo năm {self.year}"

    def derived(self) -> dict[str, Any]:
        klasses = {row.klass for row in self.households} | {row.klass for row in self.interests} | {""}
        return {
            "fields": MINUTES_FIELDS,
            "copies": COPIES,
            "blank": self.meets_at is None,
            "class_words": {klass: class_words(klass) for klass in klasses},
            "kinship_words": _KINSHIP,
        }
