"""Forms 2 and 3 (4a and 4b): how the numbers of poor and of near-poor households moved from the start to the end of a year."""

import ibis.expr.types as ir

from giamngheo.measures.movement import flow
from giamngheo.reports.official.forms._form import (
    BOTH,
    OF_PERSONS,
    Doubt,
    Form,
    Quantities,
    doubts_of_number,
    so,
)
from giamngheo.reports.official.report import NEW, OLD, Basis, Column
from giamngheo.rules.standards import Words

_LESS, _MORE = Words("Diễn biến giảm", "Decrease"), Words("Diễn biến tăng", "Increase")
_OTHER_OUT = Words(
    "Khác (nhân khẩu giảm, hộ đơn thân chết, chuyển đi, tách, nhập hộ)",
    "Other (fewer persons, death of one living alone, moved out, split, merged)",
)
_OTHER_IN = Words(
    "Khác (nhân khẩu tăng, chuyển đến, tách, nhập hộ)", "Other (more persons, moved in, split, merged)"
)
_NEW = Words("Phát sinh mới", "Newly arising")
_HEADS = {
    "poor": (
        Words("Số hộ nghèo đầu kỳ", "Poor at the start"),
        Words("Trở thành hộ cận nghèo", "Became near-poor"),
        Words("Vượt chuẩn cận nghèo", "Passed the near-poverty line"),
        _OTHER_OUT,
        Words("Hộ cận nghèo trở thành hộ nghèo", "Near-poor that became poor"),
        Words("Tái nghèo", "Fell back"),
        _NEW,
        _OTHER_IN,
        Words("Số hộ nghèo cuối kỳ", "Poor at the end"),
    ),
    "near_poor": (
        Words("Số hộ cận nghèo đầu kỳ", "Near-poor at the start"),
        Words("Thoát cận nghèo", "Escaped near-poverty"),
        Words("Trở thành hộ nghèo", "Became poor"),
        _OTHER_OUT,
        Words("Hộ nghèo trở thành hộ cận nghèo", "Poor that became near-poor"),
        Words("Tái cận nghèo", "Fell back"),
        _NEW,
        _OTHER_IN,
        Words("Số hộ cận nghèo cuối kỳ", "Near-poor at the end"),
    ),
}
_FORMULA = "9=1-2-3-4+5+6+7+8"
_NOTES = (
    Words(
        "Tái nghèo, tái cận nghèo: hộ đã được công nhận thoát khỏi chính danh sách ấy {look_back}; văn bản không ghi thời hạn.",
        "Fell back: recognised as escaped from that very list {look_back}; the act gives no length.",
    ),
    Words(
        "Nhân khẩu: hộ rời danh sách tính số người đầu kỳ, hộ vào danh sách tính số người cuối kỳ; người tăng, giảm trong hộ vẫn ở trong danh sách tính vào cột 4 và cột 8.",
        "Persons: of households that leave, at the start; that enter, at the end. Persons by whom listed households grew or shrank stand in columns 4 and 8.",
    ),
    Words("Hộ chuyển chỗ ở trong tỉnh tính giảm ở nơi đi, tăng ở nơi đến.", "A household that moved within the province is counted out where it left and in where it came."),
)  # fmt: skip


def _form(listed: str, slug: str, code: str, number: str, title: Words) -> Form:
    def columns(basis: Basis) -> tuple[Column, ...]:
        found = []
        for place, head in enumerate(_HEADS[listed], 1):
            under = (_LESS,) if 2 <= place <= 4 else (_MORE,) if 5 <= place <= 8 else ()
            name = f"{listed}.flow.{place}"
            formula = _FORMULA if place == 9 else ""
            found.append(
                Column(str(place), str(place), head, under=under, quantity=name, formula=formula, width=11)
            )
        return tuple(found)

    def quantities(moved: ir.Table, basis: Basis) -> Quantities:
        found: Quantities = {}
        for place, (households, persons) in enumerate(flow(moved, listed), 1):
            found[f"{listed}.flow.{place}"] = households
            found[f"{listed}.flow.{place}{OF_PERSONS}"] = persons
        unexplained = moved.came_why.isnull() & moved.before.isnull() & (moved.after == listed)
        found[f"{listed}.no_reason.in"] = so(unexplained)
        found[f"{listed}.no_reason.out"] = so(
            moved.gone_why.isnull() & moved.after.isnull() & (moved.before == listed)
        )
        return found

    return Form(
        slug=slug,
        number={OLD: code, NEW: number},
        title=title,
        columns=columns,
        quantities=quantities,
        measures=BOTH,
        doubts=(
            Doubt("4", f"{listed}.no_reason.out", Words("Cột 4: {count} hộ không còn trên địa bàn mà chưa ghi lý do.", "Column 4: {count} households are gone without a reason recorded.")),
            Doubt("7", f"{listed}.no_reason.in", Words("Cột 6, 7: {count} hộ chưa có trong sổ đầu kỳ, cũng chưa ghi lý do đến, được tính như hộ tại chỗ.", "Columns 6 and 7: {count} households were not in the register at the start and came without a reason; counted as living here.")),
        ),
        notes=_NOTES,
        unverified=doubts_of_number(known=True),
    )  # fmt: skip


POOR = _form(
    "poor",
    "poor-flow",
    "4a",
    "2",
    Words("Tổng hợp diễn biến hộ nghèo năm {year}", "Movement of poor households in {year}"),
)
NEAR_POOR = _form(
    "near_poor",
    "near-poor-flow",
    "4b",
    "3",
    Words("Tổng hợp diễn biến hộ cận nghèo năm {year}", "Movement of near-poor households in {year}"),
)
