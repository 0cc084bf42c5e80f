"""Reports in words: written from one frozen document, the Word file read back against it, kept, seen by whom they concern."""

import io
import re
import zipfile
from collections.abc import Iterator

import docx as word_files
import pytest
from django.db import DatabaseError, connections, transaction
from docx.oxml.ns import qn
from docx.table import Table as WordTable
from docx.text.paragraph import Paragraph
from pypdf import PdfReader
from python_calamine import load_workbook

from giamngheo.access.scope import acting_as
from giamngheo.areas.models import Unit
from giamngheo.audit.models import Event
from giamngheo.reports import errors
from giamngheo.reports.models import WrittenReport
from giamngheo.reports.words import actions, queries
from giamngheo.reports.words.document import Document, Table, thaw
from giamngheo.reports.words.drawings import svg
from giamngheo.reports.words.fields import BLANK, basis
from giamngheo.reports.words.pdf import pdf
from giamngheo.reports.words.template import own_template
from giamngheo.reports.words.word import docx
from giamngheo.reports.words.xlsx import xlsx
from giamngheo.resolution.clauses import resolutions
from tests.conftest import Cast
from tests.reports.words.conftest import Written

pytestmark = pytest.mark.django_db(databases=["default", "owner"])
RESOLUTION = "lai-chau-2016-2020"


def lines_of(file: bytes) -> Iterator[str]:
    """Every paragraph and every cell of a Word file in their order, the empty ones left out."""
    for child in word_files.Document(io.BytesIO(file)).element.body:
        if child.tag == qn("w:p"):
            texts = [Paragraph(child, None).text]  # type: ignore[arg-type]
        elif child.tag == qn("w:tbl"):
            cells = [cell for row in WordTable(child, None).rows for cell in row.cells]  # type: ignore[arg-type]
            texts = [cell.text for cell in cells]
        else:
            continue
        yield from (text for text in texts if text.strip())


def expected(document: Document) -> Iterator[str]:
    """The same as the frozen document says it."""
    for section in document.sections:
        yield f"{section.number}. {section.heading}"
        yield from (document.fill(text) for text in section.texts)
        yield from (f"Hình: {picture.title}" for picture in section.pictures)
        for table in section.tables:
            yield f"Bảng: {table.title}"
            yield from cells_of(table, document)
        yield from (BLANK.format(blank) for blank in section.blanks)
    yield document.annex.title
    yield basis(document)
    yield from cells_of(document.annex, document)


def cells_of(table: Table, document: Document) -> Iterator[str]:
    yield from table.heads
    yield from (document.fill(cell) for row in table.rows for cell in row)


def test_a_final_report_read_back_from_word_says_what_is_frozen(cast: Cast, written: Written) -> None:
    row = written(cast.province, "12", "final", "2016/2020")
    with acting_as(cast.province):
        document = queries.document_of(row)
        file, printed = docx(document, own_template()), pdf(document)
        drawn = [(picture, svg(document, picture)) for s in document.sections for picture in s.pictures]
    assert document.fingerprint == row.fingerprint and thaw(document.canonical()) == document
    lines = list(lines_of(file))
    first, last = (
        lines.index("1. Kết quả giảm nghèo"),
        next(i for i, t in enumerate(lines) if "Nơi nhận" in t),
    )
    annex = next(i for i, t in enumerate(lines) if t.startswith("Phụ lục. "))
    body = [*lines[first:last], lines[annex].removeprefix("Phụ lục. "), *lines[annex + 1 :]]
    assert body == list(expected(document))
    assert "tỉnh Lai Châu, giai đoạn 2016 – 2020" in lines
    with zipfile.ZipFile(io.BytesIO(file)) as parts:
        assert len([name for name in parts.namelist() if name.endswith(".png")]) == len(drawn) > 3
        assert "DỮ LIỆU MÔ PHỎNG" in "".join(
            parts.read(n).decode() for n in parts.namelist() if "header" in n
        )
    word = word_files.Document(io.BytesIO(file))
    told = [one.get("descr") for one in word.element.body.iter(qn("wp:docPr"))]
    assert len(told) == len(drawn) and all(
        words.startswith(f"{picture.title}. ") and document.figures[picture.marks[0][2]].shown in words
        for (picture, _made), words in zip(drawn, told, strict=True)
    )
    listings = [table for table in word.tables if len(table.rows) > 1]
    assert len(listings) == sum(len(section.tables) for section in document.sections) + 1  # and the annex
    for table in listings:  # its head stands again on every page, and no row is broken over two
        assert table.rows[0]._tr.find(f".//{qn('w:tblHeader')}") is not None
        assert all(line._tr.find(f".//{qn('w:cantSplit')}") is not None for line in table.rows)
    assert {one.get(qn("w:val")) for one in word.styles.element.iter(qn("w:lang"))} == {"vi-VN"}
    assert word.core_properties.title == f"{document.title}, tỉnh Lai Châu, giai đoạn 2016 – 2020"
    for picture, made in drawn:
        for _label, _place, key in picture.marks:
            assert document.figures[key].shown in made, key
    pages = [re.sub(r"\s+", " ", page.extract_text()) for page in PdfReader(io.BytesIO(printed)).pages]
    assert len(pages) > 10 and all("MÔ PHỎNG" in page for page in pages)
    sentences = [document.fill(text) for section in document.sections[:2] for text in section.texts]
    assert all(sentence in " ".join(pages) for sentence in sentences)
    sheet = load_workbook(io.BytesIO(xlsx(document))).get_sheet_by_index(0).to_python()
    assert {line[0]: line[2] for line in sheet[4:]} == {k: f.shown for k, f in document.figures.items()}


