"""How a measure is asked for on the command line: the options all have, the table, the results on screen or in a file."""

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


def common(function: Callable[..., None]) -> Callable[..., None]:
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


sampled = click.option(
    "--design",
    default="",
    help="Cách chọn mẫu, để có sai số / how the sample was drawn, for errors: psu=…,strata=…,weight=…,fpc=…,"
    "lone=refuse|certainty|centre|average,interval=logit|wilson|korn-graubard|normal,level=0.95,"
    "method=linearised|bootstrap,replicates=500,seed=1",
)


def run(
    data: str,
    measured: "Callable[[ir.Table, tuple[str, ...], str | None], pa.Table]",
    *,
    by: tuple[str, ...],
    weight: str | None,
    table: str | None,
    out: Path | None,
    language: str,
) -> None:
    if out is not None and out.suffix not in _WRITERS:
        raise click.UsageError(f"--out: {', '.join(_WRITERS)}")
    found = _found(data, table, lambda rows: measured(rows, by, weight), language)
    if out is None:
        _show(found)
        return
    try:
        _WRITERS[out.suffix](found, out)
    except OSError as error:
        raise click.ClickException(f"Không ghi được {out}. / Can't be written: {error.strerror}") from error
    click.echo(f"{out}: {found.num_rows} dòng / lines")


def _found(
    data: str, table: str | None, measured: "Callable[[ir.Table], pa.Table]", language: str
) -> "pa.Table":
    """What is measured of a table; whatever is wrong with it as one sentence."""
    from giamngheo.measures.errors import MeasuresError, RowsError, SourceError
    from giamngheo.measures.tables import read

    try:
        try:
            return measured(read(data, table))
        except (
            RowsError
        ) as error:  # an engine that comes upon it while reading does not know the name it was asked by
            raise SourceError(source=data, why=error.params["why"]) from error
    except MeasuresError as error:
        raise click.ClickException(error.sentence(language)) from error


def sampling(text: str) -> "Design | None":
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
