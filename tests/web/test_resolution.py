"""The resolution on screen: every clause down the page, each target with its standing, the leader never at a household."""

import re
from collections.abc import Callable

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from giamngheo.access.models import User
from giamngheo.resolution.clauses import resolutions
from tests.conftest import Cast
from tests.warehouse.conftest import at_home, warehouse

__all__ = ["at_home", "warehouse"]

pytestmark = [pytest.mark.django_db(databases=["default", "owner"]), pytest.mark.usefixtures("at_home")]
SLUG = "lai-chau-2016-2020"
PAGE = f"/nghi-quyet/{SLUG}/"
TARGET = f"{PAGE}chi-tieu/poor-rate-fall/"
SignIn = Callable[[User], Client]


def test_every_clause_and_every_target_stands_on_the_page(cast: Cast, signed_in: SignIn) -> None:
    page = signed_in(cast.leader).get("/nghi-quyet/").content.decode()
    resolution = resolutions()[SLUG]
    for clause in resolution.walk():
        assert f'id="{clause.id}"' in page
    for target in resolution.targets:
        assert f"/chi-tieu/{target.id}/" in page
    assert "Dữ liệu mô phỏng" in page


def test_each_clause_and_each_target_has_its_page(cast: Cast, signed_in: SignIn) -> None:
    client, resolution = signed_in(cast.leader), resolutions()[SLUG]
    for clause in resolution.walk():
        page = client.get(f"{PAGE}khoan/{clause.id}/")
        assert page.status_code == 200, clause.id
    for target in resolution.targets:
        page = client.get(f"{PAGE}chi-tieu/{target.id}/")
        assert page.status_code == 200, target.id
        assert target.name.vi in page.content.decode().replace("&gt;", ">")
    assert client.get(f"{PAGE}khoan/IV/").status_code == 404
    assert client.get(f"{PAGE}chi-tieu/nothing/").status_code == 404


def test_the_leader_walks_from_the_clause_to_the_district_behind_and_meets_no_household(cast: Cast, signed_in: SignIn) -> None:  # fmt: skip
    client = signed_in(cast.leader)
    page = client.get(TARGET).content.decode()
    assert "Các đơn vị bên dưới" in page
    assert "<svg" in page
    district = re.search(r'href="([^"]*chi-tieu/poor-rate-fall/\?don-vi=1\d\d[^"]*)"', page)
    assert district
    below = client.get(district[1].replace("&amp;", "&")).content.decode()
    assert "Vì sao: theo dân tộc của chủ hộ" in below
    for shown in (page, below):
        assert "/ho/" not in shown
        assert "Các hộ của con số này" not in shown


def test_the_provincial_officer_goes_from_the_same_figure_to_the_households(
    cast: Cast, signed_in: SignIn
) -> None:
    client = signed_in(cast.province)
    page = client.get(TARGET + "?don-vi=108").content.decode()
    link = re.search(r'href="([^"]*dia-ban=108[^"]*dien=ngheo)"', page)
    assert link
    listed = client.get(link[1].replace("&amp;", "&"))
    assert listed.status_code == 200
    assert "/ho/" in listed.content.decode()


def test_an_officer_sees_their_own_unit_alone(cast: Cast, signed_in: SignIn) -> None:
    client = signed_in(cast.officer)
    assert client.get(PAGE).status_code == 200
    assert client.get(f"{TARGET}?don-vi=03541").status_code == 200
    for code in ("12", "107", "03442"):
        assert client.get(f"{TARGET}?don-vi={code}").status_code == 404, code


def test_the_administrator_has_no_resolution(cast: Cast, signed_in: SignIn) -> None:
    assert signed_in(cast.admin).get(PAGE).status_code == 404


def test_another_target_or_baseline_may_be_supposed(cast: Cast, signed_in: SignIn) -> None:
    client = signed_in(cast.leader)
    plain = client.get(TARGET).content.decode()
    assert "là giả định, không phải của Nghị quyết" not in plain
    supposed = client.get(TARGET + "?muc=6&goc=45,5").content.decode()
    assert "là giả định, không phải của Nghị quyết" in supposed
    assert "≥ 6 điểm phần trăm mỗi năm" in supposed
    assert "45,50%" in supposed


def test_the_published_conflict_is_shown_beside(cast: Cast, signed_in: SignIn) -> None:
    page = signed_in(cast.leader).get(TARGET).content.decode()
    for figure in ("40,40%", "36,90%", "mâu thuẫn với nguồn khác", "16,33%", "để đối chiếu"):
        assert figure in page, figure


