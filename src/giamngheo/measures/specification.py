"""What a multidimensional measure is made of: indicators, nested weights as exact fractions, cut-offs; read from YAML.

name: Chuẩn ví dụ
k: [1/3, 40%]              # one or many; also union, intersection
missing: drop              # or reweight
dimensions:
  health:
    weight: 1/2            # of the dimension; leave all out for equal weights
    indicators:
      insurance:           # the column of that name, equal weights within the dimension
      doctor: {column: tick_doctor, weight: 1/3}
  living:
    weight: 1/2
    indicators:
      income: {column: income_per_head, line: 700000, at_line: up to}   # cardinal: M1 and M2 too
"""

import math
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path
from typing import Any, Literal

import yaml

from giamngheo.measures.errors import (
    CutoffRangeError,
    ParameterError,
    SpecError,
    Words,
)
from giamngheo.measures.exact import (
    MOST_DECIMALS,
    MOST_DENOMINATOR,
    Cutoff,
    TooPreciseError,
    cutoff,
    fraction,
    one_or_many,
    whole,
)

#: Three codes of each indicator (deprived, missing, neither 0 nor 1) share one 64-bit key.
MOST_COLUMNS = 20
MISSING_RULES = ("drop", "reweight")
AT_LINE = ("up to", "below")


@dataclass(frozen=True)
class Column:
    """A column read by a profile cube: 0/1/missing, or an amount with the line it is held against.

    `at_line` 'up to': an amount at the line is deprived (QĐ 59/2015 says "trở xuống"); 'below': it is not.
    Raises ParameterError for a line that is no whole number.
    """

    name: str
    line: int | None = None
    at_line: Literal["up to", "below"] = "up to"

    def __post_init__(self) -> None:
        if self.line is not None:
            object.__setattr__(self, "line", whole(self.line, f"{self.name}: line"))

    @property
    def key(self) -> str:
        """The column with its line, as a stored cube names it."""
        return (
            self.name
            if self.line is None
            else f"{self.name}{'<=' if self.at_line == 'up to' else '<'}{self.line}"
        )


@dataclass(frozen=True)
class Indicator:
    """An indicator with its share of the whole (of all dimensions together)."""

    name: str
    column: Column
    dimension: str
    weight: Fraction


@dataclass(frozen=True)
class Spec:
    """A measure. Weights sum to one exactly; a score is an integer number of `denominator`-ths."""

    name: str
    indicators: tuple[Indicator, ...]
    k: tuple[Fraction, ...]
    missing: Literal["drop", "reweight"] = "drop"

    def __post_init__(self) -> None:
        problems = _problems(self)
        if problems:
            raise SpecError(name=self.name, problems=problems)

    @property
    def columns(self) -> tuple[Column, ...]:
        return tuple(dict.fromkeys(i.column for i in self.indicators))

    @property
    def denominator(self) -> int:
        """The common denominator of the weights (18 for 1/6 and 1/18)."""
        return math.lcm(*(i.weight.denominator for i in self.indicators))

    @property
    def points(self) -> tuple[int, ...]:
        """Each indicator's weight in `denominator`-ths."""
        return tuple(int(i.weight * self.denominator) for i in self.indicators)

    @property
    def cardinal(self) -> bool:
        """Whether every indicator is an amount with a line, so that M1 and M2 have a meaning."""
        return all(i.column.line is not None for i in self.indicators)

    def cutoff(self, k: Cutoff) -> Fraction:
        """k as an exact fraction of this measure's weights.

        'union' (deprived in anything) is the smallest weight, 'intersection' (in everything) is 1; anything
        between is the dual cut-off (Alkire and Foster 2011, section on identification).
        """
        return min(i.weight for i in self.indicators) if isinstance(k, str) and k == "union" else cutoff(k)

    @staticmethod
    def equal(
        name: str, columns: Iterable[str | Column], *, k: Cutoff | Iterable[Cutoff], missing: str = "drop"
    ) -> "Spec":
        """Equal weights, each indicator its own dimension."""
        listed = [c if isinstance(c, Column) else Column(c) for c in columns]
        weight = Fraction(1, max(len(listed), 1))
        return Spec(
            name,
            tuple(Indicator(c.name, c, c.name, weight) for c in listed),
            tuple(weight if one == "union" else cutoff(one) for one in one_or_many(k, "k")),
            missing,  # type: ignore[arg-type]  # held by __post_init__
        )

    @staticmethod
    def of(data: Any) -> "Spec":
        """From the mapping of a YAML file. Raises SpecError with every problem found."""
        return _Reader().read(data)

    @staticmethod
    def load(path: Path) -> "Spec":
        """From a YAML file. Raises SpecError with every problem found."""
        try:
            data = yaml.safe_load(path.read_text("utf-8"))
        except OSError as error:
            told = Words(
                f"không mở được tệp: {error.strerror}", f"the file can't be opened: {error.strerror}"
            )
            raise SpecError(name=path.name, problems=[told]) from error
        except (yaml.YAMLError, UnicodeDecodeError) as error:
            told = Words(f"không đọc được YAML: {error}", f"no YAML can be read: {error}")
            raise SpecError(name=path.name, problems=[told]) from error
        return Spec.of(data)


