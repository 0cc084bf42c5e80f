"""The plan of a household: what it sets out to do, the steps and the help it asks for, what came of each."""

from collections.abc import Callable
from typing import Any

from django import forms
from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect
from django.urls import path
from django.utils.translation import get_language, gettext_lazy
from django.utils.translation import gettext as _

from giamngheo.registry.models import Household
from giamngheo.registry.queries import household_by_number, members_of
from giamngheo.rules.policies import policies
from giamngheo.support import queries
from giamngheo.support.actions import plans as actions
from giamngheo.support.errors import SupportError
from giamngheo.support.models import Plan, PlanOutcome, PlanStep
from giamngheo.support.plans import ToldPlan, ToldStep, plans_of
from giamngheo.web.render import page
from giamngheo.web.requests import Request
from giamngheo.web.views.household_words import household_title
from giamngheo.web.views.several_forms import Shown, asked, sent

_REASON = gettext_lazy("Lý do đính chính")


class AimForm(forms.Form):
    """What the household means to reach, who goes along, from when until when."""

    aim = forms.CharField(
        label=gettext_lazy("Hộ định làm gì, muốn đạt gì"),
        max_length=400,
        widget=forms.Textarea(attrs={"rows": 3}),
    )
    companion = forms.CharField(label=gettext_lazy("Ai đồng hành (tên, cơ quan, hội)"), max_length=120)
    since = forms.DateField(label=gettext_lazy("Từ ngày"))
    until = forms.DateField(label=gettext_lazy("Đến ngày"))  # fmt: skip

    def told(self) -> actions.Aim:
        return actions.Aim(
            **{name: self.cleaned_data[name] for name in ("aim", "companion", "since", "until")}
        )


class StepForm(forms.Form):
    """One step: the household's own work, or help it asks for, and on what that help hangs."""

    kind = forms.ChoiceField(label=gettext_lazy("Ai làm"), choices=PlanStep.Kind.choices)
    what = forms.CharField(label=gettext_lazy("Việc gì"), max_length=200)
    policy = forms.ChoiceField(label=gettext_lazy("Theo chính sách"), required=False)
    condition = forms.CharField(
        label=gettext_lazy("Chỉ có khi hộ tham gia"),
        help_text=gettext_lazy(
            "Ví dụ: học đủ lớp chăn nuôi, góp công làm đường. Để trống nếu không có điều kiện."
        ),
        required=False,
        max_length=200,
    )
    due_on = forms.DateField(label=gettext_lazy("Đến ngày"))

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        language = get_language() or "vi"
        named = [(slug, one.name(language)) for slug, one in policies().items()]
        self.fields["policy"].choices = [("", _("Không theo chính sách nào")), *named]  # type: ignore[attr-defined]

    def told(self) -> actions.Step:
        names = ("kind", "what", "policy", "condition", "due_on")
        return actions.Step(**{name: self.cleaned_data[name] for name in names})


