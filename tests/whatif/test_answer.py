"""A trial counts what judging the households one by one counts, keeps what it answered, and shows it to whom it may."""

import dataclasses
import datetime as dt
import io
from collections import Counter
from collections.abc import Callable

import ibis
import openpyxl
import pyarrow.compute as pc
import pytest
from django.test import Client

from giamngheo.access.models import User
from giamngheo.access.scope import acting_as
from giamngheo.areas.models import Level, Unit
from giamngheo.rules.engine import assess_one
from giamngheo.rules.standards import standards
from giamngheo.rules.whatif import NEW, Change, NewPolicy, changed_standard
from giamngheo.warehouse.snapshot import Snapshot
from giamngheo.whatif.actions import keep
from giamngheo.whatif.answer import DIVISIONS, Answer, answer
from giamngheo.whatif.errors import NoRoundError, NothingChangedError
from giamngheo.whatif.facts import facts_of
from tests.conftest import Cast
from tests.warehouse.conftest import at_home, warehouse

__all__ = ["at_home", "warehouse"]  # fixtures of the warehouse room
pytestmark = pytest.mark.django_db
SignedIn = Callable[[User], Client]
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


GRANT = NewPolicy("Trợ giúp mùa đông", "household", ("poor",), "", 500_000, "year", 1)


def test_a_new_policy_costs_what_its_households_are_times_its_amount(warehouse: Snapshot) -> None:
    found = tried(warehouse, Change(new=GRANT))
    [cost] = found.costs
    assert (cost.policy, cost.before, cost.rights_after) == (NEW, 0, found.rows[0].poor_before)
    assert cost.after == cost.rights_after * 500_000 > 0


def test_who_has_one_right_does_not_have_the_excluded_other(warehouse: Snapshot) -> None:
    alone = tried(warehouse, Change(new=GRANT)).costs[0]
    costs = {cost.policy: cost for cost in tried(warehouse, Change(new=GRANT, excluded=frozenset({("electricity", NEW)}))).costs}  # fmt: skip
    assert costs[NEW].after == alone.after
    lost = costs["electricity"].rights_before - costs["electricity"].rights_after
    klass = facts_of(warehouse, YEAR)[0].households[
        "klass"
    ]  # of the poor those by income surely have the power grant
    assert lost == pc.sum(pc.equal(klass, "poor_income")).as_py() > 0


def test_a_list_decides_where_a_policy_holds(warehouse: Snapshot) -> None:
    grant = dataclasses.replace(GRANT, area="border-communes")
    inside = tried(warehouse, Change(new=grant, lists={"border-communes": {"03541": True}}))
    held = next((cost.after for cost in tried(warehouse, Change(new=grant)).costs), 0)
    poor = next(
        row.poor_before for row in inside.rows[1:] if Unit.objects.get(pk=int(row.group)).code == "03541"
    )
    assert inside.costs[0].after == held + poor * 500_000 > held


CHANGES = {
    "a line": HIGHER,
    "an amount": Change(percents={"health-insurance": 150}),
    "a ceiling": Change(clocks={"poor_loan_ceiling": 150_000_000}),
    "a list": Change(lists={"poor-districts": {"105": True}}),
    "an exclusion": Change(excluded=frozenset({("electricity", "health-insurance")})),
    "a new policy": Change(new=GRANT),
}


@pytest.mark.parametrize("by", ["commune", "ethnic"])
@pytest.mark.parametrize("what", CHANGES)
def test_costs_and_loans_of_the_groups_add_up(warehouse: Snapshot, what: str, by: str) -> None:
    """đồng of support and of loans, rights and borrowers: every household is in one group."""
    found = tried(warehouse, CHANGES[what], by)
    assert {group.group for group in found.groups} <= {row.group for row in found.rows}
    assert found.groups or found.loans
    whole = {per: [cost for cost in found.costs if cost.per == per] for per in ("year", "loan")}
    for side in ("before", "after"):
        assert sum(getattr(g, side) for g in found.groups) == sum(getattr(c, side) for c in whole["year"])
        lent = sum(getattr(g, f"lent_{side}") for g in found.groups)
        assert lent == sum(getattr(c, side) for c in whole["loan"])
        rights = sum(getattr(g, f"rights_{side}") for g in found.groups)
        assert rights == sum(getattr(c, f"rights_{side}") for c in found.costs)
    for one in found.loans:
        assert sum(one.groups.values()) == one.households


def test_who_gets_more_and_who_less_is_counted_by_household(warehouse: Snapshot) -> None:
    """Whoever has the power grant gets more when it is raised and less when it is gone; one household has it once."""
    raised, gone = (tried(warehouse, Change(percents={"electricity": p})) for p in (150, 0))
    holders = raised.costs[0].rights_before
    assert [sum(g.gains for g in one.groups or ()) for one in (raised, gone)] == [holders, 0]
    assert [sum(g.loses for g in one.groups or ()) for one in (raised, gone)] == [0, holders]
    judged = facts_of(warehouse, YEAR)[0].households
    for group in raised.groups or ():
        sure = pc.and_(
            pc.equal(judged["klass"], "poor_income"), pc.equal(judged["commune"], int(group.group))
        )
        assert group.gains >= pc.sum(sure).as_py() > 0  # of the poor, those by income surely have it


