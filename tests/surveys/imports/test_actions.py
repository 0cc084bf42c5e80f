"""A workbook on its way in: shown, applied whole or not at all, the same twice changes nothing, cut off leaves nothing."""

import datetime as dt
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from django.conf import LazySettings

from giamngheo.access.models import User
from giamngheo.access.scope import acting_as
from giamngheo.areas.models import Unit
from giamngheo.registry.models import Household, LifeEvent, Membership, Person, PersonPast, Residence
from giamngheo.surveys.actions import open_round
from giamngheo.surveys.imports import actions, errors
from giamngheo.surveys.imports.queries import imports, problems
from giamngheo.surveys.models import Import, Round, Tally, Verdict, Visit
from tests.conftest import Cast
from tests.registry.conftest import villages_of
from tests.surveys.imports.conftest import HEAD, HOUSEHOLD, WIFE, Cells, write_book

D = dt.date
State = Import.State
Bring = Callable[..., Import]
pytestmark = pytest.mark.usefixtures("own_database", "media")


@pytest.fixture
def round(own_database: str, cast: Cast) -> Round:
    with acting_as(cast.province):
        return open_round(
            year=2021,
            kind=Round.Kind.REGULAR,
            opens=D(2021, 9, 1),
            closes=D(2021, 12, 14),
            reference_date=D(2021, 10, 15),
            name="Rà soát thử",
            by=cast.province,
        )


@pytest.fixture
def village(cast: Cast, round: Round) -> Unit:
    with acting_as(cast.officer):
        return villages_of(cast.officer)[0]


@pytest.fixture
def bring(cast: Cast, round: Round, village: Unit, tmp_path: Path) -> Bring:
    """`bring([household], [member], by=…)`: written as a workbook, received and checked."""

    def do(
        households: list[Cells], members: list[Cells], *, by: User = cast.officer, apply: bool = False
    ) -> Import:
        at = {"village_code": village.code}
        rows = [
            [{**row, **({} if row.get("+elsewhere") else at)} for row in sheet]
            for sheet in (households, members)
        ]
        path = write_book(
            tmp_path / "a.xlsx", [_plain(r) for r in rows[0]], [_plain(r) for r in rows[1]], round
        )
        return through(path, round, by, apply=apply)

    return do


def _plain(row: Cells) -> dict[str, Any]:
    return {key: cell for key, cell in row.items() if key != "+elsewhere"}


def through(path: Path, round: Round, by: User, *, apply: bool = False) -> Import:
    """Receive a file and let the jobs do their work."""
    with acting_as(by):
        of = actions.receive(round=round, file_name=path.name, blocks=[path.read_bytes()], by=by)
    actions.check(of.pk, by=by)
    if apply:
        write(of, by)
    return fresh(of, by)


def write(of: Import, by: User) -> None:
    with acting_as(by):
        actions.queue_apply(of=fresh(of, by), by=by)
    actions.write(of.pk, by=by)


def fresh(of: Import, by: User) -> Import:
    with acting_as(by):
        return Import.objects.select_related("round").get(pk=of.pk)


def codes(of: Import, by: User) -> set[str]:
    with acting_as(by):
        return {problem.code for problem in problems(of, seen_by=by)}


NEW = {**HOUSEHOLD, "household_code": "NHAP1"}
NEW_HEAD, NEW_WIFE = {**HEAD, "household_code": "NHAP1"}, {**WIFE, "household_code": "NHAP1"}
TABLES = (Household, Person, LifeEvent, Residence, Membership, PersonPast, Visit, Verdict)


def sizes() -> dict[str, int]:
    """Rows of every table, whoever may see them."""
    return {model.__name__: model._default_manager.using("owner").count() for model in TABLES}


def test_a_new_household_enters_with_its_people_history_visit_and_verdict(
    cast: Cast, bring: Bring, round: Round
) -> None:
    of = bring([NEW], [NEW_HEAD, NEW_WIFE])
    assert (of.state, of.counts["new"], of.counts["members"], of.counts["problems"]) == (
        State.CHECKED,
        1,
        2,
        0,
    )
    write(of, cast.officer)
    with acting_as(cast.officer):
        home = Household.objects.get(local_code="NHAP1")
        assert [p.full_name for p in home.members.order_by("birth_year")] == ["Giàng A Páo", "Vàng Thị Sua"]
        assert [e.kind for e in home.events.all()] == ["registered"]
        assert home.residences.count() == 1 and home.memberships.count() == 2
        visit = Visit.objects.get(household=home, round=round)
        assert (visit.source, visit.persons, visit.ethnic, visit.visited_on) == (
            "import",
            2,
            "08",
            D(2021, 10, 1),
        )
        assert {m["person"] for m in visit.members} == set(home.members.values_list("pk", flat=True))
        assert Verdict.objects.filter(visit=visit, standard=round.standard, retired_at=None).count() == 1
        assert Tally.objects.filter(round=round, unit=home.village).exists()