def _problems(spec: Spec) -> list[Words]:
    """What is wrong with a specification whose parts are each of the right kind."""
    found = []
    names = [i.name for i in spec.indicators]
    if not names:
        found.append(Words("không có chỉ số nào", "it has no indicator"))
    for name in sorted({n for n in names if names.count(n) > 1}):
        found.append(Words(f"chỉ số {name} có hai lần", f"the indicator {name} is there twice"))
    wrong = [i for i in spec.indicators if not isinstance(i.weight, Fraction)]
    for i in wrong:
        found.append(
            Words(
                f"quyền số của chỉ số {i.name} phải là một Fraction, không phải {i.weight!r}",
                f"the weight of the indicator {i.name} has to be a Fraction, not {i.weight!r}",
            )
        )
    if not wrong:
        found += _weights(spec)
    if len({i.column for i in spec.indicators}) > MOST_COLUMNS:
        found.append(
            Words(f"có hơn {MOST_COLUMNS} cột chỉ số", f"it has more than {MOST_COLUMNS} indicator columns")
        )
    for k in spec.k:
        try:
            cutoff(k)
        except CutoffRangeError as error:
            found.append(_said(error))
        else:
            if not isinstance(k, Fraction):
                found.append(
                    Words(
                        f"ngưỡng k = {k!r} phải là một Fraction",
                        f"the cut-off k = {k!r} has to be a Fraction",
                    )
                )
    if not spec.k:
        found.append(Words("không có ngưỡng k nào", "it has no cut-off k"))
    if spec.missing not in MISSING_RULES:
        found.append(_no_rule(spec.missing))
    for column in {i.column for i in spec.indicators}:
        if column.line is not None and column.line <= 0:
            found.append(
                Words(
                    f"ngưỡng của cột {column.name} phải lớn hơn 0",
                    f"the line of the column {column.name} must be above 0",
                )
            )
        if column.at_line not in AT_LINE:
            found.append(
                Words(
                    f"at_line của cột {column.name} phải là {' hoặc '.join(AT_LINE)}",
                    f"at_line of the column {column.name} must be {' or '.join(AT_LINE)}",
                )
            )
        if any(mark in column.name for mark in ",<"):
            found.append(
                Words(
                    f"tên cột {column.name} không được có dấu phẩy hay dấu <",
                    f"the column name {column.name} may hold neither a comma nor a <",
                )
            )
    return found


def _weights(spec: Spec) -> list[Words]:
    found = [
        Words(
            f"quyền số của chỉ số {i.name} phải lớn hơn 0",
            f"the weight of the indicator {i.name} must be above 0",
        )
        for i in spec.indicators
        if i.weight <= 0
    ]
    total = sum((i.weight for i in spec.indicators), Fraction(0))
    if spec.indicators and total != 1:
        found.append(_not_one(total))
    if math.lcm(*(i.weight.denominator for i in spec.indicators)) >= MOST_DENOMINATOR:
        found.append(
            Words(
                "mẫu số chung của quyền số quá lớn (từ 2^24)",
                "the common denominator of the weights is too large (from 2^24)",
            )
        )
    return found


def _said(error: CutoffRangeError) -> Words:
    return Words(error.sentence("vi"), error.sentence("en"))


def _not_one(total: Fraction) -> Words:
    return Words(
        f"tổng quyền số là {total}, phải đúng bằng 1", f"the weights add up to {total}, it must be just 1"
    )


def _no_rule(missing: object) -> Words:
    return Words(
        f"quy tắc thiếu số liệu “{missing}” không có; chọn {' hoặc '.join(MISSING_RULES)}",
        f"there is no rule “{missing}” for what is missing; choose {' or '.join(MISSING_RULES)}",
    )


