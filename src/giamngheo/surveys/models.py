"""Rounds of review, what each visit found, the verdict it gave, and the workbooks it came in."""

import datetime as dt

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from giamngheo.access.models import User
from giamngheo.access.queries import today
from giamngheo.areas.models import Unit
from giamngheo.base.database import one_where
from giamngheo.registry.models import Household


class Klass(models.TextChoices):
    POOR_INCOME = "poor_income", _("Hộ nghèo về thu nhập")
    POOR_DEPRIVATION = "poor_deprivation", _("Hộ nghèo thiếu hụt dịch vụ xã hội cơ bản")
    POOR = "poor", _("Hộ nghèo")
    NEAR_POOR = "near_poor", _("Hộ cận nghèo")
    AVERAGE = "average", _("Hộ có mức sống trung bình")
    NONE = "none", _("Không thuộc diện")
    UNDETERMINED = "undetermined", _("Chưa xác định được")


POOR = (Klass.POOR_INCOME, Klass.POOR_DEPRIVATION, Klass.POOR)


class Round(models.Model):
    """One review: the annual one of a year, or the regular one that goes on during it."""

    class Kind(models.TextChoices):
        ANNUAL = "annual", _("Rà soát định kỳ")
        REGULAR = "regular", _("Rà soát thường xuyên")

    year = models.SmallIntegerField()
    kind = models.CharField(max_length=10, choices=Kind, default=Kind.ANNUAL)
    name = models.CharField(max_length=120)
    opens = models.DateField()
    closes = models.DateField()
    reference_date = models.DateField(help_text="the day by whose law and geography the round is judged")
    standard = models.CharField(max_length=20, help_text="slug of the standard in force on reference_date")
    form = models.CharField(max_length=40, blank=True, help_text="slug and date of the form, as in law/forms")
    closed_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["year"], condition=Q(kind="annual"), name="one_annual_round"),
            models.CheckConstraint(condition=Q(closes__gte=F("opens")), name="round_forward"),
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def is_open(self) -> bool:
        return self.closed_at is None


class LawVersion(models.Model):
    """The text of a standard as it was when verdicts were given under it."""

    content_hash = models.CharField(max_length=64, primary_key=True)
    slug = models.CharField(max_length=20)
    content = models.JSONField()
    first_used = models.DateTimeField()


class Import(models.Model):
    """A workbook on its way in: read, checked, shown, then applied as a whole or not at all."""

    class State(models.TextChoices):
        RECEIVED = "received", _("Đã nhận")
        READING = "reading", _("Đang đọc và kiểm tra")
        CHECKED = "checked", _("Đã kiểm tra, chờ xác nhận")
        REFUSED = "refused", _("Có lỗi, chưa nhập được")
        APPLYING = "applying", _("Đang ghi")
        APPLIED = "applied", _("Đã ghi")
        CANCELLED = "cancelled", _("Đã huỷ")
        FAILED = "failed", _("Dừng giữa chừng")

    class Layout(models.TextChoices):
        TEMPLATE = "template", _("Mẫu của hệ thống")
        OFFICIAL = "official", _("Danh sách hộ nghèo, hộ cận nghèo sau rà soát")

    round = models.ForeignKey(Round, on_delete=models.PROTECT, related_name="imports")
    file_name = models.CharField(max_length=200)
    stored_as = models.CharField(max_length=80)
    sha256 = models.CharField(max_length=64)
    layout = models.CharField(max_length=10, choices=Layout, blank=True)
    state = models.CharField(max_length=10, choices=State, default=State.RECEIVED)
    stage = models.CharField(max_length=80, blank=True)
    progress = models.SmallIntegerField(default=0, help_text="per cent of the present stage")
    counts = models.JSONField(default=dict, help_text="new, changed, unchanged, persons, problems …")
    failure = models.TextField(blank=True)
    created_at = models.DateTimeField(auto_now_add=True)
    created_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="imports")
    applied_at = models.DateTimeField(null=True)

    @property
    def until(self) -> dt.date:
        """The last day on which a visit in it may have taken place."""
        return min(today(), self.round.closes)

    @property
    def is_working(self) -> bool:
        return self.state in (self.State.RECEIVED, self.State.READING, self.State.APPLYING)


