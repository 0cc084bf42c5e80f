"""Writing a planned workbook into the register and the round: set by set, in the transaction of its plan.

While PostgreSQL writes people and visits, the rules judge the same facts beside it; verdicts come last.

New households and members enter with their events and periods; what the file corrects of a person goes into `PersonPast`
first; a visit that differs retires the one before. What is the same is not touched.
"""

from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from django.db import connection

from giamngheo.access.models import User
from giamngheo.rules.standards import Standard
from giamngheo.surveys import recording
from giamngheo.surveys.models import Import

_REASON = "Nhập từ tệp {name}"
#: Households judged in one go: their facts and members stand in memory.
_AT_ONCE = 10_000
#: What the rules are told of the households met.
_FACTS = """
SELECT household_id, area_type, coalesce(visited_on, %(on)s), jsonb_strip_nulls(answers), members
FROM stage_h WHERE change <> 'same' AND outcome = 'met'
"""

#: What enters with its events and periods: households, persons, and the members of new households.
_NEW = [
    """INSERT INTO registry_household (id, village_id, local_code, address, moved)
       SELECT household_id, village_id, coalesce(code, ''), '', false FROM stage_h WHERE is_new""",
    # One event for each new household, each new member of a known one, each corrected person.
    """CREATE TEMP TABLE stage_e ON COMMIT DROP AS
       SELECT nextval('registry_lifeevent_id_seq') AS id, e.* FROM (
         SELECT 'registered' AS kind, household_id, NULL::bigint AS person_id, village_id, coalesce(visited_on, %(on)s) AS "on"
         FROM stage_h WHERE is_new
         UNION ALL
         SELECT CASE WHEN m.birth_date > %(on)s - 365 THEN 'born' ELSE 'moved_in' END, s.household_id, m.new_id, s.village_id,
                CASE WHEN m.birth_date > %(on)s - 365 THEN m.birth_date ELSE coalesce(s.visited_on, %(on)s) END
         FROM stage_m m JOIN stage_h s ON s.n = m.hn WHERE m.is_new AND NOT s.is_new
         UNION ALL
         SELECT 'corrected', s.household_id, m.person_id, p.village_id, coalesce(s.visited_on, %(on)s)
         FROM stage_m m JOIN stage_h s ON s.n = m.hn JOIN registry_person p ON p.id = m.person_id WHERE m.changed) AS e""",
    "ANALYZE stage_e (kind, household_id, person_id)",
    # An event of a new person names the person only after the person is there: households first, then people, then theirs.
    # A new head of a known household enters as another member until the old head has stepped back.
    """INSERT INTO registry_person (id, full_name, sex, birth_date, birth_year, ethnic, id_sealed, id_index, village_id,
         household_id, relation, known_from)
       SELECT m.new_id, m.full_name, coalesce(m.sex, ''), m.birth_date, m.birth_year, coalesce(m.ethnic, ''), m.id_sealed,
         m.id_index, s.village_id, s.household_id,
         CASE WHEN m.relation = 'head' AND NOT s.is_new THEN 'other' ELSE coalesce(m.relation, 'other') END, %(now)s
       FROM stage_m m JOIN stage_h s ON s.n = m.hn WHERE m.is_new""",
    """INSERT INTO registry_lifeevent (id, kind, "on", household_id, person_id, village_id, reason, before, after, recorded_at,
         recorded_by_id)
       SELECT e.id, e.kind, e."on", e.household_id, e.person_id, e.village_id, %(reason)s,
         CASE WHEN e.kind = 'corrected' THEN (SELECT jsonb_build_object('full_name', p.full_name, 'sex', p.sex,
           'birth_date', p.birth_date, 'birth_year', p.birth_year, 'ethnic', p.ethnic, 'relation', p.relation)
           FROM registry_person p WHERE p.id = e.person_id) END,
         CASE WHEN e.kind = 'corrected' THEN (SELECT jsonb_strip_nulls(jsonb_build_object('full_name', m.full_name, 'sex', m.sex,
           'birth_date', m.birth_date, 'birth_year', m.birth_year, 'ethnic', m.ethnic, 'relation', m.relation))
           FROM stage_m m WHERE m.person_id = e.person_id) END,
         %(now)s, %(by)s
       FROM stage_e e""",
    """INSERT INTO registry_residence (household_id, village_id, local_code, period, event_id, recorded_at)
       SELECT s.household_id, s.village_id, coalesce(s.code, ''), daterange(e."on", NULL), e.id, %(now)s
       FROM stage_h s JOIN stage_e e ON e.household_id = s.household_id AND e.kind = 'registered' WHERE s.is_new""",
    # Members of a new household came with it.
    """INSERT INTO registry_membership (person_id, household_id, village_id, relation, period, event_id, recorded_at)
       SELECT m.new_id, s.household_id, s.village_id, coalesce(m.relation, 'other'), daterange(e."on", NULL), e.id, %(now)s
       FROM stage_m m JOIN stage_h s ON s.n = m.hn
       JOIN stage_e e ON e.household_id = s.household_id AND e.kind = 'registered'
       WHERE m.is_new AND s.is_new""",
]

