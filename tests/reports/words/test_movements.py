"""Reports of a month or quarter tell what happened in it beside the period before, and only what was written down."""

import datetime as dt
from decimal import Decimal

import pytest
from django.db.models import Sum
from django.utils import timezone

from giamngheo.access.scope import acting_as
from giamngheo.registry.models import LifeEvent
from giamngheo.reports.words.document import Document, Section
from giamngheo.reports.words.queries import document_of
from giamngheo.resolution import actions
from giamngheo.resolution.clauses import resolutions
from giamngheo.resolution.periods import parse_period
from giamngheo.resolution.queries import responsible
from giamngheo.resolution.reported import Given
from giamngheo.support.models import Delivery
from tests.conftest import Cast
from tests.reports.words.conftest import Written

pytestmark = pytest.mark.django_db(databases=["default", "owner"])
COUNTED = ("event.", "regular.", "given", "finding.")


def section(document: Document, heading: str) -> Section:
    return next(one for one in document.sections if one.heading == heading)


@pytest.mark.parametrize(
    ("period", "before"),
    [
        ("2018-11", "2018-10"),
        ("2019-01", "2018-12"),
        ("2021-Q1", "2020-Q4"),
        ("2020-Q3", "2020-Q2"),
        ("2020", "2019"),
    ],
)
def test_the_period_before_is_of_the_same_kind(period: str, before: str) -> None:
    assert parse_period(period).before == parse_period(before)


def test_a_month_counts_what_the_register_holds_of_it(cast: Cast, written: Written) -> None:
    row = written(cast.province, "12", "monthly", "2018-11")
    with acting_as(cast.province):
        document = document_of(row)
        born = LifeEvent.objects.filter(kind="born")
        counts = [born.filter(on__year=2018, on__month=month).count() for month in (11, 10)]
    found = section(document, "Biến động hộ và nhân khẩu")
    assert [document.figures[f"event.{key}"].value for key in ("born", "born.before")] == counts
    assert counts[0] > 0 and not found.blanks
    assert [row[0] for row in found.tables[0].rows] == ["Sinh"]  # what did not happen has no line of noughts
    assert found.tables[0].heads == ("Việc", "Tháng 11/2018", "Tháng 10/2018")


def test_a_quarter_tells_help_by_policy_and_source(cast: Cast, written: Written) -> None:
    row = written(cast.officer, "03541", "quarterly", "2020-Q1")
    with acting_as(cast.officer):
        document = document_of(row)
        given = Delivery.objects.filter(
            given_on__range=(dt.date(2020, 1, 1), dt.date(2020, 3, 31)), retired_at=None, void=False
        )
        many, amount = given.count(), given.aggregate(sum=Sum("amount"))["sum"]
    found = section(document, "Hỗ trợ đã trao")
    assert many > 0
    assert document.figures["given"].value == many
    assert document.figures["given.amount"].value == amount
    lines = [document.fill(row[2]).replace(".", "") for row in found.tables[0].rows]
    assert sum(map(int, lines)) == many


def test_a_period_of_which_nothing_is_written_leaves_it_to_a_person(cast: Cast, written: Written) -> None:
    row = written(cast.officer, "03541", "monthly", "2021-09")
    with acting_as(cast.officer):
        document = document_of(row)
    for heading in ("Biến động hộ và nhân khẩu", "Công nhận ngoài rà soát định kỳ", "Hỗ trợ đã trao", "Chồng chéo, bỏ sót trong hỗ trợ"):  # fmt: skip
        one = section(document, heading)
        assert not one.tables and len(one.blanks) == 1
        assert "không có bản ghi nào" in one.texts[0]
    assert not any(key.startswith(COUNTED) for key in document.figures)


def test_a_leader_reads_figures_of_bodies_and_no_count_of_households(cast: Cast, written: Written) -> None:
    row = written(cast.leader, "12", "quarterly", "2021-Q2")
    with acting_as(cast.leader):
        document = document_of(row)
    assert "đếm từ từng hộ" in section(document, "Biến động trong kỳ").texts[0]
    assert not any(key.startswith(COUNTED) for key in document.figures)
    told = section(document, "Số liệu cơ quan báo cáo").texts
    assert any("Quá hạn đến cuối kỳ" in text for text in told)
    late = section(document, "Số liệu cơ quan báo cáo").tables[0]
    assert len(late.rows) == document.figures["overdue"].value
    assert late.rows[0][0] == "Xã, thôn bản ra khỏi diện đặc biệt khó khăn"


def test_a_figure_confirmed_in_the_month_is_in_it(
    cast: Cast, written: Written, monkeypatch: pytest.MonkeyPatch
) -> None:
    resolution = resolutions()["lai-chau-2016-2020"]
    who = responsible(resolution)["village-roads"][0].body.id
    given = Given("village-roads", "03541", "2019", who, Decimal(9), Decimal(10))
    with acting_as(cast.officer):
        figure = actions.report(
            resolution=resolution, given=given, today=dt.date(2021, 10, 15), by=cast.officer
        )
    september = dt.datetime(2021, 9, 30, 16, 59, tzinfo=dt.UTC)  # one minute before October in Vietnam
    with acting_as(cast.district), monkeypatch.context() as then:
        then.setattr(timezone, "now", lambda: september)
        actions.confirm(figure=figure, by=cast.district)
    for by, code, own in ((cast.district, "108", "–"), (cast.officer, "03541", "90,00%")):
        row = written(by, code, "monthly", "2021-09")
        with acting_as(by):
            document = document_of(row)
        found = section(document, "Số liệu cơ quan báo cáo")
        assert [document.fill(cell) for cell in found.tables[0].rows[0]][1:] == ["2019", "1", own]
        assert document.figures["reported"].value == 1
        assert not found.blanks
