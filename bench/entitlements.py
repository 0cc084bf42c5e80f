"""All policies for all persons of a province, against hand-written SQL of five heavy rules scaled to all; and at 10^7 households.

python -m bench entitlements; smaller: python -m bench.entitlements --households 1000000
"""

import argparse
import datetime as dt
import statistics
import sys
import tempfile
from dataclasses import replace
from pathlib import Path
from typing import Any

import duckdb

from bench.verdicts import Peak, timed
from giamngheo.rules.entitle import lay_out, rights_sql
from giamngheo.rules.law_of_day import law_of_day
from giamngheo.rules.policies import policies

ON = dt.date(2018, 9, 1)
PERSONS = 460_196
PER_HOUSEHOLD = 4.7
#: Our seconds by those of the five rules written by hand, scaled to the number of rights.
LIMIT = 3.0
#: So many households at a time, so that memory does not grow with the country.
PIECE = 250_000
#: What a person would write for five rights whose conditions are the longest that the register's facts can answer.
BY_HAND = {
    "health-insurance": """
        SELECT household, person, CASE WHEN birth_date > DATE '2012-09-01' THEN 62550
            WHEN status = 'poor' AND poor_type = 'income' THEN 62550
            WHEN status = 'poor' AND poor_type = 'deprivation' AND tick_health_insurance THEN 62550
            WHEN social_allowance THEN 62550
            WHEN status = 'near_poor' AND district IN ('107', '108', '109', '112') THEN 62550
            WHEN status = 'near_poor' AND left_poor_on <= DATE '2018-09-01'
                AND left_poor_on + INTERVAL 5 YEAR >= DATE '2018-09-01' THEN 62550
            WHEN status = 'near_poor' OR (status = 'poor' AND NOT tick_health_insurance) THEN 43785
            WHEN attends_school THEN 18765 END AS amount
        FROM people JOIN homes USING (household) WHERE amount IS NOT NULL""",
    "preschool-lunch-2018": """
        SELECT household, person, 139000 AS amount FROM people JOIN homes USING (household)
        WHERE attends_school AND school_level = 'preschool' AND birth_date <= DATE '2015-09-01'
            AND birth_date > DATE '2012-09-01' AND status IN ('poor', 'near_poor')""",
    "social-assistance-2013": """
        SELECT household, person, CASE WHEN no_labour_capacity THEN 540000 ELSE 270000 END AS amount
        FROM people JOIN homes USING (household)
        WHERE birth_date <= DATE '1938-09-01' AND NOT pension OR no_labour_capacity AND status = 'poor'""",
    "electricity": """
        SELECT household, NULL AS person, 51000 AS amount FROM homes LEFT JOIN
            (SELECT household, bool_or(social_allowance) AS social FROM people GROUP BY household) USING (household)
        WHERE status = 'poor' AND poor_type = 'income' OR social""",
    "very-small-peoples-study": """
        SELECT household, person, CASE school_level WHEN 'preschool' THEN 417000 WHEN 'college' THEN 1390000
            ELSE 556000 END AS amount FROM people JOIN homes USING (household)
        WHERE attends_school AND ethnic IN ('41', '42', '45', '48', '50')""",
}


def main(arguments: list[str] | None = None) -> bool:
    parser = argparse.ArgumentParser()
    parser.add_argument("--households", type=int, default=10_000_000)
    parser.add_argument("--rounds", type=int, default=3)
    size = parser.parse_args([] if arguments is None else arguments)
    with tempfile.TemporaryDirectory(prefix="giamngheo-bench-") as folder:
        connection = duckdb.connect(
            config={"temp_directory": folder, "memory_limit": "1GB", "preserve_insertion_order": "false"}
        )
        good = province(connection, size.rounds)
        country(connection, size.households, Path(folder))
        return good


def province(connection: Any, rounds: int) -> bool:
    make(connection, 0, int(PERSONS / PER_HOUSEHOLD), PERSONS)
    law = law_of_day(ON)

    def ours() -> None:
        lay_out(connection, "homes", "people", law, on=ON)
        connection.execute(
            f"SELECT policy, count(*), sum(amount) FROM ({rights_sql(law)}) GROUP BY policy"
        ).fetchall()

    def by_hand() -> None:
        for sql in BY_HAND.values():
            connection.execute(f"SELECT count(*), sum(amount) FROM ({sql})").fetchall()

    print(f"first run of a process, compiled: {timed(ours):.1f} s", flush=True)
    by_hand()
    pairs = [(timed(ours), timed(by_hand)) for _ in range(rounds)]
    mine, hand = min(p[0] for p in pairs), min(p[1] for p in pairs)
    scaled = hand * len(law.rights) / len(BY_HAND)
    print(
        f"{PERSONS:,} persons, {len(law.rights)} rights of {len({r.policy for r in law.rights})} policies: {mine:.2f} s"
    )
    print(f"five rules by hand {hand:.2f} s, scaled to all {scaled:.2f} s")
    good = mine / scaled <= LIMIT
    print(f"ours by SQL: {mine / scaled:.2f}x (limit <= {LIMIT}) {'ok' if good else 'MISSED'}", flush=True)
    what_if(connection)
    return good


