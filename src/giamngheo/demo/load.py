"""Laying the synthetic province into an empty register: units, books, six closed reviews judged by the rules, one open."""

import datetime as dt
import json
import time
from collections.abc import Callable, Iterator

import numpy as np
import pyarrow as pa
from django.db import connections, transaction
from django.utils import timezone

from giamngheo.access.models import Installation
from giamngheo.areas.actions import OWNER, add_villages
from giamngheo.areas.models import Level, Unit
from giamngheo.areas.rows import UnitRow
from giamngheo.audit.actions import record
from giamngheo.audit.models import Kind
from giamngheo.demo import books, decisions, papers, support
from giamngheo.demo.books import Ids
from giamngheo.demo.bulk import ahead, bare, copy
from giamngheo.demo.census import Ints, whole
from giamngheo.demo.census import small as small_census
from giamngheo.demo.errors import HouseholdsThereError, NoUnitsError
from giamngheo.demo.province import SEED, Province, generate
from giamngheo.demo.reviews import CLOSES, OPENS, REFERENCE, YEARS
from giamngheo.registry.models import Household
from giamngheo.rules.standards import standard_on
from giamngheo.surveys.forms import form_on
from giamngheo.surveys.models import LawVersion, Round

Say = Callable[[str], None]
#: What is said of a stage, and the tables with the rows to be laid into them, the first of which are counted.
Shipment = tuple[str, list[tuple[str, pa.Table]]]
#: The review going on in the demonstration; the trial accounts bring its results in.
OPEN_YEAR = 2021
SOURCE = "Bịa ra cho tỉnh mô phỏng; không phải thôn, bản có thật"


def is_loaded() -> bool:
    """Whether the register holds households already."""
    return Household.objects.using(OWNER).exists()


def load(*, small: bool = False, seed: int = SEED, say: Say) -> Province:
    """Make the province and lay it into the database, whole or not at all; says each stage with its count and time.

    Raises HouseholdsThereError where there are households, NoUnitsError where the province's units are not loaded.
    """
    if is_loaded():
        raise HouseholdsThereError
    stage = _stages(say)
    with stage("Tạo hộ và người mô phỏng") as done:
        province = generate(small_census() if small else whole(), seed)
        done(len(province.people.age))
    with transaction.atomic(using=OWNER), connections[OWNER].cursor() as cursor:
        with stage("Ghi thôn, bản") as done:
            villages = _villages(province)
            done(len(villages))
        ids = Ids(villages, 1 + np.arange(len(province.homes.size)), 1 + np.arange(len(province.people.age)))
        rounds = _rounds()
        _keep_law(rounds)
        put_back = bare(cursor, (*books.TABLES, *papers.TABLES))
        for name, tables in ahead(_shipments(province, ids, rounds)):
            with stage(name) as done:
                counts = [copy(cursor, table, rows) for table, rows in tables]
                done(counts[0])
        with stage("Lập chỉ mục và kiểm tra ràng buộc"):
            put_back()
        with stage("Cộng số liệu các đợt") as done:
            for round_ in rounds.values():
                cursor.execute("SELECT surveys_tally_round(%s, NULL)", [round_.pk])
            done(len(rounds))
        with stage("Ghi họp thôn, niêm yết, quyết định các năm") as done:
            done(decisions.lay(cursor, [rounds[year] for year in YEARS]))
        with stage("Ghi danh sách hưởng và chi trả") as done:
            done(support.lay(cursor))
        _say_synthetic(province, seed)
    with stage("Thống kê cho bộ tối ưu câu hỏi") as done:
        with connections[OWNER].cursor() as cursor:
            cursor.execute("VACUUM ANALYZE" if not connections[OWNER].in_atomic_block else "ANALYZE")
        done(0)
    return province


class _Stage:
    """One stage: called with a count when its work is known, said with its time when it ends."""

    def __init__(self, name: str, say: Say) -> None:
        self.name, self.say, self.count = name, say, 0

    def __enter__(self) -> Callable[[int], None]:
        self.began = time.monotonic()
        return self._counted

    def _counted(self, count: int) -> None:
        self.count += count

    def __exit__(self, *error: object) -> None:
        if error[0] is None:
            count = f": {self.count:,}".replace(",", ".") if self.count else ""
            seconds = f"{time.monotonic() - self.began:.1f}".replace(".", ",")
            self.say(f"{self.name}{count} ({seconds} giây)")


