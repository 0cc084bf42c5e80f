"""What the minutes of a village meeting ask, in their order: one list for the printed form and for the screen."""

from dataclasses import dataclass
from typing import Literal

Kind = Literal["person", "text", "moment", "attendance", "count", "yes_no", "lines", "klass", "kinship"]
Part = Literal["meeting", "household", "interest", "closing"]


def _(words: str) -> str:
    """Marks words for the catalogues and leaves them: paper stays Vietnamese, the screen translates."""
    return words


@dataclass(frozen=True)
class MinutesField:
    """One question: `part` 'household' and 'interest' are asked once a row, the rest once.

    `label` is Vietnamese and goes through gettext on a screen; `given` is what the system fills in before the meeting.
    """

    key: str
    label: str
    kind: Kind
    part: Part
    given: bool = False


#: 'present_<capacity>' bears the codes of the capacities in which people attend; 'present' is all who may vote.
MINUTES_FIELDS: tuple[MinutesField, ...] = (
    MinutesField("chair", _("Người chủ trì"), "person", "meeting"),
    MinutesField("secretary", _("Thư ký"), "person", "meeting"),
    MinutesField("place", _("Địa điểm họp"), "text", "meeting"),
    MinutesField("meets_at", _("Thời gian họp"), "moment", "meeting"),
    MinutesField("present_head", _("Trưởng thôn, bản"), "attendance", "meeting"),
    MinutesField("present_party_cell", _("Đại diện chi bộ"), "attendance", "meeting"),
    MinutesField("present_union", _("Đại diện các đoàn thể"), "attendance", "meeting"),
    MinutesField("present_commune", _("Cán bộ xã"), "attendance", "meeting"),
    MinutesField("present_reviewer", _("Rà soát viên"), "attendance", "meeting"),
    MinutesField("present_household", _("Đại diện hộ gia đình"), "attendance", "meeting"),
    MinutesField("present_front", _("Mặt trận Tổ quốc giám sát"), "attendance", "meeting"),
    MinutesField("present", _("Số người dự họp có quyền biểu quyết"), "count", "meeting"),
    MinutesField("invited", _("Số hộ được mời"), "count", "meeting"),
    MinutesField("quorum", _("Đủ thành phần để họp"), "yes_no", "meeting"),
    MinutesField("head_name", _("Chủ hộ"), "person", "household", given=True),
    MinutesField("klass", _("Kết quả rà soát"), "klass", "household", given=True),
    MinutesField("agree", _("Đồng ý"), "count", "household"),
    MinutesField("disagree", _("Không đồng ý"), "count", "household"),
    MinutesField("remarks", _("Ý kiến, nhận xét"), "text", "household"),
    MinutesField("head_name", _("Chủ hộ"), "person", "interest"),
    MinutesField("klass", _("Kết quả rà soát"), "klass", "interest"),
    MinutesField("official", _("Người tham gia rà soát có liên quan"), "person", "interest"),
    MinutesField("kinship", _("Hộ của mình hay của người thân"), "kinship", "interest"),
    MinutesField("voters", _("Số người còn lại biểu quyết"), "count", "interest"),
    MinutesField("agree", _("Đồng ý"), "count", "interest"),
    MinutesField("disagree", _("Không đồng ý"), "count", "interest"),
    MinutesField("dissent", _("Ý kiến khác, ý kiến bảo lưu"), "lines", "closing"),
    MinutesField("conclusion", _("Kết luận của cuộc họp"), "lines", "closing"),
)


def fields_of(part: Part) -> tuple[MinutesField, ...]:
    """The questions of one part, in their order."""
    return tuple(field for field in MINUTES_FIELDS if field.part == part)
