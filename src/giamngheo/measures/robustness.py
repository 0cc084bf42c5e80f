"""Whether the ranking of groups holds at other cut-offs and weights: rank correlations, comparisons kept, dominance.

Groups are ranked by one measure (M0, H …) at a baseline and at each alternative. With x_g, y_g their values, over the
pairs of groups:

    measure            formula                                                             range
    kendall            τ_b: (agreeing - opposed) / √(pairs not tied in x · not tied in y)  -1 to 1; null where all are tied
    spearman           correlation of the ranks, tied ones sharing theirs                  likewise
    kept               pairs ordered strictly in x and in the same way in y / those ordered strictly in x
    dominance          pairs of which one is not better at any cut-off, and worse at one   share of all pairs

Worked by hand: groups with 1, 2, 3 and then 1, 3, 2: of 3 pairs 2 agree, 1 is opposed: kendall 1/3, kept 2/3, spearman
1 - 6·2/(3·8) = 1/2; dominance: 1 is never worse than 2 and 3, which change places: 2/3.

Sources: S. Alkire et al., Multidimensional Poverty Measurement and Analysis (Oxford 2015), chapter 8, sections on
dominance and on rank robustness; M. G. Kendall, Biometrika 33 (1945), 239-251, for τ_b.
"""

from collections.abc import Iterable, Mapping, Sequence
from fractions import Fraction
from itertools import combinations
from typing import Any

import numpy as np
import pyarrow as pa
import scipy

from giamngheo.measures import results
from giamngheo.measures.alkire_foster import measures_of
from giamngheo.measures.cube import Cells
from giamngheo.measures.errors import EmptyGroupError, ParameterError
from giamngheo.measures.exact import Cutoff, fraction
from giamngheo.measures.specification import Indicator, Spec


def to_cutoffs(
    cells: Cells,
    spec: Spec,
    baseline: Cutoff,
    others: Iterable[Cutoff],
    *,
    by: Sequence[str],
    measure: str = "M0",
) -> pa.Table:
    """kendall, spearman and kept at each other cut-off (in column k), and dominance over all of them. n: groups.

    Raises ParameterError for a measure there is not, EmptyGroupError for fewer than two groups and what `measures_of` refuses.
    """
    ks = [baseline, *others]
    values = [_values(cells, spec, k, by, measure) for k in ks]
    lines = []
    for k, other in zip(ks[1:], values[1:], strict=True):
        for name, value in _compared(values[0], other).items():
            lines.append(results.row(name, value, n=len(other), k=float(spec.cutoff(k))))
    lines.append(results.row("dominance", dominance(values), n=len(values[0])))
    return results.table(lines)


def to_weights(
    cells: Cells, spec: Spec, others: Mapping[str, Spec], k: Cutoff, *, by: Sequence[str], measure: str = "M0"
) -> pa.Table:
    """kendall, spearman and kept under each other specification, whose name is the subgroup. n: groups."""
    base = _values(cells, spec, k, by, measure)
    lines = []
    for name, other in others.items():
        for what, value in _compared(base, _values(cells, other, k, by, measure)).items():
            line = results.row(what, value, n=len(base), k=float(other.cutoff(k)))
            lines.append(line | {"subgroup": name})
    return results.table(lines)


def emphasised(spec: Spec, dimension: str, share: Cutoff) -> Spec:
    """The same measure with one dimension at `share`; the others keep their proportions, as indicators do within each.

    Raises ParameterError for an unknown dimension, or a share not between 0 and 1.
    """
    now = sum((i.weight for i in spec.indicators if i.dimension == dimension), Fraction(0))
    try:
        wanted = fraction(share)
    except ValueError as error:
        raise ParameterError(name="share", value=share, rule="0 < share < 1") from error
    if not 0 < now < 1:
        names = " | ".join(dict.fromkeys(i.dimension for i in spec.indicators))
        raise ParameterError(name="dimension", value=dimension, rule=names)
    if not 0 < wanted < 1:
        raise ParameterError(name="share", value=share, rule="0 < share < 1")
    factor = {True: wanted / now, False: (1 - wanted) / (1 - now)}
    changed = tuple(
        Indicator(i.name, i.column, i.dimension, i.weight * factor[i.dimension == dimension])
        for i in spec.indicators
    )
    return Spec(f"{spec.name}, {dimension} {wanted}", changed, spec.k, spec.missing)


def _values(cells: Cells, spec: Spec, k: Cutoff, by: Sequence[str], measure: str) -> np.ndarray[Any, Any]:
    found = measures_of(cells, spec, k, by=by)
    results.require(found, measure)
    made = results.only(found, measure=measure)
    found = sorted((line["subgroup"], line["estimate"]) for line in made if line["subgroup"] != results.ALL)
    if len(found) < 2:
        raise EmptyGroupError(group=", ".join(by) or results.ALL, rule="≥ 2 groups")
    values: np.ndarray[Any, Any] = np.array([value for _, value in found], dtype=float)
    return values


def _compared(one: np.ndarray[Any, Any], other: np.ndarray[Any, Any]) -> dict[str, float | None]:
    # equal shares may differ in their last digit by the order of sums: that is a tie
    x, y = np.round(one, 12), np.round(other, 12)
    found: dict[str, float | None] = {"kendall": None, "spearman": None, "kept": None}
    if len(set(x)) > 1 and len(set(y)) > 1:
        found["kendall"] = float(scipy.stats.kendalltau(x, y).statistic)
        found["spearman"] = float(scipy.stats.spearmanr(x, y).statistic)
    strict = [(x[a] - x[b]) * (y[a] - y[b]) > 0 for a, b in combinations(range(len(x)), 2) if x[a] != x[b]]
    if strict:
        found["kept"] = sum(strict) / len(strict)
    return found


def dominance(values: Sequence[Sequence[float] | np.ndarray[Any, Any]]) -> float:
    """The share of pairs of groups in one order at all cut-offs. values: cut-offs by groups."""
    table = np.round(np.array(values, dtype=float), 12)
    pairs = list(combinations(range(table.shape[1]), 2))
    if not pairs:
        raise EmptyGroupError(group=results.ALL, rule="≥ 2 groups")
    apart = [table[:, a] - table[:, b] for a, b in pairs]
    return sum(bool(((d >= 0).all() or (d <= 0).all()) and d.any()) for d in apart) / len(pairs)
