"""The Word template that comes with the system, as a province downloads it, changes it in Word and brings it back."""

import io
from functools import cache
from typing import Any

import docx
from docx.enum.text import WD_ALIGN_PARAGRAPH
from docx.oxml import OxmlElement
from docx.oxml.ns import qn
from docx.shared import Cm, Pt

FONT = "Times New Roman"


@cache
def own_template() -> bytes:
    """The template as DOCX, A4 as Nghị định 30/2020 lays it out."""
    made = docx.Document()
    _styles(made)
    _page(made)
    _letterhead(made)
    _line(made, "{{ tieu_de }}", "Title")
    _line(made, "{{ don_vi }}, {{ thoi_ky }}", "Subtitle")
    _sections(made)
    _signatures(made)
    _annex(made)
    target = io.BytesIO()
    made.save(target)
    return target.getvalue()


def _styles(made: Any) -> None:
    sizes = {
        "Normal": 13,
        "Title": 15,
        "Subtitle": 13,
        "Heading 1": 14,
        "Heading 2": 13,
        "Caption": 11,
        "Intense Quote": 13,
    }
    for name, size in sizes.items():
        style = made.styles[name]
        style.font.name, style.font.size = FONT, Pt(size)
        style.element.get_or_add_rPr().get_or_add_rFonts().set(qn("w:eastAsia"), FONT)
        for theme in ("asciiTheme", "hAnsiTheme", "eastAsiaTheme", "cstheme"):
            style.element.rPr.rFonts.attrib.pop(qn(f"w:{theme}"), None)
        style.font.color.rgb = docx.shared.RGBColor(0, 0, 0)
    for spoken in made.styles.element.iter(qn("w:lang")):  # by which a screen reader pronounces
        spoken.set(qn("w:val"), "vi-VN")
    normal = made.styles["Normal"].paragraph_format
    normal.space_after, normal.line_spacing = Pt(6), 1.15
    for name in ("Title", "Subtitle"):
        style = made.styles[name]
        style.paragraph_format.alignment, style.font.bold, style.font.italic = (
            WD_ALIGN_PARAGRAPH.CENTER,
            True,
            False,
        )
        for border in style.element.findall(f".//{qn('w:pBdr')}"):
            border.getparent().remove(border)
    for name in ("Heading 1", "Heading 2"):
        heading = made.styles[name]
        heading.font.bold, heading.paragraph_format.keep_with_next = True, True
        heading.paragraph_format.space_before, heading.paragraph_format.space_after = Pt(14), Pt(6)
    made.styles["Title"].paragraph_format.space_before = Pt(24)
    caption = made.styles["Caption"]
    caption.font.bold, caption.font.italic, caption.paragraph_format.keep_with_next = True, False, True
    blank = made.styles["Intense Quote"]
    blank.font.italic, blank.font.bold = True, False
    blank.paragraph_format.left_indent = blank.paragraph_format.right_indent = Cm(0)
    blank.paragraph_format.alignment = WD_ALIGN_PARAGRAPH.LEFT
    blank.paragraph_format.space_before = blank.paragraph_format.space_after = Pt(6)
    for border in blank.element.findall(f".//{qn('w:pBdr')}"):
        border.getparent().remove(border)
    shade = OxmlElement("w:shd")
    for name, value in (("val", "clear"), ("color", "auto"), ("fill", "FFF2CC")):
        shade.set(qn(f"w:{name}"), value)
    blank.element.get_or_add_pPr().append(shade)


def _page(made: Any) -> None:
    section = made.sections[0]
    section.page_width, section.page_height = Cm(21), Cm(29.7)
    section.top_margin = section.bottom_margin = Cm(2)
    section.left_margin, section.right_margin = Cm(3), Cm(1.7)
    head = section.header.paragraphs[0]
    head.alignment, run = WD_ALIGN_PARAGRAPH.CENTER, head.add_run("{{ mo_phong }}")
    run.bold, run.font.size = True, Pt(9)
    foot = section.footer.paragraphs[0]
    foot.alignment = WD_ALIGN_PARAGRAPH.RIGHT
    run = foot.add_run("{{ tieu_de }} – {{ don_vi }} – trang ")
    run.font.size = Pt(9)
    number = foot.add_run()
    number.font.size, number.font.name = Pt(9), FONT
    for kind, text in (("begin", ""), ("", "PAGE"), ("end", "")):
        part = OxmlElement("w:fldChar" if kind else "w:instrText")
        if kind:
            part.set(qn("w:fldCharType"), kind)
        else:
            part.text = text
        number._r.append(part)


