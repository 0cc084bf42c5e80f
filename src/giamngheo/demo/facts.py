"""What a full interview wrote down: the house, and each member's schooling, insurance and work, as the ticks have it.

Where a tick was planted to disagree, the facts say the opposite of it; everywhere else the law's rules over these facts
give the ticks back.
"""

from typing import TypeAlias

import numpy as np
from numpy.random import Generator
from numpy.typing import NDArray

from giamngheo.demo.census import Bools, Floats, Ints
from giamngheo.demo.people import People
from giamngheo.demo.reviews import age_seen
from giamngheo.demo.welfare import INDICATORS

Column: TypeAlias = NDArray[np.generic]
#: Indicators that may be planted to disagree: any household can lack them or not.
DISAGREEABLE = ("health_insurance", "housing_quality", "water", "toilet", "telecom")
DISAGREE = 0.015
CAUSES = ("no_land", "no_capital", "no_labour", "no_tools", "no_knowledge", "no_skill", "illness")


def disagreements(ticks: Bools, rng: Generator) -> Bools:
    """Household × indicator: where form and facts shall disagree."""
    wrong = np.zeros_like(ticks)
    rows = np.flatnonzero(rng.random(len(ticks)) < DISAGREE)
    columns = np.array([INDICATORS.index(name) for name in DISAGREEABLE])
    wrong[rows, rng.choice(columns, len(rows))] = True
    return wrong


def house_facts(
    lacks: Bools, persons: Ints, x: Floats, urban: Bools, poor: Bools, rng: Generator
) -> dict[str, Column]:
    """Household facts by key; `lacks` is household × indicator, x the standing in points."""
    n = len(x)
    lack = {name: lacks[:, k] for k, name in enumerate(INDICATORS)}
    draw = rng.random((n, 8))
    well = x > 190
    area = np.where(
        lack["housing_area"],
        np.floor(persons * (4 + 3.6 * draw[:, 0])),
        np.ceil(persons * (8.2 + 14 * draw[:, 0] + 10 * well)),
    )
    good_water = np.where(
        urban,
        "tap",
        np.select(
            [draw[:, 1] < 0.62, draw[:, 1] < 0.85, draw[:, 1] < 0.93],
            ["protected_spring", "tap", "protected_dug_well"],
            "rain",
        ),
    )
    good_toilet = np.where(
        urban | (well & (draw[:, 2] < 0.5)),
        "septic",
        np.select([draw[:, 2] < 0.35, draw[:, 2] < 0.75], ["double_vault", "pit_slab"], "pour_flush"),
    )
    phone = ~lack["telecom"]
    no_info = lack["info_assets"]
    tv = ~no_info & (draw[:, 5] < 0.93)
    return {
        "house_grade": np.where(
            lack["housing_quality"],
            np.where(draw[:, 3] < 0.7, "less_solid", "simple"),
            np.where(urban | (well & (draw[:, 3] < 0.4)), "solid", "semi_solid"),
        ),
        "housing_area_m2": area,
        "water_source": np.where(lack["water"], "other", good_water),
        "toilet": np.where(lack["toilet"], np.where(draw[:, 2] < 0.6, "other", "none"), good_toilet),
        "has_phone": phone,
        "uses_internet": phone & (draw[:, 4] < np.where(well, 0.85, 0.4)),
        "has_tv": tv,
        "has_radio": ~no_info & (draw[:, 6] < 0.08),
        "has_computer": ~no_info & well & (draw[:, 7] < 0.25),
        "hears_loudspeaker": ~no_info & (~tv | (draw[:, 6] < 0.6)),
        "causes": _causes(poor, rng),
    }


def _causes(poor: Bools, rng: Generator) -> Column:
    """One or two causes of poverty, separated by spaces; '' for those not poor."""
    first = np.array(CAUSES)[rng.choice(7, len(poor), p=(0.19, 0.30, 0.12, 0.08, 0.19, 0.08, 0.04))]
    second = np.array(["", " " + CAUSES[1], " " + CAUSES[4]])[rng.choice(3, len(poor), p=(0.55, 0.2, 0.25))]
    both = np.where(np.char.strip(second) == first, first, np.char.add(first, second))
    return np.where(poor, both, "")


def member_facts(
    people: People, on: NDArray[np.datetime64], lacks: Bools, x: Floats, urban: Bools, rng: Generator
) -> dict[str, Column]:
    """Member facts by key, for every person; `on` is the day of the visit to each household."""
    home, n = people.household, len(people.household)
    age = age_seen(people, on[home])
    lack = {name: lacks[home, k] for k, name in enumerate(INDICATORS)}
    some = _Some(home, rng)
    born = people.born.astype("datetime64[Y]").astype(int) + 1970
    draw, standing = rng.random((n, 6)), (x[home] - 150) / 72
    pupil = (age >= 5) & (age < 15)
    stays_home = some(pupil & lack["child_schooling"])
    young = (age >= 15) & (born >= 1986) & (age >= 0)
    unschooled = some(young & lack["adult_education"])
    attends = (pupil & ~stays_home) | ((age >= 3) & (age < 5) & (draw[:, 0] < 0.9))
    attends |= (age >= 15) & (age < 18) & ~unschooled & (draw[:, 0] < 0.6 + 0.1 * standing)
    old_schooled = draw[:, 1] < np.clip(0.30 + 0.15 * standing, 0.05, 0.95)
    lower = (age >= 15) & ~unschooled & (young | old_schooled)
    upper = (
        lower & (age >= 18) & (draw[:, 2] < np.clip(0.25 + 0.15 * standing + 0.2 * urban[home], 0.03, 0.9))
    )
    higher = (
        upper & (age >= 20) & (draw[:, 3] < np.clip(0.2 + 0.12 * standing + 0.2 * urban[home], 0.02, 0.8))
    )
    education = np.select(
        [higher & (draw[:, 4] < 0.5), higher, upper, lower, (age >= 15) & (draw[:, 4] < 0.6)],
        ["college", "vocational", "upper_secondary", "lower_secondary", "primary"],
        np.where(age >= 15, "none", ""),
    )
    public = higher & (age < 60) & (draw[:, 5] < 0.35)
    return {
        "health_insurance": ~some((age >= 6) & lack["health_insurance"]),
        "ill_untreated": some((age >= 0) & lack["health_access"], only_one=True),
        "attends_school": attends,
        "education": education,
        "no_labour_capacity": (age >= 0) & (draw[:, 1] < np.where(age >= 70, 0.35, 0.012)),
        "pension": (age >= 56) & (draw[:, 3] < np.where(urban[home], 0.3, 0.02)),
        "public_employee": public,
        "nonfarm_job": (age >= 18) & (age < 60) & (public | (draw[:, 5] > np.where(urban[home], 0.5, 0.88))),
    }


class _Some:
    """Picks, of the eligible members of each household, at least one and perhaps a few more."""

    def __init__(self, home: Ints, rng: Generator) -> None:
        self.home, self.rng = home, rng

    def __call__(self, eligible: Bools, *, only_one: bool = False) -> Bools:
        draw = self.rng.random(len(self.home))
        picked = np.zeros(len(draw), dtype=bool) if only_one else eligible & (draw < 0.3)
        rows = np.flatnonzero(eligible)
        rows = rows[np.argsort(draw[rows], kind="stable")]
        _, first = np.unique(self.home[rows], return_index=True)
        picked[rows[first]] = True
        return picked
