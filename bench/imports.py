"""A workbook of households with members through check and apply, against reading it and a bare COPY of its rows.

Then a smaller one twice: all its households known, each with another income, one head in ten born in another year.

`python -m bench.imports --households 5000` is a small measure, in which what every import costs weighs more.
"""

import argparse
import csv
import datetime as dt
import resource
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

from bench.provinces import database, point_at

LIMIT, MEMORY_MB = 5.0, 500
HOUSEHOLDS = 100_000
#: The limit for households known and changed is our own: each row is matched, retired and recorded before and after.
CHANGED_LIMIT, CHANGED = 15.0, 20_000
#: Members of one household in five: 4.6 on average, as in the census.
SIZES = (4, 5, 4, 5, 5)


def main() -> bool:
    """Prints times, their ratios and the peak memory, each in a process of its own; True within all limits."""
    command = [sys.executable, "-m", "bench.imports", "--households"]
    runs = ([*command, str(HOUSEHOLDS)], [*command, str(CHANGED), "--changed"])
    ended = [subprocess.run(run, check=False).returncode for run in runs]
    return not any(ended)


def measure(households: int, *, changed: bool) -> bool:
    """The same, in this process; the register and the workbooks are made in another, whose memory is not ours."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "workbook.xlsx"
        command = [
            sys.executable,
            "-m",
            "bench.imports",
            "--households",
            str(households),
            "--make",
            str(path),
            *(["--changed"] if changed else []),
        ]
        made = subprocess.run(command, check=True, capture_output=True, text=True).stdout.split()
        name, round_pk, members = made[-3], int(made[-2]), int(made[-1])
        import django

        django.setup()
        point_at(name)
        if not changed:
            return _measured(path, round_pk, households, members, "new", LIMIT)
        _imported(path, round_pk)
        return _measured(
            path.with_stem("changed"), round_pk, households, members, "known, changed", CHANGED_LIMIT
        )


def make(path: Path, households: int, *, changed: bool) -> None:
    """The register and the workbooks; says the database, the round and the number of members."""
    name = database(small=True)
    point_at(name)
    from giamngheo.access.models import User

    by = User.objects.get(username="tinh")
    round = _round(by)
    members = _write(path, round, by, households)
    if changed:
        _write(path.with_stem("changed"), round, by, households, changed=True)
    print(name, round.pk, members)


def _measured(path: Path, round_pk: int, households: int, members: int, what: str, limit: float) -> bool:
    with tempfile.TemporaryDirectory() as folder:
        bare = _timed(_read_and_copy, path, Path(folder))
    checking, applying, written = _imported(path, round_pk)
    assert written == households, written
    ratio, peak = (checking + applying) / bare, resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    print(f"{households} households {what}, {members} members: read and COPY {bare:.1f} s, "
          f"check {checking:.1f} s, apply {applying:.1f} s")  # fmt: skip
    print(f"import: {ratio:.2f} times (limit {limit}); peak memory {peak:.0f} MB (limit {MEMORY_MB})")
    return ratio <= limit and peak < MEMORY_MB


def _imported(path: Path, round_pk: int) -> tuple[float, float, int]:
    """Seconds to check, seconds to apply, households written."""
    from giamngheo.access.models import User
    from giamngheo.access.scope import acting_as
    from giamngheo.surveys.imports import actions
    from giamngheo.surveys.models import Round

    by = User.objects.get(username="tinh")
    with acting_as(by), path.open("rb") as file:
        round = Round.objects.get(pk=round_pk)
        of = actions.receive(
            round=round, file_name=path.name, blocks=iter(lambda: file.read(1 << 20), b""), by=by
        )
    checking = _timed(actions.check, of.pk, by=by)
    with acting_as(by):
        of.refresh_from_db()
        assert of.state == of.State.CHECKED, (of.state, of.failure, of.counts)
        actions.queue_apply(of=of, by=by)
    applying = _timed(actions.write, of.pk, by=by)
    with acting_as(by):
        of.refresh_from_db()
    return checking, applying, of.counts["written"]


def _timed(work: Any, *args: Any, **kwargs: Any) -> float:
    began = time.perf_counter()
    work(*args, **kwargs)
    return time.perf_counter() - began


def _round(by: Any) -> Any:
    from giamngheo.access.scope import acting_as
    from giamngheo.surveys.actions import open_round

    day = dt.date
    with acting_as(by):
        return open_round(
            year=2021,
            kind="regular",
            opens=day(2021, 9, 1),
            closes=day(2021, 12, 14),
            reference_date=day(2021, 10, 15),
            by=by,
        )


def _write(path: Path, round: Any, by: Any, households: int, *, changed: bool = False) -> int:
    """A template filled with households over all villages of the person's area; how many members."""
    import xlsxwriter
    from django.db import connection

    from giamngheo.access.scope import acting_as
    from giamngheo.surveys.imports.columns import sheets_of

    with acting_as(by), connection.cursor() as cursor:
        cursor.execute(
            "SELECT u.code FROM areas_unit u WHERE u.id = ANY ((SELECT access_villages())::bigint[]) ORDER BY 1"
        )
        villages = [code for (code,) in cursor.fetchall()]
    homes, people = sheets_of(round)
    named, written = _names(households), 0
    with xlsxwriter.Workbook(str(path)) as book:
        for sheet in (homes, people):
            page = book.add_worksheet(sheet.name)
            page.write_row(0, 0, [fact.label() for fact in sheet.columns])
            number = 0
            for n in range(households):
                village = villages[n % len(villages)]
                for place in range(1 if sheet is homes else SIZES[n % 5]):
                    number += 1
                    known = {"village_code": village, "household_code": f"B{n:06}", **_facts(n, place, named)}
                    if changed:
                        known["income_per_head"] += 1_000
                        known["birth_year"] += n % 10 == 0 and place == 0
                    page.write_row(number, 0, [known.get(fact.key, "") for fact in sheet.columns])
            written = number
    return written


