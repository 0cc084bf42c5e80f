"""Multidimensional poverty after Alkire and Foster, exactly, at any cut-off and weights, from the profile cube.

A household's score is the weighted share of what it lacks; it is poor if its score reaches k. With weights w_j in
integer `denominator`-ths, the comparison is score · k.denominator >= k.numerator · known, between integers: a score of
exactly k is never lost to rounding, as it is when 0.1 + 0.2 is held against 0.3.

    measure            unit      formula (sums over households, weighted; c = score, poor = 1 if c >= k)
    H                  share     Σ poor / N                      headcount ratio
    A                  share     Σ c·poor / Σ poor               intensity; null where nobody is poor
    M0                 share     Σ c·poor / N = H·A              adjusted headcount ratio
    M1, M2             share     Σ Σ_j w_j g_j^a poor / N        a = 1, 2; g = (line - x)/line of the deprived; only
                                                                 where every indicator is an amount with a line
    uncensored:<j>     share     Σ d_j / N_j                     deprived in j, poor or not; N_j: where j is known
    censored:<j>       share     Σ d_j·poor / N                  deprived in j and poor
    contribution:<j>   share     Σ w_j d_j·poor / N              absolute; they add up to M0
    share:<j>          share     contribution:<j> / M0           relative; they add up to 1; null where M0 is 0
    population_share   share     N of the group / N
    share_of_M0        share     population_share · M0 of the group / M0; the groups' add up to 1
    dropped            rows      left out by the rule for missing indicators

A register has no sampling error; for a sample, give its `design` (see `alkire_foster_sample`).

Sources: S. Alkire and J. Foster, “Counting and multidimensional poverty measurement”, Journal of Public Economics 95
(2011), sections on identification, the M_a family and decomposition; S. Alkire et al., Multidimensional Poverty
Measurement and Analysis (Oxford 2015), chapter 5.

Missing indicators: 'drop' leaves a household out if any of its indicators is missing; 'reweight' divides its score by
the weights of what is known, and leaves it out only if nothing is.
"""

from collections.abc import Iterable, Sequence
from fractions import Fraction
from typing import Any

import ibis.expr.types as ir
import numpy as np
import pyarrow as pa

from giamngheo.measures import results
from giamngheo.measures.alkire_foster_sample import sampled_measures
from giamngheo.measures.cube import Cells, Numbers, cube
from giamngheo.measures.design import Design
from giamngheo.measures.errors import EmptyGroupError, ParameterError, TooLargeError
from giamngheo.measures.specification import Cutoff, Spec

#: measure, k, estimate of each group (NaN where undefined), rows of each group
_Line = tuple[str, float | None, Numbers, Numbers]


def measures(
    table: ir.Table,
    spec: Spec,
    k: Cutoff | Iterable[Cutoff] | None = None,
    *,
    by: Sequence[str] = (),
    weight: str | None = None,
    design: Design | None = None,
) -> pa.Table:
    """All measures of the module docstring straight from a table of households; one scan.

    weight: of a census (persons, say), no sampling error. design: how a sample was drawn, with its weight; estimates
    then have standard errors and intervals. Raises as `measures_of`, with a design also as `design.ratios`, and
    ParameterError for a weight besides a design.
    """
    if design is not None:
        if weight is not None:
            raise ParameterError(name="weight", value=weight, rule="Design(weight=…)")
        return sampled_measures(table, spec, _cutoffs(spec, k), by=by, design=design)
    return measures_of(cube(table, spec.columns, by=by, weight=weight), spec, k, by=by)


