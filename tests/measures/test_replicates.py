"""Linearised errors against replicate weights: two ways of no common arithmetic tell the same error of one sample."""

from dataclasses import replace
from typing import Any

import numpy as np
import pyarrow as pa
import pytest

from giamngheo.measures.design import Design
from giamngheo.measures.inequality import inequality
from giamngheo.measures.money import poverty
from giamngheo.measures.tables import read
from giamngheo.measures.targeting import concentration
from tests.measures.lines import line

DESIGN = Design(weight="w", strata="s", psu="c")
#: Amounts around 1,2 million đồng in 80 clusters of four strata, of 15 households each; benefits fall with income.
MANY, EACH, STRATA = 80, 15, 4
LINE = 700_000


def sample() -> dict[str, Any]:
    random = np.random.default_rng(47)
    rows = MANY * EACH
    cluster = np.arange(MANY).repeat(EACH)
    group = random.integers(0, 2, rows)
    x = np.exp(13.8 + 0.4 * group + random.normal(0, 0.3, MANY).repeat(EACH) + random.normal(0, 0.6, rows))
    return {
        "x": np.round(x).astype("int64"),
        "a": random.binomial(1, 1 / (1 + x / 1_000_000)) * random.integers(1, 4, rows) * 100_000,
        "c": cluster,
        "s": cluster // (MANY // STRATA),
        "w": random.integers(1, 5, rows).astype(float),
        "g": np.array(["k", "l"])[group],
    }


ROWS = sample()


@pytest.fixture(scope="module")
def by_both() -> list[Any]:
    table = read(pa.table(ROWS))
    designs = (DESIGN, replace(DESIGN, method="bootstrap", replicates=400))
    return [inequality(table, "x", by=["g"], design=design) for design in designs]


#: How far the two may lie apart: 400 replicates tell an error to 4%; a density estimated from 600 rows, to some 20%.
NEAR = [
    *(("all", name, 0.12) for name in ("mean", "gini", "theil_t", "theil_l", "atkinson:2", "gini:within", "gini:overlap")),
    *(("all", name, 0.15) for name in ("theil_t:within", "theil_l:within", "theil_t:between", "theil_l:between", "gini:between")),
    *(("k", name, 0.12) for name in ("mean", "gini", "theil_t", "atkinson:1")),
    *(("all", name, 0.25) for name in ("p90/p10", "p90/p50", "p50/p10")),
]  # fmt: skip


@pytest.mark.parametrize(("subgroup", "measure", "apart"), NEAR)
def test_inequality(by_both: Any, subgroup: str, measure: str, apart: float) -> None:
    plain, drawn = (line(made, measure, subgroup) for made in by_both)
    assert drawn["estimate"] == plain["estimate"]
    assert plain["se"] == pytest.approx(drawn["se"], rel=apart)
    assert plain["design"].startswith("linearised") and drawn["design"].startswith("bootstrap of 400")
    assert drawn["ci_low"] < drawn["estimate"] < drawn["ci_high"]


def multiplied(count: int) -> Any:
    """Weights of replicates after Rao, Wu and Yue (1992): n - 1 clusters of n drawn anew in each stratum."""
    random = np.random.default_rng(48)
    own = MANY // STRATA
    for _ in range(count):
        drawn = np.concatenate(
            [np.bincount(random.integers(0, own, own - 1), minlength=own) for _ in range(STRATA)]
        )
        yield ROWS["w"] * (drawn * own / (own - 1)).repeat(EACH)


def held(w: Any, share: float) -> float:
    """What the poorest share of people has of all benefits, over that share."""
    order = np.argsort(ROWS["x"], kind="stable")
    people, money = w[order], (w * ROWS["a"])[order]
    below = np.concatenate([[0], np.cumsum(people)[:-1]])
    part = np.clip(share * people.sum() - below, 0, people) / np.where(people > 0, people, 1)
    return float(part @ money / money.sum() / share)


def sst(w: Any) -> float:
    """Over persons from the largest gap on, as in the docstring of `money`."""
    gap = np.maximum(1 - ROWS["x"] / LINE, 0)
    order = np.argsort(-gap, kind="stable")
    people, sorted_gap = w[order], gap[order]
    upto, whole = np.cumsum(people), w.sum()
    return float((people * sorted_gap) @ (2 * whole - 2 * upto + people) / whole**2)


def test_points_of_the_coady_grosh_hoddinott_index() -> None:
    made = concentration(read(pa.table(ROWS)), "x", "a", at=["20%", "40%"], design=DESIGN)
    for share in (0.2, 0.4):
        found = line(made, "cgh", k=share)
        assert found["estimate"] == pytest.approx(held(ROWS["w"], share))
        assert found["se"] == pytest.approx(np.std([held(w, share) for w in multiplied(400)]), rel=0.15)
        assert found["ci_low"] < found["estimate"] < found["ci_high"] <= 1 / share
        assert found["se"] == pytest.approx(line(made, "concentration", k=share)["se"] / share)


def test_sen_shorrocks_thon() -> None:
    found = line(poverty(read(pa.table(ROWS)), "x", LINE, design=DESIGN), "SST")
    assert found["estimate"] == pytest.approx(sst(ROWS["w"]))
    assert found["se"] == pytest.approx(np.std([sst(w) for w in multiplied(400)]), rel=0.12)


def test_the_total_gap() -> None:
    of = {how: line(poverty(read(pa.table(ROWS)), "x", LINE, design=replace(DESIGN, method=how)), "gap_total") for how in ("linearised", "bootstrap")}  # fmt: skip
    assert of["bootstrap"]["estimate"] == of["linearised"]["estimate"]
    assert of["bootstrap"]["se"] == pytest.approx(of["linearised"]["se"], rel=0.12)


def test_shares_of_groups_add_up_and_have_one_error_where_there_are_two() -> None:
    made = poverty(read(pa.table(ROWS)), "x", LINE, by=["g"], design=DESIGN)
    for name in ("population_share", "share_of_FGT0", "share_of_FGT1", "share_of_FGT2"):
        one, other = (line(made, name, group) for group in "kl")
        assert one["estimate"] + other["estimate"] == pytest.approx(1) and one["se"] == pytest.approx(
            other["se"]
        )
        assert one["se"] > 0
