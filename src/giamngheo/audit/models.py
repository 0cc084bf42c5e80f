"""The append-only record of every write and of every read of sensitive data."""

from django.contrib.postgres.indexes import BrinIndex
from django.db import models
from django.utils.translation import gettext_lazy as _


class Kind(models.TextChoices):
    INSERT = "insert", _("Thêm")
    UPDATE = "update", _("Sửa")
    DELETE = "delete", _("Xoá")
    READ = "read", _("Xem")
    EXPORT = "export", _("Xuất dữ liệu")
    REFUSED = "refused", _("Bị từ chối")
    SIGN_IN = "sign_in", _("Đăng nhập")
    SIGN_OUT = "sign_out", _("Đăng xuất")
    SIGN_IN_FAILED = "sign_in_failed", _("Đăng nhập sai")
    LOAD = "load", _("Nạp dữ liệu")


class Keys(models.Field):  # type: ignore[type-arg]
    """A set of row ids as PostgreSQL keeps it: an int8multirange, short where ids follow one another."""

    def db_type(self, connection: object) -> str:
        return "int8multirange"


class Event(models.Model):
    """One event. Writes come from the database's own triggers; nothing here is ever changed or deleted.

    `before` and `after` hold the row as JSON; `details` holds what a read, an export or a refusal was about. Where one
    statement added many rows, `rows` holds their ids, and `queries.as_written` tells what stood in one of them.
    """

    at = models.DateTimeField()
    actor = models.IntegerField(null=True, db_index=True)
    kind = models.CharField(max_length=20, choices=Kind)
    subject = models.CharField(max_length=60, help_text="table, or what was read")
    row = models.CharField(max_length=40, blank=True)
    rows = Keys(null=True)
    before = models.JSONField(null=True)
    after = models.JSONField(null=True)
    details = models.JSONField(null=True)
    transaction = models.BigIntegerField(null=True)

    class Meta:
        indexes = [
            models.Index(fields=["subject", "row"], name="event_subject_row"),
            BrinIndex(fields=["at"], name="event_at"),  # events come in the order of time
        ]
