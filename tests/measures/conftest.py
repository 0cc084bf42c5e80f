"""Tables of a few rows on every engine the measures promise to run on."""

from collections.abc import Callable, Mapping, Sequence
from typing import Any

import ibis
import pyarrow as pa
import pytest

#: Rows given by column, as a table of the engine under test.
On = Callable[[Mapping[str, Sequence[Any]]], Any]


@pytest.fixture(scope="session", params=["duckdb"])
def on(request: pytest.FixtureRequest) -> On:
    database = ibis.duckdb.connect()
    made = iter(range(1_000_000))

    def table(rows: Mapping[str, Sequence[Any]]) -> Any:
        columns = pa.table({name: pa.array(values) for name, values in rows.items()})
        return database.create_table(f"rows_{next(made)}", columns, temp=True)

    return table
