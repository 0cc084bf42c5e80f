"""Lists of the entitled: drawn, checked, decided; a village's receipt confirmed; what the register says differently today."""

import re
from typing import Any

from django import forms
from django.contrib import messages
from django.core.paginator import Paginator
from django.http import Http404, HttpResponse
from django.shortcuts import redirect
from django.urls import path
from django.utils.translation import get_language, gettext_lazy
from django.utils.translation import gettext as _

from giamngheo.access.models import Role
from giamngheo.access.queries import grants_in_force
from giamngheo.areas.models import Level, Unit
from giamngheo.areas.queries import ancestors_on, descendants_on
from giamngheo.base.text import fold
from giamngheo.registry.models import Household
from giamngheo.registry.queries import household_by_number, members_of
from giamngheo.rules.policies import Policy, policies
from giamngheo.support import queries
from giamngheo.support.actions import deliveries
from giamngheo.support.actions import lists as actions
from giamngheo.support.checks import MOST
from giamngheo.support.errors import NotOnListError, SupportError
from giamngheo.support.models import SupportList
from giamngheo.support.rights import name_of, ranks_of
from giamngheo.support.snapshot import rights_on
from giamngheo.web.render import page
from giamngheo.web.requests import Request
from giamngheo.web.views.support import unit_of
from giamngheo.web.views.support_household import refuse

PER_PAGE = 100


