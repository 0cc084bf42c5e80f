"""Public figures: pools alone, frozen, read without an account, withdrawn by a new row, never a household."""

from collections.abc import Callable

import pytest
from django.db import Error, connection, connections, transaction
from django.test import Client
from django.test.utils import CaptureQueriesContext

from giamngheo.access.models import User
from giamngheo.access.scope import acting_as
from giamngheo.audit.models import Event
from giamngheo.registry.models import Household
from giamngheo.rules.standards import standards
from giamngheo.surveys.models import Round
from giamngheo.warehouse import publication
from giamngheo.warehouse.disclosure import LEAST
from giamngheo.warehouse.errors import NotClosedError, NothingPublishedError, NotPublisherError
from giamngheo.warehouse.models import Publication
from tests.conftest import Cast
from tests.warehouse.conftest import at_home, warehouse

__all__ = ["at_home", "warehouse"]

pytestmark = [pytest.mark.django_db(databases=["default", "owner"]), pytest.mark.usefixtures("at_home")]
SignIn = Callable[[User], Client]
ROUND = {"year": 2020, "kind": "annual"}


@pytest.fixture
def out(cast: Cast) -> Publication:
    with acting_as(cast.province):
        return publication.publish(round=Round.objects.get(**ROUND), by=cast.province)


def test_anyone_reads_what_the_province_published(out: Publication, client: Client) -> None:
    assert "2020" in client.get("/cong-bo/").content.decode()
    page = client.get("/cong-bo/2020/").content.decode()
    district = client.get("/cong-bo/2020/108/").content.decode()
    commune = client.get("/cong-bo/2020/03541/").content.decode()
    file = client.get("/cong-bo/2020/tep.csv").content.decode()
    for shown in (page, district, commune):
        assert "Dữ liệu mô phỏng" in shown
        assert "/ho/" not in shown
        assert "<svg" in shown
    assert "Sìn Hồ" in page and "Sìn Hồ" in file
    assert client.get("/cong-bo/2019/").status_code == 404
    assert client.get("/cong-bo/2020/00000/").status_code == 404


def test_no_figure_counts_fewer_than_a_pool_and_no_village_is_told(out: Publication) -> None:
    units = out.content["units"]
    assert {unit["level"] for unit in units} == {1, 2, 3}
    assert any(unit["groups"] for unit in units)
    for unit in units:
        assert set(unit["lacking"]) == {one.code for one in standards()[out.content["standard"]].indicators}
        for figure in (unit, *unit["groups"]):
            assert figure["households"] >= LEAST
            poor = figure["poor"] * figure["households"]
            assert poor < 0.5 or poor > LEAST - 0.5
            assert round(figure["households"] - poor) == 0 or figure["households"] - poor > LEAST - 0.5


def test_no_name_and_no_number_of_a_household_is_in_it(cast: Cast, out: Publication) -> None:
    text = str(out.content)
    with acting_as(cast.province):
        numbers = list(Household.objects.values_list("number", flat=True)[:200])
    assert numbers and not any(number in text for number in numbers)
    assert set(out.content["units"][0]) == {"code", "name", "kind", "level", "within", "households", "poor", "near_poor", "lacking", "groups"}  # fmt: skip


def test_what_is_published_stays_when_the_register_moves_on(out: Publication, client: Client, monkeypatch: pytest.MonkeyPatch) -> None:  # fmt: skip
    before = client.get("/cong-bo/2020/tep.csv").content
    monkeypatch.setattr(publication, "current", lambda: pytest.fail("a public page asked the warehouse"))
    assert client.get("/cong-bo/2020/tep.csv").content == before


def test_a_withdrawal_is_a_new_row_and_the_page_is_gone(cast: Cast, out: Publication, client: Client) -> None:
    with acting_as(cast.province):
        round = Round.objects.get(**ROUND)
        publication.withdraw(round=round, reason="Sai địa giới", by=cast.province)
        assert [row.kind for row in publication.history(seen_by=cast.province)] == ["withdrawn", "published"]
        with pytest.raises(NothingPublishedError):
            publication.withdraw(round=round, reason="lần nữa", by=cast.province)
    assert client.get("/cong-bo/2020/").status_code == 404
    assert publication.published_years() == []
    with acting_as(cast.auditor):
        assert Event.objects.filter(subject="warehouse_publication", kind="insert").count() == 2


@pytest.mark.parametrize("sql", ["UPDATE warehouse_publication SET reason = 'x'", "DELETE FROM warehouse_publication", "TRUNCATE warehouse_publication"])  # fmt: skip
def test_nobody_changes_what_was_published(cast: Cast, sql: str) -> None:
    """Neither the product, which has no such right, nor the owner, whom a trigger refuses."""
    with pytest.raises(Error, match="permission denied"), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(sql)
    round = Round.objects.using("owner").get(**ROUND)
    Publication.objects.using("owner").create(round=round, kind="published", made_by_id=cast.province.pk)
    with connections["owner"].cursor() as cursor:
        cursor.execute(
            "SET CONSTRAINTS ALL IMMEDIATE"
        )  # a table with checks still to come is not emptied anyway
        with pytest.raises(Error, match="never changed"), transaction.atomic(using="owner"):
            cursor.execute(sql)


def test_only_the_province_publishes_and_only_closed_rounds(cast: Cast, signed_in: SignIn) -> None:
    with acting_as(cast.province):
        round = Round.objects.get(**ROUND)
    for other in (cast.leader, cast.officer, cast.district, cast.auditor, cast.admin):
        with acting_as(other), pytest.raises(NotPublisherError):
            publication.publish(round=round, by=other)
        assert signed_in(other).post("/so-lieu-cong-bo/2020/cong-bo").status_code == 404
    with acting_as(cast.province), pytest.raises(NotClosedError):
        publication.publish(round=Round.objects.get(year=2021, kind="annual"), by=cast.province)
    client = signed_in(cast.province)
    done = client.post("/so-lieu-cong-bo/2020/cong-bo", follow=True).content.decode()
    assert "Đã công bố số liệu năm 2020." in done
    assert "Hãy ghi vì sao rút lại." in client.post("/so-lieu-cong-bo/2020/rut", follow=True).content.decode()
    gone = client.post("/so-lieu-cong-bo/2020/rut", {"reason": "Sai"}, follow=True).content.decode()
    assert "Đã rút số liệu năm 2020." in gone


def test_a_page_is_cheap(out: Publication, client: Client) -> None:
    client.get("/cong-bo/2020/")
    with CaptureQueriesContext(connection) as queries:
        client.get("/cong-bo/2020/")
    assert len(queries) <= 14, [q["sql"][:80] for q in queries]
