"""`giamngheo user`: the first administrator, made on the machine itself."""

import click


@click.group(short_help="Tài khoản đầu tiên / the first account")
def command() -> None:
    """Mở tài khoản quản trị đầu tiên; các tài khoản sau do người quản trị mở trên trang web.

    Open the first administrator's account; all others are opened by the administrator on the web page.
    """


@command.command("add-administrator", short_help="Mở tài khoản quản trị / open an administrator's account")
@click.argument("username")
@click.option("--full-name", required=True, help="Họ và tên / full name")
@click.password_option(
    help="Mật khẩu ban đầu, phải đổi khi đăng nhập lần đầu / first password, changed at first sign-in"
)
def add_administrator(username: str, full_name: str, password: str) -> None:
    """Mở tài khoản quản trị USERNAME. / Open the administrator account USERNAME."""
    from giamngheo.cli import start_django

    start_django()
    from django.contrib.auth.password_validation import validate_password
    from django.core.exceptions import ValidationError

    from giamngheo.access.models import Role, User

    user = User(username=username, full_name=full_name, role=Role.ADMINISTRATOR, must_change_password=True)
    try:
        validate_password(password, user)
    except ValidationError as error:
        raise click.ClickException(" ".join(error.messages)) from error
    if User.objects.filter(username__iexact=username).exists():
        raise click.ClickException(f"Tên đăng nhập {username} đã có. / {username} exists already.")
    user.set_password(password)
    user.save(using="owner")
    click.echo(f"Đã mở tài khoản quản trị {username}.")
