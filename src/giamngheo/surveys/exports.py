"""Households of a round as a file anyone can take away: facts, class and reasons, with the members beside.

Headings are those of law/facts.yaml, so `giamngheo assess` reads the file and comes to the same classes. Only rows the
database shows the acting person are there. Sealed id numbers are never in it.
"""

import datetime as dt
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from itertools import islice
from pathlib import Path
from typing import Any

from django.db.models import QuerySet
from django.utils.translation import gettext as _

from giamngheo.access.models import User
from giamngheo.areas.models import Level, Unit, Within
from giamngheo.areas.queries import ancestors_on, valid
from giamngheo.registry.models import Person
from giamngheo.rules.facts import HOUSEHOLD, MEMBER, Fact, facts
from giamngheo.rules.standards import standards
from giamngheo.surveys.files import Cell, Column, Sheet, TableFile, open_tables
from giamngheo.surveys.models import POOR, Klass, Round, Verdict, Visit
from giamngheo.surveys.queries import BY_PLACE, Judged, head_of, villages_within

_CHUNK = 1000
_HOUSEHOLD_KEYS = (
    "household_number", "household_code", "head_name", "district_code", "district", "commune_code", "commune",
    "village_code", "village", "area_type", "on",
)  # fmt: skip
_MEMBER_KEYS = ("household_number", "household_code", "village_code", "full_name")
#: What the verdict adds; these headings are no facts, so a file read again ignores them.
_RESULT = ("outcome", "next_visit_on", "klass", "standard", "deprived", "pattern", "reasons")

Told = Callable[[int], None]


@dataclass(frozen=True)
class Places:
    """The units above each village on the round's day, by the village's id."""

    above: dict[int, dict[int, Unit]]

    def cell(self, village: int, level: Level, what: str) -> str:
        unit = self.above.get(village, {}).get(level)
        return getattr(unit, what) if unit else ""


def household_sheets() -> tuple[Sheet, Sheet]:
    """The tables of the file: households (Hộ) and their members (Thành viên)."""
    known = facts()
    own = [f for f in known.values() if f.over == HOUSEHOLD and not f.identity]
    their = [f for f in known.values() if f.over == MEMBER and not f.identity]
    results = [Column(key, heading, kind, 18) for key, heading, kind in _result_columns()]
    households = [*(_column(known[HOUSEHOLD, key]) for key in _HOUSEHOLD_KEYS), *map(_column, own), *results]
    members = [*(_column(known[MEMBER, key]) for key in _MEMBER_KEYS), *map(_column, their)]
    return Sheet("Hộ", "ho", households), Sheet("Thành viên", "thanh-vien", members)


def _column(fact: Fact) -> Column:
    return Column(fact.key, fact.vi, fact.type, 24 if fact.key in {"head_name", "full_name"} else 14)


def _result_columns() -> Iterator[tuple[str, str, str]]:
    headings = (
        "Kết quả đến thăm",
        "Hẹn quay lại",
        "Xếp loại",
        "Chuẩn nghèo",
        "Số thiếu hụt đã tính",
        "Mẫu thiếu hụt",
        "Lý do",
    )
    kinds = ("text", "date", "text", "text", "int", "text", "text")
    return zip(_RESULT, headings, kinds, strict=True)


def visits_to_export(round: Round, unit: Unit, *, poor_only: bool = False, seen_by: User) -> QuerySet[Visit]:
    """The visits in force of a round within `unit`, each with `head`; poor and near-poor households alone if asked."""
    found = Visit.objects.filter(
        round=round, retired_at__isnull=True, village__in=villages_within(unit, round.reference_date)
    )
    if poor_only:
        listed = Verdict.objects.filter(round=round, standard=round.standard, retired_at__isnull=True)
        found = found.filter(verdicts__in=listed.filter(klass__in=[*POOR, Klass.NEAR_POOR]))
    return (
        found.select_related("household", "village").annotate(head=head_of("household")).order_by(*BY_PLACE)
    )


def write_households(
    path: Path,
    kind: str,
    round: Round,
    unit: Unit,
    *,
    poor_only: bool = False,
    told: Told = lambda done: None,
    seen_by: User,
) -> int:
    """Write the file ('xlsx', 'csv', 'parquet') and answer how many households are in it; `told` hears the count."""
    households, members = household_sheets()
    places = _places(unit, round.reference_date)
    coded = kind == "parquet"
    visits = visits_to_export(round, unit, poor_only=poor_only, seen_by=seen_by)
    done = 0
    with open_tables(path, kind, (households, members), _notes(round, unit)) as file:
        for chunk in _chunks(visits.iterator(chunk_size=_CHUNK)):
            _write_chunk(file, households, members, chunk, places, coded)
            done += len(chunk)
            told(done)
    return done


def _chunks(visits: Iterator[Visit]) -> Iterator[list[Visit]]:
    while chunk := list(islice(visits, _CHUNK)):
        yield chunk


