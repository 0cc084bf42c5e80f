"""The research file of a year: household rows without names, numbers or fine places, k-anonymous, and what that cost.

Quasi-identifiers (what a neighbour knows of a household) are made coarser along HIERARCHIES, each over the whole file:
place commune, district, province; ethnic group as it is, rare ones together, not given; persons one by one, in pairs,
in threes, each with the largest taken together, not given. Of all combinations whose rows in groups of fewer than k are
at most MOST_LEFT_OUT of the file, the one of least loss is taken and those rows are left out. No household number is in
it, income is to the nearest 100.000 đồng, and the rows are in the order of their values.

Loss of a column: its level over its highest level (L. Sweeney, International Journal of Uncertainty, Fuzziness and
Knowledge-Based Systems 10 (2002), 571-588, on the precision of a generalised table); a row left out has lost all.
k-anonymity: P. Samarati, IEEE Transactions on Knowledge and Data Engineering 13 (2001), 1010-1027. It does not hide
that all households of a group are of one class; the share of such groups is told (A. Machanavajjhala et al., ACM
Transactions on Knowledge Discovery from Data 1 (2007), on l-diversity).
"""
# ruff: noqa: S608  (only names of ours are laid into the queries)

import csv
import io
import itertools
import json
import tempfile
import zipfile
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import duckdb
from django.utils.translation import gettext as _

from giamngheo.rules.standards import standards
from giamngheo.warehouse.errors import NoResearchFileError
from giamngheo.warehouse.snapshot import Snapshot

SMALLEST_K = 3
MOST_LEFT_OUT = 0.02
RARE = 0.01
#: Each quasi-identifier by its levels, from the finest on: SQL over the table `held`.
HIERARCHIES: Mapping[str, tuple[str, ...]] = {
    "place": ("commune_code", "district_code", "''"),
    "area_type": ("area_type", "''"),
    "ethnic": ("ethnic", f"CASE WHEN share >= {RARE} THEN ethnic ELSE 'other' END", "''"),
    "persons": (
        "CASE WHEN persons >= 8 THEN '8+' ELSE persons::VARCHAR END",
        "CASE WHEN persons >= 7 THEN '7+' ELSE ((persons - 1) // 2 * 2 + 1)::VARCHAR || '-' || ((persons - 1) // 2 * 2 + 2)::VARCHAR END",
        "CASE WHEN persons >= 7 THEN '7+' ELSE ((persons - 1) // 3 * 3 + 1)::VARCHAR || '-' || ((persons - 1) // 3 * 3 + 3)::VARCHAR END",
        "''",
    ),
}


@dataclass(frozen=True)
class Cost:
    """What anonymity cost. levels: of each quasi-identifier. loss: 0 nothing to 1 everything. one_class: share of rows in
    groups that are all of one class. measures: name -> (in the register, in the file), shares."""

    rows: int
    left_out: int
    levels: dict[str, int]
    loss: float
    smallest_group: int
    one_class: float
    measures: dict[str, tuple[float, float]]


def check(snapshot: Snapshot, year: int, k: int) -> None:
    """Raises NoResearchFileError where there is no such closed round, or k is below SMALLEST_K."""
    if k < SMALLEST_K or year not in {r["year"] for r in snapshot.asked(public=True)}:
        raise NoResearchFileError(year=year, k=k, least=SMALLEST_K)


def write(snapshot: Snapshot, year: int, k: int, path: Path) -> dict[str, Any]:
    """The file as a zip with its dictionary and what it cost. Raises NoResearchFileError."""
    check(snapshot, year, k)
    round_ = next(r for r in snapshot.asked(public=True) if r["year"] == year)
    standard = round_["standard"]
    database = duckdb.connect()
    codes = [indicator.code for indicator in standards()[standard].indicators]
    _hold(database, snapshot, year, standard)
    cost = anonymised(database, codes, k)
    with tempfile.TemporaryDirectory() as place, zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as bundle:
        for kind, options in (("parquet", "FORMAT parquet"), ("csv", "FORMAT csv, HEADER")):
            part = Path(place) / f"research.{kind}"
            database.execute(f"COPY released TO '{part}' ({options})")
            bundle.write(part, part.name)
        bundle.writestr("dictionary.csv", _dictionary(database))
        bundle.writestr("cost.json", json.dumps(asdict(cost), ensure_ascii=False, indent=1))
        bundle.writestr("README.txt", _about(cost, year, standard, k, bool(snapshot.manifest["synthetic"])))
    return {"rows": cost.rows, "left_out": cost.left_out, "loss": round(cost.loss, 3), **cost.levels}


def _hold(database: duckdb.DuckDBPyConnection, snapshot: Snapshot, year: int, standard: str) -> None:
    """The table `held`: the judged households of the year with the codes of their places and the share of their group."""
    parts = {name: [str(snapshot.file(f)) for f in snapshot.manifest["files"] if f.startswith(f"{name}/")] for name in ("verdicts", "units")}  # fmt: skip
    database.execute(
        f"CREATE TABLE held AS SELECT v.*, c.code AS commune_code, coalesce(d.code, '') AS district_code,"
        f" count(*) OVER (PARTITION BY v.ethnic) / count(*) OVER () AS share"
        f" FROM read_parquet({parts['verdicts']!r}, hive_types={{'year': SMALLINT, 'province': VARCHAR}}) v"
        f" JOIN read_parquet({parts['units']!r}) c ON c.unit = v.commune LEFT JOIN read_parquet({parts['units']!r}) d ON d.unit = v.district"
        f" WHERE v.year = {int(year)} AND v.standard = '{standard}' AND v.klass IS NOT NULL"
    )


