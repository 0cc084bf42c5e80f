"""Findings of the two-sided engine: looked for, listed, each with its deliveries and the answer given to it."""

from django import forms
from django.contrib import messages
from django.core.paginator import Paginator
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.urls import path
from django.utils.translation import get_language, gettext_lazy
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from giamngheo.support import queries
from giamngheo.support.errors import SupportError
from giamngheo.support.findings import actions
from giamngheo.support.models import Agency, Finding, Side
from giamngheo.support.rights import name_of
from giamngheo.web.render import page
from giamngheo.web.requests import Request
from giamngheo.web.views.support import unit_of, year_of

PER_PAGE = 50
_ASKED = {"mat": "side", "loai": "kind", "chinh-sach": "policy", "giu": "keeper"}


def index(request: Request) -> HttpResponse:
    """Findings of a year by side, kind, policy and who can mend them, the largest amounts first."""
    if not request.user.sees_households:
        raise Http404
    unit, years = unit_of(request), queries.years(seen_by=request.user)
    year = year_of(request)
    state = request.GET.get("trang-thai", Finding.State.OPEN)
    asked = {word: request.GET.get(key, "") for key, word in _ASKED.items()}
    found = queries.findings(
        year=year,
        unit=unit,
        day=request.today,
        state=state if state in Finding.State.values else "",
        seen_by=request.user,
        **asked,
    )
    language = get_language() or "vi"
    shown = Paginator(found, PER_PAGE).get_page(request.GET.get("trang"))
    kinds = queries.kinds_of(found)
    context = {
        "unit": unit,
        "year": year,
        "years": sorted({*years, request.today.year - 1, request.today.year}, reverse=True),
        "asked": asked,
        "state": state,
        "states": Finding.State.choices,
        "sides": Side.choices,
        "agencies": Agency.choices,
        "kinds": [(Side(s).label, s, Finding.Kind(k).label, k, n, total) for s, k, n, total in kinds],
        "count": sum(n for *_rest, n, _total in kinds),
        "amount": sum(total for *_rest, total in kinds),
        "page": shown,
        "rows": [(row, name_of(row.policy, language)) for row in shown],
        "search": queries.last_search(seen_by=request.user),
        "checked": bool(queries.checked([unit], year, seen_by=request.user)),
    }
    return page(request, "support/findings.html", context, fragment="rows")


@require_POST
def look(request: Request) -> HttpResponse:
    """Have the year looked through by the job runner."""
    told = request.POST.get("nam", "")
    year = int(told) if told.isdecimal() and len(told) == 4 else request.today.year
    try:
        actions.ask_for_search(year=year, by=request.user)
    except SupportError as error:
        messages.error(request, str(error))
    return redirect("support-findings")


def progress(request: Request) -> HttpResponse:
    """How far the search is; the page comes anew when it is over."""
    search = queries.last_search(seen_by=request.user)
    response = render(request, "support/search.html", {"search": search})
    if search is None or search.is_over:
        response["HX-Refresh"] = "true"
    return response


class AnswerForm(forms.Form):
    """What is said to a finding."""

    state = forms.ChoiceField(label=gettext_lazy("Trả lời"), choices=Finding.State.choices)
    reason = forms.CharField(
        label=gettext_lazy("Lý do, việc đã làm"),
        widget=forms.Textarea(attrs={"rows": 3}),
        error_messages={"required": gettext_lazy("Hãy ghi lý do.")},
    )


def one(request: Request, pk: int) -> HttpResponse:
    """One finding: what it rests on, who can mend it, until when, and the form to answer it."""
    found = queries.finding_seen(pk, seen_by=request.user)
    if found is None:
        raise Http404
    form = AnswerForm(request.POST or None, initial={"state": Finding.State.MENDED})
    if request.method == "POST" and form.is_valid():
        try:
            actions.answer(finding=found, by=request.user, **form.cleaned_data)
        except SupportError as error:
            form.add_error("reason", str(error))
        else:
            messages.success(request, _("Đã ghi trả lời; phát hiện vẫn ở trong sổ."))
            return redirect("support-finding", pk=pk)
    language = get_language() or "vi"
    context = {
        "finding": found,
        "name": name_of(found.policy, language),
        "other": name_of(found.other_policy, language) if found.other_policy else "",
        "deliveries": queries.deliveries_in(found, seen_by=request.user),
        "late": found.state == Finding.State.OPEN and found.due_on < request.today,
        "form": form,
        "mine": request.user.writes_households,
    }
    return page(request, "support/finding.html", context)


urlpatterns = [
    path("ho-tro/doi-chieu/", index, name="support-findings"),
    path("ho-tro/doi-chieu/tim", look, name="support-look"),
    path("ho-tro/doi-chieu/tien-do", progress, name="support-search"),
    path("ho-tro/doi-chieu/<int:pk>/", one, name="support-finding"),
]
