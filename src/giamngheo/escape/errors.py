"""Refusals of the room; each says what is wrong and what to do."""

from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop


class EscapeError(Exception):
    """Something that is refused; the message is a sentence for the person who tried it."""

    sentence = ""

    def __init__(self, **details: object) -> None:
        super().__init__(_(self.sentence) % details)


class TooFewRoundsError(EscapeError):
    sentence = gettext_noop(
        "Kho số liệu mới có %(found)s đợt đã đóng theo cùng một chuẩn; cần ít nhất %(needed)s đợt liền nhau."
    )


class NobodyEscapedError(EscapeError):
    sentence = gettext_noop("Ở đây chưa có hộ nào thoát nghèo rồi được rà soát lại ở đợt sau.")


class CannotRankError(EscapeError):
    sentence = gettext_noop(
        "Mới có %(events)s lượt nghèo lại: mô hình chưa phân biệt được hộ nào dễ nghèo lại hơn (nêu tên thì phải nêu"
        " %(share)s%% số hộ). Cần thêm đợt rà soát hoặc thêm địa bàn."
    )


class NoRoundBeforeError(EscapeError):
    sentence = gettext_noop("Kho số liệu không có đợt rà soát đã đóng của năm trước năm %(year)s.")


class MakerError(EscapeError):
    sentence = gettext_noop("Danh sách theo dõi do cán bộ tỉnh lập, cho toàn tỉnh.")


class MakingAlreadyError(EscapeError):
    sentence = gettext_noop("Một danh sách theo dõi đang được lập; hãy chờ nó xong.")
