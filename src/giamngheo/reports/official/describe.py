"""docs/reference/official-reports.md: the forms with their columns, where each is unverified, and the control totals."""

from giamngheo.reports.official.forms import Form, forms_of
from giamngheo.reports.official.layout import NOTHING
from giamngheo.reports.official.report import NEW, OLD, Basis, Column
from giamngheo.reports.official.sentences import CONTROLS
from giamngheo.rules.standards import standards

#: A standard of each generation, for its indicators, and two ethnic groups for example.
_BASES = {
    NEW: Basis(standards()["2022-2026"], 2023, None, NEW, ("01", "08")),
    OLD: Basis(standards()["2016-2020"], 2019, None, OLD, ("01", "08")),
}
_INTRO = """# Bộ báo cáo chính thức / The official reports

Sinh ra bằng `giamngheo.reports.official.describe.reference()`; đừng sửa tay. Generated; do not edit.

Mỗi mẫu lập cho tỉnh, huyện, xã; hàng là đơn vị cấp dưới trực tiếp, rồi thành thị, nông thôn, tổng cộng. Danh sách chi tiết
(mẫu 14 hộ cận nghèo, mẫu 15 hộ nghèo) có một dòng mỗi người. Cột theo dân tộc chỉ có các dân tộc hiện có (ở đây ghi hai dân
tộc làm ví dụ).
Each form is made for the province, districts and communes; rows are the units directly below, then urban, rural, total. The
detailed lists (14 near-poor, 15 poor) have a line a person. Ethnic groups have columns where there are any (here two)."""


def reference() -> str:
    """The page, Vietnamese and English side by side."""
    parts = [_INTRO]
    for generation, basis in _BASES.items():
        parts += ["", f"## {generation}"]
        for form in forms_of(generation):
            parts += ["", *_form(form, basis)]
    parts += ["", "## Số kiểm tra / Control totals", "", "| | | chặn / blocks |", "|---|---|---|"]
    for control in CONTROLS:
        if control.code != "gap":
            parts.append(f"| {control.words.vi} | {control.words.en} | {'x' if control.blocking else ''} |")
    return "\n".join(parts) + "\n"


def _form(form: Form, basis: Basis) -> list[str]:
    number = form.number[basis.generation] or "?"
    title = form.titled(basis)
    rows = ", ".join(form.measures) if len(form.measures) > 1 else NOTHING
    found = [
        f"### {number} · `{form.slug}`", "", f"{title.vi} / {title.en}. Hàng / rows: {rows}.", "",
        "| | cột | column |", "|---|---|---|",
    ]  # fmt: skip
    for column in form.columns(basis):
        number = column.formula or column.number
        found.append(f"| {number} | {_head(column, 'vi')} | {_head(column, 'en')} |")
    notes = [
        *form.noted(basis),
        *([form.unverified[basis.generation]] if basis.generation in form.unverified else []),
    ]
    return [*found, "", *(f"- {note.vi} / {note.en}" for note in notes)]


def _head(column: Column, language: str) -> str:
    return " › ".join([*(words(language) for words in column.under), column.head(language)])
