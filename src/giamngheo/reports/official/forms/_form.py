"""What a form is, and the pieces its modules are written with."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

import ibis.expr.types as ir

from giamngheo.reports.official.report import HOUSEHOLDS, ONE, PERSONS, Basis, Column
from giamngheo.rules.facts import ethnic_groups
from giamngheo.rules.standards import Words

#: Whole numbers of each household by name; a figure is their sum over the households of a place.
Quantities = dict[str, ir.IntegerValue]
BOTH = (HOUSEHOLDS, PERSONS)
#: The lists, and the ending of a quantity that counts the persons of the households its other half counts.
LISTS = {
    "poor": Words("Hộ nghèo", "Poor households"),
    "near_poor": Words("Hộ cận nghèo", "Near-poor households"),
}
OF_PERSONS = ".persons"
#: The codes of ethnic groups (56 of the national list is "not known"), and the column of heads of whom it is not known.
KNOWN_GROUPS = tuple(sorted(set(ethnic_groups()) - {"56"}))
UNKNOWN_GROUP = "unknown"
ALL_GROUPS = (*KNOWN_GROUPS, UNKNOWN_GROUP)


@dataclass(frozen=True)
class Doubt:
    """A quantity that counts households a column can't count rightly, and the sentence ({count}) for it."""

    column: str
    quantity: str
    words: Words


@dataclass(frozen=True)
class Form:
    """One form. `number` by generation; a generation not in it has no such form, '' is a number we don't know.

    `quantities` are those its columns sum up, over the snapshot with its movement; `measures` are the rows of a place;
    `unverified` says by generation what of the form we have not read.
    """

    slug: str
    number: Mapping[str, str]
    title: Words
    columns: Callable[[Basis], tuple[Column, ...]]
    quantities: Callable[[ir.Table, Basis], Quantities]
    measures: tuple[str, ...] = (ONE,)
    doubts: tuple[Doubt, ...] = ()
    notes: tuple[Words, ...] = ()
    unverified: Mapping[str, Words] = field(default_factory=dict)

    def titled(self, basis: Basis) -> Words:
        """The title with the year of the review."""
        return Words(self.title.vi.format(year=basis.year), self.title.en.format(year=basis.year))

    def noted(self, basis: Basis) -> tuple[Words, ...]:
        """The notes, saying how long an escape is remembered."""
        years = basis.look_back
        vi = "trước đây, bất kể năm nào" if years is None else f"trong {years} năm trước"
        en = "in whatever year before" if years is None else f"in the {years} years before"
        return tuple(Words(n.vi.format(look_back=vi), n.en.format(look_back=en)) for n in self.notes)


def so(condition: ir.BooleanValue) -> ir.IntegerValue:
    """1 where it is so; 0 where it is not or not known."""
    return condition.fill_null(False).cast("int32")


def counted(name: str, which: ir.IntegerValue, moved: ir.Table) -> Quantities:
    """The households that are `which` (1 or 0), and their persons at the end."""
    return {name: which, name + OF_PERSONS: which * moved.persons_end}


def listed(moved: ir.Table) -> Quantities:
    """The households of the two lists at the end, with their persons: the heads of most columns."""
    return {
        key: value for name in LISTS for key, value in counted(name, so(moved.after == name), moved).items()
    }


def minority(moved: ir.Table) -> ir.BooleanValue:
    """Whether the head is of an ethnic minority: 02 to 54 of the national list, neither foreign nor not known."""
    return moved.ethnic.between("02", "54")


def rate(number: int, count: Column, whole: Column, head: Words, under: tuple[Words, ...] = ()) -> Column:
    """One column in per cent of another of the same form."""
    formula = f"{number}={count.number}/{whole.number}*100"
    of = (count.quantity, whole.quantity)
    return Column(str(number), str(number), head, kind="rate", under=under, of=of, formula=formula)


RATE = Words("Tỷ lệ (%)", "Rate (%)")
LIKE_LATER = Words(
    "Cột của mẫu này theo mẫu của giai đoạn sau; chưa đối chiếu với phụ lục Thông tư 14/2018.",
    "The columns of this form are those of the later period; not compared with the annex of Circular 14/2018.",
)
NUMBER_UNREAD = Words(
    "Số mẫu theo bộ báo cáo một tỉnh đã dùng năm 2023-2024; chưa đối chiếu với Phụ lục VII Thông tư 07/2021.",
    "The number of the form is that of a province's set of 2023-2024; not compared with annex VII of Circular 07/2021.",
)


def doubts_of_number(*, known: bool) -> dict[str, Words]:
    """What is unverified in both generations; `known`: the code of the earlier form is known from memory."""
    code = (
        Words("Ký hiệu mẫu ghi theo trí nhớ. ", "The code of the form is recalled. ")
        if known
        else Words(
            "Chưa rõ ký hiệu của mẫu (4đ, 4e hay 4g). ", "The code of the form (4đ, 4e or 4g) is not known. "
        )
    )
    return {"2016-2020": Words(code.vi + LIKE_LATER.vi, code.en + LIKE_LATER.en), "2021+": NUMBER_UNREAD}
