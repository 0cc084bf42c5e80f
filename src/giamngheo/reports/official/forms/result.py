"""Form 1: the result of the review, households and persons by class with their rates."""

import ibis.expr.types as ir

from giamngheo.reports.official.forms._form import (
    LIKE_LATER,
    NUMBER_UNREAD,
    OF_PERSONS,
    RATE,
    Doubt,
    Form,
    Quantities,
    counted,
    listed,
    rate,
    so,
)  # fmt: skip
from giamngheo.reports.official.report import NEW, OLD, Basis, Column
from giamngheo.rules.standards import Words

_ALL = Words("Tổng số", "All")
_POOR = Words("Hộ nghèo", "Poor")
_NEAR = Words("Hộ cận nghèo", "Near-poor")
_AVERAGE = Words("Hộ có mức sống trung bình", "Average living standard")
_HOUSEHOLDS, _PERSONS = Words("Số hộ", "Households"), Words("Số nhân khẩu", "Persons")


def columns(basis: Basis) -> tuple[Column, ...]:
    households = Column("1", "1", Words("Số hộ dân cư", "Households"), under=(_ALL,), quantity="all")
    persons = Column("2", "2", Words("Số nhân khẩu", "Persons"), under=(_ALL,), quantity="all.persons")
    found = [households, persons]
    heads = (("poor", _POOR), ("near_poor", _NEAR), ("average", _AVERAGE))
    for whole, head, ending in ((households, _HOUSEHOLDS, ""), (persons, _PERSONS, OF_PERSONS)):
        for name, group in heads:
            number = len(found) + 1
            count = Column(str(number), str(number), head, under=(group,), quantity=name + ending)
            found += [count, rate(number + 1, count, whole, RATE, (group,))]
    return tuple(found)


def quantities(moved: ir.Table, basis: Basis) -> Quantities:
    return {
        **counted("all", so(moved.after.notnull()), moved),
        **listed(moved),
        **counted("average", so(moved.after.notnull() & (moved.after_class == "average")), moved),
        "undetermined": so(moved.after.notnull() & (moved.after_class == "undetermined")),
    }


FORM = Form(
    slug="result",
    number={OLD: "", NEW: "1"},
    title=Words(
        "Tổng hợp kết quả rà soát hộ nghèo, hộ cận nghèo, hộ có mức sống trung bình năm {year}",
        "Result of the {year} review: poor, near-poor and average households",
    ),
    columns=columns,
    quantities=quantities,
    doubts=(
        Doubt("1", "undetermined", Words("Cột 1: {count} hộ chưa xác định được mức sống, tính trong tổng số hộ.", "Column 1: {count} households undetermined, counted among all.")),
    ),
    notes=(
        Words("Tỷ lệ tính trên tổng số hộ, tổng số nhân khẩu của địa bàn tại ngày báo cáo.", "Rates are of all households and persons of the place on the day of the report."),
        Words("Hộ có mức sống trung bình: mọi ngành nghề, không riêng nông, lâm, ngư nghiệp.", "Average living standard: of any trade, not of farming, forestry and fishing alone."),
    ),
    unverified={OLD: LIKE_LATER, NEW: NUMBER_UNREAD},
)  # fmt: skip
