"""What may be asked of rights, deliveries and findings; always of what the asking person may see."""

# ruff: noqa: S608  (only constants of ours are laid into the queries)

import datetime as dt
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from typing import Any

import pyarrow as pa
from django.db import connection
from django.db.models import Case, Count, Prefetch, QuerySet, SmallIntegerField, Sum, Value, When

from giamngheo.access.models import User
from giamngheo.areas.models import Level, Unit
from giamngheo.areas.queries import descendants_on
from giamngheo.registry.models import Household
from giamngheo.rules.explain import Answer, carried_on, explain
from giamngheo.rules.policies import policies
from giamngheo.support.models import (
    Delivery,
    Finding,
    FindingSearch,
    Intake,
    IntakeProblem,
    IntakeRow,
    LoanStanding,
    SupportLine,
    SupportList,
)
from giamngheo.support.rights import ranks_of
from giamngheo.support.snapshot import register_on


@dataclass(frozen=True)
class Counted:
    """A year of one policy, or of one unit: what lists grant, what came in that year, what is missing and what is double.

    Money in đồng; `given` is without what was `lent`."""

    key: Any
    listed: int
    due: int
    holders: int
    given: int
    lent: int
    missing: int
    missing_amount: int
    double: int
    double_amount: int


_COLUMNS = (
    "sum(t.listed), sum(t.due), sum(t.holders), sum(t.given), sum(t.lent), sum(t.missing), sum(t.missing_amount),"
    ' sum(t."double"), sum(t.double_amount)'
)
_BY_POLICY = f"""
SELECT t.policy, {_COLUMNS} FROM support_supporttally t
JOIN areas_within w ON w.unit_id = t.village_id AND w.ancestor_id = %(unit)s AND %(day)s BETWEEN w.valid_from AND coalesce(w.valid_to, 'infinity')
WHERE t.year = %(year)s GROUP BY 1 ORDER BY 3 DESC, 1
"""
_BY_UNIT = f"""
SELECT below.ancestor_id, {_COLUMNS} FROM support_supporttally t
JOIN areas_within w ON w.unit_id = t.village_id AND w.ancestor_id = %(unit)s AND %(day)s BETWEEN w.valid_from AND coalesce(w.valid_to, 'infinity')
JOIN areas_within below ON below.unit_id = t.village_id AND below.level = %(level)s AND %(day)s BETWEEN below.valid_from AND coalesce(below.valid_to, 'infinity')
WHERE t.year = %(year)s AND (%(policy)s = '' OR t.policy = %(policy)s) GROUP BY 1
"""


def by_policy(unit: Unit, year: int, day: dt.date, *, seen_by: User) -> list[Counted]:
    """The policies of a year in a unit, the largest first; `key` is the slug."""
    return _counted(_BY_POLICY, {"unit": unit.pk, "year": year, "day": day})


def by_unit(
    unit: Unit, year: int, day: dt.date, *, level: int, policy: str = "", seen_by: User
) -> list[Counted]:
    """The units of a level within a unit; `key` is the unit, in Vietnamese order."""
    words = {"unit": unit.pk, "year": year, "day": day, "level": level, "policy": policy}
    rows = {row.key: row for row in _counted(_BY_UNIT, words)}
    units = Unit.objects.filter(pk__in=rows).order_by("name_key", "code")
    return [Counted(**{**vars(rows[one.pk]), "key": one}) for one in units]


def holders_by_year(
    units: Collection[Unit], day: dt.date, *, policies: Collection[str], seen_by: User
) -> list[tuple[int, int, str, int]]:
    """(unit, year, policy, households or persons that received) of units as they lay on a day, where anybody did. One query."""
    with connection.cursor() as cursor:
        cursor.execute(
            """SELECT w.ancestor_id, t.year, t.policy, sum(t.holders)::integer FROM support_supporttally t
            JOIN areas_within w ON w.unit_id = t.village_id AND %(day)s BETWEEN w.valid_from AND coalesce(w.valid_to, 'infinity')
            WHERE w.ancestor_id = ANY(%(units)s) AND t.policy = ANY(%(policies)s) AND t.holders > 0 GROUP BY 1, 2, 3""",
            {"day": day, "units": [unit.pk for unit in units], "policies": list(policies)},
        )
        return [(unit, year, policy, holders) for unit, year, policy, holders in cursor.fetchall()]


def _counted(sql: str, words: dict[str, Any]) -> list[Counted]:
    with connection.cursor() as cursor:
        cursor.execute(sql, words)
        return [Counted(key, *map(int, numbers)) for key, *numbers in cursor.fetchall()]


def checked(units: Collection[Unit], year: int, *, seen_by: User) -> set[int]:
    """Of these units, those in the whole of which the year was looked through, by whoever answers for it."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT support_checked(%s, %s)", [year, [unit.pk for unit in units]])
        return {unit for (unit,) in cursor.fetchall()}


def years(*, seen_by: User) -> list[int]:
    """The years of which a decided list, a delivery or a finding is in the book, the latest first."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT DISTINCT year FROM support_supporttally ORDER BY 1 DESC")
        return [year for (year,) in cursor.fetchall()]