def what_if(connection: Any) -> None:
    """A changed amount compiles nothing: the answers stand, rights are read off anew."""
    lunch = policies()["preschool-lunch-2018"]
    tier = lunch.benefits[0].tiers[0]
    dearer = replace(lunch.benefits[0], tiers=(replace(tier, amount=replace(tier.amount, percent=12)),))
    changed = law_of_day(ON, of={**policies(), lunch.slug: replace(lunch, benefits=(dearer,))})

    def ask() -> None:
        connection.register("law_of_day", changed.table())
        connection.execute(
            f"SELECT policy, sum(amount) FROM ({rights_sql(changed)}) GROUP BY policy"
        ).fetchall()

    print(
        f"an amount changed, over the province: {statistics.median(timed(ask) for _ in range(3)):.2f} s",
        flush=True,
    )


def country(connection: Any, households: int, folder: Path) -> None:
    """The same law over many households, a piece at a time, written to Parquet."""
    law, rows, seconds = law_of_day(ON), 0, 0.0
    with Peak() as peak:
        for first in range(0, households, PIECE):
            many = min(PIECE, households - first)
            make(connection, first, many, int(many * PER_HOUSEHOLD))

            def piece() -> None:
                lay_out(connection, "homes", "people", law, on=ON)
                target = folder / "rights.parquet"
                connection.execute(f"COPY ({rights_sql(law)}) TO '{target}' (FORMAT parquet)")

            seconds += timed(piece)
            rows += connection.execute(f"SELECT count(*) FROM '{folder}/rights.parquet'").fetchone()[0]
    persons = int(households * PER_HOUSEHOLD)
    print(
        f"{households:,} households, {persons:,} persons: {rows:,} rights in {seconds:.0f} s, {peak.megabytes:.0f} MB",
        flush=True,
    )


def make(connection: Any, first: int, households: int, persons: int) -> None:
    """Random households and members with the facts the register has, some of them not known."""
    connection.execute(f"""
        CREATE OR REPLACE TABLE homes AS SELECT i AS household,
            CASE hash(i, 1) % 20 WHEN 0 THEN 'near_poor' WHEN 1 THEN NULL ELSE
                CASE WHEN hash(i, 1) % 20 < 7 THEN 'poor' ELSE 'none' END END AS status,
            CASE WHEN hash(i, 2) % 3 = 0 THEN 'deprivation' ELSE 'income' END AS poor_type,
            DATE '2015-12-20' + (hash(i, 3) % 900)::INT AS status_since,
            CASE WHEN hash(i, 4) % 5 = 0 THEN DATE '2012-01-01' + (hash(i, 4) % 2400)::INT END AS left_poor_on,
            NULL::DATE AS left_near_poor_on, NULL::VARCHAR AS village,
            '03' || (430 + hash(i, 5) % 170)::VARCHAR AS commune,
            ['105','106','107','108','109','110','111','112'][1 + (hash(i, 6) % 8)::INT] AS district,
            hash(i, 7) % 8 = 0 AS tick_health_insurance, hash(i, 8) % 3 = 0 AS tick_water
        FROM range({first}, {first + households}) r(i)""")
    connection.execute(f"""
        CREATE OR REPLACE TABLE people AS SELECT {first} + (i % {households}) AS household, {first} * 10 + i AS person,
            DATE '1935-01-01' + (hash(i, 1) % 30500)::INT AS birth_date,
            ['01','08','03','41','45','09','42',NULL][1 + (hash(i, 2) % 8)::INT] AS ethnic,
            CASE WHEN i < {households} THEN 'head' ELSE 'child' END AS relation,
            hash(i, 3) % 3 = 0 AS attends_school,
            ['preschool','primary','lower_secondary','upper_secondary','college'][1 + (hash(i, 4) % 5)::INT] AS school_level,
            hash(i, 5) % 30 = 0 AS social_allowance, hash(i, 6) % 25 = 0 AS pension, hash(i, 7) % 40 = 0 AS no_labour_capacity
        FROM range({persons}) r(i)""")


if __name__ == "__main__":
    sys.exit(0 if main(sys.argv[1:]) else 1)
