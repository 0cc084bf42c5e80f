"""B1 computed from the answers, item by item; only where the point table is complete, which none is today."""

from collections.abc import Mapping

import ibis
import ibis.expr.types as ir

from giamngheo.rules.standards import PointItem, PointTable

LEVELS = ("none", "primary", "lower_secondary", "upper_secondary", "vocational", "college")


def member_columns(member: ir.Table, table: PointTable) -> dict[str, ir.Value]:
    """What the items need counted over the members, as aggregates to be joined to the household."""
    found: dict[str, ir.Value] = {}
    for item in table.items:
        for name, value in _COUNTED.get(item.rule, lambda m, i: {})(member, item).items():
            found[f"b1_{item.code}_{name}"] = value
    return found


def total(household: ir.Table, table: PointTable) -> ir.IntegerValue:
    """B1 of a household joined with member_columns(); null where any answer is not known."""
    return sum(POINT_RULES[item.rule](household, item, table) for item in table.items)


def _count(condition: ir.BooleanValue) -> dict[str, ir.Value]:
    """How many it is true of, and of how many it is not known."""
    return {
        "yes": condition.fill_null(False).cast("int32").sum(),
        "unknown": condition.isnull().cast("int32").sum(),
    }


def _dependant(member: ir.Table, item: PointItem) -> ir.BooleanValue:
    """Item 2: a child, an old person, or disabled or severely ill without labour capacity."""
    young_or_old = (member.age < item.params["child_below"]) | (member.age > item.params["old_above"])
    return young_or_old | member.no_labour_capacity


def _education(member: ir.Table, item: PointItem) -> dict[str, ir.Value]:
    rank = ibis.cases(*((member.education == level, place) for place, level in enumerate(LEVELS)))
    return {"rank": rank.max(), "unknown": member.education.isnull().cast("int32").sum()}


def _first_facts(member: ir.Table, item: PointItem) -> dict[str, ir.Value]:
    found: dict[str, ir.Value] = {}
    for option in item.options:
        for name, value in _count(member[option["fact"]]).items():
            found[f"{option['fact']}_{name}"] = value
    return found


_COUNTED = {
    "points_by_household_size": lambda m, item: _count(_dependant(m, item)),
    "points_by_number_of_dependants": lambda m, item: _count(_dependant(m, item)),
    "points_by_number_of_pensioners": lambda m, item: _count(m.pension),
    "points_by_highest_education": _education,
    "points_by_first_member_fact": _first_facts,
}


def _for_area(household: ir.Table, table: PointTable, option: Mapping[str, object]) -> ir.IntegerValue:
    return ibis.cases(
        *((household.area_type == area, table.points(option, area)) for area in ("rural", "urban")),
        else_=ibis.null("int32"),
    )


def _by_number(
    household: ir.Table, number: ir.IntegerValue, item: PointItem, table: PointTable
) -> ir.IntegerValue:
    arms = []
    for option in item.options:
        within = number >= option["from"]
        if "to" in option:
            within &= number <= option["to"]
        arms.append((within, _for_area(household, table, option)))
    return ibis.cases(*arms, else_=ibis.null("int32"))


def _column(household: ir.Table, item: PointItem, name: str) -> ir.Value:
    return household[f"b1_{item.code}_{name}"]


def points_by_household_size(household: ir.Table, item: PointItem, table: PointTable) -> ir.IntegerValue:
    """Item 1: by the number of persons; none if every member is a dependant."""
    yes, unknown = (_column(household, item, name) for name in ("yes", "unknown"))
    points = _by_number(household, household.persons, item, table)
    return ibis.cases(
        (yes == household.persons, 0),
        (yes + unknown < household.persons, points),
        else_=ibis.null("int32"),
    )


def points_by_count(household: ir.Table, item: PointItem, table: PointTable) -> ir.IntegerValue:
    """Items 2 and 5: by how many members it is true of."""
    number = _column(household, item, "yes")
    known = _column(household, item, "unknown") == 0
    return ibis.cases((known, _by_number(household, number, item, table)), else_=ibis.null("int32"))


def points_by_highest_education(household: ir.Table, item: PointItem, table: PointTable) -> ir.IntegerValue:
    """Item 3: by the highest diploma of a member; below those listed, none."""
    rank = _column(household, item, "rank")
    known = _column(household, item, "unknown") == 0
    arms = [
        (known & (rank == LEVELS.index(option["level"])), _for_area(household, table, option))
        for option in item.options
    ]
    return ibis.cases(*arms, (known & rank.notnull(), 0), else_=ibis.null("int32"))


def points_by_first_member_fact(household: ir.Table, item: PointItem, table: PointTable) -> ir.IntegerValue:
    """Item 4: the first of these that is true of a member; none if none is."""
    points = ibis.literal(0)
    for option in reversed(item.options):
        yes = _column(household, item, f"{option['fact']}_yes") > 0
        unknown = _column(household, item, f"{option['fact']}_unknown") > 0
        points = ibis.cases(
            (yes, _for_area(household, table, option)), (unknown, ibis.null("int32")), (~yes, points)
        )
    return points


def points_if_household_fact(household: ir.Table, item: PointItem, table: PointTable) -> ir.IntegerValue:
    """Item 6: if it is so of the house."""
    (option,) = item.options
    fact = household[option["fact"]]
    return ibis.cases((fact, _for_area(household, table, option)), (~fact, 0), else_=ibis.null("int32"))


def points_by_answer(household: ir.Table, item: PointItem, table: PointTable) -> ir.IntegerValue:
    """By the answer chosen, as for water and toilet."""
    answer = household[item.params["fact"]]
    arms = [(answer == option["answer"], _for_area(household, table, option)) for option in item.options]
    return ibis.cases(*arms, else_=ibis.null("int32"))


POINT_RULES = {
    "points_by_household_size": points_by_household_size,
    "points_by_number_of_dependants": points_by_count,
    "points_by_number_of_pensioners": points_by_count,
    "points_by_highest_education": points_by_highest_education,
    "points_by_first_member_fact": points_by_first_member_fact,
    "points_if_household_fact": points_if_household_fact,
    "points_by_answer": points_by_answer,
}


def household_facts_read(table: PointTable) -> tuple[str, ...]:
    """Household facts the items look at."""
    return tuple(
        dict.fromkeys(
            [o["fact"] for i in table.items if i.rule == "points_if_household_fact" for o in i.options]
            + [i.params["fact"] for i in table.items if i.rule == "points_by_answer"]
        )
    )


def member_facts_read(table: PointTable) -> tuple[str, ...]:
    """Member facts the items look at."""
    named = [o["fact"] for i in table.items if i.rule == "points_by_first_member_fact" for o in i.options]
    return tuple(
        dict.fromkeys(["birth_date", "birth_year", "no_labour_capacity", "pension", "education", *named])
    )
