"""The template an office fills in: every question with fixed answers offers them, each a word that reading knows."""

import re
import zipfile
from html import unescape
from pathlib import Path

import pytest

from giamngheo.access.scope import acting_as
from giamngheo.base.sheets import column_letters, open_workbook
from giamngheo.registry.models import Household
from giamngheo.rules.facts import Problem
from giamngheo.surveys.imports import actions
from giamngheo.surveys.imports.columns import CODES_SHEET, sheets_of
from giamngheo.surveys.imports.marked import write_marked
from giamngheo.surveys.imports.queries import problems
from giamngheo.surveys.imports.template import write_template
from giamngheo.surveys.models import ImportProblem, Round
from tests.conftest import Cast
from tests.surveys.imports.test_actions import (
    NEW,
    NEW_HEAD,
    NEW_WIFE,
    Bring,
    State,
    bring,
    codes,
    round,
    through,
    village,
)

__all__ = ["bring", "round", "village"]
pytestmark = pytest.mark.usefixtures("own_database")

_LIST = re.compile(
    r'<dataValidation [^>]*sqref="([A-Z]+)(\d+):[^"]*"[^>]*><formula1>(.*?)</formula1>', re.DOTALL
)
_RANGE = re.compile(rf"'{CODES_SHEET}'!\$([A-Z]+)\$2:\$\1\$(\d+)")


def drop_downs(path: Path) -> dict[str, dict[str, list[str]]]:
    """The words each column offers, by sheet and by the letters of the column."""
    with open_workbook(path) as book, zipfile.ZipFile(path) as packed:
        codes = {row.number: row.cells for row in book.rows(CODES_SHEET)}
        found: dict[str, dict[str, list[str]]] = {}
        for number, sheet in enumerate(book.sheet_names, start=1):
            xml = packed.read(f"xl/worksheets/sheet{number}.xml").decode()
            for letters, _row, source in _LIST.findall(xml):
                if ranged := _RANGE.fullmatch(unescape(source)):
                    place = next(p for p in range(50) if column_letters(p) == ranged[1])
                    words = [str(codes[row][place]) for row in range(2, int(ranged[2]) + 1)]
                else:
                    words = unescape(source).strip('"').split(",")
                found.setdefault(sheet, {})[letters] = words
    return found


def test_every_question_with_fixed_answers_offers_them(cast: Cast, round: Round, tmp_path: Path) -> None:
    with acting_as(cast.officer):
        unit = cast.officer.grants.get().unit
        write_template(tmp_path / "mau.xlsx", round, unit, filled=False, seen_by=cast.officer)
    offered = drop_downs(tmp_path / "mau.xlsx")
    with_commas = set()
    for sheet in sheets_of(round):
        for place, fact in enumerate(sheet.columns):
            words = offered[sheet.name].get(column_letters(place), [])
            fixed = fact.type in ("bool", "choice", "ethnic") or fact.key == "village_code"
            assert bool(words) is fixed, fact.vi
            assert not [word for word in words if isinstance(fact.parse(word), Problem)], fact.vi
            if fact.type == "choice":
                assert [fact.parse(word) for word in words] == [option.code for option in fact.options]
            with_commas |= {fact.vi for word in words if "," in word}
    assert {"Quan hệ với chủ hộ", "Nguồn nước sinh hoạt"} & with_commas


def test_the_marked_workbook_keeps_its_drop_downs(cast: Cast, round: Round, tmp_path: Path) -> None:
    with acting_as(cast.officer):
        unit = cast.officer.grants.get().unit
        write_template(tmp_path / "mau.xlsx", round, unit, filled=True, seen_by=cast.officer)
    wrong = ImportProblem(sheet="Hộ", row=2, column="Thu nhập bình quân", code="needed", params={"name": "x"})
    write_marked(tmp_path / "mau.xlsx", tmp_path / "once.xlsx", [wrong])
    write_marked(tmp_path / "once.xlsx", tmp_path / "twice.xlsx", [wrong])
    for again in ("once.xlsx", "twice.xlsx"):
        assert drop_downs(tmp_path / again) == drop_downs(tmp_path / "mau.xlsx")


@pytest.mark.usefixtures("media")
def test_the_filled_template_comes_back_unharmed(cast: Cast, round: Round, tmp_path: Path) -> None:
    with acting_as(cast.officer):
        unit = cast.officer.grants.get().unit
        living = Household.objects.filter(ended_on=None).count()
        write_template(tmp_path / "mau.xlsx", round, unit, filled=True, seen_by=cast.officer)
    of = through(tmp_path / "mau.xlsx", round, cast.officer)
    assert (of.state, of.counts["new"], of.counts["households"]) == (State.CHECKED, 0, living)
    assert (of.counts["new_members"], of.counts["changed_members"], of.counts["absent_members"]) == (0, 0, 0)


@pytest.mark.usefixtures("media")
def test_the_marked_workbook_comes_back(cast: Cast, bring: Bring, round: Round, tmp_path: Path) -> None:
    of = bring([{**NEW, "income_per_head": "bảy trăm"}], [NEW_HEAD, NEW_WIFE])
    with acting_as(cast.officer):
        found = list(problems(of, seen_by=cast.officer))
    write_marked(next(actions.folder(of).glob("workbook*")), tmp_path / "marked.xlsx", found)
    again = through(tmp_path / "marked.xlsx", round, cast.officer)
    assert again.state == State.REFUSED
    assert codes(again, cast.officer) == {"not_number"}  # the column of problems is passed over
