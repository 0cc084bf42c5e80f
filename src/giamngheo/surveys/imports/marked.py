"""The workbook of an import with its faulty cells coloured and told in words."""

from collections.abc import Iterable
from pathlib import Path

from giamngheo.base import marked
from giamngheo.surveys.imports.messages import tell
from giamngheo.surveys.models import ImportProblem


def write_marked(source: Path, target: Path, problems: Iterable[ImportProblem], language: str = "vi") -> None:
    """Write `source` again with marks. Values stay as they were read; looks and formulas of the original do not."""
    marks = (
        marked.Mark(p.sheet, p.row or 0, p.column, tell(p.code, p.params, language), p.warning)
        for p in problems
    )
    marked.write_marked(source, target, marks)
