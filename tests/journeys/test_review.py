"""The annual review walked in a browser from the lists to the certificate, under each procedure, each in their role."""

import datetime as dt
import os
from collections.abc import Callable
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from giamngheo.rules.procedures import procedure_on
from giamngheo.rules.workdays import add_workdays
from tests.journeys.conftest import PHONE, barriers

Walk = Callable[..., Page]
OnSite = Callable[[str], str]
YEARS = {"tt-17-2016-tt-14-2018": 2019, "qd-24-2021": 2021}

#: A round of its own in the year, the review of the cast's commune begun, one village with three surveyed households.
_BEGIN = """
import datetime as dt
from giamngheo.access.models import Installation, User
from giamngheo.access.scope import acting_as
from giamngheo.registry.actions import register_household
from giamngheo.registry.facts import NewMember
from giamngheo.reviews.actions import lists
from giamngheo.reviews.models import Case, Recognition, VillageReview
from giamngheo.surveys.actions import open_round, record_visit
from giamngheo.surveys.models import Round
year, D = {year}, dt.date
Installation.objects.using("owner").update(working_date=D(year, 10, 15))
Round.objects.using("owner").filter(year=year).update(kind="regular", closed_at=dt.datetime(year, 12, 31, tzinfo=dt.UTC))
people = {{u.username: u for u in User.objects.all()}}
with acting_as(people["tinh"]):
    round = open_round(year=year, opens=D(year, 9, 1), closes=D(year, 12, 14), reference_date=D(year, 11, 30), by=people["tinh"])
with acting_as(people["thon"]):
    village = people["thon"].grants.get().unit
with acting_as(people["xa"]):
    commune = people["xa"].grants.get().unit
    of = lists.open_review(round=round, commune=commune, by=people["xa"])
Recognition.objects.using("owner").filter(village_id=village.pk).delete()  # nobody is on list 2d
Case.objects.using("owner").filter(of_id=of.pk).delete()
VillageReview.objects.using("owner").filter(of_id=of.pk).exclude(village_id=village.pk).delete()
incomes = {{"Giàng A Páo": 500000, "Sùng Thị Mỷ": 900000, "Lý A Tủa": 3000000}}
ticks = ("health_access", "health_insurance", "adult_education", "child_schooling", "housing_quality", "housing_area", "water", "toilet", "telecom", "info_assets")
with acting_as(people["xa"]):
    for name, income in incomes.items():
        home = register_household(village=village, local_code="", on=D(2016, 1, 10), members=[NewMember(full_name=name, relation="head", birth_year=1975, sex="M")], by=people["xa"])
        lists.add_household(of=of, household=home, by=people["xa"])
        answers = {{**{{f"tick_{{t}}": False for t in ticks}}, "income_per_head": income}}
        record_visit(round=round, household=home, outcome="met", visited_on=D(year, 10, 14), answers=answers, by=people["xa"])
        if name == "Giàng A Páo":
            print(commune.code, village.code, home.number, round.pk)
"""
_DAY = "from giamngheo.access.models import Installation; import datetime as dt; Installation.objects.using('owner').update(working_date=dt.date.fromisoformat('{}'))"
_TODAY = "from giamngheo.access.models import Installation; print(Installation.objects.using('owner').get().working_date)"


def _shot(page: Page, name: str) -> None:
    """A picture of the page where SHOTS names a folder to keep it in."""
    if folder := os.environ.get("SHOTS"):
        page.screenshot(path=str(Path(folder) / f"{name}.png"), full_page=True)


def _day(text: str) -> str:
    return f"{dt.date.fromisoformat(text):%d/%m/%Y}"


@pytest.fixture
def back_to_the_day(on_site: OnSite) -> object:
    """The working day as it was, for the walks that come after."""
    before = on_site(_TODAY)
    yield None
    on_site(_DAY.format(before))


