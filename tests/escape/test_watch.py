"""The watch list: made from past rounds by the province, seen within one's area, frozen, and no ground for any right."""

from collections.abc import Callable

import pyarrow as pa
import pytest
from django.db import InternalError, ProgrammingError, connection, transaction
from django.test import Client

from giamngheo.access.models import User
from giamngheo.access.scope import acting_as
from giamngheo.audit.models import Event
from giamngheo.escape import actions, errors, watch
from giamngheo.escape.models import Watch, Watched
from giamngheo.warehouse.panel import most_followed
from giamngheo.warehouse.snapshot import Snapshot
from tests.conftest import Cast

pytestmark = pytest.mark.django_db
PAGE = "/ho-tro/can-theo-doi/"


@pytest.fixture
def made(at_home: None, cast: Cast, monkeypatch: pytest.MonkeyPatch) -> Watch:
    # the small province has some ten events in all: fewer are let carry a predictor here, so that there is a list
    monkeypatch.setattr("giamngheo.measures.risk.EVENTS", 4)
    with acting_as(cast.province):
        asked = Watch.objects.create(asked_by=cast.province)
    actions.run(asked.pk, by=cast.province)
    with acting_as(cast.province):
        asked.refresh_from_db()
    assert asked.state == Watch.State.DONE, asked.failure
    return asked


def test_who_is_at_risk_and_what_teaches(warehouse: Snapshot) -> None:
    rounds = most_followed(warehouse.rounds)
    assert rounds
    rows = watch.at_risk(warehouse, rounds).to_pyarrow().to_pylist()
    assert {row["year"] for row in rows} == set(rounds.years[1:])  # in the first round nobody's past is known
    assert all(row["near_poor"] or row["recent"] for row in rows)
    assert all(row["fell"] is None for row in rows if row["year"] == rounds.years[-1])
    assert {row["fell"] for row in rows if row["year"] != rounds.years[-1]} <= {0, 1, None}
    known = [row for row in rows if row["dependants"] is not None]  # the first rounds did not ask for members
    assert known and all(0 <= row["dependants"] <= row["persons"] for row in known)


def test_the_list_is_of_the_last_round_and_keeps_its_model(made: Watch, cast: Cast) -> None:
    told = watch.Told.from_plain(made.model)
    assert (made.standard, made.fitted_on, made.held_out, made.of_year) == (
        "2016-2020",
        [2016, 2017, 2018],
        2019,
        2020,
    )
    assert told.tried == sum(band.n for band in told.bands) == sum(g.spared + g.befallen for g in told.groups)
    assert told.befallen == sum(band.events for band in told.bands)
    with acting_as(cast.province):
        named = list(Watched.objects.filter(of=made))
        assert named and all(one.chance >= told.threshold for one in named)
        surely = {effect.name for effect in told.fitted.effects if effect.sure}
        assert all(set(one.why) <= surely for one in named), "what may as well lower it is no reason"
        with connection.cursor() as cursor:
            cursor.execute("UPDATE escape_watch SET of_year = 1999 WHERE id = %s", [made.pk])
            assert cursor.rowcount == 0
        with (
            pytest.raises((ProgrammingError, InternalError)),
            transaction.atomic(),
            connection.cursor() as cursor,
        ):
            cursor.execute("UPDATE escape_watched SET chance = 0")


def test_each_sees_the_households_of_their_area(
    made: Watch, cast: Cast, signed_in: Callable[[User], Client]
) -> None:
    seen = {}
    for name in ("province", "officer", "other_officer", "head", "auditor"):
        client = signed_in(getattr(cast, name))
        said = client.get(PAGE)
        words = said.content.decode()
        assert (
            "không phải căn cứ cho bất cứ quyền nào" in words
            and "Có thiên lệch giữa các dân tộc không" in words
        )
        seen[name] = {row.household_id for row in said.context["page"]}
    assert seen["officer"] and seen["officer"] < seen["province"] == seen["auditor"]
    assert not seen["officer"] & seen["other_officer"] and seen["head"] <= seen["officer"]
    for who in (cast.leader, cast.admin):
        assert signed_in(who).get(PAGE).status_code == 404
        with acting_as(who):
            assert not Watch.objects.exists() and not Watched.objects.exists()
    with acting_as(cast.auditor):
        assert Event.objects.filter(subject="escape_watched", kind="read").exists()


def test_the_province_alone_makes_it_and_one_at_a_time(
    at_home: None, cast: Cast, signed_in: Callable[[User], Client]
) -> None:
    with acting_as(cast.officer), pytest.raises(errors.MakerError):
        actions.ask(by=cast.officer)
    client = signed_in(cast.province)
    assert client.post(f"{PAGE}lap").status_code == 302
    said = client.get(PAGE).content.decode()
    assert "Đang lập danh sách theo dõi" in said and "Chưa lập danh sách" in said
    with acting_as(cast.province), pytest.raises(errors.MakingAlreadyError):
        actions.ask(by=cast.province)


def test_too_few_events_are_said(
    at_home: None, cast: Cast, monkeypatch: pytest.MonkeyPatch, signed_in: Callable[[User], Client]
) -> None:
    monkeypatch.setattr("giamngheo.measures.risk.EVENTS", 1000)
    with acting_as(cast.province):
        asked = Watch.objects.create(asked_by=cast.province)
    actions.run(asked.pk, by=cast.province)
    with acting_as(cast.province):
        asked.refresh_from_db()
    assert asked.state == Watch.State.FAILED and "cần ít nhất 1000 lượt" in asked.failure
    assert asked.failure in signed_in(cast.province).get(PAGE).content.decode()


def test_what_is_not_known_of_every_row_or_always_alike_is_no_predictor() -> None:
    rows = pa.table({"persons": [3, 4, 5], "dependants": [None, 2, 1], "recent": [1, 1, 0]})
    learn = rows.slice(0, 2)
    assert [name for name in rows.column_names if watch._tells(rows, learn, name)] == ["persons"]
