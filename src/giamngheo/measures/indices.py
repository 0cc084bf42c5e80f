"""The arithmetic of the indices of inequality: from the sums of a group to its indices, and to parts within and between.

Sums of a group are those of `distribution.Amounts.sums` (`_w`, `_s`, `_rank`) with `_zeros`, `_log`, `_xlog`,
`_power_<place>` and `_reached_<place>`; formulas and sources are in `inequality`.
"""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

from giamngheo.measures.distribution import Groups, Sums

Named = dict[str, float | None]


@dataclass(frozen=True)
class Wanted:
    """What is asked besides Gini and Theil: Atkinson's e, and pairs of quantiles of which the first is over the second."""

    strengths: tuple[float, ...]
    pairs: tuple[tuple[Fraction, ...], ...]

    @property
    def points(self) -> tuple[Fraction, ...]:
        """Every quantile among the pairs, in the order of their places in the sums."""
        return tuple(sorted({p for pair in self.pairs for p in pair}))


def quotient_name(pair: Sequence[Fraction]) -> str:
    """p90/p10, say."""
    return "/".join(f"p{float(p * 100):g}" for p in pair)


def gini_of(sums: Mapping[str, Any]) -> float | None:
    """Gini from the sums of `Amounts.sums`: rank / (N·S) - 1, of whole numbers exactly; null where the total is 0."""
    whole = sums["_w"] * sums["_s"]
    # whole numbers of any size divide with one rounding; floats must not fall below 0 by theirs
    return float(max((sums["_rank"] - whole) / whole, 0.0)) if whole else None


def indices(sums: Mapping[str, Any], wanted: Wanted) -> Named:
    """The indices of one group by name."""
    people, whole = sums["_w"], sums["_s"]
    mean = whole / people
    named: Named = {"mean": mean, "gini": gini_of(sums)}
    named |= dict.fromkeys(["theil_t", "theil_l", *(f"atkinson:{e:g}" for e in wanted.strengths)])
    if whole:
        named["theil_t"] = max(sums["_xlog"] / whole - math.log(mean), 0.0)
        if not sums["_zeros"]:
            named["theil_l"] = max(math.log(mean) - sums["_log"] / people, 0.0)
        for place, e in enumerate(wanted.strengths):
            named[f"atkinson:{e:g}"] = _atkinson(sums, e, sums[f"_power_{place}"])
    for pair in wanted.pairs:
        high, low = (sums[f"_reached_{wanted.points.index(p)}"] for p in pair)
        named[quotient_name(pair)] = high / low if low else None
    return named


def _atkinson(sums: Mapping[str, Any], e: float, power: float) -> float:
    """1 less the equally distributed amount over the mean."""
    people = sums["_w"]
    if e >= 1 and sums["_zeros"]:
        return 1.0
    equal = math.exp(sums["_log"] / people) if e == 1 else (power / people) ** (1 / (1 - e))
    return float(min(max(1 - equal * people / sums["_s"], 0.0), 1.0))


def _gini_between(parts: Sums) -> float:
    """The Gini index if everyone had the mean of the group: groups in the order of their means."""
    # whole numbers are exact as they are, floats as fractions
    totals = [tuple(n if isinstance(n, int) else Fraction(n) for n in (s["_s"], s["_w"])) for s in parts.values() if s["_w"]]  # fmt: skip
    rank: Any = 0
    below: Any = 0
    whole: Any = 0
    for money, people in sorted(totals, key=lambda total: Fraction(total[0]) / total[1]):
        rank += money * (2 * below + people)
        below += people
        whole += money
    return gini_of({"_rank": rank, "_w": below, "_s": whole}) or 0.0


def decomposition(
    everyone: Named, whole: Mapping[str, Any], named: Mapping[Groups, Named], parts: Sums
) -> Named:
    """Within and between groups; null where an index of the whole is. A group with nothing has no share of Theil's T."""
    within = dict.fromkeys(("theil_t", "theil_l", "gini"), 0.0)
    between = {"theil_t": 0.0, "theil_l": 0.0, "gini": _gini_between(parts)}
    for group, sums in parts.items():
        heads, purse = sums["_w"] / whole["_w"], sums["_s"] / whole["_s"] if whole["_s"] else 0.0
        for name, share in (("theil_t", purse), ("theil_l", heads), ("gini", heads * purse)):
            within[name] += share * (named[group][name] or 0.0)
        if purse:
            distance = math.log(purse / heads)
            between["theil_t"] += purse * distance
            between["theil_l"] -= heads * distance
    found: Named = {}
    for name in within:
        known = everyone[name] is not None
        found[f"{name}:within"] = within[name] if known else None
        found[f"{name}:between"] = between[name] if known else None
    gini = everyone["gini"]
    found["gini:overlap"] = None if gini is None else max(gini - within["gini"] - between["gini"], 0.0)
    return found
