"""Totals by sampling unit from one scan of a sample, and how they spread within strata.

Everything about sampling error follows from the weighted totals of each cluster (primary sampling unit) within its
stratum; only these are fetched. Where every row is its own cluster, sums of squares and products by stratum stand for
the rows, so that rows are never fetched either.

A group is a domain of the sample, not a sample of its own: a cluster without a member of it counts as zero.
"""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import ibis
import ibis.expr.types as ir
import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import scipy

from giamngheo.measures import results
from giamngheo.measures.errors import (
    MISSING,
    NEGATIVE,
    NO_NUMBER,
    NUMBERS,
    BadWeightError,
    ClusterInStrataError,
    ColumnTypeError,
    EmptyGroupError,
    LoneClusterError,
    MissingValueError,
    NotANumberError,
    StratumSizeError,
)
from giamngheo.measures.tables import fetch, require

Numbers = np.ndarray[Any, Any]
Group = tuple[str, ...]
LONE = ("refuse", "certainty", "centre", "average")


def scan(
    table: ir.Table,
    columns: Mapping[str, ir.Value],
    pairs: Sequence[tuple[str, str]] = (),
    *,
    by: Sequence[str] = (),
    counted: Sequence[str] = (),
    weight: str | None = None,
    strata: str | None = None,
    psu: str | None = None,
    fpc: str | None = None,
) -> pa.Table:
    """Σ weight · column by group, stratum and cluster; of the `counted` columns the sum without weight.

    pairs: the columns whose products are summed too, Σ weight² · first · second; needed where rows are clusters.
    Raises UnknownColumnError, GroupColumnError, ColumnTypeError; what can only be seen in the rows is refused by `totals`.
    """
    results.grouping(by)
    keys = {f"by_{place}": name for place, name in enumerate(by)}
    keys |= {key: name for key, name in (("stratum", strata), ("psu", psu)) if name}
    require(table, [*keys.values(), *(n for n in (weight, fpc) if n)])
    held: dict[str, Any] = {key: table[name] for key, name in keys.items()}
    weighted = ibis.literal(1.0, "float64") if weight is None else _number(table, weight)
    held["w"] = weighted
    if fpc:
        held["fpc"] = _number(table, fpc)
    plain = {f"x_{name}": column.cast("float64") for name, column in columns.items()}
    held |= {key: x if key[2:] in counted else x * weighted for key, x in plain.items()}
    rows = table.select(**held)
    sums: dict[str, Any] = {key: rows[key].sum() for key in plain}
    sums |= {f"xx_{place}": (rows[f"x_{a}"] * rows[f"x_{b}"]).sum() for place, (a, b) in enumerate(pairs)}
    sums |= {"rows": rows.count(), "w": rows.w.sum(), "low": rows.w.min(), "known": rows.w.count()}
    if fpc:
        sums |= {"least": rows.fpc.min(), "most": rows.fpc.max(), "unsized": rows.fpc.isnull().sum()}
    # an aggregate without keys would make one row of nothing for an empty table, with sums that are null
    cells = fetch((rows.group_by(*keys) if keys else rows).aggregate(**sums))
    if not cells.num_rows or not pc.sum(cells["rows"]).as_py():
        raise EmptyGroupError(group=results.ALL, rule="design")
    return cells


def _number(table: ir.Table, name: str) -> Any:
    kind = table[name].type()
    if not (kind.is_integer() or kind.is_floating()):
        raise ColumnTypeError(column=name, found=kind, wanted=NUMBERS)
    return table[name].cast("float64")


def totals(
    cells: pa.Table,
    columns: Sequence[str],
    pairs: Sequence[tuple[str, str]] = (),
    *,
    by: Sequence[str] = (),
    weight: str | None = None,
    strata: str | None = None,
    psu: str | None = None,
    fpc: str | None = None,
) -> "Totals":
    """What `scan` brought, checked and laid out.

    Raises BadWeightError, MissingValueError (group, stratum, cluster or size not known), GroupNameError,
    ClusterInStrataError, StratumSizeError, NotANumberError.
    """
    _weights(cells, weight)
    values, group = _grouped(cells, [(f"by_{place}", name) for place, name in enumerate(by)])
    for place, name in enumerate(by):
        results.naming(name, {value[place] for value in values}, of_several=len(by) > 1)
    names, stratum = _grouped(cells, [("stratum", strata)] if strata else [])
    units, unit = _grouped(
        cells, [*([("stratum", strata)] if strata else []), *([("psu", psu)] if psu else [])]
    )
    first = np.unique(unit, return_index=True)[1]
    if psu and len({name[-1] for name in units}) < len(units):
        often = Counter(name[-1] for name in units).most_common(1)[0][0]
        raise ClusterInStrataError(column=psu, cluster=often, strata=strata)
    rows = _array(cells, "rows")
    of_unit = stratum[first]
    clusters = np.bincount(of_unit) if psu else np.bincount(stratum, rows)
    sums = {name: _array(cells, f"x_{name}") for name in columns}
    sums |= {pair: _array(cells, f"xx_{place}") for place, pair in enumerate(pairs)}  # type: ignore[misc]
    for name, numbers in sums.items():
        if not np.isfinite(numbers).all():
            place = int(np.argmin(np.isfinite(numbers)))
            raise NotANumberError(measure=name, subgroup=results.subgroup(values[group[place]]))
    rate = _rates(cells, fpc, stratum, clusters, names)
    shape = (len(values), len(units))
    laid = {name: scipy.sparse.csr_matrix((x, (group, unit)), shape=shape) for name, x in sums.items()}
    present: Numbers = np.zeros((len(values), len(names)), dtype=bool)
    present[group, stratum] = True
    return Totals(values, units, names, of_unit, clusters, rate, laid, present, bool(psu))


