"""Comparing a staged workbook with the register, in the database and as the acting person: what is new, changed, wrong.

The same statements run when a workbook is checked (and are then undone) and when it is applied, so that what was shown is
what is done. Rows outside the person's area do not exist here: row-level security sees to it.
"""

import json
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from django.db import connection

from giamngheo.surveys.imports.staged import HOUSEHOLDS, MEMBERS, Found
from giamngheo.surveys.models import Round

_STAGE = """
CREATE TEMP TABLE stage_h (n integer, sheet text, "row" integer, number text, code text, village_code text,
  village text, commune_code text, head_name text, visited_on date, outcome text, next_visit_on date, stated_class text,
  said_persons integer, answers jsonb, village_id bigint, area_type text, household_id bigint, is_new boolean DEFAULT true,
  ethnic text DEFAULT '', persons smallint DEFAULT 0, members jsonb DEFAULT '[]', note text DEFAULT '', change text DEFAULT 'new') ON COMMIT DROP;
CREATE TEMP TABLE stage_m (n integer, hn integer, sheet text, "row" integer, full_name text, folded text, id_index bytea,
  id_sealed bytea, sex text, birth_date date, birth_year smallint, ethnic text, relation text, facts jsonb,
  person_id bigint, new_id bigint, is_new boolean DEFAULT true, changed boolean DEFAULT false) ON COMMIT DROP;
"""

#: Only what they are joined and asked by: names, answers and facts would be costly to look through.
_ANALYZE_H = (
    "ANALYZE stage_h (n, number, code, village_code, stated_class, village_id, household_id, is_new, change)"
)
_ANALYZE_M = "ANALYZE stage_m (n, hn, id_index, relation, person_id, is_new, changed)"

#: The villages of the person's area on the round's day, each with its commune.
_VILLAGES = """
CREATE TEMP TABLE here ON COMMIT DROP AS
SELECT v.id, v.code, v.name, v.folded, c.code AS commune_code, CASE WHEN c.urban THEN 'urban' ELSE 'rural' END AS area_type
FROM areas_unit v
JOIN areas_within w ON w.unit_id = v.id AND w.level = 3 AND %(on)s BETWEEN w.valid_from AND coalesce(w.valid_to, 'infinity')
JOIN areas_unit c ON c.id = w.ancestor_id
WHERE v.level = 4 AND v.id = ANY ((SELECT access_villages())::bigint[])
  AND %(on)s BETWEEN v.valid_from AND coalesce(v.valid_to, 'infinity')
"""

_MATCH = [
    # The place: by code; else by name where only one village of the area (of the commune named) bears it.
    "UPDATE stage_h s SET village_id = h.id, area_type = h.area_type FROM here h WHERE h.code = s.village_code",
    """UPDATE stage_h s SET village_id = h.id, area_type = h.area_type
       FROM here h WHERE s.village_id IS NULL AND s.village_code IS NULL AND h.folded = s.village
         AND (s.commune_code IS NULL OR h.commune_code = s.commune_code)
         AND 1 = (SELECT count(*) FROM here o WHERE o.folded = s.village
                  AND (s.commune_code IS NULL OR o.commune_code = s.commune_code))""",
    # What is null tells how many rows the next ones ask of; guessed wrong, each is looked for singly.
    _ANALYZE_H,
    # The household: by its number; by the village's own code; by the head's name. It counts where the register has it.
    """UPDATE stage_h s SET household_id = h.id, village_id = here.id, area_type = here.area_type
       FROM registry_household h JOIN here ON here.id = h.village_id
       WHERE s.number <> '' AND h.number = s.number""",
    """UPDATE stage_h s SET household_id = h.id FROM (
         SELECT village_id, local_code, min(id) AS id FROM registry_household
         WHERE ended_on IS NULL AND local_code <> '' AND village_id IN (SELECT village_id FROM stage_h)
         GROUP BY village_id, local_code HAVING count(*) = 1) AS h
       WHERE s.household_id IS NULL AND s.number IS NULL AND h.village_id = s.village_id AND h.local_code = s.code""",
    """UPDATE stage_h s SET household_id = p.household_id, change = 'by_name' FROM (
         SELECT village_id, folded, min(household_id) AS household_id FROM registry_person
         WHERE relation = 'head' AND household_id IS NOT NULL AND village_id IN (SELECT village_id FROM stage_h)
         GROUP BY village_id, folded HAVING count(*) = 1) AS p
       WHERE s.household_id IS NULL AND s.number IS NULL AND s.code IS NULL
         AND p.village_id = s.village_id AND p.folded = vn_fold(s.head_name)""",
    "UPDATE stage_h SET is_new = false WHERE household_id IS NOT NULL",
]

