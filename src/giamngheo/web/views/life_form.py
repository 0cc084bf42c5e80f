"""What the forms of the register have in common: the household, who writes, the cause, how to say it was done."""

from typing import Any

from django import forms
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from giamngheo.registry.models import Household, Person, Relation
from giamngheo.registry.queries import members_of
from giamngheo.web.requests import Request
from giamngheo.web.views.household_words import household_title

#: How a member may stand to the head; who is head is a matter of its own.
OTHERS = [choice for choice in Relation.choices if choice[0] != Relation.HEAD]


class LifeForm(forms.Form):
    """What all these forms share: the household and its members, the person who writes, the cause."""

    slug = ""
    title: str | Promise = ""
    explanation: str | Promise = ""
    button: str | Promise = gettext_lazy("Ghi vào sổ")
    done: str | Promise = gettext_lazy("Đã ghi vào sổ.")
    reason_required = False

    reason = forms.CharField(
        label=gettext_lazy("Lý do, căn cứ"),
        required=False,
        widget=forms.Textarea(attrs={"rows": 2}),
        max_length=500,
    )

    def __init__(self, data: Any, *, household: Household | None, request: Request) -> None:
        super().__init__(data, initial=self.starts(request))
        self.household, self.user, self.day = household, request.user, request.today
        self.members = members_of(household, seen_by=request.user) if household else []
        head = next((person for person in self.members if person.relation == Relation.HEAD), None)
        self.whose = household_title(head, household.number) if household else ""
        self.fields["reason"].required = self.reason_required
        for name in ("person", "head", "new_head", "leaving"):
            if name in self.fields:
                self.fields[name].choices = self._people(name)  # type: ignore[attr-defined]
        self.order_fields([*(name for name in self.fields if name != "reason"), "reason"])
        self.prepare(request)

    def starts(self, request: Request) -> dict[str, Any]:
        return {"person": request.GET.get("nguoi", "")}

    def prepare(self, request: Request) -> None:
        """Further fields that depend on the household."""

    def save(self) -> str:
        """Do what the form says; the number of the household to show next. Raises RegistryError."""
        raise NotImplementedError

    def _people(self, name: str) -> list[tuple[str, str]]:
        shown = [(str(p.pk), f"{p.full_name} ({p.get_relation_display().lower()})") for p in self.members]
        return shown if name == "leaving" else [("", "–"), *shown]

    def chosen(self, name: str = "person") -> Person | None:
        """The member chosen in the field `name`."""
        return next((p for p in self.members if str(p.pk) == self.cleaned_data.get(name)), None)

    def number(self) -> str:
        assert self.household is not None
        return str(self.household.number)


class RelationsForm(LifeForm):
    """With one field for each member: how they stand to the head afterwards."""

    def prepare(self, request: Request) -> None:
        for person in self.members:
            self.fields[f"relation_{person.pk}"] = forms.ChoiceField(
                label=_("%(name)s là gì của chủ hộ mới") % {"name": person.full_name},
                choices=OTHERS,
                initial=Relation.OTHER if person.relation == Relation.HEAD else person.relation,
                required=False,
            )

    def relations(self) -> dict[int, str]:
        given = {person.pk: self.cleaned_data.get(f"relation_{person.pk}") for person in self.members}
        return {pk: relation for pk, relation in given.items() if relation}
