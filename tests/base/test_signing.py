"""A signature holds for exactly its text and key; every change is told for what it is."""

import pytest

from giamngheo.base.signing import (
    AlteredError,
    SigningError,
    UnknownKeyError,
    UnreadableCodeError,
    code,
    key_name,
    public_key,
    read_code,
    sign,
    verify,
)

SECRET, OTHER = "một bí mật để thử", "một bí mật khác"
TEXT = '[1,"GCN-2021-0001","poor",2021,"Giàng A Páo"]'
KEYS = [public_key(SECRET)]


def test_a_signed_text_is_verified_against_the_published_key() -> None:
    signature = sign(TEXT, secret=SECRET)
    verify(TEXT, signature, public_keys=[public_key(OTHER), *KEYS])
    assert signature == sign(TEXT, secret=SECRET)
    assert len(signature) == 95
    assert signature.startswith(key_name(KEYS[0]))


def test_the_code_of_a_qr_gives_back_text_and_signature() -> None:
    carried = code(TEXT, sign(TEXT, secret=SECRET))
    assert read_code(carried) == (TEXT, sign(TEXT, secret=SECRET))
    assert carried.replace("-", "").replace("_", "").replace(".", "").isalnum()


@pytest.mark.parametrize("place", range(0, 95, 7))
def test_one_changed_letter_of_the_signature_is_told(place: int) -> None:
    signature = sign(TEXT, secret=SECRET)
    other = "A" if signature[place] != "A" else "B"
    with pytest.raises(SigningError):
        verify(TEXT, signature[:place] + other + signature[place + 1 :], public_keys=KEYS)


@pytest.mark.parametrize(
    "changed", [TEXT.replace("Páo", "Pao"), TEXT.replace("poor", "near_poor"), TEXT + " "]
)
def test_a_changed_text_is_told(changed: str) -> None:
    with pytest.raises(AlteredError):
        verify(changed, sign(TEXT, secret=SECRET), public_keys=KEYS)


def test_a_key_that_was_not_published_is_told() -> None:
    with pytest.raises(UnknownKeyError, match=key_name(public_key(OTHER))):
        verify(TEXT, sign(TEXT, secret=OTHER), public_keys=KEYS)


def test_a_forger_cannot_borrow_the_name_of_our_key() -> None:
    forged = f"{key_name(KEYS[0])}.{sign(TEXT, secret=OTHER).partition('.')[2]}"
    with pytest.raises(AlteredError):
        verify(TEXT, forged, public_keys=KEYS)


@pytest.mark.parametrize("read", ["", "abc", ".", "abc.def", "%%%.a.b", "a.b.c.d", "_-8.12345678.xyz"])
def test_what_is_no_code_is_told(read: str) -> None:
    with pytest.raises(UnreadableCodeError):
        read_code(read)
