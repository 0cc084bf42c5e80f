"""A resolution as read from law/resolutions: its clauses, who answers, its targets, and the figures published about it."""

import datetime as dt
import hashlib
import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache, cached_property
from pathlib import Path
from typing import Any

from giamngheo.base.law import law_dir
from giamngheo.base.yaml import Block, as_plain, load_yaml
from giamngheo.resolution.indicators import words
from giamngheo.resolution.periods import Span, parse_period
from giamngheo.rules.standards import Words

#: What a clause is.
KINDS: Mapping[str, Words] = {
    "assessment": Words("đánh giá", "assessment"),
    "principle": Words("quan điểm", "principle"),
    "objective": Words("mục tiêu", "objective"),
    "task": Words("nhiệm vụ", "task"),
    "solution": Words("giải pháp", "solution"),
    "assignment": Words("phân công", "assignment"),
}
#: For whom a target holds, where it is no list of units.
SCOPES: Mapping[str, Words] = {
    "province": Words("toàn tỉnh", "the whole province"),
    "urban": Words("khu vực đô thị", "urban areas"),
    "rural": Words("khu vực nông thôn", "rural areas"),
    "poor_and_near_poor": Words("hộ nghèo, hộ cận nghèo", "poor and near-poor households"),
}
CONFIDENCE: Mapping[str, Words] = {
    "seen": Words("đã đọc ở nguồn", "seen in the source"),
    "recalled": Words("theo trí nhớ", "recalled"),
    "unsure": Words("không chắc", "unsure"),
    "conflicting": Words("mâu thuẫn với nguồn khác", "conflicts with another source"),
}


@dataclass(frozen=True)
class Body:
    """A body that answers for clauses and targets."""

    id: str
    name: Words
    level: str


@dataclass(frozen=True)
class Answer:
    """That a body answers. `stated`: the resolution says so; else it is our inference, which the province may change."""

    body: Body
    stated: bool


@dataclass(frozen=True)
class Clause:
    """One clause in our own short words. `place` is where it stands in the text, `depth` how far in from the left.

    `policies` (slugs of law/policies) do what the clause asks; the text names few of them, so that this is our reading.
    """

    id: str
    place: str
    kind: str
    name: Words
    says: Words
    depth: int
    answers: tuple[Answer, ...]
    links: tuple[str, ...]
    indicators: tuple[str, ...]
    acts: tuple[str, ...]
    policies: tuple[str, ...]
    parts: tuple["Clause", ...]

    def walk(self) -> Iterator["Clause"]:
        """Itself and all below, in the order of the text."""
        yield self
        for part in self.parts:
            yield from part.walk()


@dataclass(frozen=True)
class Asks:
    """What a target asks, in the unit of its indicator.

    `kind`: fall (a year, on average since the base year), level (by the last year), each_year, average (of the years),
    times_base (a multiple of the base year), state (kept). `value` is the least that meets it, `most` the far end of a
    range, `strict` that the value itself does not meet it; `direction` is the way that is better.
    """

    kind: str
    value: float
    most: float | None = None
    strict: bool = False
    direction: str = "up"

    def met_by(self, value: float) -> bool:
        """Whether a level (or yearly amount) satisfies what is asked; binary noise of the last digit is forgiven."""
        ahead = (value - self.value) if self.direction == "up" else (self.value - value)
        return ahead > 1e-9 if self.strict else ahead >= -1e-9


@dataclass(frozen=True)
class Target:
    """One target: what is asked of an indicator, for whom, by when, and who answers."""

    id: str
    clause: str
    indicator: str
    name: Words
    asks: Asks
    unit: str
    scope: str
    area_list: str
    listed_on: dt.date | None
    answers: tuple[Answer, ...]
    reading: Words | None

    @property
    def by_year(self) -> bool:
        """Whether it is asked of each year rather than by the last."""
        return self.asks.kind in ("each_year", "average", "fall")


@dataclass(frozen=True)
class Published:
    """A figure somebody published. `comparable` is False where it is of another definition or scope than the indicator."""

    indicator: str
    unit: str
    group: str
    span: Span
    value: float
    numerator: float | None
    denominator: float | None
    standard: str
    source: Words
    confidence: str
    comparable: bool
    note: Words | None


@dataclass(frozen=True)
class Resolution:
    """One resolution of one province for one period. `due` is the day of the next year by which a year's figures are due.

    `groups_first`: codes of the ethnic groups it names before all others.
    """

    slug: str
    name: Words
    issued_by: Words
    number: Words
    province: str
    first: int
    last: int
    base_year: int
    source: Words
    confidence: str
    verified: bool
    due: str
    due_note: Words
    groups_first: tuple[str, ...]
    bodies: Mapping[str, Body]
    clauses: tuple[Clause, ...]
    targets: tuple[Target, ...]
    figures: tuple[Published, ...]
    content_hash: str

    def walk(self) -> Iterator[Clause]:
        """Every clause in the order of the text."""
        for clause in self.clauses:
            yield from clause.walk()

    @cached_property
    def by_id(self) -> Mapping[str, Clause]:
        return {clause.id: clause for clause in self.walk()}

    @cached_property
    def target_by_id(self) -> Mapping[str, Target]:
        return {target.id: target for target in self.targets}

    def targets_of(self, clause: str) -> tuple[Target, ...]:
        """The targets of a clause itself, not of its parts."""
        return tuple(target for target in self.targets if target.clause == clause)

    def targets_under(self, clause: str) -> tuple[Target, ...]:
        """The targets of a clause and of all its parts."""
        below = {part.id for part in self.by_id[clause].walk()}
        return tuple(target for target in self.targets if target.clause in below)

    def above(self, clause: str) -> tuple[Clause, ...]:
        """The clauses it lies in, the widest first, and itself last."""
        return tuple(c for c in self.walk() if clause in {part.id for part in c.walk()})

    def due_on(self, year: int) -> dt.date:
        """The last day for the figures of a year."""
        month, day = self.due.split("-")
        return dt.date(year + 1, int(month), int(day))


