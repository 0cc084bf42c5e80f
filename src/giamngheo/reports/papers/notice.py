"""The notice that calls a village to its meeting, told early enough for people to come."""

import datetime as dt
from dataclasses import dataclass
from typing import ClassVar

from giamngheo.reports.papers.paper import Paper, Signature


@dataclass(frozen=True, kw_only=True)
class MeetingNotice(Paper):
    """When and where the village meets, about what, and who is asked to come (`invited`, one line each).

    `households` is how many will be spoken of; their names stand on no notice.
    """

    template: ClassVar[str] = "notice.typ"

    village: str
    commune: str
    year: int
    number: int = 1
    meets_at: dt.datetime
    place: str
    chair: str
    invited: tuple[str, ...]
    households: int
    rules: tuple[str, ...] = ()
    recipients: tuple[str, ...] = ()
    signature: Signature

    @property
    def title(self) -> str:
        return (
            f"Thông báo họp {self.village}, {self.commune} về rà soát hộ nghèo, hộ cận nghèo năm {self.year}"
        )
