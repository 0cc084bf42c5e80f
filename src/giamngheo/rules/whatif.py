"""What would be otherwise under another law: a standard, policies, area lists or exclusions changed, a policy added.

A changed standard or policy is one like any other, only that its numbers rest on no act; the same engine judges by it. Its
hash is another, so that nothing compiled or kept under the law's own hash is taken for it.
"""

import dataclasses
import datetime as dt
import hashlib
import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

import pyarrow as pa

from giamngheo.base.periods import Period
from giamngheo.rules.area_lists import AreaList, Entry
from giamngheo.rules.classes import NEAR_POOR, POOR_CLASSES, UNDETERMINED
from giamngheo.rules.clocks import LAST_DAY, Clock
from giamngheo.rules.conditions import STATUSES, All, InArea, Status
from giamngheo.rules.errors import WhatIfError
from giamngheo.rules.policies import PER, Amount, Benefit, Policy, Relation, Tier
from giamngheo.rules.relations import AMONG_RIGHTS
from giamngheo.rules.standards import AREA_TYPES, Citation, Lines, Number, Standard, Words

#: What a changed number rests on.
ASSUMED = Citation("assumed", "giả định / assumption", "", (), "low", False)
#: No sum of lines in đồng is larger; a typing error is.
MOST = 100_000_000
#: The slug of a policy that is tried and stands in no file.
NEW = "new-policy"
_ALWAYS = Period(dt.date(1, 1, 1), LAST_DAY)


@dataclass(frozen=True)
class NewPolicy:
    """A policy that does not exist: who has it, how much, how often.

    unit: whose right, household or person. among: recognised as one of these (poor, near_poor, none). area: slug of the
    list of units it is for, '' for everywhere. amount: đồng, each `per` (conditions of rules.policies.PER), `times` a year.
    """

    name: str
    unit: str
    among: tuple[str, ...]
    area: str
    amount: int
    per: str
    times: int


@dataclass(frozen=True)
class Change:
    """What is changed; empty: nothing.

    lines: đồng per person per month by 'income.<area type>.<line>' (income.rural.lower), points of form B1 by
    'points.<area type>.<line>'. deprived_at_least: how many deprivations make
    poor. without: codes of indicators left out. clocks: the value of a clock whatever the day, in its unit. percents: per
    cent of a policy's amounts, by slug; 0 ends the policy. lists: by slug of an area list, codes of units put on it (True)
    or taken off (False). freed: exclusions that no longer hold, by `exclusions`. excluded: pairs of slugs, who has the
    second does not have the first. new: a policy there is not.
    """

    lines: Mapping[str, int] = field(default_factory=dict)
    deprived_at_least: int | None = None
    without: frozenset[str] = frozenset()
    clocks: Mapping[str, float] = field(default_factory=dict)
    percents: Mapping[str, float] = field(default_factory=dict)
    lists: Mapping[str, Mapping[str, bool]] = field(default_factory=dict)
    freed: frozenset[str] = frozenset()
    excluded: frozenset[tuple[str, str]] = frozenset()
    new: NewPolicy | None = None

    @property
    def of_standard(self) -> bool:
        return bool(self.lines or self.without or self.deprived_at_least is not None)

    @property
    def of_support(self) -> bool:
        return bool(self.clocks or self.percents or self.lists or self.freed or self.excluded or self.new)

    def as_plain(self) -> dict[str, Any]:
        """For keeping as JSON; `from_plain` reads it."""
        sets = {
            "without": sorted(self.without),
            "freed": sorted(self.freed),
            "excluded": sorted(self.excluded),
        }
        return {**dataclasses.asdict(self), **sets}

    @staticmethod
    def from_plain(kept: Mapping[str, Any]) -> "Change":
        new = kept.get("new")
        made = {
            "without": frozenset(kept["without"]),
            "freed": frozenset(kept.get("freed", ())),
            "excluded": frozenset((one, other) for one, other in kept.get("excluded", ())),
            "new": NewPolicy(**{**new, "among": tuple(new["among"])}) if new else None,
        }
        return Change(**{**kept, **made})


