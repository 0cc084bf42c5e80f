"""`giamngheo manage …`: Django's own commands, for those who maintain the software."""

import sys

import click


@click.command(
    short_help="Lệnh của Django / Django's own commands",
    context_settings={"ignore_unknown_options": True, "help_option_names": []},
)
@click.argument("arguments", nargs=-1, type=click.UNPROCESSED)
def command(arguments: tuple[str, ...]) -> None:
    """Lệnh của Django, dành cho người bảo trì phần mềm. / Django's own commands, for maintainers."""
    from giamngheo.cli import start_django

    start_django()
    from django.core.management import execute_from_command_line

    execute_from_command_line([sys.argv[0], *arguments])
