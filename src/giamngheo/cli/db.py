"""`giamngheo db`: the register's database: start, stop, status, backup, restore, upgrade."""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import click

from giamngheo.postgres.errors import BackupError, DatabaseServerError


@click.group(short_help="Cơ sở dữ liệu / the database")
def command() -> None:
    """Chạy, dừng, sao lưu, khôi phục, nâng cấp cơ sở dữ liệu của sổ hộ.

    Start, stop, back up, restore and upgrade the register's database.
    """


@contextmanager
def _sentences() -> Iterator[None]:
    """A refusal is a sentence and exit code 1, not a traceback."""
    try:
        yield
    except (DatabaseServerError, BackupError) as error:
        raise click.ClickException(str(error)) from error


def _embedded_only() -> None:
    if os.environ.get("DATABASE_URL"):
        raise click.ClickException(
            "DATABASE_URL trỏ tới máy chủ của riêng anh/chị; hãy dùng công cụ của máy chủ ấy. / "
            "DATABASE_URL names a server of your own: use that server's tools."
        )


def _passphrase(file: Path | None) -> str | None:
    if file is None:
        return None
    text = file.read_text("utf-8").strip()
    if not text:
        raise click.ClickException(f"{file} không có mật khẩu nào. / {file} holds no passphrase.")
    return text


_passphrase_file = click.option(
    "--passphrase-file",
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
    help="Tệp chứa mật khẩu của bản sao lưu / file that holds the backup's passphrase",
)


@command.command("start", short_help="Chạy / start")
def start() -> None:
    """Chạy cơ sở dữ liệu kèm theo; đã chạy rồi thì không làm gì. / Start the embedded database; harmless if running."""
    from giamngheo.postgres.server import ensure_running, status

    _embedded_only()
    with _sentences():
        ensure_running()
        now = status()
    click.echo(f"PostgreSQL {now.version} đang chạy: {now.folder}")


@command.command("stop", short_help="Dừng / stop")
def stop() -> None:
    """Dừng cơ sở dữ liệu kèm theo, không mất gì. / Stop the embedded database; nothing is lost."""
    from giamngheo.postgres.server import stop as stop_server

    _embedded_only()
    with _sentences():
        stopped = stop_server()
    click.echo("Đã dừng." if stopped else "Cơ sở dữ liệu không chạy. / It was not running.")


@command.command("status", short_help="Tình trạng / status")
def status() -> None:
    """Cho biết cơ sở dữ liệu có chạy không, ở đâu, lớn chừng nào. Mã thoát 3 khi không chạy.

    Say whether the database runs, where it is and how large. Exit code 3 when it does not run.
    """
    from giamngheo.postgres.server import status as server_status

    _embedded_only()
    with _sentences():
        now = server_status()
    if not now.running:
        click.echo(f"Không chạy / not running: {now.folder}")
        raise SystemExit(3)
    size = f"{(now.size or 0) / 1e6:.0f} MB"
    click.echo(
        f"PostgreSQL {now.version} đang chạy: {now.folder} ({size}); chương trình / programs: {now.programs}"
    )


@command.command("backup", short_help="Sao lưu / back up")
@click.argument("file", type=click.Path(dir_okay=False, path_type=Path))
@_passphrase_file
def backup(file: Path, passphrase_file: Path | None) -> None:
    """Ghi toàn bộ sổ hộ, khoá và tệp đã nộp vào một tệp FILE. Chạy được trong lúc mọi người đang làm việc.

    Write the whole register, its keys and uploaded files to one FILE. People may go on working.
    """
    from giamngheo.postgres.backup import backup as make

    with _sentences():
        manifest = make(file.absolute(), passphrase=_passphrase(passphrase_file))
    click.echo(f"Đã sao lưu vào {file} ({file.stat().st_size / 1e6:.1f} MB).")
    if not passphrase_file:
        click.echo("Tệp này chứa cả khoá mở số định danh: giữ nơi kín, hoặc dùng --passphrase-file.")
    if manifest["keys_from_environment"]:
        names = ", ".join(name.upper() for name in manifest["keys_from_environment"])
        click.echo(f"KHÔNG kèm khoá đặt bằng biến môi trường, hãy tự giữ: {names}.")


@command.command("restore", short_help="Khôi phục / restore")
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option(
    "--replace", is_flag=True, help="Thay sổ hộ đang có / put it in the place of the present register"
)
@_passphrase_file
def restore(file: Path, replace: bool, passphrase_file: Path | None) -> None:
    """Dựng lại sổ hộ từ bản sao lưu FILE. Không thành thì sổ đang có vẫn nguyên.

    Bring back the register of the backup FILE. If it fails, the present register is as it was.
    """
    from giamngheo.postgres.backup import restore as bring_back

    with _sentences():
        manifest = bring_back(file, passphrase=_passphrase(passphrase_file), replace=replace)
    click.echo(f"Đã khôi phục bản sao lưu ngày {manifest['made_at']}.")
    if manifest["kept_as"]:
        click.echo(f"Sổ hộ cũ còn trong cơ sở dữ liệu {manifest['kept_as']}.")
    click.echo(
        "Khởi động lại trang web và việc nền nếu đang chạy. / Restart the pages and the jobs if they run."
    )


@command.command("upgrade", short_help="Nâng cấp / upgrade")
def upgrade() -> None:
    """Chuyển sổ hộ từ PostgreSQL bản cũ sang bản đang dùng; bản cũ còn nguyên.

    Move the register from an older PostgreSQL to the one in use; the older data stay as they are.
    """
    from giamngheo.postgres.upgrade import upgrade as move

    _embedded_only()
    with _sentences():
        moved = move()
    if moved is None:
        click.echo("Không có gì để nâng cấp. / Nothing to upgrade.")
    else:
        click.echo(f"Đã chuyển từ PostgreSQL {moved[0]} sang {moved[1]}; dữ liệu cũ còn nguyên tại chỗ.")


@command.command("url", short_help="Địa chỉ kết nối / connection address")
@click.option("--app", is_flag=True, help="Của vai trò không đặc quyền / of the unprivileged role")
def url(app: bool) -> None:
    """In địa chỉ kết nối, có cả mật khẩu. / Print the connection address, password included."""
    from giamngheo.postgres.urls import database_urls

    with _sentences():
        urls = database_urls()
    click.echo(urls.app if app else urls.owner)


@command.command("shell", short_help="Mở psql / open psql")
@click.option("--app", is_flag=True, help="Bằng vai trò không đặc quyền / as the unprivileged role")
def shell(app: bool) -> None:
    """Mở psql trong cơ sở dữ liệu. / Open psql in the database."""
    from giamngheo.postgres.backup import client_environment
    from giamngheo.postgres.binaries import bin_dir
    from giamngheo.postgres.urls import database_urls

    with _sentences():
        urls = database_urls()
        program = bin_dir() / "psql"
    os.execve(program, ["psql"], client_environment(urls.app if app else urls.owner))  # noqa: S606