@cache
def resolutions() -> Mapping[str, Resolution]:
    """Every resolution by slug, the oldest first. Raises LawFileError where a file is wrong."""
    found = [read_resolution(path.parent) for path in folder().glob("*/resolution.yaml")]
    return {one.slug: one for one in sorted(found, key=lambda one: (one.first, one.slug))}


def folder() -> Path:
    return law_dir() / "resolutions"


def read_resolution(place: Path) -> Resolution:
    """The two files of one resolution: resolution.yaml and figures.yaml. Raises LawFileError with file and line."""
    figures = place / "figures.yaml"
    return parse_resolution(
        load_yaml(place / "resolution.yaml"), load_yaml(figures) if figures.exists() else None
    )


def parse_resolution(file: Block, figures: Block | None) -> Resolution:
    """Loaded files that `checks.check_resolution` found in order."""
    bodies = {b["id"]: Body(b["id"], words(b["name"]), b["level"]) for b in file["bodies"]}
    text = json.dumps([as_plain(file), as_plain(figures)], ensure_ascii=False, sort_keys=True)
    return Resolution(
        slug=file["slug"],
        name=words(file["name"]),
        issued_by=words(file["issued_by"]),
        number=words(file["number"]),
        province=file["province"],
        first=file["from"],
        last=file["to"],
        base_year=file["base_year"],
        source=words(file["source"]),
        confidence=file["confidence"],
        verified=file["verified"],
        due=file["yearly_report_due"]["value"],
        due_note=words(file["yearly_report_due"]["note"]),
        groups_first=tuple(file.get("groups_first", ())),
        bodies=bodies,
        clauses=tuple(_clause(block, bodies, 0) for block in file["clauses"]),
        targets=tuple(_target(block, bodies) for block in file["targets"]),
        figures=tuple(_published(figures)) if figures else (),
        content_hash=hashlib.sha256(text.encode()).hexdigest(),
    )


def _clause(block: Block, bodies: Mapping[str, Body], depth: int) -> Clause:
    return Clause(
        id=block["id"],
        place=block["place"],
        kind=block["kind"],
        name=words(block["name"]),
        says=words(block["says"]),
        depth=depth,
        answers=_answers(block, bodies),
        links=tuple(block.get("links", ())),
        indicators=tuple(block.get("indicators", ())),
        acts=tuple(block.get("acts", ())),
        policies=tuple(block.get("policies", ())),
        parts=tuple(_clause(part, bodies, depth + 1) for part in block.get("parts", ())),
    )


def _answers(block: Block, bodies: Mapping[str, Body]) -> tuple[Answer, ...]:
    given: Mapping[str, Any] = block.get("answers", {})
    return tuple(
        Answer(bodies[body], how == "stated") for how in ("stated", "inferred") for body in given.get(how, ())
    )


def _target(block: Block, bodies: Mapping[str, Body]) -> Target:
    asks, scope = block["asks"], block["for"]
    listed = isinstance(scope, Block)
    default = "down" if asks["kind"] == "fall" else "up"
    return Target(
        id=block["id"],
        clause=block["clause"],
        indicator=block["indicator"],
        name=words(block["name"]),
        asks=Asks(
            asks["kind"],
            float(asks["value"]),
            float(asks["most"]) if "most" in asks else None,
            asks.get("strict", False),
            asks.get("direction", default),
        ),
        unit=block["unit"],
        scope="" if listed else scope,
        area_list=scope["list"] if listed else "",
        listed_on=scope["on"] if listed else None,
        answers=_answers(block, bodies),
        reading=words(block["reading"]) if "reading" in block else None,
    )


def _published(file: Block) -> Iterator[Published]:
    sources = {key: words(block) for key, block in file["sources"].items()}
    for block in file["figures"]:
        yield Published(
            indicator=block["indicator"],
            unit=block["unit"],
            group=block.get("group", ""),
            span=parse_period(block["period"]),
            value=float(block["value"]),
            numerator=float(block["numerator"]) if "numerator" in block else None,
            denominator=float(block["denominator"]) if "denominator" in block else None,
            standard=block.get("standard", ""),
            source=sources[block["source"]],
            confidence=block["confidence"],
            comparable=block.get("comparable", True),
            note=words(block["note"]) if "note" in block else None,
        )
