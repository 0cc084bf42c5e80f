"""Lists of households: by place, ethnic group, name and class, in the order asked for."""

import datetime as dt
from typing import Any

from django.core.paginator import Page, Paginator
from django.db import connection
from django.db.models import Count, QuerySet
from django.utils.functional import cached_property

from giamngheo.access.models import User
from giamngheo.areas.models import Level, Unit
from giamngheo.areas.queries import descendants_on
from giamngheo.registry.models import Person, Relation

#: What a list may be ordered by: the name of the head as Vietnamese lists go, the number, or village and code.
ORDERS: dict[str, tuple[str, ...]] = {
    "name": ("name_key", "household_id"),
    "number": ("household_id",),
    "village": ("village__name_key", "village_id", "household__local_code", "household_id"),
}
PER_PAGE = 50
#: A list longer than this is to be narrowed, not leafed through; counting stops here too.
LONGEST = 5000


def heads(
    *,
    unit: Unit | None = None,
    on: dt.date,
    ethnic: str = "",
    text: str = "",
    households: QuerySet[Any, Any] | None = None,
    order: str = "name",
    seen_by: User,
) -> QuerySet[Person]:
    """The heads of the households living in `unit` (the person's whole area if None) on the working day `on`.

    `ethnic` is the head's code; `text` words of any member's name; `households` a subquery of household ids to keep
    to; `order` a key of ORDERS, '-' before it for downwards.
    """
    found = Person.objects.filter(relation=Relation.HEAD, household__isnull=False)
    if unit is not None:
        places = (
            [unit.pk] if unit.level == Level.VILLAGE else descendants_on(unit, on, Level.VILLAGE).order_by()
        )
        found = found.filter(village__in=places)
    if ethnic:
        found = found.filter(ethnic=ethnic)
    if text.strip():
        found = found.filter(household__in=_households_named(" ".join(text.split())[:200]))
    if households is not None:
        found = found.filter(household__in=households)
    sign = "-" if order.startswith("-") else ""
    columns = ORDERS.get(order.removeprefix("-"), ORDERS["name"])
    return found.order_by(*(sign + column for column in columns))


def _households_named(text: str) -> list[int]:
    """Ids, for under row-level security PostgreSQL can't guess how few a subquery would give and joins badly."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT DISTINCT household_id FROM registry_search_best(%s, 1000, 1000) WHERE household_id IS NOT NULL",
            [text],
        )
        return [household for (household,) in cursor.fetchall()]


def page_of(found: QuerySet[Person], number: str | int | None) -> Page:  # type: ignore[type-arg]
    """One page of `heads`, each with its household and village. The ids are found first, for that the indexes serve."""
    page = BoundedPaginator(found.values_list("pk", flat=True), PER_PAGE).get_page(number)
    page.object_list = _loaded(list(page.object_list))
    return page


def first_of(found: QuerySet[Person]) -> list[Person]:
    """All of `heads`, or the first LONGEST of a longer list, each with its household and village. Two queries."""
    return _loaded(list(found.values_list("pk", flat=True)[:LONGEST]))


def _loaded(ids: list[int]) -> list[Person]:
    people = Person.objects.filter(pk__in=ids).select_related("household", "village")
    loaded = {person.pk: person for person in people.defer("id_sealed", "id_index")}
    return [loaded[pk] for pk in ids]


def member_counts(households: list[int]) -> dict[int, int]:
    """By household id, how many live in it as now known."""
    rows = Person.objects.filter(household__in=households).values_list("household").annotate(n=Count("pk"))
    return dict(rows)


class BoundedPaginator(Paginator):  # type: ignore[type-arg]
    """Pages of a list that stops at LONGEST, so that no page costs a count of the whole province."""

    @cached_property
    def count(self) -> int:
        found: Any = self.object_list
        counted: int = found.order_by()[: LONGEST + 1].count()
        return min(counted, LONGEST)

    @cached_property
    def is_cut(self) -> bool:
        """Whether there is more than the pages show."""
        return self.count >= LONGEST
