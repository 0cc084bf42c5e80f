"""The dated survey forms: which is used when, and that every question asks for a fact of the dictionary."""

import datetime as dt
from pathlib import Path

import pytest

from giamngheo.base.law import law_dir
from giamngheo.rules.standards import standards
from giamngheo.surveys.errors import NoFormThenError
from giamngheo.surveys.forms import Form, form_named, form_on, read_form

FILES = sorted((law_dir() / "forms" / "phieu-b").glob("*.md"))


@pytest.mark.parametrize(
    ("day", "name"),
    [
        ("2015-11-19", "phieu-b/2015-11-19"),
        ("2021-08-31", "phieu-b/2015-11-19"),
        ("2021-09-01", "phieu-b/2021-09-01"),
        ("2021-12-31", "phieu-b/2021-09-01"),
        ("2022-01-01", "phieu-b/2022-01-01"),
    ],
)
def test_the_form_of_a_day(day: str, name: str) -> None:
    assert form_on(dt.date.fromisoformat(day)).name == name


def test_before_the_first_form_there_is_none() -> None:
    with pytest.raises(NoFormThenError, match="18/11/2015"):
        form_on(dt.date(2015, 11, 18))


@pytest.mark.parametrize("path", FILES, ids=lambda p: p.stem)
def test_a_form_is_sound(path: Path) -> None:
    form = read_form(path)
    assert form.name == f"phieu-b/{path.stem}"
    questions = [q for g in form.groups for q in g.questions] + list(form.members)
    for question in questions:
        assert question.text.vi and question.text.en, question.key
        assert question.act, f"{question.key} names no act"
    keys = [(q.fact.over, q.key) for q in questions]
    assert len(keys) == len(set(keys))


@pytest.mark.parametrize("path", FILES, ids=lambda p: p.stem)
def test_choices_are_those_of_the_dictionary(path: Path) -> None:
    """The file of a form lists its choices, as XLSForm wants; they must not drift from law/facts.yaml."""
    from pyxform.xls2json import workbook_to_json
    from pyxform.xls2json_backends import get_xlsform

    tree = workbook_to_json(
        get_xlsform(xlsform=path.read_text("utf-8"), file_type=".md"), form_name="x", warnings=[]
    )
    form = read_form(path)
    by_key = {q.key: q.fact for q in (*form.household.values(), *form.members)}
    for name, choices in tree["choices"].items():
        if name != "yes_no":
            said = [(c["name"], c["label"]["Tiếng Việt (vi)"], c["label"]["English (en)"]) for c in choices]
            assert said == [(o.code, o.vi, o.en) for o in by_key[name].options], name


@pytest.mark.parametrize(
    ("name", "asks", "slugs"),
    [
        ("phieu-b/2015-11-19", "2016-2020", {"2016-2020"}),
        ("phieu-b/2021-09-01", "both standards", {"2016-2020", "2022-2026"}),
        ("phieu-b/2022-01-01", "2022-2026", {"2022-2026"}),
    ],
)
def test_a_form_asks_for_every_indicator_of_its_standards(name: str, asks: str, slugs: set[str]) -> None:
    form = form_named(name)
    ticks = {indicator.tick for slug in slugs for indicator in standards()[slug].indicators}
    assert {key for key in form.household if key.startswith("tick_")} == ticks


def test_members_are_asked_by_age() -> None:
    form: Form = form_named("phieu-b/2022-01-01")
    asked = form.asked_of_members

    def of(age: int | None) -> set[str]:
        return {key for key, question in asked.items() if question.concerns(age)}

    assert "malnourished" in of(15) and "malnourished" not in of(16)
    assert "education" not in of(14) and "education" in of(15)
    assert "attends_school" not in of(2) and {"attends_school", "school_level"} <= of(3)
    assert of(None) == set(asked)
    assert "sex" not in asked  # the register knows


def test_what_nobody_compared_with_the_gazette_is_marked() -> None:
    assert form_named("phieu-b/2022-01-01").unverified