def test_what_was_kept_before_groups_had_costs_still_opens(
    at_home: None, cast: Cast, signed_in: SignedIn, warehouse: Snapshot
) -> None:
    found = dataclasses.replace(tried(warehouse, HIGHER), groups=None)
    plain = found.as_plain()
    del plain["groups"]
    assert Answer.from_plain(plain) == found
    client, by = signed_in(cast.province), cast.province
    with acting_as(by):
        unit = Unit.objects.filter(level=Level.PROVINCE).first()
        assert unit
        keep(name="Cũ", year=YEAR, unit=unit, change=HIGHER, answer=found, snapshot=warehouse, by=by)
    page = client.get("/thu-chinh-sach/phuong-an/").content.decode()
    assert "Cũ" in page and "Theo huyện" not in page
    client.post("/thu-chinh-sach/giu/", {"muc-points.rural.lower": "135", "ten": "Mới"})
    [(title, compared, rows)] = client.get("/thu-chinh-sach/phuong-an/").context["divisions"]
    assert (title, [trial.name for trial in compared]) == ("Theo huyện", ["Mới"])
    assert len(rows) == len({name for name, _cells in rows}) > 1 and all(told for _name, [(_t, told)] in rows)


def test_later_years_go_by_their_own_law(warehouse: Snapshot) -> None:
    facts, _ = facts_of(warehouse, YEAR)
    villages = facts.households["village"].unique().to_pylist()
    change = Change(percents={"electricity": 200})
    found = answer(warehouse, change, year=YEAR, villages=villages, by="commune", on=DAY, years=3)
    years = [cost.year for cost in found.costs if cost.policy == "electricity"]
    assert years == [2020, 2021, 2022]
    assert [c for c in found.costs if c.year == YEAR] == tried(warehouse, change).costs
    assert Answer.from_plain(found.as_plain()) == found


def test_a_loan_ceiling_is_told_of_those_who_borrow_by_the_book(warehouse: Snapshot) -> None:
    """Nobody says who wants to borrow; the book says who did. What they may borrow at most is an upper bound."""
    found = tried(warehouse, Change(clocks={"poor_loan_ceiling": 150_000_000}))
    loans = {one.policy: one for one in found.loans}
    book = warehouse.table("deliveries").filter(
        ibis._.year == YEAR, ibis._.kind == "loan", ibis._.policy == "loan-poor"
    )
    lent = book.select("household", "amount").to_pyarrow()
    one = loans["loan-poor"]
    assert (one.loans, one.lent) == (lent.num_rows, pc.sum(lent["amount"]).as_py() or 0)
    assert one.households == len(lent["household"].unique()) > 0
    assert (one.most_before, one.most_after) == (100_000_000, 150_000_000)
    assert (one.before, one.after) == (one.households * 100_000_000, one.households * 150_000_000)
    assert loans["loan-near-poor"].most_after == 150_000_000 and "loan-students" not in loans
    assert Answer.from_plain(found.as_plain()) == found


def test_a_year_whose_price_is_not_known_is_not_nought(warehouse: Snapshot) -> None:
    facts, _ = facts_of(warehouse, YEAR)
    villages = facts.households["village"].unique().to_pylist()
    change = Change(percents={"electricity": 200})
    found = answer(warehouse, change, year=YEAR, villages=villages, by="commune", on=DAY, years=4)
    told = {cost.year: cost.unknown for cost in found.costs if cost.policy == "electricity"}
    assert told == {2020: False, 2021: False, 2022: False, 2023: True}
    assert [found.known_in(year) for year in (2022, 2023)] == [True, False]


def test_nothing_to_try_and_no_such_year(warehouse: Snapshot) -> None:
    with pytest.raises(NothingChangedError):
        tried(warehouse, Change())
    with pytest.raises(NoRoundError, match="1999"):
        facts_of(warehouse, 1999)


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
    groups = answered.context["groups"]
    assert "Chi hỗ trợ theo địa bàn" in page and "được nhiều hơn" in page
    book = openpyxl.load_workbook(
        io.BytesIO(client.get(f"/thu-chinh-sach/?{ASKED}&so-nam=2&tep=xlsx").content)
    )
    head, *rows = book["Chi phí theo nhóm"].values
    more = {row[1]: row[head.index("Chênh lệch (đồng)")] for row in rows if row[0] == YEAR}
    assert more == {group.name: group.more for group in groups}
    assert {row[0] for row in rows} == {YEAR, YEAR + 1}
    sent = {"muc-points.rural.lower": "135", "thieu-hut": "2", "ten": "Nới điểm", "hoi": ASKED}
    assert "Nới điểm" in client.post("/thu-chinh-sach/giu/", sent, follow=True).content.decode()
    assert "đã có phương án tên" in client.post("/thu-chinh-sach/giu/", sent, follow=True).content.decode()
    assert "Nới điểm" in signed_in(cast.auditor).get("/thu-chinh-sach/phuong-an/").content.decode()
    assert "Nới điểm" not in signed_in(cast.officer).get("/thu-chinh-sach/phuong-an/").content.decode()
    assert client.get(f"/thu-chinh-sach/?{ASKED}&tep=xlsx").content.startswith(b"PK")


