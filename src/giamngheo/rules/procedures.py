"""The review procedures as read from law/procedures: steps' clocks, the meeting, forms and deadlines, each number cited."""

import datetime as dt
import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass
from fractions import Fraction
from functools import cache
from pathlib import Path
from typing import Any

from giamngheo.base.law import law_dir
from giamngheo.base.periods import Period
from giamngheo.base.yaml import Block, as_plain, load_yaml
from giamngheo.rules.errors import NoProcedureError, UnknownProcedureError
from giamngheo.rules.standards import Citation, InForce, Number, Words, _Reading, words, words_or_none
from giamngheo.rules.workdays import add_workdays, nth_workday


@dataclass(frozen=True)
class Limit:
    """A time limit: so many days or working days. `hangs`: the first day counts, as for a list that hangs."""

    days: Number
    unit: str  # "workdays" or "days"
    hangs: bool
    citation: Citation

    def due(self, start: dt.date) -> dt.date:
        """The last day of the limit that began on `start`."""
        n = self.days.value
        if self.unit == "days":
            return start + dt.timedelta(days=n)
        return nth_workday(start, n) if self.hangs else add_workdays(start, n)

    def words(self, language: str = "vi") -> str:
        """'7 ngày làm việc' with its act."""
        units = {"workdays": Words("ngày làm việc", "working days"), "days": Words("ngày", "days")}
        return f"{self.days.value} {units[self.unit](language)} ({self.citation.words})"


@dataclass(frozen=True)
class MeetingRule:
    """The village meeting: the share that must agree, of those present, and how it is compared."""

    share: Number  # per cent
    comparison: str  # "at_least" or "more_than"
    quorum: Number | None
    copies: Number
    attendees: tuple[Words, ...]
    citation: Citation
    note: Words | None

    def passes(self, agree: int, voters: int) -> bool:
        """Whether so many agreeing of those who may vote carry it; exact, never by floats."""
        if voters <= 0:
            return False
        share, needed = Fraction(agree, voters), Fraction(self.share.value, 100)
        return share >= needed if self.comparison == "at_least" else share > needed


@dataclass(frozen=True)
class QuickItem:
    """One item of form A."""

    code: str
    name: Words


@dataclass(frozen=True)
class QuickForm:
    """Form A: so many items or fewer bring a household to the full review."""

    items: tuple[QuickItem, ...]
    max_ticks: Number
    note: Words | None


@dataclass(frozen=True)
class YearDay:
    """A day of every year, such as 15 November; a deadline says "before" it."""

    month: int
    day: int
    citation: Citation

    def day_in(self, year: int) -> dt.date:
        return dt.date(year, self.month, self.day)


@dataclass(frozen=True)
class PeriodicReport:
    """The report of the regular review: every month or quarter of these months, by a day where the law names one."""

    every: str  # "month" or "quarter"
    day: Number | None
    first_month: int
    last_month: int
    citation: Citation

    def due_in(self, year: int) -> tuple[dt.date, ...]:
        """The last days of a year; none where the law names no day."""
        if self.day is None:
            return ()
        step = 1 if self.every == "month" else 3
        months = range(self.first_month, self.last_month + 1, step)
        return tuple(dt.date(year, month, self.day.value) for month in months)


@dataclass(frozen=True)
class RegularRule:
    """The review during the year: the limit for an answer, whence it runs each month, and how one may file."""

    limit: Limit
    from_day: Number | None
    channels: tuple[Words, ...]
    citation: Citation

    def starts_on(self, received: dt.date) -> dt.date:
        """The day the limit runs from: the receipt, or the day of the month on which requests are taken together."""
        if self.from_day is None:
            return received
        batch = received.replace(day=self.from_day.value)
        if received <= batch:
            return batch
        return (batch.replace(day=1) + dt.timedelta(days=31)).replace(day=self.from_day.value)

    def limit_words(self, received: dt.date, language: str = "vi") -> str:
        """'15 ngày kể từ 15/10/2021' with its act, as a receipt says it to who asked."""
        if self.from_day is None:
            return self.limit.words(language)
        text = Words("{n} ngày kể từ {start} ({rule})", "{n} days from {start} ({rule})")
        return text(language).format(
            n=self.limit.days.value,
            start=f"{self.starts_on(received):%d/%m/%Y}",
            rule=self.limit.citation.words,
        )


@dataclass(frozen=True)
class Named:
    """A code of the law with its name: a form, a cause of poverty."""

    code: str
    name: Words
    citation: Citation


