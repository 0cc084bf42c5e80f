"""A real site (web server, job worker, database of its own) and a real browser to walk it."""

import contextlib
import fcntl
import json
import os
import shutil
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from axe_playwright_python.sync_playwright import Axe
from django.conf import settings
from playwright.sync_api import Browser, BrowserContext, Page, sync_playwright

from giamngheo.demo.accounts import PASSWORD
from tests.conftest import _clone, _drop

BROWSER = next(
    (
        shutil.which(n)
        for n in ("chromium-headless-shell", "chromium", "chromium-browser", "google-chrome")
        if shutil.which(n)
    ),
    None,
)
#: Debian's chromium would otherwise look up outside hosts at every start.
FLAGS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]
PHONE = {"width": 360, "height": 740}
DESK = {"width": 1280, "height": 900}
#: What axe is asked of a page, and of a page that it has seen at another width: telling what is well costs more than finding what is not.
WHOLE = {"resultTypes": ["violations"]}
OF_WIDTH = {**WHOLE, "runOnly": ["target-size", "scrollable-region-focusable"]}


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    here = Path(__file__).parent
    for item in items:
        if here in item.path.parents:
            item.add_marker(pytest.mark.browser)
            if BROWSER is None:
                item.add_marker(
                    pytest.mark.skip(
                        reason="không có chromium; cài bằng: apt-get install chromium-headless-shell"
                    )
                )


def barriers(page: Page, asked: dict[str, Any] = WHOLE) -> dict[str, str]:
    """What keeps people from a page (WCAG 2.2 AA and axe's own advice), by rule, with the first place."""
    found = Axe().run(page, options=asked).response["violations"]
    return {violation["id"]: violation["nodes"][0]["html"] for violation in found}


def _free_port() -> int:
    with socket.socket() as s:
        s.bind(("127.0.0.1", 0))
        port: int = s.getsockname()[1]
    return port


def _environment(name: str) -> dict[str, str]:
    return {
        **os.environ,
        "DJANGO_SETTINGS_MODULE": "giamngheo.config.settings",
        "GIAMNGHEO_DATABASE_NAME": name,
        "GIAMNGHEO_DEMO": "1",
        "GIAMNGHEO_WAREHOUSE": str(Path(tempfile.gettempdir()) / name),
    }


#: Stays at the site's own database and runs what it is told, a line of JSON each way: Django takes seconds to start.
_KEEPER = """
import contextlib, io, json, sys, traceback
from giamngheo.cli import start_django; start_django()
from django.db import connections
for line in sys.stdin:
    said, failed = io.StringIO(), ""
    try:
        with contextlib.redirect_stdout(said):
            exec(json.loads(line), {})
    except Exception:
        failed = traceback.format_exc()
    connections.close_all()
    print(json.dumps([said.getvalue().strip(), failed]), flush=True)
"""


@pytest.fixture(scope="session")
def on_site(site: str) -> Iterator[Callable[[str], str]]:
    """Run Python on the site's own database, as its keeper would; what it prints."""
    keeper = subprocess.Popen(
        [sys.executable, "-c", _KEEPER],
        env=_environment(f"giamngheo_site_{os.getpid()}"),
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )

    def run(code: str) -> str:
        assert keeper.stdin and keeper.stdout
        print(json.dumps(code), file=keeper.stdin, flush=True)
        said, failed = json.loads(keeper.stdout.readline())
        assert not failed, failed
        return str(said)

    yield run
    keeper.terminate()
    keeper.wait(timeout=20)


@pytest.fixture(scope="session")
def with_figures(on_site: Callable[[str], str]) -> None:
    """A snapshot, the figures of 2020 published, a commune's report of a quarter written, so that no page is looked at empty."""
    on_site(
        """
import datetime as dt
from giamngheo.access.models import User
from giamngheo.access.scope import acting_as
from giamngheo.areas.queries import unit_on
from giamngheo.reports.models import Writing
from giamngheo.reports.words.actions import write
from giamngheo.surveys.models import Round
from giamngheo.warehouse.build import build
from giamngheo.warehouse.publication import publish
build()
tinh, xa = (User.objects.get(username=name) for name in ("tinh", "xa"))
with acting_as(tinh):
    publish(round=Round.objects.get(year=2020, kind="annual"), by=tinh)
with acting_as(xa):
    unit = unit_on("03541", dt.date(2020, 12, 31))
    write(Writing.objects.create(kind="quarterly", unit=unit, period="2020-Q1", asked_by=xa), by=xa)
"""
    )


