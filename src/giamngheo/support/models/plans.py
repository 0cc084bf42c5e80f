"""The plan of a household: what it sets out to do, what help it asks for, who goes along with it, what came of it.

No row is ever edited. A plan or a step is put right by another row that `replaces` it; an outcome is told again, and the last
one told stands. Steps and outcomes hang on the row in force when they were written.
"""

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from giamngheo.access.models import User
from giamngheo.areas.models import Unit
from giamngheo.registry.models import Household


class Plan(models.Model):
    """What a household means to reach, from when to when, and who goes along with it."""

    household = models.ForeignKey(Household, on_delete=models.PROTECT, related_name="plans")
    village = models.ForeignKey(
        Unit, on_delete=models.PROTECT, related_name="+", db_index=False, db_constraint=False
    )
    aim = models.CharField(max_length=400, help_text="in the household's own words")
    companion = models.CharField(max_length=120, help_text="who goes along: name, office or association")
    since = models.DateField()
    until = models.DateField(help_text="by when it should be reached")
    recorded_at = models.DateTimeField()
    recorded_by = models.ForeignKey(
        User, null=True, on_delete=models.PROTECT, related_name="+", db_index=False
    )
    replaces = models.OneToOneField("self", null=True, on_delete=models.PROTECT, related_name="replaced_by")
    reason = models.CharField(max_length=300, blank=True, help_text="why it replaces another")
    retired_at = models.DateTimeField(null=True, help_text="when another row replaced it")

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(until__gte=F("since")), name="plan_not_backward"),
            models.CheckConstraint(
                condition=Q(replaces__isnull=True) | ~Q(reason=""), name="plan_replaced_with_reason"
            ),
            models.UniqueConstraint(
                fields=["household", "since"], condition=Q(retired_at__isnull=True), name="plan_once_a_day"
            ),
        ]
        indexes = [models.Index(fields=["village"], name="plan_village")]


class PlanStep(models.Model):
    """One step: what the household does itself, or what help it asks for and on what that help hangs."""

    class Kind(models.TextChoices):
        OWN = "own", _("Hộ tự làm")
        HELP = "help", _("Đề nghị hỗ trợ")

    plan = models.ForeignKey(Plan, on_delete=models.PROTECT, related_name="steps")
    kind = models.CharField(max_length=4, choices=Kind)
    what = models.CharField(max_length=200)
    policy = models.CharField(
        max_length=60, blank=True, help_text="which policy gives the help, where one does"
    )
    condition = models.CharField(
        max_length=200, blank=True, help_text="what the household must take part in for the help to come"
    )
    due_on = models.DateField(help_text="by when")
    recorded_at = models.DateTimeField()
    recorded_by = models.ForeignKey(
        User, null=True, on_delete=models.PROTECT, related_name="+", db_index=False
    )
    replaces = models.OneToOneField("self", null=True, on_delete=models.PROTECT, related_name="replaced_by")
    reason = models.CharField(max_length=300, blank=True, help_text="why it replaces another")
    retired_at = models.DateTimeField(null=True, help_text="when another row replaced it")

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(kind="help") | Q(policy="", condition=""), name="plan_step_help_alone_hangs"
            ),
            models.CheckConstraint(
                condition=Q(replaces__isnull=True) | ~Q(reason=""), name="plan_step_replaced_with_reason"
            ),
        ]


class PlanOutcome(models.Model):
    """What came of a step, or of the whole plan (no step), when somebody looked. The last one told stands."""

    class State(models.TextChoices):
        GOING = "going", _("Đang làm")
        DONE = "done", _("Đạt, đã xong")
        PARTLY = "partly", _("Đạt một phần")
        FAILED = "failed", _("Không đạt, không có")
        DROPPED = "dropped", _("Hộ thôi không làm")

    plan = models.ForeignKey(Plan, on_delete=models.PROTECT, related_name="outcomes")
    step = models.ForeignKey(PlanStep, null=True, on_delete=models.PROTECT, related_name="outcomes")
    on = models.DateField()
    state = models.CharField(max_length=8, choices=State)
    note = models.CharField(max_length=300, blank=True)
    recorded_at = models.DateTimeField()
    recorded_by = models.ForeignKey(
        User, null=True, on_delete=models.PROTECT, related_name="+", db_index=False
    )

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(step__isnull=False) | ~Q(state="going"), name="plan_outcome_of_whole_ends_it"
            )
        ]
