"""The small province in the database: what was made is what stands there, and the rules judge it as it was fitted."""

import numpy as np
import pytest
from django.db import connections

from giamngheo.areas.models import Level, Unit
from giamngheo.audit.models import Event, Kind
from giamngheo.demo import census, papers
from giamngheo.demo.books import Ids
from giamngheo.demo.bulk import ahead
from giamngheo.demo.errors import HouseholdsThereError
from giamngheo.demo.load import is_loaded, load
from giamngheo.demo.province import Province, generate
from giamngheo.demo.reviews import YEARS
from giamngheo.demo.welfare import INDICATORS
from giamngheo.registry.models import Household, LifeEvent, Person
from giamngheo.registry.sealing import unseal
from giamngheo.rules.clocks import clocks
from giamngheo.rules.standards import standard_named
from giamngheo.support.models import Delivery, Fate
from giamngheo.surveys.models import Round, Tally, Verdict, Visit
from giamngheo.surveys.recording import judge

POOR = ("poor_income", "poor_deprivation")


@pytest.fixture(scope="module")
def province() -> Province:
    return generate(census.small())


@pytest.fixture
def owner(db: None) -> str:
    """The alias that sees every row: what is counted here is the whole table."""
    return "owner"


@pytest.mark.django_db(databases=["default", "owner"])
class TestLoaded:
    def test_every_household_and_person_is_there_once(self, province: Province) -> None:
        assert is_loaded()
        assert Household.objects.using("owner").count() == len(province.homes.size)
        assert Person.objects.using("owner").count() == len(province.people.age)
        assert Unit.objects.using("owner").filter(level=Level.VILLAGE, synthetic=True).count() == 12
        born = (province.people.born > np.datetime64("2015-01-01")).sum()
        assert LifeEvent.objects.using("owner").filter(kind="born").count() == born

    def test_the_words_of_all_names_are_kept_for_the_search(self) -> None:
        with connections["owner"].cursor() as cursor:
            cursor.execute(
                "SELECT DISTINCT unnest(string_to_array(folded, ' ')) FROM registry_person"
                " EXCEPT SELECT word FROM registry_nameword"
            )
            assert cursor.fetchall() == []
            cursor.execute("SELECT count(*) FROM registry_nameword")
            assert cursor.fetchone()[0] > 20

    def test_names_days_and_sealed_numbers_come_through(self, province: Province) -> None:
        people = province.people
        for row in (0, 57, len(people.age) - 1):
            person = Person.objects.using("owner").get(pk=row + 1)
            assert person.full_name == people.name[row]
            assert person.birth_date == (people.born[row].item() if people.birth_known[row] == 2 else None)
            number = unseal(person.id_sealed) if person.id_sealed else ""
            assert number == people.id_number[row]

    @pytest.mark.parametrize("year", YEARS)
    def test_the_rules_find_poor_whom_the_fit_made_poor(self, province: Province, year: int) -> None:
        t = YEARS.index(year)
        met = np.flatnonzero(province.visits.met[:, t])
        verdicts = Verdict.objects.using("owner").filter(round__year=year)
        found = dict(verdicts.values_list("household_id", "klass"))
        assert set(found) == set((met + 1).tolist())
        assert {h for h, klass in found.items() if klass in POOR} == set(
            (met[province.poor[met, t]] + 1).tolist()
        )

    def test_form_and_facts_disagree_where_planted_and_nowhere_else(self, province: Province) -> None:
        interview = province.interviews[2020]
        planted = {
            (row + 1, "".join("1" if wrong else "0" for wrong in interview.disagree[row]))
            for row in np.flatnonzero(interview.disagree.any(axis=1)).tolist()
        }
        found = Verdict.objects.using("owner").filter(round__year=2020, disagree__contains="1")
        assert set(found.values_list("household_id", "disagree")) == planted

    def test_those_not_met_have_a_day_to_go_again_and_no_verdict(self) -> None:
        missed = Visit.objects.using("owner").exclude(outcome="met")
        assert missed.count() > 3
        assert not missed.filter(verdicts__isnull=False).exists()
        assert not missed.filter(outcome__in=["not_met", "refused"], next_visit_on__isnull=True).exists()

    def test_six_reviews_are_closed_and_2021_waits(self) -> None:
        rounds = {r.year: r for r in Round.objects.using("owner")}
        assert {year for year, r in rounds.items() if not r.is_open} == set(YEARS)
        assert rounds[2021].is_open
        assert not Visit.objects.using("owner").filter(round=rounds[2021]).exists()

    def test_figures_are_counted_for_every_level(self) -> None:
        of_2019 = Tally.objects.using("owner").filter(round__year=2019)
        for level in Level.values:
            assert sum(of_2019.filter(level=level).values_list("households", flat=True)) == 600

    def test_loans_are_within_the_ceiling_of_their_day_and_owed_after_it(self) -> None:
        loans = Delivery.objects.using("owner").filter(kind="loan").prefetch_related("standings")
        ceiling = clocks()["poor_loan_ceiling"]
        assert loans
        for loan in loans:
            most = ceiling.on(loan.given_on)
            assert most and loan.amount <= most.number
            assert all(
                loan.given_on < told.on and told.outstanding <= loan.amount for told in loan.standings.all()
            )

    def test_things_are_looked_at_a_year_later(self) -> None:
        fates = Fate.objects.using("owner").select_related("delivery")
        assert fates and {(fate.on - fate.delivery.given_on).days for fate in fates} == {370}
        assert {fate.delivery.kind for fate in fates} == {"goods"}

    def test_one_event_says_what_was_loaded_and_triggers_are_on_again(self) -> None:
        event = Event.objects.using("owner").get(kind=Kind.LOAD, subject="demo")
        assert event.details["households"] == 600
        assert not Event.objects.using("owner").filter(kind=Kind.INSERT, subject="registry_person").exists()
        Household.objects.using("owner").filter(pk=1).update(address="Bản trên")
        assert (
            Event.objects.using("owner")
            .filter(kind=Kind.UPDATE, subject="registry_household", row="1")
            .exists()
        )

    def test_constraints_are_on_again(self) -> None:
        with connections["owner"].cursor() as cursor:
            cursor.execute(
                "SELECT count(*) FROM pg_constraint WHERE conrelid = 'registry_membership'::regclass"
            )
            assert cursor.fetchone()[0] >= 5
            cursor.execute("SELECT bool_and(convalidated) FROM pg_constraint")
            assert cursor.fetchone() == (True,)

    def test_a_second_load_is_refused(self) -> None:
        with pytest.raises(HouseholdsThereError):
            load(small=True, say=lambda line: None)


