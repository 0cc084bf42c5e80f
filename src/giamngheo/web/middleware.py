"""What happens around every page: one transaction under the signed-in person's scope, and nothing typed is lost."""

from collections.abc import Callable

from allauth.mfa.utils import is_mfa_enabled
from django.conf import settings
from django.contrib.auth.views import redirect_to_login
from django.core.exceptions import SuspiciousOperation
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, resolve_url
from django.template.loader import render_to_string

from giamngheo.access.models import User
from giamngheo.access.queries import installation, today
from giamngheo.access.scope import acting_as
from giamngheo.audit.actions import record
from giamngheo.audit.models import Kind
from giamngheo.web.kept import keep, ours

Answer = Callable[[HttpRequest], HttpResponse]

#: Names of pages that a person without account may open.
OPEN_PREFIXES = ("/tai-khoan/", "/static/", "/i18n/", "/suc-khoe", "/xac-minh/", "/niem-yet/", "/cong-bo/")


def keep_typed_form(get_response: Answer) -> Answer:
    """A form posted after the session ended is kept in the new anonymous session and laid out again after sign-in."""

    def answer(request: HttpRequest) -> HttpResponse:
        session_user = request.session.get("_auth_user_id")
        if (
            request.method == "POST"
            and ours(request)
            and not session_user
            and not request.path.startswith(OPEN_PREFIXES)
        ):
            return redirect_to_login(keep(request), resolve_url("account_login"))
        return get_response(request)

    return answer


def scope(get_response: Answer) -> Answer:
    """The page runs in one transaction in which the database shows only what the person may see.

    An answer of 400 or more leaves nothing written; a refusal to a signed-in person is recorded afterwards.
    """

    def answer(request: HttpRequest) -> HttpResponse:
        if _has_nul(request):
            raise SuspiciousOperation("NUL in what was sent")  # no text of the database holds one
        user = request.user if request.user.is_authenticated else None
        if request.path.startswith("/static/"):
            return get_response(request)
        if user is None and not request.path.startswith(OPEN_PREFIXES):
            return redirect_to_login(request.get_full_path(), resolve_url("account_login"))
        if user is not None and (detour := _detour(request, user)):
            return redirect(detour)
        with acting_as(user):
            request.installation = installation()  # type: ignore[attr-defined]
            request.today = today()  # type: ignore[attr-defined]
            response = get_response(request)
            if response.status_code >= 400:
                transaction.set_rollback(True)
            if response.status_code == 405:  # the address of a button, opened as a page
                response.content = render_to_string("405.html")
        if user is not None and response.status_code in (403, 404):
            with acting_as(user):
                record(
                    kind=Kind.REFUSED,
                    subject="page",
                    row=request.path[:40],
                    details={"path": request.path, "status": response.status_code, "method": request.method},
                    by=user,
                )
        return response

    return answer


def _has_nul(request: HttpRequest) -> bool:
    sent = (text for data in (request.GET, request.POST) for _key, texts in data.lists() for text in texts)
    return "\0" in request.path or any("\0" in text for text in sent)


def _detour(request: HttpRequest, user: User) -> str:
    """Where a person must go first: to a password of their own, or to the second factor their role must have."""
    if request.path.startswith(OPEN_PREFIXES):
        return ""
    if user.must_change_password:
        return resolve_url("account_change_password")
    if user.role in settings.MFA_REQUIRED_ROLES and not is_mfa_enabled(user):
        return resolve_url("mfa_index")
    return ""
