"""The review history of the synthetic province: every village met, every list hung, every commune decided, every year.

Laid in set by set, under the same constraints, frozen by the same functions and chained as through the actions. Who
agreed with what is made up; classes are those of the rules, so that the decisions give the published series.
"""

# ruff: noqa: S608  (only constants of this file are laid into the queries)

from typing import Any

from django.db.backends.utils import CursorWrapper

from giamngheo.demo.bulk import bare, copy
from giamngheo.demo.timetable import OBJECTIONS, Listed, timetable
from giamngheo.rules.procedures import procedure_on
from giamngheo.surveys.models import Round

TABLES = (
    "reviews_communereview", "reviews_villagereview", "reviews_step", "reviews_case", "reviews_meeting",
    "reviews_attendance", "reviews_vote", "reviews_posting", "reviews_postingline", "reviews_objection",
    "reviews_opinion", "reviews_decision", "reviews_decisionline", "reviews_recognition",
)  # fmt: skip
_POOR = "('poor_income', 'poor_deprivation', 'poor')"
#: A number from 0 to 99 that is always the same for the same row, for what is made up.
_DICE = "(abs(hashint8extended({id}, {salt})) %% 100)"

_OPENED = """
INSERT INTO reviews_communereview (round_id, commune_id, procedure, state, opened_at)
SELECT DISTINCT %(round)s::bigint, w.ancestor_id, %(procedure)s, 'reported', %(opens)s::timestamptz FROM areas_within w
WHERE w.unit_level = 4 AND w.level = 3 AND %(day)s BETWEEN w.valid_from AND coalesce(w.valid_to, 'infinity')
ORDER BY 2
"""
_LAST_VISITS = """
SELECT of.id, v.village_id, max(v.visited_on) FROM surveys_visit v
JOIN areas_within w ON w.unit_id = v.village_id AND w.level = 3
 AND %(day)s BETWEEN w.valid_from AND coalesce(w.valid_to, 'infinity')
JOIN reviews_communereview of ON of.commune_id = w.ancestor_id AND of.round_id = v.round_id
WHERE v.round_id = %(round)s GROUP BY 1, 2 ORDER BY 1, 2
"""
# Who was recognised, who is found poor or near-poor, and a few whom an officer put on the list in vain.
_CASES = f"""
INSERT INTO reviews_case (of_id, round_id, household_id, village_id, list, ground, before, state, verdict_id, quick_override,
  withdrawn_why, added_at)
SELECT of.id, %(round)s, v.household_id, v.village_id, CASE WHEN g.klass IS NULL THEN '2c' ELSE '2d' END,
  CASE WHEN g.klass IS NOT NULL THEN 'managed' WHEN v.klass IN ('average', 'none') THEN 'officer' ELSE 'survey' END,
  coalesce(g.klass, 'none'), 'decided', v.id, '', '', %(opens)s::timestamptz
FROM surveys_verdict v
JOIN areas_within w ON w.unit_id = v.village_id AND w.level = 3
 AND %(day)s BETWEEN w.valid_from AND coalesce(w.valid_to, 'infinity')
JOIN reviews_communereview of ON of.commune_id = w.ancestor_id AND of.round_id = v.round_id
LEFT JOIN reviews_recognition g ON g.household_id = v.household_id AND upper_inf(g.period)
WHERE v.round_id = %(round)s AND v.standard = %(standard)s AND v.retired_at IS NULL AND v.klass <> 'undetermined'
  AND (g.klass IS NOT NULL OR v.klass IN {_POOR} OR v.klass = 'near_poor'
       OR v.borderline AND {_DICE.format(id="v.household_id", salt=1)} < 20)
ORDER BY v.village_id, v.household_id
"""
# Nobody drops off a list unseen: who was recognised and was not met, or not made out, stands withdrawn with the reason.
_NOT_SEEN = """
INSERT INTO reviews_case (of_id, round_id, household_id, village_id, list, ground, before, state, quick_override, withdrawn_why, added_at)
SELECT of.id, %(round)s, g.household_id, g.village_id, '2d', 'managed', g.klass, 'withdrawn', '',
  'Chưa có kết quả trong đợt; giữ theo quyết định trước', %(opens)s::timestamptz
FROM reviews_recognition g
JOIN areas_within w ON w.unit_id = g.village_id AND w.level = 3
 AND %(day)s BETWEEN w.valid_from AND coalesce(w.valid_to, 'infinity')
JOIN reviews_communereview of ON of.commune_id = w.ancestor_id AND of.round_id = %(round)s
LEFT JOIN reviews_case c ON c.household_id = g.household_id AND c.round_id = %(round)s
WHERE upper_inf(g.period) AND c.id IS NULL ORDER BY g.village_id, g.household_id
"""
# One household in each of a few villages of every commune.
_SPOKEN_OF = f"""
SELECT c.of_id, c.village_id, c.household_id, coalesce(h.full_name, '') FROM (
  SELECT c.*, row_number() OVER (PARTITION BY of_id ORDER BY dice) AS place FROM (
    SELECT DISTINCT ON (c.of_id, c.village_id) c.of_id, c.village_id, c.household_id, hashint8extended(c.household_id, %(round)s) AS dice
    FROM reviews_case c WHERE c.round_id = %(round)s AND c.state = 'decided' ORDER BY c.of_id, c.village_id, dice) AS c) AS c
LEFT JOIN registry_person h ON h.household_id = c.household_id AND h.relation = 'head'
WHERE c.place <= {OBJECTIONS} ORDER BY c.of_id, c.place
"""
_DAYS = """
CREATE TEMP TABLE IF NOT EXISTS demo_village (of bigint, village bigint, notice date, met date, up date, ends date, down date, ready date) ON COMMIT DROP;
CREATE TEMP TABLE IF NOT EXISTS demo_commune (of bigint, sent date, due date, answered date, decided date, number int) ON COMMIT DROP;
TRUNCATE demo_village, demo_commune
"""

