"""`giamngheo run`: everything up to the first page, and the pages themselves."""

import contextlib
import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import click

DEMO_DAY = "2021-10-15"
#: Seconds a slow machine may take to the first page.
PATIENCE = 180


@click.command(short_help="Chạy phần mềm / serve the pages")
@click.option(
    "--demo",
    is_flag=True,
    help="Nạp tỉnh mô phỏng và in tài khoản thử / synthetic province and trial sign-ins",
)
@click.option("--small", is_flag=True, help="Với --demo: chỉ vài xã / a few communes only")
@click.option("--host", default="127.0.0.1", show_default=True)
@click.option("--port", default=8000, show_default=True)
@click.option(
    "--workers",
    default=2,
    show_default=True,
    help="Số tiến trình trả lời trang / processes that answer pages",
)
def command(demo: bool, small: bool, host: str, port: int, workers: int) -> None:
    """Chuẩn bị những gì còn thiếu rồi chạy: trang web và việc nền. Dừng bằng Ctrl+C.

    Prepare whatever is missing, then serve the pages and run the background jobs. Stop with Ctrl+C.
    """
    began = time.monotonic()
    _refuse_taken(host, port)
    if demo:
        os.environ["GIAMNGHEO_DEMO"] = "1"
    from giamngheo.cli import start_django

    start_django()
    _prepare(demo=demo, small=small)
    address = f"http://{'localhost' if host == '127.0.0.1' else host}:{port}/"
    _serve(host, port, workers, lambda: _announce(address, demo, time.monotonic() - began))


def _refuse_taken(host: str, port: int) -> None:
    """Said before anything is prepared: another program's page would else be taken for ours."""
    with socket.socket() as tried:
        tried.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            tried.bind((host, port))
        except OSError as error:
            raise click.ClickException(
                f"Không mở được {host}:{port} ({error.strerror}); có chương trình khác đang dùng thì thử --port khác. "
                f"/ {host}:{port} cannot be opened; try another --port."
            ) from error


def _prepare(*, demo: bool, small: bool) -> None:
    import datetime as dt

    from django.core.management import call_command

    from giamngheo.base.law import law_dir
    from giamngheo.config.setup import install_province, migrate

    migrate(click.echo)
    call_command("collectstatic", interactive=False, verbosity=0)
    if demo:
        from giamngheo.demo.accounts import open_accounts
        from giamngheo.demo.load import is_loaded, load
        from giamngheo.warehouse import build

        if not is_loaded():
            install_province(
                law_dir() / "areas" / "lai-chau",
                say=click.echo,
                synthetic=True,
                working_date=dt.date.fromisoformat(DEMO_DAY),
            )
            load(small=small, say=click.echo)
            open_accounts()
            click.echo("Lập kho số liệu để phân tích…")
            build.build()
            _ask_for_a_check()


def _ask_for_a_check() -> None:
    """The job runner looks through the last year of support while the first pages are read."""
    from giamngheo.access.models import User
    from giamngheo.access.scope import acting_as
    from giamngheo.support import queries
    from giamngheo.support.findings.actions import ask_for_search

    province = User.objects.get(username="tinh")
    with acting_as(province):
        if year := queries.last_year_listed(seen_by=province):
            ask_for_search(year=year, by=province)


def _announce(address: str, demo: bool, seconds: float) -> None:
    click.echo(f"\nSẵn sàng sau {seconds:.0f} giây: {address}   (dừng: Ctrl+C)")
    if demo:
        from giamngheo.demo.accounts import ACCOUNTS, PASSWORD

        click.echo(f"Dữ liệu mô phỏng, không phải hộ thật. Mật khẩu của mọi tài khoản thử: {PASSWORD}")
        for account in ACCOUNTS:
            click.echo(f"  {account.username:<12} {account.full_name} – {account.title}")


def _serve(host: str, port: int, workers: int, ready: Callable[[], None]) -> None:
    """Two children, the pages and the jobs; when one ends or we are told to stop, both end."""
    environment = {**os.environ, "DJANGO_SETTINGS_MODULE": "giamngheo.config.settings"}
    bin_dir = Path(sys.executable).parent
    pages = subprocess.Popen(
        [
            *(
                sys.executable,
                "-m",
                "gunicorn",
                "giamngheo.config.wsgi:application",
                "--bind",
                f"{host}:{port}",
            ),
            *("--workers", str(workers), "--threads", "4", "--worker-class", "gthread", "--timeout", "120"),
            *("--log-level", "warning", "--preload"),
        ],
        env=environment,
    )
    jobs = subprocess.Popen([str(bin_dir / "giamngheo"), "work"], env=environment)
    children = [pages, jobs]

    def stop(*_: object) -> None:
        for child in children:
            with contextlib.suppress(ProcessLookupError):
                child.send_signal(signal.SIGTERM)

    signal.signal(signal.SIGTERM, stop)
    signal.signal(signal.SIGINT, stop)
    try:
        _wait_for_page(host, port, pages)
        ready()
        while all(child.poll() is None for child in children):
            time.sleep(0.3)
    finally:  # a start that fails leaves nothing that holds the port
        stop()
        for child in children:
            child.wait(timeout=30)
    if pages.returncode not in (0, -signal.SIGTERM):
        raise click.ClickException("Trang web đã dừng ngoài ý muốn; xem dòng báo lỗi phía trên.")


def _wait_for_page(host: str, port: int, pages: "subprocess.Popen[bytes]") -> None:
    until = time.monotonic() + PATIENCE
    while time.monotonic() < until:
        if pages.poll() is not None:
            raise click.ClickException(
                "Trang web dừng ngay khi mở; xem dòng báo lỗi phía trên. / The pages ended at once; see above."
            )
        with contextlib.suppress(OSError), socket.create_connection((host, port), timeout=0.2):
            return
        time.sleep(0.1)
    raise click.ClickException(
        f"Trang web không trả lời sau {PATIENCE} giây. / The pages did not answer within {PATIENCE} seconds."
    )
