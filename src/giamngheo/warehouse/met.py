"""Everybody met in a round under a standard, as columns kept in memory: a snapshot never changes."""

from functools import lru_cache

import pyarrow as pa
import pyarrow.compute as pc

from giamngheo.surveys.models import Visit
from giamngheo.warehouse.snapshot import Snapshot

KEPT = ("household", "village", "area_type", "ethnic", "persons", "klass", "income")


@lru_cache(maxsize=8)
def met(snapshot: Snapshot, round_: int, standard: str) -> pa.Table:
    """The columns KEPT of a round, a row a household (some 5 MB for a province); income null where not known."""
    judged = (pc.field("standard") == standard) & (pc.field("outcome") == str(Visit.Outcome.MET))
    return snapshot.columns("verdicts", KEPT, judged, ending=f"/round-{round_}.parquet")


def met_in(snapshot: Snapshot, round_: int, standard: str, villages: list[int]) -> pa.Table:
    """The same of some villages."""
    there = met(snapshot, round_, standard)
    return there.filter(pc.is_in(there["village"], value_set=pa.array(villages, pa.int64())))
