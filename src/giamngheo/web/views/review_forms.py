"""The forms of a village in review: the invitation, the posting, a conflict of interest, a household added, one looked at again."""

import datetime as dt
from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from giamngheo.reviews.models import Interest
from giamngheo.web.visit_form import DayField


class ConveneForm(forms.Form):
    """An invitation to the village meeting."""

    on = DayField(label=gettext_lazy("Ngày họp"))
    at = forms.TimeField(
        label=gettext_lazy("Giờ họp"),
        initial=dt.time(19, 0),
        widget=forms.TextInput(attrs={"inputmode": "numeric"}),
    )
    place = forms.CharField(label=gettext_lazy("Nơi họp"), max_length=200)
    notice_on = DayField(label=gettext_lazy("Ngày mời họp"))
    invited = forms.IntegerField(
        label=gettext_lazy("Số hộ được mời"), required=False, min_value=0, localize=True
    )

    def clean(self) -> dict[str, Any]:
        data: dict[str, Any] = super().clean() or {}
        for name in ("on", "notice_on"):
            if not data.get(name) and name not in self.errors:
                self.add_error(name, _("Hãy ghi ngày, ví dụ 15/10/2021."))
        return data


class PostForm(forms.Form):
    """Where and from when the list hangs."""

    starts_on = DayField(label=gettext_lazy("Niêm yết từ ngày"))
    places = forms.CharField(label=gettext_lazy("Nơi niêm yết"), max_length=300)
    read_out_on = DayField(label=gettext_lazy("Ngày đọc trên loa"))


class InterestForm(forms.Form):
    """Somebody who takes part declares a household as their own or their kin's."""

    number = forms.CharField(label=gettext_lazy("Số hộ"), max_length=12)
    official = forms.CharField(label=gettext_lazy("Họ tên người khai"), max_length=120)
    capacity = forms.CharField(label=gettext_lazy("Chức vụ"), max_length=60)
    kinship = forms.ChoiceField(
        label=gettext_lazy("Hộ này là"), choices=Interest.Kinship.choices, widget=forms.RadioSelect
    )


class AddForm(forms.Form):
    """A household put on list 2c, with its form A."""

    number = forms.CharField(
        label=gettext_lazy("Số hộ"), max_length=12, help_text=gettext_lazy("Ví dụ: H00001234")
    )
    ticks = forms.MultipleChoiceField(
        label=gettext_lazy("Phiếu A: hộ có những mục nào?"),
        required=False,
        widget=forms.CheckboxSelectMultiple,
    )
    override = forms.CharField(
        label=gettext_lazy("Lý do vẫn rà soát dù có nhiều mục"), required=False, max_length=500
    )

    def __init__(self, items: list[tuple[str, str]], *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["ticks"].choices = items  # type: ignore[attr-defined]
