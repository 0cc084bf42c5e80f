"""The record of writes, reads and refusals, for those who inspect."""

from django.core.paginator import Paginator
from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.urls import path

from giamngheo.access.models import Role, User
from giamngheo.audit.models import Event, Kind
from giamngheo.audit.queries import as_written, events, is_key, subjects
from giamngheo.web.requests import Request

PER_PAGE = 50


def index(request: Request) -> HttpResponse:
    """Events, newest first, by kind, subject, row and person."""
    if request.user.role not in {Role.AUDITOR, Role.ADMINISTRATOR}:
        raise Http404
    asked = {name: request.GET.get(name, "") for name in ("kind", "subject", "row", "actor")}
    actor = int(asked["actor"]) if asked["actor"].isdecimal() else None
    found = events(
        seen_by=request.user, kind=asked["kind"], subject=asked["subject"], row=asked["row"], actor=actor
    )
    page = Paginator(found, PER_PAGE).get_page(request.GET.get("trang"))
    if is_key(asked["row"]):
        for event in page:
            if event.rows:
                event.after = as_written(event, asked["row"], seen_by=request.user)
    people = {person.pk: person for person in User.objects.all()}
    return render(
        request,
        "audit/index.html",
        {
            "page": page,
            "rows": [(event, people.get(event.actor or 0), changes(event), added(event)) for event in page],
            "asked": asked,
            "kinds": Kind.choices,
            "subjects": subjects(seen_by=request.user),
            "people": people.values(),
        },
    )


def changes(event: Event) -> list[tuple[str, object, object]]:
    """The fields that an event set or changed: name, before, after."""
    before, after = event.before or {}, event.after or {}
    if event.kind in {Kind.INSERT, Kind.DELETE}:
        whole = after or before
        return [(name, "", value) for name, value in whole.items() if value not in (None, "", [], {})]
    return [
        (name, before.get(name), after.get(name)) for name in after if before.get(name) != after.get(name)
    ]


def added(event: Event) -> int:
    """How many rows the event added at once; 0 where it is about one."""
    return sum(ids.upper - ids.lower for ids in event.rows or ())


urlpatterns = [path("nhat-ky/", index, name="audit")]
