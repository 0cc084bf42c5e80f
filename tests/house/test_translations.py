"""The interface speaks both languages: every word has its English, with the same places to fill in."""

import re
from collections import Counter

import polib
import pytest

from giamngheo.cli.translate import CATALOGUES, gather, stale, without_english

PLACES = re.compile(r"%\([a-z_0-9]+\)[sd]|\{[a-z_0-9]*\}")
VIETNAMESE = re.compile(
    r"[ăâđêôơưàảãáạằẳẵắặầẩẫấậèẻẽéẹềểễếệìỉĩíịòỏõóọồổỗốộờởỡớợùủũúụừửữứựỳỷỹýỵ]", re.IGNORECASE
)


def test_words_are_gathered_from_code_and_templates() -> None:
    found = gather()
    assert "web/templates/account/login.html" in found[("", "Quên mật khẩu?", "")]
    assert "access/models.py" in found[("", "Cán bộ xã", "")]
    assert ("", "%(number)s hộ", "%(number)s hộ") in found


def test_every_word_has_its_english() -> None:
    missing = without_english(polib.pofile(str(CATALOGUES["en"])), gather())
    assert not missing, "Chạy `giamngheo translate` và điền locale/en:\n" + "\n".join(missing)


def test_compiled_catalogues_say_what_their_sources_say() -> None:
    assert not stale()


@pytest.mark.parametrize("language", ["vi", "en"])
def test_a_translation_keeps_the_places_to_fill_in(language: str) -> None:
    for entry in polib.pofile(str(CATALOGUES[language])):
        said = [entry.msgstr, *entry.msgstr_plural.values()] if entry.msgstr_plural else [entry.msgstr]
        for text in filter(None, said):
            expected = {
                *map(
                    frozenset,
                    (Counter(PLACES.findall(entry.msgid)), Counter(PLACES.findall(entry.msgid_plural))),
                )
            }
            assert frozenset(PLACES.findall(text)) in expected, f"{entry.msgid!r} → {text!r}"


def test_sources_are_vietnamese_and_translations_english() -> None:
    proper = {"Giảm nghèo", "%(number)s đồng"}
    for entry in polib.pofile(str(CATALOGUES["en"])):
        if entry.msgid in proper:
            continue
        english = " ".join([entry.msgstr, *entry.msgstr_plural.values()])
        for word in re.findall(r"\w+", english):
            if VIETNAMESE.search(word):
                assert word in entry.msgid, f"{entry.msgid!r} → {english!r}: “{word}” is not English"
