"""A figure is checked against itself, its past, its parts and the law's bodies; confirmed by a second person; never edited."""

import datetime as dt
import io
from collections.abc import Callable
from dataclasses import replace
from decimal import Decimal
from pathlib import Path

import pytest
from django.conf import settings
from django.db import connection, transaction
from django.db.utils import DatabaseError
from django.test.utils import CaptureQueriesContext
from hypothesis import given
from hypothesis import settings as how_many
from hypothesis import strategies as st

from giamngheo.access.models import User
from giamngheo.areas.queries import children_on, unit_on
from giamngheo.audit.models import Event
from giamngheo.resolution import actions, errors
from giamngheo.resolution.clauses import resolutions
from giamngheo.resolution.dues import chased, dues
from giamngheo.resolution.indicators import indicators
from giamngheo.resolution.models import ReportedFigure
from giamngheo.resolution.queries import board, responsible
from giamngheo.resolution.reported import Given
from giamngheo.resolution.rollup import rolled
from giamngheo.resolution.workbook import read, write_template
from tests.conftest import Cast

pytestmark = pytest.mark.django_db(databases=["default", "owner"])
TODAY, DAY = dt.date(2021, 10, 15), dt.date(2020, 12, 31)
RESOLUTION = resolutions()["lai-chau-2016-2020"]
D = Decimal