def test_the_same_file_twice_changes_nothing(cast: Cast, bring: Bring) -> None:
    assert bring([NEW], [NEW_HEAD, NEW_WIFE], apply=True).state == State.APPLIED
    before = sizes()
    again = bring([NEW], [NEW_HEAD, NEW_WIFE], apply=True)
    assert (again.state, again.counts["same"], again.counts["written"]) == (State.APPLIED, 1, 0)
    assert sizes() == before


def test_checking_writes_nothing_of_the_register(cast: Cast, bring: Bring) -> None:
    before = sizes()
    assert bring([NEW], [NEW_HEAD, NEW_WIFE]).state == State.CHECKED
    assert sizes() == before


def test_a_correction_keeps_what_stood_before(cast: Cast, bring: Bring) -> None:
    bring([NEW], [NEW_HEAD, NEW_WIFE], apply=True)
    of = bring(
        [{**NEW, "income_per_head": 650_000}],
        [NEW_HEAD, {**NEW_WIFE, "ethnic": "Thái", "id_number": "012345678901"}],
        apply=True,
    )
    assert (of.counts["changed"], of.counts["changed_members"]) == (1, 1)
    with acting_as(cast.officer):
        wife = Person.objects.get(household__local_code="NHAP1", full_name="Vàng Thị Sua")
        past = PersonPast.objects.get(person=wife)
        assert (past.ethnic, wife.ethnic) != (wife.ethnic, past.ethnic)
        visits = Visit.objects.filter(household__local_code="NHAP1").order_by("pk")
        assert [bool(v.retired_at) for v in visits] == [True, False]
        assert visits[1].answers["income_per_head"] == 650_000 and visits[1].reason


def test_a_household_named_by_its_number_counts_where_it_lives(
    cast: Cast, bring: Bring, round: Round, village: Unit
) -> None:
    """A village that is nobody's, another commune's or another of this commune is told; blank, the register's is meant."""
    with acting_as(cast.other_officer):
        foreign = villages_of(cast.other_officer)[0]
    with acting_as(cast.officer):
        neighbour = villages_of(cast.officer)[1]
        home = Household.objects.filter(village=village, ended_on=None).order_by("pk")[0]
    known = {**HOUSEHOLD, "household_number": home.number, "household_code": "x", "head_name": None}

    def told(**place: object) -> list[tuple[str, int | None, str, str, dict[str, str]]]:
        of = bring([{**known, **place, "+elsewhere": True}], [])
        with acting_as(cast.officer):
            return [
                (p.column, p.row, p.value, p.code, p.params)
                for p in problems(of, seen_by=cast.officer)
                if not p.warning
            ]

    lives = {"number": home.number, "village": village.name, "code": village.code}
    for code in ("99999999", foreign.code):
        assert told(village_code=code) == [("Mã thôn", 2, code, "unknown_village", {"name": code})]
    assert told(village_code=neighbour.code) == [("Mã thôn", 2, neighbour.code, "other_village", lives)]
    named = told(village_code=None, village=neighbour.name)
    assert [(column, code, params) for column, _row, _value, code, params in named] == [
        ("Thôn", "other_village", lives)
    ]
    assert told(village_code=None, village="Bản Không Đâu")[0][3] == "unknown_village"
    assert told(village_code=village.code) == told(village_code=None, village=village.name) == []
    bring([{**known, "village_code": None, "+elsewhere": True}], [], apply=True)
    with acting_as(cast.officer):
        assert Visit.objects.get(household=home, round=round, retired_at=None).village == village


