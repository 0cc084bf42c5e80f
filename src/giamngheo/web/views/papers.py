"""The papers of a review as PDF: rows of the register laid into the frozen forms of `reports.papers`."""

import datetime as dt
from collections.abc import Iterator
from contextlib import suppress
from typing import Any

from django.conf import settings
from django.http import Http404, HttpResponse, StreamingHttpResponse
from django.shortcuts import get_object_or_404
from django.urls import path, reverse
from django.utils import timezone
from django.utils.translation import override

from giamngheo.areas.models import Level, Unit
from giamngheo.areas.queries import ancestors_on, label
from giamngheo.audit.actions import record
from giamngheo.audit.models import Kind
from giamngheo.base.signing import sign
from giamngheo.reports.papers import bundle
from giamngheo.reports.papers.announcement import Announcement
from giamngheo.reports.papers.certificates import Certificate, Certificates, SignedCertificate
from giamngheo.reports.papers.decision import DecidedHousehold
from giamngheo.reports.papers.decision import Decision as DecisionPaper
from giamngheo.reports.papers.letter import Letter
from giamngheo.reports.papers.lists import ListedHousehold, ReviewList
from giamngheo.reports.papers.minutes import Attendance, MinutedHousehold, MinutedInterest, Minutes
from giamngheo.reports.papers.notice import MeetingNotice
from giamngheo.reports.papers.paper import Letterhead, Paper, Signature
from giamngheo.reports.papers.poster import PostedHousehold, Poster
from giamngheo.reports.papers.quick_form import QuickForm, QuickItem
from giamngheo.reports.papers.receipt import Receipt
from giamngheo.reviews import queries
from giamngheo.reviews.actions import certificates
from giamngheo.reviews.actions.meetings import to_discuss
from giamngheo.reviews.errors import ReviewError
from giamngheo.reviews.models import (
    CommuneReview,
    Decision,
    DecisionLine,
    Meeting,
    Objection,
    Posting,
    VillageReview,
)
from giamngheo.rules.procedures import procedure_named
from giamngheo.rules.workdays import workdays_between
from giamngheo.web.requests import Request


def minutes(request: Request, pk: int) -> HttpResponse:
    """The minutes of a meeting in two copies: to be filled in by hand before it, as written after it."""
    meeting = get_object_or_404(Meeting.objects.select_related("of__round", "of__commune", "village"), pk=pk)
    of, village = meeting.of, meeting.village
    procedure = procedure_named(of.procedure)
    declared = {i.household_id: i for i in queries.interests_of(of, village=village, seen_by=request.user)}
    dossier = queries.village_review(of, village, seen_by=request.user)
    if dossier is None:
        raise Http404
    held = meeting.state == Meeting.State.HELD
    rows: list[Any] = (
        list(queries.votes_of(meeting, seen_by=request.user)) if held else list(to_discuss(dossier))
    )
    households, interests = [], []
    for row in rows:
        household = row.case.household_id if held else row.household_id
        counts = {"agree": row.agree, "disagree": row.disagree} if held else {}
        if household in declared:
            of_whom = declared[household]
            interests.append(
                MinutedInterest(
                    head_name=row.head or "",
                    klass=row.klass or "",
                    official=of_whom.official,
                    kinship=of_whom.kinship,
                    voters=row.voters if held else None,
                    **counts,
                )
            )
        else:
            households.append(
                MinutedHousehold(
                    head_name=row.head or "",
                    klass=row.klass or "",
                    remarks=row.remarks if held else "",
                    **counts,
                )
            )
    paper = Minutes(
        **_common(request, of, village),
        number=meeting.number,
        basis=procedure.act_words,
        rules=procedure.meeting_rules("vi"),
        chair=meeting.chair,
        secretary=meeting.secretary,
        place=meeting.place,
        meets_at=timezone.localtime(meeting.meets_at) if held else None,
        attendance={a.capacity: Attendance(count=a.count, names=a.names) for a in meeting.attendances.all()},
        present=meeting.present,
        invited=meeting.invited,
        quorum=True if held else None,
        households=tuple(households),
        interests=tuple(interests),
        dissent=meeting.dissent,
        conclusion=meeting.conclusion,
    )
    return as_pdf(request, paper, "reviews_meeting", pk)


