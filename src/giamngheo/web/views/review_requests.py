"""The regular review: requests taken in, answered by the commune's decision or refused with reasons."""

from django import forms
from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import path
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from giamngheo.access.models import Role
from giamngheo.access.queries import grants_in_force
from giamngheo.registry.queries import household_by_number
from giamngheo.reviews import queries
from giamngheo.reviews.actions import lists
from giamngheo.reviews.actions import requests as actions
from giamngheo.reviews.errors import ReviewError
from giamngheo.reviews.models import Request as Asked
from giamngheo.surveys.models import Round
from giamngheo.surveys.queries import open_rounds
from giamngheo.web.requests import Request
from giamngheo.web.views.reviews import DecisionForm
from giamngheo.web.visit_form import DayField


class ReceiveForm(forms.Form):
    """A request as handed in (form 1a or 1b, later 01 or 04)."""

    number = forms.CharField(
        label=gettext_lazy("Số hộ"), max_length=12, help_text=gettext_lazy("Ví dụ: H00001234")
    )
    kind = forms.ChoiceField(
        label=gettext_lazy("Đề nghị"), choices=Asked.Kind.choices, widget=forms.RadioSelect
    )
    channel = forms.ChoiceField(label=gettext_lazy("Cách nộp"), choices=Asked.Channel.choices)
    text = forms.CharField(
        label=gettext_lazy("Điều đã xảy ra với hộ"), required=False, widget=forms.Textarea(attrs={"rows": 3})
    )
    received_on = DayField(label=gettext_lazy("Nhận ngày"))


def index(request: Request) -> HttpResponse:
    """Requests of the regular round that is open, those that wait first."""
    if not request.user.sees_households:
        raise Http404
    round = _regular_round(request)
    if round is None:
        return render(request, "reviews/no_regular.html", {})
    form = ReceiveForm(
        request.POST if request.POST.get("what") == "receive" else None,
        initial={"received_on": request.today},
    )
    decides = request.user.role == Role.COMMUNE_CHAIRMAN
    decide_form = DecisionForm(
        request.POST if request.POST.get("what") == "decide" else None, initial={"decided_on": request.today}
    )
    if request.method == "POST":
        done = _receive(request, round, form) if form.is_bound else _decide(request, round, decide_form)
        if done is not None:
            return done
    rows = list(queries.requests_in(round, seen_by=request.user))
    context = {
        "round": round,
        "requests": rows,
        "waiting": sum(q.state == Asked.State.RECEIVED for q in rows),
        "form": form if request.user.writes_households else None,
        "decide_form": decide_form if decides else None,
    }
    return render(request, "reviews/requests.html", context)


def _regular_round(request: Request) -> Round | None:
    rounds = [r for r in open_rounds(seen_by=request.user) if r.kind == Round.Kind.REGULAR]
    return rounds[0] if rounds else None


def _receive(request: Request, round: Round, form: ReceiveForm) -> HttpResponse | None:
    if not form.is_valid():
        return None
    data = dict(form.cleaned_data)
    household = household_by_number(data.pop("number"), seen_by=request.user)
    if household is None:
        form.add_error("number", _("Không thấy hộ mang số này trong địa bàn của anh/chị."))
        return None
    data["received_on"] = data["received_on"] or request.today
    try:
        taken = actions.receive(round=round, household=household, **data, by=request.user)
    except ReviewError as error:
        form.add_error(None, str(error))
        return None
    return redirect("request", number=taken.number)


def _decide(request: Request, round: Round, form: DecisionForm) -> HttpResponse | None:
    grant = grants_in_force(request.user).first()
    if request.user.role != Role.COMMUNE_CHAIRMAN or grant is None:
        raise Http404
    if not form.is_valid():
        return None
    data = dict(form.cleaned_data)
    data["decided_on"] = data["decided_on"] or request.today
    chosen = list(Asked.objects.filter(pk__in=request.POST.getlist("request"), round=round))
    try:
        of = queries.review_of(round, grant.unit, seen_by=request.user) or lists.open_review(
            round=round, commune=grant.unit, by=request.user
        )
        made = actions.decide_requests(of=of, requests=chosen, **data, by=request.user)
    except ReviewError as error:
        form.add_error(None, str(error))
        return None
    return redirect("decision", pk=made.pk)


def one(request: Request, number: str) -> HttpResponse:
    """One request: what it asks, until when, and the answer."""
    found = get_object_or_404(Asked.objects.select_related("round", "household", "village"), number=number)
    problem = ""
    if request.method == "POST":
        try:
            actions.refuse(
                request=found, answer=request.POST.get("answer", ""), on=request.today, by=request.user
            )
        except ReviewError as error:
            problem = str(error)
        else:
            messages.success(request, _("Đã trả lời; in văn bản để giao cho hộ."))
            return redirect("request", number=number)
    return render(request, "reviews/request.html", {"found": found, "problem": problem})


urlpatterns = [
    path("de-nghi/", index, name="requests"),
    path("de-nghi/<str:number>/", one, name="request"),
]
