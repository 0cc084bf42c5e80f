"""What a report in words says of a unit: figures of the register and of the resolution, gathered into one document."""

import datetime as dt
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace

from giamngheo.access.models import User
from giamngheo.access.queries import installation
from giamngheo.areas.models import Unit
from giamngheo.areas.queries import ancestors_on, label
from giamngheo.reports.words import clauses, groups, movements, results
from giamngheo.reports.words.document import Document, Section
from giamngheo.reports.words.kinds import KINDS, Asked
from giamngheo.reports.words.sources import Book, Sources
from giamngheo.resolution.clauses import Resolution
from giamngheo.resolution.queries import resolution_on
from giamngheo.rules.standards import standards
from giamngheo.surveys import figures as tallies
from giamngheo.warehouse.errors import WarehouseError
from giamngheo.warehouse.snapshot import current

WRITTEN: Mapping[str, Callable[[Sources, Book], list[Section]]] = {
    "result": results.result,
    "units": results.units,
    "why": results.why,
    "lacking": groups.lacking,
    "peoples": groups.peoples,
    "movements": movements.movements,
    "targets": clauses.targets,
    "tasks": clauses.tasks,
    "ahead": clauses.ahead,
    "judged": clauses.judged,
}


def gather(
    unit: Unit, asked: Asked, *, made_on: dt.date, seen_by: User, told: Callable[[int], None] = lambda n: None
) -> Document:
    """The document of a unit for a kind and period, of what the acting person may see; `told` how many parts are written.

    Raises resolution's UnknownResolutionError.
    """
    resolution = resolution_on(dt.date(asked.last, 12, 31))
    points = _points(unit, asked, seen_by)
    day = points[-1].round.reference_date if points else min(asked.period.last, made_on)
    sources, book = Sources(asked, unit, day, points, resolution, seen_by), Book()
    made: list[Section] = []
    for place, name in enumerate(KINDS[asked.kind].sections, 1):
        made += WRITTEN[name](sources, book)
        told(place)
    above = [one for one in ancestors_on(unit, day) if one.pk != unit.pk]
    return Document(
        kind=asked.kind,
        title=asked.title,
        unit=label(unit),
        code=unit.code,
        superior=label(above[-1]) if above else "",
        place=unit.name,
        period=asked.words,
        made_on=made_on.isoformat(),
        figures_to=day.isoformat(),
        synthetic=installation().synthetic,
        resolution=resolution.name.vi,
        law=_law(points, resolution),
        snapshot=_snapshot(),
        sections=_numbered(made),
        figures=book.figures,
    )


def _points(unit: Unit, asked: Asked, seen_by: User) -> list[tallies.Point]:
    """The years of the period and the one before it, under the standard of the last closed review of the period.

    Years under another standard are no part of the series, so they are left out.
    """
    every = [
        p
        for p in tallies.series(unit, seen_by=seen_by)
        if p.in_force and p.year <= asked.last and p.counts.known
    ]
    closed = [p for p in every if not p.round.is_open]
    if not closed:
        return []
    return [p for p in closed if p.year >= asked.base and p.standard == closed[-1].standard]


def _law(points: Sequence[tallies.Point], resolution: Resolution) -> dict[str, str]:
    found = {f"nghị quyết {resolution.slug}": resolution.content_hash}
    if points:
        found[f"chuẩn nghèo {points[-1].standard}"] = standards()[points[-1].standard].content_hash
    return found


def _snapshot() -> str:
    try:
        return current().name
    except WarehouseError:
        return ""


def _numbered(sections: Sequence[Section]) -> tuple[Section, ...]:
    """Sections of clauses bear the number of their clause, the others are counted."""
    made, place = [], 0
    for section in sections:
        if not section.number:
            place += 1
            section = replace(section, number=str(place))
        made.append(section)
    return tuple(made)
