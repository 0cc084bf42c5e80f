"""What was planted in the synthetic province is found, all of it and nothing else; lawful combinations stay silent."""

import datetime as dt

import pytest
from psycopg.types.range import Range

from giamngheo.access.scope import acting_as
from giamngheo.audit.models import Event
from giamngheo.demo.support import YEARS
from giamngheo.registry.models import Membership, Person
from giamngheo.support.findings.actions import keep
from giamngheo.support.findings.engine import find
from giamngheo.support.findings.gather import books_of
from giamngheo.support.models import Delivery, Finding
from tests.conftest import Cast


@pytest.mark.django_db(databases=["default", "owner"])
def test_every_planted_double_and_miss_is_found_and_nothing_else(cast: Cast) -> None:
    with acting_as(cast.auditor):
        planted = Event.objects.get(subject="demo.support").details
    kinds: set[str] = set()
    for year in YEARS:
        with acting_as(cast.province):
            books = books_of(year)
        found = find(books, year=year, today=dt.date(2021, 10, 15)).to_pylist()
        by_kind: dict[str, set[tuple[int, int]]] = {}
        for row in found:
            by_kind.setdefault(row["kind"], set()).add((row["household"], row["person"] or 0))
        expected = {kind: {(h, p) for h, p in holders} for kind, holders in planted[str(year)].items()}
        assert by_kind == expected
        assert len(found) == sum(len(holders) for holders in expected.values())
        kinds |= set(by_kind)
    assert kinds == {"never_listed", "not_delivered", "card_twice", "twice", "less"}


@pytest.mark.django_db(databases=["default", "owner"])
@pytest.mark.parametrize(
    ("kind", "change"),
    [
        ("dead", {"died_on": dt.date(2019, 6, 1)}),
        ("two_records", {"same_as": True}),
        ("departed", {"left": True}),
    ],
)
def test_what_the_register_comes_to_know_later_makes_a_delivery_a_double(
    cast: Cast, kind: str, change: dict[str, object]
) -> None:
    with acting_as(cast.officer):
        cards = Delivery.objects.filter(policy="health-insurance", period__startswith=dt.date(2020, 1, 1))
        one, other = cards.exclude(person__relation="head").order_by("-pk")[0:40:39]
        before = {f.key for f in _found(2020)}
        if "died_on" in change:
            Person.objects.filter(pk=one.person_id).update(died_on=change["died_on"])
        elif "same_as" in change:
            Person.objects.filter(pk=one.person_id).update(same_as=other.person_id)
        else:
            past = Range(dt.date(2015, 1, 1), dt.date(2019, 6, 1))
            Membership.objects.filter(person=one.person_id).update(period=past)
            Person.objects.filter(pk=one.person_id).update(household=None, relation="")
        new = [f for f in _found(2020) if f.key not in before]
    assert [(f.kind, f.year) for f in new if f.side == "double"] == [(kind, 2020)]
    assert one.pk in new[0].deliveries


def _found(year: int) -> list[Finding]:
    keep(find(books_of(year), year=year, today=dt.date(2021, 10, 15)), year=year, day=dt.date(2021, 10, 15))
    return list(Finding.objects.filter(year=year, state="open"))
