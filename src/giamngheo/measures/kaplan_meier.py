"""The curve of Kaplan and Meier (JASA 53, 1958) with Greenwood's standard error, over counted spells."""

from collections.abc import Mapping, Sequence
from math import exp, log, sqrt
from statistics import NormalDist
from typing import Any

from giamngheo.measures import results

#: What the design of a share of spells says first: its error is not that of a sample of households.
KAPLAN_MEIER = "Kaplan–Meier"


def curve(cells: Sequence[dict[str, Any]], groups: Mapping[str, str], level: float) -> list[dict[str, Any]]:
    """Result rows of the share of spells that last more than k rounds, a row for each k at which any ended or was cut off.

    cells: n spells of so many `rounds`, `ended` 0 where they were still going on. Log-log intervals of `level`.
    """
    # a spell cut off in its k-th round was followed over k - 1 of them: at k nobody knows whether it ended there
    cells = [
        c if c["ended"] else c | {"rounds": c["rounds"] - 1} for c in cells if c["ended"] or c["rounds"] > 1
    ]
    if not cells:
        return []
    z = NormalDist().inv_cdf((1 + level) / 2)
    said = f"{KAPLAN_MEIER}, {sum(c['n'] for c in cells)} spells"
    lines, share, spread = [], 1.0, 0.0
    for k in sorted({c["rounds"] for c in cells}):
        risk = sum(c["n"] for c in cells if c["rounds"] >= k)
        out = sum(c["n"] for c in cells if c["rounds"] == k and c["ended"])
        share *= (risk - out) / risk
        spread += out / (risk * (risk - out)) if risk > out else 0.0
        # at 1 and 0 there is no interval
        wide = exp(z * sqrt(spread) / -log(share)) if 0 < share < 1 else None
        lines.append(
            results.row(
                "survival", share, n=risk, groups=groups, k=float(k), se=share * sqrt(spread),
                ci_low=share**wide if wide else None, ci_high=share ** (1 / wide) if wide else None, design=said,
            )
        )  # fmt: skip
    return lines
