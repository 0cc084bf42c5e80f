"""A real PostgreSQL with the law's areas and the small synthetic province in it, and a fixed cast of people.

The template database is made once for the present migrations, areas and demo code, and kept; each test process works
on a clone. A test that needs committed rows (jobs, other connections, a served site) takes a clone of its own.
"""

import hashlib
import os
import re
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import psycopg
import pytest
from django.conf import settings
from django.contrib.auth.hashers import PBKDF2PasswordHasher
from django.db import connections
from django.test import Client
from pytest_django.plugin import DjangoDbBlocker

from giamngheo.postgres.server import SUPERUSER, ensure_running
from tests.cluster import cluster as cluster  # a fixture

if TYPE_CHECKING:
    from xdist.scheduler import LoadScopeScheduling

    from giamngheo.access.models import User

ROOT = Path(__file__).resolve().parent.parent
#: Sign-ins are counted in the cache: two test processes must not slow one another down.
settings.CACHES["default"]["LOCATION"] = (
    f"{settings.CACHES['default']['LOCATION']}-{os.environ.get('PYTEST_XDIST_WORKER', 'main')}"
)

#: What is typed is checked as in earnest, but hashed in a moment: half a second each time would be a minute of them all.
PBKDF2PasswordHasher.iterations = 1

#: Tests that share what is slow to start: a Spark cluster, a site and its browser, servers of another hand.
SHARED = re.compile(
    r"(?P<spark>\[spark|_on_spark|/test_spark\.py)|^tests/(?P<site>journeys/)|^tests/(?P<servers>postgres/test_(own_server|faults))"
)


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """What takes longest begins first, so that no process waits at the end for one that has it still before it."""
    items.sort(key=lambda item: SHARED.search(item.nodeid) is None)


def pytest_xdist_make_scheduler(config: pytest.Config, log: Any) -> "LoadScopeScheduling":
    """Tests that share something stay in one process, and those of a file, which share fixtures; files go to whichever is free.

    Marks of pytest-xdist would say it shorter, but its release in use does not carry them under this pytest.
    """
    from xdist.scheduler import LoadScopeScheduling

    class Together(LoadScopeScheduling):
        def _split_scope(self, nodeid: str) -> str:
            found = SHARED.search(nodeid)
            return str(found.lastgroup) if found and found.lastgroup else nodeid.partition("::")[0]

    config.option.loadscopereorder = False  # as collected
    return Together(config, log)


def _fingerprint() -> str:
    """Changes when anything that shapes the template database does."""
    shaping = [
        *ROOT.glob("src/giamngheo/*/migrations/*.py"),
        *ROOT.glob("src/giamngheo/*/models.py"),
        *ROOT.glob("src/giamngheo/demo/**/*"),
        *ROOT.glob("src/giamngheo/rules/*.py"),
        *ROOT.glob("src/giamngheo/areas/*.py"),
        *ROOT.glob("law/areas/**/*"),
        *ROOT.glob("law/standards/**/standard.yaml"),
        # what migrations take their SQL from
        *(
            ROOT / "src/giamngheo" / name
            for name in ("access/keys.py", "access/policies.py", "audit/triggers.py")
        ),
        ROOT / "src/giamngheo/registry/periods.py",
        ROOT / "src/giamngheo/config/setup.py",
    ]
    digest = hashlib.sha256()
    for path in sorted(p for p in shaping if p.is_file() and "__pycache__" not in p.parts):
        digest.update(str(path.relative_to(ROOT)).encode() + path.read_bytes())
    return digest.hexdigest()[:12]


def _admin() -> psycopg.Connection[tuple[object, ...]]:
    """A connection that may make databases and drop them under other roles' connections."""
    given = os.environ.get("DATABASE_URL")
    return psycopg.connect(given or ensure_running().url(SUPERUSER, "postgres"), autocommit=True)


def _spare_the_disk(admin: psycopg.Connection[tuple[object, ...]]) -> None:
    """Our own server of tests need not outlive the machine: it waits for no disk. A server of the user's is left alone."""
    if not os.environ.get("DATABASE_URL"):
        for setting in ("fsync", "full_page_writes", "synchronous_commit", "autovacuum"):
            admin.execute(f"ALTER SYSTEM SET {setting} = off")
        admin.execute("SELECT pg_reload_conf()")


def _point_at(name: str) -> None:
    for alias in ("default", "owner"):
        connections[alias].close()
        connections[alias].settings_dict["NAME"] = name
        settings.DATABASES[alias]["NAME"] = name


