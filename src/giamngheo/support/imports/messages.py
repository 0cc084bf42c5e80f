"""Every problem of an agency's workbook in words: what is wrong, and how to mend it; Vietnamese and English."""

from collections.abc import Mapping

from giamngheo.base.sheets import MESSAGES as FILES
from giamngheo.rules.facts import MESSAGES as CELLS
from giamngheo.rules.facts import tell as tell_cell
from giamngheo.support.checks import MESSAGES as CHECKS
from giamngheo.support.checks import tell as tell_check

MESSAGES: dict[str, tuple[str, str]] = {
    "no_rows": ("Không có hàng dữ liệu nào.", "There are no rows of data."),
    "missing_column": ("Thiếu cột {name}; xem mẫu của cơ quan này.", "The column {name} is missing; see this agency's template."),
    "double_column": ("Cột “{name}” có hai lần; bỏ bớt một.", "The column “{name}” stands twice; take one away."),
    "unknown_column": ("Không biết cột “{name}”, nên không đọc.", "The column “{name}” is not known and was not read."),
    "no_policy": (
        "Tệp không có cột Chính sách; hãy chọn chính sách khi tải tệp lên.",
        "The file has no column of the policy; choose the policy when bringing it.",
    ),
    "unknown_person": (
        "Không thấy ai như “{name}” trong địa bàn của anh/chị; kiểm tra tên, ngày sinh, thôn, hoặc bỏ dòng này khỏi tệp.",
        "Nobody like “{name}” is found in your area; check name, birth and village, or take the row out of the file.",
    ),
    "unknown_household": (
        "Không có hộ số {number} trong địa bàn của anh/chị.",
        "There is no household {number} in your area.",
    ),
    "unit_gone": (
        "{unit} không còn vào ngày {on}; {heir}",
        "{unit} was no longer there on {on}; {heir}",
    ),
    "unknown_unit": ("Không có xã “{name}” trong danh mục.", "There is no commune “{name}” in the list of units."),
    "twice_in_file": (
        "Cùng người, cùng chính sách, cùng kỳ đã có ở hàng {row}; bỏ bớt một dòng.",
        "The same person, policy and period stand in row {row} already; take one row away.",
    ),
    "twice_other_evidence": (
        "Người này đã có ở hàng {row} với số chứng từ khác; vẫn ghi cả hai, phần đối chiếu sẽ báo chồng chéo.",
        "This person stands in row {row} with other evidence; both are kept, and the check will report a double.",
    ),
    "written_already": ("Dòng này đã có trong sổ; không ghi thêm.", "This row is in the book already; it is not written again."),
    "bad_id_number": ("Số giấy tờ phải có 12 chữ số (CCCD) hoặc 9 chữ số (CMND).", "An id number has 12 digits (CCCD) or 9 (CMND)."),
    "doubtful": (
        "Chưa chắc “{name}” là ai trong sổ; chọn ở trang dò người trước khi ghi.",
        "It is not sure who “{name}” is; choose on the page of doubtful matches before writing.",
    ),
}  # fmt: skip


def tell(code: str, params: Mapping[str, str], language: str = "vi") -> str:
    """The sentence of a problem."""
    if code.startswith("file_"):
        return FILES[code.removeprefix("file_")][language == "en"].format(**params)
    if code in CHECKS:
        return tell_check(code, params, language)
    if code in CELLS:
        return tell_cell(code, params, language)
    return MESSAGES[code][language == "en"].format(**params)
