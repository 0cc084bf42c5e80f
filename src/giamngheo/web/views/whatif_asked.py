"""What a what-if asks: every number of the law that is another in the address, lists, exclusions, a new policy; in words."""

import datetime as dt
import math
import re
from typing import Any

from django.http import Http404, QueryDict
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop

from giamngheo.areas.models import Level
from giamngheo.areas.queries import ancestors_on, units_on
from giamngheo.pictures.looks import language
from giamngheo.rules.area_lists import area_lists
from giamngheo.rules.clocks import clocks
from giamngheo.rules.policies import policies, policies_on
from giamngheo.rules.standards import Standard, standards
from giamngheo.rules.whatif import NEW, Change, NewPolicy, exclusions, line_values
from giamngheo.warehouse.places import villages_of
from giamngheo.warehouse.snapshot import Snapshot
from giamngheo.web.requests import Request
from giamngheo.web.templatetags.formats import number
from giamngheo.web.views.analysis_asked import unit_asked
from giamngheo.whatif.answer import Answer, answer
from giamngheo.whatif.queries import trials

_BELOW = {Level.PROVINCE: "district", Level.DISTRICT: "commune", Level.COMMUNE: "village"}
#: For how many years support may be counted.
YEARS = 5
AMONG = {
    "poor": gettext_noop("hộ nghèo"),
    "near_poor": gettext_noop("hộ cận nghèo"),
    "none": gettext_noop("hộ không thuộc diện"),
}
UNITS = {"household": gettext_noop("mỗi hộ"), "person": gettext_noop("mỗi người")}
PERS = {
    "month": gettext_noop("một tháng"),
    "quarter": gettext_noop("một quý"),
    "year": gettext_noop("một năm"),
    "once": gettext_noop("một lần"),
}
_TIMES = {"month": 12, "quarter": 4}
#: No line, clock or amount is tried above ten thousand million đồng, no share of an amount above ten times itself.
MOST, MOST_PERCENT = 10**10, 1000


