"""Every way to sign in, walked in a real browser on a site of its own: the identity service, a passkey, a second factor."""

import os
import re
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, suppress
from dataclasses import dataclass

import psycopg
import pytest
from allauth.mfa.totp.internal.auth import format_hotp_value, hotp_value
from playwright.sync_api import Browser, Page, expect

from giamngheo.demo.accounts import PASSWORD
from giamngheo.postgres.urls import database_urls
from tests.access.provider import CLIENT, SECRET, Provider, running
from tests.conftest import _clone, _drop
from tests.journeys.conftest import _free_port, collect_assets

Open = Callable[[], Page]


@dataclass(frozen=True)
class Site:
    address: str
    database: str
    provider: Provider

    def end_all_sessions(self) -> None:
        with psycopg.connect(database_urls().owner, dbname=self.database) as connection:
            connection.execute("DELETE FROM django_session")


@pytest.fixture(scope="module")
def guarded(template_database: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    """A site whose identity service is set; reached as `localhost`, since a passkey needs a name."""
    name, port = f"giamngheo_signin_{os.getpid()}", _free_port()
    with ExitStack() as stack:
        provider = stack.enter_context(running())
        _clone(template_database, name)
        stack.callback(_drop, name)
        environment = {
            **os.environ,
            "DJANGO_SETTINGS_MODULE": "giamngheo.config.settings",
            "GIAMNGHEO_DATABASE_NAME": name,
            "GIAMNGHEO_DEMO": "1",
            "GIAMNGHEO_OIDC_SERVER": provider.address,
            "GIAMNGHEO_OIDC_CLIENT": CLIENT,
            "GIAMNGHEO_OIDC_SECRET": SECRET,
        }
        collect_assets(environment)
        log = stack.enter_context((tmp_path_factory.mktemp("guarded") / "log").open("w"))
        serve = ["-m", "gunicorn", "giamngheo.config.wsgi:application", "--bind", f"127.0.0.1:{port}"]
        pages = subprocess.Popen(
            [sys.executable, *serve, "--threads", "4", "--worker-class", "gthread"],
            env=environment,
            stdout=log,
            stderr=log,
        )
        stack.callback(lambda: (pages.terminate(), pages.wait(timeout=20)))
        for _ in range(300):
            with suppress(OSError), socket.create_connection(("127.0.0.1", port), timeout=0.2):
                break
            time.sleep(0.1)
        yield Site(f"http://localhost:{port}", name, provider)


@pytest.fixture
def visit(browser_here: Browser, guarded: Site) -> Iterator[Open]:
    """A browser of its own for each call; a breach of the content policy fails the test."""
    breaches: list[str] = []
    with ExitStack() as stack:

        def start() -> Page:
            context = browser_here.new_context(base_url=guarded.address, locale="vi-VN")
            stack.callback(context.close)
            context.set_default_timeout(30_000)
            page = context.new_page()
            page.on("pageerror", lambda error: breaches.append(str(error)))
            page.on("console", lambda m: breaches.append(m.text) if "Content Security" in m.text else None)
            return page

        yield start
    assert not breaches


def _with_password(page: Page, username: str) -> None:
    page.goto("/tai-khoan/login/")
    page.fill("input[name=login]", username)
    page.fill("input[name=password]", PASSWORD)
    page.click("main button[type=submit]")


def _confirm(page: Page) -> None:
    """What guards the account is changed only after the password is typed once more."""
    expect(page.locator("h1")).to_have_text("Xác nhận lại đúng là anh/chị")
    page.fill("input[name=password]", PASSWORD)
    page.get_by_role("button", name="Xác nhận").click()


def _sign_out(page: Page) -> None:
    page.goto("/tai-khoan/logout/")
    page.locator("main form button").first.click()
    page.wait_for_url(re.compile("login|/$"))


def test_the_identity_service_signs_in_whom_the_register_knows(visit: Open, guarded: Site) -> None:
    guarded.provider.claims = {"sub": "7", "preferred_username": "xa"}
    page = visit()
    page.goto("/ho/")
    page.get_by_role("link", name="Đăng nhập bằng Tài khoản công vụ").click()
    page.get_by_role("button", name="Đi tiếp").click()
    page.wait_for_url(f"{guarded.address}/**")
    page.goto("/ho/")
    expect(page.locator("table tbody a").first).to_be_visible()


def test_the_identity_service_signs_in_nobody_else(visit: Open, guarded: Site) -> None:
    guarded.provider.claims = {"sub": "8", "preferred_username": "nguoila", "role": "administrator"}
    page = visit()
    page.goto("/tai-khoan/login/")
    page.get_by_role("link", name="Đăng nhập bằng Tài khoản công vụ").click()
    page.get_by_role("button", name="Đi tiếp").click()
    expect(page.locator("h1")).to_have_text("Anh/chị chưa có tài khoản trong sổ")
    page.goto("/ho/")
    expect(page).to_have_url(re.compile("/tai-khoan/login/"))


def test_a_passkey_is_made_signs_in_without_a_password_and_is_asked_for_elsewhere(visit: Open) -> None:
    page = visit()
    key = page.context.new_cdp_session(page)
    key.send("WebAuthn.enable")
    options = {
        "protocol": "ctap2",
        "transport": "internal",
        "hasResidentKey": True,
        "hasUserVerification": True,
        "isUserVerified": True,
        "automaticPresenceSimulation": True,
    }
    made = key.send("WebAuthn.addVirtualAuthenticator", {"options": options})
    _with_password(page, "huyen")
    page.wait_for_url("**/")
    page.goto("/tai-khoan/2fa/webauthn/add/")
    _confirm(page)
    page.fill("input[name=name]", "Máy ở huyện")
    page.check("input[name=passwordless]")
    page.click("#mfa_webauthn_add")
    page.wait_for_url(lambda url: "/add/" not in url)
    credentials = key.send("WebAuthn.getCredentials", {"authenticatorId": made["authenticatorId"]})
    assert len(credentials["credentials"]) == 1

    _sign_out(page)
    page.goto("/ho/")
    expect(page).to_have_url(re.compile("/tai-khoan/login/"))
    page.click("#passkey_login")
    page.wait_for_url(lambda url: "/tai-khoan/" not in url)
    expect(page.locator("header")).to_contain_text("Tao Văn Inh")

    page = visit()  # another machine, without the key: the password alone is not enough
    _with_password(page, "huyen")
    expect(page.locator("h1")).to_have_text("Bước xác thực thứ hai")
    page.goto("/ho/")
    expect(page).to_have_url(re.compile("/tai-khoan/"))
    expect(page.locator("table")).to_have_count(0)


def _code(secret: str, steps: int = 0) -> str:
    """What the application on the telephone shows, now or `steps` half-minutes later."""
    counter = int(time.time()) // 30 + steps
    return str(format_hotp_value(hotp_value(secret, counter)))


def test_an_application_of_codes_is_the_second_step(visit: Open) -> None:
    page = visit()
    _with_password(page, "lanhdao")
    page.wait_for_url("**/")
    page.goto("/tai-khoan/2fa/totp/activate/")
    _confirm(page)
    secret = page.locator("dd code").inner_text()
    page.fill("input[name=code]", _code(secret))
    page.get_by_role("button", name="Bật", exact=True).click()
    page.wait_for_url(lambda url: "activate" not in url)

    page = visit()
    _with_password(page, "lanhdao")
    page.fill("input[name=code]", "000000")
    page.locator("main button[type=submit]").first.click()
    expect(page.locator("h1")).to_have_text("Bước xác thực thứ hai")
    page.fill("input[name=code]", _code(secret, 1))
    page.locator("main button[type=submit]").first.click()
    page.wait_for_url(lambda url: "/tai-khoan/" not in url)
    expect(page.locator("header")).to_contain_text("Vàng Văn Thắng")


def test_a_session_that_ends_in_mid_form_loses_nothing(visit: Open, guarded: Site) -> None:
    typed = "Nhà vừa sửa mái, “chưa” lợp xong <b>"
    page = visit()
    _with_password(page, "thon")
    page.wait_for_url("**/")
    page.goto("/ho/")
    page.locator("table tbody a").first.click()
    page.get_by_role("link", name="Khảo sát 2021").click()
    page.fill("[name=note]", typed)
    guarded.end_all_sessions()
    page.get_by_role("button", name="Ghi phiếu").click()
    expect(page.locator("main")).to_contain_text("những gì anh/chị vừa nhập vẫn còn")
    page.fill("input[name=login]", "thon")
    page.fill("input[name=password]", PASSWORD)
    page.click("main button[type=submit]")
    page.wait_for_url("**/ra-soat/**")
    expect(page.locator("[name=note]")).to_have_value(typed)
