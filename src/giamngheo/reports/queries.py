"""What may be asked of issued reports. Row-level security shows a person those of their units alone."""

import datetime as dt
import zlib
from collections.abc import Iterable

import pyarrow as pa
from django.core.cache import cache
from django.db import connection
from django.db.models import QuerySet

from giamngheo.access.models import User
from giamngheo.access.queries import installation
from giamngheo.areas.models import Nesting
from giamngheo.areas.models import Unit as AreaUnit
from giamngheo.areas.queries import valid
from giamngheo.measures.movement import LISTS
from giamngheo.reports.models import IssuedReport, Production
from giamngheo.reports.official.behind import Cell, find_households
from giamngheo.reports.official.build import Issue
from giamngheo.reports.official.frozen import thaw
from giamngheo.reports.official.lists import MEMBERS, gather_lists, list_report
from giamngheo.reports.official.report import Basis, Report, Unit, Units
from giamngheo.reviews.snapshot import ends_on, snapshot
from giamngheo.rules.procedures import procedure_on
from giamngheo.rules.standards import standard_named
from giamngheo.surveys.models import Round


def basis_of(round: Round) -> Basis:
    """By what the reports of a round are made: its standard, its year, and the look-back of its procedure."""
    procedure = procedure_on(round.reference_date)
    years = procedure.fall_back_years
    return Basis(
        standard_named(round.standard),
        round.year,
        years.value if years else None,
        procedure.report_forms,
    )


def units_on_day(day: dt.date) -> Units:
    """Every unit of a day with the one above it. Two queries."""
    above = dict(Nesting.objects.filter(valid(day)).values_list("child_id", "parent_id"))
    rows = AreaUnit.objects.filter(valid(day)).values_list("id", "code", "name", "level", "kind")
    return Units(Unit(id, code, name, level, above.get(id), kind) for id, code, name, level, kind in rows)


def productions(round: Round, *, seen_by: User) -> QuerySet[Production]:
    """The jobs of a round, the latest first."""
    return Production.objects.filter(round=round).select_related("round", "asked_by").order_by("-pk")


def progress_key(production: Production) -> str:
    return f"reports-{production.pk}"


def progress_of(production: Production) -> int:
    """How many reports are made so far."""
    return production.total if production.finished else int(cache.get(progress_key(production), 0))


def latest_rows(round: Round, deadline: str, as_of: dt.date) -> QuerySet[IssuedReport]:
    """The reports in force of one deadline and day: of each unit and kind the last issue, without their content."""
    found = IssuedReport.objects.filter(round=round, deadline=deadline, as_of=as_of)
    last = found.order_by("unit_id", "kind", "-pk").distinct("unit_id", "kind").values("pk")
    return (
        IssuedReport.objects.filter(pk__in=last)
        .defer("content")
        .select_related("unit", "issued_by", "production")
        .order_by("unit__level", "unit__code", "place")
    )


def set_of(production: Production, unit: AreaUnit, *, seen_by: User) -> QuerySet[IssuedReport]:
    """The reports in force of a unit for the deadline and day of a job, in the order of their forms."""
    return latest_rows(production.round, production.deadline, production.as_of).filter(unit=unit)


def earlier_issues(row: IssuedReport, *, seen_by: User) -> QuerySet[IssuedReport]:
    """Other issues of the same report of the same unit of a round, the latest first: corrected, or of other days."""
    same = IssuedReport.objects.filter(round=row.round, unit__code=row.unit.code, kind=row.kind)
    return same.exclude(pk=row.pk).defer("content").select_related("issued_by").order_by("-pk")


def report_of(row: IssuedReport) -> Report:
    """The report as it was frozen."""
    return thaw(zlib.decompress(bytes(row.content)).decode())


def reports_of(rows: Iterable[IssuedReport]) -> list[Report]:
    """Several, in their order."""
    return [report_of(row) for row in rows]


_PEOPLE = """
SELECT m.household_id, (row_number() OVER (PARTITION BY m.household_id ORDER BY m.relation <> 'head', p.birth_year NULLS LAST, p.id))::int,
  p.full_name, p.birth_year, p.sex, p.ethnic, m.relation
FROM registry_membership m JOIN registry_person p ON p.id = m.person_id
WHERE m.retired_at IS NULL AND m.period @> %(on)s::date AND m.household_id = ANY (%(households)s)
"""


def list_of(production: Production, unit: AreaUnit, slug: str, *, seen_by: User) -> Report:
    """The list of poor or near-poor households of a unit with their members, as the register gives it for the job's day.

    It holds names, so it is made for the reader, of the households they may see, and is not kept. Raises UnknownFormError.
    """
    round, day = production.round, ends_on(production.round, production.as_of)
    units, basis = units_on_day(day), basis_of(round)
    table = snapshot(round, as_of=production.as_of, geography=day, villages=units.villages(unit.pk))
    listed = [
        pk
        for pk, after in zip(*table.select(["household", "after"]).to_pydict().values(), strict=True)
        if after in LISTS
    ]
    with connection.cursor() as cursor:
        cursor.execute(_PEOPLE, {"on": day, "households": listed})
        people = list(zip(*cursor.fetchall(), strict=True)) or [()] * len(MEMBERS)
    members = pa.table(
        {name: pa.array(values, kind) for (name, kind), values in zip(MEMBERS.items(), people, strict=True)}
    )
    issue = Issue(on=production.as_of, geography=day, synthetic=installation().synthetic)
    return list_report(slug, gather_lists(table, members, units, basis), unit.pk, issue)


def behind(row: IssuedReport, cell: Cell, *, seen_by: User) -> pa.Table:
    """The households that make up a cell as the register gives them now, by village; see `find_households`.

    The person must be allowed to see households: row-level security leaves out those of other areas. Raises AddressError.
    """
    day = ends_on(row.round, row.as_of)
    units, basis = units_on_day(day), basis_of(row.round)
    villages = units.villages(cell.unit) if cell.unit in units.by_id else []
    table = snapshot(row.round, as_of=row.as_of, geography=day, villages=villages)
    return find_households(cell, table, units, basis)
