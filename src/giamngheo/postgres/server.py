"""Our own launcher of the embedded PostgreSQL: passwords, a lock, a short socket path, whole again after any kill.

The wheel's own wrapper is not used: it trusts everybody and takes any live pid for a running server.
"""

import contextlib
import fcntl
import hashlib
import os
import pwd
import shutil
import subprocess
import tempfile
import time
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from urllib.parse import quote

import psycopg
from psycopg import sql

from giamngheo.postgres.binaries import bin_dir, major
from giamngheo.postgres.errors import DatabaseServerError
from giamngheo.postgres.home import home, secret

OWNER, APP, DATABASE, SUPERUSER = "giamngheo_owner", "giamngheo_app", "giamngheo", "postgres"
PATIENCE = 15.0  # seconds for a killed server's remains to be reaped

SETTINGS = """
listen_addresses = ''
unix_socket_permissions = 0777
password_encryption = scram-sha-256
shared_buffers = 256MB
work_mem = 32MB
maintenance_work_mem = 128MB
max_wal_size = 2GB
max_connections = 60
jit = off
timezone = 'Asia/Ho_Chi_Minh'
log_timezone = 'Asia/Ho_Chi_Minh'
log_min_messages = warning
"""


@dataclass(frozen=True)
class Server:
    """A running embedded server: where it listens, and the passwords of its roles."""

    socket: Path

    def url(self, role: str, database: str = DATABASE) -> str:
        return f"postgresql://{role}:{secret(f'password_{role}')}@/{database}?host={quote(str(self.socket))}"


@dataclass(frozen=True)
class Status:
    """What `db status` says: `version` is PostgreSQL's own, None when it does not answer; `size` in bytes."""

    running: bool
    folder: Path
    programs: Path
    version: str | None
    size: int | None


def data_dir() -> Path:
    return base() / str(major()) / "data"


def other_majors() -> list[int]:
    """Majors of PostgreSQL, other than that of our programs, that left a register here; ascending."""
    found = (int(p.parent.parent.name) for p in base().glob("[0-9]*/data/PG_VERSION"))
    return sorted(m for m in found if m != major())


def ensure_running() -> Server:
    """The server of this installation, started (and first made) when it is not answering. Safe to call at once from many.

    Raises DatabaseServerError with PostgreSQL's own words when it will not start.
    """
    server = Server(_socket_dir())
    if _answers(server):
        return server
    with lock():
        if not _answers(server):
            if not (data_dir() / "PG_VERSION").exists():
                _refuse_to_hide_a_register()
                make(data_dir())
            start(data_dir(), server)
            prepare(server)
    return server


def stop() -> bool:
    """Stop the server; False when it was not running. Raises DatabaseServerError when it will not stop."""
    if not (data_dir() / "postmaster.pid").exists():
        return False
    with lock():
        done = run("pg_ctl", "stop", "-D", data_dir(), "-m", "fast", "-w", check=False)
        if done.returncode and is_running():
            raise DatabaseServerError(f"PostgreSQL không dừng được / PostgreSQL did not stop:\n{done.stdout}")
    return done.returncode == 0


def is_running() -> bool:
    return (data_dir() / "PG_VERSION").exists() and _answers(Server(_socket_dir()))


def status() -> Status:
    """Where the embedded server is and whether it answers; starts nothing."""
    if not is_running():
        return Status(False, data_dir(), bin_dir(), None, None)
    with psycopg.connect(Server(_socket_dir()).url(SUPERUSER, DATABASE)) as connection:
        row = connection.execute(
            "SELECT current_setting('server_version'), pg_database_size(current_database())"
        ).fetchone()
    assert row
    return Status(True, data_dir(), bin_dir(), str(row[0]), int(row[1]))


def _answers(server: Server) -> bool:
    """Whether a connection succeeds: a pid file proves nothing after a kill."""
    if not (server.socket / ".s.PGSQL.5432").exists():
        return False
    try:
        psycopg.connect(server.url(SUPERUSER, "postgres"), connect_timeout=3).close()
    except psycopg.OperationalError:
        return False
    return True


