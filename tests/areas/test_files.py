"""A province's folder is read whole, and everything wrong in it is told with its file and line."""

import datetime as dt
from decimal import Decimal
from pathlib import Path

import pytest

from giamngheo.areas.checks import check_folder
from tests.areas.folders import ABOUT, LIST, SUCCESSIONS, UNITS, write

LAI_CHAU = Path(__file__).resolve().parents[2] / "law" / "areas" / "lai-chau"


def told(folder: Path) -> list[str]:
    return [str(problem) for problem in check_folder(folder)[1]]


def test_a_good_folder_has_no_problems_and_says_what_it_holds(tmp_path: Path) -> None:
    province, problems = check_folder(write(tmp_path))
    assert problems == []
    assert [(u.code, u.valid_from.year, u.opened_known) for u in province.units][3:5] == [
        ("9002", 2010, True),
        ("9002", 2020, True),
    ]
    nam_hai = province.units[3]
    assert (nam_hai.alt_names, nam_hai.area_km2, nam_hai.confidence) == (
        ("Nậm 2", "Nậm Hay"),
        Decimal(60),
        "medium",
    )
    assert nam_hai.legal_basis_to == "NQ 1: nghị quyết sắp xếp"
    assert not province.units[0].opened_known
    assert [u.urban for u in province.units] == [False, False, False, False, False, True]


@pytest.mark.parametrize(
    ("was", "now", "sentence"),
    [
        ("9003,3,thị trấn,Đông,901,,,0.5", "9003,3,thị trấn,Đông,901,2020-05-01,2019-01-01,0.5", "units.csv:8: thị trấn Đông (9003) kết thúc trước khi bắt đầu"),
        ("9002,3,xã,Nậm Mới,901,2020-02-01", "9002,3,xã,Nậm Mới,901,2020-01-31", "units.csv:7: mã 9002 có hai phiên bản cùng có hiệu lực ngày 31/01/2020"),
        ("9003,3,thị trấn,Đông,901", "9003,3,thị trấn,Đông,905", "units.csv:8: thị trấn Đông (9003): không có đơn vị cấp trên mang mã “905”"),
        ("901,2,huyện,Đông,90,,,", "901,2,huyện,Đông,90,,2025-06-30,", "units.csv:7: xã Nậm Mới (9002): ngày 01/07/2025 đơn vị cấp trên 901 không có hiệu lực"),
        ("9003,3,thị trấn,Đông,901", "9003,3,thị trấn,Đông,9001", "units.csv:8: thị trấn Đông (9003): đơn vị cấp trên 9001 không ở cấp cao hơn"),
        ("9003,3,thị trấn,Đông", "9003,3,xã,Nậm Mới", "units.csv:7: lưu ý: xã Nậm Mới (9002) trùng tên với xã Nậm Mới (9003) trong cùng thời gian"),
        ("9003,3,thị trấn,Đông,901,,", "9003,3,thị trấn,Đông,901,,2019-12-31", "units.csv:8: lưu ý: thị trấn Đông (9003) kết thúc mà chưa ghi nhập vào đâu"),
        ("0.5,no", "0;5,no", "units.csv:8: ô area_km2: “0;5” không phải số dạng 49.2"),
        ("0.5,no", "0.5,maybe", "units.csv:8: ô border: “maybe” phải là một trong: no, yes"),
        ("2010-01-01,2020-01-31", "01/01/2010,2020-01-31", "units.csv:6: ô valid_from: “01/01/2010” không phải ngày dạng 2020-02-01"),
        ("901,2,huyện", "901,5,huyện", "units.csv:4: ô level: “5” phải là một trong: 1, 2, 3, 4"),
        ("901,2,huyện,Đông", "901,2,huyện,", "units.csv:4: ô name để trống"),
        ("100,no,,NQ 1,,list", "100,no,,NQ 7,,list", "units.csv:7: văn bản “NQ 7” chưa có trong mục acts của province.yaml"),
        ("0.5,no,,,,list,high", "0.5,no,,,,rumour,high", "units.csv:8: nguồn “rumour” chưa có trong mục sources của province.yaml"),
        ("0.5,no,,,,list,high", "0.5,no,,,,list,sure", "units.csv:8: ô confidence: “sure” phải là một trong: high, low, medium"),
        ("0.5,no,,,,list,high", "0.5,no,,,,list", "units.csv:8: có 13 ô, phải có 14"),
        ("90,1,tỉnh", "91,1,tỉnh", "units.csv:3: phải có đúng một dòng cấp 1, mang mã 90 như trong province.yaml"),
        ("code,level", "mã,cấp", "units.csv:1: tên cột phải là: code,level,kind,name,parent,valid_from,valid_to,area_km2,border,alt_names,act_from,act_to,source,confidence"),
    ],
)  # fmt: skip
def test_a_wrong_unit_is_told_with_its_line(tmp_path: Path, was: str, now: str, sentence: str) -> None:
    assert was in UNITS
    assert sentence in told(write(tmp_path, units=UNITS.replace(was, now)))


