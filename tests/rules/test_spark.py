"""Verdicts and rights of all worked cases come out on a Spark cluster as on DuckDB."""

import datetime as dt
import os
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from giamngheo.measures import spark
from giamngheo.measures.tables import fetch
from giamngheo.rules.cases import cases
from giamngheo.rules.conditions import HOUSEHOLD, MEMBER
from giamngheo.rules.engine import ARROW_TYPES, arrow, assess
from giamngheo.rules.entitle import entitle
from giamngheo.rules.entitle import typed as rows_typed
from giamngheo.rules.entitlements import entitlements
from giamngheo.rules.facts import household_facts, member_facts
from giamngheo.rules.law_of_day import law_of_day
from giamngheo.rules.policies import policies
from giamngheo.rules.policy_cases import case_files, policy_cases
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


DAY = dt.date(2018, 9, 1)
#: Between them they ask every kind of condition and count persons and hectares; `make thorough` asks all of the law.
FEW = ("health-insurance", "forest-75", "programme-135", "four-peoples-1672")


def test_rights_of_the_worked_cases(cluster: Cluster, tmp_path: Path) -> None:
    """The households of all cases on one day, what is undetermined too, written by the workers; Spark compiles each right for a second."""
    every = [case for path in case_files() for case in policy_cases(path)]
    homes = arrow([{"household": number, **case.household} for number, case in enumerate(every)])
    people = arrow(
        [
            {"household": number, "person": 100 * number + place, **member}
            for number, case in enumerate(every)
            for place, member in enumerate(case.members)
        ]
    )
    homes, people = rows_typed(homes, HOUSEHOLD), rows_typed(people, MEMBER)
    law = law_of_day(DAY, of=None if "THOROUGH" in os.environ else {slug: policies()[slug] for slug in FEW})
    asked = entitlements(cluster.table(homes), cluster.table(people), on=DAY, law=law, unknown=True)
    spark.frame(asked).write.parquet(str(tmp_path / "rights"))
    expected = entitle(homes, people, on=DAY, law=law, unknown=True)
    assert in_order(pq.read_table(tmp_path / "rights")) == in_order(expected)
    assert {row["state"] for row in expected.to_pylist()} == {"yes", "unknown"}


def in_order(rights: pa.Table) -> list[dict[str, Any]]:
    rows: list[dict[str, Any]] = rights.to_pylist()
    return sorted(rows, key=lambda row: [str(value) for value in row.values()])
