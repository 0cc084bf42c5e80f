"""The reviews of the synthetic province as rows: what each visit found, and the verdicts of the rules on it."""

import duckdb
import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from giamngheo.demo.books import Ids
from giamngheo.demo.census import Ints
from giamngheo.demo.people import RELATIONS
from giamngheo.demo.province import Province
from giamngheo.demo.reviews import CLOSES, MET, OUTCOMES, YEARS
from giamngheo.demo.welfare import INDICATORS
from giamngheo.rules.engine import assess
from giamngheo.rules.standards import Standard

TABLES = ("surveys_visit", "surveys_verdict")
_JUDGED = (
    "klass", "basis", "band", "income", "points", "deprived", "unknown", "pattern", "pattern_given",
    "pattern_computed", "disagree", "borderline", "borderline_why",
)  # fmt: skip


def answers(province: Province, year: int) -> pa.Table:
    """What was answered for each household met: `household` (its row), `on`, `area_type`, and facts by key."""
    t = YEARS.index(year)
    met = np.flatnonzero(province.visits.outcome[:, t] == MET)
    blanks = province.blanks
    ticks = province.welfare.ticks[met, :, t]
    left_out = blanks.tick[met, t]
    columns: dict[str, pa.Array] = {
        "household": pa.array(met),
        "on": pa.array(province.visits.on[met, t]),
        "area_type": pa.array(np.where(province.urban[met], "urban", "rural")),
        "income_per_head": pa.array(province.income[met, t], mask=blanks.income[met, t]),
        "b1_points": pa.array(province.welfare.points[met, t], mask=blanks.points[met, t]),
        "b2_points": pa.array(10 * ticks.sum(axis=1), mask=left_out >= 0),
    }
    for k, name in enumerate(INDICATORS):
        columns[f"tick_{name}"] = pa.array(ticks[:, k], mask=left_out == k)
    if interview := province.interviews.get(year):
        silent = ~interview.asked[met]
        for key, values in interview.house.items():
            columns[key] = _known(values[met], silent)
    return pa.table(columns)


def told_of_members(province: Province, year: int) -> pa.Table | None:
    """Members of the households interviewed: `household` and `person` (rows), what the register knew, facts by key."""
    interview = province.interviews.get(year)
    if interview is None:
        return None
    people, t = province.people, YEARS.index(year)
    home = people.household
    who = np.flatnonzero(interview.asked[home] & (people.born <= province.visits.on[home, t]))
    columns: dict[str, pa.Array] = {
        "household": pa.array(home[who]),
        "person": pa.array(who),
        "sex": pa.array(np.where(people.female[who], "F", "M")),
        "birth_date": pa.array(people.born[who], mask=people.birth_known[who] < 2),
        "birth_year": pa.array(
            people.born[who].astype("datetime64[Y]").astype(int) + 1970, mask=people.birth_known[who] < 1
        ),
        "ethnic": pa.array(people.ethnic[who]),
        "relation": pa.array(RELATIONS[people.relation[who]]),
    }
    for key, values in interview.members.items():
        columns[key] = _known(values[who], np.zeros(len(who), dtype=bool))
    return pa.table(columns)


def _known(values: NDArray[np.generic], silent: NDArray[np.bool_]) -> pa.Array:
    """Text that is empty is not known either."""
    return pa.array(values, mask=silent | (values == "") if values.dtype.kind == "U" else silent)


