"""The forms that mend what was written wrongly, each with its reason."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy

from giamngheo.registry import actions
from giamngheo.registry.models import Household, LifeEvent
from giamngheo.web.requests import Request
from giamngheo.web.views.household_fields import MemberFields, day_field, ethnic_choices
from giamngheo.web.views.household_words import event_sentence
from giamngheo.web.views.life_form import OTHERS, LifeForm


class CorrectionForm(LifeForm):
    """A correction says why, always."""

    reason_required = True
    button = gettext_lazy("Đính chính")
    done = gettext_lazy("Đã đính chính; điều ghi trước vẫn xem được ở trang của hộ.")


class PersonForm(MemberFields, CorrectionForm):
    slug = "dinh-chinh"
    title = gettext_lazy("Đính chính một người")
    explanation = gettext_lazy(
        "Sửa điều ghi sai từ đầu. Điều không sửa thì để nguyên; số giấy tờ để trống là giữ nguyên."
    )
    person = forms.ChoiceField(label=gettext_lazy("Người"))
    field_order = ("person", "full_name", "sex", "birth_date", "birth_year", "ethnic", "id_number")

    def prepare(self, request: Request) -> None:
        self.fields["ethnic"].choices = ethnic_choices()  # type: ignore[attr-defined]
        self.order_fields([*self.field_order, "reason"])
        asked = request.GET.get("nguoi", "")
        person = next((p for p in self.members if str(p.pk) == asked), None)
        if person:
            for name in ("full_name", "sex", "birth_date", "birth_year", "ethnic"):
                self.initial[name] = getattr(person, name)
            if person.birth_date:
                self.initial["birth_year"] = None  # asked for only where the day is not known

    def save(self) -> str:
        person, data = self.chosen(), self.cleaned_data
        assert person is not None
        changes = {name: data[name] for name in ("full_name", "sex", "birth_date", "ethnic")}
        if data["birth_year"] or not data["birth_date"]:
            changes["birth_year"] = data["birth_year"]
        if data["id_number"].strip():
            changes["id_number"] = data["id_number"]
        actions.correct_person(person=person, reason=data["reason"], by=self.user, **changes)
        return self.number()


class RelationForm(CorrectionForm):
    slug = "quan-he"
    title = gettext_lazy("Sửa quan hệ với chủ hộ")
    person = forms.ChoiceField(label=gettext_lazy("Người"))
    relation = forms.ChoiceField(label=gettext_lazy("Quan hệ đúng"), choices=OTHERS)

    def save(self) -> str:
        person, data = self.chosen(), self.cleaned_data
        assert person is not None
        actions.correct_relation(
            person=person, relation=data["relation"], reason=data["reason"], by=self.user
        )
        return self.number()


class ResidenceForm(CorrectionForm):
    slug = "noi-o"
    title = gettext_lazy("Sửa nơi ở, mã hộ")
    explanation = gettext_lazy("Chỉ để sửa điều ghi sai. Hộ chuyển đi nơi khác thì dùng “Cả hộ chuyển đi”.")
    local_code = forms.CharField(label=gettext_lazy("Mã hộ của thôn"), max_length=30, required=False)
    address = forms.CharField(label=gettext_lazy("Địa chỉ"), max_length=200, required=False)
    since = day_field(gettext_lazy("Ở đây từ ngày, nếu ghi sai"), required=False)

    def prepare(self, request: Request) -> None:
        assert self.household is not None
        self.initial.update(local_code=self.household.local_code, address=self.household.address)

    def save(self) -> str:
        data = self.cleaned_data
        assert self.household is not None
        actions.correct_residence(
            household=self.household,
            local_code=data["local_code"],
            address=data["address"],
            since=data["since"],
            reason=data["reason"],
            by=self.user,
        )
        return self.number()


class RestoreForm(CorrectionForm):
    slug = "huy"
    title = gettext_lazy("Huỷ một việc ghi nhầm")
    button = gettext_lazy("Huỷ việc này")
    done = gettext_lazy("Đã huỷ; cả việc ghi nhầm và việc huỷ vẫn xem được.")

    def __init__(self, data: Any, *, household: Household, request: Request, event: LifeEvent) -> None:
        self.event = event
        super().__init__(data, household=household, request=request)
        self.explanation = event_sentence(event)

    def save(self) -> str:
        actions.restore(event=self.event, reason=self.cleaned_data["reason"], by=self.user)
        return self.number()
