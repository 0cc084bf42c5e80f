"""Where households come from, and how results come back: any table an engine can read, its rows left where they are.

Expressions run where the data lies: DuckDB for files, PostgreSQL or Spark for their own tables. Only results are
fetched, as Arrow and not by way of pandas, which turns integers with gaps into floats.
"""

import importlib.util
import re
from collections.abc import Iterable
from pathlib import Path
from typing import Any

import duckdb
import ibis
import ibis.expr.types as ir
import pyarrow as pa
from ibis.common.exceptions import IbisError, TableNotFound

from giamngheo.base.sheets import SheetError, open_workbook
from giamngheo.measures.errors import RowsError, SourceError, UnknownColumnError, Words

_CSV = (".csv", ".tsv", ".txt", ".csv.gz")
_DUCKDB = (".duckdb", ".ddb", ".db")


def read(source: Any, table: str | None = None) -> ir.Table:
    """A table to measure.

    source: a Parquet file, folder or pattern ('*.parquet'); a CSV file; an .xlsx workbook, its first sheet or the one
    named `table`, columns named in its first row; a DuckDB file or a PostgreSQL address
    ('postgresql://…'), of which `table` is named ('schema.table' for PostgreSQL); a PySpark DataFrame; an Arrow table;
    an Ibis table, which is returned as it is. Nothing is read yet but the names and types of columns, for which a CSV file
    is read through.
    Raises SourceError, in whose `params` the engine's own reason stands.
    """
    if isinstance(source, ir.Table):
        return source
    if isinstance(source, pa.Table):
        return ibis.memtable(source)
    try:
        if isinstance(source, str | Path):
            return _named(str(source), table)
        if importlib.util.find_spec("pyspark"):
            return _of_spark(source)
    except (duckdb.Error, IbisError, TableNotFound, OSError) as error:
        raise SourceError(source=source, why=_why(error)) from error
    raise SourceError(source=type(source).__name__, why="Parquet | CSV | DuckDB | PostgreSQL | Spark | Arrow")


def _named(source: str, table: str | None) -> ir.Table:
    postgresql = source.startswith(("postgresql://", "postgres://"))
    if postgresql or source.endswith(_DUCKDB):
        if table is None:
            raise SourceError(source=_shown(source), why="table = ?")
        if postgresql:
            return _of_postgresql(source, table)
        return ibis.duckdb.connect(source, read_only=True).table(table)
    if source.endswith(".xlsx"):
        return ibis.memtable(_of_workbook(Path(source), table))
    if source.endswith(_CSV):
        return _of_csv(source)
    path = Path(source)
    return ibis.read_parquet(str(path / "**" / "*.parquet") if path.is_dir() else source)


def _of_csv(source: str) -> ir.Table:
    """A CSV file, the types of its columns found from all its rows: from the first ones a late fraction would be rounded.

    Raises SourceError for one without rows, and one whose rows are not as long as its head: the engine would read a single
    column, or say no more than that it can't.
    """
    try:
        table = ibis.read_csv(source, sample_size=-1)
    except duckdb.Error:
        fetch(ibis.read_csv(source).aggregate(rows=lambda t: t.count()))  # comes upon the row, and names it
        raise
    empty = not fetch(table.limit(1)).num_rows
    # a row that is longer than the head would be taken for the head
    head, *others = ibis.read_csv(source, skip=0).columns if empty else table.columns
    if not others and any(mark in head for mark in ",;\t|"):
        raise SourceError(
            source=source,
            why=Words(
                f"có dòng không đủ cột như dòng đầu: {head}",
                f"a row has not as many columns as the head: {head}",
            ),
        )
    if empty:
        raise SourceError(
            source=source,
            why=Words("không có dòng số liệu nào dưới dòng tên cột", "there are no rows below its head"),
        )
    return table


