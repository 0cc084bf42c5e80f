"""Pages for what went wrong, which keep what was typed where they can."""

import sys

from django.db import InterfaceError, OperationalError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.template.loader import render_to_string


def server_error(request: HttpRequest) -> HttpResponse:
    """A page for our own mistakes, and another for a database that is starting again (503). Neither asks the database."""
    away = isinstance(sys.exc_info()[1], OperationalError | InterfaceError)
    text = render_to_string("503.html" if away else "500.html")
    return HttpResponse(text, status=503 if away else 500, headers={"Retry-After": "5"} if away else {})


def csrf_failure(request: HttpRequest, reason: str = "") -> HttpResponse:
    """The page stood open too long: its form is laid out again with what was typed, to be sent once more."""
    typed = {k: v for k, v in request.POST.lists() if k not in {"csrfmiddlewaretoken", "password"}}
    if hasattr(request, "session"):
        request.session["kept_form"] = {"path": request.get_full_path(), "typed": typed}
    return render(request, "403_csrf.html", {"back": request.get_full_path()}, status=403)
