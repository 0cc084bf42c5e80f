"""The database or the disk gives way under a real job runner: whole or nothing, and a sentence either way."""

import json
import os
import shutil
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

import psycopg
import pytest

from giamngheo.postgres import server
from giamngheo.surveys.imports.progress import NO_ROOM, STOPPED
from tests.postgres.own import DJANGO, ROOT, OwnServer, knows

DESK = (
    DJANGO
    + """
import json, sys
from django.db import connection
from giamngheo.access.models import User
from giamngheo.access.scope import acting_as
from giamngheo.surveys.actions import open_round
from giamngheo.surveys.imports import actions
from giamngheo.surveys.models import Import, Round
from tests.surveys.imports.conftest import HEAD, HOUSEHOLD, write_book
province, officer = (User.objects.get(username=name) for name in ("tinh", "xa"))
with acting_as(province):
    round = open_round(year=2021, kind=Round.Kind.REGULAR, opens=dt.date(2021, 9, 1), closes=dt.date(2021, 12, 14),
        reference_date=dt.date(2021, 10, 15), name="Rà soát thử", by=province)

def receive(place, code, n):
    codes = [{"household_code": f"{code}-{i}", "village_code": "03541V01"} for i in range(n)]
    households = [{**HOUSEHOLD, **code, "head_name": f"Giàng A {i}"} for i, code in enumerate(codes)]
    members = [{**HEAD, **code, "full_name": f"Giàng A {i}"} for i, code in enumerate(codes)]
    book = write_book(Path(place), households, members, round)
    return actions.receive(round=round, file_name="a.xlsx", blocks=[book.read_bytes()], by=officer).pk

def apply(pk):
    actions.queue_apply(of=Import.objects.get(pk=pk), by=officer)

def again(pk):
    actions.queue_check(Import.objects.get(pk=pk), by=officer)

for line in sys.stdin:
    name, *values = json.loads(line)
    connection.close()  # the database may have been another one meanwhile
    with acting_as(officer):
        answer = globals()[name](*values)
    print(json.dumps(answer), flush=True)
"""
)
Worker = subprocess.Popen[bytes]
TABLES = ("registry_household", "registry_person", "registry_lifeevent", "surveys_visit", "surveys_verdict")


class Register:
    """The register on that server, seen from outside by its owner."""

    def __init__(self, own: OwnServer, home: Path) -> None:
        self.own, self.home = own, home
        self.environment = {
            **os.environ,
            "DJANGO_SETTINGS_MODULE": "giamngheo.config.settings",
            **knows(own, home),
        }
        self.desk = subprocess.Popen(
            [sys.executable, "-c", DESK],
            env=self.environment,
            cwd=ROOT,
            text=True,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
        )

    def _officer(self, *order: object) -> Any:
        """The officer's hand on the pages: `receive`, `apply` or `again`."""
        assert self.desk.stdin and self.desk.stdout
        self.desk.stdin.write(json.dumps(order) + "\n")
        self.desk.stdin.flush()
        return json.loads(self.desk.stdout.readline())

    def ask(self, question: str, *values: object) -> Any:
        with psycopg.connect(self.own.url(), autocommit=True) as connection:
            return connection.execute(question, values).fetchall()  # type: ignore[arg-type]

    def sizes(self) -> list[int]:
        return [self.ask(f"SELECT count(*) FROM {table}")[0][0] for table in TABLES]

    def state(self, pk: int) -> str:
        return str(self.ask("SELECT state FROM surveys_import WHERE id = %s", pk)[0][0])

    def wait_for(self, what: Callable[[], bool], seconds: float = 40) -> None:
        until = time.monotonic() + seconds
        while time.monotonic() < until:
            try:
                if what():
                    return
            except psycopg.OperationalError:
                pass
            time.sleep(0.1)
        raise AssertionError(
            (self.home / "worker.log").read_text("utf-8")[-4000:],
            self.ask("SELECT id, state, stage, failure FROM surveys_import"),
            self.ask("SELECT id, task_name, status, attempts FROM procrastinate_jobs"),
        )

    def ask_nothing(self, order: str) -> None:
        with psycopg.connect(self.own.url(), autocommit=True) as connection:
            connection.execute(order)  # type: ignore[arg-type]

    def receive(self, code: str, households: int = 1) -> int:
        return int(self._officer("receive", str(self.home / f"{code}.xlsx"), code, households))

    def apply(self, pk: int) -> None:
        self._officer("apply", pk)

    def again(self, pk: int) -> None:
        self._officer("again", pk)

    @contextmanager
    def worker(self) -> Iterator["subprocess.Popen[bytes]"]:
        """`giamngheo work`, as `giamngheo run` starts it."""
        with (self.home / "worker.log").open("ab") as log:
            process = subprocess.Popen(
                [sys.executable, "-c", "from giamngheo.cli import main; main()", "work"],
                env=self.environment,
                stdout=log,
                stderr=log,
                cwd=ROOT,
            )
            try:
                yield process
            finally:
                process.terminate()
                with suppress(subprocess.TimeoutExpired):
                    process.wait(timeout=10)
                process.kill()


@pytest.fixture(scope="module")
def register(own: OwnServer, elsewhere: Path) -> Iterator[Register]:
    register = Register(own, elsewhere / "home")
    yield register
    register.desk.kill()


@pytest.fixture(scope="module")
def worker(register: Register) -> Iterator["subprocess.Popen[bytes]"]:
    with register.worker() as worker:
        yield worker


