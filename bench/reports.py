"""Closing a round of a whole province: movement, control totals and every report, against the bare aggregate queries.

python -m bench reports; without a database: python -m bench.reports --made-up --households 20000
"""

import argparse
import datetime as dt
import sys
import time
from collections.abc import Callable
from typing import Any

import duckdb
import pyarrow as pa

from giamngheo.reports.official import build, gather
from giamngheo.reports.official.report import NEW, Basis, Report, Unit, Units
from giamngheo.rules.standards import standards

LIMIT = 10.0
DISTRICTS, COMMUNES, VILLAGES = 8, 108, 960
YEAR, ON = 2023, dt.date(2023, 12, 14)
STANDARD = standards()["2022-2026"]


def main(arguments: list[str] | None = None) -> bool:
    parser = argparse.ArgumentParser()
    parser.add_argument("--households", type=int, default=101_010)
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--made-up", action="store_true", help="a made-up table alone, without a database")
    size = parser.parse_args([] if arguments is None else arguments)
    good = made_up(size.households, size.rounds)
    return good if size.made_up else closing(size.rounds) and good


def made_up(households: int, times: int) -> bool:
    """The reports of the later generation over a made-up table in which everything happens."""
    units, table = province(), snapshot(households)
    basis = Basis(STANDARD, YEAR, look_back=None, generation=NEW)
    began = time.perf_counter()
    sets = everything(table, units, basis)
    cold = time.perf_counter() - began
    cells = sum(len(row.values) for reports in sets for report in reports for row in report.rows)
    blocked = sum(report.blocked for reports in sets for report in reports)
    print(f"{households:,} households: {sum(map(len, sets)):,} reports of {len(sets)} units, {cells:,} cells")
    bare = bare_queries(table)
    pairs = [(timed(lambda: everything(table, units, basis)), timed(bare)) for _ in range(times)]
    ours, theirs = min(p[0] for p in pairs), min(p[1] for p in pairs)
    print(
        f"first run, compiling included {cold:.2f} s; then {ours:.2f} s, bare aggregate queries {theirs:.3f} s"
    )
    good = ours / theirs <= LIMIT and not blocked
    print(f"all reports by bare queries: {ours / theirs:.1f}× (limit ≤ {LIMIT}) {'ok' if good else 'MISSED'}")
    return good


def closing(times: int) -> bool:
    """The job of the full synthetic province from the register to the rows kept, against the bare queries.

    Bare queries over a snapshot need the snapshot too: whoever writes them reads the same rows from the same register.
    """
    from bench.provinces import database, point_at

    point_at(database(small=False))
    whole, read, counted, bare = min(_closed(dt.date(2020, 12, 31 - n)) for n in range(times))
    print(
        f"closing {whole:.2f} s: reading {read:.2f} s, counting, laying out and checking {counted:.2f} s,"
        f" freezing and keeping {whole - read - counted:.2f} s; bare queries {bare:.3f} s"
    )
    ratio = whole / (read + bare)
    good = ratio <= LIMIT
    print(f"closing by reading and bare queries: {ratio:.1f}× (limit ≤ {LIMIT}) {'ok' if good else 'MISSED'}")
    print(
        f"closing without reading by bare queries: {(whole - read) / bare:.1f}×; with reading {whole / bare:.1f}×"
    )
    return good


