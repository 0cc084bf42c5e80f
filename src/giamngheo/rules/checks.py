"""Whether the law's files are complete, cited and consistent; every problem is found, each with file and line."""

import datetime as dt
from collections.abc import Iterator
from itertools import pairwise
from pathlib import Path
from typing import Any

from giamngheo.base.law import law_dir
from giamngheo.base.periods import Period, overlaps
from giamngheo.base.yaml import Block, LawFileError, load_yaml
from giamngheo.rules.cases import cases, cases_path, wrong_in
from giamngheo.rules.classes import CLASS_RULES
from giamngheo.rules.facts import ethnic_groups, facts, household_facts, member_facts
from giamngheo.rules.indicators import HOUSEHOLD_RULES, MEMBER_RULES, SHARE_RULES, facts_read
from giamngheo.rules.points import POINT_RULES
from giamngheo.rules.policy_cases import case_files, policy_cases, wrong_in_policy_case
from giamngheo.rules.policy_checks import check_policies
from giamngheo.rules.procedure_checks import check_procedures
from giamngheo.rules.standards import Standard, parse_standard

CONFIDENCE = ("high", "medium", "low")
NEEDED = (
    "slug",
    "name",
    "citations",
    "periods",
    "lines",
    "line_names",
    "rule",
    "deprived_at_least",
    "points",
    "indicators",
)
CITATION_NEEDED = ("act", "source", "confidence", "verified")
RULES = {**MEMBER_RULES, **SHARE_RULES, **HOUSEHOLD_RULES}


def check_law(*, with_cases: bool = True) -> tuple[list[LawFileError], list[Standard]]:
    """All problems of facts, ethnic groups, standards and procedures, and the standards that could be read."""
    problems: list[LawFileError] = []
    found: list[tuple[Block, Standard]] = []
    for read in (facts, ethnic_groups):
        try:
            read()
        except LawFileError as error:
            problems.append(error)
        except (KeyError, TypeError) as error:
            problems.append(LawFileError(law_dir() / "facts.yaml", 0, f"thiếu phần {error}"))
    sources = known_sources(problems)
    for path in sorted((law_dir() / "standards").glob("*/standard.yaml")):
        try:
            file = load_yaml(path)
        except LawFileError as error:
            problems.append(error)
            continue
        wrong = [*_standard(file, path, sources)]
        problems += wrong
        if not wrong:
            found.append((file, parse_standard(file)))
    if not found and not problems:
        problems.append(LawFileError(law_dir() / "standards", 0, "không có chuẩn nào"))
    problems += _periods(found)

    def grounds(file: Block) -> tuple[LawFileError, ...]:
        return (
            *check_citations(file["citations"], sources),
            *check_cited(file, frozenset(file["citations"]), cited=False),
        )

    problems += check_procedures(grounds)
    problems += check_policies(grounds)
    if not problems and with_cases:
        for _, standard in found:
            problems += _cases(standard)
        problems += _policy_cases()
    return problems, [standard for _, standard in found]


def known_sources(problems: list[LawFileError]) -> frozenset[str]:
    try:
        return frozenset(load_yaml(law_dir() / "sources.yaml"))
    except LawFileError as error:
        problems.append(error)
        return frozenset()


def _standard(file: Block, path: Path, sources: frozenset[str]) -> Iterator[LawFileError]:
    missing = [key for key in NEEDED if key not in file]
    if missing:
        yield LawFileError(path, 1, f"thiếu {', '.join(missing)}")
        return
    if file["slug"] != path.parent.name:
        yield file.error(f"slug {file['slug']} khác tên thư mục {path.parent.name}", "slug")
    if file["rule"] not in CLASS_RULES:
        yield file.error(f"không có quy tắc {file['rule']}; có: {', '.join(CLASS_RULES)}", "rule")
    yield from check_citations(file["citations"], sources)
    yield from check_cited(file, frozenset(file["citations"]), cited=False)
    for entry in file["periods"]:
        if not isinstance(entry.get("from"), dt.date) or not isinstance(entry.get("to"), dt.date):
            yield entry.error("kỳ hạn cần from và to là ngày")
        elif entry["from"] > entry["to"]:
            yield entry.error("kỳ hạn kết thúc trước khi bắt đầu")
    for area in ("rural", "urban"):
        yield from _lines(file["lines"], area)
    if isinstance(file["indicators"], list):
        for block in file["indicators"]:
            yield from _indicator(block)
    elif "indicators_unknown" not in file:
        yield file.error("indicators: unknown phải kèm indicators_unknown nói rõ", "indicators")
    yield from _table(file["points"].get("table"))


def check_citations(blocks: Block, sources: frozenset[str]) -> Iterator[LawFileError]:
    """Grounds that are incomplete, name no known source, or claim more than was read."""
    for key, block in blocks.items():
        missing = [name for name in CITATION_NEEDED if name not in block]
        if missing:
            yield blocks.error(f"căn cứ {key} thiếu {', '.join(missing)}", key)
            continue
        if block["confidence"] not in CONFIDENCE:
            yield block.error(f"confidence phải là {', '.join(CONFIDENCE)}", "confidence")
        if not isinstance(block["verified"], bool):
            yield block.error("verified phải là true hoặc false", "verified")
        for source in block["source"]:
            if source not in sources:
                yield block.error(f"nguồn {source} không có trong sources.yaml", "source")
        if block["verified"] is True and ("MEM" in block["source"] or block["confidence"] != "high"):
            yield block.error("điều ghi theo trí nhớ hoặc chưa chắc không được đánh dấu verified", "verified")


