"""The worked cases beside each standard, and how they are asked: each is a household anyone can judge by hand."""

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from giamngheo.base.law import law_dir
from giamngheo.base.yaml import Block, load_yaml
from giamngheo.rules.engine import assess_one
from giamngheo.rules.standards import Standard


@dataclass(frozen=True)
class Case:
    """A household, the day, and what must come out. In `expect`, a '.' in `computed` is an indicator not looked at."""

    name: str
    on: dt.date
    household: Mapping[str, Any]
    members: tuple[Mapping[str, Any], ...] | None
    expect: Mapping[str, Any]
    line: int


def cases_path(standard: Standard) -> Path:
    return law_dir() / "standards" / standard.slug / "cases.yaml"


def cases(standard: Standard) -> tuple[Case, ...]:
    """The cases of a standard."""
    return tuple(_case(block, standard) for block in load_yaml(cases_path(standard))["cases"])


def _case(block: Block, standard: Standard) -> Case:
    household = dict(block["household"])
    ticks = household.pop("ticks", "?" * len(standard.indicators))
    if len(ticks) != len(standard.indicators) or set(ticks) - set("01?"):
        raise block.error(f"ticks phải có {len(standard.indicators)} ký hiệu 0, 1 hoặc ?", "household")
    signs = {"1": True, "0": False}
    household |= {i.tick: signs[t] for i, t in zip(standard.indicators, ticks, strict=True) if t in signs}
    members = tuple(dict(member) for member in block["members"]) if "members" in block else None
    return Case(block["name"], block["on"], household, members, block["expect"], block.line)


def wrong_in(case: Case, standard: Standard) -> dict[str, tuple[Any, Any]]:
    """What comes out otherwise than expected: by column, expected and found; nothing if all is right."""
    members = [dict(member) for member in case.members] if case.members is not None else None
    found = assess_one(dict(case.household), members, standard, on=case.on)
    found["in_force"] = standard.holds_on(case.on)
    wrong: dict[str, tuple[Any, Any]] = {}
    for column, expected in case.expect.items():
        if column == "computed":
            seen = found["pattern_computed"]
            if any(e not in (".", s) for e, s in zip(expected, seen, strict=True)):
                wrong[column] = (expected, seen)
        elif found[column] != expected:
            wrong[column] = (expected, found[column])
    return wrong
