"""The support pages: what each role sees, the officer's errands, the auditor's way from source to household, and their cost."""

import datetime as dt
from collections.abc import Callable
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from giamngheo.access.models import User
from giamngheo.access.scope import acting_as
from giamngheo.audit.models import Event
from giamngheo.registry.models import Household
from giamngheo.rules.policies import policies
from giamngheo.support.findings import actions
from giamngheo.support.models import Delivery, Finding, FindingSearch, PlanStep, SupportList
from tests.conftest import Cast

pytestmark = pytest.mark.django_db
SignIn = Callable[[User], Client]
YEAR = 2020


@pytest.fixture
def searched(cast: Cast) -> Cast:
    """The year was looked through in the officer's commune."""
    with acting_as(cast.officer):
        search = FindingSearch.objects.create(year=YEAR, asked_by=cast.officer)
    actions.run(search.pk, by=cast.officer)
    return cast


PAGES = ("/ho-tro/tong-quan/", "/ho-tro/danh-sach/", "/ho-tro/nhap/", "/ho-tro/doi-chieu/")


@pytest.mark.parametrize(
    ("role", "answers"),
    [
        ("officer", (200, 200, 200, 200)),
        ("head", (200, 200, 200, 200)),
        ("district", (200, 200, 200, 200)),
        ("province", (200, 200, 200, 200)),
        ("auditor", (200, 200, 200, 200)),
        ("chairman", (200, 200, 404, 200)),
        ("leader", (200, 404, 404, 404)),
        ("admin", (404, 404, 404, 404)),
    ],
)
def test_each_role_has_its_pages(cast: Cast, signed_in: SignIn, role: str, answers: tuple[int, ...]) -> None:
    client = signed_in(getattr(cast, role))
    assert tuple(client.get(page).status_code for page in PAGES) == answers


def test_nothing_is_said_to_be_missing_where_nobody_has_looked(searched: Cast, signed_in: SignIn) -> None:
    """The officer looked through one commune: of it the figures are told, of the province that nobody knows yet."""
    leader = signed_in(searched.leader)
    commune, province = (
        leader.get(f"/ho-tro/tong-quan/?nam={YEAR}&don-vi={code}").content.decode()
        for code in ("03541", "12")
    )
    assert "chồng chéo chưa giải quyết" in commune and "chưa đối chiếu hai chiều" not in commune
    assert (
        "chồng chéo chưa giải quyết" not in province
        and "chưa đối chiếu hai chiều trên cả địa bàn" in province
    )
    found = signed_in(searched.other_officer).get(f"/ho-tro/doi-chieu/?nam={YEAR}").content.decode()
    assert f"năm {YEAR}: chưa đối chiếu." in found


def test_a_search_keeps_what_it_found_and_what_somebody_said_to_it(searched: Cast, signed_in: SignIn) -> None:
    client = signed_in(searched.officer)
    with acting_as(searched.officer):
        search = FindingSearch.objects.get()
        finding = Finding.objects.order_by("pk").first()
        assert (
            finding is not None and search.state == "done" and search.counts["new"] == Finding.objects.count()
        )
    said = client.get(f"/ho-tro/doi-chieu/?nam={YEAR}").content.decode()
    assert "phát hiện" in said and finding.get_kind_display() in said
    page = f"/ho-tro/doi-chieu/{finding.pk}/"
    assert "Hãy ghi lý do" in client.post(page, {"state": "mended", "reason": " "}).content.decode()
    assert client.post(page, {"state": "mended", "reason": "Đã thu hồi"}).status_code == 302
    with acting_as(searched.officer):
        again = FindingSearch.objects.create(year=YEAR, asked_by=searched.officer)
    actions.run(again.pk, by=searched.officer)
    with acting_as(searched.officer):
        again.refresh_from_db()
        finding.refresh_from_db()
        assert (again.counts["new"], finding.state, finding.reason) == (0, "mended", "Đã thu hồi")
    assert signed_in(searched.other_officer).get(page).status_code == 404


def test_what_is_delivered_later_mends_its_finding(searched: Cast) -> None:
    with acting_as(searched.officer):
        missed = Finding.objects.filter(kind="twice").first() or Finding.objects.filter(side="double").first()
        assert missed is not None
        from giamngheo.support.actions.deliveries import take_back

        take_back(
            delivery=Delivery.objects.get(pk=missed.deliveries[-1]), reason="ghi nhầm", by=searched.officer
        )
        again = FindingSearch.objects.create(year=YEAR, asked_by=searched.officer)
    actions.run(again.pk, by=searched.officer)
    with acting_as(searched.officer):
        missed.refresh_from_db()
        assert missed.state == "mended" and "không còn thấy" in missed.reason


