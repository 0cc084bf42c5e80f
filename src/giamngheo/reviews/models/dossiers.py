"""How far a review has come: of a commune, of a village, of one household; and the requests people hand in."""

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q
from django.utils.text import capfirst
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from giamngheo.access.models import User
from giamngheo.areas.models import Unit
from giamngheo.registry.models import Household
from giamngheo.rules.workflow import ACTIONS, STATES
from giamngheo.surveys.models import Klass, Round, Verdict


class CommuneReview(models.Model):
    """The review of one commune in one round, under the procedure in force on the round's day."""

    class State(models.TextChoices):
        GATHERING = "gathering", _("Đang làm ở thôn, bản")
        AT_DISTRICT = "at_district", _("Đang chờ huyện trả lời")
        ANSWERED = "answered", _("Huyện đã trả lời")
        DECIDED = "decided", _("Đã có quyết định")
        REPORTED = "reported", _("Đã báo cáo")

    round = models.ForeignKey(Round, on_delete=models.PROTECT, related_name="communes")
    commune = models.ForeignKey(Unit, on_delete=models.PROTECT, related_name="+")
    procedure = models.CharField(max_length=40, help_text="slug, as in law/procedures")
    state = models.CharField(max_length=12, choices=State, default=State.GATHERING)
    opened_at = models.DateTimeField()
    opened_by = models.ForeignKey(User, null=True, on_delete=models.PROTECT, related_name="+")

    class Meta:
        constraints = [models.UniqueConstraint(fields=["round", "commune"], name="one_review_a_commune")]


class VillageReview(models.Model):
    """The review of one village: which step it stands at, and since when."""

    class State(models.TextChoices):
        LISTING = "listing", _("Lập danh sách")
        SURVEYING = "surveying", _("Thu thập thông tin")
        MEETING = "meeting", _("Họp thôn")
        AGREED = "agreed", _("Đã thống nhất, chờ niêm yết")
        POSTING = "posting", _("Đang niêm yết")
        RECHECKING = "rechecking", _("Đang phúc tra")
        REPOSTING = "reposting", _("Chờ niêm yết lại")
        READY = "ready", _("Xong ở thôn")

    of = models.ForeignKey(CommuneReview, on_delete=models.PROTECT, related_name="villages")
    village = models.ForeignKey(Unit, on_delete=models.PROTECT, related_name="+")
    state = models.CharField(max_length=12, choices=State, default=State.LISTING)
    since = models.DateField(help_text="the working day on which it came to this step")
    due_on = models.DateField(null=True, help_text="the last day of this step, where the law sets one")

    class Meta:
        constraints = [models.UniqueConstraint(fields=["of", "village"], name="one_review_a_village")]
        indexes = [models.Index(fields=["village"], name="villagereview_village")]


class Step(models.Model):
    """One step taken: of a village's review, or of a commune's. Only ever added."""

    of = models.ForeignKey(CommuneReview, on_delete=models.PROTECT, related_name="steps")
    village = models.ForeignKey(Unit, null=True, on_delete=models.PROTECT, related_name="+")
    action = models.CharField(max_length=30)
    from_state = models.CharField(max_length=12, blank=True)
    to_state = models.CharField(max_length=12)
    on = models.DateField(help_text="the day it took place")
    note = models.TextField(blank=True)
    at = models.DateTimeField()
    by = models.ForeignKey(User, null=True, on_delete=models.PROTECT, related_name="+")

    class Meta:
        indexes = [models.Index(fields=["of", "village"], name="step_of")]

    @property
    def what(self) -> str:
        """The step and where it led, in the reader's language."""
        language = get_language() or "vi"
        return f"{capfirst(ACTIONS[self.action](language))} → {STATES[self.to_state](language).lower()}"


class Request(models.Model):
    """A household asks to be listed or to be recognised as escaped (forms 1a and 1b, later 01 and 04)."""

    class Kind(models.TextChoices):
        JOIN = "join", _("Đề nghị xét hộ nghèo, hộ cận nghèo")
        ESCAPE = "escape", _("Đề nghị xét thoát nghèo, thoát cận nghèo")

    class Channel(models.TextChoices):
        IN_PERSON = "in_person", _("Nộp trực tiếp")
        POST = "post", _("Qua bưu điện")
        ONLINE = "online", _("Qua cổng dịch vụ công")

    class State(models.TextChoices):
        RECEIVED = "received", _("Đã nhận")
        APPRAISING = "appraising", _("Đang thẩm định")
        ACCEPTED = "accepted", _("Được công nhận")
        REFUSED = "refused", _("Không được công nhận")
        LISTED = "listed", _("Đưa vào đợt rà soát định kỳ")

    number = models.CharField(max_length=20, unique=True)
    round = models.ForeignKey(Round, on_delete=models.PROTECT, related_name="requests")
    kind = models.CharField(max_length=8, choices=Kind)
    channel = models.CharField(max_length=10, choices=Channel)
    household = models.ForeignKey(Household, on_delete=models.PROTECT, related_name="requests")
    village = models.ForeignKey(Unit, on_delete=models.PROTECT, related_name="+")
    text = models.TextField(blank=True, help_text="what has happened to the household, in its words")
    received_on = models.DateField()
    due_on = models.DateField(help_text="the last day for a decision or a refusal with reasons")
    state = models.CharField(max_length=10, choices=State, default=State.RECEIVED)
    answer = models.TextField(blank=True)
    answered_on = models.DateField(null=True)
    entered_at = models.DateTimeField()
    entered_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["household"],
                condition=Q(state__in=["received", "appraising"]),
                name="one_open_request",
            ),
            models.CheckConstraint(
                condition=~Q(state="refused") | ~Q(answer=""), name="refused_with_reasons"
            ),
        ]
        indexes = [models.Index(fields=["village"], name="request_village")]


