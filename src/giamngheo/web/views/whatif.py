"""What-if: the law's numbers in a form; changed ones are tried on the households of a round; answers kept and compared."""

import datetime as dt
import re
import tempfile
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpResponse, QueryDict
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import path, reverse
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from giamngheo.areas.models import Level, Unit
from giamngheo.areas.queries import ancestors_on, outlines_of
from giamngheo.audit.actions import record
from giamngheo.audit.models import Kind
from giamngheo.pictures import figures as drawn
from giamngheo.rules.clocks import clocks
from giamngheo.rules.errors import WhatIfError
from giamngheo.rules.facts import ethnic_groups
from giamngheo.rules.policies import policies, policies_on
from giamngheo.rules.standards import Standard, standards
from giamngheo.rules.whatif import Change, line_values
from giamngheo.warehouse.errors import WarehouseError
from giamngheo.warehouse.places import villages_of
from giamngheo.warehouse.snapshot import Snapshot, current
from giamngheo.web.render import page
from giamngheo.web.requests import Request
from giamngheo.web.templatetags.formats import number
from giamngheo.web.views.analysis import unit_asked
from giamngheo.whatif import actions
from giamngheo.whatif.answer import Answer, Row, answer
from giamngheo.whatif.errors import NothingChangedError, TrialError
from giamngheo.whatif.models import Trial
from giamngheo.whatif.queries import trials

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
_BELOW = {Level.PROVINCE: "district", Level.DISTRICT: "commune", Level.COMMUNE: "village"}


def show(request: Request) -> HttpResponse:
    """The form with the law's numbers; once one is changed, what that would do."""
    if not request.user.sees_households:
        raise Http404
    try:
        snapshot = current()
    except WarehouseError as error:
        return render(request, "analysis/nothing.html", {"reason": str(error)})
    asked = _Asked(request, snapshot)
    found = None
    try:
        found = asked.answer() if asked.change != Change() and not asked.problems else None
    except (TrialError, WhatIfError) as error:
        asked.problems.append(_words(error))
    if found and request.GET.get("tep") == "xlsx":
        return _file(request, found, asked)
    context = asked.context() | {"problems": asked.problems, "found": found}
    if found:
        context |= pictures(found, asked.unit)
    return page(
        request, "whatif/index.html", context, fragment="result", status=400 if asked.problems else 200
    )


class _Asked:
    """What the address asks: year, unit and how it is divided, and every number that is not the law's."""

    def __init__(self, request: Request, snapshot: Snapshot) -> None:
        self.request, self.snapshot = request, snapshot
        self.problems: list[str] = []
        data = request.POST if request.method == "POST" else request.GET
        self.years = [r["year"] for r in snapshot.asked(public=False) if r["standards"]]
        if not self.years:
            raise Http404
        year = data.get("nam", "")
        self.round = next((r for r in snapshot.asked(public=False) if str(r["year"]) == year), None)
        self.round = self.round or next(r for r in snapshot.asked(public=False) if r["standards"])
        self.year: int = self.round["year"]
        self.day = dt.date.fromisoformat(self.round["reference_date"])
        self.standard: Standard = standards()[self.round["standard"]]
        self.support_day = dt.date(self.year, 12, 31)
        self.unit = unit_asked(request, data.get("dia-ban", ""), self.day)
        below = _BELOW.get(Level(self.unit.level), "ethnic")
        self.by = data["theo"] if data.get("theo") in (below, "ethnic") else below
        self.change = self._change(data)

    def _change(self, data: QueryDict) -> Change:
        lines = {
            name: int(value)
            for name, law in line_values(self.standard).items()
            if (value := self._number(data.get(f"muc-{name}", ""), law)) is not None
        }
        least = self._number(data.get("thieu-hut", ""), self.standard.deprived_at_least.value)
        codes = {indicator.code for indicator in self.standard.indicators}
        left_out = frozenset(data.getlist("bo"))
        self.problems += [
            _("Chuẩn này không có chỉ số “%(code)s”.") % {"code": code} for code in sorted(left_out - codes)
        ]
        by_clock = {
            key: value
            for key, clock in clocks().items()
            if (now := clock.on(self.support_day))
            and (value := self._number(data.get(f"dong-ho-{key}", ""), now.number)) is not None
        }
        percents = {
            policy.slug: value
            for policy in policies_on(self.support_day)
            if (value := self._number(data.get(f"muc-huong-{policy.slug}", ""), 100)) is not None
        }
        return Change(lines, None if least is None else int(least), left_out & codes, by_clock, percents)

    def _number(self, text: str, law: float) -> float | None:
        """What is written as 1.234,5, where it is not the law's own; None else."""
        plain = re.sub(r"[\s.]", "", text).replace(",", ".")
        if not plain:
            return None
        try:
            value = float(plain)
        except ValueError:
            self.problems.append(_("“%(value)s” không phải là số.") % {"value": text})
            return None
        return None if value == law else value

    def answer(self) -> Answer:
        """Raises TrialError, WhatIfError."""
        villages = villages_of(self.snapshot, self.unit.pk, self.day)
        return answer(
            self.snapshot, self.change, year=self.year, villages=villages, by=self.by, on=self.support_day
        )

    def context(self) -> dict[str, Any]:
        language = "en" if get_language() == "en" else "vi"
        change, day = self.change, self.support_day
        return {
            "unit": self.unit,
            "trail": ancestors_on(self.unit, self.day),
            "day": self.day,
            "support_day": day,
            "years": self.years,
            "year": self.year,
            "by": self.by,
            "law_name": self.standard.name(language),
            "lines": [
                (name, line_words(name, self.standard, language), law, change.lines.get(name, law))
                for name, law in line_values(self.standard).items()
            ],
            "least": self.standard.deprived_at_least.value,
            "least_asked": change.deprived_at_least or self.standard.deprived_at_least.value,
            "indicators": [
                (i.code, i.name(language), i.code in change.without) for i in self.standard.indicators
            ],
            "clocks": [
                (
                    key,
                    clock.name(language),
                    clock.unit(language),
                    written(now.number),
                    written(change.clocks.get(key, now.number)),
                )
                for key, clock in clocks().items()
                if (now := clock.on(day))
            ],
            "policies": [
                (p.slug, p.name(language), written(change.percents.get(p.slug, 100)), p.verified)
                for p in policies_on(day)
            ],
            "changes": change_words(change, self.standard, language),
            "kept": list(trials(seen_by=self.request.user)[:20]),
            "address": self.request.GET.urlencode(),
            "sent": [(key, value) for key in self.request.GET for value in self.request.GET.getlist(key)],
        }