class OutcomeForm(forms.Form):
    """What came of a step, or of the whole plan."""

    state = forms.ChoiceField(label=gettext_lazy("Kết quả"))
    on = forms.DateField(label=gettext_lazy("Ngày xem"))
    note = forms.CharField(label=gettext_lazy("Ghi chú"), required=False, max_length=300)

    def __init__(self, *args: Any, whole: bool = False, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        shown = [c for c in PlanOutcome.State.choices if not (whole and c[0] == PlanOutcome.State.GOING)]
        self.fields["state"].choices = shown  # type: ignore[attr-defined]


def plan(request: Request, number: str) -> HttpResponse:
    """The household's plan in force with its steps; for who goes from house to house, the forms to write it."""
    found = _household(request, number)
    given = list(queries.deliveries_of(found, seen_by=request.user))
    told = plans_of(found, given, seen_by=request.user)
    now = told[0] if told else None
    shown = _forms(request, now) if actions.may_write(request.user) else []
    if request.method == "POST" and (answer := _posted(request, found, now, shown)):
        return answer
    people = members_of(found, seen_by=request.user)
    head = next((person for person in people if person.relation == "head"), None)
    context = {
        "household": found,
        "title": household_title(head, found.number),
        "plan": now,
        "earlier": told[1:],
        "done": sum(bool(s.last and s.last.state == PlanOutcome.State.DONE) for s in now.steps) if now else 0,
        "forms": shown,
        "may_write": actions.may_write(request.user),
    }
    return page(request, "support/plan.html", context)


def _forms(request: Request, now: ToldPlan | None) -> list[Shown]:
    day = {"since": request.today, "on": request.today}

    def made(name: str, form: Callable[..., forms.Form], **more: Any) -> forms.Form:
        return form(sent(request, name), prefix=name, initial=day, **more)

    if now is None or now.outcome:
        return [(_("Kế hoạch mới"), "begin", _("Ghi kế hoạch"), made("begin", AimForm))]
    return [
        (_("Thêm một bước"), "step", _("Ghi bước này"), made("step", StepForm)),
        (_("Kết thúc kế hoạch"), "end", _("Ghi kết quả cả kế hoạch"), made("end", OutcomeForm, whole=True)),
    ]


def _posted(
    request: Request, found: Household, now: ToldPlan | None, shown: list[Shown]
) -> HttpResponse | None:
    form = asked(request, shown)
    if not form.is_valid():
        return None
    try:
        if isinstance(form, AimForm):
            actions.begin(household=found, told=form.told(), by=request.user)
        elif isinstance(form, StepForm) and now:
            actions.add_step(plan=now.row, told=form.told(), by=request.user)
        elif now:
            actions.tell(plan=now.row, by=request.user, **form.cleaned_data)
    except SupportError as error:
        form.add_error(None, str(error))
        return None
    messages.success(request, _("Đã ghi."))
    return redirect("support-plan", found.number)


def correct(request: Request, pk: int) -> HttpResponse:
    """Put the plan right by another row; the old one stays."""
    row = Plan.objects.select_related("household").filter(pk=pk, retired_at__isnull=True).first()
    if row is None or not actions.may_write(request.user):
        raise Http404
    before = {"aim": row.aim, "companion": row.companion, "since": row.since, "until": row.until}
    form = AimForm(request.POST or None, initial=before)
    form.fields["reason"] = forms.CharField(label=_REASON, max_length=300)
    if request.method == "POST" and form.is_valid():
        try:
            actions.correct(plan=row, told=form.told(), reason=form.cleaned_data["reason"], by=request.user)
        except SupportError as error:
            form.add_error(None, str(error))
        else:
            messages.success(request, _("Đã ghi; dòng cũ vẫn còn trong sổ."))
            return redirect("support-plan", row.household.number)
    context = {
        "household": row.household,
        "heading": _("Đính chính kế hoạch"),
        "said": _("Bản cũ vẫn còn trong sổ, kèm lý do; các bước đi theo bản mới."),
        "forms": [(_("Bản mới"), "correct", _("Ghi bản mới"), form)],
    }
    return page(request, "support/plan_form.html", context)


def step(request: Request, pk: int) -> HttpResponse:
    """One step: what came of it over time; telling the next, or putting the step right."""
    row = PlanStep.objects.select_related("plan__household").filter(pk=pk, retired_at__isnull=True).first()
    if row is None or not request.user.sees_households:
        raise Http404
    household = row.plan.household
    plan_, told = _step_in(plans_of(household, seen_by=request.user), row)
    shown = _step_forms(request, row) if actions.may_write(request.user) and not plan_.outcome else []
    if request.method == "POST" and (answer := _step_posted(request, plan_, told, shown)):
        return answer
    context = {
        "household": household,
        "heading": row.what,
        "said": told.last.get_state_display() if told.last else _("Chưa ghi kết quả nào."),
        "outcomes": told.outcomes,
        "before": told.before,
        "forms": shown,
    }
    return page(request, "support/plan_form.html", context)


def _step_in(told: list[ToldPlan], row: PlanStep) -> tuple[ToldPlan, ToldStep]:
    return next((plan_, one) for plan_ in told for one in plan_.steps if one.row.pk == row.pk)


def _step_forms(request: Request, row: PlanStep) -> list[Shown]:
    outcome = OutcomeForm(sent(request, "tell"), prefix="tell", initial={"on": request.today})
    before = {name: getattr(row, name) for name in ("kind", "what", "policy", "condition", "due_on")}
    form = StepForm(sent(request, "correct"), prefix="correct", initial=before)
    form.fields["reason"] = forms.CharField(label=_REASON, max_length=300)
    return [
        (_("Kết quả của bước này"), "tell", _("Ghi kết quả"), outcome),
        (_("Đính chính bước này"), "correct", _("Ghi bản mới"), form),
    ]


def _step_posted(
    request: Request, plan_: ToldPlan, told: ToldStep, shown: list[Shown]
) -> HttpResponse | None:
    form = asked(request, shown)
    if not form.is_valid():
        return None
    try:
        if isinstance(form, StepForm):
            actions.correct_step(
                step=told.row, told=form.told(), reason=form.cleaned_data["reason"], by=request.user
            )
        else:
            actions.tell(plan=plan_.row, step=told.row, by=request.user, **form.cleaned_data)
    except SupportError as error:
        form.add_error(None, str(error))
        return None
    messages.success(request, _("Đã ghi; dòng cũ vẫn còn trong sổ."))
    return redirect("support-plan", plan_.row.household.number)


def _household(request: Request, number: str) -> Household:
    found = household_by_number(number, seen_by=request.user)
    if found is None or not request.user.sees_households:
        raise Http404
    return found


urlpatterns = [
    path("ho/<str:number>/ke-hoach/", plan, name="support-plan"),
    path("ho-tro/ke-hoach/<int:pk>/dinh-chinh", correct, name="support-plan-correct"),
    path("ho-tro/ke-hoach/buoc/<int:pk>/", step, name="support-plan-step"),
]