class ImportProblem(models.Model):
    """One thing wrong in a workbook: where it stands, what it is, how to mend it."""

    of = models.ForeignKey(Import, on_delete=models.CASCADE, related_name="problems")
    sheet = models.CharField(max_length=60)
    row = models.IntegerField(null=True)
    column = models.CharField(max_length=80, blank=True)
    value = models.CharField(max_length=200, blank=True)
    code = models.CharField(max_length=40)
    params = models.JSONField(default=dict)
    warning = models.BooleanField(default=False)

    class Meta:
        indexes = [models.Index(fields=["of", "sheet", "row"], name="problem_place")]


class Visit(models.Model):
    """What one visit to one household in one round found. A correction is a new row; the old one is retired.

    `answers` holds household facts, `members` a list of member facts with the person's id under "person"; keys are
    those of law/facts.yaml. `persons`, `ethnic`, `area_type` and `village` are as on the day of the visit.
    """

    class Outcome(models.TextChoices):
        MET = "met", _("Đã gặp và phỏng vấn")
        NOT_MET = "not_met", _("Chưa gặp")
        MOVED = "moved", _("Đã chuyển đi")
        REFUSED = "refused", _("Từ chối trả lời")

    class Source(models.TextChoices):
        FORM = "form", _("Nhập trên máy")
        IMPORT = "import", _("Nhập từ bảng tính")
        DEMO = "demo", _("Dữ liệu mô phỏng")

    round = models.ForeignKey(
        Round, on_delete=models.PROTECT, related_name="visits", db_index=False, db_constraint=False
    )
    household = models.ForeignKey(
        Household, on_delete=models.PROTECT, related_name="visits", db_constraint=False
    )
    village = models.ForeignKey(
        Unit, on_delete=models.PROTECT, related_name="+", db_index=False, db_constraint=False
    )
    area_type = models.CharField(max_length=5, choices=[("rural", _("nông thôn")), ("urban", _("thành thị"))])
    ethnic = models.CharField(max_length=2, blank=True, help_text="of the head")
    persons = models.SmallIntegerField()
    outcome = models.CharField(max_length=10, choices=Outcome)
    visited_on = models.DateField(null=True)
    next_visit_on = models.DateField(null=True, blank=True)
    note = models.TextField(blank=True)
    answers = models.JSONField(default=dict)
    members = models.JSONField(default=list)
    source = models.CharField(max_length=10, choices=Source)
    brought_by = models.ForeignKey(
        Import, null=True, on_delete=models.PROTECT, related_name="visits", db_constraint=False
    )
    recorded_at = models.DateTimeField()
    recorded_by = models.ForeignKey(
        User, null=True, on_delete=models.PROTECT, related_name="+", db_index=False, db_constraint=False
    )
    retired_at = models.DateTimeField(null=True, blank=True)
    reason = models.TextField(blank=True, help_text="why this row replaces an earlier one")

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["round", "household"], condition=Q(retired_at__isnull=True), name="one_visit_in_force"
            ),
        ]
        indexes = [models.Index(fields=["village"], name="visit_village")]


