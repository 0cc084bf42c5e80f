"""Figures of a closed round for anyone: worked out once from the pools of disclosure.py, frozen, published by the province.

What is published is a row that nothing changes; publishing anew or withdrawing is a new row. A reader without an account
reads the last row of a round through a function of the owner, and of tables nothing else. Every figure is a sum of whole
pools of at least LEAST households; villages are not told.
"""

import datetime as dt
import json
from dataclasses import dataclass, replace
from typing import Any

from django.db import connection, transaction

from giamngheo.access.models import Role, User
from giamngheo.access.queries import installation
from giamngheo.areas.models import Level, Unit
from giamngheo.areas.queries import children_on, descendants_on, unit_on
from giamngheo.surveys.models import Round
from giamngheo.warehouse import analysis
from giamngheo.warehouse.analysis import Question
from giamngheo.warehouse.errors import NotClosedError, NothingPublishedError, NotPublisherError
from giamngheo.warehouse.models import Publication
from giamngheo.warehouse.snapshot import Snapshot, current

#: How a question is divided into units; '' is the province as a whole.
LEVELS = ("", "district", "commune")
Figure = dict[str, Any]
#: Who may read what was published and withdrawn, by whom and why; the figures anyone may.
READERS = (Role.PROVINCIAL_OFFICER, Role.LEADER, Role.AUDITOR)


@dataclass(frozen=True)
class Published:
    """A publication as anyone may read it."""

    year: int
    content: dict[str, Any]
    made_at: dt.datetime

    def unit(self, code: str = "") -> dict[str, Any] | None:
        """The figures of one unit; of the province where none is named."""
        units: list[dict[str, Any]] = self.content["units"]
        return next((u for u in units if u["code"] == code or (not code and not u["within"])), None)

    def below(self, code: str) -> list[dict[str, Any]]:
        return [unit for unit in self.content["units"] if unit["within"] == code]


@transaction.atomic
def publish(*, round: Round, by: User) -> Publication:
    """Work out the public figures of a closed annual round and put them where anyone may read them.

    Raises NotPublisherError, NotClosedError, and WarehouseError where the snapshot has no such round.
    """
    _check(by)
    held = current()
    if not any(r["round"] == round.pk for r in held.asked(public=True)):
        raise NotClosedError(round=round.name)
    return Publication.objects.create(
        round=round,
        kind=Publication.Kind.PUBLISHED,
        content=figures(held, round, seen_by=by),
        snapshot=held.name,
        made_by=by,
    )


@transaction.atomic
def withdraw(*, round: Round, reason: str, by: User) -> Publication:
    """Take a round's public figures away, saying why; what was published stays on record. Raises NothingPublishedError."""
    _check(by)
    last = Publication.objects.filter(round=round).order_by("-pk").first()
    if last is None or last.kind == Publication.Kind.WITHDRAWN:
        raise NothingPublishedError(round=round.name)
    return Publication.objects.create(
        round=round, kind=Publication.Kind.WITHDRAWN, reason=reason.strip(), made_by=by
    )


def _check(by: User) -> None:
    if by.role != Role.PROVINCIAL_OFFICER:
        raise NotPublisherError


def history(*, seen_by: User) -> list[Publication]:
    """Every publication and withdrawal, the latest first, without its content."""
    return list(Publication.objects.defer("content").select_related("round", "made_by").order_by("-pk"))


def published_years() -> list[int]:
    """The years whose figures anyone may read now, the latest first."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT year FROM warehouse_published_years() AS year ORDER BY year DESC")
        return [year for (year,) in cursor.fetchall()]


def published(year: int) -> Published | None:
    """What is published of a year; None where nothing is."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT content, made_at FROM warehouse_published(%s)", [year])
        found = cursor.fetchone()
    return Published(year, json.loads(found[0]), found[1]) if found else None


def figures(held: Snapshot, round: Round, *, seen_by: User) -> dict[str, Any]:
    """The public figures of a round: of every unit down to the communes rates and deprivations; ethnic groups of the
    province and its districts. Shares are 0 to 1, rounded to a hundredth of a point; of that round alone, so that
    withdrawing a year takes all of it away."""
    day, standard = round.reference_date, round.standard
    province = unit_on(installation().province_code, day)
    asked = Question("poor", standard, (round.year,), province.pk, on=day, public=True)
    units = _units(province, day)
    made: dict[int, Figure] = {
        unit.pk: {"code": unit.code, "name": unit.name, "kind": unit.kind, "level": int(unit.level), "within": above, "lacking": {}, "groups": []}
        for unit, above in units
    }  # fmt: skip
    for by in LEVELS:
        at_level = replace(asked, by=by)
        for group, figure in _rates(held, at_level, seen_by).items():
            made[int(group) if by else province.pk] |= figure
        for group, shares in analysis.lacking(held, at_level, seen_by=seen_by).items():
            if bool(group) == bool(by):
                found = {code: _share(share) for code, share in shares.items()}
                made[int(group) if by else province.pk]["lacking"] = found
    for unit, _above in units:
        if unit.level <= Level.DISTRICT:
            groups = _rates(held, replace(asked, unit=unit.pk, by="ethnic"), seen_by)
            made[unit.pk]["groups"] = [{"ethnic": group, **figure} for group, figure in groups.items()]
    return {
        "year": round.year,
        "standard": standard,
        "day": day.isoformat(),
        "snapshot": held.made_at.date().isoformat(),
        "synthetic": bool(held.manifest["synthetic"]),
        "units": [unit for unit in made.values() if "households" in unit],
    }


def _rates(held: Snapshot, question: Question, seen_by: User) -> dict[str, Figure]:
    """Households, poor and near-poor of each group that has any; of all under '' where nothing is divided."""
    near = analysis.ask(held, replace(question, measure="near_poor"), seen_by=seen_by)
    found = {}
    for line in analysis.ask(held, question, seen_by=seen_by).lines:
        beside = near.of(line.year, line.group)
        if bool(line.group) == bool(question.by) and line.n and beside:
            found[line.group] = {
                "households": line.n,
                "poor": _share(line.estimate),
                "near_poor": _share(beside.estimate),
            }
    return found


def _units(province: Unit, day: dt.date) -> list[tuple[Unit, str]]:
    """The province, its districts and their communes, each with the code of the unit it lies in."""
    found = [(province, "")]
    for district in children_on(province, day):
        found.append((district, province.code))
        found += [(commune, district.code) for commune in descendants_on(district, day, Level.COMMUNE)]
    return found


def _share(share: float | None) -> float | None:
    return None if share is None else round(share, 4)
