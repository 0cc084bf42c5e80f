"""How allauth signs people in here: accounts are opened by an administrator, and every sign-in is recorded."""

from typing import Any

from allauth.account.adapter import DefaultAccountAdapter
from allauth.account.signals import password_changed
from allauth.core.exceptions import ImmediateHttpResponse
from allauth.socialaccount.adapter import DefaultSocialAccountAdapter
from django.contrib.auth.signals import user_logged_in, user_logged_out, user_login_failed
from django.core.exceptions import PermissionDenied
from django.dispatch import receiver
from django.http import HttpRequest
from django.shortcuts import render

from giamngheo.access.models import User
from giamngheo.access.scope import acting_as
from giamngheo.audit.actions import record
from giamngheo.audit.models import Kind


class AccountAdapter(DefaultAccountAdapter):  # type: ignore[misc]
    def is_open_for_signup(self, request: HttpRequest) -> bool:
        return False


class SocialAccountAdapter(DefaultSocialAccountAdapter):  # type: ignore[misc]
    """OpenID Connect signs in to an account that the administrator opened under the same user name."""

    def is_open_for_signup(self, request: HttpRequest, sociallogin: Any) -> bool:
        return False

    def pre_social_login(self, request: HttpRequest, sociallogin: Any) -> None:
        claims = sociallogin.account.extra_data
        signed, told = claims.get("id_token", {}), claims.get("userinfo", {})
        if signed and told and signed.get("sub") != told.get("sub"):  # OpenID Connect Core 1.0, 5.3.2
            raise PermissionDenied("The user info is of another subject than the identity.")
        if sociallogin.is_existing:
            return
        username = {**claims, **told}.get("preferred_username", "")
        user = User.objects.filter(username__iexact=username).first() if username else None
        if user is None:
            _failed(self, {"username": username})
            raise ImmediateHttpResponse(render(request, "socialaccount/unknown.html"))
        sociallogin.connect(request, user)  # a locked account is refused at the door, as with a password


@receiver(user_logged_in)
def _signed_in(sender: type[User], user: User, **_: Any) -> None:
    with acting_as(user):
        record(kind=Kind.SIGN_IN, subject="access_user", row=user.pk, by=user)


@receiver(user_logged_out)
def _signed_out(sender: type[User], user: User | None, **_: Any) -> None:
    if user is not None:
        with acting_as(user):
            record(kind=Kind.SIGN_OUT, subject="access_user", row=user.pk, by=user)


@receiver(user_login_failed)
def _failed(sender: Any, credentials: dict[str, Any], **_: Any) -> None:
    with acting_as(None):
        record(
            kind=Kind.SIGN_IN_FAILED,
            subject="access_user",
            details={"username": str(credentials.get("username", ""))[:60]},
            by=None,
        )


@receiver(password_changed)
def _own_password(sender: Any, user: User, **_: Any) -> None:
    user.must_change_password = False
    user.save(update_fields=["must_change_password"])
