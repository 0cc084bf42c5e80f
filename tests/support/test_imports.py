"""Workbooks of agencies: every problem by row and column, matched without a common number, doubts settled and remembered."""

import datetime as dt
from pathlib import Path
from typing import Any

import pytest
import xlsxwriter

from giamngheo.access.scope import acting_as
from giamngheo.registry.models import Person
from giamngheo.support import errors
from giamngheo.support.imports import actions
from giamngheo.support.models import Delivery, Intake, IntakeRow, KnownAs
from tests.conftest import Cast

pytestmark = pytest.mark.django_db
HEAD = ["Họ và tên", "Ngày sinh", "Giới tính", "Thôn/bản", "Mã thẻ BHYT", "Hạn sử dụng từ", "Hạn sử dụng đến", "Số tiền đóng", "Ngày cấp", "Mã xã"]  # fmt: skip
CARDS = "health-insurance"


@pytest.fixture(autouse=True)
def at_once(monkeypatch: pytest.MonkeyPatch, settings: Any, tmp_path: Path) -> None:
    """Jobs run where the test says so; files lie in the test's folder."""
    settings.MEDIA_ROOT = tmp_path
    monkeypatch.setattr("giamngheo.support.jobs.check_intake.defer", lambda **asked: None)
    monkeypatch.setattr("giamngheo.support.jobs.apply_intake.defer", lambda **asked: None)


def _row(person: Person, **changes: Any) -> list[Any]:
    told = {
        "name": person.full_name,
        "birth": f"{person.birth_date:%d/%m/%Y}" if person.birth_date else str(person.birth_year or ""),
        "sex": person.get_sex_display(),
        "village": person.village.name,
        "card": f"HN{person.pk}",
        "since": "01/01/2021",
        "until": "31/12/2021",
        "amount": 804_600,
        "on": "15/01/2021",
        "commune": "",
    }
    return list({**told, **changes}.values())


def _book(path: Path, rows: list[list[Any]], head: list[str] = HEAD) -> list[bytes]:
    with xlsxwriter.Workbook(str(path)) as book:
        sheet = book.add_worksheet("BHXH")
        sheet.write_row(0, 0, head)
        for n, row in enumerate(rows, start=1):
            sheet.write_row(n, 0, row)
    return [path.read_bytes()]


def _bring(cast: Cast, blocks: list[bytes], policy: str = CARDS) -> Intake:
    with acting_as(cast.officer):
        of = actions.receive(
            agency="insurance", policy=policy, file_name="bhxh.xlsx", blocks=blocks, by=cast.officer
        )
    actions.check(of.pk, by=cast.officer)
    with acting_as(cast.officer):
        return Intake.objects.get(pk=of.pk)


def _people(cast: Cast, n: int) -> list[Person]:
    """People of the commune of whom the register knows the day of birth."""
    with acting_as(cast.officer):
        found = Person.objects.select_related("village", "household").filter(
            birth_date__isnull=False, household__isnull=False, same_as=None
        )
        return list(found.order_by("pk")[10 : 10 + n])


def test_a_file_with_problems_tells_all_of_them_by_row_and_column_and_writes_nothing(
    cast: Cast, tmp_path: Path
) -> None:
    one, two, three, dead = _people(cast, 4)
    with acting_as(cast.officer):
        Person.objects.filter(pk=dead.pk).update(died_on=dt.date(2020, 5, 1), household=None)
    rows = [
        _row(one, amount=-804_600),
        _row(two, on="01/12/2021"),
        _row(three, amount=804),
        _row(dead),
        _row(one, name="Nguyễn Không Ai Cả", birth="01/01/1901", village="", card="x"),
        _row(three, amount=804_600, card="HN9", since="01/01/2020", until="31/12/2020", on="10/01/2020"),
        _row(three, amount=804_600, card="HN9", since="01/01/2020", until="31/12/2020", on="10/01/2020"),
        _row(two, commune="99999", card="c", since="01/01/2019", until="31/12/2019", on="10/01/2019"),
        _row(two, commune="03556", card="d", since="01/01/2018", until="31/12/2018", on="10/01/2021"),
        _row(two, on="mai", card="e"),
    ]
    of = _bring(cast, _book(tmp_path / "a.xlsx", rows))
    with acting_as(cast.officer):
        told = {(p.row, p.code) for p in of.problems.filter(warning=False)}
        columns = {(p.row, p.column) for p in of.problems.all()}
    assert of.state == Intake.State.REFUSED
    expected = {(2, "negative"), (3, "future"), (4, "thousands"), (5, "had_died"), (6, "unknown_person"), (8, "twice_in_file"), (9, "unknown_unit"), (10, "unit_gone"), (11, "not_date")}  # fmt: skip
    assert expected <= told
    assert {(2, "Số tiền"), (3, "Ngày cấp"), (6, "Họ và tên")} <= columns
    with acting_as(cast.officer):
        assert not Delivery.objects.filter(intake=of).exists()


def test_an_unknown_policy_a_missing_column_and_no_rows_are_said(cast: Cast, tmp_path: Path) -> None:
    (one,) = _people(cast, 1)
    of = _bring(cast, _book(tmp_path / "a.xlsx", [_row(one)]), policy="")
    with acting_as(cast.officer):
        assert [p.code for p in of.problems.filter(warning=False)] == ["no_policy"]
    of = _bring(
        cast, _book(tmp_path / "b.xlsx", [[*_row(one), "Chính sách lạ"]], [*HEAD, "Chính sách"]), policy=""
    )
    with acting_as(cast.officer):
        assert [(p.row, p.code) for p in of.problems.filter(warning=False)] == [(2, "unknown_policy")]
    of = _bring(cast, _book(tmp_path / "c.xlsx", [["a", "b", "c"]], HEAD[:3]))
    with acting_as(cast.officer):
        assert "missing_column" in [p.code for p in of.problems.all()]


