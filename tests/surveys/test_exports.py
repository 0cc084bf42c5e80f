"""What is taken away is what is there: read again, the file gives the same classes; nothing in it can run."""

import csv
import datetime as dt
import io
import zipfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pyarrow.parquet as pq
import pytest

from giamngheo.access.models import User
from giamngheo.access.scope import acting_as
from giamngheo.areas.models import Unit
from giamngheo.base.sheets import open_workbook
from giamngheo.registry.models import Household
from giamngheo.rules.engine import arrow, assess
from giamngheo.rules.facts import HOUSEHOLD, MEMBER, Problem, find_fact
from giamngheo.rules.standards import standards
from giamngheo.surveys.actions import record_visit
from giamngheo.surveys.exports import write_households
from giamngheo.surveys.models import Round, Verdict
from tests.conftest import Cast
from tests.surveys.conftest import MakeHousehold
from tests.surveys.test_figures import commune_of

D = dt.date
#: Answers of households in every class, with members who decide indicators: (income, answers, members' answers).
STORIES: list[dict[str, Any]] = [
    {"income_per_head": 650_000, "water_source": "other", "toilet": "none"},
    {"income_per_head": 900_000, "tick_water": True, "tick_toilet": True, "house_grade": "simple"},
    {"income_per_head": 900_000, **{i.tick: False for i in standards()["2016-2020"].indicators}},
    {"b1_points": 130, "b2_points": 30},
    {"income_per_head": 1_400_000, "housing_area_m2": 45.25, "causes": ("illness", "no_land")},
    {"income_per_head": 3_000_000, "has_tv": True, "uses_internet": False},
    {},
]


@pytest.fixture
def commune(round: Round, officer: User, villages: list[Unit], make_household: MakeHousehold) -> Unit:
    """A household for each story, one not met, and one whose head bears a name that a spreadsheet would run."""
    for answers in STORIES:
        home = make_household("Giàng A Páo 1975", "Vàng Thị Sua 1990 spouse", "Giàng A Chứ 2010 child")
        child = home.members.get(relation="child")
        members = {child.pk: {"attends_school": False, "health_insurance": True}}
        record_visit(
            round=round, household=home, outcome="met", visited_on=D(2021, 10, 5), answers=answers, members=members, by=officer
        )  # fmt: skip
    odd = make_household('=HYPERLINK("http://x") 1970')
    record_visit(
        round=round, household=odd, outcome="not_met", visited_on=D(2021, 10, 5), next_visit_on=D(2021, 10, 20), by=officer
    )  # fmt: skip
    return commune_of(villages[0])


def read_again(path: Path, sheet: str, over: str) -> Iterator[dict[str, Any]]:
    """The rows of a sheet as facts, as any reader of our workbooks gets them."""
    with open_workbook(path) as book:
        rows = book.rows(sheet)
        facts = [find_fact(str(header), over) for header in next(rows).cells]
        for row in rows:
            values = {
                f.key: f.parse(cell)
                for f, cell in zip(facts, row.cells, strict=False)
                if f and cell is not None
            }
            assert not [v for v in values.values() if isinstance(v, Problem)], values
            yield values


@pytest.mark.parametrize("standard", ["2016-2020", "2022-2026"])
def test_the_file_read_again_gives_the_same_classes(
    round: Round, commune: Unit, officer: User, tmp_path: Path, standard: str
) -> None:
    path = tmp_path / "ho.xlsx"
    assert write_households(path, "xlsx", round, commune, seen_by=officer) == len(STORIES) + 1
    households = [{**row, "household": row["household_number"]} for row in read_again(path, "Hộ", HOUSEHOLD)]
    members = [
        {**row, "household": row["household_number"]} for row in read_again(path, "Thành viên", MEMBER)
    ]
    met = [row for row in households if row["household_number"] in {m["household_number"] for m in members}]
    found = assess(arrow(met), arrow(members), standards()[standard]).to_pylist()
    stored = Verdict.objects.filter(round=round, standard=standard, retired_at=None).select_related(
        "household"
    )
    assert {r["household"]: (r["klass"], r["pattern"]) for r in found} == {
        str(v.household.number): (v.klass, v.pattern) for v in stored
    }
    if standard == "2016-2020":
        assert {v.klass for v in stored} > {"poor_income", "poor_deprivation", "near_poor", "undetermined"}


