"""Public figures give no small group away, whatever is crossed, and are right on average."""

import math
from collections import Counter
from collections.abc import Iterable
from typing import Any

import numpy as np
import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.optimize import linprog

from giamngheo.warehouse.disclosure import LEAST, OTHER, may_be_off, members, most_off, pooled

NAMES = ["lacks_a", "lacks_b"]
SHOWN = ("commune", "ethnic", "klass", *NAMES)
Cell = tuple[Any, ...]


def households(seed: int, count: int = 120) -> pa.Table:
    """Three communes of one district, two ethnic groups and one rare one, three classes, two indicators."""
    draw = np.random.default_rng(seed)
    commune = draw.choice([1, 2, 3], count, p=[0.5, 0.45, 0.05])
    return pa.table(
        {
            "household": [f"H{n}" for n in range(count)],
            "village": commune * 10 + draw.integers(0, 3, count),
            "commune": commune,
            "district": np.full(count, 9),
            "area_type": ["rural"] * count,
            "ethnic": draw.choice(["01", "02", "03"], count, p=[0.6, 0.36, 0.04]),
            "klass": draw.choice(["poor", "near_poor", "none"], count, p=[0.3, 0.1, 0.6]),
            "persons": draw.integers(1, 9, count),
            "lacks_a": draw.random(count) < 0.3,
            "lacks_b": draw.random(count) < 0.1,
        }
    )


def counts(rows: pa.Table, names: Iterable[str] = SHOWN) -> Counter[Cell]:
    return Counter(zip(*(rows[name].to_pylist() for name in names), strict=True))


@settings(max_examples=40, deadline=None)
@given(st.integers(0, 10_000), st.integers(0, 130))
def test_no_cell_counts_fewer_than_five_and_nobody_is_lost(seed: int, count: int) -> None:
    rows = households(seed, count)
    told = pooled(rows, NAMES, "key")
    assert all(size >= LEAST for size in counts(told).values())
    assert told.num_rows == (count if count >= LEAST else 0)
    assert not told.num_rows or sum(told["persons"].to_pylist()) == sum(rows["persons"].to_pylist())
    true, sizes = counts(rows, ("commune", "ethnic")), counts(rows, ("commune",))
    for (commune, ethnic), _n in counts(told, ("commune", "ethnic")).items():
        # a commune of fewer than LEAST households is counted with another
        came = sum(n for (c, e), n in true.items() if e == ethnic and sizes[(c,)] < LEAST)
        known = true[commune, ethnic] + came >= LEAST or ethnic == OTHER
        assert known or sum(n for (c, _e), n in true.items() if c == commune) < LEAST * 3
    assert all(LEAST <= n < 2 * LEAST for n in members(told)["many"].to_pylist())
    assert len(set(counts(told, ("commune", "village")))) == len(set(told["commune"].to_pylist()))


def test_a_class_of_five_in_a_commune_is_counted_exactly() -> None:
    rows = households(4)
    true, told = (counts(t, ("commune", "klass")) for t in (rows, pooled(rows, NAMES, "key")))
    whole = [cell for cell in true if min(n for c, n in true.items() if c[0] == cell[0]) >= LEAST]
    assert len(whole) >= 3 and all(told[cell] == true[cell] for cell in whole)


