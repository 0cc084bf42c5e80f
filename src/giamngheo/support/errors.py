"""Refusals of the support room; each says what is wrong and what to do."""

from datetime import date

from django.utils.formats import date_format
from django.utils.translation import get_language, gettext_noop
from django.utils.translation import gettext as _

from giamngheo.support.checks import Fault


class SupportError(Exception):
    """Something of the support room that is refused; the message is a sentence for the person who tried it."""

    sentence = ""

    def __init__(self, **details: object) -> None:
        shown = {k: date_format(v, "d/m/Y") if isinstance(v, date) else v for k, v in details.items()}
        super().__init__(_(self.sentence) % shown)


class NotSoError(SupportError):
    """What was told of a delivery can't be so; `faults` names every field."""

    def __init__(self, faults: list[Fault]) -> None:
        self.faults = faults
        language = get_language() or "vi"
        Exception.__init__(self, " ".join(fault.sentence(language) for fault in faults))


class NotWriterError(SupportError):
    sentence = gettext_noop("Vai trò của anh/chị không ghi được việc chi trả.")


class OutsideAreaError(SupportError):
    sentence = gettext_noop("Không có hộ, người, danh sách hay phát hiện này trong địa bàn của anh/chị.")


class WrittenAlreadyError(SupportError):
    sentence = gettext_noop("Lần chi này đã có trong sổ; không ghi hai lần.")


class ReasonNeededError(SupportError):
    sentence = gettext_noop("Hãy ghi lý do.")


class NotOnListError(SupportError):
    sentence = gettext_noop(
        "Danh sách này không có hộ số %(numbers)s ở %(village)s; hãy xem lại số hộ. Chưa có suất nào được ghi."
    )


class ReplacedAlreadyError(SupportError):
    sentence = gettext_noop("Lần chi này đã được đính chính; hãy đính chính dòng mới nhất.")


class NotALoanError(SupportError):
    sentence = gettext_noop("Đây không phải là vốn vay.")


class NotAThingError(SupportError):
    sentence = gettext_noop(
        "Thẻ và dịch vụ không có gì để theo dõi về sau; hãy chọn tình trạng của hiện vật."
    )


# --- plans of households --------------------------------------------------------------------------------------------


class NotCompanionError(SupportError):
    sentence = gettext_noop("Kế hoạch của hộ do trưởng thôn, bản hoặc công chức xã ghi và theo dõi.")


class PlanThereError(SupportError):
    sentence = gettext_noop(
        "Hộ đang có một kế hoạch chưa kết thúc; hãy ghi kết quả của kế hoạch ấy trước, hoặc sửa nó."
    )


class PlanOverError(SupportError):
    sentence = gettext_noop("Kế hoạch này đã kết thúc hoặc đã có bản mới; chỉ xem được.")


class PlanWordsError(SupportError):
    sentence = gettext_noop("Hãy ghi hộ định làm gì và ai đồng hành.")


class BackwardPlanError(SupportError):
    sentence = gettext_noop("Kế hoạch từ %(since)s đến %(until)s là ngược; ngày đầu phải trước ngày cuối.")


class OwnStepError(SupportError):
    sentence = gettext_noop(
        "Việc hộ tự làm không gắn với chính sách hay điều kiện; hãy chọn “Đề nghị hỗ trợ”."
    )


class UnknownPolicyError(SupportError):
    sentence = gettext_noop("Không có chính sách “%(policy)s” trong hệ thống; hãy chọn một trong danh mục.")


class StepOutsideError(SupportError):
    sentence = gettext_noop("Ngày %(on)s nằm ngoài kế hoạch (%(since)s – %(until)s).")


# --- lists ----------------------------------------------------------------------------------------------------------


class ListThereError(SupportError):
    sentence = gettext_noop("Xã đã có danh sách của chính sách này cho kỳ này.")


class YearToComeError(SupportError):
    sentence = gettext_noop("Năm %(year)s chưa tới; hãy lập danh sách từ năm nay trở về trước.")


class NobodyEntitledError(SupportError):
    sentence = gettext_noop("Theo sổ ngày %(on)s, không ai trong xã thuộc diện của chính sách này.")


class LineThereError(SupportError):
    sentence = gettext_noop("Người này, hộ này đã có trong danh sách cho khoản ấy.")


class UnknownRankError(SupportError):
    sentence = gettext_noop("Hãy chọn hạng ưu tiên của hộ theo chính sách này.")


class NotYourStepError(SupportError):
    sentence = gettext_noop("Bước này do %(who)s làm.")


class WrongStepError(SupportError):
    sentence = gettext_noop("Danh sách đang ở bước “%(state)s”; chưa hoặc không còn làm được việc này.")


class SameHandsError(SupportError):
    sentence = gettext_noop(
        "Người đã lập hay thẩm định danh sách này không được tự thẩm định, phê duyệt nó; hãy nhờ người khác."
    )


class DecisionNumberError(SupportError):
    sentence = gettext_noop("Hãy ghi số quyết định phê duyệt.")


class FutureDayError(SupportError):
    sentence = gettext_noop("Ngày %(on)s chưa tới; hãy ghi ngày việc đã diễn ra.")


# --- workbooks ------------------------------------------------------------------------------------------------------


class IntakeError(SupportError):
    """A workbook is not taken; the message says why."""


class TooLargeError(IntakeError):
    sentence = gettext_noop("Tệp lớn hơn %(limit)s MB; hãy chia thành nhiều tệp.")


class WrongStateError(IntakeError):
    sentence = gettext_noop("Tệp đang ở bước “%(state)s”, không làm việc này được.")


class SameFileError(IntakeError):
    sentence = gettext_noop("Tệp này (cùng nội dung) đã được ghi ngày %(on)s; không có gì phải ghi thêm.")


class DoubtsLeftError(IntakeError):
    sentence = gettext_noop(
        "Còn %(n)s dòng chưa rõ là ai; hãy chọn người hoặc “không phải ai” cho từng dòng."
    )


# --- findings -------------------------------------------------------------------------------------------------------


class SearchGoingOnError(SupportError):
    sentence = gettext_noop("Một lượt đối chiếu đang chạy; hãy chờ nó xong.")


class UnknownStateError(SupportError):
    sentence = gettext_noop("Hãy chọn giải trình, khắc phục, bác bỏ hoặc mở lại.")