_STATEMENTS = (
    "ANALYZE demo_village, demo_commune, reviews_communereview",
    """INSERT INTO reviews_villagereview (of_id, village_id, state, since)
       SELECT of, village, 'ready', ready FROM demo_village ORDER BY village""",
    """INSERT INTO reviews_step (of_id, village_id, action, from_state, to_state, "on", note, at)
       SELECT p.of, p.village, s.action, s.before, s.after, s.day, '', s.day + time '10:00' FROM demo_village p, LATERAL (VALUES
         ('finish_lists', 'listing', 'surveying', %(opens)s::date), ('convene', 'surveying', 'meeting', notice),
         ('hold_meeting', 'meeting', 'agreed', met), ('post', 'agreed', 'posting', up),
         ('end_posting', 'posting', 'ready', ready)) AS s (action, before, after, day)
       UNION ALL
       SELECT c.of, NULL, s.action, s.before, s.after, s.day, '', s.day + time '10:00' FROM demo_commune c, LATERAL (VALUES
         ('send_to_district', 'gathering', 'at_district', sent), ('answer', 'at_district', 'answered', answered),
         ('decide', 'answered', 'decided', decided), ('report', 'decided', 'reported', decided)) AS s (action, before, after, day)""",
    f"""INSERT INTO reviews_meeting (of_id, village_id, number, state, notice_on, meets_at, place, invited, present, chair, secretary, front,
          dissent, conclusion, called_off_why, entered_at)
        SELECT p.of, p.village, 1, 'held', p.notice, (p.met + time '19:00') AT TIME ZONE 'Asia/Ho_Chi_Minh',
          'Nhà văn hoá thôn', n.households, 12 + n.households * (55 + {_DICE.format(id="p.village", salt=2)} / 4) / 100,
          'Trưởng thôn', 'Thư ký cuộc họp', 'Đại diện Mặt trận Tổ quốc', '', 'Thống nhất kết quả rà soát', '',
          (p.met + time '21:00') AT TIME ZONE 'Asia/Ho_Chi_Minh'
        FROM demo_village p JOIN (SELECT village_id, count(*) AS households FROM surveys_visit WHERE round_id = %(round)s GROUP BY 1) AS n
          ON n.village_id = p.village
        ORDER BY p.village""",
    """INSERT INTO reviews_attendance (meeting_id, village_id, capacity, count, names)
       SELECT m.id, m.village_id, a.capacity, CASE a.capacity WHEN 'household' THEN m.present - 12 ELSE a.count END, ''
       FROM reviews_meeting m JOIN demo_village p ON p.of = m.of_id AND p.village = m.village_id,
         (VALUES ('head', 1), ('party_cell', 2), ('union', 5), ('commune', 2), ('reviewer', 2), ('household', 0), ('front', 1)) AS a (capacity, count)""",
    f"""INSERT INTO reviews_vote (meeting_id, case_id, village_id, verdict_id, klass, agree, disagree, voters, apart, passed, remarks)
        SELECT m.id, c.id, c.village_id, c.verdict_id, v.klass, m.present - n.no - n.still, n.no, m.present, false, true, ''
        FROM reviews_case c JOIN reviews_meeting m ON m.of_id = c.of_id AND m.village_id = c.village_id
        JOIN surveys_verdict v ON v.id = c.verdict_id,
          LATERAL (SELECT CASE WHEN {_DICE.format(id="c.household_id", salt=3)} < 85 THEN 0 ELSE {_DICE.format(id="c.household_id", salt=4)} * m.present / 500 END AS no,
                          {_DICE.format(id="c.household_id", salt=5)} %% 3 AS still) AS n
        WHERE c.round_id = %(round)s ORDER BY c.id""",
    """INSERT INTO reviews_posting (of_id, village_id, number, starts_on, ends_on, places, read_out_on, taken_down_on, token, posted_at)
       SELECT of, village, 1, up, ends, 'Nhà văn hoá thôn; trụ sở UBND xã', up, down, 'demo-' || %(year)s || '-' || village, up + time '08:00'
       FROM demo_village ORDER BY village""",
    f"""INSERT INTO reviews_postingline (posting_id, case_id, village_id, head_name, klass, before, reason, changed)
        SELECT o.id, c.id, c.village_id, coalesce(h.full_name, ''), v.klass, c.before,
          CASE WHEN v.klass IN {_POOR} OR v.klass = 'near_poor' THEN 'thiếu hụt ' || coalesce(v.deprived, 0) || ' chỉ số' ELSE 'trên chuẩn cận nghèo' END, false
        FROM reviews_case c JOIN reviews_posting o ON o.of_id = c.of_id AND o.village_id = c.village_id
        JOIN surveys_verdict v ON v.id = c.verdict_id
        LEFT JOIN registry_person h ON h.household_id = c.household_id AND h.relation = 'head'
        WHERE c.round_id = %(round)s ORDER BY c.id""",
    """UPDATE reviews_objection b SET posting_id = o.id FROM reviews_posting o
       WHERE b.posting_id = 0 AND o.of_id = b.of_id AND o.village_id = b.village_id""",
    """INSERT INTO reviews_opinion (of_id, number, sent_on, due_on, answered_on, agrees, text, paper_number)
       SELECT of, 1, sent, due, answered, true, '', '' FROM demo_commune ORDER BY of""",
    # A commune that began in between has no decision before it: its chain begins.
    """INSERT INTO reviews_decision (of_id, commune_id, kind, number, year, decided_on, signer, signer_title, reason, procedure, standard,
         sequence, previous, hash, made_at)
       SELECT of.id, of.commune_id, 'annual', p.number || '/QĐ-UBND', extract(year FROM p.decided), p.decided, '(mô phỏng)', 'Chủ tịch UBND xã', '',
         of.procedure, %(standard)s, 1 + coalesce(d.sequence, 0), coalesce(d.hash, ''), '', p.decided + time '16:00'
       FROM demo_commune p JOIN reviews_communereview of ON of.id = p.of
       LEFT JOIN LATERAL (SELECT sequence, hash FROM reviews_decision WHERE commune_id = of.commune_id ORDER BY sequence DESC LIMIT 1) AS d ON true
       ORDER BY of.id""",
    f"""CREATE UNLOGGED TABLE demo_line AS
        SELECT d.id AS decision_id, c.household_id, c.village_id, c.id AS case_id, v.id AS verdict_id, o.id AS vote_id,
          CASE WHEN v.klass IN {_POOR} THEN 'recognised_poor' WHEN v.klass = 'near_poor' THEN 'recognised_near_poor'
               WHEN c.before IN {_POOR} THEN 'escaped_poor' WHEN c.before = 'near_poor' THEN 'escaped_near_poor' ELSE 'not_recognised' END AS outcome,
          c.before, v.klass AS after,
          coalesce(v.klass IN {_POOR} AND c.before NOT IN {_POOR} AND x.poor OR v.klass = 'near_poor' AND c.before = 'none' AND x.household_id IS NOT NULL, false) AS came_back,
          coalesce(h.full_name, '') AS head_name, v.persons,
          CASE WHEN v.klass IN {_POOR} OR v.klass = 'near_poor' OR c.before <> 'none' THEN '' ELSE 'Kết quả rà soát: không thuộc hộ nghèo, hộ cận nghèo' END AS why,
          d.decided_on
        FROM reviews_case c JOIN surveys_verdict v ON v.id = c.verdict_id JOIN reviews_vote o ON o.case_id = c.id
        JOIN reviews_decision d ON d.of_id = c.of_id
        LEFT JOIN registry_person h ON h.household_id = c.household_id AND h.relation = 'head'
        LEFT JOIN (SELECT household_id, bool_or(listed = 'poor') AS poor FROM reviews_recognition WHERE NOT upper_inf(period) GROUP BY 1) AS x
          ON x.household_id = c.household_id
        WHERE c.round_id = %(round)s ORDER BY c.id""",
    # A line's hash needs the line as a row. Here each is looked up by key, on all processors.
    "CREATE INDEX IF NOT EXISTS demo_objections ON reviews_objection (of_id)",
    "SET LOCAL enable_nestloop = on",
    """CREATE TEMP TABLE demo_hashed ON COMMIT DROP AS
       SELECT l.*, reviews_line_hash(jsonb_populate_record(NULL::reviews_decisionline, to_jsonb(l))) AS hash FROM demo_line l""",
    """INSERT INTO reviews_decisionline (decision_id, household_id, village_id, case_id, verdict_id, vote_id, outcome, before, after, came_back,
         head_name, persons, why, hash)
       SELECT decision_id, household_id, village_id, case_id, verdict_id, vote_id, outcome, before, after, came_back, head_name, persons, why, hash
       FROM demo_hashed ORDER BY case_id""",
    "CREATE INDEX IF NOT EXISTS demo_lines ON reviews_decisionline (decision_id)",
    "UPDATE reviews_decision d SET hash = reviews_decision_hash(d) FROM demo_commune p WHERE p.of = d.of_id",
    "SET LOCAL enable_nestloop = off",
    """UPDATE reviews_recognition g SET period = daterange(lower(g.period), d.decided_on), ended_by_id = l.id
       FROM reviews_decisionline l JOIN reviews_decision d ON d.id = l.decision_id JOIN demo_commune p ON p.of = d.of_id
       WHERE g.household_id = l.household_id AND upper_inf(g.period) AND g.klass <> l.after""",
    f"""INSERT INTO reviews_recognition (household_id, village_id, klass, listed, period, line_id)
        SELECT l.household_id, l.village_id, l.after, CASE WHEN l.after IN {_POOR} THEN 'poor' ELSE 'near_poor' END, daterange(d.decided_on, NULL), l.id
        FROM reviews_decisionline l JOIN reviews_decision d ON d.id = l.decision_id JOIN demo_commune p ON p.of = d.of_id
        LEFT JOIN reviews_recognition g ON g.household_id = l.household_id AND upper_inf(g.period)
        WHERE g.id IS NULL AND l.outcome IN ('recognised_poor', 'recognised_near_poor')
        ORDER BY l.id""",
    "DROP TABLE demo_line, demo_hashed",
)


