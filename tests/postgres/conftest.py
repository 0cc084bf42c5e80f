"""Homes of their own for servers that are killed, broken and brought back."""

import os
import shutil
import signal
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator
from contextlib import suppress
from pathlib import Path

import pytest

from giamngheo.postgres.binaries import bin_dir
from tests.postgres.own import SET_UP, OwnServer, debian_programs, knows, run_python, running

Home = Callable[[str], Path]


@pytest.fixture(scope="module")
def folder() -> Iterator[Path]:
    """Short, and open to the server's own user, as pytest's temporary folders are not."""
    with tempfile.TemporaryDirectory(prefix="gn-") as name:
        path = Path(name)
        path.chmod(0o755)
        yield path
        for pid_file in path.glob("*/postgres/*/data/postmaster.pid"):
            with suppress(ProcessLookupError, ValueError):
                os.kill(int(pid_file.read_text().splitlines()[0]), signal.SIGQUIT)


@pytest.fixture
def use(monkeypatch: pytest.MonkeyPatch, folder: Path) -> Home:
    """`use("a")`: from now on the installation is the one in that home."""
    monkeypatch.delenv("DATABASE_URL", raising=False)
    for key in ("GIAMNGHEO_FIELD_KEY", "GIAMNGHEO_INDEX_KEY", "GIAMNGHEO_SECRET_KEY"):
        monkeypatch.delenv(key, raising=False)

    def choose(name: str) -> Path:
        monkeypatch.setenv("GIAMNGHEO_HOME", str(folder / name))
        return folder / name

    return choose


@pytest.fixture
def fresh(use: Home, folder: Path) -> Iterator[Path]:
    """A home with nothing in it, whose server is stopped afterwards."""
    home = use("fresh")
    yield home
    from giamngheo.postgres import server

    server.stop()
    shutil.rmtree(home, ignore_errors=True)


def in_another_process(code: str) -> "subprocess.Popen[str]":
    return subprocess.Popen(
        [sys.executable, "-c", code],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        env=os.environ,
    )


@pytest.fixture(scope="session")
def elsewhere() -> Iterator[Path]:
    """The folder of the server that is not ours, and of the homes that know it."""
    with tempfile.TemporaryDirectory(prefix="gn-own-") as name:
        Path(name).chmod(0o755)
        yield Path(name)


@pytest.fixture(scope="session")
def own(elsewhere: Path) -> Iterator[OwnServer]:
    """A server of another hand, the oldest on the machine, with our tables, the areas, the accounts and a village in it."""
    with running(elsewhere / "own", (debian_programs() or [bin_dir()])[0]) as own:
        said = run_python(SET_UP, knows(own, elsewhere / "home"))
        assert said.count("Tạo bảng dữ liệu") == 1
        yield own
