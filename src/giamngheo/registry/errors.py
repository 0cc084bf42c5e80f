"""Refusals of the registry room; each message says what is wrong and what to do."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date

from django.db import DatabaseError
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop


class RegistryError(Exception):
    """A change of the register that is refused; the message is a sentence for the person who asked for it."""

    sentence = ""

    def __init__(self, **details: object) -> None:
        shown = {k: date_format(v, "d/m/Y") if isinstance(v, date) else v for k, v in details.items()}
        super().__init__(_(self.sentence) % shown)


class NotWriterError(RegistryError):
    sentence = gettext_noop("Vai trò của anh/chị chỉ được xem, không được ghi vào sổ hộ.")


class OutsideAreaError(RegistryError):
    sentence = gettext_noop("Hộ hoặc thôn này không thuộc địa bàn anh/chị phụ trách.")


class ReasonNeededError(RegistryError):
    sentence = gettext_noop("Hãy ghi lý do: vì sao sửa và căn cứ vào giấy tờ nào.")


class FutureDayError(RegistryError):
    sentence = gettext_noop("Ngày %(on)s chưa tới; sổ hộ chỉ ghi việc đã xảy ra.")


class TooEarlyError(RegistryError):
    sentence = gettext_noop(
        "Ngày %(on)s sớm hơn ngày %(since)s, là ngày bắt đầu của điều đang ghi trong sổ; hãy xem lại ngày."
    )


class NoSuchUnitThenError(RegistryError):
    sentence = gettext_noop(
        "Ngày %(on)s không có đơn vị “%(unit)s” (mã %(code)s); hãy chọn đơn vị của ngày ấy."
    )


class NotAVillageError(RegistryError):
    sentence = gettext_noop("“%(unit)s” không phải là thôn, bản; hộ phải thuộc một thôn, bản.")


class HouseholdEndedError(RegistryError):
    sentence = gettext_noop("Hộ %(number)s đã hết từ ngày %(on)s; không ghi thêm được.")


class HouseholdUnknownError(RegistryError):
    sentence = gettext_noop("Không có hộ nào mang số này, hoặc hộ ấy đã hết.")


class NoMembersError(RegistryError):
    sentence = gettext_noop("Hộ phải có ít nhất một thành viên.")


class NoHeadError(RegistryError):
    sentence = gettext_noop("Hộ phải có một chủ hộ; hãy chọn một thành viên làm chủ hộ.")


class TwoHeadsError(RegistryError):
    sentence = gettext_noop("Một hộ chỉ có một chủ hộ; hãy giữ một người, người kia chọn quan hệ khác.")


class NewHeadNeededError(RegistryError):
    sentence = gettext_noop("%(name)s đang là chủ hộ; hãy chọn chủ hộ mới trong những người còn lại.")


class NotAMemberError(RegistryError):
    sentence = gettext_noop("%(name)s không phải là thành viên của hộ này.")


class WholeHouseholdError(RegistryError):
    sentence = gettext_noop("Tách hộ phải để lại ít nhất một người; nếu cả hộ đi, hãy dùng “Chuyển hộ”.")


class SameHouseholdError(RegistryError):
    sentence = gettext_noop("Không thể nhập một hộ vào chính nó.")


class SamePlaceError(RegistryError):
    sentence = gettext_noop("Hộ đang ở “%(unit)s”; hãy chọn nơi khác.")


class NameNeededError(RegistryError):
    sentence = gettext_noop("Hãy ghi họ và tên.")


class BirthDateNeededError(RegistryError):
    sentence = gettext_noop("Hãy ghi ngày sinh của trẻ.")


class TooOldError(RegistryError):
    sentence = gettext_noop("%(name)s sinh năm %(year)s, quá 120 tuổi; hãy xem lại năm sinh.")


class LongAgoError(RegistryError):
    sentence = gettext_noop("Ngày %(on)s đã qua hơn 120 năm; hãy xem lại năm.")


class BornLaterError(RegistryError):
    sentence = gettext_noop("%(name)s sinh sau ngày %(on)s; hãy xem lại ngày sinh.")


class BirthDisagreesError(RegistryError):
    sentence = gettext_noop("Ngày sinh và năm sinh của %(name)s không khớp nhau.")


class UnknownEthnicGroupError(RegistryError):
    sentence = gettext_noop("Không có dân tộc mang mã “%(code)s”; mã dân tộc gồm hai chữ số, từ 01 đến 56.")


class UnknownRelationError(RegistryError):
    sentence = gettext_noop("Không có quan hệ “%(relation)s” với chủ hộ.")


class DeathBeforeBirthError(RegistryError):
    sentence = gettext_noop("Ngày mất %(on)s sớm hơn ngày sinh của %(name)s.")


class AlreadyDeadError(RegistryError):
    sentence = gettext_noop("%(name)s đã mất ngày %(on)s.")


class ElsewhereError(RegistryError):
    sentence = gettext_noop("Người này đang là thành viên của một hộ khác; hãy ghi chuyển đi ở hộ ấy trước.")


class ResidenceOverlapsError(RegistryError):
    sentence = gettext_noop("Khoảng thời gian này chồng lên một nơi ở khác của hộ; hãy xem lại ngày.")


class IdNumberError(RegistryError):
    sentence = gettext_noop("Số giấy tờ tuỳ thân phải có 9 chữ số (CMND) hoặc 12 chữ số (CCCD).")


class IdNumberInUseError(RegistryError):
    sentence = gettext_noop(
        "Số giấy tờ tuỳ thân này đã ghi cho một người khác. Nếu là cùng một người, hãy để nơi đang ghi người ấy"
        " chuyển sang, hoặc xem trang Trùng lặp."
    )


class UnsealingError(RegistryError):
    sentence = gettext_noop("Không mở được số đã niêm phong: khoá của máy chủ đã khác, hoặc dữ liệu bị sửa.")


class NothingChangedError(RegistryError):
    sentence = gettext_noop("Không có gì khác với điều đang ghi trong sổ.")


class NotReversibleError(RegistryError):
    sentence = gettext_noop("Việc này không huỷ được; hãy ghi một việc mới.")


class LaterEventError(RegistryError):
    sentence = gettext_noop("Sau việc này đã có việc khác ghi tiếp; hãy huỷ việc sau trước.")


class AlreadyDecidedError(RegistryError):
    sentence = gettext_noop("Cặp này đã có người xem xét; hãy tải lại trang.")


class NotDecidedError(RegistryError):
    sentence = gettext_noop("Cặp này chưa được xem xét nên không có gì để huỷ.")


#: What the database refuses, by the name of its constraint or of the exception its function raises.
_BY_NAME: dict[str, type[RegistryError]] = {
    "id_number_once": IdNumberInUseError,
    "one_head_a_household": TwoHeadsError,
    "one_household_at_a_time": ElsewhereError,
    "one_residence_at_a_time": ResidenceOverlapsError,
    "outside_area": OutsideAreaError,
    "household_unknown": HouseholdUnknownError,
}

_INSUFFICIENT_PRIVILEGE = "42501"  # a row outside what row-level security lets the person write


@contextmanager
def sentences() -> Iterator[None]:
    """Turns what the database refuses into the named error that says it in words; other failures pass through."""
    try:
        yield
    except DatabaseError as error:
        cause = error.__cause__
        diagnosis = getattr(cause, "diag", None)
        name = diagnosis.constraint_name or diagnosis.message_primary if diagnosis else ""
        if name in _BY_NAME:
            raise _BY_NAME[name]() from error
        if getattr(cause, "sqlstate", "") == _INSUFFICIENT_PRIVILEGE:
            raise OutsideAreaError from error
        raise