def _words(error: Exception) -> str:
    if isinstance(error, WhatIfError):
        return error.sentence("en" if get_language() == "en" else "vi")
    return str(error)


def written(value: float) -> str:
    """A number as a form shows it: 1.490.000 or 6,60."""
    return number(value, 0 if value == int(value) else 2)


def line_words(name: str, standard: Standard, language: str) -> str:
    """A line by its name in words: which line, where, and whether of income or of points."""
    of, area, line = name.split(".")
    where = _("thành thị") if area == "urban" else _("nông thôn")
    unit = _("đồng/người/tháng") if of == "income" else _("điểm B1")
    called = standard.line_names.get(line)
    return f"{called(language) if called else line}, {where} ({unit})"


def change_words(change: Change, standard: Standard, language: str) -> list[tuple[str, str, str]]:
    """Every change as what it is of, the law's number and the one tried; '' where there is none."""
    law = line_values(standard)
    found = [
        (line_words(name, standard, language), written(law[name]), written(value))
        for name, value in change.lines.items()
    ]
    if change.deprived_at_least is not None:
        least = standard.deprived_at_least.value
        found.append((_("Số chỉ số thiếu hụt để là nghèo"), str(least), str(change.deprived_at_least)))
    found += [
        (_("Bỏ chỉ số: %(name)s") % {"name": standard.indicator(code).name(language)}, "", "")
        for code in sorted(change.without)
    ]
    found += [(clocks()[key].name(language), "", written(value)) for key, value in change.clocks.items()]
    found += [
        (_("Mức hưởng (%%): %(name)s") % {"name": policies()[slug].name(language)}, "100", written(value))
        for slug, value in change.percents.items()
    ]
    return found


def pictures(found: Answer, unit: Unit) -> dict[str, Any]:
    """The map of the change, the table's rows with their names, the costs with theirs."""
    language = "en" if get_language() == "en" else "vi"
    whole, *rows = found.rows
    names = _names([row.group for row in rows], found.by, language)
    shown = sorted(((names[row.group], row) for row in rows), key=lambda pair: -abs(pair[1].change or 0))
    return {
        "whole": whole,
        "rows": shown,
        "map": _map(rows, names) if found.by != "ethnic" else "",
        "costs": [
            (
                policies()[cost.policy].name(language),
                policies()[cost.policy].money(language),
                cost,
                cost.after - cost.before,
            )
            for cost in found.costs
        ],
        "sources": _by_source(found, language),
        "yearly": sum(cost.after - cost.before for cost in found.costs if cost.per == "year"),
        "lent": sum(cost.after - cost.before for cost in found.costs if cost.per == "loan"),
    }


def _by_source(found: Answer, language: str) -> list[tuple[str, int, int, int, int]]:
    """(source of money, đồng a year before and after, đồng of loans before and after), the largest change first."""
    sums: dict[str, list[int]] = {}
    for cost in found.costs:
        own = sums.setdefault(policies()[cost.policy].money(language), [0, 0, 0, 0])
        place = 2 if cost.per == "loan" else 0
        own[place] += cost.before
        own[place + 1] += cost.after
    made = [(source, own[0], own[1], own[2], own[3]) for source, own in sums.items()]
    return sorted(made, key=lambda row: (-abs(row[2] - row[1]) - abs(row[4] - row[3]), row[0]))


