"""The pages of reports in words: listed, asked for, read, taken away, compared; each by whom they concern."""

import io
import json
import re
from collections.abc import Callable

import docx
import pytest
from django.test import Client
from django.urls import reverse

from giamngheo.access.models import User
from giamngheo.access.scope import acting_as
from giamngheo.audit.models import Event
from giamngheo.reports.models import Writing
from tests.conftest import Cast
from tests.reports.words.conftest import Written, at_home, warehouse, written

__all__ = ["at_home", "warehouse", "written"]

pytestmark = pytest.mark.django_db(databases=["default", "owner"])
SignedIn = Callable[[User], Client]


def test_an_officer_reads_and_takes_away_the_report_of_the_commune(
    cast: Cast, written: Written, signed_in: SignedIn
) -> None:
    row = written(cast.officer, "03541", "annual", "2020")
    client = signed_in(cast.officer)
    assert reverse("words-report", args=[row.pk]) in client.get(reverse("words")).content.decode()
    page = client.get(reverse("words-report", args=[row.pk])).content.decode()
    assert "Kết quả giảm nghèo" in page and "<svg" in page and "[Cần người viết: " in page
    assert "tính từ sổ hộ (mô phỏng)" in page and re.search(r'<td class="n">\d+,\d\d%</td>', page)
    files = {kind: client.get(reverse("words-file", args=[row.pk, kind])).content for kind in ("docx", "xlsx", "json")}  # fmt: skip
    assert json.loads(files["json"])["code"] == "03541"
    assert any("Kết quả giảm nghèo" in p.text for p in docx.Document(io.BytesIO(files["docx"])).paragraphs)
    assert client.get(reverse("words-file", args=[row.pk, "exe"])).status_code == 404
    with acting_as(cast.auditor):
        events = Event.objects.filter(subject="reports_writtenreport", details__has_key="format")
        assert sorted(e.details["format"] for e in events) == ["docx", "json", "xlsx"]


@pytest.mark.parametrize(("role", "status"), [("other_officer", 404), ("head", 404), ("admin", 404), ("auditor", 200), ("leader", 200), ("chairman", 200)])  # fmt: skip
def test_others_read_it_or_have_no_such_page(
    cast: Cast, written: Written, role: str, status: int, signed_in: SignedIn
) -> None:
    row = written(cast.officer, "03541", "annual", "2020")
    client = signed_in(getattr(cast, role))
    assert client.get(reverse("words-report", args=[row.pk])).status_code == status
    assert client.get(reverse("words-file", args=[row.pk, "json"])).status_code == status


def test_two_issues_are_compared(cast: Cast, written: Written, signed_in: SignedIn) -> None:
    one, two = (written(cast.leader, "12", "annual", "2020") for _ in range(2))
    client = signed_in(cast.leader)
    page = client.get(reverse("words-report", args=[one.pk])).content.decode()
    address = reverse("words-differences", args=[one.pk, two.pk])
    assert address in page and "Lập sau" in page
    assert "Không có số nào khác" in client.get(address).content.decode()


def test_a_report_is_asked_for_and_refused_with_a_sentence(cast: Cast, signed_in: SignedIn) -> None:
    client = signed_in(cast.province)
    asked = {"kind": "final", "unit": "12", "year": "2020", "part": ""}
    answer = client.post(reverse("words"), asked)
    with acting_as(cast.province):
        waiting = Writing.objects.get()
    assert waiting.period == "2016/2020" and answer.headers["Location"] == reverse(
        "words-state", args=[waiting.pk]
    )
    assert "2016 – 2020" in client.get(answer.headers["Location"]).content.decode()
    assert (
        'max="9"' in client.get(answer.headers["Location"], headers={"HX-Request": "true"}).content.decode()
    )
    for wrong, sentence in (
        ({"kind": "final"}, "đang được lập"),
        ({"kind": "annual", "part": "03"}, "không phải kỳ"),
        ({"kind": "interim"}, "không phải kỳ"),
        ({"kind": "annual", "year": "2021"}, "sau khi hết kỳ"),
    ):
        assert sentence in client.post(reverse("words"), asked | wrong).content.decode()
    assert "tỉnh Lai Châu</option>" in client.get(reverse("words")).content.decode()
    officer = signed_in(cast.officer)
    assert "tỉnh Lai Châu</option>" not in officer.get(reverse("words")).content.decode()
    assert signed_in(cast.auditor).post(reverse("words"), asked).status_code == 404


def test_the_province_changes_the_word_template_and_others_only_take_it(cast: Cast, written: Written, signed_in: SignedIn) -> None:  # fmt: skip
    row, address = written(cast.province, "03541", "annual", "2020"), reverse("words-template")
    client = signed_in(cast.province)
    kept = client.get(reverse("words-template-file", args=["dang-dung"])).content
    made = docx.Document(io.BytesIO(kept))
    made.add_paragraph("Kính gửi: {{ cap_tren }}")
    for wrong, sentence in (({}, ""), ({"template": io.BytesIO(b"?")}, "không phải văn bản Word")):
        assert sentence in client.post(address, wrong).content.decode()
    changed = io.BytesIO()
    made.save(changed)
    changed.name = "mau.docx"
    changed.seek(0)
    assert client.post(address, {"template": changed}).status_code == 302
    assert "mau.docx" in client.get(address).content.decode()
    file = client.get(reverse("words-file", args=[row.pk, "docx"])).content
    assert docx.Document(io.BytesIO(file)).paragraphs[-1].text == "Kính gửi: huyện Sìn Hồ"
    other = signed_in(cast.officer)
    assert other.post(address, {"template": io.BytesIO(kept)}).status_code == 404
    assert other.post(reverse("words-template-own")).status_code == 404
    assert "multipart" not in other.get(address).content.decode()
    assert signed_in(cast.province).post(reverse("words-template-own")).status_code == 302
    assert "Mẫu có sẵn của hệ thống" in client.get(address).content.decode()
