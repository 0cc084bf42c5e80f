"""The database itself refuses: every table of ours is under row-level security or named here with the reason."""

import pytest
from django.db import connection, connections

from tests.conftest import Cast

#: Tables anyone who signed in may read whole: they name no household and no person.
OPEN = {
    "access_installation": "which province this is",
    "areas_unit": "units are public",
    "areas_nesting": "units are public",
    "areas_within": "units are public",
    "areas_succession": "units are public",
    "areas_arealist": "lists of units are law",
    "areas_arealistentry": "lists of units are law",
    "areas_outline": "outlines are public",
    "surveys_lawversion": "the law is public",
}
ROOMS = (
    "access_",
    "audit_",
    "areas_",
    "registry_",
    "surveys_",
    "reviews_",
    "reports_",
    "support_",
    "resolution_",
)


@pytest.mark.django_db(databases=["default", "owner"])
def test_every_table_of_ours_is_under_row_level_security() -> None:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT relname, relrowsecurity FROM pg_class JOIN pg_namespace n ON n.oid = relnamespace"
            " WHERE relkind IN ('r', 'p') AND nspname = 'public'"
        )
        tables = {name: secured for name, secured in cursor.fetchall() if name.startswith(ROOMS)}
    unguarded = {name for name, secured in tables.items() if not secured} - set(OPEN)
    assert not unguarded, f"no row-level security on {sorted(unguarded)}; see access/policies.py"


@pytest.mark.django_db(databases=["default", "owner"])
def test_app_role_can_neither_bypass_nor_delete_nor_make_tables() -> None:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT rolbypassrls, rolsuper, rolcreatedb FROM pg_roles WHERE rolname = current_user"
        )
        assert cursor.fetchone() == (False, False, False)
        cursor.execute("SELECT has_schema_privilege('public', 'CREATE')")
        assert cursor.fetchone() == (False,)
        for table in (
            "registry_household",
            "registry_person",
            "surveys_visit",
            "surveys_verdict",
            "audit_event",
        ):
            cursor.execute("SELECT has_table_privilege(%s, 'DELETE')", [table])
            assert cursor.fetchone() == (False,), table


@pytest.mark.django_db(databases=["default", "owner"])
def test_nobody_acting_sees_nothing_even_after_a_scoped_transaction(cast: Cast, acting) -> None:  # type: ignore[no-untyped-def]
    with acting(cast.province), connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM registry_household")
        assert cursor.fetchone()[0] > 100
    with connection.cursor() as cursor:
        for table in (
            "registry_household",
            "registry_person",
            "surveys_visit",
            "surveys_verdict",
            "surveys_tally",
        ):
            cursor.execute(f"SELECT count(*) FROM {table}")
            assert cursor.fetchone()[0] == 0, table


def _seen(table: str) -> int:
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT count(*) FROM {table}")
        return int(cursor.fetchone()[0])


@pytest.mark.django_db(databases=["default", "owner"])
@pytest.mark.parametrize(
    ("role", "households"),
    [
        ("head", "own village"),
        ("officer", "own commune"),
        ("other_officer", "other commune"),
        ("district", "own district"),
        ("province", "all"),
        ("auditor", "all"),
        ("leader", "none"),
        ("admin", "none"),
    ],
)
def test_each_role_sees_the_households_of_its_area_and_no_others(
    cast: Cast,
    acting,
    role: str,
    households: str,  # type: ignore[no-untyped-def]
) -> None:
    user = getattr(cast, role)
    with connections["owner"].cursor() as cursor:
        cursor.execute(
            """SELECT count(*) FROM registry_household h JOIN areas_within w ON w.unit_id = h.village_id
               JOIN access_grant g ON g.unit_id = w.ancestor_id AND g.user_id = %s
               WHERE '2021-10-15' BETWEEN w.valid_from AND coalesce(w.valid_to, 'infinity')""",
            [user.pk],
        )
        in_area = cursor.fetchone()[0]
        cursor.execute("SELECT count(*) FROM registry_household")
        everything = cursor.fetchone()[0]
    with acting(user):
        seen = _seen("registry_household")
    expected = {"none": 0, "all": everything}.get(households, in_area)
    assert seen == expected
    if households not in {"none", "all"}:
        assert 0 < seen < everything


@pytest.mark.django_db(databases=["default", "owner"])
def test_a_leader_sees_figures_but_no_household(cast: Cast, acting) -> None:  # type: ignore[no-untyped-def]
    with acting(cast.leader):
        assert _seen("surveys_tally") > 0
        assert _seen("surveys_verdict") == 0
        assert _seen("surveys_visit") == 0
