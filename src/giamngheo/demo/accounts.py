"""The people who sign in to the synthetic province: one of each role, the cast of the tests, and a second provincial officer."""

import datetime as dt
from dataclasses import dataclass

from django.contrib.auth.hashers import make_password
from django.db import transaction

from giamngheo.access.models import Grant, Installation, Role, User
from giamngheo.areas.models import Level, Unit, Within

PASSWORD = "giam-ngheo-2021"  # noqa: S105  (printed on the screen; only synthetic households stand behind it)


@dataclass(frozen=True)
class Account:
    username: str
    full_name: str
    title: str
    role: Role
    level: Level
    #: code of the unit answered for; a village head's is the first village of that commune
    commune: str = ""


ACCOUNTS = (
    Account("tinh", "Lò Thị Mai", "cán bộ tỉnh", Role.PROVINCIAL_OFFICER, Level.PROVINCE),
    Account(
        "tinh2", "Đỗ Văn Sơn", "cán bộ tỉnh thứ hai (xác nhận số)", Role.PROVINCIAL_OFFICER, Level.PROVINCE
    ),
    Account("lanhdao", "Vàng Văn Thắng", "lãnh đạo tỉnh (chỉ xem số liệu)", Role.LEADER, Level.PROVINCE),
    Account("huyen", "Tao Văn Inh", "cán bộ huyện Sìn Hồ", Role.DISTRICT_OFFICER, Level.DISTRICT, "03541"),
    Account("xa", "Giàng A Sử", "cán bộ xã", Role.COMMUNE_OFFICER, Level.COMMUNE, "03541"),
    Account(
        "chutich", "Tẩn A Páo", "chủ tịch xã (ra quyết định)", Role.COMMUNE_CHAIRMAN, Level.COMMUNE, "03541"
    ),
    Account("xakhac", "Phùng Chủ Nhì", "cán bộ một xã khác", Role.COMMUNE_OFFICER, Level.COMMUNE, "03442"),
    Account("thon", "Lý A Dờ", "trưởng bản", Role.VILLAGE_HEAD, Level.VILLAGE, "03541"),
    Account("kiemtoan", "Nguyễn Thu Hà", "kiểm toán, thanh tra", Role.AUDITOR, Level.PROVINCE),
    Account("quantri", "Trần Quang Minh", "quản trị tài khoản", Role.ADMINISTRATOR, Level.PROVINCE),
)


@transaction.atomic(using="owner")
def open_accounts() -> None:
    """Open the trial accounts that do not exist yet, each with a grant for its unit."""
    day = Installation.objects.using("owner").get().working_date or dt.date.today()  # noqa: DTZ011
    hashed = make_password(PASSWORD)  # one for all: it is on the screen, and hashing is slow on purpose
    for account in ACCOUNTS:
        if User.objects.using("owner").filter(username=account.username).exists():
            continue
        user = User(
            username=account.username, full_name=account.full_name, role=account.role, password=hashed
        )
        user.save(using="owner")
        Grant(user=user, unit=_unit(account, day), since=dt.date(2015, 1, 1)).save(using="owner")


def _unit(account: Account, day: dt.date) -> Unit:
    """The unit of the account on `day`: the province, or the one at its level above or below its commune."""
    units = Unit.objects.using("owner")
    if account.level == Level.PROVINCE:
        return units.get(level=Level.PROVINCE, valid_to__isnull=True)
    commune = units.filter(code=account.commune, valid_from__lte=day).exclude(valid_to__lt=day).get()
    nested = Within.objects.using("owner").filter(valid_from__lte=day).exclude(valid_to__lt=day)
    if account.level == Level.VILLAGE:
        return nested.filter(ancestor=commune, unit_level=Level.VILLAGE).order_by("unit__code").first().unit  # type: ignore[union-attr]
    return nested.get(unit=commune, level=account.level).ancestor
