"""The analyst's question and its answer: one measure, some years, one kind of group, in the units a person may see.

Everything is answered from the stored cubes, and incomes from the rows, of a snapshot, never from the register. Figures are counts of
everybody in the register, so there is no sampling error. A person who may not see households gets public figures, which
anyone may ask for: added up from pools in which small groups cannot be told (disclosure.py), and so no counts of everybody; they
say of what they are and, where it is known, how far they may be off.
"""

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from fractions import Fraction
from functools import cached_property, lru_cache
from typing import Any, TypeVar

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop

from giamngheo.access.models import User
from giamngheo.measures import results
from giamngheo.measures.alkire_foster import measures_of
from giamngheo.measures.cube import Cells
from giamngheo.measures.specification import Indicator, Spec
from giamngheo.rules.standards import Standard, standards
from giamngheo.surveys.models import POOR, Klass
from giamngheo.warehouse import access, cubes, disclosure, incomes
from giamngheo.warehouse.errors import IncomesNotSeenError, NoPublicVillageError, NotAnsweredError
from giamngheo.warehouse.places import grouped, villages_of
from giamngheo.warehouse.snapshot import Snapshot

#: What is measured: key -> (family, words, unit). A share is 0 to 1, shown in per cent; dong is per person per month.
MEASURES: Mapping[str, tuple[str, str, str]] = {
    "poor": ("law", gettext_noop("Tỷ lệ nghèo theo chuẩn"), "share"),
    "near_poor": ("law", gettext_noop("Tỷ lệ cận nghèo theo chuẩn"), "share"),
    "M0": ("many", gettext_noop("Chỉ số nghèo đa chiều điều chỉnh M0"), "share"),
    "H": ("many", gettext_noop("Tỷ lệ nghèo đa chiều H"), "share"),
    "A": ("many", gettext_noop("Cường độ thiếu hụt A của người nghèo đa chiều"), "share"),
    "uncensored": ("one", gettext_noop("Tỷ lệ thiếu hụt một chỉ số"), "share"),
    "censored": ("one", gettext_noop("Nghèo đa chiều và thiếu hụt một chỉ số"), "share"),
    "contribution": ("one", gettext_noop("Phần một chỉ số góp vào M0"), "share"),
    "FGT0": ("money", gettext_noop("Tỷ lệ có thu nhập từ chuẩn nghèo trở xuống (FGT0)"), "share"),
    "FGT1": ("money", gettext_noop("Độ sâu nghèo thu nhập (FGT1)"), "share"),
    "FGT2": ("money", gettext_noop("Độ nghiêm trọng nghèo thu nhập (FGT2)"), "share"),
    "gap_of_poor": ("money", gettext_noop("Thu nhập người nghèo còn thiếu so với chuẩn, bình quân"), "dong"),
    "mean": ("money", gettext_noop("Thu nhập bình quân đầu người một tháng"), "dong"),
    "gini": ("money", gettext_noop("Hệ số Gini của thu nhập"), "index"),
    "theil_t": ("money", gettext_noop("Chỉ số Theil T của thu nhập"), "index"),
    "p90/p10": ("money", gettext_noop("Thu nhập ở mức 90% gấp mấy lần ở mức 10%"), "index"),
}
#: How the answer is divided: key -> words.
GROUPS: Mapping[str, str] = {
    "": gettext_noop("Không chia"),
    "district": gettext_noop("Huyện"),
    "commune": gettext_noop("Xã"),
    "village": gettext_noop("Thôn, bản"),
    "ethnic": gettext_noop("Dân tộc của chủ hộ"),
    "area_type": gettext_noop("Nông thôn, thành thị"),
}
K = TypeVar("K")
_KNOWN = (*POOR, Klass.NEAR_POOR, Klass.AVERAGE, Klass.NONE)