def _names(groups: list[str], by: str, language: str) -> dict[str, str]:
    if by == "ethnic":
        known = ethnic_groups()
        return {g: known[g].label(language) if g in known else _("không ghi") for g in groups}
    units = Unit.objects.in_bulk([int(g) for g in groups if g])
    return {g: f"{units[int(g)].kind} {units[int(g)].name}" if g and int(g) in units else "–" for g in groups}


def _map(rows: list[Row], names: Mapping[str, str]) -> str:
    units = Unit.objects.in_bulk([int(row.group) for row in rows if row.group])
    outlines = outlines_of(units.values())
    rate = {row.group: row.poor_after / row.n if row.n else None for row in rows}
    places = [
        drawn.Place(outlines[int(row.group)], names[row.group], rate[row.group])
        for row in rows
        if row.group and int(row.group) in outlines
    ]
    return drawn.choropleth(places, title=_("Tỷ lệ nghèo nếu thay đổi")) if places else ""


def _file(request: Request, found: Answer, asked: _Asked) -> HttpResponse:
    """The answer as a workbook: what was changed, who moves, what it costs."""
    import xlsxwriter

    told = pictures(found, asked.unit)
    with tempfile.TemporaryDirectory() as place:
        file = Path(place) / "trial.xlsx"
        with xlsxwriter.Workbook(str(file), {"strings_to_formulas": False}) as book:
            sheets = [
                (_("Thay đổi"), [_("Thay đổi"), _("Theo luật"), _("Thử")], asked.context()["changes"]),
                (
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
                        for name, r in [(asked.unit.name, told["whole"]), *told["rows"]]
                    ],
                ),
                (
                    _("Chi phí"),
                    [
                        _("Chính sách"),
                        _("Nguồn"),
                        _("Tính theo"),
                        _("Trước (đồng)"),
                        _("Sau (đồng)"),
                        _("Chênh lệch (đồng)"),
                    ],
                    [(name, money, c.per, c.before, c.after, more) for name, money, c, more in told["costs"]],
                ),
            ]
            for name, head, rows in sheets:
                sheet = book.add_worksheet(name)
                sheet.write_row(0, 0, head)
                for number, row in enumerate(rows, start=1):
                    sheet.write_row(number, 0, row)
        content = file.read_bytes()
    record(kind=Kind.EXPORT, subject="whatif", details=asked.change.as_plain(), by=request.user)
    response = HttpResponse(content, content_type=XLSX)
    response["Content-Disposition"] = f'attachment; filename="thu-chinh-sach-{asked.year}.xlsx"'
    return response


@require_POST
def keep(request: Request) -> HttpResponse:
    """Keep what was tried under a name, with its answer."""
    if not request.user.writes_households:
        raise Http404
    asked, name = _Asked(request, current()), request.POST.get("ten", "").strip()
    back = f"{reverse('whatif')}?{request.POST.get('hoi', '')}"
    try:
        if asked.problems or not name:
            raise NothingChangedError
        found = asked.answer()
        trial = actions.keep(
            name=name,
            year=asked.year,
            unit=asked.unit,
            change=asked.change,
            answer=found,
            snapshot=asked.snapshot,
            by=request.user,
        )
    except (TrialError, WhatIfError) as error:
        messages.error(request, _words(error))
        return redirect(back)
    messages.success(request, _("Đã giữ phương án “%(name)s”.") % {"name": trial.name})
    return redirect(reverse("whatif-trials"))


def kept(request: Request) -> HttpResponse:
    """The trials kept, side by side."""
    if not request.user.sees_households:
        raise Http404
    language = "en" if get_language() == "en" else "vi"
    found = []
    for trial in trials(seen_by=request.user)[:50]:
        told = Answer.from_plain(trial.answer)
        change = Change.from_plain(trial.change)
        yearly = sum(cost.after - cost.before for cost in told.costs if cost.per == "year")
        found.append(
            (trial, change_words(change, standards()[told.standard], language), told.rows[0], yearly)
        )
    return render(request, "whatif/kept.html", {"found": found})


@require_POST
def drop(request: Request, pk: int) -> HttpResponse:
    """Let go of one's own trial."""
    trial = get_object_or_404(Trial, pk=pk, made_by=request.user)
    actions.drop(trial=trial, by=request.user)
    messages.success(request, _("Đã bỏ phương án “%(name)s”.") % {"name": trial.name})
    return redirect("whatif-trials")


urlpatterns = [
    path("thu-chinh-sach/", show, name="whatif"),
    path("thu-chinh-sach/giu/", keep, name="whatif-keep"),
    path("thu-chinh-sach/phuong-an/", kept, name="whatif-trials"),
    path("thu-chinh-sach/phuong-an/<int:pk>/bo/", drop, name="whatif-drop"),
]
