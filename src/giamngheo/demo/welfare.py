"""How well off each household is in each review: points, income and ten deprivations from one latent factor.

    x(h, t) = commune + people + household, a part of which moves from year to year, on the scale of B1 points
    a deprivation = how far down x is + the village + the household's own lasting want, above a threshold

Level and spread are fitted, by the class rule of 2016-2020 (law.md 2), to the published rates; see `fitted`.
"""

from dataclasses import dataclass
from statistics import NormalDist

import numpy as np
from numpy.random import Generator

from giamngheo.demo.census import Bools, Census, Floats, Ints, peoples
from giamngheo.demo.people import People
from giamngheo.demo.reviews import YEARS, Visits, age_seen
from giamngheo.demo.villages import Homes

INDICATORS = (
    "health_access", "health_insurance", "adult_education", "child_schooling", "housing_quality",
    "housing_area", "water", "toilet", "telecom", "info_assets",
)  # fmt: skip
#: Lines of B1 points: at or below the first poor, the second near-poor, the third average (TT 17/2016, TT 02/2016).
RURAL, URBAN = (120.0, 150.0, 200.0), (140.0, 175.0, 250.0)
#: The same lines in đồng a head and month (QĐ 59/2015).
RURAL_INCOME, URBAN_INCOME = (700_000.0, 1_000_000.0, 1_500_000.0), (900_000.0, 1_300_000.0, 1_950_000.0)
#: Standard deviation of x in points; of it, the part of commune, of village, and of what moves from year to year.
SPREAD, OF_COMMUNE, OF_VILLAGE, MOVING, CARRIED = 72.0, 0.45, 0.25, 0.20, 0.86

#: By indicator: share lacking in 2015 and in 2020 (invented), weight of welfare, and of the village, in the want.
WANTS: dict[str, tuple[float, float, float, float]] = {
    "health_access": (0.050, 0.025, 0.35, 0.20),
    "health_insurance": (0.085, 0.045, 0.15, 0.25),
    "adult_education": (0.290, 0.230, 0.50, 0.20),
    "child_schooling": (0.050, 0.022, 0.45, 0.25),
    "housing_quality": (0.330, 0.190, 0.60, 0.25),
    "housing_area": (0.250, 0.150, 0.50, 0.15),
    "water": (0.330, 0.170, 0.40, 0.60),
    "toilet": (0.600, 0.430, 0.55, 0.40),
    "telecom": (0.270, 0.100, 0.55, 0.30),
    "info_assets": (0.220, 0.110, 0.50, 0.35),
}


@dataclass(frozen=True)
class Latent:
    """What does not depend on the fit. Rows are households; `moving` and `wants` have one column per year."""

    fixed: Floats  # standard deviations
    moving: Floats
    wants: Floats  # household × indicator × year
    possible: Bools  # household × indicator × year: whether anyone in it can lack it
    urban: Bools
    collective: Bools


def latent(census: Census, homes: Homes, people: People, visits: Visits, rng: Generator) -> Latent:
    """Draw everything about households' welfare that the fit leaves alone."""
    n = len(homes.size)
    urban = census.urban[homes.commune]
    effects = {ethnic: effect for ethnic, (_, effect) in peoples().items()}
    of_people = np.array([effects[str(e)] for e in homes.ethnic])
    of_commune = rng.normal(0.0, OF_COMMUNE, len(census.code))[homes.commune]
    of_village = rng.normal(0.0, OF_VILLAGE, len(homes.village_code))[homes.village]
    crowding = -0.06 * (homes.size - 4.5).clip(-3, 6)
    own = rng.normal(0.0, 0.78, n)
    fixed = 0.75 * of_people + of_commune + of_village + crowding + own + 0.9 * urban + 3.0 * homes.collective
    possible = _possible(people, visits)
    return Latent(fixed, _moving(n, rng), _wants(homes, rng), possible, urban, homes.collective)


