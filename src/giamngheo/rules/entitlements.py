"""Who is entitled to what on a day: facts of households and members in, one row per right out, as column expressions.

    rights = entitlements(households, members, on=date(2018, 9, 1))

Households: `household` (unique), and what is known of `status` ('poor' | 'near_poor' | 'none': the recognised list of the
day), `poor_type` ('income' | 'deprivation'), `status_since`, `left_poor_on`, `left_near_poor_on` (when it was last recognised
as no longer so), `village`, `commune`, `district` (codes of the day), `persons`, household facts. Members: `household`,
`person`, member facts. A column that is not there is not known; so is a null, but for the two left_ columns, where a null
is a household that never left.

Out, in no order, one row per policy, benefit and person (or household, with `person` null):

    policy, benefit, tier, household, person
    state        'yes', or 'unknown' where it hangs on facts or lists that are not known; who has no right has no row
    amount       đồng per `per` (of a loan: the most that may be lent); null in kind, and where it is not known
    quantity, unit    in kind
    rate         a loan's interest, per cent a year
    per, times   how often, and how many times a year at most
    since, until, ends_because    first and last day as far as time alone tells ('act', 'birthday', 'window', 'list',
                 'conditions'); null where nothing known bounds it
    on_escape    the right goes when the household is recognised as neither poor nor near-poor
    at_least     a higher tier is not known: the amount may be more, the rank may be higher
    article      act and article of the tier
    facts        codes of the conditions it rests on, separated by spaces; of 'unknown': of those not known
"""

import datetime as dt
from functools import reduce
from operator import add, or_
from typing import Any

import ibis
import ibis.expr.types as ir

from giamngheo.rules import condition_columns as columns
from giamngheo.rules.condition_columns import FOREVER
from giamngheo.rules.conditions import leaves
from giamngheo.rules.law_of_day import Asked, LawOfDay, law_of_day
from giamngheo.rules.stage import Stage, stage

#: The columns that come out, with their types.
ROW_TYPES = {
    "policy": "string", "benefit": "string", "tier": "string", "household": "int64", "person": "int64", "state": "string",
    "amount": "int64", "quantity": "float64", "unit": "string", "rate": "float64", "per": "string", "times": "int64",
    "since": "date", "until": "date", "ends_because": "string", "on_escape": "boolean", "at_least": "boolean",
    "article": "string", "facts": "string",
}  # fmt: skip
YES, UNKNOWN = "yes", "unknown"


def entitlements(
    households: ir.Table,
    members: ir.Table,
    *,
    on: dt.date,
    law: LawOfDay | None = None,
    unknown: bool = False,
) -> ir.Table:
    """The rights of a day as one expression; `unknown` brings the undetermined too. `law`: another than law/'s."""
    law = law or law_of_day(on)
    return rights(
        stage(households, members, law.asks, on=on), law, ibis.memtable(law.table()), unknown=unknown
    )


def rights(staged: Stage, law: LawOfDay, tiers: ir.Table, *, unknown: bool = False) -> ir.Table:
    """The rows of all rights over staged answers; `tiers` is the table of the law's tiers (`law.table()`)."""
    found = []
    for number, right in enumerate(law.rights):
        table = staged.persons if right.unit == "person" else staged.households
        rows = [granted(right.unit, right.asked, table)]
        if unknown:
            rows.append(undetermined(right.unit, right.asked, table))
        found += [part.mutate(right=ibis.literal(number, "int16")) for part in rows]
    return completed(ibis.union(*found) if len(found) > 1 else found[0], tiers)


#: Of a right that is not determined, in place of its tier.
NO_TIER = -1


def granted(unit: str, asked: tuple[Asked, ...], table: ir.Table) -> ir.Table:
    """Those who have a right, by the place of their tier: the first that holds."""
    among, held = _holders(asked, table)
    ended = [_until(tier, among) for tier in asked]
    higher = [
        reduce(or_, [so.isnull() for so in held[:place]]) if place else False for place in range(len(held))
    ]
    return among.select(
        **_counted(unit, asked, among, held),
        since=_pick(held, [_since(tier, among) for tier in asked], "date"),
        until=_pick(held, [day for day, _ in ended], "date"),
        ends_because=_pick(held, [why for _, why in ended], "string"),
        at_least=_pick(held, higher, "boolean"),
        missing=ibis.null("string"),
    )


def counted(unit: str, asked: tuple[Asked, ...], table: ir.Table) -> ir.Table:
    """Those of `granted` with their tier and by how much its amount is multiplied alone."""
    among, held = _holders(asked, table)
    return among.select(**_counted(unit, asked, among, held))


def _holders(asked: tuple[Asked, ...], table: ir.Table) -> tuple[ir.Table, list[ir.BooleanValue]]:
    """The rows of whom some tier holds, and whether each does."""
    among = table.filter(reduce(or_, [columns.whether(tier.condition, table) for tier in asked]))
    return among, [columns.whether(tier.condition, among) for tier in asked]


