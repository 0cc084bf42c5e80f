"""What was typed into a form that could not be taken: kept in the session, given back once on the form's page."""

from typing import Any
from urllib.parse import urlsplit

from django.http import HttpRequest

_NEVER = {"csrfmiddlewaretoken", "password", "password1", "password2", "id_number"}


def ours(request: HttpRequest) -> bool:
    """Whether a page of ours sent it: no other site fills our forms."""
    return request.headers.get("Sec-Fetch-Site", "same-origin") == "same-origin"


def keep(request: HttpRequest) -> str:
    """Keep what was typed, if a page of ours sent it; the address of that page, or the one it was sent to."""
    sent_to = request.get_full_path()
    came = urlsplit(request.headers.get("Referer", ""))
    page = sent_to
    if came.netloc == request.get_host():
        page = came.path + (f"?{came.query}" if came.query else "")
    if ours(request):
        typed = {k: v for k, v in request.POST.lists() if k not in _NEVER}
        request.session["kept_form"] = {"path": page, "typed": typed, "sent_to": sent_to}
    return page


def take(request: HttpRequest) -> dict[str, Any]:
    """What is kept for this page, once: `typed` by name, `sent_to`. Empty where there is nothing."""
    kept: dict[str, Any] = request.session.get("kept_form") or {}
    if request.method != "GET" or kept.get("path") != request.get_full_path():
        return {}
    del request.session["kept_form"]
    return kept
