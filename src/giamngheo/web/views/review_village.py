"""One village in review, step by step: its lists, the meeting, the posting; each form only where its step has come."""

import datetime as dt
from collections.abc import Callable
from typing import Any

from django import forms
from django.contrib import messages
from django.db.models import QuerySet
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import path
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from giamngheo.areas.errors import AreaError
from giamngheo.areas.queries import ancestors_on, unit_on
from giamngheo.registry.queries import household_by_number
from giamngheo.reviews import queries
from giamngheo.reviews.actions import attachments, decisions, lists, meetings, postings
from giamngheo.reviews.actions.meetings import Said
from giamngheo.reviews.errors import ReviewError
from giamngheo.reviews.models import Attachment, Capacity, Case, Meeting, VillageReview
from giamngheo.rules.procedures import clock, procedure_named
from giamngheo.rules.workflow import next_actions
from giamngheo.web.requests import Request
from giamngheo.web.views.review_forms import AddForm, ConveneForm, InterestForm, PostForm
from giamngheo.web.views.reviews import review_or_404, running

#: The clock that runs in each state of a village.
_CLOCKS = {"posting": "posting", "rechecking": "recheck"}


#: The steps as the page shows them; those after an objection only where the village is there.
_STATES = [state for state in VillageReview.State.choices if state[0] not in ("rechecking", "reposting")]


def _done(state: str) -> list[str]:
    """The steps that lie behind a state."""
    order = [name for name, _label in VillageReview.State.choices]
    return order[: order.index(state)]


def village(request: Request, year: int, code: str, village: str) -> HttpResponse:
    """The village's page: which step it is at, until when, and what the reader can do now."""
    dossier = _dossier(request, year, code, village)
    return render(request, "reviews/village.html", _context(request, dossier))


def _context(request: Request, dossier: VillageReview, **forms_: forms.Form) -> dict[str, Any]:
    of, user = dossier.of, request.user
    procedure = procedure_named(of.procedure)
    actions = {a.action for a in next_actions(procedure, "village", dossier.state, user.role)}
    posted = list(queries.postings_of(of, dossier.village, seen_by=user))
    context: dict[str, Any] = {
        "of": of,
        "round": of.round,
        "dossier": dossier,
        "units": ancestors_on(dossier.village, of.round.reference_date),
        "procedure": procedure,
        "actions": actions,
        "states": [s for s in VillageReview.State.choices if s in _STATES or s[0] == dossier.state],
        "done": _done(dossier.state),
        "cases": list(queries.cases_of(of, village=dossier.village, seen_by=user)),
        "meetings": list(queries.meetings_of(of, dossier.village, seen_by=user)),
        "postings": posted,
        "objections": list(queries.objections_of(of, village=dossier.village, seen_by=user)),
        "interests": list(queries.interests_of(of, village=dossier.village, seen_by=user)),
        "namesakes": queries.namesakes(of, village=dossier.village, seen_by=user) if of.round.is_open else [],
        "steps": list(queries.steps_of(of, village=dossier.village, seen_by=user)[:30]),
        "attachments": Attachment.objects.filter(of=of, village=dossier.village).order_by("pk"),
        "convene_form": ConveneForm(initial={"on": request.today, "notice_on": request.today}),
        "post_form": PostForm(
            initial={"starts_on": request.today, "places": _("Nhà văn hoá thôn; trụ sở UBND xã")}
        ),
        "interest_form": InterestForm(prefix="i"),
        "add_form": AddForm(_items(dossier), prefix="a"),
        **forms_,
    }
    if dossier.state in _CLOCKS:
        context |= running(clock(procedure, _CLOCKS[dossier.state], dossier.since), request)
    return context


def _items(dossier: VillageReview) -> list[tuple[str, str]]:
    from django.utils.translation import get_language

    language = get_language() or "vi"
    return [
        (item.code, item.name(language)) for item in procedure_named(dossier.of.procedure).quick_form.items
    ]


@require_POST
def act(request: Request, year: int, code: str, village: str, what: str) -> HttpResponse:
    """Take one step of the village; what was refused is said, and what was typed stays."""
    dossier = _dossier(request, year, code, village)
    taken = _ACTS.get(what)
    if taken is None:
        raise Http404
    try:
        answer = taken(request, dossier)
    except ReviewError as error:
        messages.error(request, str(error))
        return render(
            request, "reviews/village.html", _context(request, _dossier(request, year, code, village))
        )
    return answer or redirect("review-village", year=year, code=code, village=village)


def _finish(request: Request, dossier: VillageReview) -> None:
    lists.finish_lists(of=dossier, nobody=bool(request.POST.get("nobody")), by=request.user)
    messages.success(request, _("Danh sách đã xong; có thể thu thập thông tin."))


