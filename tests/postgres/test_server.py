"""The embedded server starts once, is closed to strangers, and is whole again after any kill."""

import os
import signal
import time
from contextlib import suppress
from pathlib import Path

import psycopg
import pytest

from giamngheo.postgres import server
from giamngheo.postgres.errors import DatabaseServerError
from giamngheo.postgres.urls import database_urls
from tests.postgres.conftest import Home, in_another_process


def _postmaster() -> int:
    return int((server.data_dir() / "postmaster.pid").read_text().splitlines()[0])


def _children(pid: int) -> list[int]:
    found = []
    for stat in Path("/proc").glob("[0-9]*/stat"):
        try:
            fields = stat.read_text().rpartition(")")[2].split()
        except OSError:
            continue
        if int(fields[1]) == pid:
            found.append(int(stat.parent.name))
    return found


def test_four_processes_that_start_at_once_get_one_server(fresh: Path) -> None:
    code = "from giamngheo.postgres.server import ensure_running; print(ensure_running().socket)"
    starters = [in_another_process(code) for _ in range(4)]
    answers = [starter.communicate(timeout=60) for starter in starters]
    assert [starter.returncode for starter in starters] == [0] * 4, answers
    assert len({out for out, _ in answers}) == 1


def test_a_running_server_costs_the_settings_almost_nothing(use: Home) -> None:
    use("kept")
    database_urls()
    began = time.monotonic()
    for _ in range(5):
        database_urls()
    assert (time.monotonic() - began) / 5 < 0.1  # 15 ms on a quiet machine


@pytest.mark.parametrize("whom", ["the postmaster", "all its processes"])
def test_what_was_committed_is_there_after_a_kill(use: Home, whom: str) -> None:
    use("kept")
    with psycopg.connect(database_urls().owner) as connection:
        connection.execute("CREATE TABLE IF NOT EXISTS kept (line text)")
        connection.execute("INSERT INTO kept VALUES (%s)", [whom])
    pid = _postmaster()
    for victim in [pid] + (_children(pid) if whom == "all its processes" else []):
        with suppress(ProcessLookupError):  # children of a killed server may be gone already
            os.kill(victim, signal.SIGKILL)
    with psycopg.connect(database_urls().owner) as connection:
        assert connection.execute("SELECT 1 FROM kept WHERE line = %s", [whom]).fetchone()


def test_a_server_whose_socket_was_swept_away_is_started_anew(use: Home) -> None:
    """A cleaner of temporary files takes sockets too; the server goes on but nobody reaches it."""
    use("kept")
    with psycopg.connect(database_urls().owner) as connection:
        connection.execute("CREATE TABLE IF NOT EXISTS swept (n int)")
        connection.execute("INSERT INTO swept VALUES (1)")
    (server.ensure_running().socket / ".s.PGSQL.5432").unlink()
    with psycopg.connect(database_urls().owner) as connection:
        assert connection.execute("SELECT count(*) FROM swept").fetchone() == (1,)


def test_the_application_role_reads_what_it_is_given_and_no_more(use: Home) -> None:
    use("kept")
    urls = database_urls()
    with psycopg.connect(urls.owner) as owner:
        owner.execute("DROP TABLE IF EXISTS guarded")
        owner.execute("CREATE TABLE guarded (village int)")
        owner.execute("INSERT INTO guarded VALUES (1), (2)")
        owner.execute("ALTER TABLE guarded ENABLE ROW LEVEL SECURITY")
        owner.execute("CREATE POLICY own ON guarded USING (village = 1)")
        owner.execute("GRANT SELECT ON guarded TO giamngheo_app")
    with psycopg.connect(urls.app, autocommit=True) as app:
        assert app.execute("SELECT village FROM guarded").fetchall() == [(1,)]
        for forbidden in (
            "CREATE TABLE mine (a int)",
            "ALTER ROLE giamngheo_app BYPASSRLS",
            "SET ROLE giamngheo_owner",
            "ALTER TABLE guarded DISABLE ROW LEVEL SECURITY",
        ):
            with pytest.raises(psycopg.errors.InsufficientPrivilege):
                app.execute(forbidden)


def test_nobody_enters_without_a_password(use: Home) -> None:
    use("kept")
    running = server.ensure_running()
    for role in (server.SUPERUSER, server.OWNER, server.APP):
        with pytest.raises(psycopg.OperationalError, match="password"):
            psycopg.connect(host=str(running.socket), user=role, password="wrong", dbname="postgres")


def test_secrets_are_readable_by_us_alone(use: Home) -> None:
    home = use("kept")
    database_urls()
    assert (home / "secrets").stat().st_mode & 0o077 == 0
    assert all(path.stat().st_mode & 0o077 == 0 for path in (home / "secrets").iterdir())


def test_a_home_that_cannot_be_written_is_named(use: Home, folder: Path) -> None:
    (folder / "a-file").write_text("no folder")
    use("a-file")
    with pytest.raises(DatabaseServerError, match="a-file"):
        server.ensure_running()


def test_a_register_of_another_major_is_not_hidden_by_an_empty_one(use: Home) -> None:
    home = use("older")
    (home / "postgres" / "15" / "data").mkdir(parents=True)
    (home / "postgres" / "15" / "data" / "PG_VERSION").write_text("15\n")
    with pytest.raises(DatabaseServerError, match="db upgrade"):
        server.ensure_running()
