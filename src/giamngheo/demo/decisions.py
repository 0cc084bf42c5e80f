"""The review history of the synthetic province: every village met, every list hung, every commune decided, every year.

Laid in set by set, under the same constraints, frozen by the same functions and chained as through the actions. Who
agreed with what is made up; classes are those of the rules, so that the decisions give the published series.
"""

# ruff: noqa: S608  (only constants of this file are laid into the queries)

import datetime as dt
from typing import Any

from django.db.backends.utils import CursorWrapper

from giamngheo.demo.bulk import bare
from giamngheo.rules.procedures import clock, procedure_on
from giamngheo.rules.workdays import add_workdays
from giamngheo.surveys.models import Round

TABLES = (
    *(
        "reviews_communereview",
        "reviews_villagereview",
        "reviews_case",
        "reviews_meeting",
        "reviews_attendance",
        "reviews_vote",
    ),
    *(
        "reviews_posting",
        "reviews_postingline",
        "reviews_opinion",
        "reviews_decision",
        "reviews_decisionline",
        "reviews_recognition",
    ),
)
_POOR = "('poor_income', 'poor_deprivation', 'poor')"
#: A number from 0 to 99 that is always the same for the same row, for what is made up.
_DICE = "(abs(hashint8extended({id}, {salt})) %% 100)"

