"""What migrations leave: the tables of the models, and to the application role what they say of our own tables, no more."""

import pytest
from django.apps import apps
from django.core.management import call_command
from django.db import connection

pytestmark = pytest.mark.django_db


def _may(right: str, beginning: str) -> list[str]:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT relname FROM pg_class WHERE relkind = 'r' AND relnamespace = 'public'::regnamespace "
            "AND relname LIKE %s AND has_table_privilege('giamngheo_app', oid, %s) ORDER BY 1",
            [beginning + r"\_%", right],
        )
        return [str(row[0]) for row in cursor.fetchall()]


@pytest.mark.parametrize("right", ["UPDATE", "DELETE", "TRUNCATE"])
@pytest.mark.parametrize("table", ["reviews_decision", "audit_event", "surveys_lawversion"])
def test_what_is_frozen_the_application_cannot_undo(table: str, right: str) -> None:
    room = table.partition("_")[0]
    assert table not in _may(right, room)


def test_the_tables_of_libraries_are_the_applications(db: None) -> None:
    assert "django_session" in _may("DELETE", "django")
    assert "mfa_authenticator" in _may("INSERT", "mfa")


@pytest.mark.django_db(databases=["default", "owner"])
def test_the_migrations_make_the_tables_that_the_models_name() -> None:
    """Of our own rooms; what a library's models would change is the library's."""
    own = [app.label for app in apps.get_app_configs() if app.name.startswith("giamngheo.")]
    call_command(
        "makemigrations", *own, check=True, dry_run=True, verbosity=0
    )  # leaves with 1 where they differ
