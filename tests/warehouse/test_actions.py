"""Who may have the warehouse made anew or take files from it, and what is in them."""

import csv
import io
import zipfile
from collections.abc import Callable
from contextlib import AbstractContextManager

import pyarrow.parquet as pq
import pytest

from giamngheo.access.models import User
from giamngheo.audit.models import Event
from giamngheo.surveys.export_actions import folder
from giamngheo.warehouse import actions, jobs
from giamngheo.warehouse.errors import (
    AlreadyBuildingError,
    HouseholdsNotSeenError,
    NoResearchFileError,
    NoSuchTableError,
    ProvincialOfficerError,
)
from giamngheo.warehouse.models import Making
from giamngheo.warehouse.tables import tables
from tests.conftest import Cast

pytestmark = pytest.mark.django_db
Acting = Callable[[User | None], AbstractContextManager[None]]


@pytest.mark.parametrize("role", ["head", "officer", "district", "leader", "auditor", "admin"])
def test_only_a_provincial_officer_has_it_made(at_home: None, cast: Cast, acting: Acting, role: str) -> None:
    person = getattr(cast, role)
    with acting(person):
        with pytest.raises(ProvincialOfficerError):
            actions.ask_for_snapshot(by=person)
        with pytest.raises(ProvincialOfficerError):
            actions.ask_for_research(year=2020, k=5, by=person)


def test_it_is_made_once_at_a_time(at_home: None, cast: Cast, acting: Acting) -> None:
    with acting(cast.province):
        actions.ask_for_snapshot(by=cast.province)
        with pytest.raises(AlreadyBuildingError):
            actions.ask_for_snapshot(by=cast.province)


@pytest.mark.parametrize("format", actions.FORMATS)
def test_tables_are_taken_with_their_dictionary_and_the_taking_is_recorded(
    at_home: None, cast: Cast, acting: Acting, format: str
) -> None:
    with acting(cast.officer):
        making = actions.ask_for_tables(names=["verdicts", "rounds"], format=format, by=cast.officer)
    with acting(cast.auditor):
        assert Event.objects.filter(kind="export", subject="warehouse_making", row=making.pk).exists()
    jobs.make(pk=making.pk, user=cast.officer.pk)
    with acting(cast.officer):
        making.refresh_from_db()
        assert (making.state, making.failure) == (Making.State.DONE, "")
        assert actions.is_kept(making)
    with zipfile.ZipFile(actions.path_of(making)) as bundle:
        assert sorted(bundle.namelist()) == sorted(
            ["README.txt", "dictionary.csv", f"rounds.{format}", f"verdicts.{format}"]
        )
        read = io.BytesIO(bundle.read(f"verdicts.{format}"))
        count = (
            pq.read_table(read).num_rows
            if format == "parquet"
            else sum(1 for _ in csv.DictReader(io.TextIOWrapper(read, "utf-8")))
        )
        words = list(csv.DictReader(io.TextIOWrapper(io.BytesIO(bundle.read("dictionary.csv")), "utf-8-sig")))
        about = bundle.read("README.txt").decode()
    assert count == making.result["verdicts"] > 0
    assert {row["table"] for row in words} == {"verdicts", "rounds"}
    assert len(words) >= sum(len(tables()[name].columns) for name in ("verdicts", "rounds"))
    assert "mô phỏng" in about


@pytest.mark.parametrize(
    ("names", "format"), [([], "csv"), (["verdicts", "secrets"], "csv"), (["verdicts"], "exe")]
)
def test_tables_that_are_not_there_are_refused(
    at_home: None, cast: Cast, acting: Acting, names: list[str], format: str
) -> None:
    with acting(cast.officer), pytest.raises(NoSuchTableError):
        actions.ask_for_tables(names=names, format=format, by=cast.officer)


def test_a_leader_takes_no_rows(at_home: None, cast: Cast, acting: Acting) -> None:
    with acting(cast.leader), pytest.raises(HouseholdsNotSeenError):
        actions.ask_for_tables(names=["verdicts"], format="csv", by=cast.leader)


def test_a_job_that_breaks_says_so_and_leaves_no_file(
    at_home: None, cast: Cast, acting: Acting, monkeypatch: pytest.MonkeyPatch
) -> None:
    with acting(cast.officer):
        making = actions.ask_for_tables(names=["verdicts"], format="csv", by=cast.officer)

    def full(*anything: object) -> None:
        raise OSError("No space left on device")

    before = set(folder().iterdir())
    monkeypatch.setattr(actions, "_tables", full)
    with pytest.raises(OSError, match="No space"):
        jobs.make(pk=making.pk, user=cast.officer.pk)
    with acting(cast.officer):
        making.refresh_from_db()
    assert making.state == Making.State.FAILED and making.failure
    assert set(folder().iterdir()) == before


def test_what_one_asked_for_is_not_another_s(at_home: None, cast: Cast, acting: Acting) -> None:
    with acting(cast.officer):
        making = actions.ask_for_tables(names=["verdicts"], format="csv", by=cast.officer)
    with acting(cast.other_officer):
        assert not Making.objects.filter(pk=making.pk).exists()


def test_a_research_file_is_made_for_a_provincial_officer(at_home: None, cast: Cast, acting: Acting) -> None:
    with acting(cast.province):
        with pytest.raises(NoResearchFileError):
            actions.ask_for_research(year=2020, k=1, by=cast.province)
        making = actions.ask_for_research(year=2020, k=5, by=cast.province)
    jobs.make(pk=making.pk, user=cast.province.pk)
    with acting(cast.province):
        making.refresh_from_db()
    assert (making.state, making.failure) == (Making.State.DONE, "")
    assert making.result["rows"] > 0 and actions.is_kept(making)