def test_what_a_file_does_not_say_stays_as_the_round_has_it(cast: Cast, bring: Bring, round: Round) -> None:
    """Facts of members and household said once stay, whether a later file lacks their sheet, their row or their cell."""
    said = {"health_insurance": "Có", "attends_school": "Không"}
    bring([NEW], [{**NEW_HEAD, **said}, {**NEW_WIFE, **said}], apply=True)

    def standing() -> Visit:
        with acting_as(cast.officer):
            return Visit.objects.get(household__local_code="NHAP1", round=round, retired_at=None)

    first = standing()
    assert [(m["health_insurance"], m["attends_school"]) for m in first.members] == [(True, False)] * 2
    for households, members in (
        ([NEW], []),
        ([NEW], [NEW_HEAD]),
        ([NEW], [NEW_HEAD, NEW_WIFE]),
        ([{**NEW, "income_per_head": None, "tick_water": None, "on": None}], []),
    ):
        of = bring(households, members, apply=True)
        assert (of.state, of.counts["same"], of.counts["written"]) == (State.APPLIED, 1, 0)
        assert standing() == first
    for members in ([], [NEW_HEAD, {**NEW_WIFE, "health_insurance": "Không"}]):
        income = 650_000 + len(members)
        of = bring([{**NEW, "income_per_head": income, "on": None}], members, apply=True)
        assert of.counts["written"] == 1
        now = standing()
        assert (
            now.answers == {**first.answers, "income_per_head": income} and now.visited_on == first.visited_on
        )
        assert [m["health_insurance"] for m in now.members] == [True, not members]
        assert [m["attends_school"] for m in now.members] == [False, False]
        assert (
            bring([{**NEW, "income_per_head": income, "on": None}], members, apply=True).counts["same"] == 1
        )


def test_two_heads_are_told_once(cast: Cast, bring: Bring) -> None:
    """Two in the file, or one in the file beside the one in the register: one sentence, and how many there are."""
    bring([NEW], [NEW_HEAD, NEW_WIFE], apply=True)
    head = {**NEW_WIFE, "relation": "chủ hộ"}
    other = {**head, "full_name": "Lò Thị Ín", "birth_year": 1950}
    for members, heads in (([head], "2"), ([NEW_HEAD, head], "2"), ([head, other], "3")):
        of = bring([{**NEW, "head_name": None}], members)
        with acting_as(cast.officer):
            told = [p.params for p in problems(of, seen_by=cast.officer) if p.code == "two_heads"]
        assert told == [{"n": heads}]


def test_a_new_member_enters_and_an_absent_one_stays(cast: Cast, bring: Bring) -> None:
    bring([NEW], [NEW_HEAD, NEW_WIFE], apply=True)
    child = {**NEW_HEAD, "full_name": "Giàng A Chứ", "relation": "con", "birth_year": 2005}
    of = bring([NEW], [NEW_HEAD, child], apply=True)
    assert (of.counts["new_members"], of.counts["absent_members"]) == (1, 1)
    with acting_as(cast.officer):
        assert Person.objects.filter(household__local_code="NHAP1").count() == 3


def test_brothers_whose_names_differ_by_a_mark_alone_are_told_apart(cast: Cast, bring: Bring) -> None:
    """Do and Dơ, born in one year, are the same without marks; a second import must not enter them again."""
    one = {**NEW_HEAD, "full_name": "Giàng A Do", "relation": "con", "birth_year": 2002}
    two = {**one, "full_name": "Giàng A Dơ"}
    bring([NEW], [NEW_HEAD, one, two], apply=True)
    again = bring([NEW], [NEW_HEAD, one, two], apply=True)
    assert (again.counts["same"], again.counts["new_members"]) == (1, 0)
    doubtful = bring([NEW], [NEW_HEAD, one, {**one, "full_name": "Giàng A Dò"}, two])
    assert codes(doubtful, cast.officer) == set()  # a third brother, the two being known, is a new member
    mistyped = bring([NEW], [NEW_HEAD, {**one, "full_name": "Giàng A Dò"}])
    assert "ambiguous_member" in codes(mistyped, cast.officer)  # which of the two is meant?


def test_faults_refuse_the_whole_file(cast: Cast, bring: Bring) -> None:
    before = sizes()
    second = {**NEW, "household_code": "NHAP2", "income_per_head": "bảy trăm"}
    of = bring([NEW, second], [NEW_HEAD, {**NEW_HEAD, "household_code": "NHAP2"}])
    assert (of.state, of.counts["problems"]) == (State.REFUSED, 1)
    with pytest.raises(errors.WrongStateError), acting_as(cast.officer):
        actions.queue_apply(of=of, by=cast.officer)
    actions.write(of.pk, by=cast.officer)
    assert sizes() == before