def base() -> Path:
    """Where data lies: under the home, or, where the server's user cannot go there, under /var/lib.

    A place once taken is kept, whatever becomes of the rights on the folders above it.
    """
    wanted, elsewhere = home() / "postgres", Path("/var/lib") / f"giamngheo-{_digest()}"
    for folder in (elsewhere, wanted):
        if any(folder.glob("*/data/PG_VERSION")):
            return folder
    user = _server_user()
    if user is None:
        return wanted
    _make_home()
    home().chmod(home().stat().st_mode | 0o111)  # to pass through; secrets/ stays closed
    return wanted if _may("-x", wanted, user) else elsewhere


def _refuse_to_hide_a_register() -> None:
    """A new empty cluster beside one of another major would look like a lost register."""
    others = other_majors()
    if not others:
        return
    if others[-1] < major():
        raise DatabaseServerError(
            f"Sổ hộ còn ở PostgreSQL {others[-1]}, phần mềm nay chạy PostgreSQL {major()}. Hãy chạy `giamngheo db upgrade`. / "
            f"The register is in PostgreSQL {others[-1]}, the programs are {major()}: run `giamngheo db upgrade`."
        )
    raise DatabaseServerError(
        f"Sổ hộ thuộc PostgreSQL {others[-1]}, mới hơn chương trình {major()} đang dùng. Hãy đặt PG_BIN là thư mục của bản "
        f"{others[-1]}. / The register belongs to PostgreSQL {others[-1]}, newer than the programs: set PG_BIN."
    )


def _socket_dir() -> Path:
    """A short folder for the socket, whose path may have some 100 bytes at the most."""
    folder = base() / "socket"
    return folder if len(str(folder)) < 80 else Path("/tmp") / f"giamngheo-{_digest()}"  # noqa: S108 – ours alone, name derived


def _digest() -> str:
    return hashlib.sha256(str(home()).encode()).hexdigest()[:12]


def _make_home() -> None:
    try:
        home().mkdir(parents=True, exist_ok=True)
        (home() / "postgres.lock").touch()
    except OSError as error:
        raise DatabaseServerError(
            f"Không ghi được vào {home()}: {error.strerror}. Kiểm tra quyền và chỗ trống, hoặc đặt GIAMNGHEO_HOME. / "
            f"Cannot write to {home()}: check its rights and free space, or set GIAMNGHEO_HOME."
        ) from error


@contextlib.contextmanager
def lock() -> Iterator[None]:
    """One starter, stopper or upgrader at a time; the others wait."""
    _make_home()
    with (home() / "postgres.lock").open("w") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        yield


def make(final: Path) -> None:
    """A new cluster: made beside and moved into place, so that an interrupted making leaves nothing half done."""
    making = final.with_name("data.new")
    _own(base())
    _own(final.parent)
    shutil.rmtree(making, ignore_errors=True)
    password = tempfile.NamedTemporaryFile("w", dir=final.parent, delete=False)  # noqa: SIM115 – outlives the block
    with password:
        password.write(secret(f"password_{SUPERUSER}"))
    _own(Path(password.name))
    locale = ["--locale-provider=builtin", "--builtin-locale=C.UTF-8"] if major() >= 17 else []
    try:
        run(
            *("initdb", "-D", making, "-U", SUPERUSER, "-E", "UTF8", "--locale=C.UTF-8", "--data-checksums"),
            *("--auth=scram-sha-256", f"--pwfile={password.name}", *locale),
        )
    finally:
        Path(password.name).unlink()
    with (making / "postgresql.conf").open("a") as conf:
        conf.write(SETTINGS)
    making.rename(final)


def start(data: Path, server: Server, programs: Path | None = None) -> None:
    """Start the cluster in `data` at `server`'s socket, with retries while a killed server's remains are reaped."""
    _own(server.socket)
    server.socket.chmod(0o755)
    log = data.parent / "server.log"
    deadline = time.monotonic() + PATIENCE
    where = f"-k '{server.socket}'"
    while True:
        done = run(
            *("pg_ctl", "start", "-D", data, "-w", "-t", "60", "-l", log, "-o", where),
            check=False,
            programs=programs,
        )
        if done.returncode == 0 or _answers(server):
            return
        if time.monotonic() > deadline:
            tail = "\n".join(log.read_text("utf-8", "replace").splitlines()[-8:]) if log.exists() else ""
            raise DatabaseServerError(
                f"PostgreSQL không khởi động được / PostgreSQL did not start:\n{done.stdout}{done.stderr}{tail}"
            )
        if not (server.socket / ".s.PGSQL.5432").exists():
            # It runs, but its socket was swept away and it will not make another: it must stop to be reached again.
            run("pg_ctl", "stop", "-D", data, "-m", "fast", "-w", check=False, programs=programs)
        time.sleep(0.5)  # a killed server's processes may not be reaped yet