_STATEMENTS = (
    """INSERT INTO reviews_communereview (round_id, commune_id, procedure, state, opened_at)
       SELECT DISTINCT %(round)s::bigint, w.ancestor_id, %(procedure)s, 'reported', %(opens)s::timestamptz FROM areas_within w
       WHERE w.unit_level = 4 AND w.level = 3 AND %(day)s BETWEEN w.valid_from AND coalesce(w.valid_to, 'infinity')
       ORDER BY 2""",
    """CREATE TEMP TABLE place ON COMMIT DROP AS
       SELECT of.id AS of, w.unit_id AS village, of.commune_id AS commune FROM reviews_communereview of
       JOIN areas_within w ON w.ancestor_id = of.commune_id AND w.unit_level = 4
        AND %(day)s BETWEEN w.valid_from AND coalesce(w.valid_to, 'infinity')
       WHERE of.round_id = %(round)s""",
    """INSERT INTO reviews_villagereview (of_id, village_id, state, since)
       SELECT of, village, 'ready', %(down)s::date FROM place ORDER BY village""",
    # Who was recognised, who is found poor or near-poor, and a few whom an officer put on the list in vain.
    f"""INSERT INTO reviews_case (of_id, round_id, household_id, village_id, list, ground, before, state, verdict_id, quick_override,
          withdrawn_why, added_at)
        SELECT p.of, %(round)s, v.household_id, v.village_id, CASE WHEN g.klass IS NULL THEN '2c' ELSE '2d' END,
          CASE WHEN g.klass IS NOT NULL THEN 'managed' WHEN v.klass IN ('average', 'none') THEN 'officer' ELSE 'survey' END,
          coalesce(g.klass, 'none'), 'decided', v.id, '', '', %(opens)s::timestamptz
        FROM surveys_verdict v JOIN place p ON p.village = v.village_id
        LEFT JOIN reviews_recognition g ON g.household_id = v.household_id AND upper_inf(g.period)
        WHERE v.round_id = %(round)s AND v.standard = %(standard)s AND v.retired_at IS NULL AND v.klass <> 'undetermined'
          AND (g.klass IS NOT NULL OR v.klass IN {_POOR} OR v.klass = 'near_poor'
               OR v.borderline AND {_DICE.format(id="v.household_id", salt=1)} < 20)
        ORDER BY v.village_id, v.household_id""",
    f"""INSERT INTO reviews_meeting (of_id, village_id, number, state, notice_on, meets_at, place, invited, present, chair, secretary, front,
          dissent, conclusion, called_off_why, entered_at)
        SELECT p.of, p.village, 1, 'held', %(notice)s::date, (%(met)s::date + time '19:00') AT TIME ZONE 'Asia/Ho_Chi_Minh',
          'Nhà văn hoá thôn', n.households, 12 + n.households * (55 + {_DICE.format(id="p.village", salt=2)} / 4) / 100,
          'Trưởng thôn', 'Thư ký cuộc họp', 'Đại diện Mặt trận Tổ quốc', '', 'Thống nhất kết quả rà soát', '',
          (%(met)s::date + time '21:00') AT TIME ZONE 'Asia/Ho_Chi_Minh'
        FROM place p JOIN (SELECT village_id, count(*) AS households FROM surveys_visit WHERE round_id = %(round)s GROUP BY 1) AS n
          ON n.village_id = p.village
        ORDER BY p.village""",
    """INSERT INTO reviews_attendance (meeting_id, village_id, capacity, count, names)
       SELECT m.id, m.village_id, a.capacity, CASE a.capacity WHEN 'household' THEN m.present - 12 ELSE a.count END, ''
       FROM reviews_meeting m JOIN reviews_communereview of ON of.id = m.of_id AND of.round_id = %(round)s,
         (VALUES ('head', 1), ('party_cell', 2), ('union', 5), ('commune', 2), ('reviewer', 2), ('household', 0), ('front', 1)) AS a (capacity, count)""",
    f"""INSERT INTO reviews_vote (meeting_id, case_id, village_id, verdict_id, klass, agree, disagree, voters, apart, passed, remarks)
        SELECT m.id, c.id, c.village_id, c.verdict_id, v.klass, m.present - n.no - n.still, n.no, m.present, false, true, ''
        FROM reviews_case c JOIN reviews_meeting m ON m.of_id = c.of_id AND m.village_id = c.village_id
        JOIN surveys_verdict v ON v.id = c.verdict_id,
          LATERAL (SELECT CASE WHEN {_DICE.format(id="c.household_id", salt=3)} < 85 THEN 0 ELSE {_DICE.format(id="c.household_id", salt=4)} * m.present / 500 END AS no,
                          {_DICE.format(id="c.household_id", salt=5)} %% 3 AS still) AS n
        WHERE c.round_id = %(round)s ORDER BY c.id""",
    """INSERT INTO reviews_posting (of_id, village_id, number, starts_on, ends_on, places, read_out_on, taken_down_on, token, posted_at)
       SELECT p.of, p.village, 1, %(up)s::date, %(last)s::date, 'Nhà văn hoá thôn; trụ sở UBND xã', %(up)s::date, %(down)s::date,
         'demo-' || %(year)s || '-' || p.village, %(up)s::timestamptz
       FROM place p ORDER BY p.village""",
    f"""INSERT INTO reviews_postingline (posting_id, case_id, village_id, head_name, klass, before, reason, changed)
        SELECT o.id, c.id, c.village_id, coalesce(h.full_name, ''), v.klass, c.before,
          CASE WHEN v.klass IN {_POOR} OR v.klass = 'near_poor' THEN 'thiếu hụt ' || coalesce(v.deprived, 0) || ' chỉ số' ELSE 'trên chuẩn cận nghèo' END, false
        FROM reviews_case c JOIN reviews_posting o ON o.of_id = c.of_id AND o.village_id = c.village_id
        JOIN surveys_verdict v ON v.id = c.verdict_id
        LEFT JOIN registry_person h ON h.household_id = c.household_id AND h.relation = 'head'
        WHERE c.round_id = %(round)s ORDER BY c.id""",
    """INSERT INTO reviews_opinion (of_id, number, sent_on, due_on, answered_on, agrees, text, paper_number)
       SELECT id, 1, %(sent)s::date, %(due)s::date, %(answered)s::date, true, '', '' FROM reviews_communereview WHERE round_id = %(round)s""",
    # A commune that began in between has no decision before it: its chain begins.
    """INSERT INTO reviews_decision (of_id, commune_id, kind, number, year, decided_on, signer, signer_title, reason, procedure, standard,
         sequence, previous, hash, made_at)
       SELECT of.id, of.commune_id, 'annual', '1' || lpad((row_number() OVER (ORDER BY of.id))::text, 2, '0') || '/QĐ-UBND',
         %(year)s, %(decided)s::date, 'Chủ tịch UBND xã', 'Chủ tịch', '', of.procedure, %(standard)s,
         1 + coalesce(d.sequence, 0), coalesce(d.hash, ''), '', %(decided)s::timestamptz
       FROM reviews_communereview of
       LEFT JOIN LATERAL (SELECT sequence, hash FROM reviews_decision WHERE commune_id = of.commune_id ORDER BY sequence DESC LIMIT 1) AS d ON true
       WHERE of.round_id = %(round)s""",
    f"""INSERT INTO reviews_decisionline (decision_id, household_id, village_id, case_id, verdict_id, vote_id, outcome, before, after,
          came_back, head_name, persons, why, hash)
        SELECT d.id, c.household_id, c.village_id, c.id, v.id, o.id,
          CASE WHEN v.klass IN {_POOR} THEN 'recognised_poor' WHEN v.klass = 'near_poor' THEN 'recognised_near_poor'
               WHEN c.before IN {_POOR} THEN 'escaped_poor' WHEN c.before = 'near_poor' THEN 'escaped_near_poor' ELSE 'not_recognised' END,
          c.before, v.klass,
          v.klass IN {_POOR} AND c.before NOT IN {_POOR} AND x.poor OR v.klass = 'near_poor' AND c.before = 'none' AND x.household_id IS NOT NULL,
          coalesce(h.full_name, ''), v.persons,
          CASE WHEN v.klass IN {_POOR} OR v.klass = 'near_poor' OR c.before <> 'none' THEN '' ELSE 'Kết quả rà soát: không thuộc hộ nghèo, hộ cận nghèo' END, ''
        FROM reviews_case c JOIN surveys_verdict v ON v.id = c.verdict_id JOIN reviews_vote o ON o.case_id = c.id
        JOIN reviews_decision d ON d.of_id = c.of_id
        LEFT JOIN registry_person h ON h.household_id = c.household_id AND h.relation = 'head'
        LEFT JOIN (SELECT household_id, bool_or(listed = 'poor') AS poor FROM reviews_recognition WHERE NOT upper_inf(period) GROUP BY 1) AS x
          ON x.household_id = c.household_id
        WHERE c.round_id = %(round)s ORDER BY c.id""",
    """UPDATE reviews_decisionline l SET hash = reviews_line_hash(l) FROM reviews_decision d
       WHERE d.id = l.decision_id AND d.year = %(year)s""",
    "CREATE INDEX IF NOT EXISTS demo_lines ON reviews_decisionline (decision_id)",
    "UPDATE reviews_decision d SET hash = reviews_decision_hash(d) WHERE d.year = %(year)s",
    """UPDATE reviews_recognition g SET period = daterange(lower(g.period), %(decided)s), ended_by_id = l.id
       FROM reviews_decisionline l JOIN reviews_decision d ON d.id = l.decision_id
       WHERE d.year = %(year)s AND g.household_id = l.household_id AND upper_inf(g.period) AND g.klass <> l.after""",
    f"""INSERT INTO reviews_recognition (household_id, village_id, klass, listed, period, line_id)
        SELECT l.household_id, l.village_id, l.after, CASE WHEN l.after IN {_POOR} THEN 'poor' ELSE 'near_poor' END, daterange(%(decided)s, NULL), l.id
        FROM reviews_decisionline l JOIN reviews_decision d ON d.id = l.decision_id
        LEFT JOIN reviews_recognition g ON g.household_id = l.household_id AND upper_inf(g.period)
        WHERE d.year = %(year)s AND g.id IS NULL AND l.outcome IN ('recognised_poor', 'recognised_near_poor')
        ORDER BY l.id""",
    "DROP TABLE place",
)


