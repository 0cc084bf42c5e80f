"""Pages for what went wrong, which keep what was typed where they can."""

import sys

from django.db import DataError, InterfaceError, OperationalError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.template.loader import render_to_string

from giamngheo.web.kept import keep


def server_error(request: HttpRequest) -> HttpResponse:
    """A page for our own mistakes, for a database that is starting again (503), for a value that no column takes (400).

    None asks the database.
    """
    error = sys.exc_info()[1]
    if isinstance(error, DataError):
        return HttpResponse(render_to_string("400.html"), status=400)
    away = isinstance(error, OperationalError | InterfaceError)
    text = render_to_string("503.html" if away else "500.html")
    return HttpResponse(text, status=503 if away else 500, headers={"Retry-After": "5"} if away else {})


def csrf_failure(request: HttpRequest, reason: str = "") -> HttpResponse:
    """The page stood open too long: its form is laid out again with what was typed, to be sent once more."""
    return render(request, "403_csrf.html", {"back": keep(request)}, status=403)