def _names(households: int) -> list[list[str]]:
    """Names of the members of each household, as many syllables and as often repeated as in the synthetic province."""
    import numpy as np

    from giamngheo.demo.names import person_names

    rng, places = np.random.default_rng(2021), max(SIZES)
    ethnic, surname = np.full(households, "08"), rng.integers(0, 15, households)
    names = [
        person_names(ethnic, np.full(households, place % 2 == 1), surname, rng) for place in range(places)
    ]
    return [[str(column[n]) for column in names] for n in range(households)]


def _facts(n: int, place: int, named: list[list[str]]) -> dict[str, object]:
    ticks = ("water", "toilet", "health_insurance", "adult_education", "child_school", "house_quality")
    return {
        "head_name": named[n][0],
        "full_name": named[n][place],
        "relation": "chủ hộ" if place == 0 else "vợ/chồng" if place == 1 else "con",
        "birth_year": 1970 + n % 20 if place < 2 else 1995 + (n + place) % 26,
        "sex": "nam" if place % 2 == 0 else "nữ",
        "ethnic": "Mông",
        "id_number": f"{n:011}{place}" if place < 2 else "",
        "income_per_head": 500_000 + n % 1_500 * 1_000,
        **{f"tick_{name}": "Có" if (n + i) % 3 == 0 else "Không" for i, name in enumerate(ticks)},
    }


def _read_and_copy(path: Path, folder: Path) -> None:
    """The peer: every row read once by the same reader, and one COPY of its cells as text for each sheet."""
    from django.db import connection, transaction

    from giamngheo.base.sheets import open_workbook

    with open_workbook(path) as book, transaction.atomic(), connection.cursor() as cursor:
        for place, sheet in enumerate(book.sheet_names):
            width = 0
            with (folder / "bare.csv").open("w", newline="") as file:
                writer = csv.writer(file)
                for row in book.rows(sheet):
                    width = width or len(row.cells)
                    writer.writerow([*row.cells, *[None] * (width - len(row.cells))])
            columns = ", ".join(f"c{i} text" for i in range(width))
            cursor.execute(f"CREATE TEMP TABLE bare{place} ({columns}) ON COMMIT DROP")
            copying = cursor.copy(f"COPY bare{place} FROM STDIN (FORMAT csv)")
            with copying as into, (folder / "bare.csv").open("rb") as file:
                while block := file.read(1 << 20):
                    into.write(block)


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--households", type=int, default=HOUSEHOLDS)
    parser.add_argument("--make", type=Path, help=argparse.SUPPRESS)
    parser.add_argument("--changed", action="store_true", help="households known, each changed")
    asked = parser.parse_args()
    if asked.make:
        make(asked.make, asked.households, changed=asked.changed)
    else:
        sys.exit(0 if measure(asked.households, changed=asked.changed) else 1)