class Case(models.Model):
    """One household on a list of a review: why it is there, and what became of it. Nothing drops off a list."""

    class List(models.TextChoices):
        MAY_BE_POOR = "2c", _("Có khả năng nghèo, cận nghèo")
        MAY_ESCAPE = "2d", _("Đang quản lý, có khả năng thoát nghèo, thoát cận nghèo")

    class Ground(models.TextChoices):
        MANAGED = "managed", _("Đang trong danh sách quản lý")
        REQUEST = "request", _("Hộ có giấy đề nghị")
        OFFICER = "officer", _("Cán bộ, trưởng thôn đưa vào")
        SURVEY = "survey", _("Kết quả thu thập thông tin cho thấy nghèo hoặc cận nghèo")

    class State(models.TextChoices):
        LISTED = "listed", _("Trong danh sách rà soát")
        AGREED = "agreed", _("Cuộc họp thống nhất")
        RETURNED = "returned", _("Phải thu thập lại, họp lại")
        DECIDED = "decided", _("Đã quyết định")
        WITHDRAWN = "withdrawn", _("Rút khỏi danh sách, có lý do")

    of = models.ForeignKey(CommuneReview, on_delete=models.PROTECT, related_name="cases")
    round = models.ForeignKey(Round, on_delete=models.PROTECT, related_name="cases")
    household = models.ForeignKey(Household, on_delete=models.PROTECT, related_name="cases")
    village = models.ForeignKey(Unit, on_delete=models.PROTECT, related_name="+")
    list = models.CharField(max_length=2, choices=List)
    ground = models.CharField(max_length=8, choices=Ground)
    request = models.ForeignKey(Request, null=True, on_delete=models.PROTECT, related_name="cases")
    quick_ticks = ArrayField(
        models.CharField(max_length=30),
        null=True,
        blank=True,
        help_text="items ticked on form A; null: not filled in",
    )
    quick_override = models.TextField(
        blank=True, help_text="why it is reviewed in spite of its ticks on form A"
    )
    before = models.CharField(
        max_length=16, choices=Klass, help_text="class recognised at the start; none if none"
    )
    state = models.CharField(max_length=10, choices=State, default=State.LISTED)
    verdict = models.ForeignKey(
        Verdict, null=True, on_delete=models.PROTECT, related_name="+", help_text="what the meeting agreed on"
    )
    withdrawn_why = models.TextField(blank=True)
    added_at = models.DateTimeField()
    added_by = models.ForeignKey(User, null=True, on_delete=models.PROTECT, related_name="+")

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["round", "household"], name="one_case_a_round"),
            models.CheckConstraint(
                condition=~Q(state="withdrawn") | ~Q(withdrawn_why=""), name="withdrawn_with_reason"
            ),
            models.CheckConstraint(
                condition=~Q(state__in=["agreed", "decided"]) | Q(verdict__isnull=False),
                name="agreed_on_a_verdict",
            ),
        ]
        indexes = [models.Index(fields=["village", "round"], name="case_village_round")]


class Attachment(models.Model):
    """A file kept with a step: signed minutes, photographs of a poster, evidence. Known by the hash of its content."""

    class Kind(models.TextChoices):
        MINUTES = "minutes", _("Biên bản đã ký")
        POSTER_UP = "poster_up", _("Ảnh lúc dán niêm yết")
        POSTER_DOWN = "poster_down", _("Ảnh lúc gỡ niêm yết")
        EVIDENCE = "evidence", _("Giấy tờ kèm theo")
        OPINION = "opinion", _("Văn bản của huyện")
        DECISION = "decision", _("Quyết định đã ký")

    of = models.ForeignKey(CommuneReview, on_delete=models.PROTECT, related_name="attachments")
    village = models.ForeignKey(Unit, null=True, on_delete=models.PROTECT, related_name="+")
    kind = models.CharField(max_length=12, choices=Kind)
    about = models.BigIntegerField(
        help_text="id of the meeting, posting, objection, opinion or decision it belongs to"
    )
    name = models.CharField(max_length=200)
    media_type = models.CharField(max_length=60)
    size = models.IntegerField()
    sha256 = models.CharField(max_length=64)
    added_at = models.DateTimeField()
    added_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")

    class Meta:
        indexes = [models.Index(fields=["of", "kind", "about"], name="attachment_about")]
