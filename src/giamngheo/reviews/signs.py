"""Signs that something may be wrong in a round: a reason to look, never a verdict; each says how it is computed.

Every sign is one query under the reader's row-level security, over the villages of one unit.
"""

# ruff: noqa: S608  (only constants of this file are laid into the queries)

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django.db import connection
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop

from giamngheo.access.models import User
from giamngheo.areas.models import Level, Unit
from giamngheo.areas.queries import descendants_on
from giamngheo.reviews.errors import UnknownSignError
from giamngheo.rules.procedures import procedure_on
from giamngheo.rules.standards import standard_named
from giamngheo.surveys.models import Round

#: Rows of one sign that are shown; the count is of all.
SHOWN = 200
_POOR = "('poor_income', 'poor_deprivation', 'poor')"


@dataclass(frozen=True)
class Sign:
    """One sign: its title, how it is computed, why it may mean nothing, and the query that finds its places.

    The query gives village, household (or NULL where the sign is of a village) and two numbers that `shows` words.
    """

    slug: str
    source_title: str
    source_how: str
    source_innocent: str
    source_shows: str
    query: str

    @property
    def title(self) -> str:
        return _(self.source_title)

    @property
    def how(self) -> str:
        return _(self.source_how)

    @property
    def innocent(self) -> str:
        """Why it may be nothing."""
        return _(self.source_innocent)


@dataclass(frozen=True)
class Found:
    """One place where a sign stands."""

    village: Unit
    household: int | None
    number: str
    head: str
    words: str


