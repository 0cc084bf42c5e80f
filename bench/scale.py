"""How time and memory grow with the households: the measures streamed from Parquet by DuckDB, and by a Spark cluster.

python -m bench scale                          DuckDB at 10^6, 10^7, 10^8, Spark at 10^6, 10^7 (some ten minutes; no part of `make bench`)
python -m bench.scale --duckdb 6 7 --spark 6   powers of ten; --out growth.csv keeps the tidy table, --picture growth.svg draws it
python -m bench.scale --read FILE.csv …        draws and extrapolates figures measured before

Each measurement is a process of its own: the seconds are of one call after a first one on a thousand rows, so that neither
loading nor starting the engine counts; the memory is the most the process held (Spark: driver and both workers together), as the kernel counts it.
"""

import argparse
import csv
import math
import platform
import shutil
import subprocess
import sys
import tempfile
import time
from importlib.metadata import version
from pathlib import Path

import ibis
import psutil

from bench.measures import SPEC, make
from giamngheo.measures.alkire_foster import measures

MEMORY = "700MB"
#: Bytes a household takes on disk here, with room to spare: a size that would not fit is left out and said.
ON_DISK = 16
COLUMNS = ("engine", "households", "seconds", "megabytes", "file_megabytes")
LIMIT_MB = 1000.0
Row = dict[str, str | float]


def main(arguments: list[str] | None = None) -> bool:
    parser = argparse.ArgumentParser()
    parser.add_argument("--duckdb", type=int, nargs="*", default=[6, 7, 8])
    parser.add_argument("--spark", type=int, nargs="*", default=[6, 7])
    parser.add_argument("--out", type=Path)
    parser.add_argument("--picture", type=Path)
    parser.add_argument("--read", type=Path)
    parser.add_argument("--alone", nargs=2, metavar=("ENGINE", "FILE"))
    asked = parser.parse_args([] if arguments is None else arguments)
    if asked.alone:
        return alone(*asked.alone)
    rows = _read(asked.read) if asked.read else measured(asked.duckdb, asked.spark)
    if asked.out:
        with asked.out.open("w", encoding="utf-8", newline="") as file:
            writer = csv.DictWriter(file, COLUMNS)
            writer.writeheader()
            writer.writerows(rows)
    if asked.picture:
        asked.picture.write_text(picture(rows), "utf-8")
    for engine in dict.fromkeys(row["engine"] for row in rows):
        grown([row for row in rows if row["engine"] == engine])
    held = [float(row["megabytes"]) for row in rows if row["engine"] == "duckdb"]
    good = max(held, default=0.0) <= LIMIT_MB
    print(
        f"DuckDB, the most memory held: {max(held, default=0.0):.0f} MB (limit ≤ {LIMIT_MB:.0f}) {'ok' if good else 'MISSED'}"
    )
    return good


def measured(duckdb: list[int], spark: list[int]) -> list[Row]:
    """One row a size and engine; the data are made in a temporary folder and deleted before the next size."""
    print(
        f"{platform.machine()}, {psutil.cpu_count()} cores, {psutil.virtual_memory().total / 1e9:.0f} GB, load"
        f" {psutil.getloadavg()[0]:.1f}; Python {platform.python_version()}, DuckDB {version('duckdb')}, Ibis"
        f" {version('ibis-framework')}, PySpark {version('pyspark') if spark else 'not asked'}"
    )
    rows: list[Row] = []
    for power in sorted({*duckdb, *spark}):
        households = 10**power
        free = shutil.disk_usage(tempfile.gettempdir()).free
        if households * ON_DISK > free:
            print(f"{households:,} households left out: {free / 1e9:.1f} GB are free")
            continue
        with tempfile.TemporaryDirectory(prefix="giamngheo-scale-") as folder:
            path = Path(folder) / "households.parquet"
            began = time.perf_counter()
            make(ibis.duckdb.connect(memory_limit=MEMORY, preserve_insertion_order=False), path, households)
            size = path.stat().st_size / 1e6
            print(f"{households:,} households made in {time.perf_counter() - began:.0f} s, {size:.0f} MB")
            for engine, powers in (("duckdb", duckdb), ("spark", spark)):
                if power in powers:
                    rows.append(_apart(engine, path, households) | {"file_megabytes": round(size, 1)})
    return rows


