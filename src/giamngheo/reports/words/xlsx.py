"""The frozen figures of a report as a workbook: one row a figure, with its source and how sure it is."""

import io

import xlsxwriter

from giamngheo.reports.words.document import Document
from giamngheo.reports.words.fields import basis

HEADS = ("Mã", "Số liệu", "Như trong báo cáo", "Giá trị", "Loại", "Nguồn, độ tin cậy")
WIDTHS = (34, 60, 34, 16, 10, 60)


def xlsx(document: Document) -> bytes:
    """The figures under the title of their report."""
    target = io.BytesIO()
    with xlsxwriter.Workbook(target, {"in_memory": True, "strings_to_formulas": False}) as book:
        bold, sheet = book.add_format({"bold": True}), book.add_worksheet("Số liệu")
        sheet.write_string(0, 0, f"{document.title}, {document.unit}, {document.period}", bold)
        sheet.write_string(1, 0, basis(document))
        for place, (head, width) in enumerate(zip(HEADS, WIDTHS, strict=True)):
            sheet.set_column(place, place, width)
            sheet.write_string(3, place, head, bold)
        for line, (key, one) in enumerate(document.figures.items(), 4):
            for place, text in (
                (0, key),
                (1, one.name),
                (2, one.shown),
                (4, one.kind),
                (5, document.origin_of(one)),
            ):
                sheet.write_string(line, place, text)
            if one.value is not None:
                sheet.write_number(line, 3, one.value)
        sheet.freeze_panes(4, 2)
    return target.getvalue()
