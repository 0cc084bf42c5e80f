"""Administrative units as they were on each day: a unit is (code, valid_from), for codes are used again."""

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.utils.translation import gettext_lazy as _

from giamngheo.base.database import Fold, SortKey


class Level(models.IntegerChoices):
    PROVINCE = 1, _("tỉnh")
    DISTRICT = 2, _("huyện")
    COMMUNE = 3, _("xã")
    VILLAGE = 4, _("thôn, bản")


class Confidence(models.TextChoices):
    HIGH = "high", _("cao")
    MEDIUM = "medium", _("trung bình")
    LOW = "low", _("thấp")


class Unit(models.Model):
    """One unit during one period. `opened_known` is False where the record does not say when it began."""

    code = models.CharField(max_length=20)
    level = models.SmallIntegerField(choices=Level)
    name = models.CharField(max_length=120)
    kind = models.CharField(max_length=30)
    urban = models.BooleanField(default=False)
    alt_names = ArrayField(models.CharField(max_length=120), default=list, blank=True)
    valid_from = models.DateField()
    valid_to = models.DateField(null=True, blank=True)
    opened_known = models.BooleanField(default=True)
    parent_code = models.CharField(max_length=20, blank=True)
    border = models.BooleanField(default=False)
    area_km2 = models.DecimalField(max_digits=10, decimal_places=2, null=True)
    legal_basis_from = models.TextField(blank=True)
    legal_basis_to = models.TextField(blank=True)
    source = models.TextField(blank=True)
    confidence = models.CharField(max_length=10, choices=Confidence, default=Confidence.HIGH)
    synthetic = models.BooleanField(default=False)
    name_key = models.GeneratedField(
        expression=SortKey("name"),
        output_field=models.CharField(max_length=200, db_collation="C"),
        db_persist=True,
    )
    folded = models.GeneratedField(expression=Fold("name"), output_field=models.TextField(), db_persist=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["code", "valid_from"], name="unit_code_from"),
            models.CheckConstraint(
                condition=models.Q(valid_to__isnull=True) | models.Q(valid_to__gte=models.F("valid_from")),
                name="unit_period_forward",
            ),
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def area_type(self) -> str:
        """Phường and thị trấn are urban, xã is rural (law.md 3.3)."""
        return "urban" if self.urban else "rural"


class Nesting(models.Model):
    """The unit directly above another, during a period. A village keeps its identity when its commune merges."""

    child = models.ForeignKey(Unit, on_delete=models.CASCADE, related_name="nestings")
    parent = models.ForeignKey(Unit, on_delete=models.PROTECT, related_name="+")
    valid_from = models.DateField()
    valid_to = models.DateField(null=True, blank=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["child", "valid_from"], name="nesting_child_from")]


class Within(models.Model):
    """Every unit above a unit, itself included, during a period: `Nesting` worked out to the top."""

    unit = models.ForeignKey(Unit, on_delete=models.CASCADE, related_name="above")
    ancestor = models.ForeignKey(Unit, on_delete=models.CASCADE, related_name="below")
    unit_level = models.SmallIntegerField(choices=Level)
    level = models.SmallIntegerField(choices=Level, help_text="of the ancestor")
    valid_from = models.DateField()
    valid_to = models.DateField(null=True, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["unit", "ancestor", "valid_from"], name="within_once"),
        ]
        indexes = [models.Index(fields=["ancestor", "unit_level"], name="within_below")]


class Succession(models.Model):
    """What became of a unit on a day: it went whole into another, lived on unchanged, or in part."""

    class Kind(models.TextChoices):
        WHOLE = "whole", _("nhập nguyên trạng")
        UNCHANGED = "unchanged", _("giữ nguyên")
        PART = "part", _("một phần")

    before = models.ForeignKey(Unit, on_delete=models.CASCADE, related_name="successions")
    after = models.ForeignKey(Unit, on_delete=models.CASCADE, related_name="predecessions")
    on = models.DateField()
    kind = models.CharField(max_length=10, choices=Kind)
    legal_basis = models.TextField(blank=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["before", "after", "on"], name="succession_once")]


class AreaList(models.Model):
    """A dated list of units that law names: poor districts, border communes, units in special difficulty."""

    slug = models.SlugField(unique=True)
    name_vi = models.TextField()
    name_en = models.TextField()
    legal_basis = models.TextField()
    note_vi = models.TextField(blank=True)
    note_en = models.TextField(blank=True)
    source = models.TextField()
    confidence = models.CharField(max_length=10, choices=Confidence)
    verified = models.BooleanField(default=False)
    complete = models.BooleanField(default=False, help_text="False where only a part of the list is known")


class AreaListEntry(models.Model):
    area_list = models.ForeignKey(AreaList, on_delete=models.CASCADE, related_name="entries")
    unit = models.ForeignKey(Unit, on_delete=models.PROTECT, related_name="listings")
    valid_from = models.DateField()
    valid_to = models.DateField(null=True, blank=True)
    source = models.TextField(blank=True)
    confidence = models.CharField(max_length=10, choices=Confidence)
    verified = models.BooleanField(default=False)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["area_list", "unit", "valid_from"], name="listing_once"),
        ]


class Outline(models.Model):
    """The outline of a unit as a GeoJSON geometry in WGS84, simplified for maps; not for cadastral use."""

    unit = models.OneToOneField(Unit, on_delete=models.CASCADE, primary_key=True, related_name="outline")
    geometry = models.JSONField()
    source = models.TextField()
    licence = models.TextField()
