"""Every bad input of an analyst's file, asked in Python and on the command line, of Parquet and of CSV: one sentence with column and rule.

A CSV file cut off at the end of a line, or within the last number of one, is a shorter good file: nobody can tell.
"""

import math
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.csv as pc
import pyarrow.parquet as pq
import pytest
from click.testing import CliRunner

from giamngheo.cli.measure import command
from giamngheo.measures import alkire_foster, errors, inequality, money, targeting
from giamngheo.measures.design import Design
from giamngheo.measures.specification import Spec
from giamngheo.measures.tables import read

GOOD: dict[str, list[Any]] = {
    "x": [400, 500, 600, 900],
    "a": [1, 0, 1, 0],
    "b": [0, 0, 1, 1],
    "g": ["k", "k", "l", "l"],
    "w": [1, 2, 1, 2],
    "s": ["s1", "s1", "s2", "s2"],
    "c": ["c1", "c2", "c3", "c4"],
}
SCHEMA = pa.table(GOOD).schema
SPEC = "name: Thử\nk: 1/2\ndimensions:\n  sống:\n    indicators:\n      a:\n      b:\n"
#: name: what is changed in the table, on the command line after `measure`, the error, and what its sentence must name.
CASES: dict[str, tuple[dict[str, Any], str, str, str]] = {
    "weight negative": ({"w": [1, 2, -1, 2]}, "mpi --spec=spec.yaml --weight=w", "BadWeightError", "w .*âm"),
    "weight of a sample negative": ({"w": [1, 2, -1, 2]}, "money --income=x --line=550 --design=weight=w", "BadWeightError", "w .*âm"),
    "weight missing": ({"w": [1, 2, None, 2]}, "inequality --income=x --weight=w", "BadWeightError", "w .*trống"),
    "weight no number": ({"w": [1.0, 2.0, math.inf, 2.0]}, "inequality --income=x --weight=w", "BadWeightError", "w .*không phải là số"),
    "weight of words": ({"w": ["1", "2", "ba", "2"]}, "mpi --spec=spec.yaml --weight=w", "ColumnTypeError", "w"),
    "weights of indicators not summing": ({}, "mpi --spec=not-summing.yaml", "SpecError", "tổng quyền số là 5/6"),
    "weights of indicators negative": ({}, "mpi --spec=negative.yaml", "SpecError", "quyền số"),
    "indicator neither 0 nor 1": ({"a": [1, 0, 2, 0]}, "mpi --spec=spec.yaml", "NotZeroOneError", "a có 1 dòng"),
    "indicator of words": ({"a": ["có", "không", "có", "không"]}, "mpi --spec=spec.yaml", "ColumnTypeError", "a"),
    "poor neither 0 nor 1": ({"a": [1, 0, 2, 0]}, "targeting --poor=a --received=b", "NotZeroOneError", "a có 1 dòng"),
    "poor missing": ({"a": [1, 0, None, 0]}, "targeting --poor=a --received=b", "MissingValueError", "a có 1 dòng"),
    "unknown subgroup": ({}, "mpi --spec=spec.yaml --by=huyện", "UnknownColumnError", "huyện.*x, a, b"),
    "unknown subgroup of money": ({}, "money --income=x --line=550 --by=huyện", "UnknownColumnError", "huyện"),
    "subgroup missing": ({"g": ["k", None, "l", "l"]}, "inequality --income=x --by=g", "MissingValueError", "g có 1 dòng"),
    "unknown indicator": ({}, "mpi --spec=unknown.yaml", "UnknownColumnError", "nước"),
    "k above 1": ({}, "mpi --spec=spec.yaml --k=1.5", "CutoffRangeError", "1.5"),
    "k of 0": ({}, "mpi --spec=spec.yaml --k=0", "CutoffRangeError", "k = 0"),
    "k of words": ({}, "mpi --spec=spec.yaml --k=nửa", "CutoffRangeError", "nửa"),
    "income of words": ({"x": ["400", "năm trăm", "600", "900"]}, "money --income=x --line=550", "ColumnTypeError", "x"),
    "income negative": ({"x": [400, -500, 600, 900]}, "inequality --income=x", "ValueRangeError", "x có 1 dòng.*x ≥ 0"),
    "income missing": ({"x": [400, None, 600, 900]}, "money --income=x --line=550", "MissingValueError", "x có 1 dòng"),
    "line of 0": ({}, "money --income=x --line=0", "ParameterError", "line = 0"),
    "group that weighs nothing": ({"w": [0, 0, 1, 2]}, "inequality --income=x --weight=w --by=g", "EmptyGroupError", "k "),
    "group nobody is known of": ({"a": [None, None, 1, 0]}, "mpi --spec=spec.yaml --by=g", "EmptyGroupError", "k "),
    "no rows": ({name: pa.array([], kind) for name, kind in zip(SCHEMA.names, SCHEMA.types, strict=True)}, "mpi --spec=spec.yaml", "EmptyGroupError", "all"),
    "stratum of one cluster": ({"c": ["c1", "c2", "c3", "c3"]}, "mpi --spec=spec.yaml --design=psu=c,strata=s", "LoneClusterError", "s2"),
    "stratum of one cluster, by replicates": ({"c": ["c1", "c2", "c3", "c3"]}, "inequality --income=x --design=psu=c,strata=s,method=bootstrap", "LoneClusterError", "s2"),
    "cluster in two strata": ({"c": ["c1", "c2", "c2", "c4"]}, "money --income=x --line=550 --design=psu=c,strata=s", "ClusterInStrataError", "c2"),
    "unknown stratum of money": ({}, "money --income=x --line=550 --design=strata=tầng", "UnknownColumnError", "tầng; các cột hiện có: x, a, b, g, w, s, c\\."),
    "group named as everyone": ({"g": ["all", "k", "l", "l"]}, "money --income=x --line=550 --by=g", "GroupNameError", "g .*all"),
    "k of many decimals": ({}, "mpi --spec=spec.yaml --k=0.33333333333333333", "CutoffPrecisionError", "6.*1/3"),
    "unknown cluster": ({}, "targeting --poor=a --received=b --design=psu=thôn", "UnknownColumnError", "thôn"),
}  # fmt: skip


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "spec.yaml").write_text(SPEC, "utf-8")
    for name, weights in (("not-summing", ("1/2", "1/3")), ("negative", ("3/2", "-1/2"))):
        own = SPEC.replace("a:", f"a: {{weight: {weights[0]}}}").replace("b:", f"b: {{weight: {weights[1]}}}")
        (tmp_path / f"{name}.yaml").write_text(own, "utf-8")
    (tmp_path / "unknown.yaml").write_text(SPEC.replace("      b:", "      nước:"), "utf-8")
    return tmp_path