def _home(cast: Cast) -> Any:
    with acting_as(cast.officer):
        found = (
            Delivery.objects.select_related("household").filter(policy="electricity").order_by("pk").first()
        )
        assert found is not None
        return found.household


def test_the_page_of_a_household_says_what_it_has_got_and_costs_the_same_for_all(
    cast: Cast, signed_in: SignIn
) -> None:
    home, client = _home(cast), signed_in(cast.officer)
    page = f"/ho/{home.number}/ho-tro/"
    client.get(page)
    with acting_as(cast.officer):
        other = (
            Delivery.objects.exclude(household=home).select_related("household").order_by("pk")[0].household
        )
    costs = []
    for number in (home.number, other.number):
        with CaptureQueriesContext(
            connection,
        ) as asked:
            said = client.get(f"/ho/{number}/ho-tro/").content.decode()
        costs.append(len(asked))
        assert "Được hưởng" in said and "Đã nhận qua các năm" in said
    assert costs[0] == costs[1] < 45, costs
    then = client.get(page, {"ngay": "2019-12-31"}).content.decode()
    assert "(chưa đối chiếu): " in then and ", vì " in then
    for day, shown in (("2019-06-03", "03/06/2019"), ("2031-01-01", "15/10/2021"), ("hôm qua", "15/10/2021")):
        assert f"Được hưởng ngày {shown}" in client.get(page, {"ngay": day}).content.decode()
    assert "phieu.pdf?ngay=2019-06-03" in client.get(page, {"ngay": "2019-06-03"}).content.decode()
    paper = client.get(f"{page}phieu.pdf")
    assert paper.status_code == 200 and paper.content.startswith(b"%PDF")
    assert signed_in(cast.other_officer).get(page).status_code == 404


def test_a_delivery_is_written_on_a_form_that_says_what_is_wrong(cast: Cast, signed_in: SignIn) -> None:
    home, client = _home(cast), signed_in(cast.officer)
    page = f"/ho/{home.number}/ho-tro/chi"
    told = {"policy": "electricity/power", "amount": "165", "since": "01/07/2021", "until": "30/09/2021", "given_on": "12/10/2021", "agency": "commune"}  # fmt: skip
    assert "nghìn hay triệu" in client.post(page, told).content.decode()
    assert client.post(page, {**told, "amount": "165.000"}).status_code == 302
    with acting_as(cast.officer):
        row = Delivery.objects.filter(household=home, amount=165_000).latest("pk")
    assert client.get(f"/ho-tro/lan-chi/{row.pk}/").status_code == 200
    assert (
        client.post(
            f"/ho-tro/lan-chi/{row.pk}/", {"viec": "take_back", "take_back-reason": "nhầm hộ"}
        ).status_code
        == 302
    )


def test_the_auditor_follows_every_dong_from_source_to_household(cast: Cast, signed_in: SignIn) -> None:
    client = signed_in(cast.auditor)
    said = client.get("/ho-tro/tong-quan/tung-dong/electricity/03541/2020/").content.decode()
    assert "Từ nguồn nào" in said and "Ngân sách nhà nước" in said and "/QĐ-UBND" in said
    with acting_as(cast.auditor):
        assert Event.objects.filter(subject="support_delivery", kind="read", row="03541").exists()
        of = SupportList.objects.filter(commune__code="03541", policy="electricity").first()
        assert of is not None
    assert client.get(f"/ho-tro/danh-sach/{of.pk}/").status_code == 200
    assert client.get("/ho-tro/nhap/mau/insurance.xlsx").status_code == 200


def test_the_trace_of_another_commune_is_not_there_and_a_village_head_reads_their_part(
    cast: Cast, signed_in: SignIn
) -> None:
    page = "/ho-tro/tong-quan/tung-dong/electricity/03541/2020/"
    answers = {
        role: signed_in(getattr(cast, role)).get(page) for role in ("officer", "head", "other_officer")
    }
    assert {role: answer.status_code for role, answer in answers.items()} == {"officer": 200, "head": 200, "other_officer": 404}  # fmt: skip
    said = {role: "Đây là phần của" in answer.content.decode() for role, answer in answers.items()}
    assert said == {"officer": False, "head": True, "other_officer": False}


