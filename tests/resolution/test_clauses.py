"""Every clause and target of the resolution is there, by a list written from the text; a wrong file is refused whole."""

import re
import shutil
from pathlib import Path

import pytest
from click.testing import CliRunner

from giamngheo.base.yaml import load_yaml
from giamngheo.cli.resolution import command
from giamngheo.resolution.checks import check_indicator, check_resolutions
from giamngheo.resolution.clauses import Asks, folder, resolutions
from giamngheo.resolution.indicators import file_of, indicators

SLUG = "lai-chau-2016-2020"
#: The text, from its first part to its last; parts of II.3.1, II.4.3, II.4.4 and II.4.6 are paragraphs of theirs.
CLAUSES = ["I", "I.1", "I.2", "II", "II.1", "II.1.1", "II.1.2", "II.1.3", "II.1.4", "II.1.5", "II.2", "II.2.0", "II.2.1", "II.2.2", "II.2.3", "II.2.3.1", "II.2.3.2", "II.2.3.3", "II.2.4", "II.2.5", "II.2.5.1", "II.2.5.2", "II.2.5.3", "II.2.5.4", "II.2.5.5", "II.3", "II.3.1", "II.3.1.1", "II.3.1.2", "II.3.1.3", "II.3.2", "II.3.3", "II.3.3.1", "II.3.3.2", "II.3.3.3", "II.3.3.4", "II.3.3.5", "II.3.4", "II.4", "II.4.1", "II.4.2", "II.4.3", "II.4.3.1", "II.4.3.2", "II.4.3.3", "II.4.4", "II.4.4.1", "II.4.4.2", "II.4.5", "II.4.6", "II.4.6.1", "II.4.6.2", "III", "III.1", "III.2", "III.3", "III.4"]  # fmt: skip

#: (clause, kind, least, most, strict, direction) in the order of the text.
TARGETS = [
    ("II.2.1", "fall", 3, 4, False, "down"),
    ("II.2.1", "fall", 4, None, False, "down"),
    ("II.2.1", "fall", 1, 1.5, False, "down"),
    ("II.2.1", "times_base", 1.5, None, False, "up"),
    ("II.2.2", "level", 1, 2, False, "up"),
    ("II.2.2", "level", 15, None, False, "up"),
    ("II.2.3.1", "level", 100, None, False, "up"),
    ("II.2.3.1", "level", 90, None, True, "up"),
    ("II.2.3.2", "level", 95, None, True, "up"),
    ("II.2.3.3", "level", 85, None, True, "up"),
    ("II.2.4", "level", 70, None, True, "down"),
    ("II.2.4", "level", 50, None, True, "up"),
    ("II.2.4", "each_year", 7000, None, True, "up"),
    ("II.2.5.1", "level", 70, None, True, "up"),
    ("II.2.5.1", "level", 12, None, False, "up"),
    ("II.2.5.1", "level", 1.9, None, False, "down"),
    ("II.2.5.1", "average", 0.5, None, False, "up"),
    ("II.2.5.1", "level", 95, None, True, "up"),
    ("II.2.5.1", "level", 20, None, True, "down"),
    ("II.2.5.1", "level", 70, None, True, "up"),
    ("II.2.5.1", "level", 96, None, True, "up"),
    ("II.2.5.1", "level", 96, None, True, "up"),
    ("II.2.5.2", "state", 1, None, False, "up"),
    ("II.2.5.2", "state", 1, None, False, "up"),
    ("II.2.5.2", "state", 1, None, False, "up"),
    ("II.2.5.2", "level", 37, None, False, "up"),
    ("II.2.5.2", "level", 44, None, False, "up"),
    ("II.2.5.2", "level", 33, None, False, "up"),
    ("II.2.5.2", "level", 39, None, False, "up"),
    ("II.2.5.3", "level", 90, None, True, "up"),
    ("II.2.5.4", "level", 95, None, True, "up"),
    ("II.2.5.4", "level", 85, None, True, "up"),
    ("II.2.5.5", "level", 100, None, False, "up"),
    ("II.2.5.5", "level", 95, None, False, "up"),
    ("II.3.3.2", "level", 100, None, False, "up"),
    ("II.3.4", "each_year", 100, None, False, "up"),
]


def test_every_clause_is_there_in_the_order_of_the_text() -> None:
    assert [clause.id for clause in resolutions()[SLUG].walk()] == CLAUSES


def test_every_target_is_there_and_answered_by_an_indicator_and_a_body() -> None:
    found = resolutions()[SLUG].targets
    asked = [(t.clause, t.asks) for t in found]
    assert asked == [
        (c, Asks(kind, value, most, strict, way)) for c, kind, value, most, strict, way in TARGETS
    ]
    assert all(t.indicator in indicators() and len(t.answers) == 1 for t in found)


