"""The six annual reviews as they were held: who was met when, what the lists say, what was left out of them."""

from dataclasses import dataclass

import numpy as np
from numpy.random import Generator
from numpy.typing import NDArray

from giamngheo.demo.census import Bools, Floats, Ints
from giamngheo.demo.people import People
from giamngheo.demo.villages import Homes

YEARS = (2015, 2016, 2017, 2018, 2019, 2020)
#: First and last day of each review, and the day it is judged by. The first could not begin before its standard.
OPENS = np.array(["2015-11-20", *(f"{y}-09-15" for y in YEARS[1:])], dtype="datetime64[D]")
CLOSES = np.array([f"{y}-12-15" for y in YEARS], dtype="datetime64[D]")
REFERENCE = np.array([f"{y}-12-15" for y in YEARS], dtype="datetime64[D]")
MET, NOT_MET, MOVED, REFUSED = range(4)
OUTCOMES = np.array(["met", "not_met", "moved", "refused"])
#: Chance of each outcome but the first, in the years whose rates are from memory; where the rate is published everybody is met.
MISSED = (0.0036, 0.0006, 0.0008)
COMPLETE = frozenset({2015, 2019, 2020})
#: Of visits: points or income left blank (never both), and a tick left blank where it changes nothing.
NO_POINTS, NO_INCOME, NO_TICK = 0.03, 0.04, 0.012
HANGING_YEAR = 2018


@dataclass(frozen=True)
class Visits:
    """Household × year: the day, the outcome, the day to go again (NaT where none), the people living there."""

    on: NDArray[np.datetime64]
    outcome: Ints
    again: NDArray[np.datetime64]
    persons: Ints

    @property
    def met(self) -> Bools:
        return self.outcome == MET


def visit(homes: Homes, people: People, rng: Generator) -> Visits:
    """A visit to every household in every year, each village within a fortnight."""
    n, years = len(homes.size), len(YEARS)
    weeks = ((CLOSES - OPENS).astype(int) - 16).clip(1)
    start = (rng.random((len(homes.village_code), years)) * weeks).astype(int)
    on = OPENS + (start[homes.village] + rng.integers(0, 15, (n, years))).astype("timedelta64[D]")
    outcome = rng.choice(4, (n, years), p=(1 - sum(MISSED), *MISSED))
    outcome[:, [year in COMPLETE for year in YEARS]] = MET
    again = on + rng.integers(5, 25, (n, years)).astype("timedelta64[D]")
    again[(outcome == MET) | (outcome == MOVED)] = np.datetime64("NaT")
    persons = np.stack(
        [
            np.bincount(people.household[people.born <= on[people.household, t]], minlength=n)
            for t in range(years)
        ],
        axis=1,
    )
    return Visits(on, outcome, again, persons)


def spare_the_poor(visits: Visits, standing: Floats, rng: Generator) -> Visits:
    """The same with those not met among the better-off quarter, so that hardly anybody on a list goes unseen."""
    well_off = standing > np.quantile(standing, 0.75)
    outcome, again = visits.outcome.copy(), visits.again.copy()
    for t in range(len(YEARS)):
        missed = np.flatnonzero((outcome[:, t] != MET) & ~well_off)
        instead = rng.choice(np.flatnonzero((outcome[:, t] == MET) & well_off), len(missed), replace=False)
        for told in (outcome, again):
            told[instead, t], told[missed, t] = told[missed, t], told[instead, t]
    return Visits(visits.on, outcome, again, visits.persons)


def age_seen(people: People, on: NDArray[np.datetime64]) -> Ints:
    """The age on a day as those who know only the papers work it out: by year alone where only that is known; -1."""
    born, year = people.born.astype("datetime64[M]"), people.born.astype("datetime64[Y]")
    years = (on.astype("datetime64[Y]") - year).astype(int)
    months = (on.astype("datetime64[M]") - on.astype("datetime64[Y]")) - (born - year)
    days = (on - on.astype("datetime64[M]")).astype(int) - (people.born - born).astype(int)
    not_yet = (months.astype(int) < 0) | ((months.astype(int) == 0) & (days < 0))
    age = np.where(people.birth_known == 2, years - not_yet, years)
    return np.where((people.birth_known == 0) | (on < people.born), -1, age)


@dataclass(frozen=True)
class Blanks:
    """Household × year: points, income, the tick of this indicator (-1 none) that the list leaves out."""

    points: Bools
    income: Bools
    tick: Ints


def leave_out(band: Ints, deprived: Ints, ticks: Bools, rng: Generator) -> Blanks:
    """Blanks that change no class, but for a few near-poor households of HANGING_YEAR that become undetermined."""
    n, years = band.shape
    draw = rng.random((n, years))
    points, income = draw < NO_POINTS, draw > 1 - NO_INCOME
    tick = np.where(
        (rng.random((n, years)) < NO_TICK) & (band != 1), rng.integers(0, ticks.shape[1], (n, years)), -1
    )
    t = YEARS.index(HANGING_YEAR)
    hanging = np.flatnonzero((band[:, t] == 1) & (deprived[:, t] == 2))
    few = hanging[: min(len(hanging), 1 + n // 2500)]
    tick[few, t] = np.argmin(ticks[few, :, t], axis=1)
    return Blanks(points, income, tick)
