"""The pages of workbooks: template, upload, what is wrong, one button, and whose they are."""

from collections.abc import Callable
from pathlib import Path

import pytest
from django.conf import LazySettings
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse

from giamngheo.access.models import User
from giamngheo.access.scope import acting_as
from giamngheo.areas.models import Unit
from giamngheo.surveys.imports import actions, progress
from giamngheo.surveys.models import Import, Round
from tests.conftest import Cast
from tests.surveys.imports.conftest import media, write_book
from tests.surveys.imports.test_actions import NEW, NEW_HEAD, round, village

__all__ = ["media", "round", "village"]

SignedIn = Callable[[User], Client]
pytestmark = pytest.mark.usefixtures("own_database", "media")


@pytest.fixture
def brought(
    cast: Cast, round: Round, village: Unit, tmp_path: Path, signed_in: SignedIn
) -> Callable[..., Import]:
    """Upload by the form, then let the job check it."""

    def bring(**changes: object) -> Import:
        at = {"village_code": village.code}
        path = write_book(tmp_path / "ho.xlsx", [{**NEW, **at, **changes}], [{**NEW_HEAD, **at}], round)
        sent = SimpleUploadedFile("ho.xlsx", path.read_bytes())
        answer = signed_in(cast.officer).post(reverse("imports"), {"round": round.pk, "workbook": sent})
        assert answer.status_code == 302, answer.content.decode()
        with acting_as(cast.officer):
            of = Import.objects.latest("pk")
        actions.check(of.pk, by=cast.officer)
        return of

    return bring


def test_a_workbook_goes_in_by_its_pages(
    cast: Cast, brought: Callable[..., Import], signed_in: SignedIn
) -> None:
    of = brought()
    client = signed_in(cast.officer)
    page = client.get(reverse("import", args=[of.pk])).content.decode()
    assert "1 hộ mới" in page and "Ghi vào sổ" in page
    client.post(reverse("import-act", args=[of.pk, "ghi"]))
    page = client.get(reverse("import", args=[of.pk])).content.decode()
    assert "hx-trigger" in page and 'http-equiv="refresh"' in page
    actions.write(of.pk, by=cast.officer)
    assert "đã ghi 1 hộ" in client.get(reverse("import", args=[of.pk])).content.decode()
    assert "ho.xlsx" in client.get(reverse("imports")).content.decode()


def test_faults_are_shown_with_the_marked_workbook(
    cast: Cast, brought: Callable[..., Import], signed_in: SignedIn
) -> None:
    of = brought(income_per_head="bảy trăm")
    client = signed_in(cast.officer)
    page = client.get(reverse("import", args=[of.pk])).content.decode()
    assert "không phải là số" in page and "Ghi vào sổ" not in page
    with acting_as(cast.officer):
        fault = of.problems.get()
    asked = {"sheet": fault.sheet, "column": fault.column}
    assert "không phải là số" in client.get(reverse("import", args=[of.pk]), asked).content.decode()
    asked["column"] = "Họ và tên"
    assert "không phải là số" not in client.get(reverse("import", args=[of.pk]), asked).content.decode()
    answer = client.get(reverse("import-marked", args=[of.pk]))
    assert b"".join(answer.streaming_content)[:2] == b"PK"


@pytest.mark.parametrize(
    ("role", "status"),
    [("other_officer", 404), ("province", 404), ("leader", 404), ("admin", 404), ("auditor", 200)],
)
def test_whose_it_is(
    role: str, status: int, cast: Cast, brought: Callable[..., Import], signed_in: SignedIn
) -> None:
    of = brought()
    client = signed_in(getattr(cast, role))
    assert client.get(reverse("import", args=[of.pk])).status_code == status
    assert client.post(reverse("import-act", args=[of.pk, "ghi"])).status_code == 404
    with acting_as(cast.officer):
        of.refresh_from_db()
    assert of.state == Import.State.CHECKED


def test_the_template_is_the_officers_own(cast: Cast, round: Round, signed_in: SignedIn) -> None:
    address = reverse("import-template", args=[round.pk])
    answer = signed_in(cast.officer).get(address, {"ho": "1"})
    assert answer.status_code == 200 and b"".join(answer.streaming_content)[:2] == b"PK"
    assert signed_in(cast.auditor).get(address).status_code == 404


@pytest.mark.parametrize(("role", "has"), [("officer", True), ("province", False)])
def test_templates_are_offered_where_there_are_any(
    role: str, has: bool, cast: Cast, round: Round, signed_in: SignedIn
) -> None:
    client = signed_in(getattr(cast, role))
    address = reverse("import-template", args=[round.pk])
    index = client.get(reverse("imports")).content.decode()
    assert (address in index, "Mẫu lập theo huyện hoặc xã" in index) == (has, not has)
    assert client.get(address).status_code == (200 if has else 404)


def test_a_failure_is_told_in_words(cast: Cast, brought: Callable[..., Import], signed_in: SignedIn) -> None:
    of = brought()
    with acting_as(cast.officer):
        Import.objects.filter(pk=of.pk).update(state=Import.State.FAILED, failure=progress.NO_ROOM)
    page = signed_in(cast.officer).get(reverse("import", args=[of.pk])).content.decode()
    assert "Máy chủ hết chỗ trên đĩa" in page and "no_room" not in page


def test_a_file_too_large_is_told_on_the_form(
    cast: Cast, round: Round, signed_in: SignedIn, settings: LazySettings
) -> None:
    settings.UPLOAD_LIMIT = 10
    sent = SimpleUploadedFile("ho.xlsx", b"PK" + bytes(100))
    page = signed_in(cast.officer).post(reverse("imports"), {"round": round.pk, "workbook": sent})
    assert page.status_code == 200 and "hãy chia thành nhiều tệp" in page.content.decode()


def test_a_file_that_is_none_has_no_cells_to_mark(cast: Cast, round: Round, signed_in: SignedIn) -> None:
    client = signed_in(cast.officer)
    sent = SimpleUploadedFile("anh.xlsx", b"\xff\xd8 no workbook")
    client.post(reverse("imports"), {"round": round.pk, "workbook": sent})
    with acting_as(cast.officer):
        of = Import.objects.latest("pk")
    actions.check(of.pk, by=cast.officer)
    assert "bị hỏng" in (page := client.get(reverse("import", args=[of.pk])).content.decode())
    assert "danh-dau.xlsx" not in page
    assert client.get(reverse("import-marked", args=[of.pk])).status_code == 404
