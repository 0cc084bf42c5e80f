"""Backup and restore of a whole register in one file: the database, the keys that open it, the uploaded files.

The file is a tar of manifest.json, register.dump (pg_dump's custom format), secrets/ and files/, or that tar sealed with
a passphrase. A restore builds a database beside the present one and changes their names in one transaction.
"""

import contextlib
import datetime as dt
import fcntl
import hashlib
import json
import os
import shutil
import subprocess
import tarfile
from collections.abc import Iterator
from pathlib import Path
from typing import IO, Any

import psycopg
from psycopg import sql

from giamngheo.postgres import bundle
from giamngheo.postgres.binaries import bin_dir, major
from giamngheo.postgres.errors import BackupError
from giamngheo.postgres.home import home, secret
from giamngheo.postgres.urls import as_django, database_urls, prepare_roles

FORMAT = 1
#: Without these the sealed columns are lost; roles' passwords belong to a server and stay behind.
KEYS = ("giamngheo_field_key", "giamngheo_index_key", "giamngheo_secret_key")
NEW = "giamngheo_restoring"


def backup(to: Path, *, passphrase: str | None = None) -> dict[str, Any]:
    """Write the whole register to `to` (mode 0600, put in place when complete) and return its manifest.

    Raises BackupError; a file that stood at `to` is then as it was.
    """
    url = database_urls().owner
    dump, plain, sealed = (to.with_name(f".{to.name}.{part}") for part in ("dump", "tar", "sealed"))
    try:
        _touch(dump)
        _pg("pg_dump", url, "--format=custom", f"--file={dump}")
        manifest = _pack(url, dump, _touch(plain))
        if passphrase:
            with plain.open("rb") as source, _touch(sealed).open("wb") as target:
                bundle.seal(source, target, passphrase)
        whole = sealed if passphrase else plain
        with whole.open("rb") as file:
            os.fsync(file.fileno())
        whole.rename(to)
    except OSError as error:
        raise BackupError(
            f"Không ghi được bản sao lưu vào {to}: {error.strerror}. Kiểm tra quyền và chỗ trống. / "
            f"The backup could not be written to {to}: check its rights and free space."
        ) from error
    finally:
        for leftover in (dump, plain, sealed):
            with contextlib.suppress(OSError):
                leftover.unlink()
    return manifest


def restore(source: Path, *, passphrase: str | None = None, replace: bool = False) -> dict[str, Any]:
    """Put the register of `source` in the place of the present one, and return its manifest.

    With `replace` a register that holds tables is kept under the name in manifest["kept_as"]; without it, it is refused.
    Raises BackupError; until the names change, in one transaction, the present register is untouched.
    """
    with _alone() as free:
        if not free:
            raise BackupError("Một lần khôi phục khác đang chạy. / Another restore is running.")
        _finish()
        urls = database_urls()
        prepare_roles(urls.owner)
        if not replace and _tables(urls.owner):
            raise BackupError(
                "Sổ hộ hiện có dữ liệu. Thêm --replace để thay; dữ liệu cũ được giữ dưới tên khác. / "
                "The register holds data: add --replace to put this one in its place; the old one is kept under another name."
            )
        try:
            manifest = _unpack(source, passphrase)
            _check_keys()
            _build(urls.owner, _staging() / "register.dump", manifest)
            (_staging() / "ready").touch()
            manifest["kept_as"] = _swap(urls.owner)
            _place()
        except OSError as error:
            raise BackupError(
                f"Không khôi phục được: {error.strerror} ({error.filename or home()}). / The restore failed."
            ) from error
        finally:
            if not (_staging() / "ready").exists():
                shutil.rmtree(_staging(), ignore_errors=True)
    return manifest


def finish_interrupted_restore() -> None:
    """After a kill between the change of names and the placing of keys: place them. Cheap when there is nothing to do."""
    if not (home() / "restoring" / "ready").exists():
        return
    with _alone() as free:
        if free:
            _finish()


