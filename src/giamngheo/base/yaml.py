"""YAML as the law needs it: duplicate keys refused, each block knows its file and line, only true and false are boolean."""

import datetime as dt
import re
from pathlib import Path
from typing import Any

import yaml


class LawFileError(Exception):
    """Something is wrong in a file of the law; says where."""

    def __init__(self, file: Path | str, line: int, sentence: str) -> None:
        super().__init__(f"{file}:{line}: {sentence}")
        self.file, self.line, self.sentence = str(file), line, sentence


class Block(dict[str, Any]):
    """A mapping that remembers where it stands: `file`, `line`, and `lines` of its keys (from 1)."""

    file: str = ""
    line: int = 0

    def __init__(self) -> None:
        super().__init__()
        self.lines: dict[str, int] = {}

    def line_of(self, key: str) -> int:
        return self.lines.get(key, self.line)

    def error(self, sentence: str, key: str = "") -> LawFileError:
        """An error to raise or collect, placed at a key of this block."""
        return LawFileError(self.file, self.line_of(key), sentence)


class _Loader(yaml.CSafeLoader):
    """SafeLoader without YAML 1.1's surprises: `no` is a word, 12:30 is not a number."""

    name: str


_Loader.yaml_implicit_resolvers = {}
for _tag, _pattern, _first in (
    ("tag:yaml.org,2002:bool", r"^(?:true|false)$", "tf"),
    ("tag:yaml.org,2002:null", r"^(?:null|)$", ["n", ""]),
    ("tag:yaml.org,2002:int", r"^-?(?:0|[1-9][0-9]*)$", "-0123456789"),
    ("tag:yaml.org,2002:float", r"^-?[0-9]+\.[0-9]+$", "-0123456789"),
    ("tag:yaml.org,2002:timestamp", r"^[0-9]{4}-[0-9]{2}-[0-9]{2}$", "0123456789"),
):
    _Loader.add_implicit_resolver(_tag, re.compile(_pattern), list(_first))


def _block(loader: _Loader, node: yaml.MappingNode) -> Any:
    block = Block()
    block.file, block.line = loader.name, node.start_mark.line + 1
    yield block
    for key_node, value_node in node.value:
        key = loader.construct_object(key_node)
        line = key_node.start_mark.line + 1
        if not isinstance(key, str):
            raise LawFileError(loader.name, line, f"khoá {key!r} phải là chữ; đặt trong ngoặc kép")
        if key in block:
            raise LawFileError(
                loader.name, line, f"khoá “{key}” viết hai lần (lần đầu ở dòng {block.lines[key]})"
            )
        block[key] = loader.construct_object(value_node, deep=True)
        block.lines[key] = line


def _day(loader: _Loader, node: yaml.ScalarNode) -> dt.date:
    try:
        return dt.date.fromisoformat(node.value)
    except ValueError as error:  # 2016-02-30
        raise LawFileError(loader.name, node.start_mark.line + 1, f"không có ngày {node.value}") from error


_Loader.add_constructor("tag:yaml.org,2002:map", _block)
_Loader.add_constructor("tag:yaml.org,2002:timestamp", _day)


def load_yaml(path: Path) -> Block:
    """The mapping of one file. Raises LawFileError with file and line; a file that is no mapping is refused."""
    try:
        text = path.read_text("utf-8")
    except UnicodeDecodeError as error:
        raise LawFileError(path, 1, "tệp không phải UTF-8") from error
    except OSError as error:
        raise LawFileError(path, 0, "không đọc được tệp") from error
    loader = _Loader(text)
    loader.name = str(path)
    try:
        loaded = loader.get_single_data()
    except yaml.MarkedYAMLError as error:
        line = error.problem_mark.line + 1 if error.problem_mark else 1
        raise LawFileError(path, line, f"sai cú pháp YAML: {error.problem}") from error
    finally:
        loader.dispose()
    if not isinstance(loaded, Block):
        raise LawFileError(path, 1, "tệp phải là các cặp khoá: giá trị")
    return loaded


def as_plain(value: Any) -> Any:
    """The same without places, dates as ISO text: what is hashed and what is stored as JSON."""
    if isinstance(value, dict):
        return {key: as_plain(item) for key, item in value.items()}
    if isinstance(value, list):
        return [as_plain(item) for item in value]
    return value.isoformat() if isinstance(value, dt.date) else value
