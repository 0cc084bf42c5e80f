"""How measures changed between two years, and what groups, indicators, incidence and intensity each add to the change.

Both years are tidy tables of results (`alkire_foster.measures`, `money.poverty` …) of one specification. With X of the
earlier and the later year, T years between them, ν_g a group's share of the population:

    measure                formula                                              unit
    absolute:<X>           X2 - X1                                              that of X; of a share: percentage points / 100
    relative:<X>           X2/X1 - 1                                            share; null where X1 is 0
    annual_absolute:<X>    (X2 - X1)/T                                          a year
    annual_relative:<X>    (X2/X1)^(1/T) - 1                                    a year; null where X1 is 0
    within:<X>             ½(ν1_g + ν2_g)·(X2_g - X1_g)                         of each group; with demographic they add up to
    demographic:<X>        ½(X1_g + X2_g)·(ν2_g - ν1_g)                         the change of everyone
    incidence:M0           ½(A1 + A2)·(H2 - H1)                                 these two add up to the change of M0
    intensity:M0           ½(H1 + H2)·(A2 - A1)

By indicator: the absolute changes of contribution:<j> add up to that of M0. All decompositions are Shapley's: the order
of the factors does not matter and nothing is left over. X must be an average over people (H, M0, FGT) for the first two.

Worked by hand: M0 0.4 then 0.3 over two years: absolute -0.1, relative -0.25, a year -0.05 and √0.75 - 1 = -0.134.
Groups a, b of half each with 0.2, 0.6; then a quarter and three quarters with 0.2, 1/3: within b 0.625·(-4/15) = -1/6,
demographic a 0.2·(-1/4) = -0.05, b 7/15·1/4 = 7/60; together -0.1.

Sources: S. Alkire et al., Multidimensional Poverty Measurement and Analysis (Oxford 2015), chapter 9, section on changes
over time and their decomposition by subgroup and by incidence and intensity; A. F. Shorrocks, Journal of Economic
Inequality 11 (2013), 99-126.
"""

import math
from collections.abc import Sequence
from typing import Any

import pyarrow as pa

from giamngheo.measures import results
from giamngheo.measures.errors import EmptyGroupError, ParameterError, Words
from giamngheo.measures.exact import plain

_Key = tuple[str, str, float | None]


def changes(
    first: pa.Table, second: pa.Table, *, years: float, by: Sequence[str] = (), independent: bool = False
) -> pa.Table:
    """absolute, relative, annual_absolute and annual_relative of every line that is in both years.

    years: between them, above 0. by: the grouping columns of the results. n: rows of both; design: that of both.
    independent: the years are samples without a common cluster; the absolute changes then have se = √(se1² + se2²), in the unit
    of the change, and no interval, for results do not tell degrees of freedom. Otherwise there is no se: that of a panel needs
    the samples themselves (`design.difference`). Null where one of the years is. Raises ParameterError, EmptyGroupError.
    """
    number = plain(years)
    if isinstance(number, bool) or not isinstance(number, int | float) or not 0 < number < math.inf:
        raise ParameterError(name="years", value=years, rule="years > 0")
    lines = []
    for was, now in _pairs(first, second):
        groups = {name: now[name] for name in by} if len(by) > 1 and now.get(by[0]) is not None else {}
        errors = _errors(was, now, years) if independent else {}
        for name, value in _changed(was["estimate"], now["estimate"], years).items():
            one = results.row(
                f"{name}:{was['measure']}",
                value,
                n=was["n"] + now["n"],
                groups=groups,
                k=was["k"],
                se=errors.get(name),
                design=_said(was, now),
            )
            lines.append(one | {"subgroup": was["subgroup"]})
    return results.table(lines, by)


def _errors(was: dict[str, Any], now: dict[str, Any], years: float) -> dict[str, float]:
    """The standard errors of the absolute changes between two independent samples."""
    if was["se"] is None or now["se"] is None:
        return {}
    se = math.hypot(was["se"], now["se"])
    return {"absolute": se, "annual_absolute": se / years}


