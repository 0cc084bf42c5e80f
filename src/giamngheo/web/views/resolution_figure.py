"""One reported indicator of one unit and year: the figure, the form, the second person, every row there ever was, who answers."""

from typing import Any

from django import forms
from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import path
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_POST

from giamngheo.access.models import Role
from giamngheo.base.scans import media_type
from giamngheo.base.text import format_number, parse_number
from giamngheo.resolution import actions, queries
from giamngheo.resolution.dues import REPORTERS, closing_of, reported_indicators
from giamngheo.resolution.errors import FigureRefusedError, ResolutionError
from giamngheo.resolution.indicators import Indicator
from giamngheo.resolution.models import ReportedFigure
from giamngheo.resolution.reported import Given
from giamngheo.resolution.sentences import shown
from giamngheo.web.requests import Request
from giamngheo.web.views.resolution import shared
from giamngheo.web.views.resolution_asked import Asked, asked_of


class NumberField(forms.CharField):
    """A number as typed in Vietnam, 1.234,5."""

    def __init__(self, **more: Any) -> None:
        attrs = {"inputmode": "decimal", "autocomplete": "off"}
        super().__init__(required=False, widget=forms.TextInput(attrs=attrs), **more)

    def clean(self, value: Any) -> Any:
        text = super().clean(value)
        if not text:
            return None
        number = parse_number(text)
        if number is None:
            raise forms.ValidationError(_("“%(text)s” không phải là số; ghi ví dụ 1.234,5.") % {"text": text})
        return number

    def prepare_value(self, value: Any) -> Any:
        return value if value is None or isinstance(value, str) else format_number(value)


class FigureForm(forms.Form):
    """The numbers, the scan they rest on, a note; a correction gives its reason too."""

    numerator = NumberField(label=gettext_lazy("Tử số"))
    denominator = NumberField(label=gettext_lazy("Mẫu số"))
    value = NumberField(label=gettext_lazy("Giá trị"))
    body = forms.ChoiceField(label=gettext_lazy("Cơ quan báo cáo"))
    evidence = forms.FileField(
        label=gettext_lazy("Tệp bằng chứng"),
        required=False,
        help_text=gettext_lazy("PDF, JPEG hoặc PNG, nhiều nhất 15 MB."),
        widget=forms.FileInput(attrs={"accept": ".pdf,.jpg,.jpeg,.png"}),
    )
    note = forms.CharField(
        label=gettext_lazy("Ghi chú"),
        required=False,
        max_length=2000,
        widget=forms.Textarea(attrs={"rows": 3}),
    )
    reason = forms.CharField(
        label=gettext_lazy("Lý do đính chính"),
        max_length=500,
        error_messages={"required": gettext_lazy("Hãy ghi lý do.")},
    )

    def __init__(self, indicator: Indicator, on: Asked, *args: Any, correcting: bool, **more: Any) -> None:
        super().__init__(*args, **more)
        answering = queries.responsible(on.resolution)[indicator.slug]
        self.fields["body"].choices = [(r.body.id, r.body.name(on.language)) for r in answering]  # type: ignore[attr-defined]
        self.fields["value"].help_text = indicator.unit_words(on.language)
        if indicator.numerator and indicator.denominator:
            self.fields["numerator"].help_text = indicator.numerator(on.language)
            self.fields["denominator"].help_text = indicator.denominator(on.language)
        else:
            del self.fields["numerator"], self.fields["denominator"]
        if not correcting:
            del self.fields["reason"]


def figure(request: Request, slug: str, indicator: str) -> HttpResponse:
    """The figure of a unit and year, and for those who report there the form that enters or corrects it."""
    on = asked_of(request, slug)
    one = _indicator(on, indicator)
    history = queries.history_of(one.slug, on.unit, seen_by=request.user)
    held = next((row for row in history if row.period == str(on.year) and not row.retired_at), None)
    closing = closing_of(str(on.year), queries.closed_periods(seen_by=request.user))
    writes = request.user.role in REPORTERS and closing is None
    form = None
    if writes:
        form = FigureForm(one, on, request.POST or None, request.FILES or None, correcting=held is not None, initial=_initial(held))  # fmt: skip
        if request.method == "POST" and form.is_valid() and _saved(form, request, on, one, held):
            return redirect(on.address("resolution-figure", one.slug))
    context = {
        **shared(request, on),
        "indicator": one,
        "indicator_name": one.name(on.language),
        "definition": one.definition(on.language),
        "pitfalls": [words(on.language) for words in one.pitfalls],
        "held": held,
        "value": shown(float(held.value), one, on.language) if held else "",
        "form": form,
        "closing": closing,
        "may_confirm": writes and held and not held.confirmed and held.entered_by_id != request.user.pk,
        "history": [_past(row, one, on) for row in history],
        "responsible": [(r.body.name(on.language), r.how) for r in queries.responsible(on.resolution)[one.slug]],
        "bodies": [(body.id, body.name(on.language)) for body in on.resolution.bodies.values()],
        "list_url": on.address("resolution-reported"),
    }  # fmt: skip
    return render(request, "resolution/figure.html", context)


