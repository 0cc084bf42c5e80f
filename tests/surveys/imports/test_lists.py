"""The official list of poor and near-poor households, CSV, and what a workbook may lack or say twice."""

import csv
import datetime as dt
from pathlib import Path
from typing import Any

import pytest
import xlsxwriter

from giamngheo.access.scope import acting_as
from giamngheo.areas.models import Unit
from giamngheo.base.sheets import BadCell, open_workbook
from giamngheo.registry.models import Household
from giamngheo.surveys.actions import close_round
from giamngheo.surveys.imports import actions, errors
from giamngheo.surveys.imports.columns import sheets_of
from giamngheo.surveys.imports.compare import stated_kind
from giamngheo.surveys.imports.marked import write_marked
from giamngheo.surveys.imports.messages import tell
from giamngheo.surveys.imports.queries import problems
from giamngheo.surveys.models import Import, Round, Verdict
from tests.conftest import Cast
from tests.surveys.imports.conftest import HOUSEHOLD
from tests.surveys.imports.test_actions import (
    NEW,
    NEW_HEAD,
    NEW_WIFE,
    Bring,
    bring,
    codes,
    round,
    through,
    village,
    write,
)

__all__ = ["bring", "round", "village"]  # fixtures
pytestmark = pytest.mark.usefixtures("own_database", "media")
D = dt.date
State = Import.State
HEADINGS = (
    *(
        "STT",
        "Chủ hộ",
        "Thành viên",
        "Quan hệ",
        "Ngày sinh",
        "Giới tính",
        "CCCD",
        "Mã thôn",
        "Mã hộ",
        "Dân tộc",
    ),
    *("Phân loại hộ", "B1", "B2", "Số nhân khẩu"),
)


def official(path: Path, village: Unit, said: str, b1: int) -> Path:
    """A list with one household of two, as a commune keeps it after the review."""
    people = [("Giàng A Páo", "Chủ hộ", "01/02/1975", "Nam"), ("Vàng Thị Sua", "Vợ", "03/04/1978", "Nữ")]
    with xlsxwriter.Workbook(str(path)) as book:
        page = book.add_worksheet("DS")
        page.write(0, 0, "DANH SÁCH HỘ NGHÈO, HỘ CẬN NGHÈO SAU KHI RÀ SOÁT")
        page.write_row(2, 0, HEADINGS)
        for n, (name, relation, born, sex) in enumerate(people, 1):
            row: list[Any] = [n, "Giàng A Páo", name, relation, born, sex, "", village.code, "OFF1", "Mông"]
            page.write_row(2 + n, 0, [*row, said, b1, 30, 2])
    return path


@pytest.mark.parametrize(
    ("said", "b1", "differs"),
    [
        ("Hộ nghèo", 110, False),
        ("Hộ cận nghèo", 110, True),  # 120 points and below are poor in the country
        ("Thoát nghèo", 110, True),
        ("Hộ nghèo", 170, True),
        ("Không nghèo", 170, False),
    ],
)
def test_the_class_a_list_states_is_compared_with_ours(
    cast: Cast, round: Round, village: Unit, tmp_path: Path, said: str, b1: int, differs: bool
) -> None:
    of = through(official(tmp_path / "a.xlsx", village, said, b1), round, cast.officer)
    assert (of.layout, of.state) == ("official", State.CHECKED)  # a warning does not refuse it
    assert ("class_differs" in codes(of, cast.officer)) is differs


def test_an_official_list_is_applied(cast: Cast, round: Round, village: Unit, tmp_path: Path) -> None:
    path = official(tmp_path / "a.xlsx", village, "Hộ nghèo", 110)
    of = through(path, round, cast.officer, apply=True)
    assert (of.state, of.counts["written"]) == (State.APPLIED, 1)
    with acting_as(cast.officer):
        home = Household.objects.get(local_code="OFF1")
        assert home.members.count() == 2
        verdict = Verdict.objects.get(household=home, round=round, standard=round.standard, retired_at=None)
        assert (verdict.klass, verdict.points) == ("poor_income", 110)


@pytest.mark.parametrize(
    ("said", "kind"),
    [
        ("Hộ nghèo", "poor"),
        ("cận nghèo", "near_poor"),
        ("HCN", "near_poor"),
        ("N1", "poor"),
        ("thoát nghèo", "other"),
        ("Trung bình", "other"),
        ("?", ""),
    ],
)
def test_what_a_list_means(said: str, kind: str) -> None:
    assert stated_kind(said) == kind


def test_a_village_that_was_not_there_on_the_day(cast: Cast, bring: Bring) -> None:
    of = bring([{**NEW, "+elsewhere": True, "village_code": "99999V99"}], [{**NEW_HEAD, "+elsewhere": True}])
    assert of.state == State.REFUSED and "unknown_village" in codes(of, cast.officer)


def test_a_closed_round_takes_no_workbook(cast: Cast, round: Round, tmp_path: Path) -> None:
    with acting_as(cast.province):
        close_round(round=round, by=cast.province)
    with acting_as(cast.officer), pytest.raises(errors.RoundClosedError):
        actions.receive(round=round, file_name="a.xlsx", blocks=[b"PK"], by=cast.officer)


