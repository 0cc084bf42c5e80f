"""What leaves a snapshot is cut to the person before anything is counted."""

from collections.abc import Callable
from contextlib import AbstractContextManager

import pytest

from giamngheo.access.models import User
from giamngheo.warehouse import access
from giamngheo.warehouse.snapshot import Snapshot
from tests.conftest import Cast

Acting = Callable[[User | None], AbstractContextManager[None]]
TABLES = ("verdicts", "households", "members", "recognitions", "entitlements", "deliveries")


def households(warehouse: Snapshot, table: str, person: User, acting: Acting) -> set[str]:
    with acting(person):
        rows = access.rows(warehouse, table, seen_by=person)
        return set(rows.select("household").distinct().to_pyarrow()["household"].to_pylist())


@pytest.mark.parametrize("table", TABLES)
def test_rows_are_those_of_the_area_of_the_person(
    warehouse: Snapshot, cast: Cast, acting: Acting, table: str
) -> None:
    seen = {
        name: households(warehouse, table, getattr(cast, name), acting)
        for name in ("head", "officer", "other_officer", "province", "leader", "admin")
    }
    assert seen["head"] < seen["officer"] < seen["province"]
    assert seen["other_officer"] and not seen["other_officer"] & seen["officer"]
    assert not seen["leader"] and not seen["admin"]


def test_cells_are_those_of_the_units_whose_figures_the_person_sees(
    warehouse: Snapshot, cast: Cast, acting: Acting
) -> None:
    round_ = next(r for r in warehouse.rounds if r["year"] == 2020)["round"]
    sizes, communes = {}, {}
    for name in ("head", "officer", "district", "province", "leader"):
        person = getattr(cast, name)
        with acting(person):
            cells = access.cells(warehouse, access.seen(round_, "2016-2020", seen_by=person))
        sizes[name] = len(set(cells["village"].to_pylist()))
        communes[name] = set(cells["commune"].to_pylist())
    assert sizes["head"] == 1 < sizes["officer"] < sizes["district"] < sizes["province"]
    assert communes["leader"] == communes["province"]
    assert sizes["leader"] == len(communes["leader"]), "public figures tell communes, not villages"