def _apart(engine: str, path: Path, households: int) -> Row:
    command = [sys.executable, "-m", "bench.scale", "--alone", engine, str(path)]
    said = subprocess.run(command, capture_output=True, text=True, check=True).stdout.split()
    seconds, megabytes = float(said[-2]), float(said[-1])
    print(f"  {engine}: {seconds:.2f} s, {megabytes:.0f} MB", flush=True)
    return {"engine": engine, "households": households, "seconds": seconds, "megabytes": megabytes}


def alone(engine: str, file: str) -> bool:
    """Seconds of the measures by area of a file and the most memory held, printed."""
    if engine == "duckdb":
        database: ibis.BaseBackend = ibis.duckdb.connect(memory_limit=MEMORY, preserve_insertion_order=False)
    else:
        database = ibis.pyspark.connect(_cluster(Path(file).parent))
    table = database.read_parquet(file)  # type: ignore[attr-defined]
    measures(table.limit(1000), SPEC, by=["area"])
    began = time.perf_counter()
    made = measures(table, SPEC, by=["area"])
    seconds = time.perf_counter() - began
    assert made.num_rows > 108
    mine = psutil.Process()
    print(seconds, sum(_peak(one.pid) for one in (mine, *mine.children(recursive=True))))
    return True


def _peak(process: int) -> float:
    """The most resident memory of a process in MB, by the kernel."""
    lines = Path(f"/proc/{process}/status").read_text().splitlines()
    return next((int(line.split()[1]) / 1000 for line in lines if line.startswith("VmHWM")), 0.0)


def _cluster(folder: Path) -> object:
    """Two worker processes on this machine, as the tests have them (tests/cluster.py)."""
    from pyspark.sql import SparkSession

    settings = {
        "spark.driver.host": "127.0.0.1",
        "spark.driver.bindAddress": "127.0.0.1",
        "spark.driver.memory": "512m",
        "spark.executor.memory": "512m",
        "spark.sql.shuffle.partitions": "2",
        "spark.sql.warehouse.dir": str(folder / "warehouse"),
        "spark.ui.enabled": "false",
        "spark.ui.showConsoleProgress": "false",
    }
    session = SparkSession.builder.master("local-cluster[2,1,512]").config(map=settings).getOrCreate()
    session.sparkContext.setLogLevel("ERROR")
    return session


def _read(path: Path) -> list[Row]:
    with path.open(encoding="utf-8") as file:
        return [
            {k: v if k == "engine" else float(v) for k, v in line.items()} for line in csv.DictReader(file)
        ]


def grown(rows: list[Row]) -> None:
    """What the sizes tell: seconds a million more, and how far ten and a hundred times the largest would take.

    Assumed: time is a start plus a price a household, the line through the two largest sizes; the price stays, for the
    cells of the cube are bounded and only the scan grows; the disk reads as fast then as now.
    """
    if len(rows) < 2:
        return
    (small, large) = sorted(rows, key=lambda row: row["households"])[-2:]
    n, m = float(small["households"]), float(large["households"])
    price = (float(large["seconds"]) - float(small["seconds"])) / (m - n)
    power = math.log(float(large["seconds"]) / float(small["seconds"])) / math.log(m / n)
    print(
        f"{large['engine']}: {1e6 * price:.4f} s a million households; time grows as the {power:.2f} power; extrapolated:"
        f" {10 * m:,.0f} households {float(large['seconds']) + price * 9 * m:.0f} s,"
        f" {100 * m:,.0f} households {float(large['seconds']) + price * 99 * m:.0f} s"
    )


def picture(rows: list[Row]) -> str:
    """Seconds and memory against households, both axes in powers of ten, as SVG."""
    import altair as alt
    import vl_convert

    columns = {"seconds": "giây / seconds", "megabytes": "bộ nhớ, MB / memory, MB"}
    charts = [
        alt.Chart(alt.Data(values=rows), width=260, height=220)
        .mark_line(point=True, color="#1b5e86")
        .encode(
            x=alt.X("households:Q", title="số hộ / households")
            .scale(type="log")
            .axis(format="~s", values=[1e6, 1e7, 1e8]),
            y=alt.Y(f"{column}:Q", title=title).scale(type="log"),
            strokeDash=alt.StrokeDash("engine:N", title=""),
            shape=alt.Shape("engine:N", legend=None),
        )
        for column, title in columns.items()
    ]
    drawn: str = vl_convert.vegalite_to_svg(alt.hconcat(*charts).to_json())
    return drawn


if __name__ == "__main__":
    sys.exit(0 if main(sys.argv[1:]) else 1)
