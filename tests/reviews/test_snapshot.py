"""A round as columns: held against a slow reading of the same rows, household by household."""

import datetime as dt
from collections import Counter
from collections.abc import Iterator
from typing import Any

import pytest

from giamngheo.access.models import User
from giamngheo.access.scope import acting_as
from giamngheo.areas.models import Nesting, Succession, Unit, Within
from giamngheo.registry.actions import (
    merge_households,
    move_household,
    register_household,
    split_household,
)
from giamngheo.registry.models import Household, LifeEvent, Residence
from giamngheo.reports.official.gather import SNAPSHOT, typed
from giamngheo.reviews.models import Decision, DecisionLine, Recognition
from giamngheo.reviews.snapshot import COLUMNS, snapshot
from giamngheo.surveys.models import Round, Verdict, Visit
from tests.conftest import Cast
from tests.registry.conftest import member, villages_of

D = dt.date
POOR = ("poor_income", "poor_deprivation", "poor")
LISTED = (*POOR, "near_poor")


def rows(year: int, by: User, as_of: dt.date, **more: Any) -> list[dict[str, Any]]:
    with acting_as(by):
        found: list[dict[str, Any]] = snapshot(round_of(year), as_of=as_of, **more).to_pylist()
        return found


def round_of(year: int) -> Round:
    return Round.objects.get(year=year, kind="annual")


def standing(klass: str | None) -> str:
    return "poor" if klass in POOR else "near_poor" if klass == "near_poor" else "none"


def recognised(on: dt.date) -> dict[int, str]:
    return dict(Recognition.objects.filter(period__contains=on).values_list("household_id", "klass"))


def lived(on: dt.date) -> dict[int, int]:
    found = Residence.objects.filter(retired_at__isnull=True, period__contains=on)
    return dict(found.values_list("household_id", "village_id"))


def slowly(round: Round, as_of: dt.date) -> set[tuple[Any, ...]]:
    """(household, village, before, after, class, gone, came, escaped years) as somebody would find them by hand."""
    ends = min(as_of, round.closes)
    start, end = lived(round.opens), lived(ends)
    before, kept = recognised(round.opens), recognised(ends)
    made = Decision.objects.filter(of__round=round, decided_on__lte=as_of)
    decided = {line.household_id: line.after for line in DecisionLine.objects.filter(decision__in=made).order_by("decision__sequence")}  # fmt: skip
    settled = {v.village_id for d in made.filter(kind="annual") for v in d.of.villages.all()}
    visited = set(Visit.objects.filter(round=round, retired_at=None, visited_on__lte=as_of).values_list("pk", flat=True))  # fmt: skip
    found = {
        v.household_id: v.klass
        for v in Verdict.objects.filter(round=round, standard=round.standard, retired_at=None)
        if v.visit_id in visited
    }

    def klass_of(household: int) -> str:
        if household in decided:
            return decided[household]
        seen = found.get(household, "undetermined")
        if end[household] in settled:
            return kept.get(household) or ("none" if seen in LISTED else seen)
        return seen if seen != "undetermined" else kept.get(household, seen)

    events = list(LifeEvent.objects.filter(on__gt=round.opens, on__lte=ends).order_by("on", "pk"))
    past = list(Recognition.objects.filter(ended_by__isnull=False).select_related("ended_by"))

    def why(household: int, kinds: tuple[str, ...], last: bool) -> str | None:
        mine = [e for e in events if e.kind in kinds and household in (e.household_id, e.other_id)]
        return mine[-1 if last else 0].kind if mine else None

    def year(household: int, listed: str) -> int | None:
        mine = [r for r in past if (r.household_id, r.listed) == (household, listed)]
        ended = [r for r in mine if r.period.upper <= round.opens]
        staying = POOR if listed == "poor" else LISTED
        years = [r.period.upper.year for r in ended if r.ended_by and r.ended_by.after not in staying]
        return max(years, default=None)

    answers: set[tuple[Any, ...]] = set()
    for household in start.keys() | end.keys():
        was, now = start.get(household), end.get(household)
        years = year(household, "poor"), year(household, "near_poor")
        listed = standing(before.get(household)) if was else None
        klass = klass_of(household) if now else None
        if was and was == now:
            answers.add((household, now, listed, standing(klass), klass, None, None, *years))
            continue
        if was:
            gone = "moved_out" if now else why(household, ("moved_out", "died", "split", "merged"), True)
            answers.add((household, was, listed, None, None, gone or "moved_out", None, *years))
        if now:
            came = "moved_in" if was else why(household, ("moved_in", "split", "merged"), False)
            answers.add((household, now, None, standing(klass), klass, None, came, *years))
    return answers


