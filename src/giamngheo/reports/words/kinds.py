"""The kinds of reports in words: which sections each has, which period it is of, what a person must judge in it."""

from collections.abc import Mapping
from dataclasses import dataclass

from giamngheo.resolution.periods import Span

_SHORT = ("result", "movements", "targets", "ahead", "judged")
_WHOLE = ("result", "units", "why", "lacking", "peoples", "targets", "ahead", "judged")
_LONG = ("result", "units", "why", "lacking", "peoples", "targets", "tasks", "ahead", "judged")
_NEXT = "Nhiệm vụ, giải pháp chủ yếu của kỳ sau."


@dataclass(frozen=True)
class Kind:
    """`title` as the report is headed; `span`: the kind of its period; `long`: held against the resolution's base year."""

    title: str
    span: str
    sections: tuple[str, ...]
    blanks: tuple[str, ...]
    long: bool = False


KINDS: Mapping[str, Kind] = {
    "monthly": Kind("Báo cáo tháng về công tác giảm nghèo", "month", _SHORT, ("Việc nổi bật trong tháng.", _NEXT)),
    "quarterly": Kind("Báo cáo quý về công tác giảm nghèo", "quarter", _SHORT, ("Việc nổi bật trong quý.", "Khó khăn, vướng mắc.", _NEXT)),
    "annual": Kind("Báo cáo kết quả giảm nghèo năm", "year", _WHOLE, ("Công tác lãnh đạo, chỉ đạo trong năm.", "Khó khăn, hạn chế và nguyên nhân.", _NEXT)),
    "interim": Kind("Báo cáo sơ kết thực hiện nghị quyết", "span", _LONG, ("Công tác lãnh đạo, chỉ đạo từ đầu kỳ.", "Hạn chế, nguyên nhân, bài học.", "Kiến nghị, đề xuất.", _NEXT), long=True),
    "final": Kind("Báo cáo tổng kết thực hiện nghị quyết", "span", _LONG, ("Công tác lãnh đạo, chỉ đạo cả kỳ.", "Hạn chế, nguyên nhân chủ quan và khách quan.", "Bài học kinh nghiệm.", "Kiến nghị, đề xuất.", "Phương hướng giai đoạn sau."), long=True),
}  # fmt: skip


@dataclass(frozen=True)
class Asked:
    """Which report: its kind and its period. `last` is the last year told of, `base` the year it is held against."""

    kind: str
    period: Span

    @property
    def last(self) -> int:
        """The last whole year at the end of the period; the year's review ends with the year."""
        end = self.period.last
        return end.year if end.month == 12 else end.year - 1

    @property
    def base(self) -> int:
        """The year before the period began."""
        return (self.period.first.year if KINDS[self.kind].long else self.last) - 1

    @property
    def title(self) -> str:
        return KINDS[self.kind].title

    @property
    def words(self) -> str:
        """tháng 9/2021, quý 3/2021, năm 2020, giai đoạn 2016 – 2020."""
        before = {"month": "tháng ", "quarter": "", "year": "năm ", "span": "giai đoạn "}
        return before[self.period.kind] + self.period.words("vi")
