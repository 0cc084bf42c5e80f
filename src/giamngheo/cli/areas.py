"""`giamngheo areas`: check the files of a province, load them, show a unit on a day."""

import datetime as dt
from pathlib import Path
from typing import TYPE_CHECKING

import click

if TYPE_CHECKING:
    from giamngheo.areas.models import Unit

FOLDER = click.Path(exists=True, file_okay=False, path_type=Path)


@click.group(short_help="Đơn vị hành chính / administrative units")
def command() -> None:
    """Kiểm tra và nạp đơn vị hành chính của một tỉnh; xem một đơn vị vào một ngày.

    Check and load the administrative units of a province; show a unit on a day.
    """


@command.command(short_help="Kiểm tra các tệp của một tỉnh / check the files of a province")
@click.argument("folder", type=FOLDER)
def check(folder: Path) -> None:
    """Đọc thư mục FOLDER và in mọi chỗ sai kèm tệp và dòng; không cần cơ sở dữ liệu.

    Read FOLDER and print every problem with its file and line; needs no database.
    """
    from giamngheo.areas.checks import check_folder

    province, problems = check_folder(folder)
    for problem in problems:
        click.echo(problem)
    wrong = sum(not problem.warning for problem in problems)
    if wrong:
        raise click.ClickException(f"{wrong} chỗ sai. / {wrong} problems.")
    click.echo(
        f"Tỉnh {province.name}: {len(province.units)} đơn vị theo thời gian, {len(province.successions)} lần chuyển,"
        f" {len(province.lists)} danh sách, {len(province.outlines)} đường ranh giới. Không có chỗ sai."
    )


@command.command(short_help="Nạp một tỉnh / load a province")
@click.argument("folder", type=FOLDER)
def load(folder: Path) -> None:
    """Nạp thư mục FOLDER vào cơ sở dữ liệu; nạp lại không đổi gì. / Load FOLDER; a second load changes nothing."""
    from giamngheo.cli import start_django

    start_django()
    from giamngheo.areas.actions import load_province
    from giamngheo.areas.errors import AreaError, FilesWrongError

    try:
        click.echo(load_province(folder, by=None))
    except FilesWrongError as error:
        for problem in error.problems:
            click.echo(problem)
        raise click.ClickException(str(error)) from error
    except AreaError as error:
        raise click.ClickException(str(error)) from error


@command.command(short_help="Xem một đơn vị vào một ngày / show a unit on a day")
@click.argument("code")
@click.option(
    "--on", "day", type=click.DateTime(["%Y-%m-%d", "%d/%m/%Y"]), help="Ngày, mặc định hôm nay / the day"
)
def show(code: str, day: dt.datetime | None) -> None:
    """Đơn vị mang mã CODE vào một ngày: thuộc đâu, gồm những gì, từ đâu mà có.

    The unit that bears CODE on a day: what it belongs to, what it holds, what it was made of.
    """
    from giamngheo.cli import start_django

    start_django()
    from giamngheo.access.queries import today
    from giamngheo.areas.errors import AreaError
    from giamngheo.areas.queries import unit_on

    on = day.date() if day else today()
    try:
        unit = unit_on(code, on)
    except AreaError as error:
        raise click.ClickException(str(error)) from error
    for line in _description(unit, on):
        click.echo(line)


def _description(unit: "Unit", on: dt.date) -> list[str]:
    from giamngheo.areas.queries import ancestors_on, children_on, label, listings_of, predecessors_on

    last = f"{unit.valid_to:%d/%m/%Y}" if unit.valid_to else "nay"
    first = "" if unit.opened_known else "(hoặc trước đó) "
    lines = [
        " › ".join(label(above) for above in ancestors_on(unit, on)),
        f"mã {unit.code}, từ {unit.valid_from:%d/%m/%Y} {first}đến {last}; độ tin cậy: {unit.get_confidence_display()}",
        *([f"lập theo {unit.legal_basis_from}"] if unit.legal_basis_from else []),
        *([f"kết thúc theo {unit.legal_basis_to}"] if unit.legal_basis_to else []),
        *(f"trong danh sách: {entry.area_list.name_vi}" for entry in listings_of(unit, on)),
    ]
    before = predecessors_on(unit, unit.valid_from - dt.timedelta(days=1))
    if before:
        lines.append("từ: " + ", ".join(f"{label(one)} ({one.code})" for one in before))
    below = list(children_on(unit, on))
    if below:
        lines.append(f"gồm {len(below)} đơn vị: " + ", ".join(f"{label(one)} ({one.code})" for one in below))
    return lines