def _finish() -> None:
    if not (_staging() / "ready").exists():
        shutil.rmtree(_staging(), ignore_errors=True)
        return
    with _admin(_owner_url()) as connection:
        swapped = not _exists(connection, NEW)
    if swapped:
        _place()
    shutil.rmtree(_staging(), ignore_errors=True)


def _owner_url() -> str:
    return database_urls(finish=False).owner


def _staging() -> Path:
    return home() / "restoring"


@contextlib.contextmanager
def _alone() -> Iterator[bool]:
    home().mkdir(parents=True, exist_ok=True)
    with (home() / "restore.lock").open("w") as file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:
            yield False
        else:
            yield True


def _touch(path: Path) -> Path:
    """An empty file that only we may read."""
    os.close(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600))
    return path


def _pg(program: str, url: str, *arguments: str, stdin: IO[bytes] | None = None) -> None:
    """One of PostgreSQL's programs on the database at `url`; the password goes by environment, never by the command line."""
    done = subprocess.run(
        [bin_dir() / program, *arguments],
        env=client_environment(url),
        stdin=stdin or subprocess.DEVNULL,
        capture_output=True,
        text=True,
        errors="replace",
        check=False,
    )
    if done.returncode:
        words = done.stderr.strip()
        if "version mismatch" in words:
            raise BackupError(
                f"Chương trình PostgreSQL {major()} cũ hơn máy chủ. Đặt PG_BIN là thư mục của bản bằng hoặc mới hơn máy chủ. / "
                f"The programs ({major()}) are older than the server: set PG_BIN to the same major or newer.\n{words}"
            )
        raise BackupError(f"{program}: {words[-2000:]}")


def client_environment(url: str) -> dict[str, str]:
    """The environment in which PostgreSQL's programs reach the database at `url`."""
    place = as_django(url)
    named = {f"PG{k}": str(place[v]) for k, v in (("HOST", "HOST"), ("PORT", "PORT"), ("USER", "USER"))}
    named |= {"PGPASSWORD": str(place["PASSWORD"]), "PGDATABASE": str(place["NAME"])}
    return {**os.environ, **{k: v for k, v in named.items() if v}}


def _pack(url: str, dump: Path, to: Path) -> dict[str, Any]:
    """Write the tar, the manifest with the sha256 of every part first."""
    parts = {"register.dump": dump}
    for name in KEYS:
        if not os.environ.get(name.upper()):
            secret(name)
            parts[f"secrets/{name}"] = home() / "secrets" / name
    files = home() / "files"
    parts |= {f"files/{p.relative_to(files)}": p for p in sorted(files.rglob("*")) if p.is_file()}
    with psycopg.connect(url) as connection:
        version = connection.info.server_version // 10000
    manifest: dict[str, Any] = {
        "format": FORMAT,
        "made_at": dt.datetime.now(dt.UTC).isoformat(timespec="seconds"),
        "postgresql": version,
        "pg_dump": major(),
        "keys_from_environment": [name for name in KEYS if os.environ.get(name.upper())],
        "sha256": {name: _sha256(path) for name, path in parts.items()},
    }
    with tarfile.open(to, "w") as tar:
        text = to.with_name(to.name + ".json")
        try:
            _touch(text).write_text(json.dumps(manifest, indent=1), "utf-8")
            tar.add(text, "manifest.json")
        finally:
            text.unlink(missing_ok=True)
        for name, path in parts.items():
            tar.add(path, name)
    return manifest


