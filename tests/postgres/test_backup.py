"""A backup gives the same register elsewhere; one that cannot be read leaves the present register as it was."""

from pathlib import Path

import psycopg
import pytest

from giamngheo.postgres import backup, server
from giamngheo.postgres.errors import BackupError
from giamngheo.postgres.home import secret
from giamngheo.postgres.urls import database_urls
from tests.postgres.conftest import Home


def _write(*names: str) -> None:
    with psycopg.connect(database_urls().owner) as connection:
        connection.execute("CREATE EXTENSION IF NOT EXISTS pg_trgm")
        connection.execute("CREATE TABLE IF NOT EXISTS household (name text)")
        connection.execute("GRANT SELECT ON household TO giamngheo_app")
        connection.cursor().executemany("INSERT INTO household VALUES (%s)", [(name,) for name in names])


def _read() -> list[str]:
    with psycopg.connect(database_urls().app) as connection:
        return [str(row[0]) for row in connection.execute("SELECT name FROM household ORDER BY name")]


@pytest.fixture
def taken(use: Home, folder: Path) -> Path:
    """A sealed backup of the register of home "a": two households, a key, an uploaded file of 3 MB."""
    file = folder / "register.backup"
    if not file.exists():
        home = use("a")
        _write("Giàng A Páo", "Lò Thị Đường")
        secret("giamngheo_field_key")
        (home / "files").mkdir(exist_ok=True)
        (home / "files" / "list.xlsx").write_bytes(b"sheet" * 600_000)
        backup.backup(file, passphrase="mật khẩu")
    use("b")
    return file


def test_the_register_rises_again_on_a_fresh_machine(taken: Path, use: Home) -> None:
    key = (use("a") / "secrets" / "giamngheo_field_key").read_text()
    home = use("b")
    manifest = backup.restore(taken, passphrase="mật khẩu")
    assert _read() == ["Giàng A Páo", "Lò Thị Đường"]
    assert secret("giamngheo_field_key") == key
    assert (home / "files" / "list.xlsx").read_bytes() == b"sheet" * 600_000
    assert manifest["kept_as"] is None
    assert not (home / "restoring").exists()


def test_a_backup_is_sealed_and_readable_by_us_alone(taken: Path, use: Home) -> None:
    assert taken.stat().st_mode & 0o077 == 0
    assert (use("a") / "secrets" / "giamngheo_field_key").read_bytes() not in taken.read_bytes()


def _cut(data: bytes) -> bytes:
    return data[: len(data) // 2]


def _cut_at_a_piece(data: bytes) -> bytes:
    """Everything but the last sealed piece: each remaining piece is whole."""
    at = last = len(b"giamngheo-sealed-1\n") + 16
    while at < len(data):
        last, at = at, at + 4 + int.from_bytes(data[at : at + 4], "big")
    return data[:last]


def _changed(data: bytes) -> bytes:
    middle = len(data) // 2
    return data[:middle] + bytes([data[middle] ^ 1]) + data[middle + 1 :]


@pytest.mark.parametrize("damage", [_cut, _cut_at_a_piece, _changed, lambda data: b"an ordinary file"])
def test_a_damaged_backup_changes_nothing(taken: Path, use: Home, folder: Path, damage: object) -> None:
    use("a")
    before = _read()
    damaged = folder / "damaged.backup"
    damaged.write_bytes(damage(taken.read_bytes()))  # type: ignore[operator]
    with pytest.raises(BackupError):
        backup.restore(damaged, passphrase="mật khẩu", replace=True)
    assert _read() == before


@pytest.mark.parametrize("passphrase", [None, "another"])
def test_a_wrong_passphrase_is_said(taken: Path, use: Home, passphrase: str | None) -> None:
    use("a")
    with pytest.raises(BackupError, match="mật khẩu"):
        backup.restore(taken, passphrase=passphrase, replace=True)


def test_an_unsealed_backup_cut_off_is_refused(use: Home, folder: Path) -> None:
    use("a")
    _write()
    file = folder / "plain.backup"
    backup.backup(file)
    file.write_bytes(_cut(file.read_bytes()))
    with pytest.raises(BackupError, match="nguyên vẹn"):
        backup.restore(file, replace=True)


def test_a_register_is_replaced_only_when_told_and_then_kept(taken: Path, use: Home) -> None:
    use("a")
    _write("Vàng A Chớ")
    with pytest.raises(BackupError, match="--replace"):
        backup.restore(taken, passphrase="mật khẩu")
    kept = backup.restore(taken, passphrase="mật khẩu", replace=True)["kept_as"]
    assert "Vàng A Chớ" not in _read()
    with psycopg.connect(server.ensure_running().url(server.OWNER, kept)) as connection:
        assert connection.execute("SELECT 1 FROM household WHERE name = 'Vàng A Chớ'").fetchone()


@pytest.mark.parametrize("killed_in", ["_build", "_swap", "_place"])
def test_a_restore_that_is_killed_leaves_one_whole_register(
    taken: Path, use: Home, monkeypatch: pytest.MonkeyPatch, killed_in: str
) -> None:
    home = use("a")
    (home / "secrets" / "giamngheo_index_key").write_text("the key of before")
    before = _read()
    backup.restore(taken, passphrase="mật khẩu", replace=True)
    wanted = (home / "secrets" / "giamngheo_index_key").read_text()
    (home / "secrets" / "giamngheo_index_key").write_text("the key of before")

    class Killed(BaseException):
        pass

    def die(*_: object) -> None:
        raise Killed

    with monkeypatch.context() as patch:
        patch.setattr(backup, killed_in, die)
        with pytest.raises(Killed):
            backup.restore(taken, passphrase="mật khẩu", replace=True)
    assert _read() == before
    after = (home / "secrets" / "giamngheo_index_key").read_text()
    assert after == (wanted if killed_in == "_place" else "the key of before")
    assert not (home / "restoring").exists()


def test_a_place_that_cannot_be_written_is_said(use: Home, folder: Path) -> None:
    use("a")
    with pytest.raises(BackupError, match="nowhere"):
        backup.backup(folder / "nowhere" / "register.backup")
