"""Forms 12 and 13, made by a province for itself: the lists by Kinh and ethnic minorities, and by women heads."""

import ibis.expr.types as ir

from giamngheo.reports.official.forms._form import (
    LISTS,
    OF_PERSONS,
    RATE,
    Form,
    Quantities,
    counted,
    listed,
    minority,
    rate,
    so,
)  # fmt: skip
from giamngheo.reports.official.report import NEW, Basis, Column
from giamngheo.rules.standards import Words

_HOUSEHOLDS, _PERSONS = Words("Hộ", "Households"), Words("Nhân khẩu", "Persons")
_UNVERIFIED = Words(
    "Mẫu của địa phương: chỉ biết tên các nhóm cột, cách xếp cột là của phần mềm; không có cột dân tộc tại chỗ.",
    "A form of the province's own: only its groups of columns are known, their order is ours; without the column of native peoples.",
)


def _columns(name: str, basis: Basis) -> tuple[Column, ...]:
    households = _half(name, _HOUSEHOLDS, "", 1)
    return (*households, *_half(name, _PERSONS, OF_PERSONS, len(households) + 1))


def _half(name: str, group: Words, ending: str, first: int) -> list[Column]:
    """The columns of households, or of their persons; women heads among the households alone."""
    words = LISTS[name]
    found: list[Column] = []

    def count(quantity: str, vi: str, en: str, within: str = "") -> Column:
        key, number = quantity + ending, str(first + len(found))
        found.append(Column(key, number, Words(vi, en), under=(group,), quantity=key, within=within))
        return found[-1]

    def share(part: Column, whole: Column) -> None:
        found.append(rate(first + len(found), part, whole, RATE, (group,)))

    everyone = count("all", "Tổng số trên địa bàn", "All of the place")
    few = count("minority", "Trong đó: dân tộc thiểu số", "Of these: ethnic minorities", everyone.key)
    mine = count(name, words.vi, words.en)
    share(mine, everyone)
    count(f"{name}.kinh", f"{words.vi} dân tộc Kinh", f"{words.en}: Kinh", mine.key)
    share(
        count(f"{name}.minority", f"{words.vi} dân tộc thiểu số", f"{words.en}: ethnic minorities", mine.key),
        few,
    )
    if not ending:
        count(f"{name}.female_head", f"{words.vi} có chủ hộ là nữ", f"{words.en} headed by a woman", mine.key)
    return found


def _quantities(name: str, moved: ir.Table, basis: Basis) -> Quantities:
    mine, there = moved.after == name, moved.after.notnull()
    return {
        **listed(moved),
        **counted("all", so(there), moved),
        **counted("minority", so(there & minority(moved)), moved),
        **counted(f"{name}.minority", so(mine & minority(moved).fill_null(False)), moved),
        **counted(f"{name}.kinh", so(mine & (moved.ethnic == "01")), moved),
        f"{name}.female_head": so(mine & moved.female_head),
    }


def _form(name: str, slug: str, number: str) -> Form:
    words = LISTS[name]
    return Form(
        slug=slug,
        number={NEW: number},
        title=Words(
            f"Tổng hợp kết quả rà soát {words.vi.lower()} theo chuẩn nghèo đa chiều năm {{year}}",
            f"{words.en} by the multidimensional standard in {{year}}",
        ),
        columns=lambda basis: _columns(name, basis),
        quantities=lambda moved, basis: _quantities(name, moved, basis),
        unverified={NEW: _UNVERIFIED},
    )


POOR = _form("poor", "poor-multidimensional", "12")
NEAR_POOR = _form("near_poor", "near-poor-multidimensional", "13")
