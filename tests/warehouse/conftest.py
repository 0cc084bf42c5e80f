"""One snapshot of the small province for all tests of this room, made as the product makes it."""

from pathlib import Path

import pytest
from django.conf import settings
from pytest_django.plugin import DjangoDbBlocker

from giamngheo.warehouse import build
from giamngheo.warehouse.snapshot import Snapshot


@pytest.fixture(scope="session")
def warehouse(
    django_db_setup: None, django_db_blocker: DjangoDbBlocker, tmp_path_factory: pytest.TempPathFactory
) -> Snapshot:
    with pytest.MonkeyPatch.context() as patch, django_db_blocker.unblock():
        patch.setattr(settings, "WAREHOUSE", tmp_path_factory.mktemp("warehouse"))
        return build.build()


@pytest.fixture
def at_home(warehouse: Snapshot, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """The product finds that snapshot as its own; what it makes of it lies apart."""
    monkeypatch.setattr(settings, "WAREHOUSE", warehouse.path.parent)
    monkeypatch.setattr(settings, "MEDIA_ROOT", tmp_path)
