"""What-if: the law in a form; what is changed is tried on the households of a round; answers kept and compared."""

from collections.abc import Iterator
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import path, reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop
from django.views.decorators.http import require_POST

from giamngheo.pictures.looks import language
from giamngheo.rules.errors import WhatIfError
from giamngheo.rules.standards import standards
from giamngheo.rules.whatif import Change
from giamngheo.warehouse.errors import WarehouseError
from giamngheo.warehouse.snapshot import current
from giamngheo.web.render import page
from giamngheo.web.requests import Request
from giamngheo.web.views.whatif_asked import Asked, address_of, change_words
from giamngheo.web.views.whatif_file import file
from giamngheo.web.views.whatif_told import groups_in, more_of, names_of, pictures
from giamngheo.whatif import actions
from giamngheo.whatif.answer import Answer
from giamngheo.whatif.errors import TrialError
from giamngheo.whatif.models import Trial
from giamngheo.whatif.queries import trials

#: The ways an answer is divided, as a title says them; so many trials stand side by side.
BY = {
    "district": gettext_noop("Theo huyện"),
    "commune": gettext_noop("Theo xã"),
    "village": gettext_noop("Theo thôn, bản"),
    "ethnic": gettext_noop("Theo dân tộc của chủ hộ"),
}
SIDE_BY_SIDE = 5


def show(request: Request) -> HttpResponse:
    """The form with the law's numbers; once one is changed, what that would do."""
    if not request.user.sees_households:
        raise Http404
    try:
        snapshot = current()
    except WarehouseError as error:
        return render(request, "analysis/nothing.html", {"reason": str(error)})
    asked = Asked(request, snapshot)
    found = None
    try:
        found = asked.answer() if asked.change != Change() and not asked.problems else None
    except (TrialError, WhatIfError) as error:
        asked.problems.append(_words(error))
    if found and request.GET.get("tep") == "xlsx":
        return file(request, found, asked)
    context = asked.context() | {"problems": asked.problems, "found": found}
    if found:
        context |= pictures(found, asked)
    return page(
        request, "whatif/index.html", context, fragment="result", status=400 if asked.problems else 200
    )


def _words(error: Exception) -> str:
    if isinstance(error, WhatIfError):
        return error.sentence(language())
    return str(error)


@require_POST
def keep(request: Request) -> HttpResponse:
    """Keep what was tried under a name, with its answer."""
    if not request.user.writes_households:
        raise Http404
    asked = Asked(request, current())
    back = f"{reverse('whatif')}?{request.POST.get('hoi', '')}"
    if asked.problems:  # the page it leads back to tells them
        return redirect(back)
    try:
        found = asked.answer()
        trial = actions.keep(
            name=request.POST.get("ten", ""),
            year=asked.year,
            unit=asked.unit,
            change=asked.change,
            answer=found,
            snapshot=asked.snapshot,
            by=request.user,
        )
    except (TrialError, WhatIfError) as error:
        messages.error(request, _words(error))
        return redirect(back)
    messages.success(request, _("Đã giữ phương án “%(name)s”.") % {"name": trial.name})
    return redirect(reverse("whatif-trials"))


def kept(request: Request) -> HttpResponse:
    """The trials kept, side by side."""
    if not request.user.sees_households:
        raise Http404
    answered = [(trial, Answer.from_plain(trial.answer)) for trial in trials(seen_by=request.user)[:50]]
    found = []
    for trial, told in answered:
        change = Change.from_plain(trial.change)
        found.append(
            (
                trial,
                change_words(change, standards()[told.standard], language()),
                told.rows[0],
                more_of(told, "year"),
                sum(one.after - one.before for one in told.loans),
                address_of(
                    change,
                    year=trial.year,
                    unit=trial.unit.code,
                    by=told.by,
                    years=len({cost.year for cost in told.costs}) or 1,
                ),
            )
        )
    return render(request, "whatif/kept.html", {"found": found, "divisions": list(_divisions(answered))})


def _divisions(answered: list[tuple[Trial, Answer]]) -> Iterator[tuple[str, list[Trial], list[Any]]]:
    """By each way trials were divided, the latest SIDE_BY_SIDE: its title, the trials, and of each group its name and, trial by
    trial, the change of its poor rate and the đồng a year more or less, or None. What was kept before groups had costs is not there."""
    for by, title in BY.items():
        own = [(trial, told) for trial, told in answered if told.by == by and told.groups is not None]
        own = own[:SIDE_BY_SIDE]
        names = names_of([group for _trial, told in own for group in groups_in(told)], by, language())
        cells: dict[str, dict[int, tuple[float | None, int | None]]] = {}
        for trial, told in own:
            more = {one.group: one.after - one.before for one in told.groups or () if one.year == trial.year}
            for row in told.rows[1:]:
                cells.setdefault(row.group, {})[trial.pk] = (
                    row.change,
                    more.get(row.group, 0) if told.known_in(trial.year) else None,
                )
        if cells:
            yield (
                _(title),
                [trial for trial, _told in own],
                [
                    (names[group], [(trial, told.get(trial.pk)) for trial, _told in own])
                    for group, told in cells.items()
                ],
            )


@require_POST
def drop(request: Request, pk: int) -> HttpResponse:
    """Let go of one's own trial."""
    trial = get_object_or_404(Trial, pk=pk, made_by=request.user)
    actions.drop(trial=trial, by=request.user)
    messages.success(request, _("Đã bỏ phương án “%(name)s”.") % {"name": trial.name})
    return redirect("whatif-trials")


urlpatterns = [
    path("thu-chinh-sach/", show, name="whatif"),
    path("thu-chinh-sach/giu/", keep, name="whatif-keep"),
    path("thu-chinh-sach/phuong-an/", kept, name="whatif-trials"),
    path("thu-chinh-sach/phuong-an/<int:pk>/bo/", drop, name="whatif-drop"),
]
