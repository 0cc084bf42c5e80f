"""`giamngheo areas`: what a person at the machine sees."""

from pathlib import Path

import pytest
from click.testing import CliRunner

from giamngheo.cli.areas import command
from tests.areas.folders import UNITS, write


def run(*words: str) -> tuple[int, str]:
    result = CliRunner().invoke(command, list(words))
    return result.exit_code, result.output


def test_check_says_what_a_good_folder_holds(tmp_path: Path) -> None:
    assert run("check", str(write(tmp_path))) == (
        0,
        "Tỉnh Thử: 6 đơn vị theo thời gian, 2 lần chuyển, 1 danh sách, 0 đường ranh giới. Không có chỗ sai.\n",
    )


def test_check_fails_with_every_problem(tmp_path: Path) -> None:
    code, output = run("check", str(write(tmp_path, units=UNITS.replace("0.5,no", "0;5,no"))))
    assert code == 1
    assert "units.csv:8: ô area_km2" in output
    assert "1 chỗ sai." in output


@pytest.mark.django_db
def test_show_tells_where_a_unit_stands_and_whence_it_came() -> None:
    code, output = run("show", "105", "--on", "2020-02-01")
    assert code == 0
    assert output.splitlines()[0] == "tỉnh Lai Châu › thành phố Lai Châu"
    assert "từ: thành phố Lai Châu (105), huyện Tam Đường (106)" in output
    assert "gồm 7 đơn vị: phường Đoàn Kết (03389)" in output


@pytest.mark.django_db
def test_show_explains_a_code_nobody_bears() -> None:
    code, output = run("show", "03397", "--on", "01/02/2020")
    assert code == 1
    assert "thuộc xã Sùng Phài (03403)" in output
