"""Facts that only policies ask for, and groups of peoples they name; no survey form collects these yet.

A table that brings such a fact as a column is read like any other; where none does, what hangs on it is not known.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache

from giamngheo.base.law import law_dir
from giamngheo.base.yaml import load_yaml
from giamngheo.rules.facts import HOUSEHOLD, MEMBER, Fact, read_fact
from giamngheo.rules.standards import Citation, Words, read_citations, words


@dataclass(frozen=True)
class Peoples:
    """A group of peoples that law treats alike, by the codes of the national list."""

    name: Words
    codes: tuple[str, ...]
    citation: Citation


@cache
def policy_facts() -> Mapping[str, Fact]:
    """The facts of law/policies/facts.yaml by key. Raises LawFileError."""
    file = load_yaml(law_dir() / "policies" / "facts.yaml")
    return {
        block["key"]: read_fact(block, over, identity=False)
        for over in (HOUSEHOLD, MEMBER)
        for block in file[over]
    }


@cache
def peoples() -> Mapping[str, Peoples]:
    """The groups of peoples by name."""
    file = load_yaml(law_dir() / "policies" / "facts.yaml")
    citations = read_citations(file)
    return {
        block["key"]: Peoples(words(block["label"]), tuple(block["codes"]), citations[block["cite"]])
        for block in file["peoples"]
    }
