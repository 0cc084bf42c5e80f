"""Figures of one day on the geography of another: carried exactly or said not to be, never lost."""

import datetime as dt
from collections import Counter

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from pytest_django import DjangoAssertNumQueries

from giamngheo.areas.models import Level, Unit
from giamngheo.areas.onto import Shown, onto
from giamngheo.areas.queries import level_on, unit_on

pytestmark = pytest.mark.django_db
OLD, MERGED, NEW = dt.date(2019, 12, 1), dt.date(2020, 2, 1), dt.date(2025, 7, 1)


def total(figures: dict[int, dict[str, int]]) -> Counter[str]:
    added: Counter[str] = Counter()
    for counts in figures.values():
        added.update(counts)
    return added


def given_and_kept(shown: Shown) -> Counter[str]:
    return total(shown.figures) + total(shown.left)  # type: ignore[arg-type]


def communes(on: dt.date) -> dict[int, dict[str, int]]:
    """A different number for each commune, so that a mix-up changes a sum."""
    return {
        unit.pk: {"households": 100 + place, "poor": place}
        for place, unit in enumerate(level_on(Level.COMMUNE, on))
    }


@pytest.mark.parametrize(("on", "units"), [(OLD, 108), (MERGED, 106), (NEW, 38)])
def test_communes_of_2019_add_up_exactly_on_later_maps(on: dt.date, units: int) -> None:
    figures = communes(OLD)
    shown = onto(figures, on)
    assert shown.exact
    assert len(shown.figures) == units
    assert total(shown.figures) == total(figures)  # type: ignore[arg-type]
    assert set(shown.figures) == {unit.pk for unit in level_on(Level.COMMUNE, on)}


def test_a_merged_commune_has_the_sum_of_its_parts() -> None:
    parts = {unit_on(code, OLD).pk: {"poor": poor} for code, poor in (("03397", 7), ("03403", 5))}
    assert onto(parts, MERGED).figures == {unit_on("03403", MERGED).pk: {"poor": 12}}


def test_a_sum_that_lacks_a_part_is_not_exact() -> None:
    city_only = {unit_on("03403", OLD).pk: {"poor": 5}}
    shown = onto(city_only, MERGED)
    assert shown.figures == {unit_on("03403", MERGED).pk: {"poor": 5}}
    assert shown.inexact == {unit_on("03403", MERGED).pk}


def test_a_divided_district_is_left_and_those_that_took_of_it_are_marked() -> None:
    districts = {unit.pk: {"poor": 10} for unit in level_on(Level.DISTRICT, OLD)}
    shown = onto(districts, MERGED)
    assert set(shown.left) == {unit_on("106", OLD).pk}
    assert shown.inexact == {unit_on(code, MERGED).pk for code in ("105", "106")}
    assert shown.figures[unit_on("107", MERGED).pk] == {"poor": 10}


def test_districts_cannot_be_shown_where_the_level_has_ended() -> None:
    districts = {unit.pk: {"poor": 10} for unit in level_on(Level.DISTRICT, OLD)}
    shown = onto(districts, NEW)
    assert shown.figures == {}
    assert shown.left == districts


def test_back_in_time_only_units_that_did_not_merge_are_shown() -> None:
    shown = onto(communes(NEW), OLD)
    back = {unit.code for unit in Unit.objects.filter(pk__in=shown.figures)}
    assert back == {"03451", "03463"}  # Mù Cả and Tà Tổng, untouched in 2025
    assert not shown.inexact & set(shown.figures)
    assert len(shown.left) == 36


def test_where_a_boundary_may_have_changed_the_figure_is_marked() -> None:
    early = {unit_on("03460", dt.date(2011, 1, 1)).pk: {"poor": 9}}
    shown = onto(early, OLD)
    assert shown.figures == {unit_on("03460", OLD).pk: {"poor": 9}}
    assert shown.inexact == set(shown.figures)


@pytest.mark.parametrize("figures_of", [1, 100])
def test_it_costs_the_same_queries_however_many_figures(
    figures_of: int, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    figures = dict(list(communes(OLD).items())[:figures_of])
    with django_assert_num_queries(3):
        onto(figures, NEW)


@given(data=st.data(), on=st.dates(dt.date(2004, 1, 1), dt.date(2026, 12, 31)))
@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_nothing_is_lost_whatever_the_units_and_the_day(data: st.DataObject, on: dt.date) -> None:
    units = list(Unit.objects.filter(level__in=[Level.DISTRICT, Level.COMMUNE]).values_list("pk", flat=True))
    chosen = data.draw(st.dictionaries(st.sampled_from(units), st.integers(0, 1000), max_size=40))
    figures = {unit: {"poor": poor} for unit, poor in chosen.items()}
    shown = onto(figures, on)
    assert given_and_kept(shown) == +total(figures)
    there = set(Unit.objects.filter(pk__in=shown.figures, valid_from__lte=on).exclude(valid_to__lt=on))
    assert {unit.pk for unit in there} == set(shown.figures)
