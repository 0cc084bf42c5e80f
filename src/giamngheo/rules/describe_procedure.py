"""A review procedure in plain words: for `giamngheo law show`, the law page and docs/reference/procedures.md."""

from dataclasses import dataclass

from giamngheo.base.text import format_date
from giamngheo.rules.describe import cited
from giamngheo.rules.procedures import Limit, Procedure, YearDay, procedures
from giamngheo.rules.standards import Citation, Words
from giamngheo.rules.workdays import FIRST, LAST, swaps, worked_weekend_days
from giamngheo.rules.workflow import ACTIONS, STATES, diagram, transitions

#: Roles as the steps name them.
ROLES = {
    "village_head": Words("trưởng thôn, bản", "village head"),
    "commune_officer": Words("cán bộ xã", "commune officer"),
    "commune_chairman": Words("Chủ tịch UBND xã", "chairman of the commune"),
    "district_officer": Words("huyện", "district"),
}
_LABELS = {
    "window": Words("Rà soát định kỳ", "Annual review"),
    "lists": Words("Lập danh sách", "Lists"),
    "quick": Words("Phiếu A", "Form A"),
    "attendees": Words("Dự họp", "Present"),
    "copies": Words("Biên bản", "Minutes"),
    "meeting": Words("Họp thôn", "Village meeting"),
    "quorum": Words("Số người dự tối thiểu", "Quorum"),
    "posting": Words("Niêm yết", "Posting"),
    "recheck": Words("Phúc tra khi có phản ánh", "Re-check after an objection"),
    "reposting": Words("Niêm yết lại", "Second posting"),
    "district_answer": Words("Huyện trả lời", "The district answers"),
    "decision": Words("Quyết định", "Decision"),
    "regular": Words("Rà soát thường xuyên", "Regular review"),
    "periodic": Words("Báo cáo trong năm", "Reports during the year"),
    "preliminary": Words("Báo cáo sơ bộ", "Preliminary report"),
    "official": Words("Báo cáo chính thức", "Official report"),
    "from_day": Words("Ngày bắt đầu hằng tháng", "Day of the month it begins"),
    "note": Words("Ghi chú", "Note"),
    "form": Words("Mẫu", "Form"),
    "causes": Words("Nguyên nhân nghèo", "Causes of poverty"),
    "period": Words("Hiệu lực", "In force"),
    "fall_back": Words("Tái nghèo tính trong", "Fallen back is counted within"),
}


@dataclass(frozen=True)
class Rule:
    """One rule of a procedure: its name, what it says, and where it stands."""

    name: str
    says: str
    citation: Citation
    note: str = ""


def rules_of(procedure: Procedure, language: str = "vi") -> list[Rule]:
    """Every rule of a procedure in the order of the review."""

    def rule(key: str, says: str, citation: Citation, note: Words | None = None) -> Rule:
        notes = [words(language) for words in (note, citation.note) if words]
        return Rule(_LABELS[key](language), says, citation, " ".join(notes))

    p, meeting = procedure, procedure.meeting
    batch = p.regular.from_day.citation.note if p.regular.from_day else None
    found = [
        rule("window", _between(p.opens, p.closes, language), p.opens.citation),
        rule("lists", p.lists.words(language), p.lists.citation),
        rule("quick", _quick(p, language), p.quick_form.max_ticks.citation, p.quick_form.note),
        rule("meeting", p.meeting_rules(language)[0], meeting.citation, meeting.note),
        rule("quorum", str(meeting.quorum.value) if meeting.quorum else _said("no_quorum", language), meeting.citation),
        rule("attendees", "; ".join(_inside(one) for one in p.meeting_attendees(language)), meeting.citation),
        rule("copies", _said("copies", language, n=meeting.copies.value), meeting.copies.citation),
        rule("posting", _limit(p.posting, language), p.posting.citation),
        rule("recheck", _limit(p.recheck, language), p.recheck.citation),
    ]  # fmt: skip
    # What the texts read do not speak of rests on what the nearest part or the whole procedure rests on.
    for key, limit, citation, without in (
        ("reposting", p.reposting, p.recheck.citation, "no_reposting"),
        ("district_answer", p.district_answer, p.in_force[-1].citation, "no_district"),
    ):
        says = _limit(limit, language) if limit else _said(without, language)
        found.append(rule(key, says, limit.citation if limit else citation))
    found += [
        rule("decision", _said("chairman", language), p.decision),
        rule(
            "regular",
            _regular(p, language),
            p.regular.citation,
            batch,
        ),
        rule("periodic", _periodic(p, language), p.periodic_report.citation),
        rule("preliminary", _before(p.preliminary_report, language), p.preliminary_report.citation),
        rule("official", _before(p.official_report, language), p.official_report.citation),
    ]
    years = p.fall_back_years
    says = _said("years", language, n=years.value) if years else _said("no_look_back", language)
    found.append(rule("fall_back", says, p.fall_back))
    return found


