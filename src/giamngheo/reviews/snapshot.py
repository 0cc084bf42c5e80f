"""A round as columns, one row a household and place: what it was recognised as at the start, what it is at the end, and why.

Measures and reports read nothing else. The end is what was decided. Where the commune has not decided yet it is what the
survey found, and where nobody came, what was recognised before.
"""

import datetime as dt
import tempfile
from pathlib import Path

import pyarrow as pa
from django.db import connection

from giamngheo.rules import engine
from giamngheo.rules.standards import standard_named
from giamngheo.surveys.models import Round

#: The columns; what they mean is said by `snapshot`, what reports make of them by reports/official/gather.py.
COLUMNS = {
    "household": "BIGINT", "village": "BIGINT", "area_type": "VARCHAR", "ethnic": "VARCHAR", "persons": "SMALLINT",
    "persons_before": "SMALLINT", "female_head": "BOOLEAN", "before": "VARCHAR", "after": "VARCHAR",
    "after_class": "VARCHAR", "gone_why": "VARCHAR", "came_why": "VARCHAR", "last_escaped_year": "SMALLINT",
    "last_near_escaped_year": "SMALLINT", "pattern": "VARCHAR", "no_labour": "BOOLEAN", "merit": "BOOLEAN",
    "causes": "VARCHAR", "children": "SMALLINT", "children_health_deprived": "SMALLINT",
    "children_education_deprived": "SMALLINT",
}  # fmt: skip

