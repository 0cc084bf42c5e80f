"""Standard errors of measures whose influence is known row by row: the spread of Σ w·u under the design.

The influence u of a row is the derivative of the measure by its weight. The table has `_w`, the whole weight of a row, and
`_often`, that of the row alone; the design multiplies the second by its own. What is counted is the spread around the mean of u.

A bootstrap design draws the totals of u anew, not the measure: it then tells the same error as the linearised one, with
the noise of its replicates, and none of the curvature of the measure.

Source: J.-C. Deville, “Variance estimation for complex statistics and estimators: linearization and residual techniques”,
Survey Methodology 25 (1999), 193-203.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

import ibis
import ibis.expr.types as ir

from giamngheo.measures import results
from giamngheo.measures.design import Design, ratios


@dataclass(frozen=True)
class Error:
    """se, and half the width of the normal interval, in the unit of the measure; None where there is none."""

    se: float | None
    half: float | None

    def over(self, unit: float) -> "Error":
        """That of the measure divided by a number."""
        return Error(*(None if number is None else number / unit for number in (self.se, self.half)))

    def around(
        self, estimate: float | None, least: float | None = None, most: float | None = None
    ) -> dict[str, float | None]:
        """The columns of a result, the interval cut off at the ends of the measure's range."""
        if estimate is None or self.se is None:
            return dict.fromkeys(("se", "ci_low", "ci_high"))
        low, high = (None, None) if self.half is None else (estimate - self.half, estimate + self.half)
        if low is not None and high is not None:
            low = low if least is None else min(max(low, least), estimate)
            high = high if most is None else max(min(high, most), estimate)
        return {"se": self.se, "ci_low": low, "ci_high": high}


NONE = Error(None, None)
#: By measure and subgroup.
Errors = dict[tuple[str, str], Error]


def errors(
    table: ir.Table, influences: Mapping[str, Any], by: Sequence[str], design: Design
) -> tuple[Errors, str]:
    """Of each measure, by the groups of `by` (none: of everyone); and what the design says of itself.

    influences: expressions of the rows, each within the group of its row; a measure whose influence is null throughout
    a group has no error there. Raises what `ratios` refuses.
    """
    whole = table._w.cast("float64").sum().over(ibis.window(group_by=list(by) or None))
    # a ratio with denominator N whose numerator is Σ w·u·N: what its linearised variance leaves is that of Σ w·(u - ū)
    parts = {name: (u * whole * table._often, table._often) for name, u in influences.items()}
    made = ratios(table, parts, by=by, design=replace(design, interval="normal"))
    found: Errors = {}
    for line in made.to_pylist():
        if (line["subgroup"] == results.ALL) == (not by):
            half = None if line["ci_high"] is None else line["ci_high"] - line["estimate"]
            found[line["measure"], line["subgroup"]] = Error(line["se"], half)
    return found, str(made["design"][0].as_py())
