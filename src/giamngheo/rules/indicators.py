"""The rules of deprivation, one function for each shape an article takes; their numbers come from law/standards.

Every answer is true (deprived), false, or null (not known), and null is never taken for false. A rule over members is
asked of each member; the household is deprived if it is true of any, not deprived if it is false of all, else unknown.
The columns of a household are its facts and `persons`; those of a member are the member's facts, `age` in full years on
the day of the review (by year alone where only the year of birth is known) and `year_born`.
"""

from collections.abc import Callable, Mapping
from functools import reduce
from operator import and_, or_
from typing import Any

import ibis
import ibis.expr.types as ir

Params = Mapping[str, Any]


def any_member_with(member: ir.Table, params: Params) -> ir.BooleanValue:
    """Of an age, and it is so: a child under 16 is malnourished; someone was ill and not treated."""
    return _of_age(member, params, member[params["fact"]])


def any_member_without(member: ir.Table, params: Params) -> ir.BooleanValue:
    """Of an age, and it is not so: aged 6 or more without health insurance; 5 to under 15 and not at school."""
    return _of_age(member, params, ~member[params["fact"]])


def any_adult_unschooled(member: ir.Table, params: Params) -> ir.BooleanValue:
    """Aged 15 or more, born in 1986 or later, has not finished lower secondary school and attends no school."""
    unschooled = ~member.education.isin(params["finished"]) & ~member.attends_school
    return _of_age(member, params, (member.year_born >= params["born_from"]) & unschooled)


def any_worker_without_job_or_contract(member: ir.Table, params: Params) -> ir.BooleanValue:
    """Of working age, able and willing, and without a job, or with a wage job without a labour contract."""
    without_contract = member.has_wage_job & ~member.has_contract
    return member.working_age_able & (~member.has_job | without_contract)


def any_member_below_schooling_of_age(member: ir.Table, params: Params) -> ir.BooleanValue:
    """In an age band, and neither finished nor attends one of the levels the band asks for."""
    return _any_band(
        member,
        params,
        lambda levels: ~member.education.isin(levels) & ~_attends(member, levels),
    )


def any_child_not_at_level_of_age(member: ir.Table, params: Params) -> ir.BooleanValue:
    """In an age band, and does not attend one of the levels of the band."""
    return _any_band(member, params, lambda levels: ~_attends(member, levels))


def dependants_over_share(member: ir.Table, params: Params) -> ir.BooleanValue:
    """Of a member: is a dependant, a child or on a monthly social allowance. The share is taken by over_share()."""
    return (member.age < params["child_below"]) | member.social_allowance


def over_share(
    yes: ir.IntegerValue, unknown: ir.IntegerValue, all_: ir.IntegerValue, params: Params
) -> ir.Value:
    """More than the share of the members: surely, surely not, or it hangs on those not known."""
    limit = all_ * params["over_percent"]
    return ibis.cases(
        (yes * 100 > limit, ibis.literal(True)),
        ((yes + unknown) * 100 <= limit, ibis.literal(False)),
        else_=ibis.null("boolean"),
    )


def answer_is_one_of(household: ir.Table, params: Params) -> ir.BooleanValue:
    """The answer is one of these: the house is not solid or makeshift."""
    return household[params["fact"]].isin(params["answers"])


def answer_is_none_of(household: ir.Table, params: Params) -> ir.BooleanValue:
    """The answer is none of these: neither tap, nor well, nor …"""
    return ~household[params["fact"]].isin(params["answers"])


def area_per_head_below(household: ir.Table, params: Params) -> ir.BooleanValue:
    """Floor area per head below so many square metres; without a person it is not known."""
    persons = household.persons.nullif(0)
    return household[params["fact"]] < persons * params["square_metres"]


def has_none_of(household: ir.Table, params: Params) -> ir.BooleanValue:
    """None of these is so: neither telephone nor internet."""
    return reduce(and_, (~household[fact] for fact in params["facts"]))


def at_least_so_many_are_not(household: ir.Table, params: Params) -> ir.BooleanValue:
    """At least so many of these are not so: two of walls, pillars and roof are not durable."""
    facts = [household[fact] for fact in params["facts"]]
    not_so = sum((~fact).fill_null(False).cast("int8") for fact in facts)
    perhaps = sum((~fact).fill_null(True).cast("int8") for fact in facts)
    return ibis.cases(
        (not_so >= params["at_least"], ibis.literal(True)),
        (perhaps < params["at_least"], ibis.literal(False)),
        else_=ibis.null("boolean"),
    )


def _of_age(member: ir.Table, params: Params, so: ir.BooleanValue) -> ir.BooleanValue:
    bounds = []
    if "age_from" in params:
        bounds.append(member.age >= params["age_from"])
    if "age_below" in params:
        bounds.append(member.age < params["age_below"])
    return reduce(and_, [*bounds, so])


def _any_band(
    member: ir.Table, params: Params, so: Callable[[list[str]], ir.BooleanValue]
) -> ir.BooleanValue:
    return reduce(or_, (_of_age(member, band, so(band["levels"])) for band in params["ages"]))


def _attends(member: ir.Table, levels: list[str]) -> ir.BooleanValue:
    return member.attends_school & member.school_level.isin(levels)


#: Asked of each member; true of any makes the household deprived.
MEMBER_RULES: dict[str, Callable[[ir.Table, Params], ir.BooleanValue]] = {
    rule.__name__: rule
    for rule in (
        any_member_with,
        any_member_without,
        any_adult_unschooled,
        any_worker_without_job_or_contract,
        any_member_below_schooling_of_age,
        any_child_not_at_level_of_age,
    )
}
#: Asked of each member; the household is deprived if it is true of more than a share of them.
SHARE_RULES = {dependants_over_share.__name__: dependants_over_share}
#: Asked of the household.
HOUSEHOLD_RULES: dict[str, Callable[[ir.Table, Params], ir.BooleanValue]] = {
    rule.__name__: rule
    for rule in (
        answer_is_one_of,
        answer_is_none_of,
        area_per_head_below,
        has_none_of,
        at_least_so_many_are_not,
    )
}
#: Facts a rule reads beside those its parameters name (`fact`, `facts`).
READS: dict[str, tuple[str, ...]] = {
    "any_adult_unschooled": ("education", "attends_school", "birth_date", "birth_year"),
    "any_worker_without_job_or_contract": ("working_age_able", "has_job", "has_wage_job", "has_contract"),
    "any_member_below_schooling_of_age": ("education", "attends_school", "school_level"),
    "any_child_not_at_level_of_age": ("attends_school", "school_level"),
    "dependants_over_share": ("social_allowance", "birth_date", "birth_year"),
    "area_per_head_below": ("persons",),
}


def facts_read(rule: str, params: Params) -> tuple[str, ...]:
    """The facts an indicator's rule looks at, those the reviewer must collect for it."""
    named = tuple(params.get("facts", ())) + ((params["fact"],) if "fact" in params else ())
    ages = any(key in params for key in ("age_from", "age_below", "ages"))
    return tuple(
        dict.fromkeys((*named, *READS.get(rule, ()), *(("birth_date", "birth_year") if ages else ())))
    )
