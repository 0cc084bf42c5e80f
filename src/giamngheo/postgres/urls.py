"""The two ways into the database: the owner's, for migrations, and the unprivileged role's, for all the rest."""

import os
from dataclasses import dataclass
from urllib.parse import parse_qs, quote, unquote, urlsplit, urlunsplit

import psycopg
from psycopg import sql

from giamngheo.postgres.errors import DatabaseServerError
from giamngheo.postgres.home import home, secret
from giamngheo.postgres.server import APP, OWNER, ensure_running


@dataclass(frozen=True)
class Urls:
    owner: str
    app: str


def database_urls(*, finish: bool = True) -> Urls:
    """DATABASE_URL (the owner's) with the app role on the same server, else the embedded server, started if need be.

    With `finish`, a restore that was killed halfway is brought to its end first.
    """
    if finish and (home() / "restoring" / "ready").exists():
        from giamngheo.postgres.backup import finish_interrupted_restore

        finish_interrupted_restore()
    given = os.environ.get("DATABASE_URL")
    if not given:
        server = ensure_running()
        return Urls(owner=server.url(OWNER), app=server.url(APP))
    parts = urlsplit(given)
    if parts.scheme not in {"postgres", "postgresql"}:
        raise DatabaseServerError(
            "DATABASE_URL phải có dạng postgresql://người-dùng:mật-khẩu@máy:5432/tên. / "
            "DATABASE_URL must read postgresql://user:password@host:5432/name."
        )
    place = parts.netloc.rpartition("@")[2]
    return Urls(owner=given, app=urlunsplit(parts._replace(netloc=f"{APP}:{quote(_app_password())}@{place}")))


def prepare_roles(owner_url: str) -> None:
    """On a server of the user's own: make the app role, or give it the password we know.

    Raises DatabaseServerError with the statement an administrator must run when the owner may not.
    """
    if not os.environ.get("DATABASE_URL"):
        return  # the embedded server made its roles at its start
    with psycopg.connect(owner_url, autocommit=True) as connection:
        exists = connection.execute("SELECT 1 FROM pg_roles WHERE rolname = %s", [APP]).fetchone()
        statement = sql.SQL("ALTER" if exists else "CREATE") + sql.SQL(
            " ROLE {} LOGIN NOBYPASSRLS PASSWORD {}"
        ).format(sql.Identifier(APP), sql.Literal(_app_password()))
        try:
            connection.execute(statement)
        except psycopg.errors.InsufficientPrivilege as error:
            if exists and os.environ.get("GIAMNGHEO_APP_PASSWORD"):
                return
            raise DatabaseServerError(
                f"Tài khoản trong DATABASE_URL không được tạo vai trò. Nhờ người quản trị PostgreSQL chạy: CREATE ROLE {APP} "
                "LOGIN PASSWORD '…'; rồi đặt GIAMNGHEO_APP_PASSWORD bằng mật khẩu ấy. / The owner may not create roles: "
                "have that statement run and set GIAMNGHEO_APP_PASSWORD."
            ) from error


def as_django(url: str) -> dict[str, object]:
    """A database URL in the words of Django's settings."""
    parts = urlsplit(url)
    socket = parse_qs(parts.query).get("host", [""])[0]
    return {
        "ENGINE": "django.db.backends.postgresql",
        "NAME": parts.path.lstrip("/"),
        "USER": unquote(parts.username or ""),
        "PASSWORD": unquote(parts.password or ""),
        "HOST": socket or parts.hostname or "",
        "PORT": str(parts.port or ""),
    }


def _app_password() -> str:
    return os.environ.get("GIAMNGHEO_APP_PASSWORD") or secret(f"password_{APP}")
