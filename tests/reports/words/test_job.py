"""The job writes a report in words, and a later one tells what changed; commits are real here."""

import pytest
from django.db import connections

from giamngheo.access.scope import acting_as
from giamngheo.areas.models import Unit
from giamngheo.reports import errors, jobs
from giamngheo.reports.models import Writing, WrittenReport
from giamngheo.reports.words import actions, queries
from tests.conftest import Cast


def test_the_job_writes_it_and_what_changed_later_is_told(
    own_database: str, cast: Cast, at_home: None
) -> None:
    with acting_as(cast.province):
        unit = Unit.objects.filter(code="12")[0]
        asked = actions.ask(kind="annual", unit=unit, period="2020", by=cast.province)
        with pytest.raises(errors.AlreadyWritingError):
            actions.ask(kind="annual", unit=unit, period="2020", by=cast.province)
    jobs.write_report.func(writing=asked.pk, user=cast.province.pk)
    with connections["owner"].cursor() as cursor:  # as if one more household had been found poor
        cursor.execute(
            "UPDATE surveys_tally SET households = households + 1 WHERE id = (SELECT t.id FROM surveys_tally t"
            " JOIN surveys_round r ON r.id = t.round_id WHERE t.unit_id = %s AND r.year = 2020 AND t.standard = r.standard"
            " AND t.klass LIKE 'poor%%' ORDER BY t.id LIMIT 1)",
            [unit.pk],
        )
    with acting_as(cast.province):
        later = actions.ask(kind="annual", unit=unit, period="2020", by=cast.province)
    jobs.write_report.func(writing=later.pk, user=cast.province.pk)
    with acting_as(cast.province):
        assert Writing.objects.get(pk=asked.pk).state == "done"
        one, two = (WrittenReport.objects.get(writing=each) for each in (asked, later))
        assert list(queries.issues_of(one, seen_by=cast.province)) == [two]
        changes = queries.document_of(one).differences(queries.document_of(two))
    assert ("Số hộ nghèo 2020", "98", "99") in {(c.name, c.was, c.now) for c in changes}
    assert not queries.document_of(one).differences(queries.document_of(one))
