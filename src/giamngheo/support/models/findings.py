"""Where rights and deliveries do not meet: given twice, or not given. Each finding has its article, amount, keeper, clock."""

from django.contrib.postgres.fields import ArrayField, DateRangeField
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from giamngheo.access.models import User
from giamngheo.areas.models import Unit
from giamngheo.registry.models import Household, Person
from giamngheo.support.models.deliveries import Agency


class Side(models.TextChoices):
    DOUBLE = "double", _("Chồng chéo")
    MISSED = "missed", _("Bỏ sót")


class Finding(models.Model):
    """One double or one miss of one holder in one year. `key` is the same whenever the same thing is found again."""

    class Kind(models.TextChoices):
        TWICE = "twice", _("Cùng một quyền được chi hai lần")
        CARD_TWICE = "card_twice", _("Hai thẻ cùng lúc")
        TWO_RECORDS = "two_records", _("Một người nhận ở hai nơi")
        EXCLUDED = "excluded", _("Hai chính sách loại trừ nhau")
        HOUSE_TWICE = "house_twice", _("Một nhà tính vào hai chương trình")
        DEAD = "dead", _("Chi cho người đã chết")
        DEPARTED = "departed", _("Chi cho người, hộ đã chuyển đi")
        NEVER_LISTED = "never_listed", _("Đủ điều kiện nhưng không có trong danh sách")
        NOT_DELIVERED = "not_delivered", _("Có trong danh sách nhưng chưa nhận")
        LESS = "less", _("Nhận ít hơn mức được hưởng")
        LATE = "late", _("Nhận muộn hơn thời hạn")
        BORDER = "border", _("Rơi vào chỗ giáp ranh hai danh mục địa bàn")
        ENDED_EARLY = "ended_early", _("Bị cắt sớm sau khi thoát nghèo")

    class State(models.TextChoices):
        OPEN = "open", _("Đang mở")
        EXPLAINED = "explained", _("Đã giải trình")
        MENDED = "mended", _("Đã khắc phục")
        REJECTED = "rejected", _("Bác bỏ, có lý do")

    key = models.CharField(max_length=32, unique=True)
    side = models.CharField(max_length=6, choices=Side)
    kind = models.CharField(max_length=14, choices=Kind)
    policy = models.CharField(max_length=60)
    benefit = models.CharField(max_length=40, blank=True)
    other_policy = models.CharField(max_length=60, blank=True)
    year = models.SmallIntegerField()
    period = DateRangeField(null=True)
    village = models.ForeignKey(
        Unit, on_delete=models.PROTECT, related_name="+", db_index=False, db_constraint=False
    )
    household = models.ForeignKey(Household, on_delete=models.PROTECT, related_name="findings")
    person = models.ForeignKey(Person, null=True, on_delete=models.PROTECT, related_name="findings")
    deliveries = ArrayField(models.BigIntegerField(), default=list, help_text="ids of what was given")
    line = models.BigIntegerField(null=True, help_text="id of the line of an approved list")
    amount = models.BigIntegerField(null=True, help_text="đồng given too much or not given")
    article = models.CharField(max_length=200, blank=True)
    keeper = models.CharField(max_length=14, choices=Agency, help_text="who can mend it")
    due_on = models.DateField(help_text="by when it should be answered")
    state = models.CharField(max_length=10, choices=State, default=State.OPEN)
    reason = models.TextField(blank=True)
    found_at = models.DateTimeField()
    decided_at = models.DateTimeField(null=True)
    decided_by = models.ForeignKey(User, null=True, on_delete=models.PROTECT, related_name="+")

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(state="open") | ~Q(reason=""), name="finding_closed_with_reason"
            )
        ]
        indexes = [
            models.Index(fields=["village", "year"], name="finding_village_year"),
            models.Index(fields=["household"], name="finding_household_id"),
        ]


class SupportTally(models.Model):
    """Rights, deliveries and findings of a year counted by policy and village; what pages of larger units add up.

    Those who see figures and no households read this. Made anew by `support_tally_year` in the database
    whenever a list is decided, something is given or a year looked through. What is given counts in the year it was given.
    """

    year = models.SmallIntegerField()
    policy = models.CharField(max_length=60)
    village = models.ForeignKey(Unit, on_delete=models.CASCADE, related_name="+", db_index=False)
    listed = models.IntegerField(default=0, help_text="lines of decided lists")
    due = models.BigIntegerField(default=0, help_text="đồng")
    holders = models.IntegerField(default=0, help_text="persons, or households, that received in the year")
    given = models.BigIntegerField(default=0, help_text="đồng given in the year, without loans")
    lent = models.BigIntegerField(default=0, help_text="đồng lent in the year")
    missing = models.IntegerField(default=0, help_text="findings of a miss not yet closed")
    missing_amount = models.BigIntegerField(default=0)
    double = models.IntegerField(default=0)
    double_amount = models.BigIntegerField(default=0)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["year", "village", "policy"], name="support_tally_once")
        ]


class FindingSearch(models.Model):
    """One run of the engine over a year in the area of the person who asked, with how far it has come."""

    class State(models.TextChoices):
        WAITING = "waiting", _("Đang chờ")
        RUNNING = "running", _("Đang tìm")
        DONE = "done", _("Đã xong")
        FAILED = "failed", _("Dừng vì lỗi")

    year = models.SmallIntegerField()
    state = models.CharField(max_length=10, choices=State, default=State.WAITING)
    progress = models.SmallIntegerField(default=0, help_text="per cent")
    stage = models.CharField(max_length=80, blank=True)
    counts = models.JSONField(default=dict, help_text="by kind; deliveries and rights looked at; seconds")
    failure = models.TextField(blank=True)
    asked_at = models.DateTimeField(auto_now_add=True)
    asked_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")

    @property
    def is_over(self) -> bool:
        return self.state in (self.State.DONE, self.State.FAILED)
