"""A search in the full synthetic province against the same search in the small one: at most 3 times its time."""

import statistics
import time

from bench.provinces import database, point_at

LIMIT = 3.0
TIMES = 7
WHO = ("tinh", "xa")
#: What is asked, from names of the province itself: {name} a head's, {given} its last word, {village} where they live.
QUERIES = {
    "whole name": "{name}",
    "name without its marks": "{folded}",
    "one typing error": "{typo}",
    "unfinished": "{begun}",
    "name and village": "{folded} {village}",
    "one common word": "thi",
    "two common words": "lo van",
    "household number": "{number}",
    "village code": "{code}",
    "village": "{village}",
    "id number": "012 345 678 901",
    "nothing like it": "zzzz qqqq",
}
NOT_THERE = ("id number", "nothing like it")


def main() -> bool:
    """Prints a line for each kind of search; True if the typical search keeps within the limit."""
    small, full = _measured(small=True), _measured(small=False)
    print(f"{'asked by, for':40} {'small':>9} {'full':>9}  ratio")
    for key in small:
        print(
            f"{key:40} {small[key] * 1000:6.1f} ms {full[key] * 1000:6.1f} ms  {full[key] / small[key]:.2f}"
        )
    ratio = statistics.mean(full.values()) / statistics.mean(small.values())
    print(f"mean over all: {ratio:.2f} times (limit {LIMIT})")
    return ratio <= LIMIT


def _measured(*, small: bool) -> dict[str, float]:
    """Seconds (median) that the search page takes, by who asks and what for."""
    point_at(database(small=small))
    from django.test import Client

    from giamngheo.access.models import User

    found = {}
    for username in WHO:
        user, client = User.objects.get(username=username), Client(SERVER_NAME="localhost")
        client.force_login(user)
        words = _words(user)
        for label, pattern in QUERIES.items():
            found[f"{username}: {label}"] = _median(
                client, pattern.format(**words), there=label not in NOT_THERE
            )
    return found


def _median(client: object, text: str, *, there: bool) -> float:
    times = []
    for _ in range(TIMES):
        began = time.perf_counter()
        answer = client.get("/tim-kiem/", {"q": text})  # type: ignore[attr-defined]
        times.append(time.perf_counter() - began)
        assert answer.status_code == 200, answer.status_code
        assert ("/ho/H" in answer.content.decode()) == there, text
    return statistics.median(times)


def _words(user: object) -> dict[str, str]:
    """Words of one household that the person sees."""
    from giamngheo.access.scope import acting_as
    from giamngheo.registry.models import Person

    with acting_as(user):  # type: ignore[arg-type]
        heads = Person.objects.filter(relation="head", household__isnull=False)
        head = heads.select_related("household", "village").order_by("pk").first()
        assert head is not None
        return {
            "name": head.full_name,
            "folded": head.folded,
            "typo": head.folded[:-2] + "q" + head.folded[-1],
            "begun": head.folded[:-1],
            "village": head.village.folded,
            "number": str(head.household.number),
            "code": head.household.local_code or "001",
        }
