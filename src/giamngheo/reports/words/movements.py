"""The sections of a month or quarter: what happened in it, beside the period before; what nobody wrote down is left to a person."""

import datetime as dt
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import TypeVar

from giamngheo.areas.models import Level
from giamngheo.base.text import format_date
from giamngheo.registry.models import LifeEvent
from giamngheo.registry.queries import events_counted
from giamngheo.reports.words.document import Section, Table
from giamngheo.reports.words.sources import Book, Sources
from giamngheo.resolution.dues import Due, overdue
from giamngheo.resolution.indicators import indicators
from giamngheo.resolution.models import ReportedFigure
from giamngheo.resolution.periods import Span, parse_period
from giamngheo.resolution.queries import confirmed_between
from giamngheo.resolution.sentences import shown
from giamngheo.reviews.between import outcomes_between, requests_between
from giamngheo.reviews.models import Outcome
from giamngheo.rules.policies import policies
from giamngheo.support.between import Given, found_between, given_between
from giamngheo.support.models.findings import Side
from giamngheo.surveys.models import Round

Event = LifeEvent.Kind
EVENTS: Mapping[Event, str] = {
    Event.BORN: "Sinh", Event.DIED: "Chết", Event.MOVED_IN: "Hộ, người chuyển đến", Event.MOVED_OUT: "Hộ, người chuyển đi",
    Event.SPLIT: "Tách hộ", Event.MERGED: "Nhập hộ", Event.HEAD_CHANGED: "Đổi chủ hộ",
}  # fmt: skip
OUTCOMES: Mapping[Outcome, str] = {
    Outcome.RECOGNISED_POOR: "Hộ được công nhận hộ nghèo", Outcome.RECOGNISED_NEAR_POOR: "Hộ được công nhận hộ cận nghèo",
    Outcome.ESCAPED_POOR: "Hộ được công nhận thoát nghèo", Outcome.ESCAPED_NEAR_POOR: "Hộ được công nhận thoát cận nghèo",
    Outcome.NOT_RECOGNISED: "Hộ không được công nhận",
}  # fmt: skip
LEFT_OUT = "Biến động hộ, công nhận trong kỳ, hỗ trợ đã trao và phát hiện qua đối chiếu đếm từ từng hộ trong sổ; người lập báo cáo chỉ xem số liệu nên không có ở đây."
T = TypeVar("T")
#: A line of a table of two periods: its words, the count of the period and of the one before.
Line = tuple[str, str, int, int]


def movements(s: Sources, book: Book) -> list[Section]:
    """Life events, recognitions outside the annual review, help given, findings, figures of bodies."""
    if not s.seen_by.sees_households:
        return [Section("", "Biến động trong kỳ", (LEFT_OUT,)), _reported(s, book)]
    return [_happened(s, book), _recognised(s, book), _given(s, book), _found(s, book), _reported(s, book)]


def _happened(s: Sources, book: Book) -> Section:
    now, before = _both(s, lambda first, last: events_counted(s.unit, first, last, seen_by=s.seen_by))
    lines = [
        (f"event.{kind}", words, now.get(kind, 0), before.get(kind, 0)) for kind, words in EVENTS.items()
    ]
    return _section(
        s,
        book,
        "Biến động hộ và nhân khẩu",
        "Việc ghi trong sổ",
        lines,
        "sinh, chết, chuyển đi, chuyển đến, tách, nhập hộ",
    )


def _recognised(s: Sources, book: Book) -> Section:
    def counted(first: dt.date, last: dt.date) -> Mapping[str, int]:
        found = outcomes_between(s.unit, first, last, kind=Round.Kind.REGULAR, seen_by=s.seen_by)
        asked = requests_between(s.unit, first, last, seen_by=s.seen_by)
        return {
            **{str(key): n for key, n in found.items()},
            "received": asked.received,
            "answered": asked.answered,
            "late": asked.late,
        }

    now, before = _both(s, counted)
    named: Mapping[str, str] = {
        "received": "Đề nghị của hộ đã nhận", "answered": "Đề nghị đã trả lời", "late": "Đề nghị quá hạn chưa trả lời, cuối kỳ",
        **{str(key): words for key, words in OUTCOMES.items()},
    }  # fmt: skip
    lines = [(f"regular.{key}", words, now.get(key, 0), before.get(key, 0)) for key, words in named.items()]
    return _section(
        s,
        book,
        "Công nhận ngoài rà soát định kỳ",
        "Đề nghị và quyết định",
        lines,
        "đề nghị và quyết định công nhận theo rà soát thường xuyên",
    )


