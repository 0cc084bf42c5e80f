"""The tables of a snapshot: their columns with what each means, and the SQL that reads them from the register.

A change of any column here raises SCHEMA_VERSION; a snapshot says which version it was written under, and a reader
refuses one it does not know. No name of a person, no sealed number and no address is ever in a snapshot.

To add a table of the register (entitlements, deliveries, …): its columns and its query, and one line in `tables()`. A
table of households needs `year` (it is partitioned by it), `household` and `village` (by which rows are cut to the reader).
"""

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache

from giamngheo.rules.facts import HOUSEHOLD, MEMBER, Fact, facts
from giamngheo.rules.standards import standards

SCHEMA_VERSION = 4
_TYPES = {
    "int": "BIGINT",
    "number": "DOUBLE",
    "bool": "BOOLEAN",
    "choice": "VARCHAR",
    "date": "DATE",
    "text": "VARCHAR",
    "ethnic": "VARCHAR",
    "codes": "VARCHAR[]",
}


@dataclass(frozen=True)
class Column:
    """One column: its DuckDB type, what it means, and the unit of a number."""

    name: str
    type: str
    vi: str
    en: str
    unit_vi: str = ""
    unit_en: str = ""


@dataclass(frozen=True)
class Table:
    """One table of a snapshot, copied by `sql` in the order of `order`; without `sql` it is taken apart from visits (build.py).

    of_households: rows only those may see who may see the household.
    """

    name: str
    vi: str
    en: str
    columns: tuple[Column, ...]
    sql: str = ""
    order: str = "1"
    of_households: bool = True