def lay(cursor: CursorWrapper, rounds: list[Round]) -> int:
    """The reviews of these closed rounds, in order of years; how many households were decided on."""
    put_back = bare(cursor, TABLES)
    for round in rounds:
        words = _days(round)
        for statement in _STATEMENTS:
            cursor.execute(statement, words)
        if round is rounds[0]:
            cursor.execute("ANALYZE reviews_case, reviews_vote, reviews_decisionline, reviews_recognition")
    cursor.execute("DROP INDEX demo_lines")
    put_back()
    cursor.execute("SELECT count(*) FROM reviews_decisionline")
    return int(cursor.fetchone()[0])


def _days(round: Round) -> dict[str, Any]:
    """The days of each step after the last visit, by the clocks of the procedure then in force."""
    procedure = procedure_on(round.reference_date)
    met = add_workdays(round.closes, 1)
    up = add_workdays(met, 1)
    last = clock(procedure, "posting", up).due_on
    down = add_workdays(last, 1)
    due = clock(procedure, "district_answer", down).due_on
    answered = add_workdays(down, 2)
    return {
        "round": round.pk,
        "standard": round.standard,
        "procedure": procedure.slug,
        "year": round.year,
        "day": round.reference_date,
        "opens": round.opens,
        "notice": met - dt.timedelta(days=3),
        "met": met,
        "up": up,
        "last": last,
        "down": down,
        "sent": down,
        "due": due,
        "answered": answered,
        "decided": add_workdays(answered, 1),
    }
