"""The profile cube: households counted by group and by which indicators they lack, from one scan of any table.

An indicator is yes, no or missing, so a household is two bit patterns, and a country some hundred thousand cells. Any
cut-off, weights and subgroup follow from the cells exactly, without going back to the households. The cube is an Ibis
expression (DuckDB, Spark, …); only its cells are fetched.

    <by>            the grouping columns
    pattern         bit j is set where column j is deprived (bit 0: the first column)
    missing         bit j is set where column j is not known
    invalid         bit j is set where column j is neither 0, 1 nor missing (amounts: negative)
    households      rows
    weight          sum of their weights (rows, if there is no weight column), integer if the weights are
    weight_low, weight_unknown   the least weight, and how many are missing: for the refusals
    gap_<j>, gap2_<j>            for amounts: weighted sums of (line - x)/line and its square over the deprived
    indicators      the columns in the order of their bits, so that a stored cube says what it is
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import ibis
import ibis.expr.types as ir
import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from giamngheo.measures import results
from giamngheo.measures.errors import (
    MISSING,
    MONEY,
    NEGATIVE,
    NO_NUMBER,
    NOT_NEGATIVE,
    NUMBERS,
    BadWeightError,
    ColumnTypeError,
    EmptyGroupError,
    MeasuresError,
    MissingValueError,
    NotZeroOneError,
    TooLargeError,
    UnknownColumnError,
    ValueRangeError,
    Words,
)
from giamngheo.measures.specification import MOST_COLUMNS, Column
from giamngheo.measures.tables import fetch, require

_FIXED = (
    "pattern",
    "missing",
    "invalid",
    "households",
    "weight",
    "weight_low",
    "weight_unknown",
    "indicators",
)
#: The largest grid of groups by profiles kept in memory (64 MB).
_GRID = 8_000_000
Numbers = np.ndarray[Any, Any]


def cube(
    table: ir.Table, columns: Sequence[Column | str], *, by: Sequence[str] = (), weight: str | None = None
) -> ir.Table:
    """The profile cube of a table of households (module docstring), one scan.

    columns: booleans or integers 0/1, missing allowed; amounts with a line. weight: integers or floats, not negative.
    Raises UnknownColumnError, GroupColumnError, ColumnTypeError; what can only be seen in the rows is refused by `Cells`.
    """
    listed = [c if isinstance(c, Column) else Column(c) for c in columns]
    require(table, [*(c.name for c in listed), *by, *([weight] if weight else [])])
    gaps = (f"{name}_{place}" for place in range(len(listed)) for name in ("gap", "gap2"))
    results.grouping(by, (*results.COLUMNS, *_FIXED, *gaps))
    if len(listed) > MOST_COLUMNS:
        wanted = Words(f"nhiều nhất {MOST_COLUMNS} cột", f"at most {MOST_COLUMNS} columns")
        raise ColumnTypeError(column=listed[MOST_COLUMNS].name, found=len(listed), wanted=wanted)
    wide = len(listed)
    key: Any = ibis.literal(0, "int64")
    for place, column in enumerate(listed):
        key = key + code(table, column, wide) * (1 << place)
    weighted = _weight(table, weight)
    held: dict[str, Any] = {name: table[name] for name in by} | {"_key": key}
    totals: dict[str, Any] = {"households": lambda t: t.count()}
    if weighted is not None:
        held["_weight"] = weighted
        totals["weight"] = lambda t: t._weight.sum().cast(weighted.type())
        totals["weight_low"] = lambda t: t._weight.min()
        totals["weight_unknown"] = lambda t: t._weight.isnull().cast("int64").sum().cast("int64")
    for place, column in enumerate(listed):
        if column.line is not None:
            held |= _gap(table, column, place, weighted)
            totals |= {f"{name}_{place}": _sum(f"_{name}_{place}") for name in ("gap", "gap2")}
    cells = table.select(**held).group_by(*by, "_key").aggregate(**totals)
    mask = (1 << wide) - 1
    whole = cells.households.cast("int64")
    return cells.mutate(
        pattern=cells._key & mask,
        missing=(cells._key >> wide) & mask,
        invalid=(cells._key >> 2 * wide) & mask,
        households=whole,
        indicators=ibis.literal(",".join(c.key for c in listed)),
        **({} if weighted is not None else {"weight": whole}),
    ).drop("_key")


def _sum(name: str) -> Any:
    return lambda t: t[name].sum()


def code(table: ir.Table, column: Column, wide: int) -> ir.IntegerValue:
    """0 or 1 (deprived), 1 << wide where missing, 1 << 2 * wide where neither: `wide` columns side by side never meet.

    Raises ColumnTypeError; of amounts for 32-bit floats, which lose single đồng above 16.7 million.
    """
    value = table[column.name]
    missing, invalid = 1 << wide, 1 << 2 * wide
    kind = value.type()
    if column.line is not None:
        if not (kind.is_integer() or kind.is_float64() or kind.is_decimal()):
            raise ColumnTypeError(column=column.name, found=kind, wanted=MONEY)
        deprived = value <= column.line if column.at_line == "up to" else value < column.line
        arms = [(value.isnull(), missing), (value >= 0, deprived.cast("int64"))]
        if kind.is_floating():
            arms.insert(1, (value.isnan(), invalid))
        return ibis.cases(*arms, else_=invalid).cast("int64")
    if kind.is_boolean():
        return value.cast("int64").fill_null(missing)
    if kind.is_integer():
        return ibis.cases(
            (value.isnull(), missing), (value.between(0, 1), value.cast("int64")), else_=invalid
        ).cast("int64")
    wanted = Words("đúng/sai hoặc số nguyên 0/1", "true/false or whole numbers 0/1")
    raise ColumnTypeError(column=column.name, found=kind, wanted=wanted)


def wrong_values(column: str, count: int) -> MeasuresError:
    """The refusal of `count` rows that are nothing a column may hold; it is named as a cube does (`Column.key`)."""
    name, line, _ = column.partition("<")
    if line:
        return ValueRangeError(column=name, count=count, rule=NOT_NEGATIVE)
    return NotZeroOneError(column=name, count=count)


def _weight(table: ir.Table, weight: str | None) -> ir.NumericValue | None:
    if weight is None:
        return None
    kind = table[weight].type()
    if not (kind.is_integer() or kind.is_floating()):
        raise ColumnTypeError(column=weight, found=kind, wanted=NUMBERS)
    return table[weight].cast("int64" if kind.is_integer() else "float64")


def _gap(table: ir.Table, column: Column, place: int, weighted: Any) -> dict[str, Any]:
    one = gap(table, column)
    times = 1.0 if weighted is None else weighted
    return {f"_gap_{place}": one * times, f"_gap2_{place}": one * one * times}


def gap(table: ir.Table, column: Column) -> ir.FloatingValue:
    """By how much of the line the amount falls short of it, 0 where it does not or is not known."""
    assert column.line is not None
    value = table[column.name].cast("float64")
    deprived = table[column.name] < column.line  # at the line the gap is 0 whichever rule holds
    return ibis.ifelse(deprived, (column.line - value) / column.line, 0.0)


@dataclass(frozen=True)
class Groups:
    """Groups by name, and the group of every cell."""

    values: tuple[tuple[str, ...], ...]
    codes: Numbers


class Cells:
    """The cells of a cube, fetched and checked; kept, it answers many questions.

    weighed_by: the column its weights came from, to be named where they are refused.
    Raises NotZeroOneError, ValueRangeError (an amount below 0), BadWeightError, TooLargeError, EmptyGroupError (no rows),
    MissingValueError (a group not known), GroupNameError.
    """

    def __init__(self, cube: ir.Table | pa.Table, *, weighed_by: str | None = None) -> None:
        try:
            table = cube if isinstance(cube, pa.Table) else fetch(cube)
        except pa.ArrowInvalid as error:  # engines add 64-bit integers in wider ones, which do not come back
            raise TooLargeError(column=weighed_by or "weight") from error
        for name in ("pattern", "missing", "invalid", "households", "weight", "indicators"):
            if name not in table.column_names:
                raise UnknownColumnError(column=name, known=", ".join(table.column_names))
        if not table.num_rows:
            raise EmptyGroupError(group=results.ALL, rule="cube")
        said = pc.unique(table["indicators"]).to_pylist()
        if len(said) != 1:
            wanted = Words("một khối hồ sơ", "one profile cube")
            raise ColumnTypeError(column="indicators", found=" ; ".join(map(str, said)), wanted=wanted)
        self.table = table
        self.weighed_by = weighed_by or "weight"
        self._numbers: dict[str, Numbers] = {}
        self.keys: tuple[str, ...] = tuple(said[0].split(","))
        self.households = self.numbers("households")
        self.weight = self.numbers("weight")
        keys = self.numbers("pattern") | (self.numbers("missing") << len(self.keys))
        profiles, self._profile = np.unique(keys, return_inverse=True)
        self.pattern = profiles & ((1 << len(self.keys)) - 1)
        self.missing = profiles >> len(self.keys)
        self._groups: dict[tuple[str, ...], Groups] = {}
        self._grids: dict[tuple[tuple[str, ...], str], Numbers] = {}
        self._sizes: dict[str, float] = {}
        self._totals: dict[tuple[str, ...], Numbers] = {}
        self.by = tuple(
            n for n in table.column_names if n not in _FIXED and not n.startswith(("gap_", "gap2_"))
        )
        self._refuse(self.weighed_by)

    def numbers(self, name: str) -> Numbers:
        if name not in self._numbers:
            self._numbers[name] = self.table[name].to_numpy()
        return self._numbers[name]

    def _refuse(self, weight: str) -> None:
        invalid = self.numbers("invalid")
        if invalid.any():
            for place, key in enumerate(self.keys):
                wrong = int(self.households[(invalid >> place) & 1 == 1].sum())
                if wrong:
                    raise wrong_values(key, wrong)
        if "weight_low" in self.table.column_names:
            # first what is no number: Spark counts it among the missing too
            if not pc.all(pc.is_finite(self.table["weight"])).as_py():
                raise BadWeightError(column=weight, rule=NO_NUMBER)
            if self.numbers("weight_unknown").sum():
                raise BadWeightError(column=weight, rule=MISSING)
            if self.numbers("weight_low").min() < 0:
                raise BadWeightError(column=weight, rule=NEGATIVE)

    def bit(self, column: Column) -> int:
        """The place of a column's bit. Raises UnknownColumnError."""
        if column.key not in self.keys:
            raise UnknownColumnError(column=column.key, known=", ".join(self.keys))
        return self.keys.index(column.key)

    def groups(self, by: Sequence[str]) -> Groups:
        """The groups by the values of some of the cube's grouping columns; all together for none."""
        named = tuple(by)
        if named not in self._groups:
            self._groups[named] = self._grouped(named)
        return self._groups[named]

    def _grouped(self, by: tuple[str, ...]) -> Groups:
        codes: Numbers = np.zeros(len(self._profile), dtype=np.int64)
        names: list[tuple[str, ...]] = [()]
        results.grouping(by)
        for name in by:
            own, values = self._encoded(name)
            results.naming(name, values, of_several=len(by) > 1)
            codes, back = np.unique(codes * len(values) + own, return_inverse=True)
            names = [(*names[code // len(values)], values[code % len(values)]) for code in codes]
            codes = back
        return Groups(tuple(names), codes)

    def _encoded(self, name: str) -> tuple[Numbers, list[str]]:
        """Each cell's value of a grouping column as its place among the sorted values."""
        if name not in self.by:
            raise UnknownColumnError(column=name, known=", ".join(self.by))
        plain = self.table[name]
        unknown = plain.is_null(nan_is_null=True).to_numpy()
        if unknown.any():
            raise MissingValueError(column=name, count=int(self.households[unknown].sum()))
        encoded = plain if pa.types.is_dictionary(plain.type) else plain.dictionary_encode()
        dictionary = pa.concat_arrays(encoded.unify_dictionaries().chunks)
        values = dictionary.dictionary.to_pylist()
        ranked = sorted(range(len(values)), key=values.__getitem__)
        rank: Numbers = np.empty(len(values), dtype=np.int64)
        rank[ranked] = np.arange(len(values))
        own: Numbers = rank[dictionary.indices.to_numpy()]
        return own, [str(values[place]) for place in ranked]

    def totals(self, by: Sequence[str]) -> Numbers:
        """The households of each group."""
        named = tuple(by)
        if named not in self._totals:
            groups = self.groups(by)
            counted: Numbers = np.zeros(len(groups.values), dtype=np.int64)
            np.add.at(counted, groups.codes, self.households)
            self._totals[named] = counted
        return self._totals[named]

    def sums(self, by: Sequence[str], what: str, factors: Numbers, span: slice | None = None) -> Numbers:
        """Σ what · factor by group, for each column of `factors` (profiles by factors): groups by factors.

        span: the profiles that the rows of `factors` are of; all of them for none.
        Small cubes are laid out once as a grid of groups by profiles and multiplied. Floating point adds integers
        exactly as long as no sum reaches 2^53; where one might, or the grid would be large, cells are summed one by
        one in 64-bit integers. Integers come back as integers either way.
        """
        groups, amounts = self.groups(by), self.numbers(what)
        span = slice(0, len(self.pattern)) if span is None else span
        whole = amounts.dtype.kind == "i" and factors.dtype.kind in "ib"
        size = len(groups.values) * len(self.pattern)
        most = self._size(what) * float(np.abs(factors).max(initial=0))
        if size <= _GRID and (amounts.dtype.kind == "f" or most < 2**53):
            summed: Numbers = self._grid(tuple(by), what)[span].T @ factors.astype(float)
            return summed.astype(np.int64) if whole else summed
        kept = np.flatnonzero((self._profile >= span.start) & (self._profile < span.stop))
        codes, amounts, places = groups.codes[kept], amounts[kept], self._profile[kept] - span.start
        by_cell: Numbers = np.zeros((len(groups.values), factors.shape[1]), np.int64 if whole else float)
        for column, factor in enumerate(factors.T):
            np.add.at(by_cell[:, column], codes, amounts * factor[places])
        return by_cell

    def _grid(self, by: tuple[str, ...], what: str) -> Numbers:
        """The amounts as profiles by groups."""
        if (by, what) not in self._grids:
            groups = self.groups(by)
            wide = len(groups.values)
            places = self._profile * wide + groups.codes
            flat = np.bincount(places, weights=self.numbers(what), minlength=len(self.pattern) * wide)
            self._grids[by, what] = flat.reshape(-1, wide)
        return self._grids[by, what]

    def _size(self, what: str) -> float:
        if what not in self._sizes:
            self._sizes[what] = float(np.abs(self.numbers(what)).sum(dtype=float))
        return self._sizes[what]
