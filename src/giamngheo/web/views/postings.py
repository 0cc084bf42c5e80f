"""The public page of a posting, read and objected to without an account; and what officers do with objections."""

from typing import Any

from django import forms
from django.core.cache import cache
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import path
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from giamngheo.access.models import User
from giamngheo.areas.queries import ancestors_on
from giamngheo.registry.queries import household_by_number
from giamngheo.reviews import queries
from giamngheo.reviews.actions import postings
from giamngheo.reviews.errors import ReviewError
from giamngheo.reviews.models import Objection, Posting
from giamngheo.web.requests import Request
from giamngheo.web.views.reviews import review_or_404
from giamngheo.web.visit_form import DayField

#: Objections taken from one address on the network in an hour.
_AN_HOUR = 20


class ObjectionForm(forms.Form):
    """What anybody says against a posted list."""

    about = forms.CharField(label=gettext_lazy("Về hộ nào?"), max_length=200)
    text = forms.CharField(
        label=gettext_lazy("Điều không đồng ý, vì sao"),
        widget=forms.Textarea(attrs={"rows": 4}),
        max_length=4000,
    )
    objector = forms.CharField(
        label=gettext_lazy("Họ tên"),
        required=False,
        max_length=120,
        help_text=gettext_lazy("Không bắt buộc."),
    )
    contact = forms.CharField(
        label=gettext_lazy("Cách liên lạc để trả lời"),
        required=False,
        max_length=120,
        help_text=gettext_lazy("Chỉ cán bộ xử lý thấy."),
    )


class PaperObjectionForm(ObjectionForm):
    """The same, handed in on paper or told at the office."""

    posting = forms.ModelChoiceField(label=gettext_lazy("Niêm yết"), queryset=Posting.objects.none())
    number = forms.CharField(label=gettext_lazy("Số hộ (nếu biết)"), required=False, max_length=12)
    channel = forms.ChoiceField(
        label=gettext_lazy("Cách gửi"), choices=[c for c in Objection.Channel.choices if c[0] != "page"]
    )
    received_on = DayField(label=gettext_lazy("Nhận ngày"))


class AssignForm(forms.Form):
    """Who goes again, and to which household."""

    number = forms.CharField(label=gettext_lazy("Số hộ"), max_length=12)
    rechecker = forms.ModelChoiceField(label=gettext_lazy("Người phúc tra"), queryset=User.objects.none())


class AnswerForm(forms.Form):
    """The answer, with its reasons."""

    finding = forms.ChoiceField(
        label=gettext_lazy("Kết luận"), choices=Objection.Finding.choices, widget=forms.RadioSelect
    )
    answer = forms.CharField(
        label=gettext_lazy("Trả lời, nêu lý do"), widget=forms.Textarea(attrs={"rows": 4})
    )
    answered_on = DayField(label=gettext_lazy("Ngày trả lời"))


def public(request: HttpRequest, token: str) -> HttpResponse:
    """The posting for anybody who has its address; names only on the days it hangs."""
    found = queries.public_posting(token)
    if found is None:
        raise Http404
    form = ObjectionForm(request.POST or None)
    context: dict[str, Any] = {"posting": found, "form": form}
    if request.method == "POST" and form.is_valid():
        if not _within_limit(request):
            context["problem"] = _(
                "Từ địa chỉ mạng này đã gửi nhiều phản ánh; hãy gửi lại sau một giờ hoặc nộp tại xã."
            )
            return render(request, "reviews/posting.html", context, status=429)
        try:
            number = postings.object_publicly(token=token, **form.cleaned_data)
        except ReviewError as error:
            context["problem"] = str(error)
        else:
            context["receipt"] = _(
                "Số tiếp nhận: %(number)s. Hãy ghi lại số này; xã sẽ phúc tra và trả lời có nêu lý do."
            ) % {"number": number}
    return render(request, "reviews/posting.html", context)


def _within_limit(request: HttpRequest) -> bool:
    key = f"objections-{request.META.get('REMOTE_ADDR', '')}"
    cache.add(key, 0, 3600)
    return int(cache.incr(key)) <= _AN_HOUR