#: Members, where any household of the file is known already.
_KNOWN = [
    # Before any row has a later version: made after, this transaction could not use the index.
    "CREATE INDEX ON stage_m (person_id)",
    "UPDATE stage_m m SET folded = vn_fold(m.full_name) FROM stage_h s WHERE s.n = m.hn AND NOT s.is_new",
    # Members within their household: by id number; by the very name and birth; by name and year
    # of birth, case and accents aside; by name alone.
    """UPDATE stage_m m SET person_id = p.id FROM stage_h s, registry_person p
       WHERE s.n = m.hn AND p.household_id = s.household_id AND p.id_index = m.id_index""",
    """UPDATE stage_m m SET person_id = x.pid FROM (
         SELECT m.n, min(p.id) AS pid, count(*) AS c, count(*) OVER (PARTITION BY min(p.id)) AS d
         FROM stage_m m JOIN stage_h s ON s.n = m.hn JOIN registry_person p ON p.household_id = s.household_id
         WHERE m.person_id IS NULL AND p.full_name = m.full_name
           AND p.birth_year IS NOT DISTINCT FROM m.birth_year
           AND p.birth_date IS NOT DISTINCT FROM m.birth_date
           AND NOT EXISTS (SELECT 1 FROM stage_m o WHERE o.person_id = p.id)
         GROUP BY m.n) AS x WHERE m.n = x.n AND x.c = 1 AND x.d = 1""",
    """UPDATE stage_m m SET person_id = x.pid FROM (
         SELECT m.n, min(p.id) AS pid, count(*) AS c, count(*) OVER (PARTITION BY min(p.id)) AS d
         FROM stage_m m JOIN stage_h s ON s.n = m.hn JOIN registry_person p ON p.household_id = s.household_id
         WHERE m.person_id IS NULL AND p.folded = m.folded AND p.birth_year IS NOT DISTINCT FROM m.birth_year
           AND NOT EXISTS (SELECT 1 FROM stage_m o WHERE o.person_id = p.id)
         GROUP BY m.n) AS x WHERE m.n = x.n AND x.c = 1 AND x.d = 1""",
    """UPDATE stage_m m SET person_id = x.pid FROM (
         SELECT m.n, min(p.id) AS pid, count(*) AS c, count(*) OVER (PARTITION BY min(p.id)) AS d
         FROM stage_m m JOIN stage_h s ON s.n = m.hn JOIN registry_person p ON p.household_id = s.household_id
         WHERE m.person_id IS NULL AND p.folded = m.folded
           AND (m.birth_year IS NULL OR p.birth_year IS NULL OR m.relation = p.relation)
           AND NOT EXISTS (SELECT 1 FROM stage_m o WHERE o.person_id = p.id)
         GROUP BY m.n) AS x WHERE m.n = x.n AND x.c = 1 AND x.d = 1""",
    "UPDATE stage_m SET is_new = false WHERE person_id IS NOT NULL",
]

#: Who is the head, and what the file says anew of members already known.
_HEADS = [
    # A new household of which only the head's name is given has that one member.
    """INSERT INTO stage_m (n, hn, sheet, "row", full_name, relation, facts)
       SELECT 100000000 + s.n, s.n, s.sheet, s."row", s.head_name, 'head', '{}'
       FROM stage_h s WHERE s.household_id IS NULL AND s.head_name IS NOT NULL
         AND NOT EXISTS (SELECT 1 FROM stage_m m WHERE m.hn = s.n)""",
    # The head may be marked by name alone.
    """UPDATE stage_m m SET relation = 'head' FROM stage_h s
       WHERE s.n = m.hn AND m.relation IS NULL AND vn_fold(m.full_name) = vn_fold(s.head_name)
         AND NOT EXISTS (SELECT 1 FROM stage_m o WHERE o.hn = m.hn AND o.relation = 'head')""",
    # What the file says of a person is taken where it says anything.
    """UPDATE stage_m m SET changed = true FROM registry_person p
       WHERE p.id = m.person_id AND (
         m.full_name <> p.full_name OR (m.sex IS NOT NULL AND m.sex <> p.sex)
         OR (m.birth_date IS NOT NULL AND m.birth_date IS DISTINCT FROM p.birth_date)
         OR (m.birth_year IS NOT NULL AND m.birth_year IS DISTINCT FROM p.birth_year)
         OR (m.ethnic IS NOT NULL AND m.ethnic <> p.ethnic)
         OR (m.relation IS NOT NULL AND m.relation <> p.relation)
         OR (m.id_index IS NOT NULL AND m.id_index IS DISTINCT FROM p.id_index))""",
]

