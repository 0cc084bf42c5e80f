"""The answer of a what-if as it is shown: map, rows, costs by policy, source, year and group, targets."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext as _

from giamngheo.areas.models import Unit
from giamngheo.areas.queries import outlines_of
from giamngheo.pictures import figures as drawn
from giamngheo.pictures.looks import language
from giamngheo.resolution.errors import ResolutionError
from giamngheo.resolution.queries import board, geography_of, resolution_on, supposed
from giamngheo.rules.facts import ethnic_groups
from giamngheo.rules.policies import policies
from giamngheo.rules.whatif import NEW, Change, made_policy
from giamngheo.web.templatetags.formats import difference
from giamngheo.web.views.resolution import state_words
from giamngheo.web.views.whatif_asked import Asked, policy_name
from giamngheo.whatif.answer import Answer, Row
from giamngheo.whatif.costs import Cost, GroupCost
from giamngheo.whatif.loans import Loans


@dataclass(frozen=True)
class Group:
    """What support costs more or less in one group ('' where it is all of them): in the first year, in each year that is counted
    (None: not known), and đồng those who borrow by the book may borrow at most."""

    name: str
    cost: GroupCost
    more: int
    years: list[tuple[int, int | None]]
    most_before: int
    most_after: int


def pictures(found: Answer, asked: Asked) -> dict[str, Any]:
    """The map of the change, the table's rows with their names, the costs with theirs."""
    spoken = language()
    whole, *rows = found.rows
    names = names_of(groups_in(found), found.by, spoken)
    groups = groups_of(found, asked.year, names)
    shown = sorted(((names[row.group], row) for row in rows), key=lambda pair: -abs(pair[1].change or 0))
    return {
        "whole": whole,
        "rows": shown,
        "map": _map(rows, names) if found.by != "ethnic" else "",
        "costs": [
            (
                policy_name(cost.policy, asked.change, spoken),
                money_of(cost.policy, asked.change, spoken),
                cost,
                cost.after - cost.before,
            )
            for cost in found.costs
            if cost.year == asked.year
        ],
        "sources": by_source([cost for cost in found.costs if cost.year == asked.year], asked.change, spoken),
        "by_year": [
            (
                year,
                by_source([c for c in found.costs if c.year == year], asked.change, spoken),
                unknown_in(year, found, asked.change, spoken),
            )
            for year in _years(found)
        ],
        "yearly": more_of(found, "year"),
        "lent": more_of(found, "loan"),
        "loans": [
            (policy_name(one.policy, asked.change, spoken), money_of(one.policy, asked.change, spoken), one)
            for one in found.loans
        ],
        "loan_sources": loans_by_source(found.loans, asked.change, spoken),
        "targets": effects(found, asked),
        "groups": groups,
        "every_group": whole_of(groups),
        "group_figure": _figure(groups),
        "untold": unknown_in(asked.year, found, asked.change, spoken),
        "told": found.known_in(asked.year),
    }


def groups_in(found: Answer) -> list[str]:
    """Every group that has rows, costs or loans."""
    lent = (group for one in found.loans for group in one.groups)
    told = (*(row.group for row in found.rows[1:]), *(cost.group for cost in found.groups or ()), *lent)
    return list(dict.fromkeys(told))


def groups_of(found: Answer, year: int, names: Mapping[str, str]) -> list[Group]:
    """The costs of every group, by these names; the largest change of the year first."""
    of = {(cost.group, cost.year): cost for cost in found.groups or ()}
    years = _years(found)
    made = []
    for group in groups_in(found):
        most = [(one.groups.get(group, 0), one) for one in found.loans]
        costs = {one: of.get((group, one)) or GroupCost(group, one, *[0] * 8) for one in {year, *years}}
        made.append(
            Group(
                names[group],
                costs[year],
                costs[year].after - costs[year].before,
                [
                    (one, costs[one].after - costs[one].before if found.known_in(one) else None)
                    for one in years
                ],
                sum(many * one.most_before for many, one in most),
                sum(many * one.most_after for many, one in most),
            )
        )
    return sorted(made, key=lambda group: (-abs(group.more), group.name))


def whole_of(groups: list[Group]) -> Group:
    """All groups together."""
    sums = [
        sum(getattr(group.cost, name) for group in groups)
        for name in (
            "gains",
            "loses",
            "rights_before",
            "rights_after",
            "before",
            "after",
            "lent_before",
            "lent_after",
        )
    ]
    years: dict[int, int | None] = {}
    for year, more in (told for group in groups for told in group.years):
        years[year] = None if more is None else (years.get(year) or 0) + more
    return Group(
        "",
        GroupCost("", groups[0].cost.year if groups else 0, *sums),
        sum(group.more for group in groups),
        list(years.items()),
        sum(group.most_before for group in groups),
        sum(group.most_after for group in groups),
    )


