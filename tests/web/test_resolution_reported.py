"""Reported figures on screen: entered, confirmed by another, corrected with both rows in sight; a workbook marked and mended."""

import io
from collections.abc import Callable
from pathlib import Path

import openpyxl
import pytest
from django.conf import settings
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from giamngheo.access.models import User
from giamngheo.resolution.models import ReportedFigure
from tests.conftest import Cast

pytestmark = pytest.mark.django_db(databases=["default", "owner"])
LIST = "/nghi-quyet/lai-chau-2016-2020/so-lieu/"
ROADS = f"{LIST}village-roads/"
SignIn = Callable[[User], Client]


@pytest.fixture(autouse=True)
def _files(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr(settings, "WAREHOUSE", tmp_path / "none")
    monkeypatch.setattr(settings, "MEDIA_ROOT", tmp_path / "files")


def test_a_figure_is_entered_confirmed_and_corrected(cast: Cast, signed_in: SignIn, acting) -> None:  # type: ignore[no-untyped-def]
    second = User.objects.get(username="tinh2")
    at, words = f"{ROADS}?nam=2019", {"numerator": "1.050", "denominator": "1.169", "body": "transport"}
    client = signed_in(cast.province)
    start = client.get("/").content.decode()
    assert "chỉ số năm 2020 chưa có số, đã quá hạn" in start
    wrong = client.post(at, {**words, "numerator": "1.200"}).content.decode()
    assert "lớn hơn mẫu số" in wrong and 'value="1.200"' in wrong  # what was typed stays
    scan = io.BytesIO(b"%PDF-1.4 x")
    scan.name = "bien-ban.pdf"
    assert client.post(at, {**words, "evidence": scan}).status_code == 302
    page = client.get(at).content.decode()
    assert "chưa tính vì chưa có người thứ hai" in page and "Tôi đã xem và xác nhận" not in page
    with acting(cast.province):
        row = ReportedFigure.objects.get()
    client = signed_in(second)
    assert "chờ anh/chị xác nhận" in client.get("/").content.decode()
    assert "Tôi đã xem và xác nhận" in client.get(at).content.decode()
    assert client.get(f"{LIST}bang-chung/{row.pk}").content == b"%PDF-1.4 x"
    client.post(f"{LIST}xac-nhan/{row.pk}")
    leader = signed_in(cast.leader)
    page = leader.get("/nghi-quyet/lai-chau-2016-2020/chi-tieu/village-roads/?nam=2019").content.decode()
    assert "89,82%" in page and "cơ quan báo cáo" in page
    page = leader.get(at).content.decode()
    assert "89,82%" in page and "<textarea" not in page
    assert leader.get(f"{LIST}bang-chung/{row.pk}").status_code == 404
    client = signed_in(cast.province)
    assert "Hãy ghi lý do" in client.post(at, {**words, "numerator": "1.060"}).content.decode()
    client.post(at, {**words, "numerator": "1.060", "reason": "Cộng sót"})
    page = client.get(at).content.decode()
    assert "đã thay lúc" in page and "Cộng sót" in page and "90,68%" in page


def test_an_officer_reports_for_their_own_commune_alone(cast: Cast, signed_in: SignIn) -> None:
    client = signed_in(cast.officer)
    assert client.get(LIST).status_code == 200
    for path in (LIST, ROADS):
        assert client.get(f"{path}?don-vi=03442").status_code == 404
    assert client.post(f"{ROADS}?don-vi=12", {"value": "5"}).status_code == 404
    assert client.get(f"{LIST}poor-rate/").status_code == 404
    client.post(f"{LIST}ky?nam=2019")
    assert "Chỉ cán bộ tỉnh" in client.get(LIST).content.decode()


@pytest.mark.parametrize("role", ["leader", "auditor"])
def test_readers_have_no_form_and_no_workbook(cast: Cast, signed_in: SignIn, role: str) -> None:
    client = signed_in(getattr(cast, role))
    page = client.get(LIST).content.decode()
    assert "Ghi bằng bảng tính" not in page and "Đóng năm" not in page
    assert client.get(f"{LIST}mau.xlsx").status_code == 404
    assert client.post(f"{LIST}tai-len").status_code == 404


def test_a_period_is_closed_and_a_body_assigned(cast: Cast, signed_in: SignIn) -> None:
    client = signed_in(cast.province)
    client.post(f"{LIST}ky?nam=2019")
    page = client.get(f"{ROADS}?nam=2019").content.decode()
    assert "Kỳ đã đóng" in page and "<textarea" not in page
    client.post(f"{LIST}ky?nam=2019", {"ly-do": "Sở bổ sung"})
    assert "<textarea" in client.get(f"{ROADS}?nam=2019").content.decode()
    client.post(f"{ROADS}giao", {"co-quan": "statistics"})
    page = client.get(ROADS).content.decode()
    assert "tỉnh giao" in page and "Thôi giao" in page
    client.post(f"{ROADS}giao")
    assert "suy luận" in client.get(ROADS).content.decode()


def test_a_workbook_with_faults_comes_back_marked(cast: Cast, signed_in: SignIn, acting) -> None:  # type: ignore[no-untyped-def]
    client = signed_in(cast.officer)
    template = b"".join(client.get(f"{LIST}mau.xlsx?nam=2019").streaming_content)  # type: ignore[attr-defined]
    book = openpyxl.load_workbook(io.BytesIO(template))
    sheet = book.active
    places = {str(cell.value).rstrip("*"): place for place, cell in enumerate(sheet[1])}
    (row,) = [row for row in sheet.iter_rows(min_row=2) if row[0].value == "village-roads"]

    def send(value: object) -> object:
        row[places["Giá trị"]].value = value
        out = io.BytesIO()
        book.save(out)
        out.seek(0)
        out.name = "x.xlsx"
        return client.post(f"{LIST}tai-len?nam=2019", {"tep": out})

    told = send(130)
    assert told.status_code == 422 and "vượt quá 100%" in told.content.decode()  # type: ignore[attr-defined]
    with acting(cast.officer):
        assert not ReportedFigure.objects.exists()
    marked = openpyxl.load_workbook(
        io.BytesIO(b"".join(client.get(f"{LIST}danh-dau.xlsx?nam=2019").streaming_content))
    )  # type: ignore[attr-defined]
    assert any("vượt quá 100%" in str(cell.value) for cell in marked.active[row[0].row])
    assert send(80).status_code == 302  # type: ignore[attr-defined]
    with acting(cast.officer):
        assert ReportedFigure.objects.get().value == 80


def test_the_list_asks_a_constant_number_of_queries(cast: Cast, signed_in: SignIn) -> None:
    client, counts = signed_in(cast.province), {}
    for code in ("12", "108", "03541"):
        client.get(f"{LIST}?don-vi={code}")
        with CaptureQueriesContext(connection) as queries:
            client.get(f"{LIST}?don-vi={code}")
        counts[code] = len(queries)
    assert max(counts.values()) - min(counts.values()) <= 2 and max(counts.values()) <= 40, counts
