"""All reports of a round made by the job, kept as issued, shown by area, compared; and the round closed on them."""

import datetime as dt
from collections.abc import Iterator
from dataclasses import replace
from typing import Any
from zlib import crc32

import duckdb
import ibis
import pytest
from django.db import DatabaseError, connections, transaction

from giamngheo.access.models import User
from giamngheo.access.scope import acting_as
from giamngheo.areas.models import Within
from giamngheo.areas.queries import valid
from giamngheo.demo.fit import NEAR_POOR, POOR
from giamngheo.demo.reviews import YEARS
from giamngheo.reports import actions, errors, jobs, queries
from giamngheo.reports.models import IssuedReport, Production
from giamngheo.reports.official.behind import Cell, households_behind
from giamngheo.reports.official.build import all_reports, checked
from giamngheo.reports.official.forms import forms_of
from giamngheo.reports.official.frozen import canonical, compare
from giamngheo.reports.official.gather import typed, unbound
from giamngheo.reviews.models import CommuneReview, Decision
from giamngheo.reviews.snapshot import ends_on, snapshot
from giamngheo.surveys.errors import SurveyError
from giamngheo.surveys.models import Round, Verdict
from tests.conftest import Cast

D = dt.date
END = D(2020, 12, 31)


def round_of(year: int) -> Round:
    return Round.objects.get(year=year, kind="annual")


def make(by: User, year: int = 2020, deadline: str = "official", as_of: dt.date = END) -> Production:
    """The reports of a round made here and now, without the job runner."""
    with acting_as(by):
        round = round_of(year)
        made = Production.objects.create(round=round, deadline=deadline, as_of=as_of, asked_by=by)
        return actions.make(made, by=by)


@pytest.fixture
def issued(cast: Cast) -> Production:
    return make(cast.province)


def rows_of(production: Production, by: User) -> list[IssuedReport]:
    with acting_as(by):
        found = queries.latest_rows(production.round, production.deadline, production.as_of)
        return list(found.defer(None))


def test_every_unit_has_every_report_of_its_generation(cast: Cast, issued: Production) -> None:
    rows = rows_of(issued, cast.province)
    units = {row.unit_id for row in rows}
    assert {row.unit.level for row in rows} == {1, 2, 3}
    assert [row.kind for row in rows if row.unit.level == 1] == [form.slug for form in forms_of("2016-2020")]
    assert len(rows) == issued.total == issued.added == len(units) * len(forms_of("2016-2020"))
    assert issued.blocked == 0 and not any(row.blocked for row in rows)
    for row in rows:
        report = queries.report_of(row)
        assert (report.unit.id, report.slug, report.on) == (row.unit_id, row.kind, END) and report.synthetic
        assert len(row.law) == len(row.procedure) == len(row.fingerprint) == 64


def test_the_result_is_what_was_decided(cast: Cast, issued: Production) -> None:
    """Those of the round's decisions, and those recognised before whom nobody could meet."""
    province = next(row for row in rows_of(issued, cast.province) if row.unit.level == 1)
    report = queries.report_of(province)
    with acting_as(cast.province):
        poor = Verdict.objects.filter(round=issued.round, retired_at=None, klass__startswith="poor").count()
        unseen = CommuneReview.objects.filter(
            round=issued.round, cases__state="withdrawn", cases__before__startswith="poor"
        ).count()
    assert report.value("3", report.unit.id) == poor + unseen
    assert report.value("1", report.unit.id) == 600


def test_the_same_again_changes_nothing(cast: Cast, issued: Production) -> None:
    again = make(cast.province)
    assert (again.total, again.added) == (issued.total, 0)
    assert {row.production_id for row in rows_of(again, cast.province)} == {issued.pk}


def test_what_changed_is_kept_beside_what_was_issued(own_database: str, cast: Cast) -> None:
    issued = make(cast.province)
    with acting_as(cast.province):
        one = Verdict.objects.filter(round=issued.round, retired_at=None, klass="near_poor").first()
        assert one is not None
        place = one.village_id
    with connections[
        "owner"
    ].cursor() as cursor:  # as an early death would: the household is not there at the end
        cursor.execute(
            "UPDATE registry_residence SET period = daterange(lower(period), '2020-12-01') WHERE household_id = %s AND retired_at IS NULL",
            [one.household_id],
        )
    later = make(cast.province)
    new = [row for row in rows_of(later, cast.province) if row.production_id == later.pk]
    assert 0 < later.added == len(new) < later.total
    with acting_as(cast.province):
        above = set(
            Within.objects.filter(valid(END), unit=place, level__lte=3).values_list("ancestor", flat=True)
        )
        assert {row.unit_id for row in new} == above
        result = next(row for row in new if row.kind == "result" and row.unit.level == 1)
        before = queries.earlier_issues(result, seen_by=cast.province).get()
        changes = compare(
            queries.report_of(IssuedReport.objects.get(pk=before.pk)), queries.report_of(result)
        )
    assert {(c.column, c.change) for c in changes if c.code == "12" and c.column in ("1", "5")} == {("1", -1), ("5", -1)}  # fmt: skip


