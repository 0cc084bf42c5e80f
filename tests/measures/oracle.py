"""Sampling error of a ratio, row by row and cluster by cluster in plain Python: what the measures are held against."""

from collections.abc import Sequence
from dataclasses import dataclass


@dataclass(frozen=True)
class Row:
    """A row of a sample: numerator and denominator, None where either is not known."""

    stratum: str
    cluster: str
    weight: float
    above: float | None
    below: float | None
    mine: bool = True  # a member of the group asked about


def ratio(rows: Sequence[Row]) -> float | None:
    above = sum(r.weight * r.above for r in rows if r.mine and r.above is not None and r.below is not None)
    below = sum(r.weight * r.below for r in rows if r.mine and r.above is not None and r.below is not None)
    return above / below if below else None


def influences(rows: Sequence[Row]) -> dict[str, dict[str, float]]:
    """u of every cluster by stratum; also of the clusters without a member of the group."""
    estimate = ratio(rows)
    assert estimate is not None
    whole = sum(r.weight * r.below for r in rows if r.mine and r.above is not None and r.below is not None)
    found: dict[str, dict[str, float]] = {}
    for r in rows:
        clusters = found.setdefault(r.stratum, {})
        clusters.setdefault(r.cluster, 0.0)
        if r.mine and r.above is not None and r.below is not None:
            clusters[r.cluster] += r.weight * (r.above - estimate * r.below) / whole
    return found


def variance(rows: Sequence[Row], lone: str, has: dict[str, int] | None = None) -> float | None:
    """Σ_h (1 - f_h) n_h/(n_h - 1) Σ_i (u_hi - ū_h)²; None where it is not defined. `has`: clusters by stratum."""
    if ratio(rows) is None:
        return None
    total, alone, known = 0.0, 0, 0
    there = {r.stratum for r in rows if r.mine}
    for stratum, clusters in influences(rows).items():
        many = len(clusters)
        fresh = 1 - many / has[stratum] if has else 1.0
        if many > 1 or fresh == 0:
            mean = sum(clusters.values()) / many
            apart = sum((u - mean) ** 2 for u in clusters.values())
            total += fresh * many / max(many - 1, 1) * apart
            known += stratum in there
        else:
            alone += stratum in there
            if lone == "centre":
                total += fresh * sum(clusters.values()) ** 2
    if lone == "average" and alone:
        return total * (1 + alone / known) if known else None
    return total


def freedom(rows: Sequence[Row]) -> int:
    there = {r.stratum for r in rows if r.mine}
    return sum(len({r.cluster for r in rows if r.stratum == s}) - 1 for s in there)