def _draw(request: Request, dossier: VillageReview) -> None:
    added = lists.draw_lists(of=dossier.of, by=request.user)
    messages.success(request, _("Đã thêm %(n)s hộ từ sổ và từ kết quả thu thập.") % {"n": added})


def _add(request: Request, dossier: VillageReview) -> HttpResponse | None:
    form = AddForm(_items(dossier), request.POST, prefix="a")
    if form.is_valid():
        household = household_by_number(form.cleaned_data["number"], seen_by=request.user)
        if household is None:
            form.add_error("number", _("Không thấy hộ mang số này trong địa bàn của anh/chị."))
        else:
            lists.add_household(
                of=dossier.of,
                household=household,
                ticks=form.cleaned_data["ticks"],
                override=form.cleaned_data["override"],
                by=request.user,
            )
            messages.success(request, _("Đã đưa hộ %(n)s vào danh sách.") % {"n": household.number})
            return None
    return render(request, "reviews/village.html", _context(request, dossier, add_form=form))


def _withdraw(request: Request, dossier: VillageReview) -> None:
    case = get_object_or_404(_chosen(request, dossier))
    lists.withdraw(case=case, why=request.POST.get("why", ""), by=request.user)
    messages.success(request, _("Đã rút hộ khỏi lần rà soát này; hộ vẫn ở trong danh sách, có ghi lý do."))


def _look_again(request: Request, dossier: VillageReview) -> None:
    decisions.look_again(
        of=dossier, cases=_chosen(request, dossier), why=request.POST.get("why", ""), by=request.user
    )
    messages.success(request, _("Các hộ đã chọn sẽ được thu thập lại và họp lại."))


def _chosen(request: Request, dossier: VillageReview) -> QuerySet[Case]:
    """The households of the village's list that were ticked."""
    chosen = [pk for pk in request.POST.getlist("case") if pk.isdecimal()]
    return dossier.of.cases.filter(village=dossier.village, pk__in=chosen)


def _convene(request: Request, dossier: VillageReview) -> HttpResponse | None:
    form = ConveneForm(request.POST)
    if not form.is_valid():
        return render(request, "reviews/village.html", _context(request, dossier, convene_form=form))
    data = form.cleaned_data
    meetings.convene(
        of=dossier,
        meets_at=timezone.make_aware(dt.datetime.combine(data["on"], data["at"])),
        place=data["place"],
        notice_on=data["notice_on"],
        invited=data["invited"],
        by=request.user,
    )
    messages.success(request, _("Đã mời họp; in giấy mời và biên bản trống nếu cần."))
    return None


def _call_off(request: Request, dossier: VillageReview) -> None:
    meeting = get_object_or_404(dossier.of.meetings, village=dossier.village, state=Meeting.State.CONVENED)
    meetings.call_off(meeting=meeting, why=request.POST.get("why", ""), by=request.user)


def _declare(request: Request, dossier: VillageReview) -> HttpResponse | None:
    form = InterestForm(request.POST, prefix="i")
    if form.is_valid():
        household = household_by_number(form.cleaned_data.pop("number"), seen_by=request.user)
        if household is not None:
            meetings.declare_interest(
                of=dossier.of, household=household, **form.cleaned_data, by=request.user
            )
            messages.success(request, _("Đã ghi; hộ này sẽ biểu quyết riêng."))
            return None
        form.add_error("number", _("Không thấy hộ mang số này trong địa bàn của anh/chị."))
    return render(request, "reviews/village.html", _context(request, dossier, interest_form=form))


def _post(request: Request, dossier: VillageReview) -> HttpResponse | None:
    form = PostForm(request.POST)
    if not form.is_valid():
        return render(request, "reviews/village.html", _context(request, dossier, post_form=form))
    data = form.cleaned_data
    data["starts_on"] = data["starts_on"] or request.today
    posting = postings.post(of=dossier, **data, by=request.user)
    messages.success(
        request, _("Danh sách niêm yết đến hết ngày %(day)s.") % {"day": f"{posting.ends_on:%d/%m/%Y}"}
    )
    return None


def _take_down(request: Request, dossier: VillageReview) -> None:
    posting = get_object_or_404(dossier.of.postings, village=dossier.village, taken_down_on__isnull=True)
    postings.take_down(posting=posting, on=request.today, by=request.user)
    messages.success(request, _("Đã ghi việc gỡ niêm yết."))


def _attach(request: Request, dossier: VillageReview) -> None:
    file, kind, about = request.FILES.get("file"), request.POST.get("kind"), request.POST.get("about", "")
    if file is None or kind not in Attachment.Kind.values or not about.isdecimal():
        raise Http404
    attachments.attach(
        of=dossier.of,
        kind=kind,
        about=int(about),
        file=file,
        name=file.name or "",
        village=dossier.village,
        by=request.user,
    )
    messages.success(request, _("Đã lưu tệp."))


