"""Numbers, rates and dates on pages."""

import datetime as dt
from decimal import Decimal
from types import SimpleNamespace

import pytest
from django import forms
from django.template import Context, Template
from django.utils import translation

from giamngheo.web.templatetags import formats


@pytest.mark.parametrize(
    ("filter_name", "value", "vietnamese", "english"),
    [
        ("number", 1234, "1.234", "1,234"),
        ("number", 0, "0", "0"),
        ("number", None, "–", "–"),
        ("number", 0.5, "1", "1"),
        ("percent", 0.1633, "16,33%", "16.33%"),
        ("percent", Decimal("0.40395"), "40,40%", "40.40%"),
        ("percent", 0, "0,00%", "0.00%"),
        ("points", -0.0379, "−3,79 điểm phần trăm", "−3.79 percentage points"),
        ("give_or_take", 0.0379, "± 3,8 điểm phần trăm", "± 3.8 percentage points"),
        ("give_or_take", None, "–", "–"),
        ("points", 0.01, "+1,00 điểm phần trăm", "+1.00 percentage points"),
        ("points", 0, "0,00 điểm phần trăm", "0.00 percentage points"),
        ("points", -0.00001, "0,00 điểm phần trăm", "0.00 percentage points"),
        ("points", 0.00001, "0,00 điểm phần trăm", "0.00 percentage points"),
        ("money", 1_500_000, "1.500.000 đồng", "1,500,000 đồng"),
        ("day", dt.date(2021, 10, 5), "05/10/2021", "05/10/2021"),
        ("day", None, "–", "–"),
        ("moment", dt.datetime(2021, 10, 5, 20, 30, tzinfo=dt.UTC), "06/10/2021 03:30", "06/10/2021 03:30"),
        ("households", 1, "1 hộ", "1 household"),
        ("households", 1234, "1.234 hộ", "1,234 households"),
    ],
)
def test_figures_are_written_as_readers_write_them(
    filter_name: str, value: object, vietnamese: str, english: str
) -> None:
    write = getattr(formats, filter_name)
    with translation.override("vi"):
        assert write(value) == vietnamese
    with translation.override("en"):
        assert write(value) == english


@pytest.mark.parametrize(
    ("kind", "name", "label"),
    [
        ("xã", "Mường So", "Xã Mường So"),
        ("thị trấn", "Thị trấn Phong Thổ", "Thị trấn Phong Thổ"),
        ("", "Bản Vàng", "Bản Vàng"),
    ],
)
def test_a_unit_is_named_with_its_kind_once(kind: str, name: str, label: str) -> None:
    assert formats.unit_label(SimpleNamespace(kind=kind, name=name)) == label


@pytest.mark.parametrize("language", ["vi", "en"])
def test_years_and_keys_are_never_grouped(language: str) -> None:
    with translation.override(language):
        assert (
            Template("{{ year }} {{ key }}").render(Context({"year": 2021, "key": 1234567})) == "2021 1234567"
        )


class TypedForm(forms.Form):
    on = forms.DateField(required=False, localize=True)
    income = forms.IntegerField(required=False, localize=True)


@pytest.mark.parametrize("language", ["vi", "en"])
@pytest.mark.parametrize("typed", ["03/04/2021", "3-4-2021", "2021-04-03"])
def test_a_typed_date_is_read_day_first(language: str, typed: str) -> None:
    with translation.override(language):
        form = TypedForm({"on": typed})
        assert form.is_valid()
        assert form.cleaned_data["on"] == dt.date(2021, 4, 3)


def test_a_typed_amount_may_bear_dots() -> None:
    with translation.override("vi"):
        form = TypedForm({"income": "1.500.000"})
        assert form.is_valid()
        assert form.cleaned_data["income"] == 1_500_000


def test_words_typed_for_a_number_stay_in_the_field() -> None:
    form = TypedForm({"income": "chín trăm"})
    assert "chín trăm" in str(form["income"])
    assert 'type="number"' not in str(form["income"])
