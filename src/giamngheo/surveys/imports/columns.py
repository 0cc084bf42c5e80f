"""The columns of the workbooks we take: what each is called, how its cells are read, which layout it belongs to."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache

from giamngheo.base.sheets import Cell
from giamngheo.base.text import fold
from giamngheo.rules.facts import HOUSEHOLD, MEMBER, Fact, Option, facts, find_fact
from giamngheo.surveys.forms import form_named
from giamngheo.surveys.models import Round

HOUSEHOLD_SHEET, MEMBER_SHEET, CODES_SHEET, GUIDE_SHEET = "Hộ", "Thành viên", "Danh mục", "Hướng dẫn"

#: What a workbook says of a visit beside the facts.
OUTCOME = Fact(
    key="outcome",
    over=HOUSEHOLD,
    type="choice",
    vi="Kết quả gặp hộ",
    en="Outcome of the visit",
    options=(
        Option("met", "đã gặp", "met", ("gặp", "đã khảo sát")),
        Option("not_met", "chưa gặp", "not met", ("vắng nhà",)),
        Option("moved", "đã chuyển đi", "moved away", ("chuyển đi",)),
        Option("refused", "từ chối", "refused", ("từ chối trả lời",)),
    ),
    _codes={
        fold(word): code
        for code, words in {
            "met": ("met", "đã gặp", "gặp", "đã khảo sát"),
            "not_met": ("not_met", "not met", "chưa gặp", "vắng nhà"),
            "moved": ("moved", "moved away", "đã chuyển đi", "chuyển đi"),
            "refused": ("refused", "từ chối", "từ chối trả lời"),
        }.items()
        for word in words
    },
)
NEXT_VISIT = Fact(key="next_visit_on", over=HOUSEHOLD, type="date", vi="Ngày quay lại", en="Day to go back")
#: Only in the official list: the class it states, compared with our verdict.
STATED_CLASS = Fact(
    key="stated_class", over=HOUSEHOLD, type="text", vi="Phân loại hộ", en="Class of the household"
)

_HOUSEHOLD_IDENTITY = ("household_number", "household_code", "village_code", "village", "head_name", "on")
_MEMBER_IDENTITY = ("household_number", "household_code", "village_code", "full_name", "id_number")
_REGISTER = ("sex", "birth_date", "birth_year", "ethnic", "relation")
#: Answers of form B that no form asks as a question but every sheet bears.
_TOTALS = ("income_per_head", "b1_points", "b2_points")


@dataclass(frozen=True)
class Sheet:
    """A sheet of the template: its name and its columns in order."""

    name: str
    over: str
    columns: tuple[Fact, ...]
    needed: frozenset[str]


@cache
def _sheets(form: str) -> tuple[Sheet, Sheet]:
    asked = form_named(form)
    known = facts()
    answers = [*_TOTALS, *(key for key in asked.household if key not in _TOTALS)]
    household = [known[HOUSEHOLD, key] for key in _HOUSEHOLD_IDENTITY]
    household += [OUTCOME, NEXT_VISIT, *(known[HOUSEHOLD, key] for key in answers)]
    member = [known[MEMBER, key] for key in (*_MEMBER_IDENTITY, *_REGISTER, *asked.asked_of_members)]
    return (
        Sheet(HOUSEHOLD_SHEET, HOUSEHOLD, tuple(household), frozenset({"household_code", "village_code"})),
        Sheet(
            MEMBER_SHEET, MEMBER, tuple(member), frozenset({"household_code", "village_code", "full_name"})
        ),
    )


def sheets_of(round: Round) -> tuple[Sheet, Sheet]:
    """The two sheets of a round's template, with the questions of its form."""
    return _sheets(round.form)


def recognise(headers: Sequence[Cell], over: str, extra: Sequence[Fact] = ()) -> list[Fact | None]:
    """The fact of each heading, None where it is not known; case, accents and required marks aside."""
    own = {
        fold(word): fact for fact in (OUTCOME, NEXT_VISIT, *extra) for word in (fact.vi, fact.en, fact.key)
    }
    found: list[Fact | None] = []
    for header in headers:
        text = str(header or "").replace("*", " ")
        found.append(own.get(fold(text)) if fold(text) in own else find_fact(text, over))
    return found


#: Headings of the official list of poor and near-poor households after review, beside those facts.yaml knows.
OFFICIAL_HEADERS = {
    "chủ hộ": "head_name",
    "họ tên chủ hộ": "head_name",
    "thành viên": "full_name",
    "họ tên thành viên": "full_name",
    "họ và tên": "full_name",
    "quan hệ": "relation",
    "quan hệ với chủ hộ": "relation",
    "ngày sinh": "birth_date",
    "năm sinh": "birth_year",
    "giới tính": "sex",
    "cccd": "id_number",
    "số cccd": "id_number",
    "dân tộc": "ethnic",
    "mã xã": "commune_code",
    "thôn": "village",
    "thôn/bản": "village",
    "mã thôn": "village_code",
    "mã hộ": "household_code",
    "phân loại hộ": "stated_class",
    "b1": "b1_points",
    "b2": "b2_points",
    "nguyên nhân nghèo": "causes",
    "không có khả năng lao động": "no_labour_capacity",
    "số nhân khẩu": "persons",
}
_OFFICIAL = {fold(header): key for header, key in OFFICIAL_HEADERS.items()}
#: Which of those are said of the household; the others are said of the member in the row.
OFFICIAL_OF_HOUSEHOLD = frozenset(
    {"head_name", "commune_code", "village", "village_code", "household_code", "stated_class"}
    | {"b1_points", "b2_points", "causes", "persons"}
)


def official_fact(header: Cell) -> Fact | None:
    """The fact of a heading of the official list; None for those that add nothing (province, age, decision …)."""
    key = _OFFICIAL.get(fold(str(header or "").replace("*", " ")))
    if key is None:
        return None
    if key == "stated_class":
        return STATED_CLASS
    return facts()[HOUSEHOLD if key in OFFICIAL_OF_HOUSEHOLD else MEMBER, key]


def is_official(headers: Sequence[Cell]) -> bool:
    """Whether these headings are those of the official list: member, head and class in one row."""
    keys = {fact.key for fact in map(official_fact, headers) if fact}
    return {"head_name", "full_name", "stated_class"} <= keys
