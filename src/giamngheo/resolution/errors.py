"""Refusals of the resolution room; each says what is wrong, where, and what to do."""

from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop


class ResolutionError(Exception):
    """Something of a resolution that is refused; the message is a sentence for the person who asked for it."""

    sentence = ""

    def __init__(self, **details: object) -> None:
        self.details = details
        super().__init__(_(self.sentence) % details)


class UnknownResolutionError(ResolutionError):
    sentence = gettext_noop("Không có nghị quyết “%(slug)s” của tỉnh này trong law/resolutions.")


class NotAReporterError(ResolutionError):
    sentence = gettext_noop(
        "Chỉ cán bộ xã, huyện, tỉnh được nhập và xác nhận số, mỗi người trong địa bàn của mình."
    )


class NotProvincialOfficerError(ResolutionError):
    sentence = gettext_noop("Chỉ cán bộ tỉnh được đóng, mở kỳ số liệu và giao chỉ số cho cơ quan.")


class FigureRefusedError(ResolutionError):
    """A figure with everything that is wrong with it; `problems` are (field, sentence)."""

    sentence = gettext_noop("Số chưa ghi được: %(all)s")

    def __init__(self, problems: list[tuple[str, str]]) -> None:
        self.problems = problems
        super().__init__(all=" ".join(sentence for _field, sentence in problems))


class OwnFigureError(ResolutionError):
    sentence = gettext_noop("Người nhập số không được tự xác nhận; phải là một người thứ hai.")


class AlreadyConfirmedError(ResolutionError):
    sentence = gettext_noop("Số này đã được xác nhận rồi.")


class ReplacedError(ResolutionError):
    sentence = gettext_noop("Số này đã được thay bằng số khác; hãy mở số đang dùng.")


class NoReasonError(ResolutionError):
    sentence = gettext_noop("Hãy ghi lý do.")


class PeriodClosedError(ResolutionError):
    sentence = gettext_noop("Kỳ %(period)s đã đóng số liệu; cán bộ tỉnh mở lại kỳ thì mới sửa được.")


class PeriodNotOverError(ResolutionError):
    sentence = gettext_noop("Kỳ %(period)s chưa kết thúc, chưa đóng được.")


class NotClosedError(ResolutionError):
    sentence = gettext_noop("Kỳ %(period)s đang mở.")


class UnknownBodyError(ResolutionError):
    sentence = gettext_noop("Nghị quyết không có cơ quan “%(body)s”.")


class TwoBodiesError(ResolutionError):
    sentence = gettext_noop("Chỉ số “%(indicator)s” đã giao cho %(body)s; mỗi chỉ số một cơ quan.")


class SameFigureError(ResolutionError):
    sentence = gettext_noop("Số này đã có, giống hệt.")


class ReportedMeanwhileError(ResolutionError):
    sentence = gettext_noop("Vừa có người ghi số của kỳ này; hãy mở lại trang để xem. Chưa ghi gì thêm.")


class EvidenceRefusedError(ResolutionError):
    sentence = gettext_noop("“%(name)s” không phải tệp PDF, JPEG hay PNG, hoặc lớn hơn %(most)s MB.")
