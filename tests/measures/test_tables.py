"""One table of households read from every place it may lie gives the same numbers; what can't be read is said."""

import os
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import duckdb
import ibis
import psycopg
import pyarrow as pa
import pyarrow.csv
import pyarrow.parquet as pq
import pytest

from giamngheo.measures.alkire_foster import measures
from giamngheo.measures.design import Design
from giamngheo.measures.errors import (
    ColumnTypeError,
    MissingValueError,
    SourceError,
    UnknownColumnError,
)
from giamngheo.measures.money import poverty
from giamngheo.measures.specification import Spec
from giamngheo.measures.tables import fetch, read
from giamngheo.measures.targeting import targeting
from giamngheo.postgres.server import SUPERUSER, ensure_running
from tests.cluster import Cluster
from tests.measures.lines import value

#: 700,000,001 and 700,000,000 are one number in 32-bit floats.
ROWS = pa.table({"commune": ["Bản Bo", "Bản Bo", "Pắc Ta", "Pắc Ta"], "income": [700_000_001, 700_000_000, 5, 6], "n": [1, 2, 3, 4]})  # fmt: skip


def measured(table: Any) -> tuple[Any, ...]:
    made = poverty(table, "income", 700_000_000, by=["commune"], weight="n")
    return value(made, "FGT0"), value(made, "FGT0", "Bản Bo"), value(made, "gap_total")


AS_IT_IS = (9 / 10, 2 / 3, 3 * 699_999_995 + 4 * 699_999_994)


def parquet(folder: Path) -> Path:
    (folder / "year=2020").mkdir()
    (folder / "year=2021").mkdir()
    pq.write_table(ROWS.slice(0, 1), folder / "year=2020" / "0.parquet")
    pq.write_table(ROWS.slice(1), folder / "year=2021" / "0.parquet")
    return folder


def comma(folder: Path) -> Path:
    pyarrow.csv.write_csv(ROWS, folder / "households.csv")
    return folder / "households.csv"


@pytest.mark.parametrize("made", [parquet, comma])
def test_files(tmp_path: Path, made: Any) -> None:
    source = made(tmp_path)
    assert measured(read(source)) == AS_IT_IS and measured(read(str(source))) == AS_IT_IS
    if source.is_dir():
        assert measured(read(f"{source}/*/*.parquet")) == AS_IT_IS


def test_a_duckdb_file_is_read_and_not_written(tmp_path: Path) -> None:
    path = tmp_path / "survey.duckdb"
    with duckdb.connect(path) as database:
        database.register("rows", ROWS)
        database.execute("CREATE TABLE ho AS SELECT * FROM rows")
    before = path.read_bytes()
    assert measured(read(path, "ho")) == AS_IT_IS and path.read_bytes() == before
    with pytest.raises(SourceError, match=r"table = \?"):
        read(path)
    with pytest.raises(SourceError, match="hộ"):
        read(path, "hộ")


@pytest.fixture
def address() -> Iterator[str]:
    """The test server, with the rows as measured_here.households."""
    address = os.environ.get("DATABASE_URL") or ensure_running().url(SUPERUSER, "postgres")
    with psycopg.connect(address, autocommit=True) as server:
        server.execute("DROP SCHEMA IF EXISTS measured_here CASCADE")
        server.execute("CREATE SCHEMA measured_here")
        server.execute(
            "CREATE TABLE measured_here.households (commune text, income bigint, n integer, price numeric)"
        )
        for row in ROWS.to_pylist():
            server.execute(
                "INSERT INTO measured_here.households VALUES (%s, %s, %s, 1.5)", list(row.values())
            )
        yield address
        server.execute("DROP SCHEMA measured_here CASCADE")


def test_a_postgresql_table(address: str) -> None:
    table = read(address, "measured_here.households")
    assert measured(table) == AS_IT_IS
    rich = table.mutate(rich=table.income > 10)
    made = measures(rich, Spec.equal("rich", ["rich"], k=1), by=["commune"], design=Design(psu="n"))
    assert value(made, "H") == 0.5 and value(made, "H", "Bản Bo") == 1
    made = targeting(rich, "rich", amount="income", weight="n", design=Design(psu="n"))
    assert value(made, "exclusion_error") == 0 and value(made, "inclusion_error") == 7 / 10
    with pytest.raises(psycopg.errors.ReadOnlySqlTransaction):
        table.get_backend().raw_sql("CREATE TABLE written (n integer)")
    with pytest.raises(ColumnTypeError, match="price"):
        poverty(table, "price", 1)
    with pytest.raises(SourceError):
        read(address, "measured_here.none")
    with psycopg.connect(address, autocommit=True) as server:
        server.execute("DROP TABLE measured_here.households")
    with pytest.raises(SourceError, match="postgres"):
        fetch(table)


def test_an_address_that_nobody_answers_is_said_without_its_password() -> None:
    with pytest.raises(SourceError) as refused:
        read("postgresql://reader:hunter2@127.0.0.1:1/none", "households")
    assert "127.0.0.1:1/none" in str(refused.value) and "hunter2" not in str(refused.value)


def test_a_table_and_a_frame_on_spark(cluster: Cluster) -> None:
    table = cluster.table(ROWS)
    frame = cluster.session.table(table.get_name())
    assert measured(read(frame)) == AS_IT_IS and read(table) is table
    with pytest.raises(UnknownColumnError, match="none"):
        poverty(read(frame), "none", 1)


