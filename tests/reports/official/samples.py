"""A small province: two districts, three communes (one of them a town), five villages; and households by hand."""

import datetime as dt
from collections.abc import Mapping, Sequence
from typing import Any

import pyarrow as pa

from giamngheo.reports.official.build import Issue, reports_of
from giamngheo.reports.official.gather import _ARROW, SNAPSHOT, Figures, gather
from giamngheo.reports.official.report import NEW, OLD, Basis, Report, Unit, Units
from giamngheo.rules.standards import standards

PROVINCE, DISTRICT, OTHER_DISTRICT, COMMUNE, TOWN, FAR_COMMUNE = 1, 11, 12, 101, 102, 103
VILLAGES = (1001, 1002, 1003, 1004, 1005)
UNITS = Units(
    [
        Unit(PROVINCE, "12", "Lai Châu", 1, None, "tỉnh"),
        Unit(DISTRICT, "107", "Mường Tè", 2, PROVINCE, "huyện"),
        Unit(OTHER_DISTRICT, "106", "Tam Đường", 2, PROVINCE, "huyện"),
        Unit(COMMUNE, "03436", "Bum Tở", 3, DISTRICT, "xã"),
        Unit(TOWN, "03433", "Mường Tè", 3, DISTRICT, "thị trấn"),
        Unit(FAR_COMMUNE, "03390", "Bản Bo", 3, OTHER_DISTRICT, "xã"),
        Unit(1001, "03436-01", "Nà Hừ", 4, COMMUNE, "bản"),
        Unit(1002, "03436-02", "Pa Thoóng", 4, COMMUNE, "bản"),
        Unit(1003, "03433-01", "Khu phố 1", 4, TOWN),
        Unit(1004, "03390-01", "Nà Ly", 4, FAR_COMMUNE, "bản"),
        Unit(1005, "03390-02", "Hợp Nhất", 4, FAR_COMMUNE, "bản"),
    ]
)
#: The same villages when there were no districts any more.
TWO_LEVELS = Units(
    unit if unit.level != 3 else Unit(unit.id, unit.code, unit.name, 3, PROVINCE, unit.kind)
    for unit in UNITS.by_id.values()
    if unit.level != 2
)
ISSUE = Issue(on=dt.date(2023, 12, 14), geography=dt.date(2023, 12, 14))
BASIS = Basis(standards()["2022-2026"], 2023, look_back=3, generation=NEW)
OLD_BASIS = Basis(standards()["2016-2020"], 2019, look_back=3, generation=OLD)
_KNOWN: dict[str, Any] = {
    "village": 1001, "area_type": "rural", "ethnic": "03", "persons": 4, "persons_before": 4, "female_head": False,
    "before": "none", "after": "none", "after_class": "none", "pattern": "0" * 12, "no_labour": False, "merit": False,
    "causes": [], "children": 0, "children_health_deprived": 0, "children_education_deprived": 0,
}  # fmt: skip


def household(**facts: Any) -> dict[str, Any]:
    """A Thái household of four in Nà Hừ on no list, except for what is said."""
    row = {**_KNOWN, **facts}
    row["area_type"] = facts.get("area_type", "urban" if row["village"] == 1003 else "rural")
    if row["after"] in ("poor", "near_poor") and "after_class" not in facts:
        row["after_class"] = row["after"]
    if row["after"] == "poor":
        row.setdefault("causes", ["no_land"])
        row["pattern"] = facts.get("pattern", "111" + "0" * 9)
    return row


def snapshot(rows: Sequence[Mapping[str, Any]]) -> pa.Table:
    schema = pa.schema({name: _ARROW[kind] for name, kind in SNAPSHOT.items()})
    return pa.Table.from_pylist([{"household": n, **row} for n, row in enumerate(rows, 1)], schema)


def figures(rows: Sequence[Mapping[str, Any]], basis: Basis = BASIS, units: Units = UNITS) -> Figures:
    return gather(snapshot(rows), units, basis)


def reports(
    rows: Sequence[Mapping[str, Any]], unit: int = COMMUNE, basis: Basis = BASIS, units: Units = UNITS
) -> dict[str, Report]:
    """The set of a unit by slug."""
    return {report.slug: report for report in reports_of(figures(rows, basis, units), unit, ISSUE)}


def row_of(report: Report, unit: int, measure: str = "", area: str = "") -> dict[str, Any]:
    """A row by the numbers of its columns."""
    row = report.by_place[unit, area, measure]
    return {column.number: value for column, value in zip(report.columns, row.values, strict=True)}
