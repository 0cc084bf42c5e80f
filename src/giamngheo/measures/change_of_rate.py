"""Why the share of poor households changed: who escaped, who fell back, who came and left, where, and in what.

Everything is exact: the parts of a change sum to the change (a test holds it for any table). Rates are over all households
of the register at either end of the year; they may differ in the second decimal from rates over those whose class is known.

    part          what it is of the change R1 - R0, R = poor / households
    escaped       stayers who left the list of poor households for good    - escaped / S
    to_near_poor  stayers now near-poor                                    - to near-poor / S
    from_near_poor, fell_back, new   stayers who came on it                + each / S
    came:<why>    households that came (moved in, split, merged)           (C / N1)(rate among them - rate of stayers at the end)
    left:<why>    households that left (moved out, died, split, merged)    (L / N0)(rate of stayers at the start - rate among them)

S are the households there at both ends, N0 and N1 all at the start and the end, C and L those that came and left. A household
that moved within the province is one that left and one that came.

Between and within places is Kitagawa's decomposition, with the mean of both ends as weights, so that no rest remains:

    within  = Σ (mean share of the place in all households) · (change of its rate)
    between = Σ (mean rate of the place) · (change of its share in all households)

Source: E. M. Kitagawa, "Components of a difference between two rates", JASA 50 (1955), 1168-1194.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal

import ibis.expr.types as ir

#: Movements of stayers that change the number of poor households, with their sign and name.
_FLOWS: Mapping[str, tuple[int, str]] = {
    "poor_escaped": (-1, "escaped"),
    "poor_to_near_poor": (-1, "to_near_poor"),
    "near_poor_to_poor": (1, "from_near_poor"),
    "poor_fell_back": (1, "fell_back"),
    "poor_new": (1, "new"),
}
PARTS = tuple(name for _sign, name in _FLOWS.values())
_KEYS = ("before", "after", "movement", "came_why", "gone_why")
#: Changes smaller than this, in shares (0,05 percentage points), are called none: they would not show in one decimal.
STILL = 0.0005
Direction = Literal["fell", "rose", "still"]


def cells(moved: ir.Table, by: Sequence[str] = ()) -> ir.Table:
    """Households by what became of them, for each value of the columns `by`: what `change` and `by_place` read.

    `moved` is the table of `movement.movement`.
    """
    return moved.group_by(*by, *_KEYS).aggregate(households=moved.count())


@dataclass(frozen=True)
class Part:
    """One part of a change: how many households, and the points of the rate they make (a share; -0.02 is 2 points down)."""

    name: str
    households: int
    points: float


@dataclass(frozen=True)
class Change:
    """The change of the share of poor households over a year, and its parts, which sum to it."""

    poor_start: int
    start: int
    poor_end: int
    end: int
    parts: tuple[Part, ...]

    @property
    def rate_start(self) -> float | None:
        return self.poor_start / self.start if self.start else None

    @property
    def rate_end(self) -> float | None:
        return self.poor_end / self.end if self.end else None

    @property
    def points(self) -> float | None:
        """R1 - R0; None where nobody was there at one of the ends."""
        if self.rate_start is None or self.rate_end is None:
            return None
        return self.rate_end - self.rate_start

    def part(self, name: str) -> Part:
        """The part of a name, or all of `came` or `left` together; nothing at all where there was none."""
        found = [part for part in self.parts if part.name == name or part.name.startswith(f"{name}:")]
        return Part(name, sum(part.households for part in found), sum(part.points for part in found))


def change(rows: Iterable[Mapping[str, Any]]) -> Change:
    """The change and its parts from rows of `cells` (further columns are not read).

    Where nobody was there at both ends there are no parts.
    """
    stayers = stayed_poor_start = stayed_poor_end = 0
    flows: dict[str, int] = defaultdict(int)
    came: dict[str, list[int]] = defaultdict(lambda: [0, 0])
    left: dict[str, list[int]] = defaultdict(lambda: [0, 0])
    for row in rows:
        n, was, now = row["households"], row["before"], row["after"]
        if was is not None and now is not None:
            stayers += n
            stayed_poor_start += n * (was == "poor")
            stayed_poor_end += n * (now == "poor")
            if row["movement"] in _FLOWS:
                flows[row["movement"]] += n
        elif now is not None:
            _count(came[row["came_why"] or "recorded"], n, now == "poor")
        elif was is not None:
            _count(left[row["gone_why"] or "moved_out"], n, was == "poor")
    start, end = stayers + sum(n for n, _poor in left.values()), stayers + sum(n for n, _p in came.values())
    poor_start = stayed_poor_start + sum(poor for _n, poor in left.values())
    poor_end = stayed_poor_end + sum(poor for _n, poor in came.values())
    parts: list[Part] = []
    if stayers:
        parts = [
            Part(name, flows[kind], sign * flows[kind] / stayers) for kind, (sign, name) in _FLOWS.items()
        ]
        parts += [
            Part(f"came:{why}", n, (poor - n * stayed_poor_end / stayers) / end)
            for why, (n, poor) in sorted(came.items())
        ]
        parts += [
            Part(f"left:{why}", n, (n * stayed_poor_start / stayers - poor) / start)
            for why, (n, poor) in sorted(left.items())
        ]
    return Change(poor_start, start, poor_end, end, tuple(parts))


def _count(of: list[int], n: int, poor: bool) -> None:
    of[0] += n
    of[1] += n * poor


@dataclass(frozen=True)
class Place:
    """Poor households and all households of a place at two times."""

    name: str
    poor_start: int
    start: int
    poor_end: int
    end: int


@dataclass(frozen=True)
class Split:
    """A change of rate as the change within places and the shift of households between them; `by_place`: within, between."""

    within: float
    between: float
    by_place: Mapping[str, tuple[float, float]]


def places(rows: Iterable[Mapping[str, Any]], key: str) -> list[Place]:
    """Rows of `cells` by a column of places, as counts of both ends."""
    found: dict[str, list[int]] = defaultdict(lambda: [0, 0, 0, 0])
    for row in rows:
        of, n = found[str(row[key])], row["households"]
        of[0] += n * (row["before"] == "poor")
        of[1] += n * (row["before"] is not None)
        of[2] += n * (row["after"] == "poor")
        of[3] += n * (row["after"] is not None)
    return [Place(name, *counts) for name, counts in found.items()]


def within_between(found: Sequence[Place]) -> Split:
    """How much of the change came within places and how much from households living elsewhere than before.

    A place where nobody lived at one end has the rate of its other end at both, so that it changes nothing within.
    """
    start, end = sum(place.start for place in found), sum(place.end for place in found)
    by_place: dict[str, tuple[float, float]] = {}
    for place in found:
        if not start or not end or not place.start + place.end:
            continue
        rates = [poor / n for poor, n in ((place.poor_start, place.start), (place.poor_end, place.end)) if n]
        shares = place.start / start, place.end / end
        by_place[place.name] = (
            (shares[0] + shares[1]) / 2 * (rates[-1] - rates[0]),
            (rates[0] + rates[-1]) / 2 * (shares[1] - shares[0]),
        )
    return Split(
        sum(within for within, _between in by_place.values()),
        sum(between for _within, between in by_place.values()),
        by_place,
    )


@dataclass(frozen=True)
class Counted:
    """A part of a whole, e.g. poor households of a group in a year; the share is None of nobody."""

    part: int
    whole: int

    @property
    def share(self) -> float | None:
        return self.part / self.whole if self.whole else None


@dataclass(frozen=True)
class Shift:
    """A share at two times (a deprivation, a rate) and which way it went; None where one of them is not known."""

    name: str
    before: float | None
    after: float | None

    @property
    def points(self) -> float | None:
        return None if self.before is None or self.after is None else self.after - self.before

    @property
    def direction(self) -> Direction | None:
        return None if self.points is None else direction(self.points)


def direction(points: float) -> Direction:
    """Which way a share went; under STILL it did not."""
    return "still" if abs(points) < STILL else "fell" if points < 0 else "rose"


def shifts(before: Mapping[str, Counted], after: Mapping[str, Counted]) -> list[Shift]:
    """What fell and what did not, the largest fall first and the unknown last; names in one of the two only are unknown."""
    made = [
        Shift(
            name,
            before[name].share if name in before else None,
            after[name].share if name in after else None,
        )
        for name in dict.fromkeys([*before, *after])
    ]
    return sorted(made, key=lambda shift: (shift.points is None, shift.points or 0.0))


@dataclass(frozen=True)
class Gap:
    """How far a group's rate is from that of everybody else, at two times: in points, and how many times as high.

    `points`: how the distance changed, below 0 is narrower. The two can disagree: 60 and 30 falling to 40 and 15 is nearer
    in points and farther in times; both are to be shown.
    """

    name: str
    before: tuple[float | None, float | None]
    after: tuple[float | None, float | None]

    @property
    def distance(self) -> tuple[float | None, float | None]:
        """The group's rate less the others', at the start and at the end."""
        return _less(*self.before), _less(*self.after)

    @property
    def times(self) -> tuple[float | None, float | None]:
        """The group's rate over the others'."""
        return _over(*self.before), _over(*self.after)

    @property
    def points(self) -> float | None:
        """The change of the size of the distance, whichever of the two is the poorer."""
        was, now = self.distance
        return None if was is None or now is None else abs(now) - abs(was)

    @property
    def direction(self) -> Literal["narrower", "wider", "still"] | None:
        words: Mapping[str, Any] = {"fell": "narrower", "rose": "wider", "still": "still"}
        return None if self.points is None else words[direction(self.points)]


def _less(one: float | None, other: float | None) -> float | None:
    return None if one is None or other is None else one - other


def _over(one: float | None, other: float | None) -> float | None:
    return None if one is None or not other else one / other


def gaps(before: Mapping[str, Counted], after: Mapping[str, Counted], names: Iterable[str]) -> list[Gap]:
    """The distance of each named group from all the others together, at two times.

    `before` and `after` hold every group, so that the others are known.
    """
    return [Gap(name, _against(before, name), _against(after, name)) for name in names]


def _against(groups: Mapping[str, Counted], name: str) -> tuple[float | None, float | None]:
    own = groups.get(name, Counted(0, 0))
    others = Counted(
        sum(group.part for group in groups.values()) - own.part,
        sum(group.whole for group in groups.values()) - own.whole,
    )
    return own.share, others.share
