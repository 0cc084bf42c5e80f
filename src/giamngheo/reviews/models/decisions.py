"""The decision of a commune: what it rests on frozen and chained; who is recognised since when; the certificates."""

from django.contrib.postgres.constraints import ExclusionConstraint
from django.contrib.postgres.fields import DateRangeField, RangeOperators
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from giamngheo.access.models import User
from giamngheo.areas.models import Unit
from giamngheo.registry.models import Household
from giamngheo.reviews.models.dossiers import Case, CommuneReview
from giamngheo.reviews.models.meetings import Vote
from giamngheo.surveys.models import Klass, Verdict


class Listed(models.TextChoices):
    """What the register of the poor knows of a household."""

    POOR = "poor", _("Hộ nghèo")
    NEAR_POOR = "near_poor", _("Hộ cận nghèo")
    NONE = "none", _("Không trong danh sách")


class Outcome(models.TextChoices):
    """On which list of the decision a household stands."""

    RECOGNISED_POOR = "recognised_poor", _("Công nhận hộ nghèo")
    RECOGNISED_NEAR_POOR = "recognised_near_poor", _("Công nhận hộ cận nghèo")
    ESCAPED_POOR = "escaped_poor", _("Công nhận thoát nghèo")
    ESCAPED_NEAR_POOR = "escaped_near_poor", _("Công nhận thoát cận nghèo")
    NOT_RECOGNISED = "not_recognised", _("Không công nhận")


class Opinion(models.Model):
    """The district's answer to the lists of a commune (until districts ended)."""

    of = models.ForeignKey(CommuneReview, on_delete=models.PROTECT, related_name="opinions")
    number = models.SmallIntegerField()
    sent_on = models.DateField()
    sent_by = models.ForeignKey(User, null=True, on_delete=models.PROTECT, related_name="+")
    due_on = models.DateField()
    answered_on = models.DateField(null=True)
    agrees = models.BooleanField(null=True)
    text = models.TextField(blank=True)
    paper_number = models.CharField(max_length=60, blank=True)
    answered_by = models.ForeignKey(User, null=True, on_delete=models.PROTECT, related_name="+")

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["of", "number"], name="opinions_are_numbered"),
            models.CheckConstraint(
                condition=Q(agrees__isnull=True) | Q(agrees=True) | ~Q(text=""),
                name="disagreement_with_reasons",
            ),
        ]


class Decision(models.Model):
    """A decision of the chairman of a commune. Never edited: a later one may supersede it.

    `hash` is over the header, the hashes of its lines and `previous`, the hash of the commune's decision before it.
    """

    class Kind(models.TextChoices):
        ANNUAL = "annual", _("Rà soát định kỳ")
        REGULAR = "regular", _("Rà soát thường xuyên")
        CORRECTION = "correction", _("Sửa quyết định trước")

    of = models.ForeignKey(CommuneReview, on_delete=models.PROTECT, related_name="decisions")
    commune = models.ForeignKey(Unit, on_delete=models.PROTECT, related_name="+")
    kind = models.CharField(max_length=10, choices=Kind)
    number = models.CharField(max_length=40, help_text="as on paper, e.g. 12/QĐ-UBND")
    year = models.SmallIntegerField()
    decided_on = models.DateField()
    signer = models.CharField(max_length=120)
    signer_title = models.CharField(max_length=120)
    supersedes = models.ForeignKey("self", null=True, on_delete=models.PROTECT, related_name="superseded_by")
    reason = models.TextField(blank=True, help_text="why it supersedes another")
    procedure = models.CharField(max_length=40)
    standard = models.CharField(max_length=20)
    sequence = models.IntegerField(help_text="the commune's first decision is 1")
    previous = models.CharField(max_length=64, blank=True)
    hash = models.CharField(max_length=64)
    made_at = models.DateTimeField()
    made_by = models.ForeignKey(User, null=True, on_delete=models.PROTECT, related_name="+")

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["commune", "year", "number"], name="decision_number_once"),
            models.UniqueConstraint(fields=["commune", "sequence"], name="decisions_in_a_chain"),
            models.CheckConstraint(
                condition=Q(supersedes__isnull=True) | ~Q(reason=""), name="superseded_with_reason"
            ),
        ]


class DecisionLine(models.Model):
    """One household in a decision, with all that the decision rests on; `hash` is over that content."""

    decision = models.ForeignKey(Decision, on_delete=models.PROTECT, related_name="lines")
    household = models.ForeignKey(Household, on_delete=models.PROTECT, related_name="decision_lines")
    village = models.ForeignKey(Unit, on_delete=models.PROTECT, related_name="+")
    case = models.ForeignKey(Case, on_delete=models.PROTECT, related_name="lines")
    verdict = models.ForeignKey(Verdict, on_delete=models.PROTECT, related_name="+")
    vote = models.ForeignKey(Vote, null=True, on_delete=models.PROTECT, related_name="+")
    outcome = models.CharField(max_length=20, choices=Outcome)
    before = models.CharField(max_length=16, choices=Klass)
    after = models.CharField(max_length=16, choices=Klass)
    came_back = models.BooleanField(default=False, help_text="recognised again after an escape: fallen back")
    head_name = models.CharField(max_length=120)
    persons = models.SmallIntegerField()
    why = models.TextField(blank=True, help_text="why it was not recognised")
    hash = models.CharField(max_length=64)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["decision", "household"], name="one_line_a_household")]
        indexes = [
            models.Index(fields=["village"], name="decisionline_village"),
            models.Index(fields=["household"], name="decisionline_household"),
        ]


class Recognition(models.Model):
    """A household is recognised as poor or near-poor during a period, by one decision, until another ends it."""

    household = models.ForeignKey(Household, on_delete=models.PROTECT, related_name="recognitions")
    village = models.ForeignKey(Unit, on_delete=models.PROTECT, related_name="+")
    klass = models.CharField(max_length=16, choices=Klass)
    listed = models.CharField(max_length=10, choices=Listed)
    period = DateRangeField()
    line = models.ForeignKey(DecisionLine, on_delete=models.PROTECT, related_name="recognitions")
    ended_by = models.ForeignKey(DecisionLine, null=True, on_delete=models.PROTECT, related_name="+")

    class Meta:
        constraints = [
            ExclusionConstraint(
                name="one_recognition_at_a_time",
                expressions=[("household", RangeOperators.EQUAL), ("period", RangeOperators.OVERLAPS)],
            ),
        ]
        indexes = [models.Index(fields=["village"], name="recognition_village")]


class Certificate(models.Model):
    """The certificate of a recognised household. What it says is its line's; its signature is made when it is printed."""

    number = models.CharField(max_length=24, unique=True)
    line = models.OneToOneField(DecisionLine, on_delete=models.PROTECT, related_name="certificate")
    household = models.ForeignKey(Household, on_delete=models.PROTECT, related_name="certificates")
    village = models.ForeignKey(Unit, on_delete=models.PROTECT, related_name="+")
    klass = models.CharField(max_length=16, choices=Klass)
    issued_on = models.DateField()
    revoked_on = models.DateField(null=True)
    revoked_why = models.TextField(blank=True)

    class Meta:
        indexes = [models.Index(fields=["village"], name="certificate_village")]