def _closed(as_of: dt.date) -> tuple[float, float, float, float]:
    """Seconds of the whole job, of the reading in it, of the counting and checking, and of the bare queries."""
    from giamngheo.access.models import User
    from giamngheo.access.scope import acting_as
    from giamngheo.reports import actions, queries
    from giamngheo.reports.models import IssuedReport, Production
    from giamngheo.reviews import snapshot as columns
    from giamngheo.surveys.models import Round

    user = User.objects.get(username="tinh")
    with acting_as(user):
        round = Round.objects.get(year=2020, kind="annual")
        asked = Production.objects.create(round=round, deadline="official", as_of=as_of, asked_by=user)
        whole = timed(lambda: actions.make(asked, by=user))
        began = time.perf_counter()
        table = columns.snapshot(round, as_of=as_of)
        read = time.perf_counter() - began
        day, basis = columns.ends_on(round, as_of), queries.basis_of(round)
        counted = timed(lambda: everything(table, queries.units_on_day(day), basis))
        kept = IssuedReport.objects.filter(production=asked).count()
    print(
        f"{table.num_rows:,} households of the register: {asked.total:,} reports, {kept:,} kept, {asked.blocked} blocked"
    )
    return whole, read, counted, timed(bare_queries(table))


def everything(table: pa.Table, units: Units, basis: Basis) -> list[tuple[Report, ...]]:
    figures = gather.gather(table, units, basis)
    return [reports for _, reports in build.all_reports(figures, build.Issue(on=ON, geography=ON))]


def timed(work: Callable[[], Any]) -> float:
    began = time.perf_counter()
    work()
    return time.perf_counter() - began


def province() -> Units:
    """Unit ids: 1 the province, 10 on its districts, 100 on its communes, 1000 on their villages."""
    found = [Unit(1, "12", "Lai Châu", 1, None, "tỉnh")]
    found += [Unit(10 + n, f"{100 + n}", f"Huyện {n}", 2, 1, "huyện") for n in range(DISTRICTS)]
    found += [Unit(100 + n, f"{3000 + n}", f"Xã {n}", 3, 10 + n % DISTRICTS, "xã") for n in range(COMMUNES)]
    found += [
        Unit(1000 + n, f"{3000 + n % COMMUNES}-{n:03}", f"Bản {n}", 4, 100 + n % COMMUNES, "bản")
        for n in range(VILLAGES)
    ]
    return Units(found)


def snapshot(households: int) -> pa.Table:
    """Households of which some moved, some came and went, with facts missing here and there; the same each time."""
    lists = "['poor', 'near_poor', 'none', 'none', 'none']"
    signs = " || ".join(
        f"CASE WHEN hash(i * 101 + {50 + n}) % 3 = 0 THEN '1' ELSE '0' END" for n in range(12)
    )
    with duckdb.connect(":memory:") as database:
        return database.sql(f"""
        WITH base AS (
          SELECT i AS household, 1000 + (hash(i * 101 + 1) % {VILLAGES})::BIGINT AS village,
                 {lists}[1 + (hash(i * 101 + 2) % 5)::INT] AS was, {lists}[1 + (hash(i * 101 + 3) % 5)::INT] AS becomes,
                 hash(i * 101 + 4) % 100 AS luck, (1 + hash(i * 101 + 5) % 9)::SMALLINT AS persons, {signs} AS signs
          FROM range({households}) AS r(i))
        SELECT household, village,
               CASE WHEN (village - 1000) % {COMMUNES} % 10 = 0 THEN 'urban' ELSE 'rural' END AS area_type,
               ['01', '03', '08', '09', '10', '15', '18', '22', '27', '41', '47', '53'][1 + (hash(household * 101 + 6) % 12)::INT] AS ethnic,
               persons, CASE WHEN luck >= 2 THEN (1 + hash(household * 101 + 7) % 9)::SMALLINT END AS persons_before,
               hash(household * 101 + 8) % 4 = 0 AS female_head,
               CASE WHEN luck >= 2 THEN was END AS before,
               CASE WHEN luck < 98 THEN CASE WHEN luck < 80 THEN was ELSE becomes END END AS after,
               CASE WHEN after = 'none' THEN ['none', 'average'][1 + (hash(household * 101 + 15) % 2)::INT] ELSE after END AS after_class,
               CASE WHEN luck >= 98 THEN ['moved_out', 'died', 'split', 'merged'][1 + (hash(household * 101 + 9) % 4)::INT] END AS gone_why,
               CASE WHEN luck < 2 THEN ['moved_in', 'split', 'merged'][1 + (hash(household * 101 + 10) % 3)::INT] END AS came_why,
               CASE WHEN luck > 90 THEN 2019::SMALLINT END AS last_escaped_year,
               CASE WHEN luck > 95 THEN 2020::SMALLINT END AS last_near_escaped_year,
               CASE after WHEN 'poor' THEN '111' || signs[4:] WHEN 'near_poor' THEN signs[1:2] || repeat('0', 10) ELSE signs END AS pattern,
               hash(household * 101 + 11) % 20 = 0 AS no_labour, hash(household * 101 + 12) % 50 = 0 AS merit,
               CASE WHEN was <> 'none' OR becomes <> 'none' THEN ['no_land', ['no_capital', 'illness', 'no_skill'][1 + (hash(household * 101 + 13) % 3)::INT]] END AS causes,
               (hash(household * 101 + 14) % 4)::SMALLINT AS children,
               0::SMALLINT AS children_health_deprived, (hash(household * 101 + 14) % 4 // 2)::SMALLINT AS children_education_deprived
        FROM base""").to_arrow_table()


