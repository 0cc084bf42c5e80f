"""Who lives in each household: families of one to three generations whose ages add up to the census' age table.

A family is first drawn with the ages its relations suggest; then, within each district and area, ages are dealt out in
that order from the census, so the table is met exactly and parents stay older than their children.
"""

from dataclasses import dataclass

import numpy as np
from numpy.random import Generator
from numpy.typing import NDArray

from giamngheo.demo.census import CENSUS_DAY, Bools, Census, Floats, Ints, age_table, whole_numbers
from giamngheo.demo.names import Texts, person_names
from giamngheo.demo.villages import Homes

#: A parent is at least so much older than a child; what the dealing breaks is written down as another relation.
PARENT_GAP = 15
OLDEST = 104
HEAD, SPOUSE, CHILD, PARENT, GRANDCHILD, SIBLING, OTHER = range(7)
RELATIONS = np.array(["head", "spouse", "child", "parent", "grandchild", "sibling", "other"])
YEAR = 365.2425
#: Of adults with a card number noted down; of all, those of whom only the year of birth, or nothing, is known.
WITH_NUMBER, ONLY_YEAR, NO_BIRTH = 0.93, 0.08, 0.006


@dataclass(frozen=True)
class People:
    """One row a person, ordered by household, head first. Ages are completed years on the day of the census."""

    household: Ints
    place: Ints
    relation: Ints
    female: Bools
    age: Ints
    born: NDArray[np.datetime64]
    ethnic: Texts
    name: Texts
    id_number: Texts
    birth_known: Ints  # 2 the day, 1 the year, 0 nothing


def populate(census: Census, homes: Homes, rng: Generator) -> People:
    """The members of every household."""
    household: Ints = np.repeat(np.arange(len(homes.size)), homes.size)
    starts = np.cumsum(homes.size) - homes.size
    place = np.arange(len(household)) - starts[household]
    relation, female, wanted = _families(homes, household, place, rng)
    age = _dealt(census, homes, household, wanted, rng)
    age = _grown_head_first(age, household, starts, homes.size)
    relation = _that_fit(relation, female, age, household, starts)
    days = rng.integers(0, 365, len(age))
    born = CENSUS_DAY - np.floor(age * YEAR + days + 1).astype("timedelta64[D]")
    ethnic = homes.ethnic[household]
    outside = rng.random(len(age)) < 0.02
    married_in = outside & (relation == SPOUSE) & ~homes.collective[household]
    ethnic = np.where(married_in, rng.permutation(ethnic), ethnic)
    name = _names(ethnic, female, relation, household, rng)
    number = _numbers(age, rng)
    known = rng.random(len(age))
    birth_known = np.where(known < NO_BIRTH, 0, np.where(known < NO_BIRTH + ONLY_YEAR, 1, 2))
    return People(household, place, relation, female, age, born, ethnic, name, number, birth_known)


def _families(homes: Homes, household: Ints, place: Ints, rng: Generator) -> tuple[Ints, Bools, Floats]:
    """Relation, sex and wished-for age of everyone.

    Kinds of family: 0 couple with children, 1 the same with the head's parents, 2 an elder with a grown child, that
    child's spouse and grandchildren, 3 a lone parent or person, 4 a collective household.
    """
    size = homes.size
    kind = _kinds(homes, rng)
    at, n = kind[household], len(household)
    elders = np.where(kind == 1, np.where((size >= 5) & (rng.random(len(size)) < 0.55), 2, 1), 0)
    couple = np.where(kind == 3, 0, 1)
    head_age = _head_ages(kind, size - 1 - couple - elders, rng)
    head_female = rng.random(len(size)) < np.where(kind == 3, 0.5, 0.07)
    relation = np.full(n, CHILD)
    relation[place == 0] = HEAD
    relation[(place == 1) & (couple[household] == 1)] = SPOUSE
    first_elder = (1 + couple)[household]
    relation[(place >= first_elder) & (place < first_elder + elders[household])] = PARENT
    grown = np.where(size >= 7, 3, 2)[household]  # of kind 2: the grown children and a child's spouse
    relation[(at == 2) & (place >= 2 + grown)] = GRANDCHILD
    relation[(at == 4) & (place > 0)] = OTHER
    order = place - first_elder - elders[household]
    h, jitter = head_age[household], rng.normal(0.0, 1.0, n)
    wanted = np.select(
        [relation == HEAD, relation == SPOUSE, relation == PARENT, relation == GRANDCHILD, relation == OTHER],
        [
            h,
            h - 2 + 2.5 * jitter,
            h + 23 + 3.5 * jitter,
            h - 47 - 2.3 * (place - 4) + 2.5 * jitter,
            15 + 6 * rng.exponential(1.0, n),
        ],
        np.where(at == 2, h - 23 + 2.0 * jitter - 2.0 * order, h - 21.5 - 2.6 * order + 1.4 * jitter),
    )
    female = rng.random(n) < 0.49
    female[relation == HEAD] = head_female
    female[relation == SPOUSE] = ~head_female[household[relation == SPOUSE]]
    both = (relation == PARENT) & (elders[household] == 2)
    female[both] = place[both] == first_elder[both] + 1
    alone_elder = (relation == PARENT) & (elders[household] == 1)
    female[alone_elder] = rng.random(int(alone_elder.sum())) < 0.72
    return relation, female, np.maximum(wanted, 0.0) + rng.random(n) * 0.9