def test_a_workbook_without_rows_is_told_so(cast: Cast, bring: Bring) -> None:
    of = bring([], [])
    assert of.state == State.REFUSED and codes(of, cast.officer)


def test_a_formula_never_computed_is_told_with_its_place(
    cast: Cast, round: Round, village: Unit, tmp_path: Path
) -> None:
    with xlsxwriter.Workbook(str(tmp_path / "a.xlsx")) as book:
        for sheet, row in zip(sheets_of(round), (NEW, NEW_HEAD), strict=True):
            page = book.add_worksheet(sheet.name)
            row = {**row, "village_code": village.code}
            for place, fact in enumerate(sheet.columns):
                page.write_string(0, place, fact.label())
                if fact.key == "income_per_head":
                    page.write_formula(1, place, "=500000+1", value="")
                elif fact.key in row and fact.key != "on":
                    page.write(1, place, row[fact.key])
    of = through(tmp_path / "a.xlsx", round, cast.officer)
    with acting_as(cast.officer):
        told = list(problems(of, seen_by=cast.officer).exclude(warning=True))
    assert of.state == State.REFUSED
    assert [(p.row, p.value, p.code) for p in told] == [(2, "=500000+1", "formula_cell")]
    marked = tmp_path / "marked.xlsx"  # where it is a formula still, which opening it in Excel computes
    write_marked(tmp_path / "a.xlsx", marked, told)
    with open_workbook(marked) as book:
        assert BadCell("formula", "=500000+1") in next(
            row.cells for row in book.rows("Hộ") if row.number == 2
        )


def test_a_file_that_cannot_be_read_is_told_by_its_own_name(cast: Cast, round: Round, tmp_path: Path) -> None:
    (tmp_path / "hộ Mù Sang.xlsx").write_bytes(b"PK\x03\x04cut off")
    of = through(tmp_path / "hộ Mù Sang.xlsx", round, cast.officer)
    with acting_as(cast.officer):
        told = [tell(p.code, p.params) for p in problems(of, seen_by=cast.officer)]
    assert of.state == State.REFUSED and told[0].startswith("Tệp hộ Mù Sang.xlsx bị hỏng")


def test_a_csv_of_households_is_taken(cast: Cast, round: Round, village: Unit, tmp_path: Path) -> None:
    path = tmp_path / "ho.csv"
    homes, _people = sheets_of(round)
    row = {**HOUSEHOLD, "household_code": "CSV1", "village_code": village.code, "on": "01/10/2021"}
    with path.open("w", newline="", encoding="utf-8") as file:
        writer = csv.writer(file, delimiter=";")
        writer.writerow([fact.label() for fact in homes.columns])
        writer.writerow([row.get(fact.key, "") for fact in homes.columns])
    of = through(path, round, cast.officer, apply=True)
    assert (of.state, of.counts["written"]) == (State.APPLIED, 1)
    with acting_as(cast.officer):
        assert Household.objects.get(local_code="CSV1").members.get().full_name == "Giàng A Páo"


def test_the_marked_workbook_mended_comes_in_clean(
    cast: Cast, bring: Bring, round: Round, tmp_path: Path
) -> None:
    of = bring([{**NEW, "income_per_head": "bảy trăm"}], [NEW_HEAD, NEW_WIFE])
    assert of.state == State.REFUSED
    marked = tmp_path / "marked.xlsx"
    with acting_as(cast.officer):
        found = list(problems(of, seen_by=cast.officer))
    write_marked(next(actions.folder(of).glob("workbook*")), marked, found)
    mended = _mended(marked, tmp_path / "mended.xlsx", {"bảy trăm": 700_000})
    again = through(mended, round, cast.officer, apply=True)
    assert (again.state, again.counts["written"], again.counts["problems"]) == (State.APPLIED, 1, 0)


def _mended(source: Path, target: Path, cells: dict[str, object]) -> Path:
    """The same workbook with some cells written anew."""
    with open_workbook(source) as book, xlsxwriter.Workbook(str(target)) as out:
        day = out.add_format({"num_format": "dd/mm/yyyy"})
        for name in book.sheet_names:
            page = out.add_worksheet(name)
            for row in book.rows(name):
                for place, cell in enumerate(row.cells):
                    new = cells.get(str(cell), cell)
                    if isinstance(new, dt.datetime | dt.date):
                        page.write_datetime(row.number - 1, place, dt.datetime.combine(new, dt.time()), day)
                    elif new is not None:
                        page.write(row.number - 1, place, new)
    return target


def test_a_new_head_takes_the_place_of_the_old(cast: Cast, bring: Bring) -> None:
    assert bring([NEW], [NEW_HEAD, NEW_WIFE], apply=True).state == State.APPLIED
    now_head = {**NEW_WIFE, "relation": "chủ hộ"}
    was_head = {**NEW_HEAD, "relation": "khác"}
    of = bring([{**NEW, "head_name": "Vàng Thị Sua"}], [now_head, was_head])
    assert (of.state, codes(of, cast.officer) - {"matched_by_name"}) == (State.CHECKED, set())
    write(of, cast.officer)
    with acting_as(cast.officer):
        home = Household.objects.get(local_code="NHAP1")
        assert home.members.get(relation="head").full_name == "Vàng Thị Sua"
        assert home.memberships.filter(retired_at=None).count() == 2
