"""The official reports as issued, the reports in words as frozen, the Word template, and the jobs that make them."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from giamngheo.access.models import User
from giamngheo.access.work import Work
from giamngheo.areas.models import Unit
from giamngheo.surveys.models import Round


class Deadline(models.TextChoices):
    """The day of the year a set of reports answers (law/procedures: `reports`)."""

    REGULAR = "regular", _("Báo cáo thường xuyên trong năm")
    PRELIMINARY = "preliminary", _("Báo cáo sơ bộ")
    OFFICIAL = "official", _("Báo cáo chính thức")


class Production(Work):
    """One job that makes all reports of all units of a round as they stand on a day."""

    round = models.ForeignKey(Round, on_delete=models.PROTECT, related_name="productions")
    deadline = models.CharField(max_length=12, choices=Deadline)
    as_of = models.DateField(help_text="the day whose state the reports show, and of their units")
    total = models.IntegerField(default=0, help_text="reports made")
    added = models.IntegerField(default=0, help_text="of these, reports that differ from the last issue")
    blocked = models.IntegerField(default=0, help_text="of all, reports that may not go out")


class IssuedReport(models.Model):
    """A report of a unit as it was made: never changed, never removed.

    One row a report of a unit, its canonical text (reports/official/frozen.py) compressed: a page reads one of them, and
    a unit whose figures did not change gets no new row. A later row of the same place, kind and day takes the place of
    the earlier one. `blocked`: a control total does not hold, so that it was kept from going out; its findings are in it.
    """

    production = models.ForeignKey(Production, on_delete=models.PROTECT, related_name="reports")
    round = models.ForeignKey(Round, on_delete=models.PROTECT, related_name="+")
    deadline = models.CharField(max_length=12, choices=Deadline)
    as_of = models.DateField()
    unit = models.ForeignKey(Unit, on_delete=models.PROTECT, related_name="+")
    kind = models.CharField(max_length=40, help_text="slug of the form")
    place = models.SmallIntegerField(help_text="of the form in its set")
    content = models.BinaryField()
    fingerprint = models.CharField(max_length=64, help_text="SHA-256 of the canonical text")
    blocked = models.BooleanField()
    findings = models.SmallIntegerField(help_text="control totals that don't hold, warnings included")
    law = models.CharField(max_length=64, help_text="content hash of the standard")
    procedure = models.CharField(max_length=64, help_text="content hash of the procedure")
    issued_at = models.DateTimeField()
    issued_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")

    class Meta:
        indexes = [
            models.Index(fields=["round", "unit", "kind"], name="issued_place"),
            models.Index(fields=["production"], name="issued_production"),
        ]


class Kind(models.TextChoices):
    """The kinds of reports in words (words/kinds.py says what each holds)."""

    MONTHLY = "monthly", _("Báo cáo tháng")
    QUARTERLY = "quarterly", _("Báo cáo quý")
    ANNUAL = "annual", _("Báo cáo năm")
    INTERIM = "interim", _("Báo cáo sơ kết")
    FINAL = "final", _("Báo cáo tổng kết")


class Writing(Work):
    """One job that writes a report in words of a unit for a period ("2018-11", "2019-Q3", "2020", "2016/2020")."""

    kind = models.CharField(max_length=9, choices=Kind)
    unit = models.ForeignKey(Unit, on_delete=models.PROTECT, related_name="+")
    period = models.CharField(max_length=17)


class WrittenReport(models.Model):
    """A report in words as it was written: its frozen document (words/document.py), compressed; never changed, never removed."""

    writing = models.OneToOneField(Writing, on_delete=models.PROTECT, related_name="report")
    kind = models.CharField(max_length=9, choices=Kind)
    unit = models.ForeignKey(Unit, on_delete=models.PROTECT, related_name="+")
    period = models.CharField(max_length=17)
    content = models.BinaryField()
    fingerprint = models.CharField(max_length=64, help_text="SHA-256 of the canonical text")
    written_at = models.DateTimeField()
    written_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")

    class Meta:
        indexes = [models.Index(fields=["unit", "kind", "period"], name="written_place")]


class WordTemplate(models.Model):
    """A Word template the province brought; the latest is in force, and one without content is the system's own again."""

    content = models.BinaryField()
    file_name = models.CharField(max_length=200, blank=True)
    brought_at = models.DateTimeField(auto_now_add=True)
    brought_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