# Every set is read once and joined by household; none is asked row by row.
# heir: in which village of the geography's day a village lies, itself or what it went into whole.
# base: a household that stayed has one row; one that moved within the province has one where it left and one where it is.
# now: a decision of this round; where its village is decided, nothing but recognitions makes a household poor.
_QUERY = """
WITH RECURSIVE went (village, heir) AS (
  SELECT id, id FROM areas_unit WHERE level = 4
  UNION
  SELECT w.village, s.after_id FROM went w JOIN areas_succession s ON s.before_id = w.heir AND s.kind <> 'part' AND s."on" <= %(geography)s
),
place AS MATERIALIZED (
  SELECT DISTINCT ON (w.village) w.village, w.heir, CASE WHEN c.urban THEN 'urban' ELSE 'rural' END AS area_type
  FROM went w JOIN areas_within i ON i.unit_id = w.heir AND i.level = 3 AND %(geography)s BETWEEN i.valid_from AND coalesce(i.valid_to, 'infinity')
  JOIN areas_unit c ON c.id = i.ancestor_id ORDER BY w.village, w.heir
),
lived AS MATERIALIZED (
  SELECT r.household_id AS household, r.village_id AS village, coalesce(p.heir, r.village_id) AS heir, coalesce(p.area_type, 'rural') AS area_type,
    r.period @> %(opens)s::date AS at_start, r.period @> %(ends)s::date AS at_end
  FROM registry_residence r LEFT JOIN place p ON p.village = r.village_id
  WHERE r.retired_at IS NULL AND (r.period @> %(opens)s::date OR r.period @> %(ends)s::date)
    AND (%(all)s OR r.household_id IN (SELECT o.household_id FROM registry_residence o JOIN place q ON q.village = o.village_id WHERE q.heir = ANY (%(villages)s::bigint[])))
),
base AS MATERIALIZED (
  SELECT s.household, s.village, s.heir, s.area_type, true AS was, f.household IS NOT NULL AND f.heir = s.heir AS is, f.household IS NOT NULL AS lives
  FROM lived s LEFT JOIN lived f ON f.household = s.household AND f.at_end WHERE s.at_start
  UNION ALL
  SELECT f.household, f.village, f.heir, f.area_type, false, true, s.household IS NOT NULL
  FROM lived f LEFT JOIN lived s ON s.household = f.household AND s.at_start
  WHERE f.at_end AND (s.household IS NULL OR s.heir <> f.heir)
),
started AS MATERIALIZED (SELECT household_id AS household, listed FROM reviews_recognition WHERE period @> %(opens)s::date),
kept AS MATERIALIZED (SELECT household_id AS household, klass FROM reviews_recognition WHERE period @> %(ends)s::date),
escaped AS MATERIALIZED (
  SELECT g.household_id AS household, max(extract(year FROM upper(g.period))) FILTER (WHERE g.listed = 'poor') AS poor,
    max(extract(year FROM upper(g.period))) FILTER (WHERE g.listed = 'near_poor' AND l.after <> 'near_poor') AS near
  FROM reviews_recognition g JOIN reviews_decisionline l ON l.id = g.ended_by_id
  WHERE upper(g.period) <= %(opens)s::date AND l.after NOT IN ('poor_income', 'poor_deprivation', 'poor') GROUP BY 1
),
made AS MATERIALIZED (
  SELECT d.id, d.kind, d.sequence, d.of_id FROM reviews_decision d JOIN reviews_communereview of ON of.id = d.of_id
  WHERE of.round_id = %(round)s AND d.decided_on <= %(as_of)s
),
decided AS MATERIALIZED (
  SELECT DISTINCT ON (l.household_id) l.household_id AS household, l.after
  FROM reviews_decisionline l JOIN made d ON d.id = l.decision_id ORDER BY l.household_id, d.sequence DESC
),
settled AS MATERIALIZED (
  SELECT DISTINCT v.village_id AS village FROM reviews_villagereview v JOIN made d ON d.of_id = v.of_id AND d.kind = 'annual'
),
visit AS MATERIALIZED (
  SELECT household_id AS household, id, persons, ethnic, area_type FROM surveys_visit
  WHERE round_id = %(round)s AND retired_at IS NULL AND coalesce(visited_on, %(opens)s) <= %(as_of)s
),
found AS MATERIALIZED (
  SELECT household_id AS household, visit_id, klass, pattern FROM surveys_verdict
  WHERE round_id = %(round)s AND standard = %(standard)s AND retired_at IS NULL
),
earlier AS MATERIALIZED (
  SELECT household_id AS household, persons, ethnic FROM surveys_visit WHERE round_id = %(before)s AND retired_at IS NULL
),
happened AS MATERIALIZED (
  SELECT h.household, (array_agg(e.kind ORDER BY e."on" DESC, e.id DESC) FILTER (WHERE e.kind IN ('moved_out', 'died', 'split', 'merged')))[1] AS gone,
    (array_agg(e.kind ORDER BY e."on", e.id) FILTER (WHERE e.kind IN ('moved_in', 'split', 'merged')))[1] AS came
  FROM registry_lifeevent e, LATERAL (VALUES (e.household_id), (e.other_id)) AS h (household)
  WHERE e."on" > %(opens)s AND e."on" <= %(ends)s AND h.household IS NOT NULL GROUP BY 1
),
now AS MATERIALIZED (
  SELECT b.*, v.id AS visit, coalesce(v.persons, e.persons) AS persons, coalesce(e.persons, v.persons) AS persons_before,
    coalesce(v.ethnic, e.ethnic, '') AS ethnic, coalesce(v.area_type, b.area_type) AS area, f.pattern,
    CASE WHEN NOT b.is THEN NULL WHEN d.after IS NOT NULL THEN d.after
      WHEN t.village IS NOT NULL THEN coalesce(k.klass, CASE WHEN f.klass IN ('poor_income', 'poor_deprivation', 'poor', 'near_poor') THEN 'none' ELSE f.klass END, 'undetermined')
      ELSE coalesce(nullif(f.klass, 'undetermined'), k.klass, 'undetermined') END AS klass
  FROM base b LEFT JOIN visit v ON v.household = b.household LEFT JOIN found f ON f.household = b.household AND f.visit_id = v.id
  LEFT JOIN earlier e ON e.household = b.household LEFT JOIN decided d ON d.household = b.household
  LEFT JOIN kept k ON k.household = b.household LEFT JOIN settled t ON t.village = b.village
)
SELECT n.household, n.heir, n.area, n.ethnic, coalesce(n.persons, 0), CASE WHEN n.was THEN n.persons_before END, m.female_head,
  CASE WHEN n.was THEN coalesce(s.listed, 'none') END,
  CASE WHEN NOT n.is THEN NULL WHEN n.klass IN ('poor_income', 'poor_deprivation', 'poor') THEN 'poor'
       WHEN n.klass = 'near_poor' THEN 'near_poor' ELSE 'none' END,
  n.klass,
  CASE WHEN NOT n.is THEN CASE WHEN n.lives THEN 'moved_out' ELSE coalesce(h.gone, 'moved_out') END END,
  CASE WHEN NOT n.was THEN CASE WHEN n.lives THEN 'moved_in' ELSE h.came END END,
  x.poor, x.near, n.pattern, m.no_labour, NULL, m.causes, m.children, m.health, m.education
FROM now n LEFT JOIN started s ON s.household = n.household LEFT JOIN escaped x ON x.household = n.household
LEFT JOIN happened h ON h.household = n.household
LEFT JOIN (
  SELECT n.household, (SELECT string_agg(c, ';' ORDER BY c) FROM jsonb_array_elements_text(v.answers->'causes') AS c) AS causes, o.*
  FROM now n JOIN surveys_visit v ON v.id = n.visit, LATERAL (
    SELECT bool_or(m->>'sex' = 'F') FILTER (WHERE m->>'relation' = 'head') AS female_head,
      CASE WHEN bool_and(m ? 'no_labour_capacity') THEN bool_and((m->>'no_labour_capacity')::boolean) END AS no_labour,
      CASE WHEN count(*) > 0 THEN count(*) FILTER (WHERE b.age < 16) END AS children,
      CASE WHEN bool_and(m ? 'health_insurance') FILTER (WHERE b.age < 16) THEN
        count(*) FILTER (WHERE b.age < 16 AND (m->>'health_insurance' = 'false' OR m->>'malnourished' = 'true')) END AS health,
      CASE WHEN bool_and(m ? 'attends_school') FILTER (WHERE b.age BETWEEN %(school_from)s AND %(school_to)s) THEN
        count(*) FILTER (WHERE b.age BETWEEN %(school_from)s AND %(school_to)s AND m->>'attends_school' = 'false') END AS education
    FROM jsonb_array_elements(v.members) AS m,
      LATERAL (SELECT %(year)s - coalesce((m->>'birth_year')::int, left(m->>'birth_date', 4)::int) AS age) AS b) AS o
  WHERE n.klass IN ('poor_income', 'poor_deprivation', 'poor', 'near_poor')
) AS m ON m.household = n.household AND n.is
WHERE %(all)s OR n.heir = ANY (%(villages)s::bigint[])
"""