def test_verdicts_are_those_the_way_in_of_visits_gives(province: Province, cast, acting) -> None:  # type: ignore[no-untyped-def]
    with acting(cast.province):
        round_ = Round.objects.get(year=2020)
        before = set(
            Verdict.objects.filter(round=round_).values_list("household_id", "klass", "pattern", "disagree")
        )
        judge(round_)
        again = Verdict.objects.filter(round=round_, retired_at__isnull=True)
        assert set(again.values_list("household_id", "klass", "pattern", "disagree")) == before


def test_answers_written_down_hold_every_tick(province: Province) -> None:
    told = papers.answers(province, 2016)
    assert {f"tick_{name}" for name in INDICATORS} <= set(told.column_names)
    ids = Ids(np.arange(12), np.arange(600), np.arange(len(province.people.age)))
    rows = papers.Review(province, 2016, ids, 1, 1).verdict_rows(standard_named("2016-2020"))
    assert set(rows["klass"].to_pylist()) <= {*POOR, "near_poor", "average", "none", "undetermined"}


def test_an_error_made_ahead_is_raised_where_it_is_used() -> None:
    def things():  # type: ignore[no-untyped-def]
        yield 1
        raise KeyError("hỏng")

    found = ahead(things())
    assert next(found) == 1
    with pytest.raises(KeyError):
        next(found)
