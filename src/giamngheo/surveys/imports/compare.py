"""The class an official list states, beside the one the rules give on the facts in its rows."""

import tempfile
from pathlib import Path

from django.db import connection

from giamngheo.base.text import fold
from giamngheo.rules.classes import NEAR_POOR, POOR_CLASSES
from giamngheo.rules.engine import assess
from giamngheo.rules.reasons import class_name
from giamngheo.rules.standards import standard_named
from giamngheo.surveys import recording
from giamngheo.surveys.imports.staged import Found
from giamngheo.surveys.models import Round

_ROWS = """
SELECT s.n, s.area_type, coalesce(s.visited_on, %(on)s), jsonb_strip_nulls(s.answers), s.members
FROM stage_h s WHERE s.stated_class IS NOT NULL AND s.outcome = 'met' AND s.area_type IS NOT NULL
"""
#: Kinds of class a list can state: it knows no finer ones.
POOR, NEAR, OTHER = "poor", "near_poor", "other"


def differing_classes(round: Round) -> list[Found]:
    """Rows of a planned workbook whose stated class is another than ours; warnings, for the list may know more.

    Called after `plan`, in its transaction. A class in words that nobody knows is passed over.
    """
    with connection.cursor() as cursor:
        cursor.execute(
            'SELECT n, sheet, "row", stated_class FROM stage_h WHERE stated_class IS NOT NULL ORDER BY n'
        )
        stated = {n: (sheet, row, said) for n, sheet, row, said in cursor.fetchall()}
    if not stated:
        return []
    standard = standard_named(round.standard)
    with tempfile.TemporaryDirectory() as folder:
        [copied] = recording.copied_out(_ROWS, {"on": round.reference_date}, Path(folder))
        households, members = recording.laid_out(copied)
    if not households.num_rows:
        return []
    judged = assess(households, members if members.num_rows else None, standard)
    found = []
    for n, klass in zip(
        judged.column("household").to_pylist(), judged.column("klass").to_pylist(), strict=True
    ):
        sheet, row, said = stated[n]
        if (kind := stated_kind(said)) and kind != _kind(klass):
            words = {"said": said, "found": class_name(klass)}
            found.append(Found(sheet or "", row, "Phân loại hộ", said, "class_differs", words, warning=True))
    return sorted(found, key=lambda f: (f.sheet, f.row or 0))


def stated_kind(said: str) -> str:
    """What a list means by "Hộ nghèo", "cận nghèo", "thoát nghèo" …; '' where it can't be told."""
    words = fold(said)
    if "thoat" in words or "khong" in words or "trung binh" in words:
        return OTHER
    if "can ngheo" in words or words in ("cn", "hcn"):
        return NEAR
    return POOR if "ngheo" in words or words in ("hn", "n1", "n2") else ""


def _kind(klass: str) -> str:
    return POOR if klass in POOR_CLASSES else NEAR if klass == NEAR_POOR else OTHER