def _letterhead(made: Any) -> None:
    left, right = _two_cells(made, Cm(6.8), Cm(9.5))
    _centred(left, "{%p if cap_tren %}", "ỦY BAN NHÂN DÂN", "{{ cap_tren|upper }}", "{%p endif %}")
    _centred(left, "ỦY BAN NHÂN DÂN", "{{ don_vi|upper }}", bold=True)
    _centred(left, "Số: ……/BC-UBND")
    _centred(right, "CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM", "Độc lập - Tự do - Hạnh phúc", bold=True)
    _centred(right, "{{ noi_lap }}, {{ ngay_viet }}", italic=True)


def _signatures(made: Any) -> None:
    left, right = _two_cells(made, Cm(8.15), Cm(8.15))
    left.paragraphs[0].add_run("Nơi nhận:").italic = True
    for text in ("- ……;", "- Lưu: VT."):
        left.add_paragraph(text).paragraph_format.space_after = Pt(0)
    _centred(right, "TM. ỦY BAN NHÂN DÂN", "CHỦ TỊCH", "", "", "", "……………………", bold=True)


def _two_cells(made: Any, *widths: Any) -> tuple[Any, Any]:
    """A table of one row without lines, the two columns as wide as given."""
    table = made.add_table(rows=1, cols=2)
    table.autofit = False
    for column, width in zip(table.columns, widths, strict=True):
        column.width = column.cells[0].width = width
    return table.rows[0].cells[0], table.rows[0].cells[1]


def _centred(cell: Any, *lines: str, bold: bool = False, italic: bool = False) -> None:
    for text in lines:
        blank = len(cell.paragraphs) == 1 and not cell.paragraphs[0].text
        paragraph = cell.paragraphs[0] if blank else cell.add_paragraph()
        paragraph.alignment, paragraph.paragraph_format.space_after = WD_ALIGN_PARAGRAPH.CENTER, Pt(0)
        paragraph.paragraph_format.line_spacing = 1.0
        run = paragraph.add_run(text)
        run.bold, run.italic, run.font.size = bold, italic, Pt(12)


def _sections(made: Any) -> None:
    _line(made, "{%p for muc in cac_muc %}")
    _line(made, "{%p if muc.cap == 1 %}")
    _line(made, "{{ muc.so }}. {{ muc.ten }}", "Heading 1")
    _line(made, "{%p else %}")
    _line(made, "{{ muc.so }}. {{ muc.ten }}", "Heading 2")
    _line(made, "{%p endif %}")
    _line(made, "{%p for cau in muc.cau %}")
    made.add_paragraph("{{ cau }}").alignment = WD_ALIGN_PARAGRAPH.JUSTIFY
    _line(made, "{%p endfor %}")
    _line(made, "{%p for hinh in muc.hinh %}")
    _line(made, "Hình: {{ hinh.ten }}", "Caption")
    made.add_paragraph("{{ hinh.anh }}").alignment = WD_ALIGN_PARAGRAPH.CENTER
    _line(made, "{%p endfor %}")
    _line(made, "{%p for bang in muc.bang %}")
    _line(made, "Bảng: {{ bang.ten }}", "Caption")
    _grid(made, "bang")
    _line(made, "")
    _line(made, "{%p endfor %}")
    _line(made, "{%p for cho_trong in muc.can_viet %}")
    _line(made, "{{ cho_trong }}", "Intense Quote")
    _line(made, "{%p endfor %}")
    _line(made, "{%p endfor %}")


def _annex(made: Any) -> None:
    made.add_page_break()
    _line(made, "Phụ lục. {{ phu_luc.ten }}", "Heading 1")
    _line(made, "{{ can_cu }}")
    _grid(made, "phu_luc")


def _grid(made: Any, name: str) -> None:
    """A table with a head that stands on every page, as many columns and rows as the field has."""
    table = made.add_table(rows=4, cols=3)
    table.style = "Table Grid"
    head = OxmlElement("w:tblHeader")
    table.rows[0]._tr.get_or_add_trPr().append(head)
    texts = (
        ("{%tc for o in " + name + ".dau %}", "{{ o }}", "{%tc endfor %}"),
        ("{%tr for hang in " + name + ".hang %}", "", ""),
        ("{%tc for o in hang %}", "{{ o }}", "{%tc endfor %}"),
        ("{%tr endfor %}", "", ""),
    )
    for place, (row, words) in enumerate(zip(table.rows, texts, strict=True)):
        unbroken = OxmlElement("w:cantSplit")
        row._tr.get_or_add_trPr().append(unbroken)
        for cell, text in zip(row.cells, words, strict=True):
            run = cell.paragraphs[0].add_run(text)
            run.bold, run.font.size = place == 0, Pt(10.5)
            cell.paragraphs[0].paragraph_format.space_after = Pt(0)
            cell.paragraphs[0].paragraph_format.line_spacing = 1.0


def _line(made: Any, text: str, style: str = "Normal") -> None:
    made.add_paragraph(text, style=style)
