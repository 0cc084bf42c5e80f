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
from decimal import Decimal
from fractions import Fraction
from pathlib import Path
from typing import Any, Literal

import yaml

from giamngheo.measures.errors import CutoffRangeError, ParameterError, SpecError

#: Three codes of each indicator (deprived, missing, neither 0 nor 1) share one 64-bit key.
MOST_COLUMNS = 20
MISSING_RULES = ("drop", "reweight")
AT_LINE = ("up to", "below")
Cutoff = Fraction | Decimal | int | float | str


@dataclass(frozen=True)
class Column:
    """A column read by a profile cube: 0/1/missing, or an amount with the line it is held against.

    `at_line` 'up to': an amount at the line is deprived (QĐ 59/2015 says "trở xuống"); 'below': it is not.
    """

    name: str
    line: int | None = None
    at_line: Literal["up to", "below"] = "up to"

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
            raise SpecError(name=self.name, problems=tuple(problems))

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
        return min(i.weight for i in self.indicators) if k == "union" else cutoff(k)

    @staticmethod
    def equal(
        name: str, columns: Iterable[str | Column], *, k: Cutoff | Iterable[Cutoff], missing: str = "drop"
    ) -> "Spec":
        """Equal weights, each indicator its own dimension."""
        listed = [c if isinstance(c, Column) else Column(c) for c in columns]
        weight = Fraction(1, max(len(listed), 1))
        many = (k,) if isinstance(k, Cutoff) else tuple(k)
        return Spec(
            name,
            tuple(Indicator(c.name, c, c.name, weight) for c in listed),
            tuple(weight if one == "union" else cutoff(one) for one in many),
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
            raise SpecError(name=path.name, problems=(f"không mở được tệp: {error.strerror}",)) from error
        except (yaml.YAMLError, UnicodeDecodeError) as error:
            raise SpecError(name=path.name, problems=(f"không đọc được YAML: {error}",)) from error
        return Spec.of(data)


def fraction(value: object) -> Fraction:
    """An exact fraction of '1/3', '33%', 0.25, Decimal. Raises ValueError.

    A binary number stands for the decimal it prints as; one with more than six decimals (a third, or 0.1 + 0.2) was
    meant as something else and is refused.
    """
    if isinstance(value, bool) or not isinstance(value, Fraction | Decimal | int | float | str):
        raise ValueError(value)
    if isinstance(value, float):
        decimal = Decimal(repr(value))
        exponent = decimal.as_tuple().exponent
        if not isinstance(exponent, int) or exponent < -6:
            raise ValueError(value)
        return Fraction(decimal)
    try:
        if isinstance(value, str) and value.strip().endswith("%"):
            return Fraction(value.strip()[:-1].strip()) / 100
        return Fraction(value)
    except (ZeroDivisionError, OverflowError) as error:
        raise ValueError(value) from error


def cutoff(k: Cutoff) -> Fraction:
    """k as an exact fraction in (0, 1]. Raises CutoffRangeError."""
    if k == "intersection":
        return Fraction(1)
    try:
        exact = fraction(k)
    except ValueError as error:
        raise CutoffRangeError(k=k) from error
    if not 0 < exact <= 1:
        raise CutoffRangeError(k=k)
    return exact


def _problems(spec: Spec) -> list[str]:
    """What is wrong with a specification whose parts are each of the right kind."""
    found = []
    names = [i.name for i in spec.indicators]
    if not names:
        found.append("không có chỉ số nào")
    found += [f"chỉ số {name} có hai lần" for name in sorted({n for n in names if names.count(n) > 1})]
    found += [f"quyền số của chỉ số {i.name} phải lớn hơn 0" for i in spec.indicators if i.weight <= 0]
    whole = sum((i.weight for i in spec.indicators), Fraction(0))
    if names and whole != 1:
        found.append(f"tổng quyền số là {whole}, phải đúng bằng 1")
    if len({i.column for i in spec.indicators}) > MOST_COLUMNS:
        found.append(f"có hơn {MOST_COLUMNS} cột chỉ số")
    if names and math.lcm(*(i.weight.denominator for i in spec.indicators)) >= 2**24:
        found.append("mẫu số chung của quyền số quá lớn (từ 2^24)")
    if any(not 0 < k <= 1 or k.denominator >= 2**24 for k in spec.k):
        found.append("mỗi k phải lớn hơn 0 và không quá 1 (100%), mẫu số dưới 2^24")
    if not spec.k:
        found.append("không có ngưỡng k nào")
    if spec.missing not in MISSING_RULES:
        found.append(f"quy tắc thiếu số liệu “{spec.missing}” không có; chọn {' hoặc '.join(MISSING_RULES)}")
    for column in {i.column for i in spec.indicators}:
        if column.line is not None and column.line <= 0:
            found.append(f"ngưỡng của cột {column.name} phải lớn hơn 0")
        if column.at_line not in AT_LINE:
            found.append(f"at_line của cột {column.name} phải là {' hoặc '.join(AT_LINE)}")
        if any(mark in column.name for mark in ",<"):
            found.append(f"tên cột {column.name} không được có dấu phẩy hay dấu <")
    return found


class _Reader:
    """Reads a mapping and remembers what is wrong with it, so that all is told at once."""

    def __init__(self) -> None:
        self.problems: list[str] = []

    def read(self, data: Any) -> Spec:
        if not isinstance(data, Mapping):
            raise SpecError(name="?", problems=("đặc tả phải là một bảng khóa: giá trị",))
        name = str(data.get("name", "?"))
        self.strange(data, {"name", "k", "missing", "dimensions"}, "đặc tả")
        indicators = self.dimensions(data.get("dimensions"))
        k = self.cutoffs(data.get("k", "union"), indicators)
        missing = data.get("missing", "drop")
        if not self.problems:
            return Spec(name, indicators, k, missing)
        if missing not in MISSING_RULES:
            self.problems.append(
                f"quy tắc thiếu số liệu “{missing}” không có; chọn {' hoặc '.join(MISSING_RULES)}"
            )
        raise SpecError(name=name, problems=tuple(self.problems))

    def strange(self, data: Mapping[Any, Any], known: set[str], where: str) -> None:
        self.problems += [f"{where}: không có mục “{key}”" for key in data if key not in known]

    def shares(self, parts: Mapping[Any, Any], where: str) -> dict[Any, Fraction]:
        """The weights at one level: given for all and summing to one, or for none and equal."""
        given = {
            key: part["weight"]
            for key, part in parts.items()
            if isinstance(part, Mapping) and "weight" in part
        }
        if not given:
            return dict.fromkeys(parts, Fraction(1, len(parts)))
        if len(given) < len(parts):
            self.problems.append(f"{where}: quyền số phải ghi cho tất cả hoặc không ghi cho mục nào")
        exact = {}
        for key, value in given.items():
            try:
                exact[key] = fraction(value)
            except ValueError:
                self.problems.append(f"{where}: quyền số {value} của {key} không phải là phân số")
        if len(exact) == len(parts) and sum(exact.values()) != 1:
            self.problems.append(f"{where}: tổng quyền số là {sum(exact.values())}, phải đúng bằng 1")
        return {key: exact.get(key, Fraction(0)) for key in parts}

    def dimensions(self, data: Any) -> tuple[Indicator, ...]:
        if not isinstance(data, Mapping) or not data:
            self.problems.append("dimensions: phải có ít nhất một chiều")
            return ()
        shares = self.shares(data, "dimensions")
        return tuple(i for name, part in data.items() for i in self.dimension(str(name), part, shares[name]))

    def dimension(self, name: str, part: Any, share: Fraction) -> list[Indicator]:
        listed = part.get("indicators") if isinstance(part, Mapping) else None
        if not isinstance(listed, Mapping) or not listed:
            self.problems.append(f"chiều {name}: phải có ít nhất một chỉ số (indicators)")
            return []
        self.strange(part, {"weight", "indicators"}, f"chiều {name}")
        within = self.shares(listed, f"chiều {name}")
        return [
            Indicator(str(key), self.column(str(key), entry), name, share * within[key])
            for key, entry in listed.items()
        ]

    def column(self, name: str, entry: Any) -> Column:
        if entry is None:
            return Column(name)
        if not isinstance(entry, Mapping):
            self.problems.append(f"chỉ số {name}: phải để trống hoặc là một bảng khóa: giá trị")
            return Column(name)
        self.strange(entry, {"column", "weight", "line", "at_line"}, f"chỉ số {name}")
        line = entry.get("line")
        if line is not None and (isinstance(line, bool) or not isinstance(line, int)):
            self.problems.append(f"chỉ số {name}: line phải là số nguyên")
            line = None
        return Column(str(entry.get("column", name)), line, entry.get("at_line", "up to"))

    def cutoffs(self, data: Any, indicators: tuple[Indicator, ...]) -> tuple[Fraction, ...]:
        found = []
        for one in data if isinstance(data, list) else [data]:
            try:
                union = one == "union" and indicators
                found.append(min(i.weight for i in indicators) if union else cutoff(one))
            except CutoffRangeError as error:
                self.problems.append(str(error))
        return tuple(found)


def chosen(name: str, value: str, choices: Iterable[str]) -> str:
    """The value if it is one of the choices. Raises ParameterError."""
    listed = tuple(choices)
    if value not in listed:
        raise ParameterError(name=name, value=value, rule=" | ".join(listed))
    return value
