"""The support policies as read from law/policies: whose right, under which conditions, how much, until when, on which act.

    policy = policies()["boarding-pupils-2016"]
    policy.benefits[0].tiers[0].amount      # 40 per cent of the clock base_salary

A policy grants benefits (meals, lodging, rice); a benefit has tiers, of which a person or household has one: the highest, or
the first in the order of the article. All is frozen data; a what-if is `dataclasses.replace` of a part.
"""

import datetime as dt
import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path

from giamngheo.base.law import law_dir
from giamngheo.base.periods import Period
from giamngheo.base.yaml import Block, as_plain, load_yaml
from giamngheo.rules.area_lists import area_lists
from giamngheo.rules.clocks import LAST_DAY
from giamngheo.rules.conditions import ALWAYS, Condition, Known, parse
from giamngheo.rules.errors import UnknownPolicyError
from giamngheo.rules.facts import household_facts, member_facts
from giamngheo.rules.policy_facts import peoples, policy_facts
from giamngheo.rules.standards import Citation, Words, read_citations, words, words_or_none

UNITS = ("person", "household", "group", "village")
#: How often a benefit comes; `episode` is each time the event happens.
PER = ("once", "month", "quarter", "school_year", "year", "loan", "episode", "day", "course")
#: Of several tiers: the one worth most; the first that holds; the first that holds, and in this order holders are served.
CHOOSE = ("highest", "first", "rank")
#: What a relation says of a policy and those it names; what each does is in relations.py.
KINDS = (
    "carve_out", "choose_one", "highest_wins", "not_together", "never_before", "once", "one_per_person",
    "one_per_household", "together", "clawback", "window_after_escape", "frozen_on_list",
)  # fmt: skip


@dataclass(frozen=True)
class Amount:
    """How much: fixed đồng, a share of a clock, a quantity in kind, or nothing that can be counted.

    `percent` of the clock and `share` per cent of that; `of` is the fact by which the amount is multiplied (hectares), at
    most `most` of it; `per_person` multiplies by the members of the household. `rate` is a loan's interest, per cent a year,
    fixed or `rate_percent` of the clock `rate_clock`; `months` its longest term.
    """

    fixed: int | None = None
    clock: str = ""
    percent: float = 100
    share: float = 100
    quantity: float | None = None
    unit: str = ""
    of: str = ""
    most: float | None = None
    per_person: bool = False
    rate: float | None = None
    rate_clock: str = ""
    rate_percent: float = 100
    months: int | None = None


@dataclass(frozen=True)
class Tier:
    """One level of a benefit and who has it; `period` where it does not last as long as the policy."""

    code: str
    name: Words
    condition: Condition
    amount: Amount
    period: Period | None
    citation: Citation
    note: Words | None = None


@dataclass(frozen=True)
class Benefit:
    """What a policy gives; `times` a year at most, where it comes several times."""

    code: str
    name: Words
    per: str
    times: int | None
    choose: str
    tiers: tuple[Tier, ...]


@dataclass(frozen=True)
class Relation:
    """How a policy stands to others; `of` is whose rights are compared."""

    kind: str
    others: tuple[str, ...]
    of: str
    unless: str
    citation: Citation
    note: Words | None


@dataclass(frozen=True)
class Delivery:
    """When the law wants it delivered: within `days` of the event or of the end of a `per`, else in words only."""

    says: Words
    every: str
    days: int | None
    citation: Citation


@dataclass(frozen=True)
class Policy:
    """A support policy. `period` is its time in force; `poor_type` which of the poor it is for (see poor_types.py);
    `unknown` what the sources did not tell."""

    slug: str
    id: str
    name: Words
    group: str
    unit: str
    poor_type: str
    period: Period
    basis: Citation
    condition: Condition
    benefits: tuple[Benefit, ...]
    agency: Words
    money: Words
    delivery: Delivery | None
    ceiling: Words | None
    successor: Words | None
    relations: tuple[Relation, ...]
    unknown: tuple[Words, ...]
    notes: tuple[Words, ...]
    citations: tuple[Citation, ...]
    content_hash: str = field(compare=False)

    @property
    def verified(self) -> bool:
        """Whether the text of every rule of it was read."""
        return all(citation.verified for citation in self.citations)

    def holds_on(self, day: dt.date) -> bool:
        return day in self.period


@cache
def policies() -> Mapping[str, Policy]:
    """Every policy by slug, in the order of their ids. Raises LawFileError where a file is wrong."""
    found = [read_policy(load_yaml(path)) for path in policy_files()]
    return {policy.slug: policy for policy in sorted(found, key=lambda p: (p.group, p.id, p.period.first))}


