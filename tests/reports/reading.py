"""Papers read back: the text of each page, and of the whole, as a reader of PDF finds it."""

import io
import re

from pypdf import PdfReader

from giamngheo.reports.papers.paper import Paper


def reader(paper: Paper) -> PdfReader:
    return PdfReader(io.BytesIO(paper.pdf()))


def pages(paper: Paper) -> list[str]:
    """The text of each page, every run of blanks one space."""
    return [re.sub(r"\s+", " ", page.extract_text()) for page in reader(paper).pages]


def text(paper: Paper) -> str:
    return " ".join(pages(paper))