@dataclass(frozen=True)
class Question:
    """What is asked. `on`: the day whose units are used.

    services, weights: whole shares of the services (by place in the law, from 1), and of the indicators within their
    service (by code); none: all alike.
    public: figures that may be given to anyone.
    """

    measure: str
    standard: str
    years: tuple[int, ...]
    unit: int
    by: str = ""
    indicator: str = ""
    k: Fraction = Fraction(3, 10)
    services: Mapping[int, int] = field(default_factory=dict)
    weights: Mapping[str, int] = field(default_factory=dict)
    persons: bool = False
    on: dt.date | None = None
    public: bool = False

    @property
    def result(self) -> str:
        """The name of the measure in a table of results; of one indicator, with its code."""
        return f"{self.measure}:{self.indicator}" if MEASURES[self.measure][0] == "one" else self.measure


@dataclass(frozen=True)
class Line:
    """The figure of one group in one year; `group` is the value it is grouped by (a unit's id), '' for all of the unit.

    `n`: households behind it. off: how far it may lie from that counted household by household, of a public figure of
    deprivations (`disclosure.most_off`); None where households were counted. Classes of the law are all but exact in pools.
    """

    year: int
    group: str
    estimate: float | None
    n: int
    off: float | None = None


@dataclass(frozen=True)
class Answer:
    """The lines of a question, years in order, and what was left out of them."""

    question: Question
    snapshot: Snapshot
    lines: Sequence[Line]
    dropped: int = 0

    def of(self, year: int, group: str = "") -> Line | None:
        return self._placed.get((year, group))

    @cached_property
    def _placed(self) -> Mapping[tuple[int, str], Line]:
        # that of everyone comes first, before a group whose value nobody wrote down
        return {(line.year, line.group): line for line in reversed(self.lines)}

    @cached_property
    def groups(self) -> list[str]:
        """The groups in the order of their figure in the last year, highest first."""
        last = max(self.question.years)
        found = {line.group: None for line in self.lines if line.group}
        rank = {line.group: line.estimate or 0 for line in self.lines if line.year == last}
        return sorted(found, key=lambda group: (-rank.get(group, -1.0), group))

    def table(self, names: Mapping[str, str]) -> pa.Table:
        """The answer as a table of results; `names` gives the words of each group."""
        asked = self.question
        k = float(asked.k) if MEASURES[asked.measure][0] in ("many", "one") else None
        return results.table(
            (
                results.row(
                    asked.result,
                    line.estimate,
                    n=line.n,
                    groups={
                        "year": line.year,
                        "group": names.get(line.group, line.group) if line.group else results.ALL,
                    },
                    k=k,
                    design=disclosure.said(line.off) if asked.public else results.CENSUS,
                )
                for line in self.lines
            ),
            ("year", "group"),
        )


def services_of(standard: Standard) -> dict[int, list[str]]:
    """The codes of the indicators of each service of a standard, by the place of the service in the law, from 1."""
    found: dict[str, list[str]] = {}
    for one in standard.indicators:
        found.setdefault(one.service.vi, []).append(one.code)
    return dict(enumerate(found.values(), start=1))


def specification(
    standard: Standard,
    k: Fraction,
    weights: Mapping[str, int] | None = None,
    services: Mapping[int, int] | None = None,
) -> Spec:
    """The indicators of a standard, with the weights of their services and their own within these (as in Question).

    Raises measures.errors.SpecError where no indicator weighs anything.
    """
    inside = services_of(standard)
    outer = _shares(services or {}, list(inside))
    share = {
        code: outer[place] * part
        for place, codes in inside.items()
        for code, part in _shares(weights or {}, codes).items()
    }
    made = [
        Indicator(one.code, column, one.service.vi, share[one.code])
        for one, column in zip(standard.indicators, cubes.columns(standard.slug), strict=True)
        if share[one.code]
    ]
    return Spec(standard.slug, tuple(made), (k,))