def test_each_cell_counts_the_households_behind_it(cast: Cast, issued: Production) -> None:
    """Of the cells of a commune's reports and of the province's bottom lines one in eight: the sum over its households."""
    rows = rows_of(issued, cast.province)
    with acting_as(cast.province):
        day = ends_on(issued.round, issued.as_of)
        units, basis = queries.units_on_day(day), queries.basis_of(issued.round)
        table = typed(snapshot(issued.round, as_of=issued.as_of, geography=day))
    seen, statements = 0, dict[str, str]()
    with duckdb.connect(":memory:") as database:
        database.register("snapshot", table)
        commune = next(row.unit_id for row in rows if row.unit.level == 3)
        chosen = [row for row in rows if row.unit_id == commune or row.unit.level == 1]
        for report in map(queries.report_of, chosen):
            whole = report.unit.level == 1
            for line in report.rows[-1:] if whole else report.rows:
                for column, value in zip(report.columns, line.values, strict=True):
                    if column.kind == "rate":
                        continue
                    cell = Cell.at(report, line, column)
                    if crc32(cell.address.encode()) % 8:
                        continue
                    found = households_behind(cell, unbound(), units, basis)
                    sql = statements.setdefault(
                        cell.address, str(ibis.to_sql(found.counted.sum(), dialect="duckdb"))
                    )
                    total = (database.execute(sql).fetchone() or (0,))[0] or 0
                    assert total == value, cell.address
                    seen += 1
    assert seen > 50


def test_a_drawn_cell_names_its_households(cast: Cast, issued: Production) -> None:
    row = next(r for r in rows_of(issued, cast.province) if r.unit.level == 3 and r.kind == "result")
    report = queries.report_of(row)
    column = next(c for c in report.columns if c.key == "9")
    for line in report.rows:
        with acting_as(cast.province):
            found = queries.behind(row, Cell.at(report, line, column), seen_by=cast.province)
        assert sum(found.column("counted").to_pylist()) == line.values[report.places["9"]]
        assert set(found.column("village").to_pylist()) <= {line.unit, *(r.unit for r in report.rows)}


def test_each_sees_the_reports_of_their_units(cast: Cast, issued: Production) -> None:
    def seen(by: User) -> set[int]:
        return {row.unit_id for row in rows_of(issued, by)}

    every = seen(cast.province)
    assert seen(cast.leader) == seen(cast.auditor) == every
    assert len(seen(cast.officer)) == 1 and seen(cast.officer) <= seen(cast.district) < every
    assert seen(cast.other_officer).isdisjoint(seen(cast.officer))
    assert seen(cast.head) == seen(cast.admin) == set()


def test_an_issued_report_is_never_changed_or_removed(own_database: str, cast: Cast) -> None:
    make(cast.province)
    for alias in ("owner", "default"):
        for statement in (
            "UPDATE reports_issuedreport SET blocked = true",
            "DELETE FROM reports_issuedreport",
            "TRUNCATE reports_issuedreport",
        ):
            whose = acting_as(cast.province) if alias == "default" else transaction.atomic(using=alias)
            with pytest.raises(DatabaseError), whose, connections[alias].cursor() as cursor:
                cursor.execute(statement)


@pytest.mark.parametrize("role", ["head", "officer", "chairman", "district", "leader", "auditor", "admin"])
def test_the_province_alone_makes_them(cast: Cast, role: str) -> None:
    by = getattr(cast, role)
    with acting_as(cast.province):
        round = round_of(2020)
    with acting_as(by), pytest.raises(errors.NotProvincialOfficerError):
        actions.ask(round=round, deadline="official", as_of=END, by=by)
    with acting_as(by), pytest.raises(errors.NotProvincialOfficerError):
        actions.close(round=round, by=by)


@pytest.mark.parametrize(
    ("deadline", "as_of", "refusal"),
    [
        ("official", D(2020, 9, 14), errors.OutsideDaysError),
        ("official", D(2021, 10, 16), errors.OutsideDaysError),
        ("yearly", END, errors.NoSuchDeadlineError),
    ],
)
def test_bad_input_is_refused(cast: Cast, deadline: str, as_of: dt.date, refusal: type[Exception]) -> None:
    with acting_as(cast.province), pytest.raises(refusal):
        actions.ask(round=round_of(2020), deadline=deadline, as_of=as_of, by=cast.province)
    with acting_as(cast.province):
        assert not Production.objects.exists()


def test_one_is_made_at_a_time(cast: Cast) -> None:
    with acting_as(cast.province):
        actions.ask(round=round_of(2020), deadline="official", as_of=END, by=cast.province)
    with acting_as(cast.province), pytest.raises(errors.AlreadyWorkingError):
        actions.ask(round=round_of(2020), deadline="preliminary", as_of=END, by=cast.province)


