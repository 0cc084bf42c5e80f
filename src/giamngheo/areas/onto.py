"""A figure of one day shown on the geography of another: carried along the successions, never divided by guess."""

import datetime as dt
from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal

from giamngheo.areas.models import Succession, Unit
from giamngheo.areas.queries import valid

Number = int | float | Decimal
#: Counts that may be added up (households, persons, poor households), by name. Never a rate: divide after adding.
Counts = Mapping[str, Number]


@dataclass(frozen=True)
class Shown:
    """Figures on the units of a day. Everything given is in `figures` or in `left`, so the totals stay the same."""

    #: by the id of a unit of the day
    figures: dict[int, dict[str, Number]]
    #: ids of units of the day whose figure is not exact: a boundary changed, or a part of them is in `left`
    inexact: frozenset[int]
    #: by the id of a unit given: its figure could not be shown, for the unit was divided or its level ended
    left: dict[int, Counts]

    @property
    def exact(self) -> bool:
        return not self.inexact and not self.left


@dataclass(frozen=True)
class Step:
    """One line of the successions, as seen from a unit."""

    to: int
    whole: bool
    same_code: bool


def onto(figures: Mapping[int, Counts], on: dt.date) -> Shown:
    """Show `figures` (by unit id, of any day) on the units of `on`, forward or back in time, in three queries.

    Forward, a unit that went whole into another brings its figure along exactly. One of which only a part passed, or
    whose boundary may have changed, goes with the unit that kept its code if nothing else took of it, marked inexact.
    A unit that was divided stays in `left`, and the units that took of it are marked. Back, a figure goes to the unit
    it came from if that was the only one. A unit to which something not given also belongs is inexact too.
    """
    there = set(Unit.objects.filter(valid(on)).values_list("pk", flat=True))
    started = dict(Unit.objects.filter(pk__in=figures).values_list("pk", "valid_from"))
    steps = _steps()
    shown: dict[int, dict[str, Number]] = defaultdict(dict)
    inexact: set[int] = set()
    sums: set[int] = set()
    left: dict[int, Counts] = {}
    for unit, counts in figures.items():
        forward = started[unit] <= on
        end, exact, touched = _follow(unit, there, steps[forward])
        inexact |= touched & there
        if end is None:
            left[unit] = counts
            continue
        if not exact:
            inexact.add(end)
        if forward:
            sums.add(end)
        for name, number in counts.items():
            before = shown[end].get(name)
            shown[end][name] = number if before is None else before + number  # type: ignore[operator]
    inexact |= {unit for unit in sums if not _all_given(unit, figures, steps[False])}
    return Shown(dict(shown), frozenset(inexact), left)


def _steps() -> dict[bool, dict[int, list[Step]]]:
    """Where each unit went (True) and where it came from (False)."""
    forward: dict[int, list[Step]] = defaultdict(list)
    back: dict[int, list[Step]] = defaultdict(list)
    rows = Succession.objects.values_list("before_id", "after_id", "kind", "before__code", "after__code")
    for before, after, kind, old_code, new_code in rows:
        whole = kind != Succession.Kind.PART
        forward[before].append(Step(after, whole, old_code == new_code))
        back[after].append(Step(before, whole, old_code == new_code))
    return {True: forward, False: back}


def _follow(unit: int, there: set[int], steps: dict[int, list[Step]]) -> tuple[int | None, bool, set[int]]:
    """The unit of the day reached from `unit`, or None; whether exactly; the units that took parts on the way."""
    exact = True
    while unit not in there:
        ways = steps.get(unit, [])
        if len(ways) != 1:
            return None, False, _reached({way.to for way in ways}, there, steps)
        (way,) = ways
        exact = exact and way.whole
        unit = way.to
    return unit, exact, set()


def _all_given(unit: int, figures: Mapping[int, Counts], back: dict[int, list[Step]]) -> bool:
    """Whether `unit` or all that it was made of is among the figures."""
    waiting, seen = [unit], set()
    while waiting:
        one = waiting.pop()
        if one in figures or one in seen:
            continue
        seen.add(one)
        if not back.get(one):
            return False
        waiting.extend(step.to for step in back[one])
    return True


def _reached(units: set[int], there: set[int], steps: dict[int, list[Step]]) -> set[int]:
    """Every unit of the day in which something of `units` lies."""
    found: set[int] = set()
    waiting = list(units)
    while waiting:
        unit = waiting.pop()
        if unit in found:
            continue
        found.add(unit)
        if unit not in there:
            waiting.extend(way.to for way in steps.get(unit, []))
    return found
