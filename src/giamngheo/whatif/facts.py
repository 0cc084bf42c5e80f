"""The households and members of a round as the rules read them, out of the snapshot in force."""

from dataclasses import dataclass
from functools import lru_cache

import ibis
import pyarrow as pa
import pyarrow.compute as pc

from giamngheo.warehouse.snapshot import Snapshot
from giamngheo.warehouse.tables import tables
from giamngheo.whatif.errors import NoRoundError

PLACES = ("village", "commune", "district")
#: Columns of the verdicts that say where and who a household is, and how it was judged.
_KEPT = (*PLACES, "area_type", "ethnic", "klass", "basis")


@dataclass(frozen=True)
class Facts:
    """`households`: `household` (a number of ours), `on`, the facts, and the columns of verdicts kept; `members` theirs.

    `village`, `commune` and `district` are the units' own numbers; `at_village` and so on their codes, as area lists name them.
    """

    households: pa.Table
    members: pa.Table

    def of(self, kept: pa.Array | pa.ChunkedArray) -> "Facts":
        """Those households alone for which the mask holds."""
        households = self.households.filter(kept)
        mine = pc.is_in(self.members["household"], value_set=households["household"].combine_chunks())
        return Facts(households, self.members.filter(mine))


@lru_cache(maxsize=1)
def facts_of(snapshot: Snapshot, year: int) -> tuple[Facts, str]:
    """Everybody interviewed in the annual round of a year, and the standard it was judged by. Raises NoRoundError.

    The last one asked for stays in memory (some hundred MB for a province), for trials come in rows.
    """
    rounds = [r for r in snapshot.rounds if r["year"] == year and r["kind"] == "annual" and r["standards"]]
    if not rounds:
        raise NoRoundError(year=year)
    round_ = rounds[0]
    database = ibis.duckdb.connect()
    names = {}
    for name in ("verdicts", "households", "members"):
        table = snapshot.table(name, database)
        names[name] = table.filter(table.year == year, table["round"] == round_["round"])
    judged = names["verdicts"].filter(ibis._.standard == round_["standard"], ibis._.outcome == "met")
    own = [c.name for c in tables()["households"].columns[4:] if c.name not in (*_KEPT, "persons")]
    told = names["households"].select("household", *own)
    numbered = judged.select("household", "persons", *_KEPT, on=ibis._.visited_on).order_by("household")
    homes = numbered.mutate(number=ibis.row_number().cast("int64")).join(told, "household")
    held = homes.cache()
    people = names["members"].inner_join(held.select("household", "number"), "household")
    facts = [c.name for c in tables()["members"].columns[4:]]
    members = people.select(*facts, household=people.number).to_pyarrow()
    households = held.drop("household").rename(household="number").to_pyarrow()
    return Facts(_with_codes(households, snapshot), members), round_["standard"]


def _with_codes(households: pa.Table, snapshot: Snapshot) -> pa.Table:
    units = snapshot.table("units").select("unit", "code").to_pyarrow().combine_chunks()
    for place in PLACES:
        found = pc.index_in(households[place], value_set=units["unit"].combine_chunks().cast(pa.int64()))
        households = households.append_column(f"at_{place}", units["code"].take(found))
    return households
