"""Why a household and its members have each right, lack it, or why it can't be told: from the same rules, in sentences."""

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cache
from typing import Any

import ibis
import pyarrow as pa

from giamngheo.base.text import format_date, format_number
from giamngheo.rules.area_lists import area_lists
from giamngheo.rules.condition_words import Names, said
from giamngheo.rules.conditions import HOUSEHOLD, MEMBER, Condition, conjuncts, holds, leaves, pruned
from giamngheo.rules.engine import arrow, cursor
from giamngheo.rules.entitle import HOMES, PEOPLE, lay_out, read_off, typed
from giamngheo.rules.entitlements import ROW_TYPES, UNKNOWN, YES
from giamngheo.rules.facts import household_facts, member_facts
from giamngheo.rules.law_of_day import LawOfDay, Right, TierOfDay, law_of_day
from giamngheo.rules.policies import Policy, policies
from giamngheo.rules.policy_facts import peoples, policy_facts
from giamngheo.rules.relations import RECEIVED, settle
from giamngheo.rules.standards import Words

NO = "no"


@dataclass(frozen=True)
class Reason:
    """One condition and whether it is met; `codes` are the conditions within it that decide."""

    words: Words
    holds: bool | None
    codes: tuple[str, ...]


@dataclass(frozen=True)
class Answer:
    """One benefit and one person (None: the household). `row` is its row of entitlements with how it stands, if any.

    `reasons` are those of the tier had, else of the tier that is nearest: fewest conditions not met. `after`: of a right that
    ends with its act, the same right of the day after, where there is one (`carried_on`).
    """

    policy: Policy
    benefit: str
    name: Words
    person: int | None
    state: str
    reasons: tuple[Reason, ...]
    row: Mapping[str, Any] | None
    after: "Answer | None" = None

    @property
    def failing(self) -> tuple[Reason, ...]:
        return tuple(reason for reason in self.reasons if reason.holds is False)

    @property
    def missing(self) -> tuple[Reason, ...]:
        return tuple(reason for reason in self.reasons if reason.holds is None)

    @property
    def single(self) -> Reason | None:
        """The one condition that stands between them and the right, where it is only one."""
        return self.failing[0] if len(self.failing) == 1 and not self.missing else None

    @property
    def level(self) -> Words | None:
        """The name of the tier had, of a benefit that has several."""
        tiers = next(one.tiers for one in self.policy.benefits if one.code == self.benefit)
        had = self.row["tier"] if self.row and len(tiers) > 1 else None
        return next((tier.name for tier in tiers if tier.code == had), None)

    def sentence(self, language: str = "vi") -> str:
        """The answer in one sentence: how much, whether it may be more, since when and until when, because of what, by which
        article, whether it goes when the household escapes."""
        name = self.name(language)
        if self.state == YES and self.row is not None:
            because = "; ".join(reason.words(language) for reason in self.reasons if reason.holds)
            return _SAYS["yes"](language).format(
                name=f"{name} ({self.level(language)})" if self.level else name,
                what=worth(self.row, language),
                more=_SAYS["more"](language) if self.row["at_least"] else "",
                when=when(self.row, language, after=self.after),
                because=_SAYS["because"](language).format(why=because) if because else "",
                article=self.row["article"],
                escape=_SAYS["escape"](language) if self.row["on_escape"] else "",
            )
        hurts = self.failing if self.state == NO else self.missing
        why = "; ".join(reason.words(language) for reason in hurts)
        return _SAYS["no" if self.state == NO else "unknown"](language).format(name=name, why=why)


_SAYS = {
    "yes": Words(
        "{name}: được hưởng{what}{more}{when}{because}, theo {article}{escape}.",
        "{name}: entitled{what}{more}{when}{because}, by {article}{escape}.",
    ),
    "more": Words(" (có thể hơn: chưa biết có thuộc mức cao hơn không)", " (perhaps more: a higher level is not known)"),
    "because": Words(", vì {why}", ", because of {why}"),
    "escape": Words(
        "; thôi hưởng khi hộ không còn trong danh sách hộ nghèo, cận nghèo",
        "; it goes when the household is on neither list, of the poor and of the near-poor",
    ),
    "after": Words(", đến {} rồi hưởng tiếp theo {}", ", until {}, then going on by {}"),
    "no": Words("{name}: không được hưởng, vì chưa đạt: {why}.", "{name}: not entitled, for this is not met: {why}."),
    "unknown": Words("{name}: chưa xác định, vì chưa biết: {why}.", "{name}: undetermined, for this is not known: {why}."),
}  # fmt: skip
PER_WORDS = {
    "once": Words("một lần", "once"), "month": Words("mỗi tháng", "a month"), "quarter": Words("mỗi quý", "a quarter"),
    "school_year": Words("mỗi năm học", "a school year"), "year": Words("mỗi năm", "a year"),
    "loan": Words("mức vay tối đa", "the most that may be lent"), "episode": Words("mỗi lần", "each time"),
    "day": Words("mỗi ngày", "a day"), "course": Words("mỗi khoá học", "a course"),
}  # fmt: skip
UNITS = {
    "kg_rice": Words("kg gạo", "kg of rice"), "set": Words("bộ", "set"), "service": Words("lượt", "service"),
}  # fmt: skip
ENDS_WORDS = {
    "act": Words("hết hiệu lực văn bản", "the act ends"), "birthday": Words("đến tuổi", "by age"),
    "window": Words("hết thời hạn sau khi ra khỏi danh sách", "the window after leaving the list shuts"),
    "list": Words("hết hạn danh sách địa bàn", "the area list ends"), "conditions": Words("hết một điều kiện", "a condition ends"),
}  # fmt: skip