def _stages(say: Say) -> Callable[[str], _Stage]:
    return lambda name: _Stage(name, say)


def _villages(province: Province) -> Ints:
    """Add the villages to the units of 2015; their database ids, in the order of the province."""
    homes, census = province.homes, province.census
    if not Unit.objects.using(OWNER).filter(code__in=census.code.tolist(), level=Level.COMMUNE).exists():
        raise NoUnitsError
    names = zip(
        homes.village_code.tolist(), homes.village_name.tolist(), homes.village_commune.tolist(), strict=True
    )
    rows = [
        UnitRow(
            code=code,
            level=Level.VILLAGE,
            kind="tổ dân phố" if name.startswith("Tổ") else name.split(" ")[0].lower(),
            name=name,
            parent=str(census.code[commune]),
            valid_from=dt.date(2015, 1, 1),
            source=SOURCE,
            confidence="low",
        )
        for code, name, commune in names
    ]
    add_villages(villages=rows, synthetic=True, by=None)
    found = dict(Unit.objects.using(OWNER).filter(level=Level.VILLAGE).values_list("code", "id"))
    return np.array([found[code] for code in homes.village_code.tolist()])


def _rounds() -> dict[int, Round]:
    """The six closed reviews and the open one, by year."""
    days = {
        y: (o, c, r)
        for y, o, c, r in zip(YEARS, OPENS.tolist(), CLOSES.tolist(), REFERENCE.tolist(), strict=True)
    }
    days[OPEN_YEAR] = (dt.date(OPEN_YEAR, 9, 15), dt.date(OPEN_YEAR, 12, 15), dt.date(OPEN_YEAR, 12, 15))
    rounds = {}
    for year, (opens, closes, reference) in days.items():
        closed = dt.datetime.combine(closes + dt.timedelta(days=10), dt.time(9), dt.UTC)
        name = f"Tổng rà soát cuối năm {year}" if year == YEARS[0] else f"Rà soát định kỳ {year}"
        rounds[year] = Round(
            year=year,
            name=name,
            opens=opens,
            closes=closes,
            reference_date=reference,
            standard=standard_on(reference).slug,
            form=form_on(reference).name,
            closed_at=None if year == OPEN_YEAR else closed,
        )
        rounds[year].save(using=OWNER)
    return rounds


def _shipments(province: Province, ids: Ids, rounds: dict[int, Round]) -> Iterator[Shipment]:
    """Everything to be laid into tables, in order; touches no database, so that it can be made ready ahead."""
    events, event = books.event_rows(province, ids, 1)
    yield (
        "Ghi hộ",
        [
            ("registry_household", books.household_rows(province, ids)),
            ("registry_residence", books.residence_rows(province, ids, 1)),
            ("registry_lifeevent", events),
        ],
    )
    yield (
        "Ghi người, niêm phong số định danh",
        [
            ("registry_person", books.person_rows(province, ids)),
            ("registry_membership", books.membership_rows(province, ids, event)),
        ],
    )
    for number, year in enumerate(YEARS):
        paper = papers.Review(province, year, ids, rounds[year].pk, 1 + number * len(ids.household))
        standard = standard_on(rounds[year].reference_date)
        yield (
            f"Ghi và xét kết quả rà soát {year}",
            [
                ("surveys_visit", paper.visit_rows()),
                ("surveys_verdict", paper.verdict_rows(standard)),
            ],
        )


def _keep_law(rounds: dict[int, Round]) -> None:
    """The text of each standard is kept under its hash, as whenever a verdict is given by it."""
    for standard in {r.standard: standard_on(r.reference_date) for r in rounds.values()}.values():
        content = json.loads(json.dumps(standard.content, ensure_ascii=False, default=str))
        LawVersion.objects.using(OWNER).get_or_create(
            content_hash=standard.content_hash,
            defaults={"slug": standard.slug, "content": content, "first_used": timezone.now()},
        )


def _say_synthetic(province: Province, seed: int) -> None:
    """Every page says that the households are made up; the record says what was loaded."""
    Installation.objects.using(OWNER).update(synthetic=True)
    details = {
        "seed": seed,
        "communes": len(province.census.code),
        "villages": len(province.homes.village_code),
        "households": len(province.homes.size),
        "persons": len(province.people.age),
        "reviews": list(YEARS),
    }
    record(kind=Kind.LOAD, subject="demo", details=details, by=None, using=OWNER)
