"""People who sign in, the role each holds, and the units each may see."""

from typing import ClassVar

from django.contrib.auth.models import AbstractBaseUser, BaseUserManager
from django.db import models
from django.utils.translation import gettext_lazy as _


class Role(models.TextChoices):
    VILLAGE_HEAD = "village_head", _("Trưởng thôn, bản")
    COMMUNE_OFFICER = "commune_officer", _("Cán bộ xã")
    COMMUNE_CHAIRMAN = "commune_chairman", _("Chủ tịch UBND xã")
    DISTRICT_OFFICER = "district_officer", _("Cán bộ huyện")
    PROVINCIAL_OFFICER = "provincial_officer", _("Cán bộ tỉnh")
    LEADER = "leader", _("Lãnh đạo")
    AUDITOR = "auditor", _("Kiểm toán, thanh tra")
    ADMINISTRATOR = "administrator", _("Quản trị tài khoản")


#: Roles that see households; leaders see figures, administrators see accounts.
SEES_HOUSEHOLDS = {
    Role.VILLAGE_HEAD,
    Role.COMMUNE_OFFICER,
    Role.COMMUNE_CHAIRMAN,
    Role.DISTRICT_OFFICER,
    Role.PROVINCIAL_OFFICER,
    Role.AUDITOR,
}
#: Roles that may change households. A chairman decides on what others found, and changes no finding.
WRITES_HOUSEHOLDS = SEES_HOUSEHOLDS - {Role.AUDITOR, Role.COMMUNE_CHAIRMAN}


class UserManager(BaseUserManager["User"]):
    def get_by_natural_key(self, username: str | None) -> "User":
        return self.get(username__iexact=username)


class User(AbstractBaseUser):
    """One person who signs in. What they may see follows from `role` and their `Grant` rows alone."""

    username = models.CharField(_("Tên đăng nhập"), max_length=60, unique=True)
    full_name = models.CharField(_("Họ và tên"), max_length=120)
    email = models.EmailField(_("Thư điện tử"), blank=True)
    role = models.CharField(_("Vai trò"), max_length=30, choices=Role)
    is_active = models.BooleanField(_("Đang hoạt động"), default=True)
    must_change_password = models.BooleanField(default=False)
    created_at = models.DateTimeField(auto_now_add=True)

    objects: ClassVar[UserManager] = UserManager()
    USERNAME_FIELD = "username"
    EMAIL_FIELD = "email"
    REQUIRED_FIELDS: ClassVar[list[str]] = ["full_name", "role"]

    class Meta:
        constraints = [
            models.CheckConstraint(condition=models.Q(role__in=Role.values), name="user_role_known"),
        ]

    def __str__(self) -> str:
        return self.full_name

    @property
    def is_staff(self) -> bool:  # Django's admin is not installed; some libraries ask
        return False

    @property
    def sees_households(self) -> bool:
        return self.role in SEES_HOUSEHOLDS

    @property
    def writes_households(self) -> bool:
        return self.role in WRITES_HOUSEHOLDS


class Grant(models.Model):
    """The unit whose area a person answers for, and from when to when."""

    user = models.ForeignKey(User, on_delete=models.PROTECT, related_name="grants")
    unit = models.ForeignKey("areas.Unit", on_delete=models.PROTECT, related_name="+")
    since = models.DateField()
    until = models.DateField(null=True, blank=True)
    granted_by = models.ForeignKey(User, null=True, on_delete=models.PROTECT, related_name="+")
    granted_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=models.Q(until__isnull=True) | models.Q(until__gte=models.F("since")),
                name="grant_period_forward",
            ),
        ]


class Installation(models.Model):
    """The one row that says which province this is, whether its households are synthetic, and its working day."""

    province_code = models.CharField(max_length=20)
    synthetic = models.BooleanField(default=False)
    working_date = models.DateField(null=True, blank=True, help_text="a pinned day, for demonstrations")

    class Meta:
        constraints = [models.CheckConstraint(condition=models.Q(id=1), name="installation_is_one_row")]