def worth(row: Mapping[str, Any], language: str = "vi") -> str:
    """How much, as words that follow: ' 139.000 đồng mỗi tháng'; '' where it can't be counted."""
    if row["amount"] is not None:
        what = f"{format_number(row['amount'], language=language)} đồng"
    elif row["quantity"] is not None:
        what = f"{format_number(row['quantity'], language=language)} {UNITS[row['unit']](language)}"
    else:
        return ""
    return f" {what} {PER_WORDS[row['per']](language)}"


def when(row: Mapping[str, Any], language: str = "vi", *, after: Answer | None = None) -> str:
    """Since when and until when, as words that follow; where `after` goes on the day after, by which article."""
    told = {"vi": (", từ {}", ", đến {} ({})"), "en": (", from {}", ", until {} ({})")}[language]
    text = told[0].format(format_date(row["since"]))
    if row["until"] is not None and after is not None and after.row is not None:
        text += _SAYS["after"](language).format(format_date(row["until"]), after.row["article"])
    elif row["until"] is not None:
        text += told[1].format(format_date(row["until"]), ENDS_WORDS[row["ends_because"]](language))
    return text


@cache
def names() -> Names:
    """The words of all facts, lists and groups of peoples."""
    every = {**household_facts(), **member_facts(), **policy_facts()}
    return Names(
        {key: Words(fact.vi, fact.en) for key, fact in every.items()},
        {slug: one.name for slug, one in area_lists().items()},
        {key: group.name for key, group in peoples().items()},
        lambda key, value, language: every[key].show(value, language),
    )


def explain(
    household: Mapping[str, Any],
    members: Sequence[Mapping[str, Any]],
    *,
    on: dt.date,
    law: LawOfDay | None = None,
    of: Mapping[str, Policy] | None = None,
    received: pa.Table | None = None,
) -> tuple[Answer, ...]:
    """Every right of the day for the household and each member, in the order of the policies.

    `household` and `members` as the columns of entitlements.py; a member's `person` is its number from 1 where it has none.
    """
    every = of or policies()
    law = law or law_of_day(on, of=every)
    people = [{"person": place, **member, "household": 1} for place, member in enumerate(members, 1)]
    homes, persons, rows = _asked({**household, "household": 1}, people, law, on)
    placed = settle(rows, received, of=every).to_pylist()
    found = {(row["policy"], row["benefit"], row["person"]): row for row in placed}
    answers = []
    for right in law.rights:
        subjects = persons if right.unit == "person" else homes
        for subject in subjects:
            row = found.get((right.policy, right.benefit, subject.get("person")))
            answers.append(_answer(every[right.policy], right, subject, row))
    return tuple(answers)


def carried_on(
    answers: Sequence[Answer],
    household: Mapping[str, Any],
    members: Sequence[Mapping[str, Any]],
    *,
    received: pa.Table | None = None,
) -> tuple[Answer, ...]:
    """The same answers; a right that ends with its act has `after` where it goes on the day after by the facts now known: at
    another level of its policy, or under a policy of its group that begins that day and gives the same benefit."""
    ending: dict[dt.date, set[tuple[str, str]]] = {}
    for answer in answers:
        if answer.state == YES and answer.row and answer.row["ends_because"] == "act":
            ending.setdefault(answer.row["until"], set()).add((answer.policy.group, answer.benefit))
    had: dict[tuple[dt.date, str, str, int | None], list[Answer]] = {}
    for last, benefits in ending.items():
        day = last + dt.timedelta(days=1)
        law = _law_around(benefits, law_of_day(day))
        for later in explain(household, members, on=day, law=law, received=received):
            if later.state == YES and later.row and later.row["stands"] != "no":
                had.setdefault((last, later.policy.group, later.benefit, later.person), []).append(later)

    def after(answer: Answer) -> Answer | None:
        if answer.state != YES or not answer.row or answer.row["ends_because"] != "act":
            return None
        last = answer.row["until"]
        found = had.get((last, answer.policy.group, answer.benefit, answer.person), [])
        same = [one for one in found if one.policy.slug == answer.policy.slug]
        begun = [one for one in found if one.policy.period.first == last + dt.timedelta(days=1)]
        return next(iter([*same, *begun]), None)

    return tuple(replace(answer, after=after(answer)) for answer in answers)


