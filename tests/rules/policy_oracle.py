"""A second, naive reading of policies: the YAML as it stands, one person at a time, in plain Python; None is not known.

It shares no code with giamngheo.rules but the loader of YAML. Lists hold what the test supposes.
"""

import calendar
import datetime as dt
from decimal import ROUND_HALF_UP, Decimal
from pathlib import Path
from typing import Any

from giamngheo.base.law import law_dir
from giamngheo.base.yaml import load_yaml

FOLDER = law_dir() / "policies"
FACTS = load_yaml(FOLDER / "facts.yaml")
PEOPLES = {block["key"]: block["codes"] for block in FACTS["peoples"]}
CLOCKS = {block["key"]: block["values"] for block in load_yaml(law_dir() / "clocks.yaml")["clocks"]}
Row = dict[str, Any]
#: State, đồng, per cent a year, how many of a thing.
Right = tuple[str, int | None, float | None, float | None]


def later(day: dt.date, months: int) -> dt.date:
    month = day.year * 12 + day.month - 1 + months
    year, month = divmod(month, 12)
    return dt.date(year, month + 1, min(day.day, calendar.monthrange(year, month + 1)[1]))


def every(answers: list[bool | None]) -> bool | None:
    return False if False in answers else None if None in answers else True


def some(answers: list[bool | None]) -> bool | None:
    return True if True in answers else None if None in answers else False


