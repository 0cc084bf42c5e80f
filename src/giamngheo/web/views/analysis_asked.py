"""The question of an analyst's page as its address asks it: read, and each thing wrong in it said."""

import datetime as dt
from collections.abc import Mapping
from fractions import Fraction
from typing import Any, TypeVar

from django import forms
from django.http import Http404
from django.utils.translation import gettext as _

from giamngheo.access.queries import grants_in_force, sees_figures_of
from giamngheo.areas.errors import AreaError
from giamngheo.areas.models import Level, Unit
from giamngheo.areas.queries import unit_on
from giamngheo.measures.errors import MeasuresError
from giamngheo.measures.exact import cutoff
from giamngheo.pictures import looks
from giamngheo.rules.standards import Standard, standards
from giamngheo.warehouse import analysis
from giamngheo.warehouse.analysis import GROUPS, MEASURES, Question
from giamngheo.warehouse.places import LEVELS
from giamngheo.web.requests import Request
from giamngheo.web.templatetags.formats import number

K = TypeVar("K")


class QuestionForm(forms.Form):
    """The question as the address asks it; what is missing gets what most would ask."""

    do = forms.ChoiceField(choices=[(key, key) for key in MEASURES], required=False)
    theo = forms.ChoiceField(choices=[(key, key or "-") for key in GROUPS], required=False)
    dem = forms.ChoiceField(choices=[("ho", "ho"), ("nguoi", "nguoi")], required=False)


def words_of(error: Exception) -> str:
    if isinstance(error, MeasuresError):
        return error.sentence(looks.language())
    return str(error)


def question_asked(
    request: Request, annual: list[dict[str, Any]], problems: list[str]
) -> tuple[Unit, Question]:
    """The unit and the question of the address; each thing wrong in it is said, and the usual is asked instead."""
    asked = request.GET
    public = for_public(request)
    if not annual:
        raise Http404
    form = QuestionForm(asked)
    if not form.is_valid():
        problems += [no_choice(asked.get(name, "")) for name in form.errors]
    measure = form.cleaned_data.get("do") or "poor"
    judged = {slug for r in annual for slug in r["standards"]}
    named = asked.get("chuan", "")
    standard: str = named if named in judged else annual[0]["standard"]
    if named and named not in judged:
        problems.append(_("Kho số liệu không có xếp loại theo chuẩn “%(value)s”.") % {"value": named})
    years = _years(asked.getlist("nam"), annual, standard, problems)
    day = _day(asked.get("ngay", ""), problems)
    unit = unit_asked(
        request, asked.get("dia-ban", ""), day or dt.date.fromisoformat(annual[0]["reference_date"])
    )
    if unit.level == Level.VILLAGE and public:
        raise Http404
    law = standards()[standard]
    indicator = _indicator(asked.get("chi-so", ""), law, problems)
    k = _k(asked.get("k", ""), law.deprived_at_least.value, len(law.indicators), problems)
    return unit, Question(
        measure=measure,
        standard=standard,
        years=years,
        unit=unit.pk,
        by=form.cleaned_data.get("theo", "") if "theo" in asked else _next_level(unit, public),
        indicator=indicator if MEASURES[measure][0] == "one" else "",
        k=k,
        services=_services(asked, list(analysis.services_of(law)), problems),
        weights=_weights(asked, "q", [i.code for i in law.indicators], problems),
        persons=form.cleaned_data.get("dem") == "nguoi",
        on=day,
        public=public,
    )


def no_choice(value: str) -> str:
    return _("Không có lựa chọn “%(value)s”.") % {"value": value}


def for_public(request: Request) -> bool:
    """Whether figures are asked that may be given to anyone; whoever sees no households gets no others."""
    return request.GET.get("cong-bo") == "1" or not request.user.sees_households


def _years(
    named: list[str], annual: list[dict[str, Any]], standard: str, problems: list[str]
) -> tuple[int, ...]:
    there = [r["year"] for r in annual if standard in r["standards"]]
    wrong = [year for year in named if not year.isdecimal() or int(year) not in there]
    problems += [_("Kho số liệu không có năm “%(year)s”.") % {"year": year} for year in wrong]
    return tuple(int(year) for year in named if year not in wrong) or (there[0],)


def _day(text: str, problems: list[str]) -> dt.date | None:
    try:
        return dt.date.fromisoformat(text) if text else None
    except ValueError:
        problems.append(_("“%(value)s” không phải là ngày.") % {"value": text})
        return None


def _indicator(code: str, law: Standard, problems: list[str]) -> str:
    known = [indicator.code for indicator in law.indicators]
    if code and code not in known:
        problems.append(_("Chuẩn này không có chỉ số “%(code)s”.") % {"code": code})
    return code if code in known else known[0]


def _next_level(unit: Unit, public: bool) -> str:
    """The level below, by which most would divide a unit."""
    return next((key for key in LEVELS if LEVELS[key] > unit.level and not (public and key == "village")), "")


def _k(text: str, least: int, count: int, problems: list[str]) -> Fraction:
    """The cut-off in per cent as written (30; 33,3; 1/3); the law's own number of deprivations if none is."""
    if not text:
        return Fraction(least, count)
    plain = text.strip().replace(",", ".").rstrip("%")
    try:
        return cutoff(plain if "/" in plain else f"{plain}%")
    except MeasuresError as error:
        problems.append(words_of(error))
        return Fraction(least, count)


def k_written(k: Fraction) -> str:
    """The cut-off as `_k` reads it back, exactly: in per cent, or as a fraction where two decimals don't hold it."""
    for places in range(3):
        if (k * 100 * 10**places).denominator == 1:
            return number(float(k * 100), places)
    return str(k)


def _services(asked: Mapping[str, Any], places: list[int], problems: list[str]) -> dict[int, int]:
    found = _weights(asked, "d", places, problems)
    if found and not any(found.values()):
        problems.append(_("Phải có ít nhất một dịch vụ có quyền số lớn hơn 0."))
        return {}
    return found


def _weights(asked: Mapping[str, Any], prefix: str, names: list[K], problems: list[str]) -> dict[K, int]:
    found = {}
    for name in names:
        text = str(asked.get(f"{prefix}-{name}", "")).strip()
        if text.isdecimal() and int(text) <= 1000:
            found[name] = int(text)
        elif text:
            problems.append(_("Quyền số “%(value)s” phải là số nguyên từ 0 đến 1000.") % {"value": text})
    return found


def unit_asked(request: Request, code: str, day: dt.date) -> Unit:
    """The unit of a code, or the person's own where none is given; Http404 where they may not see its figures."""
    own = grants_in_force(request.user).first()
    try:
        unit = unit_on(code or (own.unit.code if own else ""), day)
    except AreaError as error:
        raise Http404(str(error)) from error
    if not sees_figures_of(unit.pk):
        raise Http404
    return unit
