"""The forms by which what happened to a household is written down, one for each action of the register."""

from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from giamngheo.registry import actions
from giamngheo.registry.models import Household, Relation
from giamngheo.registry.queries import household_by_number
from giamngheo.web.requests import Request
from giamngheo.web.views.correction_forms import PersonForm, RelationForm, ResidenceForm
from giamngheo.web.views.household_fields import (
    MemberFields,
    Village,
    day_field,
    ethnic_choices,
    told,
    with_village,
)
from giamngheo.web.views.life_form import OTHERS, LifeForm, RelationsForm


class RegisterForm(MemberFields, LifeForm):
    slug = "new"
    title = gettext_lazy("Ghi một hộ mới vào sổ")
    explanation = gettext_lazy("Ghi chủ hộ trước; các thành viên khác ghi tiếp ở trang của hộ.")
    village = Village(label=gettext_lazy("Thôn, bản (tên hoặc mã)"), max_length=120)
    local_code = forms.CharField(label=gettext_lazy("Mã hộ của thôn"), max_length=30, required=False)
    address = forms.CharField(label=gettext_lazy("Địa chỉ"), max_length=200, required=False)
    on = day_field(gettext_lazy("Ở đây từ ngày"))

    def prepare(self, request: Request) -> None:
        self.fields["ethnic"].choices = ethnic_choices()  # type: ignore[attr-defined]

    def clean(self) -> dict[str, Any]:
        return with_village(self)

    def save(self) -> str:
        data = self.cleaned_data
        household = actions.register_household(
            village=data["village"],
            members=[told(data, Relation.HEAD)],
            on=data["on"],
            local_code=data["local_code"],
            address=data["address"],
            reason=data["reason"],
            by=self.user,
        )
        return str(household.number)


class BirthForm(MemberFields, LifeForm):
    slug = "sinh"
    title = gettext_lazy("Có trẻ sinh ra")
    relation = forms.ChoiceField(
        label=gettext_lazy("Quan hệ với chủ hộ"), choices=OTHERS, initial=Relation.CHILD
    )
    birth_date = day_field(gettext_lazy("Ngày sinh"))

    def prepare(self, request: Request) -> None:
        self.fields["ethnic"].choices = ethnic_choices()  # type: ignore[attr-defined]
        del self.fields["birth_year"]

    def save(self) -> str:
        data = {**self.cleaned_data, "birth_year": None}
        assert self.household is not None
        child = told(data, data["relation"])
        actions.record_birth(household=self.household, child=child, reason=data["reason"], by=self.user)
        return self.number()


class MovedInForm(MemberFields, LifeForm):
    slug = "chuyen-den"
    title = gettext_lazy("Có người chuyển đến")
    explanation = gettext_lazy(
        "Người đang có tên ở một hộ khác trong tỉnh thì do nơi ấy ghi chuyển đi, sang số hộ này; đừng ghi mới."
    )
    relation = forms.ChoiceField(
        label=gettext_lazy("Quan hệ với chủ hộ"), choices=OTHERS, initial=Relation.OTHER
    )
    on = day_field(gettext_lazy("Đến từ ngày"))

    def prepare(self, request: Request) -> None:
        self.fields["ethnic"].choices = ethnic_choices()  # type: ignore[attr-defined]

    def save(self) -> str:
        data = self.cleaned_data
        assert self.household is not None
        newcomer = told(data, data["relation"])
        actions.member_moved_in(
            household=self.household, member=newcomer, on=data["on"], reason=data["reason"], by=self.user
        )
        return self.number()


class DeathForm(LifeForm):
    slug = "mat"
    title = gettext_lazy("Có người mất")
    explanation = gettext_lazy("Nếu người mất là chủ hộ, chọn luôn chủ hộ mới. Ghi nhầm thì huỷ lại được.")
    person = forms.ChoiceField(label=gettext_lazy("Ai mất"))
    on = day_field(gettext_lazy("Ngày mất"))
    new_head = forms.ChoiceField(label=gettext_lazy("Chủ hộ mới"), required=False)

    def save(self) -> str:
        person = self.chosen()
        assert person is not None
        actions.record_death(
            person=person,
            on=self.cleaned_data["on"],
            new_head=self.chosen("new_head"),
            reason=self.cleaned_data["reason"],
            by=self.user,
        )
        return self.number()


class MovedOutForm(LifeForm):
    slug = "chuyen-di"
    title = gettext_lazy("Có người chuyển đi")
    person = forms.ChoiceField(label=gettext_lazy("Ai chuyển đi"))
    on = day_field(gettext_lazy("Đi từ ngày"))
    to = forms.CharField(
        label=gettext_lazy("Sang hộ số"),
        max_length=12,
        required=False,
        help_text=gettext_lazy(
            "Số hộ nơi đến, nếu vẫn trong tỉnh, ví dụ H00012340; để trống nếu đi khỏi tỉnh."
        ),
    )
    relation = forms.ChoiceField(
        label=gettext_lazy("Quan hệ với chủ hộ nơi đến"),
        choices=OTHERS,
        initial=Relation.OTHER,
        required=False,
    )
    new_head = forms.ChoiceField(label=gettext_lazy("Chủ hộ mới, nếu chủ hộ đi"), required=False)

    def save(self) -> str:
        person, data = self.chosen(), self.cleaned_data
        assert person is not None
        actions.member_moved_out(
            person=person,
            on=data["on"],
            to=data["to"],
            relation=data["relation"] or Relation.OTHER,
            new_head=self.chosen("new_head"),
            reason=data["reason"],
            by=self.user,
        )
        return self.number()


