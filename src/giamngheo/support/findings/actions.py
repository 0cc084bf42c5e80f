"""What may be done with findings: looked for over a year in one job, explained, mended, rejected, opened again."""

import datetime as dt
import io
import time
from typing import Any

import pyarrow as pa
import pyarrow.csv
from django.db import connection, transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from giamngheo.access.models import User
from giamngheo.access.queries import today
from giamngheo.access.scope import acting_as
from giamngheo.support import errors
from giamngheo.support.findings.engine import find
from giamngheo.support.findings.gather import books_of
from giamngheo.support.models import Finding, FindingSearch
from giamngheo.support.tally import count_years

State = Finding.State
#: Days in which a finding should be answered. No act sets it: it is this system's own clock, shown as such.
ANSWER_WITHIN = 30


def ask_for_search(*, year: int, by: User) -> FindingSearch:
    """Have a year looked through in the area of `by`. Raises NotWriterError, SearchGoingOnError."""
    from giamngheo.support.jobs import find as job  # the job room imports this one

    if not by.writes_households:
        raise errors.NotWriterError
    going = (FindingSearch.State.WAITING, FindingSearch.State.RUNNING)
    if FindingSearch.objects.filter(asked_by=by, state__in=going).exists():
        raise errors.SearchGoingOnError
    search = FindingSearch.objects.create(year=year, asked_by=by)
    job.defer(pk=search.pk, user=by.pk)
    return search


def run(pk: int, *, by: User) -> None:
    """The job: gather, compare, keep; each stage shows its progress, the findings come in one transaction."""
    began = time.monotonic()
    search = _step(pk, by, 5, _("Đọc quyền, danh sách, chi trả"))
    try:
        with acting_as(by):
            books = books_of(search.year)
            day = today()
        _step(pk, by, 60, _("Đối chiếu hai chiều"))
        found = find(books, year=search.year, today=day)
        _step(pk, by, 80, _("Ghi phát hiện"))
        with acting_as(by):
            new = keep(found, year=search.year, day=day)
            counts = {
                "kinds": _by_kind(found),
                "new": new,
                "given": books.table("given").num_rows,
                "owed": books.table("owed").num_rows,
                "lines": books.table("lines").num_rows,
                "seconds": round(time.monotonic() - began, 1),
            }
        _step(pk, by, 100, "", state=FindingSearch.State.DONE, counts=counts)
    except BaseException:
        words = _("Dừng giữa chừng; các phát hiện trước giữ nguyên. Hãy chạy lại.")
        _step(pk, by, 100, "", state=FindingSearch.State.FAILED, failure=words)
        raise


def _step(pk: int, by: User, percent: int, stage: str, **more: Any) -> FindingSearch:
    values = {"state": FindingSearch.State.RUNNING, "progress": percent, "stage": stage, **more}
    with acting_as(by):
        FindingSearch.objects.filter(pk=pk).update(**values)
        return FindingSearch.objects.get(pk=pk)


def _by_kind(found: pa.Table) -> dict[str, int]:
    counted: dict[str, int] = {}
    for kind in found["kind"].to_pylist():
        counted[kind] = counted.get(kind, 0) + 1
    return counted


_STAGED = """
CREATE TEMPORARY TABLE support_found (key text, side text, kind text, policy text, benefit text, other_policy text, household bigint,
  person bigint, village bigint, since date, until date, amount bigint, deliveries text, line bigint, article text, keeper text)
ON COMMIT DROP
"""
_ADD = """
INSERT INTO support_finding (key, side, kind, policy, benefit, other_policy, year, period, village_id, household_id, person_id,
  deliveries, line, amount, article, keeper, due_on, state, reason, found_at)
SELECT f.key, f.side, f.kind, f.policy, f.benefit, f.other_policy, %(year)s,
  CASE WHEN f.until >= f.since THEN daterange(f.since, f.until + 1) END, f.village, f.household, f.person,
  coalesce(string_to_array(nullif(f.deliveries, ''), ' ')::bigint[], '{}'), f.line, f.amount, f.article, f.keeper, %(due)s, 'open', '', now()
FROM support_found f WHERE NOT EXISTS (SELECT 1 FROM support_finding o WHERE o.key = f.key)
"""
_GONE = """
UPDATE support_finding SET state = 'mended', reason = %(reason)s, decided_at = now(), decided_by_id = NULL
WHERE year = %(year)s AND state = 'open' AND NOT EXISTS (SELECT 1 FROM support_found f WHERE f.key = support_finding.key)
"""
_BACK = """
UPDATE support_finding o SET state = 'open', reason = '', decided_at = NULL, due_on = %(due)s
FROM support_found f WHERE f.key = o.key AND o.state = 'mended' AND o.decided_by_id IS NULL
"""


@transaction.atomic
def keep(found: pa.Table, *, year: int, day: dt.date) -> int:
    """Add what is found for the first time; what is open and no longer found is mended; what somebody decided stays.

    Returns how many are new.
    """
    words: dict[str, Any] = {
        "year": year,
        "due": day + dt.timedelta(days=ANSWER_WITHIN),
        "reason": _("Lần đối chiếu sau không còn thấy: sổ đã được bổ sung hoặc sửa."),
    }
    with connection.cursor() as cursor:
        cursor.execute("DROP TABLE IF EXISTS support_found")
        cursor.execute(_STAGED)
        with cursor.copy("COPY support_found FROM STDIN (FORMAT csv)") as into:
            block = io.BytesIO()
            pa.csv.write_csv(_flat(found), block, pa.csv.WriteOptions(include_header=False))
            into.write(block.getbuffer())
        cursor.execute("ANALYZE support_found")
        cursor.execute(_ADD, words)
        new: int = cursor.rowcount
        cursor.execute(_GONE, words)
        cursor.execute(_BACK, words)
    count_years([year])
    return new


def _flat(found: pa.Table) -> pa.Table:
    place = found.column_names.index("deliveries")
    words = [" ".join(map(str, ids or ())) for ids in found["deliveries"].to_pylist()]
    return found.set_column(place, "deliveries", pa.array(words, pa.string()))


@transaction.atomic
def answer(*, finding: Finding, state: str, reason: str, by: User) -> None:
    """Explain, mend, reject or open again. Raises ReasonNeededError, OutsideAreaError, UnknownStateError."""
    if not by.writes_households:
        raise errors.NotWriterError
    if state not in State.values:
        raise errors.UnknownStateError
    if not reason.strip() and state != State.OPEN:
        raise errors.ReasonNeededError
    held = Finding.objects.select_for_update(of=("self",)).filter(pk=finding.pk).first()
    if held is None:
        raise errors.OutsideAreaError
    held.state, held.reason = state, "" if state == State.OPEN else reason.strip()
    held.decided_at, held.decided_by = timezone.now(), by
    if state == State.OPEN:
        held.due_on = today() + dt.timedelta(days=ANSWER_WITHIN)
    held.save(update_fields=["state", "reason", "decided_at", "decided_by", "due_on"])
