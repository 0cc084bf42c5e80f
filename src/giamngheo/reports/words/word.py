"""A report as a Word file: a template filled with the fields of the frozen document."""

import io
import re
from typing import Any
from xml.sax.saxutils import quoteattr

from docx.enum.text import WD_ALIGN_PARAGRAPH
from docx.oxml.ns import qn
from docx.shared import Cm
from docxtpl import DocxTemplate, InlineImage
from jinja2 import TemplateError, UndefinedError
from jinja2.exceptions import SecurityError

from giamngheo.reports import errors
from giamngheo.reports.words.document import Document, Picture
from giamngheo.reports.words.drawings import png, told
from giamngheo.reports.words.fields import NUMBER, fields
from giamngheo.reports.words.sandbox import RefusedCommandError, Sandbox, TooMuchError

#: How wide pictures stand on the page.
WIDTH = {"map": Cm(13), "lines": Cm(12)}
#: The width of a table, and how many letters of a column count, at the least and at the most.
TABLE, LETTERS = Cm(16.3), (14, 34)
#: Letters by which a column of numbers is wider: words go on in a second line, a number must not.
UNBROKEN = 4


def docx(document: Document, template: bytes) -> bytes:
    """The document in a template. Raises errors.TemplateError where the template names what is not there or is broken."""
    try:
        return _filled(document, template)
    except TooMuchError as error:
        raise errors.TooMuchWrittenError from error
    except RefusedCommandError as error:
        raise errors.CommandRefusedError(command=error.command, place=_place(error)) from error
    except (UndefinedError, SecurityError) as error:
        named = re.findall(r"'([^']*)'", str(error)) or [str(error)]
        field = named[0] if "undefined" in str(error) or "unsafe" in str(error) else named[-1]
        raise errors.UnknownFieldError(field=field, place=_place(error)) from error
    except TemplateError as error:
        raise errors.BrokenTemplateError(place=_place(error), why=str(error)) from error
    except (SyntaxError, TypeError, ValueError, KeyError) as error:  # of lxml: a SyntaxError
        raise errors.BrokenTemplateError(place="–", why=str(error)) from error


class Described(InlineImage):  # type: ignore[misc]  # docxtpl has no types
    """A picture that says in words what it shows, for those who do not see it."""

    def __init__(self, made: DocxTemplate, content: bytes, *, width: int, told: str) -> None:
        super().__init__(made, io.BytesIO(content), width=width)
        self.told = told

    def _insert_image(self) -> str:
        marked: str = super()._insert_image()
        return marked.replace("<wp:docPr ", f"<wp:docPr descr={quoteattr(self.told)} ", 1)


def _filled(document: Document, template: bytes) -> bytes:
    made = DocxTemplate(io.BytesIO(template))

    def image(picture: Picture) -> Described | None:
        found, words = png(document, picture), f"{picture.title}. {told(document, picture)}"
        return Described(made, found, width=WIDTH[picture.kind], told=words) if found else None

    made.render(fields(document, image), jinja_env=Sandbox(), autoescape=True)
    for table in made.docx.tables:
        if table.rows and table.rows[0]._tr.find(f".//{qn('w:tblHeader')}") is not None:
            _lay_out(table)
    made.docx.core_properties.title = f"{document.title}, {document.unit}, {document.period}"
    target = io.BytesIO()
    made.save(target)
    return target.getvalue()


def _place(error: TemplateError) -> str:
    """The words of the paragraph at which a template stumbled, as docxtpl tells them (three lines before, it, three after)."""
    lines = [line.strip() for line in getattr(error, "docx_context", ())]
    at = min(3, (getattr(error, "lineno", None) or 4) - 1)
    found = lines[at] if at < len(lines) else ""
    return f"“{found[:120]}”" if found else "–"


def _of_numbers(column: Any) -> bool:
    return any(NUMBER.fullmatch(cell.text) for cell in column[1:])


def _lay_out(table: Any) -> None:
    """Columns as wide as their words ask for, numbers to the right: a template can't know the words before they are there.

    Only tables whose head is repeated on every page are touched; others stay as the template has them.
    """
    rows = [row.cells for row in table.rows]
    least, most = LETTERS
    longest = [
        min(max(least, *(len(cell.text) for cell in column)), most) + UNBROKEN * _of_numbers(column)
        for column in zip(*rows, strict=True)
    ]
    widths = [int(TABLE * letters / sum(longest)) for letters in longest]
    table.autofit = False
    for column, width in zip(table.columns, widths, strict=True):
        column.width = width
    for cells in rows:
        for cell, width in zip(cells, widths, strict=True):
            cell.width = width
            if NUMBER.fullmatch(cell.text):
                cell.paragraphs[0].alignment = WD_ALIGN_PARAGRAPH.RIGHT
