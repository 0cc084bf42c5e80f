"""Refusals of the surveys room; each message says what is wrong and what to do."""

from datetime import date

from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop


class SurveyError(Exception):
    """Something of a round or a visit that is refused; the message is a sentence for the person who asked for it."""

    sentence = ""

    def __init__(self, **details: object) -> None:
        shown = {k: date_format(v, "d/m/Y") if isinstance(v, date) else v for k, v in details.items()}
        super().__init__(_(self.sentence) % shown)


class NotProvincialOfficerError(SurveyError):
    sentence = gettext_noop("Chỉ cán bộ tỉnh được mở, đóng hoặc tính lại một đợt rà soát.")


class NotWriterError(SurveyError):
    sentence = gettext_noop("Vai trò của anh/chị chỉ được xem, không được ghi kết quả rà soát.")


class RoundExistsError(SurveyError):
    sentence = gettext_noop("Năm %(year)s đã có đợt rà soát định kỳ; mỗi năm chỉ có một.")


class RoundDatesError(SurveyError):
    sentence = gettext_noop("Ngày kết thúc %(closes)s sớm hơn ngày bắt đầu %(opens)s.")


class ReferenceDateError(SurveyError):
    sentence = gettext_noop("Ngày lấy mốc pháp luật và địa bàn phải nằm trong năm %(year)s của đợt rà soát.")


class NoLawThenError(SurveyError):
    sentence = gettext_noop("Không có chuẩn nghèo nào có hiệu lực ngày %(on)s; hãy chọn ngày khác.")


class NoFormThenError(SurveyError):
    sentence = gettext_noop("Không có mẫu phiếu nào dùng được ngày %(on)s.")


class RoundClosedError(SurveyError):
    sentence = gettext_noop("“%(round)s” đã đóng; muốn ghi thêm, cán bộ tỉnh phải mở lại đợt này.")


class RoundOpenError(SurveyError):
    sentence = gettext_noop("“%(round)s” đang mở.")


class ReasonNeededError(SurveyError):
    sentence = gettext_noop("Phiếu của hộ này đã ghi rồi; muốn sửa, hãy ghi lý do.")


class ReopenReasonError(SurveyError):
    sentence = gettext_noop("Hãy ghi lý do mở lại đợt rà soát.")


class PlanNeededError(SurveyError):
    sentence = gettext_noop("Chưa gặp được hộ thì phải hẹn ngày quay lại.")


class PlanDateError(SurveyError):
    sentence = gettext_noop("Ngày quay lại %(next)s phải sau ngày đến thăm %(visited)s.")


class VisitDayNeededError(SurveyError):
    sentence = gettext_noop("Hãy ghi ngày đến thăm hộ.")


class VisitDayError(SurveyError):
    sentence = gettext_noop("Ngày đến thăm %(visited)s phải trong khoảng từ %(opens)s đến %(until)s.")


class NotLivingHereError(SurveyError):
    sentence = gettext_noop(
        "Ngày %(on)s hộ %(number)s không ở địa bàn nào trong sổ; hãy xem lại ngày hoặc nơi ở."
    )


class UnknownQuestionError(SurveyError):
    sentence = gettext_noop("Phiếu không có câu hỏi “%(key)s”.")


class WrongAnswerError(SurveyError):
    sentence = gettext_noop("%(question)s: %(problem)s")


class NotAMemberError(SurveyError):
    sentence = gettext_noop("Có người trong phiếu không phải là thành viên của hộ ngày %(on)s.")


class UnknownStandardError(SurveyError):
    sentence = gettext_noop("Không có chuẩn nghèo “%(standard)s”.")


class FiguresOnlyError(SurveyError):
    sentence = gettext_noop("Vai trò của anh/chị chỉ xem số liệu, không tải danh sách hộ.")


class NoSuchFormatError(SurveyError):
    sentence = gettext_noop("Không có kiểu tệp “%(format)s”; chọn XLSX, CSV hoặc Parquet.")