def _of_workbook(path: Path, sheet: str | None) -> pa.Table:
    """A sheet as columns, each of one type. Raises SourceError for a column of several."""
    try:
        with open_workbook(path) as book:
            named = book.find(sheet) if sheet else book.sheet_names[0]
            if named is None:
                raise SourceError(source=path, why=f"{sheet}? {', '.join(book.sheet_names)}")
            head, *rows = [row.cells for row in book.rows(named)] or [[]]
    except SheetError as error:
        raise SourceError(source=path, why=Words(error.sentence("vi"), error.sentence("en"))) from error
    columns = {}
    for place, name in enumerate(head):
        values = [row[place] if place < len(row) else None for row in rows]
        try:
            columns[str(name)] = pa.array(values)
        except (pa.ArrowInvalid, pa.ArrowTypeError) as error:
            raise SourceError(source=path, why=f"{name}: {str(error).splitlines()[0]}") from error
    return pa.table(columns)


def require(table: ir.Table, names: Iterable[str]) -> None:
    """Raises UnknownColumnError for the first of the names that the table has not; names of our own are not told."""
    for name in names:
        if name not in table.columns:
            known = ", ".join(column for column in table.columns if not column.startswith("_"))
            raise UnknownColumnError(column=name, known=known)


def _shown(source: str) -> str:
    """An address without the password it may hold."""
    scheme, _, rest = source.partition("://")
    return f"{scheme}://{rest.rpartition('@')[2]}" if rest else source


def _of_postgresql(address: str, table: str) -> ir.Table:
    import psycopg

    from giamngheo.measures import postgresql

    schema, _, name = table.rpartition(".")
    try:
        return postgresql.connected(address).table(name, database=schema or None)
    except (psycopg.Error, TableNotFound) as error:
        raise SourceError(source=_shown(address), why=_why(error)) from error


def _of_spark(frame: Any) -> ir.Table:
    from pyspark.sql import DataFrame

    if not isinstance(frame, DataFrame):
        raise SourceError(
            source=type(frame).__name__, why="Parquet | CSV | DuckDB | PostgreSQL | Spark | Arrow"
        )
    name = f"giamngheo_{id(frame)}"
    frame.createOrReplaceTempView(name)
    return ibis.pyspark.connect(frame.sparkSession).table(name)


def fetch(expression: ir.Table) -> pa.Table:
    """The rows of an expression, of its own types; nothing but they leave the engine.

    Raises RowsError for what an engine sees only once it reads the rows: a file cut off in the middle, a row of a CSV file
    that is longer than the others, a connection lost.
    """
    backend = expression.get_backend()
    try:
        if backend.name == "pyspark":
            from giamngheo.measures import spark

            return spark.rows(expression)
        if backend.name == "postgres":
            from giamngheo.measures import postgresql

            return postgresql.rows(expression)
        return expression.to_pyarrow()
    except _failures(backend.name) as error:
        if file := re.search(
            r"^ *file = (.*)$", str(error), re.MULTILINE
        ):  # of a CSV file the engine tells the name
            raise SourceError(source=file[1], why=_why(error)) from error
        raise RowsError(source=backend.name, why=_why(error)) from error


def _why(error: Exception) -> Words | str:
    """An engine's reason: its first line, or which row of a CSV file is wrong, and in what."""
    said = str(error)
    line = re.search(r"CSV Error on Line: (\d+)\n.*\n(.*)", said)
    if line is None:
        return said.split("\n")[0]
    if wide := re.search(r"Expected Number of Columns: (\d+) Found: (\d+)", said):
        return Words(
            f"dòng {line[1]} có {wide[2]} cột, dòng đầu có {wide[1]}",
            f"line {line[1]} has {wide[2]} columns, the head has {wide[1]}",
        )
    if value := re.search(r'column "(.*)"\. Could not convert string "(.*)" to \'(.*)\'', said):
        return Words(
            f"dòng {line[1]}, cột {value[1]}: “{value[2]}” không đổi được sang kiểu {value[3]}",
            f"line {line[1]}, column {value[1]}: “{value[2]}” is not of the type {value[3]}",
        )
    return Words(f"dòng {line[1]}: {line[2]}", f"line {line[1]}: {line[2]}")


def _failures(engine: str) -> tuple[type[Exception], ...]:
    if engine == "postgres":
        import psycopg

        return (psycopg.Error,)
    if engine == "pyspark":
        from pyspark.errors import PySparkException

        return (PySparkException,)
    return (duckdb.Error,)
