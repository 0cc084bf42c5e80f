"""A Spark cluster of two workers on this machine, started once for the tests of a process; left out where it can't be."""

import importlib.util
import json
import os
import shutil
from collections.abc import Iterator
from itertools import count
from pathlib import Path
from typing import Any

import ibis
import pyarrow as pa
import pyarrow.parquet as pq
import pytest


class Cluster:
    """The session, tables on it, and what its own log says was done."""

    def __init__(self, folder: Path) -> None:
        from pyspark.sql import SparkSession

        self.folder, self._names = folder, count()
        (folder / "log").mkdir()
        settings = {
            "spark.driver.host": "127.0.0.1",
            "spark.driver.bindAddress": "127.0.0.1",
            # short-lived: compile less, start sooner
            "spark.driver.extraJavaOptions": "-XX:TieredStopAtLevel=1 -XX:+UseSerialGC",
            "spark.executor.extraJavaOptions": "-XX:TieredStopAtLevel=1 -XX:+UseSerialGC",
            "spark.driver.memory": "512m",
            "spark.executor.memory": "512m",
            "spark.sql.shuffle.partitions": "2",
            # of a few rows a plan is interpreted sooner than compiled
            "spark.sql.codegen.wholeStage": "false",
            "spark.sql.codegen.factoryMode": "NO_CODEGEN",
            "spark.sql.adaptive.enabled": "false",
            "spark.sql.warehouse.dir": str(folder / "warehouse"),
            "spark.ui.enabled": "false",
            "spark.ui.showConsoleProgress": "false",
            "spark.eventLog.enabled": "true",
            "spark.eventLog.dir": (folder / "log").as_uri(),
            "spark.eventLog.rolling.enabled": "false",
            "spark.eventLog.compress": "false",
        }
        builder = SparkSession.builder.master("local-cluster[2,1,512]").appName("giamngheo tests")
        self.session = builder.config(map=settings).getOrCreate()
        self.session.sparkContext.setLogLevel("ERROR")
        self.database = ibis.pyspark.connect(self.session)

    def table(self, rows: pa.Table) -> Any:
        """The rows as a table in two files, so that two workers have something to read."""
        name = f"rows_{next(self._names)}"
        (self.folder / name).mkdir()
        half = (rows.num_rows + 1) // 2
        for place in range(2):
            pq.write_table(rows.slice(place * half, half), self.folder / name / f"{place}.parquet")
        return self.database.read_parquet(str(self.folder / name), table_name=name)

    def tasks(self) -> list[dict[str, Any]]:
        """Every task finished so far, as the cluster's event log has it."""
        (log,) = (self.folder / "log").iterdir()
        lines = (json.loads(line) for line in log.read_text("utf-8").splitlines())
        return [line for line in lines if line["Event"] == "SparkListenerTaskEnd"]


@pytest.fixture(scope="session")
def cluster(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Cluster]:
    if importlib.util.find_spec("pyspark") is None:
        pytest.skip("PySpark is not installed: make spark")
    if not shutil.which("java") and "JAVA_HOME" not in os.environ:
        pytest.skip("Java 17 or 21 is not installed: apt-get install openjdk-17-jre-headless")
    started = Cluster(tmp_path_factory.mktemp("spark"))
    yield started
    started.session.stop()
