"""On a cluster the work is done by the workers, and only cells come to the driver."""

import numpy as np
import pyarrow as pa

from giamngheo.measures.alkire_foster import measures
from giamngheo.measures.specification import Spec
from giamngheo.measures.tables import read
from tests.cluster import Cluster

HOUSEHOLDS = 60_000
NAMES = ["a", "b", "c", "d"]


def test_workers_read_the_households_and_the_driver_gets_cells(cluster: Cluster) -> None:
    random = np.random.default_rng(4)
    rows = pa.table({name: random.random(HOUSEHOLDS) < 0.3 for name in NAMES} | {
        "area": random.integers(0, 5, HOUSEHOLDS), "weight": random.integers(1, 9, HOUSEHOLDS)
    })  # fmt: skip
    spec = Spec.equal("four", NAMES, k=["union", "1/2"])
    table = cluster.table(rows)
    before = len(cluster.tasks())
    made = measures(table, spec, by=["area"], weight="weight")
    assert made == measures(read(rows), spec, by=["area"], weight="weight")
    tasks = cluster.tasks()[before:]
    readers = {t["Task Info"]["Executor ID"] for t in tasks if read_by(t)}
    assert len(readers) == 2 and sum(read_by(t) for t in tasks) == HOUSEHOLDS
    moved = [t["Task Metrics"]["Shuffle Write Metrics"]["Shuffle Records Written"] for t in tasks]
    assert 0 < sum(moved) <= 2 * 5 * 2 ** len(NAMES), "each worker hands on its cells, never households"


def read_by(task: dict[str, object]) -> int:
    records: int = task["Task Metrics"]["Input Metrics"]["Records Read"]  # type: ignore[index]
    return records
