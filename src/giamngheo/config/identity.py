"""The province's own identity service (OpenID Connect), as the environment names it."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

from django.core.exceptions import ImproperlyConfigured

_HERE = {"localhost", "127.0.0.1", "::1"}


@dataclass(frozen=True)
class Identity:
    """`app` as allauth's settings hold it; `origin` is where a browser is sent to sign in."""

    app: dict[str, Any]
    origin: str


def identity_service(values: Mapping[str, str]) -> Identity | None:
    """What GIAMNGHEO_OIDC_SERVER, _CLIENT, _SECRET and _NAME say; None where no server is named.

    Raises ImproperlyConfigured for a value that is missing, and for a server without TLS on another machine: what it
    says of a person is believed because of the connection it comes over.
    """
    server = values.get("GIAMNGHEO_OIDC_SERVER", "").rstrip("/")
    if not server:
        return None
    parts = urlsplit(server)
    if parts.scheme != "https" and not (parts.scheme == "http" and parts.hostname in _HERE):
        raise ImproperlyConfigured(f"GIAMNGHEO_OIDC_SERVER must begin with https://, not {server!r}.")
    for name in ("GIAMNGHEO_OIDC_CLIENT", "GIAMNGHEO_OIDC_SECRET"):
        if not values.get(name):
            raise ImproperlyConfigured(f"{name} is missing: GIAMNGHEO_OIDC_SERVER needs it.")
    app = {
        "provider_id": "oidc",
        "name": values.get("GIAMNGHEO_OIDC_NAME") or "Tài khoản công vụ",
        "client_id": values["GIAMNGHEO_OIDC_CLIENT"],
        "secret": values["GIAMNGHEO_OIDC_SECRET"],
        "settings": {"server_url": server, "oauth_pkce_enabled": True},
    }
    return Identity(app, f"{parts.scheme}://{parts.netloc}")
