"""The verdict: facts of households and members in, class with everything it rests on out, as one column expression.

`verdict()` builds the expression over any Ibis tables, so that it runs on one household or a country. `assess()` runs it
on Arrow tables; for each standard and set of columns it is compiled once and kept (engine.py).

Households: `household` (any id, unique), `area_type` ('rural' | 'urban'), `on` (day of review), and any household facts;
a fact without column, or without value, is not known. Members: `household` and any member facts.

Out, one row per household, in no order:

    household, standard
    klass            a class of classes.CLASSES
    basis            'points' (total on the form) | 'points_computed' | 'income' | null
    band             0 to 3, see classes.py; null if neither points nor income is known
    income, points   what the household has of each, used or not
    deprived         number of deprivations that decides; null if none is known
    unknown          number of indicators not known
    pattern          one sign per indicator, in the standard's order: 1 deprived, 0 not, ? not known
    pattern_given, pattern_computed   the same, of the form's ticks and of the facts
    disagree         1 where the two differ
    borderline, borderline_why   near another class; why, separated by spaces: lower, upper, average (a line within
                     5 %), one_more, one_less (one deprivation)
    area_type, deprived_given   as read; deprived_given is the total written on the form, from B2 or counted
"""

import datetime as dt
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from functools import reduce
from operator import add, or_
from typing import Any

import ibis
import ibis.expr.types as ir

from giamngheo.rules import points
from giamngheo.rules.classes import CLASS_RULES, DECIDING_BAND, NEAR_PERCENT, UNDETERMINED
from giamngheo.rules.errors import NeededColumnError
from giamngheo.rules.facts import Fact, household_facts, member_facts
from giamngheo.rules.indicators import HOUSEHOLD_RULES, MEMBER_RULES, SHARE_RULES, facts_read, over_share
from giamngheo.rules.standards import AREA_TYPES, Indicator, Lines, PointTable, Standard

COLUMNS = (
    "household", "standard", "klass", "basis", "band", "income", "points", "deprived", "unknown", "pattern",
    "pattern_given", "pattern_computed", "disagree", "borderline", "borderline_why", "area_type", "deprived_given",
)  # fmt: skip
#: The words of borderline_why.
NEAR = ("lower", "upper", "average", "one_more", "one_less")
IBIS_TYPES = {
    "int": "int64", "number": "float64", "bool": "boolean", "choice": "string", "date": "date",
    "text": "string", "ethnic": "string", "codes": "array<string>",
}  # fmt: skip


def verdict(
    households: ir.Table, members: ir.Table | None, standard: Standard, *, on: dt.date | None = None
) -> ir.Table:
    """The verdicts under a standard, as an expression. `on`: the day of review of all, instead of a column."""
    facts = _Facts(households, members, standard, on)
    answers = {i.code: _answer(facts, i) for i in standard.indicators}
    table = _complete(standard) if members is not None else None
    stage = facts.table.select(
        "household",
        "area_type",
        **{f"given_{code}": a.given for code, a in answers.items() if a.given is not None},
        **{f"computed_{code}": a.computed for code, a in answers.items() if a.computed is not None},
        income=facts.table.income_per_head,
        points=facts.table.b1_points,
        total=_total_on_form(facts, standard),
        **({"computed_points": points.total(facts.table, table).cast("int64")} if table else {}),
    )
    stage = stage.mutate(**{f"known_{i.code}": _known(stage, i.code) for i in standard.indicators})
    stage = _placed(stage, facts, standard)
    counted = _counted(stage, standard, has_total=facts.has("deprived_count") or facts.has("b2_points"))
    # A branch of CASE is worked out for its rows alone: most households never need their deprivations counted.
    deciding = stage.band == DECIDING_BAND[standard.rule]
    enough = ibis.ifelse(deciding, _enough(counted, standard), ibis.null("boolean"))
    stage = stage.mutate(**counted, enough=enough)
    stage = stage.mutate(klass=CLASS_RULES[standard.rule](stage.band, stage.enough))
    stage = stage.mutate(**_near(stage, standard))
    near = {word: stage[word] for word in NEAR}
    return stage.select(
        household=stage.household,
        standard=ibis.literal(standard.slug),
        klass=stage.klass,
        basis=stage.basis,
        band=stage.band,
        income=stage.income,
        points=stage.points,
        deprived=stage.deprived,
        unknown=stage.unknown,
        pattern=_pattern(stage, standard, "known_"),
        pattern_given=_pattern(stage, standard, "given_"),
        pattern_computed=_pattern(stage, standard, "computed_"),
        disagree=_disagree(stage, standard),
        borderline=reduce(or_, near.values()),
        borderline_why=_words(near),
        area_type=stage.area_type,
        deprived_given=stage.total,
    )