def test_every_dong_counts_in_the_year_it_was_given_and_in_no_other(cast: Cast, signed_in: SignIn) -> None:
    """A loan of 2018 for three years is a loan of 2018; it stands on the overview without anybody having looked it through."""
    home, client = _home(cast), signed_in(cast.officer)
    code = policies()["loan-poor"].benefits[0].code
    told = {"policy": f"loan-poor/{code}", "amount": "47.000.000", "since": "05/01/2018", "until": "04/01/2021", "given_on": "05/01/2018", "agency": "bank"}  # fmt: skip
    assert client.post(f"/ho/{home.number}/ho-tro/chi", told).status_code == 302
    for year, said in ((2018, "47.000.000"), (2017, "có danh sách đã duyệt hay lần chi nào")):
        assert said in client.get(f"/ho-tro/tong-quan/?nam={year}").content.decode()
    traces = [
        client.get(f"/ho-tro/tong-quan/tung-dong/loan-poor/03541/{year}/").content.decode()
        for year in (2018, 2019, 2020)
    ]
    assert ["47.000.000" in said for said in traces] == [True, False, False]
    assert "tính vào năm đã chi" in traces[0]
    overview = client.get("/ho-tro/tong-quan/?nam=2018").content.decode()
    assert "Ngoài ra đã cho vay 47.000.000" in overview and 'đã chi <strong class="big">0' in overview
    assert '<option value="2018"' in overview


def test_a_plan_is_written_followed_and_printed(cast: Cast, signed_in: SignIn) -> None:
    home, client = _home(cast), signed_in(cast.officer)
    address = f"/ho/{home.number}/ke-hoach/"
    told = {"viec": "begin", "begin-aim": "Nuôi trâu sinh sản", "begin-companion": "Hội Phụ nữ", "begin-since": "01/03/2021"}  # fmt: skip
    assert "là ngược" in client.post(address, {**told, "begin-until": "01/02/2021"}).content.decode()
    assert client.post(address, {**told, "begin-until": "31/12/2022"}).status_code == 302
    step = {"viec": "step", "step-kind": "help", "step-what": "Vay mua trâu", "step-condition": "học lớp chăn nuôi", "step-due_on": "30/09/2021"}  # fmt: skip
    assert client.post(address, step).status_code == 302
    with acting_as(cast.officer):
        row = PlanStep.objects.get()
    one = f"/ho-tro/ke-hoach/buoc/{row.pk}/"
    assert (
        client.post(
            one, {"viec": "tell", "tell-state": "done", "tell-on": "01/10/2021", "tell-note": "50 triệu"}
        ).status_code
        == 302
    )
    for said in (
        client.get(address).content.decode(),
        client.get(f"/ho/{home.number}/ho-tro/").content.decode(),
    ):
        assert "Nuôi trâu sinh sản" in said and "chỉ có khi hộ tham gia: học lớp chăn nuôi" in said
        assert "Đạt, đã xong, 01/10/2021" in said
    assert client.get(f"/ho/{home.number}/ho-tro/phieu.pdf").content.startswith(b"%PDF")
    again = client.get(f"/ho-tro/ke-hoach/{row.plan_id}/dinh-chinh").content.decode()
    assert "Nuôi trâu sinh sản" in again
    reader = signed_in(cast.auditor)
    assert "Ghi bước này" not in reader.get(address).content.decode()
    assert reader.post(address, step).status_code == 404
    assert signed_in(cast.other_officer).get(address).status_code == 404
    assert signed_in(cast.leader).get(one).status_code == 404


def test_a_delivery_is_put_right_on_a_page_and_what_came_later_is_told(cast: Cast, signed_in: SignIn) -> None:
    home, client = _home(cast), signed_in(cast.officer)
    code = policies()["loan-poor"].benefits[0].code
    told = {"policy": f"loan-poor/{code}", "amount": "50.000.000", "since": "01/01/2020", "until": "31/12/2022", "given_on": "05/01/2020", "agency": "bank"}  # fmt: skip
    assert client.post(f"/ho/{home.number}/ho-tro/chi", told).status_code == 302
    with acting_as(cast.officer):
        loan = Delivery.objects.get(household=home, kind="loan", given_on=dt.date(2020, 1, 5))
    page = f"/ho-tro/lan-chi/{loan.pk}/"
    owed = {"viec": "standing", "standing-on": "30/09/2021", "standing-outstanding": "40.000.000", "standing-overdue": "60.000.000"}  # fmt: skip
    assert "lớn hơn dư nợ" in client.post(page, owed).content.decode()
    assert client.post(page, {**owed, "standing-overdue": "5.000.000"}).status_code == 302
    said = client.get("/ho-tro/von-vay/").content.decode()
    assert "40.000.000" in said and "5.000.000" in said and home.number in said
    before = client.get(f"{page}dinh-chinh").content.decode()
    assert "05/01/2020" in before and 'value="50.000.000"' in before
    assert (
        client.post(f"{page}dinh-chinh", {**told, "given_on": "06/01/2020"}).status_code == 200
    )  # no reason
    right = client.post(f"{page}dinh-chinh", {**told, "given_on": "06/01/2020", "reason": "sai ngày"})
    assert right.status_code == 302 and "40.000.000" in client.get(right.url).content.decode()
    assert client.get(f"{page}dinh-chinh").status_code == 404  # replaced already
    assert client.get("/ho-tro/hien-vat/").status_code == 200
    for address in ("/ho-tro/von-vay/", "/ho-tro/hien-vat/"):
        assert signed_in(cast.leader).get(address).status_code == 404
        assert home.number not in signed_in(cast.other_officer).get(address).content.decode()


