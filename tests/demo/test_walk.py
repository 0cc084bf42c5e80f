"""The workbook for trying the import: its wrong cells, and only those, are refused."""

from collections.abc import Callable
from contextlib import AbstractContextManager
from pathlib import Path

import pytest

from giamngheo.access.models import User
from giamngheo.areas.models import Level, Unit
from giamngheo.demo.walk import export_template_rows
from giamngheo.surveys.imports.actions import check, receive
from giamngheo.surveys.models import Import, Round
from tests.conftest import Cast

Acting = Callable[[User | None], AbstractContextManager[None]]


@pytest.mark.parametrize(("wrong", "state"), [(0, Import.State.CHECKED), (20, Import.State.REFUSED)])
def test_as_many_rows_are_wrong_as_were_made_wrong(
    own_database: str, tmp_path: Path, cast: Cast, acting: Acting, wrong: int, state: str
) -> None:
    path = tmp_path / "tua-sin-chai.xlsx"
    with acting(cast.officer):
        round_ = Round.objects.get(year=2021)
        commune = Unit.objects.get(code="03541", level=Level.COMMUNE, valid_to__year=2025)
        slips = export_template_rows(path, round_, commune, households=120, wrong=wrong, seen_by=cast.officer)
        of = receive(round=round_, file_name=path.name, blocks=[path.read_bytes()], by=cast.officer)
    check(of.pk, by=cast.officer)
    with acting(cast.officer):
        of.refresh_from_db()
        found = {(p.sheet, p.row) for p in of.problems.filter(warning=False)}
    assert len(slips) == wrong
    assert found >= {(slip.sheet, slip.row) for slip in slips}
    assert len(found) == wrong
    assert of.state == state
