"""A report as PDF, from the same fields as the Word file."""

import datetime as dt
from pathlib import Path

from giamngheo.reports import typeset
from giamngheo.reports.words.document import Document
from giamngheo.reports.words.drawings import svg
from giamngheo.reports.words.fields import fields

TEMPLATE = Path(__file__).resolve().parent / "report.typ"


def pdf(document: Document) -> bytes:
    """The document as the system lays it out; a province's own Word template has no part in it."""
    content = fields(document, lambda picture: svg(document, picture))
    made_on = dt.date.fromisoformat(document.made_on)
    return typeset.pdf(TEMPLATE, {**content, "made_on": document.made_on}, made_on=made_on)
