"""What the environment says of the identity service is right, or the start is refused with a sentence."""

import pytest
from django.core.exceptions import ImproperlyConfigured

from giamngheo.config.identity import identity_service

WHOLE = {
    "GIAMNGHEO_OIDC_SERVER": "https://id.laichau.example/realms/tinh/",
    "GIAMNGHEO_OIDC_CLIENT": "giamngheo",
    "GIAMNGHEO_OIDC_SECRET": "bi-mat",
}


def test_a_service_named_whole() -> None:
    service = identity_service(WHOLE)
    assert service
    assert service.origin == "https://id.laichau.example"
    assert service.app["settings"]["server_url"] == "https://id.laichau.example/realms/tinh"
    assert service.app["name"] == "Tài khoản công vụ"


def test_no_service_is_no_error() -> None:
    assert identity_service({}) is None
    assert identity_service({"GIAMNGHEO_OIDC_SERVER": ""}) is None


@pytest.mark.parametrize(
    ("change", "named"),
    [
        ({"GIAMNGHEO_OIDC_CLIENT": ""}, "GIAMNGHEO_OIDC_CLIENT"),
        ({"GIAMNGHEO_OIDC_SECRET": ""}, "GIAMNGHEO_OIDC_SECRET"),
        ({"GIAMNGHEO_OIDC_SERVER": "http://id.laichau.example"}, "https://"),
        ({"GIAMNGHEO_OIDC_SERVER": "id.laichau.example"}, "https://"),
    ],
)
def test_a_value_missing_or_wrong_is_named(change: dict[str, str], named: str) -> None:
    with pytest.raises(ImproperlyConfigured, match=named):
        identity_service({**WHOLE, **change})


@pytest.mark.parametrize("server", ["http://localhost:8080", "http://127.0.0.1:9000"])
def test_a_service_on_the_same_machine_needs_no_tls(server: str) -> None:
    assert identity_service({**WHOLE, "GIAMNGHEO_OIDC_SERVER": server})
