"""A certificate is checked on a phone, without a connection and with one; what is wrong with it is told plainly."""

import json
from collections.abc import Callable

import pytest
from django.conf import settings
from playwright.sync_api import Page, Route, expect

from giamngheo.base.signing import code, sign
from tests.journeys.conftest import PHONE, barriers
from tests.reports import handed

Walk = Callable[..., Page]
NUMBER = "GCN-2022-000001"


def _code(*, secret: str = "", synthetic: bool = False, **changes: object) -> str:
    payload = handed.certificate(**changes).payload(synthetic=synthetic)
    return code(payload, sign(payload, secret=secret or settings.SIGNING_KEY))


def _answers(page: Page, told: object, status: int = 200) -> None:
    def answer(route: Route) -> None:
        route.fulfill(status=status, content_type="application/json", body=json.dumps(told))

    page.route("**/xac-minh/GCN-*/", answer)


def test_an_intact_certificate_is_laid_out_and_asked_about(walk: Walk) -> None:
    page = walk(viewport=PHONE)
    _answers(
        page, {"number": NUMBER, "standing": "valid", "since": "2022-01-01", "words": "Cấp ngày 04/01/2022."}
    )
    page.goto(f"/xac-minh/#{_code()}")
    expect(page.get_by_role("heading", level=1)).to_have_text("Mã nguyên vẹn: hãy đối chiếu với giấy")
    facts = page.locator("dl.facts")
    for words in ("Hộ nghèo", "Lò Thị Mẩy", "Bản Nậm Mẫu 1, xã Nậm Mẫu", NUMBER, "45/QĐ-UBND, 01/12/2021"):
        expect(facts).to_contain_text(words)
    expect(facts.get_by_text("Hộ cận nghèo")).to_be_hidden()
    expect(page.get_by_text("Đến hôm nay giấy còn giá trị. Cấp ngày 04/01/2022.")).to_be_visible()
    expect(page.get_by_text("Dữ liệu mô phỏng")).to_be_hidden()
    assert not barriers(page)


@pytest.mark.parametrize(
    ("told", "status", "words"),
    [
        ({"number": NUMBER, "standing": "revoked", "since": "2022-05-10", "words": "Sai tên."}, 200, "Giấy đã bị thu hồi. 10/05/2022 Sai tên."),
        ({"number": NUMBER, "standing": "superseded", "since": "2022-05-10", "words": ""}, 200, "Giấy đã được thay bằng quyết định mới. 10/05/2022"),
        ({"number": NUMBER, "standing": "unknown", "since": None, "words": ""}, 200, "Máy chủ không có giấy mang số này."),
        ({"number": "GCN-2022-000009", "standing": "valid", "since": None, "words": ""}, 200, "Chưa hỏi được máy chủ."),
        ({"number": NUMBER, "standing": "fine", "since": None, "words": ""}, 200, "Chưa hỏi được máy chủ."),
        ({}, 404, "Chưa hỏi được máy chủ."),
    ],
    ids=["revoked", "superseded", "unknown", "another's answer", "no known word", "no answer"],
)  # fmt: skip
def test_what_the_server_says_is_told_and_nothing_else_counts_as_valid(
    walk: Walk, told: object, status: int, words: str
) -> None:
    page = walk()
    _answers(page, told, status)
    page.goto(f"/xac-minh/#{_code()}")
    expect(page.get_by_text(words)).to_be_visible()
    expect(page.get_by_text("Đến hôm nay giấy còn giá trị.")).to_be_hidden()


def _altered() -> str:
    signature = _code().partition(".")[2]
    return code(handed.certificate(head_name="Vàng Văn Giả").payload(synthetic=False), signature)


@pytest.mark.parametrize(
    ("given", "heading"),
    [
        (_altered, "Giấy bị sửa hoặc giả"),
        (lambda: _code()[:-1] + ("A" if _code()[-1] != "A" else "Q"), "Giấy bị sửa hoặc giả"),
        (lambda: _code(secret="kẻ làm giả"), "Không phải giấy của tỉnh này"),
        (lambda: _code()[10:40], "Không đọc được mã"),
        (lambda: "xin-chao", "Không đọc được mã"),
        (lambda: "", "Kiểm tra giấy chứng nhận"),
    ],
    ids=["altered", "signature", "forged", "torn", "no code", "nothing"],
)
def test_what_is_wrong_is_told_and_nothing_of_it_is_shown(
    walk: Walk, given: Callable[[], str], heading: str
) -> None:
    page = walk()
    page.goto(f"/xac-minh/#{given()}")
    expect(page.get_by_role("heading", level=1)).to_have_text(heading)
    expect(page.locator("dl.facts")).to_be_hidden()
    expect(page.get_by_text("Vàng Văn Giả")).to_have_count(0)


def test_a_made_up_certificate_says_so(walk: Walk) -> None:
    page = walk()
    page.goto(f"/xac-minh/#{_code(synthetic=True)}")
    expect(page.get_by_text("Dữ liệu mô phỏng")).to_be_visible()


def test_once_opened_the_page_works_without_a_connection(walk: Walk) -> None:
    page = walk(viewport=PHONE)
    page.goto("/xac-minh/")
    expect(page.get_by_text("lần sau mở được khi không có mạng")).to_be_visible()
    page.context.set_offline(True)
    page.goto(f"/xac-minh/#{_code()}")
    page.reload()
    expect(page.get_by_role("heading", level=1)).to_have_text("Mã nguyên vẹn: hãy đối chiếu với giấy")
    expect(page.get_by_text("Chưa hỏi được máy chủ.")).to_be_visible()
    page.goto(f"/xac-minh/#{_altered()}")
    expect(page.get_by_role("heading", level=1)).to_have_text("Giấy bị sửa hoặc giả")


def test_an_address_can_be_pasted(walk: Walk) -> None:
    page = walk()
    page.goto("/xac-minh/")
    page.get_by_text("Kiểm tra mã khác").click()
    page.get_by_label("Dán địa chỉ đọc được từ mã").fill(f"https://giamngheo.example/xac-minh/#{_code()}")
    page.get_by_role("button", name="Kiểm tra", exact=True).click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Mã nguyên vẹn: hãy đối chiếu với giấy")


def test_the_server_never_gets_what_the_code_holds(walk: Walk) -> None:
    page = walk()
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url + (request.post_data or "")))
    page.goto(f"/xac-minh/#{_code()}")
    expect(page.get_by_role("heading", level=1)).to_have_text("Mã nguyên vẹn: hãy đối chiếu với giấy")
    sent = [address.split("#")[0] for address in asked]
    assert not [address for address in sent if _code()[:20] in address or "L%C3%B2" in address]
