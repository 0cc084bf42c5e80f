"""Whom a policy reached: beside counting rows one by one; small cells kept from who sees no households; the page by role."""

from collections.abc import Callable

import ibis
import pytest
from django.test import Client

from giamngheo.access.models import User
from giamngheo.escape.reach import Reached, _small, reach, years
from giamngheo.surveys.models import POOR
from giamngheo.warehouse.snapshot import Snapshot
from tests.conftest import Cast
from tests.warehouse.conftest import at_home, warehouse

__all__ = ["at_home", "warehouse"]  # fixtures of the warehouse room
pytestmark = pytest.mark.django_db
PAGE = "/ho-tro/den-dung-nguoi/"


def test_as_counted_row_by_row(warehouse: Snapshot) -> None:
    assert years(warehouse) == [2020, 2019]
    homes = (
        warehouse.table("verdicts")
        .filter(ibis._.year == 2019, ibis._.outcome == "met")
        .to_pyarrow()
        .to_pylist()
    )
    homes = [row for row in homes if row["klass"] not in (None, "undetermined")]
    given = (
        warehouse.table("deliveries")
        .filter(ibis._.year == 2020, ibis._.policy == "electricity")
        .to_pyarrow()
        .to_pylist()
    )
    money: dict[str, int] = {}
    for row in given:
        money[row["household"]] = money.get(row["household"], 0) + (row["amount"] or 0)
    known = {row["commune"] for row in homes if row["household"] in money}
    homes = [row for row in homes if row["commune"] in known]
    poor = [row for row in homes if row["klass"] in POOR]
    served = [row for row in homes if row["household"] in money]
    villages = frozenset(row["village"] for row in homes)
    found = reach(warehouse, villages, 2020, "electricity", "class", pooled=False)
    one = next(row for row in found.rows if row.key == "electricity")
    both = sum(row["household"] in money for row in poor)
    assert (one.households, one.poor, one.served, one.poor_served) == (
        len(homes),
        len(poor),
        len(served),
        both,
    )
    assert one.money == sum(money[row["household"]] for row in served) > 0
    assert one.measures["coverage_of_poor"] == pytest.approx(both / len(poor))
    assert one.measures["inclusion_error"] == pytest.approx(1 - both / len(served))
    assert found.policy == "electricity" and sum(group.households for group in found.groups) == len(homes)
    assert sum(group.measures["share_of_money"] or 0 for group in found.groups) == pytest.approx(1)


@pytest.mark.parametrize(
    ("cells", "told"),
    [((20, 10, 10, 5), True), ((20, 10, 10, 10), True), ((20, 10, 10, 6), False), ((10, 0, 3, 0), False), ((10, 10, 0, 0), True)],
)  # fmt: skip
def test_a_cell_of_one_to_four_is_not_told(cells: tuple[int, int, int, int], told: bool) -> None:
    """(households, poor, served, poor served): 6 of 10 poor served leaves 4 unserved."""
    assert Reached("a", *cells, money=0).told is told


def test_small_groups_take_others_in_until_they_can_be_told() -> None:
    names = ("households", "poor", "served", "poor_served", "money")
    rows = {"a": (90, 50, 40, 20, 0), "b": (30, 10, 15, 5, 0), "c": (3, 1, 1, 1, 0)}
    counted = {key: dict(zip(names, row, strict=True)) for key, row in rows.items()}
    assert _small(counted) == ["c", "b"]  # 33, 11, 16, 6: cells 6, 5, 10, 12
    assert _small({"a": counted["a"]}) == []


def test_each_role_has_its_page(at_home: None, cast: Cast, signed_in: Callable[[User], Client]) -> None:
    for who in (cast.province, cast.officer, cast.auditor):
        said = signed_in(who).get(f"{PAGE}?theo=ethnic").content.decode()
        assert "sổ chưa ghi khoảng cách" in said and "Hộ nghèo bị bỏ sót" in said
    client = signed_in(cast.leader)
    told = client.get(PAGE)
    shown = told.context["found"]
    assert "hộ khác" in [
        words for words, _one in told.context["groups"]
    ]  # the class, not small groups together
    assert all(one.told for one in (*shown.rows, *shown.groups)) and shown.unmatched == 0
    assert client.get(f"{PAGE}?dia-ban=03541").status_code == 404
    assert signed_in(cast.admin).get(PAGE).status_code == 404
