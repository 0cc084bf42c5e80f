"""Figures for whoever may not see households: each household speaks through a pool of at least LEAST.

The households of a closed round are put in order, cut into pools of LEAST to 2·LEAST - 1, and every household of a pool
is counted with the profile (ethnic group, class, what is lacking) of one member drawn by lot. All figures given out are
sums over whole pools. Hence, whatever is crossed, at whatever cut-off and weights, on however many pages and days:

    no figure, and no difference of figures, counts fewer than LEAST households;
    of a group of 1 to LEAST - 1 households nobody can tell how many they are, or whether there is one: it is counted as
    none, or with others as a whole pool; were any member that was not drawn like the one drawn, the same would be shown;
    an ethnic group is named only in communes where at least LEAST households are of it; nothing is said of villages.

A pool stays within a commune, class and ethnic group wherever these have LEAST households, so that counts of them are
exact there; within them the order is the number of deprivations and their pattern, so that a pool holds like
households. Averages over lots are the true figures: each member is drawn with the same chance. The lot of a household
follows from a secret of the installation and the round, so that the next snapshot draws the same, and nothing is learnt
from many of them; a round under way changes daily and has no such figures until it is closed.

What became of a household before and after its round (outcomes.py) is spoken for by the same member of the same pool, and has
no say in the pools: figures of escapes, of relapses and of what each policy gave are sums over the very pools of the
round's other figures, so that neither a table, a unit, a year nor a later snapshot is a second cut of the same households.

Sources: D. Defays and M. N. Anwar, Journal of Official Statistics 14 (1998), 449-461, and J. Domingo-Ferrer and
J. M. Mateo-Sanz, IEEE Transactions on Knowledge and Data Engineering 14 (2002), 189-201, on masking by small groups
(microaggregation); J. Domingo-Ferrer and V. Torra, Data Mining and Knowledge Discovery 11 (2005), 195-212: the result
is k-anonymous; A. Hundepool et al., Statistical Disclosure Control (Wiley 2012), on protecting data before tables are
made of them, against suppressing cells of linked tables. Drawing a member in place of an average keeps answers yes or no.
"""

import hashlib
from collections.abc import Sequence
from itertools import pairwise
from math import sqrt
from typing import Any

import numpy as np
import pyarrow as pa

from giamngheo.surveys.models import Klass

LEAST = 5
#: Stands for the ethnic groups that have fewer than LEAST households in a commune.
OTHER = "other"
Numbers = np.ndarray[Any, Any]


def pooled(rows: pa.Table, indicators: Sequence[str], key: str) -> pa.Table:
    """The rows in pools, each with the ethnic group, class and indicators of its pool's member.

    rows: one a household, with household, village, commune, district, area_type, ethnic, klass, persons and the
    indicators. In place of its village a household gets one village of its commune, the same for all, so that a commune
    is laid whole on the units of any day. persons stays the household's own; household is the number of the pool's member,
    by which more can be told of the pool, and leaves the snapshot in no table. Empty where there are fewer than LEAST rows.
    """
    if rows.num_rows < LEAST:
        return rows.slice(0, 0)
    places = _placed(rows)
    ethnic = _named(rows["commune"].take(places).to_numpy(), _words(rows["ethnic"]))
    spoken = rows.select([*indicators, "klass", "household"])
    spoken = spoken.append_column("ethnic", pa.array(ethnic, pa.string()))
    for name in ("village", "commune", "district", "area_type"):
        spoken = spoken.append_column(name, rows[name].take(places))
    digests = [
        hashlib.sha256(f"{key}/{number}".encode()).digest() for number in rows["household"].to_pylist()
    ]
    # The order of like households must not follow from the lots that are drawn, or ends of pools would favour one side.
    lots, ties = (np.array([int.from_bytes(d[part]) for d in digests], dtype=np.uint64) for part in (slice(8), slice(8, 16)))  # fmt: skip
    order, pools = _pools(spoken, indicators, ties)
    said = spoken.take(order[_drawn(pools, lots[order])])
    return said.append_column("persons", rows["persons"].take(order))


def members(said: pa.Table) -> pa.Table:
    """One row a pool out of `pooled`: household (the member that speaks), village, commune, ethnic, klass, and `many`, its households."""
    keys = ["household", "village", "commune", "ethnic", "klass"]
    counted = said.group_by(keys).aggregate([([], "count_all")])
    return counted.rename_columns([*keys, "many"])


def may_be_off(share: float, households: int, squares: int) -> float:
    """How far a share of pools may lie from that counted household by household: two standard errors, a share.

    households: those the share is of, squares: the sum of the squared numbers of their pools. As if the members were drawn
    from all those households alike, which is the worst there is; with four more drawn, two of either answer, so that a share of
    0 or 1 is not taken for certain (A. Agresti and B. A. Coull, The American Statistician 52 (1998), 119-126).
    """
    drawn = households**2 / squares
    near = (share * drawn + 2) / (drawn + 4)
    return 2 * sqrt(near * (1 - near) / (drawn + 4))