def _shares(given: Mapping[K, int], names: list[K]) -> dict[K, Fraction]:
    """The share of each name in the weights given to any of them; all alike where none is given to one of them."""
    mine = {name: given[name] for name in names if name in given} or dict.fromkeys(names, 1)
    whole = sum(mine.values())
    return {name: Fraction(mine.get(name, 0), whole) if whole else Fraction(0) for name in names}


def ask(snapshot: Snapshot, question: Question, *, seen_by: User) -> Answer:
    """Answer a question. Raises NotAnsweredError where the snapshot holds no such round, measure, group or indicator."""
    question = replace(question, public=question.public or not seen_by.sees_households)
    _check(snapshot, question)
    if MEASURES[question.measure][0] == "money":
        day = day_of(snapshot, question)
        rounds = tuple((year, round_of(snapshot, year, question)["round"]) for year in sorted(question.years))
        of = incomes.Place(snapshot, rounds, question.standard, question.unit, day, question.by)
        told, dropped = incomes.asked(of, question.measure, persons=question.persons, seen_by=seen_by)
        return Answer(question, snapshot, [Line(*one) for one in told], dropped)
    lines: list[Line] = []
    dropped = 0
    for year in sorted(question.years):
        found, left = _of_year(snapshot, year, question, seen_by=seen_by)
        dropped += left
        lines += [Line(year, *one) for one in found]
    return Answer(question, snapshot, lines, dropped)


def lacking(snapshot: Snapshot, question: Question, *, seen_by: User) -> dict[str, dict[str, float | None]]:
    """The share lacking each indicator of the standard (0 to 1), by group, '' for all of the unit, in the last year asked for.

    Whatever the measure of the question. Raises as `ask` does.
    """
    question = replace(question, measure="H", public=question.public or not seen_by.sees_households)
    _check(snapshot, question)
    place = _place(snapshot, max(question.years), question, seen_by=seen_by)
    law = standards()[question.standard]
    found: dict[str, dict[str, float | None]] = {}
    if _placed(place).num_rows == 0:
        return found
    by = ("group",) if question.by else ()
    made = measures_of(_counted(place, question.persons), specification(law, question.k), by=by)
    for one in law.indicators:
        for row in results.only(made, measure=f"uncensored:{one.code}"):
            group = "" if row["subgroup"] == results.ALL else row["subgroup"]
            found.setdefault(group, {})[one.code] = row["estimate"]
    return found


def _check(snapshot: Snapshot, question: Question) -> None:
    law = standards().get(question.standard)
    if question.measure not in MEASURES or question.by not in GROUPS or law is None:
        raise NotAnsweredError(what=", ".join((question.measure, question.by, question.standard)))
    if MEASURES[question.measure][0] == "one" and question.indicator not in {i.code for i in law.indicators}:
        raise NotAnsweredError(what=_("chỉ số %(code)s") % {"code": question.indicator or "?"})
    if question.public and question.by == "village":
        raise NoPublicVillageError
    if question.public and MEASURES[question.measure][0] == "money":
        raise IncomesNotSeenError
    for year in question.years:
        round_of(snapshot, year, question)


def round_of(snapshot: Snapshot, year: int, question: Question) -> dict[str, Any]:
    """The annual round of a year that was judged by the standard. Raises NotAnsweredError."""
    standard = question.standard
    for round_ in snapshot.asked(public=question.public):
        if round_["year"] == year and standard in round_["standards"]:
            return round_
    raise NotAnsweredError(
        what=_("năm %(year)s theo chuẩn %(standard)s") % {"year": year, "standard": standard}
    )


def day_of(snapshot: Snapshot, question: Question) -> dt.date:
    """The day whose units all years are laid on, so that they compare: that asked for, or that of the last round."""
    last = round_of(snapshot, max(question.years), question)
    return question.on or dt.date.fromisoformat(last["reference_date"])


@dataclass(frozen=True)
class _Place:
    """Which cells: of a stored cube, those of the units a person may see that lie in a unit as it was on a day."""

    snapshot: Snapshot
    seen: access.Seen
    unit: int
    day: dt.date
    by: str