_SAID = {
    "no_quorum": Words("văn bản đọc được không nêu", "the text read names none"),
    "no_reposting": Words(
        "văn bản đọc được không nêu; danh sách có thay đổi thì niêm yết lại như lần đầu",
        "the text read names none; a list that changed hangs again as the first did",
    ),
    "no_district": Words("không còn cấp huyện, phần mềm bỏ bước này", "no district any more: the step is left out"),
    "years": Words("{n} năm", "{n} years"),
    "chairman": Words("Chủ tịch UBND xã ra quyết định", "the chairman of the commune decides"),
    "no_look_back": Words(
        "không giới hạn số năm: mọi lần được công nhận trước đây đều tính",
        "without limit: any earlier recognition counts",
    ),
    "copies": Words("{n} bản", "{n} copies"),
    "days": Words("{n} ngày", "{n} days"),
    "workdays": Words("{n} ngày làm việc", "{n} working days"),
    "between": Words("từ {first} đến {last} hằng năm", "from {first} to {last} of each year"),
    "before": Words("trước ngày {day}", "before {day}"),
    "quick": Words(
        "đánh dấu từ {n} mục trở xuống thì rà soát đầy đủ; các mục: {items}",
        "with {n} ticks or fewer the household is reviewed in full; items: {items}",
    ),
    "regular": Words("trả lời trong {limit}{start}; cách nộp: {channels}", "answered within {limit}{start}; filed {channels}"),
    "from_day": Words(" kể từ ngày {n} của tháng, là ngày các giấy đề nghị được xét chung", " from day {n} of the month, when requests are taken together"),
    "month": Words("ngày {day} hằng tháng, từ tháng {first} đến tháng {last}", "day {day} of each month, month {first} to {last}"),
    "workdays_title": Words("Ngày làm việc", "Working days"),
    "calendar": Words(
        "Lịch {first}-{last}: thứ bảy, chủ nhật, ngày lễ, Tết và ngày nghỉ bù là của thư viện `holidays`. Ngày cuối tuần làm bù đã biết: {worked}. Ngày hoán đổi từ năm {unknown} chưa công bố: kỳ hạn của những năm ấy có thể lệch một, hai ngày.",
        "Calendar {first}-{last}: weekends, holidays, Tết and days in lieu are the `holidays` library's. Weekend days worked, as far as known: {worked}. Swaps from {unknown} on are not announced: due days of those years may move by a day or two.",
    ),
    "swap": Words("Nghỉ {off}, làm bù {worked}", "Off {off}, worked {worked}"),
    "quarter": Words("hằng quý; văn bản đọc được không nêu ngày", "each quarter; the text read names no day"),
}  # fmt: skip


def _said(key: str, language: str, **words: object) -> str:
    return _SAID[key](language).format(**words)


def _inside(words: str) -> str:
    """Words as they stand inside a sentence."""
    return words[:1].lower() + words[1:]


def _day(day: YearDay) -> str:
    return f"{day.day:02}/{day.month:02}"


def _between(first: YearDay, last: YearDay, language: str) -> str:
    return _said("between", language, first=_day(first), last=_day(last))


def _before(day: YearDay, language: str) -> str:
    return _said("before", language, day=_day(day))


def _limit(limit: Limit, language: str) -> str:
    return _said(limit.unit, language, n=limit.days.value)


def _quick(procedure: Procedure, language: str) -> str:
    items = "; ".join(_inside(item.name(language)) for item in procedure.quick_form.items)
    return _said("quick", language, n=procedure.quick_form.max_ticks.value, items=items)


