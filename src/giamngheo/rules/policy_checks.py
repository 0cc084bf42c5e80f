"""Whether policies, their facts and clocks are complete, cited and consistent; every problem with its file and line."""

import datetime as dt
from collections.abc import Callable, Iterator
from dataclasses import fields
from itertools import pairwise
from pathlib import Path
from typing import Any

from giamngheo.base.law import law_dir
from giamngheo.base.yaml import Block, LawFileError, load_yaml
from giamngheo.rules.conditions import leaves, over, parse
from giamngheo.rules.describe_policies import GROUP_NAMES
from giamngheo.rules.explain import UNITS as MEASURES
from giamngheo.rules.policies import CHOOSE, KINDS, PER, UNITS, Amount, known, policy_files, read_policy
from giamngheo.rules.poor_types import POOR_TYPES
from giamngheo.rules.relations import UNLESS

NEEDED = (
    "slug", "id", "name", "group", "unit", "poor_type", "citations", "in_force", "benefits", "agency", "money",
)  # fmt: skip
#: The keys a part of a policy may have: one written otherwise would be read as not being there.
ALLOWED = {
    "policy": (*NEEDED, "who", "delivery", "relations", "successor", "unknown", "notes", "ceiling"),
    "in_force": ("from", "to", "cite"),
    "citation": ("act", "article", "source", "confidence", "verified", "note"),
    "delivery": ("says", "every", "days", "cite"),
    "relation": ("kind", "with", "of", "unless", "cite", "note"),
    "benefit": ("code", "name", "per", "times", "choose", "cite", "if", "gives", "tiers"),
    "tier": ("code", "name", "if", "gives", "cite", "from", "to", "note"),
    "gives": (*(f.name for f in fields(Amount) if f.name != "fixed"), "amount", "cite"),
}
#: What a tier gives in whole numbers, in numbers, in words, and yes or no.
KINDS_OF_GIVES: tuple[tuple[type | tuple[type, ...], str, tuple[str, ...]], ...] = (
    (int, "số nguyên không âm", ("amount", "months")),
    ((int, float), "số không âm", ("percent", "share", "quantity", "most", "rate", "rate_percent")),
    (str, "chữ", ("clock", "rate_clock", "unit", "of")),
    (bool, "true hoặc false", ("per_person",)),
)
#: How many times a year a benefit of these comes at most; it says how many.
MOST_TIMES = {"month": 12, "quarter": 4, "school_year": 1, "year": 1}
#: Conditions in these relations name no other policy.
ALONE = ("once", "one_per_person", "one_per_household", "clawback", "window_after_escape", "frozen_on_list")
Grounds = Callable[[Block], tuple[LawFileError, ...]]


def check_policies(grounds: Grounds) -> list[LawFileError]:
    """All problems of clocks, facts and policies; `grounds` checks the citations of a file and its numbers."""
    problems: list[LawFileError] = []
    files: list[Block] = []
    paths = [law_dir() / "clocks.yaml", law_dir() / "policies" / "facts.yaml", *policy_files()]
    for path in paths:
        try:
            files.append(load_yaml(path))
        except LawFileError as error:
            problems.append(error)
    if problems:
        return problems
    clock_file, facts_file, *policies = files
    for file in (clock_file, facts_file):
        problems += grounds(file)
    shown = {block["key"]: block for block in clock_file["clocks"]}
    for block in shown.values():
        problems += _clock(block)
    slugs = frozenset(path.parent.name for path in policy_files())
    ids: dict[Any, Block] = {}
    for file, path in zip(policies, policy_files(), strict=True):
        found = list(_policy(file, path, shown, slugs, grounds))
        problems += found or _readable(file)
        if "id" in file and (first := ids.setdefault(file["id"], file)) is not file:
            problems.append(file.error(f"id “{file['id']}” đã là của {first.file}", "id"))
    return problems


def _readable(file: Block) -> list[LawFileError]:
    try:
        read_policy(file)
    except LawFileError as error:
        return [error]
    except (KeyError, TypeError) as error:
        return [file.error(f"thiếu hoặc sai phần {error}")]
    return []


