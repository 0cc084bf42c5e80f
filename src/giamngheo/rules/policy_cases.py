"""The worked cases of policies, and the questions put to the whole law of support: households anyone can judge by hand."""

import datetime as dt
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from giamngheo.base.law import law_dir
from giamngheo.base.periods import Period
from giamngheo.base.yaml import Block, load_yaml
from giamngheo.rules.area_lists import AreaList, Entry, area_lists
from giamngheo.rules.clocks import LAST_DAY
from giamngheo.rules.explain import Answer, explain, received_table
from giamngheo.rules.law_of_day import law_of_day
from giamngheo.rules.policies import Policy, policies

#: Of a row of entitlements, what a case may expect beside the state.
EXPECTED = (
    "amount", "quantity", "tier", "since", "until", "ends_because", "rate", "at_least", "on_escape", "stands", "because",
    "other",
)  # fmt: skip
#: The keys of a case, and of what it expects.
CASE = ("name", "on", "household", "members", "supposed", "received", "expect")
EXPECTS = ("policy", "benefit", "member", "state", "fails", "missing", *EXPECTED)
FIRST_DAY = dt.date(1900, 1, 1)


@dataclass(frozen=True)
class PolicyCase:
    """A household on a day and what it has; `supposed` are units a list is taken to hold, `received` what came before."""

    name: str
    on: dt.date
    household: Mapping[str, Any]
    members: tuple[Mapping[str, Any], ...]
    supposed: Mapping[str, tuple[str, ...]]
    received: tuple[Mapping[str, Any], ...] | None
    expect: tuple[Mapping[str, Any], ...]
    file: str
    line: int


def case_files() -> list[Path]:
    folder = law_dir() / "policies"
    return [
        path for path in (*sorted(folder.glob("*/cases.yaml")), folder / "questions.yaml") if path.is_file()
    ]


def policy_cases(path: Path) -> Iterator[PolicyCase]:
    """The cases of a file; those beside a policy speak of it unless they name another."""
    of = path.parent.name if path.name == "cases.yaml" else ""
    for block in load_yaml(path)["cases"]:
        yield _case(block, of)


def _case(block: Block, of: str) -> PolicyCase:
    for part, allowed in ((block, CASE), *((expected, EXPECTS) for expected in block["expect"])):
        for key in part:
            if key not in allowed:
                raise part.error(f"tình huống mẫu không có khoá “{key}”; có: {', '.join(allowed)}", key)
    return PolicyCase(
        block["name"],
        block["on"],
        dict(block.get("household", {})),
        tuple(dict(member) for member in block.get("members", ())),
        {slug: tuple(codes) for slug, codes in block.get("supposed", {}).items()},
        tuple(dict(row) for row in block["received"]) if "received" in block else None,
        tuple({"policy": of, **expected} for expected in block["expect"]),
        block.file,
        block.line,
    )


def wrong_in_policy_case(case: PolicyCase) -> list[str]:
    """What comes out otherwise than expected, in words; nothing if all is right."""
    received = None if case.received is None else received_table(case.received)
    asked = _related({expected["policy"] for expected in case.expect})
    law = law_of_day(case.on, of=asked, lists=_supposing(case.supposed))
    answers = explain(case.household, case.members, on=case.on, law=law, of=asked, received=received)
    return [problem for expected in case.expect for problem in _wrong(expected, answers)]


def _related(slugs: set[str]) -> dict[str, Policy]:
    """The policies a case speaks of and those that stand in a relation to them."""
    named = {
        (policy.slug, other) for policy in policies().values() for r in policy.relations for other in r.others
    }
    near = {one for pair in named if slugs & set(pair) for one in pair} | slugs
    return {slug: policy for slug, policy in policies().items() if slug in near}


def _supposing(supposed: Mapping[str, tuple[str, ...]]) -> dict[str, AreaList]:
    """The lists, those supposed holding these units and no other at all times."""
    always = Period(FIRST_DAY, LAST_DAY)
    lists = dict(area_lists())
    for slug, codes in supposed.items():
        lists[slug] = replace(lists[slug], entries=(Entry(always, codes),), known=(always,))
    return lists


def _wrong(expected: Mapping[str, Any], answers: tuple[Answer, ...]) -> Iterator[str]:
    place = f"{expected['policy']}/{expected.get('benefit', '')}"
    asked = [
        one
        for one in answers
        if one.policy.slug == expected["policy"]
        and expected.get("benefit", one.benefit) == one.benefit
        and (one.person is None or one.person == expected.get("member", 1))
    ]
    state = expected["state"]
    if not asked:
        if state != "not_in_force":
            yield f"{place}: không có trong ngày này"
        return
    answer = asked[0]
    if answer.state != state:
        yield f"{place}: phải là {state}, ra {answer.state}: {answer.sentence()}"
        return
    for column in EXPECTED:
        if column in expected and (answer.row or {}).get(column) != expected[column]:
            yield f"{place}: {column} phải là {expected[column]}, ra {(answer.row or {}).get(column)}"
    for word, reasons in (("fails", answer.failing), ("missing", answer.missing)):
        codes = {code for reason in reasons for code in reason.codes}
        for code in expected.get(word, ()):
            if code not in codes:
                yield f"{place}: {word} phải có {code}, ra {', '.join(sorted(codes)) or 'không có'}"
