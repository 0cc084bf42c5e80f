"""What the sections of a report are written from, and the book in which each figure is entered once."""

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass, field

from giamngheo.access.models import User
from giamngheo.areas.models import Unit
from giamngheo.reports.words.document import Figure
from giamngheo.reports.words.kinds import Asked
from giamngheo.resolution.clauses import Resolution
from giamngheo.surveys import figures as tallies

#: A difference of shares that two decimals of a percentage point do not show.
STILL = 0.00005


@dataclass
class Book:
    """Figures are entered once and named in what is written."""

    figures: dict[str, Figure] = field(default_factory=dict)

    def put(self, key: str, name: str, kind: str, value: float | None = None, **more: str) -> str:
        """The name of the figure for a sentence or a cell."""
        self.figures[key] = Figure(key, name, kind, value, **more)
        return f"{{{key}}}"

    def points(self, key: str, name: str, value: float) -> str:
        """A difference of two shares with its way: giảm 4,81 điểm phần trăm; không đổi where two decimals show none."""
        named = self.put(key, name, "points", value, origin="computed")
        if abs(value) < STILL:
            return "không đổi"
        return f"{'giảm' if value < 0 else 'tăng'} {named}"


@dataclass(frozen=True)
class Sources:
    """What the sections are written from, read once. `points`: the years under the standard of the last, oldest first."""

    asked: Asked
    unit: Unit
    day: dt.date
    points: Sequence[tallies.Point]
    resolution: Resolution
    seen_by: User

    @property
    def last(self) -> tallies.Point | None:
        return self.points[-1] if self.points else None

    @property
    def first(self) -> tallies.Point | None:
        return self.points[0] if self.points else None
