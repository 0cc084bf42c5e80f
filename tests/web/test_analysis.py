"""The analyst's page and the warehouse page: what each person is shown, what is refused, what an address asks."""

import csv
from collections.abc import Callable
from xml.etree import ElementTree

import pytest
from django.conf import settings
from django.test import Client

from giamngheo.access.models import User
from giamngheo.access.scope import acting_as
from giamngheo.audit.models import Event
from giamngheo.warehouse import snapshot
from giamngheo.web.views import analysis
from tests.conftest import Cast
from tests.warehouse.conftest import at_home, warehouse

__all__ = ["at_home", "warehouse"]  # fixtures of the warehouse room

SignedIn = Callable[[User], Client]


@pytest.mark.parametrize(
    ("query", "shown"),
    [
        ("", "16,33%"),
        ("?theo=commune&nam=2015&nam=2020", "điểm phần trăm"),
        ("?do=M0&k=1/3&theo=ethnic", "Alkire–Foster"),
        ("?do=contribution&chi-so=water&theo=district&dem=nguoi", "Nguồn nước"),
        ("?do=H&k=25,5&theo=area_type", "k = 25,5%"),
        ("?do=H&k=1/3", 'name="k" value="1/3"'),
        ("?do=H&k=33,33", "k = 33,33%"),
        ("?do=M0&d-1=2", "do người hỏi chọn"),
        ("?do=H&nam=2018&nam=2020", 'data-label="2018"'),
        ("?do=M0&d-1=2&d-2=1&q-water=3", 'name="d-1" value="2"'),
        ("?theo=village&dia-ban=03541", "03541"),
        ("?theo=district&ngay=2019-01-01", "01/01/2019"),
        ("?do=gap_of_poor&theo=district&nam=2018&nam=2020", "chưa biết thu nhập"),
        ("?do=p90/p10&theo=ethnic&dem=nguoi", "Theil T từ 0"),
        ("?theo=ethnic&cong-bo=1", "cụm ít nhất 5 hộ"),
    ],
)
def test_a_question_in_the_address_is_answered(
    at_home: None, cast: Cast, signed_in: SignedIn, query: str, shown: str
) -> None:
    answer = signed_in(cast.province).get(f"/phan-tich/{query}")
    assert answer.status_code == 200
    assert shown in answer.content.decode()


@pytest.mark.parametrize(
    ("query", "said"),
    [
        ("?do=wealth", "wealth"),
        ("?theo=star", "star"),
        ("?nam=1999", "1999"),
        ("?nam=abc", "abc"),
        ("?nam=²", "²"),
        ("?do=H&d-1=²", "²"),
        ("?chuan=2050", "2050"),
        ("?tep=doc", "doc"),
        ("?do=H&k=nan", "nan"),
        ("?do=H&d-1=0&d-2=0&d-3=0&d-4=0&d-5=0", "ít nhất một dịch vụ"),
        ("?ngay=31/12/2020", "31/12/2020"),
        ("?do=H&k=0", "k"),
        ("?do=H&k=ba", "ba"),
        ("?do=H&q-water=-1", "-1"),
        ("?do=H&d-1=1,5", "1,5"),
        ("?do=censored&chi-so=zz", "zz"),
    ],
)
def test_what_is_wrong_in_it_is_said_and_the_usual_is_shown(
    at_home: None, cast: Cast, signed_in: SignedIn, query: str, said: str
) -> None:
    answer = signed_in(cast.province).get(f"/phan-tich/{query}")
    page = answer.content.decode()
    assert answer.status_code == 400
    assert said in page[page.index('role="alert"') :].split("</ul>")[0]
    assert "Bảng số liệu" in page


def test_a_long_table_stands_on_pages_and_whole_in_its_file(
    at_home: None, cast: Cast, signed_in: SignedIn, monkeypatch: pytest.MonkeyPatch
) -> None:
    client, address = signed_in(cast.province), "/phan-tich/?do=M0&theo=commune&nam=2018&nam=2020"
    whole = client.get(address).context["rows"]
    monkeypatch.setattr(analysis, "ROWS", 2)
    first, second = client.get(address), client.get(f"{address}&trang=2")
    assert [*first.context["rows"], *second.context["rows"]] == whole[:4]
    assert "trang=2" in first.content.decode()
    file = client.get(f"{address}&tep=csv&trang=2").content.decode("utf-8-sig")
    assert len(file.splitlines()) == 1 + 2 * (len(whole) + 1)