def _said(*lines: dict[str, Any]) -> str:
    """What the designs of lines say: once where they say the same."""
    return "; ".join(dict.fromkeys(line["design"] for line in lines))


def _pairs(first: pa.Table, second: pa.Table) -> list[tuple[dict[str, Any], dict[str, Any]]]:
    earlier = _known(first)
    pairs = [(earlier[key], line) for key, line in _known(second).items() if key in earlier]
    if not pairs:
        raise EmptyGroupError(group=results.ALL, rule=Words("dòng có ở cả hai năm", "lines in both years"))
    return pairs


def _known(made: pa.Table) -> dict[_Key, dict[str, Any]]:
    return {(line["measure"], line["subgroup"], line["k"]): line for line in made.to_pylist()}


def _changed(was: float | None, now: float | None, years: float) -> dict[str, float | None]:
    names = ("absolute", "relative", "annual_absolute", "annual_relative")
    if was is None or now is None:
        return dict.fromkeys(names)
    ratio = now / was if was > 0 else None
    relative = None if ratio is None else ratio - 1
    yearly = None if ratio is None or ratio < 0 else ratio ** (1 / years) - 1
    return dict(zip(names, (now - was, relative, (now - was) / years, yearly), strict=True))


def by_group(first: pa.Table, second: pa.Table, measure: str = "M0") -> pa.Table:
    """within and demographic of each group and k: what it adds to the change of `measure`.

    A group that one of the years has not counts with a share of 0 there, and with its own X in both, so that its coming
    or going is demographic. design: that of both years; no se. Raises ParameterError for a measure that neither year has,
    EmptyGroupError where there are no groups.
    """
    results.require(results.joined(first, second), measure)
    sides = [_known(first), _known(second)]
    groups = sorted({s for side in sides for m, s, _ in side if m == "population_share"})
    if not groups:
        raise EmptyGroupError(group=results.ALL, rule="population_share")
    cutoffs = {k: None for side in sides for m, _, k in side if m == measure}
    lines = []
    for k in cutoffs:
        for group in groups:
            found = [side.get((measure, group, k)) for side in sides]
            shares = [side.get(("population_share", group, None)) for side in sides]
            there = [line for line in found if line]
            n, said = sum(line["n"] for line in there), _said(*there)
            here = [line["estimate"] for line in there]
            x1, x2 = (here[0], here[-1])
            v1, v2 = (line["estimate"] if line else 0.0 for line in shares)
            for name, value in (
                ("within", (v1 + v2) / 2 * (x2 - x1)),
                ("demographic", (x1 + x2) / 2 * (v2 - v1)),
            ):
                line = results.row(f"{name}:{measure}", value, n=n, k=k, design=said)
                lines.append(line | {"subgroup": group})
    return results.table(lines)


def by_incidence_and_intensity(first: pa.Table, second: pa.Table) -> pa.Table:
    """incidence:M0 and intensity:M0 of every subgroup and k in both years. With nobody poor A counts as it is in the other.

    design: that of both years; no se. Raises ParameterError for results without H and A.
    """
    for made in (first, second):
        results.require(made, "H", "A")
    sides = [_known(first), _known(second)]
    lines = []
    for was, now in _pairs(first, second):
        if was["measure"] != "H":
            continue
        key = (was["subgroup"], was["k"])
        a1, a2 = (side["A", *key]["estimate"] for side in sides)
        a1, a2 = (a2 if a1 is None else a1) or 0.0, (a1 if a2 is None else a2) or 0.0
        h1, h2 = was["estimate"], now["estimate"]
        for name, value in (
            ("incidence", (a1 + a2) / 2 * (h2 - h1)),
            ("intensity", (h1 + h2) / 2 * (a2 - a1)),
        ):
            line = results.row(f"{name}:M0", value, n=was["n"] + now["n"], k=was["k"], design=_said(was, now))
            lines.append(line | {"subgroup": was["subgroup"]})
    return results.table(lines)
