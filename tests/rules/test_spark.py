"""The verdicts of every standard's worked cases come out on a Spark cluster as on DuckDB."""

from typing import Any

import pyarrow as pa
import pytest

from giamngheo.measures.tables import fetch
from giamngheo.rules.cases import cases
from giamngheo.rules.engine import ARROW_TYPES, arrow, assess
from giamngheo.rules.facts import household_facts, member_facts
from giamngheo.rules.standards import Standard, standards
from giamngheo.rules.verdict import verdict
from tests.cluster import Cluster

TYPES = {key: ARROW_TYPES[fact.type] for key, fact in (household_facts() | member_facts()).items()} | {
    "household": pa.int64(), "area_type": pa.string(), "on": pa.date32(),
}  # fmt: skip


def tables(standard: Standard, *, with_members: bool) -> tuple[pa.Table, pa.Table | None]:
    """The worked cases as two tables; each case is a household."""
    asked = [
        (number, case)
        for number, case in enumerate(cases(standard))
        if (case.members is not None) == with_members
    ]
    households = arrow([{"household": number, "on": case.on, **case.household} for number, case in asked])
    members = [{"household": number, **member} for number, case in asked for member in case.members or ()]
    return typed(households), typed(arrow(members)) if with_members else None


def typed(table: pa.Table) -> pa.Table:
    return table.cast(pa.schema([(name, TYPES[name]) for name in table.column_names]))


ASKED = [
    pytest.param(standard, with_members, id=f"{standard.slug} {'with members' if with_members else 'alone'}")
    for standard in standards().values()
    for with_members in sorted({case.members is not None for case in cases(standard)})
]


@pytest.mark.parametrize(("standard", "with_members"), ASKED)
def test_verdicts_of_the_worked_cases(cluster: Cluster, standard: Standard, with_members: bool) -> None:
    households, members = tables(standard, with_members=with_members)
    there = cluster.table(households), cluster.table(members) if members else None
    found = fetch(verdict(*there, standard))
    expected = assess(households, members, standard)
    assert by_household(found) == by_household(expected)
    assert found.num_rows == households.num_rows > 0


def by_household(verdicts: pa.Table) -> list[dict[str, Any]]:
    rows: list[dict[str, Any]] = verdicts.sort_by("household").to_pylist()
    return rows