@dataclass(frozen=True)
class Said:
    """A sentence of the procedure with its ground."""

    words: Words
    citation: Citation


@dataclass(frozen=True)
class Procedure:
    """How a review is held during a period."""

    slug: str
    name: Words
    in_force: tuple[InForce, ...]
    has_district: bool
    opens: YearDay
    closes: YearDay
    lists: Said
    quick_form: QuickForm
    meeting: MeetingRule
    posting: Limit
    recheck: Limit
    reposting: Limit | None
    district_answer: Limit | None
    decision: Citation
    regular: RegularRule
    periodic_report: PeriodicReport
    report_forms: str
    preliminary_report: YearDay
    official_report: YearDay
    fall_back: Citation
    fall_back_years: Number | None
    forms: tuple[Named, ...]
    causes: tuple[Named, ...]
    citations: Mapping[str, Citation]
    content_hash: str
    notes: tuple[Said, ...]

    @property
    def periods(self) -> tuple[Period, ...]:
        return tuple(entry.period for entry in self.in_force)

    @property
    def act_words(self) -> tuple[str, ...]:
        """The acts it rests on, each once."""
        return tuple(dict.fromkeys(entry.citation.act for entry in self.in_force))

    @property
    def unread(self) -> tuple[Citation, ...]:
        """The grounds whose text was not read."""
        return tuple(citation for citation in self.citations.values() if not citation.verified)

    def rule_words(self, rule: str) -> str:
        """The act and article of a part of the procedure, for a sentence that refuses a step."""
        part = getattr(self, rule, None)
        if rule == "reposting":  # where none is asked for, a list that changed hangs as the first did
            part = part or self.posting
        citation = part if isinstance(part, Citation) else getattr(part, "citation", None)
        return (citation or self.decision).words

    def meeting_rules(self, language: str = "vi") -> tuple[str, ...]:
        """What a meeting must know, in sentences."""
        more = (
            Words("quá", "more than") if self.meeting.comparison == "more_than" else Words("từ", "at least")
        )
        text = Words(
            "Kết quả của một hộ được thống nhất khi {more} {share}% số người dự họp đồng ý ({rule}).",
            "A household's result is agreed when {more} {share}% of those present agree ({rule}).",
        )
        said = text(language).format(
            more=more(language), share=self.meeting.share.value, rule=self.meeting.citation.words
        )
        return (said, *((self.meeting.note(language),) if self.meeting.note else ()))

    def meeting_attendees(self, language: str = "vi") -> tuple[str, ...]:
        return tuple(words(language) for words in self.meeting.attendees)


@dataclass(frozen=True)
class Clock:
    """A limit that runs: who holds it, from when, until when, and from which day it warns."""

    name: str
    holder: str
    starts_on: dt.date
    due_on: dt.date
    warn_from: dt.date

    def state_on(self, day: dt.date) -> str:
        """'running', 'warning' from the last third of the time on, 'late' after the last day."""
        if day > self.due_on:
            return "late"
        return "warning" if day >= self.warn_from else "running"


#: Who holds each clock.
_HOLDERS = {
    "posting": "commune_officer",
    "reposting": "commune_officer",
    "recheck": "commune_officer",
    "district_answer": "district_officer",
    "regular": "commune_chairman",
}


def clock(procedure: Procedure, name: str, start: dt.date) -> Clock:
    """The clock of that name as it runs from `start`; that of a request from the day its batch begins.

    KeyError for a name or a limit the procedure does not have.
    """
    limit = procedure.regular.limit if name == "regular" else getattr(procedure, name)
    if limit is None:
        raise KeyError(name)
    if name == "regular":
        start = procedure.regular.starts_on(start)
    due = limit.due(start)
    warn = start + (due - start) * 2 // 3
    return Clock(name, _HOLDERS[name], start, due, min(warn, due - dt.timedelta(days=1)))


@cache
def procedures() -> Mapping[str, Procedure]:
    """Every procedure by slug, oldest first. Raises LawFileError where a file is wrong."""
    found = [read_procedure(path) for path in (law_dir() / "procedures").glob("*.yaml")]
    return {p.slug: p for p in sorted(found, key=lambda p: p.periods[0])}


def procedure_on(day: dt.date) -> Procedure:
    """The procedure of a review held on that day. Raises NoProcedureError."""
    for procedure in procedures().values():
        if any(day in period for period in procedure.periods):
            return procedure
    raise NoProcedureError(on=f"{day:%d/%m/%Y}")


