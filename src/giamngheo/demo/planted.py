"""Imperfections put in on purpose, each written down, so that what finds them can be measured."""

import unicodedata
from dataclasses import dataclass

import numpy as np
from numpy.random import Generator
from numpy.typing import NDArray

from giamngheo.demo.census import Census, Ints
from giamngheo.demo.people import CHILD, SPOUSE, People
from giamngheo.demo.villages import Homes

#: Persons entered twice, as a share of all: a married daughter still listed with her parents in another village.
TWICE = 0.01
#: Of these, how many are misspelt, and known by year of birth alone, on one of the two lists.
MISSPELT, YEAR_ALONE = 0.35, 0.2


@dataclass(frozen=True)
class Twice:
    """Rows of People that are one person: `one` in her parents' household, `two` in her husband's."""

    one: Ints
    two: Ints


def enter_twice(census: Census, homes: Homes, people: People, rng: Generator) -> Twice:
    """Give some wives the identity of a daughter of the same age, group and district in another village, in place."""
    young = people.female & (people.age >= 17) & (people.age <= 36)
    district = census.district[homes.commune[people.household]]
    likeness = np.char.add(np.char.add(district, people.ethnic), people.age.astype("U3"))
    one, two = _matched(
        likeness, young & (people.relation == CHILD), young & (people.relation == SPOUSE), rng
    )
    village = homes.village[people.household]
    apart = village[one] != village[two]
    one, two = one[apart], two[apart]
    keep = rng.permutation(len(one))[: round(TWICE * len(people.age))]
    one, two = one[keep], two[keep]
    people.name[two] = people.name[one]
    people.born[two] = people.born[one]
    wrong = two[rng.random(len(two)) < MISSPELT]
    people.name[wrong] = [
        _misspelt(str(name), int(draw))
        for name, draw in zip(people.name[wrong], rng.integers(0, 1 << 20, len(wrong)), strict=True)
    ]
    people.birth_known[one], people.birth_known[two] = 2, 2
    people.birth_known[two[rng.random(len(two)) < YEAR_ALONE]] = 1
    people.id_number[np.where(rng.random(len(one)) < 0.5, one, two)] = ""
    return Twice(one, two)


def _matched(
    likeness: NDArray[np.str_], left: NDArray[np.bool_], right: NDArray[np.bool_], rng: Generator
) -> tuple[Ints, Ints]:
    """Rows of `left` and of `right` with equal likeness, each used once."""
    of_left, of_right = rng.permutation(np.flatnonzero(left)), rng.permutation(np.flatnonzero(right))
    of_left = of_left[np.argsort(likeness[of_left], kind="stable")]
    of_right = of_right[np.argsort(likeness[of_right], kind="stable")]
    key_left = _numbered(likeness[of_left])
    key_right = _numbered(likeness[of_right])
    _, at_left, at_right = np.intersect1d(key_left, key_right, assume_unique=True, return_indices=True)
    return of_left[at_left], of_right[at_right]


def _numbered(ordered: NDArray[np.str_]) -> NDArray[np.str_]:
    """Sorted keys made unique by their number within the run of equals."""
    new = np.r_[True, ordered[1:] != ordered[:-1]] if len(ordered) else np.zeros(0, dtype=bool)
    starts = np.flatnonzero(new)
    within = np.arange(len(ordered)) - np.repeat(starts, np.diff(np.r_[starts, len(ordered)]))
    return np.char.add(np.char.add(ordered, "#"), within.astype("U6"))


def _misspelt(name: str, draw: int) -> str:
    """One slip of the pen in the given name: its marks left out, or a letter doubled or dropped."""
    words = name.split(" ")
    last = words[-1]
    plain = "".join(c for c in unicodedata.normalize("NFD", last) if not unicodedata.combining(c))
    if plain != last and draw % 3:
        words[-1] = plain
    elif len(last) > 3 and draw % 2:
        words[-1] = last[:2] + last[3:]
    else:
        words[-1] = last + last[-1]
    return " ".join(words)