class _Reader:
    """Reads a mapping and remembers what is wrong with it, so that all is told at once."""

    def __init__(self) -> None:
        self.problems: list[Words] = []

    def tell(self, vi: str, en: str) -> None:
        self.problems.append(Words(vi, en))

    def read(self, data: Any) -> Spec:
        if not isinstance(data, Mapping):
            told = Words("đặc tả phải là một bảng khóa: giá trị", "it must be a mapping of keys to values")
            raise SpecError(name="?", problems=[told])
        name = str(data.get("name", "?"))
        self.strange(data, {"name", "k", "missing", "dimensions"}, Words("đặc tả", "specification"))
        indicators = self.dimensions(data.get("dimensions"))
        k = self.cutoffs(data.get("k", "union"), indicators)
        missing = data.get("missing", "drop")
        if not self.problems:
            return Spec(name, indicators, k, missing)
        if missing not in MISSING_RULES:
            self.problems.append(_no_rule(missing))
        raise SpecError(name=name, problems=self.problems)

    def strange(self, data: Mapping[Any, Any], known: set[str], where: Words) -> None:
        for key in data:
            if key not in known:
                self.tell(f"{where.vi}: không có mục “{key}”", f"{where.en}: there is no entry “{key}”")

    def shares(self, parts: Mapping[Any, Any], where: Words) -> dict[Any, Fraction]:
        """The weights at one level: given for all and summing to one, or for none and equal."""
        given = {
            key: part["weight"]
            for key, part in parts.items()
            if isinstance(part, Mapping) and "weight" in part
        }
        if not given:
            return dict.fromkeys(parts, Fraction(1, len(parts)))
        if len(given) < len(parts):
            self.tell(
                f"{where.vi}: quyền số phải ghi cho tất cả hoặc không ghi cho mục nào",
                f"{where.en}: weights are given for all or for none",
            )
        exact = {}
        for key, value in given.items():
            try:
                exact[key] = fraction(value)
            except TooPreciseError:
                self.tell(
                    f"{where.vi}: quyền số {value} của {key} có quá nhiều chữ số thập phân: nhiều nhất là "
                    f"{MOST_DECIMALS}, hoặc viết thành phân số, ví dụ '1/3'",
                    f"{where.en}: the weight {value} of {key} has too many decimals: at most {MOST_DECIMALS}, or "
                    "write a fraction such as '1/3'",
                )
            except ValueError:
                self.tell(
                    f"{where.vi}: quyền số {value} của {key} không phải là phân số",
                    f"{where.en}: the weight {value} of {key} is no fraction",
                )
        if len(exact) == len(parts) and sum(exact.values()) != 1:
            told = _not_one(sum(exact.values(), Fraction(0)))
            self.tell(f"{where.vi}: {told.vi}", f"{where.en}: {told.en}")
        return {key: exact.get(key, Fraction(0)) for key in parts}

    def dimensions(self, data: Any) -> tuple[Indicator, ...]:
        if not isinstance(data, Mapping) or not data:
            self.tell("dimensions: phải có ít nhất một chiều", "dimensions: at least one is needed")
            return ()
        shares = self.shares(data, Words("dimensions", "dimensions"))
        return tuple(i for name, part in data.items() for i in self.dimension(str(name), part, shares[name]))

    def dimension(self, name: str, part: Any, share: Fraction) -> list[Indicator]:
        where = Words(f"chiều {name}", f"dimension {name}")
        listed = part.get("indicators") if isinstance(part, Mapping) else None
        if not isinstance(listed, Mapping) or not listed:
            self.tell(
                f"{where.vi}: phải có ít nhất một chỉ số (indicators)",
                f"{where.en}: at least one indicator is needed (indicators)",
            )
            return []
        self.strange(part, {"weight", "indicators"}, where)
        within = self.shares(listed, where)
        return [
            Indicator(str(key), self.column(str(key), entry), name, share * within[key])
            for key, entry in listed.items()
        ]

    def column(self, name: str, entry: Any) -> Column:
        where = Words(f"chỉ số {name}", f"indicator {name}")
        if entry is None:
            return Column(name)
        if not isinstance(entry, Mapping):
            self.tell(
                f"{where.vi}: phải để trống hoặc là một bảng khóa: giá trị",
                f"{where.en}: must be left empty or be a mapping of keys to values",
            )
            return Column(name)
        self.strange(entry, {"column", "weight", "line", "at_line"}, where)
        line = entry.get("line")
        if line is not None and (isinstance(line, bool) or not isinstance(line, int)):
            self.tell(f"{where.vi}: line phải là số nguyên", f"{where.en}: line must be a whole number")
            line = None
        return Column(str(entry.get("column", name)), line, entry.get("at_line", "up to"))

    def cutoffs(self, data: Any, indicators: tuple[Indicator, ...]) -> tuple[Fraction, ...]:
        found = []
        for one in data if isinstance(data, list) else [data]:
            try:
                union = one == "union" and indicators
                found.append(min(i.weight for i in indicators) if union else cutoff(one))
            except CutoffRangeError as error:
                self.problems.append(_said(error))
        return tuple(found)


def chosen(name: str, value: str, choices: Iterable[str]) -> str:
    """The value if it is one of the choices. Raises ParameterError."""
    listed = tuple(choices)
    if value not in listed:
        raise ParameterError(name=name, value=value, rule=" | ".join(listed))
    return value
