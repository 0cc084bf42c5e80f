"""Entry of one visit to one household."""

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import path
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from giamngheo.areas.queries import ancestors_on
from giamngheo.registry.queries import as_of, household_by_number
from giamngheo.surveys import queries
from giamngheo.surveys.actions import record_visit
from giamngheo.surveys.errors import SurveyError
from giamngheo.surveys.forms import form_named
from giamngheo.surveys.models import Round
from giamngheo.web.requests import Request
from giamngheo.web.visit_form import VisitForm


def visit(request: Request, round_id: int, number: str) -> HttpResponse:
    """The form of the round for one household, with what was recorded before and the verdict it gave."""
    round = get_object_or_404(queries.rounds(seen_by=request.user), pk=round_id)
    household = household_by_number(number, seen_by=request.user)
    if household is None or not request.user.writes_households:
        raise Http404
    before = queries.visit_in_force(round, household, seen_by=request.user)
    day = before.visited_on if before and before.visited_on else min(request.today, round.closes)
    state = as_of(household, day, seen_by=request.user)
    if state is None:
        raise Http404
    form = VisitForm(form_named(round.form), state, before, request.POST or None)
    if request.method == "POST" and form.is_valid() and _recorded(request, round, form):
        return redirect("visit", round_id=round.pk, number=household.number)
    context = {"round": round, "household": household, "state": state, "form": form, "before": before}
    context |= {"units": ancestors_on(state.village, day), "judged": _judged(request, round, form)}
    return render(request, "visits/entry.html", context)


def _recorded(request: Request, round: Round, form: VisitForm) -> bool:
    """Record the visit as typed; a refusal is laid beside the form and nothing typed is lost."""
    data = form.cleaned_data
    try:
        record_visit(
            round=round,
            household=form.state.household,
            outcome=data["outcome"],
            visited_on=data["visited_on"],
            answers=form.answers,
            members=form.member_answers,
            next_visit_on=data["next_visit_on"],
            note=data["note"],
            reason=data.get("reason", ""),
            by=request.user,
        )
    except SurveyError as error:
        form.add_error(None, str(error))
        return False
    messages.success(request, _("Đã ghi phiếu của hộ %(number)s.") % {"number": form.state.household.number})
    return True


def _judged(
    request: Request, round: Round, form: VisitForm
) -> list[tuple[queries.Judged, list[str], list[str]]]:
    """The verdicts that the recorded visit gave, with their reasons and what would change them."""
    language = get_language() or "vi"
    given = queries.verdicts_of(form.state.household, seen_by=request.user)
    return [
        (judged, judged.reasons(language), judged.what_would_change(language))
        for judged in given
        if judged.round == round
    ]


urlpatterns = [path("ra-soat/<int:round_id>/ho/<str:number>/", visit, name="visit")]