def test_a_final_report_holds_the_decided_figures_every_target_and_no_typed_number(
    cast: Cast, written: Written
) -> None:
    row = written(cast.province, "12", "final", "2016/2020")
    with acting_as(cast.province):
        document = queries.document_of(row)
    figures, resolution = document.figures, resolutions()[RESOLUTION]
    assert [figures[f"rate.{year}"].shown for year in (2015, 2020)] == ["40,33%", "16,33%"]
    assert figures["change.all"].shown == "24,00 điểm phần trăm" and figures["pace"].value == pytest.approx(
        -0.048
    )
    assert (
        figures["targets.all"].value
        == 36
        == sum(f"target.{t.id}.asked" in figures for t in resolution.targets)
    )
    numbers = {section.number for section in document.sections}
    assert {c.place for c in resolution.walk() if resolution.targets_of(c.id)} <= numbers
    assert {"II.3.1", "II.4.6", "III.4"} <= numbers
    assert (
        figures["target.roads-villages.last"].confidence if "target.roads-villages.last" in figures else True
    )
    assert all(one.origin for one in figures.values())
    assert {one.confidence for one in figures.values() if one.origin == "published"} >= {"seen"}
    names = sorted((t.name.vi for t in resolution.targets), key=len, reverse=True)
    for text in (text for section in document.sections for text in section.texts):
        bare = re.sub(r"\{[\w.:-]+\}", "", text)
        for name in (*names, resolution.name.vi):
            bare = bare.replace(name, "")
        bare = re.sub(r"\d{2}/\d{2}/\d{4}|\b20\d\d\b", "", bare)
        assert not re.search(r"\d", bare), text
    assert document.law.keys() == {f"nghị quyết {RESOLUTION}", "chuẩn nghèo 2016-2020"} and document.snapshot


@pytest.mark.parametrize(
    ("who", "code", "kind", "period", "base"),
    [
        ("province", "108", "interim", "2016/2018", "2015"),
        ("leader", "12", "annual", "2020", "2019"),
        ("district", "108", "annual", "2019", "2018"),
        ("officer", "03541", "quarterly", "2021-Q3", "2019"),
        ("province", "12", "monthly", "2018-11", "2016"),
    ],
)
def test_each_kind_compares_with_the_period_before(
    cast: Cast, written: Written, who: str, code: str, kind: str, period: str, base: str
) -> None:
    by = getattr(cast, who)
    row = written(by, code, kind, period)
    with acting_as(by):
        document = queries.document_of(row)
    years = sorted(key.removeprefix("rate.") for key in document.figures if key.startswith("rate."))
    assert years[0] == base and len(years) >= 2
    assert any("So với cuối năm" in text for text in document.sections[0].texts)
    assert sum(len(section.blanks) for section in document.sections) >= 2


def test_a_leaders_report_counts_no_household_one_by_one(cast: Cast, written: Written) -> None:
    row = written(cast.leader, "12", "annual", "2020")
    with acting_as(cast.leader):
        document = queries.document_of(row)
    assert not any(key.startswith("part.") for key in document.figures)
    assert any("chỉ xem số liệu" in text for section in document.sections for text in section.texts)


def test_a_written_report_is_never_changed_and_is_recorded(cast: Cast, written: Written) -> None:
    row = written(cast.officer, "03541", "annual", "2020")
    for statement in ("UPDATE reports_writtenreport SET kind = 'final'", "DELETE FROM reports_writtenreport"):
        with (
            pytest.raises(DatabaseError, match=r"never changed|permission denied"),
            transaction.atomic(using="default"),
            acting_as(cast.province),
            connections["default"].cursor() as cursor,
        ):
            cursor.execute(statement)
    with acting_as(cast.auditor):
        found = set(Event.objects.filter(subject__startswith="reports_writ").values_list("subject", "kind"))
        assert Event.objects.get(subject="reports_writtenreport").row == str(row.pk)
    assert ("reports_writing", "insert") in found and ("reports_writing", "update") in found


def test_each_sees_the_reports_of_their_units_alone(cast: Cast, written: Written) -> None:
    own = written(cast.officer, "03541", "annual", "2020")
    whole = written(cast.province, "12", "annual", "2020")
    seen = {}
    for name in ("province", "leader", "officer", "other_officer", "admin"):
        with acting_as(getattr(cast, name)):
            seen[name] = set(WrittenReport.objects.values_list("pk", flat=True))
    both = {own.pk, whole.pk}
    assert seen == {
        "province": both,
        "leader": both,
        "officer": {own.pk},
        "other_officer": set(),
        "admin": set(),
    }


@pytest.mark.parametrize(
    ("who", "code", "kind", "period", "refusal"),
    [
        ("officer", "12", "annual", "2020", errors.MayNotWriteError),
        ("other_officer", "03541", "annual", "2020", errors.MayNotWriteError),
        ("head", "03541", "annual", "2020", errors.MayNotWriteError),
        ("auditor", "12", "annual", "2020", errors.MayNotWriteError),
        ("province", "12", "annual", "2020-Q1", errors.NoSuchPeriodError),
        ("province", "12", "monthly", "2020", errors.NoSuchPeriodError),
        ("province", "12", "annual", "20x0", errors.NoSuchPeriodError),
        ("province", "12", "weekly", "2020", errors.NoSuchPeriodError),
        ("province", "12", "annual", "2021", errors.NotEndedError),
    ],
)
def test_what_is_refused(
    cast: Cast, who: str, code: str, kind: str, period: str, refusal: type[Exception]
) -> None:
    by = getattr(cast, who)
    with acting_as(by), pytest.raises(refusal):
        actions.ask(kind=kind, unit=Unit.objects.filter(code=code)[0], period=period, by=by)
