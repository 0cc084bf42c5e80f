"""The analyst's pages in a browser: the warehouse is made, a question is asked by hand, its answer is taken away."""

from collections.abc import Callable
from pathlib import Path

from playwright.sync_api import Page, expect

from tests.journeys.conftest import PHONE, barriers

Walk = Callable[..., Page]


def _made(page: Page) -> None:
    page.goto("/kho-so-lieu/")
    page.get_by_role("button", name="Lập lại kho ngay").click()
    expect(page.get_by_text("Đã xong.")).to_be_visible(timeout=60_000)


def test_an_analyst_has_the_warehouse_made_asks_and_takes_the_answer(walk: Walk, tmp_path: Path) -> None:
    page = walk("tinh")
    _made(page)
    assert not barriers(page)
    page.goto("/phan-tich/?nam=2020")  # another walk may have begun the review of a later year
    expect(page.get_by_role("main")).to_contain_text("16,33%")
    assert not barriers(page)
    page.get_by_label("Thước đo").select_option("M0")
    page.get_by_label("Chia theo").select_option("commune")
    page.get_by_label("2015").check()
    page.get_by_text("Chuẩn, địa giới, ngưỡng và quyền số").click()
    page.get_by_label("Ngưỡng k (%)").fill("1/3")
    page.get_by_role("button", name="Xem").click()
    expect(page.get_by_role("columnheader", name="Thay đổi")).to_be_visible()
    expect(page.get_by_role("img").first).to_be_visible()
    assert "do=M0" in page.url and "k=1%2F3" in page.url
    assert not barriers(page)
    with page.expect_download() as download:
        page.get_by_role("link", name="CSV").click()
    file = tmp_path / "answer.csv"
    download.value.save_as(file)
    lines = file.read_text("utf-8-sig").splitlines()
    assert "estimate" in lines[0] and any("2015" in line for line in lines[1:])

    page.goto("/phan-tich/bien-dong/?tu=2016&den=2020&chuan=2016-2020")
    expect(page.get_by_role("main")).to_contain_text("không còn nghèo năm 2020")
    assert not barriers(page)

    page.goto("/kho-so-lieu/")
    page.get_by_role("button", name="Lấy các bảng này").click()
    with page.expect_download(timeout=60_000) as download:
        page.get_by_role("link", name="Tải tệp").click(timeout=60_000)
    assert download.value.suggested_filename.endswith(".zip")

    leader = walk("lanhdao", viewport=PHONE, javascript=False)
    leader.goto("/phan-tich/?do=H&theo=ethnic&nam=2018&nam=2020")
    expect(leader.get_by_role("main")).to_contain_text("cụm ít nhất 5 hộ")
    leader.get_by_label("Thước đo").select_option("near_poor")
    leader.get_by_role("button", name="Xem").click()
    expect(leader.get_by_role("heading", level=1)).to_contain_text("cận nghèo")
    wide = leader.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
    assert wide <= 0
