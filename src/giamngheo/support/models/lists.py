"""Lists of the entitled: drawn from the register on a day, checked, decided, and then frozen by the database."""

from django.contrib.postgres.fields import DateRangeField
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from giamngheo.access.models import User
from giamngheo.areas.models import Unit
from giamngheo.registry.models import Household, Person


class SupportList(models.Model):
    """Who of a commune is entitled to one policy for a period, by the register of `facts_on` and the law of `law`."""

    class State(models.TextChoices):
        DRAWN = "drawn", _("Xã lập")
        CHECKED = "checked", _("Đã thẩm định")
        DECIDED = "decided", _("Đã phê duyệt")
        REFUSED = "refused", _("Bị trả lại")

    policy = models.CharField(max_length=60)
    commune = models.ForeignKey(Unit, on_delete=models.PROTECT, related_name="+")
    period = DateRangeField()
    state = models.CharField(max_length=8, choices=State, default=State.DRAWN)
    facts_on = models.DateField(help_text="the day of the register it was drawn from")
    law = models.CharField(max_length=64, help_text="content hash of the policy")
    drawn_at = models.DateTimeField()
    drawn_by = models.ForeignKey(User, null=True, on_delete=models.PROTECT, related_name="+")
    checked_at = models.DateTimeField(null=True)
    checked_by = models.ForeignKey(User, null=True, on_delete=models.PROTECT, related_name="+")
    decided_on = models.DateField(null=True)
    decided_by = models.ForeignKey(User, null=True, on_delete=models.PROTECT, related_name="+")
    decision = models.CharField(max_length=60, blank=True, help_text="number on paper")
    note = models.TextField(blank=True, help_text="why it was sent back")

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["policy", "commune", "period"],
                condition=~Q(state="refused"),
                name="one_support_list_a_period",
            ),
            models.CheckConstraint(
                condition=~Q(state="decided") | (Q(decided_on__isnull=False) & ~Q(decision="")),
                name="support_list_decided_by_paper",
            ),
        ]
        indexes = [models.Index(fields=["commune"], name="supportlist_commune")]


class SupportLine(models.Model):
    """One holder of a right on a list: what is due, on which article, because of what. Frozen when the list is decided."""

    of = models.ForeignKey(SupportList, on_delete=models.CASCADE, related_name="lines")
    village = models.ForeignKey(
        Unit, on_delete=models.PROTECT, related_name="+", db_index=False, db_constraint=False
    )
    household = models.ForeignKey(Household, on_delete=models.PROTECT, related_name="support_lines")
    person = models.ForeignKey(Person, null=True, on_delete=models.PROTECT, related_name="support_lines")
    benefit = models.CharField(max_length=40)
    answer = models.CharField(max_length=12, help_text="yes, or unknown where a fact is missing")
    amount = models.BigIntegerField(null=True, help_text="đồng for the period, where money is due")
    item = models.CharField(
        max_length=80, blank=True, help_text="the thing or service due, with its quantity"
    )
    tier = models.CharField(max_length=40, help_text="the level of the benefit that holds")
    facts = models.JSONField(default=dict, help_text="what the register said")

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["of", "household", "person", "benefit"],
                name="support_line_once",
                nulls_distinct=False,
            ),
        ]
        indexes = [models.Index(fields=["village"], name="supportline_village")]
