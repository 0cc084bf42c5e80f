"""Refusals of a workbook as a whole, before or after it is read."""

from django.utils.translation import gettext as _


class ImportRefusedError(Exception):
    """The workbook is not taken; the message says why and what to do."""


class TooLargeError(ImportRefusedError):
    def __init__(self, limit_mb: int) -> None:
        super().__init__(
            _("Tệp lớn hơn %(limit)s MB; hãy chia thành nhiều tệp, mỗi tệp một xã.") % {"limit": limit_mb}
        )


class NotAWriterError(ImportRefusedError):
    def __init__(self) -> None:
        super().__init__(_("Vai trò của anh/chị không được nhập dữ liệu."))


class RoundClosedError(ImportRefusedError):
    def __init__(self, name: str) -> None:
        super().__init__(_("%(name)s đã đóng; không nhập thêm được.") % {"name": name})


class WrongStateError(ImportRefusedError):
    def __init__(self, state: str) -> None:
        super().__init__(_("Tệp đang ở bước “%(state)s”, không làm việc này được.") % {"state": state})


class NoRoomError(ImportRefusedError):
    def __init__(self) -> None:
        super().__init__(
            _("Máy chủ hết chỗ trên đĩa; chưa có gì được ghi. Hãy báo người quản trị rồi tải lên lại.")
        )
