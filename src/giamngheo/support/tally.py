"""Counting a year anew, for the pages that add up figures; whoever writes a delivery or decides a list asks for it."""

from collections.abc import Collection

from django.db import connection


def count_years(years: Collection[int], villages: Collection[int] | None = None) -> None:
    """Count lists, deliveries and findings of these years, of all villages or of some; the last act of a transaction."""
    with connection.cursor() as cursor:
        for year in sorted(set(years)):
            cursor.execute(
                "SELECT support_tally_year(%s, %s)", [year, None if villages is None else list(villages)]
            )
