"""Whether policies, their facts and clocks are complete, cited and consistent; every problem with its file and line."""

import datetime as dt
from collections.abc import Callable, Iterator
from itertools import pairwise
from pathlib import Path
from typing import Any

from giamngheo.base.law import law_dir
from giamngheo.base.yaml import Block, LawFileError, load_yaml
from giamngheo.rules.conditions import leaves, over, parse
from giamngheo.rules.policies import CHOOSE, KINDS, PER, UNITS, known, policy_files, read_policy
from giamngheo.rules.poor_types import POOR_TYPES

NEEDED = (
    "slug", "id", "name", "group", "unit", "poor_type", "citations", "in_force", "benefits", "agency", "money",
)  # fmt: skip
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
    for file, path in zip(policies, policy_files(), strict=True):
        found = list(_policy(file, path, shown, slugs, grounds))
        problems += found or _readable(file)
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
    for key, allowed in (("unit", UNITS), ("poor_type", POOR_TYPES)):
        if file[key] not in allowed:
            yield file.error(f"{key} phải là một trong {', '.join(allowed)}", key)
    yield from grounds(file)
    yield from _period(file["in_force"])
    if "who" in file:
        yield from _condition(file["who"], file)
    for benefit in file["benefits"]:
        yield from _benefit(benefit, file, shown)
    for relation in file.get("relations", ()):
        yield from _relation(relation, slugs)


def _period(block: Block) -> Iterator[LawFileError]:
    if not isinstance(block.get("from"), dt.date):
        yield block.error("cần from là ngày")
    elif "to" in block and block["to"] < block["from"]:
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
    for tier in benefit.get("tiers", [benefit]):
        if "if" in tier:
            yield from _condition(tier["if"], file)
        gives = tier.get("gives", Block())
        for key in ("clock", "rate_clock"):
            if gives.get(key) and gives[key] not in shown:
                yield gives.error(f"không có đồng hồ “{gives[key]}” trong clocks.yaml", key)
        if gives.get("of") and gives["of"] not in known().facts:
            yield gives.error(f"không có dữ kiện “{gives['of']}” trong facts.yaml", "of")


def _relation(block: Block, slugs: frozenset[str]) -> Iterator[LawFileError]:
    if block.get("kind") not in KINDS:
        yield block.error(f"không có quan hệ “{block.get('kind')}”; có: {', '.join(KINDS)}", "kind")
        return
    if not block.get("with") and block["kind"] not in ALONE:
        yield block.error(f"quan hệ {block['kind']} phải nêu chính sách nào (with)", "kind")
    for other in block.get("with", ()):
        if other not in slugs:
            yield block.error(f"không có chính sách “{other}”", "with")
