"""The lists a review begins with: 2c, households that may be poor, and 2d, those now listed that may escape."""

from dataclasses import dataclass
from typing import Any, ClassVar

from giamngheo.reports.papers.paper import Paper, Signature, class_words

#: What each list is of, and the heading of its column that says why or since when.
HEADINGS: dict[str, tuple[str, str]] = {
    "2c": ("có khả năng nghèo, cận nghèo", "Đưa vào danh sách vì"),
    "2d": ("đang quản lý, có khả năng thoát nghèo, thoát cận nghèo", "Trong danh sách từ"),
}


@dataclass(frozen=True, kw_only=True)
class ListedHousehold:
    """One line. `ground` says why it is on 2c, or since when it is listed (2d); `ticks` counts form A (2c, None: not yet)."""

    head_name: str
    village: str
    persons: int
    before: str
    ground: str
    ticks: int | None = None
    note: str = ""


@dataclass(frozen=True, kw_only=True)
class ReviewList(Paper):
    """List 2c or 2d (`kind`) of one village or of a commune. `blank_rows` are left to the pen below the filled ones."""

    template: ClassVar[str] = "lists.typ"

    kind: str
    village: str
    commune: str
    year: int
    rows: tuple[ListedHousehold, ...]
    blank_rows: int = 0
    signature: Signature

    @property
    def title(self) -> str:
        where = f"{self.village}, {self.commune}" if self.village else self.commune
        return f"Danh sách hộ {HEADINGS[self.kind][0]} năm {self.year} (mẫu {self.kind}) – {where}"

    def derived(self) -> dict[str, Any]:
        heading, ground = HEADINGS[self.kind]
        return {
            "heading": heading,
            "ground_heading": ground,
            "class_words": {row.before: class_words(row.before) for row in self.rows},
        }
