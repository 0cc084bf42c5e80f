"""Loading a province: repeated loads change nothing, changed lines change units, used units are never removed."""

import datetime as dt
from collections.abc import Callable
from pathlib import Path

import pytest

from giamngheo.access.models import Grant, Role, User
from giamngheo.areas.actions import add_villages, load_province
from giamngheo.areas.errors import FilesWrongError, NoSuchParentError, UnitStillUsedError
from giamngheo.areas.models import AreaListEntry, Nesting, Outline, Succession, Unit, Within
from giamngheo.areas.queries import ancestors_on, label, unit_on
from giamngheo.areas.rows import UnitRow
from giamngheo.audit.models import Event
from tests.areas.folders import LIST, UNITS, write

pytestmark = pytest.mark.usefixtures("own_database")
day = dt.date.fromisoformat
LAI_CHAU = Path(__file__).resolve().parents[2] / "law" / "areas" / "lai-chau"
TABLES = (Unit, Nesting, Within, Succession, AreaListEntry, Outline)


def rows() -> dict[str, set[int]]:
    return {model.__name__: set(model.objects.values_list("pk", flat=True)) for model in TABLES}


def events(subject: str, row: str, kind: str) -> list[tuple[object, object]]:
    found = Event.objects.using("owner").filter(subject=subject, row=row, kind=kind).order_by("pk")
    return list(found.values_list("before", "after"))


def test_a_second_load_changes_nothing(tmp_path: Path) -> None:
    assert load_province(write(tmp_path), by=None).added == 6
    before = rows()
    again = load_province(tmp_path, by=None)
    assert (again.added, again.changed, again.removed) == (0, 0, 0)
    assert rows() == before


def test_lai_chau_loaded_again_changes_nothing() -> None:
    before = rows()
    report = load_province(LAI_CHAU, by=None)
    assert str(report) == "Tỉnh Lai Châu: 192 đơn vị theo thời gian (thêm 0, sửa 0, bỏ 0)."
    assert rows() == before


def test_a_changed_line_changes_the_unit_and_is_recorded(tmp_path: Path) -> None:
    load_province(write(tmp_path), by=None)
    unit = Unit.objects.get(code="9003")
    report = load_province(
        write(tmp_path, units=UNITS.replace("thị trấn,Đông", "thị trấn,Đông Mới")), by=None
    )
    assert (report.added, report.changed) == (0, 1)
    assert Unit.objects.get(pk=unit.pk).name == "Đông Mới"
    [(before, after)] = events("areas_unit", str(unit.pk), "update")
    assert (before["name"], after["name"]) == ("Đông", "Đông Mới")  # type: ignore[index]


def test_a_line_that_vanished_removes_its_unit(tmp_path: Path) -> None:
    load_province(write(tmp_path), by=None)
    without = "".join(line for line in UNITS.splitlines(keepends=True) if not line.startswith("9003"))
    assert load_province(write(tmp_path, units=without), by=None).removed == 1
    assert not Unit.objects.filter(code="9003").exists()


def test_a_unit_somebody_stands_on_is_never_removed(tmp_path: Path) -> None:
    load_province(write(tmp_path), by=None)
    user = User(username="nguoi-dong", full_name="Lò Văn Một", role=Role.COMMUNE_OFFICER)
    user.save(using="owner")
    Grant(user=user, unit_id=Unit.objects.get(code="9003").pk, since=day("2020-01-01")).save(using="owner")
    without = "".join(line for line in UNITS.splitlines(keepends=True) if not line.startswith("9003"))
    with pytest.raises(UnitStillUsedError, match="9003"):
        load_province(write(tmp_path, units=without), by=None)
    assert Unit.objects.filter(code="9003").exists()


def test_a_folder_with_a_problem_loads_nothing(tmp_path: Path) -> None:
    before = rows()
    with pytest.raises(FilesWrongError, match="1 chỗ sai"):
        load_province(write(tmp_path, lists=LIST.replace("9001", "9009")), by=None)
    assert rows() == before


