"""What may be asked of reports in words. Row-level security shows a person those of their units alone."""

import zlib

from django.core.cache import cache
from django.db.models import QuerySet

from giamngheo.access.models import User
from giamngheo.reports.models import WordTemplate, Writing, WrittenReport
from giamngheo.reports.words.document import Document, thaw
from giamngheo.reports.words.kinds import KINDS
from giamngheo.reports.words.template import own_template


def writings(*, seen_by: User) -> QuerySet[Writing]:
    """Every report asked for, the latest first, with the report where it is written."""
    found = Writing.objects.select_related("unit", "asked_by", "report").defer("report__content")
    return found.order_by("-pk")


def issues_of(row: WrittenReport, *, seen_by: User) -> QuerySet[WrittenReport]:
    """Other reports of the same kind, unit and period, the latest first."""
    same = WrittenReport.objects.filter(kind=row.kind, unit=row.unit, period=row.period)
    return same.exclude(pk=row.pk).select_related("written_by").order_by("-pk")


def document_of(row: WrittenReport) -> Document:
    """The document as it was frozen."""
    return thaw(zlib.decompress(bytes(row.content)).decode())


def progress_key(writing: Writing) -> str:
    return f"words-{writing.pk}"


def progress_of(writing: Writing) -> tuple[int, int]:
    """How many parts are written, and of how many."""
    total = len(KINDS[writing.kind].sections)
    return (total if writing.finished else int(cache.get(progress_key(writing), 0))), total


def brought_template(*, seen_by: User) -> WordTemplate | None:
    """The Word template of the province that is in force; None where it is the system's own."""
    found = WordTemplate.objects.select_related("brought_by").order_by("-pk").first()
    return found if found and found.content else None


def template_in_force(*, seen_by: User) -> bytes:
    """The Word template that reports are filled into."""
    found = brought_template(seen_by=seen_by)
    return bytes(found.content) if found else own_template()
