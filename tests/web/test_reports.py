"""The pages of issued reports: who reads what, where a number leads, what is taken away, what the province may do."""

import datetime as dt
import io
import re
from collections.abc import Callable

import pytest
from django.test import Client
from django.urls import reverse

from giamngheo.access.models import User
from giamngheo.access.scope import acting_as
from giamngheo.audit.models import Event
from giamngheo.base.text import parse_number
from giamngheo.registry.models import Person
from giamngheo.reports import actions, queries
from giamngheo.reports.models import IssuedReport, Production
from giamngheo.surveys.models import Round
from tests.conftest import Cast

SignedIn = Callable[[User], Client]
END = dt.date(2020, 12, 31)


@pytest.fixture
def issued(cast: Cast) -> Production:
    with acting_as(cast.province):
        round = Round.objects.get(year=2020, kind="annual")
        asked = Production.objects.create(round=round, deadline="official", as_of=END, asked_by=cast.province)
        return actions.make(asked, by=cast.province)


def row(by: User, kind: str = "result", level: int = 3) -> IssuedReport:
    with acting_as(by):
        return IssuedReport.objects.filter(kind=kind, unit__level=level).select_related("unit")[0]


def text(client: Client, name: str, *args: object) -> str:
    answer = client.get(reverse(name, args=args))
    assert answer.status_code == 200
    return answer.content.decode()


def test_an_officer_reads_the_reports_of_the_commune_and_follows_a_number(
    cast: Cast, issued: Production, signed_in: SignedIn
) -> None:
    client, mine = signed_in(cast.officer), row(cast.officer)
    assert "Rà soát định kỳ 2020" in text(client, "reports")
    assert "Báo cáo chính thức" in text(client, "reports-round", 2020)
    assert reverse("reports-set", args=[issued.pk, mine.unit.code]) in text(
        client, "reports-state", issued.pk
    )
    assert text(client, "reports-set", issued.pk, mine.unit.code).count("Khớp") == 10
    page = text(client, "report", mine.pk)
    assert "Tổng cộng" in page and "mô phỏng" in page
    links = re.findall(r'<td class="n"><a href="([^"]+)">([\d.,]+)</a>', page)
    assert len(links) > 10
    for address, shown in links[:6]:
        behind = client.get(address)
        assert behind.status_code == 200 and f"Báo cáo ghi {shown};" in behind.content.decode()
        assert "khác con số đã ghi" not in behind.content.decode()
        if address.split("/")[-5] in ("1", "3"):
            households = behind.content.decode().count("Tính vào con số") - 1
            assert households == parse_number(shown)
    with acting_as(cast.auditor):
        assert Event.objects.filter(kind="read", subject="reports_issuedreport").count() == 6


def test_a_leader_reads_figures_and_no_household(cast: Cast, issued: Production, signed_in: SignedIn) -> None:
    client, one = signed_in(cast.leader), row(cast.leader)
    page = text(client, "report", one.pk)
    assert "Tổng cộng" in page and "/o/" not in page
    assert client.get(reverse("report-cell", args=[one.pk, f"result/3/{one.unit_id}/-/-"])).status_code == 404


@pytest.mark.parametrize("role", ["other_officer", "head", "admin"])
def test_others_have_no_such_page(cast: Cast, issued: Production, role: str, signed_in: SignedIn) -> None:
    mine = row(cast.officer)
    client = signed_in(getattr(cast, role))
    for name, args in (
        ("report", [mine.pk]), ("report-file", [mine.pk, "csv"]), ("report-cell", [mine.pk, f"result/3/{mine.unit_id}/-/-"]),
        ("reports-set", [issued.pk, mine.unit.code]), ("report-differences", [mine.pk, mine.pk]),
        ("reports-set-file", [issued.pk, mine.unit.code, "xlsx"]),
    ):  # fmt: skip
        assert client.get(reverse(name, args=args)).status_code == 404


@pytest.mark.parametrize(("kind", "starts"), [("xlsx", b"PK"), ("pdf", b"%PDF"), ("csv", b"")])
def test_a_report_and_a_set_are_taken_away(
    cast: Cast, issued: Production, signed_in: SignedIn, kind: str, starts: bytes
) -> None:
    client, mine = signed_in(cast.officer), row(cast.officer)
    for name, args in (
        ("report-file", [mine.pk, kind]),
        ("reports-set-file", [issued.pk, mine.unit.code, kind]),
    ):
        answer = client.get(reverse(name, args=args))
        assert answer.status_code == 200 and answer.content.startswith(starts) and len(answer.content) > 500
        assert f".{kind}" in answer["Content-Disposition"]
    with acting_as(cast.auditor):
        assert Event.objects.filter(kind="export", subject="reports_issuedreport").count() == 2


def test_a_workbook_has_a_sheet_a_report(cast: Cast, issued: Production, signed_in: SignedIn) -> None:
    from python_calamine import CalamineWorkbook

    mine = row(cast.officer)
    answer = signed_in(cast.officer).get(
        reverse("reports-set-file", args=[issued.pk, mine.unit.code, "xlsx"])
    )
    assert len(CalamineWorkbook.from_filelike(io.BytesIO(answer.content)).sheet_names) == 10