def test_a_job_that_ends_early_leaves_nothing(
    own_database: str, cast: Cast, monkeypatch: pytest.MonkeyPatch
) -> None:
    with acting_as(cast.province):
        asked = actions.ask(round=round_of(2020), deadline="official", as_of=END, by=cast.province)
    made = 0

    def breaks(report: Any) -> str:
        nonlocal made
        made += 1
        if made > 5:
            raise KeyboardInterrupt
        return canonical(report)

    monkeypatch.setattr(actions, "canonical", breaks)
    with pytest.raises(KeyboardInterrupt):
        jobs.make_reports(production=asked.pk, user=cast.province.pk)
    with acting_as(cast.province):
        asked.refresh_from_db()
        assert asked.state == "failed" and "Hãy yêu cầu lại" in asked.failure
        assert not IssuedReport.objects.exists()
    monkeypatch.setattr(actions, "canonical", canonical)
    with acting_as(cast.province):
        again = actions.ask(round=round_of(2020), deadline="official", as_of=END, by=cast.province)
    jobs.make_reports(production=again.pk, user=cast.province.pk)
    with acting_as(cast.province):
        again.refresh_from_db()
        assert again.state == "done" and IssuedReport.objects.count() == again.total > 0


# --- closing --------------------------------------------------------------------------------------------------------


@pytest.fixture
def open_again(own_database: str, cast: Cast) -> Round:
    """The round of 2020, decided everywhere, as it was before it was closed."""
    Round.objects.using("owner").filter(year=2020).update(closed_at=None)
    with acting_as(cast.province):
        round = round_of(2020)
    return round


def close(round: Round, by: User) -> None:
    with acting_as(by):
        actions.close(round=round, by=by)


def test_a_round_is_closed_on_its_official_reports(open_again: Round, cast: Cast) -> None:
    with pytest.raises(errors.NotReportedError):
        close(open_again, cast.province)
    make(cast.province, deadline="preliminary")
    with pytest.raises(errors.NotReportedError):
        close(open_again, cast.province)
    make(cast.province, as_of=D(2020, 11, 1))
    with pytest.raises(errors.NotReportedError):  # as of a day before the last decision
        close(open_again, cast.province)
    make(cast.province)
    close(open_again, cast.province)
    with acting_as(cast.province):
        assert not round_of(2020).is_open
    with pytest.raises(SurveyError):
        close(open_again, cast.province)


def test_a_round_stays_open_while_a_commune_has_not_decided(open_again: Round, cast: Cast) -> None:
    make(cast.province)
    with connections["owner"].cursor() as cursor:
        cursor.execute(
            "UPDATE reviews_communereview SET state = 'answered' WHERE id = (SELECT min(id) FROM reviews_communereview WHERE round_id = %s)",
            [open_again.pk],
        )
    with pytest.raises(errors.UndecidedError, match="1 xã"):
        close(open_again, cast.province)


def test_a_round_stays_open_while_findings_stand(
    open_again: Round, cast: Cast, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A broken identity: one figure of the flow table is not what the household rows say."""

    def broken(*asked: Any) -> Iterator[Any]:
        for unit, reports in all_reports(*asked):
            flow = reports[1]
            last = flow.rows[-1]
            rows = (*flow.rows[:-1], last._replace(values=(987_654, *last.values[1:])))
            yield unit, checked([reports[0], replace(flow, rows=rows), *reports[2:]])

    monkeypatch.setattr(actions, "all_reports", broken)
    made = make(cast.province)
    assert made.blocked > 0
    row = next(row for row in rows_of(made, cast.province) if row.blocked)
    assert "1-2-3-4+5+6+7+8" in " ".join(f.sentence() for f in queries.report_of(row).checks)
    with pytest.raises(errors.FindingsStandError):
        close(open_again, cast.province)
    monkeypatch.setattr(actions, "all_reports", all_reports)
    make(cast.province)
    close(open_again, cast.province)


def test_a_decision_after_the_reports_asks_for_new_ones(open_again: Round, cast: Cast) -> None:
    made = make(cast.province)
    with connections["owner"].cursor() as cursor:
        cursor.execute("UPDATE reports_production SET finished_at = '2020-01-01' WHERE id = %s", [made.pk])
    with acting_as(cast.province):
        assert Decision.objects.filter(of__round=open_again).exists()
    with pytest.raises(errors.NotReportedError):
        close(open_again, cast.province)


@pytest.mark.parametrize("year", YEARS)
def test_the_published_series_is_reproduced(cast: Cast, year: int) -> None:
    """The official result table of each year's end gives the rates to which the synthetic province was fitted."""
    made = make(cast.province, year, as_of=D(year, 12, 31))
    report = queries.report_of(next(row for row in rows_of(made, cast.province) if row.unit.level == 1))
    everybody = report.value("1", report.unit.id)
    poor, near = (100 * report.value(column, report.unit.id) / everybody for column in ("3", "5"))
    one = 100 / everybody  # a household of the small province; of the whole one some thousandths of a point
    assert poor == pytest.approx(POOR[YEARS.index(year)], abs=one)
    assert near == pytest.approx(NEAR_POOR[YEARS.index(year)], abs=2 * one)