def _weights(cells: pa.Table, weight: str | None) -> None:
    # first what is no number: Spark counts it among the missing too
    if not np.isfinite(_array(cells, "w")).all():
        raise BadWeightError(column=weight, rule=NO_NUMBER)
    if (_array(cells, "known") < _array(cells, "rows")).any():
        raise BadWeightError(column=weight, rule=MISSING)
    if _array(cells, "low").min() < 0:
        raise BadWeightError(column=weight, rule=NEGATIVE)


def _array(cells: pa.Table, name: str) -> Numbers:
    """A column of sums; the sum of nothing but missing values is 0."""
    made: Numbers = pc.fill_null(cells[name].cast(pa.float64()), 0.0).to_numpy()
    return made


def _grouped(cells: pa.Table, columns: Sequence[tuple[str, str]]) -> tuple[tuple[Group, ...], Numbers]:
    """The values of some key columns, sorted, and each cell's place among them; one empty value for no columns."""
    if not columns:
        return ((),), np.zeros(cells.num_rows, dtype=np.int64)
    codes: Numbers = np.zeros(cells.num_rows, dtype=np.int64)
    words: list[Numbers] = []
    for key, name in columns:
        missing = pc.is_null(cells[key], nan_is_null=True).to_numpy()
        if missing.any():
            raise MissingValueError(column=name, count=int(_array(cells, "rows")[missing].sum()))
        own = cells[key].combine_chunks().dictionary_encode()
        ranked = pc.sort_indices(own.dictionary)
        called = np.array([str(value) for value in own.dictionary.take(ranked).to_pylist()], dtype=object)
        joint = codes * len(called) + np.argsort(ranked.to_numpy())[own.indices.to_numpy()]
        met, codes = np.unique(joint, return_inverse=True)
        words = [*(held[met // len(called)] for held in words), called[met % len(called)]]
    return tuple(zip(*(held.tolist() for held in words), strict=True)), codes


def _rates(
    cells: pa.Table, fpc: str | None, stratum: Numbers, clusters: Numbers, names: Sequence[Group]
) -> Numbers:
    """The sampling fraction of each stratum: its clusters in the sample among those it has; 0 where none is given."""
    if fpc is None:
        return np.zeros(len(clusters))
    if _array(cells, "unsized").any():
        raise MissingValueError(column=fpc, count=int(_array(cells, "unsized").sum()))
    least, most = np.full(len(clusters), np.inf), np.full(len(clusters), -np.inf)
    np.minimum.at(least, stratum, _array(cells, "least"))
    np.maximum.at(most, stratum, _array(cells, "most"))
    wrong = ~np.isfinite(most) | (least != most) | (most < clusters)
    if wrong.any():
        place = int(np.argmax(wrong))
        raise StratumSizeError(
            column=fpc, stratum=results.subgroup(names[place]), sampled=int(clusters[place])
        )
    rates: Numbers = clusters / most
    return rates


@dataclass(frozen=True)
class Totals:
    """The totals of a sample by group and unit; units are clusters, or strata where each row is its own cluster."""

    groups: tuple[Group, ...]
    units: tuple[Group, ...]
    strata: tuple[Group, ...]
    stratum: Numbers  # of each unit, ascending
    clusters: Numbers  # in each stratum
    rate: Numbers  # sampling fraction of each stratum
    sums: dict[
        Any, scipy.sparse.csr_matrix
    ]  # groups by units, by column and, for products, by pair of columns
    present: Numbers  # groups by strata: has rows there
    clustered: bool

    def merged(self, depth: int) -> "Totals":
        """The same sample by the first `depth` grouping columns; 0: everyone."""
        values = sorted({group[:depth] for group in self.groups})
        place = np.array([values.index(g[:depth]) for g in self.groups])
        into = scipy.sparse.csr_matrix(
            (np.ones(len(place)), (place, np.arange(len(place)))), shape=(len(values), len(place))
        )
        sums = {name: (into @ held).tocsr() for name, held in self.sums.items()}
        present = (into @ self.present) > 0
        return Totals(tuple(values), self.units, self.strata, self.stratum, self.clusters, self.rate, sums, present, self.clustered)  # fmt: skip

    def of(self, column: str) -> Numbers:
        """The total of a column by group."""
        total: Numbers = np.asarray(self.sums[column].sum(axis=1)).ravel()
        return total

    def laid(self, groups: Numbers | None, name: Any) -> Numbers:
        """Totals by unit of the groups of each line: lines by units."""
        held = self.sums[name]
        laid: Numbers = np.asarray(held.sum(axis=0)) if groups is None else held[groups].toarray()
        return laid

    @property
    def unsure(self) -> Numbers:
        """Strata with one cluster that is not all there is."""
        unsure: Numbers = (self.clusters == 1) & (self.rate < 1)
        return unsure

    def refuse_lone(self) -> None:
        if self.unsure.any():
            place = int(np.argmax(self.unsure))
            raise LoneClusterError(stratum=results.subgroup(self.strata[place]), count=int(self.unsure.sum()))

    def freedom(self, present: Numbers) -> Numbers:
        """Clusters less strata, of the strata where each line has rows."""
        degrees: Numbers = present @ (self.clusters - 1)
        return degrees
