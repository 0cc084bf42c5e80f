"""What the list of households shows, from what its address asks for."""

from collections.abc import Iterable
from typing import Any

from django.db.models import QuerySet
from django.urls import reverse
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from giamngheo.access.models import User
from giamngheo.access.queries import grants_in_force
from giamngheo.areas.errors import AreaError
from giamngheo.areas.models import Unit
from giamngheo.areas.queries import ancestors_on, children_on, unit_on
from giamngheo.registry.lists import ORDERS, first_of, heads, member_counts, page_of
from giamngheo.registry.models import Person
from giamngheo.registry.search import commune_names
from giamngheo.rules.facts import ethnic_groups
from giamngheo.surveys.files import Cell, Column, Sheet
from giamngheo.surveys.models import POOR, Klass, Round
from giamngheo.surveys.queries import rounds, verdicts_in
from giamngheo.web.requests import Request
from giamngheo.web.templatetags.formats import unit_label

#: What the filter of class offers, by its word in the address; poor is every kind of poor household.
CLASSES: dict[str, list[str]] = {
    "ngheo": [*POOR],
    "can-ngheo": [Klass.NEAR_POOR],
    "chua-ro": [Klass.UNDETERMINED],
}


def listing(request: Request) -> dict[str, Any]:
    """The page of heads that the address asks for, each with class, members and place."""
    asked, unit, last, found = _asked(request)
    page = page_of(found, request.GET.get("trang"))
    choices = {"klass": asked["dien"], "ethnic": asked["dan-toc"], "text": asked["q"], "order": asked["xep"]}
    file = request.GET.copy()
    file["tep"] = "csv"
    context = {"page": page, "rows": _rows(page, last, request), "round": last, "file": file.urlencode()}
    return context | choices | _places(unit, request) | _groups()


def listed(request: Request) -> tuple[Sheet, list[list[Cell]]]:
    """The same list as a table, whole up to LONGEST households."""
    _words, _unit, last, found = _asked(request)
    columns = (
        Column("number", _("Số hộ")), Column("code", _("Mã của thôn")), Column("head", _("Chủ hộ")),
        Column("village", _("Thôn, bản")), Column("commune", _("Xã")), Column("members", _("Nhân khẩu"), "int"),
        Column("klass", _("Diện")), Column("year", _("Năm rà soát"), "int"), Column("synthetic", _("Dữ liệu mô phỏng")),
    )  # fmt: skip
    synthetic = _("có") if request.installation.synthetic else _("không")
    rows: list[list[Cell]] = [
        [
            *(row["head"].household.number, row["head"].household.local_code, row["head"].full_name),
            *(row["head"].village.name, row["commune"], row["members"]),
            str(Klass(row["klass"]).label) if row["klass"] else _("chưa rà soát"),
            *(last.year if last else None, synthetic),
        ]
        for row in _rows(first_of(found), last, request)
    ]
    return Sheet(_("Danh sách hộ"), "ho", columns), rows


def _asked(request: Request) -> tuple[dict[str, str], Unit | None, Round | None, QuerySet[Person]]:
    """The words of the address, the unit and the round they name, and the heads they ask for."""
    asked = {name: request.GET.get(name, "").strip() for name in ("dia-ban", "dien", "dan-toc", "q", "xep")}
    unit, last = _unit(asked["dia-ban"], request), last_round(request.user)
    classes = CLASSES.get(asked["dien"])
    judged = verdicts_in(last, classes=classes, seen_by=request.user) if last and classes else None
    found = heads(
        unit=unit,
        on=request.today,
        ethnic=asked["dan-toc"],
        text=asked["q"],
        households=judged.order_by().values("household") if judged is not None else None,
        order=asked["xep"] if asked["xep"].removeprefix("-") in ORDERS else "name",
        seen_by=request.user,
    )
    return asked, unit, last, found


def last_round(user: User) -> Round | None:
    """The last annual round that was closed, else the last annual one: whose classes lists show."""
    annual = [r for r in rounds(seen_by=user) if r.kind == Round.Kind.ANNUAL]
    return next((r for r in annual if not r.is_open), next(iter(annual), None))


def _rows(page: Iterable[Person], last: Round | None, request: Request) -> list[dict[str, Any]]:
    ids = [head.household_id for head in page if head.household_id]
    counts = member_counts(ids)
    communes = commune_names([head.village_id for head in page], request.today)
    klasses: dict[int, str] = {}
    if last:
        given = verdicts_in(last, seen_by=request.user).filter(household__in=ids).order_by()
        klasses = dict(given.values_list("household_id", "klass"))
    return [
        {
            "head": head,
            "members": counts.get(head.household_id or 0, 0),
            "klass": klasses.get(head.household_id or 0),
            "commune": communes.get(head.village_id, ""),
        }
        for head in page
    ]


def _unit(code: str, request: Request) -> Unit | None:
    """The unit of that code on the working day; None, and the whole area is shown, where there is none."""
    if not code:
        return None
    try:
        return unit_on(code, request.today)
    except AreaError:
        return None


def _places(unit: Unit | None, request: Request) -> dict[str, Any]:
    """The way down from the person's own unit to the one shown, and the units below it to choose from."""
    own = [grant.unit for grant in grants_in_force(request.user)]
    shown = unit or (own[0] if len(own) == 1 else None)
    above = ancestors_on(shown, request.today) if shown else []
    top = next((i for i, step in enumerate(above) if step.pk in {u.pk for u in own}), 0)
    address = reverse("households")
    trail = [(unit_label(step), f"{address}?dia-ban={step.code}") for step in above[top:]]
    below = list(children_on(shown, request.today)) if shown else own
    return {"unit": unit, "shown": shown, "trail": trail, "below": below}


def _groups() -> dict[str, Any]:
    language = get_language() or "vi"
    return {"groups": [(code, group.label(language)) for code, group in ethnic_groups().items()]}
