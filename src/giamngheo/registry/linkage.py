"""How alike two persons are: a probabilistic model (Fellegi–Sunter, by splink on DuckDB) over a table of persons.

Each comparison has two probabilities a level: m, how often two records of one person agree so far, judged for villages
that write names by ear and birth dates from memory; u, how often two different persons do, which is counted in the
persons themselves where it depends on them (a rare name weighs more than a common one, the same village less where
there are few). No database of ours is read here, and the same persons always give the same pairs.
"""

import logging
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import duckdb
import pyarrow as pa

#: Columns of the table of persons.
COLUMNS = pa.schema(
    [
        ("unique_id", pa.int64()),
        ("full_name", pa.string()),
        ("birth_date", pa.string()),  # ISO, null where not known
        ("birth_year", pa.int32()),
        ("sex", pa.string()),
        ("ethnic", pa.string()),
        ("village", pa.int64()),
        ("commune", pa.int64()),
        ("number", pa.string()),  # blind index of the id number, never the number
    ]
)
#: One person in this many is thought to be written down twice; the model's only prior.
ONE_IN = 200
#: Names stripped of case and marks; đ first, for stripping accents leaves it.
_FOLDED = "strip_accents(replace(lower(nfc_normalize(full_name)), 'đ', 'd'))"
_WORDS = """
SELECT unique_id, birth_date, birth_year, nullif(sex, '') AS sex, nullif(ethnic, '') AS ethnic, village, commune, number,
       {folded} AS name, split_part({folded}, ' ', -1) AS given, left({folded}, 1) || left(split_part({folded}, ' ', -1), 1) AS initials
FROM persons
"""


@dataclass(frozen=True)
class Pair:
    """Two persons (`one` < `two`), how likely they are one, and for each comparison how far they agree."""

    one: int
    two: int
    likeness: float
    grounds: dict[str, str]


#: How often two persons taken at random share a village, a commune, an ethnic group.
_BY_CHANCE = """
SELECT (SELECT sum(n * n) / sum(n) ** 2 FROM (SELECT count(*)::DOUBLE AS n FROM folded GROUP BY village)),
       (SELECT sum(n * n) / sum(n) ** 2 FROM (SELECT count(*)::DOUBLE AS n FROM folded GROUP BY commune)),
       coalesce((SELECT sum(n * n) / sum(n) ** 2
                 FROM (SELECT count(*)::DOUBLE AS n FROM folded WHERE ethnic IS NOT NULL GROUP BY ethnic)), 1)
"""
Progress = Callable[[int], None]

_LEVELS = """match_probability,
       CASE WHEN l.name = r.name THEN 'same' WHEN damerau_levenshtein(l.name, r.name) = 1 THEN 'typo'
            WHEN l.given = r.given THEN 'given' ELSE 'other' END AS name,
       CASE WHEN l.birth_date = r.birth_date THEN 'date' WHEN l.birth_year = r.birth_year THEN 'year'
            WHEN abs(l.birth_year - r.birth_year) = 1 THEN 'near' WHEN l.birth_year <> r.birth_year THEN 'other' END AS birth,
       CASE WHEN l.sex = r.sex THEN 'same' WHEN l.sex <> r.sex THEN 'other' END AS sex,
       CASE WHEN l.ethnic = r.ethnic THEN 'same' WHEN l.ethnic <> r.ethnic THEN 'other' END AS ethnic,
       CASE WHEN l.village = r.village THEN 'village' WHEN l.commune = r.commune THEN 'commune' ELSE 'other' END AS place,
       CASE WHEN l.number = r.number THEN 'same' WHEN l.number <> r.number THEN 'other' END AS number"""
#: The pairs found, with how far each comparison agrees; no row for what is not known of one of the two.
_GROUNDS = (
    "SELECT least(l.unique_id, r.unique_id) AS one, greatest(l.unique_id, r.unique_id) AS two, "
    + _LEVELS
    + """
FROM {found} JOIN folded l ON l.unique_id = unique_id_l JOIN folded r ON r.unique_id = unique_id_r
ORDER BY match_probability DESC, one, two
"""
)
_LINK_GROUNDS = (
    "SELECT l.unique_id AS one, r.unique_id AS two, "
    + _LEVELS
    + """
FROM {found} JOIN folded_a_rows l ON l.unique_id = unique_id_l JOIN folded_b_persons r ON r.unique_id = unique_id_r
ORDER BY one, match_probability DESC, two
"""
)


def likely_pairs(
    persons: pa.Table, *, at_least: float, progress: Progress = lambda percent: None
) -> list[Pair]:
    """Pairs among `persons` (COLUMNS) whose likeness reaches `at_least`, most alike first."""
    if persons.num_rows < 2:
        return []
    from splink import DuckDBAPI, Linker  # slow to import, and only jobs come here

    logging.getLogger("splink").setLevel(logging.ERROR)
    with duckdb.connect() as connection:
        connection.execute("SET threads = 2")
        connection.register("persons", persons)
        table = connection.sql(_WORDS.format(folded=_FOLDED)).to_arrow_table()
        connection.register("folded", table)
        engine = DuckDBAPI(connection=connection)
        settings = _settings(table.num_rows, _chances(connection))
        linker = Linker(engine.register(table, table_name="people"), settings, log_level=logging.ERROR)
        progress(20)
        found = linker.inference.predict(threshold_match_probability=at_least)
        progress(90)
        rows = connection.sql(_GROUNDS.format(found=found.physical_name)).to_arrow_table().to_pylist()
    return [_pair(row) for row in rows]