def check_cited(value: Any, known: frozenset[str], *, cited: bool) -> Iterator[LawFileError]:
    """Numbers that no `cite` stands around, and cites of nothing."""
    if isinstance(value, list):
        for item in value:
            yield from check_cited(item, known, cited=cited)
    if not isinstance(value, Block):
        return
    if "cite" in value:
        cited = True
        if value["cite"] not in known:
            yield value.error(f"không có căn cứ “{value['cite']}” trong citations", "cite")
    for key, item in value.items():
        numbers = item if isinstance(item, list) else [item]
        if not cited and any(isinstance(n, int | float) and not isinstance(n, bool) for n in numbers):
            yield value.error(f"con số {key} không có căn cứ (cite)", key)
        if key != "citations":
            yield from check_cited(item, known, cited=cited)


def _lines(lines: Block, area: str) -> Iterator[LawFileError]:
    if area not in lines or "lower" not in lines[area]:
        yield lines.error(f"thiếu mức thu nhập {area}", area)
        return
    values = [lines[area][name] for name in ("lower", "upper", "average") if name in lines[area]]
    values = [value["value"] if isinstance(value, Block) else value for value in values]
    if values != sorted(set(values)):
        yield lines.error(f"các mức của {area} phải tăng dần", area)


def _indicator(block: Block) -> Iterator[LawFileError]:
    missing = [
        key for key in ("code", "service", "name", "deprived_if", "rule", "with", "cite") if key not in block
    ]
    if missing:
        yield block.error(f"chỉ số thiếu {', '.join(missing)}")
        return
    if block["rule"] not in RULES:
        yield block.error(f"không có quy tắc {block['rule']}; có: {', '.join(sorted(RULES))}", "rule")
        return
    if f"tick_{block['code']}" not in household_facts():
        yield block.error(f"facts.yaml thiếu tick_{block['code']}", "code")
    known = {**member_facts(), **household_facts()}
    for key in facts_read(block["rule"], block["with"]):
        if key not in known:
            yield block.error(f"facts.yaml không có dữ kiện {key}", "with")
    fact = known.get(block["with"].get("fact", ""))
    options = {option.code for option in fact.options} if fact else set()
    for answer in block["with"].get("answers", ()):
        if answer not in options:
            yield block.error(f"{block['with'].get('fact')} không có câu trả lời {answer}", "with")


def _table(table: Block | None) -> Iterator[LawFileError]:
    if table is None:
        return
    for item in table["items"]:
        if "rule" not in item and "unknown" not in item:
            yield item.error("mục chưa có điểm phải có unknown nói rõ điều đã biết")
        if item.get("rule") and item["rule"] not in POINT_RULES:
            yield item.error(f"không có quy tắc điểm {item['rule']}", "rule")
        for option in item.get("options", ()):
            if len(option["points"]) != len(table["columns"]):
                yield option.error(f"cần {len(table['columns'])} điểm, một cho mỗi vùng", "points")


def _periods(found: list[tuple[Block, Standard]]) -> Iterator[LawFileError]:
    places: dict[Period, Block] = {}
    every: list[Period] = []
    for file, standard in found:
        for block, period in zip(file["periods"], standard.periods, strict=True):
            every.append(period)
            places[period] = block
    for one, two in overlaps(every):
        yield places[two].error(f"kỳ hạn từ {two.first:%d/%m/%Y} chồng lên kỳ hạn đến {one.last:%d/%m/%Y}")
    ordered = sorted(every)
    for one, two in pairwise(ordered):
        if (two.first - one.last).days > 1:
            yield places[two].error(f"không có chuẩn nào từ {one.last:%d/%m/%Y} đến {two.first:%d/%m/%Y}")


def _cases(standard: Standard) -> Iterator[LawFileError]:
    path = cases_path(standard)
    try:
        every = cases(standard)
    except LawFileError as error:
        yield error
        return
    except KeyError as error:
        yield LawFileError(path, 0, f"thiếu {error}")
        return
    if not every:
        yield LawFileError(path, 0, "chưa có tình huống mẫu nào")
    for case in every:
        for column, (expected, seen) in wrong_in(case, standard).items():
            yield LawFileError(path, case.line, f"{case.name}: {column} phải là {expected}, ra {seen}")


def _policy_cases() -> Iterator[LawFileError]:
    for path in case_files():
        try:
            for case in policy_cases(path):
                for problem in wrong_in_policy_case(case):
                    yield LawFileError(case.file, case.line, f"{case.name}: {problem}")
        except LawFileError as error:
            yield error
        except KeyError as error:
            yield LawFileError(path, 0, f"thiếu {error}")


def unverified(standard: Standard) -> list[tuple[str, str]]:
    """What of a standard still waits for a reading of the gazette: (citation, what rests on it)."""
    rests: dict[str, list[str]] = {}
    for area, lines in standard.lines.items():
        for name, number in lines.named().items():
            if not number.citation.verified:
                rests.setdefault(number.citation.key, []).append(f"{standard.line_names[name].vi} {area}")
    for area, lines in standard.points.lines.items():
        for name, number in lines.named().items():
            if not number.citation.verified:
                rests.setdefault(number.citation.key, []).append(
                    f"điểm {standard.line_names[name].vi} {area}"
                )
    for indicator in standard.indicators:
        if not indicator.citation.verified:
            rests.setdefault(indicator.citation.key, []).append(indicator.name.vi)
    each = standard.points.per_indicator
    if each and not each.citation.verified:
        rests.setdefault(each.citation.key, []).append("điểm mỗi chỉ số")
    table = standard.points.table
    if table and table.citation and not table.citation.verified:
        rests.setdefault(table.citation.key, []).append("bảng điểm B1")
    return [(key, "; ".join(what)) for key, what in rests.items()]
