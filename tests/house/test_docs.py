"""What the documents name is there: every term of the review has its legal word, every button of a how-to its place."""

import re
from pathlib import Path

import pytest
from django.apps import apps

from giamngheo.cli.translate import gather
from giamngheo.measures.movement import KINDS
from giamngheo.reports.papers import (
    announcement,
    certificates,
    decision,
    district,
    help_sheet,
    letter,
    lists,
    minutes,
    notice,
    poster,
    quick_form,
    receipt,
)
from giamngheo.reports.papers.paper import Paper

DOCS = Path(__file__).resolve().parents[2] / "docs"
PAPERS = (announcement, certificates, decision, district, help_sheet, letter, lists, minutes, notice, poster, quick_form, receipt)  # fmt: skip
WORDS = re.compile(r"(?<=[a-z])(?=[A-Z])")


def glossary() -> dict[str, str]:
    """Each English term of the glossary, in lower case, with its Vietnamese one."""
    found: dict[str, str] = {}
    for row in (DOCS / "GLOSSARY.md").read_text("utf-8").splitlines():
        if row.startswith("| ") and not row.startswith("| English"):
            english, vietnamese = (cell.strip() for cell in row.split("|")[1:3])
            names = re.findall(r"`([^`]+)`", english)
            plain = re.sub(r"\(.*?\)", "", english).split(",")
            found |= dict.fromkeys((name.strip().lower() for name in [*plain, *names]), vietnamese)
    return found


def terms() -> list[str]:
    """The public terms of reviews, reports and measures: tables, papers, movements."""
    tables = [model for room in ("reviews", "reports") for model in apps.get_app_config(room).get_models()]
    papers = [p for module in PAPERS for p in vars(module).values()
              if isinstance(p, type) and issubclass(p, Paper) and p.__module__ == module.__name__]  # fmt: skip
    names = {WORDS.sub(" ", thing.__name__).lower() for thing in (*tables, *papers)}
    return sorted(names | (set(KINDS) - {"none"}))


@pytest.mark.parametrize("term", terms())
def test_every_term_of_the_review_has_its_legal_word(term: str) -> None:
    known = glossary()
    also = {
        term,
        term.replace(" ", ""),
        f"village {term}",
        f"{term}s",
        term.removesuffix("s"),
        term.split()[-1],
    }
    assert any(known.get(name) for name in also), f"docs/GLOSSARY.md has no row for “{term}”"


def on_screen() -> list[re.Pattern[str]]:
    """Every word and sentence of the interface; its figures and names may be any."""
    said = {text for _, one, many in gather() for text in (one, many) if text}
    place = re.compile(r"%\\\([a-z_0-9]+\\\)[sd]")
    return [
        re.compile(place.sub("[0-9./]+", re.escape(text)), re.IGNORECASE) for text in said if len(text) < 80
    ]


def test_what_a_how_to_prints_bold_stands_on_a_page() -> None:
    """Bold in a how-to is a word to be found on the screen (a path of pages by →); emphasis is in italics."""
    pages = on_screen()
    missing = [
        f"{path.name}: {name}"
        for path in sorted((DOCS / "how-to").glob("*.md"))
        for bold in re.findall(r"\*\*(.+?)\*\*", path.read_text("utf-8"), re.DOTALL)
        for name in (" ".join(part.split()) for part in bold.split("→"))
        if not any(text.fullmatch(name) for text in pages)
    ]
    assert not missing, missing