SIGNS = (
    Sign(
        "giam-tron",
        gettext_noop("Số hộ thoát tròn chục"),
        gettext_noop("Số hộ thoát nghèo của một xã trong đợt chia hết cho 10 và từ 20 trở lên."),
        gettext_noop("Một trong mười số là tròn chục do tình cờ."),
        gettext_noop("%(a)s hộ thoát nghèo cả xã, %(b)s ở thôn này"),
        f"""WITH out AS (
              SELECT l.decision_id, l.village_id FROM reviews_decisionline l JOIN reviews_decision d ON d.id = l.decision_id
              JOIN reviews_communereview of ON of.id = d.of_id
              WHERE of.round_id = %(round)s AND l.before IN {_POOR} AND l.after NOT IN {_POOR}),
            whole AS (SELECT decision_id, count(*) AS n FROM out GROUP BY 1 HAVING count(*) >= 20 AND count(*) %% 10 = 0)
            SELECT o.village_id, NULL::bigint, w.n, count(*) FROM out o JOIN whole w USING (decision_id)
            WHERE o.village_id = ANY (%(villages)s) GROUP BY 1, w.n""",
    ),
    Sign(
        "don-sat-nguong",
        gettext_noop("Điểm dồn ngay trên ngưỡng"),
        gettext_noop(
            "Số hộ có thu nhập (hoặc điểm) cao hơn chuẩn nghèo không quá 5% nhiều gấp ba lần trở lên số hộ thấp hơn không quá 5%, và ít nhất 5 hộ."
        ),
        gettext_noop(
            "Thôn nhỏ có thể dồn như vậy do tình cờ; thoát nghèo thật cũng làm hộ vượt ngưỡng một ít."
        ),
        gettext_noop("%(a)s hộ ngay trên ngưỡng, %(b)s hộ ngay dưới"),
        """WITH near AS (
             SELECT v.village_id, coalesce(v.income, v.points) AS x,
               CASE WHEN v.basis = 'income' THEN CASE v.area_type WHEN 'urban' THEN %(income_urban)s ELSE %(income_rural)s END
                    ELSE CASE v.area_type WHEN 'urban' THEN %(points_urban)s ELSE %(points_rural)s END END AS line
             FROM surveys_verdict v
             WHERE v.round_id = %(round)s AND v.standard = %(standard)s AND v.retired_at IS NULL AND v.village_id = ANY (%(villages)s)),
           counted AS (
             SELECT village_id, count(*) FILTER (WHERE x > line AND x <= line * 1.05) AS above,
               count(*) FILTER (WHERE x <= line AND x > line * 0.95) AS below FROM near GROUP BY 1)
           SELECT village_id, NULL::bigint, above, below FROM counted WHERE above >= 5 AND above >= 3 * below""",
    ),
    Sign(
        "thoat-sat-ngay",
        gettext_noop("Thoát nghèo ngay trước hạn báo cáo"),
        gettext_noop(
            "Hộ đang nghèo được ghi là thoát nghèo bằng phiếu ghi trong 7 ngày cuối trước hạn báo cáo sơ bộ của năm."
        ),
        gettext_noop("Nhiều xã làm dồn vào những ngày cuối vì thiếu người."),
        gettext_noop("phiếu ghi trước hạn %(a)s ngày"),
        f"""SELECT c.village_id, c.household_id, (%(deadline)s::date - s.visited_on), 0
            FROM reviews_case c JOIN surveys_verdict v ON v.id = c.verdict_id JOIN surveys_visit s ON s.id = v.visit_id
            WHERE c.round_id = %(round)s AND c.village_id = ANY (%(villages)s) AND c.before IN {_POOR} AND v.klass NOT IN {_POOR}
              AND s.visited_on BETWEEN %(deadline)s::date - 7 AND %(deadline)s::date - 1""",
    ),
    Sign(
        "khong-ai-noi",
        gettext_noop("Không một ý kiến nào"),
        gettext_noop(
            "Thôn có từ 20 hộ trong danh sách mà mọi hộ đều được tất cả đồng ý, không ghi ý kiến khác, không có phản ánh."
        ),
        gettext_noop("Có thôn bàn kỹ trước khi họp nên trong cuộc họp không ai nói khác."),
        gettext_noop("%(a)s hộ, %(b)s người dự"),
        """SELECT m.village_id, NULL::bigint, count(o.id), max(m.present)
           FROM reviews_meeting m JOIN reviews_communereview of ON of.id = m.of_id JOIN reviews_vote o ON o.meeting_id = m.id
           WHERE of.round_id = %(round)s AND m.village_id = ANY (%(villages)s) AND m.state = 'held' AND m.dissent = ''
             AND NOT EXISTS (SELECT 1 FROM reviews_objection b WHERE b.of_id = m.of_id AND b.village_id = m.village_id)
           GROUP BY m.village_id, m.of_id HAVING count(o.id) >= 20 AND sum(o.disagree) = 0 AND bool_and(o.remarks = '')""",
    ),
    Sign(
        "phieu-giong-nhau",
        gettext_noop("Nhiều phiếu giống hệt nhau"),
        gettext_noop(
            "Trong một thôn, một người ghi từ 10 phiếu trở lên có mọi câu trả lời về hộ giống hệt nhau."
        ),
        gettext_noop(
            "Nhà trong một bản được làm cùng một kiểu, cùng một đợt hỗ trợ thì trả lời giống nhau là thường."
        ),
        gettext_noop("%(a)s phiếu giống nhau"),
        """SELECT v.village_id, NULL::bigint, count(*), 0 FROM surveys_visit v
           WHERE v.round_id = %(round)s AND v.village_id = ANY (%(villages)s) AND v.retired_at IS NULL AND v.outcome = 'met'
             AND v.answers <> '{}'
           GROUP BY v.village_id, v.recorded_by_id, md5(v.answers::text) HAVING count(*) >= 10""",
    ),
    Sign(
        "qua-han",
        gettext_noop("Quá hạn của luật"),
        gettext_noop(
            "Phản ánh hoặc ý kiến của huyện được trả lời sau hạn, hoặc danh sách gỡ muộn hơn hạn quá 7 ngày."
        ),
        gettext_noop("Ngày ghi trên máy có thể muộn hơn ngày việc diễn ra."),
        gettext_noop("chậm %(a)s ngày"),
        """SELECT b.village_id, b.household_id, coalesce(b.answered_on, %(today)s::date) - b.due_on, 0 FROM reviews_objection b
           JOIN reviews_communereview of ON of.id = b.of_id
           WHERE of.round_id = %(round)s AND b.village_id = ANY (%(villages)s) AND coalesce(b.answered_on, %(today)s::date) > b.due_on
           UNION ALL
           SELECT p.village_id, NULL, coalesce(p.taken_down_on, %(today)s::date) - p.ends_on, 0 FROM reviews_posting p
           JOIN reviews_communereview of ON of.id = p.of_id
           WHERE of.round_id = %(round)s AND p.village_id = ANY (%(villages)s)
             AND coalesce(p.taken_down_on, %(today)s::date) > p.ends_on + 7""",
    ),
    Sign(
        "doi-cau-tra-loi",
        gettext_noop("Câu trả lời đổi giữa thu thập và quyết định"),
        gettext_noop(
            "Hộ có phiếu được ghi lại trong đợt, và xếp loại khi quyết định khác xếp loại của phiếu đầu."
        ),
        gettext_noop("Phúc tra và thu thập lại sau cuộc họp là đúng quy trình."),
        gettext_noop("%(a)s phiếu trong đợt"),
        """SELECT c.village_id, c.household_id, n.visits, 0 FROM reviews_case c JOIN surveys_verdict v ON v.id = c.verdict_id,
             LATERAL (SELECT count(*) AS visits, (array_agg(f.klass ORDER BY s.id))[1] AS first
                      FROM surveys_visit s JOIN surveys_verdict f ON f.visit_id = s.id AND f.standard = %(standard)s
                      WHERE s.round_id = c.round_id AND s.household_id = c.household_id) AS n
           WHERE c.round_id = %(round)s AND c.village_id = ANY (%(villages)s) AND n.visits > 1 AND n.first <> v.klass""",
    ),
    Sign(
        "thay-doi-dot-ngot",
        gettext_noop("Tỷ lệ nghèo thay đổi đột ngột"),
        gettext_noop(
            "Tỷ lệ hộ nghèo của thôn (từ 20 hộ) so với đợt trước lệch quá 20 điểm phần trăm so với mức thay đổi chung của xã."
        ),
        gettext_noop("Một công trình, một đợt tái định cư có thể làm cả thôn đổi khác trong một năm."),
        gettext_noop("%(a)s%% năm trước, %(b)s%% năm nay"),
        f"""WITH rate AS (
              SELECT t.unit_id AS village, w.ancestor_id AS commune, t.round_id,
                100.0 * sum(t.households) FILTER (WHERE t.klass IN {_POOR}) / nullif(sum(t.households) FILTER (WHERE t.klass NOT IN ('not_met', 'moved', 'refused')), 0) AS poor,
                sum(t.households) AS n
              FROM surveys_tally t JOIN surveys_round r ON r.id = t.round_id AND t.standard = r.standard
              JOIN areas_within w ON w.unit_id = t.unit_id AND w.level = 3 AND r.reference_date BETWEEN w.valid_from AND coalesce(w.valid_to, 'infinity')
              WHERE t.level = 4 AND t.round_id IN (%(round)s, %(before)s) AND t.unit_id = ANY (%(villages)s) GROUP BY 1, 2, 3),
            moved AS (
              SELECT b.village, b.commune, coalesce(a.poor, 0) AS was, coalesce(b.poor, 0) AS now, b.n,
                coalesce(b.poor, 0) - coalesce(a.poor, 0) AS change
              FROM rate b JOIN rate a ON a.village = b.village AND a.round_id = %(before)s WHERE b.round_id = %(round)s),
            usual AS (SELECT commune, percentile_cont(0.5) WITHIN GROUP (ORDER BY change) AS change FROM moved GROUP BY 1)
            SELECT m.village, NULL::bigint, round(m.was), round(m.now) FROM moved m JOIN usual u USING (commune)
            WHERE m.n >= 20 AND abs(m.change - u.change) > 20""",
    ),
)


