"""Amounts of money by household: checked once, then ranked, so that curves and indices are plain sums.

Amounts are integers (đồng) or 64-bit floats; 32-bit floats are refused, for above 16.7 million they lose single đồng.
With integer amounts and weights every sum is exact: a product that passes 64 bits is summed in parts, which Python joins
and divides with one rounding. Missing, infinite and negative amounts
are refused, not dropped. Nothing but sums by group leaves the engine.

    ranked: one row for each group and amount (so that ties need no rule), ascending
    _n, _w          rows and weight at the amount
    _below, _upto   weight of the group below the amount, and up to it
    _whole          weight of the group
"""

import sys
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

import ibis
import ibis.expr.types as ir

from giamngheo.measures import results
from giamngheo.measures.errors import (
    MISSING,
    MONEY,
    NEGATIVE,
    NO_NUMBER,
    BadWeightError,
    ColumnTypeError,
    CutoffRangeError,
    EmptyGroupError,
    MissingValueError,
    ParameterError,
    TooLargeError,
    ValueRangeError,
    Words,
)
from giamngheo.measures.exact import Cutoff, cutoff, one_or_many, plain
from giamngheo.measures.tables import fetch, require

Groups = tuple[str, ...]
#: A sum of one group, by the group.
Sums = dict[Groups, dict[str, Any]]
More = Callable[[ir.Table], Mapping[str, Any]]
#: Bits of the lower part of a factor, and of the lower half of a product.
_PART, _HALF = 26, 31
_SHARE = Words(
    "0 < p ≤ 1, nhiều nhất 6 chữ số thập phân hoặc phân số như '1/3'",
    "0 < p ≤ 1, with at most 6 decimals, or a fraction such as '1/3'",
)


@dataclass(frozen=True)
class Amounts:
    """Rows that passed the checks, with `_x` (amount), `_w` (weight) and, if there is a line, `_z`."""

    table: ir.Table
    by: tuple[str, ...]
    exact: bool

    def of(self, amount: ir.NumericValue, *, exact: bool) -> "Amounts":
        """The same rows with another amount, made from theirs."""
        return Amounts(self.table.mutate(_x=amount), self.by, self.exact and exact)

    def ranked(self, by: Sequence[str]) -> ir.Table:
        """The amounts in their order (module docstring)."""
        cells = self.table.group_by(*by, "_x").aggregate(
            _n=lambda t: t.count().cast("int64"), _w=lambda t: self.total(t._w)
        )
        whole = ibis.window(group_by=list(by) or None)
        upto = ibis.cumulative_window(group_by=list(by) or None, order_by="_x")
        cells = cells.mutate(
            _whole=cells._w.sum().over(whole).cast(cells._w.type()),
            _upto=cells._w.sum().over(upto).cast(cells._w.type()),
        )
        return cells.mutate(_below=cells._upto - cells._w)

    def total(self, term: ir.NumericValue) -> ir.NumericScalar:
        """The sum of a term in 64 bits."""
        return term.sum().cast("int64" if self.exact else "float64")

    def sums(self, by: Sequence[str], more: More | None = None) -> Sums:
        """Of each group, in one scan: `_n` rows, `_w` weight, `_s` = Σ w·x, `_rank` = Σ w·x·(weight below + weight up to).

        more: further sums over the ranked amounts, by name.
        """
        ranked = self.ranked(by)
        owned = ranked._x * ranked._w
        wanted: dict[str, Any] = {
            "_n": ranked._n.sum().cast("int64"),
            "_w": self.total(ranked._w),
            "_s": self.total(owned),
            **self._products(owned, ranked._below + ranked._upto),
            **(more(ranked) if more else {}),
        }
        found = sums(ranked, by, wanted)
        if self.exact:
            for line in found.values():
                high, low = (
                    (line[f"_{part}_high"] << _HALF) + line[f"_{part}_low"] for part in ("upper", "lower")
                )
                line["_rank"] = (high << _PART) + low
        return found

    def _products(self, one: ir.NumericValue, other: ir.NumericValue) -> dict[str, ir.NumericScalar]:
        """Σ one·other; of whole numbers the upper and lower part of `one`, and of each product the two halves."""
        if not self.exact:
            return {"_rank": (one * other).sum()}
        parts = {"upper": (one >> _PART) * other, "lower": (one & ((1 << _PART) - 1)) * other}
        halves: dict[str, Callable[[Any], Any]] = {
            "high": lambda x: x >> _HALF,
            "low": lambda x: x & ((1 << _HALF) - 1),
        }
        return {
            f"_{part}_{half}": of(product).sum().cast("int64")
            for part, product in parts.items()
            for half, of in halves.items()
        }


