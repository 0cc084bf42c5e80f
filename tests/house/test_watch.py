"""A chance never decides a right: nothing that says who is poor, entitled, paid or listed knows of the watch list or its model."""

import ast
from pathlib import Path

import pytest

SOURCE = Path(__file__).resolve().parents[2] / "src" / "giamngheo"
#: Whatever decides or carries out: the law, the register, reviews, rights and deliveries, their reports.
DECIDING = ("rules", "registry", "surveys", "reviews", "support", "whatif", "resolution", "reports")
FORBIDDEN = ("giamngheo.escape", "giamngheo.measures.risk")


def _named(path: Path) -> set[str]:
    """Every module and name of one that a file imports."""
    found: set[str] = set()
    for node in ast.walk(ast.parse(path.read_text("utf-8"))):
        if isinstance(node, ast.Import):
            found |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom):
            found |= {node.module or "", *(f"{node.module}.{alias.name}" for alias in node.names)}
    return found


@pytest.mark.parametrize("room", DECIDING)
def test_no_room_that_decides_knows_of_the_watch_list(room: str) -> None:
    for path in (SOURCE / room).rglob("*.py"):
        wrong = {name for name in _named(path) if name.startswith(FORBIDDEN)}
        assert not wrong, f"{path.relative_to(SOURCE)} reads {wrong}: a chance never decides a right."
        text = path.read_text("utf-8")
        assert "escape_watch" not in text, f"{path.relative_to(SOURCE)} reads the watch list's tables."