def _write_chunk(
    file: TableFile, households: Sheet, members: Sheet, chunk: list[Visit], places: Places, coded: bool
) -> None:
    judged = _judged(chunk)
    people = {member["person"] for visit in chunk for member in visit.members if "person" in member}
    names = dict(Person.objects.filter(pk__in=people).values_list("pk", "full_name"))
    for visit in chunk:
        file.write(households, _household_row(households, visit, judged.get(visit.pk), places, coded))
        for member in visit.members:
            file.write(
                members, _member_row(members, visit, member, names.get(member.get("person"), ""), coded)
            )


def _judged(visits: Iterable[Visit]) -> dict[int, Judged]:
    """The verdict under the standard in force, by visit."""
    by_pk = {visit.pk: visit for visit in visits}
    rows = Verdict.objects.filter(visit__in=by_pk, retired_at__isnull=True).select_related("round")
    return {
        row.visit_id: Judged(row, by_pk[row.visit_id], row.round)
        for row in rows
        if row.standard == row.round.standard
    }


def _household_row(
    sheet: Sheet, visit: Visit, judged: Judged | None, places: Places, coded: bool
) -> list[Cell]:
    verdict = judged.verdict if judged else None
    own: dict[str, Any] = {
        **visit.answers,
        "household_number": str(visit.household.number),
        "household_code": visit.household.local_code or str(visit.household.number),
        "head_name": visit.head or "",  # type: ignore[attr-defined]
        "district_code": places.cell(visit.village_id, Level.DISTRICT, "code"),
        "district": places.cell(visit.village_id, Level.DISTRICT, "name"),
        "commune_code": places.cell(visit.village_id, Level.COMMUNE, "code"),
        "commune": places.cell(visit.village_id, Level.COMMUNE, "name"),
        "village_code": visit.village.code,
        "village": visit.village.name,
        "area_type": visit.area_type,
        "on": visit.visited_on,
        "persons": visit.persons,
        "outcome": visit.get_outcome_display(),
        "next_visit_on": visit.next_visit_on,
    }
    if judged and verdict:
        own |= {
            "klass": verdict.klass if coded else str(verdict.get_klass_display()),
            "standard": verdict.standard,
            "deprived": verdict.deprived,
            "pattern": verdict.pattern,
            "reasons": " ".join(judged.reasons("vi", members=False)),
        }
    return [_cell(HOUSEHOLD, column, own.get(column.key), coded) for column in sheet.columns]


def _member_row(sheet: Sheet, visit: Visit, member: dict[str, Any], name: str, coded: bool) -> list[Cell]:
    own = {
        **member,
        "household_number": str(visit.household.number),
        "household_code": visit.household.local_code or str(visit.household.number),
        "village_code": visit.village.code,
        "full_name": name,
    }
    return [_cell(MEMBER, column, own.get(column.key), coded) for column in sheet.columns]


def _cell(over: str, column: Column, value: Any, coded: bool) -> Cell:
    """The value in words, or by its code where another program reads it; numbers and days stay what they are."""
    if isinstance(value, str) and column.type == "date":
        return dt.date.fromisoformat(value)
    if coded or value is None or column.type not in {"choice", "codes", "ethnic"}:
        return value  # type: ignore[no-any-return]
    return facts()[over, column.key].show(value)


def _places(unit: Unit, day: dt.date) -> Places:
    villages = Within.objects.filter(valid(day), ancestor=unit, unit_level=Level.VILLAGE).values("unit")
    above: dict[int, dict[int, Unit]] = {}
    rows = Within.objects.filter(valid(day), unit__in=villages).select_related("ancestor")
    for row in rows:
        above.setdefault(row.unit_id, {})[row.level] = row.ancestor
    return Places(above)


def _notes(round: Round, unit: Unit) -> list[str]:
    trail = ", ".join(f"{u.kind} {u.name}" for u in reversed(ancestors_on(unit, round.reference_date)))
    standard = standards()[round.standard]
    order = ", ".join(f"{i}. {one.name.vi}" for i, one in enumerate(standard.indicators, 1))
    return [
        _("%(round)s, %(trail)s; địa bàn và pháp luật của ngày %(day)s.")
        % {"round": round.name, "trail": trail, "day": f"{round.reference_date:%d/%m/%Y}"},
        _("Chuẩn nghèo: %(name)s.") % {"name": standard.name.vi},
        _("Mẫu thiếu hụt: mỗi ký tự một chỉ số (1 thiếu hụt, 0 không, ? chưa biết): %(order)s.")
        % {"order": order},
        _("Ô trống là chưa biết, không phải là “không”. Hộ chưa gặp không có xếp loại."),
        _("Có dữ liệu cá nhân: chỉ dùng cho việc được giao, không chuyển cho người khác."),
    ]
