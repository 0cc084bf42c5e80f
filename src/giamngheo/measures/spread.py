"""How unlike places (or groups) are in a share, at a time: the range, the spread round the whole, and whether it narrowed.

    whole       R = Σ part / Σ whole, the share of all places together
    range       the highest share less the lowest
    times       the highest over the lowest
    deviation   sqrt(Σ w (r - R)²), w the place's part of Σ whole: the weighted standard deviation, a share
    relative    deviation / R, the weighted coefficient of variation

A range is of two places and may be of two tiny ones; the deviation is of every household. Where a share falls everywhere
by the same number of points the deviation stays and the relative one grows: both are to be shown. The deviation by
population is Williamson's measure of regional inequality before it is divided by the mean, the relative one is his V_w.

Source: J. G. Williamson, "Regional inequality and the process of national development", Economic Development and Cultural
Change 13 (1965), no. 4, part II, 1-84.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from math import sqrt
from typing import Literal

from giamngheo.measures.change_of_rate import Counted, direction

#: Changes of the relative deviation smaller than this would not show in two decimals.
STILL = 0.005
Width = Literal["narrower", "wider", "still"]
_WIDTHS: Mapping[str, Width] = {"fell": "narrower", "rose": "wider", "still": "still"}


@dataclass(frozen=True)
class Spread:
    """How unlike the places are. `highest` and `lowest` are (name, share); all figures are shares, `relative` and `times` ratios."""

    places: int
    whole: float
    highest: tuple[str, float]
    lowest: tuple[str, float]
    deviation: float

    @property
    def range(self) -> float:
        return self.highest[1] - self.lowest[1]

    @property
    def times(self) -> float | None:
        """None where the lowest is nought."""
        return self.highest[1] / self.lowest[1] if self.lowest[1] else None

    @property
    def relative(self) -> float | None:
        """None where the whole is nought."""
        return self.deviation / self.whole if self.whole else None

    def width(self, later: "Spread") -> Width:
        """Whether the deviation, in points, is narrower or wider at a later time."""
        return _WIDTHS[direction(later.deviation - self.deviation)]

    def relative_width(self, later: "Spread") -> Width | None:
        """The same of the deviation as a part of the whole's share; None where one of the two is not known."""
        if self.relative is None or later.relative is None:
            return None
        change = later.relative - self.relative
        return "still" if abs(change) < STILL else "narrower" if change < 0 else "wider"


def spread(places: Mapping[str, Counted]) -> Spread | None:
    """The spread of the shares of places, each weighing as its whole; None of fewer than two that hold anybody."""
    shares = {name: (of.share, of.whole) for name, of in places.items() if of.share is not None}
    if len(shares) < 2:
        return None
    whole = sum(weight for _share, weight in shares.values())
    mean = sum(share * weight for share, weight in shares.values()) / whole
    square = sum(weight * (share - mean) ** 2 for share, weight in shares.values()) / whole
    ranked = sorted((share, name) for name, (share, _weight) in shares.items())
    (low, lowest), (high, highest) = ranked[0], ranked[-1]
    return Spread(len(shares), mean, (highest, high), (lowest, low), sqrt(square))
