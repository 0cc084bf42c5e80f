"""Tables of a few rows on every engine the measures promise to run on."""

from collections.abc import Callable, Mapping, Sequence
from itertools import count
from typing import Any

import ibis
import pyarrow as pa
import pytest

from tests.cluster import ON_SPARK

#: Rows given by column, as a table of the engine under test.
On = Callable[[Mapping[str, Sequence[Any]]], Any]


@pytest.fixture(scope="session", params=["duckdb", pytest.param("spark", marks=ON_SPARK)])
def on(request: pytest.FixtureRequest) -> On:
    make = request.getfixturevalue("cluster").table if request.param == "spark" else _duckdb()

    def table(rows: Mapping[str, Sequence[Any]]) -> Any:
        return make(pa.table({name: pa.array(values) for name, values in rows.items()}))

    return table


def _duckdb() -> Callable[[pa.Table], Any]:
    database, made = ibis.duckdb.connect(), count()
    return lambda rows: database.create_table(f"rows_{next(made)}", rows, temp=True)