def _sha256(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def _unpack(source: Path, passphrase: str | None) -> dict[str, Any]:
    """Lay the parts out in the staging folder and check each one against the manifest."""
    staging = _staging()
    shutil.rmtree(staging, ignore_errors=True)
    staging.mkdir(mode=0o700, parents=True)
    plain = source
    with source.open("rb") as file:
        if file.read(len(bundle.MARK)) == bundle.MARK:
            if not passphrase:
                raise BackupError(
                    "Bản sao lưu có mật khẩu: thêm --passphrase-file. / It is sealed: add --passphrase-file."
                )
            plain = _touch(staging / "bundle.tar")
            with plain.open("wb") as target:
                bundle.unseal(file, target, passphrase)
    try:
        with tarfile.open(plain, "r:") as tar:
            tar.extractall(staging / "parts", filter="data")
        parts = staging / "parts"
        manifest: dict[str, Any] = json.loads((parts / "manifest.json").read_text("utf-8"))
        damaged = [name for name, digest in manifest["sha256"].items() if _sha256(parts / name) != digest]
    except (tarfile.TarError, ValueError, KeyError, FileNotFoundError, EOFError) as error:
        raise _broken(source) from error
    if damaged or "register.dump" not in manifest["sha256"]:
        raise _broken(source)
    if manifest["format"] > FORMAT:
        raise BackupError(
            "Bản sao lưu do phiên bản phần mềm mới hơn tạo. / Made by a newer version of this software."
        )
    for entry in parts.iterdir():
        entry.rename(staging / entry.name)
    return manifest


def _broken(source: Path) -> BackupError:
    return BackupError(
        f"{source.name} không phải bản sao lưu nguyên vẹn: bị cắt, bị sửa, hoặc là tệp khác. / "
        f"{source.name} is not a whole backup: cut off, changed, or another kind of file."
    )


def _check_keys() -> None:
    """A key fixed by the environment must be the one the register was sealed with."""
    for path in sorted((_staging() / "secrets").glob("*")):
        fixed = os.environ.get(path.name.upper())
        if fixed and fixed != path.read_text("ascii").strip() and path.name != "giamngheo_secret_key":
            raise BackupError(
                f"Biến môi trường {path.name.upper()} khác khoá trong bản sao lưu; bỏ biến ấy rồi khôi phục lại. / "
                f"{path.name.upper()} in the environment differs from the backup's key: unset it and restore again."
            )


@contextlib.contextmanager
def _admin(owner_url: str) -> Iterator["psycopg.Connection[tuple[Any, ...]]"]:
    """A connection of the owner's that stands outside the register, in the database `postgres`."""
    with psycopg.connect(**_keywords(owner_url), dbname="postgres", autocommit=True) as connection:
        yield connection


def _keywords(url: str) -> dict[str, Any]:
    place = as_django(url)
    found = {
        "host": place["HOST"],
        "port": place["PORT"],
        "user": place["USER"],
        "password": place["PASSWORD"],
    }
    return {k: v for k, v in found.items() if v}


def _exists(connection: "psycopg.Connection[tuple[Any, ...]]", name: str) -> bool:
    return connection.execute("SELECT 1 FROM pg_database WHERE datname = %s", [name]).fetchone() is not None


def _tables(url: str) -> int:
    with psycopg.connect(url) as connection:
        row = connection.execute(
            "SELECT count(*) FROM pg_class c JOIN pg_namespace n ON n.oid = relnamespace "
            "WHERE relkind = 'r' AND nspname = 'public'"
        ).fetchone()
    assert row
    return int(row[0])


def _build(owner_url: str, dump: Path, manifest: dict[str, Any]) -> None:
    """The register of `dump` in a new database beside the present one."""
    with _admin(owner_url) as connection:
        connection.execute(sql.SQL("DROP DATABASE IF EXISTS {} WITH (FORCE)").format(sql.Identifier(NEW)))
        connection.execute(sql.SQL("CREATE DATABASE {} TEMPLATE template0").format(sql.Identifier(NEW)))
    try:
        load_dump(dump, {**client_environment(owner_url), "PGDATABASE": NEW})
    except BaseException:
        with _admin(owner_url) as connection:
            connection.execute(sql.SQL("DROP DATABASE IF EXISTS {} WITH (FORCE)").format(sql.Identifier(NEW)))
        raise


def load_dump(dump: Path, environment: dict[str, str]) -> None:
    """Read a custom-format dump into the empty database that `environment` names, whole or not at all.

    Goes through psql, for the preamble of a newer pg_dump sets what an older server does not know.
    """
    reader = subprocess.Popen(
        [bin_dir() / "pg_restore", "--no-owner", "--no-comments", "--file=-", dump],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
    )
    writer = subprocess.Popen(
        [bin_dir() / "psql", "-X", "-q", "-1", "-v", "ON_ERROR_STOP=1", "-o", os.devnull],
        env=environment,
        stdin=subprocess.PIPE,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.PIPE,
    )
    assert reader.stdout and writer.stdin and reader.stderr and writer.stderr
    with contextlib.suppress(BrokenPipeError):
        for _ in range(30):
            line = reader.stdout.readline()
            if not line.startswith(b"SET transaction_timeout"):
                writer.stdin.write(line)
        shutil.copyfileobj(reader.stdout, writer.stdin, 1 << 20)
    reader.stdout.close()
    with contextlib.suppress(BrokenPipeError):
        writer.stdin.close()
    words = (writer.stderr.read() + reader.stderr.read()).decode("utf-8", "replace").strip()
    if writer.wait() + reader.wait():
        raise BackupError(f"Không dựng lại được sổ hộ / The register could not be rebuilt:\n{words[-2000:]}")


def _swap(owner_url: str) -> str | None:
    """Change the names in one transaction; what stood there before is kept under the returned name."""
    name = str(as_django(owner_url)["NAME"])
    kept = f"{name}_truoc_{dt.datetime.now(dt.UTC):%Y%m%d_%H%M%S_%f}"
    used = _tables(owner_url) > 0
    rename = sql.SQL("ALTER DATABASE {} RENAME TO {}")
    with _admin(owner_url) as connection:
        for _ in range(5):  # a page may connect again between the two statements
            connection.execute(
                "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = %s AND usename IN (%s, %s)",
                [name, as_django(owner_url)["USER"], "giamngheo_app"],
            )
            try:
                with connection.transaction():
                    connection.execute(rename.format(sql.Identifier(name), sql.Identifier(kept)))
                    connection.execute(rename.format(sql.Identifier(NEW), sql.Identifier(name)))
                break
            except psycopg.errors.ObjectInUse as error:
                in_use = error
        else:
            (_staging() / "ready").unlink(missing_ok=True)
            connection.execute(sql.SQL("DROP DATABASE {}").format(sql.Identifier(NEW)))
            raise BackupError(
                "Sổ hộ đang được dùng; hãy dừng trang web và việc nền rồi khôi phục lại. / "
                "The register is in use: stop the pages and the jobs, then restore again."
            ) from in_use
        if not used:
            connection.execute(sql.SQL("DROP DATABASE {} WITH (FORCE)").format(sql.Identifier(kept)))
    return kept if used else None


def _place() -> None:
    """Keys and uploaded files from the staging folder into the home; what they replace is kept beside. May be repeated."""
    staging, stamp = _staging(), f"{dt.datetime.now(dt.UTC):%Y%m%d_%H%M%S_%f}"
    (home() / "secrets").mkdir(mode=0o700, exist_ok=True)
    for new in sorted((staging / "secrets").glob("*")):
        present = home() / "secrets" / new.name
        if present.exists() and present.read_bytes() != new.read_bytes():
            shutil.copy2(present, present.with_name(f"{present.name}.truoc_{stamp}"))
        new.chmod(0o600)
        new.replace(present)
    if (staging / "files").exists():
        if (home() / "files").exists():
            (home() / "files").rename(home() / f"files.truoc_{stamp}")
        (staging / "files").rename(home() / "files")
    shutil.rmtree(staging, ignore_errors=True)
