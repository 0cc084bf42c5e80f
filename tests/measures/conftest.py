"""Tables of a few rows on every engine the measures promise to run on."""

from collections.abc import Callable, Mapping, Sequence
from itertools import count
from typing import Any

import ibis
import pyarrow as pa
import pytest

from tests.cluster import Cluster

#: Rows given by column, as a table of the engine under test.
On = Callable[[Mapping[str, Sequence[Any]]], Any]


@pytest.fixture(scope="session", params=["duckdb", "spark"])
def on(request: pytest.FixtureRequest) -> On:
    found: On = request.getfixturevalue(f"on_{request.param}")
    return found


@pytest.fixture(scope="session")
def on_duckdb() -> On:
    database, made = ibis.duckdb.connect(), count()
    return lambda rows: database.create_table(f"rows_{next(made)}", _arrow(rows), temp=True)


@pytest.fixture(scope="session")
def on_spark(cluster: Cluster) -> On:
    """Dear: a question takes a second or two. What is asked of any table is asked there of a few; the same rows are laid once."""
    laid: dict[str, Any] = {}

    def table(rows: Mapping[str, Sequence[Any]]) -> Any:
        if (key := repr(rows)) not in laid:
            laid[key] = cluster.table(_arrow(rows))
        return laid[key]

    return table


def _arrow(rows: Mapping[str, Sequence[Any]]) -> pa.Table:
    return pa.table({name: pa.array(values) for name, values in rows.items()})
