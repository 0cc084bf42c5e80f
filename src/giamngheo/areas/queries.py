"""What may be asked of units on a day. Units are public, so nothing here asks who is looking.

A unit is a version: (code, valid_from). Every function takes the day on which it is asked and costs a fixed number of
queries, however many units it answers with.
"""

import datetime as dt
import re
from collections.abc import Collection, Iterable

from django.db.models import Case, IntegerField, Q, QuerySet, Value, When
from django.utils.translation import gettext as _

from giamngheo.areas.errors import NotThenError, UnknownUnitError
from giamngheo.areas.models import AreaListEntry, Level, Outline, Succession, Unit, Within
from giamngheo.areas.outlines import Geometry
from giamngheo.base.text import fold, format_date

#: Words before a unit's name that people type; the stored name is without them.
_KINDS = re.compile(
    r"^(tinh|thanh pho|tp|thi xa|tx|huyen|phuong|xa|thi tran|tt|thon|ban|to dan pho|khu pho)\.? +"
)


def valid(on: dt.date, prefix: str = "") -> Q:
    """The condition that a dated row (or, with `prefix`, a joined one) stands on the day."""
    last = Q(**{f"{prefix}valid_to__isnull": True}) | Q(**{f"{prefix}valid_to__gte": on})
    return Q(**{f"{prefix}valid_from__lte": on}) & last


def unit_on(code: str, on: dt.date) -> Unit:
    """The unit that bears `code` on the day. Raises UnknownUnitError, or NotThenError saying what became of it."""
    # the database can't be asked about a NUL, which an address may hold
    versions = [] if "\0" in code else list(Unit.objects.filter(code=code).order_by("valid_from"))
    if not versions:
        raise UnknownUnitError(code)
    for unit in versions:
        if unit.valid_from <= on and (unit.valid_to is None or on <= unit.valid_to):
            return unit
    latest = [unit for unit in versions if unit.valid_from <= on]
    became = successor_on(latest[-1], on) if latest else None
    heir = f"{label(became)} ({became.code})" if became else ""
    raise NotThenError(code, format_date(on), _lives(versions), heir)


def label(unit: Unit) -> str:
    """The unit with its kind, within a sentence: xã Mù Cả."""
    return f"{unit.kind} {unit.name}"


def _lives(versions: list[Unit]) -> list[str]:
    """When each name was borne; versions that differ in boundary alone are one."""
    spans: list[tuple[Unit, Unit]] = []
    for unit in versions:
        if spans and label(spans[-1][1]) == label(unit):
            spans[-1] = spans[-1][0], unit
        else:
            spans.append((unit, unit))
    return [_life(first, last) for first, last in spans]


def _life(first: Unit, last: Unit) -> str:
    words = {"unit": label(first), "from": format_date(first.valid_from)}
    if last.valid_to is None:
        return _("%(unit)s từ %(from)s đến nay") % words
    words["to"] = format_date(last.valid_to)
    if not first.opened_known:
        return _("%(unit)s đến %(to)s") % words
    return _("%(unit)s từ %(from)s đến %(to)s") % words


def units_on(codes: Iterable[str], on: dt.date) -> dict[str, Unit]:
    """Of many codes the unit that bears each on the day; a code that nothing bears then is left out."""
    return {unit.code: unit for unit in Unit.objects.filter(valid(on), code__in=set(codes))}


def level_on(level: Level, on: dt.date) -> QuerySet[Unit]:
    """All units of one level on the day, in Vietnamese order."""
    return Unit.objects.filter(valid(on), level=level).order_by("name_key", "code")


def children_on(unit: Unit, on: dt.date) -> QuerySet[Unit]:
    """The units directly below on the day, in Vietnamese order."""
    nested = Q(nestings__parent=unit) & valid(on, "nestings__")
    return Unit.objects.filter(nested).order_by("name_key", "code")


def ancestors_on(unit: Unit, on: dt.date) -> list[Unit]:
    """The unit trail on the day: the units above, the province first, and the unit itself last."""
    rows = Within.objects.filter(valid(on), unit=unit).select_related("ancestor").order_by("level")
    return [row.ancestor for row in rows]


