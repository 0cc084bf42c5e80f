"""What reading a workbook gives: staged rows, how many, and every problem of them."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

#: Columns of the staged files, in the order plan.py copies them.
HOUSEHOLDS = (
    *(
        "n",
        "sheet",
        "row",
        "number",
        "code",
        "village_code",
        "village",
        "commune_code",
        "head_name",
        "visited_on",
    ),
    *("outcome", "next_visit_on", "stated_class", "said_persons", "answers"),
)
MEMBERS = (
    *(
        "n",
        "hn",
        "sheet",
        "row",
        "full_name",
        "id_index",
        "id_sealed",
        "sex",
        "birth_date",
        "birth_year",
    ),
    *("ethnic", "relation", "facts"),
)
#: Past so many problems nobody reads on; the rest are counted.
MOST_PROBLEMS = 5_000


@dataclass(frozen=True)
class Found:
    """One problem of a workbook, as it will be stored."""

    sheet: str
    row: int | None
    column: str
    value: str
    code: str
    params: dict[str, str]
    warning: bool = False


@dataclass
class Staged:
    """What reading a workbook gave: where the rows are staged, how many, and what is wrong with them."""

    layout: str
    folder: Path
    households: int = 0
    members: int = 0
    problems: list[Found] = field(default_factory=list)
    more_problems: int = 0

    def add(
        self,
        sheet: str,
        row: int | None,
        code: str,
        params: Mapping[str, object] | None = None,
        *,
        column: str = "",
        value: object = "",
        warning: bool = False,
    ) -> None:
        """Keep one problem; past the most that are of use, only count it."""
        if len(self.problems) >= MOST_PROBLEMS:
            self.more_problems += 1
            return
        words = {key: str(word) for key, word in (params or {}).items()}
        self.problems.append(Found(sheet, row, column, str(value)[:200], code, words, warning))

    @property
    def wrong(self) -> bool:
        return any(not problem.warning for problem in self.problems)
