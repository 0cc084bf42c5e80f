"""What keeps a Word template from being taken: no Word file, macros, links outside, too big, an unknown field, a broken command."""

import io
import re
import zipfile
from dataclasses import replace

from docxtpl import DocxTemplate
from jinja2 import TemplateError

from giamngheo.reports import errors
from giamngheo.reports.words.document import Document, Figure, Picture, Section, Table
from giamngheo.reports.words.fields import fields
from giamngheo.reports.words.sandbox import Sandbox
from giamngheo.reports.words.word import docx

#: Bytes of a template, bytes unpacked, and files in it: one with pictures and styles of a province has a tenth of that.
BYTES, UNPACKED, FILES = 5_000_000, 50_000_000, 300
#: Without these a report would be empty, or made-up households would pass for real ones.
NEEDED = ("cac_muc", "mo_phong")
_OUTSIDE = re.compile(r'<Relationship\b[^>]*TargetMode="External"[^>]*>')
_REACHING = re.compile(
    r'(?:<w:instrText[^>]*>|w:instr=")\s*(DDEAUTO|DDE|INCLUDETEXT|INCLUDEPICTURE|LINK|IMPORT|MACROBUTTON)\b'
)


def check(content: bytes) -> None:
    """Raises the errors.TemplateError that says what is wrong, and where; fills the template in for a trial."""
    _check_package(content)
    docx(SAMPLE, content)
    named = _named(content)
    if unknown := sorted(named - set(fields(SAMPLE, lambda picture: None))):
        raise errors.UnknownFieldError(field=unknown[0], place="–")
    if missing := [name for name in NEEDED if name not in named]:
        raise errors.MissingFieldError(field=missing[0])


def _named(content: bytes) -> set[str]:
    """The fields a template names, in branches that the trial did not come to, too."""
    try:
        found: set[str] = DocxTemplate(io.BytesIO(content)).get_undeclared_template_variables(Sandbox())
    except TemplateError as error:
        raise errors.BrokenTemplateError(place="–", why=str(error)) from error
    return found


def _check_package(content: bytes) -> None:
    if len(content) > BYTES:
        raise errors.TooBigTemplateError(most=BYTES // 1_000_000)
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as package:
            parts = package.infolist()
            if sum(part.file_size for part in parts) > UNPACKED or len(parts) > FILES:
                raise errors.TooBigTemplateError(most=BYTES // 1_000_000)
            names = [part.filename for part in parts]
            for name in names:
                _check_part(name, package.read(name))
    except (zipfile.BadZipFile, NotImplementedError, RuntimeError, EOFError) as error:
        raise errors.NotWordError from error
    if "word/document.xml" not in names:
        raise errors.NotWordError


def _check_part(name: str, content: bytes) -> None:
    """One file of the package: nothing that runs, nothing that reaches out of the document."""
    if name.startswith("word/embeddings/") or re.search(r"vba|activeX|\.bin$|\.exe$", name, re.IGNORECASE):
        raise errors.MacroError(place=name)
    if not name.endswith((".xml", ".rels")):
        return
    text = content.decode("utf-8", "replace")
    if "<!DOCTYPE" in text or "<!ENTITY" in text:
        raise errors.NotWordError
    if "macroEnabled" in text and name == "[Content_Types].xml":
        raise errors.MacroError(place=name)
    if found := _REACHING.search(text):
        raise errors.LinkedTemplateError(place=f"{name}, {found[1]}")
    for link in _OUTSIDE.findall(text):
        if "/hyperlink" not in link:
            raise errors.LinkedTemplateError(place=name)


_TABLE = Table("Bảng thử", ("Năm", "Tỷ lệ"), (("2020", "{rate}"), ("2019", "{rate}")))
_SECTION = Section("1", "Mục thử", ("Câu thử {rate}.",), (_TABLE,), (Picture("lines", "Hình thử", (("Hộ nghèo", 2020, "rate"),)),), ("Việc thử.",))  # fmt: skip
#: A small report with everything a report may have, on which a template is tried.
SAMPLE = Document(
    kind="annual", title="Báo cáo thử", unit="xã Thử", code="0", superior="huyện Thử", place="Thử", period="năm 2020",
    made_on="2021-01-15", figures_to="2020-12-15", synthetic=True, resolution="Nghị quyết thử", law={"chuẩn thử": "0" * 64},
    snapshot="thử", sections=(_SECTION, replace(_SECTION, number="II.2(1)")), figures={"rate": Figure("rate", "Tỷ lệ thử", "share", 0.1633)},
)  # fmt: skip
