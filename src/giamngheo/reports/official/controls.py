"""The control totals: what must hold within a report, between the reports of a place, and between a place and its parts.

They are asked of computed and of typed figures alike. Errors keep a set from being closed; warnings are to be looked at.
"""

from collections.abc import Iterator, Mapping, Sequence

from giamngheo.base.text import format_number
from giamngheo.reports.official.report import (
    HOUSEHOLDS,
    ONE,
    PERSONS,
    RURAL,
    URBAN,
    WHOLE,
    Column,
    Finding,
    Report,
    Row,
    Value,
)  # fmt: skip
from giamngheo.reports.official.sentences import (
    ABOVE,
    AREAS,
    BLANK,
    CROSSING,
    DENOMINATOR,
    GAP,
    IDENTITY,
    LEAST,
    MORE,
    MOST,
    NEGATIVE,
    OVER,
    PARTS,
    PEOPLE,
    RATE,
    SAME,
    SUM,
    Control,
)
from giamngheo.rules.classes import poor_by_income_and_deprivations
from giamngheo.rules.standards import Words, standards

#: By how much a typed rate may differ from the one computed: half a hundredth is rounding, a tenth is a slip.
RATE_TOLERANCE = 0.05
_FLOWS = ("poor-flow", "near-poor-flow")
_ADDED = {"1": 1, "2": -1, "3": -1, "4": -1, "5": 1, "6": 1, "7": 1, "8": 1}


#: Cells that show the same figure: (report, column, row) twice, the second being checked against the first.
_EQUAL = (
    (("result", "3", ONE), ("poor-flow", "9", HOUSEHOLDS)),
    (("result", "9", ONE), ("poor-flow", "9", PERSONS)),
    (("result", "5", ONE), ("near-poor-flow", "9", HOUSEHOLDS)),
    (("result", "11", ONE), ("near-poor-flow", "9", PERSONS)),
    (("result", "3", ONE), ("poor-deprivations", "1", ONE)),
    (("result", "5", ONE), ("near-poor-deprivations", "1", ONE)),
    (("result", "3", ONE), ("poor-deprivation-rates", "1", ONE)),
    (("result", "5", ONE), ("near-poor-deprivation-rates", "1", ONE)),
    (("result", "3", ONE), ("causes", "poor", ONE)),
    (("result", "5", ONE), ("causes", "near_poor", ONE)),
    (("result", "3", ONE), ("poor-multidimensional", "poor", ONE)),
    (("result", "5", ONE), ("near-poor-multidimensional", "near_poor", ONE)),
    *(
        (("result", column, ONE), (slug, name, measure))
        for slug in ("target-groups", "ethnic-groups")
        for name, measure, column in (
            ("poor", HOUSEHOLDS, "3"), ("poor", PERSONS, "9"),
            ("near_poor", HOUSEHOLDS, "5"), ("near_poor", PERSONS, "11"),
        )
    ),
)  # fmt: skip
#: Households that cross from one list to the other, as both tables show them.
_CROSSING = tuple(
    ((a, one, measure), (b, two, measure))
    for measure in (HOUSEHOLDS, PERSONS)
    for a, one, b, two in (
        ("poor-flow", "2", "near-poor-flow", "5"),
        ("near-poor-flow", "3", "poor-flow", "5"),
    )
)


def check(reports: Sequence[Report]) -> list[Finding]:
    """What does not hold in reports of one or several units; errors first. Lists of households have no control totals."""
    found: list[Finding] = []
    by_unit: dict[int, dict[str, Report]] = {}
    for report in reports:
        if any(row.item for row in report.rows):
            continue
        found += _within(report)
        by_unit.setdefault(report.unit.id, {})[report.slug] = report
    for of_unit in by_unit.values():
        found += _between(of_unit)
    found += _above(by_unit)
    return sorted(found, key=lambda finding: not finding.blocking)


def _finding(
    control: Control,
    report: Report,
    row: Row,
    column: Column,
    shown: Value,
    expected: Value = None,
    **more: str,
) -> Finding:
    numbers = {"shown": _told(shown), "expected": _told(expected), "column": column.number, **more}
    words = Words(
        control.words.vi.format(place=row.words("vi"), **numbers),
        control.words.en.format(place=row.words("en"), **numbers),
    )
    return Finding(
        control.code, control.blocking, report.slug, report.number, row.words(), row.unit, row.area, row.measure,
        column.number, shown, expected, words,
    )  # fmt: skip


