"""The dictionary of facts: their types, labels and options, and how a cell of a sheet becomes a typed value.

    fact = find_fact("Nguồn nước sinh hoạt", HOUSEHOLD)      # by key, label or other header, case and accents aside
    value = fact.parse("giếng khoan")                        # 'drilled_well'
    if isinstance(value, Problem): value.sentence("vi")      # "“giêng” không phải …; chọn một trong: …"

Blank cells are None: not known, never "no". Values: int, Decimal is not used (numbers are float), bool, str (code or
text), datetime.date, tuple of codes. Keys are those of law/facts.yaml.
"""

import datetime as dt
import math
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cache
from typing import Any

from giamngheo.base.law import law_dir
from giamngheo.base.sheets import BadCell, Cell
from giamngheo.base.text import fold, format_number, parse_date, parse_number
from giamngheo.base.yaml import Block, load_yaml

HOUSEHOLD, MEMBER = "household", "member"
TYPES = ("int", "number", "bool", "choice", "date", "text", "ethnic", "codes")
Value = int | float | bool | str | dt.date | tuple[str, ...] | None

MESSAGES: dict[str, tuple[str, str]] = {
    "error_cell": ("Ô báo lỗi {value}; sửa công thức hoặc ghi giá trị.", "The cell shows the error {value}; mend the formula or write the value."),
    "formula_cell": (
        "Ô là công thức chưa được tính; mở tệp bằng Excel rồi lưu lại, hoặc ghi giá trị.",
        "The cell is a formula never computed; open the file in Excel and save it, or write the value.",
    ),
    "not_number": ("“{value}” không phải là số; chỉ ghi chữ số, ví dụ 1.234,5.", "“{value}” is not a number; write digits only, as 1.234,5."),
    "not_whole": ("{value} phải là số nguyên.", "{value} must be a whole number."),
    "too_small": ("{value} nhỏ hơn mức thấp nhất có thể là {limit}.", "{value} is below the least possible, {limit}."),
    "too_large": ("{value} lớn hơn mức cao nhất có thể là {limit}.", "{value} is above the most possible, {limit}."),
    "not_multiple": ("{value} phải là bội số của {limit}.", "{value} must be a multiple of {limit}."),
    "not_yes_no": ("“{value}” không phải Có hay Không; ghi Có, Không, hoặc để trống nếu chưa biết.", "“{value}” is neither Có (yes) nor Không (no); write one, or leave it blank if not known."),
    "not_date": ("“{value}” không phải là ngày; ghi ngày/tháng/năm, ví dụ 15/10/2021.", "“{value}” is not a date; write day/month/year, as 15/10/2021."),
    "only_year": ("“{value}” chỉ là năm; ghi đủ ngày/tháng/năm, hoặc ghi vào cột Năm sinh.", "“{value}” is a year only; write day/month/year, or use the column for the year of birth."),
    "not_option": ("“{value}” không có trong danh sách; chọn một trong: {options}.", "“{value}” is not in the list; choose one of: {options}."),
    "not_ethnic": ("Không có dân tộc “{value}”; ghi tên hoặc mã 01-56 theo danh mục.", "There is no ethnic group “{value}”; write a name or code 01-56 of the national list."),
    "ethnic_of_many": ("“{value}” là tên gọi của nhiều dân tộc ({options}); ghi tên chính thức.", "“{value}” is a name of several ethnic groups ({options}); write the official name."),
}  # fmt: skip

YES = frozenset(fold(word) for word in ("có", "x", "yes", "y", "true", "đúng", "1", "✓", "v", "c"))
NO = frozenset(fold(word) for word in ("không", "no", "n", "false", "sai", "0", "k", "ko", "kh"))


@dataclass(frozen=True)
class Problem:
    """Why a cell is no value of its fact; `code` is a key of MESSAGES, so it can be stored and told in any language."""

    code: str
    params: Mapping[str, str]

    def sentence(self, language: str = "vi") -> str:
        return tell(self.code, self.params, language)


def tell(code: str, params: Mapping[str, str], language: str = "vi") -> str:
    """The sentence of a problem stored as code and params."""
    return MESSAGES[code][language == "en"].format(**params)


@dataclass(frozen=True)
class Option:
    """One allowed answer."""

    code: str
    vi: str
    en: str
    also: tuple[str, ...] = ()

    def label(self, language: str = "vi") -> str:
        return self.en if language == "en" else self.vi