@pytest.mark.parametrize("procedure", YEARS)
def test_from_the_lists_to_the_certificate(
    walk: Walk, on_site: OnSite, back_to_the_day: object, procedure: str
) -> None:
    year = YEARS[procedure]
    commune, village, number, round_id = on_site(_BEGIN.format(year=year)).split()
    place = f"/binh-xet/{year}/{commune}/{village}/"
    today = f"{year}-10-15"

    scripts = procedure != "qd-24-2021"  # an old phone, once without scripts
    head = walk("thon", viewport=PHONE, javascript=scripts)
    head.goto(place)
    expect(head.locator(".answer")).to_contain_text("Lập danh sách")
    expect(head.get_by_role("row", name="Giàng A Páo")).to_contain_text("Hộ nghèo")
    if scripts:
        assert not barriers(head)
    _shot(head, f"{year}-1-village-phone")
    head.get_by_role("button", name="Danh sách đã đủ").click()
    head.get_by_label("Giờ họp").fill("00:05")
    head.get_by_label("Nơi họp").fill("Nhà văn hoá bản")
    head.get_by_role("button", name="Mời họp").click()
    head.get_by_role("link", name="Ghi biên bản").click()
    if scripts:
        assert not barriers(head)
    head.get_by_label("Người chủ trì").fill("Lý A Dờ")
    head.get_by_label("Thư ký").fill("Vàng Thị Mỷ")
    head.get_by_label("Đại diện hộ gia đình: số người").fill("30")
    for name, agree, against in (("Giàng A Páo", 31, 0), ("Sùng Thị Mỷ", 25, 2), ("Lý A Tủa", 30, 0)):
        vote = head.get_by_role("group", name=name)
        vote.get_by_label("Đồng ý", exact=True).fill(str(agree))
        vote.get_by_label("Không đồng ý").fill(str(against))
    _shot(head, f"{year}-2-minutes-phone")
    head.get_by_role("button", name="Ghi biên bản").click()
    expect(head.get_by_role("main")).to_contain_text(
        "nhiều hơn 30 người được biểu quyết"
    )  # one vote too many
    expect(head.get_by_label("Người chủ trì")).to_have_value("Lý A Dờ")
    head.get_by_role("group", name="Giàng A Páo").get_by_label("Đồng ý", exact=True).fill("28")
    head.get_by_role("button", name="Ghi biên bản").click()
    expect(head.locator(".answer")).to_contain_text("Đã thống nhất")

    officer = walk("xa")
    officer.goto(place)
    officer.get_by_role("button", name="Niêm yết danh sách").click()
    expect(officer.locator(".answer")).to_contain_text("Đang niêm yết")
    assert not barriers(officer)
    _shot(officer, f"{year}-3-posted")
    address = officer.get_by_role("link", name="Trang công khai").get_attribute("href")
    with officer.expect_response("**/giay/niem-yet/**") as paper:
        officer.evaluate("fetch(document.querySelector('a[href*=\"/giay/niem-yet/\"]').href)")
    assert paper.value.headers["content-type"] == "application/pdf"

    anybody = walk(viewport=PHONE)
    anybody.goto(str(address))
    expect(anybody.get_by_role("row", name="Giàng A Páo")).to_be_visible()
    assert not barriers(anybody)
    _shot(anybody, f"{year}-4-public-phone")
    anybody.get_by_label("Về hộ nào?").fill("Giàng A Páo")
    anybody.get_by_label("Điều không đồng ý, vì sao").fill("Nhà có xe tải cho thuê")
    anybody.get_by_role("button", name="Gửi phản ánh").click()
    expect(anybody.get_by_role("main")).to_contain_text("Số tiếp nhận: PA-")
    _shot(anybody, f"{year}-5-receipt-phone")

    officer.goto(f"/binh-xet/{year}/{commune}/phan-anh/")
    officer.get_by_role("link", name="PA-").click()
    officer.get_by_label("Số hộ").fill(number)
    officer.get_by_label("Người phúc tra").select_option(label="Giàng A Sử")
    officer.get_by_role("button", name="Giao phúc tra").click()
    expect(officer.get_by_role("main")).to_contain_text("người khác phải phúc tra")  # he surveyed it himself
    officer.get_by_label("Người phúc tra").select_option(label="Lý A Dờ")
    officer.get_by_role("button", name="Giao phúc tra").click()
    _shot(officer, f"{year}-6-objection")

    head.goto(f"/ra-soat/{round_id}/ho/{number}/")
    head.locator("input[name=h-income_per_head]").fill("3000000")
    head.locator("input[name=visited_on]").fill(_day(today))
    head.get_by_label("Lý do sửa phiếu đã ghi").fill("Phúc tra")
    head.get_by_role("button", name="Ghi phiếu").first.click()
    expect(head.get_by_role("main")).to_contain_text("Đã ghi phiếu")
    objection = officer.url
    officer.goto(objection)
    officer.get_by_label("Thay đổi").check()
    officer.get_by_label("Trả lời, nêu lý do").fill("Hộ có xe tải cho thuê, thu nhập trên chuẩn.")
    officer.get_by_role("button", name="Trả lời").click()
    expect(officer.locator(".answer")).to_contain_text("Đã trả lời")

    def pass_posting() -> None:
        officer.goto(place)
        text = str(officer.locator(".answer").text_content())
        last = dt.datetime.strptime(text.split("đến hết ")[1][:10], "%d/%m/%Y").date()  # noqa: DTZ007
        officer.get_by_role("button", name="Ghi việc gỡ niêm yết").click()
        expect(officer.get_by_role("main")).to_contain_text("chưa gỡ được")  # a posting can't be cut short
        on_site(_DAY.format(add_workdays(last, 1)))
        officer.goto(place)
        officer.get_by_role("button", name="Ghi việc gỡ niêm yết").click()

    pass_posting()
    if procedure_on(dt.date(year, 11, 30)).reposting is not None:
        expect(officer.locator(".answer")).to_contain_text("Chờ niêm yết lại")
        officer.get_by_role("button", name="Niêm yết danh sách").click()
        pass_posting()
    expect(officer.locator(".answer")).to_contain_text("Xong ở thôn")
    anybody.goto(str(address))
    expect(anybody.get_by_role("main")).not_to_contain_text("Giàng A Páo")

    officer.goto(f"/binh-xet/{year}/{commune}/")
    officer.get_by_role("button", name="Gửi lên huyện").click()
    district = walk("huyen")
    district.goto(f"/binh-xet/{year}/{commune}/")
    assert not barriers(district)
    district.get_by_label("Thống nhất", exact=True).check()
    district.get_by_role("button", name="Gửi trả lời cho xã").click()

    chairman = walk("chutich")
    chairman.goto(f"/binh-xet/{year}/{commune}/")
    chairman.get_by_label("Số quyết định").fill("12/QĐ-UBND")
    chairman.on("dialog", lambda dialog: dialog.accept())
    _shot(chairman, f"{year}-7-decide")
    chairman.get_by_role("button", name="Ra quyết định").click()
    if chairman.locator("dialog[open]").count():
        chairman.locator("dialog[open]").get_by_role("button").first.click()
    chairman.get_by_role("link", name="12/QĐ-UBND").click()
    expect(chairman.get_by_role("row", name="Sùng Thị Mỷ")).to_contain_text("Công nhận hộ cận nghèo")
    expect(chairman.get_by_role("row", name="Giàng A Páo")).to_contain_text("Không công nhận")
    assert not barriers(chairman)
    _shot(chairman, f"{year}-8-decision")
    with chairman.expect_download() as download:
        chairman.get_by_role("link", name="Giấy chứng nhận").click()
    assert Path(str(download.value.path())).read_bytes()

    leader = walk("lanhdao")
    leader.goto(f"/binh-xet/{year}/")
    expect(leader.get_by_role("main")).to_contain_text("đã có quyết định")
    assert not barriers(leader)
    _shot(leader, f"{year}-9-board")
    leader.goto(f"/binh-xet/{year}/{commune}/")
    expect(leader.get_by_role("main")).not_to_contain_text("Sùng Thị Mỷ")
    on_site("from giamngheo.reviews.queries import broken; assert not broken(using='owner')")
