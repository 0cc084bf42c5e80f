"""Several forms on one page (support/forms.html): each under a heading, with a button that says which one was sent."""

from django import forms
from django.http import Http404, QueryDict

from giamngheo.web.requests import Request

#: A form on the page: its heading, the work its button asks for, the button's words, the form.
Shown = tuple[str, str, str, forms.Form]


def sent(request: Request, work: str) -> QueryDict | None:
    """What was typed, if it was this form that was sent."""
    return request.POST if request.POST.get("viec") == work else None


def asked(request: Request, shown: list[Shown]) -> forms.Form:
    """The form whose button was pressed; nobody gets a form they may not fill in."""
    for _heading, work, _words, form in shown:
        if request.POST.get("viec") == work:
            return form
    raise Http404
