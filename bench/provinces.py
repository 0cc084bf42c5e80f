"""The small and the full synthetic province, each in a database of its own, made once in a run."""

import datetime as dt
import os
from functools import cache
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
os.environ.setdefault("GIAMNGHEO_HOME", str(ROOT / "var" / "bench"))
os.environ.setdefault("GIAMNGHEO_DEMO", "1")
os.environ.setdefault("DJANGO_SETTINGS_MODULE", "giamngheo.config.settings")


@cache
def database(*, small: bool) -> str:
    """The name of a fresh database with the province loaded and the trial accounts open."""
    import django

    django.setup()
    from django.core.management import call_command

    from giamngheo.config.setup import install_province, migrate
    from giamngheo.demo.accounts import open_accounts
    from giamngheo.demo.load import load

    name = f"giamngheo_bench_{'small' if small else 'full'}"
    _create(name)
    point_at(name)
    migrate(lambda line: None)
    install_province(
        ROOT / "law" / "areas" / "lai-chau",
        say=lambda line: None,
        synthetic=True,
        working_date=dt.date(2021, 10, 15),
    )
    load(small=small, say=lambda line: None)
    open_accounts()
    call_command("collectstatic", interactive=False, verbosity=0)
    return name


def _create(name: str) -> None:
    import psycopg
    from django.conf import settings

    owner = settings.DATABASES["owner"]
    with psycopg.connect(
        dbname="postgres",
        user=owner["USER"],
        password=owner["PASSWORD"],
        host=owner["HOST"],
        port=owner["PORT"] or None,
        autocommit=True,
    ) as admin:
        admin.execute(f'DROP DATABASE IF EXISTS "{name}" WITH (FORCE)')
        admin.execute(f'CREATE DATABASE "{name}"')


def point_at(name: str) -> None:
    """From here on every connection goes to the database `name`."""
    from django.conf import settings
    from django.db import connections

    for alias in ("default", "owner"):
        connections[alias].close()
        connections[alias].settings_dict["NAME"] = settings.DATABASES[alias]["NAME"] = name
