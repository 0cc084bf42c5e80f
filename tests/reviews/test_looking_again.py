"""What is done again or taken back: the district does not agree, a household is withdrawn, a meeting called off, a scan kept."""

import io
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from django.test import Client

from giamngheo.access.models import User
from giamngheo.access.scope import acting_as
from giamngheo.audit.models import Event
from giamngheo.base import scans
from giamngheo.registry.models import Household
from giamngheo.reviews import errors
from giamngheo.reviews.actions import attachments, decisions, lists, meetings
from giamngheo.reviews.models import Attachment, Case, Decision, Opinion, Recognition, VillageReview
from tests.reviews.conftest import POOR, WELL, Commune, today

SignIn = Callable[[User], Client]
SCAN = b"%PDF-1.7 signed"


@pytest.fixture
def families(commune_2021: Commune) -> tuple[Household, Household]:
    """Two households of the village, surveyed, its lists finished."""
    officer = commune_2021.cast.officer
    found = (commune_2021.household("Giàng A Páo 1975"), commune_2021.household("Sùng Thị Mỷ 1980"))
    for household in found:
        with acting_as(officer):
            lists.add_household(of=commune_2021.of, household=household, by=officer)
        commune_2021.visit(household, POOR)
    with acting_as(officer):
        lists.finish_lists(of=commune_2021.dossier, by=officer)
    return found


def disagree(commune: Commune, text: str = "Hộ Sùng Thị Mỷ có xe tải") -> None:
    if commune.fresh_state() == "gathering":
        with acting_as(commune.cast.officer):
            decisions.send_to_district(of=commune.fresh(), on=today(), by=commune.cast.officer)
    with acting_as(commune.cast.district):
        opinion = Opinion.objects.get(of=commune.of.pk, answered_on__isnull=True)
        decisions.answer_commune(
            opinion=opinion, agrees=False, text=text, on=today(), by=commune.cast.district
        )


def test_the_district_disagrees_and_one_household_is_surveyed_and_met_on_again(
    commune_2021: Commune, families: tuple[Household, Household], signed_in: SignIn
) -> None:
    commune_2021.meet()
    commune_2021.take_down(commune_2021.post())
    with pytest.raises(errors.DisagreementWithoutReasonsError):
        disagree(commune_2021, " ")
    disagree(commune_2021)
    assert commune_2021.fresh_state() == "gathering"
    case = commune_2021.case(families[1])
    where = f"/binh-xet/2021/{commune_2021.unit.code}/{commune_2021.village.code}/"
    officer = signed_in(commune_2021.cast.officer)
    assert "Xem lại một số hộ" in officer.get(where).content.decode()
    officer.post(f"{where}viec/xem-lai", {"case": case.pk, "why": " "})
    assert commune_2021.dossier.state == VillageReview.State.READY  # not without a reason
    officer.post(f"{where}viec/xem-lai", {"case": case.pk, "why": "Huyện đề nghị"})
    assert commune_2021.dossier.state == VillageReview.State.SURVEYING
    assert (commune_2021.case(families[0]).state, commune_2021.case(families[1]).state) == (
        "agreed",
        "returned",
    )
    commune_2021.visit(families[1], WELL)
    commune_2021.meet()
    commune_2021.take_down(commune_2021.post())
    commune_2021.agree()
    commune_2021.decide()
    outcomes = {
        household.pk: Recognition.objects.using("owner").filter(household=household.pk).exists()
        for household in families
    }
    assert outcomes == {families[0].pk: True, families[1].pk: False}


def test_who_moved_away_is_withdrawn_and_stays_on_the_list_with_the_reason(
    commune_2021: Commune, families: tuple[Household, Household], signed_in: SignIn
) -> None:
    case = commune_2021.case(families[1])
    where = f"/binh-xet/2021/{commune_2021.unit.code}/{commune_2021.village.code}/"
    page = signed_in(commune_2021.cast.head).post(
        f"{where}viec/rut-ho", {"case": case.pk, "why": ""}, follow=True
    )
    assert "Hãy ghi lý do" in page.content.decode()
    signed_in(commune_2021.cast.head).post(
        f"{where}viec/rut-ho", {"case": case.pk, "why": "Đã chuyển về xã khác"}
    )
    found = commune_2021.case(families[1])
    assert (found.state, found.withdrawn_why) == ("withdrawn", "Đã chuyển về xã khác")
    assert "Đã chuyển về xã khác" in signed_in(commune_2021.cast.officer).get(where).content.decode()
    commune_2021.meet()
    commune_2021.take_down(commune_2021.post())
    commune_2021.agree()
    assert Decision.objects.using("owner").get(pk=commune_2021.decide().pk)
    lines = Case.objects.using("owner").filter(of_id=commune_2021.of.pk, state="decided")
    assert [case.household_id for case in lines] == [families[0].pk]


