"""A round as columns, one row a household: who was recognised at its start, who is at its end, and what explains it.

Measures and reports read nothing else. The end is what was decided; where nothing is decided yet, what the survey found.
"""

# ruff: noqa: S608  (only constants of this file are laid into the queries)

import datetime as dt
import tempfile
from pathlib import Path

import duckdb
import pyarrow as pa
from django.db import connection

from giamngheo.surveys.models import Round

_COLUMNS = {
    "household": "BIGINT",
    "village": "BIGINT",
    "commune": "BIGINT",
    "district": "BIGINT",
    "province": "BIGINT",
    "area_type": "VARCHAR",
    "ethnic": "VARCHAR",
    "persons": "SMALLINT",
    "persons_before": "SMALLINT",
    "female_head": "BOOLEAN",
    "before": "VARCHAR",
    "after": "VARCHAR",
    "after_class": "VARCHAR",
    "gone_why": "VARCHAR",
    "came_why": "VARCHAR",
    "last_escaped_year": "INTEGER",
    "last_near_escaped_year": "INTEGER",
    "pattern": "VARCHAR",
    "no_labour": "BOOLEAN",
    "merit": "BOOLEAN",
    "causes": "VARCHAR",
    "children": "SMALLINT",
    "children_health_deprived": "SMALLINT",
    "children_education_deprived": "SMALLINT",
}

# `start`: recognised, and living in the province, when the round opened. `found`: the class decided on in this round,
# else the verdict in force; `kept`: recognised and not reached this time, which changes nothing. A household that ended or
# left in between is there with no class at the end.
_QUERY = """
WITH place AS (
  SELECT w.unit_id AS village, max(w.ancestor_id) FILTER (WHERE w.level = 3) AS commune,
    max(w.ancestor_id) FILTER (WHERE w.level = 2) AS district, max(w.ancestor_id) FILTER (WHERE w.level = 1) AS province
  FROM areas_within w
  WHERE w.unit_level = 4 AND %(day)s BETWEEN w.valid_from AND coalesce(w.valid_to, 'infinity') GROUP BY w.unit_id
),
start AS (
  SELECT r.household_id AS household, r.village_id AS village, coalesce(g.listed, 'none') AS listed, g.listed IS NOT NULL AS was_listed
  FROM registry_residence r
  LEFT JOIN reviews_recognition g ON g.household_id = r.household_id AND g.period @> %(opens)s::date
  WHERE r.retired_at IS NULL AND r.period @> %(opens)s::date
),
decided AS (
  SELECT DISTINCT ON (l.household_id) l.household_id AS household, l.after
  FROM reviews_decisionline l JOIN reviews_decision d ON d.id = l.decision_id JOIN reviews_communereview of ON of.id = d.of_id
  WHERE of.round_id = %(round)s AND d.decided_on <= %(as_of)s ORDER BY l.household_id, d.sequence DESC
),
found AS (
  SELECT v.household_id AS household, v.village_id AS village, v.area_type, v.ethnic, v.persons, v.pattern,
    coalesce(d.after, v.klass) AS klass, s.answers, s.members
  FROM surveys_verdict v JOIN surveys_visit s ON s.id = v.visit_id
  LEFT JOIN decided d ON d.household = v.household_id
  WHERE v.round_id = %(round)s AND v.standard = %(standard)s AND v.retired_at IS NULL
),
kept AS (
  SELECT g.household_id AS household, g.village_id AS village, g.klass FROM reviews_recognition g JOIN registry_household h ON h.id = g.household_id
  WHERE g.period @> %(as_of)s::date AND coalesce(h.ended_on, 'infinity') > %(as_of)s
),
earlier AS (
  SELECT v.household_id AS household, v.persons FROM surveys_visit v
  WHERE v.round_id = %(before)s AND v.retired_at IS NULL
),
escaped AS (
  SELECT g.household_id AS household, max(extract(year FROM upper(g.period))) FILTER (WHERE g.listed = 'poor') AS poor,
    max(extract(year FROM upper(g.period))) AS near
  FROM reviews_recognition g JOIN reviews_decisionline l ON l.id = g.ended_by_id
  WHERE l.after NOT IN ('poor_income', 'poor_deprivation', 'poor') AND upper(g.period) <= %(opens)s::date GROUP BY g.household_id
)
SELECT h.id, coalesce(f.village, c.village, s.village), p.commune, p.district, p.province, coalesce(f.area_type, 'rural'), coalesce(f.ethnic, ''),
  coalesce(f.persons, e.persons, 0), CASE WHEN s.household IS NOT NULL THEN coalesce(e.persons, f.persons, 0) END,
  (SELECT q.sex = 'F' FROM registry_person q WHERE q.household_id = h.id AND q.relation = 'head'),
  s.listed,
  CASE WHEN coalesce(f.klass, c.klass) IS NULL OR h.ended_on <= %(as_of)s THEN NULL
       WHEN coalesce(f.klass, c.klass) IN ('poor_income', 'poor_deprivation', 'poor') THEN 'poor'
       WHEN coalesce(f.klass, c.klass) = 'near_poor' THEN 'near_poor' ELSE 'none' END,
  coalesce(f.klass, c.klass),
  CASE WHEN coalesce(f.klass, c.klass) IS NULL OR h.ended_on <= %(as_of)s THEN (
    SELECT CASE WHEN v.kind IN ('moved_out', 'died', 'split', 'merged') THEN v.kind ELSE 'moved_out' END
    FROM registry_lifeevent v WHERE v.household_id = h.id AND v."on" > %(opens)s ORDER BY v."on" DESC, v.id DESC LIMIT 1) END,
  CASE WHEN s.household IS NULL THEN (
    SELECT CASE WHEN v.kind IN ('split', 'merged') THEN v.kind ELSE 'moved_in' END
    FROM registry_lifeevent v WHERE v.household_id = h.id ORDER BY v.id LIMIT 1) END,
  x.poor::int, x.near::int, f.pattern,
  (SELECT bool_and((m->>'no_labour_capacity')::boolean) FROM jsonb_array_elements(f.members) AS m
    WHERE m ? 'no_labour_capacity'),
  NULL, (SELECT string_agg(c, ';') FROM jsonb_array_elements_text(f.answers->'causes') AS c),
  k.children, k.health, k.education
FROM registry_household h
LEFT JOIN found f ON f.household = h.id LEFT JOIN start s ON s.household = h.id LEFT JOIN kept c ON c.household = h.id
LEFT JOIN earlier e ON e.household = h.id LEFT JOIN escaped x ON x.household = h.id
LEFT JOIN LATERAL (
  SELECT count(*) FILTER (WHERE born > %(year)s - 16) AS children,
    count(*) FILTER (WHERE born > %(year)s - 16 AND m->>'health_insurance' = 'false') AS health,
    count(*) FILTER (WHERE born BETWEEN %(year)s - 15 AND %(year)s - 5 AND m->>'attends_school' = 'false') AS education
  FROM jsonb_array_elements(f.members) AS m,
    LATERAL (SELECT coalesce((m->>'birth_year')::int, extract(year FROM (m->>'birth_date')::date)::int) AS born) AS b
) AS k ON f.klass IN ('poor_income', 'poor_deprivation', 'poor', 'near_poor')
JOIN place p ON p.village = coalesce(f.village, c.village, s.village)
WHERE (f.household IS NOT NULL OR s.was_listed) AND (cardinality(%(villages)s::bigint[]) = 0 OR p.village = ANY (%(villages)s))
"""


