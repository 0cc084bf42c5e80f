"""Sampling error of ratios: how a sample was drawn, standard errors, confidence intervals, differences.

Nearly every measure here is a ratio R = X / Y of weighted totals, X = Σ w·numerator, Y = Σ w·denominator (shares, averages,
H, A, M0); a few are the total X, whose u_hi is x_hi and hangs on weights that add up to the population. With clusters i in strata h, n_h of them in the sample:

    quantity        formula
    influence       u_hi = (x_hi - R·y_hi) / Y          x_hi, y_hi: weighted totals of the cluster
    variance        Σ_h (1 - f_h) n_h/(n_h - 1) Σ_i (u_hi - ū_h)²,  f_h = n_h / fpc; 0 without fpc
    of a group      the same over all clusters of the design; one without a member of the group counts as zero
    difference      R2 - R1 with u2 - u1; rounds: variance + variance - 2·covariance over the clusters in both
    freedom         clusters - strata, of the strata where the group has rows; t quantiles of the intervals

Units: estimate, se and interval are in the units of numerator per denominator. se is for sampling only, clusters taken
as drawn with replacement unless fpc is given (the usual approximation, safe for one-stage and multi-stage samples).

A stratum with one cluster gives no spread of its own (`lone`); it is harmless if fpc says that it has no other:
    refuse      LoneClusterError
    certainty   contributes nothing, as if taken for certain: too small unless it was
    centre      (1 - f_h)·(u - ū)², ū the mean of all clusters, 0 for a ratio: errs on the large side
    average     contributes the average of the other strata (where the group has rows); no se if there is none

Sources: linearisation: R. S. Woodruff, JASA 66 (1971), 411-414; D. A. Binder, International Statistical Review 51
(1983), 279-292. Groups: W. G. Cochran, Sampling Techniques (1977), section on domains of study. Rules of lone strata as
`survey.lonely.psu` of R's survey: T. Lumley, Journal of Statistical Software 9 (2004). Overlapping rounds: L. Kish,
Survey Sampling (1965), on comparisons of overlapping samples. Bootstrap and intervals: `bootstrap`, `intervals`.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Literal

import ibis
import ibis.expr.operations as ops
import ibis.expr.types as ir
import numpy as np
import pyarrow as pa
from ibis.common.exceptions import IbisTypeError

from giamngheo.measures import bootstrap, clusters, linearised, results
from giamngheo.measures.clusters import LONE, Numbers, Totals
from giamngheo.measures.errors import EmptyGroupError, ParameterError, Words
from giamngheo.measures.intervals import INTERVALS, interval
from giamngheo.measures.linearised import Ratio
from giamngheo.measures.specification import chosen
from giamngheo.measures.tables import require

#: Numerator and denominator of each measure; no denominator: the total of the numerator.
Parts = Mapping[str, tuple[ir.NumericValue, ir.NumericValue | None]]


@dataclass(frozen=True)
class Design:
    """How the sample was drawn, and how its error is to be told. Names of columns; None: there is none.

    weight: each row counts that often. strata, psu: stratum and cluster of a row, ids of clusters unique over strata;
    without psu each row is its own cluster. fpc: clusters the row's stratum has in the population. level: of the
    intervals. method 'bootstrap' needs psu and lone 'refuse' or 'certainty', and is taken by every measure that takes a design but
    differences between two samples or groups (of `growth` it is the only one); the same seed gives the same numbers.
    Raises ParameterError for a choice that is not there.
    """

    weight: str | None = None
    strata: str | None = None
    psu: str | None = None
    fpc: str | None = None
    lone: Literal["refuse", "certainty", "centre", "average"] = "refuse"
    interval: Literal["logit", "wilson", "korn-graubard", "normal"] = "logit"
    level: float = 0.95
    method: Literal["linearised", "bootstrap"] = "linearised"
    replicates: int = 500
    seed: int = 1

    def __post_init__(self) -> None:
        chosen("lone", self.lone, LONE)
        chosen("interval", self.interval, INTERVALS)
        chosen("method", self.method, ("linearised", "bootstrap"))
        if not 0 < self.level < 1:
            raise ParameterError(name="level", value=self.level, rule="0 < level < 1")
        if self.replicates < 2:
            raise ParameterError(name="replicates", value=self.replicates, rule="replicates ≥ 2")
        if self.method == "bootstrap" and (self.psu is None or self.lone in ("centre", "average")):
            raise ParameterError(name="method", value="bootstrap", rule="psu; lone = refuse | certainty")

    @property
    def keys(self) -> dict[str, str | None]:
        """The columns that say how the sample was drawn."""
        return {"weight": self.weight, "strata": self.strata, "psu": self.psu, "fpc": self.fpc}

    def said(self, totals: Totals) -> str:
        """What the `design` column of a result says."""
        units = f"{int(totals.clusters.sum())} {'clusters' if totals.clustered else 'rows'}"
        strata = f" in {len(totals.strata)} strata" if self.strata else ""
        lone = f", {totals.unsure.sum()} lone: {self.lone}" if totals.unsure.any() else ""
        how = self.method if self.method == "linearised" else f"bootstrap of {self.replicates}"
        return f"{how}, {units}{strata}{lone}"


def ratios(
    table: ir.Table,
    parts: Parts,
    *,
    by: Sequence[str] = (),
    design: Design | None = None,
    k: Mapping[str, float] | None = None,
    of_everyone: Parts | None = None,
) -> pa.Table:
    """Σ w·numerator / Σ w·denominator of each measure, for everyone and by group, from one scan.

    parts: numerator and denominator, expressions of the table's rows; a row where either is missing is left out of
    that measure and its n. k: the cut-off of a measure, written into its line. of_everyone: more parts, told by group alone,
    whose denominator is everyone's (shares of a whole). design None: a census, w = 1, no se.
    A measure whose numerator lies between 0 and its denominator in every cluster is a share and gets the design's
    interval, others the normal one. Null: estimate where Σ w·denominator is 0, se and interval where not defined.
    Raises UnknownColumnError, ColumnTypeError, BadWeightError, MissingValueError, EmptyGroupError (no rows),
    ClusterInStrataError, StratumSizeError, LoneClusterError, NotANumberError.
    """
    columns, wanted = _columns({**parts, **(of_everyone or {})}, k or {})
    wanted = [replace(ratio, of_everyone=ratio.measure in (of_everyone or {})) for ratio in wanted]
    sample = sampled(table, columns, wanted, by=by, design=design)
    wanted = [replace(ratio, share=linearised.is_share(sample, ratio)) for ratio in wanted]
    everyone = sample.merged(0)
    made = lines(everyone, everyone, [ratio for ratio in wanted if not ratio.of_everyone], (), design)
    return results.joined(made, lines(sample, everyone, wanted, by, design)) if by else made


def _there(value: ir.NumericValue) -> ir.BooleanValue:
    """Whether there is a value; NaN is one, to be refused, though Ibis on Spark calls it missing."""
    return value.notnull() | value.isnan() if isinstance(value, ir.FloatingValue) else value.notnull()


def _columns(parts: Parts, k: Mapping[str, float]) -> tuple[dict[str, ir.Value], list[Ratio]]:
    columns: dict[str, ir.Value] = {}
    wanted = []
    for place, (name, (above, below)) in enumerate(parts.items()):
        top, bottom = f"above_{place}", f"below_{place}"
        ratio = Ratio(name, top, None if below is None else bottom, f"rows_{place}", k.get(name))
        if below is None:
            known = _there(above)
            columns[top] = above.cast("float64")
        elif isinstance(below.op(), ops.Literal):
            # sums pass over what is missing: no condition in the scan, so that what is counted is computed once
            known = _there(above)
            columns[top] = above.cast("float64")
            columns[bottom] = known.cast("float64") * below
        else:
            known = _there(above) & _there(below)
            columns[top] = ibis.ifelse(known, above.cast("float64"), 0.0)
            columns[bottom] = ibis.ifelse(known, below.cast("float64"), 0.0)
        columns[ratio.rows] = known
        wanted.append(ratio)
    return columns, wanted


def sampled(
    table: ir.Table,
    columns: Mapping[str, ir.Value],
    wanted: Sequence[Ratio],
    *,
    by: Sequence[str],
    design: Design | None,
) -> Totals:
    """The totals behind the wanted ratios, from one scan; columns of which no ratio is made count rows, without weight."""
    keys = (design or Design()).keys
    pairs: list[tuple[str, str]] = []
    if design and design.psu is None:
        of_each = [[name for name in (r.above, r.below) if name] for r in wanted]
        every = [(a, b) for names in of_each for place, a in enumerate(names) for b in names[place:]]
        pairs = list(dict.fromkeys(every))
    weighted = {name for r in wanted for name in (r.above, r.below)}
    counted = [name for name in columns if name not in weighted]
    cells = clusters.scan(table, columns, pairs, by=by, counted=counted, **keys)
    made = clusters.totals(cells, list(columns), pairs, by=by, **keys)
    if design and design.lone == "refuse":
        made.refuse_lone()
    return made


def lines(
    sample: Totals, everyone: Totals, wanted: Sequence[Ratio], by: Sequence[str], design: Design | None
) -> pa.Table:
    """The wanted ratios of each group of a sample as a results table: by measure, then by group."""
    said = results.CENSUS if design is None else design.said(sample)
    rows = []
    for ratio, variance in zip(wanted, _variances(sample, everyone, wanted, design), strict=True):
        found = _Found(
            linearised.estimate(sample, everyone, ratio),
            variance,
            sample.freedom(linearised.presence(sample, ratio.of_everyone)),
            sample.of(ratio.rows),
        )
        rows += _rows(ratio, found, sample.groups, by, design, said)
    return results.table(rows, by)


def _variances(
    sample: Totals, everyone: Totals, wanted: Sequence[Ratio], design: Design | None
) -> list[Numbers]:
    if design is None:
        return [np.full(len(sample.groups), np.nan)] * len(wanted)
    if design.method == "bootstrap":
        return bootstrap.variances(sample, everyone, wanted, design.replicates, design.seed)
    return [linearised.variance(sample, everyone, ratio, design.lone) for ratio in wanted]


@dataclass(frozen=True)
class _Found:
    """A measure by group; NaN where not defined, between here and `_rows`, which writes it as null."""

    estimate: Numbers
    variance: Numbers
    freedom: Numbers
    n: Numbers


def _rows(
    ratio: Ratio,
    found: _Found,
    groups: Sequence[clusters.Group],
    by: Sequence[str],
    design: Design | None,
    said: str,
) -> list[dict[str, object]]:
    se = np.sqrt(found.variance)
    low = high = np.full(len(se), np.nan)
    if design:
        kind = design.interval if ratio.share else "normal"
        low, high = interval(kind, found.estimate, se, df=found.freedom, n=found.n, level=design.level)
    numbers = np.stack([found.estimate, se, low, high], axis=1)
    numbers_or_null = [[None if np.isnan(v) else v for v in line] for line in numbers.tolist()]
    return [
        results.row(
            ratio.measure,
            estimate,
            n=int(n),
            groups=dict(zip(by, group, strict=True)),
            k=ratio.k,
            se=error,
            ci_low=below,
            ci_high=above,
            design=said,
        )
        for group, n, (estimate, error, below, above) in zip(groups, found.n, numbers_or_null, strict=True)
    ]


def difference(
    table: ir.Table,
    parts: Parts,
    *,
    between: str,
    first: object,
    second: object,
    by: Sequence[str] = (),
    design: Design | None = None,
    k: Mapping[str, float] | None = None,
    of: Literal["rounds", "groups"] = "rounds",
) -> pa.Table:
    """Each ratio where `between` is `second` less that where it is `first`, for everyone and by group.

    of 'rounds': each is a sample of its own (a year of a panel, a rotating or a fresh sample), one scan each; the
    covariance is that of the clusters in both, 0 where there are none (the same stratum and id in both; strata with
    one shared cluster add none; held within √(variance·variance)); degrees of freedom are the fewer of the two.
    of 'groups': two groups of one sample, with all its clusters whether they have members of both or not.
    Normal intervals; n: the rows of both; null for a group that one of the two has not. A share's difference is in
    shares (0.01 is one percentage point). parts, k, design and refusals as `ratios`; EmptyGroupError also where
    nothing is `first` or `second`, ParameterError for a bootstrap design.
    """
    columns, wanted = _columns(parts, k or {})
    return changes(
        table, columns, wanted, between=between, first=first, second=second, by=by, design=design, of=of
    )


def changes(
    table: ir.Table,
    columns: Mapping[str, ir.Value],
    wanted: Sequence[Ratio],
    *,
    between: str,
    first: object,
    second: object,
    by: Sequence[str],
    design: Design | None,
    of: str,
    checked: Callable[[Totals], None] = lambda sample: None,
) -> pa.Table:
    """`difference` of ratios over columns; `checked` may refuse a sample for what was found in it."""
    chosen("of", of, ("rounds", "groups"))
    if design and design.method == "bootstrap":
        raise ParameterError(
            name="method",
            value="bootstrap",
            rule=Words(
                "method = linearised: bootstrap dùng cho các thước đo khác nhận Design",
                "method = linearised: a bootstrap is for the other measures that take a Design",
            ),
        )
    require(table, [between])
    if of == "groups":
        one = other = sampled(table, columns, wanted, by=(between, *by), design=design)
        heads: tuple[clusters.Group, clusters.Group] = ((str(first),), (str(second),))
        for head in heads:
            if head not in one.merged(1).groups:
                raise EmptyGroupError(group=head[0], rule=between)
    else:
        one = _round(table, between, first, columns, wanted, by, design)
        other = _round(table, between, second, columns, wanted, by, design)
        heads = ((), ())
    checked(one)
    checked(other)
    made = []
    for depth in [0, len(by)] if by else [0]:
        mine = one.merged(len(heads[0]) + depth)
        theirs = mine if one is other else other.merged(depth)
        made.append(_differences(mine, theirs, heads, wanted, by[:depth], design))
    return results.joined(*made)


def _round(
    table: ir.Table,
    between: str,
    value: object,
    columns: Mapping[str, ir.Value],
    wanted: Sequence[Ratio],
    by: Sequence[str],
    design: Design | None,
) -> Totals:
    try:
        return sampled(table.filter(table[between] == value), columns, wanted, by=by, design=design)
    except (EmptyGroupError, IbisTypeError) as error:  # a value of another type is nobody's
        raise EmptyGroupError(group=value, rule=between) from error


def _differences(
    one: Totals,
    other: Totals,
    heads: tuple[clusters.Group, clusters.Group],
    wanted: Sequence[Ratio],
    by: Sequence[str],
    design: Design | None,
) -> pa.Table:
    """Lines of `difference` for the groups whose names begin with `heads`, in two samples or twice in the same."""
    mine, theirs = _headed(one, heads[0]), _headed(other, heads[1])
    names = sorted(mine.keys() & theirs.keys())
    places, others = (np.array([side[name] for name in names], dtype=int) for side in (mine, theirs))
    said = results.CENSUS if design is None else _said(one, other, design)
    rows: list[dict[str, object]] = []
    for ratio in wanted:
        first, second = linearised.estimate(one, one, ratio), linearised.estimate(other, other, ratio)
        n, more = one.of(ratio.rows), other.of(ratio.rows)
        found = _Found(
            second[others] - first[places],
            np.full(len(names), np.nan)
            if design is None
            else linearised.variance_of_change(one, places, other, others, ratio, design.lone),
            linearised.freedom_of_change(one, places, other, others),
            n[places] + more[others],
        )
        rows += _rows(replace(ratio, share=False), found, names, by, design, said)
        for alone, rows_of in ((mine, n), (theirs, more)):
            for name in sorted(alone.keys() - set(names)):
                groups = dict(zip(by, name, strict=True))
                rows.append(
                    results.row(
                        ratio.measure,
                        None,
                        n=int(rows_of[alone[name]]),
                        groups=groups,
                        k=ratio.k,
                        design=said,
                    )
                )
    return results.table(rows, by)


def _headed(sample: Totals, head: clusters.Group) -> dict[clusters.Group, int]:
    """The groups under a head, by what follows it, with their places."""
    return {g[len(head) :]: place for place, g in enumerate(sample.groups) if g[: len(head)] == head}


def _said(one: Totals, other: Totals, design: Design) -> str:
    if one is other:
        return design.said(one)
    return f"{design.said(one)}; {design.said(other)}; {len(linearised.shared(one, other)[0])} in both"
