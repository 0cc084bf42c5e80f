"""Moving the register from an older PostgreSQL to the one now in use.

By dump and load, never in place: the older cluster is not touched, and clusters made with another locale provider or
without checksums come over too. Its programs must still be on the machine, for nothing else can read it.
"""

import os
import shutil
import subprocess
from pathlib import Path

from giamngheo.postgres import server
from giamngheo.postgres.backup import load_dump
from giamngheo.postgres.binaries import bin_dir, major
from giamngheo.postgres.errors import DatabaseServerError
from giamngheo.postgres.home import secret


def upgrade() -> tuple[int, int] | None:
    """Bring the newest older register to the present major: (from, to), or None when there is nothing to do.

    The new cluster is built beside and moved into place when whole, so a kill leaves the older one in use.
    Raises DatabaseServerError when the older programs are missing; name their folder in PG_BIN_OLD.
    """
    with server.lock():
        older = [m for m in server.other_majors() if m < major()]
        if server.data_dir().exists() or not older:
            return None
        _move(older[-1], _programs(older[-1]))
    server.ensure_running()
    return older[-1], major()


def _programs(wanted: int) -> Path:
    places = [Path(os.environ["PG_BIN_OLD"])] if os.environ.get("PG_BIN_OLD") else []
    for folder in [*places, Path(f"/usr/lib/postgresql/{wanted}/bin")]:
        if (folder / "pg_ctl").exists() and major(folder) == wanted:
            return folder
    raise DatabaseServerError(
        f"Sổ hộ ở PostgreSQL {wanted} nhưng máy không còn chương trình bản {wanted}. Cài lại bản ấy (trên Debian: gói "
        f"postgresql-{wanted}) hoặc đặt PG_BIN_OLD, hoặc khôi phục từ bản sao lưu. / The register is in PostgreSQL {wanted} "
        f"but its programs are gone: install them or name their folder in PG_BIN_OLD, or restore a backup."
    )


def _move(older: int, programs: Path) -> None:
    base = server.base()
    old = server.Server(base / "socket-old")
    new = server.Server(base / "socket-new")
    old_data, building = base / str(older) / "data", server.data_dir().with_name("data.upgrading")
    dump = building.with_name("upgrade.dump")
    shutil.rmtree(building, ignore_errors=True)
    server.run("pg_ctl", "stop", "-D", old_data, "-m", "fast", "-w", check=False, programs=programs)
    try:
        server.start(old_data, old, programs)
        server.make(building)
        dump.touch(0o600)
        _dump(old, dump)
        server.start(building, new)
        server.prepare(new)
        load_dump(dump, _environment(new))
    finally:
        dump.unlink(missing_ok=True)
        server.run("pg_ctl", "stop", "-D", old_data, "-m", "fast", "-w", check=False, programs=programs)
        server.run("pg_ctl", "stop", "-D", building, "-m", "fast", "-w", check=False)
        for folder in (old.socket, new.socket):
            shutil.rmtree(folder, ignore_errors=True)
    building.rename(server.data_dir())


def _dump(old: server.Server, to: Path) -> None:
    done = subprocess.run(
        [bin_dir() / "pg_dump", "--format=custom", f"--file={to}"],
        env=_environment(old),
        capture_output=True,
        text=True,
        check=False,
    )
    if done.returncode:
        raise DatabaseServerError(f"pg_dump: {done.stderr.strip()}")


def _environment(place: server.Server) -> dict[str, str]:
    """As the owner, so that all that is loaded belongs to the owner."""
    return {
        **os.environ,
        "PGHOST": str(place.socket),
        "PGUSER": server.OWNER,
        "PGPASSWORD": secret(f"password_{server.OWNER}"),
        "PGDATABASE": server.DATABASE,
    }
