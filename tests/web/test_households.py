"""The list of households, the page of one, and writing down what happened to it."""
# ruff: noqa: F401, F811 (fixtures are imported by name)

import csv
import datetime as dt
import io
import re
from collections.abc import Callable

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils.html import escape

from giamngheo.access.models import User
from giamngheo.access.scope import acting_as
from giamngheo.areas.models import Unit
from giamngheo.audit.models import Event
from giamngheo.registry.actions import correct_person, move_household
from giamngheo.registry.models import Household
from giamngheo.rules.standards import standards
from giamngheo.surveys.models import POOR
from giamngheo.surveys.queries import verdicts_in, verdicts_of
from giamngheo.web.views.household_forms import FORMS
from giamngheo.web.views.household_list import CLASSES, last_round
from giamngheo.web.views.household_page import _without_the_form
from tests.conftest import Cast
from tests.registry.conftest import (
    DAY,
    MakeHousehold,
    elsewhere,
    make_household,
    names,
    officer,
    villages,
)

SignIn = Callable[[User], Client]
FAMILY = ("Phừ Đạt Khừm 1975", "Vàng Thị Xớ 1978 spouse", "Phừ Thị Mỷ 2005 child")


@pytest.fixture
def household(make_household: MakeHousehold) -> Household:
    return make_household(*FAMILY)


@pytest.fixture
def page(cast: Cast, household: Household, signed_in: SignIn) -> str:
    """The household's page as the commune officer sees it."""
    return signed_in(cast.officer).get(f"/ho/{household.number}/").content.decode()


def test_the_list_shows_households_by_name_and_narrows(
    cast: Cast,
    signed_in: SignIn,
    household: Household,
    make_household: MakeHousehold,
    villages: list[Unit],
) -> None:
    other = make_household("Vừ Chá Đớ 1961", village=villages[1])
    client = signed_in(cast.officer)
    both = client.get("/ho/", {"q": "phu dat khum"}).content.decode()
    assert household.number in both
    assert other.number not in both
    there = client.get("/ho/", {"dia-ban": villages[1].code, "q": "vu cha do"}).content.decode()
    assert other.number in there
    assert (
        other.number
        not in client.get("/ho/", {"dia-ban": villages[0].code, "q": "vu cha do"}).content.decode()
    )


@pytest.mark.parametrize("order", ["name", "-name", "number", "-number", "village", "nonsense"])
def test_the_list_has_orders(cast: Cast, signed_in: SignIn, household: Household, order: str) -> None:
    part = signed_in(cast.officer).get("/ho/", {"xep": order, "q": "phu dat khum"}, HTTP_HX_REQUEST="true")
    assert household.number in part.content.decode()
    assert "<html" not in part.content.decode()


def test_queries_of_the_list_do_not_grow_with_rows(
    cast: Cast,
    signed_in: SignIn,
    make_household: MakeHousehold,
) -> None:
    client, counts = signed_in(cast.officer), []
    for more in (1, 3):
        for _ in range(more):
            make_household(*FAMILY)
        client.get("/ho/", {"q": "phu dat khum"})
        with CaptureQueriesContext(connection) as queries:
            client.get("/ho/", {"q": "phu dat khum"})
        counts.append(len(queries))
    assert counts[0] == counts[1]


def test_queries_of_a_household_do_not_grow_with_its_members(
    cast: Cast,
    signed_in: SignIn,
    make_household: MakeHousehold,
) -> None:
    client, counts = signed_in(cast.officer), []
    for people in (FAMILY[:1], FAMILY):
        address = f"/ho/{make_household(*people).number}/"
        client.get(address)
        with CaptureQueriesContext(connection) as queries:
            client.get(address)
        counts.append(len(queries))
    assert counts[0] == counts[1]


