"""The survey forms of law/forms: XLSForm written as Markdown tables, one dated file for each wording.

A question's name is the key of its fact (law/facts.yaml), so an answer means the same on every form; submissions keep
the form they were made with. The files are plain XLSForm: other tools of that standard read them as they are.
"""

import datetime as dt
import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

from giamngheo.base.law import law_dir
from giamngheo.rules.facts import HOUSEHOLD, MEMBER, Fact, facts
from giamngheo.rules.standards import Words
from giamngheo.surveys.errors import NoFormThenError

REVIEW = "phieu-b"
#: The repeat in which each member of the household is asked.
MEMBERS = "members"
_LANGUAGES = {"vi": "Tiếng Việt (vi)", "en": "English (en)"}
_AGE = re.compile(r"\$\{age\} (>=|<) (\d+)")


@dataclass(frozen=True)
class Question:
    """One question: the fact it asks for, its words, whom it concerns, and the act it stands in.

    `ages` are the completed years from (included) and to (excluded) between which a member is asked; `from_register`
    marks what the register knows already and the form only shows; `verified`: compared with the gazette.
    """

    fact: Fact
    text: Words
    hint: Words
    ages: tuple[int, int]
    act: str
    verified: bool
    from_register: bool

    @property
    def key(self) -> str:
        return self.fact.key

    def concerns(self, age: int | None) -> bool:
        """Whether a member of this age is asked; one whose age is not known is asked everything."""
        return age is None or self.ages[0] <= age < self.ages[1]


@dataclass(frozen=True)
class Group:
    name: str
    text: Words
    questions: tuple[Question, ...]


@dataclass(frozen=True)
class Form:
    """One form as worded from a day on: groups of questions on the household, then questions on each member."""

    slug: str
    since: dt.date
    title: str
    groups: tuple[Group, ...]
    members: tuple[Question, ...]

    @property
    def name(self) -> str:
        """What a round keeps of it: 'phieu-b/2021-09-01'."""
        return f"{self.slug}/{self.since.isoformat()}"

    @property
    def household(self) -> dict[str, Question]:
        return {question.key: question for group in self.groups for question in group.questions}

    @property
    def asked_of_members(self) -> dict[str, Question]:
        return {question.key: question for question in self.members if not question.from_register}

    @property
    def unverified(self) -> list[Question]:
        """Questions whose wording nobody has compared with the gazette."""
        asked = (*self.household.values(), *self.asked_of_members.values())
        return [question for question in asked if not question.verified]


def form_on(day: dt.date, slug: str = REVIEW) -> Form:
    """The wording of a form in use on `day`. Raises NoFormThenError."""
    dates = sorted(dt.date.fromisoformat(path.stem) for path in (law_dir() / "forms" / slug).glob("*.md"))
    past = [date for date in dates if date <= day]
    if not past:
        raise NoFormThenError(on=day)
    return form_named(f"{slug}/{past[-1].isoformat()}")


@cache
def form_named(name: str) -> Form:
    """The form a round was held with, by 'slug/date'."""
    return read_form(law_dir() / "forms" / f"{name}.md")


def read_form(path: Path) -> Form:
    """One file of law/forms. pyxform refuses what is no XLSForm; a name that is no fact raises KeyError."""
    from pyxform.xls2json import workbook_to_json  # slow to import, and most processes read no form
    from pyxform.xls2json_backends import get_xlsform

    book = get_xlsform(xlsform=path.read_text("utf-8"), file_type=".md")
    tree: Mapping[str, Any] = workbook_to_json(book, form_name=path.parent.name, warnings=[])
    groups = [node for node in tree["children"] if node["type"] == "group" and node["name"] != "meta"]
    members = next(node for node in tree["children"] if node["name"] == MEMBERS)
    return Form(
        slug=tree["id_string"],
        since=dt.date.fromisoformat(tree["version"]),
        title=tree["title"],
        groups=tuple(Group(node["name"], _words(node), _questions(node, HOUSEHOLD)) for node in groups),
        members=_questions(members, MEMBER),
    )


def _questions(parent: Mapping[str, Any], over: str) -> tuple[Question, ...]:
    return tuple(_question(node, over) for node in parent["children"] if node["type"] != "calculate")


def _question(node: Mapping[str, Any], over: str) -> Question:
    return Question(
        fact=facts()[over, node["name"]],
        text=_words(node),
        hint=_words(node, "hint"),
        ages=_ages(node.get("bind", {}).get("relevant", "")),
        act=node.get("act", ""),
        verified=node.get("verified") == "yes",
        from_register=node.get("from_register") == "yes",
    )


def _words(node: Mapping[str, Any], part: str = "label") -> Words:
    said = node.get(part, {})
    return Words(said.get(_LANGUAGES["vi"], ""), said.get(_LANGUAGES["en"], ""))


def _ages(relevant: str) -> tuple[int, int]:
    """'${age} >= 3 and ${age} < 31' is (3, 31)."""
    limits = {sign: int(years) for sign, years in _AGE.findall(relevant)}
    return limits.get(">=", 0), limits.get("<", 200)
