"""Files taken away: who may, what is in them, and that each one stands in the record."""

import io
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from giamngheo.access.models import User
from giamngheo.access.scope import acting_as
from giamngheo.areas.models import Unit
from giamngheo.audit.models import Event
from giamngheo.surveys.models import Export, Round
from tests.conftest import Cast
from tests.surveys.conftest import (
    Judge,
    judge,
    make_household,
    officer,
    round,
    tally,
    villages,
)
from tests.surveys.test_figures import commune_of

__all__ = ["judge", "make_household", "officer", "round", "villages"]  # fixtures of the surveys room

SignedIn = Callable[[User], Client]


@pytest.fixture(autouse=True)
def files(settings: Any, tmp_path: Path) -> None:
    settings.MEDIA_ROOT = tmp_path


def address(round: Round) -> str:
    return reverse("export", args=[round.pk])


def test_a_small_file_is_there_at_once_and_recorded(
    round: Round, officer: User, cast: Cast, judge: Judge, signed_in: SignedIn
) -> None:
    judge("poor_income", "1110000000")
    answer = signed_in(officer).post(address(round), {"format": "csv"}, follow=True)
    assert answer.status_code == 200 and "attachment" in answer["Content-Disposition"]
    with zipfile.ZipFile(io.BytesIO(b"".join(answer.streaming_content))) as packed:  # type: ignore[attr-defined]
        assert set(packed.namelist()) == {"ho.csv", "thanh-vien.csv", "ghi-chu.txt"}
        assert "Hộ nghèo" in packed.read("ho.csv").decode()
    with acting_as(cast.auditor):
        event = Event.objects.get(kind="export", subject="surveys_export")
        assert (event.actor, event.details["rows"]) == (officer.pk, 1)
        assert Event.objects.filter(kind="read", subject="surveys_export").exists()


@pytest.mark.parametrize("role", ["leader", "admin"])
def test_those_who_see_no_households_get_none(
    cast: Cast, round: Round, role: str, signed_in: SignedIn
) -> None:
    client = signed_in(getattr(cast, role))
    client.post(address(round), {"format": "xlsx"})
    assert not Export.objects.exists()


def test_a_file_is_its_makers_alone(
    round: Round, officer: User, cast: Cast, judge: Judge, signed_in: SignedIn
) -> None:
    judge("none", "0000000000")
    signed_in(officer).post(address(round), {"format": "xlsx"})
    made = Export.objects.get()
    for other in (cast.other_officer, cast.province, cast.leader, cast.auditor):
        assert signed_in(other).get(reverse("export-file", args=[made.pk])).status_code == 404


def test_a_large_file_is_a_job(
    round: Round, officer: User, judge: Judge, signed_in: SignedIn, monkeypatch: pytest.MonkeyPatch
) -> None:
    from giamngheo.surveys import export_actions

    monkeypatch.setattr(export_actions, "AT_ONCE", 0)
    judge("none", "0000000000")
    client = signed_in(officer)
    answer = client.post(address(round), {"format": "parquet"}, follow=True)
    made = Export.objects.get()
    assert made.state == "waiting" and "Đang ghi tệp" in answer.content.decode()
    export_actions.run(made.pk, officer)
    part = client.get(reverse("export-state", args=[made.pk]), headers={"HX-Request": "true"})
    assert part["HX-Refresh"] == "true"
    assert "Tải tệp" in client.get(reverse("export-state", args=[made.pk])).content.decode()


def test_a_file_may_be_let_go_of_before_and_while_it_is_written(
    round: Round, officer: User, judge: Judge, signed_in: SignedIn, monkeypatch: pytest.MonkeyPatch
) -> None:
    from giamngheo.surveys import export_actions

    monkeypatch.setattr(export_actions, "AT_ONCE", 0)
    judge("none", "0000000000")
    client = signed_in(officer)
    for _ in range(2):
        client.post(address(round), {"format": "csv"})
    first, second = Export.objects.order_by("pk")
    assert "Huỷ" in client.get(reverse("export-state", args=[first.pk])).content.decode()
    client.post(reverse("export-cancel", args=[first.pk]))
    export_actions.run(first.pk, officer)
    Export.objects.filter(pk=second.pk).update(state="working")
    client.post(reverse("export-cancel", args=[second.pk]))
    with pytest.raises(export_actions.CancelledError):
        export_actions.make(second)  # the next word of progress finds it cancelled
    assert set(Export.objects.values_list("state", flat=True)) == {"cancelled"}
    assert not any(export_actions.folder().iterdir())
    assert "Đã huỷ" in client.get(reverse("export-state", args=[first.pk])).content.decode()


def test_a_file_is_kept_for_a_week(round: Round, officer: User, judge: Judge, signed_in: SignedIn) -> None:
    from giamngheo.surveys import export_actions

    judge("none", "0000000000")
    client = signed_in(officer)
    client.post(address(round), {"format": "csv"})
    made = Export.objects.get()
    week = export_actions.KEPT_DAYS * 86_400
    written = export_actions.path_of(made).stat().st_mtime
    assert export_actions.sweep(now=written + week) == 0
    assert export_actions.sweep(now=written + week + 1) == 1
    assert "hãy yêu cầu lại" in client.get(reverse("export-state", args=[made.pk])).content.decode()
    assert client.get(reverse("export-file", args=[made.pk])).status_code == 404
    assert reverse("export-file", args=[made.pk]) not in client.get(address(round)).content.decode()


def test_figures_as_csv_and_as_workbook(
    round: Round, cast: Cast, judge: Judge, villages: list[Unit], signed_in: SignedIn, tmp_path: Path
) -> None:
    from giamngheo.base.sheets import open_workbook

    judge("poor_income", "1110000000")
    tally(round)
    client, unit = signed_in(cast.leader), commune_of(villages[0])
    with acting_as(cast.province):
        Round.objects.filter(pk=round.pk).update(kind="annual", year=2031)
    asked = {"nam": "2031"}
    table = client.get(reverse("figures-file", args=[unit.code, "don-vi"]), asked)
    assert table.status_code == 200
    last = table.content.decode("utf-8-sig").splitlines()[-1]
    assert last.startswith(f"{unit.code},{unit.name},2016-2020,1,1,1.0000")
    book = tmp_path / "figures.xlsx"
    book.write_bytes(client.get(reverse("figures-file", args=[unit.code, "tat-ca"]), asked).content)
    with open_workbook(book) as opened:
        assert opened.sheet_names == ["Theo đơn vị", "Theo năm", "Thiếu hụt", "Dân tộc", "Ghi chú"]
        assert any("điểm phần trăm" in str(row.cells[0]) for row in opened.rows("Ghi chú"))
    with acting_as(cast.auditor):
        assert Event.objects.filter(kind="export", subject="figures").count() == 2


@pytest.mark.parametrize("code", ["99999", "other"])
def test_figures_of_another_area_are_not_there(
    round: Round, cast: Cast, villages: list[Unit], signed_in: SignedIn, code: str
) -> None:
    asked = commune_of(villages[0]).code if code == "other" else code
    assert signed_in(cast.other_officer).get(reverse("figures-file", args=[asked, "nam"])).status_code == 404
