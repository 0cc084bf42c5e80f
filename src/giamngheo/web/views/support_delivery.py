"""One delivery: where it came from; putting it right or taking it back; what is owed on a loan; what became of a thing."""

from typing import Any

from django import forms
from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect
from django.urls import path
from django.utils.translation import get_language, gettext_lazy
from django.utils.translation import gettext as _

from giamngheo.support import queries
from giamngheo.support.actions import deliveries as actions
from giamngheo.support.errors import SupportError
from giamngheo.support.models import Delivery, Fate
from giamngheo.support.rights import name_of
from giamngheo.web.render import page
from giamngheo.web.requests import Request
from giamngheo.web.templatetags.formats import number
from giamngheo.web.views.several_forms import Shown, asked, sent
from giamngheo.web.views.support_household import GivenForm, refuse


class StandingForm(forms.Form):
    """What is owed on a loan on a day."""

    on = forms.DateField(label=gettext_lazy("Ngày"))
    outstanding = forms.IntegerField(label=gettext_lazy("Dư nợ (đồng)"), localize=True)
    overdue = forms.IntegerField(label=gettext_lazy("Trong đó quá hạn (đồng)"), localize=True, initial=0)


class FateForm(forms.Form):
    """What has become of a thing given."""

    state = forms.ChoiceField(label=gettext_lazy("Nay thế nào"), choices=Fate.State.choices)
    on = forms.DateField(label=gettext_lazy("Ngày xem lại hiện vật"))
    quantity = forms.DecimalField(label=gettext_lazy("Số lượng"), required=False, localize=True, min_value=0)
    note = forms.CharField(label=gettext_lazy("Ghi chú"), required=False, max_length=200)


class TakeBackForm(forms.Form):
    """Why a delivery was never made."""

    reason = forms.CharField(label=gettext_lazy("Lý do"), max_length=200)


def delivery(request: Request, pk: int) -> HttpResponse:
    """One delivery: by which row of which file, what replaced it, what became of it; the forms that go with its kind."""
    found = queries.delivery_seen(pk, seen_by=request.user)
    if found is None:
        raise Http404
    shown = _forms(request, found) if _open(request, found) else []
    if request.method == "POST" and (answer := _posted(request, found, shown)):
        return answer
    standings = list(found.standings.order_by("-on", "-pk"))
    context = {
        "delivery": found,
        "name": name_of(found.policy, get_language() or "vi"),
        "forms": shown,
        "kept_as": f"mend-{found.pk}",
        "standings": standings,
        "paid": (found.amount or 0) - standings[0].outstanding if standings else None,
        "fates": found.fates.order_by("-on", "-pk"),
        "is_loan": found.kind == Delivery.Kind.LOAN,
    }
    return page(request, "support/delivery.html", context)


def _open(request: Request, found: Delivery) -> bool:
    return request.user.writes_households and found.retired_at is None and not found.void


def _forms(request: Request, found: Delivery) -> list[Shown]:
    def made(name: str, form: type[forms.Form]) -> forms.Form:
        return form(sent(request, name), prefix=name, initial={"on": request.today})

    shown: list[Shown] = []
    if found.kind == Delivery.Kind.LOAN:
        shown.append((_("Dư nợ"), "standing", _("Ghi dư nợ"), made("standing", StandingForm)))
    elif found.kind == Delivery.Kind.GOODS:
        shown.append((_("Hiện vật về sau"), "fate", _("Ghi tình trạng"), made("fate", FateForm)))
    return [
        *shown,
        (_("Lần chi này không có thật"), "take_back", _("Rút lần chi này"), made("take_back", TakeBackForm)),
    ]


def _posted(request: Request, found: Delivery, shown: list[Shown]) -> HttpResponse | None:
    form = asked(request, shown)
    if not form.is_valid():
        return None
    told: dict[str, Any] = form.cleaned_data
    try:
        if isinstance(form, StandingForm):
            actions.tell_standing(loan=found, by=request.user, **told)
        elif isinstance(form, FateForm):
            actions.tell_fate(thing=found, by=request.user, **told)
        else:
            actions.take_back(delivery=found, reason=told["reason"], by=request.user)
    except SupportError as error:
        refuse(form, error)
        return None
    messages.success(request, _("Đã ghi; dòng cũ vẫn còn trong sổ."))
    return redirect("support-household", found.household.number)


def correct(request: Request, pk: int) -> HttpResponse:
    """Put a delivery right by another row in its place: what was typed before stands in the form."""
    found = queries.delivery_seen(pk, seen_by=request.user)
    if found is None or not _open(request, found):
        raise Http404
    names = ("item", "quantity", "measure", "given_on", "agency", "source", "evidence")
    before = {name: getattr(found, name) for name in names}
    before |= {
        "policy": f"{found.policy}/{found.benefit}",
        "amount": number(found.amount) if found.amount is not None else None,
        "since": found.period.lower,
        "until": found.last_day,
    }
    form = GivenForm(request.POST or None, initial=before, people=[], language=get_language() or "vi")
    del form.fields["person"]  # of whom it is stays; a delivery to somebody else is another delivery
    form.fields["reason"] = forms.CharField(label=gettext_lazy("Lý do đính chính"), max_length=300)
    if request.method == "POST" and form.is_valid():
        try:
            made = actions.correct(
                delivery=found, given=form.given(), reason=form.cleaned_data["reason"], by=request.user
            )
        except SupportError as error:
            refuse(form, error)
        else:
            messages.success(request, _("Đã ghi; dòng cũ vẫn còn trong sổ."))
            return redirect("support-delivery", made.pk)
    return page(request, "support/correct.html", {"delivery": found, "form": form})


urlpatterns = [
    path("ho-tro/lan-chi/<int:pk>/", delivery, name="support-delivery"),
    path("ho-tro/lan-chi/<int:pk>/dinh-chinh", correct, name="support-correct"),
]
