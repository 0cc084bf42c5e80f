"""A PostgreSQL that is not ours: made by hand with an administrator of its own, reached by DATABASE_URL alone."""

import os
import secrets
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

import psycopg

from giamngheo.postgres import server

ROOT = Path(__file__).resolve().parent.parent.parent
DEBIAN = Path("/usr/lib/postgresql")

DJANGO = """
import pytest  # settings then take the assets as they lie
import django; django.setup()
from pathlib import Path
import datetime as dt
"""
SET_UP = (
    DJANGO
    + """
from giamngheo.config.setup import install_province, migrate
from giamngheo.demo.accounts import open_accounts
migrate(print)
install_province(Path("law/areas/lai-chau"), say=print, synthetic=True, working_date=dt.date(2021, 10, 15))
from giamngheo.areas.actions import add_villages
from giamngheo.areas.rows import UnitRow
add_villages(villages=[UnitRow(code="03541V01", level=4, name="Bản Thử", kind="bản", valid_from=dt.date(2015, 1, 1),
    parent="03541", source="thử")], synthetic=True, by=None)
open_accounts()
migrate(print)
"""
)


def debian_programs() -> list[Path]:
    """The folders of the system's own PostgreSQLs, oldest first."""
    found = [p for p in DEBIAN.glob("*/bin") if (p / "initdb").exists()]
    return sorted(found, key=lambda p: int(p.parent.name))


@dataclass(frozen=True)
class OwnServer:
    """`url` is the owner's, as DATABASE_URL holds it."""

    folder: Path
    programs: Path
    owner_password: str

    @property
    def socket(self) -> Path:
        return self.folder / "s"

    def url(self, database: str = "so_ho", user: str = "chu_so_ho") -> str:
        return f"postgresql://{user}:{self.owner_password}@/{database}?host={self.socket}"

    @property
    def postmaster(self) -> int:
        return int((self.folder / "data" / "postmaster.pid").read_text().splitlines()[0])

    def start(self) -> None:
        server.start(self.folder / "data", server.Server(self.socket), self.programs)

    def kill(self) -> None:
        """As a machine that loses its power: the postmaster first, and its children with it."""
        os.kill(self.postmaster, signal.SIGKILL)


@contextmanager
def running(folder: Path, programs: Path) -> Iterator[OwnServer]:
    """A fresh server of another hand: other role names, other settings, a database made by its administrator."""
    own = OwnServer(folder, programs, secrets.token_hex(8))
    server._own(folder)
    folder.chmod(0o755)
    password = folder / "pw"
    password.write_text(own.owner_password)
    server._own(password)
    options = [
        "--auth=scram-sha-256",
        f"--pwfile={password}",
        "-U",
        "chu_so_ho",
        "-E",
        "UTF8",
        "--locale=C.UTF-8",
    ]
    server.run("initdb", "-D", folder / "data", *options, programs=programs)
    with (folder / "data" / "postgresql.conf").open("a") as settings:
        settings.write("listen_addresses = ''\nfsync = off\nunix_socket_permissions = 0777\n")
    own.start()
    try:
        with psycopg.connect(own.url("postgres"), autocommit=True) as connection:
            connection.execute("CREATE DATABASE so_ho TEMPLATE template0")
        yield own
    finally:
        with suppress(OSError, ValueError):
            os.kill(own.postmaster, signal.SIGQUIT)
            time.sleep(0.2)


def run_python(code: str, environment: dict[str, str], timeout: float = 120) -> str:
    """What `code` prints in a process that knows of the register only what `environment` says; its words if it fails."""
    done = subprocess.run(
        [sys.executable, "-c", code],
        env={**os.environ, "DJANGO_SETTINGS_MODULE": "giamngheo.config.settings", **environment},
        capture_output=True,
        text=True,
        timeout=timeout,
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr[-3000:]
    return done.stdout


def knows(own: OwnServer, home: Path, database: str = "so_ho") -> dict[str, str]:
    """The environment of an installation whose register is on that server."""
    return {
        "DATABASE_URL": own.url(database),
        "GIAMNGHEO_HOME": str(home),
        "GIAMNGHEO_DEMO": "1",
        "GIAMNGHEO_HOSTS": "testserver",
        "PYTHONPATH": f"{ROOT}/src:{ROOT}",
    }