def _indicator(on: Asked, slug: str) -> Indicator:
    found = next((one for one in reported_indicators(on.resolution) if one.slug == slug), None)
    if found is None:
        raise Http404
    return found


def _initial(held: ReportedFigure | None) -> dict[str, Any]:
    names = ("numerator", "denominator", "value", "body", "note")
    return {name: getattr(held, name) for name in names} if held else {}


def _saved(
    form: FigureForm, request: Request, on: Asked, one: Indicator, held: ReportedFigure | None
) -> bool:
    """Whether the figure was written; what is wrong stands in the form otherwise."""
    data = form.cleaned_data
    given = Given(
        one.slug,
        on.unit.code,
        str(on.year),
        data["body"],
        data.get("numerator"),
        data.get("denominator"),
        data["value"],
        data["note"],
    )
    told: dict[str, Any] = {
        "resolution": on.resolution,
        "given": given,
        "today": request.today,
        "file": data["evidence"],
        "by": request.user,
    }
    try:
        if held:
            actions.correct(figure=held, reason=data["reason"], **told)
        else:
            actions.report(**told)
    except FigureRefusedError as error:
        for field, sentence in error.problems:
            form.add_error(field if field in form.fields else None, sentence)
        return False
    except ResolutionError as error:
        form.add_error(None, str(error))
        return False
    messages.success(request, _("Đã ghi; số được tính khi người thứ hai xác nhận."))
    return True


def _past(row: ReportedFigure, one: Indicator, on: Asked) -> dict[str, Any]:
    body = on.resolution.bodies.get(row.body)
    return {
        "row": row,
        "value": shown(float(row.value), one, on.language),
        "body": body.name(on.language) if body else row.body,
    }


@require_POST
def confirm(request: Request, slug: str, pk: int) -> HttpResponse:
    """The second person stands by the figure."""
    found = get_object_or_404(queries.figures_in_force(seen_by=request.user), pk=pk)
    try:
        actions.confirm(figure=found, by=request.user)
        messages.success(request, _("Đã xác nhận."))
    except ResolutionError as error:
        messages.error(request, str(error))
    on = asked_of(request, slug)
    return redirect(
        on.address("resolution-figure", found.indicator, **{"don-vi": found.unit.code, "nam": found.period})
    )


def evidence(request: Request, slug: str, pk: int) -> HttpResponse:
    """The scan of a figure, whether in force or replaced; reading it is recorded. Not for leaders: a scan may name people."""
    if request.user.role not in (*REPORTERS, Role.AUDITOR):
        raise Http404
    found = get_object_or_404(queries.every_figure(seen_by=request.user), pk=pk)
    if not found.evidence:
        raise Http404
    content = actions.read_evidence(figure=found, by=request.user)
    response = HttpResponse(content, content_type=media_type(content))
    response["Content-Disposition"] = "inline"
    return response


@require_POST
def assign(request: Request, slug: str, indicator: str) -> HttpResponse:
    """The province says who answers for an indicator, or takes back what it said."""
    on = asked_of(request, slug)
    one = _indicator(on, indicator)
    try:
        if request.POST.get("co-quan"):
            actions.assign(resolution=on.resolution, indicator=one.slug, body=request.POST["co-quan"], note=request.POST.get("ghi-chu", ""), by=request.user)  # fmt: skip
            messages.success(request, _("Đã giao chỉ số."))
        else:
            actions.take_back(indicator=one.slug, by=request.user)
            messages.success(request, _("Đã thôi giao; cơ quan theo văn bản của Nghị quyết."))
    except ResolutionError as error:
        messages.error(request, str(error))
    return redirect(on.address("resolution-figure", one.slug))


urlpatterns = [
    path("nghi-quyet/<slug:slug>/so-lieu/<slug:indicator>/", figure, name="resolution-figure"),
    path("nghi-quyet/<slug:slug>/so-lieu/xac-nhan/<int:pk>", confirm, name="resolution-confirm"),
    path("nghi-quyet/<slug:slug>/so-lieu/bang-chung/<int:pk>", evidence, name="resolution-evidence"),
    path("nghi-quyet/<slug:slug>/so-lieu/<slug:indicator>/giao", assign, name="resolution-assign"),
]
