"""Series taken away and read again by the library: nothing is lost, every code is known, the structure is a valid one."""

import csv
import datetime as dt
import io
from collections.abc import Callable
from pathlib import Path

import pytest
from django.test import Client
from pysdmx.io import get_datasets, read_sdmx
from pysdmx.model import DataStructureDefinition

from giamngheo.access.models import User
from giamngheo.access.scope import acting_as
from giamngheo.areas.models import Unit
from giamngheo.areas.queries import units_on
from giamngheo.base.sheets import open_workbook
from giamngheo.reports.exchange import sdmx, tables
from giamngheo.reports.exchange.status import status_of
from giamngheo.resolution.clauses import resolutions
from giamngheo.resolution.indicators import indicators
from giamngheo.resolution.series import SeriesRow, series_rows, side_by_side
from tests.conftest import Cast
from tests.warehouse.conftest import at_home, warehouse

__all__ = ["at_home", "warehouse"]

pytestmark = [pytest.mark.django_db(databases=["default", "owner"]), pytest.mark.usefixtures("at_home")]
ON = dt.date(2020, 12, 31)
CODES = ("12", "108", "03541")
SignIn = Callable[[User], Client]
Told = tuple[list[Unit], list[SeriesRow]]


@pytest.fixture
def told(cast: Cast) -> Told:
    with acting_as(cast.leader):
        found = units_on(CODES, ON)
        units = [found[code] for code in CODES]
        every = list(indicators().values())
        rows = series_rows(resolutions()["lai-chau-2016-2020"], every, units, on=ON, seen_by=cast.leader)
    return units, rows


def test_sdmx_is_read_again_by_the_library_with_every_figure_and_only_known_codes(told: Told) -> None:
    units, rows = told
    made_at = dt.datetime(2021, 10, 15, tzinfo=dt.UTC)
    (dataset,) = get_datasets(sdmx.data(rows, units), sdmx.definition(units, made_at=made_at), validate=True)
    read = dataset.data.to_dict("records")  # type: ignore[attr-defined]
    assert [(r["REF_AREA"], r["INDICATOR"], float(r["OBS_VALUE"]), r["OBS_STATUS"], r["CONFIDENCE"], r["SOURCE"]) for r in read] == [
        (f"VN{row.unit.code}", row.indicator.slug, row.actual.value, status_of(row.actual), row.actual.confidence, row.actual.source.vi) for row in rows
    ]  # fmt: skip
    dimensions = [c.id for c in dataset.structure.components.dimensions]  # type: ignore[union-attr]
    keys = [tuple(r[name] for name in dimensions) for r in read]
    assert len(set(keys)) == len(rows) > 100
    for component in dataset.structure.components:  # type: ignore[union-attr]
        if component.enumeration:
            assert {r[component.id] for r in read} <= {code.id for code in component.enumeration}, (
                component.id
            )


def test_the_structure_is_valid_by_the_schema_of_the_standard(told: Told) -> None:
    text = sdmx.definition(told[0], made_at=dt.datetime(2021, 10, 15, tzinfo=dt.UTC))
    message = read_sdmx(text, validate=True)
    (definition,) = [s for s in message.structures or () if isinstance(s, DataStructureDefinition)]
    assert [c.id for c in definition.components] == list(sdmx._COMPONENTS)
    assert all(
        c.enumeration for c in definition.components if c.id in ("REF_AREA", "OBS_STATUS", "INDICATOR")
    )


def test_a_structure_that_is_none_is_refused(told: Told) -> None:
    text = sdmx.definition(told[0], made_at=dt.datetime(2021, 10, 15, tzinfo=dt.UTC))
    with pytest.raises(Exception, match=r"dataStructureComponents|required|valid"):
        read_sdmx(text.replace('"dimensionList"', '"dimensionsList"'), validate=True)


def test_contradicting_sources_are_both_kept_and_neither_counts_as_sure(told: Told) -> None:
    both = [
        r
        for r in told[1]
        if (r.indicator.slug, r.unit.code, r.actual.span.text, r.actual.origin)
        == ("poor-rate", "12", "2015", "published")
    ]
    assert [(r.place, r.actual.value, status_of(r.actual)) for r in both] == [(1, 40.40, "A"), (2, 36.9, "U")]
    spans = [r for r in told[1] if r.actual.span.kind == "span"]
    assert spans and all(sdmx._period(r.actual.span) == "2016-01-01/P35M" for r in spans)


