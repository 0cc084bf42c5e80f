"""The page on which anyone checks a certificate, with or without a connection, and the keys it is checked against.

The code stands in the fragment of the address and never reaches the server. Whether a certificate is still valid is
asked at `/xac-minh/<number>/`, which answers JSON: `number`; `standing`, one of 'valid', 'revoked', 'superseded',
'unknown'; `since`, a date or null; `words`, a sentence.
"""

from pathlib import Path

from django.conf import settings
from django.http import FileResponse, HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render
from django.urls import path
from django.utils.translation import gettext as _

from giamngheo.base.signing import CONTEXT, key_name, public_key
from giamngheo.base.text import format_date
from giamngheo.reviews.queries import certificate_standing

WORKER = Path(__file__).resolve().parents[1] / "static" / "dist" / "verify-worker.js"


def verify(request: HttpRequest) -> HttpResponse:
    """The page itself: the same for everybody, with the published keys in it."""
    return render(request, "verify/index.html", {"published": _published()})


def keys(request: HttpRequest) -> HttpResponse:
    """The published keys, for anyone who checks certificates in another way; any site may read them."""
    answer = JsonResponse({"algorithm": "Ed25519", **_published()})
    answer["Access-Control-Allow-Origin"] = "*"
    return answer


def worker(request: HttpRequest) -> FileResponse:
    """The script that keeps the page for when there is no connection; it must stand below the page it serves."""
    answer = FileResponse(WORKER.open("rb"), content_type="text/javascript")
    answer["Cache-Control"] = "no-cache"
    return answer


def standing(request: HttpRequest, number: str) -> JsonResponse:
    """Whether the certificate of this number stands today; nothing about the household."""
    found = certificate_standing(number)
    words = {
        "valid": _("Giấy chứng nhận đang có hiệu lực."),
        "revoked": _("Giấy chứng nhận không còn hiệu lực: hộ đã có quyết định khác."),
        "superseded": _("Giấy chứng nhận không còn hiệu lực."),
        "unknown": _("Không có giấy chứng nhận nào mang số này."),
    }
    since = format_date(found.since) if found.since else None
    return JsonResponse(
        {"number": number, "standing": found.standing, "since": since, "words": words[found.standing]}
    )


def _published() -> dict[str, object]:
    known = [public_key(settings.SIGNING_KEY), *settings.SIGNING_KEYS_RETIRED]
    return {"context": CONTEXT.decode(), "keys": {key_name(key): key for key in known}}


urlpatterns = [
    path("xac-minh/", verify, name="verify"),
    path("xac-minh/khoa.json", keys, name="verify_keys"),
    path("xac-minh/worker.js", worker, name="verify_worker"),
    path("xac-minh/<str:number>/", standing, name="verify_standing"),
]
