"""The walks of the people the product is for, on a running site with its job worker, in a real browser."""

import re
from collections.abc import Callable
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from giamngheo.base.sheets import open_workbook
from tests.journeys.conftest import DESK, OF_WIDTH, PHONE, WHOLE, barriers

Walk = Callable[..., Page]


def _upload(page: Page, path: Path) -> None:
    page.goto("/nhap/")
    page.set_input_files("input[type=file]", path)
    page.get_by_role("button", name="Tải lên và kiểm tra").click()
    page.wait_for_selector("#problems, .key-figures", timeout=60_000)


def _broken(source: Path, target: Path, rows: int) -> None:
    """The template filled by the site, with `rows` incomes written in words."""
    import xlsxwriter

    with open_workbook(source) as book, xlsxwriter.Workbook(str(target)) as out:
        for name in book.sheet_names:
            page, income = out.add_worksheet(name), None
            for row in book.rows(name):
                for place, cell in enumerate(row.cells):
                    if name == "Hộ" and row.number == 1 and "Thu nhập" in str(cell):
                        income = place
                    page.write(row.number - 1, place, "" if cell is None else str(cell))
                if name == "Hộ" and row.number > 1 and income is not None:
                    page.write(
                        row.number - 1, income, "bảy trăm nghìn" if row.number <= rows + 1 else "650000"
                    )


def test_a_commune_officer_imports_mends_and_reads_why(walk: Walk, tmp_path: Path) -> None:
    page = walk("xa")
    page.goto("/nhap/")
    with page.expect_download() as download:
        page.get_by_role("link", name="Mẫu đã có các hộ trong sổ").first.click()
    template = tmp_path / "template.xlsx"
    download.value.save_as(template)
    _broken(template, tmp_path / "wrong.xlsx", 20)
    _upload(page, tmp_path / "wrong.xlsx")
    expect(page.locator(".answer")).to_contain_text("20 lỗi")
    expect(page.locator("tr.wrong")).to_have_count(20)
    expect(page.locator("tr.wrong").first).to_contain_text("bảy trăm nghìn")
    with page.expect_download() as download:
        page.get_by_role("link", name="Tải tệp đã đánh dấu").click()
    marked = tmp_path / "marked.xlsx"
    download.value.save_as(marked)
    with open_workbook(marked) as book:
        told = [
            row.cells
            for row in book.rows("Hộ")
            if row.number > 1 and "không phải là số" in str(row.cells[-1])
        ]
    assert len(told) == 20

    _broken(template, tmp_path / "right.xlsx", 0)
    _upload(page, tmp_path / "right.xlsx")
    page.get_by_role("button", name="Ghi vào sổ").click()
    page.wait_for_selector("text=/đã ghi/", timeout=120_000)
    _upload(page, tmp_path / "right.xlsx")
    expect(page.locator(".answer")).to_contain_text("0 hộ thay đổi, 0 hộ khảo sát lần đầu")

    page.goto("/ho/")
    page.locator("table tbody a").first.click()
    expect(page.locator("main")).to_contain_text("650.000 đồng")
    assert page.goto("/dia-ban/03442/").status == 404  # type: ignore[union-attr]
    auditor = walk("kiemtoan")
    auditor.goto("/nhat-ky/?kind=refused")
    expect(auditor.locator("main")).to_contain_text("/dia-ban/03442/")


def test_the_province_goes_down_the_map_to_a_household(walk: Walk) -> None:
    page = walk("tinh")
    page.goto("/dia-ban/12/?nam=2020")
    expect(page.locator(".answer")).to_contain_text("là hộ nghèo")
    page.locator('svg a[aria-label^="Sìn Hồ"]').first.click()
    expect(page).to_have_url(re.compile(r"/dia-ban/1\d\d/"))
    page.get_by_role("link", name="Tủa Sín Chải").last.click()
    expect(page).to_have_url(re.compile(r"/dia-ban/03541/"))
    page.locator("#map table a").first.click()
    expect(page).to_have_url(re.compile(r"/ho/"))
    page.locator("table tbody a").first.click()
    expect(page.locator("main")).to_contain_text("Ai sống trong hộ")


