"""Loans by the book: nobody records who wants to borrow, so a changed ceiling is told of those who did borrow.

What they could borrow at most is an upper bound, not a forecast: who borrows, and how much, is between them and the bank.
"""

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass, field

import ibis
import pyarrow as pa

from giamngheo.rules.clocks import Clock
from giamngheo.rules.law_of_day import dong
from giamngheo.rules.policies import Policy
from giamngheo.warehouse.snapshot import Snapshot

#: The policies and clocks of one side: the law's, or as tried.
Law = tuple[Mapping[str, Policy], Mapping[str, Clock]]


@dataclass(frozen=True)
class Loans:
    """The loans of one policy that the book has in a year: how many, to how many households, đồng lent; `most_before` and
    `most_after`: đồng a household may borrow at most by law and as tried, 0 where there is no such policy. `groups`: the
    households by group, '' for those the round did not meet."""

    policy: str
    loans: int
    households: int
    lent: int
    most_before: int
    most_after: int
    groups: dict[str, int] = field(default_factory=dict)

    @property
    def before(self) -> int:
        """đồng if each of these households borrowed all it may by law."""
        return self.households * self.most_before

    @property
    def after(self) -> int:
        """The same as tried."""
        return self.households * self.most_after


def loans_of(
    snapshot: Snapshot,
    law: Law,
    tried: Law,
    *,
    year: int,
    villages: list[int],
    on: dt.date,
    groups: pa.Table,
) -> list[Loans]:
    """The loans of a year in these villages, of the policies whose ceiling on the day `on` is another as tried; `groups`: the
    register's key of households, and their group."""
    slugs = sorted(law[0].keys() | tried[0].keys())
    most = {slug: (_most(law, slug, on), _most(tried, slug, on)) for slug in slugs}
    moved = [slug for slug, (before, after) in most.items() if before != after]
    if not moved:
        return []
    book = snapshot.table("deliveries")
    mine = book.filter(
        book.year == year, book.kind == "loan", book.policy.isin(moved), book.village.isin(villages)
    )
    sums = mine.group_by("policy", "household").aggregate(loans=ibis._.count(), lent=ibis._.amount.sum())
    grouped = ibis.memtable(groups.select(["key", "group"]))
    one = sums.left_join(grouped, sums.household == grouped.key)
    by_group = one.group_by("policy", group=one.group.fill_null("")).aggregate(
        loans=ibis._.loans.sum(), households=ibis._.count(), lent=ibis._.lent.sum()
    )
    told = by_group.order_by("policy", "group").to_pyarrow().to_pylist()
    found = []
    for slug in moved:
        own = [row for row in told if row["policy"] == slug]
        loans, households, lent = (
            sum(row[name] or 0 for row in own) for name in ("loans", "households", "lent")
        )
        of = {row["group"]: row["households"] for row in own}
        found.append(Loans(slug, loans, households, lent, *most[slug], of))
    return found


def _most(side: Law, slug: str, on: dt.date) -> int:
    """The most a household may borrow under a policy; 0 where it lends nothing, or by the hectare, or without a known ceiling."""
    policies, clocks = side
    if slug not in policies:
        return 0
    tiers = [tier for benefit in policies[slug].benefits if benefit.per == "loan" for tier in benefit.tiers]
    held = [tier.amount for tier in tiers if tier.period is None or on in tier.period]
    return max((dong(amount, on, clocks) or 0 for amount in held if not amount.of), default=0)
