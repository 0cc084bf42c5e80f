"""What may be wrong with a figure a body reports, told all at once: by field, in sentences that say how to mend it.

Some findings are no errors but need a reason: a jump against the last period, parts that add up to more than the whole.
They are not told of a figure that comes with a note.
"""

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal
from functools import cached_property

from django.utils.translation import get_language
from django.utils.translation import gettext as _

from giamngheo.access.models import User
from giamngheo.access.queries import units_seen
from giamngheo.areas.errors import AreaError
from giamngheo.areas.models import Level, Unit
from giamngheo.areas.queries import label, unit_on, units_on
from giamngheo.base.text import format_number
from giamngheo.resolution.actuals import Actual, actuals, leading
from giamngheo.resolution.clauses import Resolution
from giamngheo.resolution.dues import closing_of, reported_indicators
from giamngheo.resolution.indicators import Indicator
from giamngheo.resolution.models import ReportedFigure
from giamngheo.resolution.periods import Span, parse_period
from giamngheo.resolution.queries import closed_periods, geography_of, responsible
from giamngheo.resolution.rollup import parts_on

#: A value typed beside its numerator and denominator may differ from their quotient by this much, in its own unit.
ROUNDING = Decimal("0.011")
LARGEST = Decimal(10) ** 13


@dataclass(frozen=True)
class Given:
    """A figure as it was typed. `unit` is a code; of a rate either the value or numerator and denominator, or all three."""

    indicator: str
    unit: str
    period: str
    body: str
    numerator: Decimal | None = None
    denominator: Decimal | None = None
    value: Decimal | None = None
    note: str = ""

    @property
    def key(self) -> tuple[str, str, str]:
        return self.indicator, self.unit, self.period


@dataclass(frozen=True)
class Fault:
    """What is wrong in one field. `excusable` where a note that gives the reason is enough."""

    field: str
    sentence: str
    excusable: bool = False


@dataclass(frozen=True)
class Checked:
    """A figure that was looked at: the unit of that day and the value that follows, where they are known."""

    given: Given
    faults: Sequence[Fault]
    unit: Unit | None = None
    value: Decimal | None = None
    same: bool = False  # the same figure is in force already: nothing to write


def check(
    rows: Sequence[Given],
    resolution: Resolution,
    *,
    today: dt.date,
    correcting: ReportedFigure | None = None,
    seen_by: User,
) -> list[Checked]:
    """Every row with everything that is wrong with it. As many queries for many rows as for one, by period."""
    known = _Known(rows, resolution, today, correcting, seen_by)
    return [_checked(row, known) for row in rows]


class _Known:
    """What the rows are held against: units of the day, figures in force, bodies, closed periods."""

    def __init__(
        self,
        rows: Sequence[Given],
        resolution: Resolution,
        today: dt.date,
        correcting: ReportedFigure | None,
        seen_by: User,
    ) -> None:
        self.resolution, self.today, self.correcting = resolution, today, correcting
        self.wanted: Mapping[str, Indicator] = {one.slug: one for one in reported_indicators(resolution)}
        self.bodies = responsible(resolution)
        self.closed = closed_periods(seen_by=seen_by)
        self.units: dict[tuple[str, str], Unit] = {}
        self.parts: dict[int, set[int]] = {}
        for period in {row.period for row in rows}:
            if span := span_of(period):
                found = units_on({row.unit for row in rows if row.period == period}, span.last)
                self.units |= {(code, period): unit for code, unit in found.items()}
                for whole, parts in parts_on(span.last).items():
                    self.parts.setdefault(whole, set()).update(parts)
        self.own = units_seen()
        self._figures(rows, seen_by)

    def _figures(self, rows: Sequence[Given], seen_by: User) -> None:
        slugs = {row.indicator for row in rows} & set(self.wanted)
        asked = [self.wanted[slug] for slug in slugs]
        units = list({unit.pk: unit for unit in self.units.values()}.values())
        self.series = actuals(
            self.resolution,
            asked,
            units,
            on=geography_of(self.resolution, self.today),
            seen_by=seen_by,
        )
        periods = {row.period for row in rows}
        found = ReportedFigure.objects.filter(indicator__in=slugs, period__in=periods, retired_at=None)
        self.in_force = {(f.indicator, f.unit_id, f.period): f for f in found}
        # Rows of one workbook are held against one another too.
        self.values: dict[tuple[str, int, str], tuple[Decimal | None, Decimal | None, Decimal]] = {
            key: (f.numerator, f.denominator, f.value) for key, f in self.in_force.items()
        }
        for row in rows:
            unit, value = (
                self.units.get((row.unit, row.period)),
                value_of(row, self.wanted.get(row.indicator)),
            )
            if unit and value is not None:
                self.values[row.indicator, unit.pk, row.period] = row.numerator, row.denominator, value

    @cached_property
    def wholes(self) -> Mapping[int, set[int]]:
        """The unit above each part."""
        found: dict[int, set[int]] = {}
        for whole, parts in self.parts.items():
            for part in parts:
                found.setdefault(part, set()).add(whole)
        return found


