"""Vietnamese words, numbers and dates as people write them."""

import datetime as dt
from decimal import Decimal

import pytest

from giamngheo.base.text import (
    fold,
    format_date,
    format_number,
    format_percent,
    parse_date,
    parse_number,
    sort_key,
)


@pytest.mark.parametrize(
    ("written", "folded"),
    [("Giàng  A Páo", "giang a pao"), ("ĐƯỜNG", "duong"), ("Lò Thị Ẽo\u0323", "lo thi eo"), ("", "")],
)
def test_search_forgets_case_accents_and_spaces(written: str, folded: str) -> None:
    assert fold(written) == folded


def test_order_is_the_dictionarys() -> None:
    words = ["Éo", "Đào", "Dũng", "Ân", "Ăn", "Ba", "An"]
    assert sorted(words, key=sort_key) == ["An", "Ăn", "Ân", "Ba", "Dũng", "Đào", "Éo"]


@pytest.mark.parametrize(
    ("typed", "number"),
    [
        ("700.000", "700000"), ("700 000", "700000"), ("1,500,000", "1500000"), ("1.234,5", "1234.5"),
        ("1,234.5", "1234.5"), ("12,5", "12.5"), ("0.500", "0.500"), ("-3", "-3"), ("1500", "1500"),
        ("1.2.3", None), ("1.234,", None), ("700k", None), ("", None), ("12.34.567", None),
    ],
)  # fmt: skip
def test_numbers_are_read_as_typed(typed: str, number: str | None) -> None:
    assert parse_number(typed) == (None if number is None else Decimal(number))


@pytest.mark.parametrize(
    ("typed", "day"),
    [
        ("15/10/2021", dt.date(2021, 10, 15)), ("5-3-1986", dt.date(1986, 3, 5)), ("2021-10-15", dt.date(2021, 10, 15)),
        ("30/2/2020", None), ("10/15/2021", None), ("1986", None),
    ],
)  # fmt: skip
def test_dates_are_day_first(typed: str, day: dt.date | None) -> None:
    assert parse_date(typed) == day


def test_numbers_are_written_for_the_reader() -> None:
    assert format_number(1234.5) == "1.234,5"
    assert format_number(1500000) == "1.500.000"
    assert format_number(1500000, language="en") == "1,500,000"
    assert format_number(6.666) == "6,67"
    assert format_percent(0.1633) == "16,33%"
    assert format_date(dt.date(2021, 10, 5)) == "05/10/2021"