def prepare(server: Server) -> None:
    """The two roles and the database, where they are missing."""
    with psycopg.connect(server.url(SUPERUSER, "postgres"), autocommit=True) as connection:
        for role, rights in ((OWNER, "LOGIN CREATEDB CREATEROLE"), (APP, "LOGIN NOBYPASSRLS")):
            exists = connection.execute("SELECT 1 FROM pg_roles WHERE rolname = %s", [role]).fetchone()
            statement = "ALTER" if exists else "CREATE"
            connection.execute(
                sql.SQL(f"{statement} ROLE {{}} {rights} PASSWORD {{}}").format(
                    sql.Identifier(role), sql.Literal(secret(f"password_{role}"))
                )
            )
        if not connection.execute("SELECT 1 FROM pg_database WHERE datname = %s", [DATABASE]).fetchone():
            connection.execute(
                sql.SQL("CREATE DATABASE {} OWNER {}").format(*map(sql.Identifier, (DATABASE, OWNER)))
            )


def _server_user() -> pwd.struct_passwd | None:
    """PostgreSQL refuses to run as root; then it runs as `postgres` or `nobody`."""
    if os.geteuid() != 0:
        return None
    for name in ("postgres", "nobody"):
        with contextlib.suppress(KeyError):
            return pwd.getpwnam(name)
    raise DatabaseServerError(
        "PostgreSQL không chạy được bằng quyền root và máy không có người dùng “postgres” hay “nobody”. Hãy chạy bằng "
        "một người dùng thường. / PostgreSQL refuses to run as root; run as an ordinary user."
    )


def _may(test: str, path: Path, user: pwd.struct_passwd) -> bool:
    """Whether `user` passes `test` (as of test(1)) on the nearest existing part of `path`."""
    while not path.exists():
        path = path.parent
    probe = subprocess.run(
        ["test", test, path], user=user.pw_uid, group=user.pw_gid, extra_groups=[], cwd="/", check=False
    )
    return probe.returncode == 0


@cache
def _programs() -> Path:
    """The programs where the server's user can run them: copied beside the data when the environment is closed to it."""
    user, programs = _server_user(), bin_dir()
    if user is None or _may("-x", programs / "postgres", user):
        return programs
    package = programs.parents[1]  # the wheel's; its libraries lie beside it
    copies = base() / "programs" / f"{major()}"
    if not (copies / "whole").exists():
        shutil.rmtree(copies, ignore_errors=True)
        copies.mkdir(parents=True)
        for folder in (package, package.with_name(package.name + ".libs")):
            if folder.exists():
                shutil.copytree(folder, copies / folder.name, symlinks=True)
        (copies / "whole").touch()
    return copies / package.name / programs.relative_to(package)


def _own(path: Path) -> None:
    """Make a folder (or take a file) for the server's user alone."""
    if not path.exists():
        path.mkdir(parents=True)
    user = _server_user()
    if user is not None:
        os.chown(path, user.pw_uid, user.pw_gid)
    path.chmod(0o700 if path.is_dir() else 0o600)


def run(
    program: str, *arguments: object, check: bool = True, programs: Path | None = None
) -> "subprocess.CompletedProcess[str]":
    """Run one of PostgreSQL's programs as the server's user; its own words come back with a failure."""
    user = _server_user()
    # A server keeps the pipes of the command that started it: its words go to a file, not to a pipe we would wait on.
    with tempfile.TemporaryFile("w+") as output:
        done: subprocess.CompletedProcess[str] = subprocess.run(
            [(programs or _programs()) / program, *map(str, arguments)],
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=subprocess.STDOUT,
            text=True,
            check=False,
            cwd="/",
            env={**os.environ, "LC_ALL": "C.UTF-8"},
            **({"user": user.pw_uid, "group": user.pw_gid, "extra_groups": []} if user else {}),  # type: ignore[call-overload]
        )
        output.seek(0)
        done.stdout = output.read()
        done.stderr = ""
    if check and done.returncode:
        raise DatabaseServerError(f"{program}: {done.stdout}")
    return done
