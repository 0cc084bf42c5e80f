"""YAML of the law: duplicate keys refused, places kept, words stay words."""

from pathlib import Path

import pytest

from giamngheo.base.yaml import LawFileError, as_plain, load_yaml


def written(tmp_path: Path, text: str) -> Path:
    path = tmp_path / "law.yaml"
    path.write_text(text, "utf-8")
    return path


def test_a_block_knows_its_lines(tmp_path: Path) -> None:
    block = load_yaml(written(tmp_path, "a: 1\nb:\n  c: no\n  on: 2019-11-01\n  t: 12:30\n"))
    assert block["b"].line_of("on") == 4
    assert as_plain(block) == {"a": 1, "b": {"c": "no", "on": "2019-11-01", "t": "12:30"}}


@pytest.mark.parametrize(
    ("text", "line", "words"),
    [
        ("a: 1\nb: 2\na: 3\n", 3, "hai lần"),
        ("a: {b: 1, b: 2}\n", 1, "hai lần"),
        ("a: [1\nb: 2\n", 2, "cú pháp"),
        ("- 1\n", 1, "cặp"),
        ("1: a\n", 1, "phải là chữ"),
    ],
)
def test_what_is_wrong_says_where(tmp_path: Path, text: str, line: int, words: str) -> None:
    with pytest.raises(LawFileError) as refused:
        load_yaml(written(tmp_path, text))
    assert refused.value.line == line
    assert words in refused.value.sentence


def test_anchors_and_bytes_that_are_no_text(tmp_path: Path) -> None:
    path = tmp_path / "law.yaml"
    path.write_bytes(b"a: \xff\n")
    with pytest.raises(LawFileError, match="UTF-8"):
        load_yaml(path)