def _told(value: Value) -> str:
    return format_number(value) if isinstance(value, int | float) else ""


def _within(report: Report) -> Iterator[Finding]:
    rows = [row for row in report.rows if any(value is not None for value in row.values)]
    yield from _blanks(report, rows)
    yield from _sums(report)
    yield from _columns(report, rows)
    yield from _rates(report, rows)
    if report.slug in _FLOWS:
        yield from _identity(report, rows)
    if report.slug in ("poor-deprivations", "near-poor-deprivations"):
        yield from _deprivations(report, rows)
    yield from _people(report, rows)
    for gap in report.gaps:
        whole = report.by_place.get((report.unit.id, WHOLE, ONE)) or report.rows[-1]
        column = next((c for c in report.columns if c.number == gap.column), report.columns[0])
        yield _finding(GAP, report, whole, column, gap.count, gap=gap.words("vi"), gap_en=gap.words("en"))


def _blanks(report: Report, rows: list[Row]) -> Iterator[Finding]:
    """A count left blank beside others that are not; only typed figures have such."""
    for row in rows:
        if None in row.values:
            for column, value in zip(report.columns, row.values, strict=True):
                if value is None and column.kind == "count":
                    yield _finding(BLANK, report, row, column, None)


def _identity(report: Report, rows: list[Row]) -> Iterator[Finding]:
    place = report.places
    for row in rows:
        made = sum(sign * _number(row.values[place[key]]) for key, sign in _ADDED.items())
        shown = row.values[place["9"]]
        if shown is not None and shown != made:
            yield _finding(IDENTITY, report, row, report.columns[place["9"]], shown, made)


def _number(value: Value) -> int | float:
    return value if isinstance(value, int | float) else 0


def _sums(report: Report) -> Iterator[Finding]:
    """Units against their whole, urban and rural against both."""
    below: dict[tuple[str, str], list[Row]] = {}
    areas: dict[tuple[int, str], list[Row]] = {}
    for row in report.rows:
        if row.unit != report.unit.id:
            below.setdefault((row.area, row.measure), []).append(row)
        if row.area in (URBAN, RURAL):
            areas.setdefault((row.unit, row.measure), []).append(row)
    for (area, measure), rows in below.items():
        whole = report.by_place.get((report.unit.id, area, measure))
        # Only units that are both urban and rural show their parts, so parts of the whole are checked by AREAS.
        if whole and area == WHOLE:
            yield from _added(SUM, report, whole, rows)
    for (unit, measure), rows in areas.items():
        whole = report.by_place.get((unit, WHOLE, measure))
        if whole:
            yield from _added(AREAS, report, whole, rows)


def _added(control: Control, report: Report, whole: Row, rows: list[Row]) -> Iterator[Finding]:
    if all(value is None for row in rows for value in row.values):
        return
    sums = [sum(map(_number, column)) for column in zip(*(row.values for row in rows), strict=True)]
    for column, shown, expected in zip(report.columns, whole.values, sums, strict=True):
        if column.kind == "count" and shown is not None and shown != expected:
            yield _finding(control, report, whole, column, shown, expected)


def _columns(report: Report, rows: list[Row]) -> Iterator[Finding]:
    """No count below nought, none more than the column it is of; parts that make up a column do."""
    within = [(n, report.places[c.within], c) for n, c in enumerate(report.columns) if c.within]
    parts: dict[str, list[int]] = {}
    for place, column in enumerate(report.columns):
        if column.part_of:
            parts.setdefault(column.part_of, []).append(place)
    for row in rows:
        values = [_number(value) for value in row.values]
        if min(values) < 0:
            for column, value in zip(report.columns, values, strict=True):
                if value < 0:
                    yield _finding(NEGATIVE, report, row, column, value)
        for place, whole, column in within:
            if values[place] > values[whole]:
                yield _finding(MORE, report, row, column, values[place], values[whole])
        for key, places in parts.items():
            made, shown = sum(values[place] for place in places), row.values[report.places[key]]
            if shown is not None and shown != made:
                yield _finding(PARTS, report, row, report.columns[report.places[key]], shown, made)