@pytest.mark.parametrize(("kind", "starts"), [("csv", b"\xef\xbb\xbf"), ("xlsx", b"PK"), ("tex", b"\\begin")])
def test_the_table_is_taken_as_a_file_and_that_is_recorded(
    at_home: None, cast: Cast, signed_in: SignedIn, kind: str, starts: bytes
) -> None:
    answer = signed_in(cast.province).get(f"/phan-tich/?do=M0&theo=commune&nam=2015&nam=2020&tep={kind}")
    assert answer.content.startswith(starts)
    assert f".{kind}" in answer["Content-Disposition"]
    with acting_as(cast.auditor):
        assert Event.objects.filter(kind="export", subject="analysis", actor=cast.province.pk).count() == 1


@pytest.mark.parametrize(
    ("role", "query", "pools"),
    [
        ("leader", "do=M0&theo=commune", True),
        ("leader", "do=poor&theo=commune", True),
        ("province", "do=M0&theo=commune&cong-bo=1", True),
        ("province", "do=A&theo=ethnic&cong-bo=1", True),
        ("officer", "do=M0&theo=village", False),
        ("province", "do=M0&theo=commune", False),
    ],
)
def test_figures_of_pools_say_so_and_are_not_called_a_census(
    at_home: None, cast: Cast, signed_in: SignedIn, role: str, query: str, pools: bool
) -> None:
    client, address = signed_in(getattr(cast, role)), f"/phan-tich/?{query}"
    shown = client.get(address).content.decode()
    said = shown[shown.index("<summary>", shown.index("Bảng số liệu")) :]
    assert ("tổng điều tra" in said, "cụm ít nhất 5 hộ" in said) == (not pools, pools)
    assert ("Sai số chuẩn" in shown, "Có thể lệch" in shown) == (not pools, pools)
    lines = list(csv.DictReader(client.get(f"{address}&tep=csv").content.decode("utf-8-sig").splitlines()))
    for line in lines:
        assert (
            line["design"].startswith("pooled, at least 5 households each")
            if pools
            else line["design"] == "census"
        )
        # a class of the law is all but exact; what is lacking says how far it may be off
        assert ("may be off by 0." in line["design"]) == (
            pools and "poor" not in query and bool(line["estimate"])
        )
    for kind in ("xlsx", "tex"):
        assert client.get(f"{address}&tep={kind}").status_code == 200
    picture = client.get(f"{address}&tep=chart").content.decode()
    assert ("số của các cụm hộ" in picture) == pools


@pytest.mark.parametrize("picture", ["map", "chart"])
def test_a_picture_is_taken_as_a_file_and_that_is_recorded(
    at_home: None, cast: Cast, signed_in: SignedIn, picture: str
) -> None:
    answer = signed_in(cast.province).get(f"/phan-tich/?theo=district&tep={picture}")
    assert answer["Content-Type"].startswith("image/svg+xml")
    assert ElementTree.fromstring(answer.content).tag == "{http://www.w3.org/2000/svg}svg"
    assert f"{picture}.svg" in answer["Content-Disposition"]
    with acting_as(cast.auditor):
        event = Event.objects.get(kind="export", subject="analysis", actor=cast.province.pk)
    assert event.details["picture"] == picture


def test_there_is_no_map_of_groups_of_people(at_home: None, cast: Cast, signed_in: SignedIn) -> None:
    client = signed_in(cast.province)
    assert client.get("/phan-tich/?theo=ethnic&tep=map").status_code == 404
    assert "tep=map" not in client.get("/phan-tich/?theo=ethnic").content.decode()


def test_nobody_is_asked_about_another_place(at_home: None, cast: Cast, signed_in: SignedIn) -> None:
    client = signed_in(cast.officer)
    assert client.get("/phan-tich/?dia-ban=03541").status_code == 200
    assert client.get("/phan-tich/?dia-ban=03442").status_code == 404
    assert client.get("/phan-tich/?dia-ban=99999").status_code == 404


def test_incomes_are_not_offered_to_who_sees_no_households(
    at_home: None, cast: Cast, signed_in: SignedIn
) -> None:
    client = signed_in(cast.leader)
    assert 'value="gini"' not in client.get("/phan-tich/").content.decode()
    refused = client.get("/phan-tich/?do=gini")
    assert refused.status_code == 400 and "Thước đo thu nhập tính từ từng hộ" in refused.content.decode()


def test_an_administrator_has_no_figures(at_home: None, cast: Cast, signed_in: SignedIn) -> None:
    client = signed_in(cast.admin)
    assert client.get("/phan-tich/").status_code == client.get("/kho-so-lieu/").status_code == 404