class Asked:
    """What the address asks: year, unit and how it is divided, for how many years, and all that is not the law's."""

    def __init__(self, request: Request, snapshot: Snapshot) -> None:
        self.request, self.snapshot = request, snapshot
        self.problems: list[str] = []
        data = request.POST if request.method == "POST" else request.GET
        told = [r for r in snapshot.asked(public=False) if r["standards"]]
        if not told:
            raise Http404
        self.years = [r["year"] for r in told]
        self.round = next((r for r in told if str(r["year"]) == data.get("nam", "")), told[0])
        self.year: int = self.round["year"]
        self.day = dt.date.fromisoformat(self.round["reference_date"])
        self.standard: Standard = standards()[self.round["standard"]]
        self.support_day = dt.date(self.year, 12, 31)
        self.unit = unit_asked(request, data.get("dia-ban", ""), self.day)
        below = _BELOW.get(Level(self.unit.level), "ethnic")
        self.by = data["theo"] if data.get("theo") in (below, "ethnic") else below
        many = data.get("so-nam", "")
        self.many = min(max(int(many), 1), YEARS) if many.isdecimal() else 1
        self.law = {policy.slug: policy for policy in policies_on(self.support_day)}
        self.change = self._change(data)

    def _change(self, data: QueryDict) -> Change:
        lines = {
            name: int(value)
            for name, law in line_values(self.standard).items()
            if (value := self._number(data.get(f"muc-{name}", ""), law)) is not None
        }
        least = self._number(data.get("thieu-hut", ""), self.standard.deprived_at_least.value)
        if least is not None and least != int(least):
            self.problems.append(
                _("Số chỉ số thiếu hụt phải là số nguyên, không phải “%(value)s”.")
                % {"value": data["thieu-hut"]}
            )
        by_clock = {
            key: value
            for key, clock in clocks().items()
            if (now := clock.on(self.support_day))
            and (value := self._number(data.get(f"dong-ho-{key}", ""), now.number)) is not None
        }
        percents = {
            slug: value
            for slug in self.law
            if (value := self._number(data.get(f"muc-huong-{slug}", ""), 100, most=MOST_PERCENT)) is not None
        }
        left_out = self._among(data.getlist("bo"), {one.code for one in self.standard.indicators})
        freed = self._among(data.getlist("cho-cung"), set(exclusions(self.law)))
        return Change(
            lines,
            None if least is None else int(least),
            left_out,
            by_clock,
            percents,
            lists=self._lists(data),
            freed=freed,
            excluded=self._excluded(data),
            new=self._new(data),
        )

    def _among(self, asked: list[str], known: set[str]) -> frozenset[str]:
        self.problems += [
            _("Luật của năm này không có “%(name)s”.") % {"name": one} for one in asked if one not in known
        ]
        return frozenset(asked) & known

    def _lists(self, data: QueryDict) -> dict[str, dict[str, bool]]:
        """Units put on and taken off each list, by codes written in any way; a code that no unit bears is a problem."""
        found: dict[str, dict[str, bool]] = {}
        for slug in area_lists():
            for field, put_on in (("them", True), ("rut", False)):
                for code in re.findall(r"\w+", data.get(f"{field}-{slug}", "")):
                    found.setdefault(slug, {})[code] = put_on
        codes = [code for changed in found.values() for code in changed]
        there = units_on(codes, self.support_day) if codes else {}
        self.problems += [
            _("Ngày %(day)s không có đơn vị mã “%(code)s”.")
            % {"day": f"{self.support_day:%d/%m/%Y}", "code": code}
            for code in codes
            if code not in there
        ]
        return found

    def _excluded(self, data: QueryDict) -> frozenset[tuple[str, str]]:
        one, other = data.get("khong-huong", ""), data.get("da-huong", "")
        if bool(one) != bool(other):
            self.problems.append(
                _("Loại trừ cần cả hai chính sách: chính sách đã hưởng và chính sách thôi không hưởng.")
            )
        known = self._among([slug for slug in (one, other) if slug], {*self.law, NEW})
        return frozenset({(one, other)}) if {one, other} <= known else frozenset()

    def _new(self, data: QueryDict) -> NewPolicy | None:
        amount = self._number(data.get("moi-muc", ""), 0)
        if amount is None:
            return None
        per = data.get("moi-ky", "")
        return NewPolicy(
            name=data.get("moi-ten", "").strip()[:120] or _("Chính sách mới"),
            unit=data.get("moi-don-vi", "household"),
            among=tuple(data.getlist("moi-ai")),
            area=data.get("moi-ds", ""),
            amount=int(amount),
            per=per,
            times=_TIMES.get(per, 1),
        )

    def _number(self, text: str, law: float, *, most: int = MOST) -> float | None:
        """What is written as 1.234,5, where it is not the law's own; None else."""
        plain = re.sub(r"[\s.]", "", text).replace(",", ".")
        if not plain:
            return None
        try:
            value = float(plain)
        except ValueError:
            value = math.nan
        if not math.isfinite(value):
            self.problems.append(_("“%(value)s” không phải là số.") % {"value": text[:40]})
            return None
        if not 0 <= value <= most:
            words = {"value": text[:40], "most": number(most)}
            self.problems.append(_("“%(value)s” phải từ 0 đến %(most)s.") % words)
            return None
        return None if value == law else value

    def answer(self) -> Answer:
        """Raises TrialError, WhatIfError."""
        villages = villages_of(self.snapshot, self.unit.pk, self.day)
        return answer(
            self.snapshot,
            self.change,
            year=self.year,
            villages=villages,
            by=self.by,
            on=self.support_day,
            years=self.many,
        )

    def context(self) -> dict[str, Any]:
        """What the form shows: of everything the law's own and what is tried."""
        spoken, change = language(), self.change
        return {
            "unit": self.unit,
            "trail": ancestors_on(self.unit, self.day),
            "day": self.day,
            "support_day": self.support_day,
            "years": self.years,
            "year": self.year,
            "many": self.many,
            "may_be": range(1, YEARS + 1),
            "by": self.by,
            "law_name": self.standard.name(spoken),
            "lines": [
                (name, line_words(name, self.standard, spoken), law, change.lines.get(name, law))
                for name, law in line_values(self.standard).items()
            ],
            "least": self.standard.deprived_at_least.value,
            "least_asked": change.deprived_at_least or self.standard.deprived_at_least.value,
            "indicators": [
                (i.code, i.name(spoken), i.code in change.without) for i in self.standard.indicators
            ],
            "change": change,
            "changes": change_words(change, self.standard, spoken),
            "kept": list(trials(seen_by=self.request.user)[:20]),
            "address": self.request.GET.urlencode(),
            "sent": [(key, value) for key in self.request.GET for value in self.request.GET.getlist(key)],
            **self._of_support(spoken),
        }

    def _of_support(self, spoken: str) -> dict[str, Any]:
        change, day = self.change, self.support_day
        shown = [(key, clock, now) for key, clock in clocks().items() if (now := clock.on(day))]
        named = [(slug, policy.name(spoken)) for slug, policy in self.law.items()]
        new = change.new
        return {
            "clocks": [
                (
                    key,
                    clock.name(spoken),
                    clock.unit(spoken),
                    written(now.number),
                    written(change.clocks.get(key, now.number)),
                )
                for key, clock, now in shown
            ],
            "policies": [
                (p.slug, p.name(spoken), written(change.percents.get(p.slug, 100)), p.verified)
                for p in self.law.values()
            ],
            "lists": [
                (
                    one.slug,
                    one.name(spoken),
                    sum(len(e.codes) for e in one.on(day)),
                    *_codes(change, one.slug),
                    one.verified,
                )
                for one in area_lists().values()
            ],
            "exclusions": [
                (key, policies()[one].name(spoken), policies()[other].name(spoken), key in change.freed)
                for key, (one, _kind, other) in exclusions(self.law).items()
            ],
            "pair": next(iter(change.excluded), ("", "")),
            "named": [*named, (NEW, _("Chính sách mới"))],
            "new": new,
            "among": [
                (key, _(words), key in (new.among if new else ("poor",))) for key, words in AMONG.items()
            ],
            "units": [(key, _(words), bool(new and new.unit == key)) for key, words in UNITS.items()],
            "pers": [(key, _(words), key == (new.per if new else "year")) for key, words in PERS.items()],
        }