class DrawForm(forms.Form):
    """Of which policy and year a list is drawn."""

    policy = forms.ChoiceField(label=gettext_lazy("Chính sách"))
    year = forms.IntegerField(label=gettext_lazy("Năm"), min_value=2015, max_value=2100)

    def __init__(self, *args: Any, language: str, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["policy"].choices = [(slug, one.name(language)) for slug, one in policies().items()]  # type: ignore[attr-defined]


class LineForm(forms.Form):
    """Somebody the register alone can't tell of: whose household, who, what, and on which ground."""

    number = forms.CharField(label=gettext_lazy("Số hộ"), max_length=20)
    person = forms.CharField(
        label=gettext_lazy("Họ tên người hưởng"),
        required=False,
        max_length=80,
        help_text=gettext_lazy("Để trống nếu cả hộ hưởng."),
    )
    benefit = forms.ChoiceField(label=gettext_lazy("Khoản hưởng"))
    amount = forms.IntegerField(
        label=gettext_lazy("Số tiền (đồng)"),
        required=False,
        localize=True,
        min_value=0,
        max_value=MOST,
        help_text=gettext_lazy("Để trống nếu là hiện vật, dịch vụ."),
    )
    reason = forms.CharField(label=gettext_lazy("Căn cứ, lý do"), max_length=300)

    def __init__(self, *args: Any, policy: Policy, language: str, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["benefit"].choices = [(b.code, b.name(language)) for b in policy.benefits]  # type: ignore[attr-defined]
        if ranks := ranks_of(policy, language):
            self.fields["rank"] = forms.ChoiceField(label=_("Thứ tự ưu tiên"), choices=list(ranks.items()))


class ConfirmForm(forms.Form):
    """That a village received: which, on which day, all but whom, from which source of money."""

    village = forms.ChoiceField(label=gettext_lazy("Thôn, bản"))
    given_on = forms.DateField(label=gettext_lazy("Ngày nhận"))
    but = forms.CharField(
        label=gettext_lazy("Trừ các hộ số"),
        required=False,
        help_text=gettext_lazy("Những hộ chưa nhận; cách nhau bằng dấu cách hay dấu phẩy."),
    )
    source = forms.CharField(label=gettext_lazy("Nguồn vốn"), required=False, max_length=80)

    def __init__(self, *args: Any, villages: list[Unit], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.villages = {str(village.pk): village for village in villages}
        self.fields["village"].choices = [(pk, one.name) for pk, one in self.villages.items()]  # type: ignore[attr-defined]

    def clean_but(self) -> list[str]:
        """The numbers, whatever signs stand between them."""
        return re.findall(r"\w+", self.cleaned_data["but"].upper())


def index(request: Request) -> HttpResponse:
    """The lists of the person's area, and for a commune the form to draw another."""
    if not request.user.sees_households:
        raise Http404
    unit, language = unit_of(request), get_language() or "vi"
    form = None
    if request.user.role == Role.COMMUNE_OFFICER and unit.level == Level.COMMUNE:
        form = DrawForm(request.POST or None, language=language, initial={"year": request.today.year})
        if request.method == "POST" and form.is_valid() and (answer := _draw(request, form, unit)):
            return answer
    found = queries.lists(unit=unit, day=request.today, seen_by=request.user)
    shown = Paginator(found, PER_PAGE).get_page(request.GET.get("trang"))
    context = {
        "unit": unit,
        "form": form,
        "page": shown,
        "rows": [(of, name_of(of.policy, language)) for of in shown],
        "waiting": found.filter(state__in=("drawn", "checked")).count(),
    }
    return page(request, "support/lists.html", context)


def _draw(request: Request, form: DrawForm, unit: Unit) -> HttpResponse | None:
    try:
        of = actions.draw(commune=unit, by=request.user, **form.cleaned_data)
    except SupportError as error:
        form.add_error(None, str(error))
        return None
    return redirect("support-list", pk=of.pk)


def one(request: Request, pk: int) -> HttpResponse:
    """One list with its holders, the steps the reader may take, and what the register would say today."""
    of = queries.list_seen(pk, seen_by=request.user)
    if of is None or not request.user.sees_households:
        raise Http404
    adding = of.state == SupportList.State.DRAWN and request.user.role == Role.COMMUNE_OFFICER
    decided = of.state == SupportList.State.DECIDED
    line = _line_form(request, of) if adding else None
    confirming = _confirm_form(request, of) if decided and request.user.writes_households else None
    if request.method == "POST":
        if line is not None and line.is_bound:
            if line.is_valid() and _add(request, of, line):
                return redirect("support-list", pk=pk)
        elif confirming is not None and confirming.is_bound:
            if confirming.is_valid() and _confirm(request, of, confirming):
                return redirect("support-list", pk=pk)
        else:
            _step(request, of)
            return redirect("support-list", pk=pk)
    shown = Paginator(queries.lines_in(of, seen_by=request.user), PER_PAGE).get_page(request.GET.get("trang"))
    ranks = ranks_of(policies()[of.policy], get_language() or "vi")
    context = {
        "of": of,
        "ranks": ranks,
        "rows": [(line, ranks.get(line.tier, "")) for line in shown],
        "name": name_of(of.policy, get_language() or "vi"),
        "page": shown,
        "steps": actions.may(of, request.user),
        "form": line,
        "confirming": confirming,
        "differences": _differences(of, request) if decided else [],
    }
    return page(request, "support/list.html", context)


def _line_form(request: Request, of: SupportList) -> LineForm:
    data = request.POST if request.POST.get("buoc") == "add" else None
    return LineForm(data, policy=policies()[of.policy], language=get_language() or "vi")


def _add(request: Request, of: SupportList, form: LineForm) -> bool:
    """Put a line on the list; what is wrong is said in the form."""
    told = dict(form.cleaned_data)
    home = household_by_number(told.pop("number").strip().upper(), seen_by=request.user)
    commune = home and ancestors_on(home.village, request.today)
    if home is None or of.commune not in (commune or ()):
        form.add_error("number", _("Xã này không có hộ số ấy."))
        return False
    named, person = told.pop("person").strip(), None
    if named:
        found = [p for p in members_of(home, seen_by=request.user) if fold(p.full_name) == fold(named)]
        if len(found) != 1:
            form.add_error("person", _("Hộ này không có đúng một người tên như vậy."))
            return False
        person = found[0]
    try:
        actions.add_line(of=of, household=home, person=person, by=request.user, **told)
    except SupportError as error:
        form.add_error(None, str(error))
        return False
    messages.success(request, _("Đã thêm một suất, kèm lý do."))
    return True


def _villages(of: SupportList, request: Request) -> list[Unit]:
    """Villages of the list that the reader answers for."""
    own = {grant.unit_id for grant in grants_in_force(request.user)}
    found = descendants_on(of.commune, request.today, Level.VILLAGE)
    if request.user.role == Role.VILLAGE_HEAD:
        found = found.filter(pk__in=own)
    return list(found)


def _differences(of: SupportList, request: Request) -> list[tuple[queries.Difference, str]]:
    villages = list(descendants_on(of.commune, request.today, Level.VILLAGE).values_list("pk", flat=True))
    rights = rights_on(request.today, villages=villages).to_pylist()
    found = queries.differences(of, rights, seen_by=request.user)
    numbers = dict(Household.objects.filter(pk__in=[d.household for d in found]).values_list("pk", "number"))
    return [(d, numbers[d.household]) for d in found if d.household in numbers]


def _step(request: Request, of: SupportList) -> None:
    """The step that was asked for; its refusal is told on the page."""
    told, by = request.POST, request.user
    try:
        if told.get("buoc") == "check":
            actions.check(of=of, by=by)
        elif told.get("buoc") == "send_back":
            actions.send_back(of=of, note=told.get("note", ""), by=by)
        elif told.get("buoc") == "decide":
            actions.decide(of=of, decision=told.get("decision", ""), on=request.today, by=by)
        else:
            raise Http404
    except SupportError as error:
        messages.error(request, str(error))


def _confirm_form(request: Request, of: SupportList) -> ConfirmForm | None:
    """Nothing where the reader answers for no village of the list."""
    data = request.POST if request.POST.get("buoc") == "confirm" else None
    villages = _villages(of, request)
    return ConfirmForm(data, villages=villages) if villages else None


def _confirm(request: Request, of: SupportList, form: ConfirmForm) -> bool:
    """Write a village's receipt; what is wrong is said in the form."""
    told = form.cleaned_data
    village = form.villages[told["village"]]
    try:
        n = deliveries.confirm_village(
            of=of,
            village=village,
            on=told["given_on"],
            but=told["but"],
            source=told["source"],
            by=request.user,
        )
    except NotOnListError as error:
        form.add_error("but", str(error))
        return False
    except SupportError as error:
        refuse(form, error)
        return False
    messages.success(request, _("Đã ghi %(n)s suất của %(village)s.") % {"n": n, "village": village.name})
    return True


urlpatterns = [
    path("ho-tro/danh-sach/", index, name="support-lists"),
    path("ho-tro/danh-sach/<int:pk>/", one, name="support-list"),
]
