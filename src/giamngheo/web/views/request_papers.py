"""Papers of the regular review: the receipt of a request, and the answer to it."""

import datetime as dt
from typing import Any

from django.db.models import OuterRef, Subquery
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404
from django.urls import path

from giamngheo.areas.models import Level, Unit
from giamngheo.areas.queries import ancestors_on, label
from giamngheo.registry.models import Person, Relation
from giamngheo.reports.papers.letter import Letter
from giamngheo.reports.papers.paper import Signature
from giamngheo.reports.papers.receipt import Receipt
from giamngheo.reviews.models import Request as Asked
from giamngheo.rules.procedures import procedure_on
from giamngheo.web.requests import Request
from giamngheo.web.views.papers import as_pdf, chairman, letterhead_of


def receipt(request: Request, number: str) -> HttpResponse:
    """The receipt of a request of the regular review."""
    found = _asked(number)
    procedure, commune = procedure_on(found.received_on), _commune_of(found.village, found.received_on)
    paper = Receipt(
        **_letter_words(request, commune, found.received_on),
        kind=found.kind,
        number=found.number,
        from_name=found.head or "",
        received_on=found.received_on,
        channel=str(found.get_channel_display()),
        about=found.text or str(found.get_kind_display()),
        due_on=found.due_on,
        limit=procedure.regular.limit_words(found.received_on),
        ask_at=f"UBND {label(commune)}",
        signature=Signature(title="NGƯỜI TIẾP NHẬN"),
    )
    return as_pdf(request, paper, "reviews_request", found.pk)


def answer(request: Request, number: str) -> HttpResponse:
    """The written answer to a request, with its reasons."""
    found = _asked(number)
    if found.answered_on is None or found.state not in (Asked.State.ACCEPTED, Asked.State.REFUSED):
        raise Http404
    refused = found.state == Asked.State.REFUSED
    commune = _commune_of(found.village, found.answered_on)
    paper = Letter(
        **_letter_words(request, commune, found.answered_on),
        kind=found.kind,
        refused=refused,
        to_name=found.head or found.household.number,
        to_place=found.village.name,
        received_number=found.number,
        received_on=found.received_on,
        about=found.head or found.household.number,
        outcome="Đề nghị không được chấp nhận." if refused else "Đề nghị được chấp nhận.",
        reasons=(found.answer,),
        basis=procedure_on(found.received_on).act_words,
        appeal="Nếu không đồng ý, ông/bà có quyền khiếu nại theo Luật Khiếu nại.",
        recipients=("Như trên", "Lưu: VT"),
        signature=chairman(),
    )
    return as_pdf(request, paper, "reviews_request", found.pk)


def _asked(number: str) -> Any:
    head = Person.objects.filter(household=OuterRef("household"), relation=Relation.HEAD)
    found = Asked.objects.select_related("household", "village").annotate(
        head=Subquery(head.values("full_name")[:1])
    )
    return get_object_or_404(found, number=number)


def _commune_of(village: Unit, on: dt.date) -> Unit:
    return next(unit for unit in ancestors_on(village, on) if unit.level == Level.COMMUNE)


def _letter_words(request: Request, commune: Unit, on: dt.date) -> dict[str, Any]:
    return {
        "letterhead": letterhead_of(commune, on),
        "made_on": request.today,
        "synthetic": request.installation.synthetic,
    }


urlpatterns = [
    path("giay/de-nghi/<str:number>/tiep-nhan.pdf", receipt, name="paper-request-receipt"),
    path("giay/de-nghi/<str:number>/tra-loi.pdf", answer, name="paper-request-answer"),
]
