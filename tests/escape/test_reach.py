"""Whom a policy reached: beside counting rows one by one; how far pools may be off; the page by role."""

from collections.abc import Callable

import ibis
import pyarrow as pa
import pytest
from django.test import Client

from giamngheo.access.models import User
from giamngheo.escape.reach import of_cells, reach
from giamngheo.surveys.models import POOR
from giamngheo.warehouse.disclosure import LEAST
from giamngheo.warehouse.outcomes import years_reached
from giamngheo.warehouse.places import UNKNOWN
from giamngheo.warehouse.snapshot import Snapshot
from tests.conftest import Cast

pytestmark = pytest.mark.django_db
PAGE = "/ho-tro/den-dung-nguoi/"


def test_as_counted_row_by_row(warehouse: Snapshot) -> None:
    assert years_reached(warehouse) == [2020, 2019]
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


def test_how_far_pools_may_be_off() -> None:
    """60 poor in twelve pools of five, half of them served: as of twelve drawn and four more, 2·√(1/4 / 16) = 1/4."""
    cell = {"policy": "a", "state": "poor", "many": 30, "squares": 150}
    cells = pa.Table.from_pylist([cell | {"received": 1, "amount": 90}, cell | {"received": 0, "amount": 0}])
    [one] = of_cells(cells, "policy", pooled=True)
    assert (one.households, one.poor, one.served, one.poor_served, one.money) == (60, 60, 30, 30, 90)
    assert one.off == pytest.approx(1 / 4) and one.measures["benefit_mean"] == 3
    assert one.money_off == pytest.approx(2 * 150**0.5 / 30)  # six pools of thirty households
    assert of_cells(cells, "policy", pooled=False)[0].off is None


def test_households_whose_group_is_not_known_are_a_group_of_their_own() -> None:
    """Of 40 poor of one people all are served, of 20 of no known people none; everyone is neither of the two."""
    cell = {"policy": "a", "state": "poor", "squares": 60}
    cells = pa.Table.from_pylist(
        [
            cell | {"ethnic": "01", "many": 40, "received": 1, "amount": 80},
            cell | {"ethnic": "", "many": 20, "received": 0, "amount": 0},
        ]
    )
    found = {one.key: one for one in of_cells(cells, "ethnic", pooled=False)}
    assert {key: one.households for key, one in found.items()} == {"01": 40, UNKNOWN: 20}
    assert {key: one.measures["coverage_of_poor"] for key, one in found.items()} == {"01": 1, UNKNOWN: 0}


def test_each_role_has_its_page(at_home: None, cast: Cast, signed_in: Callable[[User], Client]) -> None:
    for who in (cast.province, cast.officer, cast.auditor):
        said = signed_in(who).get(f"{PAGE}?theo=ethnic").content.decode()
        assert "sổ chưa ghi khoảng cách" in said and "Hộ nghèo bị bỏ sót" in said
    client = signed_in(cast.leader)
    told = client.get(PAGE)
    shown = told.context["found"]
    assert "hộ khác" in [words for words, _one in told.context["groups"]]
    for one in (*shown.rows, *shown.groups):
        counts = (
            one.poor_served,
            one.poor - one.poor_served,
            one.served - one.poor_served,
            one.households - one.served,
        )
        assert set(counts).isdisjoint(range(1, LEAST))
    assert shown.rows and shown.unmatched == 0 and "mỗi cụm nói theo một hộ bốc thăm" in told.content.decode()
    assert client.get(f"{PAGE}?dia-ban=03541").status_code == 200  # a commune: sums of whole pools
    assert signed_in(cast.admin).get(PAGE).status_code == 404
