"""Where a target stands: the path it asks for, the figures there are, and what is still needed. Pure, no clock.

Time is in years: the end of 2015 is 2015.0. `far behind` is our own rule, no law's: more than one year's required
movement behind the path. A figure after the target's last year never counts.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from enum import StrEnum
from itertools import pairwise

from giamngheo.resolution.clauses import Asks

#: Of kinds that are asked of each year.
YEARLY = ("each_year", "average", "state")
TINY = 1e-6


class State(StrEnum):
    MET = "met"
    ON_PATH = "on_path"
    BEHIND = "behind"
    FAR_BEHIND = "far_behind"
    NOT_YET = "not_yet"  # below what is asked, and no base from which a path could be drawn
    NO_DATA = "no_data"
    NOT_COMPARABLE = "not_comparable"


#: From the best to the worst; a clause stands as its worst target does.
ORDER = (
    State.MET,
    State.ON_PATH,
    State.NOT_COMPARABLE,
    State.NO_DATA,
    State.NOT_YET,
    State.BEHIND,
    State.FAR_BEHIND,
)


@dataclass(frozen=True)
class Mark:
    """One figure on the time line: its end, its value, how many years it covers, whether it may be held to the target."""

    at: float
    value: float
    years: float = 1.0
    comparable: bool = True


@dataclass(frozen=True)
class Path:
    """The least that is required at each moment, and the far end of a range where the target has one."""

    asks: Asks
    base: float | None
    start: float
    end: float

    def required(self, at: float) -> float | None:
        """The level required at a moment; of yearly targets the amount asked of each year. None without a base."""
        return self._at(at, self.asks.value)

    def best(self, at: float) -> float | None:
        """The level at the far end of the range; None where the target is no range."""
        return None if self.asks.most is None else self._at(at, self.asks.most)

    def _at(self, at: float, value: float) -> float | None:
        if self.asks.kind in YEARLY:
            return value
        if self.base is None:
            return value if self.asks.kind == "level" and at >= self.end - TINY else None
        if self.asks.kind == "fall":
            return max(0.0, self.base - value * (at - self.start))  # no rate falls below nought
        final = value * self.base if self.asks.kind == "times_base" else value
        if self._already(final):  # what is met at the start is to be kept
            return final
        return self.base + (final - self.base) * (at - self.start) / (self.end - self.start)

    def _already(self, final: float) -> bool:
        return self.base is not None and replace(self.asks, value=final).met_by(self.base)

    @property
    def final(self) -> float | None:
        """What is required at the end."""
        return self.required(self.end)

    @property
    def a_year(self) -> float:
        """The movement required in one year, in the better direction."""
        if self.asks.kind in YEARLY or self.asks.kind == "fall":
            return self.asks.value
        if self.base is None or self.final is None or self._already(self.final):
            return 0.0
        return abs(self.final - self.base) / (self.end - self.start)


@dataclass(frozen=True)
class Standing:
    """How a target stands with the last figure at or before a moment.

    `ahead`: how far ahead of the path (negative: behind), in the indicator's unit. `pace`: the movement a year since the
    base, or the mean amount a year. `needed`: the movement a year needed from the last figure to the end; None where
    nothing is left to do or to tell. `stale`: the last figure is a year or more older than the moment asked about.
    `missing`: years of a yearly target without a figure.
    """

    state: State
    path: Path
    last: Mark | None = None
    required: float | None = None
    ahead: float | None = None
    pace: float | None = None
    needed: float | None = None
    stale: bool = False
    missing: float = 0.0


def stand(
    asks: Asks, marks: Sequence[Mark], *, base: float | None, start: float, end: float, now: float
) -> Standing:
    """The standing at `now` of a target that runs from `start` (of whose figure `base` is) to `end`."""
    path = Path(asks, base, start, end)
    until = min(now, end) + TINY
    told = sorted((m for m in marks if start + TINY < m.at <= until), key=lambda m: m.at)
    held = [m for m in told if m.comparable]
    if not held:
        state = State.NOT_COMPARABLE if told else State.NO_DATA
        return Standing(state, path, last=told[-1] if told else None)
    if asks.kind in YEARLY:
        return _yearly(path, held, until)
    return _level(path, held[-1], until)


def _level(path: Path, last: Mark, until: float) -> Standing:
    required, final, up = path.required(last.at), path.final, path.asks.direction == "up"
    stale = until - last.at > 1 - 2 * TINY
    pace = _better(last.value - path.base, up) / (last.at - path.start) if path.base is not None else None
    if final is None:  # asked against a base that is not known
        return Standing(State.NO_DATA, path, last, stale=stale)
    ahead = None if required is None else _better(last.value - required, up)
    if path.asks.kind == "fall":
        met = path.base is not None and last.value <= final + TINY
    else:
        met = replace(path.asks, value=final).met_by(last.value)
    left = path.end - last.at
    needed = None if met or left < TINY else _better(final - last.value, up) / left
    known = Standing(State.MET, path, last, required, ahead, pace, needed, stale)
    return known if met else replace(known, state=_behind(path, ahead, left))


def _behind(path: Path, ahead: float | None, left: float) -> State:
    if ahead is None or path.base is None:
        return State.NOT_YET
    if ahead >= -TINY and left > TINY:
        return State.ON_PATH
    return State.FAR_BEHIND if -ahead > path.a_year + TINY and path.a_year else State.BEHIND


def _yearly(path: Path, held: Sequence[Mark], until: float) -> Standing:
    asks, last = path.asks, held[-1]
    total, years = sum(m.value for m in held), sum(m.years for m in held)
    shares = asks.kind == "state" or all(m.years <= 1 for m in held)
    mean = sum(m.value * m.years for m in held) / years if shares else total / years
    each = [m.value if m.years <= 1 else m.value / m.years for m in held]
    good = asks.met_by(mean) if asks.kind == "average" else all(asks.met_by(value) for value in each)
    missing = max(0.0, round(until - path.start - years, 2))
    ended = until >= path.end - TINY
    ahead = (mean - asks.value) * years
    known = Standing(
        State.ON_PATH,
        path,
        last,
        asks.value,
        ahead,
        mean,
        None if good or ended else _catch_up(path, ahead, last.at),
        until - last.at > 1 - 2 * TINY,
        missing,
    )
    if not good:
        far = asks.kind != "state" and -ahead > asks.value + TINY
        return replace(known, state=State.FAR_BEHIND if far else State.BEHIND)
    if not ended:
        return known
    return replace(known, state=State.NOT_YET if missing > 0.5 else State.MET)


def _catch_up(path: Path, ahead: float, at: float) -> float | None:
    """What each year that is left would have to bring for the mean of all to be what is asked."""
    if path.asks.kind != "average" or path.end - at < TINY:
        return None
    return path.asks.value - ahead / (path.end - at)


def _better(change: float, up: bool) -> float:
    return change if up else -change


def worst(states: Sequence[State]) -> State | None:
    """As the clause above them stands: the worst of its targets; None where it has none."""
    return max(states, key=ORDER.index) if states else None


def movement(marks: Sequence[Mark]) -> list[float]:
    """The change a year between one figure and the next, in the order of time; for outlooks and jumps."""
    ordered = sorted(marks, key=lambda m: m.at)
    return [(two.value - one.value) / (two.at - one.at) for one, two in pairwise(ordered) if two.at > one.at]
