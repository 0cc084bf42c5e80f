"""Households: the list, the page of one, and writing down what happened to it."""

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import path
from django.utils.translation import get_language
from django.views.decorators.http import require_POST

from giamngheo.audit.actions import record
from giamngheo.audit.models import Kind
from giamngheo.registry.actions import read_id_number
from giamngheo.registry.errors import RegistryError
from giamngheo.registry.models import Household
from giamngheo.registry.queries import household_by_number, people_of
from giamngheo.surveys.files import csv_text
from giamngheo.surveys.queries import visits_of
from giamngheo.web.render import page
from giamngheo.web.requests import Request
from giamngheo.web.views.correction_forms import RestoreForm
from giamngheo.web.views.household_forms import FORMS, RegisterForm
from giamngheo.web.views.household_list import listed, listing
from giamngheo.web.views.household_page import household_page, standards_beside
from giamngheo.web.views.life_form import LifeForm


def index(request: Request) -> HttpResponse:
    """The households of the person's area by unit, class, ethnic group and name."""
    if not request.user.sees_households:
        raise Http404
    if request.GET.get("tep") == "csv":
        return _file(request)
    return page(request, "households/index.html", listing(request), fragment="rows")


def _file(request: Request) -> HttpResponse:
    """The list as CSV; that it was taken out is recorded, with what was asked."""
    sheet, rows = listed(request)
    details = {"asked": request.GET.dict(), "rows": len(rows)}
    record(kind=Kind.EXPORT, subject="registry_household", details=details, by=request.user)
    answer = HttpResponse(csv_text(sheet, rows), content_type="text/csv; charset=utf-8")
    answer["Content-Disposition"] = 'attachment; filename="ho.csv"'
    return answer


def _household_or_404(request: Request, number: str) -> Household:
    found = household_by_number(number, seen_by=request.user)
    if found is None:
        raise Http404
    return found


def household(request: Request, number: str) -> HttpResponse:
    """One household: who it is, why, who lives there, everything that happened."""
    found = _household_or_404(request, number)
    context = household_page(found, user=request.user, day=request.today, language=get_language() or "vi")
    return render(request, "households/household.html", context)


def beside(request: Request, number: str) -> HttpResponse:
    """The last answers of a household under every standard, side by side."""
    found = _household_or_404(request, number)
    latest = next((year for year in visits_of(found, seen_by=request.user) if year.judged), None)
    if latest is None:
        raise Http404
    rows = standards_beside(latest, get_language() or "vi")
    return render(request, "households/beside.html", {"household": found, "latest": latest, "rows": rows})


@require_POST
def id_number(request: Request, number: str, pk: int) -> HttpResponse:
    """The whole id number of one member, once; that it was read is recorded."""
    found = _household_or_404(request, number)
    person = get_object_or_404(people_of(found, seen_by=request.user), pk=pk)
    context = {"household": found, "person": person, "shown": read_id_number(person=person, by=request.user)}
    response = page(request, "households/id_number.html", context, fragment="cell")
    response["Cache-Control"] = "no-store"
    return response


def write(request: Request, number: str, what: str) -> HttpResponse:
    """One thing that happened to the household, or a correction: a form of its own, at an address of its own."""
    found = _household_or_404(request, number)
    if not request.user.writes_households or what not in FORMS or found.ended_on:
        raise Http404
    form = FORMS[what](request.POST or None, household=found, request=request)
    if request.method == "POST" and form.is_valid() and (answer := _save(request, form)):
        return answer
    return render(request, "households/write.html", {"household": found, "form": form})


def _save(request: Request, form: LifeForm) -> HttpResponse | None:
    """Where to go after the form was written down; None, and the refusal on the form, where it was refused."""
    try:
        lands_on = form.save()
    except RegistryError as error:
        form.add_error(None, str(error))
        return None
    messages.success(request, str(form.done))
    still_seen = lands_on and household_by_number(lands_on, seen_by=request.user)
    return redirect("household", lands_on) if still_seen else redirect("households")


def register(request: Request) -> HttpResponse:
    """A household enters the register with its head; the members are added on its page."""
    if not request.user.writes_households:
        raise Http404
    form = RegisterForm(request.POST or None, household=None, request=request)
    if request.method == "POST" and form.is_valid() and (answer := _save(request, form)):
        return answer
    return render(request, "households/write.html", {"form": form})


def restore(request: Request, number: str, pk: int) -> HttpResponse:
    """Take back a death, a move out, a merger or a change of head that never was."""
    found = _household_or_404(request, number)
    event = found.events.filter(pk=pk).first()
    if not request.user.writes_households or event is None:
        raise Http404
    form = RestoreForm(request.POST or None, household=found, request=request, event=event)
    if request.method == "POST" and form.is_valid() and (answer := _save(request, form)):
        return answer
    return render(request, "households/write.html", {"household": found, "form": form})


urlpatterns = [
    path("ho/", index, name="households"),
    path("ho/moi/", register, name="household-new"),
    path("ho/<str:number>/", household, name="household"),
    path("ho/<str:number>/chuan/", beside, name="household-standards"),
    path("ho/<str:number>/giay-to/<int:pk>/", id_number, name="id-number"),
    path("ho/<str:number>/huy/<int:pk>/", restore, name="household-restore"),
    path("ho/<str:number>/ghi/<slug:what>/", write, name="household-write"),
]
