"""What is read over the loudspeaker when a list is posted: short sentences, the same on paper and as plain text."""

import datetime as dt
from dataclasses import dataclass
from typing import Any, ClassVar

from giamngheo.reports.papers.paper import Paper
from giamngheo.reports.papers.poster import PostedHousehold
from giamngheo.rules.reasons import class_name

_DAYS = ("thứ Hai", "thứ Ba", "thứ Tư", "thứ Năm", "thứ Sáu", "thứ Bảy", "Chủ nhật")


@dataclass(frozen=True, kw_only=True)
class Announcement(Paper):
    """The posting of one village as it is read aloud. `with_names` reads each head and class, else only how many."""

    template: ClassVar[str] = "announcement.typ"

    village: str
    commune: str
    year: int
    starts_on: dt.date
    ends_on: dt.date
    places: str
    rows: tuple[PostedHousehold, ...]
    objections_to: str
    with_names: bool = True

    @property
    def title(self) -> str:
        return f"Bài đọc loa: niêm yết kết quả rà soát năm {self.year} – {self.village}, {self.commune}"

    def sentences(self) -> list[str]:
        """The sentences in the order in which they are read."""
        said = [
            f"Kính thưa bà con {self.village}.",
            f"Ủy ban nhân dân {self.commune} niêm yết kết quả rà soát hộ nghèo, hộ cận nghèo năm {self.year}.",
            f"Danh sách có {len(self.rows)} hộ.",
            f"Danh sách được dán tại {self.places}.",
            f"Dán từ {_spoken(self.starts_on)}.",
            f"Hết hạn vào cuối {_spoken(self.ends_on)}.",
        ]
        if self.with_names:
            said += [f"Hộ {row.head_name}: {_spoken_class(row.klass)}." for row in self.rows]
        return [
            *said,
            "Bà con xem có hộ nào thiếu, hộ nào thừa, hộ nào sai thì nêu ý kiến.",
            f"Nêu ý kiến bằng cách {self.objections_to}.",
            f"Chậm nhất là {_spoken(self.ends_on)}.",
            "Ai nêu ý kiến cũng được giấy hẹn và được trả lời.",
            "Xin cảm ơn bà con.",
        ]

    def text(self) -> str:
        """The same as plain text, a sentence a line."""
        band = ["[DỮ LIỆU MÔ PHỎNG – KHÔNG PHẢI HỘ THẬT]"] if self.synthetic else []
        return "\n".join([*band, *self.sentences()]) + "\n"

    def derived(self) -> dict[str, Any]:
        return {"sentences": self.sentences()}


def _spoken(day: dt.date) -> str:
    return f"{_DAYS[day.weekday()]}, ngày {day.day} tháng {day.month} năm {day.year}"


def _spoken_class(klass: str) -> str:
    words = class_name(klass, "vi")
    return words[0].lower() + words[1:]
