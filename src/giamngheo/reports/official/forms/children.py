"""Form 11: the children of poor and near-poor households, and how many lack health care or schooling."""

import ibis.expr.types as ir

from giamngheo.reports.official.forms._form import LISTS, NUMBER_UNREAD, Doubt, Form, Quantities, so
from giamngheo.reports.official.report import NEW, Basis, Column
from giamngheo.rules.standards import Words

_LACKS = {"health": Words("Thiếu hụt về y tế", "Lack health care"), "education": Words("Thiếu hụt về giáo dục", "Lack education")}  # fmt: skip


def columns(basis: Basis) -> tuple[Column, ...]:
    found: list[Column] = []
    for name, words in LISTS.items():
        under = (Words(f"Trẻ em thuộc {words.vi.lower()}", f"Children of {words.en.lower()}"),)
        key = f"{name}.children"
        found.append(
            Column(key, str(len(found) + 1), Words("Tổng số trẻ em", "Children"), under=under, quantity=key)
        )
        for lack, head in _LACKS.items():
            mine = f"{key}.{lack}"
            found.append(Column(mine, str(len(found) + 1), head, under=under, quantity=mine, within=key))
    return tuple(found)


def quantities(moved: ir.Table, basis: Basis) -> Quantities:
    found: Quantities = {}
    children = moved.children.fill_null(0).cast("int32")
    health, education = moved.children_health_deprived, moved.children_education_deprived
    for name in LISTS:
        mine = so(moved.after == name)
        found[f"{name}.children"] = mine * children
        found[f"{name}.children.health"] = mine * health.fill_null(0).cast("int32")
        found[f"{name}.children.education"] = mine * education.fill_null(0).cast("int32")
    unknown = (children > 0) & (health.isnull() | education.isnull())
    found["children_unknown"] = so(moved.after.isin(list(LISTS)) & unknown)
    return found


FORM = Form(
    slug="children",
    number={NEW: "11"},
    title=Words(
        "Chỉ tiêu thiếu hụt của trẻ em thuộc hộ nghèo, hộ cận nghèo năm {year}",
        "Deprivations of children of poor and near-poor households in {year}",
    ),
    columns=columns,
    quantities=quantities,
    doubts=(
        Doubt("1", "children_unknown", Words("{count} hộ có trẻ em mà chưa biết thiếu hụt của trẻ; chưa biết không tính là thiếu hụt.", "{count} households have children whose deprivations are not known; not counted as deprived.")),
    ),
    unverified={NEW: NUMBER_UNREAD},
)  # fmt: skip
