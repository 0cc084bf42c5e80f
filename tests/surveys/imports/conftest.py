"""Workbooks written by hand, cell by cell, and a round to bring them to."""

import datetime as dt
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

import pytest
import xlsxwriter
from django.conf import LazySettings

from giamngheo.surveys.imports.columns import sheets_of
from giamngheo.surveys.models import Round

Cells = Mapping[str, object]
Write = Callable[..., Path]

D = dt.date
VILLAGE = "00001V01"

#: A household and two members without a fault; cases change one cell of them.
HOUSEHOLD: dict[str, object] = {
    "household_code": "0001",
    "village_code": VILLAGE,
    "head_name": "Giàng A Páo",
    "on": D(2021, 10, 1),
    "income_per_head": 850_000,
    "b2_points": 10,
    "tick_water": "Có",
    "tick_toilet": "Không",
}
HEAD: dict[str, object] = {
    "household_code": "0001",
    "village_code": VILLAGE,
    "full_name": "Giàng A Páo",
    "relation": "chủ hộ",
    "birth_year": 1975,
    "sex": "nam",
    "ethnic": "Mông",
}
WIFE: dict[str, object] = {
    **HEAD,
    "full_name": "Vàng Thị Sua",
    "relation": "vợ/chồng",
    "birth_year": 1978,
    "sex": "nữ",
}


def a_round() -> Round:
    """The round of autumn 2021, not stored."""
    return Round(
        year=2021,
        standard="2016-2020",
        form="phieu-b/2015-11-19",
        opens=D(2021, 9, 1),
        closes=D(2021, 12, 14),
        reference_date=D(2021, 10, 15),
    )


def write_book(path: Path, households: Sequence[Cells], members: Sequence[Cells], round: Round) -> Path:
    """A workbook in the layout of the template; a key '+Tiêu đề' is a column the template does not have."""
    with xlsxwriter.Workbook(str(path)) as book:
        day = book.add_format({"num_format": "dd/mm/yyyy"})
        for sheet, rows in zip(sheets_of(round), (households, members), strict=True):
            page = book.add_worksheet(sheet.name)
            headings = {fact.key: fact.label() for fact in sheet.columns}
            headings |= {key: key[1:] for row in rows for key in row if key[0] == "+"}
            for place, (key, heading) in enumerate(headings.items()):
                page.write_string(0, place, heading)
                for number, row in enumerate(rows, start=1):
                    cell = row.get(key)
                    if isinstance(cell, dt.date):
                        page.write_datetime(number, place, dt.datetime(cell.year, cell.month, cell.day), day)  # noqa: DTZ001
                    elif str(cell).startswith("=1/0"):
                        page.write_formula(number, place, str(cell), value="#DIV/0!")
                    elif cell is not None:
                        page.write(number, place, cell)
    return path


@pytest.fixture
def media(tmp_path: Path, settings: LazySettings) -> Path:
    """Uploaded files go to a folder of the test's own."""
    settings.MEDIA_ROOT = tmp_path / "media"
    return tmp_path / "media"