#: What the file tells of households known before: members new to them, and what it corrects.
_KNOWN = [
    "CREATE INDEX ON stage_e (person_id)",
    # Each member new to a known household came by an event of their own.
    """INSERT INTO registry_membership (person_id, household_id, village_id, relation, period, event_id, recorded_at)
       SELECT m.new_id, s.household_id, s.village_id, coalesce(m.relation, 'other'), daterange(e."on", NULL), e.id, %(now)s
       FROM stage_m m JOIN stage_h s ON s.n = m.hn
       JOIN stage_e e ON e.person_id = m.new_id
       WHERE m.is_new AND NOT s.is_new""",
    # Corrections: what stood before is kept, then the person's row says what the file says.
    """INSERT INTO registry_personpast (person_id, village_id, full_name, sex, birth_date, birth_year, ethnic, id_sealed,
         died_on, known_from, known_until, event_id)
       SELECT p.id, p.village_id, p.full_name, p.sex, p.birth_date, p.birth_year, p.ethnic, p.id_sealed, p.died_on,
         p.known_from, %(now)s, e.id
       FROM registry_person p JOIN stage_e e ON e.person_id = p.id AND e.kind = 'corrected'""",
    """UPDATE registry_person p SET relation = coalesce(m.relation, p.relation) FROM stage_m m
       WHERE m.person_id = p.id AND m.changed AND p.relation = 'head' AND m.relation <> 'head'""",
    """UPDATE registry_person p SET full_name = m.full_name, sex = coalesce(m.sex, p.sex),
         birth_date = CASE WHEN m.birth_year IS NULL THEN p.birth_date
                           WHEN m.birth_date IS NULL AND p.birth_year = m.birth_year THEN p.birth_date ELSE m.birth_date END,
         birth_year = coalesce(m.birth_year, p.birth_year), ethnic = coalesce(m.ethnic, p.ethnic),
         relation = coalesce(m.relation, p.relation), id_sealed = coalesce(m.id_sealed, p.id_sealed),
         id_index = coalesce(m.id_index, p.id_index), known_from = %(now)s
       FROM stage_m m WHERE m.person_id = p.id AND m.changed""",
    """UPDATE registry_person p SET relation = 'head' FROM stage_m m JOIN stage_h s ON s.n = m.hn
       WHERE m.new_id = p.id AND m.is_new AND m.relation = 'head' AND NOT s.is_new""",
    # A changed relation is a corrected membership: the row is retired and written again.
    """CREATE TEMP TABLE stage_r ON COMMIT DROP AS
       SELECT g.id, p.relation, e.id AS event_id FROM registry_membership g
       JOIN stage_m m ON m.person_id = g.person_id AND m.changed
       JOIN registry_person p ON p.id = g.person_id
       JOIN stage_e e ON e.person_id = g.person_id AND e.kind = 'corrected'
       WHERE g.retired_at IS NULL AND upper_inf(g.period) AND g.relation <> p.relation""",
    """UPDATE registry_membership g SET retired_at = %(now)s, retired_by_id = r.event_id FROM stage_r r WHERE r.id = g.id""",
    """INSERT INTO registry_membership (person_id, household_id, village_id, relation, period, event_id, recorded_at)
       SELECT g.person_id, g.household_id, g.village_id, r.relation, g.period, r.event_id, %(now)s
       FROM registry_membership g JOIN stage_r r ON r.id = g.id""",
]

_NEW_VISITS = """
INSERT INTO surveys_visit (round_id, household_id, village_id, area_type, ethnic, persons, outcome, visited_on, next_visit_on,
  note, answers, members, source, brought_by_id, recorded_at, recorded_by_id, reason)
SELECT %(round)s, s.household_id, s.village_id, s.area_type, s.ethnic, s.persons, s.outcome, coalesce(s.visited_on, %(on)s),
  s.next_visit_on, s.note, jsonb_strip_nulls(s.answers), CASE WHEN s.outcome = 'met' THEN s.members ELSE '[]' END,
  'import', %(import)s, %(now)s, %(by)s, CASE WHEN s.change = 'changed' THEN %(reason)s ELSE '' END
FROM stage_h s WHERE s.change <> 'same'
RETURNING id, village_id
"""


def apply(of: Import, *, by: User) -> int:
    """Write what the plan of this transaction holds; how many visits were written."""
    with connection.cursor() as cursor, TemporaryDirectory() as folder, ThreadPoolExecutor(1) as beside:
        # Words of names go into their index by larger heaps, sorted before they are laid in.
        cursor.execute("SET LOCAL gin_pending_list_limit = '32MB'")
        cursor.execute("SELECT now(), bool_or(NOT is_new) FROM stage_h")
        now, any_known = cursor.fetchone()
        words: dict[str, Any] = {
            "now": now,
            "on": of.round.reference_date if of.round.reference_date <= of.until else of.until,
            "by": by.pk,
            "reason": _REASON.format(name=of.file_name),
            "round": of.round_id,
            "import": of.pk,
        }
        facts = recording.copied_out(_FACTS, words, Path(folder), at_once=_AT_ONCE)
        judging = [beside.submit(recording.judgements, of.round, file) for file in facts]
        for statement in [*_NEW, *(_KNOWN if any_known else [])]:
            cursor.execute(statement, words if "%(" in statement else None)
        cursor.execute(
            """SELECT v.id, v.village_id FROM surveys_visit v JOIN stage_h s ON s.household_id = v.household_id
               WHERE v.round_id = %(round)s AND v.retired_at IS NULL AND s.change <> 'same'""",
            words,
        )
        before = cursor.fetchall()
        recording.retire([pk for pk, _village in before], at=words["now"])
        cursor.execute(_NEW_VISITS, words)
        written = cursor.fetchall()
        verdicts: dict[str, tuple[Standard, list[Path]]] = {}
        for judged in judging:
            for standard, file in judged.result():
                verdicts.setdefault(standard.slug, (standard, []))[1].append(file)
        for standard, given in verdicts.values():
            recording.put(of.round, standard, given)
    recording.tally(of.round, {village for _pk, village in [*before, *written]})
    return len(written)
