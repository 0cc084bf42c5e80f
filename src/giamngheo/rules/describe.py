"""A standard in plain words, as Markdown: for `giamngheo law show` and docs/reference/standards.md."""

from giamngheo.base.text import format_date, format_number
from giamngheo.rules.sentences import AREA_NAMES
from giamngheo.rules.standards import Citation, Lines, Standard, Words, standards

WORDS = {
    "in_force": Words("Áp dụng", "In force"),
    "from_to": Words("từ {first} đến {last}", "from {first} to {last}"),
    "lines": Words("Mức thu nhập (đồng/người/tháng)", "Income lines (đồng per person per month)"),
    "rule": Words("Xếp loại", "Classes"),
    "points": Words("Điểm B1, B2 trên phiếu", "Points B1, B2 of the form"),
    "indicators": Words("Các chỉ số thiếu hụt", "Indicators of deprivation"),
    "each": Words("{points} điểm B2 cho mỗi chỉ số", "{points} B2 points for each indicator"),
    "form_a": Words("Phiếu A: {ticks} chỉ số trở xuống thì rà soát bằng phiếu B", "Form A: {ticks} ticks or fewer go on to form B"),
    "missing": Words("Bảng điểm B1 chưa đủ (thiếu mục {items}): không tự tính, nhận tổng điểm từ phiếu giấy", "The B1 table lacks items {items}: not computed, the total of the paper form is taken"),
    "high": Words("chắc", "sure"), "medium": Words("khá chắc", "fairly sure"), "low": Words("chưa chắc", "unsure"),
    "verified": Words("đã đọc ở nguồn", "read in the source"),
    "unverified": Words("chưa đối chiếu", "not verified"),
    "deprived_if": Words("thiếu hụt nếu {what}", "deprived if {what}"),
    "poor_by_income_or_by_deprivations_between_lines": Words(
        "Nghèo: thu nhập không vượt {lower}; hoặc trên mức ấy, không vượt {upper} và thiếu hụt từ {needed} chỉ số. Cận nghèo: giữa hai mức, thiếu hụt dưới {needed} chỉ số.",
        "Poor: income not above the {lower}; or above it, not above the {upper}, and {needed} or more deprivations. Near-poor: between the two with fewer than {needed}.",
    ),
    "poor_by_income_and_deprivations": Words(
        "Nghèo: thu nhập không vượt {lower} và thiếu hụt từ {needed} chỉ số. Cận nghèo: cùng mức thu nhập, thiếu hụt dưới {needed} chỉ số.",
        "Poor: income not above the {lower} and {needed} or more deprivations. Near-poor: the same income with fewer than {needed}.",
    ),
}  # fmt: skip


def describe(standard: Standard, language: str = "vi") -> list[str]:
    """The lines of a Markdown section about one standard; every number with act, article, sources, confidence."""
    words = {key: value(language) for key, value in WORDS.items()}
    found = [f"## {standard.name(language)}", "", f"### {words['in_force']}", ""]
    for entry in standard.in_force:
        first, last = format_date(entry.period.first), format_date(entry.period.last)
        found.append(
            f"- {words['from_to'].format(first=first, last=last)}: {cited(entry.citation, language)}"
        )
        if entry.citation.note:
            found.append(f"  {entry.citation.note(language)}")
    found += ["", f"### {words['lines']}", ""]
    for area, lines in standard.lines.items():
        found += _lines(standard, area, lines, language)
    if standard.average_unknown:
        found.append(f"- {standard.average_unknown(language)}")
    found += ["", f"### {words['rule']}", "", _rule(standard, language), ""]
    found += [cited(standard.deprived_at_least.citation, language), "", f"### {words['points']}", ""]
    found += _points(standard, language)
    found += ["", f"### {words['indicators']}", ""]
    for number, indicator in enumerate(standard.indicators, start=1):
        why = words["deprived_if"].format(what=indicator.deprived_if(language))
        found.append(f"{number}. **{indicator.name(language)}** ({indicator.service(language)}): {why}.")
        found.append(f"   {cited(indicator.citation, language)}")
        found += [f"   {indicator.note(language)}"] if indicator.note else []
    if standard.indicators_unknown:
        found.append(standard.indicators_unknown(language))
    return found


def cited(citation: Citation, language: str = "vi") -> str:
    """Act, article, sources and confidence in one line."""
    article = f", {citation.article}" if citation.article else ""
    verified = WORDS["verified" if citation.verified else "unverified"](language)
    return f"[{citation.act}{article}; {', '.join(citation.source)}; {WORDS[citation.confidence](language)}, {verified}]"


def _lines(standard: Standard, area: str, lines: Lines, language: str) -> list[str]:
    return [
        f"- {AREA_NAMES[area](language)}, {standard.line_names[name](language)}: "
        f"**{format_number(number.value, language=language)}** {cited(number.citation, language)}"
        for name, number in lines.named().items()
    ]


def _rule(standard: Standard, language: str) -> str:
    names = {name: words(language) for name, words in standard.line_names.items()}
    return WORDS[standard.rule](language).format(needed=standard.deprived_at_least.value, **names)


def _points(standard: Standard, language: str) -> list[str]:
    points, found = standard.points, []
    for area, lines in points.lines.items():
        found += _lines(standard, area, lines, language)
    if points.per_indicator:
        each = WORDS["each"](language).format(points=points.per_indicator.value)
        found.append(f"- {each} {cited(points.per_indicator.citation, language)}")
    if points.form_a_most_ticks:
        form_a = WORDS["form_a"](language).format(ticks=points.form_a_most_ticks.value)
        found.append(f"- {form_a} {cited(points.form_a_most_ticks.citation, language)}")
    if points.unknown:
        found.append(f"- {points.unknown(language)}")
    if points.table and points.table.missing:
        items = ", ".join(item.number for item in points.table.missing)
        found.append(f"- {WORDS['missing'](language).format(items=items)}")
    return found


def reference() -> str:
    """docs/reference/standards.md, Vietnamese then English."""
    parts = [
        "# Các chuẩn nghèo / The poverty standards",
        "",
        "Sinh ra từ `law/standards/` bằng `giamngheo.rules.describe.reference()`; đừng sửa tay. Nguồn S…: `law/sources.yaml`;"
        " MEM: ghi theo trí nhớ.",
        "Generated from `law/standards/`; do not edit. Sources S…: `law/sources.yaml`; MEM: recalled, no text seen.",
    ]
    for language, title in (("vi", "# Tiếng Việt"), ("en", "# English")):
        parts += ["", title]
        for standard in standards().values():
            parts += ["", *describe(standard, language)]
    return "\n".join(parts) + "\n"