def collect_assets(environment: dict[str, str]) -> None:
    """The static files gathered once for all workers of a run; two gathering at once trip over each other."""
    run = os.environ.get("PYTEST_XDIST_TESTRUNUID", str(os.getpid()))
    marker = Path(settings.HOME) / "static-of-run"
    with marker.open("a+") as held:
        fcntl.flock(held, fcntl.LOCK_EX)
        held.seek(0)
        if held.read() == run:
            return
        ours = [sys.executable, "-c", "from giamngheo.cli import main; main()"]
        subprocess.run([*ours, "manage", "collectstatic", "--noinput", "-v0"], env=environment, check=True)
        held.truncate(0)
        held.write(run)


@pytest.fixture(scope="session")
def site(template_database: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The address of a running site on a clone of the small synthetic province."""
    name = f"giamngheo_site_{os.getpid()}"
    _clone(template_database, name)
    port = _free_port()
    environment = _environment(name)
    ours = [sys.executable, "-c", "from giamngheo.cli import main; main()"]
    collect_assets(environment)
    log = (tmp_path_factory.mktemp("site") / "log").open("w")
    pages = subprocess.Popen(
        [
            *(
                sys.executable,
                "-m",
                "gunicorn",
                "giamngheo.config.wsgi:application",
                "--bind",
                f"127.0.0.1:{port}",
            ),
            *("--workers", "1", "--threads", "4", "--worker-class", "gthread"),
        ],
        env=environment,
        stdout=log,
        stderr=log,
    )
    jobs = subprocess.Popen(
        [*ours, "work"],
        env=environment,
        stdout=log,
        stderr=log,
    )
    for _ in range(300):
        with contextlib.suppress(OSError), socket.create_connection(("127.0.0.1", port), timeout=0.2):
            break
        time.sleep(0.1)
    yield f"http://127.0.0.1:{port}"
    for child in (pages, jobs):
        child.terminate()
        child.wait(timeout=20)
    shutil.rmtree(environment["GIAMNGHEO_WAREHOUSE"], ignore_errors=True)
    _drop(name)


@pytest.fixture(scope="session")
def browser_here() -> Iterator[Browser]:
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=BROWSER, args=FLAGS)
        yield browser
        browser.close()


@pytest.fixture(scope="session")
def sessions() -> dict[str, list[Any]]:
    """Cookies of who signed in once: a password is hashed slowly on purpose."""
    return {}


@pytest.fixture
def walk(browser_here: Browser, site: str, sessions: dict[str, list[Any]]) -> Iterator[Callable[..., Page]]:
    """`walk("xa")` signs in as that account and gives the page; `viewport=PHONE` walks on a phone.

    A script error or a request to another host fails the test.
    """
    contexts: list[BrowserContext] = []
    troubles: list[str] = []

    def start(username: str = "", *, viewport: dict[str, int] = DESK, javascript: bool = True) -> Page:
        context = browser_here.new_context(
            base_url=site,
            viewport=viewport,
            locale="vi-VN",
            java_script_enabled=javascript,
            accept_downloads=True,
        )
        contexts.append(context)
        page = context.new_page()
        page.on("pageerror", lambda error: troubles.append(f"script: {error}"))
        page.on(
            "console",
            lambda m: troubles.append(f"console: {m.text}") if "Content Security" in m.text else None,
        )
        page.on(
            "request",
            lambda r: troubles.append(r.url) if not r.url.startswith((site, "data:", "blob:")) else None,
        )
        if username in sessions:
            context.add_cookies(sessions[username])
        elif username:
            page.goto("/tai-khoan/login/")
            page.fill("input[name=login]", username)
            page.fill("input[name=password]", PASSWORD)
            page.click("main button[type=submit]")
            page.wait_for_url(lambda address: "/login/" not in address)
            sessions[username] = context.cookies()
        return page

    yield start
    for context in contexts:
        context.close()
    assert not troubles
