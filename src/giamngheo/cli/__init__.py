"""The `giamngheo` command: each word of it is a module of this room, loaded only when asked for."""

import importlib
import os

import click

#: word -> (module, one line of help); the line stands here so that --help loads nothing.
COMMANDS = {
    "run": "Chạy phần mềm / serve the pages and the jobs",
    "assess": "Xét một bảng tính, không cần cơ sở dữ liệu / judge a workbook, without a database",
    "measure": "Đo nghèo trên một bảng số liệu / measure poverty on a table",
    "law": "Kiểm tra và xem luật / check and show the law",
    "resolution": "Kiểm tra, nạp nghị quyết / check and load a resolution",
    "areas": "Đơn vị hành chính / administrative units",
    "demo": "Tỉnh mô phỏng / the synthetic province",
    "warehouse": "Kho số liệu để phân tích / columnar copies for analysis",
    "audit": "Kiểm tra sổ quyết định / check the book of decisions",
    "db": "Cơ sở dữ liệu: chạy, dừng, sao lưu, khôi phục / the database",
    "setup": "Chuẩn bị cơ sở dữ liệu và nạp tỉnh / prepare the database, load a province",
    "user": "Tài khoản đầu tiên / the first account",
    "work": "Chạy việc nền / run background jobs",
    "translate": "Gom và dịch chữ của giao diện / gather and compile the interface's words",
    "manage": "Lệnh của Django, cho người bảo trì / Django's own commands, for maintainers",
}


class LazyGroup(click.Group):
    def list_commands(self, ctx: click.Context) -> list[str]:
        return list(COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        if cmd_name not in COMMANDS:
            return None
        command: click.Command = importlib.import_module(f"giamngheo.cli.{cmd_name}").command
        return command

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        with formatter.section("Lệnh / Commands"):
            formatter.write_dl(list(COMMANDS.items()))


@click.group(cls=LazyGroup, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(package_name="giamngheo")
def main() -> None:
    """Phần mềm giảm nghèo bền vững của một tỉnh.

    Bắt đầu bằng `giamngheo run --demo` để xem tỉnh mô phỏng, hoặc `giamngheo assess TỆP.xlsx --out KẾT-QUẢ.xlsx` nếu
    chỉ có một bảng tính. `giamngheo LỆNH --help` nói rõ từng lệnh.

    Software with which a province runs its poverty-reduction programme. Start with `giamngheo run --demo`, or with
    `giamngheo assess FILE.xlsx --out RESULT.xlsx` if a workbook is all you have.
    """


def start_django() -> None:
    """What a command that needs the database calls first."""
    import django

    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "giamngheo.config.settings")
    django.setup()
