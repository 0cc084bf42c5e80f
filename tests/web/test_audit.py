"""The record and the accounts on screen: who may open them."""

import pytest

from giamngheo.access.models import User
from tests.conftest import Cast

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize(
    ("role", "audit", "accounts"),
    [
        ("head", 404, 404),
        ("officer", 404, 404),
        ("district", 404, 404),
        ("province", 404, 404),
        ("leader", 404, 404),
        ("auditor", 200, 200),
        ("admin", 200, 200),
    ],
)
def test_who_opens_the_record_and_the_accounts(
    cast: Cast, signed_in, role: str, audit: int, accounts: int
) -> None:  # type: ignore[no-untyped-def]
    client = signed_in(getattr(cast, role))
    assert client.get("/nhat-ky/").status_code == audit
    assert client.get("/tai-khoan-noi-bo/").status_code == accounts


def test_a_refusal_is_recorded_with_its_address(cast: Cast, signed_in) -> None:  # type: ignore[no-untyped-def]
    signed_in(cast.officer).get("/dia-ban/03442/")
    page = signed_in(cast.auditor).get("/nhat-ky/?kind=refused").content.decode()
    assert "/dia-ban/03442/" in page
    assert cast.officer.full_name in page


def test_the_auditor_reads_accounts_but_opens_none(cast: Cast, signed_in) -> None:  # type: ignore[no-untyped-def]
    client = signed_in(cast.auditor)
    form = {
        "username": "moi",
        "full_name": "Mới",
        "role": "leader",
        "unit_code": "12",
        "password": "ba-con-trau-trang",
    }
    assert client.post("/tai-khoan-noi-bo/", form).status_code == 404
    assert not User.objects.filter(username="moi").exists()


def test_the_administrator_opens_an_account_on_screen(cast: Cast, signed_in) -> None:  # type: ignore[no-untyped-def]
    form = {
        "username": "moi",
        "full_name": "Lò Mới",
        "role": "leader",
        "unit_code": "12",
        "password": "ba-con-trau-trang",
    }
    client = signed_in(cast.admin)
    assert client.post("/tai-khoan-noi-bo/", form).status_code == 302
    assert User.objects.get(username="moi").must_change_password
    assert "Lò Mới" in client.get("/tai-khoan-noi-bo/").content.decode()


@pytest.mark.parametrize(
    ("wrong", "words"),
    [
        ({"unit_code": "99999"}, "99999"),
        ({"password": "ngan"}, "10"),
        ({"username": "xa"}, "đã có người dùng"),
    ],
)
def test_a_wrong_account_is_refused_in_words_and_keeps_what_was_typed(  # type: ignore[no-untyped-def]
    cast: Cast, signed_in, wrong: dict[str, str], words: str
) -> None:
    form = {
        "username": "moi",
        "full_name": "Lò Mới",
        "role": "leader",
        "unit_code": "12",
        "password": "ba-con-trau-trang",
    }
    page = signed_in(cast.admin).post("/tai-khoan-noi-bo/", {**form, **wrong}).content.decode()
    assert words in page
    assert 'value="Lò Mới"' in page