def _rates(report: Report, rows: list[Row]) -> Iterator[Finding]:
    by_quantity = {column.quantity: place for place, column in enumerate(report.columns) if column.quantity}
    for place, column in enumerate(report.columns):
        if column.of is None:
            continue
        part, whole = (by_quantity.get(quantity) for quantity in column.of)
        for row in rows:
            shown = row.values[place]
            if isinstance(shown, int | float) and shown > 100:
                yield _finding(OVER, report, row, column, shown)
            if part is not None and whole is not None:
                yield from _rate(report, row, column, shown, row.values[part], row.values[whole])


def _rate(
    report: Report, row: Row, column: Column, shown: Value, part: Value, whole: Value
) -> Iterator[Finding]:
    """The rate against its own numerator and denominator, where the report shows them."""
    if not isinstance(part, int | float):
        return
    if not isinstance(whole, int | float) or whole == 0:
        if part:
            yield _finding(DENOMINATOR, report, row, column, part)
        return
    made = 100 * part / whole
    if shown is None and made > 100:
        yield _finding(OVER, report, row, column, round(made, 2))
    elif isinstance(shown, int | float) and abs(shown - made) > RATE_TOLERANCE:
        yield _finding(RATE, report, row, column, shown, round(made, 2))


def _deprivations(report: Report, rows: list[Row]) -> Iterator[Finding]:
    """From 2022 a poor household lacks at least as many services as the standard asks, a near-poor one fewer."""
    standard = standards().get(report.standard)
    if standard is None or standard.rule != poor_by_income_and_deprivations.__name__:
        return
    households, total, needed = report.places["1"], report.places["2"], standard.deprived_at_least.value
    for row in rows:
        count, shown = _number(row.values[households]), row.values[total]
        if not isinstance(shown, int | float):
            continue
        column = report.columns[total]
        if report.slug == "poor-deprivations" and shown < needed * count:
            yield _finding(LEAST, report, row, column, shown, needed * count)
        if report.slug == "near-poor-deprivations" and shown > (needed - 1) * count:
            yield _finding(MOST, report, row, column, shown, (needed - 1) * count)


def _people(report: Report, rows: list[Row]) -> Iterator[Finding]:
    """Persons of households there are, at the end of the year, are at least as many as the households."""
    keys = [
        c for c in report.columns if c.kind == "count" and not (report.slug in _FLOWS and c.key in ("4", "8"))
    ]
    for row in rows:
        homes = report.by_place.get((row.unit, row.area, HOUSEHOLDS)) if row.measure == PERSONS else None
        for column in keys if homes else ():
            place = report.places[column.key]
            persons, households = row.values[place], homes.values[place] if homes else None
            if isinstance(persons, int) and isinstance(households, int) and persons < households:
                yield _finding(PEOPLE, report, row, column, persons, households)


def _between(reports: Mapping[str, Report]) -> Iterator[Finding]:
    for control, pairs in ((SAME, _EQUAL), (CROSSING, _CROSSING)):
        for (slug, key, measure), (other_slug, other_key, other_measure) in pairs:
            if slug not in reports or other_slug not in reports:
                continue
            first, second = reports[slug], reports[other_slug]
            for row in first.rows:
                if row.measure != measure:
                    continue
                expected = row.values[first.places[key]]
                mirror = second.by_place.get((row.unit, row.area, other_measure))
                shown = mirror.values[second.places[other_key]] if mirror else None
                if mirror and None not in (shown, expected) and shown != expected:
                    column, other = second.columns[second.places[other_key]], first.columns[first.places[key]]
                    yield _finding(
                        control,
                        second,
                        mirror,
                        column,
                        shown,
                        expected,
                        other=other.number,
                        title=first.title.vi,
                        title_en=first.title.en,
                    )


def _above(by_unit: Mapping[int, Mapping[str, Report]]) -> Iterator[Finding]:
    """A unit's own report against the report of the unit above, where both are given."""
    for reports in by_unit.values():
        for slug, report in reports.items():
            parent = by_unit.get(report.unit.parent or 0, {}).get(slug)
            if not parent:
                continue
            for row in report.rows:
                mirror = parent.by_place.get(row.place) if row.unit == report.unit.id else None
                if mirror is None or mirror.values == row.values:
                    continue
                for place, column in enumerate(report.columns):
                    expected = parent.value(column.key, *row.place)
                    shown = row.values[place]
                    if column.kind == "count" and None not in (shown, expected) and shown != expected:
                        yield _finding(ABOVE, report, row, column, shown, expected)