def _regular(procedure: Procedure, language: str) -> str:
    regular = procedure.regular
    start = _said("from_day", language, n=regular.from_day.value) if regular.from_day else ""
    channels = "; ".join(_inside(words(language)) for words in regular.channels)
    return _said("regular", language, limit=_limit(regular.limit, language), start=start, channels=channels)


def _periodic(procedure: Procedure, language: str) -> str:
    report = procedure.periodic_report
    day = report.day.value if report.day else None
    return _said(report.every, language, day=day, first=report.first_month, last=report.last_month)


def rests_on(procedure: Procedure, citation: Citation, language: str = "vi") -> str:
    """What of the procedure rests on a ground, in words."""
    p = procedure
    parts = [(rule.name, rule.citation) for rule in rules_of(p, language)]
    parts += (
        [(_inside(_LABELS["from_day"](language)), p.regular.from_day.citation)] if p.regular.from_day else []
    )
    parts += [(_LABELS["note"](language), note.citation) for note in p.notes]
    parts += [(f"{_LABELS['form'](language)} {form.code}", form.citation) for form in p.forms]
    parts += [(_LABELS["causes"](language), cause.citation) for cause in p.causes]
    for entry in p.in_force:
        first, last = format_date(entry.period.first), format_date(entry.period.last)
        parts.append((f"{_LABELS['period'](language)} {first} – {last}", entry.citation))
    return "; ".join(dict.fromkeys(_inside(name) for name, ground in parts if ground == citation))


@dataclass(frozen=True)
class StepWords:
    """One row of the transition table in words; `of` is village or commune."""

    of: str
    before: str
    action: str
    after: str
    who: str


def steps_of(procedure: Procedure, language: str = "vi") -> list[StepWords]:
    """The transition table of a procedure."""
    return [
        StepWords(
            t.of,
            STATES[t.from_state](language),
            ACTIONS[t.action](language),
            STATES[t.to_state](language),
            ", ".join(ROLES[role](language) for role in sorted(t.who)),
        )
        for t in transitions(procedure)
    ]


def describe_procedure(procedure: Procedure, language: str = "vi") -> list[str]:
    """The lines of a Markdown section about one procedure; every rule with act, article, sources, confidence."""
    found = [f"## {procedure.name(language)}", ""]
    for entry in procedure.in_force:
        first, last = format_date(entry.period.first), format_date(entry.period.last)
        found.append(f"- {first} – {last}: {cited(entry.citation, language)}")
        found += [f"  {entry.citation.note(language)}"] if entry.citation.note else []
    found.append("")
    for rule in rules_of(procedure, language):
        found.append(f"- {rule.name}: **{rule.says}** {cited(rule.citation, language)}")
        found += [f"  {rule.note}"] if rule.note else []
    found += [f"- {note.words(language)} {cited(note.citation, language)}" for note in procedure.notes]
    return found


def describe_workdays(language: str = "vi") -> list[str]:
    """The lines of a Markdown section about the calendar: its years, the swapped days known, from when they are not."""
    days = worked_weekend_days()
    worked = ", ".join(format_date(day) for day in days)
    found = [f"## {_SAID['workdays_title'](language)}", ""]
    found.append(
        _said("calendar", language, first=FIRST, last=LAST, worked=worked, unknown=days[-1].year + 1)
    )
    for swap in swaps():
        found.append(
            f"- {_said('swap', language, off=format_date(swap.off), worked=format_date(swap.worked))}"
            f" {cited(swap.citation, language)}"
        )
        found += [f"  {swap.citation.note(language)}"] if swap.citation.note else []
    return found


def reference() -> str:
    """docs/reference/procedures.md, Vietnamese then English, each procedure with the diagram of its steps."""
    lines = [
        "# Các quy trình rà soát / The review procedures",
        "",
        "Sinh ra từ `law/procedures/` và bảng các bước bằng `giamngheo.rules.describe_procedure.reference()`; đừng sửa tay.",
        "Generated from `law/procedures/` and the table of steps; do not edit.",
        "",
    ]
    for language, title in (("vi", "# Tiếng Việt"), ("en", "# English")):
        lines += [title, ""]
        for procedure in procedures().values():
            lines += [*describe_procedure(procedure, language), "", "```mermaid"]
            lines += [diagram(procedure, language), "```", ""]
        lines += [*describe_workdays(language), ""]
    return "\n".join(lines)