def test_a_line_is_added_to_a_list_being_drawn_with_its_ground(cast: Cast, signed_in: SignIn) -> None:
    client = signed_in(cast.officer)
    assert client.post("/ho-tro/danh-sach/", {"policy": "electricity", "year": "2021"}).status_code == 302
    with acting_as(cast.officer):
        of = SupportList.objects.get(policy="electricity", state="drawn", commune__code="03541")
        listed = set(of.lines.values_list("household", flat=True))
        out = Household.objects.filter(village__in=of.lines.values("village")).exclude(pk__in=listed).first()
        assert out is not None
        code = of.lines.first().benefit  # type: ignore[union-attr]
        n = of.lines.count()
    page, told = f"/ho-tro/danh-sach/{of.pk}/", {"buoc": "add", "benefit": code, "amount": "55.000", "reason": "Biên bản 3"}  # fmt: skip
    assert "không có hộ số ấy" in client.post(page, {**told, "number": "H99999999"}).content.decode()
    assert (
        "đúng một người"
        in client.post(page, {**told, "number": out.number, "person": "Không Ai"}).content.decode()
    )
    assert client.post(page, {**told, "number": out.number.lower()}).status_code == 302
    again = client.post(page, {**told, "number": out.number}).content.decode()
    assert "đã có trong danh sách" in again and "Biên bản 3" in again
    with acting_as(cast.officer):
        assert of.lines.count() == n + 1
    assert "Thêm vào danh sách" not in signed_in(cast.district).get(page).content.decode()


def test_a_housing_list_begins_empty_and_stands_in_the_order_of_its_ranks(
    cast: Cast, signed_in: SignIn
) -> None:
    """No form asks what the housing loan asks: the village votes, the commune adds each household with its rank."""
    client = signed_in(cast.officer)
    assert (
        client.post("/ho-tro/danh-sach/", {"policy": "housing-loan-2015", "year": "2020"}).status_code == 302
    )
    with acting_as(cast.officer):
        of = SupportList.objects.get(policy="housing-loan-2015", commune__code="03541")
        homes = Household.objects.filter(ended_on__isnull=True).order_by("pk")[:3]
        numbers = [home.number for home in homes]
    page = f"/ho-tro/danh-sach/{of.pk}/"
    told = {"buoc": "add", "benefit": "loan", "amount": "25.000.000", "reason": "Biên bản họp bản"}
    assert client.post(page, {**told, "number": numbers[0]}).status_code == 200  # a rank is needed
    for number, rank in zip(numbers, ("others", "disaster", "hardship"), strict=True):
        assert client.post(page, {**told, "number": number, "rank": rank}).status_code == 302
    said = client.get(page).content.decode()
    places = [said.index(f">{number}</a>") for number in reversed(numbers)]
    assert places == sorted(places) and "hạng 1: khó khăn đặc biệt" in said


def test_a_village_is_confirmed_but_for_numbers_separated_by_any_sign(cast: Cast, signed_in: SignIn) -> None:
    with acting_as(cast.officer):
        of = next(
            of
            for of in SupportList.objects.filter(state="decided", policy="electricity", commune__code="03541")
            if of.lines.count() > 4
        )
        line = of.lines.select_related("village").order_by("pk").first()
        assert line is not None
        here = of.lines.filter(village=line.village)
        but = list(here.values_list("household__number", flat=True).distinct()[:3])
    client, page = signed_in(cast.officer), f"/ho-tro/danh-sach/{of.pk}/"
    told = {"buoc": "confirm", "village": line.village_id, "given_on": "12/10/2021", "source": "Vốn 30a"}
    wrong = client.post(page, {**told, "but": f"{but[0]},{but[1]}x"}).content.decode()
    assert (
        f"không có hộ số {but[1]}X" in wrong and "Chưa có suất nào được ghi" in wrong and "Vốn 30a" in wrong
    )
    assert "trước ngày danh sách" in client.post(page, {**told, "given_on": "10/10/1990"}).content.decode()
    assert client.post(page, {**told, "but": ";".join(but).lower()}).status_code == 302
    with acting_as(cast.officer):
        written = Delivery.objects.filter(policy=of.policy, given_on=dt.date(2021, 10, 12))
        assert not written.filter(household__number__in=but).exists()
        assert set(written.values_list("source", flat=True)) <= {"Vốn 30a"}
