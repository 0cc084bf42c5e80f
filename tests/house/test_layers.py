"""A room imports only from the floors below it; the message says where an import belongs."""

import ast
from pathlib import Path

import pytest

SOURCE = Path(__file__).resolve().parents[2] / "src" / "giamngheo"

#: From the ground up. Rooms on one floor may see one another only where listed in NEIGHBOURS.
FLOORS: list[set[str]] = [
    {"base", "postgres"},
    {"rules", "measures", "pictures"},
    {"access", "audit", "areas"},
    {"registry"},
    {"surveys"},
    {"reviews"},
    {"support"},
    {"warehouse"},
    {"whatif", "escape"},
    {"resolution"},
    {"reports"},
    {"demo"},
    {"config"},
    {"web", "api", "cli"},
]
#: Imports within a floor or upward that are right, each with its reason.
ALLOWED = {
    ("rules", "rules"),
    ("access", "areas"),  # a grant names a unit
    ("access", "audit"),  # accounts are audited
    ("audit", "access"),  # an event names its person
    ("areas", "access"),  # actions say who did it
    ("areas", "audit"),  # loads and changes of units are recorded
    ("config", "web"),
    ("cli", "web"),
    ("demo", "config"),
}


def _floor(room: str) -> int:
    return next(i for i, floor in enumerate(FLOORS) if room in floor)


def _imports(path: Path) -> set[str]:
    tree = ast.parse(path.read_text("utf-8"))
    modules = [n.module or "" for n in ast.walk(tree) if isinstance(n, ast.ImportFrom)]
    modules += [a.name for n in ast.walk(tree) if isinstance(n, ast.Import) for a in n.names]
    return {m.split(".")[1] for m in modules if m.startswith("giamngheo.") and len(m.split(".")) > 1}


FILES = sorted(p for p in SOURCE.rglob("*.py") if p.parent != SOURCE)


@pytest.mark.parametrize("path", FILES, ids=lambda p: str(p.relative_to(SOURCE)))
def test_a_room_imports_only_from_floors_below(path: Path) -> None:
    room = path.relative_to(SOURCE).parts[0]
    for other in _imports(path) - {room}:
        if (room, other) in ALLOWED:
            continue
        assert _floor(other) < _floor(room), (
            f"{path.relative_to(SOURCE)} imports giamngheo.{other}, which stands on the same floor or above. "
            f"What both need belongs in a floor below {room}; what joins them belongs above {other}."
        )


@pytest.mark.parametrize("room", ["base", "rules", "postgres"])
def test_ground_floors_know_no_web_framework(room: str) -> None:
    allowed = {SOURCE / "base" / "database.py"}  # database functions for models
    for path in (SOURCE / room).rglob("*.py"):
        if path not in allowed:
            assert "import django" not in path.read_text("utf-8"), path
            assert "from django" not in path.read_text("utf-8"), path


def test_only_scope_says_who_acts() -> None:
    for path in SOURCE.rglob("*.py"):
        if path != SOURCE / "access" / "scope.py":
            assert "set_config('app.user'" not in path.read_text("utf-8"), (
                f"{path.relative_to(SOURCE)} sets app.user; use giamngheo.access.scope.acting_as."
            )
