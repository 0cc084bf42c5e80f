"""Numbers that stand for exact fractions: weights and cut-offs as people write them, checked once for every measure."""

from collections.abc import Iterable
from decimal import Decimal
from fractions import Fraction
from numbers import Integral, Real
from typing import Any

from giamngheo.measures.errors import CutoffPrecisionError, CutoffRangeError, ParameterError, Words

#: Denominators of weights and cut-offs below this: the product of one of each with a score stays within 64 bits.
MOST_DENOMINATOR = 2**24
#: Decimals of a number that stands for an exact fraction.
MOST_DECIMALS = 6
Cutoff = Fraction | Decimal | int | float | str


def fraction(value: object) -> Fraction:
    """An exact fraction of '1/3', '33%', 0.25, Decimal, numbers of numpy. Raises ValueError, TooPreciseError among them.

    A binary number stands for the decimal it prints as. What is written with decimals has at most six, for one with more (a
    third, or 0.1 + 0.2) was meant as something else; a fraction has a denominator under 2^24.
    """
    number = plain(value)
    if isinstance(number, bool) or not isinstance(number, Fraction | Decimal | int | float | str):
        raise ValueError(value)
    try:
        exact = _exact(repr(number) if isinstance(number, float) else number)
    except (ZeroDivisionError, OverflowError) as error:
        raise ValueError(value) from error
    as_fraction = isinstance(number, Fraction) or (isinstance(number, str) and "/" in number)
    if exact.denominator >= MOST_DENOMINATOR if as_fraction else 10**MOST_DECIMALS % exact.denominator:
        raise TooPreciseError(value)
    return exact


class TooPreciseError(ValueError):
    """A number that is no plain fraction (`fraction`)."""


def _exact(number: Fraction | Decimal | int | str) -> Fraction:
    if isinstance(number, str) and number.strip().endswith("%"):
        return Fraction(number.strip()[:-1].strip()) / 100
    return Fraction(number)


def plain(value: object) -> object:
    """A number of numpy as one of Python; anything else as it is."""
    if isinstance(value, bool | Fraction):
        return value
    if isinstance(value, Integral):
        return int(value)
    return float(value) if isinstance(value, Real) else value


def whole(value: object, name: str) -> int:
    """The value if it is a whole number, of numpy or of Python. Raises ParameterError."""
    number = plain(value)
    if isinstance(number, bool) or not isinstance(number, int):
        raise ParameterError(
            name=name, value=value, rule=Words("phải là số nguyên", "it must be a whole number")
        )
    return number


def one_or_many(given: Any, name: str) -> tuple[Any, ...]:
    """One value, or all of a list or an array. Raises ParameterError for none."""
    listed = tuple(given) if isinstance(given, Iterable) and not isinstance(given, str) else (given,)
    if not listed:
        raise ParameterError(
            name=name, value=given, rule=Words("cần ít nhất một giá trị", "at least one value is needed")
        )
    return listed


def cutoff(k: Cutoff) -> Fraction:
    """k as an exact fraction in (0, 1]. Raises CutoffRangeError, CutoffPrecisionError among them."""
    if isinstance(k, str) and k == "intersection":
        return Fraction(1)
    try:
        exact = fraction(k)
    except TooPreciseError as error:
        raise CutoffPrecisionError(k=k) from error
    except ValueError as error:
        raise CutoffRangeError(k=k) from error
    if not 0 < exact <= 1:
        raise CutoffRangeError(k=k)
    return exact
