"""The survey form laid out for a web page: one field a question, a part for each member, nothing assumed.

Field names are "h-<fact>" for the household and "m<person>-<fact>" for members, so that what a browser kept of a form
fits the same questions again. Every yes/no question has a third answer, "not known", chosen until somebody answers.
"""

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django import forms
from django.forms.boundfield import BoundField
from django.utils.translation import get_language, gettext_lazy
from django.utils.translation import gettext as _

from giamngheo.base.text import format_number
from giamngheo.registry.queries import HouseholdOn, MemberOn
from giamngheo.rules.facts import Fact, Problem, Value, facts
from giamngheo.surveys.forms import Form, Question
from giamngheo.surveys.models import Visit


class FactField(forms.Field):
    """An answer to one question, typed by its fact; blank is "not known" and never refused."""

    def __init__(self, question: Question, language: str) -> None:
        self.fact, self.language = question.fact, language
        super().__init__(
            label=question.text(language),
            help_text=question.hint(language),
            widget=_widget(question.fact, language),
            required=False,
        )

    def clean(self, value: Any) -> Value:
        typed = ";".join(value) if isinstance(value, list) else value
        answer = self.fact.parse(typed.strip() if isinstance(typed, str) else typed)
        if isinstance(answer, Problem):
            raise forms.ValidationError(answer.sentence(self.language))
        return answer

    def prepare_value(self, value: Any) -> Any:
        """What the widget shows of a stored answer; what was just typed stays as it was."""
        if isinstance(value, bool):
            return "yes" if value else "no"
        if isinstance(value, int | float) and self.fact.type in {"int", "number"}:
            return format_number(value, language=self.language)
        return "" if value is None else value


def _widget(fact: Fact, language: str) -> forms.Widget:
    not_known = ("", _("Chưa biết"))
    if fact.type == "bool":
        return forms.RadioSelect(choices=[("yes", _("Có")), ("no", _("Không")), not_known])
    options = [(option.code, option.label(language)) for option in fact.options]
    if fact.type == "choice":
        return forms.RadioSelect(choices=[*options, not_known])
    if fact.type == "codes":
        return forms.CheckboxSelectMultiple(choices=options)
    numeric = {"inputmode": "decimal" if fact.type == "number" else "numeric", "autocomplete": "off"}
    return forms.TextInput(attrs=numeric if fact.type in {"int", "number"} else {"autocomplete": "off"})


class DayField(forms.CharField):
    """A day as typed in Vietnam, 15/10/2021."""

    def __init__(self, **more: Any) -> None:
        attrs = {"inputmode": "numeric", "placeholder": "dd/mm/yyyy", "autocomplete": "off"}
        super().__init__(required=False, widget=forms.TextInput(attrs=attrs), **more)

    def clean(self, value: Any) -> dt.date | None:
        text = super().clean(value)
        if not text:
            return None
        day = facts()["household", "on"].parse(text)
        if not isinstance(day, dt.date):
            raise forms.ValidationError(
                _("“%(text)s” không phải là ngày; ghi ngày/tháng/năm, ví dụ 15/10/2021.") % {"text": text}
            )
        return day

    def prepare_value(self, value: Any) -> Any:
        return f"{value:%d/%m/%Y}" if isinstance(value, dt.date) else value


@dataclass(frozen=True)
class Section:
    """A group of questions, or one member with theirs."""

    title: str
    fields: list[BoundField]
    member: MemberOn | None = None
    age: int | None = None

    @property
    def answered(self) -> int:
        return sum(1 for field in self.fields if field.value() not in (None, "", []))


class VisitForm(forms.Form):
    """One visit: its outcome and days, then the questions of the round's form on the household and each member."""

    use_required_attribute = False
    outcome = forms.ChoiceField(
        label=gettext_lazy("Kết quả đến thăm"), choices=Visit.Outcome.choices, widget=forms.RadioSelect
    )
    visited_on = DayField(label=gettext_lazy("Ngày đến thăm"))
    next_visit_on = DayField(
        label=gettext_lazy("Ngày hẹn quay lại"),
        help_text=gettext_lazy("Cần khi chưa gặp hoặc hộ từ chối trả lời."),
    )
    note = forms.CharField(
        label=gettext_lazy("Ghi chú"),
        required=False,
        widget=forms.Textarea(attrs={"rows": 2}),
        max_length=2000,
    )
    reason = forms.CharField(label=gettext_lazy("Lý do sửa phiếu đã ghi"), required=False, max_length=500)

    def __init__(
        self, survey: Form, state: HouseholdOn, before: Visit | None, data: Mapping[str, Any] | None = None
    ) -> None:
        initial = {"outcome": Visit.Outcome.MET, "visited_on": state.on, **_stored(before)}
        super().__init__(data, initial=initial)
        self.survey, self.state, self.before = survey, state, before
        if before is None or before.outcome != Visit.Outcome.MET:
            del self.fields["reason"]
        language = get_language() or "vi"
        for key, question in survey.household.items():
            self.fields[f"h-{key}"] = FactField(question, language)
        for member in state.members:
            for key, question in _asked(survey, member, state.on).items():
                self.fields[f"m{member.person.pk}-{key}"] = FactField(question, language)

    @property
    def sections(self) -> list[Section]:
        """The groups of questions on the household."""
        language = get_language() or "vi"
        return [
            Section(g.text(language), [self[f"h-{q.key}"] for q in g.questions]) for g in self.survey.groups
        ]

    @property
    def members(self) -> list[Section]:
        """The members of the household on the day, each with the questions that concern them."""
        return [
            Section(
                member.full_name,
                [self[f"m{member.person.pk}-{key}"] for key in _asked(self.survey, member, self.state.on)],
                member,
                member.age_on(self.state.on),
            )
            for member in self.state.members
        ]

    @property
    def answers(self) -> dict[str, Value]:
        return self._cleaned("h-")

    @property
    def member_answers(self) -> dict[int, dict[str, Value]]:
        return {m.person.pk: self._cleaned(f"m{m.person.pk}-") for m in self.state.members}

    def _cleaned(self, prefix: str) -> dict[str, Value]:
        found = {name: value for name, value in self.cleaned_data.items() if name.startswith(prefix)}
        return {name.removeprefix(prefix): value for name, value in found.items() if value not in (None, ())}


def _asked(survey: Form, member: MemberOn, on: dt.date) -> dict[str, Question]:
    age = member.age_on(on)
    return {key: question for key, question in survey.asked_of_members.items() if question.concerns(age)}


def _stored(visit: Visit | None) -> dict[str, Any]:
    """The answers of an earlier row as the form's initial values."""
    if visit is None:
        return {}
    found: dict[str, Any] = {
        "visited_on": visit.visited_on,
        "next_visit_on": visit.next_visit_on,
        "note": visit.note,
    }
    found["outcome"] = visit.outcome
    found |= {f"h-{key}": value for key, value in visit.answers.items()}
    for member in visit.members:
        found |= {f"m{member['person']}-{key}": value for key, value in member.items() if key != "person"}
    return found
