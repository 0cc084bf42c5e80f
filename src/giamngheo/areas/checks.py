"""What must hold of a province's files before they are loaded; every problem is told, with its line."""

import datetime as dt
from collections import Counter, defaultdict
from collections.abc import Iterator
from itertools import pairwise
from pathlib import Path

from giamngheo.areas.files import read_province
from giamngheo.areas.rows import Problem, Province, UnitRow
from giamngheo.base.periods import Period, overlaps
from giamngheo.base.text import format_date

DAY = dt.timedelta(days=1)


def check_folder(folder: Path) -> tuple[Province, list[Problem]]:
    """Read and check a folder; the problems in the order of files and lines."""
    province, problems = read_province(folder)
    if province.code:
        problems = [*problems, *check(province)]
    return province, sorted(problems)


def check(province: Province) -> Iterator[Problem]:
    """Every contradiction within what was read."""
    versions = _by_code(province.units)
    yield from _periods(versions)
    yield from _province(province)
    yield from _parents(province.units, versions)
    yield from _names(province.units)
    yield from _successions(province)
    yield from _endings(province)
    yield from _villages(province, versions)
    yield from _lists(province, versions)
    yield from _outlines(province, versions)


def _by_code(units: list[UnitRow]) -> dict[str, list[UnitRow]]:
    found = defaultdict(list)
    for unit in units:
        found[unit.code].append(unit)
    return found


def _unit(line: int, sentence: str, *, warning: bool = False) -> Problem:
    return Problem("units.csv", line, sentence, warning)


def _said(unit: UnitRow) -> str:
    return f"{unit.kind} {unit.name} ({unit.code})"


def _periods(versions: dict[str, list[UnitRow]]) -> Iterator[Problem]:
    for code, units in versions.items():
        for unit in units:
            if unit.last < unit.valid_from:
                yield _unit(unit.line, f"{_said(unit)} kết thúc trước khi bắt đầu")
        forward = [Period(u.valid_from, u.last) for u in units if u.last >= u.valid_from]
        for one, two in overlaps(forward):
            line = max(u.line for u in units if u.valid_from in (one.first, two.first))
            yield _unit(line, f"mã {code} có hai phiên bản cùng có hiệu lực ngày {format_date(two.first)}")


def _province(province: Province) -> Iterator[Problem]:
    tops = [unit for unit in province.units if unit.level == 1]
    if [unit.code for unit in tops] != [province.code]:
        line = tops[0].line if tops else 0
        yield _unit(line, f"phải có đúng một dòng cấp 1, mang mã {province.code} như trong province.yaml")
    yield from (_unit(u.line, "tỉnh không có đơn vị cấp trên") for u in tops if u.parent)


def _parents(units: list[UnitRow], versions: dict[str, list[UnitRow]]) -> Iterator[Problem]:
    """The unit above is known, of a higher level, and there on each day; a village need only begin under one."""
    for unit in units:
        if unit.level == 1:
            continue
        above = versions.get(unit.parent, [])
        if not above:
            yield _unit(unit.line, f"{_said(unit)}: không có đơn vị cấp trên mang mã “{unit.parent}”")
        elif any(p.level >= unit.level for p in above if p.on(unit.valid_from)):
            yield _unit(unit.line, f"{_said(unit)}: đơn vị cấp trên {unit.parent} không ở cấp cao hơn")
        elif missing := _first_day_without(unit, above):
            yield _unit(
                unit.line,
                f"{_said(unit)}: ngày {format_date(missing)} đơn vị cấp trên {unit.parent} không có hiệu lực",
            )


def _first_day_without(unit: UnitRow, above: list[UnitRow]) -> dt.date | None:
    """The first day of the unit (of a village: its first day only) on which none of `above` stands."""
    day = unit.valid_from
    until = day if unit.level == 4 else unit.last
    for parent in sorted(above, key=lambda p: p.valid_from):
        if parent.on(day):
            if parent.last >= until:
                return None
            day = parent.last + DAY
    return day