def test_text_never_becomes_a_formula(round: Round, commune: Unit, officer: User, tmp_path: Path) -> None:
    write_households(tmp_path / "a.xlsx", "xlsx", round, commune, seen_by=officer)
    with zipfile.ZipFile(tmp_path / "a.xlsx") as packed:
        assert b"<f>" not in packed.read("xl/worksheets/sheet1.xml")
    write_households(tmp_path / "a.zip", "csv", round, commune, seen_by=officer)
    with zipfile.ZipFile(tmp_path / "a.zip") as packed:
        rows = list(csv.reader(io.StringIO(packed.read("ho.csv").decode("utf-8-sig"))))
    cells = [cell for row in rows[1:] for cell in row]
    assert any(cell.startswith("'=HYPERLINK") for cell in cells)
    assert not [cell for cell in cells if cell[:1] in "=+-@" and cell]


def test_not_met_is_in_the_file_without_a_class(
    round: Round, commune: Unit, officer: User, tmp_path: Path
) -> None:
    write_households(tmp_path / "a.zip", "csv", round, commune, seen_by=officer)
    with zipfile.ZipFile(tmp_path / "a.zip") as packed:
        rows = list(csv.DictReader(io.StringIO(packed.read("ho.csv").decode("utf-8-sig"))))
    (unmet,) = [row for row in rows if row["Kết quả đến thăm"] == "Chưa gặp"]
    assert (unmet["Xếp loại"], unmet["Hẹn quay lại"]) == ("", "20/10/2021")
    assert all(row["Lý do"] for row in rows if row is not unmet)


def test_parquet_has_keys_codes_and_types(round: Round, commune: Unit, officer: User, tmp_path: Path) -> None:
    write_households(tmp_path / "a.zip", "parquet", round, commune, seen_by=officer)
    with zipfile.ZipFile(tmp_path / "a.zip") as packed:
        table = pq.read_table(io.BytesIO(packed.read("ho.parquet")))
    rows = {row["income_per_head"]: row for row in table.to_pylist()}
    assert rows[650_000]["water_source"] == "other" and rows[650_000]["klass"] == "poor_income"
    assert rows[1_400_000]["causes"] == ["illness", "no_land"]
    assert rows[3_000_000]["has_tv"] is True and rows[3_000_000]["has_radio"] is None
    assert rows[650_000]["on"] == D(2021, 10, 5)


def test_poor_and_near_poor_alone(round: Round, commune: Unit, officer: User, tmp_path: Path) -> None:
    done = write_households(tmp_path / "a.zip", "csv", round, commune, poor_only=True, seen_by=officer)
    wanted = {"poor_income", "poor_deprivation", "near_poor"}
    assert done == Verdict.objects.filter(round=round, standard="2016-2020", klass__in=wanted).count()


def test_no_id_number_leaves(round: Round, commune: Unit, officer: User, tmp_path: Path) -> None:
    write_households(tmp_path / "a.zip", "csv", round, commune, seen_by=officer)
    with zipfile.ZipFile(tmp_path / "a.zip") as packed:
        assert "CCCD" not in packed.read("thanh-vien.csv").decode().splitlines()[0]


def test_only_what_the_person_sees(
    round: Round, commune: Unit, officer: User, cast: Cast, tmp_path: Path
) -> None:
    assert Household.objects.exists()
    for outsider in (cast.other_officer, cast.leader, cast.admin):
        with acting_as(outsider):
            assert write_households(tmp_path / "b.zip", "csv", round, commune, seen_by=outsider) == 0
