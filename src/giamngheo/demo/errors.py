"""Refusals of the synthetic province."""

from django.utils.translation import gettext as _


class DemoError(Exception):
    """The synthetic province can't be loaded; the message says why."""


class HouseholdsThereError(DemoError):
    def __str__(self) -> str:
        return _("Cơ sở dữ liệu đã có hộ; chỉ nạp dữ liệu mô phỏng vào cơ sở dữ liệu chưa có hộ nào.")


class NoUnitsError(DemoError):
    def __str__(self) -> str:
        return _("Chưa có đơn vị hành chính; chạy “giamngheo setup --province law/areas/lai-chau” trước.")