@dataclass(frozen=True)
class Fact:
    """One thing that can be known of a household or a member."""

    key: str
    over: str
    type: str
    vi: str
    en: str
    also: tuple[str, ...] = ()
    options: tuple[Option, ...] = ()
    unit_vi: str = ""
    unit_en: str = ""
    minimum: float | None = None
    maximum: float | None = None
    multiple_of: int | None = None
    identity: bool = False
    _codes: Mapping[str, str] = field(default_factory=dict, compare=False, repr=False)

    def label(self, language: str = "vi") -> str:
        return self.en if language == "en" else self.vi

    def unit(self, language: str = "vi") -> str:
        return self.unit_en if language == "en" else self.unit_vi

    def show(self, value: Any, language: str = "vi") -> str:
        """A value in words: 'giếng khoan', '1.234,5', 'Không'; '' when not known."""
        if value is None:
            return ""
        if self.type == "bool":
            return {"vi": ("Không", "Có"), "en": ("No", "Yes")}["en" if language == "en" else "vi"][
                bool(value)
            ]
        if self.type in ("choice", "codes"):
            names = {option.code: option.label(language) for option in self.options}
            given = (value,) if isinstance(value, str) else value
            return "; ".join(names.get(code, code) for code in given)
        if self.type == "ethnic":
            return ethnic_name(value, language, otherwise=str(value))
        if self.type == "date" and isinstance(value, dt.date):
            return f"{value:%d/%m/%Y}"
        if isinstance(value, int | float) and self.key != "birth_year":
            return format_number(value, language=language)
        return str(value)

    def parse(self, cell: Cell) -> "Value | Problem":
        """The typed value of a cell, None if blank, or the problem in words."""
        if cell is None or cell == "":
            return None
        if isinstance(cell, BadCell):
            return Problem("error_cell" if cell.kind == "error" else "formula_cell", {"value": cell.text})
        return _PARSERS[self.type](self, cell)


def _number(fact: Fact, cell: Cell) -> Value | Problem:
    number: float | int
    if isinstance(cell, str):
        read = parse_number(cell)
        if read is None:
            return Problem("not_number", {"value": cell})
        number = int(read) if read == read.to_integral_value() else float(read)
    elif isinstance(cell, int | float) and not isinstance(cell, bool) and math.isfinite(cell):
        number = cell
    else:
        return Problem("not_number", {"value": _as_text(cell)})
    if fact.type == "int" and int(number) != number:
        return Problem("not_whole", {"value": format_number(number)})
    words = str if fact.key == "birth_year" else format_number  # a year has no thousands mark
    shown = words(number)
    if fact.minimum is not None and number < fact.minimum:
        return Problem("too_small", {"value": shown, "limit": words(fact.minimum)})
    if fact.maximum is not None and number > fact.maximum:
        return Problem("too_large", {"value": shown, "limit": words(fact.maximum)})
    if fact.multiple_of and number % fact.multiple_of:
        return Problem("not_multiple", {"value": shown, "limit": str(fact.multiple_of)})
    return int(number) if fact.type == "int" else float(number)


def _bool(fact: Fact, cell: Cell) -> Value | Problem:
    if isinstance(cell, bool):
        return cell
    word = fold(str(cell))
    if word in YES:
        return True
    return False if word in NO else Problem("not_yes_no", {"value": _as_text(cell)})


def _choice(fact: Fact, cell: Cell) -> Value | Problem:
    code = fact._codes.get(fold(str(cell)))
    if code is None:
        return Problem(
            "not_option", {"value": _as_text(cell), "options": "; ".join(o.vi for o in fact.options)}
        )
    return code


def _codes(fact: Fact, cell: Cell) -> Value | Problem:
    whole = fact._codes.get(fold(str(cell)))
    if whole:
        return (whole,)
    found: list[str] = []
    for part in str(cell).replace("\n", ";").split(";"):
        if part.strip():
            code = _choice(fact, part.strip())
            if isinstance(code, Problem):
                return code
            found.append(str(code))
    return tuple(dict.fromkeys(found))


def _date(fact: Fact, cell: Cell) -> Value | Problem:
    if isinstance(cell, dt.datetime):
        return cell.date()
    if isinstance(cell, dt.date):
        return cell
    text = _as_text(cell)
    if len(text) == 4 and text.isdigit():
        return Problem("only_year", {"value": text})
    return parse_date(text) or Problem("not_date", {"value": text})


def _text(fact: Fact, cell: Cell) -> Value | Problem:
    return " ".join(_as_text(cell).split()) or None


def _ethnic(fact: Fact, cell: Cell) -> Value | Problem:
    text = " ".join(_as_text(cell).split())
    if text.isdigit():
        code = text.zfill(2)
        return code if code in ethnic_groups() else Problem("not_ethnic", {"value": text})
    for names in _ethnic_names():
        for word in (text.casefold(), fold(text).replace("-", " ")):
            codes = names.get(word, frozenset())
            if len(codes) == 1:
                return next(iter(codes))
            if codes:
                options = ", ".join(ethnic_groups()[code].vi for code in sorted(codes))
                return Problem("ethnic_of_many", {"value": text, "options": options})
    return Problem("not_ethnic", {"value": text})


