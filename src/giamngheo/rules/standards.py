"""The poverty standards as read from law/standards: lines, indicators, class rule and points, each number with its citation."""

import datetime as dt
import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import Any

from giamngheo.base.law import law_dir
from giamngheo.base.periods import Period
from giamngheo.base.yaml import Block, as_plain, load_yaml
from giamngheo.rules.errors import NoStandardError, UnknownStandardError

AREA_TYPES = ("rural", "urban")


@dataclass(frozen=True)
class Words:
    """The same in Vietnamese and English."""

    vi: str
    en: str

    def __call__(self, language: str = "vi") -> str:
        return self.en if language == "en" else self.vi


@dataclass(frozen=True)
class Citation:
    """Where a rule comes from and how sure we are. `verified`: read in the sources named, not recalled."""

    key: str
    act: str
    article: str
    source: tuple[str, ...]
    confidence: str
    verified: bool
    note: Words | None = None

    @property
    def words(self) -> str:
        """The act and the article, as a sentence names them."""
        return f"{self.act}, {self.article}" if self.article else self.act


@dataclass(frozen=True)
class Number:
    """A number of the law."""

    value: int
    citation: Citation


@dataclass(frozen=True)
class InForce:
    """A period in which a standard holds, and by which act."""

    period: Period
    citation: Citation


@dataclass(frozen=True)
class Lines:
    """Upper bounds (included) of the bands of income or points. `upper` is `lower` where a standard has one line only."""

    lower: Number
    upper: Number
    average: Number | None

    def named(self) -> dict[str, Number]:
        """The different lines by name, lowest first."""
        found = {"lower": self.lower}
        if self.upper is not self.lower:
            found["upper"] = self.upper
        if self.average:
            found["average"] = self.average
        return found


@dataclass(frozen=True)
class Indicator:
    """One deprivation: what it is, and the named rule with its parameters that decides it."""

    code: str
    service: Words
    name: Words
    deprived_if: Words
    rule: str
    params: Mapping[str, Any]
    citation: Citation
    note: Words | None = None

    @property
    def tick(self) -> str:
        """The household fact that holds the answer ticked on the form."""
        return f"tick_{self.code}"

    @property
    def ages(self) -> tuple[int, int] | None:
        """The youngest and the oldest age in whole years of the members it asks about; None where it names none."""
        bands = self.params.get("ages", [self.params])
        if not all("age_from" in band and "age_below" in band for band in bands):
            return None
        return min(band["age_from"] for band in bands), max(band["age_below"] for band in bands) - 1


@dataclass(frozen=True)
class PointItem:
    """One question of the B1 point table; without `rule` its points are not known."""

    number: str
    code: str
    name: Words
    rule: str
    params: Mapping[str, Any]
    options: tuple[Mapping[str, Any], ...]
    unknown: Words | None = None
    note: Words | None = None


@dataclass(frozen=True)
class PointTable:
    """The B1 points of each answer, by column of region."""

    columns: tuple[tuple[str, Words], ...]
    column_of: Mapping[str, str]
    items: tuple[PointItem, ...]
    citation: Citation | None

    @property
    def missing(self) -> tuple[PointItem, ...]:
        """Items whose points are not known; while there is one, B1 is never computed."""
        return tuple(item for item in self.items if not item.rule)

    @property
    def complete(self) -> bool:
        return bool(self.items) and not self.missing

    def points(self, option: Mapping[str, Any], area_type: str) -> int:
        """The points of an option for rural or urban households of this province."""
        place = [code for code, _ in self.columns].index(self.column_of[area_type])
        return int(option["points"][place])


@dataclass(frozen=True)
class Points:
    """The points of form B: thresholds for B1 (None if not known), points of one deprivation, form A."""

    lines: Mapping[str, Lines]
    per_indicator: Number | None
    form_a_most_ticks: Number | None
    table: PointTable | None
    unknown: Words | None


@dataclass(frozen=True)
class Standard:
    """A poverty standard. Two with the same content_hash judge alike."""

    slug: str
    name: Words
    rule: str
    deprived_at_least: Number
    in_force: tuple[InForce, ...]
    lines: Mapping[str, Lines]
    line_names: Mapping[str, Words]
    points: Points
    indicators: tuple[Indicator, ...]
    indicators_unknown: Words | None
    average_unknown: Words | None
    citations: Mapping[str, Citation]
    content_hash: str
    content: Mapping[str, Any] = field(repr=False)

    @property
    def periods(self) -> tuple[Period, ...]:
        return tuple(entry.period for entry in self.in_force)

    def holds_on(self, day: dt.date) -> bool:
        return any(day in period for period in self.periods)

    def indicator(self, code: str) -> Indicator:
        return next(indicator for indicator in self.indicators if indicator.code == code)


@cache
def standards() -> Mapping[str, Standard]:
    """Every standard by slug, oldest first. Raises LawFileError where a file is wrong."""
    found = [read_standard(path) for path in (law_dir() / "standards").glob("*/standard.yaml")]
    return {s.slug: s for s in sorted(found, key=lambda s: s.periods[0])}


