"""All rights and all help of one household over the years; writing down a delivery."""

import datetime as dt
from typing import Any

from django import forms
from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect
from django.urls import path
from django.utils.translation import get_language, gettext_lazy
from django.utils.translation import gettext as _

from giamngheo.areas.models import Level
from giamngheo.areas.queries import ancestors_on, label
from giamngheo.base.text import format_date, format_number
from giamngheo.registry.models import Household, Person
from giamngheo.registry.queries import household_by_number, members_of
from giamngheo.reports.papers.help_sheet import HelpRow, HelpSheet, PlanRow, PlanSheet
from giamngheo.rules.explain import Answer
from giamngheo.rules.facts import household_facts
from giamngheo.rules.policies import policies
from giamngheo.support import queries
from giamngheo.support.actions import deliveries as actions
from giamngheo.support.checks import Given
from giamngheo.support.errors import NotSoError, SupportError
from giamngheo.support.models import Agency, Delivery
from giamngheo.support.plans import ToldPlan, plans_of
from giamngheo.support.rights import kind_of, name_of
from giamngheo.web.render import page
from giamngheo.web.requests import Request
from giamngheo.web.views.household_words import household_title
from giamngheo.web.views.law import asked_day
from giamngheo.web.views.papers import as_pdf, letterhead_of


def _household(request: Request, number: str) -> Household:
    found = household_by_number(number, seen_by=request.user)
    if found is None or not request.user.sees_households:
        raise Http404
    return found


def household(request: Request, number: str) -> HttpResponse:
    """What the household is entitled to and why not to the rest; what it got; what is missing; which cause nobody answered."""
    found = _household(request, number)
    return page(request, "support/household.html", _told(request, found))


def _day(request: Request) -> dt.date:
    """The day in the address, if it has come; else today."""
    return min(asked_day(request), request.today)


def _told(request: Request, found: Household) -> dict[str, Any]:
    language = get_language() or "vi"
    people = members_of(found, seen_by=request.user)
    day = _day(request)
    head = next((person for person in people if person.relation == "head"), None)
    answers = queries.rights_of_household(found, day, seen_by=request.user)
    named = {
        answer.person for answer in answers if answer.person
    }  # on a day gone by, some who live there no more
    names = dict(Person.objects.filter(pk__in=named).values_list("pk", "full_name"))
    given = list(queries.deliveries_of(found, seen_by=request.user))
    said = [(names.get(a.person or 0, ""), _sentence(a, language), a) for a in answers]
    findings = list(queries.findings_of(found, seen_by=request.user))
    return {
        "household": found,
        "title": household_title(head, found.number),
        "day": day,
        "has": [(who, words) for who, words, a in said if a.state == "yes" and _stands(a)],
        "excluded": [(who, words, name_of(a.row["other"] or "", language)) for who, words, a in said if a.state == "yes" and a.row and not _stands(a)],
        "near": [(who, words) for who, words, a in said if a.state == "no" and a.single],
        "unknown": [(who, words) for who, words, a in said if a.state == "unknown"],
        "given": [(delivery, name_of(delivery.policy, language)) for delivery in given],
        "years": _by_year(given),
        "total": sum(delivery.amount or 0 for delivery in given if delivery.kind != Delivery.Kind.LOAN),
        "owed": [loan for d in given if d.kind == Delivery.Kind.LOAN for loan in list(d.standings.all())[:1]],
        "findings": [(finding, name_of(finding.policy, language)) for finding in findings],
        "open": sum(finding.state == "open" for finding in findings),
        "causes": [
            (household_facts()["causes"].show((cause,), language), answered)
            for cause, answered in queries.causes_of(found, given, seen_by=request.user)
        ],
        "may_write": request.user.writes_households,
        "plan": next(iter(plans_of(found, given, seen_by=request.user)), None),
    }  # fmt: skip


def _sentence(answer: Answer, language: str) -> str:
    """What `answer` says, under the name of its policy; a benefit called as its policy is named once."""
    policy, said = answer.policy, answer.sentence(language)
    bare = said.removeprefix(f"{policy.name(language)}: ")
    return f"{name_of(policy.slug, language)}: {bare}"


def _stands(answer: Answer) -> bool:
    return answer.row is not None and answer.row.get("stands", "yes") != "no"


def _by_year(given: list[Delivery]) -> list[tuple[int, int, int]]:
    """(year in which they were given, deliveries, đồng without loans), the latest first."""
    found: dict[int, list[Delivery]] = {}
    for delivery in given:
        found.setdefault(delivery.given_on.year, []).append(delivery)
    return [
        (year, len(rows), sum(d.amount or 0 for d in rows if d.kind != Delivery.Kind.LOAN))
        for year, rows in sorted(found.items(), reverse=True)
    ]


def sheet(request: Request, number: str) -> HttpResponse:
    """The same as a paper to hand over, in words a head of household understands."""
    found = _household(request, number)
    told = _told(request, found)
    commune = next(u for u in ancestors_on(found.village, request.today) if u.level == Level.COMMUNE)
    paper = HelpSheet(
        letterhead=letterhead_of(commune, request.today),
        made_on=request.today,
        synthetic=request.installation.synthetic,
        household=told["title"],
        village=found.village.name,
        day=told["day"],
        rights=tuple(f"{who}: {words}" if who else words for who, words in told["has"]),
        given=tuple(_row(delivery, name) for delivery, name in told["given"]),
        total=told["total"],
        missing=tuple(
            f"{name}: {finding.get_kind_display().lower()}"
            + (f", {format_number(finding.amount)} đồng" if finding.amount else "")
            for finding, name in told["findings"]
            if finding.side == "missed" and finding.state == "open"
        ),
        ask_at=f"UBND {label(commune)}",
        plan=_plan(told["plan"]) if told["plan"] else None,
    )
    return as_pdf(request, paper, "registry_household", found.pk)