def test_tables_hold_every_figure_with_where_it_is_from(told: Told, tmp_path: Path) -> None:
    units, rows = told
    read = list(csv.DictReader(io.StringIO(tables.csv(rows).lstrip("\ufeff"))))
    assert len(read) == len(rows)
    assert all(line["Nguồn"] and line["Mức tin"] and line["Từ đâu"] for line in read)
    compared = tables.compared(side_by_side(rows, units, 2020), units)
    tables.xlsx(tmp_path / "a.xlsx", rows, tables.notes(ON, synthetic=True), compared)
    with open_workbook(tmp_path / "a.xlsx") as book:
        assert book.sheet_names == ["So sánh", "Chuỗi số", "Ghi chú"]
        assert sum(1 for _ in book.rows("Chuỗi số")) == len(rows) + 1
        assert any("mô phỏng" in str(row.cells[0]) for row in book.rows("Ghi chú"))


def test_side_by_side_takes_the_figure_of_the_year_or_the_last_before(told: Told) -> None:
    units, rows = told
    for year in (2017, 2020):
        (poor,) = [s for s in side_by_side(rows, units, year) if s.indicator.slug == "poor-rate"]
        assert all(f and f.span.last.year == year and f.origin == "register" for f in poor.figures)
    assert side_by_side(rows, units, 2005) == []


@pytest.mark.parametrize("kind", ["csv", "xlsx", "sdmx.csv", "sdmx.json"])
def test_files_lie_at_addresses_that_stay_for_those_who_may_see_the_figures(cast: Cast, signed_in: SignIn, kind: str) -> None:  # fmt: skip
    client = signed_in(cast.leader)
    answer = client.get(f"/chuoi-so/tep.{kind}?don-vi=12&cap=2&chi-so=poor-rate")
    assert answer.status_code == 200
    assert len(answer.content) > 500
    client = signed_in(cast.officer)
    assert client.get(f"/chuoi-so/tep.{kind}?don-vi=03541").status_code == 200
    for other in ("12", "108", "03442"):
        assert client.get(f"/chuoi-so/tep.{kind}?don-vi={other}").status_code == 404
    assert signed_in(cast.admin).get(f"/chuoi-so/tep.{kind}").status_code == 404


def test_units_stand_side_by_side_with_an_answer_a_picture_and_a_table(cast: Cast, signed_in: SignIn) -> None:
    client = signed_in(cast.leader)
    assert client.get("/chuoi-so/").status_code == 200
    assert "Chọn đơn vị" in client.get("/so-sanh/").content.decode()
    page = client.get("/so-sanh/?don-vi=12&don-vi=108&don-vi=03541&nam=2020").content.decode()
    for said in ("cao nhất xã Tủa Sín Chải", "<svg", "huyện Sìn Hồ", "tep.csv?don-vi=12&amp;don-vi=108"):
        assert said in page, said
    assert "/ho/" not in page
    file = client.get("/so-sanh/tep.csv?don-vi=12&don-vi=108&nam=2020").content.decode()
    assert "huyện Sìn Hồ" in file.splitlines()[0]
    assert any(line.startswith("Tỷ lệ hộ nghèo,%,") for line in file.splitlines())


@pytest.mark.parametrize(("query", "status"), [("don-vi=12", 400), ("&".join(f"don-vi={c}" for c in (12, 105, 106, 107, 108, 109, 110, 111, 112)), 400), ("don-vi=12&don-vi=99", 404)])  # fmt: skip
def test_too_few_or_too_many_or_unknown_units_are_refused(cast: Cast, signed_in: SignIn, query: str, status: int) -> None:  # fmt: skip
    assert signed_in(cast.leader).get(f"/so-sanh/?{query}").status_code == status


def test_an_officer_compares_the_own_commune_with_its_villages_alone(cast: Cast, signed_in: SignIn) -> None:
    client = signed_in(cast.officer)
    page = client.get("/so-sanh/").content.decode()
    assert 'value="03541"' in page
    assert 'value="108"' not in page
    assert client.get("/so-sanh/?don-vi=03541&don-vi=03442").status_code == 404
