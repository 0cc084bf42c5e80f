"""Households by size, the peoples they belong to, and the villages they live in, as the census has them by commune."""

from dataclasses import dataclass

import numpy as np
from numpy.random import Generator
from numpy.typing import NDArray

from giamngheo.demo.census import Census, Floats, Ints, peoples, settled, whole, whole_numbers
from giamngheo.demo.names import village_names

#: People above what families of seven and more would hold are put into collective households of at most this size:
#: the census counts barracks and boarding houses in a commune's people without giving their households.
COLLECTIVE = 60
#: A family is rarely larger; a household from this size on is collective.
LARGEST_FAMILY = 16
#: Published numbers of households (Mảng 04/2019, Hoa 12/2018); the other groups follow from their share of people.
KNOWN_HOUSEHOLDS = {"45": 961, "04": 249}
KNOWN_PEOPLE = {"45": 4650, "04": 827}
#: La Hủ, Mảng, Cống, Si La live in a few communes and nowhere else.
FEW_COMMUNES = ("41", "45", "48", "50")
#: Households that live outside the block of villages of their own people.
SCATTERED = 0.05


@dataclass(frozen=True)
class Homes:
    """One row a household, ordered by commune and village, and one a village."""

    commune: Ints
    village: Ints
    size: Ints
    ethnic: NDArray[np.str_]
    collective: NDArray[np.bool_]
    village_code: NDArray[np.str_]
    village_name: NDArray[np.str_]
    village_commune: Ints


def settle(census: Census, rng: Generator) -> Homes:
    """Every household of the census with its commune, village, size and people."""
    sizes = [_sizes(row, int(people), rng) for row, people in zip(census.sizes, census.persons, strict=True)]
    quotas = _quotas(census, rng)
    codes = np.array(list(peoples()))
    per_commune = np.maximum(2, whole_numbers(census.households.astype(float), census.villages))
    per_commune[np.argmax(per_commune)] -= per_commune.sum() - census.villages
    parts: list[tuple[Ints, Ints, NDArray[np.str_]]] = []
    first = 0
    for commune, size in enumerate(sizes):
        ethnic = _in_blocks(codes, quotas[commune], rng)
        village = _villages(len(size), int(per_commune[commune]), rng) + first
        first += int(per_commune[commune])
        parts.append((rng.permutation(size), village, ethnic))
    size = np.concatenate([p[0] for p in parts])
    village = np.concatenate([p[1] for p in parts])
    ethnic = np.concatenate([p[2] for p in parts])
    if len(sizes) == len(whole().code):
        _meet_known_people(size, np.repeat(np.arange(len(sizes)), census.households), ethnic, rng)
    commune_of: Ints = np.repeat(np.arange(len(sizes)), per_commune)
    number = np.concatenate([np.arange(1, n + 1) for n in per_commune])
    code = np.array([f"{census.code[c]}{n:03d}" for c, n in zip(commune_of, number, strict=True)])
    return Homes(
        commune=commune_of[village],
        village=village,
        size=size,
        ethnic=ethnic,
        collective=size > LARGEST_FAMILY,
        village_code=code,
        village_name=village_names(commune_of, census.urban[commune_of], rng),
        village_commune=commune_of,
    )