def span_of(period: str) -> Span | None:
    try:
        return parse_period(period)
    except ValueError:
        return None


def value_of(given: Given, indicator: Indicator | None) -> Decimal | None:
    """The value as typed, or numerator over denominator in the indicator's unit."""
    if given.value is not None or indicator is None:
        return given.value
    if given.numerator is None or not given.denominator:
        return None
    return (Decimal(str(indicator.scale)) * given.numerator / given.denominator).quantize(Decimal("0.0001"))


def _checked(given: Given, known: _Known) -> Checked:
    indicator, span = known.wanted.get(given.indicator), span_of(given.period)
    unit = known.units.get((given.unit, given.period))
    faults = [*_of_place(given, indicator, span, unit, known)]
    value = value_of(given, indicator)
    same = False
    if indicator and span:
        faults += _of_numbers(given, indicator, value)
        if unit and value is not None and not faults:
            same = _same(given, unit, value, known)
            faults += [] if same else _of_others(given, indicator, unit, span, value, known)
    if given.note.strip():
        faults = [fault for fault in faults if not fault.excusable]
    return Checked(given, faults, unit, value, same)


def _of_place(
    given: Given, indicator: Indicator | None, span: Span | None, unit: Unit | None, known: _Known
) -> list[Fault]:
    """Which indicator, period, unit and body: each must be one that there is, and the reporter's to report."""
    found = []
    if indicator is None:
        words = {"slug": given.indicator}
        found.append(Fault("indicator", _("Nghị quyết không có chỉ số báo cáo nào mang mã “%(slug)s”; hãy giữ mã trong mẫu.") % words))  # fmt: skip
    if span is None or (indicator and span.kind != indicator.period):
        found.append(Fault("period", _("Kỳ “%(period)s” không phải là một năm; hãy ghi năm, ví dụ 2019.") % {"period": given.period}))  # fmt: skip
        return found
    if not known.resolution.first <= span.last.year <= known.resolution.last:
        years = {"from": known.resolution.first, "to": known.resolution.last}
        found.append(Fault("period", _("Kỳ phải trong giai đoạn %(from)s-%(to)s của Nghị quyết.") % years))
    elif span.last >= known.today:
        found.append(Fault("period", _("Kỳ %(period)s chưa kết thúc; hết kỳ mới báo cáo được.") % {"period": span.words()}))  # fmt: skip
    if closing_of(given.period, known.closed):
        found.append(Fault("period", _("Kỳ %(period)s đã đóng số liệu; cán bộ tỉnh mở lại kỳ thì mới ghi được.") % {"period": span.words()}))  # fmt: skip
    if unit is None:
        found.append(Fault("unit", _no_unit(given.unit, span)))
    elif unit.pk not in known.own or unit.level > Level.COMMUNE:
        found.append(Fault("unit", _("%(unit)s không thuộc địa bàn anh/chị báo cáo; số báo cáo là của xã, huyện, tỉnh.") % {"unit": label(unit)}))  # fmt: skip
    return [*found, *_of_body(given, unit, known)]


def _no_unit(code: str, span: Span) -> str:
    try:
        unit_on(code, span.last)
    except AreaError as error:
        return str(error)
    return ""


def _of_body(given: Given, unit: Unit | None, known: _Known) -> list[Fault]:
    """One body answers for an indicator; another's figure is not taken, nor a second body's for the same unit and period."""
    answering = known.bodies.get(given.indicator, ())
    names = ", ".join(r.body.name(get_language() or "vi") for r in answering)
    if given.body not in [r.body.id for r in answering]:
        return [Fault("body", _("Chỉ số này giao cho %(body)s; cơ quan khác không báo cáo được.") % {"body": names})]  # fmt: skip
    held = known.in_force.get((given.indicator, unit.pk, given.period)) if unit else None
    if held and held.body != given.body:
        return [Fault("body", _("Kỳ này đã có số của cơ quan khác (%(body)s); mỗi chỉ số một cơ quan.") % {"body": known.resolution.bodies[held.body].name(get_language() or "vi")})]  # fmt: skip
    return []