def notice(request: Request, pk: int) -> HttpResponse:
    """The notice of a meeting: names nobody."""
    meeting = get_object_or_404(Meeting.objects.select_related("of__round", "of__commune", "village"), pk=pk)
    procedure = procedure_named(meeting.of.procedure)
    paper = MeetingNotice(
        **_common(request, meeting.of, meeting.village),
        number=meeting.number,
        meets_at=timezone.localtime(meeting.meets_at),
        place=meeting.place,
        chair="Trưởng thôn, bản",
        invited=procedure.meeting_attendees("vi"),
        households=meeting.of.cases.filter(village=meeting.village).exclude(state="withdrawn").count(),
        rules=procedure.meeting_rules("vi"),
        signature=Signature(title="TRƯỞNG THÔN, BẢN"),
    )
    return as_pdf(request, paper, "reviews_meeting", pk)


def poster(request: Request, pk: int) -> HttpResponse:
    """The poster of a posting, A4 or A3, with the code of its public page."""
    posting = get_object_or_404(Posting.objects.select_related("of__round", "of__commune", "village"), pk=pk)
    paper = Poster(
        **_common(request, posting.of, posting.village, on=posting.starts_on),
        number=posting.number,
        starts_on=posting.starts_on,
        ends_on=posting.ends_on,
        working_days=workdays_between(posting.starts_on, posting.ends_on),
        places=posting.places,
        rows=_posted(posting),
        objections_to=_objections_to(posting.of),
        public_url=request.build_absolute_uri(reverse("posting", args=[posting.token])),
        signature=chairman(),
        size="a3" if request.GET.get("kho") == "a3" else "a4",
    )
    return as_pdf(request, paper, "reviews_posting", pk)


def announcement(request: Request, pk: int) -> HttpResponse:
    """What is read over the loudspeaker."""
    posting = get_object_or_404(Posting.objects.select_related("of__round", "of__commune", "village"), pk=pk)
    paper = Announcement(
        **_common(request, posting.of, posting.village, on=posting.starts_on),
        starts_on=posting.starts_on,
        ends_on=posting.ends_on,
        places=posting.places,
        rows=_posted(posting),
        objections_to=_objections_to(posting.of),
    )
    return as_pdf(request, paper, "reviews_posting", pk)


def _posted(posting: Posting) -> tuple[PostedHousehold, ...]:
    lines = posting.lines.order_by("klass", "head_name", "pk")
    return tuple(
        PostedHousehold(head_name=line.head_name, klass=line.klass, reason=line.reason, changed=line.changed)
        for line in lines
    )


def lists(request: Request, pk: int) -> StreamingHttpResponse:
    """Lists 2c and 2d of a village, in one zip."""
    dossier = get_object_or_404(
        VillageReview.objects.select_related("of__round", "of__commune", "village"), pk=pk
    )
    cases = list(queries.cases_of(dossier.of, village=dossier.village, seen_by=request.user))
    record(
        kind=Kind.EXPORT, subject="reviews_case", row=pk, details={"households": len(cases)}, by=request.user
    )

    def papers() -> Iterator[tuple[str, Paper]]:
        for kind in ("2c", "2d"):
            rows = tuple(
                ListedHousehold(
                    head_name=case.head or "",
                    village=dossier.village.name,
                    persons=0,
                    before=case.before,
                    ground=str(case.get_ground_display()),
                    ticks=len(case.quick_ticks) if case.quick_ticks is not None else None,
                    note=case.quick_override,
                )
                for case in cases
                if case.list == kind
            )
            yield (
                f"{kind} {dossier.village.name}",
                ReviewList(
                    **_common(request, dossier.of, dossier.village),
                    kind=kind,
                    rows=rows,
                    blank_rows=3,
                    signature=chairman(),
                ),
            )

    return _zip(papers(), f"danh-sach-{dossier.village.code}")


def quick_form(request: Request, pk: int) -> HttpResponse:
    """Form A, blank."""
    dossier = get_object_or_404(
        VillageReview.objects.select_related("of__round", "of__commune", "village"), pk=pk
    )
    form = procedure_named(dossier.of.procedure).quick_form
    paper = QuickForm(
        **_common(request, dossier.of, dossier.village),
        items=tuple(QuickItem(text=item.name("vi")) for item in form.items),
        at_most=form.max_ticks.value,
        unverified=form.note("vi") if form.note else "",
    )
    return as_pdf(request, paper, "reviews_villagereview", pk)