def _figure(groups: list[Group]) -> str:
    """More or less a year by group; '' where nothing changes."""
    bars = [drawn.Bar(group.name, group.more, shown=difference(group.more, "dong")) for group in groups]
    told = any(group.more for group in groups)
    return drawn.groups(bars, title=_("Chi hỗ trợ một năm thay đổi, theo nhóm")) if told else ""


def more_of(found: Answer, per: str) -> int:
    """đồng more (or less) in the first year: 'year' of support, 'loan' of loans."""
    first = min((cost.year for cost in found.costs), default=0)
    return sum(
        cost.after - cost.before
        for cost in found.costs
        if cost.per == per and cost.year == first and not cost.unknown
    )


def _years(found: Answer) -> list[int]:
    """The years counted, where there are several."""
    years = sorted({cost.year for cost in found.costs})
    return years if len(years) > 1 else []


def unknown_in(year: int, found: Answer, change: Change, spoken: str) -> list[str]:
    """The policies of which a year can't be told in đồng: the value they are counted by is not known of that year."""
    return [
        policy_name(cost.policy, change, spoken) for cost in found.costs if cost.year == year and cost.unknown
    ]


def money_of(slug: str, change: Change, spoken: str) -> str:
    """Where the money of a policy comes from."""
    return (made_policy(change.new) if slug == NEW and change.new else policies()[slug]).money(spoken)


def loans_by_source(loans: list[Loans], change: Change, spoken: str) -> list[tuple[str, int, int, int]]:
    """(source of money, households that borrow, đồng they may borrow at most before and after)."""
    sums: dict[str, list[int]] = {}
    for one in loans:
        own = sums.setdefault(money_of(one.policy, change, spoken), [0, 0, 0])
        for place, value in enumerate((one.households, one.before, one.after)):
            own[place] += value
    return [(source, own[0], own[1], own[2]) for source, own in sums.items()]


def by_source(costs: list[Cost], change: Change, spoken: str) -> list[tuple[str, int, int, int, int]]:
    """(source of money, đồng a year before and after, đồng of loans before and after), the largest change first; a source of
    which nothing can be counted in đồng is left out."""
    sums: dict[str, list[int]] = {}
    for cost in costs:
        if cost.unknown:
            continue
        own = sums.setdefault(money_of(cost.policy, change, spoken), [0, 0, 0, 0])
        place = 2 if cost.per == "loan" else 0
        own[place] += cost.before
        own[place + 1] += cost.after
    made = [(source, own[0], own[1], own[2], own[3]) for source, own in sums.items()]
    return sorted(made, key=lambda row: (-abs(row[2] - row[1]) - abs(row[4] - row[3]), row[0]))


def effects(
    found: Answer, asked: Asked
) -> list[tuple[str, float, Mapping[str, str], float, Mapping[str, str]]]:
    """The targets of the resolution that go by the rates of poor and near-poor: (name, figure, how it
    stands, figure and standing if changed)."""
    whole = found.rows[0]
    if not asked.change.of_standard or not whole.n:
        return []
    moved = {"poor": whole.poor_after - whole.poor_before, "near_poor": whole.near_after - whole.near_before}
    try:
        resolution = resolution_on(asked.day)
    except ResolutionError:
        return []
    told = board(
        resolution,
        asked.unit,
        on=geography_of(resolution, asked.day),
        year=asked.year,
        seen_by=asked.request.user,
    )
    made: list[tuple[str, float, Mapping[str, str], float, Mapping[str, str]]] = []
    for one in told.values():
        measure = one.indicator.measure
        if (
            one.indicator.standard != found.standard
            or not measure
            or measure.get("numerator") not in moved
            or not one.standing.last
        ):
            continue
        points = 100 * moved[measure["numerator"]] / whole.n
        then = supposed(one, by=points)
        figures = (one.standing.last.value, then.last.value if then.last else 0.0)
        made.append(
            (
                one.target.name(language()),
                figures[0],
                state_words(one.standing.state, language()),
                figures[1],
                state_words(then.state, language()),
            )
        )
    return made


def names_of(groups: list[str], by: str, language: str) -> dict[str, str]:
    """The groups of a division in words."""
    if by == "ethnic":
        known = ethnic_groups()
        return {g: known[g].label(language) if g in known else _("không ghi") for g in groups}
    units = Unit.objects.in_bulk([int(g) for g in groups if g])
    return {
        g: f"{units[int(g)].kind} {units[int(g)].name}"
        if g and int(g) in units
        else _("hộ đợt này không khảo sát")
        for g in groups
    }


def _map(rows: list[Row], names: Mapping[str, str]) -> str:
    units = Unit.objects.in_bulk([int(row.group) for row in rows if row.group])
    outlines = outlines_of(units.values())
    rate = {row.group: row.poor_after / row.n if row.n else None for row in rows}
    places = [
        drawn.Place(outlines[int(row.group)], names[row.group], rate[row.group])
        for row in rows
        if row.group and int(row.group) in outlines
    ]
    return drawn.choropleth(places, title=_("Tỷ lệ nghèo nếu thay đổi")) if places else ""
