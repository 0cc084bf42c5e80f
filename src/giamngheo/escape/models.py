"""The watch list: one making of it with its model, as it was on its day, and the households it names."""

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from giamngheo.access.models import User
from giamngheo.areas.models import Unit
from giamngheo.registry.models import Household


class Watch(models.Model):
    """One making: which snapshot and rounds it rests on, the model in plain values, how right it was on the round held out.

    Never a ground for any right: no room below this one knows of it, and a test of the house holds that.
    """

    class State(models.TextChoices):
        WAITING = "waiting", _("Đang chờ")
        RUNNING = "running", _("Đang lập")
        DONE = "done", _("Đã xong")
        FAILED = "failed", _("Dừng vì lỗi")

    state = models.CharField(max_length=8, choices=State, default=State.WAITING)
    progress = models.SmallIntegerField(default=0, help_text="per cent")
    failure = models.TextField(blank=True)
    asked_at = models.DateTimeField(auto_now_add=True)
    asked_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    made_at = models.DateTimeField(null=True)
    snapshot = models.CharField(max_length=40, blank=True)
    standard = models.CharField(max_length=40, blank=True)
    fitted_on = ArrayField(
        models.SmallIntegerField(), default=list, help_text="years whose next round taught it"
    )
    held_out = models.SmallIntegerField(null=True, help_text="year whose next round it was tried on")
    of_year = models.SmallIntegerField(null=True, help_text="year of the round whose households it names")
    model = models.JSONField(default=dict, help_text="watch.Told as plain values")

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["state"], condition=Q(state="waiting"), name="watch_one_waits"),
            models.CheckConstraint(
                condition=~Q(state="done") | (Q(made_at__isnull=False) & ~Q(snapshot="")),
                name="watch_done_says_of_what",
            ),
        ]

    @property
    def is_over(self) -> bool:
        return self.state in (self.State.DONE, self.State.FAILED)


class Watched(models.Model):
    """A household on a watch list: its chance to be poor at the next round, and what raises it, the most first."""

    of = models.ForeignKey(Watch, on_delete=models.CASCADE, related_name="households")
    household = models.ForeignKey(Household, on_delete=models.PROTECT, related_name="+")
    village = models.ForeignKey(
        Unit, on_delete=models.PROTECT, related_name="+", db_index=False, db_constraint=False
    )
    near_poor = models.BooleanField(help_text="else it escaped and is on no list")
    chance = models.FloatField(help_text="0 to 1")
    why = ArrayField(models.CharField(max_length=20), default=list, help_text="predictors that raise it")

    class Meta:
        constraints = [models.UniqueConstraint(fields=["of", "household"], name="watched_once")]
        indexes = [models.Index(fields=["village"], name="watched_village")]
