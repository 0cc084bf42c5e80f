"""The minutes ask the same in the same order, blank or filled, in two copies."""

import dataclasses

import pytest

from giamngheo.reports.papers.minutes import COPIES, MinutedHousehold, MinutedInterest, Minutes
from giamngheo.reports.papers.minutes_fields import MINUTES_FIELDS, fields_of
from tests.reports import samples
from tests.reports.reading import pages, text

PARTS = ("meeting", "household", "interest", "closing")


def _names(kind: type) -> set[str]:
    return {field.name for field in dataclasses.fields(kind)}


@pytest.mark.parametrize("filled", [False, True], ids=["blank", "filled"])
def test_every_question_stands_on_the_paper_in_the_order_of_the_screen(filled: bool) -> None:
    found = text(samples.minutes(filled=filled))
    first_copy = found[: found.index(COPIES[1])]
    at = 0
    for field in MINUTES_FIELDS:
        at = first_copy.index(field.label, at) + 1


def test_parts_follow_one_another_and_no_question_is_asked_twice() -> None:
    assert [field.part for field in MINUTES_FIELDS] == sorted(
        (f.part for f in MINUTES_FIELDS), key=PARTS.index
    )
    for part in PARTS:
        keys = [field.key for field in fields_of(part)]
        assert len(keys) == len(set(keys))


def test_every_question_has_its_place_in_the_minutes() -> None:
    meeting = {f.key for part in ("meeting", "closing") for f in fields_of(part) if f.kind != "attendance"}
    assert meeting <= _names(Minutes)
    assert {f.key for f in fields_of("household")} == _names(MinutedHousehold)
    assert {f.key for f in fields_of("interest")} == _names(MinutedInterest)


def test_filled_minutes_say_who_came_and_how_they_voted() -> None:
    found = text(samples.minutes())
    assert "Người chủ trì: Lò Văn Bản" in found
    assert "19 giờ 30, thứ Sáu, ngày 15 tháng 10 năm 2021" in found
    assert "Đại diện chi bộ: 2 người: Vàng A Chi, Tao Văn Bộ" in found
    assert "Cán bộ xã: không có" in found
    assert "1 Giàng A Páo Hộ nghèo về thu nhập 40 0" in found
    assert "Lò Văn Bản (trưởng bản) Hộ của mình 40 31 9" in found
    assert "thiếu nước sạch" in found and "Thống nhất kết quả của 7 hộ" in found


def test_blank_minutes_bear_the_households_and_no_answer() -> None:
    found = text(samples.minutes(filled=False))
    assert "Giàng A Páo" in found
    assert "×" not in found


def test_there_are_two_copies_each_with_its_own_pages() -> None:
    found = pages(samples.minutes(300))
    half = len(found) // 2
    assert COPIES[0] in found[0] and COPIES[1] in found[half]
    for number, page in enumerate(found):
        assert f"Trang {number % half + 1} / {half}" in page


def test_a_meeting_with_one_household_takes_two_pages_a_copy_at_most() -> None:
    assert len(pages(samples.minutes(1))) <= 4


def test_a_second_meeting_says_so() -> None:
    assert "(cuộc họp lần 2)" in text(samples.minutes(number=2))
