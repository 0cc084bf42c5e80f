"""Database functions every room may use in its models; their SQL stands in access' first migration."""

from typing import Any

from django.db.models import BigIntegerField, Case, CharField, Func, TextField, When


class Fold(Func):
    """Text without case and diacritics, for search: 'Giàng A Páo' becomes 'giang a pao'."""

    function = "vn_fold"
    output_field = TextField()


class SortKey(Func):
    """A key whose byte order is Vietnamese alphabetical order: a ă â b c d đ e ê …, tones after letters."""

    function = "vn_sortkey"
    output_field = CharField()


class NameKey(Func):
    """The key by which Vietnamese lists of people are ordered: given name first, then surname."""

    function = "vn_namekey"
    output_field = CharField()


class HouseholdNumber(Func):
    """The province-wide number of a household, made of its id with a check digit."""

    function = "household_number"
    output_field = CharField()


def one_where(**held: Any) -> Case:
    """For a unique constraint beside other columns: 0 of a row of which `held` is true, of every other its own id.

    So only one row is so, and the one index finds all of them.
    """
    return Case(When(**held, then=0), default="id", output_field=BigIntegerField())
