"""Work of the warehouse that takes its time (a snapshot made anew, tables taken away, a research file), and what was published."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from giamngheo.access.models import User
from giamngheo.access.work import Work
from giamngheo.surveys.models import Round


class Making(Work):
    """One job of the warehouse: what was asked, how far it has come, and what came of it."""

    class Kind(models.TextChoices):
        SNAPSHOT = "snapshot", _("Lập kho số liệu")
        TABLES = "tables", _("Tải các bảng của kho")
        RESEARCH = "research", _("Tệp nghiên cứu đã ẩn danh")

    kind = models.CharField(max_length=10, choices=Kind)
    asked = models.JSONField(default=dict, help_text="tables and format, or year, k and share left out")
    snapshot = models.CharField(max_length=40, blank=True, help_text="made, or read from")
    stored_as = models.CharField(max_length=80, blank=True)
    result = models.JSONField(default=dict, help_text="rows of each table, or what anonymity cost")


class Publication(models.Model):
    """Public figures of a round as they were published, or their withdrawal: never changed; a later row takes its place."""

    class Kind(models.TextChoices):
        PUBLISHED = "published", _("Công bố")
        WITHDRAWN = "withdrawn", _("Rút lại")

    round = models.ForeignKey(Round, on_delete=models.PROTECT, related_name="+")
    kind = models.CharField(max_length=10, choices=Kind)
    content = models.JSONField(
        default=dict, help_text="the figures, see publication.figures; empty of a withdrawal"
    )
    snapshot = models.CharField(max_length=40, blank=True, help_text="it was worked out from")
    reason = models.CharField(max_length=400, blank=True, help_text="of a withdrawal")
    made_at = models.DateTimeField(auto_now_add=True)
    made_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