#: Problems only the register can show: sheet, row, column, value, code, params, warning.
_PROBLEMS = [
    """SELECT sheet, "row", 'Mã thôn', coalesce(village_code, village, ''), 'unknown_village',
         json_build_object('name', coalesce(village_code, village, '')), false
       FROM stage_h s WHERE village_id IS NULL AND (coalesce(number, '') = '' OR village_code IS NOT NULL)
         OR household_id IS NOT NULL AND coalesce(village_code, village) <> ''
           AND NOT EXISTS (SELECT 1 FROM here h WHERE h.code = s.village_code)
           AND (village_code IS NOT NULL OR NOT EXISTS (SELECT 1 FROM here h WHERE h.folded = s.village))""",
    # A known household named by its number stays where it lives: a move has its own page.
    """SELECT s.sheet, s."row", CASE WHEN s.village_code IS NULL THEN 'Thôn' ELSE 'Mã thôn' END,
         coalesce(s.village_code, s.village), 'other_village',
         json_build_object('number', s.number, 'village', own.name, 'code', own.code), false
       FROM stage_h s JOIN here own ON own.id = s.village_id
       WHERE s.number <> '' AND s.household_id IS NOT NULL AND CASE WHEN s.village_code IS NULL
         THEN own.folded <> s.village AND EXISTS (SELECT 1 FROM here h WHERE h.folded = s.village)
         ELSE own.code <> s.village_code AND EXISTS (SELECT 1 FROM here h WHERE h.code = s.village_code) END""",
    """SELECT sheet, "row", 'Số hộ toàn tỉnh', number, 'unknown_number', json_build_object('number', number), false
       FROM stage_h WHERE number <> '' AND household_id IS NULL""",
    """SELECT s.sheet, s."row", 'Mã hộ', s.code, 'ambiguous_code', json_build_object('n', h.c, 'code', s.code), false
       FROM stage_h s JOIN (SELECT village_id, local_code, count(*) AS c FROM registry_household WHERE ended_on IS NULL
         GROUP BY village_id, local_code HAVING count(*) > 1) AS h ON h.village_id = s.village_id AND h.local_code = s.code
       WHERE s.household_id IS NULL AND s.number IS NULL""",
    """SELECT sheet, "row", 'Mã hộ', coalesce(code, number), 'household_twice', json_build_object('row', first), false
       FROM (SELECT s.*, first_value("row") OVER same AS first, row_number() OVER same AS place FROM stage_h s
             WHERE s.household_id IS NOT NULL OR s.code IS NOT NULL
             WINDOW same AS (PARTITION BY household_id, CASE WHEN household_id IS NULL THEN village_id END,
                             CASE WHEN household_id IS NULL THEN code END ORDER BY n)) AS s
       WHERE place > 1""",
    """SELECT s.sheet, s."row", 'Quan hệ với chủ hộ', '', 'two_heads', json_build_object('n', x.heads), false
       FROM stage_h s JOIN (SELECT hn, count(*) AS heads FROM (
           SELECT hn FROM stage_m WHERE relation = 'head'
           UNION ALL  -- the head in the register, of whom the file says nothing else
           SELECT k.n FROM stage_h k JOIN registry_person p ON p.household_id = k.household_id AND p.relation = 'head'
           WHERE NOT EXISTS (SELECT 1 FROM stage_m o WHERE o.person_id = p.id AND o.relation IS NOT NULL)
         ) AS heads GROUP BY hn HAVING count(*) > 1) AS x ON x.hn = s.n""",
    """SELECT s.sheet, s."row", 'Quan hệ với chủ hộ', '', 'no_head', json_build_object(), false
       FROM stage_h s WHERE NOT EXISTS (SELECT 1 FROM stage_m m WHERE m.hn = s.n AND m.relation = 'head')
         AND NOT EXISTS (SELECT 1 FROM registry_person p WHERE p.household_id = s.household_id AND p.relation = 'head'
           AND NOT EXISTS (SELECT 1 FROM stage_m o WHERE o.person_id = p.id AND o.relation <> 'head'))""",
    """SELECT m.sheet, m."row", 'Số định danh/CCCD', '…', 'id_of_another', json_build_object(), false
       FROM stage_m m WHERE m.id_index IS NOT NULL
         AND m.id_index IN (SELECT registry_ids_taken(array_agg(i.id_index)) FROM stage_m i
           LEFT JOIN registry_person p ON p.id = i.person_id
           WHERE i.id_index IS NOT NULL AND (p.id_index IS NULL OR p.id_index <> i.id_index))""",
    """SELECT m.sheet, m."row", 'Họ và tên', m.full_name, 'ambiguous_member', json_build_object('name', m.full_name), false
       FROM stage_m m JOIN stage_h s ON s.n = m.hn
       WHERE m.is_new AND NOT s.is_new AND EXISTS (SELECT 1 FROM registry_person p WHERE p.household_id = s.household_id
         AND p.folded = m.folded AND (p.birth_year IS NULL OR m.birth_year IS NULL OR p.birth_year = m.birth_year)
         AND NOT EXISTS (SELECT 1 FROM stage_m o WHERE o.person_id = p.id))""",
    """SELECT s.sheet, s."row", 'Họ tên chủ hộ', s.head_name, 'matched_by_name', json_build_object('number', h.number), true
       FROM stage_h s JOIN registry_household h ON h.id = s.household_id WHERE s.change = 'by_name'""",
    """SELECT sheet, "row", 'Họ tên chủ hộ', full_name, 'head_only', json_build_object(), true FROM stage_m WHERE n > 100000000""",
]

