"""One call that makes the whole synthetic province, the same for the same seed, as columns in memory."""

import dataclasses
import hashlib
from dataclasses import dataclass
from typing import Any

import numpy as np

from giamngheo.demo.census import Bools, Census, Ints
from giamngheo.demo.facts import Column, disagreements, house_facts, member_facts
from giamngheo.demo.fit import Welfare, fitted
from giamngheo.demo.people import People, populate
from giamngheo.demo.planted import Twice, enter_twice
from giamngheo.demo.reviews import YEARS, Blanks, Visits, leave_out, spare_the_poor, visit
from giamngheo.demo.villages import Homes, settle
from giamngheo.demo.welfare import band_of, income_of, latent

SEED = 1_095
#: Reviews of which full interviews are kept: 2019 in one commune of four, 2020 everywhere; others are lists alone.
INTERVIEWS = {2019: 4, 2020: 1}


@dataclass(frozen=True)
class Interview:
    """Facts of one review. `asked` households (those met) were interviewed; the other rows mean nothing."""

    asked: Bools
    house: dict[str, Column]
    members: dict[str, Column]
    disagree: Bools


@dataclass(frozen=True)
class Province:
    """Everything made up. Households and persons are rows; reviews are columns of YEARS."""

    census: Census
    homes: Homes
    people: People
    visits: Visits
    welfare: Welfare
    income: Ints
    blanks: Blanks
    interviews: dict[int, Interview]
    twice: Twice

    @property
    def urban(self) -> Bools:
        return self.census.urban[self.homes.commune]

    @property
    def poor(self) -> Bools:
        """Household × year, by the class rule of 2016-2020, met or not."""
        return (self.band == 0) | ((self.band == 1) & (self.welfare.ticks.sum(axis=1) >= 3))

    @property
    def near_poor(self) -> Bools:
        return (self.band == 1) & ~self.poor

    @property
    def band(self) -> Ints:
        return np.stack([band_of(points, self.urban) for points in self.welfare.points.T], axis=1)

    def fingerprint(self) -> str:
        """Equal for provinces equal in every value."""
        digest = hashlib.sha256()
        _feed(digest, self)
        return digest.hexdigest()


def generate(census: Census, seed: int = SEED) -> Province:
    """The province of this census (`census.whole()` or `census.small()`) and seed; pure, no clock, no database."""
    rng = np.random.default_rng(seed)
    homes = settle(census, rng)
    people = populate(census, homes, rng)
    twice = enter_twice(census, homes, people, rng)
    visits = visit(homes, people, rng)
    kept = latent(census, homes, people, visits, rng)
    visits = spare_the_poor(visits, kept.fixed, rng)
    welfare = fitted(census, homes, kept)
    band = np.stack([band_of(points, kept.urban) for points in welfare.points.T], axis=1)
    blanks = leave_out(band, welfare.ticks.sum(axis=1), welfare.ticks, rng)
    slip = np.where(blanks.points, 0.0, rng.normal(0.0, 0.05, band.shape))
    income = income_of(welfare.points, kept.urban, slip)
    poor = (band == 0) | ((band == 1) & (welfare.ticks.sum(axis=1) >= 3))
    interviews = {
        year: _interview(homes, people, visits, welfare, kept.urban, poor, year, rng) for year in INTERVIEWS
    }
    return Province(census, homes, people, visits, welfare, income, blanks, interviews, twice)


def _interview(
    homes: Homes,
    people: People,
    visits: Visits,
    welfare: Welfare,
    urban: Bools,
    poor: Bools,
    year: int,
    rng: np.random.Generator,
) -> Interview:
    t = YEARS.index(year)
    ticks, x = welfare.ticks[:, :, t], welfare.x[:, t]
    wrong = disagreements(ticks, rng)
    asked = visits.met[:, t] & (homes.commune % INTERVIEWS[year] == 0)
    house = house_facts(ticks ^ wrong, visits.persons[:, t], x, urban, poor[:, t], rng)
    members = member_facts(people, visits.on[:, t], ticks ^ wrong, x, urban, rng)
    return Interview(asked, house, members, wrong & asked[:, None])


def _feed(digest: Any, value: Any) -> None:
    if isinstance(value, np.ndarray):
        digest.update(str(value.dtype).encode() + np.ascontiguousarray(value).tobytes())
    elif isinstance(value, dict):
        for key in sorted(value):
            digest.update(str(key).encode())
            _feed(digest, value[key])
    elif dataclasses.is_dataclass(value):
        for field in dataclasses.fields(value):
            _feed(digest, getattr(value, field.name))
    else:
        digest.update(repr(value).encode())
