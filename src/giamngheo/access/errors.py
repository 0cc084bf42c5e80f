"""Refusals of the access room."""

from django.utils.translation import gettext as _


class AccessError(Exception):
    """A change of accounts that is refused; the message says why."""


class NotAdministratorError(AccessError):
    def __init__(self) -> None:
        super().__init__(_("Chỉ người quản trị tài khoản mới được thêm hoặc sửa tài khoản."))


class OwnAccountError(AccessError):
    def __init__(self) -> None:
        super().__init__(_("Không ai được tự đổi vai trò hoặc khoá tài khoản của chính mình."))


class UsernameTakenError(AccessError):
    def __init__(self, username: str) -> None:
        super().__init__(_("Tên đăng nhập “%(username)s” đã có người dùng.") % {"username": username})


class GrantedTodayError(AccessError):
    def __init__(self) -> None:
        super().__init__(_("Hôm nay đã giao địa bàn cho người này rồi; muốn đổi nữa, hãy làm vào ngày mai."))
