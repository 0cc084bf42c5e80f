"""The sections of what was reached: the poor rate by year, by unit, and why it changed."""

from collections.abc import Mapping, Sequence

import duckdb
import ibis
import pyarrow as pa

from giamngheo.areas.models import Level
from giamngheo.areas.queries import label
from giamngheo.measures.change_of_rate import Change, cells, change, places, within_between
from giamngheo.measures.movement import movement
from giamngheo.reports.official.report import Units
from giamngheo.reports.queries import basis_of, units_on_day
from giamngheo.reports.words.document import Picture, Section, Table
from giamngheo.reports.words.sources import Book, Sources
from giamngheo.reviews.snapshot import ends_on, snapshot
from giamngheo.surveys import figures as tallies

PARTS: Mapping[str, str] = {
    "escaped": "thoát nghèo", "to_near_poor": "từ nghèo xuống cận nghèo", "from_near_poor": "từ cận nghèo thành nghèo",
    "fell_back": "tái nghèo", "new": "phát sinh mới", "came": "hộ đến (chuyển đến, tách, nhập hộ)", "left": "hộ đi (chuyển đi, chết, tách, nhập hộ)",
}  # fmt: skip
Row = dict[str, object]


def result(s: Sources, book: Book) -> list[Section]:
    """The poor and near-poor rate by year, held against the year before and the first of the period."""
    if s.first is None or s.last is None:
        none = "Chưa có số liệu rà soát nào đã đóng của thời kỳ này."
        return [Section("", "Kết quả giảm nghèo", (none,))]
    rows = tuple(_year(p, book) for p in s.points)
    years = [p.year for p in s.points]
    marks = [("Hộ nghèo", year, f"rate.{year}") for year in years]
    marks += [("Hộ cận nghèo", year, f"near_rate.{year}") for year in years]
    heads = ("Năm", "Hộ đã xếp loại", "Hộ nghèo", "Tỷ lệ hộ nghèo", "Hộ cận nghèo", "Tỷ lệ hộ cận nghèo")
    pictures = (Picture("lines", "Tỷ lệ hộ nghèo, hộ cận nghèo theo năm", tuple(marks)),)
    table = Table("Hộ nghèo, hộ cận nghèo theo năm", heads, rows)
    return [Section("", "Kết quả giảm nghèo", tuple(_compared(s, book)), (table,), pictures)]


def _year(p: tallies.Point, book: Book) -> tuple[str, ...]:
    year, c = p.year, p.counts
    return (
        str(year),
        book.put(f"households.{year}", f"Số hộ đã xếp loại {year}", "count", c.known),
        book.put(f"poor.{year}", f"Số hộ nghèo {year}", "count", c.poor),
        book.put(f"rate.{year}", f"Tỷ lệ hộ nghèo {year}", "share", c.poor_rate),
        book.put(f"near.{year}", f"Số hộ cận nghèo {year}", "count", c.near_poor),
        book.put(f"near_rate.{year}", f"Tỷ lệ hộ cận nghèo {year}", "share", c.near_poor_rate),
    )


def _compared(s: Sources, book: Book) -> list[str]:
    assert s.first and s.last
    first, last = s.first.year, s.last.year
    texts = [
        f"Cuối năm {last}, {label(s.unit)} có {{poor.{last}}} hộ nghèo trong {{households.{last}}} hộ đã xếp loại,"
        f" chiếm {{rate.{last}}}; {{near.{last}}} hộ cận nghèo, chiếm {{near_rate.{last}}}."
    ]
    if len(s.points) == 1:
        return [*texts, "Chưa có số liệu kỳ trước theo cùng chuẩn nghèo để so sánh."]
    before = s.points[-2].year
    moved = book.points(f"change.{last}", f"Thay đổi tỷ lệ hộ nghèo {before}-{last}", _less(s.points[-2:]))
    texts.append(f"So với cuối năm {before} ({{rate.{before}}}), tỷ lệ hộ nghèo {moved}.")
    if first != before:
        whole = _less([s.first, s.last])
        moved = book.points("change.all", f"Thay đổi tỷ lệ hộ nghèo {first}-{last}", whole)
        book.points("pace", f"Bình quân mỗi năm {first}-{last}", whole / (last - first))
        texts.append(
            f"So với cuối năm {first} ({{rate.{first}}}), tỷ lệ hộ nghèo {moved}, bình quân {{pace}} mỗi năm."
        )
    return texts


def _less(two: Sequence[tallies.Point]) -> float:
    before, after = (p.counts.poor_rate or 0.0 for p in two)
    return after - before