def _kinds(homes: Homes, rng: Generator) -> Ints:
    size, draw = homes.size, rng.random(len(homes.size))
    kind: Ints = np.zeros(len(size), dtype=np.int64)
    kind[(size >= 4) & (draw > 0.66)] = 1
    kind[(size >= 5) & (draw < 0.20)] = 2
    kind[(size >= 7) & (draw < 0.34)] = 2
    kind[size == 1] = 3
    kind[(size == 2) & (draw < 0.25)] = 3
    kind[(size >= 3) & (size <= 5) & (draw > 0.40) & (draw < 0.44)] = 3
    kind[homes.collective] = 4
    return kind


def _head_ages(kind: Ints, children: Ints, rng: Generator) -> Floats:
    n = len(kind)
    young = 22.5 + 2.7 * np.maximum(children, 0) + rng.gamma(1.8, 4.0, n)
    couple_alone = np.where(rng.random(n) < 0.5, 22 + rng.gamma(2.0, 3.0, n), 50 + rng.gamma(3.0, 4.5, n))
    alone = np.where(rng.random(n) < 0.45, 22 + rng.gamma(2.0, 6.0, n), 45 + rng.gamma(3.0, 7.0, n))
    elder = 46 + rng.gamma(2.2, 4.0, n)
    age = np.where((children <= 0) & (kind == 0), couple_alone, np.minimum(young, 52))
    age = np.where(kind == 3, np.where(children <= 0, alone, young + 2), age)
    age = np.where(kind == 2, elder, age)
    return np.where(kind == 4, 38.0, age)


def _dealt(census: Census, homes: Homes, household: Ints, wanted: Floats, rng: Generator) -> Ints:
    """Ages on census day: those of the table of the district and area, dealt in the order of the wished-for ages."""
    age: Ints = np.empty(len(household), dtype=np.int64)
    commune = homes.commune[household]
    district, urban = census.district[commune], census.urban[commune]
    for (code, in_town), (first, people) in age_table().items():
        here = np.flatnonzero((district == code) & (urban == in_town))
        if not len(here):
            continue
        counts = whole_numbers(people.astype(float), len(here))
        spread = rng.integers(0, 5, len(here))
        ages = np.repeat(first, counts) + spread
        oldest = np.repeat(first, counts) == 85
        ages[oldest] = np.minimum(85 + rng.geometric(0.22, int(oldest.sum())) - 1, OLDEST)
        age[here[np.argsort(wanted[here], kind="stable")]] = np.sort(ages)
    return age


def _grown_head_first(age: Ints, household: Ints, starts: Ints, size: Ints) -> Ints:
    """Where the head came out under 18, head and oldest of the household change ages."""
    age = age.copy()
    for h in np.flatnonzero(age[starts] < 18):
        members = slice(starts[h], starts[h] + size[h])
        oldest = starts[h] + int(np.argmax(age[members]))
        age[[starts[h], oldest]] = age[[oldest, starts[h]]]
    return age


def _that_fit(relation: Ints, female: Bools, age: Ints, household: Ints, starts: Ints) -> Ints:
    """Relations whose ages can't be so are put down as what they could be: a sibling, a child, another relative."""
    gap = age[starts][household] - age
    relation = relation.copy()
    relation[(relation == SPOUSE) & ((age < 16) & (gap >= PARENT_GAP))] = CHILD
    relation[(relation == SPOUSE) & ((age < 16) | (np.abs(gap) > 25))] = OTHER
    relation[(relation == PARENT) & (gap > -PARENT_GAP)] = OTHER
    relation[(relation == GRANDCHILD) & (gap < 2 * PARENT_GAP + 2)] = CHILD
    relation[(relation == CHILD) & (gap < PARENT_GAP)] = SIBLING
    relation[(relation == SIBLING) & (np.abs(gap) > 25)] = OTHER
    return relation


def _names(ethnic: Texts, female: Bools, relation: Ints, household: Ints, rng: Generator) -> Texts:
    """Those of the head's line bear the head's surname, those who married in, and mothers, their own."""
    own = rng.integers(0, 1 << 40, len(household))
    line = rng.integers(0, 1 << 40, household.max() + 1)
    of_line = np.isin(relation, (HEAD, CHILD, GRANDCHILD, SIBLING)) | ((relation == PARENT) & ~female)
    surname = np.where(of_line, line[household], own)
    name = person_names(ethnic, female, surname, rng)
    for _ in range(4):  # no two of a household are called the same
        _, first = np.unique(np.char.add(household.astype("U8"), name), return_index=True)
        again = np.setdiff1d(np.arange(len(name)), first)
        name[again] = person_names(ethnic[again], female[again], surname[again], rng)
    return name


def _numbers(age: Ints, rng: Generator) -> Texts:
    """Twelve digits that begin with 000, a province code that does not exist, for most adults; '' where none."""
    serial = rng.permutation(max(1_000_000, len(age)))[: len(age)]
    digits = 100_000_000 + serial * 7 + 3
    has = (age >= 14) & (rng.random(len(age)) < WITH_NUMBER)
    return np.where(has, np.char.add("000", digits.astype(str)), "")