def windows(told: Counter[Cell], cells: list[Cell]) -> dict[Cell, tuple[float, float]]:
    """What an attacker who has every public cell and knows the method can say of the true counts, by linear programming.

    Unknown: how many households of true cell t are counted in published cell d of the commune. Each pool has one member
    of the cell it is counted in; a run of commune, class and ethnic group gives at most LEAST - 1 away.
    """
    published = list(told)
    pairs = [(t, d) for t in cells for d in published if t[0] == d[0]]
    at = {pair: place for place, pair in enumerate(pairs)}
    equal = np.array([[float(d == one) for _t, d in pairs] for one in published])
    low = [
        math.ceil(told[d] / (2 * LEAST - 1)) if t == d else 0 for t, d in pairs
    ]  # one of each pool was drawn
    runs = sorted({t[:3] for t in cells})
    away = np.array([[float(t[:3] == run != d[:3]) for t, d in pairs] for run in runs])
    found = {}
    for cell in cells:
        aim = np.array([float(t == cell) for t, _d in pairs])
        ends = [
            linprog(
                sign * aim, A_ub=away, b_ub=[LEAST - 1] * len(runs), A_eq=equal, b_eq=[told[d] for d in published],
                bounds=[(a, None) for a in low],
            )
            for sign in (1, -1)
        ]  # fmt: skip
        assert all(end.success for end in ends) and len(at) == len(pairs)
        found[cell] = (ends[0].fun, -ends[1].fun)
    return found


@settings(max_examples=6, deadline=None)
@given(st.integers(0, 10_000))
def test_an_attacker_with_every_public_figure_pins_no_small_cell(seed: int) -> None:
    rows = households(seed, 90).filter(pa.compute.less(households(seed, 90)["commune"], 3))
    rows = rows.filter(pa.compute.not_equal(rows["ethnic"], "03"))
    told, true = counts(pooled(rows, NAMES, "key")), counts(rows)
    cells = sorted(set(true) | set(told))
    small = {cell: n for cell, n in true.items() if n < LEAST}
    assert small
    for cell, (low, high) in windows(told, cells).items():
        if cell in small:
            assert low - 1e-6 <= true[cell] <= high + 1e-6, "the attacker's model must hold the truth"
            assert high - low >= LEAST - 1 - 1e-6, (cell, low, high)


def moved(seed: int, count: int = 90) -> tuple[pa.Table, pa.Table]:
    """The same households in two rounds, many of a class they were not of before."""
    draw = np.random.default_rng(seed)
    first = (
        households(seed, count)
        .filter(pa.compute.less(households(seed, count)["commune"], 3))
        .drop_columns("lacks_b")
    )
    chances = {"poor": [0.75, 0.15, 0.1], "near_poor": [0.2, 0.5, 0.3], "none": [0.03, 0.05, 0.92]}
    after = [draw.choice(list(chances), p=chances[klass]) for klass in first["klass"].to_pylist()]
    return first, first.set_column(first.column_names.index("klass"), "klass", pa.array(after))


@settings(max_examples=3, deadline=None)
@given(st.integers(0, 10_000))
def test_what_became_of_households_pins_no_small_group_even_beside_the_figures_of_the_next_round(
    seed: int,
) -> None:
    """An attacker who has both rounds' cells, each with the class of the other as members tell it, and joins them: one unknown
    number of households a commune, ethnic group, class before and class after, counted into cells of both."""
    rounds = moved(seed)
    known = [dict(zip(r["household"].to_pylist(), r["klass"].to_pylist(), strict=True)) for r in rounds]

    def cells_of(rows: pa.Table) -> Counter[Cell]:
        columns = (rows[name].to_pylist() for name in ("household", "commune", "ethnic"))
        return Counter((c, e, known[0][h], known[1][h]) for h, c, e in zip(*columns, strict=True))

    true = cells_of(rounds[0])
    told = [cells_of(pooled(rows, ["lacks_a"], f"key {n}")) for n, rows in enumerate(rounds)]
    assert all(size >= LEAST for counted in told for size in counted.values())
    cells = sorted(set(true) | set(told[0]) | set(told[1]))
    flows = [(n, t, d) for n in (0, 1) for t in cells for d in told[n] if t[0] == d[0]]
    equal = [[float(n == m and d == one) for n, _t, d in flows] for m in (0, 1) for one in told[m]]
    equal += [[float(t == one) * (1 - 2 * n) for n, t, _d in flows] for one in cells]
    sizes = [size for counted in told for size in counted.values()] + [0] * len(cells)
    low = [math.ceil(told[n][d] / (2 * LEAST - 1)) if t == d else 0 for n, t, d in flows]
    runs = sorted({(m, t[0], t[1], t[2 + m]) for t in cells for m in (0, 1)})
    away = [
        [float(n == m and (t[0], t[1], t[2 + m]) == run != (d[0], d[1], d[2 + m])) for n, t, d in flows]
        for m, *rest in runs
        for run in [tuple(rest)]
    ]
    small = {cell: n for cell, n in true.items() if n < LEAST}
    assert small
    for cell, count in small.items():
        aim = np.array([float(n == 0 and t == cell) for n, t, _d in flows])
        ends = [
            linprog(
                sign * aim, A_ub=away, b_ub=[2 * LEAST - 2] * len(runs), A_eq=equal, b_eq=sizes, bounds=[(a, None) for a in low]
            )
            for sign in (1, -1)
        ]  # fmt: skip
        assert all(end.success for end in ends)
        least, most = ends[0].fun, -ends[1].fun
        assert least - 1e-6 <= count <= most + 1e-6, "the attacker's model must hold the truth"
        assert most - least >= LEAST - 1 - 1e-6, (cell, least, most)