_ROUND = Column("round", "INTEGER", "Đợt rà soát", "Round of review")
_YEAR = Column("year", "SMALLINT", "Năm", "Year")
_HOUSEHOLD = Column("household", "VARCHAR", "Số hộ toàn tỉnh", "Province-wide number of the household")
_PLACES = (
    Column("village", "BIGINT", "Thôn, bản (khoá của bảng units)", "Village (key of the table units)"),
    Column("commune", "BIGINT", "Xã vào ngày lấy mốc", "Commune on the reference date"),
    Column("district", "BIGINT", "Huyện vào ngày lấy mốc, trống nếu không có cấp huyện", "District on the reference date, blank where there is none"),
    Column("province_unit", "BIGINT", "Tỉnh (khoá của bảng units)", "Province (key of the table units)"),
)  # fmt: skip
_DONG = {"unit_vi": "đồng/người/tháng", "unit_en": "đồng per person per month"}
_VERDICT = (
    _ROUND, _YEAR, _HOUSEHOLD, *_PLACES,
    Column("area_type", "VARCHAR", "Khu vực: rural nông thôn, urban thành thị", "Area type"),
    Column("ethnic", "VARCHAR", "Mã dân tộc của chủ hộ", "Ethnic group of the head, national code"),
    Column("persons", "SMALLINT", "Số nhân khẩu", "Persons", "người", "persons"),
    Column("outcome", "VARCHAR", "Kết quả đến thăm: met, not_met, moved, refused", "Outcome of the visit"),
    Column("visited_on", "DATE", "Ngày đến thăm", "Day of the visit"),
    Column("standard", "VARCHAR", "Chuẩn nghèo; trống nếu chưa gặp", "Standard; blank where there was no interview"),
    Column("law", "VARCHAR", "Dấu băm nội dung của chuẩn đã áp dụng", "Content hash of the standard applied"),
    Column("klass", "VARCHAR", "Xếp loại; undetermined là chưa đủ dữ kiện", "Class; undetermined: facts are missing"),
    Column("basis", "VARCHAR", "Căn cứ xếp loại: income thu nhập, points điểm", "What the class rests on"),
    Column("band", "SMALLINT", "Bậc so với các ngưỡng", "Band among the lines"),
    Column("income", "BIGINT", "Thu nhập bình quân, trống nếu không hỏi", "Income per head, blank where not asked", **_DONG),
    Column("points", "INTEGER", "Tổng điểm B1", "B1 total", "điểm", "points"),
    Column("deprived", "SMALLINT", "Số chỉ số thiếu hụt", "Number of deprivations", "chỉ số", "indicators"),
    Column("unknown", "SMALLINT", "Số chỉ số chưa biết", "Number of indicators not known", "chỉ số", "indicators"),
    Column("borderline", "BOOLEAN", "Sát ngưỡng", "Close to a line"),
)  # fmt: skip
_RECOGNITION = (
    _HOUSEHOLD,
    _PLACES[0],
    Column("listed", "VARCHAR", "Danh sách: poor hộ nghèo, near_poor hộ cận nghèo", "List"),
    Column("klass", "VARCHAR", "Xếp loại ghi trong quyết định", "Class in the decision"),
    Column("since", "DATE", "Được công nhận từ ngày", "Recognised since"),
    Column("until", "DATE", "Đến hết ngày, trống nếu còn hiệu lực", "Last day, blank while in force"),
    Column("year", "SMALLINT", "Năm của quyết định", "Year of the decision"),
    Column("outcome", "VARCHAR", "Kết quả trong quyết định mở đầu", "Outcome in the decision that began it"),
    Column("came_back", "BOOLEAN", "Tái nghèo", "Fallen back"),
    Column(
        "ended_as", "VARCHAR", "Kết quả trong quyết định kết thúc", "Outcome in the decision that ended it"
    ),
)
_UNITS = (
    Column("unit", "BIGINT", "Khoá", "Key"),
    Column("code", "VARCHAR", "Mã đơn vị", "Code"),
    Column("name", "VARCHAR", "Tên", "Name"),
    Column("kind", "VARCHAR", "Loại đơn vị", "Kind"),
    Column("level", "SMALLINT", "Cấp: 1 tỉnh, 2 huyện, 3 xã, 4 thôn", "Level: 1 province to 4 village"),
    Column("urban", "BOOLEAN", "Thành thị", "Urban"),
    Column("valid_from", "DATE", "Có từ ngày", "First day"),
    Column("valid_to", "DATE", "Đến hết ngày", "Last day"),
)
_WITHIN = (
    Column("unit", "BIGINT", "Đơn vị", "Unit"),
    Column("ancestor", "BIGINT", "Thuộc đơn vị", "Lies within"),
    Column("level", "SMALLINT", "Cấp của đơn vị trên", "Level of the unit above"),
    Column("valid_from", "DATE", "Từ ngày", "First day"),
    Column("valid_to", "DATE", "Đến hết ngày", "Last day"),
)
_ROUNDS = (
    _ROUND, _YEAR,
    Column("kind", "VARCHAR", "annual định kỳ, regular thường xuyên", "Kind"),
    Column("name", "VARCHAR", "Tên đợt", "Name"),
    Column("reference_date", "DATE", "Ngày lấy mốc", "Reference date"),
    Column("standard", "VARCHAR", "Chuẩn nghèo có hiệu lực", "Standard in force"),
    Column("closed", "BOOLEAN", "Đã đóng", "Closed"),
)  # fmt: skip

