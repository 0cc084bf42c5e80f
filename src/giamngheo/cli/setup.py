"""`giamngheo setup`: make or bring up to date the tables, and load the province."""

from pathlib import Path

import click


@click.command(short_help="Chuẩn bị cơ sở dữ liệu và nạp tỉnh / prepare the database, load the province")
@click.option(
    "--province",
    type=click.Path(exists=True, file_okay=False, path_type=Path),
    help="Thư mục của tỉnh, như law/areas/lai-chau",
)
def command(province: Path | None) -> None:
    """Chuẩn bị cơ sở dữ liệu: vai trò, bảng, quyền; nạp đơn vị hành chính của tỉnh. Chạy lại bao nhiêu lần cũng được.

    Prepare the database: roles, tables, rights; load the units of the province. May be run any number of times.
    """
    from giamngheo.cli import start_django

    start_django()
    from giamngheo.config.setup import install_province, migrate

    migrate(click.echo)
    if province:
        install_province(province, say=click.echo)
    click.echo("Xong.")
