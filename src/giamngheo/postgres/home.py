"""Where an installation keeps its data and its secrets."""

import os
import secrets as random
from pathlib import Path

CHECKOUT = Path(__file__).resolve().parents[3]


def home() -> Path:
    """The folder of the installation: GIAMNGHEO_HOME, else `var` in the checkout (or in the present folder)."""
    named = os.environ.get("GIAMNGHEO_HOME")
    if named:
        return Path(named).resolve()
    return (CHECKOUT if (CHECKOUT / "pyproject.toml").exists() else Path.cwd()) / "var"


def secret(name: str) -> str:
    """A secret that belongs to this installation: read from its file, made once when missing, readable by us alone."""
    folder = home() / "secrets"
    folder.mkdir(parents=True, exist_ok=True)
    folder.chmod(0o700)
    path = folder / name
    try:
        descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    except FileExistsError:
        return path.read_text("ascii").strip()
    with os.fdopen(descriptor, "w") as file:
        value = random.token_urlsafe(32)
        file.write(value)
    return value