_PERSON = Column(
    "person",
    "BIGINT",
    "Khoá của người hưởng, trống nếu là quyền của hộ",
    "Key of the holder, blank where the right is the household's",
)
_POLICY = (
    Column("policy", "VARCHAR", "Chính sách (law/policies)", "Policy (law/policies)"),
    Column("benefit", "VARCHAR", "Khoản hưởng của chính sách", "Benefit of the policy"),
)
_ENTITLEMENT = (
    _YEAR, _HOUSEHOLD, _PLACES[0], _PERSON, *_POLICY,
    Column("tier", "VARCHAR", "Mức của khoản hưởng, trống nếu xã ghi thêm có lý do", "Level of the benefit, blank where the commune added it with a reason"),
    Column("amount", "BIGINT", "Được hưởng trong kỳ, trống nếu là hiện vật", "Due in the period, blank in kind", "đồng", "đồng"),
    Column("since", "DATE", "Kỳ từ ngày", "Period from"),
    Column("until", "DATE", "Đến hết ngày", "Last day"),
    Column("decided_on", "DATE", "Ngày phê duyệt danh sách", "Day the list was approved"),
)  # fmt: skip
#: What is typed freely (the thing, the source of money) stays out: it may name somebody.
_DELIVERY = (
    _YEAR, _HOUSEHOLD, _PLACES[0], _PERSON, *_POLICY,
    Column("kind", "VARCHAR", "money tiền, goods hiện vật, service dịch vụ, loan vốn vay", "Money, goods, service or loan"),
    Column("amount", "BIGINT", "Số tiền, trống nếu không rõ giá trị", "Amount, blank where the value is not known", "đồng", "đồng"),
    Column("quantity", "DOUBLE", "Số lượng", "Quantity"),
    Column("measure", "VARCHAR", "Đơn vị tính", "Unit of the quantity"),
    Column("since", "DATE", "Cho kỳ từ ngày", "For days from"),
    Column("until", "DATE", "Đến hết ngày", "Last day"),
    Column("given_on", "DATE", "Ngày chi, ngày cấp", "Day given"),
    Column("agency", "VARCHAR", "Cơ quan chi", "Agency that gave it"),
)  # fmt: skip


_RECOGNITIONS_SQL = """
SELECT h.number AS household, n.village_id AS village, n.listed, n.klass, lower(n.period) AS since, upper(n.period) - 1 AS until,
       d.year, l.outcome, l.came_back, e.outcome AS ended_as
FROM reviews_recognition n
JOIN registry_household h ON h.id = n.household_id
JOIN reviews_decisionline l ON l.id = n.line_id JOIN reviews_decision d ON d.id = l.decision_id
LEFT JOIN reviews_decisionline e ON e.id = n.ended_by_id
"""
_ENTITLEMENTS_SQL = """
SELECT extract(year FROM lower(s.period))::int AS year, h.number AS household, l.village_id AS village, l.person_id AS person, s.policy,
       l.benefit, l.tier, l.amount, lower(s.period) AS since, upper(s.period) - 1 AS until, s.decided_on
FROM support_supportline l JOIN support_supportlist s ON s.id = l.of_id JOIN registry_household h ON h.id = l.household_id
WHERE s.state = 'decided'
"""
_DELIVERIES_SQL = """
SELECT extract(year FROM lower(d.period))::int AS year, h.number AS household, d.village_id AS village, d.person_id AS person, d.policy,
       d.benefit, d.kind, d.amount, d.quantity, d.measure, lower(d.period) AS since, upper(d.period) - 1 AS until, d.given_on,
       d.agency
FROM support_delivery d JOIN registry_household h ON h.id = d.household_id
WHERE d.retired_at IS NULL AND NOT d.void
"""
_UNITS_SQL = "SELECT id AS unit, code, name, kind, level, urban, valid_from, valid_to FROM areas_unit"
_WITHIN_SQL = "SELECT unit_id AS unit, ancestor_id AS ancestor, level, valid_from, valid_to FROM areas_within"
_ROUNDS_SQL = """
SELECT id AS round, year, kind, name, reference_date, standard, closed_at IS NOT NULL AS closed FROM surveys_round
"""


