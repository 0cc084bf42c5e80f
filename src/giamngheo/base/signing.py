"""Signatures that anyone can check without us: Ed25519 over a short text, and the code that carries both in a QR.

A signature reads '<name of the key>.<86 letters>'; a code is '<the text in base64url>.<signature>', 95 letters more than
the text alone. The key is derived from a secret of the installation; what is published is only its other half.
"""

import base64
import binascii
from collections.abc import Iterable
from functools import lru_cache
from hashlib import sha256

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

#: Stands before every text that is signed, so that a signature made here is worth nothing anywhere else.
CONTEXT = b"giamngheo.signed.1\n"
_PURPOSE = b"giamngheo.base.signing"


class SigningError(Exception):
    """A signed text that can't be taken as ours."""


class AlteredError(SigningError):
    """The text or its signature was changed, or the signature was never made by the key it names."""

    def __init__(self) -> None:
        super().__init__("Nội dung hoặc chữ ký đã bị sửa: chữ ký không khớp với nội dung.")


class UnknownKeyError(SigningError):
    """The signature names a key that is not among those published."""

    def __init__(self, name: str) -> None:
        super().__init__(f"Chữ ký dùng khóa {name}, không có trong các khóa đã công bố.")


class UnreadableCodeError(SigningError):
    """What was read is no signed code at all."""

    def __init__(self) -> None:
        super().__init__("Mã không đọc được: thiếu một phần hoặc không phải mã do phần mềm này in ra.")


def sign(text: str, *, secret: str) -> str:
    """The signature of the text; the same text and secret always give the same signature."""
    signature = _private_key(secret).sign(CONTEXT + text.encode())
    return f"{key_name(public_key(secret))}.{_letters(signature)}"


def verify(text: str, signature: str, *, public_keys: Iterable[str]) -> None:
    """Nothing, if the signature was made over this text by one of the keys; else the SigningError that says why."""
    name, _, letters = signature.partition(".")
    keys = {key_name(key): key for key in public_keys}
    if name not in keys:
        raise UnknownKeyError(name)
    try:
        Ed25519PublicKey.from_public_bytes(_bytes(keys[name])).verify(
            _bytes(letters), CONTEXT + text.encode()
        )
    except (InvalidSignature, ValueError) as error:
        raise AlteredError from error


def code(text: str, signature: str) -> str:
    """What a QR carries of a signed text: safe in the fragment of an address."""
    return f"{_letters(text.encode())}.{signature}"


def read_code(code: str) -> tuple[str, str]:
    """(text, signature) of a code, not yet verified. Raises UnreadableCodeError."""
    letters, _, signature = code.partition(".")
    try:
        text = _bytes(letters).decode()
    except ValueError as error:
        raise UnreadableCodeError from error
    if not text or signature.count(".") != 1:
        raise UnreadableCodeError
    return text, signature


def public_key(secret: str) -> str:
    """The half of the key that is published: 43 letters of base64url."""
    return _letters(_private_key(secret).public_key().public_bytes_raw())


def key_name(public: str) -> str:
    """Eight hex digits by which a signature names its key."""
    return sha256(_bytes(public)).hexdigest()[:8]


@lru_cache(maxsize=4)
def _private_key(secret: str) -> Ed25519PrivateKey:
    seed = HKDF(algorithm=SHA256(), length=32, salt=None, info=_PURPOSE).derive(secret.encode())
    return Ed25519PrivateKey.from_private_bytes(seed)


def _letters(raw: bytes) -> str:
    return base64.urlsafe_b64encode(raw).decode().rstrip("=")


def _bytes(letters: str) -> bytes:
    """The bytes of base64url letters without padding, in their one spelling only. ValueError for anything else."""
    try:
        raw = base64.b64decode(letters + "=" * (-len(letters) % 4), altchars=b"-_", validate=True)
    except binascii.Error as error:
        raise ValueError(str(error)) from error
    if _letters(raw) != letters:
        raise ValueError("not canonical base64url")
    return raw