class Oracle:
    """The rights of one household on a day, the lists holding the units supposed and no other."""

    def __init__(self, on: dt.date, home: Row, members: list[Row], lists: dict[str, list[str]]) -> None:
        self.on, self.home, self.members, self.lists = on, home, members, lists
        self.poor_type = "any"

    def ask(self, block: Any, person: Row) -> bool | None:
        if "all" in block:
            return every([self.ask(part, person) for part in block["all"]])
        if "any" in block:
            return some([self.ask(part, person) for part in block["any"]])
        if "not" in block:
            inner = self.ask(block["not"], person)
            return None if inner is None else not inner
        kind = next(
            k for k in ("status", "left", "area", "people", "age", "member", "head", "fact") if k in block
        )
        answer: bool | None = getattr(self, kind)(block, person)
        return answer

    def status(self, block: Any, person: Row) -> bool | None:
        status = self.home.get("status")
        among = block["status"] if isinstance(block["status"], list) else [block["status"]]
        asked = block.get("type", self.poor_type)
        if (
            status is None
            or status not in among
            or status != "poor"
            or asked not in ("income", "deprivation", "undecided")
        ):
            return None if status is None else status in among
        kind = self.home.get("poor_type")
        if asked == "undecided":
            return some(
                [None if kind is None else kind == "income", self.home.get("deprivation_poor_included")]
            )
        return None if kind is None else kind == asked

    def left(self, block: Any, person: Row) -> bool | None:
        months = block.get("within_months", 12 * block.get("within_years", 0))
        lists = block["left"] if isinstance(block["left"], list) else [block["left"]]
        days = [self.home.get(f"left_{one}_on") for one in lists]
        return any(day and day <= self.on <= later(day, months) for day in days)

    def area(self, block: Any, person: Row) -> bool | None:
        slugs = block["area"] if isinstance(block["area"], list) else [block["area"]]
        units = [self.home.get(key) for key in ("village", "commune", "district")]
        if any(unit in self.lists[slug] for slug in slugs for unit in units if unit):
            return True
        return False if any(units) else None

    def people(self, block: Any, person: Row) -> bool | None:
        code, codes = person.get("ethnic"), PEOPLES[block["people"]]
        if code in (None, "56"):
            return None
        return code in codes if codes else code not in ("01", "55")

    def age(self, block: Any, person: Row) -> bool | None:
        born, year = person.get("birth_date"), person.get("birth_year")
        bounds = block["age"]
        answers: list[bool | None] = []
        for key in ("from", "below"):
            if key in bounds:
                if born:
                    old = later(born, 12 * bounds[key]) <= self.on
                elif year is not None:
                    old = self.on.year - year >= bounds[key]
                else:
                    return None
                answers.append(old if key == "from" else not old)
        return every(answers)

    def member(self, block: Any, person: Row) -> bool | None:
        return some([self.ask(block["member"], one) for one in self.members])

    def head(self, block: Any, person: Row) -> bool | None:
        heads = [self.ask(block["head"], one) for one in self.members if one.get("relation") == "head"]
        return some(heads) if heads else None

    def fact(self, block: Any, person: Row) -> bool | None:
        value = person.get(block["fact"], self.home.get(block["fact"]))
        if value is None:
            return None
        if "is" in block:
            return value in block["is"] if isinstance(block["is"], list) else bool(value == block["is"])
        return bool(
            value >= block["at_least"] if "at_least" in block
            else value <= block["at_most"] if "at_most" in block
            else value > block["above"] if "above" in block
            else value < block["below"]
        )  # fmt: skip

    def dong(self, gives: Any, person: Row) -> int | None:
        if "amount" in gives:
            each: Decimal | None = Decimal(gives["amount"])
        elif "clock" in gives:
            shown = [v for v in CLOCKS[gives["clock"]] if v["from"] <= self.on <= v.get("to", dt.date.max)]
            share = Decimal(str(gives.get("percent", 100))) * Decimal(str(gives.get("share", 100))) / 10000
            each = (Decimal(shown[0]["value"]) * share).quantize(Decimal(1), ROUND_HALF_UP) if shown else None
        else:
            return None
        if each is not None and "of" in gives:
            many = person.get(gives["of"], self.home.get(gives["of"]))
            return None if many is None else round(each * Decimal(str(min(many, gives.get("most", many)))))
        return None if each is None else int(each)

    def rate(self, gives: Any) -> float | None:
        """Of a loan, per cent a year."""
        if "rate_clock" not in gives:
            return gives.get("rate")
        shown = [v for v in CLOCKS[gives["rate_clock"]] if v["from"] <= self.on <= v.get("to", dt.date.max)]
        of = Decimal(str(gives.get("rate_percent", 100)))
        return float(Decimal(str(shown[0]["value"])) * of / 100) if shown else None

    def in_kind(self, gives: Any) -> float | None:
        """How much of a thing, for each member where the law says so."""
        each, persons = gives.get("quantity"), self.home.get("persons")
        persons = len(self.members) if persons is None else persons
        return None if each is None else each * (persons if gives.get("per_person") else 1)

    def right(self, file: Any, benefit: Any, person: Row) -> Right | None:
        """The state, the amount, the loan's rate and the quantity; None for no right."""
        self.poor_type = (
            file["poor_type"] if TWO_KINDS_OF_POOR[0] <= self.on <= TWO_KINDS_OF_POOR[1] else "any"
        )
        whole = self.ask(file["who"], person) if "who" in file else True
        found: list[tuple[bool | None, Right]] = []
        for tier in benefit.get("tiers", [benefit]):
            if tier.get("from", dt.date.min) <= self.on <= tier.get("to", dt.date.max):
                so = every([whole, self.ask(tier["if"], person) if "if" in tier else True])
                gives = tier.get("gives", {})
                found.append((so, ("yes", self.dong(gives, person), self.rate(gives), self.in_kind(gives))))
        had = [right for so, right in found if so]
        if had:
            return (
                had[0]
                if benefit.get("choose", "highest") != "highest"
                else max(had, key=lambda r: (r[1] or 0, r[3] or 0))
            )
        return ("unknown", None, None, None) if any(so is None for so, _ in found) else None


#: While the standard of 2016-2020 tells poor by income from poor by deprivation.
TWO_KINDS_OF_POOR = dt.date(2015, 11, 19), dt.date(2021, 12, 31)
#: How strongly a relation speaks, the strongest last.
STRENGTH = ("yes", "unsure", "choice", "no")


