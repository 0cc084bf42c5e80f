"""Households and their members, with where and with whom they lived at every time and what changed it.

`village` stands on every row for row-level security, copied from the household. Its policy admits only villages there
are, so a foreign key would ask the same once more for every row: 100,000 households come in with 2,000,000 rows.
For the same reason the keys that tie these tables are looked up once a statement (`access.keys`), not once a row.
"""

from django.contrib.postgres.fields import DateRangeField
from django.db import models
from django.db.models import Case, F, Q, When
from django.utils.translation import gettext_lazy as _

from giamngheo.access.models import User
from giamngheo.areas.models import Unit
from giamngheo.base.database import Fold, HouseholdNumber, NameKey, one_where


class Sex(models.TextChoices):
    MALE = "M", _("Nam")
    FEMALE = "F", _("Nữ")


class Relation(models.TextChoices):
    HEAD = "head", _("Chủ hộ")
    SPOUSE = "spouse", _("Vợ, chồng")
    CHILD = "child", _("Con")
    PARENT = "parent", _("Cha, mẹ")
    GRANDCHILD = "grandchild", _("Cháu")
    SIBLING = "sibling", _("Anh, chị, em")
    GRANDPARENT = "grandparent", _("Ông, bà")
    OTHER = "other", _("Khác")


class Household(models.Model):
    """A household under one number for ever; where it lives now is repeated here for search and access."""

    number = models.GeneratedField(
        expression=HouseholdNumber("id"), output_field=models.CharField(max_length=12), db_persist=True
    )
    village = models.ForeignKey(Unit, on_delete=models.PROTECT, related_name="+", db_index=False)
    local_code = models.CharField(_("Mã hộ của thôn"), max_length=30, blank=True)
    address = models.CharField(_("Địa chỉ"), max_length=200, blank=True)
    ended_on = models.DateField(null=True, blank=True)
    moved = models.BooleanField(default=False, help_text="has lived in another village; its past comes along")

    class Meta:
        constraints = [models.UniqueConstraint(fields=["number"], name="household_number_once")]
        indexes = [
            models.Index(fields=["village", "local_code"], name="household_village_code"),
            models.Index(fields=["village"], condition=Q(moved=True), name="household_moved"),
        ]

    def __str__(self) -> str:
        return str(self.number)


class Person(models.Model):
    """A person as now known. Earlier knowledge stands in `PersonPast`; the id number only sealed."""

    full_name = models.CharField(_("Họ và tên"), max_length=120)
    sex = models.CharField(_("Giới tính"), max_length=1, choices=Sex, blank=True)
    birth_date = models.DateField(_("Ngày sinh"), null=True, blank=True)
    birth_year = models.SmallIntegerField(_("Năm sinh"), null=True, blank=True)
    ethnic = models.CharField(_("Dân tộc"), max_length=2, blank=True)
    id_sealed = models.BinaryField(null=True, editable=False)
    id_index = models.BinaryField(null=True, editable=False)
    died_on = models.DateField(null=True, blank=True)
    village = models.ForeignKey(
        Unit, on_delete=models.PROTECT, related_name="+", db_index=False, db_constraint=False
    )
    household = models.ForeignKey(
        Household, null=True, on_delete=models.PROTECT, related_name="members", db_constraint=False
    )
    relation = models.CharField(_("Quan hệ với chủ hộ"), max_length=12, choices=Relation, blank=True)
    same_as = models.ForeignKey(
        "self",
        null=True,
        on_delete=models.PROTECT,
        related_name="duplicates",
        db_index=False,
        db_constraint=False,
    )
    known_from = models.DateTimeField()
    folded = models.GeneratedField(
        expression=Fold("full_name"), output_field=models.TextField(), db_persist=True
    )
    name_key = models.GeneratedField(  # lists are ordered by the head's name alone
        expression=Case(When(relation="head", then=NameKey("full_name"))),
        output_field=models.CharField(max_length=200, db_collation="C", null=True),
        db_persist=True,
    )

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(ethnic__regex=r"^(0[1-9]|[1-4][0-9]|5[0-6])?$"), name="person_ethnic_known"
            ),
            models.CheckConstraint(
                condition=Q(birth_date__isnull=True) | Q(birth_date__year=F("birth_year")),
                name="person_birth_agrees",
            ),
            models.CheckConstraint(
                condition=Q(birth_year__isnull=True) | Q(birth_year__range=(1880, 2100)),
                name="person_birth_possible",
            ),
            models.CheckConstraint(
                condition=Q(died_on__isnull=True)
                | Q(birth_date__isnull=True)
                | Q(died_on__gte=F("birth_date")),
                name="person_died_after_birth",
            ),
            models.UniqueConstraint(
                fields=["household"],
                condition=Q(relation="head", household__isnull=False),
                name="one_head_a_household",
            ),
            models.UniqueConstraint(  # linked records may bear the number of the one they are linked to
                "id_index",
                one_where(same_as__isnull=True),
                condition=Q(id_index__isnull=False),
                name="id_number_once",
            ),
        ]
        indexes = [
            models.Index(fields=["village"], name="person_village"),
            models.Index(fields=["same_as"], condition=Q(same_as__isnull=False), name="person_same_as"),
            models.Index(
                fields=["name_key", "household"],
                condition=Q(relation="head", household__isnull=False),
                name="person_head_by_name",
            ),
        ]

    def __str__(self) -> str:
        return self.full_name


