"""A snapshot holds what the register holds, names nobody, is swapped in whole, and shows when it was damaged."""

import shutil
from pathlib import Path

import ibis
import pytest
from django.conf import settings
from django.db import connections
from pytest_django.plugin import DjangoDbBlocker

from giamngheo.rules.standards import standards
from giamngheo.warehouse import cubes, snapshot
from giamngheo.warehouse.build import build
from giamngheo.warehouse.errors import DamagedSnapshotError, NoSnapshotError, OtherSchemaError
from giamngheo.warehouse.snapshot import Snapshot
from giamngheo.warehouse.tables import SCHEMA_VERSION, dictionary, tables

reads_register = pytest.mark.django_db(databases=["default", "owner"])


@pytest.fixture
def copy(warehouse: Snapshot, tmp_path: Path) -> Snapshot:
    """A copy that a test may damage."""
    made = Path(shutil.copytree(warehouse.path, tmp_path / warehouse.name))
    for file in made.rglob("*.*"):
        file.chmod(0o600 if file.is_file() else 0o700)
    return Snapshot(made)


def of_register(sql: str) -> list[tuple[object, ...]]:
    with connections["owner"].cursor() as cursor:
        cursor.execute(sql)
        return list(cursor.fetchall())


def of_warehouse(table: ibis.expr.types.Table) -> list[tuple[object, ...]]:
    return [tuple(row.values()) for row in table.to_pyarrow().to_pylist()]


@reads_register
def test_it_holds_the_classes_of_the_register_round_by_round(warehouse: Snapshot) -> None:
    held = warehouse.table("verdicts")
    known = held.filter(held.klass.notnull())
    counted = known.group_by("round", "standard", "klass").agg(n=known.count(), lacks=known.deprived.sum())
    asked = of_register("""
        SELECT v.round_id, d.standard, d.klass::text, count(*), sum(d.deprived)
        FROM surveys_verdict d JOIN surveys_visit v ON v.id = d.visit_id
        WHERE d.retired_at IS NULL AND v.retired_at IS NULL GROUP BY 1, 2, 3""")
    assert sorted(of_warehouse(counted)) == sorted(asked)
    assert len(asked) >= 10


def test_one_column_an_indicator_says_what_the_pattern_said(warehouse: Snapshot) -> None:
    held = warehouse.table("verdicts")
    law = standards()["2016-2020"]
    lacking = sum(
        (held[f"lacks_{i.code}"].fill_null(False).cast("int64") for i in law.indicators), ibis.literal(0)
    )
    judged = held.filter(held.standard == law.slug)
    assert judged.filter(lacking != held.deprived).count().to_pyarrow().as_py() == 0
    assert judged.deprived.sum().to_pyarrow().as_py() > 0


def test_every_household_met_is_in_one_cell_of_the_cube(warehouse: Snapshot) -> None:
    for round_ in warehouse.rounds:
        for standard in round_["standards"]:
            cells = cubes.read(cubes.file_of(warehouse.path, round_["round"], standard))
            held = warehouse.table("verdicts")
            mine = held.filter(held.round == round_["round"], held.standard == standard)
            assert sum(cells["households"].to_pylist()) == mine.count().to_pyarrow().as_py()
            assert sum(cells["weight"].to_pylist()) == mine.persons.sum().to_pyarrow().as_py()


@reads_register
def test_nobody_is_named(warehouse: Snapshot) -> None:
    names = {column.name for table in tables().values() for column in table.columns if table.of_households}
    assert not names & {"name", "full_name", "head", "national_id", "address", "phone", "note"}
    heads = [name for (name,) in of_register("SELECT DISTINCT full_name FROM registry_person LIMIT 50")]
    for table in ("verdicts", "households", "members", "recognitions"):
        text = str(warehouse.table(table).limit(500).to_pyarrow().to_pylist())
        assert not [name for name in heads if str(name) in text]


def test_every_column_stands_in_the_dictionary_in_both_languages(warehouse: Snapshot) -> None:
    for name, table in tables().items():
        found = warehouse.table(name).columns
        said = [row for row in dictionary() if row["table"] == name]
        extra = {"year", "province"} if table.of_households else set()
        assert set(found) - extra <= {row["column"] for row in said}, name
        assert all(row["vi"] and row["en"] for row in said)


def test_its_rows_are_partitioned_by_year_and_province(warehouse: Snapshot) -> None:
    parts = [
        path.relative_to(warehouse.path).parts for path in (warehouse.path / "verdicts").rglob("*.parquet")
    ]
    assert {part[1:3] for part in parts} >= {("year=2015", "province=12"), ("year=2020", "province=12")}


def test_a_changed_byte_and_a_lost_file_are_found(warehouse: Snapshot, copy: Snapshot) -> None:
    assert warehouse.verify() == []
    files = sorted((copy.path / "verdicts").rglob("*.parquet"))
    whole = files[0].read_bytes()
    files[0].write_bytes(whole[:-1] + bytes([whole[-1] ^ 1]))
    files[1].unlink()
    assert len(copy.verify()) == 2


def test_a_file_cut_off_is_refused_with_a_sentence(copy: Snapshot) -> None:
    file = next(name for name in copy.manifest["files"] if name.startswith("verdicts/"))
    (copy.path / file).chmod(0o600)
    with (copy.path / file).open("r+b") as cut:
        cut.truncate(100)
    with pytest.raises(DamagedSnapshotError, match=file):
        copy.table("verdicts")


@pytest.mark.parametrize(
    ("manifest", "error"),
    [("", DamagedSnapshotError), ("{", DamagedSnapshotError), (f'{{"schema_version": {SCHEMA_VERSION + 1}}}', OtherSchemaError)],
)  # fmt: skip
def test_a_snapshot_that_cannot_be_read_says_so(
    copy: Snapshot, manifest: str, error: type[Exception]
) -> None:
    (copy.path / "manifest.json").write_text(manifest, "utf-8")
    with pytest.raises(error, match=copy.name):
        _ = Snapshot(copy.path).manifest


def test_none_yet(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(settings, "WAREHOUSE", tmp_path)
    with pytest.raises(NoSnapshotError, match="warehouse build"):
        snapshot.current()


def test_a_build_that_fails_leaves_the_old_one_in_force_and_nothing_beside_it(
    own_database: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, django_db_blocker: DjangoDbBlocker
) -> None:
    monkeypatch.setattr(settings, "WAREHOUSE", tmp_path)
    first = build()

    def full(*anything: object) -> None:
        raise OSError("No space left on device")

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(cubes, "write_cubes", full)
        with pytest.raises(OSError, match="No space"):
            build()
    assert snapshot.current() == first
    left = snapshot.folder() / ".building-killed"
    left.mkdir()
    still = first.table("verdicts").count()

    later = [build(kept=2)]
    held = still.to_pyarrow().as_py()
    later.append(build(kept=2))
    assert held == later[-1].table("verdicts").count().to_pyarrow().as_py() > 0, "a reader keeps the old one"
    assert snapshot.current() == later[-1]
    names = {".lock", "current", *(one.name for one in later)}
    assert {p.name for p in snapshot.folder().iterdir()} == names, (
        "old ones and what a killed build left are gone"
    )
    assert snapshot.snapshots() == later[::-1]