def _found(s: Sources, book: Book) -> Section:
    lines: list[Line] = []
    for side, called in ((Side.DOUBLE, "chồng chéo"), (Side.MISSED, "bỏ sót")):
        now, before = _both(s, _counted_of(s, side))
        words = {
            "opened": f"Phát hiện {called} mới", "mended": f"Đã khắc phục {called}", "explained": f"Đã giải trình {called}",
            "rejected": f"Bác bỏ {called}, có lý do", "still": f"Còn mở {called}, cuối kỳ",
        }  # fmt: skip
        lines += [(f"finding.{side}.{key}", text, now[key], before[key]) for key, text in words.items()]
    return _section(
        s,
        book,
        "Chồng chéo, bỏ sót trong hỗ trợ",
        "Phát hiện qua đối chiếu",
        lines,
        "đối chiếu quyền được hưởng với những gì đã trao",
    )


def _counted_of(s: Sources, side: Side) -> Callable[[dt.date, dt.date], Mapping[str, int]]:
    return lambda first, last: vars(found_between(s.unit, first, last, side, seen_by=s.seen_by))


def _both(s: Sources, asked: Callable[[dt.date, dt.date], T]) -> tuple[T, T]:
    """The same question of the period and of the one before it."""
    now, before = s.asked.period, s.asked.period.before
    return asked(now.first, now.last), asked(before.first, before.last)


def _section(s: Sources, book: Book, heading: str, title: str, lines: Sequence[Line], what: str) -> Section:
    """A table of two periods; where the register holds nothing of either, a sentence and a blank instead of noughts."""
    if not any(now or before for _key, _words, now, before in lines):
        return _nothing(heading, what)
    told = [line for line in lines if line[2] or line[3]]
    rows = tuple((words, *_pair(s, book, key, words, now, before)) for key, words, now, before in told)
    happened = [f"{words[0].lower()}{words[1:]} {{{key}}}" for key, words, now, _before in told if now]
    text = (
        f"Trong {s.asked.words}: {'; '.join(happened)}."
        if happened
        else f"Trong {s.asked.words} không ghi việc nào."
    )
    return Section("", heading, (text,), (Table(f"{title}, so với kỳ trước", ("Việc", *_heads(s)), rows),))


def _nothing(heading: str, what: str) -> Section:
    text = f"Hệ thống không có bản ghi nào về {what} trong kỳ này và kỳ trước."
    return Section(
        "",
        heading,
        (text,),
        (),
        (),
        ("Xác nhận: trong kỳ không có việc nào, hay có mà chưa ghi vào hệ thống.",),
    )


def _heads(s: Sources) -> tuple[str, str]:
    now, before = s.asked.period, s.asked.period.before
    return _kind(now), _kind(before)


def _kind(span: Span) -> str:
    return f"Tháng {span.words()}" if span.kind == "month" else span.words().capitalize()


def _pair(s: Sources, book: Book, key: str, words: str, now: int, before: int) -> tuple[str, str]:
    this, last = _heads(s)
    return (
        book.put(key, f"{words}, {this}", "count", now),
        book.put(f"{key}.before", f"{words}, {last}", "count", before),
    )


def _given(s: Sources, book: Book) -> Section:
    heading = "Hỗ trợ đã trao"
    now, before = _both(s, lambda first, last: given_between(s.unit, first, last, seen_by=s.seen_by))
    if not now and not before:
        return _nothing(heading, "hỗ trợ đã trao")
    rows = tuple(_of_policy(place, one, book) for place, one in enumerate(now, 1))
    many = _pair(s, book, "given", "Số lần trao hỗ trợ", _sum(now, "deliveries"), _sum(before, "deliveries"))
    money = _pair(
        s, book, "given.amount", "Giá trị hỗ trợ đã trao (đồng)", _sum(now, "amount"), _sum(before, "amount")
    )
    texts = (
        f"Trong {s.asked.words} đã trao {many[0]} lần hỗ trợ, giá trị đã ghi {money[0]} đồng; kỳ trước {many[1]} lần, {money[1]} đồng.",
        "Kể theo ngày trao; khoản hiện vật, dịch vụ không ghi giá trị thì không có trong số tiền. Vốn vay cũng kể ở đây.",
    )
    heads = ("Chính sách", "Nguồn", "Số lần", "Số hộ", "Giá trị (đồng)")
    return Section(
        "", heading, texts, (Table("Hỗ trợ theo chính sách và nguồn", heads, rows),) if rows else ()
    )


