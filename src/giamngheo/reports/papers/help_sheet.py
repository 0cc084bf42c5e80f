"""What a household is entitled to and what it got, on one sheet for its head to keep."""

import datetime as dt
from dataclasses import dataclass
from typing import ClassVar

from giamngheo.reports.papers.paper import Paper


@dataclass(frozen=True, kw_only=True)
class HelpRow:
    """One delivery: of which policy, for whom, what, when, by whom."""

    name: str
    who: str
    what: str
    given_on: dt.date
    by: str


@dataclass(frozen=True, kw_only=True)
class PlanRow:
    """One step of the household's plan: what, who does it, on what the help hangs ('' if on nothing), by when, what came."""

    what: str
    who: str
    condition: str
    due_on: dt.date
    outcome: str


@dataclass(frozen=True, kw_only=True)
class PlanSheet:
    """The household's plan as the paper tells it."""

    aim: str
    companion: str
    until: dt.date
    steps: tuple[PlanRow, ...]


@dataclass(frozen=True, kw_only=True)
class HelpSheet(Paper):
    """The sheet. `rights` and `missing` are sentences; `total` is in đồng, without loans; `plan` where the household has one."""

    template: ClassVar[str] = "help_sheet.typ"

    household: str
    village: str
    day: dt.date
    rights: tuple[str, ...]
    given: tuple[HelpRow, ...]
    total: int
    missing: tuple[str, ...]
    ask_at: str
    plan: PlanSheet | None = None

    @property
    def title(self) -> str:
        return f"Quyền được hưởng và hỗ trợ đã nhận: {self.household}"
