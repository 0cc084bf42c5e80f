"""DATABASE_URL: the whole database layer on a PostgreSQL of the user's own – Debian's where the machine has it."""

from pathlib import Path

import psycopg
import pytest

from giamngheo.postgres.binaries import bin_dir, major
from tests.postgres.own import DJANGO, ROOT, SET_UP, OwnServer, debian_programs, knows, run_python

DEBIAN = debian_programs()

SIGN_IN = (
    DJANGO
    + """
from django.test import Client
from giamngheo.access.models import User
from giamngheo.access.scope import acting_as
from giamngheo.areas.models import Unit
from giamngheo.demo.accounts import PASSWORD
from giamngheo.registry.actions import register_household
from giamngheo.registry.models import Household
from tests.registry.conftest import member

def people(name, *, by_password=False):
    client, user = Client(), User.objects.get(username=name)
    if by_password:
        client.post("/tai-khoan/login/", {"login": name, "password": PASSWORD})
    else:
        client.force_login(user)
    return client, user

officer, by = people("xa", by_password=True)
ours = Household.objects.using("owner").filter(local_code="S1")
if not ours.exists():
    with acting_as(by):
        register_household(village=Unit.objects.get(code="03541V01"), local_code="S1", on=dt.date(2016, 1, 10),
            members=[member("Giàng A Páo 1975", first=True)], by=by)
number = ours.get().number
other, _ = people("xakhac")
leader, _ = people("lanhdao")
print([c.get(f"/ho/{number}/").status_code for c in (officer, other, leader, Client())], Household.objects.count())
print("Giàng A Páo" in officer.get(f"/ho/{number}/").content.decode())
"""
)


def test_people_sign_in_and_see_their_own_commune_alone(own: OwnServer, elsewhere: Path) -> None:
    assert run_python(SIGN_IN, knows(own, elsewhere / "home")) == "[200, 404, 404, 302] 0\nTrue\n"
    assert not (elsewhere / "home" / "postgres").exists()  # no server of ours was started beside


def test_a_backup_of_it_rises_again_on_another_machine(own: OwnServer, elsewhere: Path) -> None:
    """The same household, its sealed columns and its limits, under another name and with keys the new home did not have."""
    run_python(SIGN_IN, knows(own, elsewhere / "home"))
    giamngheo = "from giamngheo.cli import main; import sys; sys.argv[1:] = {}; main()"
    file = elsewhere / "register.backup"
    run_python(giamngheo.format(["db", "backup", str(file)]), knows(own, elsewhere / "home"))
    with psycopg.connect(own.url("postgres"), autocommit=True) as connection:
        connection.execute("CREATE DATABASE noi_khac TEMPLATE template0")
    restored = knows(own, elsewhere / "elsewhere", "noi_khac")
    run_python(giamngheo.format(["db", "restore", str(file)]), restored)
    assert run_python(SIGN_IN, restored) == "[200, 404, 404, 302] 0\nTrue\n"
    for key in ("giamngheo_field_key", "giamngheo_index_key"):
        before, after = (elsewhere / home / "secrets" / key for home in ("home", "elsewhere"))
        assert before.read_text() == after.read_text()


def test_an_owner_who_may_not_make_roles_is_told_what_to_ask_for(own: OwnServer, elsewhere: Path) -> None:
    with psycopg.connect(own.url("postgres"), autocommit=True) as connection:
        connection.execute(f"CREATE ROLE nguoi_thuong LOGIN PASSWORD '{own.owner_password}'")
        connection.execute("CREATE DATABASE cua_thuong OWNER nguoi_thuong TEMPLATE template0")
    environment = knows(own, elsewhere / "plain")
    environment["DATABASE_URL"] = own.url("cua_thuong", "nguoi_thuong")
    code = (
        DJANGO
        + "from giamngheo.config.setup import migrate\ntry:\n    migrate(print)\nexcept Exception as e:\n    print(e)"
    )
    assert "GIAMNGHEO_APP_PASSWORD" in run_python(code, environment)


@pytest.mark.skipif(not DEBIAN, reason="không có PostgreSQL của Debian; cài bằng: apt-get install postgresql")
def test_a_register_moves_from_debians_older_server_to_ours(elsewhere: Path) -> None:
    """15 to 18, as an installation does that outlived its PostgreSQL."""
    older, ours = DEBIAN[0], bin_dir()
    if major(older) >= major(ours):
        pytest.skip("hai bản PostgreSQL như nhau")
    home = {
        "GIAMNGHEO_HOME": str(elsewhere / "moving"),
        "PYTHONPATH": f"{ROOT}/src:{ROOT}",
        "GIAMNGHEO_HOSTS": "testserver",
    }
    home |= {"GIAMNGHEO_DEMO": "1", "DATABASE_URL": ""}
    before = {**home, "PG_BIN": str(older)}
    run_python(SET_UP, before)
    assert run_python(SIGN_IN, before).startswith("[200, 404, 404, 302]")
    moved = run_python("from giamngheo.postgres.upgrade import upgrade; print(upgrade())", home)
    assert moved == f"({major(older)}, {major(ours)})\n"
    assert run_python(SIGN_IN, home) == "[200, 404, 404, 302] 0\nTrue\n"
    run_python("from giamngheo.postgres import server; server.stop()", home)