_ACTS: dict[str, Callable[[Request, VillageReview], HttpResponse | None]] = {
    "xong-danh-sach": _finish,
    "lap-danh-sach": _draw,
    "them-ho": _add,
    "rut-ho": _withdraw,
    "xem-lai": _look_again,
    "moi-hop": _convene,
    "khong-hop-duoc": _call_off,
    "khai-lien-quan": _declare,
    "niem-yet": _post,
    "go-niem-yet": _take_down,
    "luu-tep": _attach,
}


def meeting(request: Request, year: int, code: str, village: str, number: int) -> HttpResponse:
    """The minutes of one meeting: the form while it is held, what was written afterwards."""
    dossier = _dossier(request, year, code, village)
    found = get_object_or_404(
        queries.meetings_of(dossier.of, dossier.village, seen_by=request.user), number=number
    )
    if found.state != Meeting.State.CONVENED:
        votes = queries.votes_of(found, seen_by=request.user)
        return render(request, "reviews/minutes.html", {**_head(dossier), "meeting": found, "votes": votes})
    cases = list(meetings.to_discuss(dossier))
    problem = ""
    if request.method == "POST":
        try:
            agreed = _record(request, found, cases)
        except ReviewError as error:
            problem = str(error)
        else:
            said = (
                _("Đã ghi biên bản.") if agreed else _("Đã ghi biên bản; có hộ phải thu thập lại và họp lại.")
            )
            messages.success(request, said)
            return redirect("review-village", year=year, code=code, village=village)
    context = {
        **_head(dossier),
        "meeting": found,
        "cases": [(case, _typed_vote(request, case.pk)) for case in cases],
        "capacities": [
            (c, request.POST.get(f"count-{c}", ""), request.POST.get(f"names-{c}", "")) for c in Capacity
        ],
        "interests": {i.household_id: i for i in queries.interests_of(dossier.of, seen_by=request.user)},
        "typed": request.POST,
        "problem": problem,
    }
    return render(request, "reviews/meeting.html", context, status=200)


def _typed_vote(request: Request, pk: int) -> dict[str, str]:
    return {name: request.POST.get(f"{name}-{pk}", "") for name in ("agree", "disagree", "voters", "remarks")}


def _record(request: Request, found: Meeting, cases: list[Any]) -> bool:
    typed = request.POST
    said = {}
    for case in cases:
        votes = _typed_vote(request, case.pk)
        if votes["agree"].strip() or votes["disagree"].strip():
            said[case.pk] = Said(
                agree=_number(votes["agree"]),
                disagree=_number(votes["disagree"]),
                remarks=votes["remarks"],
                voters=_number(votes["voters"]) if votes["voters"].strip() else None,
            )
    attendance = {
        capacity.value: (_number(typed.get(f"count-{capacity}", "")), typed.get(f"names-{capacity}", ""))
        for capacity in Capacity
    }
    return meetings.record_meeting(
        meeting=found,
        chair=typed.get("chair", ""),
        secretary=typed.get("secretary", ""),
        front=typed.get("front", ""),
        attendance=attendance,
        said=said,
        dissent=typed.get("dissent", ""),
        conclusion=typed.get("conclusion", ""),
        by=request.user,
    )


def _number(text: str) -> int:
    """A count as typed; what is no number counts as minus one and is refused by the action with its place."""
    text = text.strip()
    return int(text) if text.isdecimal() else (0 if not text else -1)


def _head(dossier: VillageReview) -> dict[str, Any]:
    return {
        "of": dossier.of,
        "round": dossier.of.round,
        "dossier": dossier,
        "units": ancestors_on(dossier.village, dossier.of.round.reference_date),
        "procedure": procedure_named(dossier.of.procedure),
    }


def attachment(request: Request, pk: int) -> HttpResponse:
    """A kept file; the reading is recorded."""
    found = get_object_or_404(Attachment, pk=pk)
    response = HttpResponse(attachments.read(found, by=request.user), content_type=found.media_type)
    response["Content-Disposition"] = f'inline; filename="{found.kind}-{found.pk}"'
    return response


def _dossier(request: Request, year: int, code: str, village: str) -> VillageReview:
    of = review_or_404(request, year, code)
    try:
        unit = unit_on(village, of.round.reference_date)
    except AreaError as error:
        raise Http404(str(error)) from error
    found = queries.village_review(of, unit, seen_by=request.user)
    if found is None:
        raise Http404
    return found


_AT = "binh-xet/<year:year>/<str:code>/<str:village>/"
urlpatterns = [
    path(_AT, village, name="review-village"),
    path(f"{_AT}hop/<int:number>/", meeting, name="review-meeting"),
    path(f"{_AT}viec/<slug:what>", act, name="review-act"),
    path("tep/<int:pk>/", attachment, name="attachment"),
]