def _counted(
    unit: str, asked: tuple[Asked, ...], among: ir.Table, held: list[ir.BooleanValue]
) -> dict[str, ir.Value]:
    return {
        "place": _pick(held, list(range(len(asked))), "int8"),
        "household": among.household,
        "person": _person(unit, among),
        "many": _pick(held, [_many(tier, among) for tier in asked], "float64"),
    }


def _pick(held: list[ir.BooleanValue], values: list[Any], kind: str) -> ir.Value:
    """Of the values the one whose tier is the first that holds."""
    if len(values) == 1 or not any(isinstance(v, ir.Value) or v != values[0] for v in values):
        return _value(values[0], kind)
    return ibis.cases(*zip(held, [_value(v, kind) for v in values], strict=True), else_=ibis.null(kind))


def undetermined(unit: str, asked: tuple[Asked, ...], table: ir.Table) -> ir.Table:
    """Those of whom no tier surely holds and one may, with the codes of what is not known."""
    among = table.filter(reduce(or_, [columns.whether(tier.condition, table) for tier in asked]).isnull())
    codes = sorted({leaf.code for tier in asked for leaf in leaves(tier.condition)})
    missing = [ibis.ifelse(among[code].isnull(), f"{code} ", "") for code in codes]
    return among.select(
        place=ibis.literal(NO_TIER, "int8"),
        household=among.household,
        person=_person(unit, among),
        many=ibis.null("float64"),
        since=ibis.null("date"),
        until=ibis.null("date"),
        ends_because=ibis.null("string"),
        at_least=ibis.null("boolean"),
        missing=reduce(add, missing).rstrip(),
    )


def completed(rows: ir.Table, tiers: ir.Table) -> ir.Table:
    """Rows of rights by number with what the law says of their tier."""
    both = rows.inner_join(tiers, [rows.right == tiers.of_right, rows.place == tiers.of_place])
    many = both.many
    return both.select(
        "policy", "benefit", "tier", "household", "person",
        state=ibis.ifelse(both.place == NO_TIER, UNKNOWN, YES),
        amount=amount(both),
        quantity=ibis.ifelse(both.counted, both.each_quantity * many, both.each_quantity),
        unit=both.unit, rate=both.rate, per=both.per, times=both.times,
        since=_told(both, ibis.greatest(both.since, both.first)),
        until=_told(both, ibis.least(both.until, both.last).nullif(ibis.literal(FOREVER))),
        ends_because=_told(
            both, ibis.cases((both.until < both.last, both.ends_because), (both.last < ibis.literal(FOREVER), "act"))
        ),
        on_escape=both.on_escape, at_least=both.at_least, article=both.article,
        facts=ibis.coalesce(both.missing, both.facts),
    )  # fmt: skip


def amount(rows: ir.Table) -> ir.IntegerValue:
    """Đồng of rows that know their tier, `each` once or by how many."""
    return ibis.ifelse(rows.counted, (rows.each * rows.many).round().cast("int64"), rows.each)


def _told(rows: ir.Table, value: ir.Value) -> ir.Value:
    """Of rows that are determined."""
    kind = "string" if value.type().is_string() else "date"
    return ibis.ifelse(rows.place == NO_TIER, ibis.null(kind), value.cast(kind))


def _person(unit: str, table: ir.Table) -> ir.Value:
    return table.person if unit == "person" else ibis.null("int64")


def _value(value: Any, kind: str) -> ir.Value:
    if isinstance(value, ir.Value):
        return value.cast(kind)
    return ibis.null(kind) if value is None else ibis.literal(value, kind)


def _many(tier: Asked, table: ir.Table) -> ir.Value | None:
    """By what an amount is multiplied: the persons of the household, or hectares up to the most that count."""
    if tier.per_person:
        return table.persons.cast("float64")
    if not tier.of:
        return None
    many = table[tier.of].cast("float64")
    return many if tier.most is None else ibis.ifelse(many > tier.most, tier.most, many)


def _since(tier: Asked, table: ir.Table) -> ir.Value | dt.date:
    found = columns.begins(tier.condition, table)
    return reduce(ibis.greatest, found) if found else columns.ALWAYS_SINCE


def _until(tier: Asked, table: ir.Table) -> tuple[ir.Value | dt.date, ir.Value | None]:
    """The last day that time sets before the act's own, and what sets it."""
    found = columns.ends(tier.condition, table)
    if not found:
        return FOREVER, None
    last = reduce(ibis.least, [day for _, day in found])
    if len(found) == 1:
        return last, ibis.literal(found[0][0])
    return last, ibis.cases(
        *[(day == last, ibis.literal(why)) for why, day in found], else_=ibis.null("string")
    )