def quickly(found: list[dict[str, Any]]) -> set[tuple[Any, ...]]:
    keys = ["household", "village", "before", "after", "after_class", "gone_why", "came_why"]
    keys += ["last_escaped_year", "last_near_escaped_year"]
    assert len(found) == len({(row["household"], row["village"]) for row in found})
    return {tuple(row[key] for key in keys) for row in found}


@pytest.mark.parametrize(
    ("year", "as_of"),
    [
        (2015, D(2015, 12, 31)), (2016, D(2016, 12, 31)), (2018, D(2018, 9, 30)), (2019, D(2019, 11, 15)),
        (2020, D(2020, 11, 30)), (2020, D(2020, 12, 31)), (2021, D(2021, 10, 15)),
    ],
)  # fmt: skip
def test_every_household_is_what_its_rows_say(cast: Cast, year: int, as_of: dt.date) -> None:
    found = rows(year, cast.province, as_of)
    with acting_as(cast.province):
        assert quickly(found) == slowly(round_of(year), as_of)
    assert len(found) == 600


@pytest.fixture
def changed(cast: Cast) -> Iterator[dict[str, Household]]:
    """People moved, died, split and came after the round of 2021 had opened."""
    on, by = D(2021, 10, 1), cast.officer
    with acting_as(by):
        here, there = villages_of(by)[:2]
        names = ("moves", "splits", "joins", "stays")
        made = {
            name: register_household(
                village=here,
                on=D(2016, 1, 10),
                members=[member("Giàng A Páo 1975", first=True), member("Vàng Thị Sua 1978 spouse")],
                by=by,
            )
            for name in names
        }
        move_household(household=made["moves"], village=there, on=on, by=by)
        leaving = list(made["splits"].members.filter(relation="spouse"))
        made["split off"] = split_household(
            household=made["splits"], leaving=leaving, head=leaving[0], on=on, by=by
        )
        merge_households(into=made["stays"], other=made["joins"], on=on, by=by)
        made["new"] = register_household(
            village=here, on=on, members=[member("Lò Văn Ún 1990", first=True)], by=by
        )
        yield made


def test_who_moves_leaves_one_row_and_comes_in_another(cast: Cast, changed: dict[str, Household]) -> None:
    found = rows(2021, cast.province, D(2021, 10, 15))
    with acting_as(cast.province):
        assert quickly(found) == slowly(round_of(2021), D(2021, 10, 15))
    of = {name: [r for r in found if r["household"] == home.pk] for name, home in changed.items()}
    assert sorted((r["gone_why"] or "", r["came_why"] or "") for r in of["moves"]) == [("", "moved_in"), ("moved_out", "")]  # fmt: skip
    assert [(r["before"], r["after"], r["gone_why"]) for r in of["joins"]] == [("none", None, "merged")]
    assert [(r["before"], r["came_why"]) for r in of["split off"]] == [(None, "split")]
    assert [(r["before"], r["came_why"]) for r in of["new"]] == [(None, None)]
    assert [r["gone_why"] for r in of["stays"]] == [None]
    before = rows(2021, cast.province, D(2021, 9, 20))
    assert {r["household"] for r in before if r["gone_why"]} == set(), "nothing had happened yet"


