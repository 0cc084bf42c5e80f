"""What the conditions of policies ask, in words."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from giamngheo.rules.conditions import (
    Age,
    All,
    AnyOf,
    Condition,
    InArea,
    Left,
    Not,
    OfMember,
    OfPeople,
    Status,
)
from giamngheo.rules.standards import Words


@dataclass(frozen=True)
class Names:
    """The words of what conditions speak of."""

    facts: Mapping[str, Words]
    lists: Mapping[str, Words]
    peoples: Mapping[str, Words]
    shown: Callable[[str, Any, str], str]

    def value(self, key: str, value: Any, language: str) -> str:
        return self.shown(key, value, language)


_NAMES = {
    "poor": Words("hộ nghèo", "poor"),
    "near_poor": Words("hộ cận nghèo", "near-poor"),
    "none": Words("không thuộc hộ nghèo, cận nghèo", "neither poor nor near-poor"),
    "income": Words(" về thu nhập", " by income"),
    "deprivation": Words(" do thiếu hụt", " by deprivation"),
}
_COMPARED = {
    "is": Words("{label}: {value}", "{label}: {value}"),
    "at_least": Words("{label}: từ {value} trở lên", "{label}: {value} or more"),
    "at_most": Words("{label}: không quá {value}", "{label}: not more than {value}"),
    "above": Words("{label}: trên {value}", "{label}: above {value}"),
    "below": Words("{label}: dưới {value}", "{label}: below {value}"),
}


def said(condition: Condition, names: Names, language: str = "vi") -> str:
    """What a condition asks, in words without a full stop."""
    if isinstance(condition, All | AnyOf):
        joins = {"vi": (" và ", " hoặc "), "en": (" and ", " or ")}[language]
        parts = [_within(part, names, language) for part in condition.parts]
        return joins[isinstance(condition, AnyOf)].join(parts) if parts else ""
    if isinstance(condition, Not):
        return {"vi": "không: ", "en": "not: "}[language] + said(condition.part, names, language)
    if isinstance(condition, Status):
        words = [
            _NAMES[one](language)
            + (_NAMES[condition.type](language) if condition.type and one == "poor" else "")
            for one in condition.among
        ]
        return {"vi": " hoặc ", "en": " or "}[language].join(words)
    if isinstance(condition, Left):
        lists = {"vi": " hoặc ", "en": " or "}[language].join(_NAMES[x](language) for x in condition.lists)
        if language == "en":
            return f"left the list of {lists} households at most {condition.months} months ago"
        return f"ra khỏi danh sách {lists} chưa quá {condition.months} tháng"
    if isinstance(condition, InArea):
        lead = {"vi": "ở nơi thuộc danh sách: ", "en": "living in a unit on the list: "}[language]
        return lead + names.lists[condition.slug](language)
    if isinstance(condition, OfPeople):
        return names.peoples[condition.name](language)
    if isinstance(condition, Age):
        return _aged(condition, language)
    if isinstance(condition, OfMember):
        lead = {
            "member": Words("có thành viên: ", "a member: "),
            "head": Words("chủ hộ: ", "the head: "),
        }[condition.who](language)
        return lead + said(condition.inner, names, language)
    shown = {"vi": " hoặc ", "en": " or "}[language].join(
        names.value(condition.key, value, language) for value in condition.value
    )
    return _COMPARED[condition.compare](language).format(
        label=names.facts[condition.key](language), value=shown
    )


def _within(part: Condition, names: Names, language: str) -> str:
    """A part, in brackets where it joins several itself."""
    words = said(part, names, language)
    return f"({words})" if isinstance(part, All | AnyOf) and len(part.parts) > 1 else words


def _aged(age: Age, language: str) -> str:
    words = {
        (True, True): Words("từ {least} đến dưới {below} tuổi", "aged {least} to under {below}"),
        (True, False): Words("từ {least} tuổi trở lên", "aged {least} or more"),
        (False, True): Words("dưới {below} tuổi", "under {below} years old"),
    }[age.least is not None, age.below is not None]
    return words(language).format(least=age.least, below=age.below)
