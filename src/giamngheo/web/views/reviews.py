"""One commune's annual review on its way to a decision: its villages, the district's answer, the decision itself."""

from typing import Any

from django import forms
from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import path
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_POST

from giamngheo.access.models import Role
from giamngheo.areas.errors import AreaError
from giamngheo.areas.queries import ancestors_on, unit_on
from giamngheo.reviews import queries
from giamngheo.reviews.actions import attachments, decisions
from giamngheo.reviews.errors import ReviewError
from giamngheo.reviews.models import Attachment, Case, CommuneReview, Decision
from giamngheo.rules.procedures import Clock, clock, procedure_named
from giamngheo.rules.workflow import next_actions
from giamngheo.web.requests import Request
from giamngheo.web.views.review_board import annual_or_404
from giamngheo.web.visit_form import DayField


class OpinionForm(forms.Form):
    """The district's written answer."""

    agrees = forms.TypedChoiceField(
        label=gettext_lazy("Ý kiến của huyện"),
        choices=[
            ("yes", gettext_lazy("Thống nhất")),
            ("no", gettext_lazy("Chưa thống nhất, đề nghị xem lại")),
        ],
        widget=forms.RadioSelect,
        coerce=lambda value: value == "yes",
    )
    text = forms.CharField(
        label=gettext_lazy("Nội dung"),
        required=False,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text=gettext_lazy("Nếu chưa thống nhất: hộ nào, vì sao."),
    )
    paper_number = forms.CharField(label=gettext_lazy("Số văn bản"), required=False, max_length=60)
    on = DayField(label=gettext_lazy("Ngày trả lời"))


class DecisionForm(forms.Form):
    """The paper decision: its number, day and who signs."""

    number = forms.CharField(
        label=gettext_lazy("Số quyết định"), max_length=40, help_text=gettext_lazy("Ví dụ: 12/QĐ-UBND")
    )
    decided_on = DayField(label=gettext_lazy("Ngày quyết định"))
    signer_title = forms.CharField(
        label=gettext_lazy("Chức vụ người ký"), max_length=120, initial=_("Chủ tịch")
    )


class CorrectionForm(DecisionForm):
    """The paper decision that corrects an earlier one, and why."""

    reason = forms.CharField(
        label=gettext_lazy("Vì sao phải sửa"), max_length=1000, widget=forms.Textarea(attrs={"rows": 3})
    )


def commune(request: Request, year: int, code: str) -> HttpResponse:
    """One commune: its villages by step, the district's answer, the decision."""
    of = review_or_404(request, year, code)
    villages = list(queries.villages_of(of, seen_by=request.user))
    procedure = procedure_named(of.procedure)
    context = {
        "of": of,
        "round": of.round,
        "units": ancestors_on(of.commune, of.round.reference_date),
        "procedure": procedure,
        "villages": villages,
        "ready": sum(v.state == "ready" for v in villages),
        "draft": queries.draft(of, seen_by=request.user) if request.user.sees_households else None,
        "opinions": of.opinions.order_by("-number"),
        "decisions": queries.decisions_of(of, seen_by=request.user),
        "objections": queries.objections_of(of, seen_by=request.user) if request.user.sees_households else (),
        "steps": queries.steps_of(of, seen_by=request.user)[:30],
        "actions": {a.action for a in next_actions(procedure, "commune", of.state, request.user.role)},
        "opinion_form": OpinionForm(initial={"on": request.today}),
        "decision_form": DecisionForm(initial={"decided_on": request.today}),
    }
    waiting = of.opinions.filter(answered_on__isnull=True).first()
    if waiting is not None:
        context |= running(clock(procedure, "district_answer", waiting.sent_on), request)
    return render(request, "reviews/commune.html", context)


def running(found: Clock, request: Request) -> dict[str, Any]:
    """A clock for the page, with how it stands today."""
    return {"clock": found, "clock_state": {found.state_on(request.today): True}}


@require_POST
def send(request: Request, year: int, code: str) -> HttpResponse:
    """Send the lists up to the district."""
    of = review_or_404(request, year, code)
    return _taken(
        request,
        of,
        lambda: decisions.send_to_district(of=of, on=request.today, by=request.user),
        _("Đã gửi lên huyện."),
    )


@require_POST
def answer(request: Request, year: int, code: str) -> HttpResponse:
    """The district answers."""
    of = review_or_404(request, year, code)
    opinion = get_object_or_404(of.opinions.filter(answered_on__isnull=True))
    form = OpinionForm(request.POST)
    if not form.is_valid():
        messages.error(request, " ".join(str(e) for errors in form.errors.values() for e in errors))
        return redirect("review", year=year, code=code)
    data = form.cleaned_data
    data["on"] = data["on"] or request.today
    return _taken(
        request,
        of,
        lambda: decisions.answer_commune(opinion=opinion, **data, by=request.user),
        _("Đã ghi ý kiến của huyện."),
    )