def test_some_villages_are_what_they_are_among_all(cast: Cast, changed: dict[str, Household]) -> None:
    with acting_as(cast.officer):
        there = villages_of(cast.officer)[1]
    every = rows(2021, cast.province, D(2021, 10, 15))
    some = rows(2021, cast.province, D(2021, 10, 15), villages=[there.pk])
    assert some == [row for row in every if row["village"] == there.pk]
    assert changed["moves"].pk in {row["household"] for row in some}
    assert rows(2021, cast.province, D(2021, 10, 15), villages=[]) == []


def test_each_sees_the_households_of_their_area(cast: Cast) -> None:
    as_of = D(2020, 12, 31)
    every = rows(2020, cast.province, as_of)
    with acting_as(cast.officer):
        mine = {unit.pk for unit in villages_of(cast.officer)}
    assert rows(2020, cast.officer, as_of) == [row for row in every if row["village"] in mine]
    assert rows(2020, cast.leader, as_of) == []
    assert rows(2020, cast.admin, as_of) == []


def test_what_members_and_answers_say(cast: Cast) -> None:
    """Of the listed alone: the head's sex, capacity for work, children, causes, from the visit itself."""
    found = {row["household"]: row for row in rows(2020, cast.province, D(2020, 12, 31))}
    asked = 0
    with acting_as(cast.province):
        for visit in Visit.objects.filter(round__year=2020, retired_at=None):
            row, members = found[visit.household_id], visit.members
            assert (row["persons"], row["ethnic"], row["area_type"]) == (visit.persons, visit.ethnic, visit.area_type)  # fmt: skip
            if row["after"] == "none" or not members:
                assert row["female_head"] is None and row["children"] is None
                continue
            asked += 1
            assert row["female_head"] == any(m["sex"] == "F" for m in members if m["relation"] == "head")
            born = [m.get("birth_year") or int(m.get("birth_date", "1900")[:4]) for m in members]
            young = [m for m, year in zip(members, born, strict=True) if 2020 - year < 16]
            assert row["children"] == len(young)
            assert row["no_labour"] == all(m["no_labour_capacity"] for m in members)
            if all("health_insurance" in m for m in young) and young:
                lacking = sum(not m["health_insurance"] or m.get("malnourished") is True for m in young)
                assert row["children_health_deprived"] == lacking
            assert row["causes"] == (sorted(visit.answers["causes"]) if visit.answers.get("causes") else None)
    assert asked > 50


def test_the_columns_are_those_that_reports_read(cast: Cast) -> None:
    assert tuple(COLUMNS) == tuple(SNAPSHOT)
    with acting_as(cast.province):
        table = typed(snapshot(round_of(2020), as_of=D(2020, 12, 31)))
    counted = Counter(table.column("after").to_pylist())
    assert counted["poor"] > 50 and counted["near_poor"] > 20


def test_a_village_that_went_into_another_is_counted_there(own_database: str, cast: Cast) -> None:
    """On the geography of a later day; on the earlier day it stands for itself."""
    on = D(2022, 3, 1)  # later than the day on which the people's areas are asked for
    with acting_as(cast.officer):
        gone, heir = villages_of(cast.officer)[:2]
    Unit.objects.using("owner").filter(pk=gone.pk).update(valid_to=on - dt.timedelta(days=1))
    for table, of in ((Nesting, "child"), (Within, "unit")):
        table.objects.using("owner").filter(**{of: gone}).update(valid_to=on - dt.timedelta(days=1))
    Succession.objects.using("owner").create(before_id=gone.pk, after_id=heir.pk, on=on, kind="whole")
    as_of = D(2020, 12, 31)
    then = Counter(row["village"] for row in rows(2020, cast.province, as_of))
    now = Counter(row["village"] for row in rows(2020, cast.province, as_of, geography=on))
    assert then[gone.pk] and then[heir.pk]
    assert now[heir.pk] == then[gone.pk] + then[heir.pk] and not now[gone.pk]
