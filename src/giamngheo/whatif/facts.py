"""The households and members of a round as the rules read them, out of the snapshot in force."""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

import ibis
import ibis.expr.types as ir
import pyarrow as pa
import pyarrow.compute as pc

from giamngheo.warehouse.kept import kept
from giamngheo.warehouse.snapshot import Snapshot
from giamngheo.warehouse.tables import tables
from giamngheo.whatif.errors import NoRoundError

PLACES = ("village", "commune", "district")
#: Columns of the verdicts that say where and who a household is, and how it was judged.
_KEPT = (*PLACES, "area_type", "ethnic", "klass", "basis")


@dataclass(frozen=True)
class Facts:
    """`households`: `household` (a number of ours), `key` (the register's), `on`, the facts, and the columns of verdicts kept;
    `members` theirs.

    `village`, `commune` and `district` are the units' own numbers; `at_village` and so on their codes, as area lists name them.
    """

    households: pa.Table
    members: pa.Table

    def of(self, kept: pa.Array | pa.ChunkedArray) -> "Facts":
        """Those households alone for which the mask holds."""
        if pc.all(kept).as_py():
            return self
        households = self.households.filter(kept)
        mine = pc.is_in(self.members["household"], value_set=households["household"].combine_chunks())
        return Facts(households, self.members.filter(mine))


@lru_cache(maxsize=1)
def facts_of(snapshot: Snapshot, year: int) -> tuple[Facts, str]:
    """Everybody interviewed in the annual round of a year, and the standard it was judged by. Raises NoRoundError.

    They are put together once a snapshot; the last ones asked for stay in memory (some hundred MB for a province), for
    trials come in rows.
    """
    rounds = [r for r in snapshot.rounds if r["year"] == year and r["kind"] == "annual" and r["standards"]]
    if not rounds:
        raise NoRoundError(year=year)
    round_ = rounds[0]
    households = kept(snapshot, f"trial1households{round_['round']}", lambda: _households(snapshot, round_))
    members = kept(
        snapshot, f"trial1members{round_['round']}", lambda: _members(snapshot, round_, households)
    )
    return Facts(households, members), round_["standard"]


def _households(snapshot: Snapshot, round_: Mapping[str, Any]) -> pa.Table:
    """The households met, numbered."""
    database = ibis.duckdb.connect()
    judged = _of_round(snapshot, "verdicts", round_, database)
    judged = judged.filter(ibis._.standard == round_["standard"], ibis._.outcome == "met")
    own = [c.name for c in tables()["households"].columns[4:] if c.name not in (*_KEPT, "persons")]
    told = _of_round(snapshot, "households", round_, database).select("household", *own)
    numbered = judged.select("household", "persons", *_KEPT, on=ibis._.visited_on).order_by("household")
    homes = numbered.mutate(number=ibis.row_number().cast("int64")).join(told, "household")
    return _with_codes(homes.rename(key="household").rename(household="number").to_pyarrow(), snapshot)


def _members(snapshot: Snapshot, round_: Mapping[str, Any], households: pa.Table) -> pa.Table:
    people = _of_round(snapshot, "members", round_, ibis.duckdb.connect())
    numbers = ibis.memtable(households.select(["key", "household"])).rename(number="household")
    facts = [c.name for c in tables()["members"].columns[4:]]
    mine = people.inner_join(numbers, people.household == numbers.key)
    return mine.select(*facts, household=mine.number).to_pyarrow()


def _of_round(
    snapshot: Snapshot, name: str, round_: Mapping[str, Any], database: ibis.BaseBackend
) -> ir.Table:
    table = snapshot.table(name, database)
    return table.filter(table.year == round_["year"], table["round"] == round_["round"])


def _with_codes(households: pa.Table, snapshot: Snapshot) -> pa.Table:
    units = snapshot.table("units").select("unit", "code").to_pyarrow().combine_chunks()
    for place in PLACES:
        found = pc.index_in(households[place], value_set=units["unit"].combine_chunks().cast(pa.int64()))
        households = households.append_column(f"at_{place}", units["code"].take(found))
    return households