def measures_of(
    cells: Cells | ir.Table | pa.Table,
    spec: Spec,
    k: Cutoff | Iterable[Cutoff] | None = None,
    *,
    by: Sequence[str] = (),
) -> pa.Table:
    """All measures of the module docstring from a profile cube: for everyone, then by the groups of `by`.

    k: one or many, also 'union' and 'intersection'; None: those of the specification. Raises CutoffRangeError,
    UnknownColumnError, EmptyGroupError, TooLargeError and what `Cells` refuses.
    """
    held = cells if isinstance(cells, Cells) else Cells(cells)
    cutoffs = _cutoffs(spec, k)
    profiles = Profiles(held, spec)
    whole = profiles.lines((), cutoffs)
    made = _table(whole, ((),), by)
    if by:
        parts = profiles.lines(by, cutoffs)
        parts += _decomposition(whole, parts)
        made = results.joined(made, _table(parts, held.groups(by).values, by))
    return results.checked(made)


def _cutoffs(spec: Spec, k: Cutoff | Iterable[Cutoff] | None) -> tuple[Fraction, ...]:
    if k is None:
        return spec.k
    return tuple(spec.cutoff(one) for one in ((k,) if isinstance(k, Cutoff) else k))


class Profiles:
    """The deprivation profiles of a cube under one specification: their scores, and who is counted and poor."""

    def __init__(self, cells: Cells, spec: Spec) -> None:
        self.cells, self.spec = cells, spec
        bits: Numbers = np.array([cells.bit(i.column) for i in spec.indicators])
        if cells.weight.dtype.kind == "i" and cells.weight.sum(dtype=float) * spec.denominator >= 2**62:
            raise TooLargeError(column="weight")
        points: Numbers = np.array(spec.points)
        self.bits = bits
        self.lacks: Numbers = (cells.pattern[:, None] >> bits) & 1
        self.seen: Numbers = 1 - ((cells.missing[:, None] >> bits) & 1)
        self.parts: Numbers = self.lacks * points
        self.score: Numbers = self.parts.sum(axis=1)
        self.known: Numbers = (self.seen * points).sum(axis=1)
        self.kept: Numbers = self.known == spec.denominator if spec.missing == "drop" else self.known > 0

    def poor(self, k: Fraction) -> Numbers:
        """Which profiles are poor, decided between integers."""
        reached: Numbers = self.kept & (self.score * k.denominator >= k.numerator * self.known)
        return reached

    def lines(self, by: Sequence[str], cutoffs: Sequence[Fraction]) -> list[_Line]:
        """Every measure of the groups of `by`, and their sizes under the name 'people'."""
        counts = self.cells.sums(by, "households", np.stack([self.kept, ~self.kept], axis=1))
        rows, dropped = counts[:, 0], counts[:, 1]
        kept = self.kept[:, None]
        sums = self.cells.sums(by, "weight", np.hstack([kept, kept * self.seen, kept * self.lacks]))
        people, (seen, lacks) = sums[:, 0], np.split(sums[:, 1:].T, 2)
        if not (people > 0).all():
            empty = self.cells.groups(by).values[int(np.argmin(people > 0))]
            raise EmptyGroupError(group=results.subgroup(empty), rule=self.spec.missing)
        found: list[_Line] = [("dropped", None, dropped, rows), ("people", None, people, rows)]
        for place, indicator in enumerate(self.spec.indicators):
            found.append((f"uncensored:{indicator.name}", None, _ratio(lacks[place], seen[place]), rows))
        for k in cutoffs:
            found += [(measure, float(k), estimate, rows) for measure, estimate in self._at(k, by, people)]
        return found

    def _at(self, k: Fraction, by: Sequence[str], people: Numbers) -> list[tuple[str, Numbers]]:
        poor = self.poor(k)[:, None]
        factors = np.hstack(
            [
                poor,
                poor * self.lacks,
                self._shared(poor * self.score[:, None]),
                self._shared(poor * self.parts),
            ]
        )
        sums = self.cells.sums(by, "weight", factors).T
        counted, lacks, (adjusted, *parts) = (
            sums[0],
            sums[1 : 1 + len(self.bits)],
            self._whole(sums[1 + len(self.bits) :]),
        )
        m0 = _ratio(adjusted, people)
        found = [("H", _ratio(counted, people)), ("A", _ratio(adjusted, counted)), ("M0", m0)]
        for place, indicator in enumerate(self.spec.indicators):
            absolute = _ratio(parts[place], people)
            found += [
                (f"censored:{indicator.name}", _ratio(lacks[place], people)),
                (f"contribution:{indicator.name}", absolute),
                (f"share:{indicator.name}", _ratio(absolute, m0)),
            ]
        if self.spec.cardinal:
            found += [(measure, _ratio(self._gaps(column, poor, by), people)) for measure, column in _GAPS]
        return found

    def _shared(self, points: Numbers) -> Numbers:
        """Points as a share of those known. Where all are known the division waits for `_whole`: sums stay integers."""
        if self.spec.missing == "drop":
            return points
        shared: Numbers = points / np.maximum(self.known, 1)[:, None]
        return shared

    def _whole(self, sums: Numbers) -> Numbers:
        return sums / self.spec.denominator if self.spec.missing == "drop" else sums

    def _gaps(self, column: str, poor: Numbers, by: Sequence[str]) -> Numbers:
        share = poor / np.maximum(self.known, 1)[:, None]
        gaps: list[Numbers] = [
            points * self.cells.sums(by, f"{column}_{bit}", share)[:, 0]
            for bit, points in zip(self.bits, self.spec.points, strict=True)
        ]
        total: Numbers = np.sum(gaps, axis=0)
        return total