def last_year_listed(*, seen_by: User) -> int | None:
    """The latest year of which a decided list says what is due; None where there is no such list."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT max(year) FROM support_supporttally WHERE listed > 0")
        found: int | None = cursor.fetchone()[0]
        return found


# --- a household ----------------------------------------------------------------------------------------------------


def rights_of_household(household: Household, day: dt.date, *, seen_by: User) -> list[Answer]:
    """Every right of a household and of each member on a day: had, not had and why, or not known and what is missing."""
    register = register_on(day, households=[household.pk])
    homes = register.households.to_pylist()
    if not homes:
        return []
    members = register.members.to_pylist()
    ours = pa.array([1] * register.received.num_rows, pa.int64())  # `explain` calls its one household 1
    received = register.received.set_column(0, "household", ours)
    home, people = _known(homes[0]), [_known(m) for m in members]
    answers = explain(home, people, on=day, received=received)
    return list(carried_on(answers, home, people, received=received))


def _known(row: dict[str, Any]) -> dict[str, Any]:
    """What is told, and that somebody never left a list: of the other columns a null is not known."""
    kept = ("left_poor_on", "left_near_poor_on", "poor_type")
    return {key: value for key, value in row.items() if value is not None or key in kept}


def deliveries_of(household: Household, *, seen_by: User) -> QuerySet[Delivery]:
    """All help of a household over the years, the latest first; what was replaced is left out."""
    return (
        Delivery.objects.filter(household=household, retired_at__isnull=True, void=False)
        .select_related("person", "recorded_by", "intake")
        .prefetch_related(Prefetch("standings", LoanStanding.objects.order_by("-on", "-pk")), "fates")
        .order_by("-period", "-given_on", "-pk")
    )


#: Which recorded cause of poverty a group of policies answers; a cause that none of them answers stays open.
ANSWERS = {
    "credit": {"no_capital"},
    "health": {"illness"},
    "training": {"no_skill", "no_knowledge"},
    "education": {"no_skill"},
    "work": {"no_skill", "no_labour"},
    "production": {"no_tools", "no_knowledge"},
    "land": {"no_land"},
}


def causes_of(household: Household, given: Sequence[Delivery], *, seen_by: User) -> list[tuple[str, bool]]:
    """The causes of poverty that the last visit recorded, and whether any help of the last three years answers each."""
    visit = (
        household.visits.filter(retired_at__isnull=True, answers__has_key="causes")
        .order_by("-visited_on")
        .first()
    )
    if visit is None or visit.visited_on is None:
        return []
    since = visit.visited_on - dt.timedelta(days=3 * 365)
    recent = {policies()[d.policy].group for d in given if d.policy in policies() and d.given_on >= since}
    answered = {cause for group in recent for cause in ANSWERS.get(group, ())}
    return [(cause, cause in answered) for cause in visit.answers["causes"]]


def delivery_seen(pk: int, *, seen_by: User) -> Delivery | None:
    return Delivery.objects.select_related("household", "person").filter(pk=pk).first()


def lines_of(household: Household, *, seen_by: User) -> QuerySet[SupportLine]:
    """The decided lists on which a household or its members stand."""
    found = SupportLine.objects.filter(household=household, of__state=SupportList.State.DECIDED)
    return found.select_related("of", "person").order_by("-of__period", "of__policy", "pk")


def findings_of(household: Household, *, seen_by: User) -> QuerySet[Finding]:
    found = Finding.objects.filter(household=household).select_related("person")
    return found.order_by("-year", "side", "kind", "pk")


# --- findings -------------------------------------------------------------------------------------------------------


def findings(
    *,
    year: int | None = None,
    unit: Unit | None = None,
    day: dt.date,
    side: str = "",
    kind: str = "",
    policy: str = "",
    keeper: str = "",
    state: str = "open",
    seen_by: User,
) -> QuerySet[Finding]:
    """Findings, the largest amounts first; '' leaves a word open."""
    found = Finding.objects.select_related("household", "person", "village")
    wanted = {"year": year, "side": side, "kind": kind, "policy": policy, "keeper": keeper, "state": state}
    found = found.filter(**{key: value for key, value in wanted.items() if value})
    if unit is not None:
        within = descendants_on(unit, day, Level.VILLAGE).values("pk")
        found = found.filter(village__in=within)
    return found.order_by("-amount", "pk")


def finding_seen(pk: int, *, seen_by: User) -> Finding | None:
    found = Finding.objects.select_related("household", "person", "village", "decided_by")
    return found.filter(pk=pk).first()


def deliveries_in(finding: Finding, *, seen_by: User) -> list[Delivery]:
    """The deliveries a finding is about, in the order given."""
    found = Delivery.objects.filter(pk__in=finding.deliveries).select_related(
        "person", "recorded_by", "intake"
    )
    return list(found.order_by("given_on", "pk"))


def kinds_of(found: QuerySet[Finding]) -> list[tuple[str, str, int, int]]:
    """(side, kind, how many, đồng) of these findings."""
    rows = found.order_by().values("side", "kind").annotate(n=Count("pk"), sum=Sum("amount"))
    return [(row["side"], row["kind"], row["n"], row["sum"] or 0) for row in rows.order_by("side", "-n")]


def last_search(*, seen_by: User) -> FindingSearch | None:
    return FindingSearch.objects.filter(asked_by=seen_by).order_by("-pk").first()


# --- lists, workbooks, every đồng -----------------------------------------------------------------------------------


def lists(*, unit: Unit, day: dt.date, year: int | None = None, seen_by: User) -> QuerySet[SupportList]:
    """The lists of a unit's communes, those that wait first."""
    within = descendants_on(unit, day, Level.COMMUNE).values("pk")
    found = SupportList.objects.filter(commune__in=within).select_related("commune", "drawn_by")
    if year:
        found = found.filter(period__startswith__year=year)
    found = found.annotate(holders=Count("lines"), due=Sum("lines__amount"))
    return found.order_by("-period", "commune__name_key", "policy", "-pk")