def descendants_on(unit: Unit, on: dt.date, level: Level) -> QuerySet[Unit]:
    """The units of one level within the unit on the day, in Vietnamese order; itself if it is of that level."""
    above = Q(above__ancestor=unit) & valid(on, "above__")
    return Unit.objects.filter(above, level=level).order_by("name_key", "code")


def by_ancestor_on(above: Collection[Unit], on: dt.date, level: Level) -> dict[int, list[Unit]]:
    """The units of one level within each of several units on the day, in Vietnamese order, by the id of the unit above."""
    rows = Within.objects.filter(valid(on), ancestor__in=above, unit_level=level).select_related("unit")
    found: dict[int, list[Unit]] = {}
    for row in rows.order_by("unit__name_key", "unit__code"):
        found.setdefault(row.ancestor_id, []).append(row.unit)
    return found


def successor_on(unit: Unit, on: dt.date) -> Unit | None:
    """The unit in which all of `unit` lies on a later day; None if it was divided, abolished, or not yet there."""
    if unit.valid_from > on:
        return None
    whole = Succession.objects.filter(on__lte=on).exclude(kind=Succession.Kind.PART)
    chain: dict[int, int] = dict(whole.values_list("before_id", "after_id"))
    last = unit.pk
    while last in chain:
        last = chain[last]
    return Unit.objects.filter(valid(on), pk=last).first()


def predecessors_on(unit: Unit, on: dt.date) -> list[Unit]:
    """The units of an earlier day of which this one was made, whole or in part; itself if it was there already."""
    made_of: dict[int, list[int]] = {}
    for before, after in Succession.objects.filter(on__gt=on).values_list("before_id", "after_id"):
        made_of.setdefault(after, []).append(before)
    found, waiting = set(), [unit.pk]
    while waiting:
        one = waiting.pop()
        found.add(one)
        waiting.extend(before for before in made_of.get(one, []) if before not in found)
    return list(Unit.objects.filter(valid(on), pk__in=found).order_by("name_key", "code"))


def listings_of(unit: Unit, on: dt.date) -> QuerySet[AreaListEntry]:
    """The lists of law on which the unit stands on the day, with their acts and confidence."""
    return (
        AreaListEntry.objects.filter(valid(on), unit=unit)
        .select_related("area_list")
        .order_by("area_list__slug")
    )


def listed_on(slug: str, on: dt.date) -> QuerySet[Unit]:
    """The units on one list on the day, in Vietnamese order. Where the list is not `complete`, others may belong too."""
    entries = Q(listings__area_list__slug=slug) & valid(on, "listings__")
    return Unit.objects.filter(entries).order_by("name_key", "code")


def outlines_of(units: Collection[Unit]) -> dict[int, Geometry]:
    """GeoJSON geometries (WGS84) by the unit's id; a unit without a known outline is left out."""
    rows = Outline.objects.filter(unit__in=[unit.pk for unit in units])
    return dict(rows.values_list("unit_id", "geometry"))


def search(text: str, on: dt.date, *, level: Level | None = None, limit: int = 20) -> list[Unit]:
    """Units of the day (of one level) whose code begins with the text, or whose name holds it without case and accents.

    'xa mu ca' finds xã Mù Cả. Names that begin with the words come first, larger units before smaller.
    """
    words = fold(text)
    bare = _KINDS.sub("", words)
    if not bare:
        return []
    rank = Case(
        When(folded=bare, then=Value(0)),
        When(folded__startswith=bare, then=Value(1)),
        default=Value(2),
        output_field=IntegerField(),
    )
    named = Q(folded__contains=bare) | Q(folded__contains=words) | Q(code__startswith=text.strip())
    of_level = Q() if level is None else Q(level=level)
    found = Unit.objects.filter(valid(on) & named & of_level).annotate(rank=rank)
    return list(found.order_by("rank", "level", "name_key", "code")[:limit])


def changes_of(level: Level, *, since: dt.date) -> list[dt.date]:
    """The days from `since` on which units of one level began, the latest first: the geographies there are."""
    days = Unit.objects.filter(level=level, valid_from__gte=since, synthetic=False).values_list(
        "valid_from", flat=True
    )
    return sorted(set(days), reverse=True)
