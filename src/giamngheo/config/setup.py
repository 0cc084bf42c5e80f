"""Bringing an installation to the state the code expects: roles, tables, rights, the province. Safe to repeat."""

import datetime as dt
from collections.abc import Callable
from pathlib import Path

from django.apps import apps
from django.core.management import call_command
from django.db import connections
from django.db.migrations.executor import MigrationExecutor

from giamngheo.access.models import Installation
from giamngheo.access.policies import APP_ROLE
from giamngheo.areas.actions import load_province
from giamngheo.postgres.urls import database_urls, prepare_roles

Say = Callable[[str], None]


def migrate(say: Say) -> None:
    """Roles and tables as the code expects them; nothing to do costs a fraction of a second."""
    prepare_roles(database_urls().owner)
    connection = connections["owner"]
    executor = MigrationExecutor(connection)
    if not executor.migration_plan(executor.loader.graph.leaf_nodes()):
        return
    say("Tạo bảng dữ liệu …")
    call_command("migrate", database="owner", verbosity=0, interactive=False)
    with connection.cursor() as cursor:
        for table in connection.introspection.table_names(cursor):
            if not table.startswith(_own_rooms()):
                cursor.execute(f'GRANT SELECT, INSERT, UPDATE, DELETE ON "{table}" TO {APP_ROLE}')
        cursor.execute(f"GRANT USAGE, SELECT ON ALL SEQUENCES IN SCHEMA public TO {APP_ROLE}")


def _own_rooms() -> tuple[str, ...]:
    """How the names of our own tables begin: they get their rights in their migrations, one by one; libraries' get them here."""
    return tuple(f"{app.label}_" for app in apps.get_app_configs() if app.name.startswith("giamngheo."))


def install_province(
    folder: Path, *, say: Say, synthetic: bool = False, working_date: dt.date | None = None
) -> None:
    """Load the units of the province and say that this installation is that province's."""
    report = load_province(folder, by=None)
    say(str(report))
    row = Installation.objects.using("owner").first() or Installation(id=1)
    row.province_code = report.province_code
    row.synthetic, row.working_date = synthetic, working_date
    row.save(using="owner")