#: New rows get their ids before anything names them; a check needs none. Of members each row takes one as it is laid in.
_MEMBER_IDS = "ALTER TABLE stage_m ALTER new_id SET DEFAULT nextval('registry_person_id_seq')"
_HOUSEHOLD_IDS = "UPDATE stage_h SET household_id = nextval('registry_household_id_seq') WHERE is_new"

#: What the round will hold of each household: members of the file and of the register, as on the day. A check asks only
#: where it is compared with something: a visit in force, a class that the list states. What the file does not say, of the
#: household or of a member, stays as the round's visit has it.
_VISITS = [
    """UPDATE stage_h s SET answers = v.answers || jsonb_strip_nulls(s.answers),
         visited_on = coalesce(s.visited_on, v.visited_on), note = v.note
       FROM surveys_visit v
       WHERE NOT s.is_new AND v.household_id = s.household_id AND v.round_id = %(round)s AND v.retired_at IS NULL
         AND v.outcome = s.outcome AND (s.visited_on IS NULL OR v.note <> ''
           OR v.answers || jsonb_strip_nulls(s.answers) <> jsonb_strip_nulls(s.answers))""",
    """CREATE TEMP TABLE stage_v ON COMMIT DROP AS
       SELECT (m ->> 'person')::bigint AS person,
         m - '{person,sex,birth_date,birth_year,ethnic,relation}'::text[] AS facts
       FROM stage_h s JOIN surveys_visit v ON v.household_id = s.household_id, jsonb_array_elements(v.members) AS m
       WHERE NOT s.is_new AND v.round_id = %(round)s AND v.retired_at IS NULL""",
    "ANALYZE stage_v",
    """UPDATE stage_h s SET members = x.members, persons = x.persons, ethnic = coalesce(x.ethnic, '') FROM (
         SELECT hn, count(*) AS persons, max(ethnic) FILTER (WHERE relation = 'head') AS ethnic,
                jsonb_agg(told ORDER BY relation = 'head' DESC, birth_year NULLS LAST, name, who) AS members
         FROM (
           SELECT r.*, jsonb_strip_nulls(jsonb_build_object('person', r.person, 'sex', nullif(r.sex, ''),
               'birth_date', r.birth_date, 'birth_year', r.birth_year, 'ethnic', nullif(r.ethnic, ''),
               'relation', nullif(r.relation, '')))
             || coalesce(v.facts, '{}') || CASE WHEN r.facts <> '{}' THEN jsonb_strip_nulls(r.facts) ELSE '{}' END AS told
           FROM (
             SELECT s.n AS hn, coalesce(p.id, -m.n) AS who, coalesce(p.id, m.new_id, -m.n) AS person,
               coalesce(m.full_name, p.full_name) AS name, coalesce(m.sex, p.sex) AS sex,
               coalesce(m.birth_date, p.birth_date) AS birth_date, coalesce(m.birth_year, p.birth_year) AS birth_year,
               coalesce(m.ethnic, p.ethnic) AS ethnic, coalesce(m.relation, p.relation) AS relation, m.facts
             FROM stage_m m JOIN stage_h s ON s.n = m.hn LEFT JOIN registry_person p ON p.id = m.person_id
             WHERE %(apply)s OR NOT s.is_new OR s.stated_class IS NOT NULL
             UNION ALL
             SELECT s.n, p.id, p.id, p.full_name, p.sex, p.birth_date, p.birth_year, p.ethnic, p.relation, '{}'
             FROM stage_h s JOIN registry_person p ON p.household_id = s.household_id
             WHERE NOT EXISTS (SELECT 1 FROM stage_m m WHERE m.person_id = p.id)
           ) AS r LEFT JOIN stage_v v ON v.person = r.person
         ) AS rows GROUP BY hn) AS x WHERE x.hn = s.n""",
    """UPDATE stage_h s SET change = CASE
         WHEN EXISTS (SELECT 1 FROM stage_m m WHERE m.hn = s.n AND (m.is_new OR m.changed)) THEN 'changed'
         WHEN NOT EXISTS (SELECT 1 FROM surveys_visit v WHERE v.household_id = s.household_id AND v.round_id = %(round)s
           AND v.retired_at IS NULL) THEN 'visited'
         WHEN EXISTS (SELECT 1 FROM surveys_visit v WHERE v.household_id = s.household_id AND v.round_id = %(round)s
           AND v.retired_at IS NULL AND v.answers = jsonb_strip_nulls(s.answers) AND v.outcome = s.outcome
           AND (s.visited_on IS NULL OR v.visited_on IS NOT DISTINCT FROM s.visited_on)
           AND v.next_visit_on IS NOT DISTINCT FROM s.next_visit_on
           AND (s.outcome <> 'met' OR v.members = s.members)) THEN 'same'
         ELSE 'changed' END
       WHERE NOT s.is_new""",
]

