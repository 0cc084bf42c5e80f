"""The conditions of policies: a small vocabulary read from strict YAML, three-valued, each with its words.

    {all: [...]}  {any: [...]}  {not: {...}}
    {status: poor}  {status: [poor, near_poor]}  {status: poor, type: income}      on the recognised list of the day
    {left: [poor, near_poor], within_years: 3}      left such a list, and the window after it is still open
    {area: difficult-communes}                      village, commune or district stands on the dated list
    {people: minority}  {people: very_small}        of the person's people
    {age: {from: 3, below: 6}}                      full years of the person
    {fact: school_level, is: [primary]}  {fact: distance_km, at_least: 4}    also at_most, above, below
    {member: {...}}  {head: {...}}                  true of any member, of the head

What is not known is neither yes nor no. `code` names a leaf wherever it shows: as a column, a fact a right rests on, a
condition that fails.
"""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from giamngheo.base.yaml import Block

STATUSES = ("poor", "near_poor", "none")
POOR_TYPES = ("income", "deprivation")
COMPARES = ("is", "at_least", "at_most", "above", "below")
HOUSEHOLD, MEMBER = "household", "member"


@dataclass(frozen=True)
class Status:
    """Recognised as one of these on the day; `type` asks how a poor household is poor."""

    among: tuple[str, ...]
    type: str = ""

    @property
    def code(self) -> str:
        return f"status:{'+'.join(self.among)}" + (f":{self.type}" if self.type else "")


@dataclass(frozen=True)
class Left:
    """Left one of these lists no longer ago than so many months; the last day is the same day of the month."""

    lists: tuple[str, ...]
    months: int

    @property
    def code(self) -> str:
        return f"left:{'+'.join(self.lists)}:{self.months}m"


@dataclass(frozen=True)
class InArea:
    """Lives in a unit of the list, as the list stood on the day."""

    slug: str

    @property
    def code(self) -> str:
        return f"area:{self.slug}"


@dataclass(frozen=True)
class OfPeople:
    """Of one of these peoples; `name` is that of the group in law/policies/facts.yaml."""

    name: str
    codes: tuple[str, ...]

    @property
    def code(self) -> str:
        return f"people:{self.name}"


@dataclass(frozen=True)
class Age:
    """Full years from `least` on and below `below`."""

    least: int | None
    below: int | None

    @property
    def code(self) -> str:
        return f"age:{'' if self.least is None else self.least}-{'' if self.below is None else self.below}"


@dataclass(frozen=True)
class FactIs:
    """A fact compared with what the law asks."""

    key: str
    over: str
    compare: str
    value: tuple[Any, ...]

    @property
    def code(self) -> str:
        return f"{self.key}:{self.compare}:{'+'.join(map(_plain, self.value))}"


@dataclass(frozen=True)
class OfMember:
    """True of any member (`who` is member), or of the head."""

    who: str
    inner: "Condition"

    @property
    def code(self) -> str:
        return f"{self.who}({written(self.inner)})"


@dataclass(frozen=True)
class All:
    parts: tuple["Condition", ...]


@dataclass(frozen=True)
class AnyOf:
    parts: tuple["Condition", ...]


@dataclass(frozen=True)
class Not:
    part: "Condition"


Leaf = Status | Left | InArea | OfPeople | Age | FactIs | OfMember
Condition = Leaf | All | AnyOf | Not
ALWAYS = All(())


def _plain(value: Any) -> str:
    return str(value).lower() if isinstance(value, bool) else str(value)


def written(condition: Condition) -> str:
    """A condition as one line, the same for the same condition."""
    if isinstance(condition, All):
        return "&".join(written(part) for part in condition.parts) or "always"
    if isinstance(condition, AnyOf):
        return f"[{'|'.join(written(part) for part in condition.parts)}]"
    if isinstance(condition, Not):
        return f"!{written(condition.part)}"
    return condition.code


def leaves(condition: Condition) -> Iterator[Leaf]:
    """The leaves in the order written; what stands within `member` or `head` belongs to that leaf."""
    if isinstance(condition, All | AnyOf):
        for part in condition.parts:
            yield from leaves(part)
    elif isinstance(condition, Not):
        yield from leaves(condition.part)
    else:
        yield condition


def over(leaf: Leaf) -> str:
    """Whether a leaf is asked of the household or of each member."""
    if isinstance(leaf, FactIs):
        return leaf.over
    return MEMBER if isinstance(leaf, Age | OfPeople) else HOUSEHOLD


def holds(condition: Condition, answers: Mapping[str, bool | None]) -> bool | None:
    """The condition by the answers to its leaves (by code); None is not known."""
    if isinstance(condition, All | AnyOf):
        decides = isinstance(condition, AnyOf)
        found = [holds(part, answers) for part in condition.parts]
        if decides in found:
            return decides
        return None if None in found else not decides
    if isinstance(condition, Not):
        inner = holds(condition.part, answers)
        return None if inner is None else not inner
    return answers[condition.code]


def conjuncts(condition: Condition) -> list[Condition]:
    """The conditions that must all be met, each of which may fail alone."""
    if isinstance(condition, All):
        return [one for part in condition.parts for one in conjuncts(part)]
    return [condition]


