"""What a Word template may name: the fields of a report under Vietnamese names, all made from the frozen document."""

import datetime as dt
import re
from collections.abc import Callable, Mapping, Sequence
from typing import Any

from giamngheo.base.text import format_date
from giamngheo.reports.official.xlsx import SYNTHETIC
from giamngheo.reports.words.document import NONE, Document, Picture, Section, Table
from giamngheo.reports.words.drawings import told
from giamngheo.rules.standards import Words

#: What each field of a template is, for the person who changes one.
MEANINGS: Mapping[str, Words] = {
    "tieu_de": Words("tên báo cáo", "title of the report"),
    "don_vi, cap_tren, noi_lap": Words("đơn vị; cấp trên của nó (tỉnh thì trống); nơi ghi trước ngày", "unit; the one above it (empty for the province); the place before the date"),
    "thoi_ky, ngay_lap, ngay_viet, so_lieu_den": Words("kỳ báo cáo; ngày lập bằng số; ngày lập bằng chữ; ngày của số liệu", "period; day it was written; the same in words; day of the figures"),
    "nghi_quyet, can_cu, van_tay": Words("tên nghị quyết; luật, kho số liệu và dấu vân tay của báo cáo; riêng dấu vân tay", "name of the resolution; law, snapshot and fingerprint; the fingerprint alone"),
    "mo_phong": Words("dòng báo dữ liệu mô phỏng (phải có trong mẫu; dữ liệu thật thì trống)", "the line that says that data are made up (needed; empty for real data)"),
    "so['rate.2020']": Words("một con số theo mã của nó (mã ở tệp XLSX của báo cáo)", "one figure by its key (keys are in the report's XLSX)"),
    "cac_muc → muc.so, muc.ten, muc.cap": Words("các mục (phải có trong mẫu): số mục, tên, cấp 1 hoặc 2", "the sections (needed): number, heading, level 1 or 2"),
    "muc.cau, muc.can_viet": Words("các câu; các chỗ cần người viết", "the sentences; the places a person must write"),
    "muc.hinh → hinh.ten, hinh.anh, hinh.mo_ta": Words("các hình: tên, hình, lời tả", "the pictures: title, picture, description"),
    "muc.bang → bang.ten, bang.dau, bang.hang, bang.phai": Words("các bảng: tên, dòng đầu, các dòng, cột nào là số", "the tables: title, head, rows, which columns are numbers"),
    "phu_luc": Words("bảng mọi con số với nguồn, như một bảng", "the table of every figure with its source, as a table"),
}  # fmt: skip
#: A number as a cell shows it: 1.234; 40,40%.
NUMBER = re.compile(r"[\d.,]+%?")
BLANK = "[Cần người viết: {}]"


def fields(document: Document, image: Callable[[Picture], Any]) -> dict[str, Any]:
    """The fields of a document; `image` makes of a picture what the paper takes, None for no picture."""
    return {
        "tieu_de": document.title,
        "don_vi": document.unit,
        "cap_tren": document.superior,
        "noi_lap": document.place,
        "thoi_ky": document.period,
        "nghi_quyet": document.resolution,
        "ngay_lap": format_date(dt.date.fromisoformat(document.made_on)),
        "ngay_viet": long_date(dt.date.fromisoformat(document.made_on)),
        "so_lieu_den": format_date(dt.date.fromisoformat(document.figures_to)),
        "mo_phong": SYNTHETIC if document.synthetic else "",
        "van_tay": document.fingerprint[:16],
        "can_cu": basis(document),
        "so": {key: one.shown for key, one in document.figures.items()},
        "cac_muc": [_section(section, document, image) for section in document.sections],
        "phu_luc": _table(document.annex, document),
    }


def long_date(day: dt.date) -> str:
    """ngày 05 tháng 02 năm 2021: a day below ten and the months one and two get a nought (Nghị định 30/2020)."""
    month = f"{day.month:02}" if day.month < 3 else str(day.month)
    return f"ngày {day.day:02} tháng {month} năm {day.year}"


def basis(document: Document) -> str:
    """By which law and of which snapshot the figures are, with the report's own mark."""
    law = "; ".join(f"{name} ({digest[:12]})" for name, digest in document.law.items())
    snapshot = f"; bản kho số liệu {document.snapshot}" if document.snapshot else ""
    return f"Tính theo {law}{snapshot}; dấu vân tay của báo cáo {document.fingerprint[:16]}."


def _section(section: Section, document: Document, image: Callable[[Picture], Any]) -> dict[str, Any]:
    pictures = [(picture, image(picture)) for picture in section.pictures]
    return {
        "so": section.number,
        "cap": 1 if section.number.isdigit() else 2,
        "ten": section.heading,
        "cau": [document.fill(text) for text in section.texts],
        "bang": [_table(table, document) for table in section.tables],
        "hinh": [
            {"ten": picture.title, "anh": made, "mo_ta": told(document, picture)}
            for picture, made in pictures
            if made
        ],
        "can_viet": [BLANK.format(blank) for blank in section.blanks],
    }


def _table(table: Table, document: Document) -> dict[str, Any]:
    rows = [[document.fill(cell) for cell in row] for row in table.rows]
    return {
        "ten": table.title,
        "dau": list(table.heads),
        "hang": rows,
        "phai": [_numeric(column) for column in zip(*rows, strict=True)],
    }


def _numeric(column: Sequence[str]) -> bool:
    """Whether a column holds numbers, or dashes in place of them."""
    return any(map(NUMBER.fullmatch, column)) and all(
        NUMBER.fullmatch(cell) or cell in ("–", NONE) for cell in column
    )
