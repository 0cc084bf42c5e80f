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
from dataclasses import dataclass, fields
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
from giamngheo.measures.exact import Cutoff, one_or_many
from giamngheo.measures.specification import Spec

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
    cells = Cells(cube(table, spec.columns, by=by, weight=weight), weighed_by=weight)
    return measures_of(cells, spec, k, by=by)


def measures_of(
    cells: Cells | ir.Table | pa.Table,
    spec: Spec,
    k: Cutoff | Iterable[Cutoff] | None = None,
    *,
    by: Sequence[str] = (),
) -> pa.Table:
    """All measures of the module docstring from a profile cube: for everyone, then by the groups of `by`.

    k: one or many, also 'union' and 'intersection'; None: those of the specification. Raises CutoffRangeError,
    ParameterError (no k at all), UnknownColumnError, EmptyGroupError, TooLargeError and what `Cells` refuses.
    """
    held = cells if isinstance(cells, Cells) else Cells(cells)
    cutoffs = _cutoffs(spec, k)
    profiles = Profiles(held, spec)
    counted = profiles.counted(by, cutoffs)
    whole = profiles.lines(counted.together(), ((),), cutoffs)
    made = _table(whole, ((),), by)
    if by:
        values = held.groups(by).values
        parts = profiles.lines(counted, values, cutoffs)
        parts += _decomposition(whole, parts)
        made = results.joined(made, _table(parts, values, by))
    return results.checked(made)


def _cutoffs(spec: Spec, k: Cutoff | Iterable[Cutoff] | None) -> tuple[Fraction, ...]:
    if k is None:
        return spec.k
    return tuple(spec.cutoff(one) for one in one_or_many(k, "k"))


@dataclass(frozen=True)
class Counted:
    """Sums over the households of each group, the last axis; with integer weights they are whole numbers.

    rows: (kept, left out). people, seen and lacks (by indicator): of the kept. poor: their number, then those that
    lack each indicator; at: its points; gaps: M1 and M2 before they are divided; each by cut-off.
    """

    rows: Numbers
    people: Numbers
    seen: Numbers
    lacks: Numbers
    poor: Numbers
    at: Numbers
    gaps: Numbers

    def together(self) -> "Counted":
        """Everyone as one group."""
        return Counted(*(getattr(self, f.name).sum(axis=-1, keepdims=True) for f in fields(self)))


