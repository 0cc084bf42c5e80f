"""A trial counts what judging the households one by one counts, keeps what it answered, and shows it to whom it may."""

import datetime as dt
from collections import Counter
from collections.abc import Callable

import pyarrow.compute as pc
import pytest
from django.test import Client

from giamngheo.access.models import User
from giamngheo.rules.engine import assess_one
from giamngheo.rules.standards import standards
from giamngheo.rules.whatif import Change, changed_standard
from giamngheo.warehouse.snapshot import Snapshot
from giamngheo.whatif.answer import DIVISIONS, Answer, answer
from giamngheo.whatif.errors import NoRoundError, NothingChangedError
from giamngheo.whatif.facts import facts_of
from tests.conftest import Cast
from tests.warehouse.conftest import at_home, warehouse

__all__ = ["at_home", "warehouse"]  # fixtures of the warehouse room
pytestmark = pytest.mark.django_db
LAW, YEAR, DAY = "2016-2020", 2020, dt.date(2020, 12, 31)
HIGHER = Change(lines={"points.rural.lower": 149, "income.rural.lower": 950_000}, deprived_at_least=1)


def tried(warehouse: Snapshot, change: Change, by: str = "commune") -> Answer:
    facts, _ = facts_of(warehouse, YEAR)
    villages = facts.households["village"].unique().to_pylist()
    return answer(warehouse, change, year=YEAR, villages=villages, by=by, on=DAY)


def test_as_judged_one_by_one(warehouse: Snapshot) -> None:
    facts, slug = facts_of(warehouse, YEAR)
    other = changed_standard(standards()[slug], HIGHER)
    chosen = facts.households.slice(0, 40)
    villages = chosen["village"].unique().to_pylist()
    found = answer(warehouse, HIGHER, year=YEAR, villages=villages, by="village", on=DAY)
    mine = facts.of(pc.is_in(facts.households["village"], chosen["village"].unique()))
    members: dict[int, list[dict[str, object]]] = {}
    for row in mine.members.to_pylist():
        members.setdefault(row["household"], []).append(row)
    poor: Counter[str] = Counter()
    for row in mine.households.to_pylist():
        own = {
            k: v
            for k, v in row.items()
            if v is not None
            and k not in ("household", "klass", "basis", "village", "commune", "district", "ethnic")
        }
        now = assess_one(own, members.get(row["household"], []), other, on=row["on"])["klass"]
        poor["before"] += row["klass"].startswith("poor")
        poor["after"] += now.startswith("poor")
        poor["in"] += now.startswith("poor") and not row["klass"].startswith("poor")
    whole = found.rows[0]
    assert (whole.poor_before, whole.poor_after, whole.becomes_poor) == (
        poor["before"],
        poor["after"],
        poor["in"],
    )
    assert poor["in"] > 0


@pytest.mark.parametrize("by", DIVISIONS)
def test_groups_add_up_and_nobody_is_lost(warehouse: Snapshot, by: str) -> None:
    whole, *rows = tried(warehouse, HIGHER, by).rows
    for name in (
        "n",
        "poor_before",
        "poor_after",
        "near_before",
        "near_after",
        "becomes_poor",
        "leaves_poor",
    ):
        assert sum(getattr(row, name) for row in rows) == getattr(whole, name)
    assert whole.poor_after - whole.poor_before == whole.becomes_poor - whole.leaves_poor


def test_money_of_a_policy_moves_with_its_amounts_alone(warehouse: Snapshot) -> None:
    found = tried(warehouse, Change(percents={"electricity": 150}))
    assert found.rows[0].poor_before == found.rows[0].poor_after
    [cost] = found.costs
    assert (cost.policy, cost.rights_before) == ("electricity", cost.rights_after)
    assert cost.after == cost.before * 3 // 2 > 0


def test_a_policy_left_out_costs_nothing_more(warehouse: Snapshot) -> None:
    [cost] = tried(warehouse, Change(percents={"electricity": 0})).costs
    assert (cost.after, cost.rights_after) == (0, 0) and cost.before > 0


def test_nothing_to_try_and_no_such_year(warehouse: Snapshot) -> None:
    with pytest.raises(NothingChangedError):
        tried(warehouse, Change())
    with pytest.raises(NoRoundError, match="1999"):
        facts_of(warehouse, 1999)


SignedIn = Callable[[User], Client]
ASKED = "muc-points.rural.lower=135&thieu-hut=2"


def test_the_page_asks_answers_and_keeps(at_home: None, cast: Cast, signed_in: SignedIn) -> None:
    client = signed_in(cast.province)
    assert "luật: 700.000" in client.get("/thu-chinh-sach/").content.decode()
    answered = client.get(f"/thu-chinh-sach/?{ASKED}")
    page = answered.content.decode()
    assert "điểm phần trăm" in page and "Ai vào, ai ra" in page and "Cộng theo nguồn" in page
    costs, sources = answered.context["found"].costs, answered.context["sources"]
    for place, loan in ((1, False), (3, True)):
        own = [cost for cost in costs if (cost.per == "loan") is loan]
        assert sum(row[place] for row in sources) == sum(cost.before for cost in own)
        assert sum(row[place + 1] for row in sources) == sum(cost.after for cost in own)
    sent = {"muc-points.rural.lower": "135", "thieu-hut": "2", "ten": "Nới điểm", "hoi": ASKED}
    assert "Nới điểm" in client.post("/thu-chinh-sach/giu/", sent, follow=True).content.decode()
    assert "đã có phương án tên" in client.post("/thu-chinh-sach/giu/", sent, follow=True).content.decode()
    assert "Nới điểm" in signed_in(cast.auditor).get("/thu-chinh-sach/phuong-an/").content.decode()
    assert "Nới điểm" not in signed_in(cast.officer).get("/thu-chinh-sach/phuong-an/").content.decode()
    assert client.get(f"/thu-chinh-sach/?{ASKED}&tep=xlsx").content.startswith(b"PK")


@pytest.mark.parametrize(("query", "said"), [("thieu-hut=ba", "ba"), ("thieu-hut=40", "40"), ("muc-income.rural.lower=9.000.000", "9000000"), ("bo=zz", "zz")])  # fmt: skip
def test_what_is_wrong_is_said(at_home: None, cast: Cast, signed_in: SignedIn, query: str, said: str) -> None:
    answer = signed_in(cast.province).get(f"/thu-chinh-sach/?{query}")
    page = answer.content.decode()
    assert answer.status_code == 400 and said in page[page.index('role="alert"') :].split("</ul>")[0]


def test_who_sees_no_households_tries_nothing_and_an_officer_only_at_home(
    at_home: None, cast: Cast, signed_in: SignedIn
) -> None:
    for person in (cast.leader, cast.admin):
        assert signed_in(person).get("/thu-chinh-sach/").status_code == 404
    assert signed_in(cast.officer).get(f"/thu-chinh-sach/?{ASKED}").status_code == 200
    assert signed_in(cast.officer).get("/thu-chinh-sach/?dia-ban=03442").status_code == 404
