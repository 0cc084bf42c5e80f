"""Answers on paper: to an objection, with reasons; to a request that can't be granted, with reasons."""

import datetime as dt
from dataclasses import dataclass
from typing import Any, ClassVar

from giamngheo.reports.papers.paper import Paper, Signature
from giamngheo.reports.papers.receipt import WORDS


@dataclass(frozen=True, kw_only=True)
class Letter(Paper):
    """An answer to a `kind` of receipt.WORDS. `outcome` is the answer in one sentence, `reasons` at least one; ValueError without.

    `refused` makes it a notice of refusal; `appeal` says what one may do who does not agree.
    """

    template: ClassVar[str] = "letter.typ"

    kind: str
    refused: bool
    to_name: str
    to_place: str
    received_number: str
    received_on: dt.date
    about: str
    outcome: str
    reasons: tuple[str, ...]
    basis: tuple[str, ...] = ()
    appeal: str
    recipients: tuple[str, ...]
    signature: Signature

    def __post_init__(self) -> None:
        if not any(reason.strip() for reason in self.reasons):
            raise ValueError("an answer must give its reasons")

    @property
    def title(self) -> str:
        what = "Thông báo không công nhận" if self.refused else "Trả lời"
        return f"{what}: {WORDS[self.kind]} số {self.received_number}"

    def derived(self) -> dict[str, Any]:
        return {"kind_words": WORDS[self.kind]}
