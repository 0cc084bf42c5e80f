"""The official reports in a browser: the province has them made, opens the households behind a number; a leader sees figures."""

from collections.abc import Callable

from playwright.sync_api import Page, expect

from tests.journeys.conftest import PHONE, barriers

Walk = Callable[..., Page]


def test_reports_are_made_read_and_opened_down_to_the_households(walk: Walk) -> None:
    province = walk("tinh")
    province.goto("/bao-cao/2020/")
    assert not barriers(province)
    province.get_by_role("button", name="Lập bộ báo cáo").click()
    made = province.get_by_role("link", name="Xem báo cáo của Tỉnh Lai Châu")
    expect(made).to_be_visible(timeout=60_000)  # the page asks for itself until the job is done
    made.click()
    assert not barriers(province)
    province.get_by_role("link", name="Tổng hợp kết quả rà soát").click()
    assert not barriers(province)
    row = province.get_by_role("row", name="Tổng cộng")
    expect(row).to_contain_text("600")
    expect(row).to_contain_text("16,33")  # as published for the end of 2020
    address = province.url
    row.get_by_role("link", name="98", exact=True).first.click()
    expect(province.get_by_role("main")).to_contain_text("98 hộ")
    province.get_by_role("row").nth(1).get_by_role("link").first.click()
    expect(province.get_by_role("heading", name="Kết luận từng năm và vì sao")).to_be_visible()

    leader = walk("lanhdao", viewport=PHONE, javascript=False)
    leader.goto(address)
    expect(leader.get_by_role("row", name="Tổng cộng")).to_contain_text("16,33")
    expect(leader.get_by_role("row", name="Tổng cộng").get_by_role("link")).to_have_count(0)
    wide = leader.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
    assert wide <= 0  # the table scrolls in its own box