class Verdict(models.Model):
    """Who a household is under one standard, and everything that answer rests on.

    Round, household and village are the visit's, repeated for figures and row-level security; the visit holds the key.

    Patterns have one character per indicator in the standard's order: 1 deprived, 0 not, ? unknown.
    """

    visit = models.ForeignKey(
        Visit, on_delete=models.PROTECT, related_name="verdicts", db_index=False, db_constraint=False
    )
    round = models.ForeignKey(Round, on_delete=models.PROTECT, related_name="verdicts", db_constraint=False)
    household = models.ForeignKey(
        Household, on_delete=models.PROTECT, related_name="verdicts", db_index=False, db_constraint=False
    )
    village = models.ForeignKey(
        Unit, on_delete=models.PROTECT, related_name="+", db_index=False, db_constraint=False
    )
    standard = models.CharField(max_length=20)
    law = models.ForeignKey(
        LawVersion, on_delete=models.PROTECT, related_name="+", db_index=False, db_constraint=False
    )
    area_type = models.CharField(max_length=5)
    ethnic = models.CharField(max_length=2, blank=True)
    persons = models.SmallIntegerField()
    klass = models.CharField(max_length=16, choices=Klass)
    basis = models.CharField(max_length=16, blank=True)
    band = models.SmallIntegerField(null=True)
    income = models.BigIntegerField(null=True, help_text="đồng per person per month")
    points = models.IntegerField(null=True)
    deprived = models.SmallIntegerField(null=True)
    unknown = models.SmallIntegerField()
    pattern = models.CharField(max_length=16)
    pattern_given = models.CharField(max_length=16)
    pattern_computed = models.CharField(max_length=16)
    disagree = models.CharField(max_length=16)
    borderline = models.BooleanField(default=False)
    borderline_why = models.CharField(max_length=60, blank=True)
    recorded_at = models.DateTimeField()
    retired_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                "visit",
                "standard",
                one_where(retired_at__isnull=True),
                name="one_verdict_in_force",
            ),
        ]
        indexes = [
            models.Index(fields=["village", "round"], name="verdict_village_round"),
            models.Index(fields=["household"], name="verdict_household"),
        ]


class Tally(models.Model):
    """Households and persons counted by round, standard, unit, ethnic group of the head and class.

    Units are those of the round's reference date, villages to province. `deprived` and `unknown` count, per
    indicator in the standard's order, the households lacking it or not answered. Made anew by
    `actions.tally_round` whenever verdicts change. `klass` may also be an outcome of a visit without verdict.
    """

    round = models.ForeignKey(Round, on_delete=models.CASCADE, related_name="tallies")
    standard = models.CharField(max_length=20)
    unit = models.ForeignKey(Unit, on_delete=models.CASCADE, related_name="+")
    level = models.SmallIntegerField()
    ethnic = models.CharField(max_length=2, blank=True)
    klass = models.CharField(max_length=16)
    households = models.IntegerField()
    persons = models.IntegerField()
    deprived = ArrayField(models.IntegerField(), default=list)
    unknown = ArrayField(models.IntegerField(), default=list)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["unit", "round", "standard", "ethnic", "klass"], name="tally_once"
            ),
        ]
        indexes = [models.Index(fields=["round", "unit"], name="tally_round_unit")]


class Export(models.Model):
    """A file somebody asked for: what of, how far it has come, where it lies. Every one is in the record."""

    class Kind(models.TextChoices):
        HOUSEHOLDS = "households", _("Danh sách hộ kèm thành viên")
        FIGURES = "figures", _("Bảng số liệu")

    class Format(models.TextChoices):
        XLSX = "xlsx", _("Bảng tính (XLSX)")
        CSV = "csv", "CSV"
        PARQUET = "parquet", "Parquet"

    class State(models.TextChoices):
        WAITING = "waiting", _("Chờ làm")
        WORKING = "working", _("Đang làm")
        DONE = "done", _("Đã xong")
        FAILED = "failed", _("Dừng giữa chừng")
        CANCELLED = "cancelled", _("Đã huỷ")

    round = models.ForeignKey(Round, on_delete=models.PROTECT, related_name="exports")
    unit = models.ForeignKey(Unit, on_delete=models.PROTECT, related_name="+")
    kind = models.CharField(max_length=10, choices=Kind)
    format = models.CharField(max_length=7, choices=Format)
    poor_only = models.BooleanField(default=False, help_text="poor and near-poor households alone")
    state = models.CharField(max_length=10, choices=State, default=State.WAITING)
    done = models.IntegerField(default=0, help_text="households written so far")
    total = models.IntegerField(default=0)
    stored_as = models.CharField(max_length=80, blank=True)
    failure = models.TextField(blank=True)
    created_at = models.DateTimeField(auto_now_add=True)
    created_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="exports")

    @property
    def finished(self) -> bool:
        return self.state in {self.State.DONE, self.State.FAILED, self.State.CANCELLED}