def anonymised(database: duckdb.DuckDBPyConnection, codes: list[str], k: int) -> Cost:
    """Makes the table `released` of `held`. Raises NoResearchFileError where no combination keeps enough rows."""
    names = list(HIERARCHIES)
    every = [f"{sql} AS {name}_{level}" for name in names for level, sql in enumerate(HIERARCHIES[name])]
    database.execute(
        f"CREATE TABLE levels AS SELECT {', '.join(every)}, count(*) AS n FROM held GROUP BY ALL"
    )
    found = database.execute("SELECT count(*) FROM held").fetchone()
    whole = int(found[0]) if found else 0
    best: tuple[float, tuple[int, ...], int] | None = None
    for chosen in itertools.product(*(range(len(HIERARCHIES[name])) for name in names)):
        base = sum(level / (len(HIERARCHIES[n]) - 1) for n, level in zip(names, chosen, strict=True)) / len(
            names
        )
        if best is not None and base >= best[0]:
            continue
        keys = ", ".join(f"{n}_{level}" for n, level in zip(names, chosen, strict=True))
        small = database.execute(
            f"SELECT coalesce(sum(m), 0) FROM (SELECT sum(n) AS m FROM levels GROUP BY {keys}) WHERE m < {int(k)}"
        ).fetchone()
        out = int(small[0]) if small else 0
        loss = base + (1 - base) * out / max(whole, 1)
        if out <= whole * MOST_LEFT_OUT and out < whole and (best is None or loss < best[0]):
            best = loss, chosen, out
    if best is None:
        raise NoResearchFileError(year="?", k=k, least=SMALLEST_K)
    levels = dict(zip(names, best[1], strict=True))
    _release(database, levels, codes, k)
    return _cost(database, levels, best[0], whole, codes)


def _release(
    database: duckdb.DuckDBPyConnection, levels: Mapping[str, int], codes: list[str], k: int
) -> None:
    known = ", ".join(f"{HIERARCHIES[name][level]} AS {name}" for name, level in levels.items())
    lacks = ", ".join(f"lacks_{code}" for code in codes)
    database.execute(
        f"CREATE TABLE released AS SELECT * FROM (SELECT year, {known}, standard, klass, deprived,"
        f" (round(income / 100000.0) * 100000)::BIGINT AS income, {lacks} FROM held)"
        f" QUALIFY count(*) OVER (PARTITION BY {', '.join(levels)}) >= {int(k)} ORDER BY ALL"
    )


def _cost(
    database: duckdb.DuckDBPyConnection, levels: dict[str, int], loss: float, whole: int, codes: list[str]
) -> Cost:
    keys = ", ".join(levels)
    smallest, alike, rows = database.execute(
        f"SELECT min(n), sum(n) FILTER (kinds = 1), sum(n) FROM"
        f" (SELECT count(*) AS n, count(DISTINCT klass) AS kinds FROM released GROUP BY {keys})"
    ).fetchall()[0]
    rates = {"poor": "avg((klass LIKE 'poor%')::INT)", "near_poor": "avg((klass = 'near_poor')::INT)"}
    rates |= {f"lacks_{code}": f"avg(lacks_{code}::INT)" for code in codes}
    asked = ", ".join(rates.values())
    truth, told = (
        database.execute(f"SELECT {asked} FROM {table}").fetchall()[0] for table in ("held", "released")
    )
    measures = {name: (float(a or 0), float(b or 0)) for name, a, b in zip(rates, truth, told, strict=True)}
    return Cost(int(rows), whole - int(rows), levels, loss, int(smallest), (alike or 0) / rows, measures)


def _dictionary(database: duckdb.DuckDBPyConnection) -> str:
    words = {
        "place": ("Mã xã, huyện hoặc trống (toàn tỉnh)", "Code of the commune or district, or blank (the province)"),
        "area_type": ("Khu vực hoặc trống", "Area type or blank"),
        "ethnic": ("Mã dân tộc; other: các dân tộc dưới 1% số hộ", "Ethnic group; other: groups under 1% of households"),
        "persons": ("Số nhân khẩu, có thể gộp", "Persons, maybe banded"),
        "klass": ("Xếp loại", "Class"),
        "deprived": ("Số chỉ số thiếu hụt", "Number of deprivations"),
        "income": ("Thu nhập bình quân, đồng/người/tháng, làm tròn 100.000", "Income per head, đồng a month, to 100,000"),
    }  # fmt: skip
    text = io.StringIO("\ufeff")
    text.seek(1)
    writer = csv.writer(text)
    writer.writerow(("column", "type", "vi", "en"))
    for name, kind, *_rest in database.execute("DESCRIBE released").fetchall():
        writer.writerow((name, kind, *words.get(name, (name, name))))
    return text.getvalue()


def _about(cost: Cost, year: int, standard: str, k: int, synthetic: bool) -> str:
    lines = [
        _("Tệp nghiên cứu năm %(year)s, chuẩn %(standard)s, k = %(k)s.") % {"year": year, "standard": standard, "k": k},
        _("Giữ %(rows)s hộ, bỏ %(out)s hộ; nhóm nhỏ nhất có %(least)s hộ.") % {"rows": cost.rows, "out": cost.left_out, "least": cost.smallest_group},
        _("Mức gộp: %(levels)s; mất thông tin %(loss).3f (0 là không mất, 1 là mất hết).") % {"levels": cost.levels, "loss": cost.loss},
        _("Hộ trong nhóm chỉ có một xếp loại: %(share).3f.") % {"share": cost.one_class},
    ]  # fmt: skip
    if synthetic:
        lines.append(_("Dữ liệu mô phỏng, không phải hộ thật."))
    lines += [f"{name}: {a:.4f} -> {b:.4f}" for name, (a, b) in cost.measures.items()]
    return "\n".join(lines) + "\n"
