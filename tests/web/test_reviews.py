"""The pages of a review, opened by each role at every step, and walked from the lists to the decision."""

import datetime as dt
from collections.abc import Callable

import pytest
from django.test import Client

from giamngheo.access.models import User
from giamngheo.access.scope import acting_as
from giamngheo.reviews.actions import lists
from giamngheo.reviews.models import Case, Decision, Meeting, Objection, Posting
from giamngheo.rules.workdays import add_workdays
from tests.reviews.conftest import NEAR_POOR, POOR, Commune, begin, commune_2021, set_day, today

__all__ = ["begin", "commune_2021"]  # fixtures of the review room
SignIn = Callable[[User], Client]


def day(on: dt.date) -> str:
    return f"{on:%d/%m/%Y}"


@pytest.fixture
def village(commune_2021: Commune) -> str:
    """The address of the village, with two surveyed households on its list."""
    for name, answers in (("Giàng A Páo 1975", POOR), ("Sùng Thị Mỷ 1980", NEAR_POOR)):
        household = commune_2021.household(name)
        with acting_as(commune_2021.cast.officer):
            lists.add_household(of=commune_2021.of, household=household, by=commune_2021.cast.officer)
        commune_2021.visit(household, answers)
    return f"/binh-xet/2021/{commune_2021.unit.code}/{commune_2021.village.code}/"


def test_from_the_lists_to_the_decision_on_screen(
    commune_2021: Commune, village: str, signed_in: SignIn
) -> None:
    cast = commune_2021.cast
    head = signed_in(cast.head)
    assert "Danh sách đã đủ" in head.get(village).content.decode()
    head.post(f"{village}viec/xong-danh-sach")
    invitation = {"on": day(today()), "at": "00:01", "place": "Nhà văn hoá", "notice_on": day(today())}
    assert head.post(f"{village}viec/moi-hop", invitation).status_code == 302
    meeting = Meeting.objects.using("owner").get(of_id=commune_2021.of.pk)
    assert head.get(f"/giay/bien-ban/{meeting.pk}.pdf").content.startswith(b"%PDF")
    assert head.get(f"/giay/moi-hop/{meeting.pk}.pdf").content.startswith(b"%PDF")
    minutes = {
        "chair": "Lý A Dờ",
        "secretary": "Vàng Thị Mỷ",
        "count-household": "25",
        "count-party_cell": "2",
    }
    page = head.post(f"{village}hop/1/", minutes).content.decode()
    assert "chưa ghi số người đồng ý" in page and 'value="Lý A Dờ"' in page  # what was typed stays
    cases = Case.objects.using("owner").filter(of_id=commune_2021.of.pk)
    votes = {f"{what}-{case.pk}": n for case in cases for what, n in (("agree", "26"), ("disagree", "1"))}
    assert head.post(f"{village}hop/1/", {**minutes, **votes}).status_code == 302
    assert "26" in head.get(f"{village}hop/1/").content.decode()

    officer = signed_in(cast.officer)
    officer.post(f"{village}viec/niem-yet", {"starts_on": day(today()), "places": "Nhà văn hoá"})
    posting = Posting.objects.using("owner").get(of_id=commune_2021.of.pk)
    for paper in (f"niem-yet/{posting.pk}", f"doc-loa/{posting.pk}"):
        assert officer.get(f"/giay/{paper}.pdf").content.startswith(b"%PDF")
    anybody = Client()
    shown = anybody.get(f"/niem-yet/{posting.token}/").content.decode()
    assert "Giàng A Páo" in shown and "/ho/" not in shown
    said = anybody.post(f"/niem-yet/{posting.token}/", {"about": "Giàng A Páo", "text": "Nhà có xe tải"})
    objection = Objection.objects.using("owner").get(of_id=commune_2021.of.pk)
    assert objection.number in said.content.decode()
    assert officer.get(f"/phan-anh/{objection.number}/").status_code == 200
    set_day(add_workdays(posting.ends_on, 1))
    assert "Giàng A Páo" not in anybody.get(f"/niem-yet/{posting.token}/").content.decode()