def named_by(files: list[Any]) -> dict[str, list[tuple[str, str, str, str]]]:
    """Of each policy: (kind, the other, whose, what lifts it) of its relations; those that hold both ways stand at both."""
    found: dict[str, list[tuple[str, str, str, str]]] = {file["slug"]: [] for file in files}
    for file in files:
        for block in file.get("relations", ()):
            kind, own = block["kind"], [file["slug"]] if block["kind"] == "once" else []
            told = (block.get("of", file["unit"]), block.get("unless", ""))
            for other in block.get("with", own):
                found[file["slug"]].append((kind, other, *told))
                if kind in ("highest_wins", "choose_one", "not_together"):
                    found[other].append((kind, file["slug"], *told))
    return found


def worth(row: Row) -> int | None:
    return None if row["amount"] is None else row["amount"] * (row["times"] or 1)


def near(one: Row, other: Row, of: str) -> bool:
    """Of one household, and of one person where both are persons' and persons are compared."""
    persons = {one["person"], other["person"]} - {None}
    return one["household"] == other["household"] and (of == "household" or len(persons) < 2)


def stands(
    row: Row, rows: list[Row], received: list[Row] | None, named: list[tuple[str, str, str, str]]
) -> str:
    """Whether a right is had beside the others and after what was received; None: nobody knows what was received."""
    mine = [one for one in rows if holder(one) == holder(row)]
    said = ["yes"]
    for kind, other, of, unless in named:
        others = [one for one in rows if one["policy"] == other and near(row, one, of)]
        for person in {one["person"] for one in others}:
            said.append(beside(kind, mine, [one for one in others if one["person"] == person]))
        if received is None:
            said.append("unsure" if kind in ("never_before", "once") else "yes")
        elif kind in ("choose_one", "not_together", "never_before", "once"):
            before = [one for one in received if one["policy"] == other and near(row, one, of)]
            said += ["no" for one in before if not (unless and one[unless])]
    return max(said, key=STRENGTH.index)


def holder(row: Row) -> tuple[str, int, int | None]:
    return row["policy"], row["household"], row["person"]


def together(rows: list[Row]) -> int | None:
    """What the benefits of a policy are worth; not known if none of them is money."""
    known = [value for row in rows if (value := worth(row)) is not None]
    return sum(known) if known else None


def beside(kind: str, mine: list[Row], others: list[Row]) -> str:
    """What another policy of the household, with all its benefits, says of this one."""
    if kind not in ("carve_out", "highest_wins", "choose_one", "not_together"):
        return "yes"
    states = {one["state"] for one in others}
    if states == {"unknown"}:
        return "unsure"
    if kind != "highest_wins":
        return "no" if kind == "carve_out" else "choice"
    own, theirs = together(mine), together(others)
    if own is None or theirs is None:
        return "unsure"
    if (own, others[0]["policy"]) < (theirs, mine[0]["policy"]):
        return "no"
    return "unsure" if "unknown" in states else "yes"


def had(rows: list[Row], named: dict[str, list[tuple[str, str, str, str]]]) -> list[Row]:
    """The rows had where everybody takes the best: of policies to choose from that worth most to its holder, then the first by name."""
    total: dict[tuple[str, int, int | None], int] = {}
    for row in rows:
        total[holder(row)] = total.get(holder(row), 0) + (worth(row) or 0)

    def mine(row: Row) -> int:
        return total[holder(row)]

    def left(row: Row) -> bool:
        return any(
            other["policy"] == name
            and near(row, other, of)
            and (mine(other), row["policy"]) > (mine(row), name)
            for kind, name, of, _ in named[row["policy"]]
            if kind in ("choose_one", "not_together")
            for other in rows
        )

    return [row for row in rows if stands(row, rows, None, named[row["policy"]]) != "no" and not left(row)]


def files() -> list[Path]:
    return sorted(FOLDER.glob("*/policy.yaml"))
