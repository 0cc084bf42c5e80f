"""How households moved between the lists of a year: stayed, escaped, fell back, newly arose, came, left.

The kinds are those of the official flow tables of poor and near-poor households (TT 17/2016 Art. 2 for the words,
Phụ lục VII of TT 07/2021 for the columns):

    at the start   at the end   movement                                            columns (poor; near-poor)
    poor           poor         stayed_poor
    poor           near_poor    poor_to_near_poor                                   2; 5
    poor           none         poor_escaped                                        3
    poor           gone         poor_left                                           4
    near_poor      poor         near_poor_to_poor                                   5; 3
    near_poor      near_poor    stayed_near_poor
    near_poor      none         near_poor_escaped                                   2
    near_poor      gone         near_poor_left                                      4
    none           poor         poor_fell_back, or poor_new                         6 or 7
    none           near_poor    near_poor_fell_back, or near_poor_new               6 or 7
    elsewhere      poor         poor_arrived                                        8
    elsewhere      near_poor    near_poor_arrived                                   8
    anything else               none

"Elsewhere" is a household that was not in the register at the start and whose coming has a reason (moved in, split,
merged). Without one it was there and only not recorded, so it counts as none. A household that moved within the
province has two rows, one at each place. It fell back if it was recognised as escaped from that very list, at most
`look_back` years before; the law gives no length, so it is asked of the caller.
"""

from collections.abc import Mapping

import ibis
import ibis.expr.types as ir

LISTS = ("poor", "near_poor")
NOT_LISTED = "none"

_MOVES: Mapping[tuple[str, str], str] = {
    ("poor", "poor"): "stayed_poor",
    ("poor", "near_poor"): "poor_to_near_poor",
    ("poor", "none"): "poor_escaped",
    ("poor", "gone"): "poor_left",
    ("near_poor", "poor"): "near_poor_to_poor",
    ("near_poor", "near_poor"): "stayed_near_poor",
    ("near_poor", "none"): "near_poor_escaped",
    ("near_poor", "gone"): "near_poor_left",
    ("elsewhere", "poor"): "poor_arrived",
    ("elsewhere", "near_poor"): "near_poor_arrived",
}
#: Columns 2 to 8 of each list's flow table: three ways out (the last is "other"), then four ways in (the last likewise).
FLOWS: Mapping[str, tuple[str, ...]] = {
    "poor": (
        "poor_to_near_poor", "poor_escaped", "poor_left",
        "near_poor_to_poor", "poor_fell_back", "poor_new", "poor_arrived",
    ),
    "near_poor": (
        "near_poor_escaped", "near_poor_to_poor", "near_poor_left",
        "poor_to_near_poor", "near_poor_fell_back", "near_poor_new", "near_poor_arrived",
    ),
}  # fmt: skip
KINDS = tuple(dict.fromkeys(["stayed_poor", "stayed_near_poor", *FLOWS["poor"], *FLOWS["near_poor"], "none"]))
#: Places in FLOWS of the two columns "other", which also take the persons by whom households grew or shrank.
OTHER_OUT, OTHER_IN = 2, 6


def movement(snapshot: ir.Table, *, year: int, look_back: int | None) -> ir.Table:
    """The snapshot with what each household did in `year`, and with how many persons.

    Reads `before` and `after` ('poor' | 'near_poor' | 'none' | null: not there), `came_why`, `last_escaped_year`,
    `last_near_escaped_year`, `persons_before`, `persons`. `look_back` in years; None: however long ago. Adds

        movement       a word of KINDS
        persons_start, persons_end   of the household at either end, 0 where it was not there; a size not known at
                       the start is taken from the end
        kept           the persons that went the household's way: at the start for one that leaves the lists, at the
                       end for one that enters, and those of both ends for one that is on a list at both
        lost, gained   by how many persons a household on a list at both ends shrank or grew. They belong to the
                       columns "other" (4 of the list it was on, 8 of the list it is on), so that the persons' sum
                       holds, and that a crossing has the same persons in both tables
    """
    was = ibis.cases(
        (snapshot.before.notnull(), snapshot.before.cast("string")),
        (snapshot.came_why.notnull(), "elsewhere"),
        else_=NOT_LISTED,
    )
    there = snapshot.after.notnull()
    size_before = ibis.coalesce(snapshot.persons_before, snapshot.persons, 0).cast("int32")
    moved = snapshot.mutate(
        _was=was,
        _is=ibis.ifelse(there, snapshot.after.cast("string"), "gone"),
        persons_start=ibis.ifelse(snapshot.before.notnull(), size_before, 0).cast("int32"),
        persons_end=ibis.ifelse(there, snapshot.persons.fill_null(0), 0).cast("int32"),
    )
    moved = moved.mutate(
        movement=_kind(moved, year, look_back),
        _listed_before=moved._was.isin(LISTS),
        _listed_after=moved._is.isin(LISTS),
    )
    return _with_persons(moved).drop("_was", "_is", "_listed_before", "_listed_after")


def _kind(moved: ir.Table, year: int, look_back: int | None) -> ir.StringValue:
    arms = [((moved._was == was) & (moved._is == now), kind) for (was, now), kind in _MOVES.items()]
    escapes = {"poor": moved.last_escaped_year, "near_poor": moved.last_near_escaped_year}
    for now, escaped in escapes.items():
        entered = (moved._was == NOT_LISTED) & (moved._is == now)
        arms.append((entered & _recently(escaped, year, look_back), f"{now}_fell_back"))
        arms.append((entered, f"{now}_new"))
    return ibis.cases(*arms, else_="none")


def _recently(escaped: ir.IntegerValue, year: int, look_back: int | None) -> ir.BooleanValue:
    earliest = -1 if look_back is None else year - look_back
    return escaped.cast("int32").between(earliest, year).fill_null(False)


def _with_persons(moved: ir.Table) -> ir.Table:
    start, end = moved.persons_start, moved.persons_end
    both = moved._listed_before & moved._listed_after
    kept = ibis.cases(
        (both, ibis.least(start, end)),
        (moved._listed_before, start),
        (moved._listed_after, end),
        else_=0,
    )
    return moved.mutate(
        kept=kept.cast("int32"),
        lost=ibis.ifelse(both & (start > end), start - end, 0).cast("int32"),
        gained=ibis.ifelse(both & (end > start), end - start, 0).cast("int32"),
    )


def flow(moved: ir.Table, listed: str) -> tuple[tuple[ir.IntegerValue, ir.IntegerValue], ...]:
    """Columns 1 to 9 of the flow table of `listed` ('poor' | 'near_poor') as (households, persons) of each row.

    Column 9 is counted at the end of the year, not summed up from the others, so that the identity
    9 = 1-2-3-4+5+6+7+8 is a check and no definition.
    """
    at_start, at_end = _so(moved.before == listed), _so(moved.after == listed)
    columns = [(at_start, at_start * moved.persons_start)]
    for place, kind in enumerate(FLOWS[listed]):
        went = _so(moved.movement == kind)
        persons = went * moved.kept
        if place == OTHER_OUT:
            persons = persons + at_start * moved.lost
        elif place == OTHER_IN:
            persons = persons + at_end * moved.gained
        columns.append((went, persons))
    return (*columns, (at_end, at_end * moved.persons_end))


def _so(condition: ir.BooleanValue) -> ir.IntegerValue:
    return condition.fill_null(False).cast("int32")
