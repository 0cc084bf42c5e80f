"""Form A, by which a household that asked is told apart quickly: blank for the pen, or with its ticks."""

from dataclasses import dataclass
from typing import ClassVar

from giamngheo.reports.papers.paper import Paper


@dataclass(frozen=True, kw_only=True)
class QuickItem:
    """One item of the form, in the words of the law; None where nobody has answered."""

    text: str
    has: bool | None = None


@dataclass(frozen=True, kw_only=True)
class QuickForm(Paper):
    """Form A of one household, or one to be written on. `at_most` items or fewer bring it to the full review.

    `unverified` says what of the items was not compared with the law's own form, '' if all were.
    """

    template: ClassVar[str] = "quick_form.typ"

    village: str
    commune: str
    year: int
    head_name: str = ""
    persons: int | None = None
    items: tuple[QuickItem, ...]
    at_most: int
    reviewer: str = ""
    unverified: str = ""

    @property
    def title(self) -> str:
        return f"Phiếu A – nhận dạng nhanh hộ gia đình năm {self.year}" + (
            f" – {self.head_name}" if self.head_name else ""
        )
