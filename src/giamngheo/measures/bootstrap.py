"""The rescaled bootstrap of Rao and Wu on the totals of clusters.

Each replicate draws n_h - 1 of the n_h clusters of every stratum with replacement; a cluster drawn r times has its
weights multiplied by 1 - λ + λ·r·n_h/(n_h - 1), λ = √(1 - f_h). The standard error of a ratio is the standard deviation
of its replicates. A stratum of one cluster ('certainty') is kept as it is.

Sources: J. N. K. Rao and C. F. J. Wu, “Resampling inference with complex survey data”, JASA 83 (1988), 231-241; J. N.
K. Rao, C. F. J. Wu and K. Yue, Survey Methodology 18 (1992), 209-217, for the form as multipliers of the weights.
"""

from collections.abc import Iterator, Sequence

import numpy as np

from giamngheo.measures.clusters import Numbers, Totals
from giamngheo.measures.linearised import Ratio, estimate

#: Numbers of one batch of replicates (32 MB).
_BATCH = 4_000_000


def multipliers(totals: Totals, replicates: int, seed: int) -> Iterator[Numbers]:
    """Batches of replicates: what each cluster's weights are multiplied by, units by replicates."""
    random = np.random.default_rng(seed)
    starts: Numbers = np.flatnonzero(np.diff(totals.stratum, prepend=-1))
    size = max(1, _BATCH // len(totals.units))
    for done in range(0, replicates, size):
        many = min(size, replicates - done)
        made = np.ones((len(totals.units), many))
        for start, clusters, rate in zip(
            starts.tolist(), totals.clusters.tolist(), totals.rate.tolist(), strict=True
        ):
            if clusters > 1:
                drawn = random.multinomial(clusters - 1, np.full(clusters, 1 / clusters), size=many).T
                shrunk = np.sqrt(1 - rate)
                made[start : start + clusters] = 1 - shrunk + shrunk * drawn * (clusters / (clusters - 1))
        yield made


def variances(
    sample: Totals, everyone: Totals, ratios: Sequence[Ratio], replicates: int, seed: int
) -> list[Numbers]:
    """The bootstrap variance of each ratio by group.

    A replicate where a ratio is not defined is left out of its variance; NaN if fewer than two are left.
    """
    kept = [np.zeros((3, len(sample.groups))) for _ in ratios]
    centres = [estimate(sample, everyone, ratio) for ratio in ratios]
    columns = {name for ratio in ratios for name in (ratio.above, ratio.below) if name}
    for made in multipliers(sample, replicates, seed):
        drawn = {name: sample.sums[name] @ made for name in columns}
        whole = {ratio.below: everyone.sums[ratio.below] @ made for ratio in ratios if ratio.of_everyone}
        for sums, centre, ratio in zip(kept, centres, ratios, strict=True):
            if ratio.below is None:
                below = np.ones(1)
            else:
                below = whole[ratio.below] if ratio.of_everyone else drawn[ratio.below]
            below = np.broadcast_to(below, drawn[ratio.above].shape)
            defined = (below != 0) & np.isfinite(centre)[:, None]
            apart = np.zeros(below.shape)
            np.divide(ratio.scale * drawn[ratio.above], below, out=apart, where=defined)
            apart = np.where(defined, apart - centre[:, None], 0)
            sums += np.stack([defined.sum(axis=1), apart.sum(axis=1), (apart**2).sum(axis=1)])
    return [_variance(*sums) for sums in kept]


def _variance(many: Numbers, total: Numbers, squares: Numbers) -> Numbers:
    enough = many > 1
    spread = squares - total**2 / np.maximum(many, 1)
    found: Numbers = np.where(enough, np.maximum(spread, 0) / np.maximum(many - 1, 1), np.nan)
    return found
