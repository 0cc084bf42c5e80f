"""The answer of a what-if as a workbook: what was changed, who moves, what it costs by policy, by year and by group."""

import tempfile
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

from django.http import HttpResponse
from django.utils.translation import gettext as _

from giamngheo.audit.actions import record
from giamngheo.audit.models import Kind
from giamngheo.pictures.looks import language
from giamngheo.web.requests import Request
from giamngheo.web.views.exports import XLSX
from giamngheo.web.views.whatif_asked import Asked, policy_name
from giamngheo.web.views.whatif_told import groups_in, groups_of, money_of, names_of
from giamngheo.whatif.answer import Answer

#: Its name, the words over its columns, its rows.
Sheet = tuple[str, list[str], Sequence[Sequence[Any]]]


def file(request: Request, found: Answer, asked: Asked) -> HttpResponse:
    """The workbook; that it was taken out is recorded."""
    import xlsxwriter

    with tempfile.TemporaryDirectory() as place:
        file = Path(place) / "trial.xlsx"
        with xlsxwriter.Workbook(str(file), {"strings_to_formulas": False}) as book:
            for name, head, rows in _sheets(found, asked):
                sheet = book.add_worksheet(name)
                sheet.write_row(0, 0, head)
                for number, row in enumerate(rows, start=1):
                    sheet.write_row(number, 0, row)
        content = file.read_bytes()
    record(kind=Kind.EXPORT, subject="whatif", details=asked.change.as_plain(), by=request.user)
    response = HttpResponse(content, content_type=XLSX)
    response["Content-Disposition"] = f'attachment; filename="thu-chinh-sach-{asked.year}.xlsx"'
    return response


def _sheets(found: Answer, asked: Asked) -> Iterator[Sheet]:
    change, spoken = asked.change, language()
    yield (
        _("Thay đổi"),
        [_("Thay đổi"), _("Theo luật"), _("Thử")],
        asked.context()["changes"],
    )
    names = names_of(groups_in(found), found.by, spoken)
    whole, *groups = found.rows
    yield (
        _("Hộ"),
        [
            _("Nhóm"),
            _("Số hộ"),
            _("Nghèo trước"),
            _("Nghèo sau"),
            _("Cận nghèo trước"),
            _("Cận nghèo sau"),
            _("Thêm vào"),
            _("Ra khỏi"),
        ],
        [
            (
                name,
                r.n,
                r.poor_before,
                r.poor_after,
                r.near_before,
                r.near_after,
                r.becomes_poor,
                r.leaves_poor,
            )
            for name, r in [(asked.unit.name, whole), *((names[row.group], row) for row in groups)]
        ],
    )
    yield (
        _("Chi phí"),
        [
            _("Năm"),
            _("Chính sách"),
            _("Nguồn"),
            _("Tính theo"),
            _("Lượt hưởng trước"),
            _("Lượt hưởng sau"),
            _("Trước (đồng)"),
            _("Sau (đồng)"),
            _("Chênh lệch (đồng)"),
        ],
        [
            (
                c.year,
                policy_name(c.policy, change, spoken),
                money_of(c.policy, change, spoken),
                c.per,
                c.rights_before,
                c.rights_after,
                *([_("chưa rõ")] * 3 if c.unknown else (c.before, c.after, c.after - c.before)),
            )
            for c in found.costs
        ],
    )
    yield _by_group(found, asked, names)
    yield (
        _("Vốn vay"),
        [
            _("Chính sách"),
            _("Nguồn"),
            _("Khoản vay trong sổ"),
            _("Hộ vay"),
            _("Đã cho vay (đồng)"),
            _("Nhiều nhất, trước (đồng)"),
            _("Nhiều nhất, sau (đồng)"),
        ],
        [
            (
                policy_name(one.policy, change, spoken),
                money_of(one.policy, change, spoken),
                one.loans,
                one.households,
                one.lent,
                one.before,
                one.after,
            )
            for one in found.loans
        ],
    )


def _by_group(found: Answer, asked: Asked, names: Mapping[str, str]) -> Sheet:
    """Every group in every year; what a year can't tell in đồng is left out of it, by name."""
    change, spoken = asked.change, language()
    rows: list[Sequence[Any]] = []
    for year in sorted({cost.year for cost in found.costs}):
        costs = [cost for cost in found.costs if cost.year == year]
        out = "; ".join(sorted({policy_name(cost.policy, change, spoken) for cost in costs if cost.unknown}))
        for group in groups_of(found, year, names):
            c = group.cost
            sums = (c.before, c.after, c.after - c.before, c.lent_before, c.lent_after)
            rows.append(
                (
                    year,
                    group.name,
                    c.gains,
                    c.loses,
                    c.rights_before,
                    c.rights_after,
                    *(sums if found.known_in(year) else [_("chưa rõ")] * len(sums)),
                    out,
                )
            )
    head = [
        _("Năm"),
        _("Nhóm"),
        _("Hộ được nhiều hơn"),
        _("Hộ được ít hơn"),
        _("Lượt hưởng trước"),
        _("Lượt hưởng sau"),
        _("Chi trước (đồng)"),
        _("Chi sau (đồng)"),
        _("Chênh lệch (đồng)"),
        _("Vốn vay trước (đồng)"),
        _("Vốn vay sau (đồng)"),
        _("Chưa gồm, vì chưa rõ"),
    ]
    return _("Chi phí theo nhóm"), head, rows