def lay(cursor: CursorWrapper, rounds: list[Round]) -> int:
    """The reviews of these closed rounds, in order of years; how many households were decided on."""
    put_back = bare(cursor, TABLES)
    # The tables have no index and no statistics yet: every join here is one of whole sets.
    cursor.execute("SET LOCAL enable_nestloop = off; SET LOCAL work_mem = '256MB'")
    cursor.execute(
        "SET LOCAL min_parallel_table_scan_size = 0; SET LOCAL parallel_setup_cost = 0; SET LOCAL parallel_tuple_cost = 0"
    )
    for round in rounds:
        words = _words(round)
        cursor.execute(_OPENED, words)
        cursor.execute(_CASES, words)
        cursor.execute(_NOT_SEEN, words)
        _lay_days(cursor, round, words)
        for statement in _STATEMENTS:
            cursor.execute(statement, words)
    cursor.execute("SET LOCAL enable_nestloop = on; DROP INDEX demo_lines, demo_objections")
    put_back()
    cursor.execute("SELECT setval('reviews_numbers', 1 + count(*)) FROM reviews_objection")
    cursor.execute("SELECT count(*) FROM reviews_decisionline")
    return int(cursor.fetchone()[0])


def _lay_days(cursor: CursorWrapper, round: Round, words: dict[str, Any]) -> None:
    """The timetable of the round, and the objections, whose postings are found later."""
    cursor.execute(_LAST_VISITS, words)
    places = cursor.fetchall()
    cursor.execute(_SPOKEN_OF, words)
    listed = [Listed(*row) for row in cursor.fetchall()]
    villages, communes, objections = timetable(round, procedure_on(round.reference_date), places, listed)
    for statement in _DAYS.split(";"):
        cursor.execute(statement)
    copy(cursor, "demo_village", villages)
    copy(cursor, "demo_commune", communes)
    copy(cursor, "reviews_objection", objections)


def _words(round: Round) -> dict[str, Any]:
    return {
        "round": round.pk,
        "standard": round.standard,
        "procedure": procedure_on(round.reference_date).slug,
        "year": round.year,
        "day": round.reference_date,
        "opens": round.opens,
    }