def pruned(condition: Condition, answers: Mapping[str, bool | None]) -> Condition:
    """What of a condition decides whether it holds, by these answers: the rest is left out of a sentence."""
    if not isinstance(condition, All | AnyOf):
        return condition
    so = holds(condition, answers)
    everything = so is isinstance(condition, All)
    parts = [part for part in condition.parts if everything or holds(part, answers) is so]
    parts = parts or list(condition.parts)
    kept = tuple(dict.fromkeys(pruned(part, answers) for part in parts))
    return kept[0] if len(kept) == 1 else type(condition)(kept)


@dataclass(frozen=True)
class Known:
    """What conditions may speak of: facts by key with whom they are over, area lists, groups of peoples."""

    facts: Mapping[str, str]
    lists: frozenset[str]
    peoples: Mapping[str, tuple[str, ...]]
    options: Mapping[str, frozenset[str]]


def parse(block: Any, known: Known, where: Block) -> Condition:
    """A condition as written in YAML. Raises LawFileError at the block that can't be understood."""
    if not isinstance(block, Block):
        raise where.error(f"điều kiện phải là một cặp khoá: giá trị, không phải {block!r}")
    heads = [word for word in _PARSERS if word in block]
    if len(heads) != 1:
        raise block.error(f"điều kiện phải có đúng một trong: {', '.join(_PARSERS)}")
    return _PARSERS[heads[0]](block, known)


def _not(block: Block, known: Known) -> Condition:
    _only(block, "not")
    return Not(parse(block["not"], known, block))


def _listed(block: Block, key: str, allowed: tuple[str, ...]) -> tuple[str, ...]:
    value = block[key]
    found = tuple(value) if isinstance(value, list) else (value,)
    wrong = [one for one in found if one not in allowed]
    if wrong:
        raise block.error(f"{key} không có “{wrong[0]}”; có: {', '.join(allowed)}", key)
    return found


def _only(block: Block, *allowed: str) -> None:
    for key in block:
        if key not in allowed:
            raise block.error(f"điều kiện này không có khoá “{key}”; có: {', '.join(allowed)}", key)


def _parts(block: Block, key: str, known: Known) -> tuple[Condition, ...]:
    _only(block, key)
    if not isinstance(block[key], list) or not block[key]:
        raise block.error(f"{key} cần một danh sách điều kiện", key)
    return tuple(parse(part, known, block) for part in block[key])


def _status(block: Block, known: Known) -> Condition:
    _only(block, "status", "type")
    among = _listed(block, "status", STATUSES)
    if "type" not in block:
        return Status(among)
    return Status(among, _listed(block, "type", POOR_TYPES)[0])


def _left(block: Block, known: Known) -> Condition:
    _only(block, "left", "within_years", "within_months", "cite")
    months = block.get("within_months", 12 * block.get("within_years", 0))
    if not isinstance(months, int) or months <= 0:
        raise block.error("left cần within_years hoặc within_months", "left")
    return Left(_listed(block, "left", STATUSES[:2]), months)


def _area(block: Block, known: Known) -> Condition:
    _only(block, "area")
    slugs = _listed(block, "area", tuple(sorted(known.lists)))
    return InArea(slugs[0]) if len(slugs) == 1 else AnyOf(tuple(InArea(slug) for slug in slugs))


def _people(block: Block, known: Known) -> Condition:
    _only(block, "people")
    name = _listed(block, "people", tuple(known.peoples))[0]
    return OfPeople(name, known.peoples[name])


def _age(block: Block, known: Known) -> Condition:
    _only(block, "age", "cite")
    bounds = block["age"]
    if not isinstance(bounds, Block) or not bounds or set(bounds) - {"from", "below"}:
        raise block.error("age cần from, below hoặc cả hai", "age")
    return Age(bounds.get("from"), bounds.get("below"))


def _fact(block: Block, known: Known) -> Condition:
    key = block["fact"]
    if key not in known.facts:
        raise block.error(f"không có dữ kiện “{key}” trong facts.yaml", "fact")
    compares = [word for word in COMPARES if word in block]
    _only(block, "fact", "cite", *COMPARES)
    if len(compares) != 1:
        raise block.error(f"dữ kiện {key} cần đúng một trong: {', '.join(COMPARES)}", "fact")
    value = block[compares[0]]
    values = tuple(value) if isinstance(value, list) else (value,)
    for one in values:
        if key in known.options and one not in known.options[key]:
            raise block.error(f"{key} không có câu trả lời “{one}”", compares[0])
    return FactIs(key, known.facts[key], compares[0], values)


def _member(who: str) -> Callable[[Block, Known], Condition]:
    def read(block: Block, known: Known) -> Condition:
        _only(block, who)
        inner = parse(block[who], known, block)
        for leaf in leaves(inner):
            if over(leaf) != MEMBER:
                raise block.error(f"trong {who} chỉ hỏi về người, không hỏi {leaf.code}", who)
        return OfMember(who, inner)

    return read


_PARSERS: dict[str, Callable[[Block, Known], Condition]] = {
    "all": lambda block, known: All(_parts(block, "all", known)),
    "any": lambda block, known: AnyOf(_parts(block, "any", known)),
    "not": _not,
    "status": _status,
    "left": _left,
    "area": _area,
    "people": _people,
    "age": _age,
    "fact": _fact,
    "member": _member("member"),
    "head": _member("head"),
}  # fmt: skip