def test_a_household_page_says_who_and_offers_what_may_be_written(page: str) -> None:
    assert "Hộ ông Phừ Đạt Khừm" in page
    assert "Vàng Thị Xớ" in page
    assert "Chưa được khảo sát lần nào" in page
    for slug in FORMS:
        assert f"/ghi/{slug}/" in page, slug


def test_an_auditor_reads_and_is_offered_no_writing(
    cast: Cast, household: Household, signed_in: SignIn
) -> None:
    client = signed_in(cast.auditor)
    assert "/ghi/" not in client.get(f"/ho/{household.number}/").content.decode()
    assert client.get(f"/ho/{household.number}/ghi/mat/").status_code == 404


@pytest.mark.parametrize("role", ["other_officer", "leader", "admin"])
def test_a_household_outside_the_area_is_not_there_and_the_try_is_recorded(
    cast: Cast, household: Household, signed_in: SignIn, role: str
) -> None:
    user = getattr(cast, role)
    assert signed_in(user).get(f"/ho/{household.number}/").status_code == 404
    with acting_as(cast.auditor):
        refused = Event.objects.filter(kind="refused", actor=user.pk).latest("id")
        assert refused.details["path"] == f"/ho/{household.number}/"


def test_an_id_number_is_masked_until_asked_for_and_the_asking_is_recorded(
    cast: Cast,
    officer: User,
    household: Household,
    signed_in: SignIn,
) -> None:
    head = household.members.get(relation="head")
    correct_person(person=head, id_number="012345678901", reason="bổ sung", by=officer)
    client = signed_in(cast.officer)
    page = client.get(f"/ho/{household.number}/").content.decode()
    assert "•••••••••901" in page
    assert "012345678901" not in page
    address = f"/ho/{household.number}/giay-to/{head.pk}/"
    assert client.get(address).status_code == 405
    shown = client.post(address)
    assert "012345678901" in shown.content.decode()
    assert shown["Cache-Control"] == "no-store"
    with acting_as(cast.auditor):
        assert Event.objects.filter(kind="read", row=str(head.pk), actor=cast.officer.pk).exists()


def test_nobody_reads_an_id_number_through_another_household(
    cast: Cast,
    household: Household,
    make_household: MakeHousehold,
    signed_in: SignIn,
) -> None:
    other = make_household("Vừ Chá Đớ 1961")
    stranger = other.members.get()
    assert signed_in(cast.officer).post(f"/ho/{household.number}/giay-to/{stranger.pk}/").status_code == 404


@pytest.mark.parametrize("slug", FORMS)
def test_every_form_opens_and_keeps_what_was_typed_beside_its_errors(
    cast: Cast, household: Household, signed_in: SignIn, slug: str
) -> None:
    client, address = signed_in(cast.officer), f"/ho/{household.number}/ghi/{slug}/"
    assert client.get(address).status_code == 200
    answer = client.post(
        address, dict.fromkeys(("on", "birth_date", "since"), "31/02/2021") | {"reason": "thử xem"}
    )
    assert answer.status_code == 200
    assert "thử xem" in answer.content.decode()


def posted(client: Client, household: Household, slug: str, **data: object) -> str:
    answer = client.post(f"/ho/{household.number}/ghi/{slug}/", data, follow=True)
    return answer.content.decode()


def test_a_birth_and_a_death_are_written_down_and_the_death_taken_back(
    cast: Cast, household: Household, signed_in: SignIn
) -> None:
    client = signed_in(cast.officer)
    head, wife, _child = household.members.order_by("pk")
    posted(
        client,
        household,
        "sinh",
        full_name="Phừ A Tỏa",
        birth_date="02/09/2021",
        relation="child",
        ethnic="08",
    )
    assert "Phừ A Tỏa child" in names(household)
    refused = posted(client, household, "mat", person=head.pk, on="01/10/2021")
    assert "hãy chọn chủ hộ mới" in refused
    posted(client, household, "mat", person=head.pk, on="01/10/2021", new_head=wife.pk, reason="giấy báo tử")
    assert names(household)[0] == "Vàng Thị Xớ head"
    event = household.events.get(kind="died")
    answer = client.post(f"/ho/{household.number}/huy/{event.pk}/", {"reason": "nhầm người"}, follow=True)
    assert "Đã huỷ" in answer.content.decode()
    assert names(household)[0] == "Phừ Đạt Khừm head"


