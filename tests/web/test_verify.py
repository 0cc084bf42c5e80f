"""Anyone can open the page of verification; its keys and its worker stand at fixed addresses."""

import json
import re

import pytest
from django.conf import settings
from django.test import Client

from giamngheo.base.signing import key_name, public_key, sign, verify
from tests.conftest import Cast

pytestmark = pytest.mark.django_db


def test_a_citizen_without_account_opens_the_page_and_it_names_nobody(cast: Cast) -> None:
    answer = Client().get("/xac-minh/")
    assert answer.status_code == 200
    assert not answer.cookies
    assert "script-src 'self'" in answer["Content-Security-Policy"]


def test_the_way_in_leads_a_citizen_to_what_needs_no_account(cast: Cast) -> None:
    page = Client().get("/", follow=True).content.decode()
    assert 'href="/xac-minh/"' in page and 'href="/cong-bo/"' in page


def test_a_signed_in_person_sees_the_same_page_which_may_therefore_be_kept(cast: Cast, signed_in) -> None:  # type: ignore[no-untyped-def]
    assert signed_in(cast.officer).get("/xac-minh/").content == Client().get("/xac-minh/").content


def test_the_page_carries_the_published_keys(cast: Cast) -> None:
    page = Client().get("/xac-minh/").content.decode()
    found = re.search(r'<script id="keys" type="application/json">(.*?)</script>', page)
    assert found
    published = json.loads(found[1])
    verify("a", sign("a", secret=settings.SIGNING_KEY), public_keys=published["keys"].values())
    told = Client().get("/xac-minh/khoa.json")
    assert told["Access-Control-Allow-Origin"] == "*"
    assert told.json() == {"algorithm": "Ed25519", **published}


def test_the_secret_itself_is_never_published(cast: Cast) -> None:
    for address in ("/xac-minh/", "/xac-minh/khoa.json"):
        assert settings.SIGNING_KEY not in Client().get(address).content.decode()


def test_a_retired_key_stays_published(cast: Cast, settings) -> None:  # type: ignore[no-untyped-def]
    former = public_key("khóa cũ")
    settings.SIGNING_KEYS_RETIRED = [former]
    assert Client().get("/xac-minh/khoa.json").json()["keys"][key_name(former)] == former


def test_the_worker_stands_below_the_page_it_keeps(cast: Cast) -> None:
    answer = Client().get("/xac-minh/worker.js")
    assert answer["Content-Type"].startswith("text/javascript")
    assert b"xac-minh" in b"".join(answer.streaming_content)  # type: ignore[attr-defined]
