"""The page of the documentation says what the forms are."""

from pathlib import Path

from giamngheo.reports.official.describe import reference

PAGE = Path(__file__).resolve().parents[3] / "docs" / "reference" / "official-reports.md"


def test_the_page_of_the_forms_is_up_to_date() -> None:
    assert PAGE.read_text("utf-8") == reference(), (
        "Run: python -c 'from giamngheo.reports.official.describe import reference; print(reference(), end=str())'"
        " > docs/reference/official-reports.md"
    )