def units(s: Sources, book: Book) -> list[Section]:
    """The units below, on a map and in a table, the poorest first."""
    if s.last is None or s.first is None or s.unit.level >= Level.COMMUNE:
        return []
    now = tallies.rates_by_unit(s.last.round, s.unit, geography=s.day, seen_by=s.seen_by)
    then = tallies.rates_by_unit(s.first.round, s.unit, geography=s.day, seen_by=s.seen_by)
    base = {row.unit.pk: row.counts.poor_rate for row in then.rows}
    known = sorted((r for r in now.rows if r.counts.known), key=lambda r: -(r.counts.poor_rate or 0))
    if not known:
        return []
    compared, rows = s.first is not s.last, []
    for row in known:
        key, name = f"unit.{row.unit.code}", label(row.unit)
        cell = [
            book.put(f"{key}.poor", f"Số hộ nghèo {name} {s.last.year}", "count", row.counts.poor),
            book.put(f"{key}.rate", f"Tỷ lệ hộ nghèo {name} {s.last.year}", "share", row.counts.poor_rate),
        ]
        if compared:
            was = f"Tỷ lệ hộ nghèo {name} {s.first.year}"
            cell.append(book.put(f"{key}.base", was, "share", base.get(row.unit.pk)))
        rows.append((name, *cell))
    text = f"Cao nhất là {rows[0][0]} ({rows[0][2]}), thấp nhất là {rows[-1][0]} ({rows[-1][2]})."
    before = (f"Tỷ lệ {s.first.year}",) if compared else ()
    heads = ("Đơn vị", f"Hộ nghèo {s.last.year}", f"Tỷ lệ {s.last.year}", *before)
    marks = tuple((row.unit.name, row.unit.pk, f"unit.{row.unit.code}.rate") for row in known)
    picture = Picture("map", f"Tỷ lệ hộ nghèo theo đơn vị, cuối năm {s.last.year}", marks)
    table = Table("Tỷ lệ hộ nghèo theo đơn vị", heads, tuple(rows))
    return [Section("", "Theo địa bàn", (text,), (table,), (picture,))]


def why(s: Sources, book: Book) -> list[Section]:
    """Who escaped, fell back, came and left in the last year; within and between the units below.

    It is counted from households, so the report of somebody who sees none says that it was left out.
    """
    if s.last is None:
        return []
    if not s.seen_by.sees_households:
        left_out = "Phần này tính từ từng hộ trong sổ; người lập báo cáo chỉ xem số liệu nên không có ở đây."
        return [Section("", f"Vì sao tỷ lệ thay đổi trong năm {s.last.year}", (left_out,))]
    round, basis = s.last.round, basis_of(s.last.round)
    day = ends_on(round, round.reference_date)
    there = units_on_day(day)
    villages = None if s.unit.level == Level.PROVINCE else there.villages(s.unit.pk)
    table = snapshot(round, as_of=round.reference_date, geography=day, villages=villages)
    rows = _counted(table, basis.year, basis.look_back)
    made = change(rows)
    if not made.parts:
        return []
    lines = tuple(_part(name, words, made, basis.year, book) for name, words in PARTS.items())
    texts = [
        f"Trong năm {basis.year} có {{part.escaped.n}} hộ thoát nghèo, {{part.to_near_poor.n}} hộ chuyển sang cận nghèo;"
        f" {{part.fell_back.n}} hộ tái nghèo, {{part.new.n}} hộ nghèo phát sinh mới, {{part.from_near_poor.n}} hộ cận nghèo thành nghèo.",
        *_within(s, book, there, rows),
        "Tính trên mọi hộ trong sổ ở hai đầu năm; các phần cộng lại đúng bằng thay đổi của tỷ lệ.",
    ]
    heads = ("Vì sao tỷ lệ hộ nghèo thay đổi", "Số hộ", "Phần của thay đổi")
    parts = Table("Các phần của thay đổi", heads, lines)
    return [Section("", f"Vì sao tỷ lệ thay đổi trong năm {s.last.year}", tuple(texts), (parts,))]


def _part(name: str, words: str, made: Change, year: int, book: Book) -> tuple[str, str, str]:
    part = made.part(name)
    households = book.put(f"part.{name}.n", f"Số hộ: {words} {year}", "count", part.households)
    return (
        words,
        households,
        book.points(f"part.{name}.points", f"Phần của thay đổi: {words} {year}", part.points),
    )


def _counted(table: pa.Table, year: int, look_back: int | None) -> list[Row]:
    with duckdb.connect() as database:
        database.register("snapshot", table)
        asked = movement(
            ibis.table(ibis.memtable(table).schema(), name="snapshot"), year=year, look_back=look_back
        )
        statement = str(ibis.to_sql(cells(asked, by=("village",)), dialect="duckdb"))
        found: list[Row] = database.sql(statement).to_arrow_table().to_pylist()
    return found


def _within(s: Sources, book: Book, there: Units, rows: list[Row]) -> list[str]:
    below = there.children(s.unit.pk)
    if not below or s.unit.level >= Level.COMMUNE:
        return []
    of = {village: one.name for one in below for village in there.villages(one.id)}
    split = within_between(
        places([{**row, "of": of.get(int(str(row["village"])), "?")} for row in rows], "of")
    )
    inside = book.points("within", "Thay đổi trong từng đơn vị", split.within)
    across = book.points("between", "Thay đổi do hộ ở nơi khác trước", split.between)
    return [
        f"Tách theo đơn vị: trong từng đơn vị, tỷ lệ {inside}; do hộ chuyển giữa các đơn vị, tỷ lệ {across}."
    ]
