"""Signing in through the province's own identity service: it says who somebody is, never what they may do."""

from collections.abc import Iterator
from urllib.request import HTTPRedirectHandler, build_opener

import pytest
from django.core.cache import cache
from django.http import HttpResponse
from django.test import Client, override_settings

from giamngheo.access.actions import set_active
from giamngheo.access.models import Role, User
from giamngheo.audit.models import Event
from tests.access.provider import Provider, running
from tests.conftest import Cast

pytestmark = pytest.mark.django_db
START = "/tai-khoan/oidc/oidc/login/"


class _Stay(HTTPRedirectHandler):
    """Gives the address of a redirection instead of following it."""

    def http_error_302(self, req, fp, code, msg, headers):  # type: ignore[no-untyped-def]
        return headers["Location"]


@pytest.fixture
def provider() -> Iterator[Provider]:
    cache.clear()
    with running() as provider, override_settings(SOCIALACCOUNT_PROVIDERS=provider.settings):
        yield provider


def _sign_in(client: Client) -> HttpResponse:
    """From our button to the provider and back, as a browser walks it."""
    there = client.post(START).headers["Location"]
    back = str(build_opener(_Stay).open(there))
    return client.get(back.removeprefix("http://testserver"))  # type: ignore[return-value]


def test_a_person_whose_account_exists_is_signed_in(cast: Cast, provider: Provider, acting) -> None:  # type: ignore[no-untyped-def]
    provider.claims = {"sub": "a1", "preferred_username": "XA", "name": "Ai đó"}
    client = Client()
    answer = _sign_in(client)
    assert answer.headers["Location"] == "/"
    assert client.session["_auth_user_id"] == str(cast.officer.pk)
    assert client.get("/").status_code == 200
    with acting(cast.auditor):
        assert Event.objects.filter(kind="sign_in", row=cast.officer.pk).exists()


def test_the_next_time_it_is_the_subject_that_counts(cast: Cast, provider: Provider) -> None:
    """A name given to another person over there doesn't move the account."""
    provider.claims = {"sub": "a1", "preferred_username": "xa"}
    _sign_in(Client())
    provider.claims = {"sub": "a1", "preferred_username": "xakhac"}
    client = Client()
    _sign_in(client)
    assert client.session["_auth_user_id"] == str(cast.officer.pk)


def test_nobody_gets_a_role_from_the_provider(cast: Cast, provider: Provider) -> None:
    provider.claims = {
        "sub": "a1",
        "preferred_username": "thon",
        "name": "Người khác",
        "role": Role.ADMINISTRATOR,
        "roles": ["administrator"],
        "groups": ["administrator", "provincial_officer"],
        "is_superuser": True,
    }
    before = User.objects.values().get(username="thon")
    _sign_in(Client())
    after = User.objects.values().get(username="thon")
    assert {**after, "last_login": None} == {**before, "last_login": None}


@pytest.mark.parametrize(
    "claims",
    [
        {"sub": "z9", "preferred_username": "nguoila", "email": "xa@example.org"},
        {"sub": "z9", "preferred_username": ""},
        {"sub": "z9"},
    ],
    ids=["unknown", "empty", "nameless"],
)
def test_a_person_without_an_account_is_told_so(
    cast: Cast, provider: Provider, claims: dict[str, str]
) -> None:
    provider.claims = claims
    accounts = User.objects.count()
    client = Client()
    answer = _sign_in(client)
    text = (client.get(answer.headers["Location"]) if answer.status_code == 302 else answer).content.decode()
    assert "Anh/chị chưa có tài khoản trong sổ" in text
    assert "người quản trị" in text
    assert "_auth_user_id" not in client.session
    assert User.objects.count() == accounts


@pytest.mark.parametrize("known", [False, True], ids=["first time", "known"])
def test_a_locked_account_stays_locked(cast: Cast, provider: Provider, acting, known: bool) -> None:  # type: ignore[no-untyped-def]
    provider.claims = {"sub": "a1", "preferred_username": "xa"}
    if known:
        _sign_in(Client())
    with acting(cast.admin):
        set_active(user=cast.officer, active=False, by=cast.admin)
    client = Client()
    _sign_in(client)
    assert "_auth_user_id" not in client.session


@pytest.mark.parametrize(
    "identity",
    [{"iss": "https://elsewhere.example"}, {"aud": "another"}, {"exp": 1}],
    ids=lambda i: next(iter(i)),
)
def test_an_identity_that_is_not_for_us_signs_nobody_in(
    cast: Cast, provider: Provider, identity: dict[str, object]
) -> None:
    provider.claims = {"sub": "a1", "preferred_username": "xa"}
    provider.identity = identity
    client = Client()
    assert "không đăng nhập được" in _sign_in(client).content.decode().lower()
    assert "_auth_user_id" not in client.session


def test_an_identity_of_another_person_than_the_user_info_signs_nobody_in(
    cast: Cast, provider: Provider
) -> None:
    provider.claims = {"sub": "a1", "preferred_username": "xa"}
    provider.identity = {"sub": "b2"}
    client = Client()
    _sign_in(client)
    assert "_auth_user_id" not in client.session


def test_a_service_that_refuses_is_said(cast: Cast, provider: Provider) -> None:
    provider.error = "access_denied"
    client = Client()
    answer = _sign_in(client)
    assert client.get(answer.headers["Location"]).status_code == 200


def test_a_service_that_is_away_is_said(cast: Cast, provider: Provider) -> None:
    provider.address = "http://127.0.0.1:9"
    with override_settings(SOCIALACCOUNT_PROVIDERS=provider.settings):
        answer = Client().post(START)
    assert answer.status_code == 502
    assert "không trả lời" in answer.content.decode()


def test_an_answer_nobody_asked_for_is_refused(cast: Cast, provider: Provider) -> None:
    client = Client()
    answer = client.get("/tai-khoan/oidc/oidc/login/callback/?code=x&state=made-up")
    assert "_auth_user_id" not in client.session
    assert answer.status_code < 500