def test_hiding_small_cells_beside_a_total_would_not_have_done() -> None:
    """The same attacker against a table with cells under five starred and its total shown."""
    table, total = [23, 3, 14], 40
    low, high = (
        linprog(sign * np.array([1.0]), A_eq=[[1.0]], b_eq=[total - 23 - 14]).fun * sign for sign in (1, -1)
    )
    assert low == high == table[1]


def test_a_member_not_drawn_could_have_been_like_the_one_drawn() -> None:
    rows = households(7, 60)
    said = counts(pooled(rows, NAMES, "key"))
    profiles = {tuple(row.values()) for row in rows.select(["village", *SHOWN]).to_pylist()}
    freed = 0
    for place in range(rows.num_rows):
        for profile in profiles:
            own = rows.slice(place, 1).to_pylist()[0]
            changed = own | dict(zip(("village", *SHOWN), profile, strict=True))
            if changed == own:
                continue
            parts = [
                rows.slice(0, place),
                pa.Table.from_pylist([changed], rows.schema),
                rows.slice(place + 1),
            ]
            if counts(pooled(pa.concat_tables(parts), NAMES, "key")) == said:
                freed += 1
                break
    assert freed >= rows.num_rows * (LEAST - 1) // (2 * LEAST)


def test_lots_are_kept_and_follow_the_secret() -> None:
    rows = households(3)
    shuffled = rows.take(np.random.default_rng(1).permutation(rows.num_rows))
    assert counts(pooled(rows, NAMES, "key")) == counts(pooled(shuffled, NAMES, "key"))
    assert counts(pooled(rows, NAMES, "key")) != counts(pooled(rows, NAMES, "other key"))


@pytest.mark.parametrize("name", NAMES)
def test_figures_are_right_on_average_over_lots(name: str) -> None:
    rows = households(11)
    true = sum(rows[name].to_pylist())
    told = [sum(pooled(rows, NAMES, f"key {n}")[name].to_pylist()) for n in range(400)]
    error = np.std(told) / math.sqrt(len(told))
    assert abs(np.mean(told) - true) < 4 * error and error > 0


def test_how_far_off_is_told_without_the_sizes_of_pools() -> None:
    """45 households, as in five pools of nine: 2·√(1/4 / 9) = 1/3 at a half; no pools whatever are farther off."""
    assert most_off(0.5, 45) == pytest.approx(1 / 3)
    for sizes in ([5] * 9, [9] * 5, [5, 6, 7, 8, 9, 5, 5]):
        assert (
            may_be_off(0.2, sum(sizes), sum(size**2 for size in sizes)) <= most_off(0.2, sum(sizes)) + 1e-12
        )