def test_bodies_the_text_names_are_stated_and_the_others_inferred() -> None:
    resolution = resolutions()[SLUG]
    for clause in ("III.1", "III.2", "III.3", "III.4"):
        assert all(answer.stated for answer in resolution.by_id[clause].answers), clause
    assert not any(answer.stated for target in resolution.targets for answer in target.answers)


def test_every_file_is_in_order() -> None:
    problems, count = check_resolutions()
    assert not problems
    assert count >= 1


@pytest.mark.parametrize(
    ("was", "becomes", "sentence"),
    [
        ("indicator: irrigation", "indicator: nothing", "không có chỉ số “nothing”"),
        ("indicator: irrigation, ", "", "thiếu “indicator”"),
        ("{inferred: [transport]}", "{inferred: [nobody]}", "không có cơ quan “nobody”"),
        ("{inferred: [transport]}", "{inferred: [transport, health]}", "nhiều cơ quan nhận"),
        ("clause: II.3.4", "clause: II.9", "không có khoản “II.9”"),
        ("kind: fall, value: 3, most: 4", "kind: fall, value: 3, most: 2", "most phải lớn hơn value"),
        ("kind: fall, value: 3, most: 4", "kind: sink, value: 3", "sink"),
        ("list: poor-districts", "list: rich-districts", "không có danh sách địa bàn"),
        ("base_year: 2015", "base_year: 2016", "base_year < from"),
        ('groups_first: ["45"', 'groups_first: ["99"', "không có dân tộc “99”"),
        ("links: [II.4.5]", "links: [II.4.9]", "dẫn tới khoản không có"),
    ],
)
def test_a_wrong_resolution_is_refused_with_its_line(
    tmp_path: Path, was: str, becomes: str, sentence: str
) -> None:
    place = tmp_path / SLUG
    shutil.copytree(folder() / SLUG, place)
    text = (place / "resolution.yaml").read_text("utf-8")
    assert was in text
    (place / "resolution.yaml").write_text(text.replace(was, becomes), "utf-8")
    result = CliRunner().invoke(command, ["load", str(place)])
    assert result.exit_code
    assert sentence in result.output
    assert "resolution.yaml:" in result.output
    assert (folder() / SLUG / "resolution.yaml").read_text("utf-8") == text  # nothing was loaded over it


@pytest.mark.parametrize(
    ("was", "becomes", "sentence"),
    [
        ("value: 46.78", "value: 146.78", "tỷ lệ 146.78% vượt quá 100%"),
        ("numerator: 1030", "numerator: 11690", "tử số lớn hơn mẫu số"),
        ('unit: "12", period: "2010"', 'unit: "99", period: "2010"', "không có đơn vị “99” vào ngày 31/12/2010"),
        ('unit: "12", period: "2010"', 'unit: "105", period: "2026"', "không có đơn vị “105” vào ngày 31/12/2026"),
        ('period: "2010"', 'period: "MMX"', "“MMX” không phải kỳ số liệu"),
        ("indicator: poor-rate-2011-2015", "indicator: nothing", "không có chỉ số “nothing”"),
    ],
)  # fmt: skip
def test_a_wrong_published_figure_is_refused_with_its_line(
    tmp_path: Path, was: str, becomes: str, sentence: str
) -> None:
    place = tmp_path / SLUG
    shutil.copytree(folder() / SLUG, place)
    text = (place / "figures.yaml").read_text("utf-8")
    assert was in text
    (place / "figures.yaml").write_text(text.replace(was, becomes, 1), "utf-8")
    problems, _count = check_resolutions(place)
    assert len(problems) == 1
    assert sentence in str(problems[0])
    assert "figures.yaml:" in str(problems[0])


@pytest.mark.parametrize(
    ("measure", "sentence"),
    [
        ("measure: {policies: [loan-nobody]}", "không có chính sách “loan-nobody”"),
        ("", "phải ghi measure"),
    ],
)
def test_an_indicator_of_help_given_names_policies_there_are(
    tmp_path: Path, measure: str, sentence: str
) -> None:
    text = file_of("households-with-loans").read_text("utf-8")
    path = tmp_path / "households-with-loans.yaml"
    path.write_text(re.sub("measure: .*", measure, text), "utf-8")
    (problem,) = check_indicator(load_yaml(path), path)
    assert sentence in problem.sentence


def test_all_problems_are_listed_together(tmp_path: Path) -> None:
    place = tmp_path / SLUG
    shutil.copytree(folder() / SLUG, place)
    figures = place / "figures.yaml"
    text = (
        figures.read_text("utf-8")
        .replace('period: "2010"', 'period: "MMX"')
        .replace("numerator: 1030", "numerator: 11690")
    )
    figures.write_text(text, "utf-8")
    problems, _ = check_resolutions(place)
    assert {p.sentence.split(" ")[0] for p in problems} >= {"“MMX”", "tử"}
    assert len(problems) >= 3