def _make_template(name: str) -> None:
    import datetime as dt

    from giamngheo.config.setup import install_province, migrate
    from giamngheo.demo.accounts import open_accounts
    from giamngheo.demo.load import load

    _point_at(name)
    migrate(lambda line: None)
    install_province(
        ROOT / "law" / "areas" / "lai-chau",
        say=lambda line: None,
        synthetic=True,
        working_date=dt.date(2021, 10, 15),
    )
    load(small=True, say=lambda line: None)
    open_accounts()
    _point_at("postgres")


@pytest.fixture(scope="session")
def template_database(django_db_blocker: DjangoDbBlocker) -> str:
    """The name of the database every clone is made from."""
    name = f"giamngheo_test_{_fingerprint()}"
    with _admin() as admin, django_db_blocker.unblock():
        admin.execute("SELECT pg_advisory_lock(7002)")
        _spare_the_disk(admin)
        made = admin.execute(
            "SELECT 1 FROM pg_database WHERE datname = %s AND datistemplate", [name]
        ).fetchone()
        if not made:
            admin.execute(f'DROP DATABASE IF EXISTS "{name}" WITH (FORCE)')
            admin.execute(f'CREATE DATABASE "{name}" OWNER "{settings.DATABASES["owner"]["USER"]}"')
            _make_template(name)
            admin.execute(f'ALTER DATABASE "{name}" IS_TEMPLATE true')
        admin.execute("SELECT pg_advisory_unlock(7002)")
    return name


def _clone(template: str, name: str) -> None:
    with _admin() as admin:
        admin.execute("SELECT pg_advisory_lock(7002)")
        admin.execute(f'DROP DATABASE IF EXISTS "{name}" WITH (FORCE)')
        owner = settings.DATABASES["owner"]["USER"]
        admin.execute(f'CREATE DATABASE "{name}" TEMPLATE "{template}" OWNER "{owner}" STRATEGY file_copy')
        admin.execute("SELECT pg_advisory_unlock(7002)")


def _drop(name: str) -> None:
    with _admin() as admin:
        admin.execute(f'DROP DATABASE IF EXISTS "{name}" WITH (FORCE)')


@pytest.fixture(scope="session")
def django_db_setup(template_database: str, django_db_blocker: DjangoDbBlocker) -> Iterator[None]:
    """What `db` and `django_db` use: a clone for this test process, tests rolled back one by one."""
    name = f"giamngheo_test_{os.environ.get('PYTEST_XDIST_WORKER', 'main')}_{os.getpid()}"
    _clone(template_database, name)
    with django_db_blocker.unblock():
        _point_at(name)
    yield
    with django_db_blocker.unblock():
        _point_at("postgres")
    _drop(name)


@pytest.fixture
def own_database(
    template_database: str, django_db_setup: None, django_db_blocker: DjangoDbBlocker
) -> Iterator[str]:
    """A clone for one test alone, in which commits are real."""
    before = connections["default"].settings_dict["NAME"]
    name = f"giamngheo_own_{os.getpid()}"
    _clone(template_database, name)
    with django_db_blocker.unblock():
        _point_at(name)
        yield name
        _point_at(before)
    _drop(name)


@dataclass(frozen=True)
class Cast:
    """The people of every test, by role; `other_officer` must see nothing of `officer`'s commune."""

    head: "User"
    officer: "User"
    chairman: "User"
    other_officer: "User"
    district: "User"
    province: "User"
    leader: "User"
    auditor: "User"
    admin: "User"


NAMES = {
    "head": "thon",
    "officer": "xa",
    "chairman": "chutich",
    "other_officer": "xakhac",
    "district": "huyen",
    "province": "tinh",
    "leader": "lanhdao",
    "auditor": "kiemtoan",
    "admin": "quantri",
}


@pytest.fixture
def cast(request: pytest.FixtureRequest) -> Cast:
    if "own_database" not in request.fixturenames:
        request.getfixturevalue("db")
    from giamngheo.access.models import User

    people = {user.username: user for user in User.objects.all()}
    return Cast(**{role: people[username] for role, username in NAMES.items()})


@pytest.fixture
def acting() -> "Callable[[User | None], AbstractContextManager[None]]":
    from giamngheo.access.scope import acting_as

    return acting_as


@pytest.fixture
def signed_in(client: Client) -> "Callable[[User], Client]":
    """A client whose session belongs to a person: `signed_in(cast.officer).get("/")`."""

    def sign_in(user: "User") -> Client:
        client.force_login(user)
        return client

    return sign_in