def spoiled(whole: bytes) -> bytes:
    """A Parquet file with its head and foot, and nothing that can be read between."""
    foot = int.from_bytes(whole[-8:-4], "little") + 8
    return whole[:4] + b"\xff" * (len(whole) - foot - 4) + whole[-foot:]


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("none.parquet", None),
        ("cut.parquet", lambda whole: whole[: len(whole) // 2]),
        ("middle.parquet", spoiled),
        ("empty.parquet", lambda whole: b""),
        ("none.csv", None),
        ("words.duckdb", lambda whole: b"not a database at all" * 100),
    ],
)
def test_a_file_that_is_cut_off_or_not_there_is_named(tmp_path: Path, name: str, content: Any) -> None:
    pq.write_table(ROWS, tmp_path / "whole.parquet")
    if content:
        (tmp_path / name).write_bytes(content((tmp_path / "whole.parquet").read_bytes()))
    with pytest.raises(SourceError) as refused:
        measured(read(tmp_path / name, "ho"))
    # what only shows while rows are read is known to the engine, which tells no name
    assert ("duckdb" if name == "middle.parquet" else name) in str(refused.value)
    assert "No table can be read" in refused.value.sentence("en")


def late(tmp_path: Path, last: str) -> Path:
    """A file whose last row, far beyond the rows an engine samples, is unlike all others."""
    lines = ["income,n", *(f"{1000 + n},1" for n in range(30_000)), last]
    (tmp_path / "late.csv").write_text("\n".join(lines) + "\n", "utf-8")
    return tmp_path / "late.csv"


@pytest.mark.parametrize(("last", "line"), [("0.4,1", 0.5), ("1.5,1", 2), ("700000.6,1", 700001)])
def test_a_fraction_far_down_a_column_of_integers_is_not_rounded(
    tmp_path: Path, last: str, line: float
) -> None:
    income = float(last.split(",")[0])
    assert fetch(read(late(tmp_path, last)))["income"][-1].as_py() == income < line


@pytest.mark.parametrize(
    ("last", "vi", "en"),
    [
        ("5", "late.csv: dòng 30002 có 1 cột, dòng đầu có 2", "line 30002 has 1 columns, the head has 2"),
        ("5,6,7", "late.csv: dòng 30002 có 3 cột, dòng đầu có 2", "line 30002 has 3 columns, the head has 2"),
    ],
)
def test_a_row_far_down_is_refused_by_file_line_and_rule(tmp_path: Path, last: str, vi: str, en: str) -> None:
    with pytest.raises(SourceError, match=vi) as refused:
        fetch(read(late(tmp_path, last)))
    assert en in refused.value.sentence("en")


def test_a_value_an_engine_can_not_turn_is_refused_by_file_line_and_column(tmp_path: Path) -> None:
    """As where a table was opened by the types of its first rows."""
    with pytest.raises(
        SourceError, match=r"late\.csv: dòng 30002, cột income: “nghìn” không đổi được sang kiểu BIGINT"
    ):
        fetch(ibis.read_csv(late(tmp_path, "nghìn,1")).select("income"))


@pytest.mark.parametrize(
    ("text", "named"),
    [
        ("income,n\n", "không có dòng số liệu nào"),
        ("", "không có dòng số liệu nào"),
        ("income,n\n1,2,3\n", "không đủ cột như dòng đầu: income,n"),
        ("income,n\n1,2\n3\n", "không đủ cột như dòng đầu: income,n"),
    ],
)
def test_a_csv_file_without_rows_or_with_rows_too_long_is_refused(
    tmp_path: Path, text: str, named: str
) -> None:
    (tmp_path / "rows.csv").write_text(text, "utf-8")
    with pytest.raises(SourceError, match=named):
        read(tmp_path / "rows.csv")


def test_a_word_far_down_a_column_of_numbers_is_refused_and_never_dropped(tmp_path: Path) -> None:
    lines = ["income", *map(str, range(30_000)), "nghìn"]
    (tmp_path / "late.csv").write_text("\n".join(lines), "utf-8")
    with pytest.raises((SourceError, ColumnTypeError)):
        poverty(read(tmp_path / "late.csv"), "income", 10)


@pytest.mark.parametrize(
    ("lines", "kind", "named"),
    [
        (["income", "1", "hai"], ColumnTypeError, "income"),
        (["income", "1.5", ""], MissingValueError, "income"),
        (["income,n", "1,2,3"], (SourceError, UnknownColumnError), "income"),
        (["thu nhập", "1"], UnknownColumnError, "thu nhập"),
    ],
)
def test_columns_of_a_csv_file_are_refused_by_name(
    tmp_path: Path, lines: list[str], kind: Any, named: str
) -> None:
    (tmp_path / "rows.csv").write_text("\n".join(lines) + "\n", "utf-8")
    with pytest.raises(kind, match=named):
        poverty(read(tmp_path / "rows.csv"), "income", 10, weight="n" if "n" in lines[0].split(",") else None)


def test_what_is_no_table_is_refused() -> None:
    with pytest.raises(SourceError, match="list"):
        read([1, 2])