def _sum(found: Iterable[Given], name: str) -> int:
    return sum(getattr(one, name) or 0 for one in found)


def _of_policy(place: int, one: Given, book: Book) -> tuple[str, ...]:
    name = policies()[one.policy].name.vi if one.policy in policies() else one.policy
    key, source = f"given.{place}", one.source or "không ghi nguồn"
    words = f"{name}, {source}"
    amount = (
        "–"
        if one.amount is None
        else book.put(f"{key}.amount", f"Giá trị (đồng): {words}", "count", one.amount)
    )
    return (
        name,
        source,
        book.put(f"{key}.n", f"Số lần trao: {words}", "count", one.deliveries),
        book.put(f"{key}.households", f"Số hộ nhận: {words}", "count", one.households),
        amount,
    )


def _reported(s: Sources, book: Book) -> Section:
    """Figures of bodies that a second person confirmed in the period, and of the province what is overdue."""
    heading, period = "Số liệu cơ quan báo cáo", s.asked.period
    found = confirmed_between(s.unit, period.first, period.last, seen_by=s.seen_by)
    of: dict[tuple[str, str], list[ReportedFigure]] = {}
    for row in found:
        of.setdefault((row.indicator, row.period), []).append(row)
    rows = tuple(_of_indicator(s, slug, of_period, each, book) for (slug, of_period), each in of.items())
    if rows:
        count = book.put("reported", "Số được xác nhận trong kỳ", "count", len(found), origin="reported")
        text = f"Trong {s.asked.words} có {count} số của các cơ quan được người thứ hai xác nhận."
    else:
        text = f"Trong {s.asked.words} không có số nào của các cơ quan được người thứ hai xác nhận."
    heads = ("Chỉ số", "Kỳ số liệu", "Số đơn vị có số", f"Số của {s.unit.name}")
    tables = [Table("Số được xác nhận trong kỳ", heads, rows)] if rows else []
    blanks = () if rows else ("Số liệu của các cơ quan trong kỳ mà chưa ghi vào hệ thống.",)
    late, texts = _overdue(s), [text]
    if late:
        many = book.put("overdue", "Chỉ số quá hạn báo cáo", "count", len(late), origin="computed")
        texts.append(f"Quá hạn đến cuối kỳ, nay vẫn chưa có số: {many} chỉ số của năm {late[0].year}.")
        tables.append(_of_overdue(late))
    return Section("", heading, tuple(texts), tuple(tables), (), blanks)


def _of_indicator(
    s: Sources, slug: str, period: str, each: Sequence[ReportedFigure], book: Book
) -> tuple[str, ...]:
    indicator, when, key = (
        indicators()[slug],
        parse_period(period).words(),
        f"reported.{slug}.{period.replace('/', '_')}",
    )
    own = next((row for row in each if row.unit_id == s.unit.pk), None)
    units = book.put(
        f"{key}.n", f"Số đơn vị có số: {indicator.name.vi} ({when})", "count", len(each), origin="reported"
    )
    value = "–" if own is None else book.put(
        key, f"{indicator.name.vi} ({when})", "words", float(own.value), words=shown(float(own.value), indicator), origin="reported"
    )  # fmt: skip
    return indicator.name.vi, when, units, value


def _overdue(s: Sources) -> list[Due]:
    """What the province owes at the end of the period; other units owe nothing by the resolution."""
    if s.unit.level != Level.PROVINCE:
        return []
    return overdue(s.resolution, s.unit, today=s.asked.period.last, seen_by=s.seen_by)


def _of_overdue(late: Sequence[Due]) -> Table:
    rows = tuple(
        (one.indicator.name.vi, ", ".join(r.body.name.vi for r in one.by), format_date(one.due_on))
        for one in late
    )
    return Table("Chỉ số quá hạn", ("Chỉ số", "Cơ quan", "Hạn"), rows)
