"""National id numbers: sealed for storage, found again by a blind index, shown only by their last three digits.

A sealed number is one byte of version, twelve of nonce, then AES-256-GCM. The index is HMAC-SHA256 of the digits under
another key, so equal numbers can be found without being read. Both keys come from settings and never change silently:
a new field key is a new version.
"""

import hmac
import os
import re
from collections.abc import Iterable
from functools import lru_cache
from hashlib import sha256

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from django.conf import settings

from giamngheo.registry.errors import IdNumberError, UnsealingError

VERSION = b"\x01"
_PURPOSE = b"giamngheo.registry.person.id_number"
_BETWEEN_DIGITS = re.compile(r"[\s.\-]+")


def normalise(number: str) -> str:
    """The digits alone: 9 for the older card (CMND), 12 for the citizen's card (CCCD). Raises IdNumberError."""
    digits = _BETWEEN_DIGITS.sub("", number)
    if not (digits.isascii() and digits.isdigit() and len(digits) in (9, 12)):
        raise IdNumberError
    return digits


def seal(number: str) -> bytes:
    """The number sealed for storage; the same number sealed twice differs. Raises IdNumberError."""
    return seal_and_index(number)[0]


def blind_index(number: str) -> bytes:
    """32 bytes, equal for equal numbers, that tell nothing without the key. Raises IdNumberError."""
    return hmac.digest(settings.INDEX_KEY.encode(), normalise(number).encode(), sha256)


def seal_and_index(number: str) -> tuple[bytes, bytes]:
    """(sealed, index) of a number, as `seal` and `blind_index` give them. Raises IdNumberError."""
    digits = normalise(number).encode()
    nonce = os.urandom(12)
    sealed = VERSION + nonce + _cipher(settings.FIELD_KEY).encrypt(nonce, digits, _PURPOSE)
    return sealed, hmac.digest(settings.INDEX_KEY.encode(), digits, sha256)


def seal_many(numbers: Iterable[str | None]) -> list[tuple[bytes | None, bytes | None]]:
    """(sealed, index) of each number, (None, None) where there is none; half a million take a few seconds."""
    return [seal_and_index(number) if number else (None, None) for number in numbers]


def unseal(sealed: bytes | memoryview) -> str:
    """The number itself. Only `actions.read_id_number` shows it to anyone, for that leaves a record.

    Raises UnsealingError where the key is another one or the bytes were changed.
    """
    raw = bytes(sealed)
    if raw[:1] != VERSION:
        raise UnsealingError
    try:
        return _cipher(settings.FIELD_KEY).decrypt(raw[1:13], raw[13:], _PURPOSE).decode()
    except InvalidTag as error:
        raise UnsealingError from error


def masked(sealed: bytes | memoryview | None) -> str:
    """'•••••••••123': what a screen may show of the number; '' where none is known."""
    if sealed is None:
        return ""
    number = unseal(sealed)
    return "•" * (len(number) - 3) + number[-3:]


@lru_cache(maxsize=4)
def _cipher(secret: str) -> AESGCM:
    return AESGCM(HKDF(algorithm=SHA256(), length=32, salt=None, info=_PURPOSE).derive(secret.encode()))
