"""What would be otherwise under another law: a standard or policies with some numbers changed, and who changes class by it.

A changed standard or policy is one like any other, only that its numbers rest on no act; the same engine judges by it. Its
hash is another, so that nothing compiled or kept under the law's own hash is taken for it.
"""

import dataclasses
import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import pyarrow as pa

from giamngheo.rules.classes import NEAR_POOR, POOR_CLASSES, UNDETERMINED
from giamngheo.rules.clocks import Clock
from giamngheo.rules.errors import WhatIfError
from giamngheo.rules.policies import Amount, Policy
from giamngheo.rules.standards import AREA_TYPES, Citation, Lines, Number, Standard

#: What a changed number rests on.
ASSUMED = Citation("assumed", "giả định / assumption", "", (), "low", False)
#: No sum of lines in đồng is larger; a typing error is.
MOST = 100_000_000


@dataclass(frozen=True)
class Change:
    """What is changed; empty: nothing.

    lines: đồng per person per month by 'income.<area type>.<line>' (income.rural.lower), points of form B1 by
    'points.<area type>.<line>'. deprived_at_least: how many deprivations make
    poor. without: codes of indicators left out. clocks: the value of a clock whatever the day, in its unit. percents: per
    cent of a policy's amounts, by slug; 0 ends the policy.
    """

    lines: Mapping[str, int] = field(default_factory=dict)
    deprived_at_least: int | None = None
    without: frozenset[str] = frozenset()
    clocks: Mapping[str, float] = field(default_factory=dict)
    percents: Mapping[str, float] = field(default_factory=dict)

    @property
    def of_standard(self) -> bool:
        return bool(self.lines or self.without or self.deprived_at_least is not None)

    @property
    def of_support(self) -> bool:
        return bool(self.clocks or self.percents)

    def as_plain(self) -> dict[str, Any]:
        """For keeping as JSON; `from_plain` reads it."""
        return {**dataclasses.asdict(self), "without": sorted(self.without)}

    @staticmethod
    def from_plain(kept: Mapping[str, Any]) -> "Change":
        return Change(**{**kept, "without": frozenset(kept["without"])})


def problems_of(
    change: Change, standard: Standard, law: Mapping[str, Policy], by: Mapping[str, Clock]
) -> list[WhatIfError]:
    """Everything in a change that can't be, so that it is said at once."""
    found = [WhatIfError(what=name) for name in change.lines if name not in line_values(standard)]
    found += [
        WhatIfError(what=name) for name in sorted(change.without - {i.code for i in standard.indicators})
    ]
    found += [
        WhatIfError(what=name)
        for name in (*change.clocks, *change.percents)
        if name not in by and name not in law
    ]
    wrong: list[tuple[str, float]] = [
        (name, value) for name, value in change.lines.items() if not 0 < value <= MOST
    ]
    wrong += [(name, value) for name, value in {**change.clocks, **change.percents}.items() if value < 0]
    left = len(standard.indicators) - len(change.without)
    if change.deprived_at_least is not None and not 1 <= change.deprived_at_least <= max(left, 1):
        wrong.append(("deprived_at_least", change.deprived_at_least))
    found += [WhatIfError(what=f"{name} = {value}") for name, value in wrong]
    if not found and change.lines:
        for name, lines in _all_lines(changed_standard(standard, change)).items():
            values = [number.value for number in lines.named().values()]
            if values != sorted(values):
                found.append(WhatIfError(what=f"{name}: {' > '.join(str(value) for value in values)}"))
    return found


def line_values(standard: Standard) -> dict[str, int]:
    """Every line of a standard by its name in `Change.lines`."""
    found = _all_lines(standard).items()
    return {f"{of}.{name}": number.value for of, lines in found for name, number in lines.named().items()}


def _all_lines(standard: Standard) -> dict[str, Lines]:
    income = {f"income.{area}": standard.lines[area] for area in AREA_TYPES}
    return income | {f"points.{area}": lines for area, lines in standard.points.lines.items()}


def changed_standard(standard: Standard, change: Change) -> Standard:
    """The standard with these numbers; itself where none is of it."""
    if not change.of_standard:
        return standard
    told = json.dumps(change.as_plain(), sort_keys=True)
    least = standard.deprived_at_least
    if change.deprived_at_least is not None:
        least = Number(change.deprived_at_least, ASSUMED)
    return dataclasses.replace(
        standard,
        lines={area: _lines(standard.lines[area], f"income.{area}", change.lines) for area in AREA_TYPES},
        points=dataclasses.replace(
            standard.points,
            lines={a: _lines(one, f"points.{a}", change.lines) for a, one in standard.points.lines.items()},
        ),
        deprived_at_least=least,
        indicators=tuple(i for i in standard.indicators if i.code not in change.without),
        content_hash=hashlib.sha256(f"{standard.content_hash}{told}".encode()).hexdigest(),
    )


def _lines(lines: Lines, of: str, changed: Mapping[str, int]) -> Lines:
    def line(name: str, number: Number) -> Number:
        value = changed.get(f"{of}.{name}")
        return number if value is None else Number(value, ASSUMED)

    lower = line("lower", lines.lower)
    upper = lower if lines.upper is lines.lower else line("upper", lines.upper)
    return Lines(lower, upper, lines.average and line("average", lines.average))


def changed_policies(law: Mapping[str, Policy], change: Change) -> dict[str, Policy]:
    """The policies with their amounts changed; one at 0 per cent is left out."""
    made = {}
    for slug, policy in law.items():
        percent = change.percents.get(slug, 100)
        if percent == 100:
            made[slug] = policy
        elif percent:
            made[slug] = _scaled(policy, percent)
    return made


def _scaled(policy: Policy, percent: float) -> Policy:
    benefits = tuple(
        dataclasses.replace(
            benefit,
            tiers=tuple(
                dataclasses.replace(t, amount=_amount(t.amount, percent), citation=ASSUMED)
                for t in benefit.tiers
            ),
        )
        for benefit in policy.benefits
    )
    return dataclasses.replace(policy, benefits=benefits)


def _amount(amount: Amount, percent: float) -> Amount:
    fixed = None if amount.fixed is None else round(amount.fixed * percent / 100)
    quantity = None if amount.quantity is None else amount.quantity * percent / 100
    return dataclasses.replace(amount, fixed=fixed, quantity=quantity, percent=amount.percent * percent / 100)


def changed_clocks(by: Mapping[str, Clock], change: Change) -> dict[str, Clock]:
    """The clocks, those changed showing one value on every day they are known."""
    return {
        key: _set(clock, change.clocks[key]) if key in change.clocks else clock for key, clock in by.items()
    }


def _set(clock: Clock, number: float) -> Clock:
    values = tuple(dataclasses.replace(value, number=number, citation=ASSUMED) for value in clock.values)
    return dataclasses.replace(clock, values=values)


def kinds(klass: pa.Array | pa.ChunkedArray) -> pa.Array:
    """Of each class what support and lists go by: poor, near_poor, none, or undetermined."""
    named = {**dict.fromkeys(POOR_CLASSES, "poor"), NEAR_POOR: NEAR_POOR, UNDETERMINED: UNDETERMINED}
    encoded = (klass.combine_chunks() if isinstance(klass, pa.ChunkedArray) else klass).dictionary_encode()
    words = pa.array([named.get(word, "none") for word in encoded.dictionary.to_pylist()], pa.string())
    return words.take(encoded.indices)