def address_of(change: Change, *, year: int, unit: str, by: str, years: int) -> str:
    """The address under which this change is asked again: year of review, code of the unit, how divided, years of support."""
    asked = QueryDict(mutable=True)
    asked.update({"nam": str(year), "dia-ban": unit, "theo": by, "so-nam": str(years)})
    numbers: dict[str, float] = {f"muc-{name}": value for name, value in change.lines.items()}
    numbers |= {f"dong-ho-{key}": value for key, value in change.clocks.items()}
    numbers |= {f"muc-huong-{slug}": value for slug, value in change.percents.items()}
    if change.deprived_at_least is not None:
        numbers["thieu-hut"] = change.deprived_at_least
    new = change.new
    if new:
        numbers["moi-muc"] = new.amount
        asked.update({"moi-ten": new.name, "moi-don-vi": new.unit, "moi-ds": new.area, "moi-ky": new.per})
        asked.setlist("moi-ai", list(new.among))
    asked.update({name: _typed(value) for name, value in numbers.items()})
    asked.setlist("bo", sorted(change.without))
    asked.setlist("cho-cung", sorted(change.freed))
    for slug in change.lists:
        asked.update(zip((f"them-{slug}", f"rut-{slug}"), _codes(change, slug), strict=True))
    for one, other in change.excluded:
        asked.update({"khong-huong": one, "da-huong": other})
    return asked.urlencode()


