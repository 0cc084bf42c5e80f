"""Writing visits and judging them, one or a hundred thousand by the same few statements.

Every way in (the form, a workbook, a round judged anew) ends here, so that a visit never stands without the verdicts it
gives. The facts go from PostgreSQL to DuckDB as one CSV file, through the compiled rules, and back by COPY.
"""

import datetime as dt
import json
import tempfile
from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import count, islice
from pathlib import Path
from typing import Any

import pyarrow as pa
from django.db import connection, transaction
from django.utils import timezone
from psycopg.types.json import Jsonb

from giamngheo.access.models import User
from giamngheo.registry.models import Household
from giamngheo.rules import engine
from giamngheo.rules.errors import NoStandardError
from giamngheo.rules.facts import household_facts, member_facts
from giamngheo.rules.standards import Standard, standard_named, standard_on
from giamngheo.surveys.models import Round, Visit

#: How a fact's type is called by DuckDB when it is read out of JSON.
_JSON_TYPES = {"int": "BIGINT", "number": "DOUBLE", "bool": "BOOLEAN", "codes": "VARCHAR[]", "date": "DATE"}
#: What a verdict row takes from a result of the rules, in the order of the COPY.
_JUDGED = (
    *("household", "klass", "basis", "band", "income", "points", "deprived", "unknown", "pattern"),
    *("pattern_given", "pattern_computed", "disagree", "borderline", "borderline_why"),
)
#: Between and around the fields of the facts: no byte of JSON is one of these, so that no quote in it is written twice.
_BETWEEN, _AROUND = "\x1f", "\x01"


def standards_for(round: Round) -> list[Standard]:
    """The standard in force on the round's day, and the one that follows it on 1 January, for which it is the base."""
    found = [standard_named(round.standard)]
    try:
        following = standard_on(dt.date(round.reference_date.year + 1, 1, 1))
    except NoStandardError:
        return found
    return found if following.slug == round.standard else [*found, following]


@transaction.atomic
def write(visit: Visit, *, by: User) -> Visit:
    """Write one visit in place of the one in force, judge it, count its round anew."""
    Household.objects.select_for_update().get(pk=visit.household_id)  # two writers take turns
    visit.recorded_at = timezone.now()
    before = Visit.objects.filter(
        round=visit.round, household=visit.household, retired_at__isnull=True
    ).values_list("pk", "village_id")
    retired = list(before)
    retire([pk for pk, _village in retired], at=visit.recorded_at)
    visit.save(force_insert=True)
    judge(visit.round, [visit.pk])
    tally(visit.round, {visit.village_id, *(village for _pk, village in retired)})
    return visit


def retire(visits: Sequence[int], *, at: dt.datetime) -> None:
    """These visits and their verdicts are no longer in force from `at` on; they stay."""
    if not visits:
        return
    with connection.cursor() as cursor:
        for table, column in (("surveys_verdict", "visit_id"), ("surveys_visit", "id")):
            cursor.execute(
                f"UPDATE {table} SET retired_at = %s WHERE {column} = ANY (%s) AND retired_at IS NULL",  # noqa: S608
                [at, list(visits)],
            )


def judge(
    round: Round,
    visits: Sequence[int] | None = None,
    *,
    standards: Iterable[Standard] = (),
) -> int:
    """Give verdicts on visits of a round (all in force when None) under its standards, or those named; how many.

    Verdicts in force on these visits under the same standard are retired first.
    """
    # Joined, not filtered: just after a large import PostgreSQL does not know how many visits there are.
    wanted = "" if visits is None else "JOIN unnest(%(visits)s::bigint[]) AS wanted (id) ON wanted.id = v.id"
    query = f"""
        SELECT v.household_id, v.area_type, coalesce(v.visited_on, r.reference_date), v.answers, v.members
        FROM surveys_visit v JOIN surveys_round r ON r.id = v.round_id {wanted}
        WHERE v.round_id = %(round)s AND v.outcome = 'met' AND v.retired_at IS NULL"""  # noqa: S608
    given = 0
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        [copied] = copied_out(query, {"round": round.pk, "visits": list(visits or ())}, folder)
        for standard, judged in judgements(round, copied, standards):
            retire_verdicts(round, standard, visits)
            given += put(round, standard, [judged])
    return given


