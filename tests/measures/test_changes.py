"""Changes between years and their decomposition, by hand and adding up; robustness of rankings by hand."""

from fractions import Fraction
from typing import Any

import ibis
import numpy as np
import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

from giamngheo.measures import results
from giamngheo.measures.alkire_foster import measures
from giamngheo.measures.changes import by_group, by_incidence_and_intensity, changes
from giamngheo.measures.cube import Cells, cube
from giamngheo.measures.errors import EmptyGroupError, ParameterError
from giamngheo.measures.robustness import dominance, emphasised, to_cutoffs, to_weights
from giamngheo.measures.specification import Spec
from tests.environment import examples
from tests.measures.lines import line, value


def year(m0: float, groups: dict[str, tuple[float, float]]) -> pa.Table:
    """A year with M0 of everyone, and share and M0 of each group."""
    lines = [results.row("M0", m0, n=4, k=0.5)]
    for name, (share, own) in groups.items():
        lines.append(results.row("population_share", share, n=2, groups={"g": name}))
        lines.append(results.row("M0", own, n=2, k=0.5, groups={"g": name}))
    return results.table(lines, ["g"])


FIRST = year(0.4, {"a": (0.5, 0.2), "b": (0.5, 0.6)})
SECOND = year(0.3, {"a": (0.25, 0.2), "b": (0.75, 1 / 3)})


def test_changes_by_hand() -> None:
    made = changes(FIRST, SECOND, years=2)
    names = ("absolute", "relative", "annual_absolute", "annual_relative")
    assert [value(made, f"{n}:M0") for n in names] == pytest.approx([-0.1, -0.25, -0.05, 0.75**0.5 - 1])
    assert value(made, "relative:M0", "a") == 0
    nothing = year(0.0, {})
    assert value(changes(nothing, SECOND, years=1), "relative:M0") is None


def test_change_by_group_by_hand() -> None:
    made = by_group(FIRST, SECOND)
    assert [value(made, "within:M0", g) for g in "ab"] == pytest.approx([0, -1 / 6])
    assert [value(made, "demographic:M0", g) for g in "ab"] == pytest.approx([-0.05, 7 / 60])


def test_a_change_between_samples_says_how_they_were_drawn_and_has_an_error_where_they_are_independent() -> (
    None
):
    """3 and 4 per cent of error make 5."""
    said = ("linearised, 40 clusters", "linearised, 50 clusters")
    lines = [
        [results.row(m, y, n=4, k=0.5, se=se, design=design) for m, y in (("H", x), ("A", 0.5), ("M0", x / 2))]
        + [results.row("population_share", 1, n=4, groups={"g": "a"}, design=design)]
        + [results.row("M0", x / 2, n=4, k=0.5, groups={"g": "a"}, design=design)]
        for x, se, design in ((0.5, 0.03, said[0]), (0.4, 0.04, said[1]))
    ]  # fmt: skip
    one, other = (results.table(one, ["g"]) for one in lines)
    alone, told = changes(one, other, years=2), changes(one, other, years=2, independent=True)
    assert set(alone["se"].to_pylist()) == {None} and value(alone, "absolute:H") == pytest.approx(-0.1)
    assert line(told, "absolute:H")["se"] == pytest.approx(0.05)
    assert line(told, "annual_absolute:H")["se"] == pytest.approx(0.025)
    assert line(told, "relative:H")["se"] is None and line(told, "absolute:M0", "a")["se"] is None
    for made in (alone, told, by_group(one, other), by_incidence_and_intensity(one, other)):
        assert set(made["design"].to_pylist()) == {"; ".join(said)}
    for made in (changes(FIRST, SECOND, years=2, independent=True), by_group(FIRST, SECOND)):
        assert set(made["design"].to_pylist()) == {"census"} and set(made["se"].to_pylist()) == {None}


ROWS = st.lists(
    st.tuples(st.sampled_from("xy"), st.booleans(), st.booleans(), st.booleans()), min_size=1, max_size=12
)
SPEC = Spec.equal("three", ["a", "b", "c"], k="1/3")


def made_of(rows: Any) -> pa.Table:
    columns = dict(zip("gabc", map(list, zip(*rows, strict=True)), strict=True))
    return measures(ibis.memtable(pa.table(columns)), SPEC, by=["g"])


@examples(10)
@given(ROWS, ROWS)
def test_every_decomposition_adds_up_to_the_change(first: Any, second: Any) -> None:
    one, other = made_of(first), made_of(second)
    moved = changes(one, other, years=1)
    change = value(moved, "absolute:M0")
    assert sum(value(moved, f"absolute:contribution:{j}") for j in "abc") == pytest.approx(change)
    groups = {row[0] for row in (*first, *second)}
    parts = by_group(one, other)
    assert sum(
        value(parts, f"{p}:M0", g) for p in ("within", "demographic") for g in groups
    ) == pytest.approx(change)
    split = by_incidence_and_intensity(one, other)
    assert value(split, "incidence:M0") + value(split, "intensity:M0") == pytest.approx(change)


@pytest.mark.parametrize("years", [0, -1, True])
def test_years_that_are_none_are_refused(years: Any) -> None:
    with pytest.raises(ParameterError, match="years"):
        changes(FIRST, SECOND, years=years)


