"""Confidence intervals of an estimated share from its standard error, also where the share is near 0 or 1.

All take the quantile t of Student's distribution with the design's degrees of freedom, and p, its standard error se,
the rows n behind it. The effective sample size is the size of a simple random sample as precise as the one at hand,
n* = p(1 - p) / se².

    interval         formula
    normal           p ± t·se
    logit            logit p ± t·se / (p(1 - p)), taken back to 0..1: never leaves it
    wilson           (p + t²/2n* ± t·√(p(1 - p)/n* + t²/4n*²)) / (1 + t²/n*)
    korn-graubard    the exact binomial interval of n*·(t_{n-1} / t_df)² draws: α/2 quantile of Beta(x, n* - x + 1) to
                     1 - α/2 quantile of Beta(x + 1, n* - x), x = n*·p; widest, holds its level best for rare events

An estimate of exactly 0 or 1 has se = 0 and says nothing of its own error. Wilson and Korn–Graubard then take n* = n,
the rows; logit is not defined there and takes Korn–Graubard's interval (for 0 among n rows about 0 to 3.7/n); normal
is the single point, and should not be used there. With no degrees of freedom (as many strata as clusters) there is no
interval. An estimate strictly between 0 and 1 with se = 0 (clusters all alike) is its own interval. What is not a share
(an average in đồng) has the normal interval.

Sources: E. B. Wilson, JASA 22 (1927), 209-212; C. J. Clopper and E. S. Pearson, Biometrika 26 (1934), 404-413; E. L.
Korn and B. I. Graubard, “Confidence intervals for proportions with small expected number of positive counts estimated
from survey data”, Survey Methodology 24 (1998), 193-201; compared in C. Franco, R. J. A. Little, T. A. Louis and
E. V. Slud, Journal of Survey Statistics and Methodology 7 (2019), 334-364.
"""

from typing import Any

import numpy as np
import scipy

from giamngheo.measures.specification import chosen

INTERVALS = ("logit", "wilson", "korn-graubard", "normal")
Numbers = np.ndarray[Any, Any]


def interval(
    kind: str, estimate: Numbers, se: Numbers, *, df: Numbers, n: Numbers, level: float = 0.95
) -> tuple[Numbers, Numbers]:
    """The lower and upper ends (units of the estimate); NaN where there is none. Arrays of one length.

    se in the units of the estimate, df degrees of freedom, n rows. Raises ParameterError for an unknown kind.
    """
    chosen("interval", kind, INTERVALS)
    p, se = np.asarray(estimate, dtype=float), np.asarray(se, dtype=float)
    n, df = np.asarray(n, dtype=float), np.where(np.asarray(df) > 0, df, np.nan)
    t = scipy.stats.t.ppf((1 + level) / 2, df)
    with np.errstate(divide="ignore", invalid="ignore"):
        if kind == "normal":
            return p - t * se, p + t * se
        extreme = (p == 0) | (p == 1)
        size = np.where(extreme, n, p * (1 - p) / se**2)
        if kind == "wilson":
            low, high = _wilson(p, size, t)
        else:
            low, high = _korn_graubard(p, size, t, n, level)
        if kind == "logit":
            logit, step = np.log(p / (1 - p)), t * se / (p * (1 - p))
            low = np.where(extreme, low, 1 / (1 + np.exp(step - logit)))
            high = np.where(extreme, high, 1 / (1 + np.exp(-step - logit)))
    alike = ~extreme & (se == 0) & np.isfinite(t)
    return np.where(alike, p, low), np.where(alike, p, high)


def _wilson(p: Numbers, size: Numbers, t: Numbers) -> tuple[Numbers, Numbers]:
    middle, half = p + t**2 / (2 * size), t * np.sqrt(p * (1 - p) / size + t**2 / (4 * size**2))
    whole = 1 + t**2 / size
    # at 0 and 1 the ends are 0 and 1 exactly; rounding must not leave the range
    return np.maximum((middle - half) / whole, 0), np.minimum((middle + half) / whole, 1)


def _korn_graubard(
    p: Numbers, size: Numbers, t: Numbers, n: Numbers, level: float
) -> tuple[Numbers, Numbers]:
    among_rows = scipy.stats.t.ppf((1 + level) / 2, np.where(n > 1, n - 1, np.nan))
    size = size * np.where(n > 1, (among_rows / t) ** 2, 1) + 0 * t
    low = scipy.stats.beta.ppf((1 - level) / 2, size * p, size * (1 - p) + 1)
    high = scipy.stats.beta.ppf((1 + level) / 2, size * p + 1, size * (1 - p))
    return np.where(p == 0, 0 * t, low), np.where(p == 1, 1 + 0 * t, high)
