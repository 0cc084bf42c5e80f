"""The look and the page scripts, on the style page alone: no database, no sign-in."""

import http.server
import threading
from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path
from types import SimpleNamespace

import pytest
from django.contrib.staticfiles import finders
from django.template.loader import render_to_string
from django.test import RequestFactory
from playwright.sync_api import Browser, Page

from giamngheo.web.views.styleguide import SampleForm, _sample
from tests.journeys.conftest import DESK, PHONE, barriers

NAV = [
    {
        "label": name,
        "url": f"/{name}/",
        "icon": "house",
        "current": name == "Hộ",
        "pages": [{"label": page, "url": f"/{page}/", "current": page == "Hộ"} for page in (name, "Tìm")],
    }
    for name in ("Bắt đầu", "Hộ", "Tìm kiếm", "Nhập dữ liệu", "Pháp luật")
]


def _html() -> str:
    user = SimpleNamespace(is_authenticated=True, pk=7, full_name="Lò Văn Thử", get_role_display="Cán bộ xã")
    context = {
        **_sample(),
        "form": SampleForm(),
        "user": user,
        "nav": NAV,
        "synthetic": True,
    }
    return render_to_string("styleguide.html", context, RequestFactory().get("/"))


@pytest.fixture(scope="module")
def address(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The style page and what it loads, from a folder."""
    folder = tmp_path_factory.mktemp("style")
    html = _html()
    (folder / "index.html").write_text(html, "utf-8")
    (folder / "static").mkdir()
    for finder in finders.get_finders():
        for name, storage in finder.list([]):
            target = folder / "static" / name
            target.parent.mkdir(parents=True, exist_ok=True)
            target.write_bytes(Path(storage.path(name)).read_bytes())
    handler = partial(http.server.SimpleHTTPRequestHandler, directory=str(folder))
    handler.func.log_message = lambda *_: None  # type: ignore[attr-defined]
    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), handler)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield f"http://127.0.0.1:{server.server_address[1]}/"
    server.shutdown()


@pytest.fixture
def look(browser_here: Browser, address: str) -> Iterator[Callable[..., Page]]:
    contexts = []

    def start(*, viewport: dict[str, int] = DESK, dark: bool = False) -> Page:
        context = browser_here.new_context(viewport=viewport, color_scheme="dark" if dark else "light")  # type: ignore[arg-type]
        contexts.append(context)
        page = context.new_page()
        page.goto(address)
        return page

    yield start
    for context in contexts:
        context.close()


@pytest.mark.parametrize("dark", [False, True], ids=["light", "dark"])
@pytest.mark.parametrize("viewport", [DESK, PHONE], ids=["desk", "phone"])
def test_every_piece_can_be_read_and_reached(
    look: Callable[..., Page], viewport: dict[str, int], dark: bool
) -> None:
    page = look(viewport=viewport, dark=dark)
    page.evaluate("document.querySelectorAll('details:not(.menu)').forEach((d) => (d.open = true))")
    assert not barriers(page)
    assert page.evaluate("document.documentElement.scrollWidth <= window.innerWidth"), (
        "the page scrolls sideways"
    )


def test_a_thumb_hits_every_control(look: Callable[..., Page]) -> None:
    page = look(viewport=PHONE)
    small = page.evaluate(
        """[...document.querySelectorAll('button, .button, select, input:not([type=hidden], [type=radio], [type=checkbox]),'
            + 'summary, .tabs a, .pager a')].filter((e) => e.offsetParent && e.getBoundingClientRect().height < 43.5)
            .map((e) => e.outerHTML.slice(0, 90))"""
    )
    assert small == []


def test_figures_of_a_column_stand_under_one_another(look: Callable[..., Page]) -> None:
    widths = look().evaluate(
        """document.fonts.ready.then(() => ['1111', '8888', '4040'].map((digits) => {
            const cell = document.querySelector('td.n'); const span = document.createElement('span');
            span.textContent = digits; cell.append(span); const width = span.getBoundingClientRect().width;
            span.remove(); return Math.round(width * 100); }))"""
    )
    assert len(set(widths)) == 1


def test_the_look_is_remembered_on_this_device(look: Callable[..., Page]) -> None:
    page = look()
    page.click("header details.menu summary")
    page.click("[data-theme-choice=dark]")
    ground = "getComputedStyle(document.documentElement).backgroundColor"
    dark = page.evaluate(ground)
    page.reload()
    assert page.evaluate(ground) == dark
    page.click("header details.menu summary")
    page.click("[data-theme-choice=light]")
    assert page.evaluate(ground) != dark


def test_what_was_typed_survives_a_reload_but_secrets_do_not(look: Callable[..., Page]) -> None:
    page = look()
    page.evaluate(
        """const form = document.querySelector('form[data-keep]');
        form.insertAdjacentHTML('beforeend', '<input name="id_number"><input name="password" type="password">')"""
    )
    page.fill("#id_full_name", "Giàng A Mẫu")
    page.fill("[name=id_number]", "012345678901")
    page.fill("[name=password]", "bi-mat")
    page.wait_for_timeout(600)
    kept = page.evaluate("JSON.stringify(sessionStorage)")
    assert "Giàng A Mẫu" in kept and "012345678901" not in kept and "bi-mat" not in kept
    page.reload()
    assert page.input_value("#id_full_name") == "Giàng A Mẫu"
    page.click("text=Bỏ phần nhập dở")
    page.reload()
    assert page.input_value("#id_full_name") == ""


def test_another_person_at_the_same_machine_sees_nothing_of_it(look: Callable[..., Page]) -> None:
    page = look()
    page.fill("#id_full_name", "Giàng A Mẫu")
    page.wait_for_timeout(600)
    page.route(
        "**/",
        lambda route: route.fulfill(
            body=_html().replace('data-user="7"', 'data-user="8"'), content_type="text/html"
        ),
    )
    page.reload()
    assert page.input_value("#id_full_name") == ""
    assert "Giàng" not in page.evaluate("JSON.stringify(sessionStorage)")


def test_what_is_hard_to_undo_is_asked_once_more(look: Callable[..., Page]) -> None:
    page = look()
    sent: list[str] = []
    page.on("request", lambda request: sent.append(request.method))
    page.click("button[data-confirm]")
    assert page.inner_text("dialog p") == "Xoá phiếu này? Phiếu đã xoá không lấy lại được."
    page.click("dialog button[value=no]")
    assert "POST" not in sent
    page.click("button[data-confirm]")
    page.click("dialog button[value=yes]")
    page.wait_for_load_state()
    assert sent.count("POST") == 1


def test_without_scripts_nothing_is_offered_that_would_not_work(browser_here: Browser, address: str) -> None:
    context = browser_here.new_context(java_script_enabled=False)
    page = context.new_page()
    page.goto(address)
    assert page.locator("[data-do]:visible").count() == 0
    assert page.locator("[data-theme-choice]:visible").count() == 0
    context.close()
