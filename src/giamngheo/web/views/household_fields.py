"""Fields that several forms of the register share: a day, a village, a person not yet written down."""

import datetime as dt
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import get_language, gettext_lazy
from django.utils.translation import gettext as _

from giamngheo.areas.models import Level, Unit
from giamngheo.areas.queries import search
from giamngheo.base.text import fold
from giamngheo.registry.facts import NewMember
from giamngheo.registry.models import Sex
from giamngheo.registry.search import commune_names
from giamngheo.rules.facts import ethnic_groups


def day_field(label: Any, **options: Any) -> forms.DateField:
    """A day typed as 15/10/2021."""
    shown = {"placeholder": "15/10/2021", "inputmode": "numeric", "autocomplete": "off"}
    widget = forms.DateInput(format="%d/%m/%Y", attrs=shown)
    return forms.DateField(label=label, widget=widget, input_formats=["%d/%m/%Y", "%Y-%m-%d"], **options)


class Village(forms.CharField):
    """A village by its code or name; where several bear the name, the error lists them with their communes."""

    def find(self, text: str, on: dt.date) -> Unit:
        found = [unit for unit in search(text, on, limit=200) if unit.level == Level.VILLAGE]
        exact = [unit for unit in found if unit.code == text.strip() or unit.folded == fold(text)]
        found = exact or found
        if len(found) == 1:
            return found[0]
        if not found:
            raise ValidationError(_("Không có thôn, bản nào tên hoặc mã như vậy vào ngày ấy."))
        communes = commune_names([unit.pk for unit in found[:10]], on)
        names = "; ".join(f"{unit.name}, {communes.get(unit.pk, '')}: {unit.code}" for unit in found[:10])
        raise ValidationError(_("Có nhiều nơi cùng tên; hãy gõ mã: %(names)s") % {"names": names})


class MemberFields(forms.Form):
    """A person not yet in the register."""

    full_name = forms.CharField(label=gettext_lazy("Họ và tên"), max_length=120)
    sex = forms.ChoiceField(
        label=gettext_lazy("Giới tính"), choices=[("", "–"), *Sex.choices], required=False
    )
    birth_date = day_field(gettext_lazy("Ngày sinh"), required=False)
    birth_year = forms.IntegerField(
        label=gettext_lazy("Năm sinh, nếu không rõ ngày"),
        required=False,
        widget=forms.TextInput(attrs={"inputmode": "numeric"}),
    )
    ethnic = forms.ChoiceField(label=gettext_lazy("Dân tộc"), required=False)
    id_number = forms.CharField(
        label=gettext_lazy("Số CCCD hoặc CMND"),
        required=False,
        max_length=20,
        widget=forms.TextInput(attrs={"autocomplete": "off", "inputmode": "numeric"}),
    )


def ethnic_choices() -> list[tuple[str, str]]:
    language = get_language() or "vi"
    return [("", "–"), *((code, group.label(language)) for code, group in ethnic_groups().items())]


def told(data: dict[str, Any], relation: str) -> NewMember:
    """The member that the fields of MemberFields tell of."""
    return NewMember(
        full_name=data["full_name"],
        relation=relation,
        sex=data["sex"],
        birth_date=data["birth_date"],
        birth_year=data["birth_year"],
        ethnic=data["ethnic"],
        id_number=data["id_number"],
    )


def with_village(form: forms.Form) -> dict[str, Any]:
    """The cleaned data with the text of `village` made the unit that bore it on the day `on`."""
    data = form.cleaned_data
    if data.get("village") and data.get("on"):
        try:
            data["village"] = form.fields["village"].find(data["village"], data["on"])  # type: ignore[attr-defined]
        except ValidationError as error:
            form.add_error("village", error)
    return data
