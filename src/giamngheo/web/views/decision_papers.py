"""The papers that end a review as PDF: decision, certificates, receipt of an objection and its answer."""

from contextlib import suppress

from django.conf import settings
from django.http import Http404, HttpResponse, StreamingHttpResponse
from django.shortcuts import get_object_or_404
from django.urls import path, reverse

from giamngheo.areas.queries import label
from giamngheo.audit.actions import record
from giamngheo.audit.models import Kind
from giamngheo.base.signing import sign
from giamngheo.reports.papers.certificates import Certificate, Certificates, SignedCertificate
from giamngheo.reports.papers.decision import DecidedHousehold
from giamngheo.reports.papers.decision import Decision as DecisionPaper
from giamngheo.reports.papers.letter import Letter
from giamngheo.reports.papers.paper import Letterhead, Signature
from giamngheo.reports.papers.receipt import Receipt
from giamngheo.reviews import queries
from giamngheo.reviews.actions import certificates
from giamngheo.reviews.errors import ReviewError
from giamngheo.reviews.models import (
    Decision,
    DecisionLine,
    Objection,
)
from giamngheo.rules.procedures import procedure_named
from giamngheo.web.requests import Request
from giamngheo.web.views.papers import as_pdf, as_zip, chairman, common, letterhead_of


def decision(request: Request, pk: int) -> HttpResponse:
    """The decision with its lists."""
    found = get_object_or_404(Decision.objects.select_related("of__round", "commune", "supersedes"), pk=pk)
    lines = queries.lines_of(found, seen_by=request.user)
    told = common(request, found.of, None, on=found.decided_on)
    told.pop("village")
    told["letterhead"] = Letterhead(
        issuer=f"Ủy ban nhân dân\n{label(found.commune)}",
        place=found.commune.name,
        number=found.number,
        date=found.decided_on,
    )
    paper = DecisionPaper(
        **told,
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
    return as_zip(iter(made), f"giay-chung-nhan-{found.commune.code}-{found.year}")


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


urlpatterns = [
    path("giay/quyet-dinh/<int:pk>.pdf", decision, name="paper-decision"),
    path("giay/chung-nhan/<int:pk>.zip", certificates_of, name="paper-certificates"),
    path("giay/tiep-nhan/<str:number>.pdf", receipt, name="paper-receipt"),
    path("giay/tra-loi/<str:number>.pdf", answer, name="paper-answer"),
]
