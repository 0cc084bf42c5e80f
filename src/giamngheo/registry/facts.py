"""What is written down of a person on entry, and the checks that hold whatever door it comes through."""

import datetime as dt
from dataclasses import dataclass

from giamngheo.registry import errors
from giamngheo.registry.models import Person, Relation, Sex
from giamngheo.registry.queries import age
from giamngheo.registry.sealing import blind_index, seal
from giamngheo.rules.facts import ethnic_groups

OLDEST = 120  # completed years; a member older than this is a writing error


@dataclass(frozen=True, kw_only=True)
class NewMember:
    """A person as told on entry. What is not known stays None or ''; `relation` is to the head of the household."""

    full_name: str
    relation: str = Relation.OTHER
    sex: str = ""
    birth_date: dt.date | None = None
    birth_year: int | None = None
    ethnic: str = ""
    id_number: str = ""

    @property
    def year(self) -> int | None:
        return self.birth_date.year if self.birth_date else self.birth_year


def check_member(member: NewMember, *, on: dt.date) -> None:
    """Raises the named error of the first thing that can't be so on day `on`."""
    name, year = tidy(member.full_name), member.year
    if not name:
        raise errors.NameNeededError
    if member.birth_date and member.birth_year not in (None, member.birth_date.year):
        raise errors.BirthDisagreesError(name=name)
    if (age(member.birth_date, year, on) or 0) > OLDEST:
        raise errors.TooOldError(name=name, year=year)
    if (member.birth_date and member.birth_date > on) or (year is not None and year > on.year):
        raise errors.BornLaterError(name=name, on=on)
    if member.ethnic and member.ethnic not in ethnic_groups():
        raise errors.UnknownEthnicGroupError(code=member.ethnic)
    if member.relation not in Relation.values:
        raise errors.UnknownRelationError(relation=member.relation)
    if member.sex not in ("", *Sex.values):
        raise ValueError(member.sex)


def tidy(name: str) -> str:
    """The name with single spaces."""
    return " ".join(name.split())


def as_person(member: NewMember, **placed: object) -> Person:
    """An unsaved row of this member, the id number sealed; `placed` gives village, household, known_from."""
    number = member.id_number.strip()
    return Person(
        full_name=tidy(member.full_name),
        sex=member.sex,
        birth_date=member.birth_date,
        birth_year=member.year,
        ethnic=member.ethnic,
        relation=member.relation,
        id_sealed=seal(number) if number else None,
        id_index=blind_index(number) if number else None,
        **placed,
    )
