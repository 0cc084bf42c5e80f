"""The walks through support: an officer brings the insurance workbook, settles a doubt, finds the doubles and mends one;
an auditor follows a policy from its source to a household."""

import re
from collections.abc import Callable
from pathlib import Path

import xlsxwriter
from playwright.sync_api import Page, expect

from tests.journeys.conftest import PHONE, barriers

Walk = Callable[..., Page]
OnSite = Callable[[str], str]
_SOMEBODY = """
from giamngheo.registry.models import Person
found = Person.objects.using("owner").filter(village__above__ancestor__code="03541", birth_date__isnull=False, household__isnull=False)
person = found.select_related("village").order_by("pk").distinct()[5]
print("|".join([person.full_name, f"{person.birth_date:%d/%m/%Y}", str(person.birth_date.year), person.village.name]))
"""
HEAD = ("Họ và tên", "Ngày sinh", "Mã xã", "Thôn/bản", "Mã thẻ BHYT", "Hạn sử dụng từ", "Hạn sử dụng đến", "Số tiền đóng", "Ngày cấp")  # fmt: skip


def _workbook(path: Path, somebody: str) -> None:
    """A card for this year of somebody whom the agency misspells, known by the year alone."""
    name, _day, year, village = somebody.split("|")
    with xlsxwriter.Workbook(str(path)) as book:
        sheet = book.add_worksheet("BHXH")
        sheet.write_row(0, 0, HEAD)
        row = (
            name + "h",
            year,
            "03541",
            village,
            "HN4120",
            "01/01/2021",
            "31/12/2021",
            804_600,
            "15/01/2021",
        )
        sheet.write_row(1, 0, row)


def test_an_officer_brings_a_workbook_settles_a_doubt_finds_the_doubles_and_mends_one(
    walk: Walk, on_site: OnSite, tmp_path: Path
) -> None:
    page = walk("xa")
    _workbook(tmp_path / "bhxh.xlsx", on_site(_SOMEBODY))
    page.goto("/ho-tro/nhap/")
    page.get_by_label("Cơ quan").select_option("insurance")
    page.get_by_label("Chính sách").select_option("health-insurance")
    page.set_input_files("input[type=file]", tmp_path / "bhxh.xlsx")
    page.get_by_role("button", name="Tải lên và kiểm tra").click()
    page.wait_for_selector("#doubts", timeout=60_000)
    page.locator("article button").first.click()
    page.get_by_role("button", name="Ghi vào sổ").click()
    expect(page.locator(".answer")).to_contain_text("Đã ghi 1 lần chi", timeout=60_000)

    page.goto("/ho-tro/doi-chieu/?nam=2020")
    page.get_by_role("button", name="Đối chiếu năm 2020").click()
    page.get_by_text("Lượt gần nhất").wait_for(timeout=90_000)
    page.goto("/ho-tro/doi-chieu/?nam=2020&mat=double")
    expect(page.locator(".answer")).to_contain_text("phát hiện")
    page.locator("#rows tbody th a").first.click()
    expect(page.locator("h1")).to_contain_text("Hai thẻ cùng lúc")
    page.get_by_label("Lý do, việc đã làm").fill("Đã thu hồi thẻ cấp sau")
    page.get_by_role("button", name="Ghi trả lời").click()
    expect(page.locator(".answer")).to_contain_text("Đã khắc phục")

    page.locator(".answer a").click()
    expect(page.locator("h1")).to_contain_text("được hưởng gì, đã nhận gì")
    page.get_by_text("quyền chưa xác định").click()
    assert not barriers(page)
    page.set_viewport_size(PHONE)  # type: ignore[arg-type]
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")


def test_an_auditor_follows_every_dong_from_source_to_household(walk: Walk) -> None:
    page = walk("kiemtoan")
    page.goto("/ho-tro/tong-quan/?don-vi=03541&nam=2020")
    page.get_by_role("link", name=re.compile("Bảo hiểm y tế")).click()
    expect(page.locator("#sources ~ div, section").first).to_contain_text("Ngân sách nhà nước")
    page.locator("#each ~ div tbody a").first.click()
    expect(page.locator("h1")).to_contain_text("đã nhận gì")
    assert not page.get_by_role("link", name="Ghi một lần chi").count()