def tally(round: Round, villages: Iterable[int] | None = None) -> None:
    """Count the round anew for every unit that holds one of these villages; for all when None."""
    with connection.cursor() as cursor:
        wanted = None if villages is None else sorted(set(villages))
        cursor.execute("SELECT surveys_tally_round(%s, %s::bigint[])", [round.pk, wanted])


def judgements(round: Round, copied: Path, standards: Iterable[Standard] = ()) -> list[tuple[Standard, Path]]:
    """The verdicts on facts copied out, under the round's standards or those named: a file each, as `put` takes it.

    Asks the rules alone and no database of ours, so it may run beside what PostgreSQL is doing.
    """
    households, members = laid_out(copied)
    if not households.num_rows:
        return []
    made, asked = [], standards_for(round)
    for standard in standards or asked:
        told = households if standard in asked else _without_paper(households, standard, asked)
        judged = engine.assess(told, members if members.num_rows else None, standard)
        path = copied.with_suffix(f".{standard.slug}")
        with engine.cursor() as con:
            con.register("judged", judged)
            chosen = ", ".join(f'"{name}"' for name in _JUDGED)
            con.execute(f"COPY (SELECT {chosen} FROM judged) TO '{path}' (FORMAT csv, HEADER false)")  # noqa: S608
        made.append((standard, path))
    return made


def copied_out(
    query: str, params: Mapping[str, Any], folder: Path, *, at_once: int | None = None
) -> Iterator[Path]:
    """Files of the rows of a query (household, area type, day, answers, members), of so many rows each; one when None."""
    with (
        connection.cursor() as cursor,
        cursor.copy(
            f"COPY ({query}) TO STDOUT (FORMAT csv, DELIMITER '{_BETWEEN}', QUOTE '{_AROUND}')", params
        ) as out,
    ):
        rows = iter(out)  # PostgreSQL hands over a row at a time
        for number in count():
            path = folder / f"facts{number}.csv"
            with path.open("wb") as file:
                file.writelines(islice(rows, at_once))
            if number and not path.stat().st_size:
                return
            yield path


def laid_out(copied: Path) -> tuple[pa.Table, pa.Table]:
    """Households and members as the rules read them, from the rows copied out."""
    if not copied.stat().st_size:
        return pa.table({}), pa.table({})
    with engine.cursor() as con:
        con.execute(
            "CREATE TEMP TABLE visit AS SELECT * FROM read_csv($file, header = false, max_line_size = 20000000,"
            " delim = $between, quote = $around, escape = $around, columns = "
            "{'household': 'BIGINT', 'area_type': 'VARCHAR', 'on': 'DATE', 'answers': 'JSON', 'members': 'JSON'})",
            {"file": str(copied), "between": _BETWEEN, "around": _AROUND},
        )
        households = con.sql(
            _unpacked(con, household_facts(), "answers", "visit", ', area_type, "on"')
        ).to_arrow_table()
        con.execute(
            "CREATE TEMP TABLE member AS SELECT household, unnest(CAST(members AS JSON[])) AS facts FROM visit"
        )
        members = con.sql(_unpacked(con, member_facts(), "facts", "member", "")).to_arrow_table()
    return households, members


def _unpacked(con: Any, facts: Mapping[str, Any], column: str, table: str, more: str) -> str:
    """A query that lays the JSON of `column` into typed columns; a fact that nobody answered gets no column."""
    keys = con.execute(f"SELECT DISTINCT unnest(json_keys({column})) FROM {table}").fetchall()  # noqa: S608
    there = [fact for key, fact in facts.items() if (key,) in keys]
    laid = "".join(
        f""", CAST({column}->>'{f.key}' AS {_JSON_TYPES.get(f.type, "VARCHAR")}) AS "{f.key}\""""
        for f in there
    )
    return f"SELECT household{more}{laid} FROM {table}"  # noqa: S608


