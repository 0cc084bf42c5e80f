"""The tables beneath the pictures as files: rates by unit, series, deprivation, ethnic groups, with their definitions."""

import datetime as dt
from collections.abc import Sequence
from pathlib import Path

from django.utils.translation import gettext as _

from giamngheo.access.models import User
from giamngheo.areas.models import Level, Unit
from giamngheo.rules.standards import standards
from giamngheo.surveys import figures
from giamngheo.surveys.figures import Counts
from giamngheo.surveys.files import Cell, Column, Sheet, csv_text, open_tables
from giamngheo.surveys.models import Round

Table = tuple[Sheet, list[list[Cell]]]

_COUNTED = (
    ("households", "Số hộ đã xếp loại", "int"), ("poor", "Hộ nghèo", "int"), ("poor_rate", "Tỷ lệ hộ nghèo", "rate"),
    ("near_poor", "Hộ cận nghèo", "int"), ("near_poor_rate", "Tỷ lệ hộ cận nghèo", "rate"),
    ("average", "Hộ có mức sống trung bình", "int"), ("undetermined", "Chưa xác định", "int"),
    ("not_interviewed", "Chưa gặp, từ chối", "int"), ("persons", "Nhân khẩu", "int"),
    ("poor_persons", "Nhân khẩu hộ nghèo", "int"), ("near_poor_persons", "Nhân khẩu hộ cận nghèo", "int"),
)  # fmt: skip


def _counted(counts: Counts) -> list[Cell]:
    return [
        counts.known, counts.poor, counts.poor_rate, counts.near_poor, counts.near_poor_rate, counts.average,
        counts.undetermined, counts.not_interviewed, counts.known_persons, counts.poor_persons,
        counts.near_poor_persons,
    ]  # fmt: skip


def _columns(*first: tuple[str, str, str]) -> list[Column]:
    return [Column(key, heading, kind, 18) for key, heading, kind in (*first, *_COUNTED)]


def units_table(
    round: Round,
    unit: Unit,
    *,
    level: Level | None = None,
    standard: str = "",
    geography: dt.date | None = None,
    seen_by: User,
) -> Table:
    """One row a unit, the whole last."""
    found = figures.rates_by_unit(
        round, unit, level=level, standard=standard, geography=geography, seen_by=seen_by
    )
    sheet = Sheet(
        "Theo đơn vị",
        "theo-don-vi",
        _columns(("code", "Mã", "text"), ("unit", "Đơn vị", "text"), ("standard", "Chuẩn", "text")),
    )
    rows = [
        [r.unit.code, r.unit.name, found.standard, *_counted(r.counts)] for r in (*found.rows, found.whole)
    ]
    return sheet, rows


def series_table(unit: Unit, *, seen_by: User) -> Table:
    """One row a round and standard; a change is given only between rounds of one standard."""
    head = (("year", "Năm", "int"), ("standard", "Chuẩn", "text"), ("in_force", "Chuẩn đang áp dụng", "text"))
    sheet = Sheet(
        "Theo năm", "theo-nam", [*_columns(*head), Column("change", "Thay đổi tỷ lệ hộ nghèo", "rate", 18)]
    )
    points = figures.series(unit, seen_by=seen_by)
    rows: list[list[Cell]] = [[p.year, p.standard, p.in_force, *_counted(p.counts), p.change] for p in points]
    return sheet, rows


def profile_table(round: Round, unit: Unit, *, standard: str = "", seen_by: User) -> Table:
    """One row an indicator: who lacks it among all, poor and near-poor households."""
    groups = (("all", "mọi hộ"), ("poor", "hộ nghèo"), ("near_poor", "hộ cận nghèo"))
    columns = [Column("indicator", "Chỉ số", "text", 40)]
    for key, words in groups:
        columns += [
            Column(f"{key}_deprived", f"Thiếu hụt ({words})", "int"),
            Column(f"{key}_answered", f"Có câu trả lời ({words})", "int"),
            Column(f"{key}_share", f"Tỷ lệ ({words})", "rate"),
        ]
    rows: list[list[Cell]] = []
    for row in figures.deprivation_profile(round, unit, standard=standard, seen_by=seen_by):
        cells: list[Cell] = [row.indicator.name.vi]
        for group in (row.all, row.poor, row.near_poor):
            cells += [group.deprived, group.households - group.unknown, group.share]
        rows.append(cells)
    return Sheet("Thiếu hụt", "thieu-hut", columns), rows


def groups_table(round: Round, unit: Unit, *, standard: str = "", seen_by: User) -> Table:
    """One row an ethnic group of the head."""
    sheet = Sheet(
        "Dân tộc", "dan-toc", _columns(("code", "Mã", "text"), ("group", "Dân tộc của chủ hộ", "text"))
    )
    found = figures.by_ethnic_group(round, unit, standard=standard, seen_by=seen_by)
    return sheet, [[row.code, row.name(), *_counted(row.counts)] for row in found]


def one_csv(table: Table) -> str:
    """A table as CSV text."""
    return csv_text(*table)


def write_workbook(path: Path, tables: Sequence[Table], notes: Sequence[str]) -> None:
    """All tables in one workbook, the definitions on the last sheet."""
    with open_tables(path, "xlsx", [sheet for sheet, _rows in tables], notes) as file:
        for sheet, rows in tables:
            for row in rows:
                file.write(sheet, row)


def definitions(round: Round, unit: Unit, standard: str, geography: dt.date) -> list[str]:
    """What the figures are of, by which law, how counted: a table without this is no figure."""
    law = standards()[standard]
    acts = "; ".join(sorted({entry.citation.act for entry in law.in_force}))
    return [
        _("%(round)s, %(unit)s, trên địa bàn của ngày %(day)s.")
        % {"round": round.name, "unit": f"{unit.kind} {unit.name}", "day": f"{geography:%d/%m/%Y}"},
        _("Chuẩn: %(name)s (%(acts)s).") % {"name": law.name.vi, "acts": acts},
        _("Tỷ lệ hộ nghèo: số hộ nghèo chia cho số hộ đã xếp loại được. Hộ chưa xác định, chưa gặp, từ chối được đếm riêng, không tính là không nghèo."),
        _("Tỷ lệ thiếu hụt: số hộ thiếu hụt chia cho số hộ có câu trả lời về chỉ số ấy."),
        _("Không so sánh, không cộng số liệu của hai chuẩn. Thay đổi tỷ lệ tính bằng điểm phần trăm."),
        *(f"{i}. {one.name.vi}: {one.deprived_if.vi}" for i, one in enumerate(law.indicators, 1)),
    ]  # fmt: skip
