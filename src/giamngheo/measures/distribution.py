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
    BadWeightError,
    ColumnTypeError,
    CutoffRangeError,
    EmptyGroupError,
    MissingValueError,
    ParameterError,
    TooLargeError,
    UnknownColumnError,
    ValueRangeError,
)
from giamngheo.measures.specification import Cutoff, cutoff
from giamngheo.measures.tables import fetch

Groups = tuple[str, ...]
#: A sum of one group, by the group.
Sums = dict[Groups, dict[str, Any]]
More = Callable[[ir.Table], Mapping[str, Any]]
#: Bits of the lower part of a factor, and of the lower half of a product.
_PART, _HALF = 26, 31
_MONEY = "số nguyên (đồng) hoặc float64"


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

        more: further sums over the ranked amounts, by name. Raises EmptyGroupError where all weights are 0.
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
        for group, line in found.items():
            if not line["_w"]:
                raise EmptyGroupError(group=results.subgroup(group), rule="weight")
            if self.exact:
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
    grouped = table.group_by(*by).aggregate(**wanted) if by else table.aggregate(**wanted)
    lines = fetch(grouped).to_pylist()
    return dict(sorted((tuple(str(line[name]) for name in by), line) for line in lines))


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
    Raises UnknownColumnError, ColumnTypeError, ParameterError (a line that is not positive), MissingValueError,
    ValueRangeError, BadWeightError, EmptyGroupError (no rows), TooLargeError (a sum that 64 bits can't hold).
    """
    require(table, [amount, *(n for n in (weight, line) if isinstance(n, str)), *by])
    held: dict[str, Any] = {"_x": number(table, amount)}
    held["_w"] = ibis.literal(1, "int64") if weight is None else number(table, weight)
    if line is not None:
        held["_z"] = number(table, line) if isinstance(line, str) else ibis.literal(positive(line), "int64")
    rows = table.mutate(**held)
    seen = _seen(rows, by)
    _refuse(seen, {"x": amount, "w": weight, "z": line}, by)
    exact = bool(rows._x.type().is_integer() and rows._w.type().is_integer())
    people, money = 2 * seen["w"], max(seen["x_most"], seen.get("z_most", 0)) * seen["w"]
    if exact and max(money, money * people / 2**_PART, people * 2**_PART) >= 2**62:
        raise TooLargeError(column=amount)
    return Amounts(rows, tuple(by), exact)


def weighted(table: ir.Table, weight: str | None, drawn: str | None) -> tuple[ir.Table, str | None]:
    """The table and its one column of weights: those of the rows times those of the sample (`drawn`)."""
    both = [name for name in (weight, drawn) if name]
    if len(both) < 2:
        return table, both[0] if both else None
    require(table, both)
    return table.mutate(_both=number(table, both[0]) * number(table, both[1])), "_both"


def positive(line: object) -> int:
    """The line if it is a positive integer. Raises ParameterError."""
    if isinstance(line, bool) or not isinstance(line, int) or line <= 0:
        raise ParameterError(name="line", value=line, rule="số nguyên > 0 (đồng)")
    return line


def require(table: ir.Table, names: Iterable[str]) -> None:
    """Raises UnknownColumnError for a column that is not there."""
    for name in names:
        if name not in table.columns:
            raise UnknownColumnError(column=name, known=", ".join(table.columns))


def number(table: ir.Table, name: str) -> Any:
    """A column as int64 or float64. Raises ColumnTypeError for others, float32 among them."""
    kind = table[name].type()
    if kind.is_integer():
        return table[name].cast("int64")
    if not kind.is_float64():
        raise ColumnTypeError(column=name, found=kind, wanted=_MONEY)
    return table[name]


def unknown(column: ir.Value) -> ir.BooleanValue:
    """Whether a value is missing or, among floats, no finite number."""
    if column.type().is_floating():
        # neither infinities nor NaN are at most the largest float, whichever way an engine orders NaN
        return column.isnull() | column.isnan() | (column.abs() > sys.float_info.max)
    return column.isnull()


def _seen(rows: ir.Table, by: Sequence[str]) -> dict[str, Any]:
    def count(condition: ir.BooleanValue) -> ir.IntegerScalar:
        return condition.cast("int64").sum().fill_null(0)

    wanted: dict[str, Any] = {"rows": rows.count(), "w": rows._w.cast("float64").sum()}
    for name in ("x", "w", "z"):
        if f"_{name}" in rows.columns:
            column = rows[f"_{name}"]
            wanted |= {
                f"{name}_unknown": count(unknown(column)),
                f"{name}_missing": rows.count() - column.count(),  # Spark calls NaN null, but counts it
                f"{name}_negative": count(column < 0),
                f"{name}_zero": count(column == 0),
                f"{name}_most": column.max().cast("float64"),
            }
    wanted |= {f"by_{place}": count(rows[name].isnull()) for place, name in enumerate(by)}
    found: dict[str, Any] = fetch(rows.aggregate(**wanted)).to_pylist()[0]
    return found


def _refuse(seen: Mapping[str, Any], names: Mapping[str, object], by: Sequence[str]) -> None:
    if not seen["rows"]:
        raise EmptyGroupError(group=results.ALL, rule=names["x"])
    for key, rule in (("w_missing", "trống"), ("w_unknown", "không phải là số"), ("w_negative", "âm")):
        if seen[key]:
            raise BadWeightError(column=names["w"], rule=rule)
    unfilled = [("x_unknown", names["x"]), ("z_unknown", names["z"])]
    for key, column in [*unfilled, *((f"by_{place}", name) for place, name in enumerate(by))]:
        if seen.get(key):
            raise MissingValueError(column=column, count=seen[key])
    if seen["x_negative"]:
        raise ValueRangeError(column=names["x"], count=seen["x_negative"], rule=f"{names['x']} ≥ 0")
    low = seen.get("z_negative", 0) + seen.get("z_zero", 0)
    if low:
        raise ValueRangeError(column=names["z"], count=low, rule=f"{names['z']} > 0")


def points(at: Cutoff | Iterable[Cutoff], name: str) -> tuple[Fraction, ...]:
    """Percentiles as exact fractions above 0 and up to 1. Raises ParameterError."""
    try:
        return tuple(cutoff(one) for one in ((at,) if isinstance(at, Cutoff) else at))
    except CutoffRangeError as error:
        raise ParameterError(name=name, value=error.params["k"], rule="0 < p ≤ 1") from error


def quantile(ranked: ir.Table, at: Fraction, *, exact: bool) -> ir.NumericScalar:
    """The least amount that at least a share `at` of the weight does not pass: F⁻¹(p) = min {x: F(x) ≥ p}."""
    if exact:
        reached = ranked._upto * at.denominator >= ranked._whole * at.numerator
    else:
        # sums of float weights may fall short of the whole by rounding alone
        reached = ranked._upto >= ranked._whole * ibis.literal(float(at) * (1 - 1e-12), "float64")
    return ranked._x.min(where=reached & (ranked._w > 0))