def _law_around(benefits: set[tuple[str, str]], law: LawOfDay) -> LawOfDay:
    """Of a day's law the rights of these (group, benefit), and those that may exclude them."""
    every = policies()
    asked = {r.policy for r in law.rights if (every[r.policy].group, r.benefit) in benefits}
    beside = {other for slug in asked for relation in every[slug].relations for other in relation.others}
    beside |= {
        slug for slug, one in every.items() for relation in one.relations if asked & {*relation.others}
    }
    return replace(law, rights=tuple(r for r in law.rights if r.policy in asked | beside))


def _asked(
    household: Mapping[str, Any], people: list[dict[str, Any]], law: LawOfDay, on: dt.date
) -> tuple[list[dict[str, Any]], list[dict[str, Any]], pa.Table]:
    """The answers to all conditions of the household and of its members, and the rows of their rights.

    Only the rights that somebody has are read off: a process compiles few of them for its first page.
    """
    connection = cursor()
    try:
        connection.register("homes_in", typed(arrow([dict(household)]), HOUSEHOLD))
        connection.register("people_in", typed(arrow(people or [{"household": 0, "person": 0}]), MEMBER))
        lay_out(connection, "homes_in", "people_in", law, on=on)
        homes, persons = (connection.table(name).to_arrow_table().to_pylist() for name in (HOMES, PEOPLE))
        states = [
            (right, subject, _state(right, subject))
            for right in law.rights
            for subject in (persons if right.unit == "person" else homes)
        ]
        had = tuple(dict.fromkeys(right for right, _, state in states if state == YES))
        rows = read_off(connection, replace(law, rights=had)).to_pylist() if had else []
    finally:
        connection.close()
    rows += [_unknown_row(right, subject) for right, subject, state in states if state == UNKNOWN]
    return homes, persons, pa.Table.from_pylist(rows, schema=_ROWS)


#: The columns of entitlements as Arrow has them.
_ROWS = ibis.schema(ROW_TYPES).to_pyarrow()


def _state(right: Right, subject: Mapping[str, Any]) -> str:
    found = [holds(tier.asked.condition, subject) for tier in right.tiers]
    return YES if True in found else UNKNOWN if None in found else NO


def _unknown_row(right: Right, subject: Mapping[str, Any]) -> dict[str, Any]:
    """As entitlements tells a right that is not determined."""
    codes = sorted({leaf.code for tier in right.asked for leaf in leaves(tier.condition)})
    told = {
        "policy": right.policy, "benefit": right.benefit, "household": subject["household"], "person": subject.get("person"),
        "state": UNKNOWN, "per": right.per, "times": right.times,
        "facts": " ".join(code for code in codes if subject[code] is None),
    }  # fmt: skip
    return {**dict.fromkeys(ROW_TYPES), **told}


def _answer(
    policy: Policy, right: Right, subject: Mapping[str, Any], row: Mapping[str, Any] | None
) -> Answer:
    state = row["state"] if row else NO
    tier = _tier_told(right, subject, row)
    benefit = next(one for one in policy.benefits if one.code == right.benefit)
    return Answer(
        policy,
        right.benefit,
        benefit.name,
        subject.get("person"),
        state,
        tuple(_reason(part, subject) for part in conjuncts(tier.asked.condition)),
        row,
    )


def _tier_told(right: Right, subject: Mapping[str, Any], row: Mapping[str, Any] | None) -> TierOfDay:
    """The tier had, or the nearest: fewest conditions not met, then fewest not known."""
    if row and row["tier"]:
        return next(tier for tier in right.tiers if tier.code == row["tier"])

    def lacking(tier: TierOfDay) -> tuple[int, int]:
        found = [holds(part, subject) for part in conjuncts(tier.asked.condition)]
        return found.count(False), found.count(None)

    return min(right.tiers, key=lacking)


def _reason(part: Condition, subject: Mapping[str, Any]) -> Reason:
    deciding = pruned(part, subject)
    codes = tuple(dict.fromkeys(leaf.code for leaf in leaves(deciding)))
    return Reason(
        Words(said(deciding, names(), "vi"), said(deciding, names(), "en")), holds(part, subject), codes
    )


def received_table(rows: Sequence[Mapping[str, Any]]) -> pa.Table:
    """What one household (number 1) received before, as `settle` reads it."""
    return pa.Table.from_pylist([{"destroyed": None, **row, "household": 1} for row in rows], schema=RECEIVED)
