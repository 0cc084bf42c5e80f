"""Forms 4 to 7 (4c and 4d): which basic social services the poor and the near-poor lack, in numbers and in per cent."""

from functools import reduce
from operator import add

import ibis.expr.types as ir

from giamngheo.reports.official.forms._form import (
    LISTS,
    Doubt,
    Form,
    Quantities,
    doubts_of_number,
    listed,
    so,
)
from giamngheo.reports.official.report import NEW, OLD, Basis, Column
from giamngheo.rules.standards import Words

_TOTAL = Words("Tổng số chỉ số thiếu hụt", "Deprivations in all")
_BY_INDICATOR = Words("Số hộ thiếu hụt theo chỉ số", "Households deprived, by indicator")
_SHARES = Words("Tỷ lệ hộ thiếu hụt theo chỉ số (%)", "Share of households deprived, by indicator (%)")


def _counts(name: str, basis: Basis) -> tuple[Column, ...]:
    found = [
        Column("1", "1", Words(f"Tổng số {LISTS[name].vi.lower()}", LISTS[name].en), quantity=name),
        Column(
            "2", "2", _TOTAL, quantity=f"{name}.lacks", formula=f"2=3+…+{len(basis.standard.indicators) + 2}"
        ),
    ]
    for number, indicator in enumerate(basis.standard.indicators, 3):
        found.append(
            Column(
                indicator.code,
                str(number),
                indicator.name,
                under=(_BY_INDICATOR,),
                quantity=f"{name}.lacks.{indicator.code}",
                within="1",
                part_of="2",
            )
        )
    return tuple(found)


def _rates(name: str, basis: Basis) -> tuple[Column, ...]:
    counts = _counts(name, basis)
    shares = [
        Column(f"{c.key}%", str(number), c.head, kind="rate", under=(_SHARES,), of=(c.quantity, name))
        for number, c in enumerate(counts[2:], 2)
    ]
    return (counts[0], *shares)


def _quantities(name: str, moved: ir.Table, basis: Basis) -> Quantities:
    mine = so(moved.after == name)
    pattern = moved.pattern.fill_null("")
    signs = [pattern.substr(place, 1) for place in range(len(basis.standard.indicators))]
    # Counted in the whole pattern, not by adding the columns up: that they are the same is a control total.
    lacks = pattern.length() - pattern.replace("1", "").length()
    unknown = reduce(add, (so(sign == "?") for sign in signs)) + so(pattern == "")
    return {
        **listed(moved),
        f"{name}.lacks": mine * lacks.cast("int32"),
        f"{name}.unknown": so((moved.after == name) & (unknown > 0)),
        **{
            f"{name}.lacks.{indicator.code}": so((moved.after == name) & (sign == "1"))
            for indicator, sign in zip(basis.standard.indicators, signs, strict=True)
        },
    }


def _form(name: str, slug: str, code: str, number: str, title: Words, *, rates: bool = False) -> Form:
    return Form(
        slug=slug,
        number={OLD: code, NEW: number},
        title=title,
        columns=lambda basis: (_rates if rates else _counts)(name, basis),
        quantities=lambda moved, basis: _quantities(name, moved, basis),
        doubts=(
            Doubt("2", f"{name}.unknown", Words("{count} hộ còn chỉ số chưa biết; chưa biết không tính là thiếu hụt.", "{count} households have indicators not known; not known is not counted as deprived.")),
        ),
        unverified=doubts_of_number(known=True),
    )  # fmt: skip


POOR = _form(
    "poor", "poor-deprivations", "4c", "4",
    Words("Phân tích các chỉ số thiếu hụt của hộ nghèo năm {year}", "Deprivations of poor households in {year}"),
)  # fmt: skip
POOR_RATES = _form(
    "poor", "poor-deprivation-rates", "4c", "5",
    Words("Phân tích tỷ lệ thiếu hụt của hộ nghèo năm {year}", "Rates of deprivation of poor households in {year}"),
    rates=True,
)  # fmt: skip
NEAR_POOR = _form(
    "near_poor", "near-poor-deprivations", "4d", "6",
    Words("Phân tích các chỉ số thiếu hụt của hộ cận nghèo năm {year}", "Deprivations of near-poor households in {year}"),
)  # fmt: skip
NEAR_POOR_RATES = _form(
    "near_poor", "near-poor-deprivation-rates", "4d", "7",
    Words("Phân tích tỷ lệ thiếu hụt của hộ cận nghèo năm {year}", "Rates of deprivation of near-poor households in {year}"),
    rates=True,
)  # fmt: skip