def _place(snapshot: Snapshot, year: int, question: Question, *, seen_by: User) -> _Place:
    number = round_of(snapshot, year, question)["round"]
    seen = access.seen(number, question.standard, public=question.public, seen_by=seen_by)
    return _Place(snapshot, seen, question.unit, day_of(snapshot, question), question.by)


@lru_cache(maxsize=8)
def _placed(place: _Place) -> pa.Table:
    """The cells, with a column `group`; kept, for whoever moves a cut-off asks of the same ones."""
    inside = pa.array(villages_of(place.snapshot, place.unit, place.day), pa.int64())
    cells = access.cells(place.snapshot, place.seen)
    cells = cells.filter(pc.is_in(cells["village"], value_set=inside))
    return grouped(place.snapshot, cells, place.by, place.day)


@lru_cache(maxsize=8)
def _counted(place: _Place, persons: bool) -> Cells:
    """The same, laid out for any cut-off and weights."""
    return cubes.counted(_placed(place), persons=persons)


def _of_year(
    snapshot: Snapshot, year: int, question: Question, *, seen_by: User
) -> tuple[Sequence[tuple[str, float | None, int, float | None]], int]:
    """(group, estimate, households, how far off) of everyone and of each group; households left out for want of an answer."""
    place = _place(snapshot, year, question, seen_by=seen_by)
    cells = _placed(place)
    if not cells.num_rows:
        return [], 0
    family, persons = MEASURES[question.measure][0], question.persons
    if family == "law":
        return [(*one, None) for one in _rates(cells, question)], 0
    law = standards()[question.standard]
    spec = specification(law, question.k, question.weights, question.services)
    by = ("group",) if question.by else ()
    made = measures_of(_counted(place, persons), spec, by=by)
    found = results.only(made, measure=question.result)
    dropped = results.only(made, measure="dropped", subgroup=results.ALL)[0]["estimate"]
    # the intensity is an average of the poor alone
    shares = results.only(made, measure="H") if question.measure == "A" else [{"estimate": 1.0}] * len(found)
    return [
        (
            "" if one["subgroup"] == results.ALL else one["subgroup"],
            one["estimate"],
            one["n"],
            _off(question, one["estimate"], round(one["n"] * share["estimate"])),
        )
        for one, share in zip(found, shares, strict=True)
    ], int(dropped)


def _off(question: Question, estimate: float | None, households: int) -> float | None:
    if not question.public or estimate is None or not households:
        return None
    return disclosure.most_off(estimate, households)


def _rates(cells: pa.Table, question: Question) -> list[tuple[str, float | None, int]]:
    """The share of a class of the law among the households of known class (or among their members)."""
    wanted = POOR if question.measure == "poor" else (Klass.NEAR_POOR,)
    known, listed = (_of_class(cells, klasses) for klasses in (_KNOWN, wanted))
    amount, households = (
        cells[name].to_numpy() for name in ("weight" if question.persons else "households", "households")
    )
    encoded = cells["group"].combine_chunks().dictionary_encode()
    names, codes = encoded.dictionary.to_pylist(), encoded.indices.to_numpy()

    def by_group(numbers: Any) -> list[int]:
        counted = np.bincount(codes, numbers, len(names)).astype(np.int64)
        return [int(counted.sum()), *counted.tolist()]

    sums = zip(
        ("", *names), *map(by_group, (amount * listed, amount * known, households * known)), strict=True
    )
    lines = [(group, above / whole if whole else None, n) for group, above, whole, n in sums]
    return [lines[0], *(sorted(lines[1:]) if question.by else ())]


def _of_class(cells: pa.Table, klasses: Sequence[Klass]) -> Any:
    """Which cells are of one of these classes."""
    names = pa.array([str(klass) for klass in klasses])
    return pc.is_in(cells["klass"].cast(pa.string()), value_set=names).to_numpy()