def decision(request: Request, pk: int) -> HttpResponse:
    """The decision with its lists."""
    found = get_object_or_404(Decision.objects.select_related("of__round", "commune", "supersedes"), pk=pk)
    lines = queries.lines_of(found, seen_by=request.user)
    common = _common(request, found.of, None, on=found.decided_on)
    common.pop("village")
    common["letterhead"] = Letterhead(
        issuer=f"Ủy ban nhân dân\n{label(found.commune)}",
        place=found.commune.name,
        number=found.number,
        date=found.decided_on,
    )
    paper = DecisionPaper(
        **common,
        kind=found.kind,
        decided_on=found.decided_on,
        in_force_from=found.decided_on,
        basis=procedure_named(found.procedure).act_words,
        proposed_by="Ban Chỉ đạo giảm nghèo xã",
        supersedes=f"{found.supersedes.number}, vì {found.reason}" if found.supersedes else "",
        carried_out_by="Văn phòng UBND xã, các trưởng thôn, bản và các hộ có tên",
        recipients=("Như Điều 3", "UBND cấp trên", "Lưu: VT"),
        signature=Signature(
            on_behalf="TM. ỦY BAN NHÂN DÂN", title=found.signer_title.upper(), name=found.signer
        ),
        households=tuple(
            DecidedHousehold(
                outcome=line.outcome,
                head_name=line.head_name,
                village=line.village.name,
                persons=line.persons,
                before=line.before,
                after=line.after,
                returning=line.came_back,
                reason=line.why,
            )
            for line in lines
        ),
        content_hash=found.hash,
    )
    return as_pdf(request, paper, "reviews_decision", pk)


def certificates_of(request: Request, pk: int) -> StreamingHttpResponse:
    """Every certificate of a decision, village by village, numbered on first asking; the zip leaves while it is made."""
    found = get_object_or_404(Decision.objects.select_related("of__round", "commune"), pk=pk)
    with suppress(ReviewError):  # others may print what was issued
        certificates.issue(decision=found, by=request.user)
    lines = [
        line
        for line in queries.lines_of(found, seen_by=request.user).order_by(
            "village__name_key", "head_name", "pk"
        )
        if hasattr(line, "certificate")
    ]
    if not lines:
        raise Http404
    record(
        kind=Kind.EXPORT,
        subject="reviews_certificate",
        row=pk,
        details={"households": len(lines)},
        by=request.user,
    )
    by_village: dict[str, list[DecisionLine]] = {}
    for line in lines:
        by_village.setdefault(line.village.name, []).append(line)
    made = [(name, _certificates(request, found, own)) for name, own in by_village.items()]
    return _zip(iter(made), f"giay-chung-nhan-{found.commune.code}-{found.year}")


def _certificates(request: Request, found: Decision, lines: list[DecisionLine]) -> Certificates:
    synthetic, key = request.installation.synthetic, settings.SIGNING_KEY
    signed = []
    for line in lines:
        one = Certificate(
            number=line.certificate.number,
            klass=line.after,
            year=found.of.round.year,
            head_name=line.head_name,
            household_number=str(line.household.number),
            village=line.village.name,
            commune=label(found.commune),
            commune_code=found.commune.code,
            decision_number=found.number,
            decided_on=found.decided_on,
        )
        signed.append(
            SignedCertificate(certificate=one, signature=sign(one.payload(synthetic=synthetic), secret=key))
        )
    return Certificates(
        letterhead=letterhead_of(found.commune, found.decided_on),
        made_on=request.today,
        synthetic=synthetic,
        signed=tuple(signed),
        signature=Signature(
            on_behalf="TM. ỦY BAN NHÂN DÂN", title=found.signer_title.upper(), name=found.signer
        ),
        verify_at=request.build_absolute_uri(reverse("verify")),
    )


def receipt(request: Request, number: str) -> HttpResponse:
    """The receipt of an objection."""
    found = _objection(number)
    paper = Receipt(
        letterhead=letterhead_of(found.of.commune, found.received_on),
        made_on=request.today,
        synthetic=request.installation.synthetic,
        kind="objection",
        number=found.number,
        from_name=found.objector,
        received_on=found.received_on,
        channel=str(found.get_channel_display()),
        about=found.about,
        due_on=found.due_on,
        limit=procedure_named(found.of.procedure).recheck.words("vi"),
        ask_at=f"UBND {label(found.of.commune)}",
        signature=Signature(title="NGƯỜI TIẾP NHẬN"),
    )
    return as_pdf(request, paper, "reviews_objection", found.pk)


