"""The synthetic province is what the published figures say: every total exact, every rate within 0.05 points."""

import numpy as np
import pytest

from giamngheo.demo import census
from giamngheo.demo.facts import DISAGREEABLE
from giamngheo.demo.fit import DISTRICTS, NEAR_POOR, POOR
from giamngheo.demo.people import CHILD, GRANDCHILD, HEAD, PARENT, SPOUSE
from giamngheo.demo.province import Province, generate
from giamngheo.demo.reviews import COMPLETE, YEARS, age_seen
from giamngheo.demo.welfare import INDICATORS


@pytest.fixture(scope="module")
def province() -> Province:
    return generate(census.whole())


def test_households_and_people_of_every_commune_are_those_of_the_census(province: Province) -> None:
    homes, known = province.homes, province.census
    assert len(homes.size) == 101_010
    assert homes.size.sum() == len(province.people.age) == 460_196
    assert (np.bincount(homes.commune) == known.households).all()
    assert (np.bincount(homes.commune, weights=homes.size) == known.persons).all()
    for size in range(1, 8):
        same = homes.size >= 7 if size == 7 else homes.size == size
        assert (np.bincount(homes.commune[same], minlength=108) == known.sizes[:, size - 1]).all()


def test_there_are_1169_villages_none_empty_named_once_in_a_commune(province: Province) -> None:
    homes = province.homes
    assert len(homes.village_code) == len(set(homes.village_code)) == 1169
    assert len({(c, n) for c, n in zip(homes.village_commune, homes.village_name, strict=True)}) == 1169
    assert set(homes.village) == set(range(1169))
    assert (homes.village_commune[homes.village] == homes.commune).all()


def test_ages_of_every_district_and_area_are_those_of_the_census(province: Province) -> None:
    people, known = province.people, province.census
    commune = province.homes.commune[people.household]
    for (district, urban), (first, counted) in census.age_table().items():
        here = (known.district[commune] == district) & (known.urban[commune] == urban)
        groups = np.searchsorted(first, people.age[here], side="right") - 1
        assert (np.bincount(groups, minlength=len(first)) == counted).all()


def test_families_are_possible(province: Province) -> None:
    people = province.people
    head = people.relation == HEAD
    assert (np.bincount(people.household[head]) == 1).all()
    assert people.age.max() <= 105
    assert people.age[head].min() >= 15
    older = people.age[head][people.household] - people.age
    assert older[people.relation == CHILD].min() >= 15
    assert older[people.relation == PARENT].max() <= -15
    assert older[people.relation == GRANDCHILD].min() >= 30
    assert np.abs(older[people.relation == SPOUSE]).max() <= 25
    assert people.age[people.relation == SPOUSE].min() >= 16
    assert 0.48 < people.female.mean() < 0.52


@pytest.mark.parametrize(
    ("ethnic", "share"), [("03", 32.34), ("08", 21.49), ("01", 15.28), ("09", 13.16), ("35", 3.1)]
)
def test_peoples_have_their_published_shares(province: Province, ethnic: str, share: float) -> None:
    homes = province.homes
    assert 100 * homes.size[homes.ethnic == ethnic].sum() / 460_196 == pytest.approx(share, abs=0.15)


def test_mang_are_961_households_in_three_districts_and_66_per_cent_poor_in_2019(province: Province) -> None:
    mang = province.homes.ethnic == "45"
    assert mang.sum() == 961
    assert province.homes.size[mang].sum() == 4650
    assert set(province.census.district[province.homes.commune[mang]]) == {"107", "108", "112"}
    assert 100 * province.poor[mang, YEARS.index(2019)].mean() == pytest.approx(66.3, abs=0.7)


@pytest.mark.parametrize("year", YEARS)
def test_the_rates_of_each_year_are_the_published_ones(province: Province, year: int) -> None:
    t = YEARS.index(year)
    assert 100 * province.poor[:, t].mean() == pytest.approx(POOR[t], abs=0.005)
    assert 100 * province.near_poor[:, t].mean() == pytest.approx(NEAR_POOR[t], abs=0.005)


