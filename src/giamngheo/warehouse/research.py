"""The research file of a year: household rows without names, codes or places finer than allowed, k-anonymous."""

from pathlib import Path
from typing import Any

from giamngheo.warehouse.snapshot import Snapshot


def check(snapshot: Snapshot, year: int, k: int) -> None:
    raise NotImplementedError


def write(snapshot: Snapshot, year: int, k: int, path: Path) -> dict[str, Any]:
    raise NotImplementedError
