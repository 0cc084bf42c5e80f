"""Workbooks of agencies: each received whole, its rows matched to persons, doubtful ones settled, then applied or not."""

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from giamngheo.access.models import User
from giamngheo.areas.models import Unit
from giamngheo.registry.models import Household, Person
from giamngheo.support.models.deliveries import Agency


class Intake(models.Model):
    """A workbook of deliveries that somebody brought: how far it is, what was found in it."""

    class State(models.TextChoices):
        RECEIVED = "received", _("Đã nhận, chờ đọc")
        READING = "reading", _("Đang đọc và dò người")
        REFUSED = "refused", _("Có lỗi phải sửa")
        MATCHING = "matching", _("Chờ người dò lại")
        CHECKED = "checked", _("Đã kiểm tra, chờ ghi")
        APPLYING = "applying", _("Đang ghi")
        APPLIED = "applied", _("Đã ghi")
        CANCELLED = "cancelled", _("Đã bỏ")
        FAILED = "failed", _("Dừng giữa chừng")

    agency = models.CharField(max_length=14, choices=Agency)
    policy = models.CharField(
        max_length=60, blank=True, help_text="of every row, where the sheet has no column"
    )
    file_name = models.CharField(max_length=200)
    stored_as = models.CharField(max_length=80)
    sha256 = models.CharField(max_length=64)
    state = models.CharField(max_length=10, choices=State, default=State.RECEIVED)
    stage = models.CharField(max_length=80, blank=True)
    counts = models.JSONField(default=dict)
    failure = models.TextField(blank=True)
    created_at = models.DateTimeField(auto_now_add=True)
    created_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    applied_at = models.DateTimeField(null=True)

    @property
    def is_working(self) -> bool:
        return self.state in {self.State.RECEIVED, self.State.READING, self.State.APPLYING}


class IntakeProblem(models.Model):
    """One thing wrong in a workbook, by row and column."""

    of = models.ForeignKey(Intake, on_delete=models.CASCADE, related_name="problems")
    sheet = models.CharField(max_length=60, blank=True)
    row = models.IntegerField(null=True)
    column = models.CharField(max_length=80, blank=True)
    value = models.CharField(max_length=200, blank=True)
    code = models.CharField(max_length=40)
    params = models.JSONField(default=dict)
    warning = models.BooleanField(default=False)


class IntakeRow(models.Model):
    """A row of a workbook as read, and the person it was matched with: by a common number, by what was settled before,
    by all that is said of them, by likeness, or by somebody who looked."""

    class How(models.TextChoices):
        NUMBER = "number", _("cùng số giấy tờ")
        HOUSEHOLD = "household", _("theo số hộ")
        SETTLED = "settled", _("đã nhận ra lần trước")
        EXACT = "exact", _("cùng họ tên, ngày sinh, giới tính, thôn")
        LIKELY = "likely", _("giống nhau gần như chắc chắn")
        PERSON = "person", _("người dò chọn")
        DOUBTFUL = "doubtful", _("chưa chắc, chờ người dò")
        NOBODY = "nobody", _("không thấy ai")

    of = models.ForeignKey(Intake, on_delete=models.CASCADE, related_name="rows")
    row = models.IntegerField()
    values = models.JSONField(help_text="typed values of the cells; never an id number")
    identity = models.CharField(max_length=64, help_text="hash of how the agency names the person")
    how = models.CharField(max_length=10, choices=How)
    person = models.ForeignKey(Person, null=True, on_delete=models.PROTECT, related_name="+")
    household = models.ForeignKey(Household, null=True, on_delete=models.PROTECT, related_name="+")
    village = models.ForeignKey(Unit, null=True, on_delete=models.PROTECT, related_name="+", db_index=False)
    candidates = models.JSONField(default=list, help_text="[[person, likeness, grounds], …], likeliest first")
    decided_at = models.DateTimeField(null=True)
    decided_by = models.ForeignKey(User, null=True, on_delete=models.PROTECT, related_name="+")

    class Meta:
        constraints = [models.UniqueConstraint(fields=["of", "row"], name="intake_row_once")]
        indexes = [models.Index(fields=["of", "row"], condition=Q(how="doubtful"), name="intakerow_doubtful")]


class KnownAs(models.Model):
    """How an agency writes a person, once somebody has said who it is: its next workbook is matched by that."""

    agency = models.CharField(max_length=14, choices=Agency)
    identity = models.CharField(max_length=64)
    person = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="+")
    village = models.ForeignKey(Unit, on_delete=models.PROTECT, related_name="+", db_index=False)
    decided_at = models.DateTimeField()
    decided_by = models.ForeignKey(User, null=True, on_delete=models.PROTECT, related_name="+")

    class Meta:
        constraints = [models.UniqueConstraint(fields=["agency", "identity"], name="known_as_once")]
        indexes = [models.Index(fields=["village"], name="knownas_village")]