def _moving(n: int, rng: Generator) -> Floats:
    """Fortune from year to year: most of it is carried over."""
    moving = np.empty((n, len(YEARS)))
    moving[:, 0] = rng.normal(0.0, 1.0, n)
    for t in range(1, len(YEARS)):
        moving[:, t] = CARRIED * moving[:, t - 1] + np.sqrt(1 - CARRIED**2) * rng.normal(0.0, 1.0, n)
    return MOVING * moving


def _wants(homes: Homes, rng: Generator) -> Floats:
    """The part of each want that welfare does not explain: the village's, the household's lasting, the year's."""
    n, kinds, years = len(homes.size), len(INDICATORS), len(YEARS)
    of_village = rng.normal(0.0, 1.0, (len(homes.village_code), kinds))[homes.village]
    lasting = rng.normal(0.0, 1.0, (n, kinds))
    wants: Floats = np.empty((n, kinds, years), dtype=np.float32)
    for t in range(years):
        passing = rng.normal(0.0, 1.0, (n, kinds))
        for k, name in enumerate(INDICATORS):
            _, _, of_welfare, village = WANTS[name]
            rest = np.sqrt(max(0.05, 1 - of_welfare**2 - village**2))
            wants[:, k, t] = village * of_village[:, k] + rest * (0.92 * lasting[:, k] + 0.39 * passing[:, k])
    return wants


def _possible(people: People, visits: Visits) -> Bools:
    """Only a household with a child of 5 to 14 can lack its schooling; likewise adults born since 1986."""
    n, years = visits.on.shape
    possible = np.ones((n, len(INDICATORS), years), dtype=bool)
    born = people.born.astype("datetime64[Y]").astype(int) + 1970
    for t in range(years):
        age = age_seen(people, visits.on[people.household, t])
        for name, who in (
            ("child_schooling", (age >= 5) & (age < 15)),
            ("adult_education", (age >= 15) & (born >= 1986)),
        ):
            there = np.bincount(people.household[who], minlength=n) > 0
            possible[:, INDICATORS.index(name), t] = there
    return possible


def points_of(x: Floats, urban: Bools) -> Ints:
    """B1 points, in fives as the form gives them; x is on the rural scale, towns have higher lines."""
    in_town = np.interp(x, (-20.0, *RURAL, 400.0), (0.0, *URBAN, 480.0))
    return (5 * np.round(np.where(urban, in_town, x) / 5)).clip(0, 480).astype(np.int64)


def income_of(points: Ints, urban: Bools, slip: Floats) -> Ints:
    """đồng a head and month, in ten thousands; with a slip of 0 on the same side of every line as the points."""
    rural = np.interp(points, (0.0, *RURAL, 400.0), (200e3, *RURAL_INCOME, 6_500e3))
    town = np.interp(points, (0.0, *URBAN, 480.0), (250e3, *URBAN_INCOME, 10_000e3))
    return (10_000 * np.round(np.where(urban[:, None], town, rural) * np.exp(slip) / 10_000)).astype(np.int64)


def band_of(points: Ints, urban: Bools) -> Ints:
    """0 poor by points, 1 between the lines, 2 average, 3 above."""
    lines = np.where(urban[:, None], URBAN, RURAL)
    return (points[:, None] > lines).sum(axis=1)


def wants(kept: Latent, standing: Floats, year: int, rows: Ints) -> Floats:
    """Row × indicator: how far each want is above the threshold of the year; -inf where it can't be.

    `standing` is x in standard deviations of its year, of all households; a household lacks what is above 0.
    """
    t = year / (len(YEARS) - 1)
    out: Floats = np.empty((len(rows), len(INDICATORS)), dtype=np.float32)
    for k, name in enumerate(INDICATORS):
        first, last, of_welfare, _ = WANTS[name]
        share = np.exp(np.log(first) * (1 - t) + np.log(last) * t)
        out[:, k] = (
            kept.wants[rows, k, year] - of_welfare * standing[rows] - NormalDist().inv_cdf(1.0 - share)
        )
    out[~kept.possible[rows, :, year]] = -np.inf
    out[kept.collective[rows]] = -np.inf
    return out
