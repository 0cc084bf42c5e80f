"""Around every page: scope, kept forms, the first password, the second factor, headers."""

import json
from collections.abc import Callable

import pytest
from django.core.cache import cache
from django.db import DataError, OperationalError
from django.test import Client, override_settings

from giamngheo.audit.models import Event
from giamngheo.demo.accounts import PASSWORD
from tests.conftest import Cast

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _nobody_signed_in_before() -> None:
    """The limit on sign-ins counts in the cache."""
    cache.clear()


def test_what_was_typed_survives_an_ended_session(cast: Cast) -> None:
    client = Client()
    answer = client.post("/tai-khoan-noi-bo/", {"full_name": "Lò Văn Giữ", "password": "bi-mat-khong-giu"})
    assert answer.headers["Location"].startswith("/tai-khoan/login/?next=")
    kept = client.session["kept_form"]
    assert kept["typed"]["full_name"] == ["Lò Văn Giữ"]
    assert "password" not in kept["typed"]
    client.post("/tai-khoan/login/", {"login": "quantri", "password": PASSWORD})
    page = client.get("/tai-khoan-noi-bo/").content.decode()
    laid_out = json.loads(page.split('id="kept-form" type="application/json">')[1].split("</script>")[0])
    assert laid_out["full_name"] == ["Lò Văn Giữ"]
    again = page.split("<noscript>")[1].split("</noscript>")[0]  # the same without a script, by a button
    assert 'action="/tai-khoan-noi-bo/"' in again and 'name="full_name" value="Lò Văn Giữ"' in again
    assert "csrfmiddlewaretoken" in again and "bi-mat" not in again


def test_a_button_pressed_after_the_session_leads_back_to_its_page(cast: Cast) -> None:
    client = Client(headers={"referer": "http://testserver/nhap/7/?trang=2"})
    answer = client.post("/nhap/7/ghi", {})
    assert answer.headers["Location"] == "/tai-khoan/login/?next=/nhap/7/%3Ftrang%3D2"
    elsewhere = Client(headers={"referer": "http://khac.vn/nhap/7/"})
    assert elsewhere.post("/nhap/7/ghi", {}).headers["Location"].endswith("/nhap/7/ghi")


def test_the_address_of_a_button_opened_as_a_page_says_so(cast: Cast, signed_in) -> None:  # type: ignore[no-untyped-def]
    answer = signed_in(cast.officer).get("/nhap/7/ghi")
    assert answer.status_code == 405
    assert "chỉ nhận một nút bấm" in answer.content.decode()


def test_what_no_column_takes_is_refused_as_input(cast: Cast, signed_in, monkeypatch) -> None:  # type: ignore[no-untyped-def]
    client = signed_in(cast.officer)
    client.raise_request_exception = False

    def too_long(*_: object, **__: object) -> None:
        raise DataError("value too long for type character varying(30)")

    monkeypatch.setattr("giamngheo.web.middleware.installation", too_long)
    answer = client.get("/")
    assert answer.status_code == 400 and "quá dài" in answer.content.decode()


def test_another_sites_form_is_not_kept(cast: Cast) -> None:
    client = Client(headers={"sec-fetch-site": "cross-site"})
    client.post("/tai-khoan-noi-bo/", {"full_name": "Kẻ lạ"})
    assert "kept_form" not in client.session


def test_a_form_of_a_page_open_too_long_is_kept_for_its_page_and_another_sites_is_not(
    cast: Cast, signed_in: Callable[..., Client]
) -> None:
    client = signed_in(cast.officer)
    client.handler.enforce_csrf_checks = True
    typed = {
        "full_name": "Lò Văn Giữ",
        "id_number": "012345678901",
        "password1": "bi-mat",
        "password2": "bi-mat",
    }
    page = "http://testserver/nhap/7/"
    strange = {"sec-fetch-site": "cross-site", "referer": "http://khac.vn/"}
    assert client.post("/nhap/7/ghi", typed, headers=strange).status_code == 403
    assert "kept_form" not in client.session
    answer = client.post("/nhap/7/ghi", typed, headers={"referer": page})
    assert answer.status_code == 403 and 'href="/nhap/7/"' in answer.content.decode()
    kept = {"path": "/nhap/7/", "typed": {"full_name": ["Lò Văn Giữ"]}, "sent_to": "/nhap/7/ghi"}
    assert client.session["kept_form"] == kept


def test_a_first_password_must_be_changed_before_anything_else(cast: Cast, signed_in, acting) -> None:  # type: ignore[no-untyped-def]
    cast.officer.must_change_password = True
    with acting(cast.officer):
        cast.officer.save(update_fields=["must_change_password"])
    client = signed_in(cast.officer)
    assert client.get("/").headers["Location"] == "/tai-khoan/password/change/"
    new = "mot-mat-khau-cua-minh"
    client.post("/tai-khoan/password/change/", {"oldpassword": PASSWORD, "password1": new, "password2": new})
    cast.officer.refresh_from_db()
    assert not cast.officer.must_change_password


@override_settings(MFA_REQUIRED_ROLES={"auditor"})
def test_a_role_that_needs_a_second_factor_is_led_to_it(cast: Cast, signed_in) -> None:  # type: ignore[no-untyped-def]
    assert signed_in(cast.auditor).get("/nhat-ky/").headers["Location"].startswith("/tai-khoan/2fa/")
    assert signed_in(cast.officer).get("/").status_code == 200


def test_signing_in_and_failing_to_are_recorded(cast: Cast, acting) -> None:  # type: ignore[no-untyped-def]
    client = Client()
    client.post("/tai-khoan/login/", {"login": "xa", "password": "sai-roi-sai-roi"})
    client.post("/tai-khoan/login/", {"login": "xa", "password": PASSWORD})
    with acting(cast.auditor):
        kinds = set(Event.objects.values_list("kind", flat=True))
    assert {"sign_in", "sign_in_failed"} <= kinds


def test_guessing_is_slowed_down(cast: Cast) -> None:
    client = Client()
    answers = [
        client.post("/tai-khoan/login/", {"login": "thon", "password": f"doan-mo-lan-{i}"}) for i in range(12)
    ]
    assert "nhiều lần" in answers[-1].content.decode() or answers[-1].status_code == 429


def test_strict_headers_and_no_inline_script(cast: Cast, signed_in) -> None:  # type: ignore[no-untyped-def]
    answer = signed_in(cast.officer).get("/")
    policy = answer.headers["Content-Security-Policy"]
    assert "script-src 'self'" in policy
    assert "unsafe" not in policy
    assert answer.headers["X-Frame-Options"] == "DENY"
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    text = answer.content.decode()
    assert "<script>" not in text
    assert " style=" not in text
    assert " onclick=" not in text


def test_a_database_that_is_away_gives_a_page_not_a_crash(cast: Cast, signed_in, monkeypatch) -> None:  # type: ignore[no-untyped-def]
    client = signed_in(cast.officer)
    client.raise_request_exception = False

    def gone(*_: object, **__: object) -> None:
        raise OperationalError("server closed the connection unexpectedly")

    monkeypatch.setattr("giamngheo.web.middleware.installation", gone)
    answer = client.get("/")
    assert answer.status_code == 503
    assert answer.headers["Retry-After"] == "5"
