"""What is added up from the snapshot agrees with the tallies the other pages read, and nobody adds up more than they see."""

import datetime as dt

import pytest

from giamngheo.areas.models import Level
from giamngheo.areas.queries import descendants_on, unit_on
from giamngheo.resolution.indicators import indicators
from giamngheo.resolution.register import Cell, measured
from giamngheo.surveys import figures
from giamngheo.surveys.models import Round
from tests.conftest import Cast

pytestmark = [pytest.mark.django_db(databases=["default", "owner"]), pytest.mark.usefixtures("at_home")]
DAY = dt.date(2020, 12, 15)


def test_rates_agree_with_the_tallies(cast: Cast, acting) -> None:  # type: ignore[no-untyped-def]
    with acting(cast.province):
        province = unit_on("12", DAY)
        units = [province, *descendants_on(province, DAY, Level.DISTRICT)]
        wanted = [indicators()[s] for s in ("poor-rate", "near-poor-rate", "lacking-water")]
        counts = measured(wanted, [u.pk for u in units], on=DAY, seen_by=cast.province)
        round = Round.objects.get(year=2020, kind="annual")
        found = figures.rates_by_unit(round, province, seen_by=cast.province)
        lacking = figures.deprivation_profile(round, province, seen_by=cast.province)
    for row in (found.whole, *found.rows):
        if row.counts.known:
            poor = counts[Cell("poor-rate", row.unit.pk, 2020, "2016-2020", "")]
            assert (poor.numerator, poor.denominator) == (row.counts.poor, row.counts.known)
            near = counts[Cell("near-poor-rate", row.unit.pk, 2020, "2016-2020", "")]
            assert near.numerator == row.counts.near_poor
    water = counts[Cell("lacking-water", province.pk, 2020, "2016-2020", "")]
    row_of_water = next(row for row in lacking if row.indicator.code == "water")
    assert water.numerator == row_of_water.poor.deprived


def test_groups_add_up_to_all(cast: Cast, acting) -> None:  # type: ignore[no-untyped-def]
    with acting(cast.leader):
        province = unit_on("12", DAY)
        asked = {"on": DAY, "seen_by": cast.leader}
        one = [indicators()["poor-rate"]]
        whole = measured(one, [province.pk], **asked)
        groups = measured(one, [province.pk], groups=True, **asked)
    years = {cell.year for cell in whole}
    assert years == set(range(2015, 2021))
    for cell, count in whole.items():
        parts = [c for k, c in groups.items() if k._replace(ethnic="") == cell]
        assert sum(c.numerator for c in parts) == count.numerator


def test_an_officer_adds_up_their_own_commune_alone(cast: Cast, acting) -> None:  # type: ignore[no-untyped-def]
    one = [indicators()["poor-rate"]]
    with acting(cast.officer):
        own, other = unit_on("03541", DAY), unit_on("03442", DAY)
        counts = measured(one, [own.pk, other.pk], on=DAY, seen_by=cast.officer)
    assert {cell.unit for cell in counts} == {own.pk}


def test_insurance_of_the_poor_is_counted_by_persons(cast: Cast, acting) -> None:  # type: ignore[no-untyped-def]
    with acting(cast.province):
        province = unit_on("12", DAY)
        counts = measured([indicators()["poor-insured"]], [province.pk], on=DAY, seen_by=cast.province)
    found = counts[Cell("poor-insured", province.pk, 2020, "2016-2020", "")]
    assert 0 < found.numerator < found.denominator
