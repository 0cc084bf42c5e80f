"""The decision names every household on the list of what became of it, and carries the hash of its content."""

import pytest

from giamngheo.reports.papers.decision import LISTS, DecidedHousehold
from tests.reports import samples
from tests.reports.reading import pages, text


@pytest.mark.parametrize(
    ("outcome", "before", "returning", "movement"),
    [
        ("recognised_poor", "poor_income", False, "stayed"),
        ("recognised_poor", "poor_deprivation", True, "stayed"),
        ("recognised_poor", "near_poor", False, "worse"),
        ("recognised_poor", "none", True, "fell_back"),
        ("recognised_poor", "average", False, "new"),
        ("recognised_near_poor", "near_poor", False, "stayed"),
        ("recognised_near_poor", "poor", False, "better"),
        ("recognised_near_poor", "none", True, "fell_back"),
        ("recognised_near_poor", "none", False, "new"),
        ("escaped_poor", "poor", False, ""),
        ("not_recognised", "none", False, ""),
    ],
)
def test_within_a_list_households_stand_by_how_they_came_there(
    outcome: str, before: str, returning: bool, movement: str
) -> None:
    row = DecidedHousehold(
        outcome=outcome,
        head_name="Giàng A Páo",
        village="Bản Nậm Mẫu 1",
        persons=4,
        before=before,
        after="poor_income",
        returning=returning,
    )
    assert row.movement == movement


def test_the_articles_count_each_list_and_the_lists_follow() -> None:
    found = text(samples.decision(24))
    assert "CHỦ TỊCH ỦY BAN NHÂN DÂN XÃ NẬM MẪU" in found
    assert "1. Công nhận 12 hộ nghèo, 60 khẩu (Danh sách số 1 kèm theo);" in found
    assert "5. Không công nhận 3 hộ, 14 khẩu (lý do của từng hộ ở Danh sách số 5 kèm theo)." in found
    assert "Căn cứ Luật Tổ chức chính quyền địa phương;" in found
    for number, (heading, _) in enumerate(LISTS.values(), 1):
        assert f"Danh sách số {number}: {heading}" in found
    assert "Tái nghèo, tái cận nghèo: 3 hộ" in found and "Phát sinh mới: 3 hộ" in found
    assert "Điểm B1 là 165, trên 150; thiếu hụt 2 chỉ số" in found


def test_a_list_without_households_is_not_printed() -> None:
    found = text(samples.decision(1))
    assert "Danh sách số 1: Hộ nghèo được công nhận" in found
    assert "Danh sách số 2" not in found


def test_every_page_carries_the_hash_of_the_content() -> None:
    paper = samples.decision(300)
    found = pages(paper)
    assert len(found) > 12
    for number, page in enumerate(found, 1):
        assert paper.content_hash in page
        assert f"Trang {number} / {len(found)}" in page


def test_a_later_decision_says_which_one_it_replaces() -> None:
    found = text(samples.decision(kind="correction", supersedes="45/QĐ-UBND, vì sai tên một chủ hộ."))
    assert (
        "Quyết định này thay thế Quyết định số 45/QĐ-UBND, vì sai tên một chủ hộ. Quyết định này có" in found
    )
    assert "(sửa quyết định trước)" in found


def test_a_household_cannot_drop_off_the_lists_unseen() -> None:
    with pytest.raises(ValueError, match="recognized"):
        DecidedHousehold(
            outcome="recognized", head_name="Giàng A Páo", village="", persons=1, before="none", after="poor"
        )