def snapshot(
    round: Round, *, as_of: dt.date, geography: dt.date | None = None, villages: list[int] | None = None
) -> pa.Table:
    """The households of a round as it stands on `as_of`, on the units of `geography` (its own day if not said).

    Only what the acting person may see, and only of `villages` of that geography where named. Columns: those of
    COLUMNS. `before` (on the day the round opened) and `after` are poor, near_poor or none, null where the household was
    not there; `after_class` is the class by which `after` is so; an escape is remembered by its year, each list for
    itself; `causes` are codes; children are those under 16 by year of birth, of whom `education` counts those of school
    age who don't go and `health` those without insurance or malnourished, null where a child's answer is missing.
    What only listed households are asked about is null for the others. `merit` is not asked by any form: null.

    Who moved, died or came after the round's last day is not reckoned in it; a decision of the round is, up to `as_of`.
    """
    before = Round.objects.filter(kind=Round.Kind.ANNUAL, year__lt=round.year).order_by("-year").first()
    school_from, school_to = _school_ages(round)
    words = {
        "round": round.pk,
        "standard": round.standard,
        "geography": geography or ends_on(round, as_of),
        "opens": round.opens,
        "ends": ends_on(round, as_of),
        "as_of": as_of,
        "before": before.pk if before else 0,
        "year": round.reference_date.year,
        "all": villages is None,
        "villages": villages or [],
        "school_from": school_from,
        "school_to": school_to,
    }
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "round.csv"
        with connection.cursor() as cursor:
            # Of a whole round every join is one of whole sets; of a few villages rows are better looked up.
            cursor.execute(f"SET LOCAL enable_nestloop = {'off' if villages is None else 'on'}")
            try:
                with (
                    path.open("wb") as file,
                    cursor.copy(f"COPY ({_QUERY}) TO STDOUT (FORMAT csv)", words) as out,
                ):
                    for block in out:
                        file.write(block)
            finally:
                if not connection.needs_rollback:
                    cursor.execute("SET LOCAL enable_nestloop = on")
        return _read(path)


def _school_ages(round: Round) -> tuple[int | None, int | None]:
    """The ages of which the round's standard asks whether a child goes to school; none where it does not ask."""
    asked = (one for one in standard_named(round.standard).indicators if one.code == "child_schooling")
    indicator = next(asked, None)
    return (indicator.ages if indicator else None) or (None, None)


def ends_on(round: Round, as_of: dt.date) -> dt.date:
    """The day by which people have come and gone: `as_of`, but not after the round's last."""
    return min(as_of, round.closes)


def _read(path: Path) -> pa.Table:
    types = ", ".join(f"'{name}': '{kind}'" for name, kind in COLUMNS.items())
    with engine.cursor() as con:
        return con.sql(
            "SELECT * REPLACE (string_split(causes, ';') AS causes) FROM"  # noqa: S608  (names of ours alone)
            f" read_csv(?, header = false, auto_detect = false, delim = ',', quote = '\"', escape = '\"', nullstr = '', columns = {{{types}}}) ORDER BY village, household",
            params=[str(path)],
        ).to_arrow_table()