def procedure_named(slug: str) -> Procedure:
    """The procedure of that slug. Raises UnknownProcedureError."""
    if slug not in procedures():
        raise UnknownProcedureError(slug=slug, known=", ".join(procedures()))
    return procedures()[slug]


def read_procedure(path: Path) -> Procedure:
    """One file of law/procedures. Raises LawFileError with file and line."""
    return parse_procedure(load_yaml(path))


def parse_procedure(file: Block) -> Procedure:
    """A loaded file; apart from reading so that a test may change a part of one."""
    return _ProcedureReading(file).procedure()


class _ProcedureReading(_Reading):
    """Reads one procedure; citations are resolved as for a standard."""

    def procedure(self) -> Procedure:
        file = self.file
        text = json.dumps(as_plain(file), ensure_ascii=False, sort_keys=True)
        window, reports = file["window"], file["reports"]
        return Procedure(
            slug=file["slug"],
            name=words(file["name"]),
            in_force=tuple(InForce(Period(e["from"], e["to"]), self.cited(e)) for e in file["periods"]),
            has_district=file["has_district"],
            opens=self.year_day(window, "opens"),
            closes=self.year_day(window, "closes"),
            lists=Said(words(file["lists"]["says"]), self.cited(file["lists"])),
            quick_form=self.quick_form(file["quick_form"]),
            meeting=self.meeting(file["meeting"]),
            posting=self.limit(file["posting"], hangs=True),
            recheck=self.limit(file["recheck"]),
            reposting=self.limit(file["reposting"], hangs=True) if file["reposting"] else None,
            district_answer=self.limit(file["district_answer"]) if file["district_answer"] else None,
            decision=self.cited(file["decision"]),
            regular=self.regular(file["regular"]),
            periodic_report=self.periodic(reports),
            report_forms=reports["forms"],
            preliminary_report=self.year_day(reports, "preliminary"),
            official_report=self.year_day(reports, "official"),
            fall_back=self.citations["fall_back"],
            fall_back_years=(
                self.number(file, "fall_back_years", self.citations["fall_back"])
                if file["fall_back_years"]
                else None
            ),
            forms=tuple(Named(f["code"], words(f["name"]), self.cited(f)) for f in file["forms"]),
            causes=tuple(
                Named(c["code"], words(c["name"]), self.cited(file["causes"]))
                for c in file["causes"]["items"]
            ),
            citations=self.citations,
            content_hash=hashlib.sha256(text.encode()).hexdigest(),
            notes=tuple(Said(words(note), self.cited(note)) for note in file["notes"]),
        )

    def limit(self, block: Block, *, hangs: bool = False) -> Limit:
        citation = self.cited(block)
        return Limit(self.number(block, "days", citation), block["unit"], hangs, citation)

    def year_day(self, block: Block, key: str) -> YearDay:
        value: Any = block[key]
        citation = self.cited(value) if isinstance(value, Block) else self.cited(block)
        text = value["value"] if isinstance(value, Block) else value
        month, day = text.split("-")
        return YearDay(int(month), int(day), citation)

    def periodic(self, block: Block) -> PeriodicReport:
        citation, own = self.cited(block), block["periodic"]
        day = self.number(own, "day", citation) if own["day"] else None
        return PeriodicReport(own["every"], day, own["first_month"], own["last_month"], citation)

    def quick_form(self, block: Block) -> QuickForm:
        return QuickForm(
            tuple(QuickItem(item["code"], words(item["name"])) for item in block["items"]),
            self.number(block, "max_ticks", self.cited(block)),
            words_or_none(block.get("note")),
        )

    def meeting(self, block: Block) -> MeetingRule:
        citation = self.cited(block)
        return MeetingRule(
            share=self.number(block, "share", citation),
            comparison=block["comparison"],
            quorum=self.number(block, "quorum", citation) if block["quorum"] else None,
            copies=self.number(block, "copies", citation),
            attendees=tuple(words(person) for person in block["attendees"]),
            citation=citation,
            note=words_or_none(block.get("note")),
        )

    def regular(self, block: Block) -> RegularRule:
        citation = self.cited(block)
        return RegularRule(
            limit=self.limit(block),
            from_day=self.number(block, "from_day", citation) if block["from_day"] else None,
            channels=tuple(words(channel) for channel in block["channels"]),
            citation=citation,
        )
