"""`giamngheo resolution`: whether a resolution's folder is in order, and one more resolution taken into the law."""

import shutil
from pathlib import Path

import click


@click.group(short_help="Nghị quyết: kiểm tra, nạp / check and load a resolution")
def command() -> None:
    """Nghị quyết là một thư mục có resolution.yaml và figures.yaml. / A resolution is a folder with those two files."""


@command.command("check", short_help="Mọi chỗ sai, có tệp và dòng / every problem, with file and line")
@click.argument("folder", metavar="THƯ-MỤC", type=click.Path(exists=True, file_okay=False, path_type=Path))
def check(folder: Path) -> None:
    """Kiểm tra một nghị quyết mà không nạp. / Check a resolution without loading it."""
    _check(folder)
    click.echo("Nghị quyết đủ, dẫn đúng. / The resolution is complete and leads somewhere.")


@command.command("load", short_help="Kiểm tra rồi nạp / check, then load")
@click.argument("folder", metavar="THƯ-MỤC", type=click.Path(exists=True, file_okay=False, path_type=Path))
def load(folder: Path) -> None:
    """Nạp một nghị quyết của tỉnh hay thời kỳ khác; sai một chỗ thì không nạp gì.

    Load a resolution of another province or period; with one problem nothing is loaded.
    """
    from giamngheo.resolution.clauses import folder as resolutions_folder
    from giamngheo.resolution.clauses import read_resolution

    _check(folder)
    found = read_resolution(folder)
    place = resolutions_folder() / found.slug
    if place.resolve() == folder.resolve():
        raise click.ClickException("Thư mục này đã ở trong law/resolutions. / It is there already.")
    beside = place.with_name(f".{found.slug}.part")
    shutil.rmtree(beside, ignore_errors=True)
    beside.mkdir(parents=True)
    for name in ("resolution.yaml", "figures.yaml"):
        if (folder / name).exists():
            shutil.copy(folder / name, beside / name)
    shutil.rmtree(place, ignore_errors=True)
    beside.rename(place)
    click.echo(f"Đã nạp: {found.name.vi} ({len(found.targets)} chỉ tiêu). Khởi động lại phần mềm để dùng. / Loaded; restart to use it.")  # fmt: skip


def _check(folder: Path) -> None:
    from giamngheo.resolution.checks import check_resolutions

    problems, _count = check_resolutions(folder)
    for problem in problems:
        click.echo(str(problem), err=True)
    if problems:
        raise click.ClickException(
            f"{len(problems)} chỗ phải sửa; chưa nạp gì. / {len(problems)} to mend; nothing loaded."
        )