def policy_files() -> list[Path]:
    return sorted((law_dir() / "policies").glob("*/policy.yaml"))


def policy_named(slug: str) -> Policy:
    """The policy of that slug. Raises UnknownPolicyError."""
    if slug not in policies():
        raise UnknownPolicyError(slug=slug)
    return policies()[slug]


def policies_on(day: dt.date, among: Mapping[str, Policy] | None = None) -> tuple[Policy, ...]:
    """The policies in force on that day."""
    return tuple(policy for policy in (among or policies()).values() if policy.holds_on(day))


@cache
def known() -> Known:
    """What the conditions of policies may speak of."""
    facts = {
        fact.key: fact
        for fact in (*policy_facts().values(), *household_facts().values(), *member_facts().values())
    }
    return Known(
        {key: fact.over for key, fact in facts.items()},
        frozenset(area_lists()),
        {name: group.codes for name, group in peoples().items()},
        {key: frozenset(o.code for o in fact.options) for key, fact in facts.items() if fact.options},
    )


def read_policy(file: Block) -> Policy:
    """One loaded policy.yaml; apart from reading so that a test may change a part of one."""
    return _Reading(file).policy()


class _Reading:
    """Reads one file, resolving each number to the nearest `cite` around it."""

    def __init__(self, file: Block) -> None:
        self.file = file
        self.citations = read_citations(file)

    def policy(self) -> Policy:
        file = self.file
        text = json.dumps(as_plain(file), ensure_ascii=False, sort_keys=True)
        return Policy(
            slug=file["slug"],
            id=file["id"],
            name=words(file["name"]),
            group=file["group"],
            unit=file["unit"],
            poor_type=file["poor_type"],
            period=self.period(file["in_force"]),
            basis=self.cited(file["in_force"]),
            condition=parse(file["who"], known(), file) if "who" in file else ALWAYS,
            benefits=tuple(self.benefit(block) for block in file["benefits"]),
            agency=words(file["agency"]),
            money=words(file["money"]),
            delivery=self.delivery(file["delivery"]) if "delivery" in file else None,
            ceiling=words_or_none(file.get("ceiling")),
            successor=words_or_none(file.get("successor")),
            relations=tuple(self.relation(block) for block in file.get("relations", ())),
            unknown=tuple(words(block) for block in file.get("unknown", ())),
            notes=tuple(words(block) for block in file.get("notes", ())),
            citations=tuple(self.citations.values()),
            content_hash=hashlib.sha256(text.encode()).hexdigest(),
        )

    def cited(self, block: Block, around: Citation | None = None) -> Citation:
        key = block.get("cite")
        if key is None and around is not None:
            return around
        if key not in self.citations:
            raise block.error(f"không có căn cứ “{key}” trong citations", "cite")
        return self.citations[key]

    def period(self, block: Block) -> Period:
        return Period(block["from"], block.get("to", LAST_DAY))

    def benefit(self, block: Block) -> Benefit:
        around = self.cited(block)
        return Benefit(
            block["code"],
            words(block["name"]),
            block["per"],
            block.get("times"),
            block.get("choose", "highest"),
            tuple(self.tier(tier, block, around) for tier in block.get("tiers", [block])),
        )

    def tier(self, block: Block, benefit: Block, around: Citation) -> Tier:
        condition = parse(block["if"], known(), block) if "if" in block else ALWAYS
        span = {key: block[key] for key in ("from", "to") if key in block}
        whole = self.period(self.file["in_force"])
        return Tier(
            block["code"],
            words(block.get("name", benefit["name"])),
            condition,
            self.amount(block.get("gives", Block())),
            Period(span.get("from", whole.first), span.get("to", whole.last)) if span else None,
            self.cited(block, around),
            words_or_none(block.get("note")) if block is not benefit else None,
        )

    def amount(self, block: Block) -> Amount:
        given = {key: value for key, value in block.items() if key != "cite"}
        if "amount" in given:
            given["fixed"] = given.pop("amount")
        try:
            return Amount(**given)
        except TypeError as error:
            raise block.error(f"mức hưởng có khoá không hiểu được: {error}") from error

    def relation(self, block: Block) -> Relation:
        return Relation(
            block["kind"],
            tuple(block.get("with", ())),
            block.get("of", self.file["unit"]),
            block.get("unless", ""),
            self.cited(block),
            words_or_none(block.get("note")),
        )

    def delivery(self, block: Block) -> Delivery:
        return Delivery(words(block["says"]), block.get("every", ""), block.get("days"), self.cited(block))
