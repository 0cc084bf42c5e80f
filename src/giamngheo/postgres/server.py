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
from pathlib import Path

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
        return f"postgresql://{role}:{secret(f'password_{role}')}@/{database}?host={self.socket}"


def data_dir() -> Path:
    return _base() / str(major()) / "data"


def ensure_running() -> Server:
    """The server of this installation, started (and first made) when it is not answering. Safe to call at once from many.

    Raises DatabaseServerError with PostgreSQL's own words when it will not start.
    """
    server = Server(_socket_dir())
    if _answers(server):
        return server
    with _lock():
        if not _answers(server):
            if not (data_dir() / "PG_VERSION").exists():
                _make(server)
            _start(server)
            _prepare(server)
    return server


def stop() -> bool:
    """Stop the server; False when it was not running."""
    if not (data_dir() / "postmaster.pid").exists():
        return False
    done = _run("pg_ctl", "stop", "-D", data_dir(), "-m", "fast", "-w", check=False)
    return done.returncode == 0


def is_running() -> bool:
    return (data_dir() / "PG_VERSION").exists() and _answers(Server(_socket_dir()))


def _answers(server: Server) -> bool:
    """Whether a connection succeeds: a pid file proves nothing after a kill."""
    if not (server.socket / ".s.PGSQL.5432").exists():
        return False
    try:
        psycopg.connect(server.url(SUPERUSER, "postgres"), connect_timeout=3).close()
    except psycopg.OperationalError:
        return False
    return True


def _base() -> Path:
    """Where data lies: under the home, or, where the server's user cannot go there, in a folder of that user's."""
    wanted = home() / "postgres"
    user = _server_user()
    if user is None or _can_enter(wanted, user):
        return wanted
    return Path("/var/lib") / f"giamngheo-{_digest()}"


def _socket_dir() -> Path:
    """A short folder for the socket, whose path may have some 100 bytes at the most."""
    folder = _base() / "socket"
    return folder if len(str(folder)) < 80 else Path(tempfile.gettempdir()) / f"giamngheo-{_digest()}"


def _digest() -> str:
    return hashlib.sha256(str(home()).encode()).hexdigest()[:12]


@contextlib.contextmanager
def _lock() -> Iterator[None]:
    home().mkdir(parents=True, exist_ok=True)
    with (home() / "postgres.lock").open("w") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        yield


def _make(server: Server) -> None:
    """A new cluster: made beside and moved into place, so that an interrupted making leaves nothing half done."""
    final = data_dir()
    making = final.with_name("data.new")
    _own(final.parent)
    shutil.rmtree(making, ignore_errors=True)
    password = tempfile.NamedTemporaryFile("w", dir=final.parent, delete=False)
    with password:
        password.write(secret(f"password_{SUPERUSER}"))
    _own(Path(password.name))
    locale = ["--locale-provider=builtin", "--builtin-locale=C.UTF-8"] if major() >= 17 else []
    try:
        _run(
            *("initdb", "-D", making, "-U", SUPERUSER, "-E", "UTF8", "--locale=C.UTF-8", "--data-checksums"),
            *("--auth=scram-sha-256", f"--pwfile={password.name}", *locale),
        )
    finally:
        Path(password.name).unlink()
    with (making / "postgresql.conf").open("a") as conf:
        conf.write(SETTINGS)
    making.rename(final)


def _start(server: Server) -> None:
    _own(server.socket)
    server.socket.chmod(0o755)
    log = data_dir().parent / "server.log"
    deadline = time.monotonic() + PATIENCE
    while True:
        done = _run(
            *(
                "pg_ctl",
                "start",
                "-D",
                data_dir(),
                "-w",
                "-t",
                "60",
                "-l",
                log,
                "-o",
                f"-k '{server.socket}'",
            ),
            check=False,
        )
        if done.returncode == 0 or _answers(server):
            return
        if time.monotonic() > deadline:
            tail = "\n".join(log.read_text("utf-8", "replace").splitlines()[-8:]) if log.exists() else ""
            raise DatabaseServerError(
                f"PostgreSQL không khởi động được / PostgreSQL did not start:\n{done.stdout}{done.stderr}{tail}"
            )
        time.sleep(0.5)  # a killed server's processes may not be reaped yet


def _prepare(server: Server) -> None:
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


def _can_enter(folder: Path, user: pwd.struct_passwd) -> bool:
    """Whether `user` can go down to the nearest existing part of `folder`."""
    while not folder.exists():
        folder = folder.parent
    probe = subprocess.run(
        ["test", "-x", folder], user=user.pw_uid, group=user.pw_gid, extra_groups=[], check=False
    )
    return probe.returncode == 0


def _own(path: Path) -> None:
    """Make a folder (or take a file) for the server's user alone."""
    if not path.exists():
        path.mkdir(parents=True)
    user = _server_user()
    if user is not None:
        os.chown(path, user.pw_uid, user.pw_gid)
    path.chmod(0o700 if path.is_dir() else 0o600)


def _run(program: str, *arguments: object, check: bool = True) -> "subprocess.CompletedProcess[str]":
    """Run one of PostgreSQL's programs as the server's user; its own words come back with a failure."""
    user = _server_user()
    # A server keeps the pipes of the command that started it: its words go to a file, not to a pipe we would wait on.
    with tempfile.TemporaryFile("w+") as output:
        done = subprocess.run(
            [bin_dir() / program, *map(str, arguments)],
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
