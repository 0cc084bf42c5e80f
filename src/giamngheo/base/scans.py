"""Scans and photographs kept under the hash of their content; what a file says of itself is not believed."""

import hashlib
from pathlib import Path

#: How a file of each kind begins.
_BEGINNINGS = {b"%PDF-": "application/pdf", b"\xff\xd8\xff": "image/jpeg", b"\x89PNG\r\n\x1a\n": "image/png"}
MOST = 15 * 1024 * 1024


def media_type(content: bytes) -> str:
    """application/pdf, image/jpeg or image/png; '' for another kind and for what is larger than MOST."""
    if len(content) > MOST:
        return ""
    return next((kind for start, kind in _BEGINNINGS.items() if content.startswith(start)), "")


def keep(folder: Path, content: bytes) -> str:
    """Keep the content once; the SHA-256 under which it lies."""
    folder.mkdir(parents=True, exist_ok=True)
    sha256 = hashlib.sha256(content).hexdigest()
    path = folder / sha256
    if not path.exists():
        beside = path.with_suffix(".part")
        beside.write_bytes(content)
        beside.replace(path)
    return sha256


def read(folder: Path, sha256: str) -> bytes:
    """What was kept. Raises ValueError if it is not that any more."""
    content = (folder / sha256).read_bytes()
    if hashlib.sha256(content).hexdigest() != sha256:
        raise ValueError(f"the file {sha256} is not what was kept")
    return content