class HeadForm(RelationsForm):
    slug = "chu-ho"
    title = gettext_lazy("Đổi chủ hộ")
    head = forms.ChoiceField(label=gettext_lazy("Chủ hộ mới"))
    on = day_field(gettext_lazy("Từ ngày"))

    def save(self) -> str:
        head = self.chosen("head")
        assert head is not None
        assert self.household is not None
        actions.change_head(
            household=self.household,
            head=head,
            on=self.cleaned_data["on"],
            relations=self.relations(),
            reason=self.cleaned_data["reason"],
            by=self.user,
        )
        return self.number()


class SplitForm(LifeForm):
    slug = "tach-ho"
    title = gettext_lazy("Tách hộ")
    explanation = gettext_lazy(
        "Những người được chọn thành một hộ mới cùng thôn; hộ này giữ nguyên số và quá khứ."
    )
    leaving = forms.MultipleChoiceField(label=gettext_lazy("Ai tách ra"), widget=forms.CheckboxSelectMultiple)
    head = forms.ChoiceField(label=gettext_lazy("Chủ hộ của hộ mới"))
    new_head = forms.ChoiceField(
        label=gettext_lazy("Chủ hộ mới của hộ này, nếu chủ hộ tách ra"), required=False
    )
    on = day_field(gettext_lazy("Từ ngày"))
    local_code = forms.CharField(label=gettext_lazy("Mã của thôn cho hộ mới"), max_length=30, required=False)

    def save(self) -> str:
        data, head = self.cleaned_data, self.chosen("head")
        assert head is not None
        assert self.household is not None
        new = actions.split_household(
            household=self.household,
            leaving=[person for person in self.members if str(person.pk) in data["leaving"]],
            head=head,
            new_head=self.chosen("new_head"),
            on=data["on"],
            local_code=data["local_code"],
            reason=data["reason"],
            by=self.user,
        )
        return str(new.number)


class MergeForm(LifeForm):
    slug = "nhap-ho"
    title = gettext_lazy("Nhận một hộ khác nhập vào")
    explanation = gettext_lazy("Mọi người của hộ kia sang hộ này; hộ kia hết, quá khứ của nó vẫn xem được.")
    other = forms.CharField(label=gettext_lazy("Số của hộ nhập vào"), max_length=12)
    on = day_field(gettext_lazy("Từ ngày"))

    def clean_other(self) -> Household:
        found = household_by_number(self.cleaned_data["other"], seen_by=self.user)
        if found is None:
            raise ValidationError(_("Không có hộ nào mang số này trong địa bàn của anh/chị."))
        return found

    def save(self) -> str:
        data = self.cleaned_data
        assert self.household is not None
        actions.merge_households(
            into=self.household, other=data["other"], on=data["on"], reason=data["reason"], by=self.user
        )
        return self.number()


class MoveForm(LifeForm):
    slug = "chuyen-ho"
    title = gettext_lazy("Cả hộ chuyển đi nơi khác")
    explanation = gettext_lazy(
        "Sang xã khác là bàn giao: từ đó nơi mới giữ sổ của hộ, cùng với quá khứ; nơi cũ không còn mở được trang của hộ, chỉ còn số liệu các đợt đã qua."
    )
    village = Village(label=gettext_lazy("Thôn, bản nơi đến (tên hoặc mã)"), max_length=120)
    on = day_field(gettext_lazy("Từ ngày"))
    local_code = forms.CharField(label=gettext_lazy("Mã hộ ở thôn mới"), max_length=30, required=False)
    address = forms.CharField(label=gettext_lazy("Địa chỉ mới"), max_length=200, required=False)

    def clean(self) -> dict[str, Any]:
        return with_village(self)

    def save(self) -> str:
        data = self.cleaned_data
        assert self.household is not None
        actions.move_household(
            household=self.household,
            village=data["village"],
            on=data["on"],
            local_code=data["local_code"],
            address=data["address"],
            reason=data["reason"],
            by=self.user,
        )
        return self.number()


FORMS: dict[str, type[LifeForm]] = {
    form.slug: form
    for form in (
        BirthForm,
        DeathForm,
        MovedInForm,
        MovedOutForm,
        HeadForm,
        SplitForm,
        MergeForm,
        MoveForm,
        PersonForm,
        RelationForm,
        ResidenceForm,
    )
}
