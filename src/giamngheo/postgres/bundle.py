"""A file sealed with a passphrase, written and read in pieces, so that a register of any size needs little memory.

Layout: the mark, 16 bytes of salt, then pieces of four bytes of length and AES-256-GCM over at most one MiB. The nonce
counts the pieces and its first byte marks the last one, so pieces cannot be cut off, swapped or repeated unnoticed.
"""

import os
import struct
from typing import BinaryIO

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.kdf.scrypt import Scrypt

from giamngheo.postgres.errors import BackupError

MARK = b"giamngheo-sealed-1\n"
PIECE = 1 << 20


def seal(source: BinaryIO, target: BinaryIO, passphrase: str) -> None:
    """Write `source`, sealed, to `target`."""
    salt = os.urandom(16)
    cipher = _cipher(passphrase, salt)
    target.write(MARK + salt)
    piece, count = source.read(PIECE), 0
    while True:
        following = source.read(PIECE)
        sealed = cipher.encrypt(_nonce(count, last=not following), piece, MARK)
        target.write(struct.pack(">I", len(sealed)) + sealed)
        if not following:
            return
        piece, count = following, count + 1


def unseal(source: BinaryIO, target: BinaryIO, passphrase: str) -> None:
    """Write what `source`, positioned after the mark, seals to `target`. Raises BackupError."""
    cipher = _cipher(passphrase, source.read(16))
    length, count = source.read(4), 0
    while True:
        size = struct.unpack(">I", length)[0] if len(length) == 4 else 0
        sealed = source.read(size) if 16 <= size <= PIECE + 16 else b""
        length = source.read(4)
        try:
            target.write(cipher.decrypt(_nonce(count, last=not length), sealed, MARK))
        except (InvalidTag, ValueError) as error:
            raise BackupError(
                "Không mở được bản sao lưu: mật khẩu không đúng, hoặc tệp bị cắt hay bị sửa. / "
                "The backup cannot be opened: a wrong passphrase, or a file cut off or changed."
            ) from error
        if not length:
            return
        count += 1


def _nonce(count: int, *, last: bool) -> bytes:
    return bytes([last]) + count.to_bytes(11, "big")


def _cipher(passphrase: str, salt: bytes) -> AESGCM:
    return AESGCM(Scrypt(salt=salt, length=32, n=2**15, r=8, p=1).derive(passphrase.encode()))
