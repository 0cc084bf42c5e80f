"""Which of the poor a policy is for, while a standard tells poor by income from poor by deprivation.

    income      households poor by income alone
    undecided   those poor by income; those poor by deprivation only if that was decided for them, which no source told
    any         both
    none        the policy is not for the poor alone: its conditions say whom they mean

On a day whose standard knows one kind of poor household all of them are meant.
"""

import datetime as dt

from giamngheo.rules.classes import TWO_KINDS
from giamngheo.rules.conditions import HOUSEHOLD, All, AnyOf, Condition, FactIs, Not, Status
from giamngheo.rules.errors import NoStandardError
from giamngheo.rules.standards import standard_on

POOR_TYPES = ("income", "undecided", "any", "none")
#: The fact that decides for households poor by deprivation where the type is undecided.
DECIDED = FactIs("deprivation_poor_included", HOUSEHOLD, "is", (True,))


def narrowed(condition: Condition, poor_type: str, on: dt.date) -> Condition:
    """A condition of a policy of that type on a day: wherever it asks for the poor it asks for those that are meant."""
    if poor_type not in ("income", "undecided") or not _told_apart(on):
        return condition
    return _narrowed(condition, poor_type)


def _narrowed(condition: Condition, poor_type: str) -> Condition:
    if isinstance(condition, All | AnyOf):
        return type(condition)(tuple(_narrowed(part, poor_type) for part in condition.parts))
    if isinstance(condition, Not):
        return Not(_narrowed(condition.part, poor_type))
    if not isinstance(condition, Status) or "poor" not in condition.among or condition.type:
        return condition
    by_income = Status(condition.among, "income")
    return by_income if poor_type == "income" else AnyOf((by_income, All((condition, DECIDED))))


def _told_apart(on: dt.date) -> bool:
    try:
        return standard_on(on).rule in TWO_KINDS
    except NoStandardError:
        return False
