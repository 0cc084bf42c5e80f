"""Between commune and district: the commune's report of its lists, and the district's opinion on them."""

import datetime as dt
from dataclasses import dataclass
from typing import Any, ClassVar

from giamngheo.reports.papers.paper import Paper, Signature

#: The counts of a village in a report, in the order of its columns: households by result.
COUNTS = {
    "reviewed": "Hộ rà soát",
    "poor": "Hộ nghèo",
    "near_poor": "Hộ cận nghèo",
    "escaped_poor": "Thoát nghèo",
    "escaped_near_poor": "Thoát cận nghèo",
    "not_recognised": "Không công nhận",
    "objections": "Ý kiến khi niêm yết",
}


@dataclass(frozen=True, kw_only=True)
class ReportedVillage:
    """One village: when it met, how long its list hung, and its counts by the keys of COUNTS."""

    village: str
    met_on: dt.date
    posted_from: dt.date
    posted_to: dt.date
    counts: dict[str, int]


@dataclass(frozen=True, kw_only=True)
class CommuneReport(Paper):
    """What a commune reports before its decision. `to` is who answers, `answer_by` the last day for it, if the law sets one."""

    template: ClassVar[str] = "commune_report.typ"

    commune: str
    year: int
    to: str
    basis: tuple[str, ...]
    villages: tuple[ReportedVillage, ...]
    remarks: str = ""
    answer_by: dt.date | None = None
    recipients: tuple[str, ...]
    signature: Signature

    @property
    def title(self) -> str:
        return f"Báo cáo kết quả rà soát hộ nghèo, hộ cận nghèo năm {self.year} của {self.commune}"

    def derived(self) -> dict[str, Any]:
        totals = {key: sum(village.counts[key] for village in self.villages) for key in COUNTS}
        return {"count_headings": COUNTS, "totals": totals}


@dataclass(frozen=True, kw_only=True)
class DistrictOpinion(Paper):
    """The district's answer in writing. `agrees` None and '' leave the form to the pen."""

    template: ClassVar[str] = "opinion.typ"

    commune: str
    year: int
    report_number: str
    report_on: dt.date
    due_on: dt.date | None = None
    agrees: bool | None = None
    text: str = ""
    recipients: tuple[str, ...]
    signature: Signature

    @property
    def title(self) -> str:
        return f"Ý kiến về kết quả rà soát hộ nghèo, hộ cận nghèo năm {self.year} của {self.commune}"