def _sizes(row: Ints, people: int, rng: Generator) -> Ints:
    """Sizes of the households of a commune: 1 to 6 as counted, those of 7 and more so that the people are met."""
    large = int(row[6])
    rest = people - int(row[:6] @ np.arange(1, 7)) - 7 * large
    extra: Ints = np.zeros(large, dtype=np.int64)
    families = min(rest, round(1.6 * large))
    collective, beyond = 0, rest - families
    if beyond > large * 1.2:  # more than families explain: people of collective households
        collective = -(-beyond // (COLLECTIVE - 7))
        extra[:collective] = whole_numbers(np.ones(collective), beyond)
    else:
        families = rest
    weights = rng.gamma(0.9, size=large - collective) + 0.05
    grown = whole_numbers(weights, families)
    cap = LARGEST_FAMILY - 7
    while (over := np.maximum(grown - cap, 0).sum()) > 0:
        grown = np.minimum(grown, cap)
        roomy = np.flatnonzero(grown < cap)
        np.add.at(grown, rng.choice(roomy, int(over)), 1)
    extra[collective:] = grown
    return np.concatenate([np.repeat(np.arange(1, 7), row[:6]), 7 + extra])


def _quotas(census: Census, rng: Generator) -> Ints:
    """Households by commune and people: the weights of settled.csv, fitted to communes' households and to shares."""
    province, groups, weights = whole(), list(peoples()), settled()
    likely = np.empty((len(province.code), len(groups)))
    for column, ethnic in enumerate(groups):
        by_district = np.array([weights.get((d, ethnic), 0.02) for d in province.district])
        by_commune = np.array([weights.get((c, ethnic), 1.0) for c in province.code])
        own = rng.lognormal(0.0, 0.9, len(by_commune))
        likely[:, column] = peoples()[ethnic][0] * by_district * by_commune * own
        if ethnic in FEW_COMMUNES:
            likely[by_commune == 1.0, column] = 0.0
    households = province.households.astype(float)
    likely = _fitted(likely, households, province.persons / households, groups, float(province.persons.sum()))
    here = np.isin(province.code, census.code)
    quotas = np.stack(
        [whole_numbers(row, int(n)) for row, n in zip(likely[here], census.households, strict=True)]
    )
    return _as_known(quotas, groups) if here.all() else quotas


def _as_known(quotas: Ints, groups: list[str]) -> Ints:
    """The rounding of groups with a known number put right where most of the group live."""
    for ethnic, households in KNOWN_HOUSEHOLDS.items():
        column = groups.index(ethnic)
        commune = int(np.argmax(quotas[:, column]))
        other = next(int(c) for c in np.argsort(-quotas[commune]) if c != column)
        missing = households - int(quotas[:, column].sum())
        quotas[commune, column] += missing
        quotas[commune, other] -= missing
    return quotas


def _fitted(likely: Floats, households: Floats, average: Floats, groups: list[str], people: float) -> Floats:
    """Rows made to add to the communes' households, columns to the shares of people (or known households), in turn."""
    shares = np.array([peoples()[g][0] for g in groups])
    target = shares / shares.sum() * people
    for _ in range(200):
        likely = likely * (households / likely.sum(axis=1))[:, None]
        got = (likely * average[:, None]).sum(axis=0)
        for column, ethnic in enumerate(groups):
            if ethnic in KNOWN_HOUSEHOLDS:
                target[column] = KNOWN_HOUSEHOLDS[ethnic]
                got[column] = likely[:, column].sum()
        likely = likely * (target / got)[None, :]
    return likely


def _meet_known_people(size: Ints, commune: Ints, ethnic: NDArray[np.str_], rng: Generator) -> None:
    """Households of a known people trade places with neighbours one person smaller or larger, until it has its number."""
    others = ~np.isin(ethnic, list(KNOWN_PEOPLE))
    for code, people in KNOWN_PEOPLE.items():
        excess = int(size[ethnic == code].sum()) - people
        step = 1 if excess > 0 else -1
        for household in rng.permutation(np.flatnonzero(ethnic == code)):
            if not excess:
                break
            same = (commune == commune[household]) & others & (size == size[household] - step)
            if size[household] <= LARGEST_FAMILY and same.any():
                other = rng.choice(np.flatnonzero(same))
                size[[household, other]] = size[[other, household]]
                excess -= step


def _in_blocks(codes: NDArray[np.str_], quota: Ints, rng: Generator) -> NDArray[np.str_]:
    """The peoples of a commune's households in village order: each in a block of its own, a few scattered."""
    order = rng.permutation(len(codes))
    ethnic: NDArray[np.str_] = np.repeat(codes[order], quota[order])
    moved = np.flatnonzero(rng.random(len(ethnic)) < SCATTERED)
    ethnic[moved] = ethnic[rng.permutation(moved)]
    return ethnic


def _villages(households: int, villages: int, rng: Generator) -> Ints:
    """The village (0, 1, …) of each household of a commune; sizes vary, none is empty."""
    weights = rng.gamma(6.0, size=villages) + 1.0
    return np.repeat(np.arange(villages), whole_numbers(weights, households))
