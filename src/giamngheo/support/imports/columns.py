"""The columns of an agency's workbook of deliveries, by whatever heading it writes them under."""

from collections.abc import Sequence
from functools import cache

from giamngheo.base.sheets import Cell
from giamngheo.base.text import fold
from giamngheo.rules.facts import MEMBER, Fact, facts
from giamngheo.support.models import Agency

#: key, type, Vietnamese, English, other headings.
_OWN: tuple[tuple[str, str, str, str, tuple[str, ...]], ...] = (
    ("policy", "text", "Chính sách", "Policy", ("Mã chính sách", "Tên chính sách", "policy")),
    ("benefit", "text", "Khoản hưởng", "Benefit", ("Mã khoản", "benefit")),
    ("full_name", "text", "Họ và tên", "Full name", ("Họ tên", "Họ tên người hưởng", "Người hưởng", "Họ tên học sinh", "Tên khách hàng", "Họ tên người vay", "Tên người vay")),
    ("head_name", "text", "Chủ hộ", "Head of household", ("Họ tên chủ hộ", "Họ và tên chủ hộ")),
    ("household_number", "text", "Số hộ toàn tỉnh", "Province-wide number", ("Số hộ", "Mã số hộ")),
    ("commune_code", "text", "Mã xã", "Commune code", ()),
    ("commune", "text", "Xã", "Commune", ("Xã/phường/thị trấn", "Tên xã")),
    ("village_code", "text", "Mã thôn", "Village code", ("Mã thôn bản",)),
    ("village", "text", "Thôn/bản", "Village", ("Thôn", "Bản", "Thôn bản", "Địa chỉ thôn bản")),
    ("since", "date", "Từ ngày", "From", ("Hạn sử dụng từ", "Giá trị từ ngày", "Kỳ từ ngày")),
    ("until", "date", "Đến ngày", "To", ("Hạn sử dụng đến", "Giá trị đến ngày", "Kỳ đến ngày", "Hạn trả")),
    ("given_on", "date", "Ngày cấp", "Given on", ("Ngày chi", "Ngày chi trả", "Ngày giải ngân", "Ngày nhận", "Ngày phát")),
    ("amount", "int", "Số tiền", "Amount", ("Số tiền (đồng)", "Số tiền chi", "Số tiền đóng", "Số tiền vay", "Thành tiền", "Giá trị")),
    ("item", "text", "Hiện vật", "Thing", ("Tên hiện vật", "Loại hiện vật", "Mặt hàng")),
    ("quantity", "number", "Số lượng", "Quantity", ("Khối lượng", "Số kg")),
    ("measure", "text", "Đơn vị tính", "Unit", ("ĐVT",)),
    ("evidence", "text", "Số chứng từ", "Evidence", ("Mã thẻ BHYT", "Số thẻ BHYT", "Số thẻ", "Số hợp đồng", "Mã khách hàng", "Mã khoản vay", "Số khế ước")),
    ("source", "text", "Nguồn vốn", "Source", ("Nguồn", "Nguồn kinh phí")),
    ("outstanding", "int", "Dư nợ", "Outstanding", ("Dư nợ (đồng)",)),
    ("overdue", "int", "Nợ quá hạn", "Overdue", ()),
)  # fmt: skip
_OF_PERSON = ("birth_date", "birth_year", "sex", "ethnic", "id_number")
#: Columns that say nothing here and are passed over in silence.
_PASSED = frozenset(fold(word) for word in ("STT", "TT", "Số thứ tự", "Ghi chú", "Lỗi", "Trường", "Lớp"))
#: Columns without which the workbook of an agency can't be read; one of each group.
NEEDED = (("full_name", "head_name", "household_number"), ("given_on",))

#: What the workbooks of each agency usually bear, for their templates.
TEMPLATES: dict[str, tuple[str, ...]] = {
    Agency.INSURANCE: ("full_name", "birth_date", "sex", "id_number", "commune", "village", "evidence", "since", "until", "amount", "given_on"),
    Agency.EDUCATION: ("full_name", "birth_date", "sex", "ethnic", "commune", "village", "since", "until", "amount", "given_on", "evidence"),
    Agency.BANK: ("full_name", "birth_date", "id_number", "commune", "village", "evidence", "given_on", "until", "amount", "outstanding", "overdue"),
    Agency.POWER: ("head_name", "household_number", "commune", "village", "since", "until", "amount", "given_on", "evidence"),
    Agency.COMMUNE: ("head_name", "household_number", "commune", "village", "item", "quantity", "measure", "given_on", "evidence"),
}  # fmt: skip


@cache
def columns() -> dict[str, Fact]:
    """Every column by key; those of a person are the register's own."""
    own = {
        key: Fact(key=key, over=MEMBER, type=type, vi=vi, en=en, also=also)
        for key, type, vi, en, also in _OWN
    }
    return {**own, **{key: facts()[MEMBER, key] for key in _OF_PERSON}}


@cache
def _by_heading() -> dict[str, Fact]:
    found: dict[str, Fact] = {}
    for fact in columns().values():
        for word in (fact.key, fact.vi, fact.en, *fact.also):
            found.setdefault(fold(word), fact)
    return found


def recognise(headers: Sequence[Cell]) -> tuple[list[Fact | None], list[str]]:
    """The column of each heading, None where it is not read; and the headings that nobody knows."""
    found: list[Fact | None] = []
    unknown: list[str] = []
    for header in headers:
        word = fold(str(header or "").replace("*", " ").replace("\n", " "))
        fact = _by_heading().get(word)
        found.append(fact)
        if fact is None and word and word not in _PASSED:
            unknown.append(str(header))
    return found, unknown


def template_of(agency: str) -> list[Fact]:
    """The columns of the blank workbook for an agency, in order; those of the commune where it has none of its own."""
    known = columns()
    return [known[key] for key in TEMPLATES.get(agency, (*TEMPLATES[Agency.COMMUNE], "amount"))]
