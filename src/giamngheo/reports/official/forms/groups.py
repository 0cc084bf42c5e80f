"""Forms 8 and 9: poor and near-poor households by target group, and by ethnic group of the head."""

import ibis.expr.types as ir

from giamngheo.reports.official.forms._form import (
    BOTH,
    KNOWN_GROUPS,
    LISTS,
    UNKNOWN_GROUP,
    Doubt,
    Form,
    Quantities,
    counted,
    doubts_of_number,
    listed,
    minority,
    so,
)  # fmt: skip
from giamngheo.reports.official.report import NEW, OLD, Basis, Column
from giamngheo.rules.facts import ethnic_groups
from giamngheo.rules.standards import Words

_TOTAL = Words("Tổng số", "All")
_TARGETS = {
    "minority": Words("Hộ dân tộc thiểu số", "Ethnic minority"),
    "no_labour": Words("Hộ không có khả năng lao động", "Without capacity for work"),
    "merit": Words(
        "Hộ có thành viên là người có công với cách mạng", "With a person of merit to the revolution"
    ),
    "other_target": Words("Hộ khác", "Other"),
}


def target_columns(basis: Basis) -> tuple[Column, ...]:
    found: list[Column] = []
    for name, words in LISTS.items():
        found.append(Column(name, str(len(found) + 1), _TOTAL, under=(words,), quantity=name))
        for target, head in _TARGETS.items():
            key = f"{name}.{target}"
            found.append(
                Column(key, str(len(found) + 1), head, under=(words,), quantity=key, within=name, width=11)
            )
    return tuple(found)


def target_quantities(moved: ir.Table, basis: Basis) -> Quantities:
    few, no_labour, merit = (t.fill_null(False) for t in (minority(moved), moved.no_labour, moved.merit))
    targets = {"minority": few, "no_labour": no_labour, "merit": merit}
    targets["other_target"] = ~(few | no_labour | merit)
    nameless = moved.ethnic.isnull() | moved.ethnic.notin(KNOWN_GROUPS)
    unknown = nameless | moved.no_labour.isnull() | moved.merit.isnull()
    found = listed(moved)
    for name in LISTS:
        for target, belongs in targets.items():
            found |= counted(f"{name}.{target}", so((moved.after == name) & belongs), moved)
    found["target_unknown"] = so(moved.after.isin(list(LISTS)) & unknown)
    return found


def ethnic_columns(basis: Basis) -> tuple[Column, ...]:
    """A column for each group there is among the poor or the near-poor of the place."""
    found: list[Column] = []
    for name, words in LISTS.items():
        found.append(Column(name, str(len(found) + 1), _TOTAL, under=(words,), quantity=name))
        for group in basis.groups:
            if group == UNKNOWN_GROUP:
                head = Words("Chưa rõ", "Not known")
            else:
                head = Words(ethnic_groups()[group].vi, ethnic_groups()[group].en)
            key = f"{name}.ethnic.{group}"
            found.append(
                Column(key, str(len(found) + 1), head, under=(words,), quantity=key, part_of=name, width=7)
            )
    return tuple(found)


def ethnic_quantities(moved: ir.Table, basis: Basis) -> Quantities:
    found = listed(moved)
    nameless = moved.ethnic.isnull() | moved.ethnic.notin(KNOWN_GROUPS)
    for name in LISTS:
        mine = moved.after == name
        for group in basis.groups:
            theirs = nameless if group == UNKNOWN_GROUP else moved.ethnic == group
            found |= counted(f"{name}.ethnic.{group}", so(mine & theirs), moved)
    return found


TARGETS = Form(
    slug="target-groups",
    number={OLD: "", NEW: "8"},
    title=Words(
        "Phân tích hộ nghèo, hộ cận nghèo theo nhóm đối tượng năm {year}",
        "Poor and near-poor households by target group in {year}",
    ),
    columns=target_columns,
    quantities=target_quantities,
    measures=BOTH,
    doubts=(
        Doubt("1", "target_unknown", Words("{count} hộ còn thiếu thông tin để xếp nhóm; chưa biết không tính vào nhóm ấy.", "{count} households lack facts on their groups; not known is not counted in a group.")),
    ),
    notes=(
        Words("Một hộ có thể thuộc nhiều nhóm, nên cộng các nhóm có thể lớn hơn tổng số.", "A household may be of several groups, so the groups may add up to more than all."),
    ),
    unverified=doubts_of_number(known=False),
)  # fmt: skip
ETHNIC = Form(
    slug="ethnic-groups",
    number={OLD: "", NEW: "9"},
    title=Words(
        "Phân tích hộ nghèo, hộ cận nghèo theo dân tộc năm {year}",
        "Poor and near-poor households by ethnic group in {year}",
    ),
    columns=ethnic_columns,
    quantities=ethnic_quantities,
    measures=BOTH,
    notes=(
        Words(
            "Dân tộc của hộ là dân tộc của chủ hộ.", "The ethnic group of a household is that of its head."
        ),
    ),
    unverified=doubts_of_number(known=False),
)
