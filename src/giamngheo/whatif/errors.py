"""Refusals of the room; each says what is wrong and what to do."""

from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop


class TrialError(Exception):
    """Something that is refused; the message is a sentence for the person who asked for it."""

    sentence = ""

    def __init__(self, **details: object) -> None:
        super().__init__(_(self.sentence) % details)


class NoRoundError(TrialError):
    sentence = gettext_noop(
        "Kho số liệu không có đợt rà soát năm %(year)s; hãy chọn năm khác hoặc lập lại kho."
    )


class NothingChangedError(TrialError):
    sentence = gettext_noop("Chưa có thay đổi nào để thử; hãy sửa ít nhất một con số.")


class NameTakenError(TrialError):
    sentence = gettext_noop("Anh/chị đã có phương án tên “%(name)s”; hãy đặt tên khác.")


class NameLengthError(TrialError):
    sentence = gettext_noop("Tên phương án phải có từ 1 đến %(most)s ký tự.")