@pytest.mark.parametrize(
    ("birth_date", "birth_year", "born"),
    [
        ("12/03/1976", "", (dt.date(1976, 3, 12), 1976)),
        ("12/03/1976", "1976", (dt.date(1976, 3, 12), 1976)),
        ("12/03/1976", "1974", None),
        ("", "1974", (None, 1974)),
        ("", "", (None, None)),
    ],
)
def test_a_birth_is_corrected_by_day_or_year_and_both_agree(
    cast: Cast,
    household: Household,
    signed_in: SignIn,
    birth_date: str,
    birth_year: str,
    born: tuple[dt.date | None, int | None] | None,
) -> None:
    client, wife = signed_in(cast.officer), household.members.get(relation="spouse")
    told = {
        "person": wife.pk,
        "full_name": wife.full_name,
        "ethnic": wife.ethnic,
        "reason": "theo giấy khai sinh",
    }
    answer = posted(client, household, "dinh-chinh", **told, birth_date=birth_date, birth_year=birth_year)
    wife.refresh_from_db()
    if born is None:
        assert "không khớp nhau" in answer
    assert (wife.birth_date, wife.birth_year) == (born or (None, 1978))
    form = client.get(f"/ho/{household.number}/ghi/dinh-chinh/?nguoi={wife.pk}").content.decode()
    shown = re.search(r'name="birth_year" value="(\d+)"', form)  # asked for only where the day is not known
    assert (shown and int(shown[1])) == (None if wife.birth_date else wife.birth_year)


def test_a_new_household_is_written_down(cast: Cast, villages: list[Unit], signed_in: SignIn) -> None:
    data = {"full_name": "Sùng A Vảng", "birth_year": "1980", "village": villages[0].code, "on": "15/10/2021"}
    answer = signed_in(cast.officer).post("/ho/moi/", data, follow=True)
    assert "Sùng A Vảng" in answer.content.decode()
    answer = signed_in(cast.officer).post("/ho/moi/", {**data, "village": "không có bản này"})
    assert "Không có thôn, bản nào" in answer.content.decode()


def test_nobody_writes_a_household_into_another_area(cast: Cast, elsewhere: Unit, signed_in: SignIn) -> None:
    data = {"full_name": "Sùng A Vảng", "birth_year": "1980", "village": elsewhere.code, "on": "15/10/2021"}
    answer = signed_in(cast.officer).post("/ho/moi/", data)
    assert "không thuộc địa bàn" in answer.content.decode()


def test_a_household_handed_over_leaves_the_list_with_a_word(
    cast: Cast,
    household: Household,
    elsewhere: Unit,
    signed_in: SignIn,
) -> None:
    answer = posted(signed_in(cast.officer), household, "chuyen-ho", village=elsewhere.code, on="15/10/2021")
    assert "Đã ghi vào sổ" in answer
    with acting_as(cast.other_officer):
        assert Household.objects.filter(pk=household.pk).exists()


def test_the_past_stays_on_the_page(
    cast: Cast,
    officer: User,
    household: Household,
    villages: list[Unit],
    signed_in: SignIn,
) -> None:
    correct_person(
        person=household.members.get(relation="head"), full_name="Phừ Đạt Khừn", reason="căn cước", by=officer
    )
    move_household(household=household, village=villages[1], on=DAY, reason="về bản cũ", by=officer)
    page = signed_in(cast.officer).get(f"/ho/{household.number}/").content.decode()
    for past in ("Phừ Đạt Khừm", "căn cước", villages[0].name, "về bản cũ", "Cả hộ chuyển từ"):
        assert past in page, past


