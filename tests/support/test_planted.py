"""What was planted in the synthetic province is found, all of it and nothing else; lawful combinations stay silent."""

import datetime as dt

import pytest

from giamngheo.access.scope import acting_as
from giamngheo.audit.models import Event
from giamngheo.demo.support import YEARS
from giamngheo.support.findings.engine import find
from giamngheo.support.findings.gather import books_of
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
