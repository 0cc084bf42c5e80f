"""The figures there are of an indicator and unit: from the register, lists of areas, what was given, a body, a publication.

Five origins stand side by side; which of them leads is a rule (`leading`), and two are never averaged.
"""

import datetime as dt
from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass

from django.db.models import Q

from giamngheo.access.models import User
from giamngheo.areas.models import AreaListEntry, Level, Unit, Within
from giamngheo.areas.queries import valid
from giamngheo.resolution.clauses import Published, Resolution
from giamngheo.resolution.indicators import Indicator
from giamngheo.resolution.models import ReportedFigure
from giamngheo.resolution.periods import Span, parse_period, year_period
from giamngheo.resolution.register import Cell, Count, measured
from giamngheo.resolution.rollup import Amount, parts_on, rolled
from giamngheo.resolution.standing import Mark
from giamngheo.rules.standards import Words
from giamngheo.support.queries import holders_by_year
from giamngheo.warehouse.errors import WarehouseError

ORIGINS: Mapping[str, Words] = {
    "register": Words("tính từ sổ hộ", "from the register"),
    "areas": Words("tính từ danh sách địa bàn", "from the lists of areas"),
    "support": Words("đếm từ sổ hỗ trợ", "counted from what was given"),
    "reported": Words("cơ quan báo cáo", "reported by a body"),
    "rolled": Words("cộng từ các đơn vị bên dưới", "added up from the units below"),
    "published": Words("đã công bố", "published"),
}
#: Of several published figures of one period the surest leads; a conflicting one never does.
SUREST = ("seen", "recalled", "unsure")
#: Which figure of a period leads.
BEFORE = ("reported", "rolled", "support", "published")
Key = tuple[str, int]


@dataclass(frozen=True)
class Actual:
    """One figure, in the unit of its indicator. `confirmed` is False of a reported one that waits for a second person."""

    span: Span
    value: float
    numerator: float | None
    denominator: float | None
    origin: str
    source: Words
    confidence: str = "seen"
    comparable: bool = True
    confirmed: bool = True
    note: Words | None = None
    standard: str = ""
    group: str = ""
    row: int | None = None

    @property
    def mark(self) -> Mark:
        return Mark(self.span.at, self.value, self.span.years, self.comparable)


def actuals(
    resolution: Resolution,
    wanted: Collection[Indicator],
    units: Collection[Unit],
    *,
    on: dt.date,
    seen_by: User,
) -> Mapping[Key, Sequence[Actual]]:
    """Every figure by indicator and unit, in order of time. Four queries, however many indicators and units."""
    found: dict[Key, list[Actual]] = defaultdict(list)
    for cell, count in counts_of(wanted, [u.pk for u in units], on=on, seen_by=seen_by).items():
        one = next(i for i in wanted if i.slug == cell.indicator)
        found[cell.indicator, cell.unit].append(from_count(one, cell, count))
    given = _of_support(wanted, units, on, seen_by)
    for key, actual in (*_of_lists(resolution, wanted, units), *given, *_reported(wanted, units, on)):
        found[key].append(actual)
    codes = {unit.code: unit.pk for unit in units}
    slugs = {one.slug: one for one in wanted}
    for figure in resolution.figures:
        if figure.indicator in slugs and figure.unit in codes and not figure.group:
            found[figure.indicator, codes[figure.unit]].append(published(figure, slugs[figure.indicator]))
    return {key: sorted(each, key=lambda a: (a.span.at, a.origin)) for key, each in found.items()}


def counts_of(
    wanted: Collection[Indicator], units: Collection[int], *, on: dt.date, groups: bool = False, seen_by: User
) -> Mapping[Cell, Count]:
    """What the register says; nothing where no snapshot was made yet (the page says so)."""
    try:
        return measured(wanted, units, on=on, groups=groups, seen_by=seen_by)
    except WarehouseError:
        return {}


def from_count(indicator: Indicator, cell: Cell, count: Count) -> Actual:
    return Actual(
        span=year_period(cell.year),
        value=indicator.scale * count.numerator / count.denominator,
        numerator=count.numerator,
        denominator=count.denominator,
        origin="register",
        source=ORIGINS["register"],
        standard=cell.standard,
        group=cell.ethnic,
    )


def published(figure: Published, indicator: Indicator) -> Actual:
    """A published figure; one under another standard than the indicator's is kept, and not comparable."""
    other = bool(indicator.standard) and figure.standard != indicator.standard
    return Actual(
        span=figure.span,
        value=figure.value,
        numerator=figure.numerator,
        denominator=figure.denominator,
        origin="published",
        source=figure.source,
        confidence=figure.confidence,
        comparable=figure.comparable and not other,
        note=figure.note,
        standard=figure.standard,
        group=figure.group,
    )