@pytest.mark.parametrize(
    ("household", "people", "code"),
    [
        ({}, [{}, {"relation": "chủ hộ"}], "two_heads"),
        ({"head_name": None}, [{"relation": "con"}], "no_head"),
        ({"village_code": "99999V99", "+elsewhere": True}, [{"village_code": "99999V99", "+elsewhere": True}], "unknown_village"),
        ({"household_number": "LC9999999-9"}, [{}], "unknown_number"),
    ],
)  # fmt: skip
def test_what_only_the_register_knows(
    household: Cells, people: list[Cells], code: str, cast: Cast, bring: Bring
) -> None:
    members = [{**(NEW_HEAD if i == 0 else NEW_WIFE), **person} for i, person in enumerate(people)]
    of = bring([{**NEW, **household}], members)
    assert of.state == State.REFUSED
    assert code in codes(of, cast.officer)


def test_a_household_twice_in_the_file(cast: Cast, bring: Bring) -> None:
    of = bring([NEW, NEW], [NEW_HEAD])
    assert "household_twice" in codes(of, cast.officer)


def test_an_id_number_of_another_person_is_told_without_saying_whose(cast: Cast, bring: Bring) -> None:
    bring([NEW], [{**NEW_HEAD, "id_number": "012345678901"}], apply=True)
    other = {"household_code": "NHAP2", "id_number": "012345678901", "full_name": "Lò Thị Ín"}
    of = bring([{**NEW, "household_code": "NHAP2", "head_name": "Lò Thị Ín"}], [{**NEW_HEAD, **other}])
    assert of.state == State.REFUSED
    with acting_as(cast.officer):
        told = problems(of, seen_by=cast.officer).get(code="id_of_another")
    assert (told.value, told.params) == ("…", {})


def test_another_communes_household_is_as_unknown_as_none(
    cast: Cast, bring: Bring, round: Round, tmp_path: Path
) -> None:
    with acting_as(cast.other_officer):
        home = Household.objects.filter(ended_on=None).select_related("village").order_by("pk")[0]
    there = {"village_code": home.village.code, "+elsewhere": True}
    of = bring(
        [{**NEW, "household_number": home.number, **there}],
        [{**NEW_HEAD, "household_number": home.number, **there}],
    )
    nowhere = {"village_code": "99999V99", "+elsewhere": True}
    none = bring(
        [{**NEW, "household_number": "LC9999999-9", **nowhere}],
        [{**NEW_HEAD, "household_number": "LC9999999-9", **nowhere}],
    )
    assert codes(of, cast.officer) == codes(none, cast.officer) >= {"unknown_number", "unknown_village"}


def test_an_import_is_its_makers_and_the_auditors(cast: Cast, bring: Bring) -> None:
    of = bring([NEW], [NEW_HEAD])
    for user, sees in [
        (cast.officer, True),
        (cast.auditor, True),
        (cast.other_officer, False),
        (cast.province, False),
    ]:
        with acting_as(user):
            assert imports(seen_by=user).filter(pk=of.pk).exists() is sees, user.username
    before = sizes()
    with acting_as(cast.officer):
        actions.queue_apply(of=of, by=cast.officer)
    actions.write(of.pk, by=cast.other_officer)
    assert sizes() == before


def test_cancelled_its_rows_are_deleted(cast: Cast, bring: Bring) -> None:
    of = bring([NEW], [NEW_HEAD])
    place = actions.folder(of)
    assert place.exists() and (next(place.glob("workbook*")).stat().st_mode & 0o777) == 0o600
    with acting_as(cast.officer):
        actions.cancel(of=of, by=cast.officer)
    assert fresh(of, cast.officer).state == State.CANCELLED and not place.exists()


def test_a_file_over_the_limit_is_refused_before_it_is_read(
    cast: Cast, round: Round, settings: LazySettings, media: Path
) -> None:
    settings.UPLOAD_LIMIT = 3 << 20
    sent = []

    def blocks() -> Any:
        for number in range(2000):  # 2 GB, of which only what fits is ever asked for
            sent.append(number)
            yield bytes(1 << 20)

    with pytest.raises(errors.TooLargeError), acting_as(cast.officer):
        actions.receive(round=round, file_name="a.xlsx", blocks=blocks(), by=cast.officer)
    assert len(sent) == 4 and not list(media.rglob("workbook*"))


def test_who_only_reads_brings_nothing(cast: Cast, round: Round) -> None:
    with pytest.raises(errors.NotAWriterError), acting_as(cast.auditor):
        actions.receive(round=round, file_name="a.xlsx", blocks=[b""], by=cast.auditor)