def test_a_decision_and_its_papers(commune_2021: Commune, village: str, signed_in: SignIn) -> None:
    with acting_as(commune_2021.cast.officer):
        lists.finish_lists(of=commune_2021.dossier, by=commune_2021.cast.officer)
    commune_2021.meet()
    commune_2021.take_down(commune_2021.post())
    where = f"/binh-xet/2021/{commune_2021.unit.code}/"
    signed_in(commune_2021.cast.officer).post(f"{where}gui-huyen")
    signed_in(commune_2021.cast.district).post(f"{where}tra-loi", {"agrees": "yes", "on": day(today())})
    chairman = signed_in(commune_2021.cast.chairman)
    assert "Ra quyết định" in chairman.get(where).content.decode()
    chairman.post(
        f"{where}quyet-dinh", {"number": "12/QĐ-UBND", "decided_on": day(today()), "signer_title": "Chủ tịch"}
    )
    decision = Decision.objects.using("owner").get(of_id=commune_2021.of.pk)
    page = chairman.get(f"/quyet-dinh/{decision.pk}/").content.decode()
    assert "Giàng A Páo" in page and decision.hash in page
    assert chairman.get(f"/giay/quyet-dinh/{decision.pk}.pdf").content.startswith(b"%PDF")
    certificates = b"".join(chairman.get(f"/giay/chung-nhan/{decision.pk}.zip"))  # type: ignore[arg-type]
    assert b"%PDF" in certificates
    number = decision.lines.using("owner").filter(outcome="recognised_poor").get().certificate.number
    assert Client().get(f"/xac-minh/{number}/").json()["standing"] == "valid"


@pytest.mark.parametrize("who", ["head", "officer", "chairman", "district", "province", "leader", "auditor"])
def test_who_opens_what(commune_2021: Commune, village: str, signed_in: SignIn, who: str) -> None:
    client = signed_in(getattr(commune_2021.cast, who))
    where = f"/binh-xet/2021/{commune_2021.unit.code}/"
    assert client.get("/binh-xet/2021/").status_code == 200
    assert client.get(where).status_code == 200
    sees = who != "leader"  # figures, never households
    assert client.get(village).status_code == (200 if sees else 404)
    assert client.get("/dau-hieu/2021/").status_code == (200 if sees else 404)
    assert client.get("/de-nghi/").status_code == (200 if sees else 404)
    assert "Giàng A Páo" not in client.get(where).content.decode()


def test_an_officer_of_another_commune_finds_nothing(
    commune_2021: Commune, village: str, signed_in: SignIn
) -> None:
    client = signed_in(commune_2021.cast.other_officer)
    assert client.get(village).status_code == 404
    assert client.get(f"/binh-xet/2021/{commune_2021.unit.code}/").status_code == 404
    assert client.post(f"{village}viec/xong-danh-sach").status_code == 404


def test_the_board_costs_the_same_with_one_village_and_with_more(
    commune_2021: Commune, signed_in: SignIn, django_assert_max_num_queries: Callable[..., object]
) -> None:
    client = signed_in(commune_2021.cast.province)
    client.get("/binh-xet/2021/")
    with django_assert_max_num_queries(30):  # type: ignore[attr-defined]
        client.get("/binh-xet/2021/")


def test_the_start_page_says_whose_turn_it_is(commune_2021: Commune, village: str, signed_in: SignIn) -> None:
    """The lists wait for the village, then the meeting; after the district's answer the decision waits for the chairman."""
    cast = commune_2021.cast

    def start(who: User) -> str:
        return signed_in(who).get("/").content.decode()

    page = start(cast.head)
    assert "Chốt danh sách rà soát" in page and f'href="{village}"' in page
    assert "Chốt danh sách rà soát" not in start(cast.chairman)
    with acting_as(cast.officer):
        lists.finish_lists(of=commune_2021.dossier, by=cast.officer)
    assert "Mời họp thôn" in start(cast.head)
    commune_2021.meet()
    posting = commune_2021.post()
    assert "Gỡ niêm yết" not in start(cast.officer)  # it still hangs
    Client().post(f"/niem-yet/{posting.token}/", {"about": "Giàng A Páo", "text": "Nhà có xe tải"})
    page = start(cast.officer)
    assert "phản ánh chưa trả lời" in page and "đã quá hạn" not in page
    set_day(add_workdays(posting.ends_on, 30))
    page = start(cast.officer)
    assert "Gỡ niêm yết" in page and "1 đã quá hạn" in page


def test_a_household_page_tells_the_decisions_it_rests_on(
    commune_2021: Commune, village: str, signed_in: SignIn
) -> None:
    cast = commune_2021.cast
    with acting_as(cast.officer):
        lists.finish_lists(of=commune_2021.dossier, by=cast.officer)
    commune_2021.meet()
    commune_2021.take_down(commune_2021.post())
    commune_2021.agree()
    commune_2021.decide("15/QĐ-UBND")
    line = Decision.objects.using("owner").get(number="15/QĐ-UBND", of_id=commune_2021.of.pk)
    poor = line.lines.using("owner").select_related("household").get(outcome="recognised_poor")
    page = signed_in(cast.officer).get(f"/ho/{poor.household.number}/").content.decode()
    assert "15/QĐ-UBND" in page and "30/30 đồng ý" in page and "đang có hiệu lực" in page
