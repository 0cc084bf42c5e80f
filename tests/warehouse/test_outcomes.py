"""What became of the households of a round: of pools everything stands for five or more, beside the cube of the same round."""

import pyarrow as pa
import pyarrow.compute as pc
import pytest

from giamngheo.surveys.models import POOR
from giamngheo.warehouse import cubes, outcomes
from giamngheo.warehouse.disclosure import LEAST
from giamngheo.warehouse.panel import POOR_STATE, most_followed
from giamngheo.warehouse.snapshot import Snapshot


def test_nothing_of_pools_stands_for_fewer_than_five_or_names_a_household(warehouse: Snapshot) -> None:
    rounds = most_followed(warehouse.rounds)
    assert rounds
    spells = outcomes.escapes(warehouse, rounds.standard, public=True)
    assert spells.num_rows and pc.min(spells["many"]).as_py() >= LEAST
    for year in outcomes.years_reached(warehouse):
        cells = outcomes.reached(warehouse, year, public=True)
        assert cells.num_rows and pc.min(cells["many"]).as_py() >= LEAST
        villages = set(zip(cells["commune"].to_pylist(), cells["village"].to_pylist(), strict=True))
        assert len(villages) == len({commune for commune, _village in villages})
        assert {str(cells.schema.field(name).type) for name in ("many", "squares", "amount")} == {"int64"}
        assert "household" not in {*cells.column_names, *spells.column_names}


@pytest.mark.parametrize("public", [False, True])
def test_a_policy_reaches_the_households_the_cube_counts(warehouse: Snapshot, public: bool) -> None:
    """Pools of what became of a round are the pools of its cube: the same poor, whichever of the two is asked."""
    for year in outcomes.years_reached(warehouse):
        before = outcomes.round_before(warehouse.rounds, year)
        assert before
        cells = outcomes.reached(warehouse, year, public=public)
        file = cubes.file_of(warehouse.path, before.by_year[year - 1], before.standard, public=public)
        counted = cubes.read(file)
        for policy in set(cells["policy"].to_pylist()):
            mine = cells.filter(pc.equal(cells["policy"], policy))
            there = pc.is_in(counted["commune"], value_set=mine["commune"].combine_chunks())
            poor = pc.is_in(counted["klass"].cast("string"), value_set=pa.array([str(k) for k in POOR]))
            wanted = pc.sum(counted.filter(pc.and_(there, poor))["households"]).as_py()
            assert pc.sum(mine.filter(pc.equal(mine["state"], POOR_STATE))["many"]).as_py() == wanted
