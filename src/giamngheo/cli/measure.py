"""`giamngheo measure`: poverty measured on any table of households, without a database."""

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

if TYPE_CHECKING:
    import ibis.expr.types as ir
    import pyarrow as pa

SHOWN = 60


@click.group(short_help="Đo nghèo trên một bảng số liệu / measure poverty on a table")
def command() -> None:
    """Đo nghèo trên tệp Parquet, CSV hoặc DuckDB.

    Measure poverty on a Parquet, CSV or DuckDB file.
    """


def _common(function: Callable[..., None]) -> Callable[..., None]:
    for option in (
        click.option("--language", type=click.Choice(["vi", "en"]), default="vi", show_default=True),
        click.option(
            "--out",
            type=click.Path(path_type=Path),
            help="Tệp kết quả .csv .xlsx .tex .parquet / result file",
        ),
        click.option("--table", help="Bảng trong tệp .duckdb / table of a .duckdb file"),
        click.option("--weight", help="Cột quyền số / weight column"),
        click.option("--by", multiple=True, help="Cột nhóm, có thể nhiều lần / grouping column, repeatable"),
        click.argument("data", metavar="TỆP", type=click.Path(path_type=Path)),
    ):
        function = option(function)
    return function


@command.command("mpi", short_help="Nghèo đa chiều / multidimensional (Alkire–Foster)")
@_common
@click.option(
    "--spec", required=True, type=click.Path(path_type=Path), help="Chỉ số, quyền số, ngưỡng (YAML)"
)
@click.option("--k", "ks", multiple=True, help="Ngưỡng, có thể nhiều lần: 1/3, 0.3, 30%, union, intersection")
def mpi(data: Path, spec: Path, ks: tuple[str, ...], **common: Any) -> None:
    """H, A, M0, tỷ lệ thiếu hụt trước và sau khi xét nghèo, phần đóng góp; theo nhóm, một hay nhiều ngưỡng k.

    H, A, M0, uncensored and censored headcounts, contributions; by group, at one or many cut-offs k.
    """

    def measured(table: "ir.Table", by: tuple[str, ...], weight: str | None) -> "pa.Table":
        from giamngheo.measures.alkire_foster import measures
        from giamngheo.measures.specification import Spec

        return measures(table, Spec.load(spec), ks or None, by=by, weight=weight)

    _run(data, measured, **common)


def _run(
    data: Path,
    measured: "Callable[[ir.Table, tuple[str, ...], str | None], pa.Table]",
    *,
    by: tuple[str, ...],
    weight: str | None,
    table: str | None,
    out: Path | None,
    language: str,
) -> None:
    from giamngheo.measures.errors import MeasuresError

    if out is not None and out.suffix not in _WRITERS:
        raise click.UsageError(f"--out: {', '.join(_WRITERS)}")
    try:
        found = measured(_opened(data, table), by, weight)
    except MeasuresError as error:
        raise click.ClickException(error.sentence(language)) from error
    if out is None:
        _show(found)
    else:
        _WRITERS[out.suffix](found, out)
        click.echo(f"{out}: {found.num_rows}")


def _opened(data: Path, table: str | None) -> "ir.Table":
    """The file as a table. Refuses what can't be read, with the reason."""
    import duckdb
    import ibis

    if not data.is_file() and "*" not in data.name:
        raise click.UsageError(f"Không thấy tệp {data}. / File not found.")
    try:
        if data.suffix in (".duckdb", ".db"):
            if not table:
                raise click.UsageError("Tệp .duckdb cần --table. / A .duckdb file needs --table.")
            return ibis.duckdb.connect(data, read_only=True).table(table)
        backend = ibis.duckdb.connect(preserve_insertion_order=False)
        return (
            backend.read_csv(data) if data.suffix in (".csv", ".tsv", ".txt") else backend.read_parquet(data)
        )
    except (duckdb.Error, ibis.IbisError) as error:
        reason = str(error).splitlines()[0]
        raise click.ClickException(f"Không đọc được {data.name}: {reason}") from error


def _show(found: "pa.Table") -> None:
    from rich.console import Console
    from rich.table import Table

    shown = Table(box=None)
    for name in found.column_names:
        shown.add_column(name, justify="left" if name in ("measure", "subgroup", "design") else "right")
    lines = found.to_pylist()
    for line in lines[:SHOWN]:
        shown.add_row(
            *("" if v is None else f"{v:.4f}" if isinstance(v, float) else str(v) for v in line.values())
        )
    Console(width=160).print(shown)
    if len(lines) > SHOWN:
        click.echo(f"… {len(lines) - SHOWN} dòng nữa; dùng --out để lấy hết. / more lines, use --out.")


def _csv(found: "pa.Table", path: Path) -> None:
    from giamngheo.measures.results import write_csv

    write_csv(found, path)


def _xlsx(found: "pa.Table", path: Path) -> None:
    from giamngheo.measures.results import write_xlsx

    write_xlsx(found, path)


def _tex(found: "pa.Table", path: Path) -> None:
    from giamngheo.measures.results import latex

    path.write_text(latex(found), "utf-8")


def _parquet(found: "pa.Table", path: Path) -> None:
    import pyarrow.parquet as pq

    pq.write_table(found, path)


_WRITERS: "dict[str, Callable[[pa.Table, Path], None]]" = {
    ".csv": _csv,
    ".xlsx": _xlsx,
    ".tex": _tex,
    ".parquet": _parquet,
}
