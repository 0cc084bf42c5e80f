"""The page in the words of its reader: one sentence at the top, rows of figures, and where each comes from."""

from dataclasses import dataclass

from django.utils.translation import gettext as _

from giamngheo.areas.queries import label
from giamngheo.base.text import format_date, format_number, format_percent
from giamngheo.pictures.looks import language
from giamngheo.reports.onepage.content import OnePage
from giamngheo.resolution.actuals import ORIGINS
from giamngheo.resolution.clauses import CONFIDENCE
from giamngheo.resolution.queries import TargetStanding
from giamngheo.resolution.sentences import STATES, asked, shown
from giamngheo.resolution.standing import ORDER
from giamngheo.rules.standards import standards
from giamngheo.surveys.figures import Counts

NONE = "–"
MINUS = "\u2212"


def title(page: OnePage) -> str:
    return _("%(unit)s: hộ nghèo, hộ cận nghèo năm %(year)s") % {"unit": _name(page), "year": page.round.year}


def _name(page: OnePage) -> str:
    words = label(page.unit)
    return words[0].upper() + words[1:]


def rate(share: float | None, places: int = 2) -> str:
    return NONE if share is None else format_percent(share, places, language())


def number(value: int) -> str:
    return format_number(value, language=language())


def points(share: float | None) -> str:
    """A difference of shares in percentage points, with its sign: −3,79."""
    if share is None:
        return NONE
    text = format_number(abs(share) * 100, 2, language())
    return text if not any(c in text for c in "123456789") else f"{MINUS if share < 0 else '+'}{text}"


def sentence(page: OnePage) -> str:
    """How many are poor and near-poor, how that moved, and the place among the units beside."""
    c = page.counts
    if not c.known:
        return _("Chưa có số liệu rà soát nào để hiển thị ở đây.")
    parts = [
        _(
            "%(rate)s là hộ nghèo (%(poor)s trong %(all)s hộ đã xét); %(near_rate)s là hộ cận nghèo (%(near)s hộ)."
        )
        % {
            "rate": rate(c.poor_rate),
            "poor": number(c.poor),
            "all": number(c.known),
            "near_rate": rate(c.near_poor_rate),
            "near": number(c.near_poor),
        }
    ]
    if page.change is not None:
        parts.append(_("So với năm trước: %(points)s điểm phần trăm.") % {"points": points(page.change)})
    if page.position:
        parts.append(
            _("Đứng thứ %(place)s trong %(of)s đơn vị của %(within)s, tính từ nơi ít nghèo nhất.")
            % {"place": page.position.place, "of": page.position.of, "within": label(page.position.within)}
        )
    if c.unknown:
        parts.append(_("Chưa biết: %(n)s hộ.") % {"n": number(c.unknown)})
    return " ".join(parts)


@dataclass(frozen=True)
class SeriesLine:
    year: str
    standard: str
    poor: str
    change: str
    near_poor: str
    new_standard: bool


def series(page: OnePage) -> list[SeriesLine]:
    """The rounds, each under its standard; `new_standard` marks the line before which the standard changed."""
    lines, last = [], ""
    for point in page.series:
        slug = point.standard
        lines.append(
            SeriesLine(
                str(point.year),
                slug,
                rate(point.counts.poor_rate),
                points(point.change),
                rate(point.counts.near_poor_rate),
                bool(last) and last != slug,
            )
        )
        last = slug
    return lines


@dataclass(frozen=True)
class GroupLine:
    name: str
    households: str
    poor: str
    poor_rate: str
    near_poor_rate: str


def groups(page: OnePage) -> list[GroupLine]:
    lines = [_group(row.name(language()), row.counts) for row in page.groups]
    return [*lines, _group(_("Các dân tộc khác"), page.others)] if page.others else lines


def _group(name: str, counts: Counts) -> GroupLine:
    small = counts.known < 5
    rates = (NONE, NONE) if small else (rate(counts.poor_rate), rate(counts.near_poor_rate))
    return GroupLine(name, number(counts.known), NONE if small else number(counts.poor), *rates)


@dataclass(frozen=True)
class TargetLine:
    id: str
    name: str
    asked: str
    value: str
    when: str
    state: str
    word: str
    body: str
    source: str


def targets(page: OnePage) -> list[TargetLine]:
    return [_target(page, found) for found in page.shown]


def _target(page: OnePage, found: TargetStanding) -> TargetLine:
    spoken, last = language(), found.last
    bodies = page.responsible.get(found.target.indicator, ())
    inferred = _("suy luận")
    return TargetLine(
        id=found.target.id,
        name=found.target.name(spoken),
        asked=asked(found.target, spoken),
        value=shown(last.value, found.indicator, spoken) if last else NONE,
        when=last.span.words(spoken) if last else "",
        state=found.standing.state,
        word=STATES[found.standing.state](spoken),
        body="; ".join(
            r.body.name(spoken) + (f" ({inferred})" if r.how == "inferred" else "") for r in bodies
        )
        or NONE,
        source=_source(found),
    )


def _source(found: TargetStanding) -> str:
    """Where the figure comes from, how sure it is, and by which standard."""
    last, spoken = found.last, language()
    if last is None:
        return NONE
    parts = [ORIGINS[last.origin](spoken)]
    if last.origin == "published":
        parts = [last.source(spoken), CONFIDENCE[last.confidence](spoken)]
    if last.standard in standards():
        parts.append(_("chuẩn %(standard)s") % {"standard": last.standard})
    return "; ".join(parts)


def counted(page: OnePage) -> str:
    """How many targets stand how, those not shown here too."""
    spoken = language()
    states = [found.standing.state for found in page.board.values()]
    parts = [f"{states.count(s)} {STATES[s](spoken)}" for s in ORDER if s in states]
    return _("%(all)s chỉ tiêu: %(parts)s.") % {"all": len(states), "parts": ", ".join(parts)}


def sources(page: OnePage) -> list[str]:
    """What the figures rest on: the round, the standard with its act, the geography, how a rate is made."""
    spoken = language()
    acts = "; ".join(sorted({entry.citation.act for entry in page.standard.in_force}))
    state = _("đang mở, số còn thay đổi") if page.round.is_open else _("đã kết thúc")
    lines = [
        _("Nguồn: sổ hộ của hệ thống, %(round)s (%(state)s), địa giới ngày %(day)s. %(standard)s (%(acts)s).")
        % {
            "round": page.round.name,
            "state": state,
            "day": format_date(page.round.reference_date),
            "standard": page.standard.name(spoken),
            "acts": acts,
        },
        _("Tỷ lệ = số hộ nghèo chia cho số hộ đã biết thuộc diện nào; không so, không nối số của hai chuẩn."),
        _(
            "Chỉ tiêu: %(resolution)s. Nơi trả lời ghi “suy luận” là phần mềm đoán theo chức năng, tỉnh đổi được."
        )
        % {"resolution": page.resolution.name(spoken)},
    ]
    if any(line.new_standard for line in series(page)):
        lines.append(_("* Từ năm này là chuẩn khác, không so với các năm trước."))
    if page.unit.level > 1:
        lines.append(_("Nghị quyết giao chỉ tiêu cho toàn tỉnh; với huyện, xã đây là mức để so sánh."))
    return lines
