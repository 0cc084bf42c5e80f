"""Every figure of every unit: the households counted village by village in one query, then summed up the units."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from operator import add

import ibis
import ibis.expr.types as ir
import pyarrow as pa
import pyarrow.compute as pc

from giamngheo.measures.movement import LISTS, movement
from giamngheo.reports.official.errors import HomelessError, SnapshotError
from giamngheo.reports.official.forms import ALL_GROUPS, forms_of
from giamngheo.reports.official.forms._form import UNKNOWN_GROUP, Quantities
from giamngheo.reports.official.report import WHOLE, Basis, Units
from giamngheo.rules import engine

#: The snapshot of a round, one row per household and place; other columns are left alone. The classes of `before` and
#: `after` are those of measures/movement.py; `after_class` is the class of the verdict; `pattern` as in rules/verdict.py.
SNAPSHOT: Mapping[str, str] = {
    "household": "int64", "village": "int64", "area_type": "string", "ethnic": "string", "persons": "int16",
    "persons_before": "int16", "female_head": "boolean", "before": "string", "after": "string",
    "after_class": "string", "gone_why": "string", "came_why": "string", "last_escaped_year": "int16",
    "last_near_escaped_year": "int16", "pattern": "string", "no_labour": "boolean", "merit": "boolean",
    "causes": "array<string>", "children": "int16", "children_health_deprived": "int16",
    "children_education_deprived": "int16",
}  # fmt: skip
_ARROW = {
    "int64": pa.int64(), "int16": pa.int16(), "string": pa.string(), "boolean": pa.bool_(),
    "array<string>": pa.list_(pa.string()),
}  # fmt: skip
_compiled: dict[tuple[object, ...], tuple[tuple[str, ...], str]] = {}


@dataclass(frozen=True)
class Figures:
    """The sum of every quantity over every unit and its urban and rural part."""

    units: Units
    basis: Basis
    #: the place of each quantity in the lists of `sums`
    index: Mapping[str, int]
    #: by unit and area; a unit or part without households is not in it
    sums: Mapping[tuple[int, str], list[int]]

    def of(self, unit: int, area: str = WHOLE) -> list[int]:
        """The sums of a unit or its part, noughts where it has no household."""
        return self.sums.get((unit, area)) or [0] * len(self.index)

    def one(self, quantity: str, unit: int, area: str = WHOLE) -> int:
        """One figure."""
        return self.of(unit, area)[self.index[quantity]]

    def groups(self, unit: int) -> tuple[str, ...]:
        """The ethnic groups there are among the poor and near-poor of a unit; 'unknown' may be one."""
        sums = self.of(unit)
        return tuple(
            group
            for group in self.basis.groups
            if any(sums[self.index[f"{name}.ethnic.{group}"]] for name in LISTS)
        )


def gather(snapshot: pa.Table, units: Units, basis: Basis) -> Figures:
    """Count a round's snapshot (columns of SNAPSHOT) for every unit of the geography.

    Raises SnapshotError where columns are missing, HomelessError where a household's village is not among the units.
    """
    table = typed(snapshot)
    basis = replace(basis, groups=_groups(table))
    names, sql = _sql(basis)
    with engine.cursor() as database:
        database.register("snapshot", table)
        rows = database.execute(sql).fetchall()
    strangers = [row for row in rows if row[0] not in units.by_id]
    if strangers:
        villages = ", ".join(str(row[0]) for row in strangers[:5])
        raise HomelessError(count=sum(row[2] for row in strangers), villages=villages)
    return Figures(units, basis, {name: place for place, name in enumerate(names)}, _summed(rows, units))


def typed(snapshot: pa.Table) -> pa.Table:
    """The columns of the snapshot with their types, a wholly empty one included."""
    missing = [name for name in SNAPSHOT if name not in snapshot.column_names]
    if missing:
        raise SnapshotError(columns=", ".join(missing))
    columns = {}
    for name, kind in SNAPSHOT.items():
        column = snapshot.column(name)
        columns[name] = column if column.type == _ARROW[kind] else column.cast(_ARROW[kind])
    return pa.table(columns)


def unbound() -> ir.Table:
    """The snapshot as a table for expressions."""
    return ibis.table(dict(SNAPSHOT), name="snapshot")


def quantities(moved: ir.Table, basis: Basis) -> Quantities:
    """The quantities of all forms of the basis' generation, over the snapshot with its movement."""
    found: Quantities = {}
    for form in forms_of(basis.generation):
        found |= form.quantities(moved, basis)
    return found


def _groups(table: pa.Table) -> tuple[str, ...]:
    listed = table.filter(pc.is_in(table["after"], value_set=pa.array(LISTS)))
    there = set(pc.unique(listed["ethnic"]).to_pylist())
    return tuple(group for group in ALL_GROUPS if group in there or group == UNKNOWN_GROUP)


def _sql(basis: Basis) -> tuple[tuple[str, ...], str]:
    """The names of the quantities, and the query for village, area, number of rows and their sums, in that order."""
    key = (basis.standard.content_hash, basis.year, basis.look_back, basis.generation, basis.groups)
    if key not in _compiled:
        moved = movement(unbound(), year=basis.year, look_back=basis.look_back)
        wanted = quantities(moved, basis)
        sums = {f"q{place}": value.sum().cast("int64") for place, value in enumerate(wanted.values())}
        grouped = moved.group_by("village", "area_type").aggregate(rows=moved.count(), **sums)
        _compiled[key] = (tuple(wanted), str(ibis.to_sql(grouped, dialect="duckdb", pretty=False)))
    return _compiled[key]


def _summed(rows: list[tuple[object, ...]], units: Units) -> dict[tuple[int, str], list[int]]:
    """From the villages up, each level added to the one above it."""
    sums: dict[tuple[int, str], list[int]] = {}

    def take(unit: int, area: str, more: list[int]) -> None:
        before = sums.get((unit, area))
        sums[unit, area] = list(map(add, before, more)) if before else more

    for village, area, _, *figures in rows:
        take(village, area or "?", figures)  # type: ignore[arg-type]
        take(village, WHOLE, figures)  # type: ignore[arg-type]
    for unit in sorted(units.by_id.values(), key=lambda unit: -unit.level):
        if unit.parent in units.by_id:
            for area in (WHOLE, "urban", "rural"):
                if (unit.id, area) in sums:
                    take(unit.parent, area, sums[unit.id, area])
    return sums