def _names(units: list[UnitRow]) -> Iterator[Problem]:
    """Two units of one kind and name under one parent at one time: possible, seldom meant."""
    alike = defaultdict(list)
    for unit in units:
        alike[unit.parent, unit.kind, unit.name.casefold()].append(unit)
    for units_alike in alike.values():
        ordered = sorted(units_alike, key=lambda u: u.valid_from)
        for one, two in pairwise(ordered):
            if two.valid_from <= one.last and one.code != two.code:
                yield _unit(
                    two.line, f"{_said(two)} trùng tên với {_said(one)} trong cùng thời gian", warning=True
                )


def _successions(province: Province) -> Iterator[Problem]:
    units = {unit.key: unit for unit in province.units}
    ways = Counter(row.before for row in province.successions)
    for row in province.successions:
        before, after = units.get(row.before), units.get(row.after)
        for unit, (code, first) in ((before, row.before), (after, row.after)):
            if unit is None:
                yield _succession(row.line, f"không có đơn vị mã {code} bắt đầu ngày {format_date(first)}")
        if before and (before.valid_to is None or before.valid_to + DAY != row.on):
            yield _succession(
                row.line, f"mã {row.before[0]} không kết thúc vào hôm trước ngày {format_date(row.on)}"
            )
        if before and after and before.level != after.level:
            yield _succession(row.line, f"{_said(before)} và {_said(after)} không cùng cấp")
        if row.kind != "part" and ways[row.before] > 1:
            yield _succession(
                row.line, f"mã {row.before[0]} đã nhập nguyên vẹn, không thể còn nhập vào nơi khác"
            )


def _succession(line: int, sentence: str) -> Problem:
    return Problem("successions.csv", line, sentence)


def _endings(province: Province) -> Iterator[Problem]:
    """A unit that ended while others of its level lived on should have a successor, if one is known."""
    followed = {row.before for row in province.successions}
    for unit in province.units:
        level_goes_on = unit.valid_to and any(
            other.level == unit.level and other.last > unit.last for other in province.units
        )
        if level_goes_on and unit.key not in followed:
            yield _unit(unit.line, f"{_said(unit)} kết thúc mà chưa ghi nhập vào đâu", warning=True)


def _villages(province: Province, versions: dict[str, list[UnitRow]]) -> Iterator[Problem]:
    """A village follows its commune whole into others, or stays with the one that keeps the code, all its life."""
    units = {unit.key: unit for unit in province.units}
    next_home = {
        row.before: units[row.after]
        for row in province.successions
        if row.after in units and (row.kind != "part" or row.after[0] == row.before[0])
    }
    for village in (unit for unit in province.units if unit.level == 4):
        home = next((u for u in versions.get(village.parent, []) if u.on(village.valid_from)), None)
        last = home
        while last and last.last < village.last:
            home, last = last, next_home.get(last.key)
        if home and last is None:
            yield _unit(
                village.line,
                f"{_said(village)}: từ ngày {format_date(home.last + DAY)} không biết thuộc xã nào;"
                " ghi ngày cuối của thôn hoặc nơi xã nhập vào",
            )


def _lists(province: Province, versions: dict[str, list[UnitRow]]) -> Iterator[Problem]:
    slugs: set[str] = set()
    for area_list in province.lists:
        if area_list.slug in slugs:
            yield Problem(area_list.file, 1, f"danh sách “{area_list.slug}” có hai tệp")
        slugs.add(area_list.slug)
        for entry in area_list.entries:
            unit = next((u for u in versions.get(entry.code, []) if u.on(entry.valid_from)), None)
            if unit is None:
                first = format_date(entry.valid_from)
                yield Problem(
                    area_list.file, entry.line, f"ngày {first} không có đơn vị mang mã {entry.code}"
                )
            elif entry.valid_to and not entry.valid_from <= entry.valid_to <= unit.last:
                last = format_date(entry.valid_to)
                yield Problem(
                    area_list.file,
                    entry.line,
                    f"ngày cuối {last} của mã {entry.code} nằm ngoài thời gian của đơn vị",
                )


def _outlines(province: Province, versions: dict[str, list[UnitRow]]) -> Iterator[Problem]:
    for outline in province.outlines:
        if not any(unit.on(outline.on) for unit in versions.get(outline.code, [])):
            day = format_date(outline.on)
            yield Problem(
                "province.yaml", 0, f"lớp ranh giới ngày {day} có mã {outline.code} không có ngày ấy"
            )
