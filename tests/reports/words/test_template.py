"""Word templates of a province: what is taken and used, and what is refused with a sentence that names the place."""

import io
import zipfile
from collections.abc import Callable

import docx as word_files
import pytest

from giamngheo.access.scope import acting_as
from giamngheo.reports import errors
from giamngheo.reports.words import actions, queries
from giamngheo.reports.words.check import BYTES, SAMPLE, check
from giamngheo.reports.words.template import own_template
from giamngheo.reports.words.word import docx
from tests.conftest import Cast

Refusal = type[errors.TemplateError]


def changed(change: Callable[..., object]) -> bytes:
    """Our own template after somebody worked on it in Word."""
    made = word_files.Document(io.BytesIO(own_template()))
    change(made)
    target = io.BytesIO()
    made.save(target)
    return target.getvalue()


def added(*lines: str) -> bytes:
    return changed(lambda made: [made.add_paragraph(line) for line in lines])


def packed(name: str, content: str) -> bytes:
    """Our own template with one more file in it."""
    target = io.BytesIO(own_template())
    with zipfile.ZipFile(target, "a") as package:
        package.writestr(name, content)
    return target.getvalue()


def texts(file: bytes) -> list[str]:
    return [p.text for p in word_files.Document(io.BytesIO(file)).paragraphs]


def test_our_own_template_and_one_changed_in_word_are_taken() -> None:
    check(own_template())
    mine = added(
        "Kính gửi: Tỉnh ủy",
        "Tỷ lệ là {{ so['rate'] }}",
        "{%p if cap_tren %}",
        "dưới {{ cap_tren }}",
        "{%p endif %}",
    )
    check(mine)
    filled = texts(docx(SAMPLE, mine))
    assert filled[-3:] == ["Kính gửi: Tỉnh ủy", "Tỷ lệ là 16,33%", "dưới huyện Thử"]


def test_what_is_filled_in_is_never_markup() -> None:
    from dataclasses import replace

    odd = replace(SAMPLE, unit="xã <w:p> & {{ so }}")
    assert any("xã <w:p> & {{ so }}" in text for text in texts(docx(odd, own_template())))


LOOPS = ["{%p for a in cac_muc %}"] * 20 + ["{{ a.ten }}"] + ["{%p endfor %}"] * 20


@pytest.mark.parametrize(
    ("content", "refusal", "place"),
    [
        (lambda: b"no zip", errors.NotWordError, ""),
        (lambda: b"x" * (BYTES + 1), errors.TooBigTemplateError, "5 MB"),
        (lambda: packed("word/big.xml", " " * 51_000_000), errors.TooBigTemplateError, "5 MB"),
        (lambda: packed("word/vbaProject.bin", ""), errors.MacroError, "vbaProject.bin"),
        (lambda: packed("word/embeddings/a.xlsx", ""), errors.MacroError, "embeddings"),
        (lambda: packed("word/a.xml", "<!DOCTYPE a>"), errors.NotWordError, ""),
        (lambda: packed("word/a.xml", '<w:instrText xml:space="preserve"> INCLUDETEXT "c:/x"'), errors.LinkedTemplateError, "INCLUDETEXT"),
        (lambda: packed("word/_rels/a.rels", '<Relationship Type="x/attachedTemplate" TargetMode="External"/>'), errors.LinkedTemplateError, "a.rels"),
        (lambda: added("Đây là {{ tieude }} sai"), errors.UnknownFieldError, "“tieude”"),
        (lambda: added("Đây là {{ tieude }} sai"), errors.UnknownFieldError, "“Đây là {{ tieude }} sai”"),
        (lambda: added("{%p for muc in cac_muc %}", "{{ muc.tenn }}", "{%p endfor %}"), errors.UnknownFieldError, "“tenn”"),
        (lambda: added("{{ so['rate.1999'] }}"), errors.UnknownFieldError, "rate.1999"),
        (lambda: added("{%p if not cap_tren %}", "{{ la_gi }}", "{%p endif %}"), errors.UnknownFieldError, "“la_gi”"),
        (lambda: added("{{ tieu_de.__class__ }}"), errors.UnknownFieldError, "__class__"),
        (lambda: added("{{ tieu_de.upper() }}"), errors.CommandRefusedError, "{{ tieu_de.upper() }}"),
        (lambda: added("{{ 'a' * 1000000000 }}"), errors.CommandRefusedError, "mul"),
        (lambda: added("{% set a = 1 %}"), errors.CommandRefusedError, "assign"),
        (lambda: added("{% include 'x' %}"), errors.CommandRefusedError, "include"),
        (lambda: added("{{ tieu_de|pprint }}"), errors.BrokenTemplateError, "pprint"),
        (lambda: added("{%p for muc in cac_muc %}", "thiếu chỗ đóng"), errors.BrokenTemplateError, "endfor"),
        (lambda: added("{{ tieu_de"), errors.BrokenTemplateError, ""),
        (lambda: added(*LOOPS), errors.TooMuchWrittenError, ""),
        (lambda: changed(lambda made: made.element.body.clear_content()), errors.MissingFieldError, "cac_muc"),
        (lambda: changed(lambda made: made.sections[0].header.paragraphs[0].clear()), errors.MissingFieldError, "mo_phong"),
    ],
)  # fmt: skip
def test_what_is_refused_says_what_and_where(
    content: Callable[[], bytes], refusal: Refusal, place: str
) -> None:
    with pytest.raises(refusal) as found:
        check(content())
    assert type(found.value) is refusal and place in str(found.value)


def test_the_province_brings_a_template_and_goes_back(cast: Cast) -> None:
    mine = added("Kính gửi: Tỉnh ủy")
    with acting_as(cast.officer), pytest.raises(errors.NotTemplateOwnerError):
        actions.bring_template(content=mine, file_name="a.docx", by=cast.officer)
    with acting_as(cast.province):
        assert queries.template_in_force(seen_by=cast.province) == own_template()
        with pytest.raises(errors.UnknownFieldError):
            actions.bring_template(content=added("{{ sai }}"), file_name="a.docx", by=cast.province)
        actions.bring_template(content=mine, file_name="a.docx", by=cast.province)
    with acting_as(cast.officer):
        assert queries.template_in_force(seen_by=cast.officer) == mine
    with acting_as(cast.province):
        actions.use_own_template(by=cast.province)
        assert queries.template_in_force(seen_by=cast.province) == own_template()
        assert queries.brought_template(seen_by=cast.province) is None