def test_a_job_queued_twice_writes_once(worker: Worker, register: Register) -> None:
    """A button pressed twice, or a runner that was killed after the commit: the second job finds nothing to do."""
    pk = register.receive("F2")
    before = register.sizes()
    register.wait_for(lambda: register.state(pk) == "checked")
    register.apply(pk)
    twice = (
        "INSERT INTO procrastinate_jobs (queue_name, task_name, args, status) SELECT queue_name, task_name, args, "
        "'todo' FROM procrastinate_jobs WHERE task_name = %s ORDER BY id DESC LIMIT 1 RETURNING id"
    )
    again = [register.ask(twice, f"surveys.{task}_import")[0][0] for task in ("apply", "check")]
    done = "SELECT count(*) FROM procrastinate_jobs WHERE id = ANY(%s) AND status = 'succeeded'"
    register.wait_for(lambda: register.ask(done, again)[0][0] == 2)
    assert register.state(pk) == "applied"
    assert register.sizes()[:4] == [n + 1 for n in before[:4]]


@pytest.fixture
def small_disk(elsewhere: Path) -> Iterator[Path]:
    """A file system of two megabytes that anybody may write to."""
    place = elsewhere / "small"
    place.mkdir(exist_ok=True)
    mount = ["mount", "-t", "tmpfs", "-o", "size=2m,mode=0777", "tmpfs", str(place)]
    if subprocess.run(mount, capture_output=True, check=False).returncode:
        pytest.skip("không gắn được một ổ đĩa nhỏ (cần quyền root)")
    try:
        yield place
    finally:
        subprocess.run(["umount", "-l", str(place)], check=False)


def _fill(disk: Path) -> Path:
    """Take what room is left."""
    ballast = disk / "ballast"
    with suppress(OSError), ballast.open("wb", buffering=0) as file:
        while True:
            file.write(bytes(4096))
    return ballast


def test_a_disk_that_fills_up_under_the_database_is_said(
    worker: Worker, register: Register, small_disk: Path
) -> None:
    """The table of visits lies on a full disk; the register's on another: nothing of either is kept."""
    pk = register.receive("F3", 200)
    before = register.sizes()
    server._own(small_disk / "space")
    register.ask_nothing(f"CREATE TABLESPACE nho LOCATION '{small_disk / 'space'}'")
    register.ask_nothing("ALTER TABLE surveys_visit SET TABLESPACE nho")
    ballast = _fill(small_disk)
    try:
        register.wait_for(lambda: register.state(pk) == "checked")
        register.apply(pk)
        register.wait_for(lambda: register.state(pk) == "failed")
        (failure,) = register.ask("SELECT failure FROM surveys_import WHERE id = %s", pk)[0]
        assert failure == NO_ROOM
        assert register.sizes() == before
        ballast.unlink()
        register.again(pk)
        register.wait_for(lambda: register.state(pk) == "checked")
        register.apply(pk)
        register.wait_for(lambda: register.state(pk) == "applied")
        assert register.sizes()[0] == before[0] + 200
    finally:
        ballast.unlink(missing_ok=True)
        register.ask_nothing("ALTER TABLE surveys_visit SET TABLESPACE pg_default")
        register.ask_nothing("DROP TABLESPACE nho")


def test_a_disk_that_fills_up_under_the_reading_is_said(
    worker: Worker, register: Register, small_disk: Path
) -> None:
    """The workbook came in, its rows find no room: the reading stops with a sentence, and begins again when there is."""
    pk = register.receive("F4", 200)
    register.wait_for(lambda: register.state(pk) == "checked")
    (stored,) = register.ask("SELECT stored_as FROM surveys_import WHERE id = %s", pk)[0]
    folder = register.home / "files" / "imports" / stored
    shutil.move(folder, small_disk / stored)
    folder.symlink_to(small_disk / stored)
    for rows in (small_disk / stored).glob("*.csv"):  # their room goes to the ballast too
        rows.unlink()
    ballast = _fill(small_disk)
    register.again(pk)
    register.wait_for(lambda: register.state(pk) == "failed")
    (failure,) = register.ask("SELECT failure FROM surveys_import WHERE id = %s", pk)[0]
    assert failure == NO_ROOM
    ballast.unlink()
    register.again(pk)
    register.wait_for(lambda: register.state(pk) == "checked")


def test_a_database_killed_under_a_writing_job_leaves_nothing_half_written(
    worker: Worker, register: Register
) -> None:
    """The postmaster is killed while the job holds half its rows; the worker says so and goes on with the next job."""
    pk = register.receive("F1")
    before = register.sizes()
    register.wait_for(lambda: register.state(pk) == "checked")
    with suppress(psycopg.OperationalError), psycopg.connect(register.own.url()) as blocker:
        blocker.execute("LOCK TABLE surveys_visit IN EXCLUSIVE MODE")  # the register's rows are in by then
        register.apply(pk)
        waits = "SELECT 1 FROM pg_stat_activity WHERE wait_event_type = 'Lock' AND usename = 'giamngheo_app'"
        register.wait_for(lambda: bool(register.ask(waits)))
        register.own.kill()
    register.own.start()
    register.wait_for(lambda: register.state(pk) == "failed")
    assert register.sizes() == before
    (failure,) = register.ask("SELECT failure FROM surveys_import WHERE id = %s", pk)[0]
    assert failure == STOPPED
    assert worker.poll() is None
    register.again(pk)
    register.wait_for(lambda: register.state(pk) == "checked")
    register.apply(pk)
    register.wait_for(lambda: register.state(pk) == "applied")
    assert register.sizes()[:4] == [n + 1 for n in before[:4]]