def test_rows_are_matched_without_a_common_number_written_whole_and_the_same_file_twice_changes_nothing(
    cast: Cast, tmp_path: Path
) -> None:
    people = _people(cast, 12)
    blocks = _book(tmp_path / "a.xlsx", [_row(person) for person in people])
    of = _bring(cast, blocks)
    with acting_as(cast.officer):
        for doubt in of.rows.filter(how=IntakeRow.How.DOUBTFUL):
            with pytest.raises(errors.DoubtsLeftError):
                actions.queue_apply(of=of, by=cast.officer)
            actions.settle(row=doubt, person=people[doubt.row - 2].pk, by=cast.officer)
        assert dict(of.rows.values_list("row", "person_id")) == {
            n: p.pk for n, p in enumerate(people, start=2)
        }
        actions.queue_apply(of=of, by=cast.officer)
    actions.write(of.pk, by=cast.officer)
    with acting_as(cast.officer):
        of.refresh_from_db()
        assert (of.state, Delivery.objects.filter(intake=of).count()) == (Intake.State.APPLIED, 12)
        row = Delivery.objects.get(intake=of, row=2)
        assert (row.person_id, row.amount, row.agency, row.evidence) == (
            people[0].pk,
            804_600,
            "insurance",
            f"HN{people[0].pk}",
        )
    with pytest.raises(errors.SameFileError):
        _bring(cast, blocks)
    saved_again = _bring(
        cast, _book(tmp_path / "b.xlsx", [[*_row(person), ""] for person in people], [*HEAD, "Ghi chú"])
    )
    assert (saved_again.counts["ready"], saved_again.counts["written_already"]) == (0, 12)


def test_one_who_died_is_known_by_the_number_of_their_household(cast: Cast, tmp_path: Path) -> None:
    (dead,) = _people(cast, 1)
    assert dead.household is not None
    number = dead.household.number
    with acting_as(cast.officer):
        Person.objects.filter(pk=dead.pk).update(died_on=dt.date(2020, 5, 1), household=None)
    row = [*_row(dead, birth="", sex="", village=""), number]
    of = _bring(cast, _book(tmp_path / "a.xlsx", [row], [*HEAD, "Số hộ"]))
    with acting_as(cast.officer):
        assert [p.code for p in of.problems.filter(warning=False)] == ["had_died"]
        assert of.rows.get().how == IntakeRow.How.HOUSEHOLD


def test_who_agrees_in_name_birth_sex_and_village_is_certain(cast: Cast, tmp_path: Path) -> None:
    people = _people(cast, 240)
    of = _bring(cast, _book(tmp_path / "a.xlsx", [_row(person) for person in people]))
    assert (len(people), of.counts["how"]) == (240, {"exact": 240})
    with acting_as(cast.officer):
        assert list(of.rows.order_by("row").values_list("person_id", flat=True)) == [p.pk for p in people]


@pytest.mark.parametrize("unlike", ["name", "birth", "village", "sex", "twin"])
def test_where_one_word_differs_or_two_persons_fit_somebody_looks(
    cast: Cast, tmp_path: Path, unlike: str
) -> None:
    (one,) = _people(cast, 1)
    changes = {
        "name": {"name": one.full_name + "h"},
        "birth": {"birth": str(one.birth_year)},
        "village": {"village": ""},
        "sex": {"sex": ""},
        "twin": {},
    }[unlike]
    if unlike == "twin":
        with acting_as(cast.officer):
            Person.objects.create(
                full_name=one.full_name,
                birth_date=one.birth_date,
                birth_year=one.birth_year,
                sex=one.sex,
                ethnic=one.ethnic,
                known_from=one.known_from,
                village=one.village,
            )
    of = _bring(cast, _book(tmp_path / "a.xlsx", [_row(one, **changes)]))
    with acting_as(cast.officer):
        assert of.rows.get().how != IntakeRow.How.EXACT
        if unlike == "twin":
            assert of.rows.get().how == IntakeRow.How.DOUBTFUL


def test_a_doubt_settled_is_remembered_for_the_next_file_of_the_agency(cast: Cast, tmp_path: Path) -> None:
    (one,) = _people(cast, 1)
    unsure = {"birth": str(one.birth_year), "name": one.full_name + "h", "sex": "", "commune": "03541"}
    of = _bring(cast, _book(tmp_path / "a.xlsx", [_row(one, **unsure)]))
    with acting_as(cast.officer):
        row = of.rows.get()
        assert row.how == IntakeRow.How.DOUBTFUL, row.candidates
        with pytest.raises(errors.OutsideAreaError):
            actions.settle(row=row, person=1, by=cast.officer)
        actions.settle(row=row, person=one.pk, by=cast.officer)
        assert KnownAs.objects.get().person_id == one.pk
        of.refresh_from_db()
        assert of.state == Intake.State.CHECKED
    again = _bring(cast, _book(tmp_path / "b.xlsx", [_row(one, **unsure, card="HNkhac")]))
    with acting_as(cast.officer):
        assert again.rows.get().how == IntakeRow.How.SETTLED
    with acting_as(cast.other_officer):
        assert not Intake.objects.exists() and not KnownAs.objects.exists()