@dataclass(frozen=True)
class Link:
    """A row told by somebody else and a person of the register, how likely they are one, and what agrees."""

    row: int
    person: int
    likeness: float
    grounds: dict[str, str]


#: Of rows told by others some are not in the register at all; so many of a hundred are thought to be.
LINKED = 0.9


def likely_links(
    rows: pa.Table, persons: pa.Table, *, at_least: float, progress: Progress = lambda percent: None
) -> list[Link]:
    """Which of `persons` each of `rows` may be (both COLUMNS, ids of their own), likeliest first for each row."""
    if not rows.num_rows or not persons.num_rows:
        return []
    from splink import DuckDBAPI, Linker

    logging.getLogger("splink").setLevel(logging.ERROR)
    with duckdb.connect() as connection:
        connection.execute("SET threads = 2")
        engine = DuckDBAPI(connection=connection)
        folded = []
        for name, table in (("a_rows", rows), ("b_persons", persons)):
            connection.register("persons", table)
            made = connection.sql(_WORDS.format(folded=_FOLDED)).to_arrow_table()
            connection.register(f"folded_{name}", made)
            folded.append(engine.register(made, table_name=name))
        connection.register("folded", connection.table("folded_b_persons").to_arrow_table())
        settings = _settings(persons.num_rows, _chances(connection), link=True)
        linker = Linker(folded, settings, log_level=logging.ERROR)
        progress(20)
        found = linker.inference.predict(threshold_match_probability=at_least)
        progress(90)
        sql = _LINK_GROUNDS.format(found=found.physical_name)
        found_rows = connection.sql(sql).to_arrow_table().to_pylist()
    return [_link(row) for row in found_rows]


def _link(row: dict[str, Any]) -> Link:
    pair = _pair(row)
    return Link(pair.one, pair.two, pair.likeness, pair.grounds)


def _chances(connection: duckdb.DuckDBPyConnection) -> dict[str, float]:
    found = connection.sql(_BY_CHANCE).fetchall()[0]
    return dict(zip(("village", "commune", "ethnic"), (value or 1e-6 for value in found), strict=True))


def _pair(row: dict[str, Any]) -> Pair:
    one, two, likeness = row.pop("one"), row.pop("two"), row.pop("match_probability")
    return Pair(one, two, likeness, {name: level for name, level in row.items() if level})


def _settings(persons: int, chance: dict[str, float], *, link: bool = False) -> Any:
    from splink import SettingsCreator, block_on

    return SettingsCreator(
        link_type="link_only" if link else "dedupe_only",
        probability_two_random_records_match=LINKED / persons if link else 2 / (ONE_IN * persons),
        comparisons=_comparisons(chance),
        blocking_rules_to_generate_predictions=[
            block_on("number"),
            *(
                [
                    block_on("name", "commune"),
                    block_on("given", "birth_year", "commune"),
                    block_on("village", "birth_year"),
                ]
                if link
                else []
            ),
            block_on("given", "birth_year"),
            block_on("initials", "birth_date"),
            "l.name = r.name AND l.village = r.village",
            "l.name = r.name AND l.birth_year = r.birth_year + 1",
        ],
        retain_matching_columns=False,
    )


def _comparisons(chance: dict[str, float]) -> list[Any]:
    """The levels of each comparison from alike to unlike, as (condition, m, u); the last is all the rest."""
    import splink.comparison_level_library as level
    import splink.comparison_library as library

    def compare(name: str, known: str, *levels: tuple[str, float, float], frequency: str = "") -> Any:
        made = [level.NullLevel(known)] if known else []
        for i, (sql, m, u) in enumerate(levels):
            one = (
                level.ExactMatchLevel(frequency)
                if frequency and i == 0
                else level.CustomLevel(sql, label_for_charts=sql)
            )
            one = one.configure(m_probability=m, u_probability=u)
            made.append(one.configure(tf_adjustment_column=frequency) if frequency and i == 0 else one)
        m, u = 1 - sum(row[1] for row in levels), 1 - sum(row[2] for row in levels)
        made.append(level.ElseLevel().configure(m_probability=max(m, 0.01), u_probability=max(u, 0.01)))
        return library.CustomComparison(output_column_name=name, comparison_levels=made)

    village, commune, ethnic = chance["village"], chance["commune"], chance["ethnic"]
    same_village = (
        village + (1 - village) * 0.4
    )  # who moved was written down twice, more often than who stayed
    return [
        compare(
            "name",
            "name",
            ("name_l = name_r", 0.8, 5e-4),
            ("damerau_levenshtein(name_l, name_r) = 1", 0.12, 6e-4),
            ("given_l = given_r", 0.05, 6e-3),
            frequency="name",
        ),
        compare(
            "birth",
            "birth_year",
            ("birth_date_l = birth_date_r", 0.6, 4e-5),
            ("birth_year_l = birth_year_r", 0.25, 1.6e-2),
            ("abs(birth_year_l - birth_year_r) = 1", 0.1, 3.2e-2),
        ),
        compare("sex", "sex", ("sex_l = sex_r", 0.98, 0.5)),
        compare("ethnic", "ethnic", ("ethnic_l = ethnic_r", 0.97, min(ethnic, 0.97))),
        compare(
            "place",
            "",
            ("village_l = village_r", same_village, village),
            ("commune_l = commune_r", (1 - same_village) * 0.5, max(commune - village, 1e-6)),
        ),
        compare("number", "number", ("number_l = number_r", 0.9, 1e-6)),
    ]
