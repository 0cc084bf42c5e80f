"""The papers of a review as PDF: rows of the register laid into the frozen forms of `reports.papers`."""

import datetime as dt
from collections.abc import Iterator
from typing import Any

from django.http import Http404, HttpResponse, StreamingHttpResponse
from django.shortcuts import get_object_or_404
from django.urls import path, reverse
from django.utils import timezone
from django.utils.translation import override

from giamngheo.areas.models import Level, Unit
from giamngheo.areas.queries import ancestors_on, label
from giamngheo.audit.actions import record
from giamngheo.audit.models import Kind
from giamngheo.reports.papers import bundle
from giamngheo.reports.papers.announcement import Announcement
from giamngheo.reports.papers.lists import ListedHousehold, ReviewList
from giamngheo.reports.papers.minutes import Attendance, MinutedHousehold, MinutedInterest, Minutes
from giamngheo.reports.papers.notice import MeetingNotice
from giamngheo.reports.papers.paper import Letterhead, Paper, Signature
from giamngheo.reports.papers.poster import PostedHousehold, Poster
from giamngheo.reports.papers.quick_form import QuickForm, QuickItem
from giamngheo.reviews import queries
from giamngheo.reviews.actions.meetings import to_discuss
from giamngheo.reviews.models import (
    CommuneReview,
    Meeting,
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
        **common(request, of, village),
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
        **common(request, meeting.of, meeting.village),
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
        **common(request, posting.of, posting.village, on=posting.starts_on),
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
        **common(request, posting.of, posting.village, on=posting.starts_on),
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
                    **common(request, dossier.of, dossier.village),
                    kind=kind,
                    rows=rows,
                    blank_rows=3,
                    signature=chairman(),
                ),
            )

    return as_zip(papers(), f"danh-sach-{dossier.village.code}")


def quick_form(request: Request, pk: int) -> HttpResponse:
    """Form A, blank."""
    dossier = get_object_or_404(
        VillageReview.objects.select_related("of__round", "of__commune", "village"), pk=pk
    )
    form = procedure_named(dossier.of.procedure).quick_form
    paper = QuickForm(
        **common(request, dossier.of, dossier.village),
        items=tuple(QuickItem(text=item.name("vi")) for item in form.items),
        at_most=form.max_ticks.value,
        unverified=form.note("vi") if form.note else "",
    )
    return as_pdf(request, paper, "reviews_villagereview", pk)


def common(
    request: Request, of: CommuneReview, village: Unit | None, on: dt.date | None = None
) -> dict[str, Any]:
    """What every paper of a review says of its unit and year."""
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


def as_zip(papers: Iterator[tuple[str, Paper]], name: str) -> StreamingHttpResponse:
    """Papers as one zip that leaves while it is made."""
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
]
