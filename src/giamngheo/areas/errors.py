"""Refusals of the areas room; each message says what is wrong and what to do."""

from collections.abc import Sequence

from django.utils.translation import gettext as _

from giamngheo.areas.rows import Problem


class AreaError(Exception):
    """Something asked of the units that cannot be; the message is a sentence for the person who asked."""


class UnknownUnitError(AreaError):
    """No unit ever bore this code."""

    def __init__(self, code: str) -> None:
        super().__init__(
            _("Không có đơn vị hành chính nào mang mã “%(code)s”; hãy xem lại mã.") % {"code": code}
        )


class NotThenError(AreaError):
    """The code is known, but no unit bore it on that day; says when it did, and what became of it."""

    def __init__(self, code: str, on: str, periods: Sequence[str], became: str = "") -> None:
        words = {"code": code, "on": on, "periods": "; ".join(periods), "became": became}
        sentence = _("Ngày %(on)s không có đơn vị mang mã %(code)s. Mã này là: %(periods)s.") % words
        if became:
            sentence += " " + _("Đến ngày %(on)s, địa bàn ấy thuộc %(became)s.") % words
        super().__init__(sentence)


class FilesWrongError(AreaError):
    """The folder of a province contradicts itself; `problems` has every place."""

    def __init__(self, problems: Sequence[Problem]) -> None:
        self.problems = list(problems)
        words = {"count": len(problems), "first": str(problems[0])}
        super().__init__(
            _("Thư mục của tỉnh có %(count)s chỗ sai nên chưa nạp gì. Chỗ đầu: %(first)s") % words
        )


class UnitStillUsedError(AreaError):
    """A unit vanished from the files while households, rounds or accounts still stand on it."""

    def __init__(self, codes: Sequence[str]) -> None:
        words = {"codes": ", ".join(codes)}
        super().__init__(
            _(
                "Tệp không còn đơn vị mã %(codes)s, nhưng sổ hộ, đợt rà soát hoặc tài khoản còn dùng. Hãy ghi ngày kết"
                " thúc của đơn vị thay vì xoá dòng."
            )
            % words
        )


class NoSuchParentError(AreaError):
    """A village whose commune did not exist on its first day."""

    def __init__(self, codes: Sequence[str]) -> None:
        words = {"codes": ", ".join(codes)}
        super().__init__(
            _("Các thôn, bản mã %(codes)s có xã không tồn tại vào ngày bắt đầu; hãy xem lại mã xã và ngày.")
            % words
        )
