"""The poster bears what the law needs posted and nothing else, over as many pages as it takes."""

import dataclasses
import re

import pytest

from giamngheo.reports.papers.errors import PersonalNumberError, ReasonTooLongError
from giamngheo.reports.papers.poster import REASON_LENGTH, PostedHousehold
from tests.reports import samples
from tests.reports.reading import pages, reader, text


def test_a_line_of_a_poster_has_no_place_for_anything_personal() -> None:
    assert {field.name for field in dataclasses.fields(PostedHousehold)} == {
        "head_name",
        "klass",
        "reason",
        "changed",
    }


@pytest.mark.parametrize(
    "number", ["012345678901", "0912345678", "091 234 5678", "0912.345.678", "123-456-789"]
)
@pytest.mark.parametrize("where", ["head_name", "reason"])
def test_a_text_with_an_id_or_telephone_number_is_refused(where: str, number: str) -> None:
    fields = {"head_name": "Giàng A Páo", "klass": "poor", where: f"Páo {number}"}
    with pytest.raises(PersonalNumberError, match=re.escape(number)):
        PostedHousehold(**fields)


@pytest.mark.parametrize(
    "reason", ["Điểm B1 115, không quá 120", "Thu nhập 650.000, thiếu 3/10 chỉ số", "x" * REASON_LENGTH]
)
def test_a_reason_with_the_figures_of_the_law_is_posted(reason: str) -> None:
    assert PostedHousehold(head_name="Giàng A Páo", klass="poor", reason=reason).reason == reason


@pytest.mark.parametrize("reason", ["x" * (REASON_LENGTH + 1), "hai\ndòng"])
def test_a_reason_is_one_line_at_most(reason: str) -> None:
    with pytest.raises(ReasonTooLongError):
        PostedHousehold(head_name="Giàng A Páo", klass="poor", reason=reason)


def test_a_poster_says_from_when_to_when_where_and_how_to_object() -> None:
    found = text(samples.poster())
    assert "Niêm yết từ thứ Hai, 18/10/2021 đến hết thứ Tư, 20/10/2021 (3 ngày làm việc)" in found
    assert "gặp trưởng bản" in found and "giấy hẹn" in found
    assert "Giàng A Páo" in found and "Hộ nghèo về thu nhập" in found
    assert "giamngheo.example/niem-yet/a1b2c3d4e5f6" in found


@pytest.mark.parametrize(("size", "millimetres"), [("a4", (210, 297)), ("a3", (297, 420))])
def test_a_poster_is_printed_on_either_sheet(size: str, millimetres: tuple[int, int]) -> None:
    box = reader(samples.poster(size=size)).pages[0].mediabox
    assert (round(float(box.width) / 72 * 25.4), round(float(box.height) / 72 * 25.4)) == millimetres


def test_one_household_takes_a_page_and_three_hundred_repeat_the_head() -> None:
    assert len(pages(samples.poster(1))) == 1
    found = pages(samples.poster(300))
    assert len(found) > 10
    for number, page in enumerate(found, 1):
        assert f"Trang {number} / {len(found)}" in page
        assert "Kết quả rà soát Lý do" in page or "CHỦ TỊCH" in page
    assert "Danh sách 300 hộ" in found[0]


def test_no_household_is_said_so() -> None:
    assert "Không có hộ nào" in text(samples.poster(0))


def test_a_second_posting_says_so_and_marks_what_was_changed() -> None:
    found = text(samples.poster(number=2))
    assert "niêm yết lần 2 sau phúc tra" in found
    assert "(sửa sau phúc tra)" in found


def test_without_a_public_page_no_code_is_drawn() -> None:
    assert "Trang niêm yết trên mạng" not in text(samples.poster(public_url=""))


def test_the_loudspeaker_says_the_same_in_short_sentences() -> None:
    paper = samples.announcement()
    said = paper.sentences()
    assert all(sentence.endswith(".") and len(sentence) <= 100 for sentence in said)
    assert "Hộ Giàng A Páo: hộ nghèo về thu nhập." in said
    assert "Hết hạn vào cuối thứ Tư, ngày 20 tháng 10 năm 2021." in said
    assert paper.text().startswith("[DỮ LIỆU MÔ PHỎNG")
    found = text(paper)
    assert all(sentence in found for sentence in said)
    assert not any(
        "Giàng A Páo" in sentence for sentence in samples.announcement(with_names=False).sentences()
    )
