"""Form 10: poor and near-poor households by cause of poverty."""

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
from giamngheo.rules.facts import household_facts
from giamngheo.rules.standards import Words


def columns(basis: Basis) -> tuple[Column, ...]:
    found: list[Column] = []
    for name, words in LISTS.items():
        found.append(
            Column(name, str(len(found) + 1), Words("Tổng số", "All"), under=(words,), quantity=name)
        )
        for option in household_facts()["causes"].options:
            head = Words(f"{option.vi[:1].upper()}{option.vi[1:]}", f"{option.en[:1].upper()}{option.en[1:]}")
            key = f"{name}.cause.{option.code}"
            found.append(Column(key, str(len(found) + 1), head, under=(words,), quantity=key, within=name))
    return tuple(found)


def quantities(moved: ir.Table, basis: Basis) -> Quantities:
    found = listed(moved)
    for name in LISTS:
        for option in household_facts()["causes"].options:
            found[f"{name}.cause.{option.code}"] = so(
                (moved.after == name) & moved.causes.contains(option.code)
            )
    nothing = moved.causes.isnull() | (moved.causes.length() == 0)
    found["cause_unknown"] = so(moved.after.isin(list(LISTS)) & nothing)
    return found


FORM = Form(
    slug="causes",
    number={OLD: "", NEW: "10"},
    title=Words(
        "Phân tích hộ nghèo, hộ cận nghèo theo nguyên nhân nghèo năm {year}",
        "Poor and near-poor households by cause of poverty in {year}",
    ),
    columns=columns,
    quantities=quantities,
    doubts=(
        Doubt("1", "cause_unknown", Words("{count} hộ chưa ghi nguyên nhân nghèo.", "{count} households have no cause recorded.")),
    ),
    notes=(
        Words("Một hộ có thể có nhiều nguyên nhân, nên cộng các nguyên nhân có thể lớn hơn tổng số.", "A household may have several causes, so the causes may add up to more than all."),
    ),
    unverified=doubts_of_number(known=False),
)  # fmt: skip