def _of_numbers(given: Given, indicator: Indicator, value: Decimal | None) -> list[Fault]:
    """Numerator, denominator and value among themselves, and the value within what the indicator can be."""
    top, bottom = given.numerator, given.denominator
    found = []
    if (top is None) != (bottom is None):
        field = "denominator" if bottom is None else "numerator"
        found.append(Fault(field, _("Ghi cả tử số và mẫu số, hoặc để trống cả hai.")))
    if bottom is not None and bottom <= 0:
        return [*found, Fault("denominator", _("Mẫu số phải lớn hơn 0."))]
    if top is not None and top < 0:
        found.append(Fault("numerator", _("Tử số không thể âm.")))
    if value is None:
        return found or [Fault("value", _("Hãy ghi giá trị, hoặc tử số và mẫu số."))]
    if any(abs(n) > LARGEST for n in (value, top, bottom) if n is not None):
        return [*found, Fault("value", _("Số quá lớn; hãy xem lại đơn vị tính."))]
    most = 100 if indicator.unit == "percent" and indicator.check.most in (None, 100) else None
    if top is not None and bottom is not None and most and top > bottom:
        found.append(Fault("numerator", _("Tử số (%(n)s) lớn hơn mẫu số (%(d)s).") % {"n": _n(top), "d": _n(bottom)}))  # fmt: skip
    elif most and value > most:
        found.append(Fault("value", _("Tỷ lệ %(value)s%% vượt quá 100%%.") % {"value": _n(value)}))  # fmt: skip
    else:
        found += _range(indicator, value)
    if given.value is not None and top is not None and bottom is not None:
        follows = value_of(replace(given, value=None), indicator)
        if follows is not None and abs(follows - given.value) > ROUNDING:
            found.append(Fault("value", _("Giá trị %(value)s không khớp tử số chia mẫu số (%(follows)s).") % {"value": _n(given.value), "follows": _n(follows)}))  # fmt: skip
    return found


def _range(indicator: Indicator, value: Decimal) -> list[Fault]:
    least, most = indicator.check.least, indicator.check.most
    if (least is not None and value < Decimal(str(least))) or (
        most is not None and value > Decimal(str(most))
    ):
        words = {"least": _n(least), "most": _n(most), "value": _n(value)}
        return [Fault("value", _("Giá trị %(value)s ngoài khoảng có thể có, từ %(least)s đến %(most)s.") % words)]  # fmt: skip
    return []


def _same(given: Given, unit: Unit, value: Decimal, known: _Known) -> bool:
    held = known.in_force.get((given.indicator, unit.pk, given.period))
    if held is None or held == known.correcting:
        return False
    return (held.numerator, held.denominator, held.value) == (given.numerator, given.denominator, value)


def _of_others(
    given: Given, indicator: Indicator, unit: Unit, span: Span, value: Decimal, known: _Known
) -> list[Fault]:
    """The figure against one already there, against the last period, and against its parts and its whole."""
    held = known.in_force.get((given.indicator, unit.pk, given.period))
    if held and held != known.correcting:
        return [Fault("value", _("Kỳ này đã có số %(value)s; muốn sửa, hãy dùng “Đính chính” ở trang của chỉ số.") % {"value": _n(held.value)})]  # fmt: skip
    found = _jump(indicator, span, value, known.series.get((given.indicator, unit.pk), ()))
    for whole in {unit.pk} | known.wholes.get(unit.pk, set()):
        found += _parts_above_whole(indicator, given.period, whole, known)
    return found


def _jump(indicator: Indicator, span: Span, value: Decimal, told: Sequence[Actual]) -> list[Fault]:
    before = [a for a in leading(told) if a.comparable and a.span.at < span.at and a.span.years <= 1]
    if not before or indicator.check.jump is None:
        return []
    last = before[-1]
    if abs(float(value) - last.value) <= indicator.check.jump:
        return []
    words = {"value": _n(value), "last": _n(last.value), "when": last.span.words(), "jump": _n(indicator.check.jump)}  # fmt: skip
    return [Fault("note", _("%(value)s khác nhiều so với %(last)s của %(when)s (quá %(jump)s); nếu đúng, hãy ghi lý do ở ô Ghi chú.") % words, excusable=True)]  # fmt: skip


def _parts_above_whole(indicator: Indicator, period: str, whole: int, known: _Known) -> list[Fault]:
    """Nothing added up over the units below may be more than the unit's own; with every part known it is the same."""
    own = known.values.get((indicator.slug, whole, period))
    parts = [known.values.get((indicator.slug, part, period)) for part in known.parts.get(whole, ())]
    told = [part for part in parts if part]
    if own is None or not told or indicator.aggregation == "none":
        return []
    pairs = (
        [(_("giá trị"), own[2], [p[2] for p in told])]
        if indicator.aggregation == "sum"
        else [(_("tử số"), own[0], [p[0] for p in told]), (_("mẫu số"), own[1], [p[1] for p in told])]
    )
    for what, mine, theirs in pairs:
        if mine is None or any(one is None for one in theirs):
            continue
        total = sum((one for one in theirs if one is not None), Decimal(0))
        if total > mine or (len(told) == len(parts) and total != mine):
            words = {"what": what, "total": _n(total), "whole": _n(mine)}
            return [Fault("note", _("Cộng %(what)s của các đơn vị bên dưới được %(total)s, còn của cả đơn vị là %(whole)s; hãy sửa một bên, hoặc ghi lý do ở ô Ghi chú.") % words, excusable=True)]  # fmt: skip
    return []


def _n(number: float | Decimal | None) -> str:
    return "…" if number is None else format_number(float(number), 2 if number % 1 else 0, language=get_language() or "vi")  # fmt: skip
