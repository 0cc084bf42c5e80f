"""The sections of who lags: deprivations that fell or did not, and the distance between peoples."""

from collections.abc import Mapping

from giamngheo.measures.change_of_rate import Counted, Gap, gaps, shifts
from giamngheo.reports.words.document import Section, Table
from giamngheo.reports.words.sources import Book, Sources
from giamngheo.surveys import figures as tallies

#: A group of fewer households at either end is not named: its figures would be those of a few families.
LEAST = 5
WAY = {"fell": "giảm", "rose": "tăng", "still": "không đổi"}
DISTANCE = {"narrower": "hẹp lại", "wider": "rộng ra", "still": "không đổi"}


def lacking(s: Sources, book: Book) -> list[Section]:
    """Which deprivations of all households fell and which did not."""
    if s.last is None or s.first is None or s.first is s.last:
        return []
    profiles = [tallies.deprivation_profile(p.round, s.unit, seen_by=s.seen_by) for p in (s.first, s.last)]
    names = {row.indicator.code: row.indicator.name.vi for profile in profiles for row in profile}
    before, after = (
        {row.indicator.code: Counted(row.all.deprived, row.all.households - row.all.unknown) for row in each}
        for each in profiles
    )
    rows: list[tuple[str, ...]] = []
    fell: list[str] = []
    rest: list[str] = []
    for shift in shifts(before, after):
        name, key = names[shift.name], f"lack.{shift.name}"
        rows.append(
            (
                name,
                book.put(f"{key}.first", f"Thiếu hụt {name} {s.first.year}", "share", shift.before),
                book.put(f"{key}.last", f"Thiếu hụt {name} {s.last.year}", "share", shift.after),
                WAY[shift.direction] if shift.direction else "không rõ",
            )
        )
        (fell if shift.direction == "fell" else rest).append(name)
    if not rows:
        return []
    texts = [f"Thiếu hụt đã giảm: {', '.join(fell) or 'không có chỉ số nào'}."]
    texts += [f"Chưa giảm: {', '.join(rest)}."] if rest else []
    heads = ("Chỉ số", f"Cuối năm {s.first.year}", f"Cuối năm {s.last.year}", "Chiều")
    table = Table("Tỷ lệ hộ thiếu hụt trong các hộ có câu trả lời", heads, tuple(rows))
    return [Section("", "Thiếu hụt dịch vụ xã hội cơ bản", tuple(texts), (table,))]


def peoples(s: Sources, book: Book) -> list[Section]:
    """How far each people is from all the others, narrowing or widening; the resolution's first."""
    if s.last is None or s.first is None or s.first is s.last:
        return []
    then, now = (_by_people(p, s) for p in (s.first, s.last))
    nobody = Counted(0, 0)
    named = [
        code
        for code in dict.fromkeys([*s.resolution.groups_first, *now])
        if min(then.get(code, nobody).whole, now.get(code, nobody).whole) >= LEAST
    ]
    rows = tuple(_gap(gap, s.first.year, s.last.year, book) for gap in gaps(then, now, named))
    if not rows:
        return []
    heads = (
        "Dân tộc của chủ hộ",
        f"Cuối năm {s.first.year}",
        f"Cuối năm {s.last.year}",
        "So với các hộ còn lại",
        "Khoảng cách",
    )
    least = book.put("least", "Số hộ ít nhất để nêu một nhóm", "count", LEAST, origin="computed")
    text = f"Dân tộc có dưới {least} hộ ở một trong hai năm không nêu riêng."
    return [
        Section(
            "",
            "Khoảng cách giữa các dân tộc",
            (text,),
            (Table("Tỷ lệ hộ nghèo theo dân tộc của chủ hộ", heads, rows),),
        )
    ]


def _by_people(p: tallies.Point, s: Sources) -> Mapping[str, Counted]:
    rows = tallies.by_ethnic_group(p.round, s.unit, seen_by=s.seen_by)
    return {row.code: Counted(row.counts.poor, row.counts.known) for row in rows if row.code}


def _gap(gap: Gap, first: int, last: int, book: Book) -> tuple[str, ...]:
    name, key = tallies.GroupRow(gap.name, tallies.Counts()).name(), f"people.{gap.name}"
    distance = gap.distance[1] or 0.0
    far = book.put(
        f"{key}.gap", f"Khoảng cách của dân tộc {name} {last}", "points", distance, origin="computed"
    )
    return (
        name,
        book.put(f"{key}.first", f"Tỷ lệ hộ nghèo dân tộc {name} {first}", "share", gap.before[0]),
        book.put(f"{key}.last", f"Tỷ lệ hộ nghèo dân tộc {name} {last}", "share", gap.after[0]),
        f"{'cao hơn' if distance > 0 else 'thấp hơn'} {far}",
        DISTANCE[gap.direction] if gap.direction else "không rõ",
    )
