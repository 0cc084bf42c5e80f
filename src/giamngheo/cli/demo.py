"""`giamngheo demo`: the synthetic province."""

import datetime as dt

import click


@click.group(short_help="Tỉnh mô phỏng / the synthetic province")
def command() -> None:
    """Tỉnh mô phỏng: hộ và người bịa ra, tổng số như số đã công bố. / Made-up households, totals as published."""


@command.command(short_help="Nạp tỉnh mô phỏng / load the synthetic province")
@click.option(
    "--small", is_flag=True, help="Bốn xã, phường, khoảng 600 hộ / four communes, about 600 households"
)
@click.option(
    "--seed", type=int, help="Hạt giống: cùng hạt giống thì cùng một tỉnh / same seed, same province"
)
def load(small: bool, seed: int | None) -> None:
    """Nạp 108 xã, 101.010 hộ, 460.196 người và sáu kỳ rà soát vào cơ sở dữ liệu chưa có hộ nào.

    Load 108 communes, 101,010 households, 460,196 persons and six reviews into a register without households.
    """
    from giamngheo.cli import start_django

    start_django()
    from giamngheo.demo.errors import DemoError
    from giamngheo.demo.load import load as load_province
    from giamngheo.demo.province import SEED

    try:
        load_province(small=small, seed=SEED if seed is None else seed, say=click.echo)
    except DemoError as error:
        raise click.ClickException(str(error)) from error


@command.command(short_help="Đặt ngày làm việc / set the working day")
@click.argument("day", type=click.DateTime(["%Y-%m-%d"]))
def day(day: dt.datetime) -> None:
    """Cho thời gian trôi tới DAY (2021-11-02), để đi hết một quy trình có hạn ngày; chỉ trong tỉnh mô phỏng.

    Let time pass to DAY, so that a procedure with clocks can be walked to its end; in the synthetic province alone.
    """
    from giamngheo.cli import start_django

    start_django()
    from giamngheo.access.models import Installation

    if not Installation.objects.using("owner").filter(synthetic=True).update(working_date=day.date()):
        raise click.ClickException(
            "Chỉ tỉnh mô phỏng mới đổi được ngày làm việc. / Only in the synthetic province."
        )
    click.echo(f"Ngày làm việc / working day: {day:%d/%m/%Y}")
