"""Reports as one long table for other programs: a line a figure."""

from collections.abc import Iterable, Iterator

from giamngheo.reports.official.report import Report
from giamngheo.surveys.files import Cell, Sheet, csv_text
from giamngheo.surveys.files import Column as FileColumn

_COLUMNS = (
    ("report", "text"), ("form", "text"), ("year", "int"), ("on", "text"), ("of_code", "text"), ("of", "text"),
    ("unit_code", "text"), ("unit", "text"), ("area", "text"), ("measure", "text"), ("item", "text"),
    ("column", "text"), ("key", "text"), ("heading", "text"), ("value", "number"),
)  # fmt: skip


def csv_of(reports: Iterable[Report], language: str = "vi") -> str:
    """CSV text: figures with a point for the decimals, days in ISO; lists of households line by line likewise."""
    sheet = Sheet("Số liệu", "so-lieu", [FileColumn(key, key, kind) for key, kind in _COLUMNS])
    return csv_text(sheet, [line for report in reports for line in _lines(report, language)])


def _lines(report: Report, language: str) -> Iterator[list[Cell]]:
    of = (report.slug, report.number, report.year, report.on.isoformat(), report.unit.code, report.unit.label)
    for row in report.rows:
        place = (row.code, row.name, row.area, row.measure, row.item)
        for column, value in zip(report.columns, row.values, strict=True):
            heads = [*(words(language) for words in column.under), column.head(language)]
            yield [*of, *place, column.number, column.key, " / ".join(heads), value]
