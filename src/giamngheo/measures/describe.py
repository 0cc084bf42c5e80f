"""The page docs/reference/measures.md: what the measures offer an analyst, from their own docstrings."""

import ast
from collections.abc import Iterator
from pathlib import Path

from giamngheo.measures import errors

#: The modules an analyst calls, in the order of their work.
CALLED = (
    "tables",
    "specification",
    "alkire_foster",
    "alkire_foster_sample",
    "changes",
    "robustness",
    "cube",
    "money",
    "inequality",
    "targeting",
    "proxy_means",
    "small_area",
    "growth",
    "dynamics",
    "movement",
    "change_of_rate",
    "spread",
    "outlook",
    "risk",
    "design",
    "results",
    "plots",
)
_HERE = Path(__file__).parent
_HEAD = """# Thước đo nghèo / Measures of poverty

Sinh ra từ chú giải trong `giamngheo/measures/` bằng `giamngheo.measures.describe.reference()`; đừng sửa tay. Mỗi thước đo có
định nghĩa, đơn vị, công thức và bài gốc; giải thích bằng tiếng Anh vì thuật ngữ của ngành là tiếng Anh.
Generated from the docstrings of `giamngheo/measures/`; do not edit. Each measure has its definition, unit, formula and paper.

```python
import giamngheo.measures as gm
```

| | |
|---|---|"""


def reference() -> str:
    """The whole page."""
    parsed = {name: ast.parse((_HERE / f"{name}.py").read_text("utf-8")) for name in CALLED}
    lines = [_HEAD]
    lines += [f"| [`gm.{name}`](#{name}) | {_words(tree).splitlines()[0]} |" for name, tree in parsed.items()]
    for name, tree in parsed.items():
        lines += ["", f"## {name}", "", *_module(tree)]
    return "\n".join([*lines, "", *_refusals()]) + "\n"


def _module(tree: ast.Module) -> Iterator[str]:
    yield from _text(_words(tree))
    for node in tree.body:
        if isinstance(node, ast.FunctionDef) and not node.name.startswith("_"):
            yield from ("", f"### `{_call(node)}`", "", *_text(_words(node)))
        if isinstance(node, ast.ClassDef) and not node.name.startswith("_"):
            yield from ("", f"### class `{node.name}`", "", *_text(_words(node)))
            for part in node.body:
                if isinstance(part, ast.FunctionDef) and not part.name.startswith("_") and _words(part):
                    yield from ("", f"`.{_call(part)}`: {' '.join(_words(part).split())}")


def _words(node: ast.Module | ast.FunctionDef | ast.ClassDef) -> str:
    return ast.get_docstring(node) or ""


def _call(node: ast.FunctionDef) -> str:
    if any(ast.unparse(by).endswith("property") for by in node.decorator_list):
        return node.name
    given = ast.unparse(node.args)
    for own in ("self, ", "cls, ", "self", "cls"):
        given = given.removeprefix(own)
    return f"{node.name}({given})" + (f" -> {ast.unparse(node.returns)}" if node.returns else "")


def _text(words: str) -> Iterator[str]:
    """The first sentence as a paragraph; the rest as it is laid out, tables and formulas in their columns."""
    first, _, rest = words.partition("\n")
    yield first
    if rest.strip():
        yield from ("", "```text", *rest.strip("\n").splitlines(), "```")


def _refusals() -> Iterator[str]:
    yield from (
        "## errors",
        "",
        "What is refused, in the words a person reads / Những gì bị từ chối:",
        "",
        "| | |",
        "|---|---|",
    )
    for name, kind in vars(errors).items():
        if isinstance(kind, type) and issubclass(kind, errors.MeasuresError) and hasattr(kind, "vi"):
            yield f"| `{name}` | {_line(kind.vi)}<br>{_line(kind.en)} |"


def _line(words: str) -> str:
    return words.replace("\n", " ")
