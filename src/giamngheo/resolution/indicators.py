"""The indicators as read from law/indicators: what is counted, over what, in which unit, whence, and what to beware of."""

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

from giamngheo.base.law import law_dir
from giamngheo.base.yaml import Block, load_yaml
from giamngheo.rules.standards import Words

#: Units by their slug: the words after a number, and how many decimals a table shows.
UNITS: Mapping[str, tuple[Words, int]] = {
    "percent": (Words("%", "%"), 2),
    "points_a_year": (Words("điểm phần trăm mỗi năm", "percentage points a year"), 2),
    "times": (Words("lần", "times"), 2),
    "persons": (Words("người", "people"), 0),
    "households": (Words("hộ", "households"), 0),
    "districts": (Words("huyện", "districts"), 0),
    "communes": (Words("xã", "communes"), 0),
    "villages": (Words("thôn, bản", "villages"), 0),
    "per_10000": (Words("trên 1 vạn dân", "per 10,000 people"), 2),
    "state": (Words("", ""), 0),
    "dong_a_month": (Words("đồng/người/tháng", "đồng per person per month"), 0),
    "million_dong_a_year": (Words("triệu đồng/người/năm", "million đồng per person per year"), 1),
}
KINDS = ("count", "rate", "ratio", "index", "rank", "state")
AGGREGATIONS = ("sum", "weighted", "none")
SOURCES = ("register", "areas", "support", "training", "projects", "outreach", "body")
#: What a numerator over its denominator is multiplied by.
SCALE: Mapping[str, float] = {"percent": 100, "per_10000": 10_000}


@dataclass(frozen=True)
class Check:
    """Bounds outside of which a reported figure is refused, and the change from which a reason is asked. Ours, not the law's."""

    least: float | None
    most: float | None
    jump: float | None


@dataclass(frozen=True)
class Indicator:
    """One indicator. `measure` names what it is computed from: quantities of the register (quantities.py), a list of areas, policies."""

    slug: str
    name: Words
    definition: Words
    numerator: Words | None
    denominator: Words | None
    unit: str
    kind: str
    period: str
    aggregation: str
    disaggregation: tuple[str, ...]
    source: str
    measure: Mapping[str, Any]
    standard: str
    counts_of: str
    better: str
    check: Check
    why: Words
    pitfalls: tuple[Words, ...]

    @property
    def computed(self) -> bool:
        """Whether the system works it out itself; the others are reported by a body."""
        return self.source in ("register", "areas", "support")

    @property
    def scale(self) -> float:
        return SCALE.get(self.unit, 1)

    def unit_words(self, language: str = "vi") -> str:
        return UNITS[self.unit][0](language)

    @property
    def places(self) -> int:
        return UNITS[self.unit][1]


@cache
def indicators() -> Mapping[str, Indicator]:
    """Every indicator by slug. Raises LawFileError where a file is wrong."""
    found = (parse_indicator(load_yaml(path)) for path in sorted((law_dir() / "indicators").glob("*.yaml")))
    return {indicator.slug: indicator for indicator in found}


def file_of(slug: str) -> Path:
    return law_dir() / "indicators" / f"{slug}.yaml"


def parse_indicator(file: Block) -> Indicator:
    """A loaded file that `checks.check_indicator` found in order."""
    check = file.get("check") or {}
    return Indicator(
        slug=file["slug"],
        name=words(file["name"]),
        definition=words(file["definition"]),
        numerator=words(file["numerator"]) if file["numerator"] else None,
        denominator=words(file["denominator"]) if file["denominator"] else None,
        unit=file["unit"],
        kind=file["kind"],
        period=file["period"],
        aggregation=file["aggregation"],
        disaggregation=tuple(file["disaggregation"]),
        source=file["source"],
        measure={
            k: v.isoformat() if isinstance(v, dt.date) else v for k, v in file.get("measure", {}).items()
        },
        standard=file.get("standard", ""),
        counts_of=file.get("counts_of", ""),
        better=file["better"],
        check=Check(check.get("least"), check.get("most"), check.get("jump")),
        why=words(file["why"]),
        pitfalls=tuple(words(one) for one in file["pitfalls"]),
    )


def words(block: Block) -> Words:
    return Words(block["vi"], block["en"])