@require_POST
def decide(request: Request, year: int, code: str) -> HttpResponse:
    """The chairman decides."""
    of = review_or_404(request, year, code)
    form = DecisionForm(request.POST)
    if not form.is_valid():
        messages.error(request, " ".join(str(e) for errors in form.errors.values() for e in errors))
        return redirect("review", year=year, code=code)
    data = form.cleaned_data
    data["decided_on"] = data["decided_on"] or request.today
    return _taken(
        request,
        of,
        lambda: decisions.decide(of=of, **data, by=request.user),
        _("Đã ghi quyết định; nội dung được đóng băng."),
    )


@require_POST
def report(request: Request, year: int, code: str) -> HttpResponse:
    """The commune reports its decision."""
    of = review_or_404(request, year, code)
    return _taken(
        request,
        of,
        lambda: decisions.report_up(of=of, on=request.today, by=request.user),
        _("Đã báo cáo lên trên."),
    )


def _taken(request: Request, of: CommuneReview, act: Any, done: str) -> HttpResponse:
    try:
        act()
    except ReviewError as error:
        messages.error(request, str(error))
    else:
        messages.success(request, done)
    return redirect("review", year=of.round.year, code=of.commune.code)


def decision(request: Request, pk: int) -> HttpResponse:
    """One decision: its lists, what it rests on, its place in the chain."""
    found = get_object_or_404(Decision.objects.select_related("of__round", "commune", "supersedes"), pk=pk)
    outcome = request.GET.get("danh-sach", "")
    context = {
        "decision": found,
        "units": ancestors_on(found.commune, found.of.round.reference_date),
        "outcome": outcome,
        "outcomes": queries.outcomes_of(found, seen_by=request.user),
        "procedure": procedure_named(found.procedure),
        "lines": queries.lines_of(found, outcome=outcome, seen_by=request.user)[:2000],
        "later": found.superseded_by.all(),
        "attachments": Attachment.objects.filter(of=found.of, kind=Attachment.Kind.DECISION, about=found.pk),
    }
    if request.user.role == Role.COMMUNE_CHAIRMAN and not context["later"]:
        context["changed"] = queries.changed_since(found, seen_by=request.user)
        context["correct_form"] = CorrectionForm(initial={"decided_on": request.today})
    return render(request, "reviews/decision.html", context)


@require_POST
def correct(request: Request, pk: int) -> HttpResponse:
    """Another decision on some households of this one, judged otherwise by now."""
    found = get_object_or_404(Decision.objects.select_related("of__round", "commune"), pk=pk)
    form = CorrectionForm(request.POST)
    lines = found.lines.filter(pk__in=[line for line in request.POST.getlist("line") if line.isdecimal()])
    cases = Case.objects.filter(pk__in=lines.values("case"))
    if not form.is_valid() or not cases:
        told = [str(e) for errors in form.errors.values() for e in errors] or [_("Hãy chọn ít nhất một hộ.")]
        messages.error(request, " ".join(told))
        return redirect("decision", pk=pk)
    data = form.cleaned_data
    data["decided_on"] = data["decided_on"] or request.today
    try:
        made = decisions.correct(decision=found, cases=list(cases), **data, by=request.user)
    except ReviewError as error:
        messages.error(request, str(error))
        return redirect("decision", pk=pk)
    messages.success(request, _("Đã ghi quyết định; nội dung được đóng băng."))
    return redirect("decision", pk=made.pk)


@require_POST
def attach(request: Request, pk: int) -> HttpResponse:
    """Keep the scan of a signed decision with it."""
    found = get_object_or_404(Decision.objects.select_related("of"), pk=pk)
    file = request.FILES.get("file")
    if file is None or not request.user.writes_households:
        raise Http404
    try:
        attachments.attach(
            of=found.of,
            kind=Attachment.Kind.DECISION,
            about=found.pk,
            file=file,
            name=file.name or "",
            by=request.user,
        )
    except ReviewError as error:
        messages.error(request, str(error))
    else:
        messages.success(request, _("Đã lưu tệp."))
    return redirect("decision", pk=pk)


def review_or_404(request: Request, year: int, code: str) -> CommuneReview:
    """The review of the commune that bore `code` on the round's day, as far as the person may see it."""
    round = annual_or_404(request, year)
    try:
        unit = unit_on(code, round.reference_date)
    except AreaError as error:
        raise Http404(str(error)) from error
    of = queries.review_of(round, unit, seen_by=request.user)
    if of is None:
        raise Http404
    return of


urlpatterns = [
    path("binh-xet/<year:year>/<str:code>/", commune, name="review"),
    path("binh-xet/<year:year>/<str:code>/gui-huyen", send, name="review-send"),
    path("binh-xet/<year:year>/<str:code>/tra-loi", answer, name="review-answer"),
    path("binh-xet/<year:year>/<str:code>/quyet-dinh", decide, name="review-decide"),
    path("binh-xet/<year:year>/<str:code>/bao-cao", report, name="review-report"),
    path("quyet-dinh/<int:pk>/", decision, name="decision"),
    path("quyet-dinh/<int:pk>/sua", correct, name="decision-correct"),
    path("quyet-dinh/<int:pk>/luu-tep", attach, name="decision-attach"),
]
