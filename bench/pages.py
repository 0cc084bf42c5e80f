"""What pages cost: the queries they ask in the small and in the full synthetic province, and the start page's time.

The number of queries must not grow with the households stored; the start page may take ten times an empty page's time.
"""

import statistics
import time
from typing import Any

from bench.provinces import database, point_at

LIMIT = 10.0
TIMES = 7
WHO = ("tinh", "xa", "lanhdao")
NOTHING = "/trang-trong/"


def main() -> bool:
    """Prints queries and times of each page in both provinces; True if both limits are kept."""
    small, full = _measured(small=True), _measured(small=False)
    print(f"{'who, page':44} {'queries small':>13} {'full':>5} {'small':>10} {'full':>10}  full/empty")
    kept = True
    for (who, name), (asked, seconds) in full.items():
        before, was = small[who, name]
        ratio = seconds / full[who, "empty"][1]
        wrong = asked > before or (name == "start" and ratio > LIMIT)
        kept = kept and not wrong
        print(
            f"{who + ', ' + name:44} {before:13} {asked:5} {was * 1000:7.1f} ms {seconds * 1000:7.1f} ms {ratio:10.1f}"
            f"{'  <- over the limit' if wrong else ''}"
        )
    return kept


def _measured(*, small: bool) -> dict[tuple[str, str], tuple[int, float]]:
    """Queries and seconds (median) of each page, by who asks."""
    point_at(database(small=small))
    from django.test import Client

    from giamngheo.access.models import User

    _add_empty_page()
    found = {}
    for username in WHO:
        user, client = User.objects.get(username=username), Client(SERVER_NAME="localhost")
        client.force_login(user)
        for name, address in _pages(user).items():
            found[username, name] = _cost(client, address)
    return found


def _add_empty_page() -> None:
    """A page with our frame and nothing in it, to measure the others by."""
    from django.http import HttpResponse
    from django.template import engines
    from django.urls import clear_url_caches, path

    from giamngheo.web import urls

    frame = engines["django"].from_string("{% extends 'base.html' %}")
    if not any(getattr(p, "name", "") == "empty" for p in urls.urlpatterns):
        urls.urlpatterns.append(
            path(NOTHING[1:], lambda request: HttpResponse(frame.render({}, request)), name="empty")
        )
        clear_url_caches()


def _pages(user: Any) -> dict[str, str]:
    """The pages a person of this role opens, by name."""
    from django.db.models import Count
    from django.urls import reverse

    from giamngheo.access.scope import acting_as
    from giamngheo.registry.models import Household
    from giamngheo.surveys.models import Round

    with acting_as(user):
        open_round = Round.objects.filter(closed_at__isnull=True).order_by("-year").first()
        last = Round.objects.filter(closed_at__isnull=False).order_by("-year").first()
        homes = Household.objects.filter(ended_on__isnull=True).annotate(given=Count("deliveries"))
        home = homes.order_by("-given", "pk").first()  # the one with most to show
    pages = {"empty": NOTHING, "start": reverse("start"), "rounds": reverse("rounds"), "law": reverse("law")}
    if last:
        pages["a closed round"] = reverse("round", args=[last.year])
    if open_round:
        pages["the open round"] = reverse("round", args=[open_round.year])
    if home:
        pages |= {
            "households": reverse("households"),
            "a household": reverse("household", args=[home.number]),
            "a household's support": reverse("support-household", args=[home.number]),
        }
        if open_round and user.writes_households:
            pages["a visit"] = reverse("visit", args=[open_round.pk, home.number])
    return pages


def _cost(client: Any, address: str) -> tuple[int, float]:
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    client.get(address)
    with CaptureQueriesContext(connection) as captured:
        answer = client.get(address)
        asked = len(captured)
    assert answer.status_code == 200, f"{address}: {answer.status_code}"
    times = []
    for _ in range(TIMES):
        began = time.perf_counter()
        client.get(address)
        times.append(time.perf_counter() - began)
    return asked, statistics.median(times)
