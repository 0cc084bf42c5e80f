"""One commune in review: its people by role, days that pass, households surveyed, and the steps told short."""

import datetime as dt
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

import pytest
from django.utils import timezone

from giamngheo.access.models import Installation, User
from giamngheo.access.scope import acting_as
from giamngheo.areas.models import Unit
from giamngheo.registry.actions import register_household
from giamngheo.registry.models import Household
from giamngheo.reviews.actions import decisions, lists, meetings, postings
from giamngheo.reviews.actions.meetings import Said
from giamngheo.reviews.models import (
    Case,
    CommuneReview,
    Decision,
    Meeting,
    Posting,
    Recognition,
    VillageReview,
)
from giamngheo.rules.workdays import add_workdays
from giamngheo.surveys.actions import open_round, record_visit
from giamngheo.surveys.models import Round
from tests.conftest import Cast
from tests.registry.conftest import member, villages_of

D = dt.date
#: Answers that make a rural household poor by income, near-poor, or neither under QĐ 59/2015 (700.000 and 1.000.000 đồng).
TICKS = dict.fromkeys(
    [
        *(
            "tick_health_access",
            "tick_health_insurance",
            "tick_adult_education",
            "tick_child_schooling",
            "tick_housing_quality",
        ),
        *("tick_housing_area", "tick_water", "tick_toilet", "tick_telecom", "tick_info_assets"),
    ],
    False,
)
POOR = {**TICKS, "income_per_head": 500_000}
NEAR_POOR = {**TICKS, "income_per_head": 900_000}
WELL = {**TICKS, "income_per_head": 3_000_000}


@dataclass
class Commune:
    """The commune of the cast in one annual round, and how to take its steps in a word each."""

    cast: Cast
    round: Round
    unit: Unit
    village: Unit
    of: CommuneReview

    @property
    def dossier(self) -> VillageReview:
        rows = VillageReview.objects.using("owner").select_related("of__round", "of__commune", "village")
        found = rows.get(of_id=self.of.pk, village_id=self.village.pk)
        for one in (found, found.of, found.of.round, found.of.commune, found.village):
            one._state.db = "default"  # read past the scope, written within it
        return found

    def fresh(self) -> CommuneReview:
        return self.dossier.of

    def fresh_state(self) -> str:
        return CommuneReview.objects.using("owner").get(pk=self.of.pk).state

    def household(self, *people: str, village: Unit | None = None) -> Household:
        with acting_as(self.cast.officer):
            return register_household(
                village=village or self.village,
                local_code="",
                on=D(2016, 1, 10),
                members=[member(line, first=i == 0) for i, line in enumerate(people)],
                by=self.cast.officer,
            )

    def visit(
        self,
        household: Household,
        answers: Mapping[str, Any],
        *,
        on: dt.date | None = None,
        by: User | None = None,
    ) -> None:
        by = by or self.cast.officer
        with acting_as(by):
            record_visit(
                round=self.round,
                household=household,
                outcome="met",
                visited_on=on or today(),
                answers=answers,
                reason="Thu thập lại",
                by=by,
            )

    def meet(self, said: Mapping[str, Said] | Said = Said(30, 0), **more: Any) -> Meeting:  # noqa: B008
        """Convene a meeting and hold it today; `said` by name of head, or one for all."""
        with acting_as(self.cast.head):
            at = timezone.make_aware(dt.datetime.combine(today(), dt.time(0, 1)))
            meeting = meetings.convene(
                of=self.dossier, meets_at=at, place="Nhà văn hoá", notice_on=today(), by=self.cast.head
            )
        with acting_as(self.cast.head):
            words = {
                case.pk: said if isinstance(said, Said) else said.get(case.head, Said(30, 0))
                for case in meetings.to_discuss(self.dossier)
            }
            attendance = {
                "party_cell": (2, ""),
                "union": (3, ""),
                "household": (25, ""),
                "front": (1, "Lò Văn Ún"),
            }
            meetings.record_meeting(
                meeting=meeting,
                chair="Lý A Dờ",
                secretary="Vàng Thị Mỷ",
                attendance=more.pop("attendance", attendance),
                said=words,
                by=self.cast.head,
                **more,
            )
            return meeting

    def post(self) -> Posting:
        with acting_as(self.cast.officer):
            return postings.post(
                of=self.dossier, starts_on=today(), places="Nhà văn hoá thôn; UBND xã", by=self.cast.officer
            )

    def take_down(self, posting: Posting) -> None:
        set_day(add_workdays(posting.ends_on, 1))
        with acting_as(self.cast.officer):
            postings.take_down(posting=posting, on=today(), by=self.cast.officer)

    def agree(self) -> None:
        """Send up and get the district's yes, where there is a district."""
        with acting_as(self.cast.officer):
            opinion = decisions.send_to_district(of=self.fresh(), on=today(), by=self.cast.officer)
        with acting_as(self.cast.district):
            decisions.answer_commune(opinion=opinion, agrees=True, on=today(), by=self.cast.district)

    def decide(self, number: str = "12/QĐ-UBND", **more: Any) -> Decision:
        with acting_as(self.cast.chairman):
            return decisions.decide(
                of=self.fresh(),
                number=number,
                decided_on=more.pop("on", today()),
                signer_title="Chủ tịch",
                by=self.cast.chairman,
                **more,
            )

    def case(self, household: Household) -> Case:
        return Case.objects.using("owner").get(round_id=self.round.pk, household_id=household.pk)


def today() -> dt.date:
    day = Installation.objects.get().working_date
    assert day is not None
    return day


def set_day(day: dt.date) -> None:
    """The working day of the installation; the database's own clocks and policies follow it."""
    Installation.objects.using("owner").update(working_date=day)


#: The two procedures of law, each with the year of a round judged under it.
PROCEDURES = {"tt-17-2016-tt-14-2018": 2019, "qd-24-2021": 2021}


@pytest.fixture
def begin(own_database: str, cast: Cast) -> Callable[..., Commune]:
    """`begin("qd-24-2021")`: the review of the cast's commune, one village of it with nobody on its lists yet."""

    def start(procedure: str = "qd-24-2021") -> Commune:
        year = PROCEDURES[procedure]
        set_day(D(year, 10, 15))
        Round.objects.using("owner").filter(year=year).update(kind=Round.Kind.REGULAR)
        with acting_as(cast.province):
            round = open_round(
                year=year,
                opens=D(year, 9, 1),
                closes=D(year, 12, 14),
                reference_date=D(year, 11, 30),
                by=cast.province,
            )
        with acting_as(cast.officer):
            unit = cast.officer.grants.get().unit
            of = lists.open_review(round=round, commune=unit, by=cast.officer)
        with acting_as(cast.head):
            village = villages_of(cast.head)[0]
        Recognition.objects.using("owner").filter(village_id=village.pk).delete()  # nobody is on list 2d
        Case.objects.using("owner").filter(of_id=of.pk).delete()
        VillageReview.objects.using("owner").filter(of_id=of.pk).exclude(village_id=village.pk).delete()
        return Commune(cast, round, unit, village, of)

    return start


@pytest.fixture(params=PROCEDURES)
def commune(request: pytest.FixtureRequest, begin: Callable[..., Commune]) -> Iterator[Commune]:
    """The same story under each of the two procedures."""
    yield begin(request.param)


@pytest.fixture
def commune_2021(begin: Callable[..., Commune]) -> Commune:
    return begin("qd-24-2021")