def _clock(block: Block) -> Iterator[LawFileError]:
    for value in block["values"]:
        if not isinstance(value.get("from"), dt.date) or "value" not in value or "cite" not in value:
            yield value.error(f"giá trị của {block['key']} cần from, value và cite")
            return
    for one, two in pairwise(block["values"]):
        last = one.get("to")
        if last is None or two["from"] <= last:
            yield two.error(
                f"{block['key']}: giá trị từ {two['from']:%d/%m/%Y} chồng lên giá trị trước", "from"
            )
        elif (two["from"] - last).days > 1 and "unknown" not in block:
            yield two.error(
                f"{block['key']}: không có giá trị từ {last:%d/%m/%Y} đến {two['from']:%d/%m/%Y}", "from"
            )


def _policy(
    file: Block, path: Path, shown: dict[str, Block], slugs: frozenset[str], grounds: Grounds
) -> Iterator[LawFileError]:
    missing = [key for key in NEEDED if key not in file]
    if missing:
        yield LawFileError(path, 1, f"thiếu {', '.join(missing)}")
        return
    if file["slug"] != path.parent.name:
        yield file.error(f"slug {file['slug']} khác tên thư mục {path.parent.name}", "slug")
    shaped = list(_shape(file))
    yield from shaped
    if shaped:
        return
    for key, allowed in (("unit", UNITS), ("poor_type", POOR_TYPES), ("group", tuple(GROUP_NAMES))):
        if file[key] not in allowed:
            yield file.error(f"{key} phải là một trong {', '.join(allowed)}", key)
    yield from grounds(file)
    yield from _period(file["in_force"])
    if "from" not in file["in_force"]:
        yield file["in_force"].error("cần from là ngày")
    if "who" in file:
        yield from _condition(file["who"], file)
    yield from _codes_once(file["benefits"])
    for benefit in file["benefits"]:
        yield from _benefit(benefit, file, shown)
    for relation in file.get("relations", ()):
        yield from _relation(relation, slugs)


def _shape(file: Block) -> Iterator[LawFileError]:
    """Parts that are not what they should be, and keys that no part has."""
    yield from _keys(file, "policy")
    for key in ("name", "agency", "money", "successor", "ceiling"):
        if key in file:
            yield from _words(file, key)
    for key, part in (("in_force", "in_force"), ("delivery", "delivery")):
        if key in file:
            yield from _part(file[key], part, file, key)
    for key, part in (("benefits", "benefit"), ("relations", "relation")):
        if not isinstance(file.get(key, []), list):
            yield file.error(f"{key} phải là một danh sách", key)
            return
        for block in file.get(key, ()):
            yield from _part(block, part, file, key)
    if not isinstance(file["citations"], Block):
        yield file.error("citations phải là các căn cứ theo tên", "citations")
        return
    for name, block in file["citations"].items():
        yield from _part(block, "citation", file["citations"], name)
    for benefit in (one for one in file["benefits"] if isinstance(one, Block)):
        if not isinstance(benefit.get("tiers", []), list):
            yield benefit.error("tiers phải là một danh sách", "tiers")
            continue
        for tier in benefit.get("tiers", ()):
            yield from _part(tier, "tier", benefit, "tiers")
        for tier in (benefit, *benefit.get("tiers", ())):
            if isinstance(tier, Block) and "gives" in tier:
                yield from _part(tier["gives"], "gives", tier, "gives")


def _part(block: Any, part: str, around: Block, key: str) -> Iterator[LawFileError]:
    if isinstance(block, Block):
        yield from _keys(block, part)
        if "name" in block:
            yield from _words(block, "name")
    else:
        yield around.error(f"{key} phải gồm các cặp khoá: giá trị, không phải {block!r}", key)


def _keys(block: Block, part: str) -> Iterator[LawFileError]:
    for key in block:
        if key not in ALLOWED[part]:
            yield block.error(f"không có khoá “{key}” ở đây; có: {', '.join(ALLOWED[part])}", key)


def _words(block: Block, key: str) -> Iterator[LawFileError]:
    said = block[key]
    if not isinstance(said, Block) or not all(isinstance(said.get(word), str) for word in ("vi", "en")):
        yield block.error(f"{key} cần lời vi và lời en", key)


def _codes_once(blocks: list[Block]) -> Iterator[LawFileError]:
    found: set[Any] = set()
    for block in blocks:
        code = block.get("code")
        if code in found:
            yield block.error(f"mã “{code}” viết hai lần", "code")
        found.add(code)


