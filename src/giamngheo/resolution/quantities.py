"""What the register can count for an indicator: each quantity a column expression over judged households, summed in one pass.

The table is `verdicts` of a snapshot joined with, per household and round, how many members answered about health
insurance (`asked`) and have it (`insured`). A quantity is a number every household has; unknown is not counted.
"""

from collections.abc import Callable, Mapping
from functools import cache
from typing import TYPE_CHECKING

import ibis
import ibis.expr.types as ir

from giamngheo.rules.standards import standards

if TYPE_CHECKING:  # the law is checked where no database is set up
    from giamngheo.warehouse.snapshot import Snapshot

POOR = ("poor_income", "poor_deprivation", "poor")
KNOWN = (*POOR, "near_poor", "average", "none")
Quantity = Callable[[ir.Table], ir.Value]
#: By which the sums of a snapshot are kept: villages outlive mergers, so any area is a sum of villages.
BY = ("year", "standard", "village", "ethnic")


@cache
def quantities() -> Mapping[str, Quantity]:
    """Every quantity by name; `law/indicators` names them under `measure`."""
    found: dict[str, Quantity] = {
        "known": lambda t: t.klass.isin(KNOWN),
        "poor": _poor,
        "near_poor": lambda t: t.klass == "near_poor",
        "income_of_poor": lambda t: ibis.ifelse(_poor(t), t.income * t.persons, 0),
        "persons_of_poor_with_income": lambda t: ibis.ifelse(_poor(t) & t.income.notnull(), t.persons, 0),
        "insured_poor_or_near_poor": lambda t: ibis.ifelse(_listed(t), t.insured, 0),
        "answered_poor_or_near_poor": lambda t: ibis.ifelse(_listed(t), t.asked, 0),
    }
    codes = {indicator.code for standard in standards().values() for indicator in standard.indicators}
    for code in sorted(codes):
        found[f"poor_lacking_{code}"] = _lacking(code)
        found[f"poor_answered_{code}"] = _answered(code)
    return found


def _poor(t: ir.Table) -> ir.BooleanValue:
    return t.klass.isin(POOR)


def _listed(t: ir.Table) -> ir.BooleanValue:
    return t.klass.isin((*POOR, "near_poor"))


def _lacking(code: str) -> Quantity:
    return lambda t: _poor(t) & t[f"lacks_{code}"]


def _answered(code: str) -> Quantity:
    return lambda t: _poor(t) & t[f"lacks_{code}"].notnull()


def sums(snapshot: "Snapshot", names: list[str]) -> ir.Table:
    """The quantities summed by year, standard, village and ethnic group of the head, over the annual rounds."""
    database = ibis.duckdb.connect()
    rounds = snapshot.table("rounds", database).filter(ibis._.kind == "annual")
    verdicts = snapshot.table("verdicts", database).filter(ibis._.standard.notnull())
    annual = verdicts.semi_join(rounds, "round")
    if any(name.startswith(("insured", "answered")) for name in names):
        members = snapshot.table("members", database)
        insured = members.group_by("round", "household").agg(
            asked=members.health_insurance.count(), insured=members.health_insurance.cast("int").sum()
        )
        # Only households on a list are asked about; joining them alone is what keeps this one pass short.
        listed = annual.filter(_listed(annual)).select("round", "household").distinct()
        wanted = insured.semi_join(listed, ["round", "household"])
        annual = annual.left_join(wanted, ["round", "household"])
    totals = {name: quantities()[name](annual).cast("int64").sum().fill_null(0) for name in names}
    return annual.group_by([annual.year, annual.standard, annual.village, annual.ethnic.fill_null("").name("ethnic")]).agg(**totals)  # fmt: skip
