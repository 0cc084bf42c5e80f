"""Why a rate changed adds up to the change the register shows; an outlook is given where the past says enough, and only there."""

import datetime as dt

import pytest

from giamngheo.areas.queries import children_on, unit_on
from giamngheo.measures.outlook import NoOutlook
from giamngheo.resolution.change import Why, why
from giamngheo.resolution.clauses import resolutions
from giamngheo.resolution.indicators import indicators
from giamngheo.resolution.outlooks import Chance, chance
from giamngheo.resolution.queries import by_group, ranked, series, standings
from giamngheo.resolution.spreads import of_groups, of_units
from tests.conftest import Cast

pytestmark = [pytest.mark.django_db(databases=["default", "owner"]), pytest.mark.usefixtures("at_home")]
DAY = dt.date(2020, 12, 31)
RESOLUTION = resolutions()["lai-chau-2016-2020"]
TARGET = RESOLUTION.target_by_id["poor-rate-fall"]


def found(code: str, year: int, by) -> Why | None:  # type: ignore[no-untyped-def]
    unit = unit_on(code, DAY)
    groups = by_group(TARGET.indicator, unit, on=DAY, seen_by=by)
    standard = indicators()[TARGET.indicator].standard
    return why(unit, list(children_on(unit, DAY)), year=year, base=2015, standard=standard, on=DAY, groups=groups, first=("45",), seen_by=by)  # fmt: skip


@pytest.mark.parametrize("code", ["12", "108", "03541"])
def test_the_parts_are_the_change_that_the_register_shows(cast: Cast, acting, code: str) -> None:  # type: ignore[no-untyped-def]
    with acting(cast.leader):
        rates = {a.span.last.year: a for a in series(RESOLUTION, TARGET.indicator, [unit_on(code, DAY)], on=DAY, seen_by=cast.leader)[unit_on(code, DAY).pk] if a.origin == "register"}  # fmt: skip
        told = found(code, 2018, cast.leader)
    assert told is not None
    assert (told.of.poor_start, told.of.start) == (rates[2017].numerator, rates[2017].denominator)
    assert (told.of.poor_end, told.of.end) == (rates[2018].numerator, rates[2018].denominator)
    assert sum(part.points for part in told.of.parts) == pytest.approx(told.of.points)
    assert told.split is not None
    assert told.split.within + told.split.between == pytest.approx(told.of.points)


def test_a_year_without_one_before_it_has_no_change(cast: Cast, acting) -> None:  # type: ignore[no-untyped-def]
    with acting(cast.leader):
        assert found("12", 2015, cast.leader) is None


def test_a_person_counts_no_village_of_another(cast: Cast, acting) -> None:  # type: ignore[no-untyped-def]
    with acting(cast.officer):
        assert found("03442", 2018, cast.officer) is None
        assert found("03541", 2018, cast.officer) is not None


def test_deprivations_and_gaps_are_of_the_whole_period(cast: Cast, acting) -> None:  # type: ignore[no-untyped-def]
    with acting(cast.leader):
        told = found("12", 2020, cast.leader)
    assert told is not None
    assert len(told.deprivations) == 10
    named = [gap.name for gap in told.gaps if gap.name in ("41", "45", "48")]
    assert [gap.name for gap in told.gaps][: len(named)] == named


@pytest.mark.parametrize(
    ("code", "year", "kind"),
    [("108", 2018, Chance), ("03541", 2018, Chance), ("12", 2018, Chance), ("108", 2017, NoOutlook), ("108", 2020, NoOutlook)],
)  # fmt: skip
def test_an_outlook_only_where_the_past_says_enough(
    cast: Cast, acting, code: str, year: int, kind: type
) -> None:  # type: ignore[no-untyped-def]
    unit = unit_on(code, DAY)
    with acting(cast.leader):
        held = standings(RESOLUTION, [TARGET], [unit], on=DAY, year=year, seen_by=cast.leader)[unit.pk][TARGET.id]  # fmt: skip
        seen = chance(RESOLUTION, held, year=year, on=DAY, seen_by=cast.leader)
    assert isinstance(seen, kind)
    if isinstance(seen, Chance):
        low, high = seen.of.interval()
        assert 0 <= seen.meets <= 1 and low < seen.of.median < high
        # In the small province one commune of the district has households: it has no neighbours to learn from.
        assert (seen.of.units > 1) == (code == "108")


def test_the_spread_of_districts_is_of_the_figures_the_page_shows(cast: Cast, acting) -> None:  # type: ignore[no-untyped-def]
    with acting(cast.leader):
        rows = ranked(RESOLUTION, TARGET, unit_on("12", DAY), on=DAY, seen_by=cast.leader)
        groups = by_group(TARGET.indicator, unit_on("12", DAY), on=DAY, seen_by=cast.leader)
    units, peoples = of_units(rows, 2015, 2020), of_groups(groups, 2015, 2020)
    assert list(units.by_year) == list(peoples.by_year) == [*range(2015, 2021)]
    last = {row.unit.code: row.line[-1].value / 100 for row in rows if row.line}
    assert units.by_year[2020].highest == (max(last, key=last.__getitem__), pytest.approx(max(last.values())))
    assert units.by_year[2020].places == len(last)
    assert of_units(rows, 2016, 2016).width is None  # one year has no direction