#: What a paper form adds up by the points of its own standard.
_TOTALS = frozenset({"b1_points", "b2_points", "deprived_count"})


def _without_paper(households: pa.Table, standard: Standard, asked: Iterable[Standard]) -> pa.Table:
    """The facts alone, for a standard the round's form does not serve: no totals of points, no tick of another question.

    A tick is carried where the indicator asks the very same in a standard that the form serves.
    """
    own = {(i.code, i.rule, str(i.params)) for s in asked for i in s.indicators}
    same = {f"tick_{i.code}" for i in standard.indicators if (i.code, i.rule, str(i.params)) in own}
    return households.select(
        [
            name
            for name in households.column_names
            if name not in _TOTALS and (not name.startswith("tick_") or name in same)
        ]
    )


def retire_verdicts(round: Round, standard: Standard, visits: Sequence[int] | None) -> None:
    """The verdicts in force under a standard, on these visits or on all of the round, are so no longer."""
    earlier = "UPDATE surveys_verdict SET retired_at = %s WHERE round_id = %s AND standard = %s AND retired_at IS NULL"
    given_to: list[Any] = [timezone.now(), round.pk, standard.slug]
    if visits is not None:
        earlier, given_to = f"{earlier} AND visit_id = ANY (%s)", [*given_to, list(visits)]
    with connection.cursor() as cursor:
        cursor.execute(earlier, given_to)


def put(round: Round, standard: Standard, judged: Iterable[Path]) -> int:
    """Lay files of verdicts into the table, each verdict beside the visit in force of its household; how many."""
    now = timezone.now()
    with connection.cursor() as cursor:
        _keep_law(cursor, standard, now)
        cursor.execute(
            "CREATE TEMP TABLE judged (household bigint, klass text, basis text, band smallint, income bigint, points integer,"
            " deprived smallint, unknown smallint, pattern text, pattern_given text, pattern_computed text,"
            " disagree text, borderline boolean, borderline_why text) ON COMMIT DROP"
        )
        with cursor.copy("COPY judged FROM STDIN (FORMAT csv)") as into:
            for path in judged:
                with path.open("rb") as file:
                    while block := file.read(1 << 20):
                        into.write(block)
        cursor.execute(
            """
            INSERT INTO surveys_verdict (visit_id, round_id, household_id, village_id, standard, law_id, area_type,
              ethnic, persons, klass, basis, band, income, points, deprived, unknown, pattern, pattern_given,
              pattern_computed, disagree, borderline, borderline_why, recorded_at)
            SELECT v.id, v.round_id, v.household_id, v.village_id, %s, %s, v.area_type, v.ethnic, v.persons, j.klass,
              coalesce(j.basis, ''), j.band, j.income, j.points, j.deprived, j.unknown, coalesce(j.pattern, ''),
              coalesce(j.pattern_given, ''), coalesce(j.pattern_computed, ''), coalesce(j.disagree, ''),
              coalesce(j.borderline, false), coalesce(j.borderline_why, ''), %s
            FROM judged j JOIN surveys_visit v ON v.household_id = j.household
            WHERE v.round_id = %s AND v.retired_at IS NULL
            """,
            [standard.slug, standard.content_hash, now, round.pk],
        )
        given: int = cursor.rowcount
        cursor.execute("DROP TABLE judged")
    return given


def _keep_law(cursor: Any, standard: Standard, now: dt.datetime) -> None:
    """Keep the text of the standard under its hash, the first time a verdict is given by it."""
    cursor.execute(
        "INSERT INTO surveys_lawversion (content_hash, slug, content, first_used) VALUES (%s, %s, %s, %s)"
        " ON CONFLICT DO NOTHING",
        [standard.content_hash, standard.slug, Jsonb(standard.content, dumps=_dumps), now],
    )


def _dumps(content: Any) -> str:
    return json.dumps(content, ensure_ascii=False, default=str)