def visit_rows(
    province: Province,
    year: int,
    *,
    ids: Ids,
    round_id: int,
    first: int,
    told: pa.Table,
    members: pa.Table | None,
) -> pa.Table:
    """Rows of surveys_visit, their ids from `first` in the order of households."""
    t, n = YEARS.index(year), len(ids.household)
    visits = province.visits
    rows = pa.table(
        {
            "household": np.arange(n),
            "id": first + np.arange(n),
            "round_id": np.full(n, round_id),
            "household_id": ids.household,
            "village_id": ids.village[province.homes.village],
            "area_type": np.where(province.urban, "urban", "rural"),
            "ethnic": province.homes.ethnic,
            "persons": visits.persons[:, t],
            "outcome": OUTCOMES[visits.outcome[:, t]],
            "visited_on": pa.array(visits.on[:, t]),
            "next_visit_on": pa.array(visits.again[:, t]),
        }
    )
    with duckdb.connect() as con:
        con.execute("SET threads = 2")
        con.register("visit", rows)
        con.register("told", told)
        written = _json([c for c in told.column_names if c not in ("household", "on", "area_type")], told)
        con.execute(f"CREATE TABLE a AS SELECT household, {written} AS answers FROM told")  # noqa: S608
        con.execute("CREATE TABLE m (household BIGINT, members VARCHAR)")
        if members is not None:
            con.register(
                "member", members.set_column(1, "person", pa.array(ids.person[members["person"].to_numpy()]))
            )
            one = _json([c for c in members.column_names if c != "household"], members)
            con.execute(
                f"INSERT INTO m SELECT household, '[' || string_agg({one}, ',' ORDER BY person) || ']' FROM member GROUP BY 1"  # noqa: S608
            )
        return con.sql(
            f"""
            SELECT visit.* EXCLUDE (household), '' AS note, coalesce(answers, '{{}}') AS answers,
                   coalesce(members, '[]') AS members, 'demo' AS source, '{CLOSES[t]} 10:00+07' AS recorded_at, '' AS reason
            FROM visit LEFT JOIN a USING (household) LEFT JOIN m USING (household) ORDER BY id
            """  # noqa: S608
        ).to_arrow_table()


def _json(columns: list[str], table: pa.Table) -> str:
    """SQL that writes these columns of a row as a JSON object without those that are null. Texts need no escapes."""
    pairs = []
    for name in columns:
        kind = table.schema.field(name).type
        if name == "causes":
            value = f"""'["' || replace("{name}", ' ', '","') || '"]'"""
        elif pa.types.is_string(kind) or pa.types.is_date(kind):
            value = f"""'"' || "{name}" || '"'"""
        elif pa.types.is_floating(kind):
            value = f'CAST("{name}" AS BIGINT)'
        else:
            value = f'CAST("{name}" AS VARCHAR)'
        pairs.append(f"""',"{name}":' || {value}""")
    return "'{' || substr(concat(" + ", ".join(pairs) + "), 2) || '}'"


def verdict_rows(
    province: Province,
    year: int,
    *,
    ids: Ids,
    round_id: int,
    first: int,
    told: pa.Table,
    members: pa.Table | None,
    standard: Standard,
) -> pa.Table:
    """Rows of surveys_verdict, by the rules; `first` is the id of the first visit of the year."""
    if "causes" in told.column_names:
        told = told.drop_columns(["causes"])
    judged = assess(told, None if members is None else members.drop_columns(["person"]), standard)
    home: Ints = judged["household"].to_numpy()
    n, t = len(home), YEARS.index(year)
    columns: dict[str, pa.Array] = {
        "visit_id": pa.array(first + home),
        "round_id": pa.array(np.full(n, round_id)),
        "household_id": pa.array(ids.household[home]),
        "village_id": pa.array(ids.village[province.homes.village[home]]),
        "standard": pa.array(np.full(n, standard.slug)),
        "law_id": pa.array(np.full(n, standard.content_hash)),
        "area_type": pa.array(np.where(province.urban[home], "urban", "rural")),
        "ethnic": pa.array(province.homes.ethnic[home]),
        "persons": pa.array(province.visits.persons[home, t]),
        "recorded_at": pa.array(np.full(n, f"{CLOSES[t]} 10:00+07")),
    }
    for name in _JUDGED:
        column = judged[name]
        columns[name] = column.fill_null("") if pa.types.is_string(column.type) else column
    return pa.table(columns)
