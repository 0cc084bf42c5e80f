"""The walk through the resolution: a leader from the clause to the reason, without a household; an officer on to the households."""

import re
from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from tests.journeys.conftest import PHONE, barriers

Walk = Callable[..., Page]


@pytest.mark.usefixtures("with_figures")
def test_from_the_clause_to_the_reason_and_on_to_the_households(walk: Walk) -> None:
    leader = walk("lanhdao")
    leader.goto("/nghi-quyet/?nam=2018")
    leader.get_by_role("link", name="II.2(1)", exact=True).first.click()
    leader.get_by_role("link", name="Tỷ lệ hộ nghèo giảm 3-4").first.click()
    behind = leader.locator("#map tbody tr", has_text="chậm").first.get_by_role("link")
    district, code = behind.inner_text(), re.search(r"don-vi=(\d+)", behind.get_attribute("href") or "")
    assert code
    leader.locator(f"#map svg a[*|href*='{code[0]}']").first.click()  # the same on the map
    expect(leader.locator(".trail")).to_contain_text(district.split(" ", 1)[1])
    expect(leader.locator(".standing.big")).to_contain_text("chậm")
    expect(leader.locator("#why")).to_contain_text("Thoát nghèo hẳn")
    expect(leader.locator("main")).to_contain_text("Khoảng cách giữa các dân tộc")
    assert not barriers(leader)
    assert not leader.locator("a[href^='/ho/']").count()
    address = leader.url.removeprefix("http://").partition("/")[2]
    assert leader.goto("/ho/").status in (403, 404)  # type: ignore[union-attr]

    officer = walk("tinh", viewport=PHONE)
    officer.goto(f"/{address}")
    officer.get_by_role("link", name="Các hộ của con số này").click()
    expect(officer.locator("main tbody a[href^='/ho/']").first).to_be_visible()
    officer.goto("/nghi-quyet/lai-chau-2016-2020/so-lieu/?nam=2019")
    expect(officer.locator(".answer")).to_contain_text("quá hạn")
    assert not barriers(officer)