def objections(request: Request, year: int, code: str) -> HttpResponse:
    """The objections of a commune, and the form for those that come on paper."""
    of = review_or_404(request, year, code)
    if not request.user.sees_households:
        raise Http404
    form = None
    if request.user.writes_households and of.round.is_open:
        form = PaperObjectionForm(request.POST or None, initial={"received_on": request.today})
        form.fields["posting"].queryset = of.postings.select_related("village")  # type: ignore[attr-defined]
        form.fields["posting"].label_from_instance = _posting_label  # type: ignore[attr-defined]
        if request.method == "POST" and form.is_valid() and (taken := _taken(request, form)):
            return redirect("objection", number=taken.number)
    rows = list(queries.objections_of(of, seen_by=request.user))
    context = {
        "of": of,
        "round": of.round,
        "units": ancestors_on(of.commune, of.round.reference_date),
        "objections": rows,
        "waiting": sum(o.state != Objection.State.ANSWERED for o in rows),
        "form": form,
    }
    return render(request, "reviews/objections.html", context)


def _posting_label(posting: Posting) -> str:
    return f"{posting.village.name}: {posting.starts_on:%d/%m/%Y} – {posting.ends_on:%d/%m/%Y}"


def _taken(request: Request, form: PaperObjectionForm) -> Objection | None:
    data = dict(form.cleaned_data)
    number = data.pop("number")
    household = household_by_number(number, seen_by=request.user) if number else None
    if number and household is None:
        form.add_error("number", _("Không thấy hộ mang số này trong địa bàn của anh/chị."))
        return None
    data["received_on"] = data["received_on"] or request.today
    try:
        return postings.object_to(**data, household=household, by=request.user)
    except ReviewError as error:
        form.add_error(None, str(error))
        return None


def objection(request: Request, number: str) -> HttpResponse:
    """One objection: what it says, who goes again, the answer."""
    found = get_object_or_404(
        Objection.objects.select_related(
            "of__round", "of__commune", "village", "household", "rechecker", "posting"
        ),
        number=number,
    )
    problem = ""
    forms_ = _forms(request, found)
    if request.method == "POST":
        problem = _act(request, found, forms_)
        if not problem and not any(form and form.errors for form in forms_.values()):
            return redirect("objection", number=number)
    units = ancestors_on(found.village, found.of.round.reference_date)
    return render(
        request, "reviews/objection.html", {"objection": found, "units": units, "problem": problem, **forms_}
    )


def _forms(request: Request, found: Objection) -> dict[str, Any]:
    if (
        found.state == Objection.State.ANSWERED
        or not request.user.writes_households
        or not found.of.round.is_open
    ):
        return {"assign_form": None, "answer_form": None}
    what = request.POST.get("what")
    assign = AssignForm(
        request.POST if what == "assign" else None,
        initial={"number": found.household.number if found.household else ""},
    )
    assign.fields["rechecker"].queryset = _recheckers(request)  # type: ignore[attr-defined]
    answer = None
    if found.state == Objection.State.RECHECKING:
        answer = AnswerForm(
            request.POST if what == "answer" else None, initial={"answered_on": request.today}
        )
    return {"assign_form": assign, "answer_form": answer}


def _recheckers(request: Request) -> Any:
    """Those of the area who may survey: the officers and village heads that stand in accounts."""
    return User.objects.filter(is_active=True, role__in=["commune_officer", "village_head"]).order_by(
        "full_name"
    )


def _act(request: Request, found: Objection, forms_: dict[str, Any]) -> str:
    form = forms_["assign_form"] if request.POST.get("what") == "assign" else forms_["answer_form"]
    if form is None:
        raise Http404
    if not form.is_valid():
        return ""
    data = dict(form.cleaned_data)
    try:
        if request.POST.get("what") == "assign":
            household = household_by_number(data["number"], seen_by=request.user)
            if household is None:
                return _("Không thấy hộ mang số này trong địa bàn của anh/chị.")
            postings.assign_recheck(
                objection=found, household=household, rechecker=data["rechecker"], by=request.user
            )
        else:
            data["answered_on"] = data["answered_on"] or request.today
            postings.answer_objection(objection=found, **data, by=request.user)
    except ReviewError as error:
        return str(error)
    return ""


urlpatterns = [
    path("niem-yet/<str:token>/", public, name="posting"),
    path("binh-xet/<year:year>/<str:code>/phan-anh/", objections, name="review-objections"),
    path("phan-anh/<str:number>/", objection, name="objection"),
]