@dataclass(frozen=True)
class _Answer:
    """One indicator of a household: as ticked on the form, and as the facts give it; None where no column can tell."""

    given: ir.BooleanValue | None
    computed: ir.BooleanValue | None


class _Facts:
    """The facts a standard reads, joined to one row per household; columns that were not handed in are null."""

    def __init__(
        self, households: ir.Table, members: ir.Table | None, standard: Standard, on: dt.date | None
    ) -> None:
        for column in ("household", "area_type"):
            if column not in households.columns:
                raise NeededColumnError(table="households", column=column)
        if members is not None and "household" not in members.columns:
            raise NeededColumnError(table="members", column="household")
        self.given = frozenset(households.columns)
        self.given_of_members = frozenset(members.columns) if members is not None else frozenset()
        known = household_facts()
        typed = {key: _typed(households, known[key]) for key in household_columns(standard, self.given)}
        day = ibis.literal(on) if on else _day(households)
        flat = households.select(
            household=households.household, area_type=households.area_type.cast("string"), on=day, **typed
        )
        if members is None:
            self.table = flat
        else:
            told = _about_members(members, flat, standard, on)
            both = flat.left_join(told, flat.household == told.of)
            mine = [name for name in flat.columns if name != "persons"]
            self.table = both.select(
                *mine, *told.columns[1:], persons=ibis.coalesce(flat.persons, told.members)
            )

    def has(self, key: str) -> bool:
        """Whether a column of this household fact was handed in."""
        return key in self.given


def _complete(standard: Standard) -> PointTable | None:
    """The point table, if B1 may be computed from it."""
    table = standard.points.table
    return table if table and table.complete and standard.points.lines else None


def _tells(indicator: Indicator, given: frozenset[str]) -> bool:
    """Whether these columns hold anything by which the indicator's rule could be decided."""
    return bool(given & (set(facts_read(indicator.rule, indicator.params)) - {"persons"}))


def household_columns(standard: Standard, given: frozenset[str] | None = None) -> tuple[str, ...]:
    """The household facts a standard reads; of those in `given`, where given, and what must stand beside them."""
    table = _complete(standard)
    told = [
        i for i in standard.indicators if i.rule in HOUSEHOLD_RULES and (given is None or _tells(i, given))
    ]
    read = [key for i in told for key in facts_read(i.rule, i.params)]
    ticks = [i.tick for i in standard.indicators if given is None or i.tick in given]
    items = points.household_facts_read(table) if table else ()
    totals = ("income_per_head", "b1_points", "b2_points", "deprived_count", "persons")
    return tuple(dict.fromkeys([*totals, *ticks, *read, *items]))


def member_columns(standard: Standard) -> tuple[str, ...]:
    """The member facts a standard reads."""
    table, known = _complete(standard), member_facts()
    read = [key for i in standard.indicators for key in facts_read(i.rule, i.params) if key in known]
    items = points.member_facts_read(table) if table else ()
    return tuple(dict.fromkeys([*read, *items, "birth_date", "birth_year"]))


def _typed(table: ir.Table, fact: Fact) -> ir.Value:
    kind = IBIS_TYPES[fact.type]
    return table[fact.key].cast(kind) if fact.key in table.columns else ibis.null(kind)


def _day(table: ir.Table) -> ir.DateValue:
    return table["on"].cast("date") if "on" in table.columns else ibis.null("date")


def _about_members(
    members: ir.Table, households: ir.Table, standard: Standard, on: dt.date | None
) -> ir.Table:
    """One row per household that has members: how many, and what the rules over members find."""
    table = _complete(standard)
    known = member_facts()
    typed = {key: _typed(members, known[key]) for key in member_columns(standard)}
    member = members.select(household=members.household, **typed)
    if on is not None:
        day: ir.Value = ibis.literal(on)
    else:
        member = member.inner_join(households.select("household", "on"), "household")
        day = member.on
    member = _aged(member, day)
    counted: dict[str, ir.Value] = {"members": member.count()}
    for indicator in standard.indicators:
        if not _tells(indicator, frozenset(members.columns)):
            continue
        if indicator.rule in MEMBER_RULES:
            counted[f"any_{indicator.code}"] = _worst(MEMBER_RULES[indicator.rule](member, indicator.params))
        elif indicator.rule in SHARE_RULES:
            so = SHARE_RULES[indicator.rule](member, indicator.params)
            counted[f"yes_{indicator.code}"] = so.fill_null(False).cast("int32").sum()
            counted[f"unknown_{indicator.code}"] = so.isnull().cast("int32").sum()
    counted |= points.member_columns(member, table) if table else {}
    return member.group_by(of=member.household).aggregate(**counted)


