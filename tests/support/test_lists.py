"""A list from drawing to decision, by role; frozen then; later edits of the register are differences; a village confirms."""

import datetime as dt

import pytest
from django.db import InternalError, ProgrammingError, connection, transaction

from giamngheo.access.scope import acting_as
from giamngheo.areas.models import Unit
from giamngheo.registry.models import Household
from giamngheo.support import errors, queries
from giamngheo.support.actions import deliveries
from giamngheo.support.actions import lists as actions
from giamngheo.support.models import Delivery, SupportList
from giamngheo.support.snapshot import rights_on
from tests.conftest import Cast

pytestmark = pytest.mark.django_db
POWER, YEAR, DAY = "electricity", 2021, dt.date(2021, 10, 15)


def _commune() -> Unit:
    return Unit.objects.get(code="03541", valid_to__isnull=False, valid_from__lte=DAY, valid_to__gte=DAY)


def _decided(cast: Cast) -> SupportList:
    with acting_as(cast.officer):
        of = actions.draw(policy=POWER, commune=_commune(), year=YEAR, by=cast.officer)
    return _decide(cast, of)


def _decide(cast: Cast, of: SupportList) -> SupportList:
    with acting_as(cast.district):
        actions.check(of=of, by=cast.district)
    with acting_as(cast.chairman):
        actions.decide(of=of, decision="7/QĐ-UBND", on=DAY, by=cast.chairman)
        of.refresh_from_db()
    return of


def test_each_step_is_taken_by_its_role_and_in_its_order(cast: Cast) -> None:
    with acting_as(cast.officer):
        of = actions.draw(policy=POWER, commune=_commune(), year=YEAR, by=cast.officer)
        assert of.lines.count() > 3 and set(of.lines.values_list("answer", flat=True)) == {"yes"}
        with pytest.raises(errors.ListThereError):
            actions.draw(policy=POWER, commune=_commune(), year=YEAR, by=cast.officer)
        with pytest.raises(errors.NotYourStepError):
            actions.check(of=of, by=cast.officer)
    with acting_as(cast.chairman), pytest.raises(errors.WrongStepError):
        actions.decide(of=of, decision="7", on=DAY, by=cast.chairman)
    with acting_as(cast.district):
        with pytest.raises(errors.ReasonNeededError):
            actions.send_back(of=of, note="", by=cast.district)
        actions.check(of=of, by=cast.district)
    with acting_as(cast.chairman):
        with pytest.raises(errors.DecisionNumberError):
            actions.decide(of=of, decision=" ", on=DAY, by=cast.chairman)
        actions.decide(of=of, decision="7/QĐ-UBND", on=DAY, by=cast.chairman)
        with pytest.raises(errors.YearToComeError, match="2022"):
            actions.draw(policy=POWER, commune=_commune(), year=2022, by=cast.officer)
    with acting_as(cast.other_officer):
        assert queries.list_seen(of.pk, seen_by=cast.other_officer) is None


@pytest.mark.parametrize(("drawer", "checker"), [("officer", "province"), ("province", "district")])
def test_who_drew_or_checked_a_list_does_not_decide_it(cast: Cast, drawer: str, checker: str) -> None:
    by, then = getattr(cast, drawer), getattr(cast, checker)
    with acting_as(by):
        of = actions.draw(policy=POWER, commune=_commune(), year=YEAR, by=by)
    with acting_as(then):
        actions.check(of=of, by=then)
    with acting_as(cast.province):
        of.refresh_from_db()
        assert actions.may(of, cast.province) == []
        with pytest.raises(errors.SameHandsError):
            actions.decide(of=of, decision="7/QĐ-UBND", on=DAY, by=cast.province)


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE support_supportlist SET decision = 'khac' WHERE id = %s",
        "UPDATE support_supportline SET amount = 0 WHERE of_id = %s",
        "INSERT INTO support_supportline (of_id, village_id, household_id, benefit, answer, item, tier, facts)"
        " SELECT of_id, village_id, household_id, 'other', 'yes', '', '', '{}' FROM support_supportline WHERE of_id = %s",
    ],
)
def test_a_decided_list_is_never_changed(cast: Cast, statement: str) -> None:
    of = _decided(cast)
    refused = pytest.raises((ProgrammingError, InternalError))
    with acting_as(cast.officer), refused, transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(statement, [of.pk])


def test_later_edits_of_the_register_are_shown_as_differences(cast: Cast) -> None:
    of = _decided(cast)
    with acting_as(cast.officer):
        villages = list(of.lines.values_list("village_id", flat=True).distinct())
        rights = rights_on(DAY, villages=villages).to_pylist()
        mine = [r for r in rights if r["policy"] == POWER and r["stands"] != "no"]
        assert queries.differences(of, mine, seen_by=cast.officer) == []
        (gone,) = queries.differences(of, mine[1:], seen_by=cast.officer)
        assert (gone.what, gone.household) == ("gone", mine[0]["household"])
        (dearer,) = queries.differences(of, [{**mine[0], "year_amount": 1}, *mine[1:]], seen_by=cast.officer)
        assert (dearer.what, dearer.after) == ("amount", 1)


def test_a_village_confirms_its_list_at_once_and_only_once(cast: Cast) -> None:
    of = _decided(cast)
    with acting_as(cast.officer):
        line = of.lines.select_related("village", "household").order_by("pk").first()
        assert line is not None
        here = of.lines.filter(village=line.village).count()
        but = [line.household.number]
        for day, words in (
            (dt.date(2021, 12, 1), "chưa tới"),
            (dt.date(1990, 10, 10), "trước ngày danh sách"),
        ):
            with pytest.raises(errors.NotSoError, match=words):
                deliveries.confirm_village(of=of, village=line.village, on=day, by=cast.officer)
        confirm = {"of": of, "village": line.village, "on": DAY, "source": "Vốn 30a", "by": cast.officer}
        with pytest.raises(errors.NotOnListError, match="H99999999, KHONG"):
            deliveries.confirm_village(but=[*but, "KHONG", "H99999999"], **confirm)
        assert not Delivery.objects.filter(given_on=DAY).exists()
        assert deliveries.confirm_village(but=but, **confirm) == here - 1
        assert deliveries.confirm_village(but=but, **confirm) == 0
        assert not Delivery.objects.filter(household=line.household_id, given_on=DAY).exists()
        assert set(Delivery.objects.filter(given_on=DAY).values_list("source", flat=True)) == {"Vốn 30a"}


def test_lines_put_on_by_hand_are_delivered_with_the_others(cast: Cast) -> None:
    with acting_as(cast.officer):
        of = actions.draw(policy="housing-loan-2015", commune=_commune(), year=2020, by=cast.officer)
        home = Household.objects.select_related("village").filter(ended_on__isnull=True).order_by("pk")[0]
        told = {"household": home, "person": None, "benefit": "loan", "amount": 25_000_000}
        actions.add_line(of=of, reason="Biên bản họp bản", rank="others", by=cast.officer, **told)
    _decide(cast, of)
    with acting_as(cast.officer):
        assert deliveries.confirm_village(of=of, village=home.village, on=DAY, by=cast.officer) == 1
        row = Delivery.objects.get(household=home, given_on=DAY)
        assert (row.kind, row.amount) == ("loan", 25_000_000)
