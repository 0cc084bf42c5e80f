"""`giamngheo demo`: the synthetic province."""

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
