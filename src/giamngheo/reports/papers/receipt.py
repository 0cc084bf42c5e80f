"""The receipt one is given for an objection or a request: its number, and by when it will be answered."""

import datetime as dt
from dataclasses import dataclass
from typing import Any, ClassVar

from giamngheo.reports.papers.paper import Paper, Signature

#: What is answered, by its kind.
WORDS: dict[str, str] = {
    "objection": "ý kiến về kết quả niêm yết",
    "join": "giấy đề nghị xét hộ nghèo, hộ cận nghèo",
    "escape": "giấy đề nghị xét thoát nghèo, thoát cận nghèo",
}


@dataclass(frozen=True, kw_only=True)
class Receipt(Paper):
    """The receipt, of a `kind` of WORDS. `from_name` may be '': one may object without a name; `limit` is the rule behind `due_on`."""

    template: ClassVar[str] = "receipt.typ"

    kind: str
    number: str
    from_name: str
    received_on: dt.date
    channel: str
    about: str
    due_on: dt.date
    limit: str
    ask_at: str
    signature: Signature

    @property
    def title(self) -> str:
        return f"Giấy tiếp nhận và hẹn trả lời số {self.number}"

    def derived(self) -> dict[str, Any]:
        return {"kind_words": WORDS[self.kind]}
