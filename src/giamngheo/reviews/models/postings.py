"""The lists put up for everybody to read, and what people say against them."""

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from giamngheo.access.models import User
from giamngheo.areas.models import Unit
from giamngheo.registry.models import Household
from giamngheo.reviews.models.dossiers import Case, CommuneReview
from giamngheo.surveys.models import Klass, Visit


class Posting(models.Model):
    """A list put up in one village for the working days the law sets; `token` opens its public page while it hangs."""

    of = models.ForeignKey(CommuneReview, on_delete=models.PROTECT, related_name="postings")
    village = models.ForeignKey(Unit, on_delete=models.PROTECT, related_name="+")
    number = models.SmallIntegerField(help_text="1, or 2 and on when put up again after a re-check")
    starts_on = models.DateField()
    ends_on = models.DateField(help_text="the last day it hangs")
    places = models.TextField()
    read_out_on = models.DateField(null=True, blank=True, help_text="read over the loudspeaker")
    taken_down_on = models.DateField(null=True)
    token = models.CharField(max_length=32, unique=True)
    posted_at = models.DateTimeField()
    posted_by = models.ForeignKey(User, null=True, on_delete=models.PROTECT, related_name="+")

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["of", "village", "number"], name="postings_are_numbered"),
            models.CheckConstraint(condition=Q(ends_on__gte=F("starts_on")), name="posting_forward"),
            models.CheckConstraint(
                condition=Q(taken_down_on__isnull=True) | Q(taken_down_on__gte=F("ends_on")),
                name="posting_not_cut_short",
            ),
        ]
        indexes = [models.Index(fields=["village"], name="posting_village")]


class PostingLine(models.Model):
    """One household as it was posted: what the law needs of it and nothing more, frozen."""

    posting = models.ForeignKey(Posting, on_delete=models.PROTECT, related_name="lines")
    case = models.ForeignKey(Case, on_delete=models.PROTECT, related_name="+")
    village = models.ForeignKey(Unit, on_delete=models.PROTECT, related_name="+")
    head_name = models.CharField(max_length=120)
    klass = models.CharField(max_length=16, choices=Klass)
    before = models.CharField(max_length=16, choices=Klass)
    reason = models.CharField(max_length=160, blank=True)
    changed = models.BooleanField(default=False, help_text="after a re-check: not as it hung before")

    class Meta:
        constraints = [models.UniqueConstraint(fields=["posting", "case"], name="posted_once")]
        indexes = [models.Index(fields=["village"], name="postingline_village")]


class Objection(models.Model):
    """What somebody says against a posted list; re-checked by another person than the first, answered with reasons."""

    class Channel(models.TextChoices):
        PAGE = "page", _("Trang niêm yết trên mạng")
        PAPER = "paper", _("Đơn giấy")
        OFFICE = "office", _("Nói tại xã")

    class State(models.TextChoices):
        OPEN = "open", _("Mới nhận")
        RECHECKING = "rechecking", _("Đang phúc tra")
        ANSWERED = "answered", _("Đã trả lời")

    class Finding(models.TextChoices):
        KEPT = "kept", _("Giữ nguyên")
        CHANGED = "changed", _("Thay đổi")

    number = models.CharField(max_length=20, unique=True)
    of = models.ForeignKey(CommuneReview, on_delete=models.PROTECT, related_name="objections")
    village = models.ForeignKey(Unit, on_delete=models.PROTECT, related_name="+")
    posting = models.ForeignKey(Posting, on_delete=models.PROTECT, related_name="objections")
    household = models.ForeignKey(
        Household, null=True, blank=True, on_delete=models.PROTECT, related_name="objections"
    )
    about = models.CharField(max_length=200, help_text="the household spoken of, as the person names it")
    text = models.TextField()
    objector = models.CharField(max_length=120, blank=True)
    contact = models.CharField(max_length=120, blank=True)
    channel = models.CharField(max_length=6, choices=Channel)
    received_on = models.DateField()
    due_on = models.DateField()
    state = models.CharField(max_length=10, choices=State, default=State.OPEN)
    rechecker = models.ForeignKey(User, null=True, on_delete=models.PROTECT, related_name="rechecks")
    recheck_visit = models.ForeignKey(Visit, null=True, on_delete=models.PROTECT, related_name="+")
    finding = models.CharField(max_length=8, choices=Finding, blank=True)
    answer = models.TextField(blank=True)
    answered_on = models.DateField(null=True)
    answered_by = models.ForeignKey(User, null=True, on_delete=models.PROTECT, related_name="+")
    entered_at = models.DateTimeField()
    entered_by = models.ForeignKey(User, null=True, on_delete=models.PROTECT, related_name="+")

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=~Q(state="answered") | (~Q(answer="") & ~Q(finding="")),
                name="answered_with_reasons",
            ),
        ]
        indexes = [
            models.Index(fields=["village"], name="objection_village"),
            models.Index(fields=["of", "household"], name="objection_household"),
        ]