def snapshot(round: Round, *, as_of: dt.date, villages: list[int] | None = None) -> pa.Table:
    """One row a household of the round as it stands on `as_of`; of some villages only, where named.

    Columns: those of `_COLUMNS`; ids of units are of the round's geography; `before` and `after` are poor, near_poor,
    none, or null where the household was not there; persons are heads counted; causes are codes joined by ";".
    """
    before = Round.objects.filter(kind=Round.Kind.ANNUAL, year__lt=round.year).order_by("-year").first()
    words = {
        "round": round.pk,
        "standard": round.standard,
        "day": round.reference_date,
        "opens": round.opens,
        "as_of": as_of,
        "before": before.pk if before else 0,
        "year": round.reference_date.year,
        "villages": villages or [],
    }
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "round.csv"
        with (
            connection.cursor() as cursor,
            path.open("wb") as file,
            cursor.copy(f"COPY ({_QUERY}) TO STDOUT (FORMAT csv)", words) as out,
        ):
            for block in out:
                file.write(block)
        return _read(path)


def _read(path: Path) -> pa.Table:
    types = ", ".join(f"'{name}': '{kind}'" for name, kind in _COLUMNS.items())
    with duckdb.connect() as con:
        con.execute("SET threads = 2")
        return con.sql(
            "SELECT * REPLACE (string_split(causes, ';') AS causes) FROM"
            f" read_csv('{path}', header = false, nullstr = '', columns = {{{types}}})"
        ).to_arrow_table()