def most_off(share: float, households: int) -> float:
    """`may_be_off` where the sizes of the pools are not told: as if every pool were as large as one can be.

    It follows from what is given out alone, so it says nothing of what is kept. Of an average between 0 and 1 too.
    """
    return may_be_off(share, households, households * (2 * LEAST - 1))


def said(off: float | None) -> str:
    """What the `design` of a figure of pools says, with how far it may be off (in its unit) where that is known."""
    pools = f"pooled, at least {LEAST} households each"
    return pools if off is None else f"{pools}, may be off by {off:.4f}"


def count_may_be_off(households: int, squares: int) -> float:
    """How far a count of pools, or an amount much alike from household to household, may lie from the true one, as a share of it:
    two standard errors, as if its pools were few among many."""
    return 2 * sqrt(squares) / households


def _words(column: pa.ChunkedArray) -> Numbers:
    words: Numbers = column.cast(pa.string()).to_numpy(zero_copy_only=False)
    return words


def _codes(values: Numbers) -> tuple[Numbers, Numbers]:
    """Each value as its place among the different ones, and how many rows have it."""
    _found, codes, counts = np.unique(values, return_inverse=True, return_counts=True)
    return codes, counts[codes]


def _last_of(groups: Numbers, size: Numbers) -> Numbers:
    """For each row the row of the same group with the largest size."""
    order = np.lexsort((np.arange(len(groups)), size, groups))
    last = order[np.flatnonzero(np.append(groups[order][1:] != groups[order][:-1], True))]
    found: Numbers = last[np.searchsorted(groups[last], groups)]
    return found


def _placed(rows: pa.Table) -> Numbers:
    """For each row the row whose place it gets: of its commune's largest village; of a commune of fewer than LEAST, of
    the largest commune in its district, or in the province."""
    village, commune, district = (rows[name].to_numpy() for name in ("village", "commune", "district"))
    places = _last_of(commune, _codes(village)[1])
    for above in (district, np.zeros_like(district)):
        size = _codes(commune[places])[1]
        places = np.where(size < LEAST, places[_last_of(above, size)], places)
    return places


def _named(commune: Numbers, ethnic: Numbers) -> Numbers:
    """The ethnic group each household is counted in: its own, else OTHER, else the largest of the commune, as each has LEAST."""
    named = np.where(_pairs(commune, ethnic) < LEAST, OTHER, ethnic.astype(object))
    size = _pairs(commune, named)
    safe: Numbers = np.where(size < LEAST, named[_last_of(commune, size)], named)
    return safe


def _pairs(first: Numbers, second: Numbers) -> Numbers:
    """How many rows have the same two values."""
    codes = _codes(second.astype(str))[0]
    return _codes(first * (codes.max() + 1) + codes)[1]


def _pools(rows: pa.Table, indicators: Sequence[str], ties: Numbers) -> tuple[Numbers, Numbers]:
    """The order of the households, and the pool of each in that order."""
    ranks = {str(klass): place for place, klass in enumerate(Klass)}
    klass = np.array([ranks[word] for word in _words(rows["klass"])])
    lacks = np.stack([rows[name].cast(pa.int8()).fill_null(2).to_numpy() for name in indicators])
    district, commune = rows["district"].to_numpy(), rows["commune"].to_numpy()
    ethnic = _codes(_words(rows["ethnic"]))[0]
    score = (lacks == 1).sum(axis=0)
    order = np.lexsort((ties, *lacks[::-1], score, ethnic, klass, commune, district))
    pools: Numbers = np.zeros(len(order), dtype=np.int64)
    taken = 0
    for start, end in _segments(np.stack([district, commune, klass, ethnic])[:, order]):
        count = max((end - start) // LEAST, 1)
        pools[start:end] = taken + np.minimum(np.arange(end - start) // LEAST, count - 1)
        taken += count
    return order, pools


def _segments(keys: Numbers) -> list[tuple[int, int]]:
    """Runs of the same keys (from the widest to the narrowest) as first and end. One of fewer than LEAST is joined to its
    neighbour: of the same first three keys if there is one, else of the same first two, and so on."""
    changed: list[Numbers] = [
        np.append(True, (keys[:wide, 1:] != keys[:wide, :-1]).any(axis=0)) for wide in range(1, len(keys) + 1)
    ]
    bounds = [*np.flatnonzero(changed[-1]).tolist(), keys.shape[1]]
    for new in [*changed[-2::-1], np.zeros(keys.shape[1], dtype=bool)]:
        place = 0
        while place < len(bounds) - 1:
            start, end = bounds[place], bounds[place + 1]
            if end - start < LEAST and place and not new[start]:
                del bounds[place]
                place -= 1
            elif end - start < LEAST and end < len(new) and not new[end]:
                del bounds[place + 1]
            else:
                place += 1
    return list(pairwise(bounds))


def _drawn(pools: Numbers, lots: Numbers) -> Numbers:
    """Of each household the place in the order of its pool's member, the one of the least lot."""
    order = np.lexsort((lots, pools))
    first = order[np.flatnonzero(np.append(True, pools[order][1:] != pools[order][:-1]))]
    drawn: Numbers = first[pools]
    return drawn
