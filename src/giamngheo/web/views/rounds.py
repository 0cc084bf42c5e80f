"""Rounds of review: which there are, how far each has come, and the households that still wait for somebody."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django import forms
from django.contrib import messages
from django.core.paginator import Paginator
from django.db.models import QuerySet
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import path, reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, gettext_noop
from django.views.decorators.http import require_POST

from giamngheo.access.models import Role, User
from giamngheo.access.queries import grants_in_force, sees_figures_of
from giamngheo.areas.errors import AreaError
from giamngheo.areas.models import Unit
from giamngheo.areas.queries import ancestors_on, unit_on
from giamngheo.reports import actions as reports
from giamngheo.reports.errors import IssueError
from giamngheo.surveys import actions, figures, queries
from giamngheo.surveys.errors import SurveyError
from giamngheo.surveys.models import Round
from giamngheo.web.render import page
from giamngheo.web.requests import Request
from giamngheo.web.visit_form import DayField

PER_PAGE = 50


@dataclass(frozen=True)
class ListOf:
    """One list of a round's page: its word in the address, its title, what it asks for, what its rows are."""

    slug: str
    source_title: str
    source_empty: str
    ask: Callable[..., QuerySet[Any]]
    rows: str

    @property
    def title(self) -> str:
        return _(self.source_title)

    @property
    def empty(self) -> str:
        """What the page says where the list is empty."""
        return _(self.source_empty)


def _undetermined(round: Round, *, unit: Unit | None = None, seen_by: User) -> QuerySet[Any]:
    return queries.verdicts_in(round, unit=unit, classes=["undetermined"], seen_by=seen_by)


LISTS = (
    ListOf("chua-den", gettext_noop("Chưa đến"), gettext_noop("Mọi hộ đều đã có người đến."), queries.not_visited, "household"),
    ListOf("den-lai", gettext_noop("Hẹn quay lại"), gettext_noop("Không còn hộ nào phải quay lại."), queries.not_met, "visit"),
    ListOf("chua-ro", gettext_noop("Chưa xác định được"), gettext_noop("Mọi hộ đã gặp đều xếp loại được."), _undetermined, "verdict"),
    ListOf("sat-nguong", gettext_noop("Sát ngưỡng"), gettext_noop("Không có hộ nào sát ngưỡng."), queries.borderline, "verdict"),
    ListOf("lech", gettext_noop("Đánh dấu lệch với câu trả lời"), gettext_noop("Phần đánh dấu trên phiếu và câu trả lời khớp nhau."), queries.disagreements, "verdict"),
)  # fmt: skip


class RoundForm(forms.Form):
    """A new round: its year and kind, its days, and the day whose law and geography it is judged by."""

    year = forms.IntegerField(label=gettext_lazy("Năm"), min_value=2015, max_value=2100, localize=False)
    kind = forms.ChoiceField(label=gettext_lazy("Loại"), choices=Round.Kind.choices)
    opens = DayField(label=gettext_lazy("Ngày bắt đầu"))
    closes = DayField(label=gettext_lazy("Ngày kết thúc"))
    reference_date = DayField(
        label=gettext_lazy("Ngày lấy mốc"),
        help_text=gettext_lazy("Chuẩn nghèo, mẫu phiếu và địa bàn là của ngày này."),
    )
    name = forms.CharField(label=gettext_lazy("Tên đợt"), max_length=120, required=False)

    def clean(self) -> dict[str, Any]:
        data: dict[str, Any] = super().clean() or {}
        for name in ("opens", "closes", "reference_date"):
            if not data.get(name) and name not in self.errors:
                self.add_error(name, _("Hãy ghi ngày, ví dụ 01/09/2021."))
        return data


def index(request: Request) -> HttpResponse:
    """Every round with its state and the rates of the person's own unit; the provincial officer opens one here."""
    if request.user.role == Role.ADMINISTRATOR:
        raise Http404
    may_open = request.user.role == Role.PROVINCIAL_OFFICER
    form = RoundForm(request.POST or None)
    if request.method == "POST":
        if not may_open:
            raise Http404
        if form.is_valid() and (opened := _opened(request, form)):
            return redirect(address(opened))
    unit = _own_unit(request.user)
    points = figures.series(unit, seen_by=request.user) if unit else []
    rates = {point.round.pk: point.counts for point in points if point.in_force}
    rows = [(r, address(r), rates.get(r.pk)) for r in queries.rounds(seen_by=request.user)]
    waiting = [r for r, _address, _counts in rows if r.is_open]
    context = {"rows": rows, "open_rounds": waiting, "unit": unit, "form": form if may_open else None}
    return render(request, "rounds/index.html", context)