def _aged(member: ir.Table, day: ir.Value) -> ir.Table:
    """With `year_born` and `age`: full years on the day, or by year alone where only the year of birth is known."""
    born = member.birth_date
    not_yet = (born.month() * 100 + born.day() > day.month() * 100 + day.day()).cast("int64")
    full_years = day.year() - born.year() - not_yet
    return member.mutate(
        year_born=ibis.coalesce(born.year().cast("int64"), member.birth_year),
        age=ibis.coalesce(full_years.cast("int64"), day.year() - member.birth_year),
    )


def _worst(so: ir.BooleanValue) -> ir.Value:
    """Over members: 2 if true of any, 1 if not known of any, 0 if false of all."""
    return ibis.coalesce(so.cast("int8") * 2, 1).max()


def _answer(facts: _Facts, indicator: Indicator) -> _Answer:
    """Its two answers: a rule over members is asked where there are members, else it is not known."""
    table, rule, params = facts.table, indicator.rule, indicator.params
    given = table[indicator.tick] if facts.has(indicator.tick) else None
    computed: Any = None
    if rule in MEMBER_RULES and _tells(indicator, facts.given_of_members):
        state = table[f"any_{indicator.code}"]
        computed = ibis.cases((state == 2, ibis.literal(True)), (state == 0, ibis.literal(False)))
    elif rule in SHARE_RULES and _tells(indicator, facts.given_of_members):
        yes, unknown = table[f"yes_{indicator.code}"], table[f"unknown_{indicator.code}"]
        computed = over_share(yes, unknown, table.members, params)
    elif rule in HOUSEHOLD_RULES and _tells(indicator, facts.given):
        computed = HOUSEHOLD_RULES[rule](table, params)
    return _Answer(given, computed)


def _known(stage: ir.Table, code: str) -> ir.BooleanValue:
    """The form's answer where there is one, else the facts'."""
    there = [stage[name] for name in (f"given_{code}", f"computed_{code}") if name in stage.columns]
    return reduce(lambda one, two: ibis.coalesce(one, two), there) if there else ibis.null("boolean")