@pytest.fixture(autouse=True)
def _files(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr(settings, "WAREHOUSE", tmp_path / "none")
    monkeypatch.setattr(settings, "MEDIA_ROOT", tmp_path / "files")


def figure(unit: str = "03541", **changes: object) -> Given:
    """Villages with roads of 2019, 9 of 10, as its body reports them."""
    who = responsible(RESOLUTION)["village-roads"][0].body.id
    whole = Given("village-roads", unit, "2019", who, D(9), D(10))
    return replace(whole, **changes)  # type: ignore[arg-type]


def refused(given: Given, by: User, acting: Callable) -> list[tuple[str, str]]:  # type: ignore[type-arg]
    with acting(by), pytest.raises(errors.FigureRefusedError) as told:
        actions.report(resolution=RESOLUTION, given=given, today=TODAY, by=by)
    return told.value.problems


@pytest.mark.parametrize(
    ("changes", "field", "words"),
    [
        ({"numerator": D(11)}, "numerator", "lớn hơn mẫu số"),
        ({"numerator": None, "denominator": None, "value": D("100.5")}, "value", "vượt quá 100%"),
        ({"numerator": None, "denominator": None, "value": D(-1)}, "value", "ngoài khoảng"),
        ({"denominator": D(0)}, "denominator", "lớn hơn 0"),
        ({"denominator": None}, "denominator", "cả tử số và mẫu số"),
        ({"numerator": None, "denominator": None}, "value", "Hãy ghi giá trị"),
        ({"value": D(91)}, "value", "không khớp"),
        ({"period": "2021"}, "period", "trong giai đoạn 2016-2020"),
        ({"period": "2019-Q3"}, "period", "không phải là một năm"),
        ({"period": "thế"}, "period", "không phải là một năm"),
        ({"indicator": "nothing"}, "indicator", "không có chỉ số báo cáo"),
        ({"indicator": "poor-rate"}, "indicator", "không có chỉ số báo cáo"),  # computed, never typed
        ({"unit": "03442"}, "unit", "không thuộc địa bàn"),
        ({"unit": "12"}, "unit", "không thuộc địa bàn"),
        ({"unit": "99999"}, "unit", "Không có đơn vị hành chính nào"),
        ({"body": "statistics"}, "body", "cơ quan khác không báo cáo được"),
    ],
)
def test_what_is_wrong_is_told_in_its_field(cast: Cast, acting, changes: dict[str, object], field: str, words: str) -> None:  # type: ignore[no-untyped-def]  # fmt: skip
    told = refused(figure(**changes), cast.officer, acting)
    assert field in [name for name, _sentence in told], told
    assert any(words in sentence for _name, sentence in told), told
    assert not ReportedFigure.objects.exists()


def test_a_unit_that_did_not_exist_says_what_became_of_it(cast: Cast, acting) -> None:  # type: ignore[no-untyped-def]
    told = refused(figure("03556", period="2020"), cast.province, acting)  # Ma Li Chải, until 31/01/2020
    assert told[0][0] == "unit"
    assert "03556" in told[0][1]
    assert "Sì Lở Lầu" in told[0][1]
    with acting(cast.province):
        assert actions.report(resolution=RESOLUTION, given=figure("03556"), today=TODAY, by=cast.province)


def test_a_jump_needs_a_reason(cast: Cast, acting) -> None:  # type: ignore[no-untyped-def]
    first, second = figure(), figure(period="2020", numerator=D(3))
    with acting(cast.officer):
        actions.report(resolution=RESOLUTION, given=first, today=TODAY, by=cast.officer)
        (row,) = ReportedFigure.objects.all()
    with acting(cast.district):
        actions.confirm(figure=row, by=cast.district)
    assert [field for field, _words in refused(second, cast.officer, acting)] == ["note"]
    with acting(cast.officer):
        actions.report(resolution=RESOLUTION, given=replace(second, note="Lũ cuốn đường"), today=TODAY, by=cast.officer)  # fmt: skip


def test_parts_above_their_whole_need_a_reason(cast: Cast, acting) -> None:  # type: ignore[no-untyped-def]
    with acting(cast.officer):
        actions.report(resolution=RESOLUTION, given=figure(), today=TODAY, by=cast.officer)
    told = refused(figure("108", numerator=D(8), denominator=D(200)), cast.district, acting)
    assert [field for field, _words in told] == ["note"]
    with acting(cast.district):
        actions.report(resolution=RESOLUTION, given=figure("108", numerator=D(150), denominator=D(200)), today=TODAY, by=cast.district)  # fmt: skip


def test_nobody_confirms_their_own_and_a_confirmed_one_counts(cast: Cast, acting) -> None:  # type: ignore[no-untyped-def]
    with acting(cast.officer):
        row = actions.report(resolution=RESOLUTION, given=figure(), today=TODAY, by=cast.officer)
        with pytest.raises(errors.OwnFigureError):
            actions.confirm(figure=row, by=cast.officer)
        unit = unit_on("03541", DAY)
        before = board(RESOLUTION, unit, on=DAY, seen_by=cast.officer)["village-roads"]
    with acting(cast.district):
        assert chased(unit_on("108", DAY), today=TODAY, seen_by=cast.district)
        actions.confirm(figure=row, by=cast.district)
        with pytest.raises(errors.AlreadyConfirmedError):
            actions.confirm(figure=row, by=cast.district)
        after = board(RESOLUTION, unit, on=DAY, seen_by=cast.district)["village-roads"]
        assert chased(unit_on("108", DAY), today=TODAY, seen_by=cast.district) is None
    assert not before.line and [a.confirmed for a in before.beside] == [False]
    assert [a.value for a in after.line] == [90.0]


def test_a_correction_is_a_new_row_with_its_reason(cast: Cast, acting) -> None:  # type: ignore[no-untyped-def]
    with acting(cast.officer):
        row = actions.report(resolution=RESOLUTION, given=figure(), today=TODAY, by=cast.officer)
        mended = figure(numerator=D(8))
        with pytest.raises(errors.NoReasonError):
            actions.correct(figure=row, resolution=RESOLUTION, given=mended, reason=" ", today=TODAY, by=cast.officer)  # fmt: skip
        new = actions.correct(figure=row, resolution=RESOLUTION, given=mended, reason="Đếm nhầm", today=TODAY, by=cast.officer)  # fmt: skip
        with pytest.raises(errors.ReplacedError):
            actions.confirm(figure=row, by=cast.officer)
        old = ReportedFigure.objects.get(pk=row.pk)
        with pytest.raises(DatabaseError), transaction.atomic():
            ReportedFigure.objects.filter(pk=new.pk).update(value=1)  # the database refuses an edit
    assert (old.value, new.value, new.replaces_id) == (D(90), D(80), old.pk)
    assert old.retired_at is not None and new.confirmed_at is None
    with acting(cast.auditor):
        kinds = set(Event.objects.filter(subject="resolution_reportedfigure").values_list("kind", flat=True))
    assert kinds >= {"insert", "update"}


def test_a_closed_period_takes_no_figure(cast: Cast, acting) -> None:  # type: ignore[no-untyped-def]
    with acting(cast.officer), pytest.raises(errors.NotProvincialOfficerError):
        actions.close_period(period="2019", today=TODAY, by=cast.officer)
    with acting(cast.province):
        with pytest.raises(errors.PeriodNotOverError):
            actions.close_period(period="2021", today=TODAY, by=cast.province)
        actions.close_period(period="2019", today=TODAY, by=cast.province)
    assert [field for field, _words in refused(figure(), cast.officer, acting)] == ["period"]
    with acting(cast.province):
        actions.open_period(period="2019", reason="Bổ sung số của xã", by=cast.province)
        with pytest.raises(errors.NotClosedError):
            actions.open_period(period="2019", reason="Nữa", by=cast.province)
    with acting(cast.officer):
        actions.report(resolution=RESOLUTION, given=figure(), today=TODAY, by=cast.officer)


def test_one_body_an_indicator(cast: Cast, acting) -> None:  # type: ignore[no-untyped-def]
    with acting(cast.province):
        actions.assign(resolution=RESOLUTION, indicator="village-roads", body="statistics", by=cast.province)
        with pytest.raises(errors.TwoBodiesError):
            actions.assign(resolution=RESOLUTION, indicator="village-roads", body="health", by=cast.province)
        with pytest.raises(errors.UnknownBodyError):
            actions.assign(resolution=RESOLUTION, indicator="jobs", body="nobody", by=cast.province)
    assert refused(figure(body="transport"), cast.officer, acting)[0][0] == "body"
    with acting(cast.province):
        actions.take_back(indicator="village-roads", by=cast.province)
    assert [r.how for r in responsible(RESOLUTION)["village-roads"]] != ["decided"]


@pytest.mark.parametrize("role", ["leader", "auditor", "admin", "head", "chairman"])
def test_only_officers_report(cast: Cast, acting, role: str) -> None:  # type: ignore[no-untyped-def]
    by = getattr(cast, role)
    with acting(by), pytest.raises(errors.NotAReporterError):
        actions.report(resolution=RESOLUTION, given=figure(), today=TODAY, by=by)


def test_evidence_is_a_scan_and_its_reading_is_recorded(cast: Cast, acting) -> None:  # type: ignore[no-untyped-def]
    with acting(cast.officer):
        with pytest.raises(errors.EvidenceRefusedError):
            actions.report(resolution=RESOLUTION, given=figure(), today=TODAY, file=io.BytesIO(b"MZ"), by=cast.officer)  # fmt: skip
        scan = io.BytesIO(b"%PDF-1.7 scan")
        scan.name = "../../giay.pdf"  # type: ignore[attr-defined]
        row = actions.report(resolution=RESOLUTION, given=figure(), today=TODAY, file=scan, by=cast.officer)
        assert row.evidence_name == "giay.pdf"
        assert actions.read_evidence(figure=row, by=cast.officer).startswith(b"%PDF-")
    with acting(cast.auditor):
        seen = Event.objects.filter(kind="read", subject="resolution_reportedfigure", row=str(row.pk))
        assert seen.count() == 1


def test_a_district_is_added_up_once_every_commune_has_reported(cast: Cast, acting) -> None:  # type: ignore[no-untyped-def]
    end = dt.date(2019, 12, 31)
    with acting(cast.province):
        district = unit_on("108", end)
        communes = list(children_on(district, end))
        rows = [actions.report(resolution=RESOLUTION, given=figure(u.code), today=TODAY, by=cast.province) for u in communes[:-1]]  # fmt: skip
    with acting(cast.district):
        for row in rows:
            actions.confirm(figure=row, by=cast.district)

    def told() -> dict[str, object]:
        with acting(cast.district):
            found = dues(RESOLUTION, district, year=2019, today=TODAY, seen_by=cast.district)
        return {one.indicator.slug: one.rolled and one.rolled.numerator for one in found}

    assert told()["village-roads"] is None
    with acting(cast.province):
        last = actions.report(resolution=RESOLUTION, given=figure(communes[-1].code, numerator=D(4)), today=TODAY, by=cast.province)  # fmt: skip
    with acting(cast.district):
        actions.confirm(figure=last, by=cast.district)
    assert told()["village-roads"] == 9 * (len(communes) - 1) + 4


@how_many(max_examples=20, deadline=None)
@given(st.lists(st.tuples(st.integers(0, 50), st.integers(1, 50)), min_size=4, max_size=4))
def test_what_is_added_up_is_the_rate_of_all_together(pairs: list[tuple[int, int]]) -> None:
    """Four communes of two districts: the province's rate is that of the sums, whatever the districts' sizes."""
    rows = [ReportedFigure(indicator="village-roads", unit_id=10 + i, period="2019", numerator=D(n), denominator=D(d),
                           value=D(100 * n) / D(d), confirmed_at=dt.datetime.now(dt.UTC)) for i, (n, d) in enumerate(pairs)]  # fmt: skip
    parts = {1: {2, 3}, 2: {10, 11}, 3: {12, 13}}
    found = {unit: amount for _slug, unit, _period, amount in rolled(indicators(), rows, parts)}
    assert set(found) == {1, 2, 3}
    assert found[1].value == D(100) * sum(n for n, _d in pairs) / sum(d for _n, d in pairs)


def test_a_workbook_goes_out_and_comes_back_whole_or_not_at_all(cast: Cast, acting, tmp_path: Path) -> None:  # type: ignore[no-untyped-def]
    import openpyxl

    path = tmp_path / "so-lieu.xlsx"
    with acting(cast.district):
        district = unit_on("108", DAY)
        write_template(path, RESOLUTION, district, 2020, seen_by=cast.district)
    book = openpyxl.load_workbook(path)
    sheet = book.active
    rows = [row for row in sheet.iter_rows(min_row=2) if row[0].value == "village-roads"]
    assert len(rows) == 1 + len(children_on(district, DAY))
    places = {str(cell.value).rstrip("*"): place for place, cell in enumerate(sheet[1])}
    for row, (top, bottom) in zip(rows[1:4], [(5, 10), (12, 10), ("mười", 10)], strict=True):
        row[places["Tử số"]].value, row[places["Mẫu số"]].value = top, bottom
    book.save(path)
    with acting(cast.district), CaptureQueriesContext(connection) as queries:
        found = read(path, RESOLUTION, today=TODAY, seen_by=cast.district)
    assert len(queries) <= 12
    assert {(p.row, p.column) for p in found.problems} >= {
        (rows[2][0].row, "Tử số"),
        (rows[3][0].row, "Tử số"),
    }
    rows[2][places["Tử số"]].value, rows[3][places["Tử số"]].value = 10, "1"
    book.save(path)
    with acting(cast.district):
        found = read(path, RESOLUTION, today=TODAY, seen_by=cast.district)
        assert not found.problems, found.problems
        assert actions.report_all(ready=found.rows, by=cast.district) == 3
        again = read(path, RESOLUTION, today=TODAY, seen_by=cast.district)
        assert not again.problems and again.new == 0
