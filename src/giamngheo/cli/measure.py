"""`giamngheo measure`: poverty measured on any table of households, without a database."""

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

if TYPE_CHECKING:
    import ibis.expr.types as ir
    import pyarrow as pa

    from giamngheo.measures.design import Design

SHOWN = 60
#: What --design knows, and what a value is turned into.
_DESIGN: dict[str, Callable[[str], object]] = {
    "psu": str, "strata": str, "weight": str, "fpc": str, "lone": str,
    "interval": str, "level": float, "method": str, "replicates": int, "seed": int,
}  # fmt: skip


@click.group(short_help="Đo nghèo trên một bảng số liệu / measure poverty on a table")
def command() -> None:
    """Đo nghèo trên tệp Parquet, CSV, XLSX hoặc DuckDB (hay bảng PostgreSQL), không cần cài cơ sở dữ liệu.

    Measure poverty on a Parquet, CSV, XLSX or DuckDB file (or a PostgreSQL table), without a database of our own.
    """


def _common(function: Callable[..., None]) -> Callable[..., None]:
    for option in (
        click.option("--language", type=click.Choice(["vi", "en"]), default="vi", show_default=True),
        click.option(
            "--out",
            type=click.Path(path_type=Path),
            help="Tệp kết quả .csv .xlsx .tex .parquet / result file",
        ),
        click.option(
            "--table",
            help="Bảng của DuckDB, PostgreSQL; trang của .xlsx / table of a database, sheet of .xlsx",
        ),
        click.option(
            "--weight",
            help="Cột số lần đếm mỗi dòng, ví dụ số nhân khẩu / how often a row counts, persons say",
        ),
        click.option("--by", multiple=True, help="Cột nhóm, có thể nhiều lần / grouping column, repeatable"),
        click.argument("data", metavar="TỆP"),
    ):
        function = option(function)
    return function


_sampled = click.option(
    "--design",
    default="",
    help="Cách chọn mẫu, để có sai số / how the sample was drawn, for errors: psu=…,strata=…,weight=…,fpc=…,"
    "lone=refuse|certainty|centre|average,interval=logit|wilson|korn-graubard|normal,level=0.95,"
    "method=linearised|bootstrap,replicates=500,seed=1",
)


@command.command("mpi", short_help="Nghèo đa chiều / multidimensional (Alkire–Foster)")
@_common
@_sampled
@click.option(
    "--spec", required=True, type=click.Path(path_type=Path), help="Chỉ số, quyền số, ngưỡng (YAML)"
)
@click.option("--k", "ks", multiple=True, help="Ngưỡng, có thể nhiều lần: 1/3, 0.3, 30%, union, intersection")
def mpi(data: str, spec: Path, ks: tuple[str, ...], design: str, **common: Any) -> None:
    """H, A, M0, tỷ lệ thiếu hụt trước và sau khi xét nghèo, phần đóng góp; theo nhóm, một hay nhiều ngưỡng k.

    H, A, M0, uncensored and censored headcounts, contributions; by group, at one or many cut-offs k.
    """
    from giamngheo.measures.alkire_foster import measures
    from giamngheo.measures.specification import Spec

    def measured(table: "ir.Table", by: tuple[str, ...], weight: str | None) -> "pa.Table":
        return measures(table, Spec.load(spec), ks or None, by=by, weight=weight, design=_design(design))

    _run(data, measured, **common)


@command.command("money", short_help="Nghèo về thu nhập / income poverty (FGT, Watts, SST)")
@_common
@_sampled
@click.option("--income", required=True, help="Cột thu nhập, đồng/người/tháng / income column")
@click.option("--line", required=True, help="Chuẩn: một số đồng, hoặc tên cột / a number, or a column")
@click.option(
    "--below",
    is_flag=True,
    help="Đúng bằng chuẩn thì không nghèo (mặc định: nghèo) / at the line is not poor",
)
def money(data: str, income: str, line: str, below: bool, design: str, **common: Any) -> None:
    """Tỷ lệ nghèo, khoảng cách nghèo (cũng bằng đồng), mức nghiêm trọng, Watts, Sen–Shorrocks–Thon.

    Headcount, gap (in đồng too), severity, Watts, Sen–Shorrocks–Thon.
    """
    from giamngheo.measures.money import poverty

    threshold = int(line) if line.isdecimal() else line

    def measured(table: "ir.Table", by: tuple[str, ...], weight: str | None) -> "pa.Table":
        drawn = _design(design)
        return poverty(table, income, threshold, by=by, weight=weight, inclusive=not below, design=drawn)

    _run(data, measured, **common)


@command.command("inequality", short_help="Bất bình đẳng / inequality (Gini, Theil, Atkinson)")
@_common
@click.option("--income", required=True, help="Cột thu nhập / income column")
def inequality(data: str, income: str, **common: Any) -> None:
    """Gini, Theil, Atkinson, tỷ số phân vị; có nhóm thì thêm phần trong nhóm và giữa các nhóm. Chưa có sai số chọn mẫu.

    Gini, Theil, Atkinson, quantile ratios; with groups also the parts within and between. No sampling errors yet.
    """
    from giamngheo.measures.inequality import inequality as indices

    def measured(table: "ir.Table", by: tuple[str, ...], weight: str | None) -> "pa.Table":
        return indices(table, income, by=by, weight=weight)

    _run(data, measured, **common)


def _run(
    data: str,
    measured: "Callable[[ir.Table, tuple[str, ...], str | None], pa.Table]",
    *,
    by: tuple[str, ...],
    weight: str | None,
    table: str | None,
    out: Path | None,
    language: str,
) -> None:
    import duckdb

    from giamngheo.measures.errors import MeasuresError, SourceError
    from giamngheo.measures.tables import read

    if out is not None and out.suffix not in _WRITERS:
        raise click.UsageError(f"--out: {', '.join(_WRITERS)}")
    try:
        try:
            found = measured(read(data, table), by, weight)
        except duckdb.Error as error:  # what shows only once its rows are read: a file cut off in the middle
            raise SourceError(source=data, why=str(error).splitlines()[0]) from error
    except MeasuresError as error:
        raise click.ClickException(error.sentence(language)) from error
    if out is None:
        _show(found)
        return
    try:
        _WRITERS[out.suffix](found, out)
    except OSError as error:
        raise click.ClickException(f"Không ghi được {out}. / Can't be written: {error.strerror}") from error
    click.echo(f"{out}: {found.num_rows} dòng / lines")


def _design(text: str) -> "Design | None":
    """psu=commune,strata=district,weight=w as a sampling design; none for a census."""
    from giamngheo.measures.design import Design

    if not text:
        return None
    made: dict[str, Any] = {}
    for part in text.split(","):
        name, _, value = (word.strip() for word in part.partition("="))
        try:
            if not value:
                raise ValueError(part)
            made[name] = _DESIGN[name](value)
        except (KeyError, ValueError) as error:
            raise click.UsageError(f"--design: “{part}”; {', '.join(f'{n}=…' for n in _DESIGN)}") from error
    return Design(**made)


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