def signs(round: Round, unit: Unit, *, today: dt.date, seen_by: User) -> list[tuple[Sign, int]]:
    """Every sign with how many places show it within a unit. One query a sign and three more."""
    words = _words(round, unit, today)
    counted = []
    with connection.cursor() as cursor:
        for sign in SIGNS:
            cursor.execute(f"SELECT count(*) FROM ({sign.query}) AS found", words)
            counted.append((sign, int(cursor.fetchone()[0])))
    return counted


def places(round: Round, unit: Unit, slug: str, *, today: dt.date, seen_by: User) -> tuple[Sign, list[Found]]:
    """The places of one sign, at most SHOWN of them. Raises UnknownSignError."""
    sign = next((s for s in SIGNS if s.slug == slug), None)
    if sign is None:
        raise UnknownSignError(sign=slug)
    words = _words(round, unit, today)
    query = f"""
        SELECT f.village, f.household, f.a, f.b, h.number, p.full_name
        FROM ({sign.query}) AS f (village, household, a, b)
        LEFT JOIN registry_household h ON h.id = f.household
        LEFT JOIN registry_person p ON p.household_id = f.household AND p.relation = 'head'
        ORDER BY f.a DESC, f.village, f.household LIMIT {SHOWN}
    """
    with connection.cursor() as cursor:
        cursor.execute(query, words)
        rows = cursor.fetchall()
    units = Unit.objects.in_bulk({row[0] for row in rows})
    return sign, [
        Found(
            units[village],
            household,
            number or "",
            head or "",
            _(sign.source_shows) % {"a": f"{a:.0f}", "b": f"{b:.0f}"},
        )
        for village, household, a, b, number, head in rows
    ]


def _words(round: Round, unit: Unit, today: dt.date) -> Mapping[str, Any]:
    standard = standard_named(round.standard)
    before = Round.objects.filter(kind=Round.Kind.ANNUAL, year__lt=round.year).order_by("-year").first()
    deadline = procedure_on(round.reference_date).preliminary_report
    villages = descendants_on(unit, round.reference_date, Level.VILLAGE).values_list("pk", flat=True)
    return {
        "round": round.pk,
        "before": before.pk if before else 0,
        "standard": round.standard,
        "villages": list(villages),
        "today": today,
        "deadline": deadline.day_in(round.year),
        **_lines(standard),
    }


def _lines(standard: Any) -> dict[str, int]:
    found = {}
    for area in ("rural", "urban"):
        found[f"income_{area}"] = standard.lines[area].lower.value
        found[f"points_{area}"] = standard.points.lines[area].lower.value
    return found
