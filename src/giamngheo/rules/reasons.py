"""Why a household is in its class, and what would change it, in full sentences."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any

import pyarrow as pa

from giamngheo.base.text import format_number
from giamngheo.rules.classes import DECIDING_BAND, NEAR_PERCENT, POOR_CLASSES, UNDETERMINED
from giamngheo.rules.engine import arrow, members_answers
from giamngheo.rules.facts import HOUSEHOLD, facts, household_facts
from giamngheo.rules.indicators import HOUSEHOLD_RULES, MEMBER_RULES, facts_read
from giamngheo.rules.sentences import AREA_NAMES, BORDERLINE, CHANGES, CLASS_NAMES, SENTENCES
from giamngheo.rules.standards import Citation, Indicator, Lines, Standard

Row = Mapping[str, Any]


def class_name(klass: str, language: str = "vi") -> str:
    """The class in words."""
    return CLASS_NAMES[klass](language)


def reasons(
    row: Row,
    standard: Standard,
    language: str = "vi",
    *,
    household: Row | None = None,
    members: Sequence[Row] | None = None,
    blamed: Mapping[str, list[str]] | None = None,
) -> list[str]:
    """Sentences that say what the verdict `row` rests on.

    With the household's facts and its members' (`name` where names may be shown; `on` in `household`), each deprivation
    is told with the fact or the members that caused it. `blamed` gives these members where they were asked of the rules
    already, for many households at once (`blamed_members`).
    """
    say = _Speaker(row, standard, language)
    if blamed is None:
        blamed = _blamed(say, household or {}, members) if members else {}
    found = [*_measured(say), *_deprivations(say, household or {}, blamed)]
    found += [*_missing(say), *_disagreements(say), *_borderline(say), *_unverified(say)]
    return found


def what_would_change(row: Row, standard: Standard, language: str = "vi") -> list[str]:
    """Sentences that say which income, points or number of deprivations would put the household in another class."""
    say = _Speaker(row, standard, language)
    if row["klass"] == UNDETERMINED:
        what = (
            "area"
            if not row.get("area_type")
            else "income_or_points"
            if row["band"] is None
            else "deprivations"
        )
        return [CHANGES["know"](language).format(what=CHANGES[what](language))]
    return [*_by_lines(say), *_by_deprivations(say)]


class _Speaker:
    """A verdict and the language it is told in."""

    def __init__(self, row: Row, standard: Standard, language: str) -> None:
        self.row, self.standard, self.language = row, standard, language
        self.by_points = str(row.get("basis") or "").startswith("points")
        area = row.get("area_type")
        self.lines: Lines | None = (standard.points.lines if self.by_points else standard.lines).get(
            area or ""
        )

    def __call__(self, key: str, **params: object) -> str:
        return SENTENCES[key](self.language).format(**params)

    def number(self, value: float) -> str:
        return format_number(value, language=self.language)

    def fact(self, key: str) -> str:
        return household_facts()[key].label(self.language).split(" (")[0]

    @property
    def value(self) -> int:
        return int(self.row["points"] if self.by_points else self.row["income"])

    def named(self, code: str) -> list[Indicator]:
        """The indicators that have this sign in the pattern."""
        signs = zip(self.standard.indicators, self.row["pattern"], strict=True)
        return [indicator for indicator, sign in signs if sign == code]

    def names(self, indicators: Iterable[Indicator]) -> str:
        return "; ".join(indicator.name(self.language) for indicator in indicators)


def _measured(say: _Speaker) -> list[str]:
    """The line and the income or points that decide the band."""
    row, standard = say.row, say.standard
    if not row.get("area_type"):
        return [say("no_area")]
    if row["band"] is None or say.lines is None:
        return _unmeasured(say)
    lines = list(say.lines.named().items())
    params: dict[str, Any] = {
        "what": say.fact("b1_points" if say.by_points else "income_per_head"),
        "value": say.number(say.value),
        "unit": household_facts()["b1_points" if say.by_points else "income_per_head"].unit(say.language),
        "area": AREA_NAMES[row["area_type"]](say.language),
    }
    passed = [(name, line) for name, line in lines if say.value > line.value]
    ahead = [(name, line) for name, line in lines if say.value <= line.value]
    key = "between" if passed and ahead else "above" if passed else "at_or_below"
    near = (passed or ahead)[-1 if passed else 0]
    params |= {"line": standard.line_names[near[0]](say.language), "limit": say.number(near[1].value)}
    if passed and ahead:
        params |= {
            "next": standard.line_names[ahead[0][0]](say.language),
            "next_limit": say.number(ahead[0][1].value),
        }
    return [say(key, **params), *_other_band(say), *_no_average(say)]


def _unmeasured(say: _Speaker) -> list[str]:
    row, points = say.row, say.standard.points
    found = []
    if row.get("points") is not None and points.unknown:
        found.append(say("no_thresholds", value=row["points"], why=points.unknown(say.language)))
    found.append(say("no_measure"))
    if points.table and points.table.missing:
        found.append(say("not_computed", items=", ".join(item.number for item in points.table.missing)))
    return found


def _other_band(say: _Speaker) -> list[str]:
    """Points and income that would give different bands."""
    row = say.row
    if not say.by_points or row.get("income") is None:
        return []
    if _band(row["income"], say.standard.lines[row["area_type"]]) == row["band"]:
        return []
    return [say("other_band", income=say.number(row["income"]), points=say.number(row["points"]))]


def _band(value: int, lines: Lines) -> int:
    for band, line in enumerate((lines.lower, lines.upper, lines.average)):
        if line is not None and value <= line.value:
            return band
    return 3


def _no_average(say: _Speaker) -> list[str]:
    """Above all lines known, where the average is not known."""
    if say.row["klass"] != "none" or say.lines is None or say.lines.average:
        return []
    why = say.standard.points.unknown if say.by_points else say.standard.average_unknown
    return [say("average_unknown", why=why(say.language))] if why else []


def _deprivations(say: _Speaker, household: Row, blamed: Mapping[str, list[str]]) -> list[str]:
    row, standard = say.row, say.standard
    needed, count = standard.deprived_at_least.value, row["deprived"]
    if standard.indicators_unknown and count is None:
        return [say("indicators_unknown", why=standard.indicators_unknown(say.language))]
    if count is None:
        return []
    deprived, given = say.named("1"), row.get("deprived_given")
    found = []
    if given is not None and given == count and count != len(deprived):
        found.append(say("deprived_total", count=count, needed=needed))
    if deprived:
        found.append(say("deprived_some", count=len(deprived), needed=needed, names=say.names(deprived)))
    elif not found:
        found.append(say("deprived_none"))
    if (
        given is not None
        and standard.indicators
        and (given != count or (given != len(deprived) and not row["unknown"]))
    ):
        found.append(say("total_disagrees", given=given, counted=len(deprived)))
    return found + _causes(say, deprived, household, blamed)


def _causes(
    say: _Speaker, deprived: list[Indicator], household: Row, blamed: Mapping[str, list[str]]
) -> list[str]:
    """What made each deprivation, where it is known."""
    place = {indicator.code: n for n, indicator in enumerate(say.standard.indicators)}
    found = []
    for indicator in deprived:
        computed = say.row["pattern_computed"][place[indicator.code]] == "1"
        if indicator.rule in MEMBER_RULES and blamed.get(indicator.code):
            cause = "; ".join(blamed[indicator.code])
        elif indicator.rule in HOUSEHOLD_RULES and computed and household:
            cause = _facts_told(say, indicator, household)
        elif not computed and say.row["pattern_given"][place[indicator.code]] == "1":
            cause = say("ticked")
        else:
            continue
        if cause:
            found.append(say("cause", name=indicator.name(say.language), cause=cause))
    return found


def _facts_told(say: _Speaker, indicator: Indicator, household: Row) -> str:
    told = []
    for key in facts_read(indicator.rule, indicator.params):
        fact = facts()[HOUSEHOLD, key]
        if household.get(key) is not None:
            unit = f" {fact.unit(say.language)}" if fact.unit(say.language) else ""
            label = fact.label(say.language).split(" (")[0]
            value = f"{fact.show(household[key], say.language)}{unit}"
            told.append(value if label == indicator.name(say.language) else f"{label}: {value}")
    return "; ".join(told)


def blamed_members(
    members: pa.Table, standard: Standard, language: str = "vi"
) -> Iterator[tuple[int, dict[str, list[str]]]]:
    """Of each household with any, the members that the rules find lacking, by indicator; households in order.

    `members` has `household`, `on`, member facts, and `full_name` where names may be shown; one pass for all of them.
    """
    place = pa.array(range(members.num_rows), pa.int64())
    asked = members.append_column("member", place)
    answers = members_answers(asked, standard).sort_by([("household", "ascending"), ("member", "ascending")])
    codes = [i.code for i in standard.indicators if i.code in answers.column_names]
    names = members.column("full_name") if "full_name" in members.column_names else None
    number = SENTENCES["member_number"](language)
    now, seen, found = -1, 0, {}  # type: int, int, dict[str, list[str]]
    for batch in answers.to_batches(max_chunksize=10_000):
        for row in batch.to_pylist():
            if row["household"] != now:
                if found:
                    yield now, found
                now, seen, found = row["household"], 0, {}
            seen += 1
            for code in codes:
                if row[code]:
                    name = names[row["member"]].as_py() if names is not None else None
                    found.setdefault(code, []).append(name or number.format(number=seen))
    if found:
        yield now, found


def _blamed(say: _Speaker, household: Row, members: Sequence[Row]) -> dict[str, list[str]]:
    """By indicator, the members of whom the rule is true: their names, or their places in the list."""
    rows = [{"household": 1, "member": n, "on": household.get("on"), **m} for n, m in enumerate(members)]
    found: dict[str, list[str]] = {}
    for answers in members_answers(arrow(rows), say.standard).sort_by("member").to_pylist():
        member = members[answers["member"]]
        for indicator in say.standard.indicators:
            if answers.get(indicator.code):
                number = say("member_number", number=answers["member"] + 1)
                name = str(member.get("name") or member.get("full_name") or number)
                found.setdefault(indicator.code, []).append(name)
    return found


def _missing(say: _Speaker) -> list[str]:
    unknown = say.named("?")
    if not unknown or say.row["band"] is None:
        return []
    if say.row["klass"] == UNDETERMINED:
        return [say("missing_needed", count=len(unknown), names=say.names(unknown))]
    if say.row["band"] != DECIDING_BAND[say.standard.rule] or len(unknown) == len(say.standard.indicators):
        return []
    return [say("missing", count=len(unknown), names=say.names(unknown))]


def _disagreements(say: _Speaker) -> list[str]:
    found = []
    for indicator, differs, given in zip(
        say.standard.indicators, say.row["disagree"], say.row["pattern_given"], strict=True
    ):
        if differs == "1":
            words = ("deprived", "not_deprived") if given == "1" else ("not_deprived", "deprived")
            found.append(
                say(
                    "disagree", name=indicator.name(say.language), given=say(words[0]), computed=say(words[1])
                )
            )
    return found


def _borderline(say: _Speaker) -> list[str]:
    why = []
    for word in (say.row.get("borderline_why") or "").split():
        line = say.standard.line_names[word](say.language) if word in say.standard.line_names else ""
        why.append(BORDERLINE[word](say.language).format(line=line, near=NEAR_PERCENT))
    return [say("borderline", why="; ".join(why))] if why else []


def _unverified(say: _Speaker) -> list[str]:
    """The rules this verdict rests on that nobody has yet read in the gazette."""
    rests_on: list[tuple[str, Citation]] = []
    if say.lines and say.row["band"] is not None:
        under = [name for name, line in say.lines.named().items() if line.value < say.value]
        for name, line in list(say.lines.named().items())[: len(under) + 1]:
            rests_on.append((say.standard.line_names[name](say.language), line.citation))
    if say.row["band"] == DECIDING_BAND[say.standard.rule]:
        rests_on += [
            (i.name(say.language), i.citation)
            for i, sign in zip(say.standard.indicators, say.row["pattern_computed"], strict=True)
            if sign != "?"
        ]
    names = list(dict.fromkeys(name for name, citation in rests_on if not citation.verified))
    return [say("unverified", names="; ".join(names))] if names else []


def _by_lines(say: _Speaker) -> list[str]:
    if say.lines is None or say.row["band"] is None:
        return []
    what, found = "points" if say.by_points else "income", []
    lines = list(say.lines.named().values())
    bounds = [line.value for line in lines]
    now = _band(say.value, say.lines)
    above = [b for b in bounds if b >= say.value]
    under = [b for b in bounds if b < say.value]
    if above:
        klass = _class_in(say, _band(above[0] + 1, say.lines))
        if klass and klass != say.row["klass"]:
            found.append((f"{what}_above", above[0], klass))
    if under:
        klass = _class_in(say, _band(under[-1], say.lines))
        if klass and klass != say.row["klass"]:
            found.append((f"{what}_down", under[-1], klass))
    if now == 0 and len(above) > 1 and say.row["klass"] in POOR_CLASSES:
        klass = _class_in(say, _band(above[1] + 1, say.lines))
        if klass and klass not in POOR_CLASSES and found and found[0][2] in POOR_CLASSES:
            found.append((f"{what}_above", above[1], klass))
    return [
        CHANGES[key](say.language).format(limit=say.number(limit), klass=class_name(klass, say.language))
        for key, limit, klass in found
    ]


def _class_in(say: _Speaker, band: int, change: int = 0) -> str:
    """The class in another band, or with so many more deprivations; '' where it can't be told."""
    needed = say.standard.deprived_at_least.value
    deprived = say.row["deprived"]
    two_ways = DECIDING_BAND[say.standard.rule] == 1
    if band == 0 and two_ways:
        return "poor_income"
    if band in (2, 3):
        return "average" if band == 2 else "none"
    if deprived is None:
        return ""
    from_form = say.row.get("deprived_given") == deprived
    fewest, most = deprived + change, deprived + change + (0 if from_form else say.row["unknown"])
    if fewest >= needed:
        return "poor_deprivation" if two_ways else "poor"
    return "near_poor" if most < needed else ""


def _by_deprivations(say: _Speaker) -> list[str]:
    if say.row["band"] != DECIDING_BAND[say.standard.rule] or say.row["deprived"] is None:
        return []
    needed = say.standard.deprived_at_least.value
    if say.row["klass"] in POOR_CLASSES:
        change, key = needed - 1 - say.row["deprived"], "fewer"
    else:
        change, key = needed - say.row["deprived"], "more"
    klass = _class_in(say, say.row["band"], change)
    if not klass or klass == say.row["klass"]:
        return []
    return [CHANGES[key](say.language).format(count=abs(change), klass=class_name(klass, say.language))]