def _of_lists(
    resolution: Resolution, wanted: Iterable[Indicator], units: Collection[Unit]
) -> Iterable[tuple[Key, Actual]]:
    """How many units of a list have left it by the end of each year, of the province and of each unit of the list."""
    for one in wanted:
        if one.source != "areas":
            continue
        since = dt.date.fromisoformat(one.measure["since"])
        entries = AreaListEntry.objects.filter(area_list__slug=one.measure["list"]).values_list(
            "unit__code", "valid_from", "valid_to"
        )
        listed: dict[str, list[tuple[dt.date, dt.date]]] = defaultdict(list)
        for code, first, last in entries:
            listed[code].append((first, last or dt.date.max))
        begun = {code for code, spans in listed.items() if any(a <= since <= b for a, b in spans)}
        for unit in units:
            of = begun if unit.level == Level.PROVINCE else begun & {unit.code}
            for year in range(resolution.first, resolution.last + 1):
                end = dt.date(year, 12, 31)
                left = [code for code in of if not any(a <= end <= b for a, b in listed[code])]
                if of:
                    span, source = year_period(year), ORIGINS["areas"]
                    yield (
                        (one.slug, unit.pk),
                        Actual(span, float(len(left)), len(left), len(of), "areas", source),
                    )


def _of_support(
    wanted: Iterable[Indicator], units: Collection[Unit], on: dt.date, seen_by: User
) -> Iterable[tuple[Key, Actual]]:
    """How many received under the policies of an indicator each year; nothing of a year in which nobody is known to have."""
    of = {policy: one.slug for one in wanted if one.source == "support" for policy in one.measure["policies"]}
    found: dict[tuple[str, int, int], int] = defaultdict(int)
    if of:
        for unit, year, policy, holders in holders_by_year(units, on, policies=of, seen_by=seen_by):
            found[of[policy], unit, year] += holders
    for (slug, unit, year), holders in found.items():
        actual = Actual(year_period(year), float(holders), None, None, "support", ORIGINS["support"])
        yield (slug, unit), actual


def _reported(
    wanted: Collection[Indicator], units: Collection[Unit], on: dt.date
) -> Iterable[tuple[Key, Actual]]:
    """What was reported of the units, and what their parts add up to where they themselves reported nothing."""
    below = Within.objects.filter(
        valid(on), ancestor__in=[u.pk for u in units], unit_level__lte=Level.COMMUNE
    ).values("unit")
    rows = ReportedFigure.objects.filter(
        Q(unit__in=[unit.pk for unit in units]) | Q(unit__in=below),
        indicator__in=[one.slug for one in wanted],
        retired_at=None,
    )
    found = list(rows)
    asked = {unit.pk for unit in units}
    for row in found:
        if row.unit_id in asked:
            yield (row.indicator, row.unit_id), _of_row(row)
    if any(row.confirmed for row in found):
        for slug, unit, period, added in rolled({one.slug: one for one in wanted}, found, parts_on(on)):
            if unit in asked:
                yield (slug, unit), _of_parts(added, period)


def _of_row(row: ReportedFigure) -> Actual:
    return Actual(
        span=parse_period(row.period),
        value=float(row.value),
        numerator=None if row.numerator is None else float(row.numerator),
        denominator=None if row.denominator is None else float(row.denominator),
        origin="reported",
        source=ORIGINS["reported"],
        confirmed=row.confirmed,
        note=Words(row.note, row.note) if row.note else None,
        row=row.pk,
    )


def _of_parts(added: Amount, period: str) -> Actual:
    return Actual(
        span=parse_period(period),
        value=float(added.value),
        numerator=None if added.numerator is None else float(added.numerator),
        denominator=None if added.denominator is None else float(added.denominator),
        origin="rolled",
        source=ORIGINS["rolled"],
    )


def leading(found: Sequence[Actual]) -> list[Actual]:
    """The line a target is held to: the system's own figures where there are any, else what was reported and published.

    Of one period a confirmed report goes before what the units below add up to, that before what the system counted of help
    given, that before a published figure, and the surest published one before the others.
    """
    own = [a for a in found if a.origin in ("register", "areas")]
    if own:
        return own
    line: dict[str, Actual] = {}
    ranked = [a for a in found if a.confirmed and a.confidence in SUREST]
    for actual in sorted(
        ranked, key=lambda a: (BEFORE.index(a.origin), not a.comparable, SUREST.index(a.confidence))
    ):
        line.setdefault(actual.span.text, actual)
    return sorted(line.values(), key=lambda a: a.span.at)