@pytest.mark.parametrize(
    ("target", "year", "standing", "figures"),
    [
        ("poor-rate-fall", 2020, "đạt", ("40,40%", "16,33%", "giảm bình quân 4,8")),
        ("districts-off-list", 2020, "đạt", ("2 huyện",)),
        ("village-roads", 2018, "chưa đạt", ("88,10%",)),
        ("irrigation", 2020, "chưa có số", ("Chưa tìm thấy số nào",)),
    ],
)
def test_the_mid_term_and_the_end_stand_on_the_page(cast: Cast, signed_in: SignIn, target: str, year: int, standing: str, figures: tuple[str, ...]) -> None:  # fmt: skip
    page = signed_in(cast.leader).get(f"{PAGE}chi-tieu/{target}/?nam={year}").content.decode()
    answer = re.search(r'<span class="standing [^"]*big">.*?</svg>([^<]*)</span>', page, re.DOTALL)
    assert answer and answer[1].strip() == standing
    for figure in figures:
        assert figure in page, figure


def test_what_bodies_owe_is_listed(cast: Cast, signed_in: SignIn) -> None:
    page = signed_in(cast.province).get(PAGE).content.decode()
    assert "chỉ số chưa có số báo cáo năm 2020" in page


@pytest.mark.parametrize("page", [PAGE, TARGET])
def test_the_number_of_queries_does_not_grow_with_the_area(cast: Cast, signed_in: SignIn, page: str) -> None:
    client, counts = signed_in(cast.province), {}
    for code in ("12", "108", "03541"):
        client.get(f"{page}?don-vi={code}")
        with CaptureQueriesContext(connection) as queries:
            client.get(f"{page}?don-vi={code}")
        counts[code] = len(queries)
    assert max(counts.values()) <= 40, counts
    assert max(counts.values()) - min(counts.values()) <= 2, counts


def test_the_page_says_why_the_rate_changed_and_how_likely_the_end_is(cast: Cast, signed_in: SignIn) -> None:
    client = signed_in(cast.leader)
    page = client.get(f"{TARGET}?don-vi=108&nam=2018").content.decode()
    for words in ("Vì sao tỷ lệ hộ nghèo đổi trong năm 2018", "Tái nghèo", "Đổi ở đâu", "thiếu hụt nào không", "hẹp lại hay rộng ra"):  # fmt: skip
        assert words in page, words
    assert "là khả năng đạt mức" in page and "Từ 3 lần thay đổi hằng năm" in page
    ended = client.get(f"{TARGET}?don-vi=108&nam=2020").content.decode()
    assert "Không có dự báo." in ended and "không còn gì để dự báo" in ended
    other = client.get(f"{PAGE}chi-tieu/near-poor-rate-fall/?don-vi=108").content.decode()
    assert "Vì sao tỷ lệ hộ nghèo đổi" not in other


def test_the_page_says_whether_areas_and_peoples_draw_nearer(cast: Cast, signed_in: SignIn) -> None:
    client = signed_in(cast.leader)
    for address, areas, peoples in (
        (f"{TARGET}?nam=2020", True, True),
        (f"{PAGE}chi-tieu/near-poor-rate-fall/?don-vi=108", True, True),
        (f"{TARGET}?nam=2016&don-vi=108&cap=3", True, True),
        (f"{PAGE}chi-tieu/jobs/", False, False),  # no figure by unit
    ):
        page = client.get(address).content.decode()
        assert ('id="spread-units"' in page) is areas, address
        assert ('id="spread-groups"' in page) is peoples, address
    page = client.get(f"{TARGET}?nam=2020").content.decode()
    told = re.search(r"Từ 2015 đến 2020, chênh lệch giữa các địa bàn (hẹp lại|rộng ra|không đổi): độ lệch chuẩn từ ([\d,]+) đến ([\d,]+) điểm", page)  # fmt: skip
    assert told
    before, after = (float(text.replace(",", ".")) for text in told.groups()[1:])
    assert (told[1] == "hẹp lại") is (after < before)


def test_a_clause_leads_to_its_policies_and_a_policy_to_its_clauses(cast: Cast, signed_in: SignIn) -> None:
    client = signed_in(cast.leader)
    page = client.get(f"{PAGE}khoan/II.3.3.2/").content.decode()
    assert "/phap-luat/chinh-sach/health-insurance/" in page
    assert f"{PAGE}khoan/II.3.3.2/" in client.get("/phap-luat/chinh-sach/health-insurance/").content.decode()