def test_what_was_kept_opens_again_as_it_was_asked(at_home: None, cast: Cast, signed_in: SignedIn) -> None:
    client = signed_in(cast.province)
    asked = {
        "nam": str(YEAR), "muc-points.rural.lower": "135", "thieu-hut": "2", "bo": ["water"], "dong-ho-base_salary": "1.500.000",
        "dong-ho-poor_loan_rate": "6,65", "muc-huong-electricity": "150", "them-border-communes": "03541", "da-huong": "electricity",
        "khong-huong": "health-insurance", "moi-ten": "Mùa đông", "moi-ai": ["poor", "near_poor"], "moi-muc": "500.000", "moi-ky": "month",
    }  # fmt: skip
    first = client.get("/thu-chinh-sach/", asked).context["change"]
    client.post("/thu-chinh-sach/giu/", asked | {"ten": "Nhiều thay đổi"})
    page = client.get("/thu-chinh-sach/phuong-an/")
    address = next(row[-1] for row in page.context["found"] if row[0].name == "Nhiều thay đổi")
    again = client.get(f"/thu-chinh-sach/?{address}")
    assert again.status_code == 200 and again.context["change"] == first
    assert f"?{address.replace('&', '&amp;')}" in page.content.decode()


@pytest.mark.parametrize(("query", "said"), [("thieu-hut=ba", "ba"), ("thieu-hut=40", "40"), ("thieu-hut=2,7", "số nguyên"), ("muc-income.rural.lower=9.000.000", "9000000"), ("bo=zz", "zz")])  # fmt: skip
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


def test_targets_lists_exclusions_and_a_new_policy_are_asked_on_the_page(
    at_home: None, cast: Cast, signed_in: SignedIn
) -> None:
    client = signed_in(cast.province)
    strict = client.get("/thu-chinh-sach/?muc-points.rural.lower=100")
    [[name, before, now, after, then], *_rest] = strict.context["targets"]
    assert "nghèo" in name and after < before and now["word"] and then["word"]
    asked = "moi-ten=Trợ giúp mùa đông&moi-ai=poor&moi-muc=500.000&moi-ky=month&moi-don-vi=household&so-nam=2"
    told = client.get(
        f"/thu-chinh-sach/?{asked}&da-huong=new-policy&khong-huong=electricity&them-border-communes=03541"
    )
    page = told.content.decode()
    for words in (
        "Trợ giúp mùa đông",
        "Theo năm và nguồn",
        "thì không hưởng",
        "Đưa vào danh sách",
        "Chưa rõ nguồn",
    ):
        assert words in page
    lent = client.get("/thu-chinh-sach/?dong-ho-poor_loan_ceiling=150.000.000").content.decode()
    assert "Vốn vay theo sổ" in lent and "giới hạn trên" in lent
    [new] = [cost for cost in told.context["found"].costs if cost.policy == NEW and cost.year == YEAR]
    assert new.after == new.rights_after * 6_000_000 > 0
    assert client.get(f"/thu-chinh-sach/?{asked}&tep=xlsx").status_code == 200
    kept = client.post("/thu-chinh-sach/giu/", {"ten": "Mùa đông", "moi-muc": "500000", "moi-ai": "poor", "moi-ky": "year"}, follow=True)  # fmt: skip
    assert "Mùa đông" in kept.content.decode() and "500.000 đồng" in kept.content.decode()


@pytest.mark.parametrize(
    ("asked", "said"),
    [
        ("them-border-communes=99999", "không có đơn vị mã “99999”"),
        ("rut-border-communes=03541", "border-communes: 03541"),  # stands on no such list
        ("da-huong=electricity", "cần cả hai chính sách"),
        ("cho-cung=a/b/c", "không có “a/b/c”"),
        ("moi-muc=nhiều", "“nhiều” không phải là số"),
        ("moi-muc=5&moi-ky=decade", "decade"),
    ],
)
def test_what_cannot_be_tried_is_said(
    at_home: None, cast: Cast, signed_in: SignedIn, asked: str, said: str
) -> None:
    told = signed_in(cast.province).get(f"/thu-chinh-sach/?{asked}")
    assert told.status_code == 400 and said in told.content.decode()