def _plan(told: ToldPlan) -> PlanSheet:
    rows = [
        PlanRow(
            what=step.row.what,
            who=str(step.row.get_kind_display()),
            condition=step.row.condition,
            due_on=step.row.due_on,
            outcome=f"{step.last.get_state_display()}, {format_date(step.last.on)}"
            if step.last
            else "chưa có",
        )
        for step in told.steps
    ]
    return PlanSheet(
        aim=told.row.aim.rstrip("."), companion=told.row.companion, until=told.row.until, steps=tuple(rows)
    )


def _row(delivery: Delivery, name: str) -> HelpRow:
    what = f"{format_number(delivery.amount)} đồng" if delivery.amount is not None else delivery.item
    who = delivery.person.full_name if delivery.person else "Cả hộ"
    return HelpRow(
        name=name, who=who, what=what, given_on=delivery.given_on, by=str(delivery.get_agency_display())
    )


class GivenForm(forms.Form):
    """One delivery: of what, to whom, how much, for which days, by whom, on which paper."""

    policy = forms.ChoiceField(label=gettext_lazy("Chính sách, khoản hưởng"))
    person = forms.ChoiceField(label=gettext_lazy("Cho ai"), required=False)
    amount = forms.IntegerField(label=gettext_lazy("Số tiền (đồng)"), required=False, localize=True)
    item = forms.CharField(label=gettext_lazy("Hiện vật"), required=False, max_length=80)
    quantity = forms.DecimalField(label=gettext_lazy("Số lượng"), required=False, localize=True)
    measure = forms.CharField(label=gettext_lazy("Đơn vị tính"), required=False, max_length=20)
    since = forms.DateField(label=gettext_lazy("Kỳ hưởng từ ngày"))
    until = forms.DateField(label=gettext_lazy("Đến hết ngày"))
    given_on = forms.DateField(label=gettext_lazy("Ngày chi, ngày cấp"))
    agency = forms.ChoiceField(label=gettext_lazy("Ai chi, ai cấp"), choices=Agency.choices)
    source = forms.CharField(label=gettext_lazy("Nguồn vốn"), required=False, max_length=80)
    evidence = forms.CharField(
        label=gettext_lazy("Số chứng từ, số thẻ, số hợp đồng"), required=False, max_length=120
    )

    def __init__(self, *args: Any, people: list[tuple[int, str]], language: str, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        choices = [
            (f"{slug}/{benefit.code}", f"{policy.name(language)}: {benefit.name(language)}")
            for slug, policy in policies().items()
            for benefit in policy.benefits
        ]
        self.fields["policy"].choices = choices  # type: ignore[attr-defined]
        self.fields["person"].choices = [("", _("Cả hộ")), *people]  # type: ignore[attr-defined]

    def given(self) -> Given:
        """What was typed, as a delivery."""
        told = self.cleaned_data
        slug, code = told["policy"].split("/")
        benefit = next(b for b in policies()[slug].benefits if b.code == code)
        return Given(
            policy=slug,
            benefit=code,
            kind=kind_of(benefit),
            since=told["since"],
            until=told["until"],
            given_on=told["given_on"],
            agency=told["agency"],
            amount=told["amount"],
            item=told["item"],
            quantity=told["quantity"],
            measure=told["measure"],
            source=told["source"],
            evidence=told["evidence"],
        )


def refuse(form: forms.Form, error: SupportError) -> None:
    """Each fault beside its field."""
    if not isinstance(error, NotSoError):
        form.add_error(None, str(error))
        return
    for fault in error.faults:
        field = fault.field if fault.field in form.fields else None
        form.add_error(field, fault.sentence(get_language() or "vi"))


def deliver(request: Request, number: str) -> HttpResponse:
    """Write down one delivery to the household or one of its people."""
    found = _household(request, number)
    if not request.user.writes_households:
        raise Http404
    people = {person.pk: person for person in members_of(found, seen_by=request.user)}
    form = GivenForm(
        request.POST or None,
        people=[(pk, person.full_name) for pk, person in people.items()],
        language=get_language() or "vi",
    )
    if request.method == "POST" and form.is_valid():
        person = people.get(int(form.cleaned_data["person"] or 0))
        try:
            actions.deliver(given=form.given(), household=found, person=person, by=request.user)
        except SupportError as error:
            refuse(form, error)
        else:
            messages.success(request, _("Đã ghi lần chi."))
            return redirect("support-household", number)
    return page(request, "support/deliver.html", {"household": found, "form": form})


urlpatterns = [
    path("ho/<str:number>/ho-tro/", household, name="support-household"),
    path("ho/<str:number>/ho-tro/phieu.pdf", sheet, name="support-sheet"),
    path("ho/<str:number>/ho-tro/chi", deliver, name="support-deliver"),
]