@pytest.fixture
def judged(cast: Cast) -> Household:
    """A household of the synthetic province that the last closed review found poor."""
    with acting_as(cast.officer):
        poor = verdicts_in(last_round(cast.officer), classes=[*POOR], seen_by=cast.officer).first()
        assert poor is not None
        return poor.household


def test_the_page_answers_first_which_class_and_why(cast: Cast, judged: Household, signed_in: SignIn) -> None:
    with acting_as(cast.officer):
        latest = verdicts_of(judged, seen_by=cast.officer)[0]
        reason = latest.reasons("vi")[0]
    page = signed_in(cast.officer).get(f"/ho/{judged.number}/").content.decode()
    head, body = page.split("<h2", 1)
    assert f"Năm {latest.round.year}" in head
    assert "Hộ nghèo" in head
    assert escape(reason) in head
    for words in (
        "Kết luận từng năm",
        "Điều gì sẽ làm đổi diện",
        "Từng chỉ số thiếu hụt",
        "Câu trả lời qua các năm",
    ):
        assert words in body, words


def test_the_page_is_english_for_those_who_switch(cast: Cast, judged: Household, signed_in: SignIn) -> None:
    client = signed_in(cast.officer)
    client.cookies["django_language"] = "en"
    page = client.get(f"/ho/{judged.number}/").content.decode()
    assert "Who lives in the household" in page or "Who lives" in page
    assert "Kết luận từng năm" not in page


@pytest.mark.parametrize(("word", "classes"), CLASSES.items())
def test_the_list_narrows_to_a_class_of_the_last_round(
    cast: Cast, signed_in: SignIn, word: str, classes: list[str]
) -> None:
    with acting_as(cast.officer):
        wanted = verdicts_in(last_round(cast.officer), classes=classes, seen_by=cast.officer).count()
    page = signed_in(cast.officer).get("/ho/", {"dien": word})
    assert page.context["page"].paginator.count == wanted
    assert {row["klass"] for row in page.context["rows"]} <= set(classes)


def test_the_same_answers_stand_under_every_standard(
    cast: Cast, judged: Household, signed_in: SignIn
) -> None:
    client = signed_in(cast.officer)
    page = client.get(f"/ho/{judged.number}/chuan/")
    assert len(page.context["rows"]) == len(standards())
    assert [row["in_force"] for row in page.context["rows"]].count(True) == 1
    assert client.get(f"/ho/{judged.number}/").content.decode().count(f"/ho/{judged.number}/chuan/") == 1
    in_force = next(row for row in page.context["rows"] if row["in_force"])
    assert in_force["found"]["klass"] in POOR


def test_ticks_and_totals_of_a_form_do_not_count_under_another_standard() -> None:
    answers = {
        "income_per_head": 300_000,
        "tick_health_insurance": True,
        "b1_points": 60,
        "deprived_count": 6,
    }
    assert _without_the_form(answers) == {"income_per_head": 300_000}


def test_the_list_goes_out_as_asked_and_that_is_recorded(cast: Cast, signed_in: SignIn, acting) -> None:  # type: ignore[no-untyped-def]
    client = signed_in(cast.officer)
    page = client.get("/ho/?dien=ngheo&xep=village").content.decode()
    assert "/ho/?dien=ngheo&amp;xep=village&amp;tep=csv" in page
    answer = client.get("/ho/?dien=ngheo&xep=village&tep=csv")
    rows = list(csv.reader(io.StringIO(answer.content.decode("utf-8-sig"))))
    assert rows[0][:3] == ["Số hộ", "Mã của thôn", "Chủ hộ"]
    assert len(rows) > 1 and all("nghèo" in row[6] and "cận" not in row[6] for row in rows[1:])
    with acting(cast.auditor):
        event = Event.objects.filter(kind="export", subject="registry_household").latest("pk")
    assert event.details["rows"] == len(rows) - 1
    assert signed_in(cast.leader).get("/ho/?tep=csv").status_code == 404