class LifeEvent(models.Model):
    """What happened to a household or a person, when, why, and who recorded it."""

    class Kind(models.TextChoices):
        REGISTERED = "registered", _("Vào sổ")
        BORN = "born", _("Sinh")
        DIED = "died", _("Chết")
        MOVED_IN = "moved_in", _("Chuyển đến")
        MOVED_OUT = "moved_out", _("Chuyển đi")
        SPLIT = "split", _("Tách hộ")
        MERGED = "merged", _("Nhập hộ")
        HEAD_CHANGED = "head_changed", _("Đổi chủ hộ")
        CORRECTED = "corrected", _("Đính chính")
        RESTORED = "restored", _("Khôi phục")

    kind = models.CharField(max_length=14, choices=Kind)
    on = models.DateField()
    household = models.ForeignKey(
        Household, null=True, on_delete=models.PROTECT, related_name="events", db_constraint=False
    )
    other = models.ForeignKey(
        Household, null=True, on_delete=models.PROTECT, related_name="other_events", db_constraint=False
    )
    person = models.ForeignKey(
        Person, null=True, on_delete=models.PROTECT, related_name="events", db_constraint=False
    )
    village = models.ForeignKey(
        Unit, on_delete=models.PROTECT, related_name="+", db_index=False, db_constraint=False
    )
    reason = models.TextField(blank=True)
    before = models.JSONField(null=True)
    after = models.JSONField(null=True)
    recorded_at = models.DateTimeField()
    recorded_by = models.ForeignKey(
        User, null=True, on_delete=models.PROTECT, related_name="+", db_index=False, db_constraint=False
    )

    class Meta:
        indexes = [models.Index(fields=["village"], name="event_village")]


#: A period in force without an end.
_OPEN_ONE = one_where(period__upper_inf=True, retired_at__isnull=True)


class Residence(models.Model):
    """Where a household lived during a period, as known from `recorded_at` until `retired_at`."""

    household = models.ForeignKey(
        Household, on_delete=models.PROTECT, related_name="residences", db_index=False, db_constraint=False
    )
    village = models.ForeignKey(
        Unit, on_delete=models.PROTECT, related_name="+", db_index=False, db_constraint=False
    )
    local_code = models.CharField(max_length=30, blank=True)
    period = DateRangeField()
    event = models.ForeignKey(
        LifeEvent, null=True, on_delete=models.PROTECT, related_name="+", db_index=False, db_constraint=False
    )
    recorded_at = models.DateTimeField()
    retired_at = models.DateTimeField(null=True, blank=True)
    retired_by = models.ForeignKey(
        LifeEvent, null=True, on_delete=models.PROTECT, related_name="+", db_index=False, db_constraint=False
    )

    class Meta:
        constraints = [
            models.UniqueConstraint(  # closed periods are kept apart by a trigger: see periods.py
                "household", _OPEN_ONE, name="one_residence_at_a_time"
            ),
        ]
        indexes = [
            models.Index(fields=["village"], name="residence_village"),
            models.Index(
                fields=["retired_by"], condition=Q(retired_by__isnull=False), name="residence_retired_by"
            ),
        ]