def list_seen(pk: int, *, seen_by: User) -> SupportList | None:
    found = SupportList.objects.select_related("commune", "drawn_by", "checked_by", "decided_by")
    return found.filter(pk=pk).first()


def lines_in(of: SupportList, *, village: int | None = None, seen_by: User) -> QuerySet[SupportLine]:
    """The holders of a list by village; of a policy with ranks those to be served first stand first."""
    found = of.lines.select_related("household", "person", "village")
    if village:
        found = found.filter(village=village)
    order = ["village__name_key", "household", "person"]
    if ranks := ranks_of(policies()[of.policy]):
        places = [When(tier=code, then=Value(place)) for place, code in enumerate(ranks)]
        found = found.alias(rank=Case(*places, default=Value(len(ranks)), output_field=SmallIntegerField()))
        order.insert(0, "rank")
    return found.order_by(*order)


@dataclass(frozen=True)
class Difference:
    """How the register of today differs from a list: somebody it would add, leave out, or give another amount."""

    what: str
    household: int
    person: int | None
    benefit: str
    before: int | None
    after: int | None


def differences(of: SupportList, rights: Sequence[dict[str, Any]], *, seen_by: User) -> list[Difference]:
    """A list beside the rights of today (rows of `rights_on` for its villages): what changed in the register since."""
    listed = {(r.household_id, r.person_id, r.benefit): r.amount for r in of.lines.filter(answer="yes")}
    now = {
        (r["household"], r["person"], r["benefit"]): r["year_amount"]
        for r in rights
        if r["policy"] == of.policy
    }
    found = [Difference("added", *key, None, now[key]) for key in sorted(now.keys() - listed.keys(), key=str)]
    found += [
        Difference("gone", *key, listed[key], None) for key in sorted(listed.keys() - now.keys(), key=str)
    ]
    found += [
        Difference("amount", *key, listed[key], now[key])
        for key in sorted(listed.keys() & now.keys(), key=str)
        if listed[key] != now[key]
    ]
    return found


def intakes(*, seen_by: User) -> QuerySet[Intake]:
    """The workbooks a person brought, the latest first; auditors see everyone's."""
    return Intake.objects.select_related("created_by").order_by("-pk")


def problems(of: Intake, *, seen_by: User) -> QuerySet[IntakeProblem]:
    return of.problems.order_by("warning", "row", "pk")


def doubtful(of: Intake, *, seen_by: User) -> QuerySet[IntakeRow]:
    """The rows that wait for somebody to say who is meant, and those somebody has settled."""
    return of.rows.filter(candidates__0__isnull=False, how__in=("doubtful", "person", "nobody")).order_by(
        "row"
    )


def traced(policy: str, commune: Unit, year: int, day: dt.date, *, seen_by: User) -> QuerySet[Delivery]:
    """Every delivery of one policy given in one commune in a year, from its source to the household; whatever days it is for."""
    villages = descendants_on(commune, day, Level.VILLAGE).values("pk")
    found = Delivery.objects.filter(policy=policy, village__in=villages, retired_at__isnull=True, void=False)
    found = found.filter(given_on__range=(dt.date(year, 1, 1), dt.date(year, 12, 31)))
    return found.select_related("household", "person", "village", "intake", "recorded_by").order_by(
        "village__name_key", "household", "person", "given_on"
    )


def sources_of(found: QuerySet[Delivery]) -> list[tuple[str, str, int, int]]:
    """(source, agency, deliveries, đồng) of these deliveries."""
    rows = found.order_by().values("source", "agency").annotate(n=Count("pk"), sum=Sum("amount"))
    return [(r["source"], r["agency"], r["n"], r["sum"] or 0) for r in rows.order_by("-sum")]
