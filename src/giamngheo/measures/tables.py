"""Where households come from, and how results come back: any table an engine can read, its rows left where they are.

Expressions run where the data lies: DuckDB for files, PostgreSQL or Spark for their own tables. Only results are
fetched, as Arrow and not by way of pandas, which turns integers with gaps into floats.
"""

import importlib.util
from pathlib import Path
from typing import Any

import duckdb
import ibis
import ibis.expr.types as ir
import pyarrow as pa
from ibis.common.exceptions import IbisError, TableNotFound

from giamngheo.base.sheets import SheetError, open_workbook
from giamngheo.measures.errors import SourceError

_CSV = (".csv", ".tsv", ".txt", ".csv.gz")
_DUCKDB = (".duckdb", ".ddb", ".db")


def read(source: Any, table: str | None = None) -> ir.Table:
    """A table to measure.

    source: a Parquet file, folder or pattern ('*.parquet'); a CSV file; an .xlsx workbook, its first sheet or the one
    named `table`, columns named in its first row; a DuckDB file or a PostgreSQL address
    ('postgresql://…'), of which `table` is named ('schema.table' for PostgreSQL); a PySpark DataFrame; an Arrow table;
    an Ibis table, which is returned as it is. Nothing is read yet but the names and types of columns.
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
        raise SourceError(source=source, why=str(error).split("\n")[0]) from error
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
    """A CSV file. Raises SourceError for one whose rows are not as long as its head: the engine would read a single column."""
    table = ibis.read_csv(source)
    if len(table.columns) == 1 and any(mark in table.columns[0] for mark in ",;\t|"):
        raise SourceError(
            source=source,
            why="có dòng không đủ cột như dòng đầu / a row has not as many columns as the head: "
            + table.columns[0],
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
        raise SourceError(source=path, why=error.sentence()) from error
    columns = {}
    for place, name in enumerate(head):
        values = [row[place] if place < len(row) else None for row in rows]
        try:
            columns[str(name)] = pa.array(values)
        except (pa.ArrowInvalid, pa.ArrowTypeError) as error:
            raise SourceError(source=path, why=f"{name}: {str(error).splitlines()[0]}") from error
    return pa.table(columns)


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
        raise SourceError(source=_shown(address), why=str(error).split("\n")[0]) from error


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

    Raises SourceError for what an engine sees only once it reads the rows: a file cut off in the middle, a text among
    the numbers of a CSV file, a connection lost.
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
        raise SourceError(source=backend.name, why=str(error).split("\n")[0]) from error


def _failures(engine: str) -> tuple[type[Exception], ...]:
    if engine == "postgres":
        import psycopg

        return (psycopg.Error,)
    if engine == "pyspark":
        from pyspark.errors import PySparkException

        return (PySparkException,)
    return (duckdb.Error,)
