"""The one-page sheet: one sheet of A4 whatever stands on it, the same figures as the pages, each with where it comes from."""

import dataclasses
import datetime as dt
import io
from collections.abc import Callable

import pypdf
import pytest
from django.test import Client
from django.utils import translation

from giamngheo.access.models import User
from giamngheo.access.scope import acting_as
from giamngheo.areas.queries import unit_on
from giamngheo.reports import typeset
from giamngheo.reports.onepage import content, pdf, words
from giamngheo.reports.onepage.content import OnePage, one_page
from giamngheo.surveys.models import Round
from tests.conftest import Cast
from tests.warehouse.conftest import at_home, warehouse

__all__ = ["at_home", "warehouse"]

pytestmark = [pytest.mark.django_db(databases=["default", "owner"]), pytest.mark.usefixtures("at_home")]
DAY = dt.date(2021, 10, 15)
SignIn = Callable[[User], Client]


def page_of(code: str, by: User, year: int = 2020) -> OnePage:
    round = Round.objects.get(year=year, kind="annual")
    return one_page(round, unit_on(code, round.reference_date), seen_by=by)


def read(made: bytes) -> tuple[int, str]:
    reader = pypdf.PdfReader(io.BytesIO(made))
    return len(reader.pages), " ".join(reader.pages[0].extract_text().split())


@pytest.mark.parametrize("language", ["vi", "en"])
@pytest.mark.parametrize("code", ["12", "108", "03541"])
def test_a_unit_of_any_level_fits_one_sheet(cast: Cast, code: str, language: str) -> None:
    with acting_as(cast.leader), translation.override(language):
        page = page_of(code, cast.leader)
        pages, text = read(pdf.pdf(page, made_on=DAY, synthetic=True))
        assert pages == 1
        for said in (words.title(page), words.rate(page.counts.poor_rate), words.number(page.counts.known)):
            assert said in text
        assert ("MÔ PHỎNG" if language == "vi" else "SYNTHETIC") in text
        assert page.standard.name(language) in text


def test_the_fullest_page_still_fits_one_sheet(cast: Cast) -> None:
    with acting_as(cast.leader):
        page = page_of("12", cast.leader)
        full = pdf.content(page, made_on=DAY, synthetic=True)
    widest = [max(full["targets"]["lines"], key=lambda line: len(getattr(line, name))) for name in ("name", "source", "body")]  # fmt: skip
    longest = dataclasses.replace(widest[0], source=widest[1].source, body=widest[2].body, value="662.019 đồng/người/tháng")  # fmt: skip
    full["targets"]["lines"] = [longest] * content.TARGETS
    full["groups"]["lines"] = [dataclasses.replace(full["groups"]["lines"][0], name="Xơ Đăng, La Hủ, Mảng")] * (content.GROUPS + 1)  # fmt: skip
    full["series"]["lines"] = [full["series"]["lines"][0]] * content.POINTS
    full["sentence"] += full["sentence"]
    full["sources"] += full["sources"]
    assert read(typeset.pdf(pdf.TEMPLATE, full, made_on=DAY))[0] == 1


def test_a_unit_has_its_place_among_those_beside_for_who_may_see_them(cast: Cast) -> None:
    with acting_as(cast.leader):
        page = page_of("03541", cast.leader)
        rates = {r.unit.code: r.counts.poor_rate for r in page_of("108", cast.leader).rates.rows if r.counts.known}  # fmt: skip
        lower = sum((rate or 0) < (rates["03541"] or 0) for rate in rates.values())
        assert page.position is not None
        assert (page.position.place, page.position.of) == (lower + 1, len(rates))
        assert page_of("12", cast.leader).position is None
    with acting_as(cast.officer):
        assert page_of("03541", cast.officer).position is None


def test_small_groups_are_told_together_and_nobody_is_lost(cast: Cast) -> None:
    with acting_as(cast.leader):
        page = page_of("03541", cast.leader)
    assert all(group.counts.known >= content.LEAST for group in page.groups)
    together = sum(g.counts.known for g in page.groups) + (page.others.known if page.others else 0)
    assert together == page.counts.known


def test_every_target_says_who_answers_and_where_its_figure_is_from(cast: Cast) -> None:
    with acting_as(cast.leader):
        lines = words.targets(page_of("12", cast.leader))
    assert len(lines) == content.TARGETS
    for line in lines:
        assert words.NONE not in (line.value, line.body, line.source), line
    assert any("chuẩn 2016-2020" in line.source for line in lines)
    assert any("đã đọc ở nguồn" in line.source for line in lines)


def test_the_page_and_its_pdf_are_for_those_who_may_see_the_figures(cast: Cast, signed_in: SignIn) -> None:
    client = signed_in(cast.leader)
    page = client.get("/mot-trang/")
    assert page.status_code == 200
    assert "/ho/" not in page.content.decode()
    assert client.get("/mot-trang/108/pdf")["Content-Type"] == "application/pdf"
    client = signed_in(cast.officer)
    assert [client.get(f"/mot-trang/{code}/").status_code for code in ("03541", "108", "12", "03442")] == [200, 404, 404, 404]  # fmt: skip
    assert client.get("/mot-trang/03442/pdf").status_code == 404
    assert signed_in(cast.admin).get("/mot-trang/").status_code == 404
