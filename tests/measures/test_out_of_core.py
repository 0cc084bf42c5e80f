"""Tables larger than the memory they are measured in give what is counted in memory: streamed, or by way of the disk."""

from pathlib import Path
from typing import Any

import ibis
import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from giamngheo.measures import results
from giamngheo.measures.alkire_foster import measures
from giamngheo.measures.dynamics import Panel, transitions
from giamngheo.measures.errors import SourceError
from giamngheo.measures.specification import Spec
from tests.measures.lines import value

RANDOM = np.random.default_rng(4)


def read(path: Path, megabytes: int, disk: Path | str) -> Any:
    """The file as a table of DuckDB in so much memory; `disk`: where it may put down the rest, '' nowhere."""
    database = ibis.duckdb.connect(
        memory_limit=f"{megabytes}MB", temp_directory=str(disk), threads=2, preserve_insertion_order=False
    )
    return database.read_parquet(str(path))


def test_alkire_foster_streams_what_is_twice_its_memory(tmp_path: Path) -> None:
    households, megabytes = 2_200_000, 16
    area, deprived = RANDOM.integers(0, 5, households), RANDOM.random((3, households)) < 0.3
    weight = RANDOM.integers(1, 1000, households)
    rows = pa.table({f"d{n}": deprived[n] for n in range(3)} | {"area": area, "weight": weight})
    assert rows.nbytes > 2 * megabytes * 1e6
    pq.write_table(rows, tmp_path / "rows.parquet", row_group_size=100_000)
    spec = Spec.equal("three", ["d0", "d1", "d2"], k=["2/3"])
    made = measures(read(tmp_path / "rows.parquet", megabytes, disk=""), spec, by=["area"], weight="weight")
    score = deprived.sum(axis=0)
    for one in range(5):
        w, s = weight[area == one], score[area == one]
        assert value(made, "H", str(one)) == pytest.approx(w[s >= 2].sum() / w.sum(), rel=1e-12)
        assert value(made, "M0", str(one)) == pytest.approx((w * s)[s >= 2].sum() / (3 * w.sum()), rel=1e-12)


def test_moves_that_do_not_fit_go_by_way_of_the_disk(tmp_path: Path) -> None:
    """Households are sorted to be followed, which memory does not hold: without a disk it is refused in words."""
    households, rounds, megabytes = 250_000, 4, 32
    poor = RANDOM.random((rounds, households)) < 0.3
    table = pa.table(
        {
            "household": np.tile(np.arange(households), rounds),
            "year": np.repeat(np.arange(rounds), households),
            "state": np.where(poor.ravel(), "poor", "not"),
        }
    )
    pq.write_table(table, tmp_path / "rows.parquet")

    def asked(disk: Path | str) -> pa.Table:
        rows = read(tmp_path / "rows.parquet", megabytes, disk)
        return transitions(Panel(rows, "household", "year", "state", ("poor", "not"), ("poor",)))

    with pytest.raises(SourceError, match="Out of Memory"):
        asked("")
    made = asked(tmp_path / "beside")
    for year in range(1, rounds):
        before, after, ever = poor[year - 1], poor[year], poor[:year].any(axis=0)
        expected = {"escape": (~after)[before], "entry": after[~before], "fall_back": after[~before & ever]}
        for name, of in expected.items():
            (line,) = results.only(made, measure=name, k=float(year))
            assert (line["estimate"], line["n"]) == (
                pytest.approx(of.mean(), rel=1e-12) if len(of) else None,
                len(of),
            )
