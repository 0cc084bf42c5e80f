"""Measures of income per head over the households whose income is known, read by whoever may see every one of them.

Most households are judged by points and nobody asks what they earn: those are left out and counted, so that a reader
knows how little or how much a figure rests on. The line is the income poverty line of the standard, rural or urban,
"up to" included; money is in đồng per person per month. Formulas and papers: measures/money.py, measures/inequality.py.
"""

from typing import Any

import ibis
import ibis.expr.types as ir
import pyarrow as pa
import pyarrow.compute as pc

from giamngheo.access.models import User
from giamngheo.measures import results
from giamngheo.measures.inequality import inequality
from giamngheo.measures.money import poverty
from giamngheo.rules.standards import standards
from giamngheo.surveys.models import Visit
from giamngheo.warehouse import access
from giamngheo.warehouse.errors import IncomesNotSeenError
from giamngheo.warehouse.snapshot import Snapshot

POVERTY = ("FGT0", "FGT1", "FGT2", "gap_of_poor")
KEPT = ("village", "area_type", "ethnic", "persons", "income")


def households(
    snapshot: Snapshot, round_: dict[str, Any], standard: str, villages: list[int], *, seen_by: User
) -> pa.Table:
    """Who was met in a round in some villages: village, area_type, ethnic, persons, income (null where not known).

    Raises IncomesNotSeenError where some of them are not the person's to see.
    """

    def asked(verdicts: ir.Table) -> ir.Table:
        of_round = (verdicts.year == round_["year"]) & (verdicts["round"] == round_["round"])
        met = (verdicts.standard == standard) & (verdicts.outcome == str(Visit.Outcome.MET))
        return verdicts.filter(of_round & met).select(*KEPT)

    inside = pa.array(villages, pa.int64())
    all_there = asked(snapshot.table("verdicts")).select("village").to_pyarrow()
    seen = asked(access.rows(snapshot, "verdicts", seen_by=seen_by)).to_pyarrow()
    mine = seen.filter(pc.is_in(seen["village"], value_set=inside))
    if mine.num_rows != pc.sum(pc.is_in(all_there["village"], value_set=inside)).as_py():
        raise IncomesNotSeenError
    return mine


def measured(
    rows: pa.Table, measure: str, standard: str, *, grouped: bool, persons: bool
) -> tuple[list[tuple[str, float | None, int]], int]:
    """(group, estimate, households) of everyone ('') and, if grouped, of each value of `group`; how many are left out, income unknown."""
    known = rows.filter(pc.is_valid(rows["income"]))
    dropped = rows.num_rows - known.num_rows
    if known.num_rows == 0:
        return [], dropped
    law = standards()[standard]
    lines = [law.lines[kind].lower.value for kind in known["area_type"].to_pylist()]
    table = ibis.memtable(known.append_column("line", pa.array(lines, pa.int64())))
    by, weight = ("group",) if grouped else (), "persons" if persons else None
    if measure in POVERTY:
        made = poverty(table, "income", "line", by=by, weight=weight)
    else:
        made = inequality(table, "income", by=by, weight=weight, aversion=(), quantiles=(("90%", "10%"),))
    found = [
        ("" if one["subgroup"] == results.ALL else one["subgroup"], one["estimate"], one["n"])
        for one in results.only(made, measure=measure)
    ]
    return found, dropped
