"""The support policies: those in force on a day, and one policy with whose right it is, how much, and on which ground."""

import datetime as dt

from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.urls import path, reverse
from django.utils.translation import get_language

from giamngheo.access.models import Role
from giamngheo.base.law import law_dir
from giamngheo.base.yaml import as_plain, load_yaml
from giamngheo.resolution.clauses import resolutions
from giamngheo.rules.clocks import LAST_DAY, clocks
from giamngheo.rules.condition_words import said
from giamngheo.rules.conditions import ALWAYS
from giamngheo.rules.describe_policies import GROUP_NAMES, KIND_NAMES, UNIT_NAMES, counted, who
from giamngheo.rules.explain import names
from giamngheo.rules.law_of_day import dong
from giamngheo.rules.policies import Benefit, Policy, policies, policies_on
from giamngheo.web.requests import Request
from giamngheo.web.views.law import asked_day


def index(request: Request) -> HttpResponse:
    """Every policy by group, those of the asked day marked; nobody's area matters here."""
    day, language = asked_day(request), get_language() or "vi"
    groups = [
        (
            words(language),
            [row(policy, day, language) for policy in policies().values() if policy.group == group],
        )
        for group, words in GROUP_NAMES.items()
    ]
    found = policies_on(day)
    context = {
        "day": day,
        "groups": [(name, rows) for name, rows in groups if rows],
        "in_force": len(found),
        "unread": sum(not policy.verified for policy in found),
    }
    return render(request, "law/policies.html", context)


def policy(request: Request, slug: str) -> HttpResponse:
    """One policy: who, what, how much on the asked day, relations, what is not known."""
    found = policies().get(slug)
    if found is None:
        raise Http404
    day, language = asked_day(request), get_language() or "vi"
    context = {
        **row(found, day, language),
        "day": day,
        "language": language,
        "unit": UNIT_NAMES[found.unit](language),
        "who": who(found, language),
        "amounts": [amount for benefit in found.benefits for amount in amounts(benefit, day, language)],
        "about": about(found, language),
        "relations": relations(found, language),
        "clauses": clauses_of(slug, language)
        if request.user.is_authenticated and request.user.role != Role.ADMINISTRATOR
        else [],
        "unknown": [words(language) for words in found.unknown],
        "notes": [words(language) for words in found.notes],
        "unverified": [citation for citation in found.citations if not citation.verified],
        "sources": as_plain(load_yaml(law_dir() / "sources.yaml")),
    }
    return render(request, "law/policy.html", context)


def clauses_of(slug: str, language: str) -> list[tuple[str, str]]:
    """The clauses of resolutions that this policy serves, and where they are read."""
    return [
        (f"{clause.place}. {clause.name(language)} – {resolution.name(language)}", reverse("resolution-clause", args=[resolution.slug, clause.id]))
        for resolution in resolutions().values()
        for clause in resolution.walk()
        if slug in clause.policies
    ]  # fmt: skip


def row(policy: Policy, day: dt.date, language: str) -> dict[str, object]:
    """What both pages say of a policy."""
    last = policy.period.last
    return {
        "policy": policy,
        "name": policy.name(language),
        "first": policy.period.first,
        "last": None if last == LAST_DAY else last,
        "holds": policy.holds_on(day),
        "waiting": sum(not citation.verified for citation in policy.citations),
    }


def amounts(benefit: Benefit, day: dt.date, language: str) -> list[dict[str, object]]:
    """The tiers of a benefit: what it gives by law, and in đồng on the day where that can be told."""
    return [
        {
            "name": benefit.name(language),
            "tier": tier.name(language) if tier.name != benefit.name else "",
            "asked": "" if tier.condition == ALWAYS else said(tier.condition, names(), language),
            "gives": counted(tier.amount, benefit.per, language),
            "dong": dong(tier.amount, day, clocks()) if tier.period is None or day in tier.period else None,
            "citation": tier.citation,
        }
        for tier in benefit.tiers
    ]


def about(policy: Policy, language: str) -> dict[str, str]:
    """Agency, money and delivery, in words."""
    told = {
        "agency": policy.agency,
        "money": policy.money,
        "ceiling": policy.ceiling,
        "successor": policy.successor,
    }
    if policy.delivery:
        told["delivery"] = policy.delivery.says
    return {key: words(language) for key, words in told.items() if words}


def relations(policy: Policy, language: str) -> list[dict[str, object]]:
    """How it stands to others, with those it names."""
    return [
        {
            "kind": KIND_NAMES[relation.kind](language),
            "others": [(slug, policies()[slug].name(language)) for slug in relation.others],
            "note": relation.note(language) if relation.note else "",
            "citation": relation.citation,
        }
        for relation in policy.relations
    ]


urlpatterns = [
    path("phap-luat/chinh-sach/", index, name="policies"),
    path("phap-luat/chinh-sach/<slug:slug>/", policy, name="policy"),
]