def asked(data: str, words: str) -> Any:
    """The same question in Python."""
    kind, *options = words.split()
    given = dict(option.lstrip("-").split("=", 1) for option in options)
    design = (
        Design(**dict(part.split("=") for part in given["design"].split(","))) if "design" in given else None  # type: ignore[arg-type]
    )
    table = read(data)
    common: dict[str, Any] = {
        "by": [given["by"]] if "by" in given else (),
        "weight": given.get("weight"),
        "design": design,
    }
    if kind == "mpi":
        return alkire_foster.measures(table, Spec.load(Path(given["spec"])), given.get("k"), **common)
    if kind == "money":
        return money.poverty(table, given["income"], int(given["line"]), **common)
    if kind == "inequality":
        return inequality.inequality(table, given["income"], **common)
    return targeting.targeting(table, given["poor"], received=given["received"], **common)


@pytest.mark.parametrize("case", CASES)
def test_bad_input_is_refused_by_column_and_rule(folder: Path, case: str) -> None:
    changed, words, kind, named = CASES[case]
    pq.write_table(pa.table(GOOD | changed), "data.parquet")
    with pytest.raises(getattr(errors, kind), match=f"(?s){named}") as refused:
        asked("data.parquet", words)
    told = CliRunner().invoke(command, [words.split()[0], "data.parquet", *words.split()[1:]])
    assert told.exit_code == 1 and told.output.strip() == f"Error: {refused.value.sentence()}".strip()
    told = CliRunner().invoke(
        command, [words.split()[0], "data.parquet", *words.split()[1:], "--language=en"]
    )
    assert told.exit_code == 1 and refused.value.sentence("en").strip() in told.output


@pytest.mark.parametrize("case", [case for case in CASES if case != "no rows"])
def test_the_same_of_a_csv_file(folder: Path, case: str) -> None:
    """A missing number is an empty field there, and a column of words is known by its words."""
    changed, words, kind, named = CASES[case]
    pc.write_csv(pa.table(GOOD | changed), "data.csv")
    with pytest.raises(getattr(errors, kind), match=f"(?s){named}"):
        asked("data.csv", words)


def test_a_second_file_that_is_not_there_is_named_itself(folder: Path) -> None:
    pq.write_table(pa.table(GOOD), "data.parquet")
    words = "small-area data.parquet --measured=a --area=g --areas=nope.parquet --explained=z"
    told = CliRunner().invoke(command, words.split())
    assert told.exit_code == 1 and "nope.parquet" in told.output and "data.parquet" not in told.output


@pytest.mark.parametrize("rows", [1, 10_000])
def test_a_file_cut_off_is_refused(folder: Path, rows: int) -> None:
    """Of a short CSV file the head is compared at once, in a long one the engine comes upon the row while reading."""
    whole = pa.table({name: values * rows for name, values in GOOD.items()})
    pq.write_table(whole, "cut.parquet")
    Path("cut.parquet").write_bytes(Path("cut.parquet").read_bytes()[:-30])
    pc.write_csv(whole, "cut.csv")
    Path("cut.csv").write_text(Path("cut.csv").read_text("utf-8").rstrip()[:-12], "utf-8")
    for name in ("cut.parquet", "cut.csv"):
        with pytest.raises(errors.SourceError):
            asked(name, "money --income=x --line=550")
        told = CliRunner().invoke(command, ["money", name, "--income=x", "--line=550"])
        assert (
            told.exit_code == 1
            and name in told.output
            and told.output.startswith("Error: Không đọc được bảng")
        )
