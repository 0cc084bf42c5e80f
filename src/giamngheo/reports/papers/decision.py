"""The decision of a commune's chairman: the articles, and every household on its list with what became of it."""

import datetime as dt
from dataclasses import dataclass
from typing import Any, ClassVar

from giamngheo.reports.papers.paper import Paper, Signature, class_words
from giamngheo.rules.classes import NEAR_POOR, POOR_CLASSES

#: The lists of a decision in their order, with what an article says of each.
LISTS: dict[str, tuple[str, str]] = {
    "recognised_poor": ("Hộ nghèo được công nhận", "Công nhận {n} hộ nghèo"),
    "recognised_near_poor": ("Hộ cận nghèo được công nhận", "Công nhận {n} hộ cận nghèo"),
    "escaped_poor": ("Hộ được công nhận thoát nghèo", "Công nhận {n} hộ thoát nghèo"),
    "escaped_near_poor": ("Hộ được công nhận thoát cận nghèo", "Công nhận {n} hộ thoát cận nghèo"),
    "not_recognised": ("Hộ đề nghị nhưng không được công nhận", "Không công nhận {n} hộ"),
}
#: Within a list, by how the household came there.
MOVEMENTS = {
    "stayed": "Tiếp tục trong danh sách",
    "worse": "Từ hộ cận nghèo thành hộ nghèo",
    "better": "Từ hộ nghèo thành hộ cận nghèo",
    "fell_back": "Tái nghèo, tái cận nghèo",
    "new": "Phát sinh mới",
    "": "",
}


@dataclass(frozen=True, kw_only=True)
class DecidedHousehold:
    """One line: a key of LISTS, class codes before and after; `returning`: it had been recognised as escaped before.

    `reason` is why it was not recognised. ValueError for an outcome that stands on no list.
    """

    outcome: str
    head_name: str
    village: str
    persons: int
    before: str
    after: str
    returning: bool = False
    reason: str = ""

    def __post_init__(self) -> None:
        if self.outcome not in LISTS:
            raise ValueError(f"no list for outcome {self.outcome!r}")

    @property
    def movement(self) -> str:
        """A key of MOVEMENTS; '' where the list itself says it."""
        if self.outcome not in ("recognised_poor", "recognised_near_poor"):
            return ""
        was, is_poor = self.before, self.outcome == "recognised_poor"
        if was in POOR_CLASSES:
            return "stayed" if is_poor else "better"
        if was == NEAR_POOR:
            return "worse" if is_poor else "stayed"
        return "fell_back" if self.returning else "new"


@dataclass(frozen=True, kw_only=True)
class Decision(Paper):
    """The decision, of `kind` 'annual', 'regular' or 'correction'.

    `content_hash` is the hash of the frozen content, printed at the foot of every page.
    `basis` are the acts, each without 'Căn cứ'; `supersedes` is the number of the decision replaced and why
    ('45/QĐ-UBND, vì sai tên một chủ hộ'), '' if none;
    `carried_out_by` are those of the last article.
    """

    template: ClassVar[str] = "decision.typ"

    commune: str
    year: int
    kind: str
    decided_on: dt.date
    in_force_from: dt.date
    basis: tuple[str, ...]
    proposed_by: str
    supersedes: str = ""
    carried_out_by: str
    recipients: tuple[str, ...]
    signature: Signature
    households: tuple[DecidedHousehold, ...]
    content_hash: str

    @property
    def title(self) -> str:
        return f"Quyết định số {self.letterhead.number} về hộ nghèo, hộ cận nghèo năm {self.year}, {self.commune}"

    def derived(self) -> dict[str, Any]:
        rows = self.households
        return {
            "supersedes": self.supersedes.rstrip(". "),
            "lists": [_list(outcome, rows) for outcome in LISTS if any(r.outcome == outcome for r in rows)],
            "class_words": {k: class_words(k) for row in rows for k in (row.before, row.after)},
        }


def _list(outcome: str, households: tuple[DecidedHousehold, ...]) -> dict[str, Any]:
    own = [row for row in households if row.outcome == outcome]
    heading, article = LISTS[outcome]
    groups = [
        {"heading": words, "rows": found}
        for movement, words in MOVEMENTS.items()
        if (found := [row for row in own if row.movement == movement])
    ]
    return {
        "outcome": outcome,
        "heading": heading,
        "article": article.format(n=f"{len(own):,}".replace(",", ".")),
        "households": len(own),
        "persons": sum(row.persons for row in own),
        "groups": groups,
    }
