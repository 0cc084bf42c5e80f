"""Every problem of a workbook in words: what is wrong, and how to mend it; Vietnamese and English."""

from collections.abc import Mapping

from giamngheo.base.sheets import MESSAGES as FILES
from giamngheo.rules.facts import MESSAGES as CELLS
from giamngheo.rules.facts import tell as tell_cell

#: code -> (Vietnamese, English). Cells that are no value of their fact have their words in rules.facts.
MESSAGES: dict[str, tuple[str, str]] = {
    "missing_sheet": (
        "Thiếu trang tính “{name}”; hãy dùng mẫu tải từ trang Nhập dữ liệu.",
        "The sheet “{name}” is missing; use the template from the import page.",
    ),
    "missing_column": ("Thiếu cột “{name}”; hãy dùng mẫu tải từ trang Nhập dữ liệu.", "The column “{name}” is missing; use the template from the import page."),
    "double_column": ("Cột “{name}” có hai lần; bỏ bớt một.", "The column “{name}” stands twice; take one away."),
    "unknown_column": ("Không biết cột “{name}”, nên không đọc.", "The column “{name}” is not known and was not read."),
    "no_rows": ("Không có hàng dữ liệu nào.", "There are no rows of data."),
    "too_long": ("{name} dài {length} ký tự; nhiều nhất là {most}.", "{name} has {length} characters; at most {most} are possible."),
    "needed": ("Phải ghi {name}.", "{name} must be given."),
    "unknown_village": (
        "Không có thôn “{name}” trong địa bàn của anh/chị vào ngày rà soát; xem danh mục thôn trong mẫu.",
        "There is no village “{name}” in your area on the day of the review; see the list in the template.",
    ),
    "other_village": (
        "Theo sổ, hộ {number} ở {village} (mã {code}); ghi đúng mã thôn ấy. Nếu hộ đã chuyển thôn, ghi nhận ở trang của hộ.",
        "By the register household {number} lives in {village} (code {code}); write that code. If it has moved, record the move on the household's page.",
    ),
    "unknown_number": (
        "Không có hộ số {number} trong địa bàn của anh/chị; bỏ trống nếu là hộ mới.",
        "There is no household {number} in your area; leave it blank for a new household.",
    ),
    "ambiguous_code": (
        "Trong sổ có {n} hộ mang mã {code} ở thôn này; ghi số hộ toàn tỉnh để chỉ đúng hộ.",
        "{n} households of this village bear the code {code}; write the province-wide number.",
    ),
    "household_twice": ("Hộ này đã có ở hàng {row}; mỗi hộ một hàng.", "This household stands in row {row} already; one row each."),
    "member_without_household": ("Thành viên không thuộc hộ nào trong trang Hộ; kiểm tra mã thôn và mã hộ.", "No household of the sheet Hộ has this member; check village and household codes."),
    "two_heads": ("Hộ có {n} chủ hộ; chỉ một người được ghi là chủ hộ.", "The household has {n} heads; only one may be."),
    "no_head": ("Hộ chưa có chủ hộ; ghi một thành viên là chủ hộ, hoặc ghi họ tên chủ hộ.", "The household has no head; mark one member, or write the head's name."),
    "too_old": ("{name}: tính ra {age} tuổi, quá 120; kiểm tra ngày, năm sinh.", "{name}: {age} years old, over 120; check the birth."),
    "born_later": ("{name}: sinh {birth}, sau ngày khảo sát {on}.", "{name}: born {birth}, after the visit on {on}."),
    "birth_disagrees": ("Ngày sinh và năm sinh không khớp.", "Date and year of birth do not agree."),
    "bad_id_number": ("Số định danh phải có 12 chữ số (CCCD) hoặc 9 chữ số (CMND).", "An id number has 12 digits (CCCD) or 9 (CMND)."),
    "id_twice": ("Số định danh này đã có ở hàng {row}.", "This id number stands in row {row} already."),
    "id_of_another": (
        "Số định danh này trong sổ là của người khác; kiểm tra lại giấy tờ, hoặc báo cấp trên nếu trùng lặp.",
        "In the register this id number is another person's; check the papers, or report a duplicate.",
    ),
    "visit_day": ("Ngày khảo sát phải trong khoảng {opens} – {until}.", "The day of the visit must lie in {opens} – {until}."),
    "plan_needed": ("Hộ chưa gặp hoặc từ chối phải có ngày quay lại.", "A household not met, or that refused, needs a day to go back."),
    "plan_before": ("Ngày quay lại phải sau ngày khảo sát.", "The day to go back must come after the visit."),
    "persons_disagree": ("Ghi {said} nhân khẩu nhưng trang Thành viên có {found}.", "{said} persons are stated, the sheet of members has {found}."),
    "b2_disagrees": ("Điểm B2 là {b2} nhưng số chỉ số thiếu hụt đã đánh dấu là {n}.", "B2 is {b2}, but {n} indicators are ticked."),
    "income_small": ("Thu nhập {value} đồng/người/tháng rất nhỏ; có phải ghi theo nghìn đồng?", "An income of {value} đồng is very small; was it written in thousands?"),
    "class_differs": ("Danh sách ghi “{said}” nhưng theo điểm và chỉ số đã nhập thì hộ là “{found}”.", "The list says “{said}”, by the points and indicators given it is “{found}”."),
    "matched_by_name": ("Khớp với hộ {number} trong sổ theo tên chủ hộ; ghi số hộ nếu không đúng.", "Matched with household {number} by the head's name; write the number if that is wrong."),
    "ambiguous_member": (
        "Không rõ {name} là người nào trong sổ: trong hộ có người tên gần như thế; ghi số định danh hoặc đúng tên và ngày sinh trong sổ.",
        "It is not clear who {name} is in the register: the household has someone of nearly that name; give the id number, or the name and birth as registered.",
    ),
    "head_only": ("Hộ mới chỉ có tên chủ hộ, chưa có thành viên nào.", "A new household with only its head's name."),
}  # fmt: skip


def tell(code: str, params: Mapping[str, str], language: str = "vi") -> str:
    """The sentence of a problem."""
    if code.startswith("file_"):
        return FILES[code.removeprefix("file_")][language == "en"].format(**params)
    if code in CELLS:
        return tell_cell(code, params, language)
    return MESSAGES[code][language == "en"].format(**params)