def test_before_the_first_snapshot_the_page_says_what_to_do(
    cast: Cast, signed_in: SignedIn, monkeypatch: pytest.MonkeyPatch, tmp_path_factory: pytest.TempPathFactory
) -> None:
    monkeypatch.setattr(settings, "WAREHOUSE", tmp_path_factory.mktemp("empty"))
    client = signed_in(cast.province)
    assert "Chưa có kho số liệu" in client.get("/phan-tich/").content.decode()
    assert "Lập lại kho ngay" in client.get("/kho-so-lieu/").content.decode()


def test_a_snapshot_of_another_schema_is_said_and_not_an_error(
    at_home: None, cast: Cast, signed_in: SignedIn, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(snapshot, "SCHEMA_VERSION", 99)
    snapshot.snapshot_at.cache_clear()
    answer = signed_in(cast.province).get("/phan-tich/")
    snapshot.snapshot_at.cache_clear()
    assert answer.status_code == 200 and "99" in answer.content.decode()


@pytest.mark.parametrize(("role", "tables", "research"), [("province", True, True), ("officer", True, False), ("leader", False, False)])  # fmt: skip
def test_the_warehouse_page_offers_what_a_role_may(
    at_home: None, cast: Cast, signed_in: SignedIn, role: str, tables: bool, research: bool
) -> None:
    page = signed_in(getattr(cast, role)).get("/kho-so-lieu/").content.decode()
    assert ("Lấy các bảng này" in page) is tables
    assert ("Lập tệp nghiên cứu" in page) is research
    assert "Từ điển các cột" in page


def test_the_number_of_queries_does_not_grow_with_years_and_groups(
    at_home: None, cast: Cast, signed_in: SignedIn, django_assert_max_num_queries: Callable[..., object]
) -> None:
    client = signed_in(cast.province)
    client.get("/phan-tich/")
    with django_assert_max_num_queries(40):  # type: ignore[attr-defined]
        client.get("/phan-tich/?do=M0&theo=village&" + "&".join(f"nam={year}" for year in range(2015, 2021)))


# --- movements between rounds ---------------------------------------------------------------------------------------

MOVEMENTS = "/phan-tich/bien-dong/"


def test_movements_are_told_for_one_s_own_area(at_home: None, cast: Cast, signed_in: SignedIn) -> None:
    told = signed_in(cast.province).get(MOVEMENTS)
    rows = told.context["matrix"]
    assert [name for name, _moved in rows] == ["hộ nghèo", "hộ cận nghèo", "không thuộc diện"]
    for _name, moved in rows:  # of those of one class, everybody is somewhere at the end
        shares = [share for _state, share, _households in moved if share is not None]
        assert sum(shares) == pytest.approx(1)
    page = told.content.decode()
    assert "Từ 2015 đến 2020" in page and "Nghèo kéo dài bao lâu" in page
    assert signed_in(cast.officer).get(f"{MOVEMENTS}?tu=2018&den=2020").status_code == 200
    assert signed_in(cast.other_officer).get(f"{MOVEMENTS}?dia-ban=03541").status_code == 404
    assert signed_in(cast.admin).get(MOVEMENTS).status_code == 404


def test_who_sees_no_households_is_told_why_there_are_no_movements(
    at_home: None, cast: Cast, signed_in: SignedIn
) -> None:
    told = signed_in(cast.leader).get(MOVEMENTS)
    assert told.status_code == 200 and told.context["refused"] and "matrix" not in told.context


@pytest.mark.parametrize("asked", ["?tu=2020&den=2015", "?tu=1999", "?tu=2020&den=2020"])
def test_years_that_cannot_be_compared_are_said(
    at_home: None, cast: Cast, signed_in: SignedIn, asked: str
) -> None:
    told = signed_in(cast.province).get(f"{MOVEMENTS}{asked}")
    assert told.status_code == 200 and told.context["refused"]


def test_movements_are_taken_as_a_file(at_home: None, cast: Cast, signed_in: SignedIn) -> None:
    file = signed_in(cast.province).get(f"{MOVEMENTS}?tep=csv")
    assert file["Content-Type"].startswith("text/csv") and b"escape" in file.content


@pytest.mark.parametrize("asked", ["?tu=abc", "?tu=²&den=2020", "?chuan=sao", "?tep=exe"])
def test_what_is_no_year_standard_or_file_is_as_if_movements_were_asked_without_it(
    at_home: None, cast: Cast, signed_in: SignedIn, asked: str
) -> None:
    told = signed_in(cast.province).get(f"{MOVEMENTS}{asked}")
    assert told.status_code == 200 and told.context["matrix"]