def sums(table: ir.Table, by: Sequence[str], wanted: Mapping[str, Any]) -> Sums:
    """Aggregates by group, in the order of the groups; each holds its grouping columns too."""
    lines = fetch(_grouped(table, by).aggregate(**wanted)).to_pylist()
    return dict(sorted((tuple(str(line[name]) for name in by), line) for line in lines))


def _grouped(table: ir.Table, by: Sequence[str]) -> Any:
    return table.group_by(*by) if by else table


def amounts(
    table: ir.Table,
    amount: str,
    *,
    by: Sequence[str] = (),
    weight: str | None = None,
    line: int | str | None = None,
) -> Amounts:
    """The rows of a table of households as amounts; one scan looks for what must be refused.

    weight: each row counts that often (persons, say), integers or floats. line: one for all, or a column of lines.
    Raises UnknownColumnError, GroupColumnError, ColumnTypeError, ParameterError (a line that is not positive),
    MissingValueError, GroupNameError, ValueRangeError, BadWeightError, EmptyGroupError (no rows, or all weights of a group
    are 0), TooLargeError (a sum that 64 bits can't hold).
    """
    require(table, [amount, *(n for n in (weight, line) if isinstance(n, str)), *by])
    results.grouping(by)
    held: dict[str, Any] = {"_x": number(table, amount)}
    held["_w"] = ibis.literal(1, "int64") if weight is None else number(table, weight)
    if line is not None:
        held["_z"] = number(table, line) if isinstance(line, str) else ibis.literal(positive(line), "int64")
    rows = table.mutate(**held)
    seen = _seen(rows, by)
    _refuse(seen, {"_x": amount, "_w": weight, "_z": line}, by)
    exact = bool(rows._x.type().is_integer() and rows._w.type().is_integer())
    weights = sum(line["_weight"] for line in seen)
    people, money = 2 * weights, max(max(line["_x_most"], line.get("_z_most", 0)) for line in seen) * weights
    if exact and max(money, money * people / 2**_PART, people * 2**_PART) >= 2**62:
        raise TooLargeError(column=amount)
    return Amounts(rows, tuple(by), exact)


def weighted(table: ir.Table, weight: str | None, drawn: str | None) -> tuple[ir.Table, str | None]:
    """The table and its one column of weights: those of the rows times those of the sample (`drawn`)."""
    both = [name for name in (weight, drawn) if name]
    if len(both) < 2:
        return table, both[0] if both else None
    require(table, both)
    named = " × ".join(both)  # as it is to be called where it is refused
    return table.mutate(**{named: number(table, both[0]) * number(table, both[1])}), named


def positive(line: object) -> int:
    """The line if it is a positive integer. Raises ParameterError."""
    number = plain(line)
    if isinstance(number, bool) or not isinstance(number, int) or number <= 0:
        rule = Words("phải là số nguyên lớn hơn 0 (đồng)", "it must be a whole number above 0 (đồng)")
        raise ParameterError(name="line", value=line, rule=rule)
    return number


def number(table: ir.Table, name: str) -> Any:
    """A column as int64 or float64. Raises ColumnTypeError for others, float32 among them."""
    kind = table[name].type()
    if kind.is_integer():
        return table[name].cast("int64")
    if not kind.is_float64():
        raise ColumnTypeError(column=name, found=kind, wanted=MONEY)
    return table[name]