def problems_of(
    change: Change,
    standard: Standard,
    law: Mapping[str, Policy],
    by: Mapping[str, Clock],
    lists: Mapping[str, AreaList],
    on: dt.date,
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
    found += [WhatIfError(what=what) for what in _odd_of_support(change, law, lists, on)]
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


def _odd_of_support(
    change: Change, law: Mapping[str, Policy], lists: Mapping[str, AreaList], on: dt.date
) -> Iterator[str]:
    """What lists, exclusions and a new policy name that is not there, or is there already."""
    yield from (slug for slug in change.lists if slug not in lists)
    for slug in change.lists.keys() & lists.keys():
        held = {code for entry in lists[slug].on(on) for code in entry.codes}
        yield from (
            f"{slug}: {code}" for code, put_on in change.lists[slug].items() if put_on == (code in held)
        )
    yield from sorted(change.freed - exclusions(law).keys())
    yield from (
        f"{one}, {other}"
        for one, other in sorted(change.excluded)
        if not {one, other} <= {*law, NEW} or one == other
    )
    new = change.new
    if new is None:
        return
    if new.unit not in ("household", "person"):
        yield new.unit
    if new.per not in PER:
        yield new.per
    yield from (word for word in new.among if word not in STATUSES)
    if new.area and new.area not in lists:
        yield new.area
    if not (0 < new.amount <= MOST and 0 < new.times <= 366):
        yield f"{new.amount} × {new.times}"


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


def exclusions(law: Mapping[str, Policy]) -> dict[str, tuple[str, str, str]]:
    """Of these policies, which rights exclude one another: (policy, kind, other) by a name for `Change.freed`."""
    return {
        f"{policy.slug}/{relation.kind}/{other}": (policy.slug, relation.kind, other)
        for policy in law.values()
        for relation in policy.relations
        if relation.kind in AMONG_RIGHTS
        for other in relation.others
        if other in law
    }


def changed_policies(law: Mapping[str, Policy], change: Change) -> dict[str, Policy]:
    """The policies with their amounts and exclusions changed and the new one; one at 0 per cent is left out."""
    made = {}
    for slug, policy in law.items():
        percent = change.percents.get(slug, 100)
        if percent == 100:
            made[slug] = policy
        elif percent:
            made[slug] = _scaled(policy, percent)
    if change.new:
        made[NEW] = made_policy(change.new)
    return {slug: _related(policy, change) for slug, policy in made.items()}


def _related(policy: Policy, change: Change) -> Policy:
    """The policy with its exclusions as tried; itself where none of them changes."""
    kept = tuple(_without_freed(policy.slug, relation, change.freed) for relation in policy.relations)
    others = sorted(other for one, other in change.excluded if one == policy.slug)
    of = "person" if policy.unit == "person" else "household"
    added = tuple(Relation("carve_out", (other,), of, "", ASSUMED, None) for other in others)
    return (
        policy
        if (*kept, *added) == policy.relations
        else dataclasses.replace(policy, relations=(*kept, *added))
    )


def _without_freed(slug: str, relation: Relation, freed: frozenset[str]) -> Relation:
    others = tuple(other for other in relation.others if f"{slug}/{relation.kind}/{other}" not in freed)
    return relation if others == relation.others else dataclasses.replace(relation, others=others)


def made_policy(new: NewPolicy) -> Policy:
    """A policy of the same kind as the law's, that rests on no act."""
    conditions = (*((Status(new.among),) if new.among else ()), *((InArea(new.area),) if new.area else ()))
    named = Words(new.name, new.name)
    tier = Tier("amount", named, All(()), Amount(fixed=new.amount), None, ASSUMED)
    told = json.dumps(dataclasses.asdict(new), sort_keys=True)
    return Policy(
        slug=NEW, id="", name=named, group="new", unit=new.unit, poor_type="any", period=_ALWAYS, basis=ASSUMED,
        condition=All(conditions), benefits=(Benefit("amount", named, new.per, new.times, "highest", (tier,)),),
        agency=Words("", ""), money=Words("Chưa rõ nguồn (giả định)", "Source not known (assumed)"), delivery=None, ceiling=None,
        successor=None, relations=(), unknown=(), notes=(), citations=(ASSUMED,),
        content_hash=hashlib.sha256(told.encode()).hexdigest(),
    )  # fmt: skip


def changed_lists(lists: Mapping[str, AreaList], change: Change) -> dict[str, AreaList]:
    """The area lists, units put on them whatever the day and others taken off."""
    return {slug: _relisted(one, change.lists.get(slug, {})) for slug, one in lists.items()}


def _relisted(one: AreaList, changed: Mapping[str, bool]) -> AreaList:
    if not changed:
        return one
    off = {code for code, put_on in changed.items() if not put_on}
    entries = [Entry(e.period, tuple(code for code in e.codes if code not in off)) for e in one.entries]
    added = tuple(sorted(code for code, put_on in changed.items() if put_on))
    return dataclasses.replace(one, entries=(*entries, *((Entry(_ALWAYS, added),) if added else ())))


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
