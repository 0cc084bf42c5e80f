"""Who holds after escape: by hand, beside counting histories one by one, and what is told to who sees no households."""

import datetime as dt
from collections import defaultdict
from collections.abc import Callable

import ibis
import pyarrow as pa
import pytest
from django.test import Client

from giamngheo.access.models import User
from giamngheo.areas.models import Level
from giamngheo.escape.curves import _curves, _lacking, _steps, lasting
from giamngheo.escape.panel import SMALL, rounds_of
from giamngheo.surveys.models import POOR
from giamngheo.warehouse.disclosure import LEAST
from giamngheo.warehouse.snapshot import Snapshot
from tests.conftest import Cast
from tests.warehouse.conftest import at_home, warehouse

__all__ = ["at_home", "warehouse"]  # fixtures of the warehouse room
DAY = dt.date(2020, 12, 31)
STATE = {"P": "poor", "N": "near_poor", "O": "other"}


def rows(histories: dict[str, tuple[int, str]], lacks: str = "") -> ibis.Table:
    """'PNO' times some: households poor in 2016, near-poor in 2017, on no list in 2018; the group is the name before ':'."""
    made = [
        {"household": f"{name}{i}", "year": 2016 + y, "state": STATE[c], "ethnic": name.split(":")[0], "lacks_water": name in lacks}
        for name, (n, history) in histories.items()
        for i in range(n)
        for y, c in enumerate(history)
        if c != "."
    ]  # fmt: skip
    return ibis.duckdb.connect().create_table("rows", pa.Table.from_pylist(made))


def test_curves_by_hand() -> None:
    """Of 10 escapes followed 2 fell back after one year; 3 were followed over two, and all of them fell back."""
    table = rows(
        {
            "a": (2, "PNP"),
            "b": (3, "PNOP"),
            "c": (3, "PNO"),
            "d": (2, "PN."),
            "e": (2, ".PNO"),
            "f": (4, "OOO"),
        }
    )
    [whole] = _curves(table, "", pooled=False)
    # the two of d were never seen again: they tell nothing; c and e are cut off after one year
    assert [(s.k, s.risk, s.fell) for s in whole.steps] == [(1, 10, 2), (2, 3, 3)]
    assert [s.share for s in whole.steps] == pytest.approx([0.8, 0])
    assert {c.group: (c.n, c.fell) for c in _curves(table, "ethnic", pooled=False)} == {"a": (2, 2), "b": (3, 3), "c": (3, 0), "e": (2, 0)}  # fmt: skip


@pytest.mark.parametrize(
    ("counts", "told"),
    [
        ([(20, 0.5), (10, 0.25)], [(1, 20, 10), (2, 10, 5)]),  # ten fell back, then five of ten
        ([(20, 0.9), (18, 0.6)], [(2, 18, 8)]),  # two fell back: told with the six of the year after
        ([(20, 0.5), (7, 0.25)], [(1, 20, 10)]),  # three were lost from sight: nothing is told after
        ([(20, 1.0), (4, 1.0)], [(1, 20, 0)]),  # four left
    ],
)
def test_who_sees_no_households_gets_counts_of_five_or_more(
    counts: list[tuple[int, float]], told: list[tuple[int, int, int]]
) -> None:
    lines = [
        {"k": k, "n": n, "estimate": share, "ci_low": None, "ci_high": None}
        for k, (n, share) in enumerate(counts, start=1)
    ]
    assert [(s.k, s.risk, s.fell) for s in _steps(lines, pooled=True)] == told


def test_small_groups_stand_together_and_small_cells_are_left_out() -> None:
    table = rows({"a": (20, "PNO"), "b": (8, "PNO"), "c": (3, "PNO"), "d": (1, "PNO")})
    assert {c.group: c.n for c in _curves(table, "ethnic", pooled=True)} == {
        "a": 20,
        SMALL: 12,
    }  # c and d alone were four
    held = rows({"a": (9, "PNP"), "b": (9, "PNO"), "c": (6, "PNP"), "d": (6, "PNO")}, lacks="a d")
    [one] = _lacking(held, pooled=True)
    assert (one.code, one.fell, one.fell_lacking, one.held, one.held_lacking) == ("water", 15, 9, 15, 6)
    assert _lacking(rows({"a": (3, "PNP"), "b": (9, "PNO")}, lacks="a"), pooled=True) == []


@pytest.mark.django_db
def test_as_counted_history_by_history(warehouse: Snapshot) -> None:
    rounds = rounds_of(warehouse)
    assert (rounds.standard, rounds.years) == ("2016-2020", list(range(2015, 2021)))
    table = (
        warehouse.table("verdicts")
        .filter(ibis._.outcome == "met")
        .select("household", "village", "year", "klass", "standard")
    )
    seen: dict[str, dict[int, bool]] = defaultdict(dict)
    for row in table.to_pyarrow().to_pylist():
        if row["standard"] == rounds.standard and row["klass"] not in (None, "undetermined"):
            seen[row["household"]][row["year"]] = row["klass"] in POOR
    followed = fell = 0
    for history in seen.values():
        for year in rounds.years:
            if history.get(year - 1) is True and history.get(year) is False and year + 1 in history:
                followed += 1
                fell += history[year + 1]
    villages = frozenset(table.village.name("v").as_table().distinct().to_pyarrow()["v"].to_pylist())
    found = lasting(warehouse, villages, "ethnic", Level.DISTRICT, DAY, pooled=False)
    first = found.whole.steps[0]
    assert (first.k, first.risk, first.fell) == (1, followed, fell) and followed > 50 and fell > 0
    assert sum(curve.n for curve in found.curves) == followed
    for by in ("area", "help", "lacks"):
        assert (
            sum(c.n for c in lasting(warehouse, villages, by, Level.DISTRICT, DAY, pooled=False).curves)
            == followed
        )


@pytest.mark.django_db
@pytest.mark.parametrize("by", ["area", "ethnic", "help", "lacks"])
def test_each_role_has_its_page(
    at_home: None, cast: Cast, signed_in: Callable[[User], Client], by: str
) -> None:
    for who in (cast.province, cast.officer, cast.auditor):
        said = signed_in(who).get(f"/ho-tro/sau-thoat-ngheo/?theo={by}")
        assert said.status_code == 200 and "thoát nghèo" in said.content.decode()
    client = signed_in(cast.leader)
    said = client.get(f"/ho-tro/sau-thoat-ngheo/?theo={by}")
    assert said.status_code == 200 and "Chỉ hiện số đếm từ năm hộ" in said.content.decode()
    for curve in said.context["found"].curves:
        assert curve.n >= LEAST and all(step.fell == 0 or step.fell >= LEAST for step in curve.steps)
    assert client.get("/ho-tro/sau-thoat-ngheo/?dia-ban=03541").status_code == 404
    assert signed_in(cast.admin).get("/ho-tro/sau-thoat-ngheo/").status_code == 404