def _total_on_form(facts: _Facts, standard: Standard) -> ir.IntegerValue:
    """The number of deprivations written on the form: counted, or B2 by the points of one."""
    counted = facts.table.deprived_count
    if not standard.points.per_indicator or not facts.has("b2_points"):
        return counted
    each = standard.points.per_indicator.value
    b2 = facts.table.b2_points
    from_b2 = ibis.cases(((b2 >= 0) & (b2 % each == 0), (b2 // each).cast("int64")), else_=ibis.null("int64"))
    return ibis.coalesce(counted, from_b2)


def _band_by(
    value: ir.IntegerValue, area_type: ir.StringValue, lines: Mapping[str, Lines]
) -> ir.IntegerValue:
    """The band of an income or of points among the lines of the area type."""
    areas = []
    for area in AREA_TYPES:
        if area in lines:
            bounds = (lines[area].lower, lines[area].upper, lines[area].average)
            arms = [(value <= line.value, band) for band, line in enumerate(bounds) if line is not None]
            if lines[area].upper is lines[area].lower:
                del arms[1]
            within = ibis.cases(*arms, (value.notnull(), 3), else_=ibis.null("int8"))
            areas.append((area_type == area, within))
    return ibis.cases(*areas, else_=ibis.null("int8")).cast("int8")


def _placed(stage: ir.Table, facts: _Facts, standard: Standard) -> ir.Table:
    """With `band` and `basis`: by points from the form; else by points computed; else by income."""
    there = stage.area_type.isin(AREA_TYPES)
    ways = [("income", stage.income, standard.lines)] if facts.has("income_per_head") else []
    if "computed_points" in stage.columns:
        ways.insert(0, ("points_computed", stage.computed_points, standard.points.lines))
    if facts.has("b1_points") and standard.points.lines:
        ways.insert(0, ("points", stage.points, standard.points.lines))
    bands = [_band_by(value, stage.area_type, lines) for _, value, lines in ways]
    bases = [(there & value.notnull(), name) for name, value, _ in ways]
    stage = stage.mutate(
        band=ibis.coalesce(*bands) if bands else ibis.null("int8"),
        basis=ibis.cases(*bases, else_=ibis.null("string")) if bases else ibis.null("string"),
    )
    if "computed_points" in stage.columns:
        stage = stage.mutate(points=ibis.coalesce(stage.points, stage.computed_points))
    return stage


def _sum(conditions: Iterable[ir.BooleanValue]) -> ir.IntegerValue:
    """How many are true; not known counts as not."""
    return reduce(add, (ibis.ifelse(c, 1, 0) for c in conditions), ibis.literal(0)).cast("int16")


def _counted(stage: ir.Table, standard: Standard, *, has_total: bool) -> dict[str, ir.IntegerValue]:
    """`deprived`, `unknown`, and `most`: how many deprivations there may be.

    The total written on the signed form decides wherever the ticks beside it leave it possible.
    """
    codes = [i.code for i in standard.indicators]
    found = _sum(stage[f"known_{code}"] for code in codes)
    unknown = _sum(stage[f"known_{code}"].isnull() for code in codes)
    deprived = ibis.ifelse(unknown < len(codes), found, ibis.null("int16"))
    most = found + unknown if codes else ibis.null("int16")
    if has_total:
        ticked = [stage[f"given_{code}"] for code in codes if f"given_{code}" in stage.columns]
        possible = stage.total >= _sum(ticked)
        if codes:
            possible &= stage.total <= len(codes) - _sum(~t for t in ticked)
        deprived = ibis.ifelse(possible, stage.total.cast("int16"), deprived)
        most = ibis.ifelse(possible, stage.total.cast("int16"), most)
    return {"deprived": deprived, "unknown": unknown, "most": most}


def _enough(counted: dict[str, ir.IntegerValue], standard: Standard) -> ir.BooleanValue:
    """As many deprivations as the law asks for: surely, surely not, or it hangs on those not known."""
    needed = standard.deprived_at_least.value
    return ibis.cases(
        (counted["deprived"] >= needed, ibis.literal(True)),
        (counted["most"] < needed, ibis.literal(False)),
        else_=ibis.null("boolean"),
    )


def _sign(answer: ir.BooleanValue) -> ir.StringValue:
    return ibis.coalesce(answer.cast("int8").cast("string"), "?")


def _pattern(stage: ir.Table, standard: Standard, prefix: str) -> ir.StringValue:
    signs = [
        _sign(stage[prefix + i.code]) if prefix + i.code in stage.columns else ibis.literal("?")
        for i in standard.indicators
    ]
    return reduce(add, signs, ibis.literal(""))


def _disagree(stage: ir.Table, standard: Standard) -> ir.StringValue:
    signs = []
    for indicator in standard.indicators:
        given, computed = f"given_{indicator.code}", f"computed_{indicator.code}"
        both = given in stage.columns and computed in stage.columns
        signs.append(
            ibis.cases((stage[given] != stage[computed], "1"), else_="0") if both else ibis.literal("0")
        )
    return reduce(add, signs, ibis.literal(""))


def _near(stage: ir.Table, standard: Standard) -> dict[str, ir.BooleanValue]:
    """What a determined household is near to, that would change its class."""
    sure = stage.klass != UNDETERMINED
    with_points = stage.basis != "income"
    value = ibis.ifelse(with_points, stage.points, stage.income)
    close: dict[str, list[ir.BooleanValue]] = {"lower": [], "upper": [], "average": []}
    for by_points, lines in ((with_points, standard.points.lines), (~with_points, standard.lines)):
        for area in lines:
            here = by_points & (stage.area_type == area)
            for name, line in lines[area].named().items():
                close[name].append(here & _close(value, line.value))
    near = {
        name: sure & reduce(or_, found, ibis.literal(False)).fill_null(False) for name, found in close.items()
    }
    needed, deciding = standard.deprived_at_least.value, stage.band == DECIDING_BAND[standard.rule]
    near["one_more"] = (sure & deciding & (stage.most == needed - 1)).fill_null(False)
    near["one_less"] = (sure & deciding & (stage.deprived == needed)).fill_null(False)
    return near


def _close(value: ir.IntegerValue, line: int) -> ir.BooleanValue:
    """Within NEAR_PERCENT of the line, counted in whole numbers."""
    from_, to = -(-line * (100 - NEAR_PERCENT) // 100), line * (100 + NEAR_PERCENT) // 100
    return value.between(from_, to)


def _words(reasons: dict[str, ir.BooleanValue]) -> ir.StringValue:
    words = reduce(add, (ibis.ifelse(so, f"{word} ", "") for word, so in reasons.items()))
    return words.rstrip().nullif("")


def member_answers(
    members: ir.Table,
    standard: Standard,
    *,
    on: dt.date | None = None,
    keep: tuple[str, ...] = ("household",),
) -> ir.Table:
    """Of each member, whether each rule over members is true; columns `keep` and the codes of those indicators.

    `members` carries `on`, the day of review, unless it is given for all. For saying who made a household deprived.
    """
    known = member_facts()
    rules: dict[str, Callable[..., Any]] = {**MEMBER_RULES, **SHARE_RULES}
    asked = [i for i in standard.indicators if i.rule in rules]
    keys = dict.fromkeys(key for i in asked for key in facts_read(i.rule, i.params) if key in known)
    keys.update(birth_date=None, birth_year=None)
    day = ibis.literal(on) if on else _day(members)
    member = members.select(
        **{name: members[name] for name in keep},
        on=day,
        **{key: _typed(members, known[key]) for key in keys if key not in keep},
    )
    member = _aged(member, member.on)
    return member.select(
        **{name: member[name] for name in keep},
        **{i.code: rules[i.rule](member, i.params) for i in asked},
    )