@cache
def tables() -> dict[str, Table]:
    """Every table of a snapshot by name, in the order they are written."""
    listed = (
        Table("rounds", "Các đợt rà soát", "Rounds of review", _ROUNDS, _ROUNDS_SQL, of_households=False),
        Table("units", "Đơn vị hành chính qua các thời kỳ", "Administrative units, dated", _UNITS, _UNITS_SQL, of_households=False),
        Table("within", "Đơn vị nào thuộc đơn vị nào, có ngày", "Which unit lies within which, dated", _WITHIN, _WITHIN_SQL, of_households=False),
        Table("verdicts", "Mỗi hộ một dòng cho mỗi đợt và mỗi chuẩn", "One row a household, round and standard", (*_VERDICT, *_lacks())),
        Table("households", "Câu trả lời của hộ trong mỗi đợt", "Answers of the household in a round", (_ROUND, _YEAR, _HOUSEHOLD, _PLACES[0], *_of(HOUSEHOLD))),
        Table("members", "Mỗi nhân khẩu một dòng cho mỗi đợt", "One row a member and round", (_ROUND, _YEAR, _HOUSEHOLD, _PLACES[0], Column("person", "BIGINT", "Khoá của người, không phải số định danh", "Key of the person, not the id number"), *_of(MEMBER))),
        Table("recognitions", "Thời kỳ được công nhận hộ nghèo, hộ cận nghèo", "Periods of recognition as poor or near-poor", _RECOGNITION, _RECOGNITIONS_SQL, "village, household, since"),
        Table("entitlements", "Suất hưởng trong các danh sách đã phê duyệt", "Lines of approved lists of the entitled", _ENTITLEMENT, _ENTITLEMENTS_SQL, "year, village, household, policy"),
        Table("deliveries", "Những lần chi, lần cấp còn hiệu lực trong sổ", "Deliveries in force in the book", _DELIVERY, _DELIVERIES_SQL, "year, village, household, policy, since"),
    )  # fmt: skip
    return {table.name: table for table in listed}


def _lacks() -> Iterator[Column]:
    """One column an indicator of any standard: true lacking, false not, blank not known or not in that standard."""
    seen: set[str] = set()
    for standard in standards().values():
        for indicator in standard.indicators:
            if indicator.code not in seen:
                seen.add(indicator.code)
                yield Column(
                    f"lacks_{indicator.code}",
                    "BOOLEAN",
                    f"Thiếu hụt: {indicator.name.vi}",
                    f"Deprived: {indicator.name.en}",
                )


def _of(over: str) -> Iterator[Column]:
    for fact in kept_facts(over):
        yield Column(fact.key, _TYPES[fact.type], fact.vi, fact.en, fact.unit_vi, fact.unit_en)


def kept_facts(over: str) -> list[Fact]:
    """The facts of households or members that a snapshot keeps: all but who they are."""
    return [f for f in facts().values() if f.over == over and not f.identity and f.type != "text"]


def dictionary() -> list[dict[str, str]]:
    """Every column of every table in words, as rows of the file dictionary.csv."""
    return [
        {
            "table": table.name,
            "column": column.name,
            "type": column.type,
            "vi": column.vi,
            "en": column.en,
            "unit_vi": column.unit_vi,
            "unit_en": column.unit_en,
        }
        for table in tables().values()
        for column in table.columns
    ]


#: Rows of one round, read by COPY; JSON and patterns are taken apart afterwards, by DuckDB.
VISITS = """
SELECT v.id, v.round_id AS round, r.year, h.number AS household, v.village_id AS village, c.ancestor_id AS commune,
       t.ancestor_id AS district, p.ancestor_id AS province_unit, v.area_type, v.ethnic, v.persons, v.outcome, v.visited_on,
       v.answers, v.members
FROM surveys_visit v
JOIN surveys_round r ON r.id = v.round_id
JOIN registry_household h ON h.id = v.household_id
LEFT JOIN areas_within c ON c.unit_id = v.village_id AND c.level = 3 AND r.reference_date BETWEEN c.valid_from AND coalesce(c.valid_to, 'infinity')
LEFT JOIN areas_within t ON t.unit_id = v.village_id AND t.level = 2 AND r.reference_date BETWEEN t.valid_from AND coalesce(t.valid_to, 'infinity')
LEFT JOIN areas_within p ON p.unit_id = v.village_id AND p.level = 1 AND r.reference_date BETWEEN p.valid_from AND coalesce(p.valid_to, 'infinity')
WHERE v.retired_at IS NULL AND v.round_id = {round}
"""
VERDICTS = """
SELECT d.visit_id AS id, d.standard, d.law_id AS law, d.klass, d.basis, d.band, d.income, d.points, d.deprived, d.unknown, d.pattern,
       d.borderline
FROM surveys_verdict d WHERE d.retired_at IS NULL AND d.round_id = {round}
"""