def unknown(column: ir.Value) -> ir.BooleanValue:
    """Whether a value is missing or, among floats, no finite number."""
    if column.type().is_floating():
        # neither infinities nor NaN are at most the largest float, whichever way an engine orders NaN
        return column.isnull() | column.isnan() | (column.abs() > sys.float_info.max)
    return column.isnull()


def _seen(rows: ir.Table, by: Sequence[str]) -> list[dict[str, Any]]:
    """What must be looked for, of each group."""

    def count(condition: ir.BooleanValue) -> ir.IntegerScalar:
        return condition.cast("int64").sum().fill_null(0)

    wanted: dict[str, Any] = {"_rows": rows.count(), "_weight": rows._w.cast("float64").sum()}
    for name in ("_x", "_w", "_z"):
        if name in rows.columns:
            column = rows[name]
            wanted |= {
                f"{name}_unknown": count(unknown(column)),
                f"{name}_missing": rows.count() - column.count(),  # Spark calls NaN null, but counts it
                f"{name}_negative": count(column < 0),
                f"{name}_zero": count(column == 0),
                f"{name}_most": column.max().cast("float64"),
            }
    found: list[dict[str, Any]] = fetch(_grouped(rows, by).aggregate(**wanted)).to_pylist()
    return [line for line in found if line["_rows"]]


def _refuse(seen: Sequence[Mapping[str, Any]], names: Mapping[str, object], by: Sequence[str]) -> None:
    def count(key: str) -> int:
        return sum(line.get(key, 0) for line in seen)

    if not seen:
        raise EmptyGroupError(group=results.ALL, rule=names["_x"])
    for key, rule in (("_w_missing", MISSING), ("_w_unknown", NO_NUMBER), ("_w_negative", NEGATIVE)):
        if count(key):
            raise BadWeightError(column=names["_w"], rule=rule)
    for name in ("_x", "_z"):
        if wrong := count(f"{name}_unknown"):
            raise MissingValueError(column=names[name], count=wrong)
    _refuse_groups(seen, by, names["_w"])
    if wrong := count("_x_negative"):
        raise ValueRangeError(column=names["_x"], count=wrong, rule=f"{names['_x']} ≥ 0")
    if wrong := count("_z_negative") + count("_z_zero"):
        raise ValueRangeError(column=names["_z"], count=wrong, rule=f"{names['_z']} > 0")


def _refuse_groups(seen: Sequence[Mapping[str, Any]], by: Sequence[str], weight: object) -> None:
    """Groups that are not known, that can't be told from others by name, or that weigh nothing."""
    for name in by:
        # a value that is not itself is NaN
        gaps = sum(line["_rows"] for line in seen if line[name] is None or line[name] != line[name])
        if gaps:
            raise MissingValueError(column=name, count=gaps)
        results.naming(name, {str(line[name]) for line in seen}, of_several=len(by) > 1)
    for line in seen:
        if not line["_weight"]:
            raise EmptyGroupError(
                group=results.subgroup(str(line[name]) for name in by), rule=no_weight(weight)
            )


def no_weight(weight: object) -> Words:
    """The rule against a group whose weights are all 0."""
    return Words(
        f"tổng quyền số {weight} phải lớn hơn 0", f"the weights {weight} have to add up to more than 0"
    )


def points(at: Cutoff | Iterable[Cutoff], name: str) -> tuple[Fraction, ...]:
    """Percentiles as exact fractions above 0 and up to 1. Raises ParameterError."""
    try:
        return tuple(cutoff(one) for one in one_or_many(at, name))
    except CutoffRangeError as error:
        raise ParameterError(name=name, value=error.params["k"], rule=_SHARE) from error


def quantile(ranked: ir.Table, at: Fraction, *, exact: bool) -> ir.NumericScalar:
    """The least amount that at least a share `at` of the weight does not pass: F⁻¹(p) = min {x: F(x) ≥ p}."""
    if exact:
        reached = ranked._upto * at.denominator >= ranked._whole * at.numerator
    else:
        # sums of float weights may fall short of the whole by rounding alone
        reached = ranked._upto >= ranked._whole * ibis.literal(float(at) * (1 - 1e-12), "float64")
    return ranked._x.min(where=reached & (ranked._w > 0))
