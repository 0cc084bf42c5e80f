"""`giamngheo work`: the background jobs – workbooks read and written, large files made, duplicates looked for."""

import click


@click.command(short_help="Chạy việc nền / run background jobs")
@click.option("--once", is_flag=True, help="Làm hết việc đang chờ rồi dừng / do what waits, then stop")
@click.option("--concurrency", default=1, show_default=True, help="Số việc cùng lúc / jobs at a time")
def command(once: bool, concurrency: int) -> None:
    """Làm các việc nền; `giamngheo run` tự chạy lệnh này bên cạnh trang web.

    Run the background jobs; `giamngheo run` starts this beside the pages.
    """
    from giamngheo.cli import start_django

    start_django()
    from django.core.management import call_command

    from giamngheo.surveys.export_actions import sweep
    from giamngheo.surveys.imports.actions import say_stopped

    say_stopped()
    sweep()
    call_command("procrastinate", "worker", concurrency=concurrency, wait=not once, verbosity=0)