def test_years_without_a_common_line_or_groups_are_refused() -> None:
    with pytest.raises(EmptyGroupError):
        changes(FIRST, results.table([results.row("H", 0.1, n=1)]), years=1)
    with pytest.raises(EmptyGroupError):
        by_group(year(0.1, {}), year(0.2, {}))


# Alkire and Foster's example: incomes below 13, schooling below 12, health below 3, services below 1 (see also
# test_alkire_foster). Gaps of the two poor: 5/12 and 1; 1/26, 1/6, 2/3 and 1.


def test_the_gaps_of_the_published_example() -> None:
    from giamngheo.measures.specification import Column

    rows = {"x": [13.1, 15.2, 12.5, 20], "e": [14, 7, 10, 11], "h": [4, 5, 1, 3], "s": [1, 0, 0, 1]}
    lines = {"x": 13, "e": 12, "h": 3, "s": 1}
    spec = Spec.equal("AF 2011", [Column(n, z, "below") for n, z in lines.items()], k="1/2")
    made = measures(ibis.memtable(pa.table(rows)), spec)
    gaps = [Fraction(5, 12), Fraction(1), Fraction(1, 26), Fraction(1, 6), Fraction(2, 3), Fraction(1)]
    assert [value(made, m) for m in ("H", "A", "M0")] == [1 / 2, 3 / 4, 3 / 8]
    assert value(made, "M1") == pytest.approx(float(sum(gaps) / 16))  # 0.206
    assert value(made, "M2") == pytest.approx(float(sum(g * g for g in gaps) / 16))  # 0.165


# Three groups of two households: x lacks nothing, then a; y lacks a and b in one; z lacks one each.
GROUPS = {
    "g": ["x", "x", "y", "y", "z", "z"],
    "a": [1, 0, 1, 0, 1, 0],
    "b": [0, 0, 1, 0, 0, 1],
    "c": [0, 0, 0, 0, 0, 1],
}


def test_rankings_by_hand() -> None:
    """M0 in sixths at the union: 1, 2, 3; H at two of three: 0, 1/2, 1/2; of a's weight alone: 1/2 each."""
    cells = Cells(cube(ibis.memtable(pa.table(GROUPS)), SPEC.columns, by=["g"]))
    made = to_cutoffs(cells, SPEC, "union", ["2/3"], by=["g"])
    # at 2/3: 0, 2, 2 sixths: of three pairs two are kept, one is tied: τ_b = 2 / √(3·2)
    assert value(made, "kept") == pytest.approx(2 / 3) and value(made, "kendall") == pytest.approx(2 / 6**0.5)
    assert value(made, "dominance") == 1  # z is never better than y
    heavy = emphasised(SPEC, "a", "98%")
    assert [i.weight for i in heavy.indicators] == [Fraction(49, 50), Fraction(1, 100), Fraction(1, 100)]
    # of hundredths: x 98, y 99, z 98 + 2: the order stays
    again = to_weights(cells, SPEC, {"a first": heavy}, "union", by=["g"])
    assert value(again, "kept", "a first") == 1 and value(again, "spearman", "a first") == pytest.approx(1)


def test_rankings_by_cutoffs_of_numpy() -> None:
    cells = Cells(cube(ibis.memtable(pa.table(GROUPS)), SPEC.columns, by=["g"]))
    of_numpy = to_cutoffs(cells, SPEC, np.float64(0.3), np.array([0.5, 1]), by=["g"])
    assert of_numpy.equals(to_cutoffs(cells, SPEC, "30%", ["1/2", 1], by=["g"]))


@pytest.mark.parametrize(
    ("made", "named"),
    [
        (lambda cells: to_cutoffs(cells, SPEC, "1/3", [1], by=["g"], measure="zzz"), "measure = zzz .*M0"),
        (lambda cells: by_group(FIRST, SECOND, "zzz"), "measure = zzz .*M0"),
        (lambda cells: by_incidence_and_intensity(FIRST, SECOND), "measure = H .*M0"),
        (lambda cells: changes(FIRST, SECOND, years="2"), "years = 2"),  # type: ignore[arg-type]
        (lambda cells: changes(FIRST, SECOND, years=0), "years = 0"),
        (lambda cells: changes(FIRST, SECOND, years=float("nan")), "years = nan"),
    ],
)
def test_a_measure_there_is_not_and_years_that_are_none_are_refused_by_name(made: Any, named: str) -> None:
    with pytest.raises(ParameterError, match=named):
        made(Cells(cube(ibis.memtable(pa.table(GROUPS)), SPEC.columns, by=["g"])))


def test_dominance_by_hand() -> None:
    assert dominance([[1, 2, 3], [1, 3, 2]]) == pytest.approx(2 / 3)
    assert dominance([[1, 1], [1, 1]]) == 0


@pytest.mark.parametrize(("dimension", "share"), [("z", "1/2"), ("a", 1), ("a", 0), ("a", "x")])
def test_emphasis_that_is_none_is_refused(dimension: str, share: Any) -> None:
    with pytest.raises(ParameterError):
        emphasised(SPEC, dimension, share)


def test_one_group_has_no_ranking() -> None:
    cells = Cells(cube(ibis.memtable(pa.table(GROUPS | {"g": ["x"] * 6})), SPEC.columns, by=["g"]))
    with pytest.raises(EmptyGroupError, match="≥ 2"):
        to_cutoffs(cells, SPEC, "union", ["2/3"], by=["g"])
