"""Typst templates and data become PDF: tagged, archivable, and the same bytes for the same content."""

import dataclasses
import datetime as dt
import io
import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any, Literal
from zoneinfo import ZoneInfo

import segno
import typst

VIETNAM = ZoneInfo("Asia/Ho_Chi_Minh")


def pdf(template: Path, data: Mapping[str, Any], *, made_on: dt.date) -> bytes:
    """The template filled with the data (plain values, dates, dataclasses), as PDF/A-2a and PDF/UA-1.

    The template reads `json(bytes(sys.inputs.data))`, so that no value is ever read as markup, and sets the title and
    date of the document. It sees only its own folder and the fonts that come with typst.
    """
    made = dt.datetime.combine(made_on, dt.time(), tzinfo=dt.UTC)
    return _compile(template, data, format="pdf", pdf_standards=["a-2a", "ua-1"], timestamp=made)[0]


def png(template: Path, data: Mapping[str, Any], *, dots_per_inch: float = 100) -> list[bytes]:
    """The same pages as pictures, to be looked at on a screen."""
    return _compile(template, data, format="png", ppi=dots_per_inch)


def qr(text: str, *, error: Literal["l", "m", "q", "h"] = "m") -> str:
    """A QR code of the text as SVG, with its quiet zone.

    The mask is fixed: trying all eight costs four times the time, and a code printed at our sizes reads with any.
    """
    drawn = io.BytesIO()
    made = segno.make(text, error=error, micro=False, boost_error=False, mask=3)
    made.save(drawn, kind="svg", xmldecl=False, svgns=True, border=2)
    return drawn.getvalue().decode()


def _compile(template: Path, data: Mapping[str, Any], **options: Any) -> list[bytes]:
    made = typst.compile(
        template,
        root=template.parent,
        ignore_system_fonts=True,
        sys_inputs={"data": json.dumps(data, default=_plain, ensure_ascii=False)},
        **options,
    )
    return made if isinstance(made, list) else [made]


def _plain(value: object) -> object:
    """What JSON does not know: dates in ISO, moments by the clock of Vietnam, dataclasses as their fields."""
    if isinstance(value, dt.datetime):
        return value.astimezone(VIETNAM).isoformat()
    if isinstance(value, dt.date | dt.time):
        return value.isoformat()
    if dataclasses.is_dataclass(value) and not isinstance(value, type):
        return {field.name: getattr(value, field.name) for field in dataclasses.fields(value)}
    raise TypeError(f"{type(value).__name__} cannot stand on a paper")
