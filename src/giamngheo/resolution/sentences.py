"""Where a target stands, in a sentence of its reader's language: what was reached, what is asked, what is still needed."""

from collections.abc import Mapping

from giamngheo.base.text import format_number
from giamngheo.resolution.clauses import Asks, Target
from giamngheo.resolution.indicators import Indicator, indicators
from giamngheo.resolution.queries import TargetStanding
from giamngheo.resolution.standing import State
from giamngheo.rules.standards import Words

STATES: Mapping[State, Words] = {
    State.MET: Words("đạt", "met"),
    State.ON_PATH: Words("đúng lộ trình", "on the path"),
    State.BEHIND: Words("chậm", "behind"),
    State.FAR_BEHIND: Words("chậm nhiều", "far behind"),
    State.NOT_YET: Words("chưa đạt", "not yet met"),
    State.NO_DATA: Words("chưa có số", "no data"),
    State.NOT_COMPARABLE: Words("không so được", "not comparable"),
}
#: How each standing is marked: the look and the shape of pieces/standing.
LOOKS: Mapping[State, tuple[str, str]] = {
    State.MET: ("good", "mark-full"),
    State.ON_PATH: ("good", "mark-yes"),
    State.BEHIND: ("wait", "mark-half"),
    State.FAR_BEHIND: ("bad", "mark-no"),
    State.NOT_YET: ("wait", "mark-low"),
    State.NO_DATA: ("", "mark-unknown"),
    State.NOT_COMPARABLE: ("", "mark-open"),
}
_STATE_VALUES = {1.0: Words("giữ vững", "kept"), 0.0: Words("không giữ được", "not kept")}


def shown(value: float | None, indicator: Indicator, language: str = "vi") -> str:
    """A value with its unit: 40,40%, 8,80 trên 1 vạn dân, 21.000 người; – where there is none."""
    if value is None:
        return "–"
    if indicator.unit == "state":
        return _STATE_VALUES.get(value, Words(str(value), str(value)))(language)
    number = format_number(value, indicator.places, language)
    return f"{number}%" if indicator.unit == "percent" else f"{number} {indicator.unit_words(language)}"


def moved(value: float | None, indicator: Indicator, language: str = "vi") -> str:
    """A difference or a movement: 4,81 điểm phần trăm, 0,60 trên 1 vạn dân."""
    if value is None:
        return "–"
    return f"{format_number(abs(value), indicator.places, language)} {distance_unit(indicator, language)}"


def distance_unit(indicator: Indicator, language: str = "vi") -> str:
    """The unit of a difference of two of its values: of rates it is percentage points."""
    points = Words("điểm phần trăm", "percentage points")
    return points(language) if indicator.unit == "percent" else indicator.unit_words(language)


def asked(target: Target, language: str = "vi", asks: Asks | None = None) -> str:
    """What the target asks, short: ≥ 3–4 điểm phần trăm mỗi năm; > 90%; < 70%."""
    asks, indicator = asks or target.asks, indicators()[target.indicator]
    if asks.kind == "state":
        return _STATE_VALUES[1.0](language)
    sign = {("up", False): "≥", ("up", True): ">", ("down", False): "≤", ("down", True): "<"}
    mark = "≥" if asks.kind == "fall" else sign[asks.direction, asks.strict]
    low = _plain(asks.value, language)
    number = f"{low}–{_plain(asks.most, language)}" if asks.most else f"{mark} {low}"
    if asks.kind == "fall":
        return f"{number} {Words('điểm phần trăm mỗi năm', 'points a year')(language)}"
    if asks.kind == "times_base":
        return f"{number} {Words('lần năm gốc', 'times the base year')(language)}"
    unit = "%" if indicator.unit == "percent" else f" {indicator.unit_words(language)}"
    return (
        number
        + unit
        + (Words(" mỗi năm", " a year")(language) if asks.kind in ("each_year", "average") else "")
    )


def _plain(value: float, language: str) -> str:
    return format_number(int(value) if value == int(value) else value, None, language)


def sentence(found: TargetStanding, language: str = "vi") -> str:
    """The standing with the figures it rests on, in one or two sentences."""
    parts = [_main(found, language)]
    last = found.last
    if last and found.standing.stale:
        parts.append(
            _say(
                language,
                "Số mới nhất là của {p}.",
                "The latest figure is of {p}.",
                p=last.span.words(language),
            )
        )
    if found.standing.needed is not None:
        parts.append(
            _say(
                language,
                "Từ nay mỗi năm cần thêm {n}.",
                "From now on {n} a year are needed.",
                n=moved(found.standing.needed, found.indicator, language),
            )
        )
    return " ".join(parts)


def _main(found: TargetStanding, language: str) -> str:
    state, last, asks = found.standing.state, found.last, found.target.asks
    ask = asked(found.target, language)
    if state == State.NOT_COMPARABLE:
        return _say(language, "Chỉ có số của cách tính khác, không so được với chỉ tiêu {a}.", "Only figures of another definition are known; they can't be held to {a}.", a=ask)  # fmt: skip
    if state == State.NO_DATA or last is None:
        if found.line and found.base is None:
            return _say(language, "Chưa có số gốc nên chưa tính được lộ trình; chỉ tiêu {a}.", "The figure of the base year is not known, so no path can be drawn; asked: {a}.", a=ask)  # fmt: skip
        return _say(
            language, "Chưa tìm thấy số nào; chỉ tiêu {a}.", "No figure was found; asked: {a}.", a=ask
        )
    value, when = shown(last.value, found.indicator, language), last.span.words(language)
    if asks.kind == "fall" and found.standing.pace is not None:
        return _fall(found, value, when, ask, language)
    if asks.kind in ("each_year", "average") and found.indicator.kind == "count":
        mean = shown(found.standing.pace, found.indicator, language)
        return _say(language, "Bình quân mỗi năm {m} (số cuối: {v}, {w}); chỉ tiêu {a}.", "{m} a year on average (last figure: {v}, {w}); asked: {a}.", m=mean, v=value, w=when, a=ask)  # fmt: skip
    text = _say(language, "{v} ({w}); chỉ tiêu {a}.", "{v} ({w}); asked: {a}.", v=value, w=when, a=ask)
    return text + _distance(found, language)


def _fall(found: TargetStanding, value: str, when: str, ask: str, language: str) -> str:
    pace, base = found.standing.pace or 0.0, shown(found.base, found.indicator, language)
    way = Words("giảm", "fell")(language) if pace >= 0 else Words("tăng", "rose")(language)
    text = _say(language, "{b} → {v} ({w}): {d} bình quân {n} mỗi năm; chỉ tiêu {a}.", "{b} → {v} ({w}): {d} {n} a year on average; asked: {a}.", b=base, v=value, w=when, d=way, n=moved(pace, found.indicator, language), a=ask)  # fmt: skip
    return text + _distance(found, language)


def _distance(found: TargetStanding, language: str) -> str:
    ahead = found.standing.ahead
    if ahead is None or found.standing.state not in (State.BEHIND, State.FAR_BEHIND) or abs(ahead) < 1e-9:
        return ""
    return " " + _say(
        language, "Kém lộ trình {n}.", "{n} behind the path.", n=moved(ahead, found.indicator, language)
    )


def _say(language: str, vi: str, en: str, **words: str) -> str:
    return Words(vi, en)(language).format(**words)
