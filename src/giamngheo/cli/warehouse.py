"""`giamngheo warehouse`: columnar copies of the register for analysis."""

from pathlib import Path

import click


@click.group(short_help="Kho số liệu / the warehouse")
def command() -> None:
    """Kho số liệu: bản chụp dạng cột của sổ hộ, không sửa được. / Immutable columnar copies of the register."""


@command.command("build", short_help="Lập kho từ sổ hiện nay / copy the register as it stands")
def build() -> None:
    """Chụp sổ hộ thành tệp Parquet bên cạnh kho cũ rồi thay; kho cũ vẫn giữ một thời gian.

    Copy the register to Parquet beside the old snapshot, then swap it in.
    """
    from giamngheo.cli import start_django

    start_django()
    from giamngheo.warehouse import build as builder

    made = builder.build(told=lambda stage, percent: click.echo(f"{percent:3d}% {stage}"))
    click.echo(made.path)


@command.command("list", short_help="Các kho đang giữ / snapshots kept")
def listed() -> None:
    """Các kho đang giữ, mới nhất trước. / Snapshots kept, the latest first."""
    from giamngheo.cli import start_django

    start_django()
    from giamngheo.warehouse.snapshot import snapshots

    for one in snapshots():
        years = ", ".join(str(r["year"]) for r in reversed(one.rounds))
        click.echo(f"{one.name}  {one.made_at:%d/%m/%Y %H:%M}  {years}")


@command.command("verify", short_help="Tệp có còn nguyên không / whether files are whole")
def verify() -> None:
    """Tính lại băm của mọi tệp; thoát mã 1 nếu có tệp khác lúc lập. / Hash every file anew; exit code 1 if one differs."""
    from giamngheo.cli import start_django

    start_django()
    from giamngheo.warehouse.snapshot import snapshots

    wrong = [f"{one.name}/{name}" for one in snapshots() for name in one.verify()]
    for name in wrong:
        click.echo(f"SAI: {name}")
    if wrong:
        raise SystemExit(1)
    click.echo("Đúng cả. / All holds.")


@command.command("dictionary", short_help="Từ điển các cột / what each column means")
@click.option("--out", type=click.Path(path_type=Path), required=True, help="Tệp .csv")
def dictionary(out: Path) -> None:
    """Mọi cột của mọi bảng, bằng lời. / Every column of every table, in words."""
    from giamngheo.cli import start_django

    start_django()
    from giamngheo.warehouse import actions, tables

    out.write_text(actions.dictionary_csv(tables.dictionary()), "utf-8")
    click.echo(out)
