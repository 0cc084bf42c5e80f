"""Refusals of the reports room; each says what is wrong and what to do."""

from datetime import date

from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop


class IssueError(Exception):
    """Something of the issued reports that is refused; the message is a sentence for the person who asked for it."""

    sentence = ""

    def __init__(self, **details: object) -> None:
        shown = {k: date_format(v, "d/m/Y") if isinstance(v, date) else v for k, v in details.items()}
        super().__init__(_(self.sentence) % shown)


class NotProvincialOfficerError(IssueError):
    sentence = gettext_noop("Chỉ cán bộ tỉnh được lập bộ báo cáo và đóng đợt rà soát.")


class NotAnnualError(IssueError):
    sentence = gettext_noop("Bộ báo cáo lập cho đợt rà soát định kỳ; “%(round)s” không phải đợt định kỳ.")


class NoSuchDeadlineError(IssueError):
    sentence = gettext_noop("Không có kỳ báo cáo “%(deadline)s”.")


class OutsideDaysError(IssueError):
    sentence = gettext_noop(
        "Số liệu lấy đến ngày %(on)s không lập được: chỉ từ %(first)s (đợt mở) đến %(last)s (hôm nay)."
    )


class AlreadyWorkingError(IssueError):
    sentence = gettext_noop("Một bộ báo cáo của đợt này đang được lập; hãy chờ xong rồi lập lại.")


class UndecidedError(IssueError):
    sentence = gettext_noop(
        "Chưa đóng được đợt: %(count)s xã chưa có quyết định (ví dụ %(example)s)."
        " Xem trang Bình xét để biết từng xã đang ở bước nào."
    )


class NotReportedError(IssueError):
    sentence = gettext_noop("Chưa đóng được đợt: chưa lập bộ báo cáo chính thức sau quyết định cuối cùng. Hãy lập ở trang Báo cáo.")  # fmt: skip


class FindingsStandError(IssueError):
    sentence = gettext_noop(
        "Chưa đóng được đợt: %(count)s báo cáo chính thức có số kiểm tra không khớp (ví dụ %(example)s)."
        " Trang Báo cáo nói rõ từng chỗ; sửa rồi lập lại."
    )


class MayNotWriteError(IssueError):
    sentence = gettext_noop("Chỉ cán bộ tỉnh, cán bộ huyện, cán bộ xã và lãnh đạo được lập báo cáo bằng lời, cho tỉnh, huyện, xã thuộc địa bàn của mình.")  # fmt: skip


class NoSuchPeriodError(IssueError):
    sentence = gettext_noop(
        "“%(period)s” không phải kỳ của loại báo cáo này: báo cáo tháng chọn tháng, báo cáo quý chọn quý,"
        " các báo cáo khác chọn cả năm; sơ kết dừng trước năm cuối của nghị quyết."
    )


class NotEndedError(IssueError):
    sentence = gettext_noop(
        "Kỳ báo cáo đến hết ngày %(last)s, hôm nay mới %(today)s; hãy lập sau khi hết kỳ."
    )


class AlreadyWritingError(IssueError):
    sentence = gettext_noop("Báo cáo này đang được lập; hãy chờ xong.")


class TemplateError(IssueError):
    """A Word template that is not taken."""


class NotTemplateOwnerError(TemplateError):
    sentence = gettext_noop("Chỉ cán bộ tỉnh được đổi mẫu Word của báo cáo.")


class NotWordError(TemplateError):
    sentence = gettext_noop("Tệp này không phải văn bản Word (.docx) mở được; hãy lưu lại từ Word dưới dạng .docx.")  # fmt: skip


class TooBigTemplateError(TemplateError):
    sentence = gettext_noop("Mẫu quá lớn; nhiều nhất là %(most)s MB. Hãy bỏ bớt hình trong mẫu.")


class MacroError(TemplateError):
    sentence = gettext_noop("Mẫu có macro hoặc tệp nhúng (%(place)s) nên không được dùng; hãy xoá đi rồi lưu dưới dạng .docx.")  # fmt: skip


class LinkedTemplateError(TemplateError):
    sentence = gettext_noop("Mẫu có liên kết lấy nội dung ở ngoài (%(place)s) nên không được dùng; hãy bỏ liên kết, dán thẳng nội dung vào.")  # fmt: skip


class UnknownFieldError(TemplateError):
    sentence = gettext_noop("Mẫu ghi trường “%(field)s” mà báo cáo không có. Chỗ ghi: %(place)s. Xem danh sách trường trên trang Mẫu Word.")  # fmt: skip


class MissingFieldError(TemplateError):
    sentence = gettext_noop("Mẫu thiếu trường “%(field)s”: cac_muc là nội dung báo cáo, mo_phong là dòng báo dữ liệu mô phỏng; mẫu nào cũng phải có cả hai.")  # fmt: skip


class CommandRefusedError(TemplateError):
    sentence = gettext_noop("Mẫu có lệnh “%(command)s” không được dùng. Chỗ ghi: %(place)s. Chỉ dùng {{ trường }}, {%% if %%}, {%% for %%}.")  # fmt: skip


class BrokenTemplateError(TemplateError):
    sentence = gettext_noop("Mẫu hỏng: %(why)s. Chỗ hỏng: %(place)s.")


class TooMuchWrittenError(TemplateError):
    sentence = gettext_noop("Mẫu lặp quá nhiều lần nên bị dừng; hãy xem lại các vòng {%% for %%} lồng nhau.")