def answer(request: Request, number: str) -> HttpResponse:
    """The written answer to an objection, with its reasons."""
    found = _objection(number)
    if found.state != Objection.State.ANSWERED:
        raise Http404
    paper = Letter(
        letterhead=letterhead_of(found.of.commune, found.answered_on),
        made_on=request.today,
        synthetic=request.installation.synthetic,
        kind="objection",
        refused=False,
        to_name=found.objector or "Người phản ánh",
        to_place=found.village.name,
        received_number=found.number,
        received_on=found.received_on,
        about=found.about,
        outcome="Kết quả rà soát được giữ nguyên."
        if found.finding == "kept"
        else "Kết quả rà soát được thay đổi.",
        reasons=(found.answer,),
        basis=procedure_named(found.of.procedure).act_words,
        appeal="Nếu không đồng ý, ông/bà có quyền khiếu nại theo Luật Khiếu nại.",
        recipients=("Như trên", "Lưu: VT"),
        signature=chairman(),
    )
    return as_pdf(request, paper, "reviews_objection", found.pk)


def _objection(number: str) -> Objection:
    return get_object_or_404(Objection.objects.select_related("of__commune", "village"), number=number)


def _common(
    request: Request, of: CommuneReview, village: Unit | None, on: dt.date | None = None
) -> dict[str, Any]:
    return {
        "letterhead": letterhead_of(of.commune, on),
        "made_on": request.today,
        "synthetic": request.installation.synthetic,
        "village": village.name if village else "",
        "commune": label(of.commune),
        "year": of.round.year,
    }


def letterhead_of(commune: Unit, on: dt.date | None) -> Letterhead:
    """Who issues a paper, under whom, where and on which day."""
    above = [u for u in ancestors_on(commune, on or commune.valid_from) if u.level == Level.DISTRICT]
    return Letterhead(
        issuer=f"Ủy ban nhân dân\n{label(commune)}",
        superior=f"Ủy ban nhân dân\n{label(above[0])}" if above else "",
        place=commune.name,
        date=on,
    )


def chairman() -> Signature:
    """The chairman's place at the foot of a paper."""
    return Signature(on_behalf="TM. ỦY BAN NHÂN DÂN", title="CHỦ TỊCH")


def _objections_to(of: CommuneReview) -> str:
    return f"gặp trưởng thôn, bản hoặc Ban giảm nghèo {label(of.commune)}, hoặc quét mã trên tờ này"


def as_pdf(request: Request, paper: Paper, subject: str, row: int) -> HttpResponse:
    """The paper, in Vietnamese whatever the reader's language; that it was taken is recorded."""
    record(
        kind=Kind.EXPORT, subject=subject, row=row, details={"paper": type(paper).__name__}, by=request.user
    )
    with override("vi"):
        content = paper.pdf()
    response = HttpResponse(content, content_type="application/pdf")
    response["Content-Disposition"] = f'inline; filename="{type(paper).__name__.lower()}-{row}.pdf"'
    return response


def _zip(papers: Iterator[tuple[str, Paper]], name: str) -> StreamingHttpResponse:
    response = StreamingHttpResponse(bundle.stream(papers), content_type="application/zip")
    response["Content-Disposition"] = f'attachment; filename="{name}.zip"'
    return response


urlpatterns = [
    path("giay/bien-ban/<int:pk>.pdf", minutes, name="paper-minutes"),
    path("giay/moi-hop/<int:pk>.pdf", notice, name="paper-notice"),
    path("giay/niem-yet/<int:pk>.pdf", poster, name="paper-poster"),
    path("giay/doc-loa/<int:pk>.pdf", announcement, name="paper-announcement"),
    path("giay/danh-sach/<int:pk>.zip", lists, name="paper-lists"),
    path("giay/phieu-a/<int:pk>.pdf", quick_form, name="paper-quick-form"),
    path("giay/quyet-dinh/<int:pk>.pdf", decision, name="paper-decision"),
    path("giay/chung-nhan/<int:pk>.zip", certificates_of, name="paper-certificates"),
    path("giay/tiep-nhan/<str:number>.pdf", receipt, name="paper-receipt"),
    path("giay/tra-loi/<str:number>.pdf", answer, name="paper-answer"),
]