def standard_on(day: dt.date) -> Standard:
    """The standard by which a review of that day is judged."""
    for standard in standards().values():
        if standard.holds_on(day):
            return standard
    every = [period for standard in standards().values() for period in standard.periods]
    raise NoStandardError(on=day, first=min(p.first for p in every), last=max(p.last for p in every))


def standard_named(slug: str) -> Standard:
    """The standard of that slug. Raises UnknownStandardError."""
    if slug not in standards():
        raise UnknownStandardError(slug=slug, known=", ".join(standards()))
    return standards()[slug]


def read_standard(path: Path) -> Standard:
    """One standard.yaml. Raises LawFileError with file and line."""
    return parse_standard(load_yaml(path))


def parse_standard(file: Block) -> Standard:
    """A loaded standard.yaml; apart from reading so that a test may change a part of one."""
    return _Reading(file).standard()


class _Reading:
    """Reads one file, resolving each number to the nearest `cite` around it."""

    def __init__(self, file: Block) -> None:
        self.file = file
        self.citations = read_citations(file)

    def standard(self) -> Standard:
        file = self.file
        content = as_plain(file)
        text = json.dumps(content, ensure_ascii=False, sort_keys=True)
        known = isinstance(file["indicators"], list)
        lines = file["lines"]
        return Standard(
            slug=file["slug"],
            name=words(file["name"]),
            rule=file["rule"],
            deprived_at_least=self.number(file, "deprived_at_least", None),
            in_force=tuple(
                InForce(Period(entry["from"], entry["to"]), self.cited(entry)) for entry in file["periods"]
            ),
            lines={area: self.lines(lines[area], self.cited(lines)) for area in AREA_TYPES},
            line_names={name: words(block) for name, block in file["line_names"].items()},
            points=self.points(file["points"]),
            indicators=tuple(self.indicator(block) for block in file["indicators"]) if known else (),
            indicators_unknown=None if known else words(file["indicators_unknown"]),
            average_unknown=words_or_none(lines.get("average_unknown")),
            citations=self.citations,
            content_hash=hashlib.sha256(text.encode()).hexdigest(),
            content=content,
        )

    def cited(self, block: Block) -> Citation:
        key = block.get("cite")
        if key not in self.citations:
            raise block.error(f"không có căn cứ “{key}” trong citations", "cite")
        return self.citations[key]

    def number(self, block: Block, key: str, around: Citation | None) -> Number:
        value = block[key]
        if isinstance(value, Block):
            return Number(value["value"], self.cited(value))
        if around is None:
            raise block.error(f"con số {key} không có căn cứ (cite)", key)
        return Number(value, around)

    def lines(self, block: Block, around: Citation) -> Lines:
        lower = self.number(block, "lower", around)
        return Lines(
            lower,
            self.number(block, "upper", around) if "upper" in block else lower,
            self.number(block, "average", around) if "average" in block else None,
        )

    def points(self, block: Block) -> Points:
        around = self.cited(block) if "cite" in block else None
        return Points(
            lines={area: self.lines(block[area], around) for area in AREA_TYPES if around and area in block},
            per_indicator=self.number(block, "per_indicator", around) if "per_indicator" in block else None,
            form_a_most_ticks=(
                self.number(block, "form_a_most_ticks", around) if "form_a_most_ticks" in block else None
            ),
            table=self.table(block["table"]) if "table" in block else None,
            unknown=words_or_none(block.get("thresholds_unknown") or block.get("average_unknown")),
        )

    def table(self, block: Block) -> PointTable:
        return PointTable(
            columns=tuple((column["code"], words(column)) for column in block.get("columns", ())),
            column_of=block.get("column_of", {}),
            items=tuple(
                PointItem(
                    item["number"],
                    item["code"],
                    words(item["name"]),
                    item.get("rule", ""),
                    item.get("with", {}),
                    tuple(item.get("options", ())),
                    words_or_none(item.get("unknown")),
                    words_or_none(item.get("note")),
                )
                for item in block["items"]
            ),
            citation=self.cited(block) if "cite" in block else None,
        )

    def indicator(self, block: Block) -> Indicator:
        return Indicator(
            block["code"],
            words(block["service"]),
            words(block["name"]),
            words(block["deprived_if"]),
            block["rule"],
            block["with"],
            self.cited(block),
            words_or_none(block.get("note")),
        )


def read_citations(file: Block) -> dict[str, Citation]:
    """The grounds a file of the law names under `citations`, by key."""
    return {
        key: Citation(
            key,
            block["act"],
            block.get("article", ""),
            tuple(block["source"]),
            block["confidence"],
            block["verified"],
            words_or_none(block.get("note")),
        )
        for key, block in file["citations"].items()
    }


def words(block: Mapping[str, str]) -> Words:
    """A block of `vi` and `en`."""
    return Words(block["vi"], block["en"])


def words_or_none(block: Mapping[str, str] | None) -> Words | None:
    """The same where there may be none."""
    return words(block) if block else None