class Membership(models.Model):
    """In which household a person lived during a period, in which relation, and as known when."""

    person = models.ForeignKey(
        Person, on_delete=models.PROTECT, related_name="memberships", db_index=False, db_constraint=False
    )
    household = models.ForeignKey(
        Household, on_delete=models.PROTECT, related_name="memberships", db_constraint=False
    )
    village = models.ForeignKey(
        Unit, on_delete=models.PROTECT, related_name="+", db_index=False, db_constraint=False
    )
    relation = models.CharField(max_length=12, choices=Relation)
    period = DateRangeField()
    event = models.ForeignKey(
        LifeEvent, null=True, on_delete=models.PROTECT, related_name="+", db_index=False, db_constraint=False
    )
    recorded_at = models.DateTimeField()
    retired_at = models.DateTimeField(null=True, blank=True)
    retired_by = models.ForeignKey(
        LifeEvent, null=True, on_delete=models.PROTECT, related_name="+", db_index=False, db_constraint=False
    )

    class Meta:
        constraints = [
            models.UniqueConstraint(  # closed periods are kept apart by a trigger: see periods.py
                "person", _OPEN_ONE, name="one_household_at_a_time"
            ),
        ]
        indexes = [
            models.Index(
                fields=["retired_by"], condition=Q(retired_by__isnull=False), name="membership_retired_by"
            ),
        ]


class PersonPast(models.Model):
    """What was held true of a person before a correction."""

    person = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="past")
    village = models.ForeignKey(Unit, on_delete=models.PROTECT, related_name="+")
    full_name = models.CharField(max_length=120)
    sex = models.CharField(max_length=1, blank=True)
    birth_date = models.DateField(null=True)
    birth_year = models.SmallIntegerField(null=True)
    ethnic = models.CharField(max_length=2, blank=True)
    id_sealed = models.BinaryField(null=True)
    died_on = models.DateField(null=True)
    known_from = models.DateTimeField()
    known_until = models.DateTimeField()
    event = models.ForeignKey(LifeEvent, on_delete=models.PROTECT, related_name="+")


class DuplicatePair(models.Model):
    """Two persons who may be one, with the likeness found; a person decides, and may take it back."""

    class State(models.TextChoices):
        OPEN = "open", _("Chờ xem xét")
        SAME = "same", _("Là một người")
        DIFFERENT = "different", _("Hai người khác nhau")

    one = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="+")
    two = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="+")
    one_village = models.ForeignKey(Unit, on_delete=models.PROTECT, related_name="+")
    two_village = models.ForeignKey(Unit, on_delete=models.PROTECT, related_name="+")
    likeness = models.FloatField(help_text="match probability, 0 to 1")
    grounds = models.JSONField(default=dict)
    state = models.CharField(max_length=10, choices=State, default=State.OPEN)
    reason = models.TextField(blank=True)
    found_at = models.DateTimeField()
    decided_at = models.DateTimeField(null=True)
    decided_by = models.ForeignKey(User, null=True, on_delete=models.PROTECT, related_name="+")

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["one", "two"], name="pair_once"),
            models.CheckConstraint(condition=Q(one__lt=F("two")), name="pair_ordered"),
        ]
        indexes = [models.Index(fields=["state", "-likeness", "id"], name="pair_by_likeness")]


class DuplicateSearch(models.Model):
    """One search for likely duplicates in the area of the person who asked for it, with how far it has come."""

    class State(models.TextChoices):
        WAITING = "waiting", _("Đang chờ")
        RUNNING = "running", _("Đang tìm")
        DONE = "done", _("Đã xong")
        CANCELLED = "cancelled", _("Đã dừng")
        FAILED = "failed", _("Dừng vì lỗi")

    state = models.CharField(max_length=10, choices=State, default=State.WAITING)
    progress = models.SmallIntegerField(default=0, help_text="per cent")
    persons = models.IntegerField(default=0)
    pairs = models.IntegerField(default=0, help_text="found, those known before included")
    added = models.IntegerField(default=0, help_text="found for the first time")
    failure = models.TextField(blank=True)
    asked_at = models.DateTimeField(auto_now_add=True)
    asked_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")

    @property
    def is_over(self) -> bool:
        return self.state not in (self.State.WAITING, self.State.RUNNING)
