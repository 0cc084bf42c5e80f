"""What became of help later, over a unit: loans disbursed, outstanding, overdue; things given, and whether they are still there."""

from django.core.paginator import Paginator
from django.http import Http404, HttpResponse
from django.urls import path
from django.utils.translation import get_language

from giamngheo.support import later
from giamngheo.support.models import Fate
from giamngheo.support.rights import name_of
from giamngheo.web.render import page
from giamngheo.web.requests import Request
from giamngheo.web.views.support import unit_of

PER_PAGE = 50


def loans(request: Request) -> HttpResponse:
    """The loans of a unit: by policy, and each with what was last told of it, the overdue first."""
    if not request.user.sees_households:
        raise Http404
    unit, language = unit_of(request), get_language() or "vi"
    found = later.loans(unit, request.today, seen_by=request.user)
    shown = Paginator(found, PER_PAGE).get_page(request.GET.get("trang"))
    sums = later.loans_by_policy(unit, request.today, seen_by=request.user)
    context = {
        "unit": unit,
        "sums": [(name_of(one.policy, language), one) for one in sums],
        "count": sum(one.count for one in sums),
        "disbursed": sum(one.disbursed for one in sums),
        "outstanding": sum(one.outstanding for one in sums),
        "overdue": sum(one.overdue for one in sums),
        "untold": sum(one.untold for one in sums),
        "page": shown,
        "rows": [(row, name_of(row.policy, language)) for row in shown],
    }
    return page(request, "support/loans.html", context)


def things(request: Request) -> HttpResponse:
    """Things given a year ago or longer: what had become of them when somebody last looked, and those nobody looked at."""
    if not request.user.sees_households:
        raise Http404
    unit, language = unit_of(request), get_language() or "vi"
    kinds = later.things(unit, request.today, seen_by=request.user)
    waiting = later.unseen(unit, request.today, seen_by=request.user)
    shown = Paginator(waiting, PER_PAGE).get_page(request.GET.get("trang"))
    counted = {state: sum(one.states.get(state, 0) for one in kinds) for state, _label in Fate.State.choices}
    context = {
        "unit": unit,
        "states": Fate.State.choices,
        "kinds": [
            (
                name_of(one.policy, language),
                one,
                [(label, one.states.get(s, 0)) for s, label in Fate.State.choices],
            )
            for one in kinds
        ],
        "count": sum(one.count for one in kinds),
        "looked": sum(counted.values()),
        "alive": counted[Fate.State.ALIVE] + counted[Fate.State.GROWN],
        "sold": counted[Fate.State.SOLD],
        "lost": counted[Fate.State.LOST],
        "page": shown,
        "rows": [(row, name_of(row.policy, language)) for row in shown],
    }
    return page(request, "support/things.html", context)


urlpatterns = [
    path("ho-tro/von-vay/", loans, name="support-loans"),
    path("ho-tro/hien-vat/", things, name="support-things"),
]
