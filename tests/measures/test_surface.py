"""What `import giamngheo.measures` offers, and the page that says so."""

import ast
import re
import subprocess
import sys
from collections.abc import Iterator
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


#: Letters only Vietnamese has; đồng is the unit in English too.
VIETNAMESE = re.compile(
    r"[ăâđêôơưàáảãạằắẳẵặầấẩẫậèéẻẽẹềếểễệìíỉĩịòóỏõọồốổỗộờớởỡợùúủũụừứửữựỳýỷỹỵ]", re.IGNORECASE
)
MEASURES = Path(gm.__file__).parent


def parts(kind: str) -> Iterator[tuple[str, ast.Call]]:
    """The calls of a class in the source of the measures, with their places."""
    for path in sorted(MEASURES.glob("*.py")):
        for node in ast.walk(ast.parse(path.read_text("utf-8"))):
            if isinstance(node, ast.Call) and ast.unparse(node.func).endswith(kind):
                yield f"{path.name}:{node.lineno}", node


def literals(node: ast.AST) -> str:
    found = [n.value for n in ast.walk(node) if isinstance(n, ast.Constant) and isinstance(n.value, str)]
    return " ".join(found).replace("đồng", "")


def test_no_english_sentence_of_a_refusal_has_vietnamese_words() -> None:
    """What is not said in both languages (`Words`) is said in one only, which is then nobody's."""
    kinds = [
        kind
        for kind in vars(gm.errors).values()
        if isinstance(kind, type) and issubclass(kind, gm.errors.MeasuresError)
    ]
    wrong = [kind.__name__ for kind in kinds if hasattr(kind, "en") and VIETNAMESE.search(kind.en)]
    wrong += [place for place, call in parts("Words") if VIETNAMESE.search(literals(call.args[-1]))]
    for place, call in parts("Error"):
        for given in call.keywords:
            in_both = any(
                isinstance(n, ast.Call) and ast.unparse(n.func) == "Words" for n in ast.walk(given.value)
            )
            if not in_both and VIETNAMESE.search(literals(given.value)):
                wrong.append(place)
    assert not wrong, wrong


def test_the_reference_page_is_current() -> None:
    assert (DOCS / "reference" / "measures.md").read_text("utf-8") == reference(), (
        "Run: python -c 'from giamngheo.measures.describe import reference; print(reference(), end=str())'"
        " > docs/reference/measures.md"
    )