def _opened(request: Request, form: RoundForm) -> Round | None:
    try:
        return actions.open_round(**form.cleaned_data, by=request.user)
    except SurveyError as error:
        form.add_error(None, str(error))
        return None


def annual(request: Request, year: int) -> HttpResponse:
    """The annual round of a year."""
    round = queries.annual_round(year, seen_by=request.user)
    if round is None:
        raise Http404
    return _round(request, round)


def regular(request: Request, pk: int) -> HttpResponse:
    """A regular round, of which a year may have several."""
    return _round(request, get_object_or_404(queries.rounds(seen_by=request.user), pk=pk))


def _round(request: Request, round: Round) -> HttpResponse:
    unit = asked_unit(request, round)
    whole, below = queries.progress(round, unit, seen_by=request.user)
    context = {
        "round": round,
        "address": address(round),
        "unit": unit,
        "units": ancestors_on(unit, round.reference_date),
        "whole": whole,
        "below": below,
        "beside": figures.side_by_side(round, unit, seen_by=request.user),
        "may_close": request.user.role == Role.PROVINCIAL_OFFICER,
        "enters": round.is_open and request.user.writes_households,
    }
    if request.user.sees_households:
        context |= _lists(request, round, unit)
    return page(request, "rounds/round.html", context, fragment="rows")


def _lists(request: Request, round: Round, unit: Unit) -> dict[str, Any]:
    waits = queries.waiting(round, unit=unit, today=request.today, seen_by=request.user)
    counts = (waits.not_visited, waits.to_return, waits.undetermined, waits.borderline, waits.disagreements)
    shown = next((lst for lst in LISTS if lst.slug == request.GET.get("xem")), None)
    if shown is None:
        shown = next((lst for lst, n in zip(LISTS, counts, strict=True) if n), LISTS[0])
    found = shown.ask(round, unit=unit, seen_by=request.user)
    rows = Paginator(found, PER_PAGE).get_page(request.GET.get("trang"))
    return {"lists": list(zip(LISTS, counts, strict=True)), "shown": shown, "page": rows, "waiting": waits}


@require_POST
def close(request: Request, pk: int) -> HttpResponse:
    """Close an open round, or open a closed one again with a reason."""
    round = get_object_or_404(queries.rounds(seen_by=request.user), pk=pk)
    if request.user.role != Role.PROVINCIAL_OFFICER:
        raise Http404
    try:
        if round.is_open:
            reports.close(round=round, by=request.user)
            messages.success(request, _("Đã đóng “%(round)s”.") % {"round": round.name})
        else:
            actions.reopen_round(round=round, reason=request.POST.get("reason", ""), by=request.user)
            messages.success(request, _("Đã mở lại “%(round)s”.") % {"round": round.name})
    except (SurveyError, IssueError) as error:
        messages.error(request, str(error))
    return redirect(address(round))


def address(round: Round) -> str:
    """Where the page of a round stands."""
    if round.kind == Round.Kind.ANNUAL:
        return reverse("round", args=[round.year])
    return reverse("regular-round", args=[round.pk])


def asked_unit(request: Request, round: Round) -> Unit:
    """The unit of the round's geography that `?dia-ban=` names, else the person's own. 404 outside their area."""
    own = _own_unit(request.user)
    code = request.GET.get("dia-ban") or (own.code if own else "")
    try:
        unit = unit_on(code, round.reference_date)
    except AreaError as error:
        raise Http404(str(error)) from error
    if not sees_figures_of(unit.pk):
        raise Http404
    return unit


def _own_unit(user: User) -> Unit | None:
    grant = grants_in_force(user).first()
    return grant.unit if grant else None


urlpatterns = [
    path("ra-soat/", index, name="rounds"),
    path("ra-soat/<year:year>/", annual, name="round"),
    path("ra-soat/dot/<int:pk>/", regular, name="regular-round"),
    path("ra-soat/dot/<int:pk>/dong", close, name="round-close"),
]
