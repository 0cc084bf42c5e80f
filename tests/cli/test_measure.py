"""`giamngheo measure` does what the how-to says, on every kind of file, and refuses in sentences."""

import shlex
from pathlib import Path
from typing import Any

import duckdb
import pyarrow as pa
import pyarrow.csv as pc
import pyarrow.parquet as pq
import pytest
import xlsxwriter
from click.testing import CliRunner, Result

from giamngheo.base.sheets import open_workbook
from giamngheo.cli.measure import command

HOW_TO = Path(__file__).resolve().parents[2] / "docs" / "how-to" / "measure-a-table.vi.md"
# Scores in quarters: 2, 0, 4, 1 of two villages in each of two districts; at 30% the first and third of four are poor.
ROWS: dict[str, list[Any]] = {
    "district": ["A", "A", "B", "B"],
    "village": ["a1", "a2", "b1", "b2"],
    "w": [1.5, 1.5, 1.5, 1.5],
    "persons": [4, 2, 6, 3],
    "income": [500_000, 700_000, 400_000, 900_000],
    "insurance": [1, 0, 1, 0],
    "doctor": [1, 0, 1, 0],
    "house": [0, 0, 1, 1],
    "area": [0, 0, 1, 0],
    "poor": [1, 1, 1, 0],
    "received": [1, 0, 1, 1],
    "amount": [30, 0, 10, 10],
    "score": [2, 3, 1, 3],
}
#: Forty households of five communes; of a sixth nobody was asked.
SAMPLE_ROWS: dict[str, list[Any]] = {
    "commune": [f"c{n // 8}" for n in range(40)],
    "motorbike": [n % 3 for n in range(40)],
    "brick": [n % 2 for n in range(40)],
    "income": [400_000 + 200_000 * (n % 2) + 90_000 * (n % 3) + 7_000 * (n % 11) for n in range(40)],
    "poor": [int(n % 8 <= n // 8) for n in range(40)],
}
COMMUNES = {
    "commune": [f"c{n}" for n in range(6)],
    "roads": [1, 2, 4, 3, 5, 4],
    "people": [10, 20, 10, 30, 10, 20],
}
SAMPLE = "--design=psu=village,strata=district,weight=w"


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    table = pa.table(ROWS)
    pc.write_csv(table, tmp_path / "households.csv")
    pq.write_table(table, tmp_path / "households.parquet")
    pc.write_csv(pa.table(SAMPLE_ROWS), tmp_path / "sample.csv")
    pc.write_csv(pa.table(COMMUNES), tmp_path / "communes.csv")
    with xlsxwriter.Workbook(tmp_path / "households.xlsx") as book:
        sheet = book.add_worksheet("Hộ")
        for line, row in enumerate([list(ROWS), *zip(*ROWS.values(), strict=True)]):
            sheet.write_row(line, 0, row)
    with duckdb.connect(tmp_path / "households.duckdb") as database:
        database.execute("CREATE TABLE ho AS SELECT * FROM 'households.parquet'")
    text = HOW_TO.read_text("utf-8").split("```yaml\n")[1].split("```")[0]
    (tmp_path / "spec.yaml").write_text("\n".join(line[3:] for line in text.splitlines()), "utf-8")
    return tmp_path


def run(*words: str) -> Result:
    return CliRunner().invoke(command, list(words))


def found(measure: str, subgroup: str = "all") -> dict[str, Any]:
    rows = [
        r
        for r in pq.read_table("out.parquet").to_pylist()
        if (r["measure"], r["subgroup"]) == (measure, subgroup)
    ]
    assert len(rows) == 1
    return rows[0]


def commands() -> list[str]:
    lines = [line.strip() for line in HOW_TO.read_text("utf-8").splitlines()]
    return [line for line in lines if line.startswith("giamngheo measure ") and "|" not in line]


@pytest.mark.parametrize("line", commands())
def test_every_command_of_the_how_to_runs(folder: Path, line: str) -> None:
    words = shlex.split(line)[2:]
    answer = run(*words)
    assert answer.exit_code == 0, answer.output
    if "--out" in words:
        assert (folder / words[words.index("--out") + 1]).stat().st_size > 0
    else:
        assert "estimate" in answer.output and ("linearised" in answer.output or "--design" not in line)


@pytest.mark.parametrize(
    "data", [["households.csv"], ["households.parquet"], ["households.xlsx"], ["households.xlsx", "--table", "ho"],
             ["households.duckdb", "--table", "ho"]],
)  # fmt: skip
def test_every_kind_of_file_gives_the_same_numbers_with_their_error(folder: Path, data: list[str]) -> None:
    """H = 1/2: u = ±1/8 by stratum of two clusters, 2/1 · 2/64 in each: √(1/8)."""
    answer = run("mpi", *data, "--spec", "spec.yaml", "--k", "0.3", SAMPLE, "--out", "out.parquet")
    assert answer.exit_code == 0, answer.output
    assert found("H")["estimate"] == 1 / 2 and found("H")["se"] ** 2 == pytest.approx(1 / 8)
    assert found("M0")["estimate"] == (2 + 4) / 16 and found("H")["design"].startswith(
        "linearised, 4 clusters"
    )


def test_a_census_counts_persons_and_says_that_it_has_no_error(folder: Path) -> None:
    assert (
        run(
            "mpi", "households.csv", "--spec", "spec.yaml", "--weight", "persons", "--out", "out.parquet"
        ).exit_code
        == 0
    )
    assert found("H")["estimate"] == pytest.approx(10 / 15) and found("H")["design"] == "census"


@pytest.mark.parametrize(("flag", "share"), [([], 12 / 15), (["--below"], 10 / 15)])
def test_at_the_line_is_poor_unless_below_is_asked(folder: Path, flag: list[str], share: float) -> None:
    words = [
        "money",
        "households.csv",
        "--income=income",
        "--line=700000",
        "--weight=persons",
        "--out=out.parquet",
    ]
    assert run(*words, *flag).exit_code == 0
    assert found("FGT0")["estimate"] == pytest.approx(share)


@pytest.mark.parametrize("suffix", ["csv", "xlsx", "tex", "parquet"])
def test_results_are_written_by_the_ending_of_the_file(folder: Path, suffix: str) -> None:
    answer = run("inequality", "households.csv", "--income=income", f"--out=out.{suffix}")
    assert answer.exit_code == 0, answer.output
    path = folder / f"out.{suffix}"
    if suffix == "xlsx":
        with open_workbook(path) as book:
            assert next(iter(book.rows(book.sheet_names[0]))).cells[0] == "measure"
    elif suffix == "parquet":
        assert found("gini")["n"] == 4
    else:
        assert "gini" in path.read_text("utf-8-sig")


def test_targeting_ranks_and_scores_of_a_table(folder: Path) -> None:
    """Two of three poor receive, and one who is not poor: 40 of 50 đồng reach the poor; the score ties one pair of three."""
    words = [
        "--poor=poor",
        "--received=received",
        "--amount=amount",
        "--income=income",
        "--score=score",
        "--out=out.parquet",
    ]
    answer = run("targeting", "households.csv", *words)
    assert answer.exit_code == 0, answer.output
    expected = {"exclusion_error": 1 / 3, "inclusion_error": 1 / 3, "leakage": 10 / 50, "auc": 2.5 / 3}
    assert {name: found(name)["estimate"] for name in expected} == pytest.approx(expected)


def test_a_card_and_areas_are_written(folder: Path) -> None:
    words = [
        "--columns=motorbike,brick",
        "--income=income",
        "--line=700000",
        "--target=25%",
        "--out=out.parquet",
    ]
    assert run("proxy-means", "sample.csv", *words).exit_code == 0
    assert found("points", "brick")["estimate"] > found("points", "motorbike")["estimate"] > 0
    assert found("coverage:in")["estimate"] <= 0.25 and found("coverage:out")["n"] == 40
    words = [
        "--measured=poor",
        "--area=commune",
        "--areas=communes.csv",
        "--explained=roads",
        "--out=out.parquet",
    ]
    assert run("small-area", "sample.csv", *words).exit_code == 0
    assert found("synthetic", "c5")["n"] == 0 and found("eblup", "c0")["n"] == 8


@pytest.mark.parametrize("name", ["mpi", "money", "inequality", "targeting", "proxy-means", "small-area"])
def test_help_is_in_both_languages(name: str) -> None:
    text = run(name, "--help").output
    assert "Cột nhóm" in text and "grouping column" in text


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["mpi", "none.csv", "--spec", "spec.yaml"], "Không đọc được bảng từ none.csv"),
        (["mpi", "cut.parquet", "--spec", "spec.yaml"], "Không đọc được bảng từ cut.parquet"),
        (["mpi", "middle.parquet", "--spec", "spec.yaml"], "Không đọc được bảng từ middle.parquet"),
        (["mpi", "mixed.xlsx", "--spec", "spec.yaml"], "mixed.xlsx: house"),
        (["mpi", "households.xlsx", "--table", "no", "--spec", "spec.yaml"], "no? Hộ"),
        (["mpi", "households.duckdb", "--spec", "spec.yaml"], "table = ?"),
        (["mpi", "households.csv", "--spec", "none.yaml"], "không mở được tệp"),
        (["mpi", "households.csv", "--spec", "spec.yaml", "--by", "no"], "Bảng không có cột no"),
        (["mpi", "households.csv", "--spec", "spec.yaml", "--k", "2"], "Ngưỡng k = 2"),
        (["mpi", "households.csv", "--spec", "spec.yaml", "--design", "psu"], "psu=…"),
        (["mpi", "households.csv", "--spec", "spec.yaml", "--design", "cluster=village"], "cluster=village"),
        (["mpi", "households.csv", "--spec", "spec.yaml", "--design", "level=high"], "level=high"),
        (["mpi", "households.csv", "--spec", "spec.yaml", "--design", "lone=guess"], "lone = guess"),
        (
            ["mpi", "households.csv", "--spec", "spec.yaml", "--design", "psu=village,strata=village"],
            "lone = refuse",
        ),
        (["mpi", "households.csv", "--spec", "spec.yaml", "--out", "x.doc"], ".xlsx"),
        (["mpi", "households.csv", "--spec", "spec.yaml", "--out", "no/x.csv"], "Không ghi được"),
        (["money", "households.csv", "--income=income", "--line=0"], "line = 0"),
        (["money", "households.csv", "--income=district", "--line=1"], "cột district"),
        (["targeting", "households.csv", "--poor=income", "--received=received"], "cột income có 4"),
        (["targeting", "households.csv", "--poor=poor"], "received | amount"),
        (["proxy-means", "sample.csv", "--columns=brick", "--poor=brick"], "columns = brick"),
        (["proxy-means", "sample.csv", "--columns=brick"], "income + line | poor"),
        (["proxy-means", "sample.csv", "--columns=brick,poor", "--income=income", "--line=9"], "poor = 0%"),
        (
            [
                "small-area",
                "sample.csv",
                "--measured=poor",
                "--area=commune",
                "--areas=none.csv",
                "--explained=roads",
            ],
            "none.csv",
        ),
        (
            [
                "small-area",
                "sample.csv",
                "--measured=poor",
                "--area=commune",
                "--areas=communes.csv",
                "--explained=x",
            ],
            "cột x",
        ),
        (
            [
                "small-area",
                "sample.csv",
                "--measured=poor",
                "--area=brick",
                "--areas=communes.csv",
                "--explained=roads",
            ],
            "cột brick",
        ),
    ],
)
def test_what_is_wrong_is_said_in_a_sentence(folder: Path, words: list[str], said: str) -> None:
    whole = (folder / "households.parquet").read_bytes()
    (folder / "cut.parquet").write_bytes(whole[: len(whole) // 2])
    foot = int.from_bytes(whole[-8:-4], "little") + 8
    (folder / "middle.parquet").write_bytes(whole[:4] + b"\xff" * (len(whole) - foot - 4) + whole[-foot:])
    with xlsxwriter.Workbook(folder / "mixed.xlsx") as book:
        sheet = book.add_worksheet()
        for line, row in enumerate([["house"], [1], ["x"]]):
            sheet.write_row(line, 0, row)
    answer = run(*words)
    assert answer.exit_code != 0 and not isinstance(answer.exception, (ValueError, KeyError, OSError))
    assert said.lower() in answer.output.lower(), answer.output
    assert "Traceback" not in answer.output


def test_a_refusal_in_english(folder: Path) -> None:
    assert (
        "The table has no column"
        in run("mpi", "households.csv", "--spec", "spec.yaml", "--by", "no", "--language", "en").output
    )