def test_everybody_poor_is_met_and_where_the_rate_is_published_everybody(province: Province) -> None:
    """So that the figures of a review, and the official reports after it, are the published ones."""
    listed = province.poor | province.near_poor
    assert not (listed & ~province.visits.met).any()
    share = province.visits.met.mean(axis=0)
    for year, met in zip(YEARS, share.tolist(), strict=True):
        assert met == 1 if year in COMPLETE else 0.99 < met < 1


def test_districts_differ_as_they_should(province: Province) -> None:
    poor, place = province.poor[:, YEARS.index(2019)], province.census.district[province.homes.commune]
    for district, rate in DISTRICTS.items():
        assert 100 * poor[place == district].mean() == pytest.approx(rate, abs=0.5)
    assert 100 * poor[place == "107"].mean() > 36


def test_poverty_lasts_and_leaves_as_reported(province: Province) -> None:
    poor, near = province.poor, province.near_poor
    escapes = sum((poor[:, t - 1] & ~poor[:, t]).sum() for t in range(1, 6))
    near_escapes = sum((near[:, t - 1] & ~near[:, t] & ~poor[:, t]).sum() for t in range(1, 6))
    assert 23_000 < escapes < 32_000
    assert 14_000 < near_escapes < 20_000
    for t in range(1, 6):
        assert (poor[:, t - 1] & poor[:, t]).sum() > 0.7 * poor[:, t - 1].sum()
    back = sum((poor[:, t] & ~poor[:, t - 1] & poor[:, : t - 1].any(axis=1)).sum() for t in range(2, 6))
    assert 0.02 < back / escapes < 0.2


def test_deprivations_go_together(province: Province) -> None:
    together = np.corrcoef(province.welfare.ticks[:, :, -1].T.astype(float))
    of_house = [
        INDICATORS.index(i)
        for i in ("housing_quality", "housing_area", "water", "toilet", "telecom", "info_assets")
    ]
    assert together[np.ix_(of_house, of_house)].min() > 0.05
    assert together.mean() > 0.1
    deprived = province.welfare.ticks.sum(axis=1)
    assert deprived[province.poor].mean() > 2 * deprived[~province.poor].mean()


def test_only_those_who_can_lack_a_thing_lack_it(province: Province) -> None:
    for t in range(len(YEARS)):
        age = age_seen(province.people, province.visits.on[province.people.household, t])
        pupils = np.bincount(province.people.household[(age >= 5) & (age < 15)], minlength=101_010)
        assert not province.welfare.ticks[pupils == 0, INDICATORS.index("child_schooling"), t].any()


def test_id_numbers_are_impossible_and_used_once(province: Province) -> None:
    numbers = province.people.id_number
    known = numbers[numbers != ""]
    assert len(known) == len(set(known)) > 250_000
    assert all(len(n) == 12 and n.startswith("000") for n in known)
    assert (numbers[province.people.age < 14] == "").all()


def test_duplicates_and_disagreements_are_written_down(province: Province) -> None:
    people, twice = province.people, province.twice
    assert len(twice.one) == pytest.approx(4602, rel=0.02)
    assert len(set(twice.one) | set(twice.two)) == 2 * len(twice.one)
    village = province.homes.village[people.household]
    assert (village[twice.one] != village[twice.two]).all()
    assert (people.born[twice.one] == people.born[twice.two]).all()
    assert 0.5 < (people.name[twice.one] == people.name[twice.two]).mean() < 0.8
    wrong = province.interviews[2020].disagree
    assert 0.01 < wrong.any(axis=1).mean() < 0.02
    assert set(np.array(INDICATORS)[wrong.any(axis=0)]) == set(DISAGREEABLE)


def test_the_same_seed_makes_the_same_province() -> None:
    one, two = generate(census.small(), 7), generate(census.small(), 7)
    assert one.fingerprint() == two.fingerprint()
    assert generate(census.small(), 8).fingerprint() != one.fingerprint()
