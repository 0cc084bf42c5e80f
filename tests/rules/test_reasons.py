"""A verdict is told in sentences that name the line, the deprivations with their cause, and what is missing."""

import datetime as dt
from typing import Any

import pytest

from giamngheo.rules.engine import assess_one
from giamngheo.rules.reasons import class_name, reasons, what_would_change
from giamngheo.rules.standards import standards

ON = dt.date(2019, 11, 1)


def told(
    household: dict[str, Any], members: list[dict[str, Any]] | None = None, slug: str = "2016-2020"
) -> str:
    standard = standards()[slug]
    row = assess_one(household, members, standard, on=ON)
    return "\n".join(reasons(row, standard, household={**household, "on": ON}, members=members))


def changes(household: dict[str, Any], slug: str = "2016-2020", language: str = "vi") -> list[str]:
    standard = standards()[slug]
    return what_would_change(assess_one(household, None, standard, on=ON), standard, language)


def test_the_line_and_the_facts_are_named() -> None:
    household = {
        "area_type": "rural",
        "income_per_head": 850000,
        "water_source": "other",
        "house_grade": "simple",
    }
    members = [{"name": "Vàng Thị Mẫu", "birth_year": 1990, "education": "primary", "attends_school": False}]
    words = told(household, members)
    assert "850.000 đồng/người/tháng trên chuẩn nghèo về thu nhập (700.000 đồng/người/tháng)" in words
    assert "Thiếu hụt 3 chỉ số" in words
    assert "Trình độ giáo dục của người lớn: Vàng Thị Mẫu." in words
    assert "Nguồn nước sinh hoạt: nguồn khác." in words
    assert "Chất lượng nhà ở: Loại nhà: đơn sơ." in words
    assert "chưa đối chiếu Công báo" in words


def test_disagreements_are_told() -> None:
    words = told(
        {"area_type": "rural", "income_per_head": 850000, "tick_water": False, "water_source": "other"}
    )
    assert "Nguồn nước sinh hoạt: phiếu ghi không thiếu hụt nhưng dữ kiện cho thấy thiếu hụt" in words
    words = told({"area_type": "rural", "income_per_head": 500000, "b1_points": 160})
    assert "500.000 đồng/người/tháng cho kết quả khác với điểm B1 (160 điểm)" in words


def test_what_is_missing_is_told() -> None:
    words = told({"area_type": "rural"})
    assert "thiếu mục 7, 8, 9, 10, 11, 12, 13, 14" in words
    assert "nông thôn hay thành thị" in told({"income_per_head": 1, "area_type": None})
    words = told({"area_type": "rural", "income_per_head": 2000000}, slug="2027-2030")
    assert "351/2025" in words
    words = told({"area_type": "rural", "income_per_head": 3000000}, slug="2027-2030")
    assert "Chưa biết mức sống trung bình" in words


TICKS = ("water", "toilet", "telecom", "info_assets", "housing_area", "housing_quality", "health_access",
         "health_insurance", "adult_education", "child_schooling")  # fmt: skip


def ticked(deprived: int) -> dict[str, bool]:
    return {f"tick_{code}": place < deprived for place, code in enumerate(TICKS)}


@pytest.mark.parametrize(
    ("household", "sentences"),
    [
        (
            {"income_per_head": 600000, **ticked(0)},
            [
                "Nếu thu nhập trên 700.000 đồng/người/tháng thì: Hộ cận nghèo.",
            ],
        ),
        (
            {"income_per_head": 850000, **ticked(3)},
            [
                "Nếu thu nhập trên 1.000.000 đồng/người/tháng thì: Hộ có mức sống trung bình.",
                "Nếu thu nhập từ 700.000 đồng/người/tháng trở xuống thì: Hộ nghèo về thu nhập.",
                "Nếu bớt 1 thiếu hụt thì: Hộ cận nghèo.",
            ],
        ),
        (
            {"b1_points": 130, **ticked(1)},
            [
                "Nếu điểm B1 trên 150 thì: Hộ có mức sống trung bình.",
                "Nếu điểm B1 từ 120 trở xuống thì: Hộ nghèo về thu nhập.",
                "Nếu thêm 2 thiếu hụt thì: Hộ nghèo thiếu hụt dịch vụ xã hội cơ bản.",
            ],
        ),
        ({}, ["Khi biết thêm thu nhập bình quân hoặc tổng điểm B1, hộ sẽ được xác định."]),
    ],
)
def test_what_would_change_the_class(household: dict[str, Any], sentences: list[str]) -> None:
    assert changes({"area_type": "rural", **household}) == sentences


def test_english() -> None:
    household = {"area_type": "urban", "income_per_head": 1000000, **ticked(4)}
    assert changes(household, language="en")[-1] == "With 2 deprivations less: Near-poor."
    assert class_name("poor_income", "en") == "Income-poor"