@pytest.mark.parametrize(
    "address", ["result/3/999999/-/-", "result/99/{unit}/-/-", "result/3/{unit}/elsewhere/-", "poor-flow/1/{unit}/-/persons", "x"]
)  # fmt: skip
def test_an_address_of_no_cell_is_no_page(
    cast: Cast, issued: Production, signed_in: SignedIn, address: str
) -> None:
    mine = row(cast.officer)
    asked = reverse("report-cell", args=[mine.pk, address.format(unit=mine.unit_id)])
    assert signed_in(cast.officer).get(asked).status_code == 404


def test_the_province_has_a_set_made_and_sees_how_far_it_is(cast: Cast, signed_in: SignedIn) -> None:
    client = signed_in(cast.province)
    answer = client.post(reverse("reports-round", args=[2020]), {"deadline": "official", "as_of": "31/12/2020"}, follow=True)  # fmt: skip
    assert "Chờ làm" in answer.content.decode()
    with acting_as(cast.province):
        asked = Production.objects.get()
    part = client.get(reverse("reports-state", args=[asked.pk]), headers={"HX-Request": "true"})
    assert "Đang lập báo cáo" in part.content.decode() and "<html" not in part.content.decode()
    again = client.post(
        reverse("reports-round", args=[2020]), {"deadline": "official", "as_of": "31/12/2020"}
    )
    assert "đang được lập" in again.content.decode()


@pytest.mark.parametrize(
    ("form", "words"),
    [
        ({"deadline": "official", "as_of": "31/12/2031"}, "không lập được"),
        ({"deadline": "official", "as_of": ""}, "Hãy ghi ngày"),
        ({"deadline": "official", "as_of": "ba mươi"}, "as_of"),
        ({"deadline": "weekly", "as_of": "31/12/2020"}, "weekly"),
    ],
)
def test_what_is_asked_wrongly_is_said(
    cast: Cast, signed_in: SignedIn, form: dict[str, str], words: str
) -> None:
    answer = signed_in(cast.province).post(reverse("reports-round", args=[2020]), form)
    assert answer.status_code == 200 and words in answer.content.decode()
    with acting_as(cast.province):
        assert not Production.objects.exists()


def test_nobody_else_makes_or_closes(cast: Cast, signed_in: SignedIn) -> None:
    for by in (cast.officer, cast.leader, cast.auditor, cast.admin):
        client = signed_in(by)
        for name in ("reports-round", "reports-close"):
            assert client.post(reverse(name, args=[2020]), {"deadline": "official"}).status_code in (403, 404)


def test_closing_too_early_says_what_is_missing(cast: Cast, signed_in: SignedIn) -> None:
    answer = signed_in(cast.province).post(reverse("reports-close", args=[2021]), follow=True)
    assert "chưa có quyết định" in answer.content.decode()
    with acting_as(cast.province):
        assert Round.objects.get(year=2021, kind="annual").is_open


def test_a_later_issue_is_compared(cast: Cast, issued: Production, signed_in: SignedIn) -> None:
    with acting_as(cast.province):
        early = Production.objects.create(round=issued.round, deadline="preliminary", as_of=dt.date(2020, 10, 20), asked_by=cast.province)  # fmt: skip
        actions.make(early, by=cast.province)
        rows = IssuedReport.objects.filter(kind="result", unit__level=1).order_by("pk")
        later, earlier = rows[0], rows[1]
        assert queries.report_of(later) != queries.report_of(earlier)
    client = signed_in(cast.province)
    assert reverse("report-differences", args=[later.pk, earlier.pk]) in text(client, "report", later.pk)
    assert "ô khác nhau" in text(client, "report-differences", later.pk, earlier.pk)


@pytest.mark.parametrize(("slug", "listed"), [("poor-list", "poor"), ("near-poor-list", "near_poor")])
def test_the_detailed_lists_name_every_member_to_those_who_may_see_them(
    cast: Cast, issued: Production, signed_in: SignedIn, slug: str, listed: str
) -> None:
    mine = row(cast.officer)
    client = signed_in(cast.officer)
    address = reverse("reports-list-file", args=[issued.pk, mine.unit.code, slug, "csv"])
    assert address in text(client, "reports-set", issued.pk, mine.unit.code)
    answer = client.get(address)
    with acting_as(cast.officer):
        members = Person.objects.filter(
            household__recognitions__listed=listed, household__recognitions__period__contains=END
        ).distinct()
        names = set(members.values_list("full_name", flat=True))
        assert (
            Event.objects.filter(kind="export", subject="reports_issuedreport").count() == 0
        )  # not theirs to read
    found = answer.content.decode()
    assert names and all(name in found for name in names)
    for kind, start in (("xlsx", b"PK"), ("pdf", b"%PDF")):
        paper = client.get(reverse("reports-list-file", args=[issued.pk, mine.unit.code, slug, kind]))
        assert paper.content.startswith(start)
    with acting_as(cast.auditor):
        told = Event.objects.filter(kind="export", subject="reports_issuedreport").values_list(
            "details", flat=True
        )
        assert [details["list"] for details in told] == [slug] * 3
    for who in (cast.leader, cast.other_officer, cast.admin):
        assert signed_in(who).get(address).status_code == 404
    province = reverse("reports-list-file", args=[issued.pk, "12", slug, "csv"])
    assert signed_in(cast.province).get(province).status_code == 404  # commune by commune
