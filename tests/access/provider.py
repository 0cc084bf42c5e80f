"""A small OpenID Connect provider inside the test: discovery, authorization, token with a signed identity, user info."""

import contextlib
import json
import secrets
import threading
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs, urlencode, urlsplit

import jwt
from cryptography.hazmat.primitives.asymmetric import rsa

CLIENT, SECRET = "giamngheo", "mat-khau-cua-ung-dung"


@dataclass
class Provider:
    """Signs in whoever `claims` says, without asking; what it was asked for stands in `asked`."""

    address: str
    claims: dict[str, Any] = field(default_factory=lambda: {"sub": "1"})
    identity: dict[str, Any] = field(default_factory=dict)
    """What the signed identity says otherwise than it should: an issuer, an audience."""
    error: str = ""
    asked: list[str] = field(default_factory=list)
    codes: dict[str, str] = field(default_factory=dict)
    key: rsa.RSAPrivateKey = field(default_factory=lambda: rsa.generate_private_key(65537, 2048))

    @property
    def settings(self) -> dict[str, Any]:
        """As `SOCIALACCOUNT_PROVIDERS` holds it."""
        app = {"provider_id": "oidc", "name": "Tài khoản công vụ", "client_id": CLIENT, "secret": SECRET}
        return {"openid_connect": {"APPS": [{**app, "settings": {"server_url": self.address}}]}}

    def token(self, code: str) -> dict[str, Any]:
        now = int(time.time())
        said = {
            "iss": self.address,
            "aud": CLIENT,
            "iat": now,
            "exp": now + 60,
            "nonce": self.codes.pop(code),
        }
        said |= {"sub": self.claims["sub"], **self.identity}
        signed = jwt.encode(said, self.key, "RS256", {"kid": "1"})
        return {"access_token": code, "token_type": "Bearer", "expires_in": 60, "id_token": signed}

    def keys(self) -> dict[str, Any]:
        return {"keys": [{**jwt.algorithms.RSAAlgorithm.to_jwk(self.key.public_key(), True), "kid": "1"}]}

    def discovery(self) -> dict[str, Any]:
        ways = {
            "authorization_endpoint": "/authorize",
            "token_endpoint": "/token",
            "userinfo_endpoint": "/me",
            "jwks_uri": "/keys",
        }
        return {"issuer": self.address, **{name: self.address + path for name, path in ways.items()}}


def _handler(provider: Provider) -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            parts = urlsplit(self.path)
            query = {k: v[0] for k, v in parse_qs(parts.query).items()}
            provider.asked.append(parts.path)
            match parts.path:
                case "/.well-known/openid-configuration":
                    self._say(provider.discovery())
                case "/keys":
                    self._say(provider.keys())
                case "/me":
                    self._say(provider.claims)
                case "/authorize":
                    code = secrets.token_urlsafe()
                    provider.codes[code] = query.get("nonce", "")
                    answer = {"error": provider.error} if provider.error else {"code": code}
                    back = f"{query['redirect_uri']}?{urlencode({**answer, 'state': query['state']})}"
                    self._say({}, 302, Location=back)
                case _:
                    self._say({}, 404)

        def do_POST(self) -> None:
            form = parse_qs(self.rfile.read(int(self.headers["Content-Length"])).decode())
            given = {k: v[0] for k, v in form.items()}
            known = given.get("client_secret") == SECRET
            if known and given.get("code") in provider.codes:
                self._say(provider.token(given["code"]))
            else:
                self._say({"error": "invalid_grant"}, 400)

        def _say(self, what: dict[str, Any], status: int = 200, **headers: str) -> None:
            self.send_response(status)
            for name, value in {"Content-Type": "application/json", **headers}.items():
                self.send_header(name, value)
            self.end_headers()
            self.wfile.write(json.dumps(what).encode())

        def log_message(self, format: str, *args: Any) -> None:
            pass

    return Handler


@contextlib.contextmanager
def running() -> Iterator[Provider]:
    """A provider that listens on this machine until the block ends."""
    server = ThreadingHTTPServer(("127.0.0.1", 0), BaseHTTPRequestHandler)
    provider = Provider(f"http://127.0.0.1:{server.server_port}")
    server.RequestHandlerClass = _handler(provider)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield provider
    server.shutdown()
    server.server_close()
