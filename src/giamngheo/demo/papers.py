"""The reviews of the synthetic province as rows: what each visit found, and the verdicts of the rules on it."""

from dataclasses import dataclass
from functools import cached_property

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


@dataclass(frozen=True)
class Review:
    """One review on its way into the tables; `first` is the id of its first visit, they follow the households."""

    province: Province
    year: int
    ids: Ids
    round_id: int
    first: int

    @cached_property
    def told(self) -> pa.Table:
        return answers(self.province, self.year)

    @cached_property
    def members(self) -> pa.Table | None:
        return told_of_members(self.province, self.year)

    def visit_rows(self) -> pa.Table:
        """Rows of surveys_visit."""
        with duckdb.connect() as con:
            con.execute("SET threads = 2")
            con.register("visit", self._visits())
            con.register("told", self.told)
            written = _json(self.told, without=("household", "on", "area_type"))
            con.execute(f"CREATE TABLE a AS SELECT household, {written} AS answers FROM told")  # noqa: S608
            con.execute("CREATE TABLE m (household BIGINT, members VARCHAR)")
            if self.members is not None:
                person = pa.array(self.ids.person[self.members["person"].to_numpy()])
                con.register("member", self.members.set_column(1, "person", person))
                one = f"string_agg({_json(self.members, without=('household',))}, ',' ORDER BY person)"
                con.execute(f"INSERT INTO m SELECT household, '[' || {one} || ']' FROM member GROUP BY 1")  # noqa: S608
            return con.sql(
                f"""
                SELECT visit.* EXCLUDE (household), '' AS note, coalesce(answers, '{{}}') AS answers, '' AS reason,
                       coalesce(members, '[]') AS members, 'demo' AS source, '{self._recorded}' AS recorded_at
                FROM visit LEFT JOIN a USING (household) LEFT JOIN m USING (household) ORDER BY id
                """  # noqa: S608
            ).to_arrow_table()

    @property
    def _t(self) -> int:
        return YEARS.index(self.year)

    @property
    def _recorded(self) -> str:
        return f"{CLOSES[self._t]} 10:00+07"

    def _visits(self) -> pa.Table:
        visits, n, t = self.province.visits, len(self.ids.household), self._t
        return pa.table(
            {
                "household": np.arange(n),
                "id": self.first + np.arange(n),
                "round_id": np.full(n, self.round_id),
                "household_id": self.ids.household,
                "village_id": self.ids.village[self.province.homes.village],
                "area_type": np.where(self.province.urban, "urban", "rural"),
                "ethnic": self.province.homes.ethnic,
                "persons": visits.persons[:, t],
                "outcome": OUTCOMES[visits.outcome[:, t]],
                "visited_on": pa.array(visits.on[:, t]),
                "next_visit_on": pa.array(visits.again[:, t]),
            }
        )

    def verdict_rows(self, standard: Standard) -> pa.Table:
        """Rows of surveys_verdict, by the rules of the standard."""
        asked = [name for name in self.told.column_names if name != "causes"]
        members = None if self.members is None else self.members.drop_columns(["person"])
        judged = assess(self.told.select(asked), members, standard)
        home: Ints = judged["household"].to_numpy()
        n, province = len(home), self.province
        columns: dict[str, pa.Array] = {
            "visit_id": pa.array(self.first + home),
            "round_id": pa.array(np.full(n, self.round_id)),
            "household_id": pa.array(self.ids.household[home]),
            "village_id": pa.array(self.ids.village[province.homes.village[home]]),
            "standard": pa.array(np.full(n, standard.slug)),
            "law_id": pa.array(np.full(n, standard.content_hash)),
            "area_type": pa.array(np.where(province.urban[home], "urban", "rural")),
            "ethnic": pa.array(province.homes.ethnic[home]),
            "persons": pa.array(province.visits.persons[home, self._t]),
            "recorded_at": pa.array(np.full(n, self._recorded)),
        }
        for name in _JUDGED:
            column = judged[name]
            columns[name] = column.fill_null("") if pa.types.is_string(column.type) else column
        return pa.table(columns)


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


def _json(table: pa.Table, *, without: tuple[str, ...]) -> str:
    """SQL that writes the other columns of a row as a JSON object without those null. No text here needs escapes."""
    pairs = []
    for name in table.column_names:
        if name in without:
            continue
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
