"""Figures a body reports, who answers for which indicator, and which periods are closed."""

from django.db import models
from django.db.models import F, Q

from giamngheo.access.models import User
from giamngheo.areas.models import Unit


class ReportedFigure(models.Model):
    """What a body reported of one indicator, unit and period. A correction is a new row; the old one is retired.

    It counts once a second person has confirmed it. `evidence` is the SHA-256 under which the file is kept.
    """

    indicator = models.CharField(max_length=60, help_text="slug, as in law/indicators")
    unit = models.ForeignKey(Unit, on_delete=models.PROTECT, related_name="+")
    period = models.CharField(max_length=7, help_text="2019, 2019-Q3 or 2019-11")
    numerator = models.DecimalField(max_digits=18, decimal_places=4, null=True, blank=True)
    denominator = models.DecimalField(max_digits=18, decimal_places=4, null=True, blank=True)
    value = models.DecimalField(max_digits=18, decimal_places=4)
    body = models.CharField(max_length=60, help_text="id of the body that reports it")
    evidence = models.CharField(max_length=64, blank=True)
    evidence_name = models.CharField(max_length=200, blank=True)
    note = models.TextField(blank=True)
    entered_at = models.DateTimeField()
    entered_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    confirmed_at = models.DateTimeField(null=True, blank=True)
    confirmed_by = models.ForeignKey(User, null=True, on_delete=models.PROTECT, related_name="+")
    replaces = models.OneToOneField("self", null=True, on_delete=models.PROTECT, related_name="replaced_by")
    reason = models.TextField(blank=True, help_text="why this row takes the place of an earlier one")
    retired_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["indicator", "unit", "period"],
                condition=Q(retired_at__isnull=True),
                name="one_figure_in_force",
            ),
            models.CheckConstraint(
                condition=Q(confirmed_by__isnull=True) | ~Q(confirmed_by=F("entered_by")),
                name="confirmed_by_a_second_person",
            ),
            models.CheckConstraint(
                condition=Q(confirmed_by__isnull=True, confirmed_at__isnull=True)
                | Q(confirmed_by__isnull=False, confirmed_at__isnull=False),
                name="confirmed_by_and_at",
            ),
        ]
        indexes = [models.Index(fields=["unit", "indicator"], name="figure_place")]

    @property
    def confirmed(self) -> bool:
        return self.confirmed_at is not None


class BodyAssignment(models.Model):
    """Which body answers for an indicator, where the province has decided otherwise than the resolution's file says."""

    indicator = models.CharField(max_length=60)
    body = models.CharField(max_length=60)
    decided_at = models.DateTimeField()
    decided_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    note = models.TextField(blank=True)
    retired_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["indicator"], condition=Q(retired_at__isnull=True), name="one_body_an_indicator"
            )
        ]


class PeriodClosing(models.Model):
    """A period whose figures are closed: none is entered, confirmed or corrected until it is opened again."""

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["period"], condition=Q(opened_at__isnull=True), name="one_closing_in_force"
            )
        ]

    period = models.CharField(max_length=7)
    closed_at = models.DateTimeField()
    closed_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    opened_at = models.DateTimeField(null=True, blank=True)
    opened_by = models.ForeignKey(User, null=True, on_delete=models.PROTECT, related_name="+")
    reason = models.TextField(blank=True, help_text="why it was opened again")
