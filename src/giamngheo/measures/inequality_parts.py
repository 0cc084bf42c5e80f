"""The slopes of the parts of inequality within and between groups, by the totals of each group.

With the totals N, S of everyone and N_g, S_g of the row's group, μ = S/N, μ_g = S_g/N_g, the row's amount x, and the
influence u of a row on the whole index (`inequality_sample`, `ranks`), the influence of a row is

    part                 influence
    theil_t:between B    (x·ln μ_g + x - μ_g - E·x)/S - x/S + 1/N,   E = Σ_g S_g·ln μ_g / S
    theil_l:between B    x/S - 1/N - (ln μ_g + x/μ_g - 1 - E')/N,    E' = Σ_g N_g·ln μ_g / N
    gini:between B       that of the index of concentration of x ranked by μ_g
    gini:within W        (S_g·G_g + N_g·x·G_g + N_g·S_g·u_g)/(N·S) - W·(1/N + x/S),   u_g: on the Gini index of the group
    theil:within         u - that of between
    gini:overlap         u - that of within and between

Where the means of groups hardly differ, between is near its least and has no slope there (the Gini index a kink): these errors
of between and overlap are then too rough to be used, and replicates (`inequality_bootstrap`) tell them.

Each follows from the formulas of `inequality` by taking the derivative by the row's weight (Deville 1999, as in `influence`).
"""

from collections.abc import Mapping

import numpy as np

from giamngheo.measures.clusters import Numbers
from giamngheo.measures.linearised import Slopes, together


def slopes(
    own: Mapping[str, Numbers],
    whole: Mapping[str, Numbers],
    everyone: Mapping[str, Slopes],
    mine: Mapping[str, Slopes],
) -> dict[str, Slopes]:
    """The slopes of each part by the totals of each group.

    own, whole: totals of the row's group and of everyone, by group; everyone, mine: the slopes of the whole indices by them.
    A group that has nothing has no share in Theil's T.
    """
    theil_t, theil_l = _theil_between(own["n"], own["s"], whole["n"], whole["s"])
    between, within = _gini_between(own["n"], own["s"]), _gini_within(own, whole, mine["gini"])
    one = np.ones(len(own["n"]))
    return {
        "theil_t:within": together((one, everyone["theil_t"]), (-one, theil_t)),
        "theil_t:between": theil_t,
        "theil_l:within": together((one, everyone["theil_l"]), (-one, theil_l)),
        "theil_l:between": theil_l,
        "gini:within": within,
        "gini:between": between,
        "gini:overlap": together((one, everyone["gini"]), (-one, within), (-one, between)),
    }


def _theil_between(heads: Numbers, money: Numbers, n: Numbers, s: Numbers) -> tuple[Slopes, Slopes]:
    mean = money / heads
    log = np.log(np.where(money > 0, mean, 1.0))
    per_money, per_head = (money * log).sum() / s, (heads * log).sum() / n
    return (
        {"s": (log - per_money) / s, "n": 1 / n - mean / s},
        {"s": 1 / s - np.where(money > 0, 1 / mean, 0.0) / n, "n": -(log - per_head) / n},
    )


def _gini_between(heads: Numbers, money: Numbers) -> Slopes:
    """Of the index of concentration of money, groups ranked by their means; alike means share a place."""
    _means, places = np.unique(money / heads, return_inverse=True)
    w, m = np.bincount(places, heads), np.bincount(places, money)
    n, s = w.sum(), m.sum()
    rank = ((np.cumsum(w) - w / 2) / n)[places]
    above = (2 * (s - np.cumsum(m) + m / 2) / (n * s))[places]
    index = 2 * (money @ rank) / s
    return {"s": (2 * rank - index) / s, "n": above - index / n}


def _gini_within(own: Mapping[str, Numbers], whole: Mapping[str, Numbers], gini: Slopes) -> Slopes:
    heads, money, n, s = own["n"], own["s"], whole["n"], whole["s"]
    some = money > 0  # where nobody has anything all are alike
    index = np.where(some, 2 * own["rank_own"] / money - 1, 0.0)
    inside = (heads * money * index).sum() / (n * s)
    moved: Slopes = {"n": money * index / (n * s) - inside / n, "s": heads * index / (n * s) - inside / s}
    alike = {column: np.where(some, slope, 0.0) for column, slope in gini.items()}
    return together((np.ones(len(n)), moved), (heads * money / (n * s), alike))