class Profiles:
    """The deprivation profiles of a cube under one specification: their scores, and who is counted and poor.

    Only the profiles between the first and the last that is counted are held: those with nothing missing come first,
    so that under 'drop' the others cost nothing.
    """

    def __init__(self, cells: Cells, spec: Spec) -> None:
        self.cells, self.spec = cells, spec
        bits: Numbers = np.array([cells.bit(i.column) for i in spec.indicators])
        if cells.weight.dtype.kind == "i" and cells.weight.sum(dtype=float) * spec.denominator >= 2**62:
            raise TooLargeError(column=cells.weighed_by)
        self.bits = bits
        self.points: Numbers = np.array(spec.points)
        known = (1 - ((cells.missing[:, None] >> bits) & 1)) @ self.points
        kept: Numbers = known == spec.denominator if spec.missing == "drop" else known > 0
        places = np.flatnonzero(kept)
        self.span = slice(int(places[0]), int(places[-1]) + 1) if len(places) else slice(0, 0)
        self.kept: Numbers = kept[self.span]
        self.known: Numbers = known[self.span]
        self.lacks: Numbers = (cells.pattern[self.span, None] >> bits) & 1
        self.seen: Numbers = 1 - ((cells.missing[self.span, None] >> bits) & 1)
        self.score: Numbers = self.lacks @ self.points

    def poor(self, k: Fraction) -> Numbers:
        """Which profiles are poor, decided between integers."""
        reached: Numbers = self.kept & (self.score * k.denominator >= k.numerator * self.known)
        return reached

    def counted(self, by: Sequence[str], cutoffs: Sequence[Fraction]) -> Counted:
        """The sums of each group of `by`, all from one product of the groups' profiles with what is asked of each."""
        wide, drop = len(self.bits), self.spec.missing == "drop"
        poor = [self.poor(k)[:, None] for k in cutoffs]
        blocks = [self.kept[:, None], *(block for p in poor for block in (p, p * self.lacks))]
        blocks.append(self.kept[:, None] * self.lacks)
        if not drop:
            share = self.lacks / np.maximum(self.known, 1)[:, None]
            blocks += [self.kept[:, None] * self.seen, *(p * share for p in poor)]
        sums = self._sums(by, "weight", np.hstack(blocks))
        people, sums = sums[0], sums[1:]
        at_k = sums[: len(poor) * (1 + wide)].reshape(len(poor), 1 + wide, -1)
        lacks, *rest = np.split(sums[len(poor) * (1 + wide) :], [wide] if drop else [wide, 2 * wide])
        # where all are known a point is a whole number of denominators: divided last, sums stay integers
        shared = at_k[:, 1:] if drop else rest[1].reshape(len(poor), wide, -1)
        return Counted(
            rows=self._rows(by),
            people=people,
            seen=np.broadcast_to(people, lacks.shape) if drop else rest[0],
            lacks=lacks,
            poor=at_k,
            at=shared * self.points[:, None],
            gaps=self._gaps(by, poor),
        )

    def _sums(self, by: Sequence[str], what: str, factors: Numbers) -> Numbers:
        by_factor: Numbers = self.cells.sums(by, what, factors, self.span).T
        return by_factor

    def _rows(self, by: Sequence[str]) -> Numbers:
        kept: Numbers = self._sums(by, "households", self.kept[:, None])[0]
        both: Numbers = np.stack([kept, self.cells.totals(by) - kept])
        return both

    def _gaps(self, by: Sequence[str], poor: Sequence[Numbers]) -> Numbers:
        if not self.spec.cardinal:
            return np.zeros((len(poor), 0, len(self.cells.groups(by).values)))
        share = np.hstack(poor) / np.maximum(self.known, 1)[:, None]
        sums = [
            np.sum(
                [
                    points * self._sums(by, f"{column}_{bit}", share)
                    for bit, points in zip(self.bits, self.points, strict=True)
                ],
                axis=0,
            )
            for _, column in _GAPS
        ]
        by_cutoff: Numbers = np.stack(sums, axis=1)
        return by_cutoff

    def lines(
        self, sums: Counted, groups: Sequence[tuple[str, ...]], cutoffs: Sequence[Fraction]
    ) -> list[_Line]:
        """Every measure of each group, and its size under the name 'people'. Raises EmptyGroupError."""
        (rows, dropped), people = sums.rows, sums.people
        if not (people > 0).all():
            empty = groups[int(np.argmin(people > 0))]
            raise EmptyGroupError(group=results.subgroup(empty), rule=self.spec.missing)
        found: list[_Line] = [("dropped", None, dropped, rows), ("people", None, people, rows)]
        names = [i.name for i in self.spec.indicators]
        raw = zip(names, _ratio(sums.lacks, sums.seen), strict=True)
        found += [(f"uncensored:{name}", None, share, rows) for name, share in raw]
        for place, k in enumerate(cutoffs):
            found += [(name, float(k), estimate, rows) for name, estimate in self._at(sums, place)]
        return found

    def _at(self, sums: Counted, place: int) -> list[tuple[str, Numbers]]:
        """The measures at one cut-off."""
        people, (counted, lacks) = sums.people, np.split(sums.poor[place], [1])
        whole = self.spec.denominator if self.spec.missing == "drop" else 1
        adjusted = sums.at[place].sum(axis=0) / whole
        m0 = _ratio(adjusted, people)
        absolute = _ratio(sums.at[place] / whole, people)
        found = [("H", _ratio(counted[0], people)), ("A", _ratio(adjusted, counted[0])), ("M0", m0)]
        names = [i.name for i in self.spec.indicators]
        for name, *of in zip(names, _ratio(lacks, people), absolute, _ratio(absolute, m0), strict=True):
            found += zip((f"censored:{name}", f"contribution:{name}", f"share:{name}"), of, strict=True)
        gaps = _ratio(sums.gaps[place], people)
        found += [(measure, of) for (measure, _), of in zip(_GAPS, gaps, strict=False)]
        return found


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
