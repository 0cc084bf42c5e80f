"""The village meeting: who came, what was said of each household, and whose own household was spoken of."""

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from giamngheo.access.models import User
from giamngheo.areas.models import Unit
from giamngheo.registry.models import Household
from giamngheo.reviews.models.dossiers import Case, CommuneReview
from giamngheo.surveys.models import Klass, Verdict


class Capacity(models.TextChoices):
    """In which capacity somebody attends a village meeting."""

    HEAD = "head", _("Trưởng thôn, bản")
    PARTY_CELL = "party_cell", _("Chi bộ")
    UNION = "union", _("Đoàn thể")
    COMMUNE = "commune", _("Cán bộ xã")
    REVIEWER = "reviewer", _("Rà soát viên")
    HOUSEHOLD = "household", _("Đại diện hộ gia đình")
    FRONT = "front", _("Mặt trận Tổ quốc (giám sát)")


class Meeting(models.Model):
    """One meeting of a village in a review; where households went back to survey there is a second."""

    class State(models.TextChoices):
        CONVENED = "convened", _("Đã mời họp")
        HELD = "held", _("Đã họp")
        CALLED_OFF = "called_off", _("Không họp được")

    of = models.ForeignKey(CommuneReview, on_delete=models.PROTECT, related_name="meetings")
    village = models.ForeignKey(Unit, on_delete=models.PROTECT, related_name="+")
    number = models.SmallIntegerField()
    state = models.CharField(max_length=10, choices=State, default=State.CONVENED)
    notice_on = models.DateField(help_text="the day the village was told")
    meets_at = models.DateTimeField()
    place = models.CharField(max_length=200)
    invited = models.IntegerField(null=True, help_text="households asked to come")
    present = models.IntegerField(null=True, help_text="all who may vote")
    chair = models.CharField(max_length=120, blank=True)
    secretary = models.CharField(max_length=120, blank=True)
    front = models.CharField(max_length=120, blank=True, help_text="who supervised for the Fatherland Front")
    dissent = models.TextField(blank=True, help_text="what was said against, and by whom where they wish it")
    conclusion = models.TextField(blank=True)
    called_off_why = models.TextField(blank=True)
    entered_at = models.DateTimeField()
    entered_by = models.ForeignKey(User, null=True, on_delete=models.PROTECT, related_name="+")

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["of", "village", "number"], name="meetings_are_numbered"),
            models.UniqueConstraint(
                fields=["of", "village"], condition=Q(state="convened"), name="one_meeting_ahead"
            ),
            models.CheckConstraint(
                condition=~Q(state="held") | (Q(present__gt=0) & ~Q(chair="") & ~Q(secretary="")),
                name="held_with_people",
            ),
        ]
        indexes = [models.Index(fields=["village"], name="meeting_village")]


class Attendance(models.Model):
    """How many came in which capacity, and who, where names were taken."""

    meeting = models.ForeignKey(Meeting, on_delete=models.PROTECT, related_name="attendances")
    village = models.ForeignKey(Unit, on_delete=models.PROTECT, related_name="+")
    capacity = models.CharField(max_length=12, choices=Capacity)
    count = models.SmallIntegerField()
    names = models.TextField(blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["meeting", "capacity"], name="attendance_once"),
            models.CheckConstraint(condition=Q(count__gte=0), name="attendance_count"),
        ]


class Vote(models.Model):
    """What a meeting said of one household: who agreed with its class, who did not, and what was remarked.

    A household of an official or a reviewer, or of their kin, is voted `apart`, without them.
    """

    meeting = models.ForeignKey(Meeting, on_delete=models.PROTECT, related_name="votes")
    case = models.ForeignKey(Case, on_delete=models.PROTECT, related_name="votes")
    village = models.ForeignKey(Unit, on_delete=models.PROTECT, related_name="+")
    verdict = models.ForeignKey(Verdict, on_delete=models.PROTECT, related_name="votes")
    klass = models.CharField(max_length=16, choices=Klass)
    agree = models.SmallIntegerField()
    disagree = models.SmallIntegerField()
    voters = models.SmallIntegerField(help_text="those present who could vote on it")
    apart = models.BooleanField(default=False)
    passed = models.BooleanField()
    remarks = models.TextField(blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["meeting", "case"], name="one_vote_a_household"),
            models.CheckConstraint(
                condition=Q(agree__gte=0, disagree__gte=0, voters__gte=F("agree") + F("disagree")),
                name="votes_within_those_present",
            ),
        ]
        indexes = [
            models.Index(fields=["case"], name="vote_case"),
            models.Index(fields=["village"], name="vote_village"),
        ]


class Interest(models.Model):
    """Somebody who takes part in the review declares a household to be their own or their kin's."""

    class Kinship(models.TextChoices):
        OWN = "own", _("Hộ của chính người đó")
        KIN = "kin", _("Hộ người thân")

    of = models.ForeignKey(CommuneReview, on_delete=models.PROTECT, related_name="interests")
    household = models.ForeignKey(Household, on_delete=models.PROTECT, related_name="interests")
    village = models.ForeignKey(Unit, on_delete=models.PROTECT, related_name="+")
    official = models.CharField(max_length=120)
    user = models.ForeignKey(User, null=True, blank=True, on_delete=models.PROTECT, related_name="interests")
    capacity = models.CharField(max_length=60)
    kinship = models.CharField(max_length=4, choices=Kinship)
    declared_on = models.DateField()
    declared_at = models.DateTimeField()
    declared_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["of", "household", "official"], name="interest_once"),
        ]
        indexes = [models.Index(fields=["village"], name="interest_village")]
