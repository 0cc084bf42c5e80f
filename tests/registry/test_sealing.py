"""Id numbers are unreadable in the database, findable by their index, and shown by three digits."""

import pytest

from giamngheo.registry.errors import IdNumberError, UnsealingError
from giamngheo.registry.sealing import blind_index, masked, normalise, seal, seal_many, unseal


@pytest.mark.parametrize(
    ("typed", "digits"),
    [("012345678", "012345678"), ("012 345 678 901", "012345678901"), (" 012.345.678-901 ", "012345678901")],
)
def test_digits_alone_count(typed: str, digits: str) -> None:
    assert normalise(typed) == digits


@pytest.mark.parametrize(
    "typed", ["", "12345678", "1234567890", "0123456789012", "01234567890a", "٠١٢٣٤٥٦٧٨"]
)
def test_other_lengths_and_letters_are_refused(typed: str) -> None:
    with pytest.raises(IdNumberError, match="9 chữ số"):
        normalise(typed)


def test_sealed_twice_differs_but_opens_to_the_same() -> None:
    one, two = seal("012345678901"), seal("012 345 678 901")
    assert one != two
    assert unseal(one) == unseal(two) == "012345678901"
    assert b"012345678901" not in one


def test_index_is_equal_for_equal_numbers_only() -> None:
    assert blind_index("012345678901") == blind_index("012.345.678.901")
    assert blind_index("012345678901") != blind_index("012345678902")
    assert len(blind_index("012345678")) == 32


def test_a_screen_shows_three_digits() -> None:
    assert masked(seal("012345678901")) == "•••••••••901"
    assert masked(None) == ""


def test_changed_bytes_do_not_open() -> None:
    sealed = bytearray(seal("012345678"))
    sealed[-1] ^= 1
    with pytest.raises(UnsealingError):
        unseal(bytes(sealed))


def test_another_key_does_not_open(settings) -> None:  # type: ignore[no-untyped-def]
    sealed = seal("012345678")
    settings.FIELD_KEY = "another key altogether"
    with pytest.raises(UnsealingError):
        unseal(sealed)


def test_many_are_sealed_at_once_and_in_their_order() -> None:
    numbers = [f"{n:012d}" for n in range(1_000)]
    sealed = seal_many(numbers)
    assert [unseal(one) for one, _index in sealed if one] == numbers
    assert len({index for _one, index in sealed}) == 1_000
    assert seal_many([None, ""]) == [(None, None), (None, None)]