@pytest.mark.parametrize(
    ("was", "now", "sentence"),
    [
        ("9001,,9002", "9009,,9002", "successions.csv:2: không có đơn vị mã 9009 bắt đầu ngày 01/01/2004"),
        ("9001,,9002,2020-02-01", "9001,,9002,2020-03-01", "successions.csv:2: mã 9001 không kết thúc vào hôm trước ngày 01/03/2020"),
        ("9001,,9002,2020-02-01,whole", "9001,,9002,2020-02-01,half", "successions.csv:2: ô kind: “half” phải là một trong: part, unchanged, whole"),
        ("9001,,9002", "901,,9002", "successions.csv:2: huyện Đông (901) và xã Nậm Mới (9002) không cùng cấp"),
        ("9001,,9002", "9002,2010-01-01,9002", "successions.csv:3: mã 9002 đã nhập nguyên vẹn, không thể còn nhập vào nơi khác"),
        ("9001,,9002,2020-02-01", "9001,,9002,", "successions.csv:2: ô on để trống"),
    ],
)  # fmt: skip
def test_a_wrong_succession_is_told_with_its_line(tmp_path: Path, was: str, now: str, sentence: str) -> None:
    assert sentence in told(write(tmp_path, successions=SUCCESSIONS.replace(was, now)))


@pytest.mark.parametrize(
    ("was", "now", "sentence"),
    [
        ("9001", "9009", "lists/border.yaml:10: ngày 01/01/2016 không có đơn vị mang mã 9009"),
        ("entries:\n  - {from: 2016-01-01, codes", "entries:\n  - {from: 2016, codes", "lists/border.yaml:10: khoá from: phải có và là ngày"),
        ("from: 2016-01-01", "from: 2016-01-01, to: 2020-02-01", "lists/border.yaml:10: ngày cuối 01/02/2020 của mã 9001 nằm ngoài thời gian của đơn vị"),
        ("slug: border\n", "", "lists/border.yaml:2: khoá slug: phải có và là chữ"),
        ("confidence: high", "confidence: sure", "lists/border.yaml:6: khoá confidence: “sure” phải là một trong: high, low, medium"),
    ],
)  # fmt: skip
def test_a_wrong_list_is_told_with_its_line(tmp_path: Path, was: str, now: str, sentence: str) -> None:
    assert sentence in told(write(tmp_path, lists=LIST.replace(was, now)))


def test_a_village_must_have_a_commune_all_its_life(tmp_path: Path) -> None:
    village = "V1,4,bản,Một,9001,,,,,,,,list,high\n"
    assert told(write(tmp_path, units=UNITS + village)) == []
    lost = "units.csv:9: bản Một (V1): từ ngày 01/02/2020 không biết thuộc xã nào; ghi ngày cuối của thôn hoặc nơi xã nhập vào"
    without = "".join(line for line in SUCCESSIONS.splitlines(keepends=True) if not line.startswith("9001"))
    assert lost in told(write(tmp_path, units=UNITS + village, successions=without))
    ended = village.replace("9001,,", "9001,,2020-01-31")
    assert lost not in told(write(tmp_path, units=UNITS + ended, successions=without))


def test_all_problems_are_told_at_once(tmp_path: Path) -> None:
    units = UNITS.replace("9003,3,thị trấn,Đông,901", "9003,3,thị trấn,Đông,905").replace(
        "40,yes", "bốn mươi,yes"
    )
    sentences = told(write(tmp_path, units=units))
    assert any("905" in sentence for sentence in sentences)
    assert any("bốn mươi" in sentence for sentence in sentences)


@pytest.mark.parametrize(
    ("about", "sentence"),
    [
        (ABOUT.replace("units: units.csv", "units: nowhere.csv"), "nowhere.csv:0: không đọc được tệp"),
        (ABOUT.replace("begins: 2004-01-01\n", ""), "province.yaml:2: khoá begins: phải có và là ngày"),
        (ABOUT + "code: x\n", "province.yaml:10: khoá “code” viết hai lần"),
        (ABOUT + "outlines: [{file: none.json, layer: a, on: 2016-01-01, origin: o}]\norigins: {o: {source: a, licence: b}}\n", "province.yaml:10: không đọc được tệp ranh giới none.json"),
        (ABOUT + "outlines: [{file: none.json, layer: a, on: 2016-01-01, origin: o}]\n", "province.yaml:2: khoá origins: phải có"),
        (ABOUT.replace('{list: "danh mục"}', "danh mục"), "province.yaml:9: khoá sources: phải có và là các cặp"),
    ],
)  # fmt: skip
def test_a_wrong_description_is_told(tmp_path: Path, about: str, sentence: str) -> None:
    assert any(line.startswith(sentence) for line in told(write(tmp_path, about=about)))


def test_lai_chau_has_no_problem_but_one_ending_nobody_recorded() -> None:
    assert [p.sentence for p in check_folder(LAI_CHAU)[1]] == [
        "thị trấn Phong Thổ (03388) kết thúc mà chưa ghi nhập vào đâu"
    ]


@pytest.mark.parametrize(
    ("day", "districts", "communes", "border"),
    [
        ("2016-01-01", 8, 108, 23),
        ("2020-01-31", 8, 108, 23),
        ("2020-02-01", 8, 106, 22),
        ("2025-06-30", 8, 106, 22),
        ("2025-07-01", 0, 38, 11),
    ],
)
def test_lai_chau_has_as_many_units_as_published(
    day: str, districts: int, communes: int, border: int
) -> None:
    province, _ = check_folder(LAI_CHAU)
    units = [unit for unit in province.units if unit.on(dt.date.fromisoformat(day))]
    assert [sum(unit.level == level for unit in units) for level in (1, 2, 3)] == [1, districts, communes]
    assert sum(unit.border for unit in units) == border