def _period(block: Block) -> Iterator[LawFileError]:
    wrong = [key for key in ("from", "to") if key in block and not isinstance(block[key], dt.date)]
    for key in wrong:
        yield block.error(f"{key} phải là ngày, viết như 2018-02-20, không phải {block[key]!r}", key)
    if not wrong and "from" in block and "to" in block and block["to"] < block["from"]:
        yield block.error("kết thúc trước khi bắt đầu", "to")


def _condition(block: Any, file: Block) -> Iterator[LawFileError]:
    try:
        condition = parse(block, known(), file)
    except LawFileError as error:
        yield error
        return
    for leaf in leaves(condition):
        if file["unit"] != "person" and over(leaf) == "member":
            yield file.error(
                f"quyền của hộ không hỏi thẳng về người ({leaf.code}); dùng member hoặc head", "who"
            )


def _benefit(benefit: Block, file: Block, shown: dict[str, Block]) -> Iterator[LawFileError]:
    for key in ("code", "name", "per", "cite"):
        if key not in benefit:
            yield benefit.error(f"quyền lợi thiếu {key}")
            return
    if benefit["per"] not in PER:
        yield benefit.error(f"per phải là một trong {', '.join(PER)}", "per")
    if benefit.get("choose", CHOOSE[0]) not in CHOOSE:
        yield benefit.error(f"choose phải là một trong {', '.join(CHOOSE)}", "choose")
    yield from _times(benefit)
    yield from _codes_once(benefit.get("tiers", []))
    for tier in benefit.get("tiers", [benefit]):
        if "code" not in tier:
            yield tier.error("mức hưởng thiếu code")
        yield from _period(tier)
        if "if" in tier:
            yield from _condition(tier["if"], file)
        gives = tier.get("gives", Block())
        yield from _gives(gives)
        for key in ("clock", "rate_clock"):
            if gives.get(key) and gives[key] not in shown:
                yield gives.error(f"không có đồng hồ “{gives[key]}” trong clocks.yaml", key)
        if gives.get("of") and gives["of"] not in known().facts:
            yield gives.error(f"không có dữ kiện “{gives['of']}” trong facts.yaml", "of")


def _times(benefit: Block) -> Iterator[LawFileError]:
    """How often a year: said where it comes several times, and no more often than there are such times."""
    times, most = benefit.get("times"), MOST_TIMES.get(benefit["per"], 366)
    if times is None:
        if benefit["per"] in MOST_TIMES:
            yield benefit.error(f"quyền lợi mỗi {benefit['per']} phải nói mấy lần một năm (times)", "per")
    elif not isinstance(times, int) or isinstance(times, bool) or not 1 <= times <= most:
        yield benefit.error(f"times của quyền lợi mỗi {benefit['per']} phải từ 1 đến {most}", "times")


def _gives(gives: Block) -> Iterator[LawFileError]:
    for kind, called, keys in KINDS_OF_GIVES:
        for key in keys:
            value = gives.get(key)
            odd = isinstance(value, bool) is not (kind is bool) or not isinstance(value, kind)
            if key in gives and (odd or (isinstance(value, int | float) and value < 0)):
                yield gives.error(f"{key} phải là {called}, không phải {value!r}", key)
    if gives.get("unit") and gives["unit"] not in MEASURES:
        yield gives.error(f"không có đơn vị “{gives['unit']}”; có: {', '.join(MEASURES)}", "unit")


def _relation(block: Block, slugs: frozenset[str]) -> Iterator[LawFileError]:
    if block.get("kind") not in KINDS:
        yield block.error(f"không có quan hệ “{block.get('kind')}”; có: {', '.join(KINDS)}", "kind")
        return
    if not block.get("with") and block["kind"] not in ALONE:
        yield block.error(f"quan hệ {block['kind']} phải nêu chính sách nào (with)", "kind")
    if block.get("of", UNITS[0]) not in UNITS:
        yield block.error(f"of phải là một trong {', '.join(UNITS)}", "of")
    if block.get("unless", UNLESS[0]) not in UNLESS:
        yield block.error(f"unless phải là {', '.join(UNLESS)}", "unless")
    for other in block.get("with", ()):
        if other not in slugs:
            yield block.error(f"không có chính sách “{other}”", "with")
