"""The page of likely duplicates: two records side by side, decided with a reason, taken back."""
# ruff: noqa: F401, F811 (fixtures are imported by name)

from collections.abc import Callable

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from giamngheo.access.models import User
from giamngheo.registry.models import DuplicatePair, DuplicateSearch, Household
from tests.conftest import Cast
from tests.registry.conftest import MakeHousehold, make_household, officer, villages

SignIn = Callable[[User], Client]


@pytest.fixture
def make_pair(make_household: MakeHousehold) -> Callable[[], DuplicatePair]:
    def make() -> DuplicatePair:
        one, two = (make_household(name).members.get() for name in ("Phừ Đạt Khừm 1975", "Phừ Đạt Khừn 1975"))
        return DuplicatePair.objects.create(
            one=one,
            two=two,
            one_village=one.village,
            two_village=two.village,
            likeness=0.97,
            grounds={"name": "typo", "birth": "year", "place": "village"},
            found_at=timezone.now(),
        )

    return make


def test_two_records_stand_side_by_side_with_what_agrees(
    cast: Cast, signed_in: SignIn, make_pair: Callable[[], DuplicatePair]
) -> None:
    make_pair()
    page = signed_in(cast.officer).get("/trung-lap/").content.decode()
    for words in ("Phừ Đạt Khừm", "Phừ Đạt Khừn", "khác một chữ cái", "cùng năm", "cùng thôn, bản", "97%"):
        assert words in page, words


def test_a_pair_is_decided_with_a_reason_and_taken_back(
    cast: Cast, signed_in: SignIn, make_pair: Callable[[], DuplicatePair]
) -> None:
    pair, client = make_pair(), signed_in(cast.officer)
    address = f"/trung-lap/{pair.pk}/"
    refused = client.post(address, {"quyet": "mot-2", "reason": ""}, follow=True)
    assert "Hãy ghi lý do" in refused.content.decode()
    client.post(address, {"quyet": "mot-2", "reason": "đã hỏi trưởng bản"})
    pair.one.refresh_from_db()
    assert pair.one.same_as == pair.two
    decided = client.get("/trung-lap/?xem=mot").content.decode()
    assert "đã hỏi trưởng bản" in decided
    client.post(address, {"quyet": "xem-lai", "ve": "/trung-lap/?xem=mot"})
    pair.one.refresh_from_db()
    assert pair.one.same_as is None


def test_the_household_page_names_the_twin(
    cast: Cast, signed_in: SignIn, make_pair: Callable[[], DuplicatePair]
) -> None:
    pair, client = make_pair(), signed_in(cast.officer)
    client.post(f"/trung-lap/{pair.pk}/", {"quyet": "mot-2", "reason": "đã hỏi"})
    for household in Household.objects.filter(members__in=[pair.one, pair.two]):
        assert "trùng với" in client.get(f"/ho/{household.number}/").content.decode()


@pytest.mark.parametrize(("role", "status"), [("other_officer", 404), ("auditor", 404), ("leader", 404)])
def test_others_do_not_decide(
    cast: Cast, signed_in: SignIn, make_pair: Callable[[], DuplicatePair], role: str, status: int
) -> None:
    answer = signed_in(getattr(cast, role)).post(
        f"/trung-lap/{make_pair().pk}/", {"quyet": "hai", "reason": "x"}
    )
    assert answer.status_code == status


def test_nobody_is_led_elsewhere_after_deciding(
    cast: Cast, signed_in: SignIn, make_pair: Callable[[], DuplicatePair]
) -> None:
    answer = signed_in(cast.officer).post(
        f"/trung-lap/{make_pair().pk}/", {"quyet": "hai", "reason": "x", "ve": "https://example.org/"}
    )
    assert answer["Location"] == "/trung-lap/"


def test_looking_makes_one_job_and_shows_its_progress(cast: Cast, officer: User, signed_in: SignIn) -> None:
    client = signed_in(cast.officer)
    client.post("/trung-lap/tim")
    client.post("/trung-lap/tim")
    search = DuplicateSearch.objects.get(asked_by=cast.officer)
    assert "Đang so" in client.get("/trung-lap/").content.decode()
    with connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM procrastinate_jobs WHERE task_name = 'registry.find_duplicates'")
        assert cursor.fetchone() == (1,)
    client.post("/trung-lap/dung")
    search.refresh_from_db()
    assert search.state == "cancelled"
    assert client.get("/trung-lap/tien-do")["HX-Refresh"] == "true"


def test_queries_do_not_grow_with_pairs(
    cast: Cast, signed_in: SignIn, make_pair: Callable[[], DuplicatePair]
) -> None:
    client, counts = signed_in(cast.officer), []
    for more in (1, 3):
        for _ in range(more):
            make_pair()
        client.get("/trung-lap/")
        with CaptureQueriesContext(connection) as queries:
            client.get("/trung-lap/")
        counts.append(len(queries))
    assert counts[0] == counts[1]
