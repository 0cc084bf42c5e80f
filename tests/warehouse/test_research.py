"""The research file: nobody stands in a group of fewer than k, it names nobody, and it says what it cost."""

import io
import json
import zipfile
from pathlib import Path

import duckdb
import pyarrow.parquet as pq
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from giamngheo.warehouse import research
from giamngheo.warehouse.errors import NoResearchFileError
from giamngheo.warehouse.research import HIERARCHIES, MOST_LEFT_OUT
from giamngheo.warehouse.snapshot import Snapshot

KNOWN = list(HIERARCHIES)


def sizes(rows: list[dict[str, object]]) -> list[int]:
    groups: dict[tuple[object, ...], int] = {}
    for row in rows:
        key = tuple(row[name] for name in KNOWN)
        groups[key] = groups.get(key, 0) + 1
    return list(groups.values())


@pytest.mark.parametrize("k", [3, 5, 20])
def test_every_combination_is_shared_by_k(warehouse: Snapshot, tmp_path: Path, k: int) -> None:
    said = research.write(warehouse, 2020, k, tmp_path / "file.zip")
    with zipfile.ZipFile(tmp_path / "file.zip") as bundle:
        assert set(bundle.namelist()) == {"research.parquet", "research.csv", "dictionary.csv", "cost.json", "README.txt"}  # fmt: skip
        table = pq.read_table(io.BytesIO(bundle.read("research.parquet")))
        cost = json.loads(bundle.read("cost.json"))
        about = bundle.read("README.txt").decode()
    assert min(sizes(table.to_pylist())) >= k == max(k, 3)
    assert cost["smallest_group"] >= k
    assert table.num_rows == cost["rows"] == said["rows"]
    held = warehouse.table("verdicts")
    judged = held.filter(held.year == 2020, held.standard == "2016-2020").count().to_pyarrow().as_py()
    assert cost["rows"] + cost["left_out"] == judged and cost["left_out"] <= judged * MOST_LEFT_OUT
    assert not {"household", "village", "commune", "visited_on", "person"} & set(table.column_names)
    assert 0 <= cost["loss"] < 1 and "mô phỏng" in about
    assert all(abs(a - b) <= MOST_LEFT_OUT for a, b in cost["measures"].values())
    assert cost["measures"]["poor"][0] > 0


@settings(max_examples=15, deadline=None)
@given(st.integers(0, 1000), st.integers(3, 30), st.integers(60, 400))
def test_no_combination_is_under_k_whatever_the_households(seed: int, k: int, count: int) -> None:
    database = duckdb.connect()
    database.execute(
        f"CREATE TABLE held AS SELECT 2020 AS year, (hash(i, {seed}) % 4)::VARCHAR AS commune_code,"
        f" (hash(i, {seed}) % 4 // 2)::VARCHAR AS district_code, 'rural' AS area_type, (hash(i, {seed}, 1) % 3)::VARCHAR AS ethnic,"
        f" (1 + hash(i, {seed}, 2) % 12)::INT AS persons, 's' AS standard, ['poor', 'none'][1 + (hash(i, {seed}, 3) % 2)::INT] AS klass,"
        f" 1 AS deprived, 450000 AS income, true AS lacks_a, 0.5 AS share FROM range({count}) r(i)"
    )
    cost = research.anonymised(database, ["a"], k)
    names = [d[0] for d in database.execute("SELECT * FROM released").description or ()]
    rows = [dict(zip(names, row, strict=True)) for row in database.execute("SELECT * FROM released").fetchall()]  # fmt: skip
    assert min(sizes(rows)) >= k and len(rows) == cost.rows >= count * (1 - MOST_LEFT_OUT)


@pytest.mark.parametrize(("year", "k"), [(2020, 2), (1999, 5), (2020, 10**6)])
def test_what_cannot_be_made_is_refused(warehouse: Snapshot, tmp_path: Path, year: int, k: int) -> None:
    with pytest.raises(NoResearchFileError, match=str(k)):
        research.write(warehouse, year, k, tmp_path / "file.zip")
