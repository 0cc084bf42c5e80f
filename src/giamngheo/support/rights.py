"""What this room asks of a policy: how long it was in force, who gives it, in what shape, how it is called."""

import datetime as dt
from collections.abc import Mapping
from functools import cache
from typing import Any

from django.utils.translation import gettext as _

from giamngheo.base.text import fold, format_date, format_number
from giamngheo.rules.clocks import LAST_DAY
from giamngheo.rules.conditions import FactIs, OfMember, leaves
from giamngheo.rules.policies import Benefit, Policy, policies
from giamngheo.rules.policy_facts import policy_facts
from giamngheo.rules.relations import AFTER_RECEIPT
from giamngheo.rules.standards import Words
from giamngheo.support.models import Agency, Delivery

#: Who gives, by the first of these words in the policy's own account of it.
_AGENCIES: tuple[tuple[str, str], ...] = (
    ("bảo hiểm xã hội", Agency.INSURANCE),
    ("ngân hàng", Agency.BANK),
    ("trường", Agency.EDUCATION),
    ("giáo dục", Agency.EDUCATION),
    ("bệnh viện", Agency.HEALTH),
    ("y tế", Agency.HEALTH),
    ("dân tộc", Agency.ETHNIC),
    ("xây dựng", Agency.CONSTRUCTION),
    ("rừng", Agency.AGRICULTURE),
    ("nông nghiệp", Agency.AGRICULTURE),
    ("thông tin", Agency.INFORMATION),
    ("tư pháp", Agency.JUSTICE),
    ("lao động", Agency.LABOUR),
    ("mặt trận", Agency.FUND),
)


#: Said of a policy where the text of a rule of it was not read in the source.
UNREAD = Words("chưa đối chiếu", "not checked")


def agency_of(policy: Policy) -> str:
    """The agency that mends what is missing of a policy; the commune where its words name no other."""
    words = policy.agency.vi.lower()
    return next((agency for word, agency in _AGENCIES if word in words), Agency.COMMUNE)


def houses(policy: Policy) -> bool:
    """Whether it gives a house or pays for one: its conditions ask about the house the household has."""
    conditions = [policy.condition, *(t.condition for b in policy.benefits for t in b.tiers)]
    asked = (leaf for condition in conditions for leaf in leaves(condition))
    return any(isinstance(leaf, FactIs) and leaf.key.startswith("house_") for leaf in asked)


@cache
def facts_read() -> frozenset[str]:
    """The keys of all facts that a condition or an amount of a policy reads."""
    return frozenset(key for policy in policies().values() for key in _facts_of(policy))


def _facts_of(policy: Policy) -> set[str]:
    tiers = [tier for benefit in policy.benefits for tier in benefit.tiers]
    found = {tier.amount.of for tier in tiers if tier.amount.of}
    waiting = [policy.condition, *(tier.condition for tier in tiers)]
    while waiting:
        for leaf in leaves(waiting.pop()):
            if isinstance(leaf, FactIs):
                found.add(leaf.key)
            elif isinstance(leaf, OfMember):
                waiting.append(leaf.inner)
    return found


def asks_beyond_the_register(policy: Policy) -> bool:
    """Whether it reads a fact that no survey form asks, so that the register alone can't tell who has it."""
    return bool(_facts_of(policy) & policy_facts().keys())


def lasting_policies() -> frozenset[str]:
    """Policies that count however long ago they were given: those a never_before, once or choice looks back on."""
    found: set[str] = set()
    for policy in policies().values():
        for relation in policy.relations:
            if relation.kind in AFTER_RECEIPT:
                found |= {policy.slug, *relation.others}
    return frozenset(found)


def overlaps(policy: Policy, since: dt.date, until: dt.date) -> bool:
    """Whether the policy was in force on a day of the period."""
    return since <= policy.period.last and until >= policy.period.first


def life(policy: Policy, language: str = "vi") -> str:
    """From when to when a policy is in force, in words."""
    words = {"from": format_date(policy.period.first), "to": format_date(policy.period.last)}
    if policy.period.last == LAST_DAY:
        return (_("từ %(from)s") if language == "vi" else "from %(from)s") % words
    return (_("từ %(from)s đến %(to)s") if language == "vi" else "from %(from)s to %(to)s") % words


def name_of(slug: str, language: str = "vi") -> str:
    """The name of a policy, marked where its text was not read in the source; its slug where the law no longer knows it."""
    policy = policies().get(slug)
    if policy is None:
        return slug
    return policy.name(language) if policy.verified else f"{policy.name(language)} ({UNREAD(language)})"


def gives_things(policy: Policy) -> bool:
    """Whether what comes is counted in kilos, heads or sheets, and may live, be sold or be lost."""
    return any(tier.amount.quantity is not None for benefit in policy.benefits for tier in benefit.tiers)


def kind_of(benefit: Benefit) -> str:
    """In which shape a benefit comes."""
    amounts = [tier.amount for tier in benefit.tiers]
    if benefit.per == "loan":
        return Delivery.Kind.LOAN
    if any(amount.quantity is not None for amount in amounts):
        return Delivery.Kind.GOODS
    if any(amount.fixed is not None or amount.clock for amount in amounts):
        return Delivery.Kind.MONEY
    return Delivery.Kind.SERVICE


def benefit_of(policy: Policy, *, item: bool) -> Benefit:
    """The benefit meant where a row does not name it: of things where it tells of a thing, else the first of money."""
    wanted = Delivery.Kind.GOODS if item else Delivery.Kind.MONEY
    return next((b for b in policy.benefits if kind_of(b) == wanted), policy.benefits[0])


def ranks_of(policy: Policy, language: str = "vi") -> dict[str, str]:
    """The tiers by which holders are served one after the other, in this order, with their names; {} where nobody comes first."""
    return {
        tier.code: tier.name(language)
        for benefit in policy.benefits
        if benefit.choose == "rank"
        for tier in benefit.tiers
    }


def find_policy(words: str) -> str:
    """The slug of a policy by its slug, its id in the catalogue or its name, case and accents aside; '' if none."""
    return _names().get(fold(words), "")


@cache
def _names() -> dict[str, str]:
    found: dict[str, str] = {}
    for slug, policy in policies().items():
        for word in (slug, policy.id, policy.name.vi, policy.name.en):
            found.setdefault(fold(word), slug)
    return found


def thing_of(right: Mapping[str, Any]) -> str:
    """What is due where it is not money: '15 kg gạo' as quantity and unit, or the name of the benefit."""
    if right["amount"] is not None:
        return ""
    if right["quantity"] is not None:
        return f"{format_number(right['quantity'])} {right['unit'] or ''}".strip()[:80]
    policy = policies()[right["policy"]]
    names = {benefit.code: benefit.name.vi for benefit in policy.benefits}
    return names.get(right["benefit"], policy.name.vi)[:80]
