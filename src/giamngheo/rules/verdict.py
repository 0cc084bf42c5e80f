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
from collections.abc import Iterable, Mapping
from functools import reduce
from operator import add, or_

import ibis
import ibis.expr.types as ir

from giamngheo.rules import points
from giamngheo.rules.answers import Facts, answer, complete
from giamngheo.rules.classes import CLASS_RULES, DECIDING_BAND, NEAR_PERCENT, UNDETERMINED
from giamngheo.rules.standards import AREA_TYPES, Lines, Standard

COLUMNS = (
    "household", "standard", "klass", "basis", "band", "income", "points", "deprived", "unknown", "pattern",
    "pattern_given", "pattern_computed", "disagree", "borderline", "borderline_why", "area_type", "deprived_given",
)  # fmt: skip
#: The words of borderline_why.
NEAR = ("lower", "upper", "average", "one_more", "one_less")


def verdict(
    households: ir.Table, members: ir.Table | None, standard: Standard, *, on: dt.date | None = None
) -> ir.Table:
    """The verdicts under a standard, as an expression. `on`: the day of review of all, instead of a column."""
    facts = Facts(households, members, standard, on)
    answers = {i.code: answer(facts, i) for i in standard.indicators}
    table = complete(standard) if members is not None else None
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


def _known(stage: ir.Table, code: str) -> ir.BooleanValue:
    """The form's answer where there is one, else the facts'."""
    there = [stage[name] for name in (f"given_{code}", f"computed_{code}") if name in stage.columns]
    return reduce(lambda one, two: ibis.coalesce(one, two), there) if there else ibis.null("boolean")


def _total_on_form(facts: Facts, standard: Standard) -> ir.IntegerValue:
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


def _placed(stage: ir.Table, facts: Facts, standard: Standard) -> ir.Table:
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
    """`deprived`, `unknown`, and between which numbers the deprivations lie: `least` and `most`.

    The total written on the signed form decides wherever the ticks beside it leave it possible.
    """
    codes = [i.code for i in standard.indicators]
    known = [stage[f"known_{code}"] for code in codes]
    unknown = _sum(k.isnull() for k in known)
    least, most = _sum(known), len(codes) - _sum(~k for k in known) if codes else ibis.null("int16")
    deprived = ibis.ifelse(unknown < len(codes), least, ibis.null("int16"))
    if has_total:
        ticked = [stage[f"given_{code}"] for code in codes if f"given_{code}" in stage.columns]
        possible = stage.total >= _sum(ticked)
        if codes:
            possible &= stage.total <= len(codes) - _sum(~t for t in ticked)
        total = stage.total.cast("int16")
        deprived, least, most = (ibis.ifelse(possible, total, n) for n in (deprived, least, most))
    return {"deprived": deprived, "unknown": unknown, "least": least, "most": most}


def _enough(counted: dict[str, ir.IntegerValue], standard: Standard) -> ir.BooleanValue:
    """As many deprivations as the law asks for: surely, surely not, or it hangs on those not known."""
    needed = standard.deprived_at_least.value
    return ibis.cases(
        (counted["least"] >= needed, ibis.literal(True)),
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
