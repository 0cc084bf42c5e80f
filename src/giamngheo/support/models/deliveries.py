"""What was given to whom: money, things, services and loans, and what became of them. A delivery is never edited."""

import datetime as dt

from django.contrib.postgres.fields import DateRangeField
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from giamngheo.access.models import User
from giamngheo.areas.models import Unit
from giamngheo.registry.models import Household, Person


class Agency(models.TextChoices):
    """Who gives, or brings the workbook of what was given."""

    COMMUNE = "commune", _("UBND xã")
    LABOUR = "labour", _("Ngành Lao động - Thương binh và Xã hội")
    INSURANCE = "insurance", _("Bảo hiểm xã hội")
    HEALTH = "health", _("Ngành y tế")
    EDUCATION = "education", _("Trường học, ngành giáo dục")
    BANK = "bank", _("Ngân hàng Chính sách xã hội")
    POWER = "power", _("Công ty điện lực")
    ETHNIC = "ethnic", _("Cơ quan dân tộc")
    AGRICULTURE = "agriculture", _("Ngành nông nghiệp, kiểm lâm")
    CONSTRUCTION = "construction", _("Ngành xây dựng")
    INFORMATION = "information", _("Ngành thông tin và truyền thông")
    JUSTICE = "justice", _("Ngành tư pháp")
    FUND = "fund", _("Mặt trận Tổ quốc, Quỹ “Vì người nghèo”")
    DONOR = "donor", _("Nhà tài trợ")
    OTHER = "other", _("Cơ quan khác")


class Delivery(models.Model):
    """One thing given to a household, or to one person of it, for a period. A correction is a new row that `replaces` it.

    `amount` is in đồng; of a thing in kind it is its value, where known. Instalments have periods of their own: two
    deliveries of one policy to one holder for the same days are a double.
    """

    class Kind(models.TextChoices):
        MONEY = "money", _("Tiền")
        GOODS = "goods", _("Hiện vật")
        SERVICE = "service", _("Thẻ, miễn giảm, dịch vụ")
        LOAN = "loan", _("Vốn vay")

    policy = models.CharField(max_length=60)
    benefit = models.CharField(max_length=40, blank=True, help_text="which of the policy's benefits")
    kind = models.CharField(max_length=8, choices=Kind)
    household = models.ForeignKey(Household, on_delete=models.PROTECT, related_name="deliveries")
    person = models.ForeignKey(Person, null=True, on_delete=models.PROTECT, related_name="deliveries")
    village = models.ForeignKey(
        Unit, on_delete=models.PROTECT, related_name="+", db_index=False, db_constraint=False
    )
    period = DateRangeField(help_text="the days it is for")
    amount = models.BigIntegerField(null=True, help_text="đồng")
    item = models.CharField(max_length=80, blank=True, help_text="what, where it is a thing or a service")
    quantity = models.DecimalField(max_digits=12, decimal_places=2, null=True)
    measure = models.CharField(max_length=20, blank=True, help_text="kg, head, sheet …")
    given_on = models.DateField()
    agency = models.CharField(max_length=14, choices=Agency)
    source = models.CharField(max_length=80, blank=True, help_text="source of the money, in words")
    evidence = models.CharField(
        max_length=120, blank=True, help_text="number of card, voucher, contract, list"
    )
    intake = models.ForeignKey(
        "support.Intake", null=True, on_delete=models.PROTECT, related_name="deliveries"
    )
    row = models.IntegerField(null=True, help_text="row of the workbook it came by")
    recorded_at = models.DateTimeField()
    recorded_by = models.ForeignKey(
        User, null=True, on_delete=models.PROTECT, related_name="+", db_index=False
    )
    replaces = models.OneToOneField("self", null=True, on_delete=models.PROTECT, related_name="replaced_by")
    reason = models.TextField(blank=True, help_text="why it replaces another")
    void = models.BooleanField(
        default=False, help_text="says that what it replaces was never given; counts for nothing"
    )
    retired_at = models.DateTimeField(null=True, help_text="when another row replaced it")
    mark = models.CharField(max_length=32, help_text="hash of what is said, so that nothing is written twice")

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(amount__isnull=True) | Q(amount__gte=0), name="delivery_not_negative"
            ),
            models.CheckConstraint(
                condition=Q(quantity__isnull=True) | Q(quantity__gt=0), name="delivery_quantity_positive"
            ),
            models.CheckConstraint(
                condition=Q(amount__isnull=False) | ~Q(item=""), name="delivery_of_something"
            ),
            models.CheckConstraint(
                condition=Q(replaces__isnull=True) | ~Q(reason=""), name="delivery_replaced_with_reason"
            ),
            models.CheckConstraint(
                condition=Q(void=False) | Q(replaces__isnull=False), name="delivery_void_of_another"
            ),
            models.UniqueConstraint(
                fields=["mark"], condition=Q(retired_at__isnull=True, void=False), name="delivery_once"
            ),
        ]
        indexes = [
            models.Index(fields=["village", "policy"], name="delivery_village_policy"),
        ]

    @property
    def last_day(self) -> dt.date:
        """The last day it is for."""
        last: dt.date = self.period.upper - dt.timedelta(days=1)
        return last


class LoanStanding(models.Model):
    """What was owed on a loan on a day, as the bank told it. Of several of one day the last one told counts."""

    delivery = models.ForeignKey(Delivery, on_delete=models.PROTECT, related_name="standings")
    village = models.ForeignKey(
        Unit, on_delete=models.PROTECT, related_name="+", db_index=False, db_constraint=False
    )
    on = models.DateField()
    outstanding = models.BigIntegerField(help_text="đồng")
    overdue = models.BigIntegerField(default=0, help_text="đồng")
    recorded_at = models.DateTimeField()
    recorded_by = models.ForeignKey(
        User, null=True, on_delete=models.PROTECT, related_name="+", db_index=False
    )

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(outstanding__gte=0) & Q(overdue__gte=0) & Q(overdue__lte=models.F("outstanding")),
                name="loan_overdue_within",
            ),
        ]
        indexes = [models.Index(fields=["village"], name="loanstanding_village")]


class Fate(models.Model):
    """What had become of a thing given, when somebody looked: a year later, or whenever."""

    class State(models.TextChoices):
        ALIVE = "alive", _("Còn sống, còn dùng")
        GROWN = "grown", _("Sinh sôi thêm")
        SOLD = "sold", _("Đã bán")
        LOST = "lost", _("Chết, mất, hỏng")
        EATEN = "eaten", _("Đã ăn, đã dùng hết")
        GIVEN = "given", _("Cho người khác")

    delivery = models.ForeignKey(Delivery, on_delete=models.PROTECT, related_name="fates")
    village = models.ForeignKey(
        Unit, on_delete=models.PROTECT, related_name="+", db_index=False, db_constraint=False
    )
    on = models.DateField()
    state = models.CharField(max_length=8, choices=State)
    quantity = models.DecimalField(max_digits=12, decimal_places=2, null=True)
    note = models.CharField(max_length=200, blank=True)
    recorded_at = models.DateTimeField()
    recorded_by = models.ForeignKey(
        User, null=True, on_delete=models.PROTECT, related_name="+", db_index=False
    )

    class Meta:
        indexes = [models.Index(fields=["village"], name="fate_village")]