def test_loading_one_province_leaves_another_alone(tmp_path: Path) -> None:
    before = rows()
    load_province(write(tmp_path), by=None)
    after = rows()
    assert all(before[name] <= after[name] for name in before)
    assert len(after["Unit"] - before["Unit"]) == 6


def test_villages_in_the_files_come_with_their_communes(tmp_path: Path) -> None:
    villages = "V1,4,tổ dân phố,Một,9003,,,,,,,,list,high\nV2,4,bản,Hai,9001,,,,,,,,list,high\n"
    load_province(write(tmp_path, units=UNITS + villages), by=None)
    assert {unit.code: unit.urban for unit in Unit.objects.filter(code__in=["V1", "V2"])} == {
        "V1": True,
        "V2": False,
    }
    assert load_province(tmp_path, by=None).changed == 0
    second = unit_on("V2", day("2020-02-01"))
    assert [above.code for above in ancestors_on(second, day("2020-02-01"))] == ["90", "901", "9002", "V2"]


@pytest.fixture
def village() -> Callable[..., UnitRow]:
    def build(code: str, parent: str, since: str = "2010-01-01", until: str | None = None) -> UnitRow:
        return UnitRow(
            code=code,
            level=4,
            kind="bản",
            name="Nậm Thử",
            parent=parent,
            valid_from=day(since),
            valid_to=day(until) if until else None,
        )

    return build


def test_a_village_follows_its_commune_through_mergers(village: Callable[..., UnitRow]) -> None:
    assert add_villages(villages=[village("V1", "03397")], synthetic=True, by=None) == 1
    unit = unit_on("V1", day("2010-01-01"))
    trails = {
        on: [f"{label(above)} {above.code}" for above in ancestors_on(unit, day(on))[1:-1]]
        for on in ("2019-12-31", "2020-01-31", "2020-02-01", "2025-06-30", "2025-07-01")
    }
    assert trails == {
        "2019-12-31": ["huyện Tam Đường 106", "xã Sùng Phài 03397"],
        "2020-01-31": ["huyện Tam Đường 106", "xã Sùng Phài 03397"],
        "2020-02-01": ["thành phố Lai Châu 105", "xã Sùng Phài 03403"],
        "2025-06-30": ["thành phố Lai Châu 105", "xã Sùng Phài 03403"],
        "2025-07-01": ["phường Đoàn Kết 03388"],
    }


def test_a_village_that_ended_follows_no_further(village: Callable[..., UnitRow]) -> None:
    add_villages(villages=[village("V2", "03397", until="2019-06-30")], synthetic=True, by=None)
    unit = unit_on("V2", day("2019-06-30"))
    assert [nesting.valid_to for nesting in unit.nestings.all()] == [day("2019-06-30")]


def test_a_village_is_as_urban_as_its_commune(village: Callable[..., UnitRow]) -> None:
    add_villages(villages=[village("V3", "03389"), village("V4", "03541")], synthetic=True, by=None)
    assert [unit_on(code, day("2020-01-01")).urban for code in ("V3", "V4")] == [True, False]


def test_villages_given_twice_are_there_once(village: Callable[..., UnitRow]) -> None:
    villages = [village("V5", "03541"), village("V9", "03389")]  # one rural, one urban
    assert add_villages(villages=villages, synthetic=True, by=None) == 2
    assert add_villages(villages=villages, synthetic=True, by=None) == 0


def test_loading_the_province_again_keeps_its_synthetic_villages(village: Callable[..., UnitRow]) -> None:
    add_villages(villages=[village("V6", "03541")], synthetic=True, by=None)
    assert load_province(LAI_CHAU, by=None).removed == 0
    assert unit_on("V6", day("2020-01-01")).synthetic


def test_a_village_of_a_commune_not_there_is_refused_whole(village: Callable[..., UnitRow]) -> None:
    with pytest.raises(NoSuchParentError, match="V8"):
        add_villages(villages=[village("V7", "03541"), village("V8", "03541x")], synthetic=True, by=None)
    assert not Unit.objects.filter(code="V7").exists()
