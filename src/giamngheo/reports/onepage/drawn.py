"""The pictures of the page, the same on screen and on paper."""

from collections.abc import Callable

from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from giamngheo.areas.models import Unit
from giamngheo.areas.queries import outlines_of
from giamngheo.base.text import format_number
from giamngheo.pictures import figures as drawn
from giamngheo.pictures.looks import language
from giamngheo.reports.onepage.content import OnePage

#: Bars of villages beyond this many would not be read on a page.
BARS = 12


def series(page: OnePage) -> SafeString:
    """Poor and near-poor by year, a line for each standard: none is drawn across a change of standard."""
    measures = ((_("Hộ nghèo"), "poor_rate"), (_("Hộ cận nghèo"), "near_poor_rate"))
    points = [
        drawn.Point(point.year, words, point.standard, getattr(point.counts, rate))
        for words, rate in measures
        for point in page.series
    ]
    return drawn.series_by_standard(points, title=_("Tỷ lệ hộ nghèo, cận nghèo theo năm"))


def places(page: OnePage, address: Callable[[Unit], str] = lambda unit: "") -> SafeString:
    """The units below on a map; villages, whose outlines are not known, as bars, the poorest first."""
    title = _("Tỷ lệ hộ nghèo theo đơn vị")
    rows = [row for row in page.rates.rows if row.counts.known]
    outlines = outlines_of([row.unit for row in rows])
    if outlines:
        return drawn.choropleth(
            [
                drawn.Place(outlines[row.unit.pk], row.unit.name, row.counts.poor_rate, address(row.unit))
                for row in rows
                if row.unit.pk in outlines
            ],
            title=title,
        )
    rows.sort(key=lambda row: -(row.counts.poor_rate or 0))
    bars = [
        drawn.Bar(row.unit.name, row.counts.poor_rate, _("%(n)s hộ") % {"n": _number(row.counts.known)})
        for row in rows[:BARS]
    ]
    return drawn.groups(bars, title=title, overall=page.counts.poor_rate)


def profile(page: OnePage) -> SafeString:
    bars = [drawn.Bar(row.indicator.name(language()), row.all.share) for row in page.profile]
    return drawn.deprivation_profile(bars, title=_("Tỷ lệ hộ thiếu hụt từng chỉ số"))


def _number(value: int) -> str:
    return format_number(value, language=language())
