"""Whatever is written into addresses and forms, the answer is a page that says so, never a crash."""

import os
import re
from collections.abc import Callable, Iterator
from html.parser import HTMLParser
from pathlib import Path

import pytest
from django.db import transaction
from django.test import Client
from django.urls import URLPattern, URLResolver, get_resolver

from giamngheo.access.models import User
from giamngheo.access.scope import acting_as
from giamngheo.registry.models import Household
from giamngheo.surveys.models import Round
from tests.conftest import Cast

pytestmark = pytest.mark.django_db
SignIn = Callable[[User], Client]

ODD = ("x" * 400, "9" * 30, "nan", "01/01/1000")
WEB = Path(__file__).parents[2] / "src" / "giamngheo" / "web"
#: Signing out ends the walk; the rest of allauth's pages are its own.
_NOT_OURS = ("tai-khoan/", "i18n/", "static/")
_PART = re.compile(r"<(?:(\w+):)?(\w+)>")


def _addresses(resolver: URLResolver, before: str = "") -> Iterator[str]:
    for one in resolver.url_patterns:
        here = before + str(one.pattern)
        if isinstance(one, URLResolver):
            yield from _addresses(one, here)
        elif isinstance(one, URLPattern) and "(?P" not in here and not here.startswith(_NOT_OURS):
            yield here


def _real(user: User) -> dict[str, str]:
    """For each part of an address something there is."""
    with acting_as(user):
        home = Household.objects.filter(ended_on__isnull=True).select_related("village").order_by("pk")[0]
        rounds = Round.objects.order_by("-year")
        return {
            "number": str(home.number), "code": home.village.parent_code, "village": home.village.code,
            "year": str(rounds[1].year), "round_id": str(rounds[0].pk), "pk": str(rounds[0].pk), "other": "1",
            "slug": "lai-chau-2016-2020", "policy": "electricity", "kind": "csv", "what": "sinh", "table": "rates",
        }  # fmt: skip


def _filled(address: str, value: Callable[[str], str]) -> str:
    return "/" + _PART.sub(lambda found: value(found[2]), address)


def _asked() -> list[str]:
    """Every name that a page reads from its address."""
    names: set[str] = set()
    for path in WEB.rglob("*.py"):
        names |= set(re.findall(r"""(?:GET|data)(?:\.get|\.getlist)?[(\[]["']([\w-]+)""", path.read_text()))
    return sorted(names)


ADDRESSES = sorted(_addresses(get_resolver()))
#: `make thorough` walks as the others too.
WHO = ("officer", "province", "leader", "auditor")[: None if "THOROUGH" in os.environ else 1]


@pytest.mark.parametrize("who", WHO)
def test_odd_parts_of_an_address_lead_to_no_page(cast: Cast, signed_in: SignIn, who: str) -> None:
    client = _calm(signed_in(getattr(cast, who)))
    numbers = {"int": ("0", "9" * 18, "9" * 30), "year": ("0", "1000", "2999", "99999")}
    for address in ADDRESSES:
        kinds = {kind or "str" for kind, _name in _PART.findall(address)}
        for odd in numbers.get("year" if "year" in kinds else "int" if "int" in kinds else "", ()):
            _get(client, _filled(address, lambda name, odd=odd: odd))  # type: ignore[misc]
        if kinds:
            _get(client, _filled(address, lambda name: "zzz"))
            _get(client, _filled(address, lambda name: "1" * 300))


@pytest.mark.parametrize("who", WHO)
def test_odd_questions_are_answered(cast: Cast, signed_in: SignIn, who: str) -> None:
    user = getattr(cast, who)
    client, real, names = _calm(signed_in(user)), _real(cast.officer), _asked()
    for address in ADDRESSES:
        there = _filled(address, lambda name: real.get(name, "1"))
        for odd in ODD:
            _get(client, there, dict.fromkeys(names, odd))


def _calm(client: Client) -> Client:
    """Errors become pages, as they do for a browser."""
    client.raise_request_exception = False
    return client


def _get(client: Client, address: str, asked: dict[str, str] | None = None) -> None:
    with transaction.atomic():
        answer = client.get(address, asked)
    assert answer.status_code < 500, address


def test_no_text_holds_a_nul(cast: Cast, signed_in: SignIn) -> None:
    client = signed_in(cast.officer)
    for address, asked in (("/ho/%00/", {}), ("/ho/", {"q": "\0"}), ("/nhap/", {"trang": "\0"})):
        assert client.get(address, asked).status_code == 400
    assert client.post("/trung-lap/tim", {"reason": "\0"}).status_code == 400


class _Forms(HTMLParser):
    """The forms of a page that are posted: where to, and what they send when nothing is touched."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.found: list[tuple[str, dict[str, str]]] = []
        self.open = False
        self.feed(page)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        told = {name: value or "" for name, value in attrs}
        if tag == "form":
            self.open = told.get("method", "").lower() == "post"
            if self.open:
                self.found.append((told.get("action", ""), {}))
        elif self.open and tag in ("input", "select", "textarea", "button") and told.get("name"):
            self.found[-1][1].setdefault(told["name"], told.get("value", ""))

    def handle_endtag(self, tag: str) -> None:
        self.open = self.open and tag != "form"


@pytest.mark.parametrize("who", WHO)
def test_odd_words_in_every_form_are_refused_in_words(cast: Cast, signed_in: SignIn, who: str) -> None:
    """Each form of each page is sent with all fields odd, then with one and the others as they stand."""
    user = getattr(cast, who)
    client, real = _calm(signed_in(user)), _real(cast.officer)
    seen: set[tuple[str, tuple[str, ...]]] = set()
    for address in ADDRESSES:
        there = _filled(address, lambda name: real.get(name, "1"))
        page = client.get(there)
        if page.status_code != 200 or page.streaming or "html" not in page.headers["Content-Type"]:
            continue
        for action, fields in _Forms(page.content.decode()).found:
            where = action or there
            if where.startswith(tuple(f"/{own}" for own in _NOT_OURS)) or (where, tuple(fields)) in seen:
                continue
            seen.add((where, tuple(fields)))
            for odd in ODD:
                _post(client, where, dict.fromkeys(fields, odd))
            for name in fields:
                _post(client, where, {**fields, name: "9" * 30})
    assert seen or not user.writes_households


def _post(client: Client, where: str, told: dict[str, str]) -> None:
    """Sent, and undone at once, so that each form is sent to the province as it was."""
    with transaction.atomic():
        answer = client.post(where, told)
        transaction.set_rollback(True)
    assert answer.status_code < 500, (where, told)