def _as_text(cell: Cell) -> str:
    return f"{cell:%d/%m/%Y}" if isinstance(cell, dt.date) else str(cell)


_PARSERS = {
    "int": _number, "number": _number, "bool": _bool, "choice": _choice,
    "codes": _codes, "date": _date, "text": _text, "ethnic": _ethnic,
}  # fmt: skip


@cache
def facts() -> Mapping[tuple[str, str], Fact]:
    """Every fact by (household | member, key), identity columns too, in the order of law/facts.yaml."""
    file = load_yaml(law_dir() / "facts.yaml")
    found: dict[tuple[str, str], Fact] = {}
    for over in (HOUSEHOLD, MEMBER):
        for section in (f"{over}_identity", over):
            for block in file[section]:
                fact = read_fact(block, over, identity=section != over)
                if (over, fact.key) in found:
                    raise block.error(f"dữ kiện {fact.key} khai hai lần", "key")
                found[over, fact.key] = fact
    return found


@cache
def household_facts() -> Mapping[str, Fact]:
    """Facts of a household that a rule may read, by key; identity columns are left out."""
    return {fact.key: fact for fact in facts().values() if fact.over == HOUSEHOLD and not fact.identity}


@cache
def member_facts() -> Mapping[str, Fact]:
    """Facts of a member that a rule may read, by key; identity columns are left out."""
    return {fact.key: fact for fact in facts().values() if fact.over == MEMBER and not fact.identity}


@cache
def _headers(over: str) -> Mapping[str, Fact]:
    """Headers by which a fact's column is known, folded."""
    named: dict[str, Fact] = {}
    for fact in facts().values():
        if fact.over == over:
            for header in (fact.key, fact.vi, fact.en, *fact.also):
                named.setdefault(fold(header), fact)
    return named


def find_fact(header: str, over: str) -> Fact | None:
    """The fact a column heading stands for, or None; marks of required columns ('*') are ignored."""
    return _headers(over).get(fold(header.replace("*", " ")))


def read_fact(block: Block, over: str, *, identity: bool) -> Fact:
    """One fact as written in YAML. Raises LawFileError for an unknown type."""
    if block["type"] not in TYPES:
        raise block.error(f"kiểu {block['type']} không có; dùng một trong {', '.join(TYPES)}", "type")
    options = tuple(
        Option(o["code"], o["vi"], o["en"], tuple(o.get("also", ()))) for o in block.get("options", ())
    )
    unit = block.get("unit", {"vi": "", "en": ""})
    codes: dict[str, str] = {}
    for words in (lambda o: (o.code, o.vi), lambda o: (o.en, *o.also)):
        for option in options:
            for word in words(option):  # type: ignore[no-untyped-call]
                codes.setdefault(fold(word), option.code)
    return Fact(
        key=block["key"], over=over, type=block["type"], vi=block["label"]["vi"], en=block["label"]["en"],
        also=tuple(block.get("also", ())), options=options, unit_vi=unit["vi"], unit_en=unit["en"],
        minimum=block.get("minimum"), maximum=block.get("maximum"), multiple_of=block.get("multiple_of"),
        identity=identity, _codes=codes,
    )  # fmt: skip


def ethnic_name(code: str, language: str = "vi", *, otherwise: str = "–") -> str:
    """An ethnic group in words; `otherwise` for a code that is none."""
    group = ethnic_groups().get(code)
    return group.label(language) if group else otherwise


@cache
def ethnic_groups() -> Mapping[str, Option]:
    """The national list of ethnic groups by code: 01 to 54, 55 foreigner, 56 not known."""
    blocks = load_yaml(law_dir() / "ethnic_groups.yaml")["groups"]
    return {
        b["code"]: Option(b["code"], b["name"], b.get("en", b["name"]), tuple(b.get("also", ())))
        for b in blocks
    }


@cache
def _ethnic_names() -> tuple[Mapping[str, frozenset[str]], ...]:
    """Names to codes, in order of right: own names, other names, each as written and then folded."""
    tables: list[dict[str, set[str]]] = [{}, {}, {}, {}]
    for group in ethnic_groups().values():
        own, other = (group.vi, group.en), group.also
        for place, names in ((0, own), (1, other), (2, own), (3, other)):
            for name in names:
                word = name.casefold() if place < 2 else fold(name).replace("-", " ")
                tables[place].setdefault(word, set()).add(group.code)
    return tuple({word: frozenset(codes) for word, codes in table.items()} for table in tables)