# What is known, who is there and where are laid out first: asked row by row, a large file would be read once for each.
_COUNTS = """
WITH known AS MATERIALIZED (
  SELECT s.n, s.household_id FROM stage_h s WHERE NOT s.is_new AND EXISTS (SELECT 1 FROM stage_m m WHERE m.hn = s.n)
),
there AS MATERIALIZED (SELECT person_id FROM stage_m WHERE person_id IS NOT NULL),
places AS MATERIALIZED (SELECT DISTINCT village_id FROM stage_h),
h AS (SELECT count(*) AS met, count(*) FILTER (WHERE change = 'new') AS new, count(*) FILTER (WHERE change = 'changed') AS changed,
  count(*) FILTER (WHERE change = 'visited') AS visited, count(*) FILTER (WHERE change = 'same') AS same FROM stage_h),
m AS (SELECT count(*) AS listed, count(*) FILTER (WHERE changed) AS changed FROM stage_m)
SELECT h.met, m.listed, h.new, h.changed, h.visited, h.same,
  (SELECT count(*) FROM stage_m m JOIN known k ON k.n = m.hn WHERE m.is_new),
  m.changed,
  (SELECT count(*) FROM registry_person p JOIN known k ON k.household_id = p.household_id
   WHERE NOT EXISTS (SELECT 1 FROM there t WHERE t.person_id = p.id)),
  (SELECT count(*) FROM registry_household h JOIN places v ON v.village_id = h.village_id WHERE h.ended_on IS NULL
   AND NOT EXISTS (SELECT 1 FROM stage_h s WHERE s.household_id = h.id))
FROM h, m
"""
_NAMES = (
    *("households", "members", "new", "changed", "visited", "same", "new_members", "changed_members"),
    *("absent_members", "absent_households"),
)

