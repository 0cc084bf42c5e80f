"""Every index of inequality counted anew with the weights of one replicate (`replicates`).

The check of `inequality_sample`, `quantile_sample` and `inequality_parts`, with which it shares no arithmetic.
"""

from collections.abc import Sequence
from typing import Any

import numpy as np

from giamngheo.measures import replicates, results
from giamngheo.measures.clusters import Numbers
from giamngheo.measures.design import Design
from giamngheo.measures.distribution import Amounts
from giamngheo.measures.indices import Named, Wanted, decomposition, indices
from giamngheo.measures.influence import Errors


def errors(rows: Amounts, by: Sequence[str], design: Design, wanted: Wanted) -> tuple[Errors, str]:
    """As `inequality_sample.errors`: of every index, for everyone and by group, and what the design says of itself."""
    return replicates.errors(rows, by, design, lambda cells: _indices(cells, by, wanted))


def _indices(cells: replicates.Cells, by: Sequence[str], wanted: Wanted) -> replicates.Values:
    """Every index; a group that the replicate left out has none."""
    whole = _sums(cells.x, cells.w, wanted)
    everyone: Named = indices(whole, wanted)
    parts = {group: _sums(*cells.of(group), wanted) for group in sorted(cells.members)} if by else {}
    nobody = dict.fromkeys(everyone)
    named = {g: indices(sums, wanted) if sums["_w"] > 0 else nobody for g, sums in parts.items()}
    if parts:
        everyone = everyone | decomposition(everyone, whole, named, parts)
    made: replicates.Values = {(n, results.ALL): v for n, v in everyone.items()}
    return made | {(n, results.subgroup(g)): v for g, own in named.items() for n, v in own.items()}


def _sums(x: Numbers, w: Numbers, wanted: Wanted) -> dict[str, Any]:
    """The sums of `indices`; ties need no rule, for cells of one amount add up to the same in any order."""
    upto, safe = np.cumsum(w), np.where(x > 0, x, 1.0)
    there, owned, log = x > 0, x * w, np.log(safe)
    sums: dict[str, Any] = {
        "_w": float(w.sum()),
        "_s": float(owned.sum()),
        "_rank": float(owned @ (2 * upto - w)),
        "_zeros": float(w[~there].sum()),
        "_log": float(w @ log),
        "_xlog": float(owned @ log),
    }
    for place, e in enumerate(wanted.strengths):
        sums[f"_power_{place}"] = float((w * there) @ safe ** (1.0 - e))
    for place, p in enumerate(wanted.points):
        sums[f"_reached_{place}"] = replicates.quantile(x, upto, p)
    return sums
