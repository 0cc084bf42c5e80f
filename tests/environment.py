"""Set before anything of ours is imported: tests have a database server and secrets of their own, under var/test."""

import gc
import os
from pathlib import Path

from hypothesis import settings

os.environ.setdefault("GIAMNGHEO_HOME", str(Path(__file__).resolve().parent.parent / "var" / "test"))
os.environ["GIAMNGHEO_DEMO"] = "1"

# Laws and questions are large trees that live as long as the process: looked through for waste at every turn, they cost a sixteenth.
gc.set_threshold(200_000, 20, 20)

# A browser driven in the same process leaves an event loop running, which Django would take for async code.
os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "1"


def examples(count: int) -> settings:
    """As many random cases as ten minutes allow; THOROUGH=20 asks twenty times as many (`make thorough`)."""
    return settings(max_examples=count * int(os.environ.get("THOROUGH", "1")), deadline=None)