_SAMPLE = """
SELECT s.sheet, s."row", h.number, coalesce(s.head_name, p.full_name, m.full_name), s.change, v.answers, jsonb_strip_nulls(s.answers)
FROM (SELECT * FROM stage_h WHERE change <> 'same' ORDER BY n LIMIT 30) AS s
LEFT JOIN registry_household h ON h.id = s.household_id
LEFT JOIN registry_person p ON p.household_id = s.household_id AND p.relation = 'head'
LEFT JOIN stage_m m ON m.hn = s.n AND m.relation = 'head'
LEFT JOIN surveys_visit v ON v.household_id = s.household_id AND v.round_id = %(round)s AND v.retired_at IS NULL
ORDER BY s.n LIMIT 30
"""


@dataclass
class Plan:
    """What applying a workbook would do: counts, what only the register shows to be wrong, the first changes."""

    counts: dict[str, int] = field(default_factory=dict)
    problems: list[Found] = field(default_factory=list)
    samples: list[dict[str, Any]] = field(default_factory=list)


def plan(round: Round, folder: Path, *, to_apply: bool) -> Plan:
    """Lay the staged rows into temporary tables and compare; they last as long as the transaction.

    `to_apply` gives new households and members their ids, and every visit its members.
    """
    made = Plan()
    with connection.cursor() as cursor:
        cursor.execute(_STAGE)
        if to_apply:
            cursor.execute(_MEMBER_IDS)
        _copy(cursor, "stage_h", HOUSEHOLDS, folder / "households.csv")
        _copy(cursor, "stage_m", MEMBERS, folder / "members.csv")
        cursor.execute(f"{_ANALYZE_M}; {_ANALYZE_H}")
        cursor.execute(_VILLAGES, {"on": round.reference_date})
        for statement in _MATCH:
            cursor.execute(statement)
        cursor.execute(_ANALYZE_H)
        cursor.execute("SELECT EXISTS (SELECT 1 FROM stage_h WHERE NOT is_new)")
        if cursor.fetchone()[0]:
            for statement in _KNOWN:
                cursor.execute(statement)
                cursor.execute(_ANALYZE_M)  # each way of matching looks at whom the one before found
        for statement in _HEADS:
            cursor.execute(statement)
        for statement in _PROBLEMS:
            cursor.execute(statement)
            made.problems += [_found(row) for row in cursor.fetchall()]
        if to_apply:
            cursor.execute(_HOUSEHOLD_IDS)
        for statement in _VISITS:
            cursor.execute(statement, {"round": round.pk, "apply": to_apply} if "%(" in statement else None)
        cursor.execute(_COUNTS)
        made.counts = dict(zip(_NAMES, cursor.fetchone(), strict=True))
        if not to_apply:
            cursor.execute(_SAMPLE, {"round": round.pk})
            made.samples = [_sample(row) for row in cursor.fetchall()]
    return made


def _copy(cursor: Any, table: str, columns: tuple[str, ...], path: Path) -> None:
    names = ", ".join(f'"{column}"' for column in columns)
    with cursor.copy(f"COPY {table} ({names}) FROM STDIN (FORMAT csv)") as into, path.open("rb") as file:
        while block := file.read(1 << 20):
            into.write(block)


def _found(row: tuple[Any, ...]) -> Found:
    sheet, number, column, value, code, params, warning = row
    said = json.loads(params) if isinstance(params, str) else params
    return Found(  # a CSV has no sheets: its rows are staged without a name
        sheet or "",
        number,
        column,
        str(value or "")[:200],
        code,
        {k: str(v) for k, v in said.items()},
        warning,
    )


def _sample(row: tuple[Any, ...]) -> dict[str, Any]:
    sheet, number, household, head, change, before, after = (
        json.loads(v) if isinstance(v, str) and v[:1] == "{" else v for v in row
    )
    before, after = before or {}, after or {}
    differing = [key for key in {**before, **after} if before.get(key) != after.get(key)]
    return {
        "sheet": sheet,
        "row": number,
        "household": household or "",
        "head": head or "",
        "change": change,
        "facts": [[key, before.get(key), after.get(key)] for key in differing][:12],
    }