def test_a_meeting_that_could_not_be_held_is_called_off_with_its_reason(
    commune_2021: Commune, families: tuple[Household, Household]
) -> None:
    from django.utils import timezone

    head = commune_2021.cast.head
    with acting_as(head):
        meeting = meetings.convene(
            of=commune_2021.dossier, meets_at=timezone.now(), place="Nhà văn hoá", notice_on=today(), by=head
        )
        with pytest.raises(errors.ReasonNeededError):
            meetings.call_off(meeting=meeting, why="", by=head)
        meetings.call_off(meeting=meeting, why="Mưa lũ", by=head)
    assert commune_2021.dossier.state == VillageReview.State.SURVEYING
    assert commune_2021.meet().number == 2


def test_a_later_finding_is_another_decision_made_on_screen(
    commune_2021: Commune, families: tuple[Household, Household], signed_in: SignIn
) -> None:
    commune_2021.meet()
    commune_2021.take_down(commune_2021.post())
    commune_2021.agree()
    first = commune_2021.decide()
    chairman = signed_in(commune_2021.cast.chairman)
    assert "Ra quyết định sửa" not in chairman.get(f"/quyet-dinh/{first.pk}/").content.decode()
    commune_2021.visit(families[1], WELL)
    page = chairman.get(f"/quyet-dinh/{first.pk}/").content.decode()
    assert "Ra quyết định sửa" in page and page.count('name="line"') == 1
    line = page.split('name="line" value="')[1].split('"')[0]
    said = {"number": "20/QĐ-UBND", "decided_on": f"{today():%d/%m/%Y}", "signer_title": "Chủ tịch"}
    refused = chairman.post(f"/quyet-dinh/{first.pk}/sua", {**said, "reason": "Rà soát lại"}, follow=True)
    assert "Hãy chọn ít nhất một hộ" in refused.content.decode()
    chairman.post(f"/quyet-dinh/{first.pk}/sua", {**said, "line": line, "reason": "Rà soát lại"})
    second = Decision.objects.using("owner").get(number="20/QĐ-UBND", of_id=commune_2021.of.pk)
    assert (second.supersedes_id, second.previous, second.reason) == (first.pk, first.hash, "Rà soát lại")
    assert "20/QĐ-UBND" in chairman.get(f"/quyet-dinh/{first.pk}/").content.decode()
    officer = signed_in(commune_2021.cast.officer)
    assert (
        officer.post(f"/quyet-dinh/{first.pk}/sua", {**said, "line": line, "reason": "x"}).status_code == 302
    )
    assert Decision.objects.using("owner").filter(of_id=commune_2021.of.pk).count() == 2


# --- papers kept


@pytest.fixture(autouse=True)
def files(settings: Any, tmp_path: Path) -> None:
    settings.MEDIA_ROOT = tmp_path


@pytest.mark.parametrize("content", [b"MZ a program", b"", b"<html>", b"%PDF" + b"x" * (scans.MOST + 1)])
def test_only_pictures_and_pdfs_of_a_sensible_size_are_kept(commune_2021: Commune, content: bytes) -> None:
    officer = commune_2021.cast.officer
    with acting_as(officer), pytest.raises(errors.FileRefusedError, match="15 MB"):
        attachments.attach(
            of=commune_2021.of, kind="minutes", about=1, file=io.BytesIO(content), name="a.pdf", by=officer
        )


def test_a_signed_paper_is_kept_and_its_reading_recorded(
    commune_2021: Commune, families: tuple[Household, Household], signed_in: SignIn
) -> None:
    meeting = commune_2021.meet()
    where = f"/binh-xet/2021/{commune_2021.unit.code}/{commune_2021.village.code}/viec/luu-tep"
    scan = io.BytesIO(SCAN)
    scan.name = "../bien-ban.pdf"
    head = signed_in(commune_2021.cast.head)
    head.post(where, {"kind": "minutes", "about": meeting.pk, "file": scan})
    kept = Attachment.objects.using("owner").get()
    assert (kept.name, kept.media_type, kept.village_id) == (
        "bien-ban.pdf",
        "application/pdf",
        commune_2021.village.pk,
    )
    assert signed_in(commune_2021.cast.officer).get(f"/tep/{kept.pk}/").content == SCAN
    with acting_as(commune_2021.cast.auditor):
        assert Event.objects.filter(kind="read", subject="reviews_attachment", row=str(kept.pk)).exists()
    for who in (commune_2021.cast.other_officer, commune_2021.cast.leader):
        assert signed_in(who).get(f"/tep/{kept.pk}/").status_code == 404
    head = signed_in(commune_2021.cast.head)
    assert head.post(where, {"kind": "nothing", "about": "1", "file": io.BytesIO(SCAN)}).status_code == 404
    assert head.post(where, {"kind": "minutes", "about": "x", "file": io.BytesIO(SCAN)}).status_code == 404
    (attachments._folder() / kept.sha256).write_bytes(b"%PDF changed")
    with acting_as(commune_2021.cast.officer), pytest.raises(ValueError, match="not what was kept"):
        attachments.read(kept, by=commune_2021.cast.officer)