def _typed(value: float) -> str:
    """A number as one types it, none of its digits lost."""
    return str(int(value)) if value == int(value) else str(value).replace(".", ",")


def _codes(change: Change, slug: str) -> tuple[str, str]:
    changed = change.lists.get(slug, {})
    return tuple(
        ", ".join(code for code, put_on in changed.items() if put_on is way) for way in (True, False)
    )  # type: ignore[return-value]


def written(value: float) -> str:
    """A number as a form shows it: 1.490.000 or 6,60."""
    return number(value, 0 if value == int(value) else 2)


def line_words(name: str, standard: Standard, language: str) -> str:
    """A line by its name in words: which line, where, and whether of income or of points."""
    of, area, line = name.split(".")
    where = _("thành thị") if area == "urban" else _("nông thôn")
    unit = _("đồng/người/tháng") if of == "income" else _("điểm B1")
    called = standard.line_names.get(line)
    return f"{called(language) if called else line}, {where} ({unit})"


def policy_name(slug: str, change: Change, language: str) -> str:
    """The name of a policy of the law, or of the one that is tried."""
    return change.new.name if slug == NEW and change.new else policies()[slug].name(language)


def change_words(change: Change, standard: Standard, language: str) -> list[tuple[str, str, str]]:
    """Every change as what it is of, the law's number and the one tried; '' where there is none."""
    law = line_values(standard)
    found = [
        (line_words(name, standard, language), written(law[name]), written(value))
        for name, value in change.lines.items()
    ]
    if change.deprived_at_least is not None:
        least = standard.deprived_at_least.value
        found.append((_("Số chỉ số thiếu hụt để là nghèo"), str(least), str(change.deprived_at_least)))
    found += [
        (_("Bỏ chỉ số: %(name)s") % {"name": standard.indicator(code).name(language)}, "", "")
        for code in sorted(change.without)
    ]
    found += [(clocks()[key].name(language), "", written(value)) for key, value in change.clocks.items()]
    found += [
        (_("Mức hưởng (%%): %(name)s") % {"name": policies()[slug].name(language)}, "100", written(value))
        for slug, value in change.percents.items()
    ]
    return found + _support_words(change, language)


def _support_words(change: Change, language: str) -> list[tuple[str, str, str]]:
    """Lists, exclusions and the new policy as `change_words` tells them."""
    found = [
        (
            (_("Đưa vào danh sách: %(name)s") if put_on else _("Rút khỏi danh sách: %(name)s"))
            % {"name": area_lists()[slug].name(language)},
            "",
            code,
        )
        for slug, changed in change.lists.items()
        for code, put_on in changed.items()
    ]
    for key in sorted(change.freed):
        one, _kind, other = key.split("/")
        words = {"one": policies()[one].name(language), "other": policies()[other].name(language)}
        found.append((_("Cho hưởng cả hai: %(one)s; %(other)s") % words, "", ""))
    for one, other in sorted(change.excluded):
        words = {"one": policy_name(one, change, language), "other": policy_name(other, change, language)}
        found.append((_("Đã hưởng %(other)s thì không hưởng %(one)s") % words, "", ""))
    if change.new:
        found.append(
            (_("Chính sách mới: %(name)s") % {"name": change.new.name}, "", new_words(change.new, language))
        )
    return found


def new_words(new: NewPolicy, language: str) -> str:
    """Whom a new policy is for and what it gives, in one line."""
    among = ", ".join(_(AMONG[word]) for word in new.among if word in AMONG) or _("mọi hộ")
    where = f"; {area_lists()[new.area].name(language)}" if new.area in area_lists() else ""
    per = f"{_(UNITS[new.unit])}, {_(PERS[new.per])}" if new.unit in UNITS and new.per in PERS else ""
    return f"{written(new.amount)} đồng {per} ({among}{where})"
