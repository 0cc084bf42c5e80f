"""The risk model: worked by hand, held against a truth that is known, and what it refuses."""

import math
from typing import Any

import numpy as np
import pyarrow as pa
import pytest

from giamngheo.measures.errors import MeasuresError, MissingValueError, NoFiniteModelError, TooFewEventsError
from giamngheo.measures.risk import (
    calibration,
    carried,
    chances,
    discrimination,
    errors_by_group,
    fit,
    parts,
)

#: Of 10 with x = 1 it befell 8, of 10 with x = 0 it befell 2.
TEN = pa.table({"x": [1] * 10 + [0] * 10, "y": [1] * 8 + [0] * 2 + [1] * 2 + [0] * 8, "h": list(range(20))})


def test_two_by_two_by_hand() -> None:
    made = fit(TEN, "y", ["x"])
    [effect] = made.effects
    assert (made.n, made.events) == (20, 10)
    assert made.intercept == pytest.approx(math.log(2 / 8))
    assert effect.coefficient == pytest.approx(math.log(16)) and effect.odds == pytest.approx(16)
    assert effect.se == pytest.approx(math.sqrt(1 / 8 + 1 / 2 + 1 / 2 + 1 / 8), rel=1e-4)
    assert (effect.low, effect.high) == pytest.approx((effect.coefficient - 1.959964 * effect.se, effect.coefficient + 1.959964 * effect.se), rel=1e-4)  # fmt: skip
    p = chances(made, TEN)
    assert set(np.round(p, 6)) == {0.8, 0.2}
    assert parts(made, TEN)[0, 0] == pytest.approx(math.log(16) / 2)
    c, brier = discrimination(p, TEN["y"].to_numpy())
    assert c == pytest.approx(0.8) and brier == pytest.approx((16 * 0.04 + 4 * 0.64) / 20)


def test_rows_of_one_household_count_as_one() -> None:
    """Every row told four times, in one cluster: the same coefficient, and an error as of twenty rows, not of eighty."""
    four = pa.concat_tables([TEN] * 4)
    alone, taken = fit(four, "y", ["x"]).effects[0], fit(four, "y", ["x"], cluster="h").effects[0]
    assert alone.se == pytest.approx(fit(TEN, "y", ["x"]).effects[0].se / 2, rel=1e-4)
    assert taken.coefficient == pytest.approx(alone.coefficient, rel=1e-6)
    assert 1.9 * alone.se < taken.se < 2.2 * alone.se


def test_a_known_truth_is_found_and_is_calibrated() -> None:
    draw = np.random.default_rng(20211015)
    x, z = draw.integers(0, 2, 20_000), draw.normal(size=20_000)
    y = (draw.random(20_000) < 1 / (1 + np.exp(-(-2 + 1.2 * x - 0.5 * z)))).astype(int)
    rows = pa.table({"x": x, "z": z, "y": y})
    made = fit(rows.slice(0, 10_000), "y", ["x", "z"])
    assert all(e.low < truth < e.high for e, truth in zip(made.effects, (1.2, -0.5), strict=True))
    later = rows.slice(10_000)
    bands = calibration(chances(made, later), later["y"].to_numpy())
    assert len(bands) == 10 and sum(b.n for b in bands) == 10_000
    assert sum(b.low <= b.expected <= b.high for b in bands) >= 8
    assert [b.expected for b in bands] == sorted(b.expected for b in bands)


def test_bands_keep_like_chances_together() -> None:
    bands = calibration(np.array([0.2] * 10 + [0.8] * 10), np.array([0] * 8 + [1] * 2 + [1] * 8 + [0] * 2), bands=10, least=5)  # fmt: skip
    assert [(b.n, b.events, b.observed) for b in bands] == [(10, 2, 0.2), (10, 8, 0.8)]
    # Wilson for 2 of 10: (0.2 + z²/20 ± z·√(0.016 + z²/400)) / (1 + z²/10)
    assert (bands[0].low, bands[0].high) == pytest.approx((0.056682, 0.509838), abs=1e-5)
    rest = calibration(np.linspace(0, 1, 11), np.zeros(11), bands=2, least=5)
    assert [b.n for b in rest] == [11]  # the five left over are too few for a band of their own


def test_errors_by_group_by_hand_and_small_groups_together() -> None:
    flagged = [1, 1, 0, 0, 1, 0, 1, 0]
    y = [1, 0, 1, 0, 0, 0, 1, 1]
    made = errors_by_group(np.array(flagged), np.array(y), ["a", "a", "a", "a", "b", "b", "c", "d"], least=2)
    assert [(g.group, g.spared, g.false_alarms, g.befallen, g.misses) for g in made] == [
        ("a", 2, 1, 2, 1), ("b", 2, 1, 0, 0), ("other", 0, 0, 2, 1),
    ]  # fmt: skip
    assert made[1].miss_rate is None and made[0].false_alarm_rate == 0.5 and made[2].false_alarm_rate is None


@pytest.mark.parametrize(
    ("changes", "refused", "words"),
    [
        ({"y": [1] * 9 + [0] * 11}, TooFewEventsError, "9"),
        ({"x": [1] * 10 + [0] * 10, "y": [1] * 10 + [0] * 10}, NoFiniteModelError, "x"),
        ({"x": [1] * 20}, NoFiniteModelError, "x"),
        ({"x": [None] + [1] * 19}, MissingValueError, "x"),
    ],
)
def test_what_has_no_answer_is_refused(
    changes: dict[str, Any], refused: type[MeasuresError], words: str
) -> None:
    told = pa.table({**{name: TEN[name].to_pylist() for name in ("x", "y")}, **changes})
    with pytest.raises(refused) as said:
        fit(told, "y", ["x"])
    assert all(words in said.value.sentence(language) for language in ("vi", "en"))


def test_as_many_predictors_as_the_events_carry() -> None:
    assert [carried(n, ["a", "b", "c"]) for n in (9, 10, 29, 400)] == [
        (),
        ("a",),
        ("a", "b"),
        ("a", "b", "c"),
    ]