def bare_queries(table: pa.Table) -> Callable[[], Any]:
    """What a person would write for the same figures: a query a report, by village, nothing laid out or checked."""
    poor, near = "after = 'poor'", "after = 'near_poor'"
    groups = ("01", "03", "08", "09", "10", "15", "18", "22", "27", "41", "47", "53")
    causes = (
        "no_land",
        "no_capital",
        "no_labour",
        "no_tools",
        "no_knowledge",
        "no_skill",
        "illness",
        "other",
    )

    def both(condition: str) -> str:
        return f"count(*) FILTER ({condition}), sum(persons) FILTER ({condition})"

    def flow(mine: str, other: str) -> list[str]:
        ways = [
            f"before = '{mine}'", f"before = '{mine}' AND after = '{other}'", f"before = '{mine}' AND after = 'none'",
            f"before = '{mine}' AND after IS NULL", f"before = '{other}' AND after = '{mine}'",
            f"before = 'none' AND after = '{mine}' AND last_escaped_year IS NOT NULL",
            f"before = 'none' AND after = '{mine}' AND last_escaped_year IS NULL",
            f"before IS NULL AND after = '{mine}'", f"after = '{mine}'",
        ]  # fmt: skip
        return [both(way) for way in ways]

    lacks = {
        so: [f"count(*) FILTER ({so} AND pattern[{n}] = '1')" for n in range(1, 13)] for so in (poor, near)
    }
    queries = [
        [both(so) for so in ("after IS NOT NULL", poor, near, "after_class = 'average'")],
        flow("poor", "near_poor"),
        flow("near_poor", "poor"),
        *([f"count(*) FILTER ({so})", *lacks[so]] for so in (poor, near)),
        [both(f"{so} AND {g}") for so in (poor, near) for g in ("true", "ethnic <> '01'", "no_labour", "merit", "ethnic = '01' AND NOT no_labour AND NOT merit")],
        [both(f"{so} AND ethnic = '{group}'") for so in (poor, near) for group in groups],
        [f"count(*) FILTER ({so} AND list_contains(causes, '{cause}'))" for so in (poor, near) for cause in causes],
        [f"sum({what}) FILTER ({so})" for so in (poor, near) for what in ("children", "children_health_deprived", "children_education_deprived")],
        *([both(f"{so} AND {g}") for g in ("ethnic = '01'", "ethnic <> '01'", "female_head")] for so in (poor, near)),
    ]  # fmt: skip
    statements = [
        f"SELECT village, area_type, {', '.join(columns)} FROM snapshot GROUP BY ALL" for columns in queries
    ]

    def run() -> None:
        with duckdb.connect(":memory:") as database:
            database.register("snapshot", table)
            for statement in statements:
                database.execute(statement).fetchall()

    return run


if __name__ == "__main__":
    sys.exit(0 if main(sys.argv[1:]) else 1)
