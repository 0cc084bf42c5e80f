"""Where the law stands as data."""

import os
from functools import cache
from pathlib import Path

PACKAGE = Path(__file__).resolve().parents[1]


class LawMissingError(Exception):
    """The law's files can't be found, so nothing can be judged."""


@cache
def _found(setting: str | None) -> Path:
    places = [Path(setting)] if setting else [PACKAGE.parents[1] / "law", PACKAGE / "law"]
    for place in places:
        if (place / "facts.yaml").is_file():
            return place
    looked = ", ".join(str(place) for place in places)
    raise LawMissingError(
        f"Không thấy thư mục luật (đã tìm: {looked}). Đặt biến GIAMNGHEO_LAW trỏ tới thư mục có facts.yaml."
    )


def law_dir() -> Path:
    """The folder of the law: GIAMNGHEO_LAW if set, else law/ of the repository, else the one in the package."""
    return _found(os.environ.get("GIAMNGHEO_LAW"))
