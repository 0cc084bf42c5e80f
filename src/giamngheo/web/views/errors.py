"""Pages for what went wrong, which keep what was typed where they can."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render


def csrf_failure(request: HttpRequest, reason: str = "") -> HttpResponse:
    """The page stood open too long: its form is laid out again with what was typed, to be sent once more."""
    typed = {k: v for k, v in request.POST.lists() if k not in {"csrfmiddlewaretoken", "password"}}
    if hasattr(request, "session"):
        request.session["kept_form"] = {"path": request.get_full_path(), "typed": typed}
    return render(request, "403_csrf.html", {"back": request.get_full_path()}, status=403)