_GAPS = (("M1", "gap"), ("M2", "gap2"))


def _ratio(above: Numbers, below: Numbers) -> Numbers:
    """The quotient. NaN stands for "not defined" between here and `_table`, which writes it as null."""
    quotient: Numbers = np.full(np.broadcast(above, below).shape, np.nan)
    np.divide(above, below, out=quotient, where=below != 0)
    return quotient


def _decomposition(whole: list[_Line], parts: list[_Line]) -> list[_Line]:
    """The groups' shares of the population and of M0."""
    everyone = {(m, k): estimate for m, k, estimate, _ in whole}
    people = next(estimate for m, _, estimate, _ in parts if m == "people")
    share = people / everyone["people", None]
    rows = parts[0][3]
    found: list[_Line] = [("population_share", None, share, rows)]
    found += [
        ("share_of_M0", k, _ratio(share * m0, everyone["M0", k]), rows) for m, k, m0, _ in parts if m == "M0"
    ]
    return found


def _table(lines: list[_Line], values: Sequence[tuple[str, ...]], by: Sequence[str]) -> pa.Table:
    """Lines of many groups as rows: by measure and k, then by group."""
    shown = [line for line in lines if line[0] != "people"]
    groups, many = len(values), len(shown)
    columns: dict[str, Any] = {
        "measure": _repeated([line[0] for line in shown], np.repeat(np.arange(many), groups)),
        "subgroup": _repeated([results.subgroup(v) for v in values], np.tile(np.arange(groups), many)),
    }
    if len(by) > 1 and values != ((),):
        for place, name in enumerate(by):
            columns[name] = _repeated([v[place] for v in values], np.tile(np.arange(groups), many))
    columns["k"] = pa.array([line[1] for line in shown], pa.float64()).take(
        pa.array(np.repeat(np.arange(many), groups))
    )
    columns["estimate"] = pa.array(
        np.concatenate([line[2] for line in shown]), pa.float64(), from_pandas=True
    )
    columns["n"] = pa.array(np.concatenate([line[3] for line in shown]), pa.int64())
    size = groups * many
    columns["design"] = pa.repeat(results.CENSUS, size)
    names = results.schema(by if values != ((),) else ())
    return pa.table([columns.get(f.name, pa.nulls(size, f.type)) for f in names], schema=names)


def _repeated(texts: Sequence[str], places: Numbers) -> pa.Array:
    return pa.array(texts, pa.string()).take(pa.array(places))
