"""Trials kept under a name: what was changed, of which round and place, and what came of it."""

from django.db import models

from giamngheo.access.models import User
from giamngheo.areas.models import Unit


class Trial(models.Model):
    """One what-if as it was answered; a later snapshot does not change it."""

    name = models.CharField(max_length=120)
    year = models.SmallIntegerField()
    unit = models.ForeignKey(Unit, on_delete=models.PROTECT, related_name="+")
    change = models.JSONField(help_text="rules.whatif.Change")
    answer = models.JSONField(help_text="whatif.answer.Answer as plain values")
    snapshot = models.CharField(max_length=40)
    law = models.CharField(max_length=64, help_text="content hash of the standard that was changed")
    made_at = models.DateTimeField(auto_now_add=True)
    made_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")

    class Meta:
        constraints = [models.UniqueConstraint(fields=["made_by", "name"], name="trial_named_once")]
