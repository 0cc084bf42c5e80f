"""What `import giamngheo.measures` offers, and the page that says so."""

import subprocess
import sys
from pathlib import Path

import pytest

import giamngheo.measures as gm
from giamngheo.measures.describe import CALLED, reference

DOCS = Path(__file__).parents[2] / "docs"


def test_every_name_of_the_surface_is_there() -> None:
    assert [name for name in dir(gm) if getattr(gm, name) is None] == []
    assert gm.Spec is gm.specification.Spec and gm.read is gm.tables.read
    assert set(CALLED) | {"errors", "Design", "Spec", "fetch", "read"} == set(dir(gm))
    with pytest.raises(AttributeError, match="no attribute 'povety'"):
        gm.povety  # noqa: B018


def test_modules_are_imported_when_named() -> None:
    code = "import sys, giamngheo.measures; print('ibis' in sys.modules, 'scipy' in sys.modules)"
    said = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout
    assert said.split() == ["False", "False"]


def test_the_reference_page_is_current() -> None:
    assert (DOCS / "reference" / "measures.md").read_text("utf-8") == reference(), (
        "Run: python -c 'from giamngheo.measures.describe import reference; print(reference(), end=str())'"
        " > docs/reference/measures.md"
    )
