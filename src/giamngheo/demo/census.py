"""The published figures the synthetic province is fitted to, and the sample of them that small runs use.

Sources and confidence of every figure stand in docs/explanation/synthetic-province.vi.md.
"""

import csv
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import TypeAlias

import numpy as np
from numpy.typing import NDArray

DATA = Path(__file__).parent / "data"
#: Day of the census: ages and the 101,010 households are as on this day.
CENSUS_DAY = np.datetime64("2019-04-01")
#: Thôn, bản in 11/2018; where they lie and what they are called is invented.
VILLAGES = 1169
#: Two communes, one more of the first's district, and a town ward; the trial accounts answer for the first and third.
SMALL = ("03541", "03523", "03442", "03387")
SMALL_HOUSEHOLDS = 150

Ints: TypeAlias = NDArray[np.int64]
Floats: TypeAlias = NDArray[np.float64]
Bools: TypeAlias = NDArray[np.bool_]


@dataclass(frozen=True)
class Census:
    """Communes as columns, in order of code. `sizes` has households of 1, 2, … 6, 7 and more persons."""

    code: NDArray[np.str_]
    name: NDArray[np.str_]
    district: NDArray[np.str_]
    urban: Bools
    persons: Ints
    sizes: Ints
    villages: int

    @property
    def households(self) -> Ints:
        return self.sizes.sum(axis=1)


def _rows(name: str) -> list[dict[str, str]]:
    with (DATA / name).open(encoding="utf-8") as file:
        return list(csv.DictReader(line for line in file if not line.startswith("#")))


@cache
def whole() -> Census:
    """All 108 communes."""
    rows = _rows("communes.csv")
    sizes = [f"hh_{n}" for n in (1, 2, 3, 4, 5, 6)] + ["hh_7plus"]
    return Census(
        code=np.array([r["code"] for r in rows]),
        name=np.array([r["name"] for r in rows]),
        district=np.array([r["district"] for r in rows]),
        urban=np.array([r["urban"] == "1" for r in rows]),
        persons=np.array([int(r["persons"]) for r in rows]),
        sizes=np.array([[int(r[s]) for s in sizes] for r in rows]),
        villages=VILLAGES,
    )


def small() -> Census:
    """Four communes with about 150 households each, sizes in the proportions of the census."""
    full = whole()
    at = np.flatnonzero(np.isin(full.code, SMALL))
    sizes = np.round(full.sizes[at] * SMALL_HOUSEHOLDS / full.households[at, None]).astype(np.int64)
    largest = np.where(full.urban[at], 8, 9)
    persons = sizes[:, :6] @ np.arange(1, 7) + sizes[:, 6] * largest
    return Census(
        full.code[at], full.name[at], full.district[at], full.urban[at], persons, sizes, 3 * len(at)
    )


@cache
def age_table() -> dict[tuple[str, bool], tuple[Ints, Ints]]:
    """By district and urban: first ages of the five-year groups (the last is 85 and over), and people in each."""
    table: dict[tuple[str, bool], list[tuple[int, int]]] = {}
    for r in _rows("ages.csv"):
        table.setdefault((r["district"], r["urban"] == "1"), []).append(
            (int(r["from_age"]), int(r["persons"]))
        )
    return {
        key: (np.array([a for a, _ in sorted(rows)]), np.array([n for _, n in sorted(rows)]))
        for key, rows in table.items()
    }


@cache
def peoples() -> dict[str, tuple[float, float]]:
    """By ethnic code: share of the province's people in per cent, and the effect on welfare the fit starts from."""
    return {r["ethnic"]: (float(r["share"]), float(r["effect"])) for r in _rows("peoples.csv")}


@cache
def settled() -> dict[tuple[str, str], float]:
    """Weights (area, ethnic code): how much likelier a group lives there; `area` is a district or a commune code."""
    return {(r["area"], r["ethnic"]): float(r["weight"]) for r in _rows("settled.csv")}


def whole_numbers(shares: Floats, total: int) -> Ints:
    """Non-negative shares as whole numbers that add up to `total` (largest remainders)."""
    exact = shares * (total / shares.sum())
    parts = np.floor(exact).astype(np.int64)
    parts[np.argsort(parts - exact, kind="stable")[: total - parts.sum()]] += 1
    return parts