def test_a_leader_meets_figures_and_no_household(walk: Walk) -> None:
    page = walk("lanhdao")
    page.goto("/dia-ban/03541/?nam=2020")
    expect(page.locator("main")).to_contain_text("Hộ đã xét")
    assert page.locator('a[href^="/ho/"]').count() == 0
    assert page.goto("/ho/").status in (403, 404)  # type: ignore[union-attr]


def test_without_scripts_a_village_head_still_reads_and_searches(walk: Walk) -> None:
    page = walk("thon", viewport=PHONE, javascript=False)
    page.goto("/ho/")
    name = page.locator("table tbody a").first.inner_text()
    page.goto(f"/tim-kiem/?q={name}")
    expect(page.locator("main")).to_contain_text(name)


RESOLUTION = "/nghi-quyet/lai-chau-2016-2020/"
PAGES = {
    "": ["/cong-bo/", "/cong-bo/2020/", "/cong-bo/2020/03541/"],
    "lanhdao": ["/nghi-quyet/", f"{RESOLUTION}khoan/II.2.1/", "/mot-trang/108/", "/bao-cao-bang-loi/"],
    "xa": [
        "/",
        "/ho/",
        "/tim-kiem/?q=giang",
        "/nhap/",
        "/ra-soat/",
        "/ra-soat/dot/1/",
        "/trung-lap/",
        "/phap-luat/",
        "/phap-luat/2016-2020/",
        "/ho-tro/tong-quan/",
        "/ho-tro/danh-sach/",
        "/ho-tro/nhap/",
        "/ho-tro/doi-chieu/",
    ],
    "tinh": [
        "/dia-ban/12/?nam=2020",
        "/dia-ban/12/?nam=2019&ngay=2025-07-01",
        "/mot-trang/",
        "/so-sanh/?don-vi=106&don-vi=108",
        "/chuoi-so/",
        "/so-lieu-cong-bo/",
        f"{RESOLUTION}chi-tieu/poor-rate-fall/?muc=5&goc=42",
        f"{RESOLUTION}so-lieu/village-roads/?nam=2019",
        "/bao-cao-bang-loi/1/",
    ],
    "kiemtoan": ["/nhat-ky/"],
    "quantri": ["/tai-khoan-noi-bo/"],
}


def test_a_list_read_as_cards_can_still_be_sorted(walk: Walk) -> None:
    page = walk("thon")
    page.set_viewport_size(PHONE)
    page.goto("/ho/")
    page.get_by_role("link", name=re.compile("Số hộ.*sắp xếp")).click()
    page.wait_for_url("**xep=**")
    expect(page.locator("th[aria-sort=ascending] a")).to_be_visible()
    numbers = page.locator("td[data-label='Số hộ']").all_inner_texts()
    assert len(numbers) > 1
    assert numbers == sorted(numbers)


@pytest.mark.parametrize("username", list(PAGES))
@pytest.mark.usefixtures("with_figures")
def test_every_page_is_accessible_and_fits(walk: Walk, username: str) -> None:
    page = walk(username)
    for address in PAGES[username]:
        page.set_viewport_size(DESK)
        answer = page.goto(address)
        assert answer and answer.ok and "/login/" not in page.url, address
        for viewport, asked in ((DESK, WHOLE), (PHONE, OF_WIDTH)):
            page.set_viewport_size(viewport)
            found = barriers(page, asked)
            assert not found, (address, viewport, found)
            wide = page.evaluate(
                "document.documentElement.scrollWidth - document.documentElement.clientWidth"
            )
            assert wide <= 0, (address, viewport, f"{wide} px too wide")
        nameless = page.locator(".cards td.n:not([data-label]):not(:empty)")
        assert nameless.count() == 0, (address, nameless.first.inner_text())
