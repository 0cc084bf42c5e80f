"""The dated values by which policies count their amounts: base salary, assistance base, power price, loan rate and ceiling.

A day on which a clock's value is not known has none: an amount counted by it is then not known either.
"""

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache

from giamngheo.base.law import law_dir
from giamngheo.base.periods import Period
from giamngheo.base.yaml import Block, load_yaml
from giamngheo.rules.standards import Citation, Words, read_citations, words

LAST_DAY = dt.date(9999, 12, 31)


@dataclass(frozen=True)
class Value:
    """What a clock shows during a period; `number` in the clock's unit."""

    period: Period
    number: float
    citation: Citation


@dataclass(frozen=True)
class Clock:
    """One dated value; `unit` is đồng, or per cent a year."""

    key: str
    name: Words
    unit: Words
    values: tuple[Value, ...]
    unknown: Words | None

    def on(self, day: dt.date) -> Value | None:
        """The value of that day, or None where it is not known."""
        return next((value for value in self.values if day in value.period), None)


@cache
def clocks() -> Mapping[str, Clock]:
    """Every clock of law/clocks.yaml by key. Raises LawFileError."""
    return read_clocks(load_yaml(law_dir() / "clocks.yaml"))


def read_clocks(file: Block) -> Mapping[str, Clock]:
    """The clocks of a loaded file."""
    citations = read_citations(file)
    return {block["key"]: _clock(block, citations) for block in file["clocks"]}


def _clock(block: Block, citations: Mapping[str, Citation]) -> Clock:
    values = []
    for value in block["values"]:
        if value["cite"] not in citations:
            raise value.error(f"không có căn cứ “{value['cite']}” trong citations", "cite")
        period = Period(value["from"], value.get("to", LAST_DAY))
        values.append(Value(period, value["value"], citations[value["cite"]]))
    return Clock(
        block["key"],
        words(block["name"]),
        words(block["unit"]),
        tuple(values),
        words(block["unknown"]) if "unknown" in block else None,
    )
