"""Whether the review procedures are complete, cited and without gap, and whether their steps lead somewhere."""

import datetime as dt
from collections.abc import Callable, Iterable, Iterator
from itertools import pairwise
from pathlib import Path

from giamngheo.base.law import law_dir
from giamngheo.base.yaml import Block, LawFileError, load_yaml
from giamngheo.rules.procedures import Procedure, parse_procedure
from giamngheo.rules.workflow import ACTIONS, STATES, transitions

NEEDED = (
    "slug", "name", "citations", "periods", "has_district", "window", "lists", "quick_form", "meeting", "posting", "recheck",
    "reposting", "district_answer", "decision", "regular", "reports", "fall_back_years", "forms", "causes", "notes",
)  # fmt: skip
FIRST_STATE = {"village": "listing", "commune": "gathering"}
#: Where a review may come to rest.
LAST_STATES = frozenset({"ready", "reported"})

Check = Callable[[Block], Iterable[LawFileError]]


def check_procedures(cited: Check) -> Iterator[LawFileError]:
    """All problems of law/procedures; `cited` finds those of a file's grounds and numbers."""
    found: list[tuple[Block, Procedure]] = []
    for path in sorted((law_dir() / "procedures").glob("*.yaml")):
        try:
            file = load_yaml(path)
            wrong = [*_parts(file, path), *cited(file)] if _has_all(file) else [*_parts(file, path)]
            if not wrong:
                procedure = parse_procedure(file)
                wrong = [*_numbers(file, procedure), *_steps(path, procedure)]
                found.append((file, procedure))
        except LawFileError as error:
            wrong = [error]
        except (KeyError, TypeError, ValueError) as error:
            wrong = [LawFileError(path, 0, f"không đọc được: {error}")]
        yield from wrong
    yield from _periods(found)
    yield from _swaps(cited)


def _swaps(cited: Check) -> Iterator[LawFileError]:
    """Swapped days without grounds, or that swap nothing: a day off must be one of work and the other way round."""
    path = law_dir() / "workdays.yaml"
    if not path.is_file():
        return
    file = load_yaml(path)
    yield from cited(file)
    for swap in file["swaps"]:
        if swap.get("cite") not in file["citations"]:
            yield swap.error("ngày hoán đổi không có căn cứ (cite)")
        if swap["off"].weekday() > 4 or swap["worked"].weekday() < 5:
            yield swap.error(
                "ngày nghỉ phải là ngày thường, ngày làm bù phải là thứ bảy hoặc chủ nhật", "off"
            )


def _has_all(file: Block) -> bool:
    return all(key in file for key in NEEDED)


def _parts(file: Block, path: Path) -> Iterator[LawFileError]:
    missing = [key for key in NEEDED if key not in file]
    if missing:
        yield LawFileError(path, 1, f"thiếu {', '.join(missing)}")
        return
    if file["slug"] != path.stem:
        yield file.error(f"slug {file['slug']} khác tên tệp {path.stem}", "slug")
    if file["has_district"] != (file["district_answer"] is not None):
        yield file.error("có cấp huyện thì phải có hạn trả lời của huyện, không thì không", "district_answer")
    for key in ("posting", "recheck", "reposting", "district_answer", "regular"):
        if file[key] and file[key]["unit"] not in ("workdays", "days"):
            yield file[key].error("unit phải là workdays hoặc days", "unit")
    if file["meeting"]["comparison"] not in ("at_least", "more_than"):
        yield file["meeting"].error("comparison phải là at_least hoặc more_than", "comparison")
    if not file["reports"].get("forms"):
        yield file["reports"].error("thiếu forms: thế hệ biểu mẫu của báo cáo", "periodic")
    if file["reports"]["periodic"]["every"] not in ("month", "quarter"):
        yield file["reports"]["periodic"].error("every phải là month hoặc quarter", "every")


def _numbers(file: Block, procedure: Procedure) -> Iterator[LawFileError]:
    limits = (procedure.posting, procedure.recheck, procedure.reposting, procedure.district_answer)
    if any(limit.days.value < 1 for limit in limits if limit):
        yield file.error("hạn phải từ một ngày trở lên", "posting")
    if not 0 < procedure.meeting.share.value <= 100:
        yield file["meeting"].error("tỷ lệ phải từ 1 đến 100", "share")
    year = 2024  # a leap year: every day of a year is there
    days = (procedure.opens, procedure.closes, procedure.preliminary_report, procedure.official_report)
    opens, closes, preliminary, official = (day.day_in(year) for day in days)
    if not opens < closes:
        yield file["window"].error("thời gian rà soát kết thúc trước khi bắt đầu", "closes")
    if not opens < preliminary < official:
        yield file["reports"].error("báo cáo sơ bộ phải trước báo cáo chính thức", "official")
    from_day = procedure.regular.from_day
    if from_day and not 1 <= from_day.value <= 28:
        yield file["regular"].error("ngày của tháng phải từ 1 đến 28", "from_day")
    codes = [item.code for item in procedure.quick_form.items]
    if len(set(codes)) < len(codes):
        yield file["quick_form"].error("hai mục trùng mã", "items")


def _steps(path: Path, procedure: Procedure) -> Iterator[LawFileError]:
    """States that nothing leads to or nothing leads out of, steps of nobody, clocks the procedure does not have."""
    steps = list(transitions(procedure))
    for of, first in FIRST_STATE.items():
        own = [step for step in steps if step.of == of]
        reached = {first}
        for _ in own:
            reached |= {step.to_state for step in own if step.from_state in reached}
        for step in own:
            if step.from_state not in reached:
                yield LawFileError(path, 0, f"không đi tới được bước “{STATES[step.from_state].vi}”")
            if not step.who:
                yield LawFileError(path, 0, f"không ai làm bước “{ACTIONS[step.action].vi}”")
            # Where no second posting is asked for, a list that changed hangs as the first did.
            if step.clock not in ("", "reposting") and getattr(procedure, step.clock) is None:
                yield LawFileError(path, 0, f"bước “{ACTIONS[step.action].vi}” không có hạn")
        ends = reached - {step.from_state for step in own} - LAST_STATES
        for state in sorted(ends):
            yield LawFileError(path, 0, f"bước “{STATES[state].vi}” không đi tiếp được")


def _periods(found: list[tuple[Block, Procedure]]) -> Iterator[LawFileError]:
    ordered = sorted(((period, file) for file, p in found for period in p.periods), key=lambda item: item[0])
    for (one, _file), (two, file) in pairwise(ordered):
        if two.first <= one.last:
            yield file.error(
                f"kỳ hạn từ {two.first:%d/%m/%Y} chồng lên kỳ hạn đến {one.last:%d/%m/%Y}", "periods"
            )
        elif two.first - one.last > dt.timedelta(days=1):
            yield file.error(
                f"không có quy trình nào từ {one.last:%d/%m/%Y} đến {two.first:%d/%m/%Y}", "periods"
            )
