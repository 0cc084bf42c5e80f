"""Whether resolutions and indicators are complete and lead somewhere; every problem is found, each with file and line."""

import datetime as dt
from collections import Counter
from collections.abc import Collection, Iterator, Mapping
from pathlib import Path
from typing import Any

from giamngheo.areas.files import read_province
from giamngheo.areas.rows import UnitRow
from giamngheo.base.law import law_dir
from giamngheo.base.text import format_date
from giamngheo.base.yaml import Block, LawFileError, load_yaml
from giamngheo.resolution.clauses import CONFIDENCE, KINDS, SCOPES, folder
from giamngheo.resolution.indicators import AGGREGATIONS, SOURCES, UNITS
from giamngheo.resolution.indicators import KINDS as INDICATOR_KINDS
from giamngheo.resolution.periods import parse_period
from giamngheo.resolution.quantities import quantities
from giamngheo.rules.facts import ethnic_groups
from giamngheo.rules.standards import standards

NEEDED = ("slug", "name", "issued_by", "number", "province", "from", "to", "base_year", "source", "confidence", "verified",
          "yearly_report_due", "bodies", "clauses", "targets")  # fmt: skip
INDICATOR_NEEDED = ("slug", "name", "definition", "numerator", "denominator", "unit", "kind", "period", "aggregation",
                    "disaggregation", "source", "better", "why", "pitfalls")  # fmt: skip
CLAUSE_NEEDED = ("id", "place", "kind", "name", "says")
TARGET_NEEDED = ("id", "clause", "indicator", "name", "asks", "unit", "for", "answers")
FIGURE_NEEDED = ("indicator", "unit", "period", "value", "source", "confidence")
ASKS = ("fall", "level", "each_year", "average", "times_base", "state")
Problems = Iterator[LawFileError]


def check_resolutions(place: Path | None = None) -> tuple[list[LawFileError], int]:
    """All problems of the indicators and of every resolution (or of the one in `place`); how many resolutions were read."""
    problems: list[LawFileError] = []
    known: dict[str, Block] = {}
    for path in sorted((law_dir() / "indicators").glob("*.yaml")):
        if file := _loaded(path, problems):
            found = [*check_indicator(file, path)]
            problems += found
            known[path.stem] = file
    places = [place] if place else sorted(p.parent for p in folder().glob("*/resolution.yaml"))
    for one in places:
        file = _loaded(one / "resolution.yaml", problems)
        if file is None:
            continue
        problems += check_resolution(file, one, known)
        figures = _loaded(one / "figures.yaml", problems) if (one / "figures.yaml").exists() else None
        if figures:
            problems += check_figures(figures, known, _units())
    return problems, len(places)


def _loaded(path: Path, problems: list[LawFileError]) -> Block | None:
    try:
        return load_yaml(path)
    except LawFileError as error:
        problems.append(error)
        return None


def check_indicator(file: Block, path: Path) -> Problems:
    """One file of law/indicators."""
    missing = [*_missing(file, INDICATOR_NEEDED)]
    if missing:
        yield from missing
        return
    if file["slug"] != path.stem:
        yield file.error(f"slug “{file['slug']}” khác tên tệp", "slug")
    for key in ("name", "definition", "why"):
        yield from _words(file, key)
    choices = {"unit": UNITS, "kind": INDICATOR_KINDS, "aggregation": AGGREGATIONS, "source": SOURCES,
               "period": ("year", "quarter", "month"), "better": ("up", "down")}  # fmt: skip
    for key, known in choices.items():
        yield from _one_of(file, key, known)
    if file["source"] == "register":
        yield from _measure(file)
    if file["source"] == "support":
        given = file.get("measure", {}).get("policies", ())
        if not given:
            yield file.error("chỉ số đếm từ sổ hỗ trợ phải ghi measure: {policies: […]}", "source")
        yield from _policies(file, given)
    check = file.get("check", {})
    if "least" in check and "most" in check and check["least"] >= check["most"]:
        yield file.error("check: least phải nhỏ hơn most", "check")


def _policies(block: Block, slugs: Collection[str]) -> Problems:
    for slug in slugs:
        if not (law_dir() / "policies" / str(slug) / "policy.yaml").exists():
            yield block.error(f"không có chính sách “{slug}” trong law/policies", "policies")


def _measure(file: Block) -> Problems:
    measure = file.get("measure", {})
    for part in ("numerator", "denominator"):
        if measure.get(part) not in quantities():
            yield file.error(f"measure: không có đại lượng “{measure.get(part)}” cho {part}", "measure")
    if file.get("standard") not in standards():
        yield file.error("chỉ số tính từ sổ hộ phải ghi chuẩn nghèo (standard)", "standard")


def check_resolution(file: Block, place: Path, indicators: Collection[str]) -> Problems:
    """One resolution.yaml: its bodies, its tree of clauses, its targets."""
    missing = [*_missing(file, NEEDED)]
    if missing:
        yield from missing
        return
    if file["slug"] != place.name:
        yield file.error(f"slug “{file['slug']}” khác tên thư mục “{place.name}”", "slug")
    if not file["base_year"] < file["from"] <= file["to"]:
        yield file.error("phải có base_year < from ≤ to", "base_year")
    for code in file.get("groups_first", ()):
        if code not in ethnic_groups():
            yield file.error(f"không có dân tộc “{code}” trong ethnic_groups.yaml", "groups_first")
    bodies = [str(b.get("id", "")) for b in file["bodies"]]
    yield from _twice(file, "bodies", bodies, "cơ quan")
    clauses = [*_all_clauses(file["clauses"])]
    ids = [str(clause.get("id", "")) for clause in clauses]
    yield from _twice(file, "clauses", ids, "khoản")
    for clause in clauses:
        yield from _clause(clause, set(ids), set(bodies), indicators)
    yield from _twice(file, "targets", [t.get("id") for t in file["targets"]], "chỉ tiêu")
    for target in file["targets"]:
        yield from _target(target, set(ids), set(bodies), indicators)
    yield from _claims(file)


def _all_clauses(blocks: Collection[Block]) -> Iterator[Block]:
    for block in blocks:
        yield block
        yield from _all_clauses(block.get("parts", ()))


def _clause(block: Block, ids: set[str], bodies: set[str], indicators: Collection[str]) -> Problems:
    missing = [*_missing(block, CLAUSE_NEEDED)]
    if missing:
        yield from missing
        return
    yield from _one_of(block, "kind", KINDS)
    for key in ("name", "says"):
        yield from _words(block, key)
    for part in block.get("parts", ()):
        if not str(part.get("id", "")).startswith(f"{block['id']}."):
            yield part.error(f"mã phải bắt đầu bằng “{block['id']}.”", "id")
    for link in block.get("links", ()):
        if link not in ids:
            yield block.error(f"dẫn tới khoản không có: “{link}”", "links")
    yield from _policies(block, block.get("policies", ()))
    yield from _indicators(block, block.get("indicators", ()), indicators)
    yield from _bodies(block, bodies)


def _target(block: Block, ids: set[str], bodies: set[str], indicators: Collection[str]) -> Problems:
    missing = [*_missing(block, TARGET_NEEDED)]
    if missing:
        yield from missing
        return
    yield from _words(block, "name")
    if block["clause"] not in ids:
        yield block.error(f"không có khoản “{block['clause']}”", "clause")
    yield from _indicators(block, [block["indicator"]], indicators)
    yield from _bodies(block, bodies)
    if not isinstance(block["for"], Block):
        yield from _one_of(block, "for", SCOPES)
    elif not {"list", "on"} <= set(block["for"]) or not isinstance(block["for"].get("on"), dt.date):
        yield block.error("for: ghi list và on (ngày)", "for")
    elif not [*(law_dir() / "areas").glob(f"*/lists/{block['for']['list']}.yaml")]:
        yield block.error(f"không có danh sách địa bàn “{block['for']['list']}”", "for")
    asks = block["asks"]
    yield from _one_of(asks, "kind", ASKS)
    if not isinstance(asks.get("value"), int | float):
        yield block.error("asks: value phải là số", "asks")
    elif "most" in asks and not asks["most"] > asks["value"]:
        yield block.error("asks: most phải lớn hơn value", "asks")
    yield from _one_of(block, "unit", UNITS)


def _claims(file: Block) -> Problems:
    """Two bodies claiming one indicator: nobody would know who is to report it."""
    claimed: dict[str, set[str]] = {}
    for target in file["targets"]:
        named = {b for how in ("stated", "inferred") for b in target.get("answers", {}).get(how, ())}
        claimed.setdefault(target.get("indicator", ""), set()).update(named)
    for target in file["targets"]:
        bodies = claimed.pop(target.get("indicator", ""), set())
        if len(bodies) > 1:
            yield target.error(f"chỉ số “{target['indicator']}” có nhiều cơ quan nhận: {', '.join(sorted(bodies))}", "answers")  # fmt: skip


def check_figures(file: Block, indicators: Mapping[str, Block], units: Collection[UnitRow]) -> Problems:
    """One figures.yaml: every figure of a known indicator and of a unit of its day, with its source, period and confidence."""
    yield from _missing(file, ("sources", "figures"))
    for figure in file.get("figures", ()):
        missing = [*_missing(figure, FIGURE_NEEDED)]
        if missing:
            yield from missing
            continue
        yield from _indicators(figure, [figure["indicator"]], indicators)
        yield from _one_of(figure, "confidence", CONFIDENCE)
        yield from _one_of(figure, "source", file.get("sources", {}))
        try:
            last = parse_period(figure["period"]).last
        except (ValueError, TypeError):
            yield figure.error(f"“{figure['period']}” không phải kỳ số liệu (2019, 2019-Q3, 2018-11, 2016/2018-11)", "period")  # fmt: skip
        else:
            if not any(
                u.code == figure["unit"] and u.valid_from <= last <= (u.valid_to or last) for u in units
            ):
                yield figure.error(f"không có đơn vị “{figure['unit']}” vào ngày {format_date(last)}", "unit")
        yield from _share(figure, indicators.get(figure["indicator"], {}))


def _units() -> list[UnitRow]:
    """Every unit of the provinces whose areas the law holds; what is wrong with them `areas check` tells."""
    places = sorted(path.parent for path in (law_dir() / "areas").glob("*/province.yaml"))
    return [unit for place in places for unit in read_province(place)[0].units]


def _share(figure: Block, indicator: Mapping[str, Any]) -> Problems:
    numerator, denominator = figure.get("numerator"), figure.get("denominator")
    if numerator is not None and denominator is not None and numerator > denominator:
        yield figure.error("tử số lớn hơn mẫu số", "numerator")
    most = indicator.get("check", {}).get("most", 100)
    if indicator.get("unit") == "percent" and figure["value"] > most:
        yield figure.error(f"tỷ lệ {figure['value']}% vượt quá {most}%", "value")


def _missing(block: Block, keys: Collection[str]) -> Problems:
    return (block.error(f"thiếu “{key}”") for key in keys if key not in block)


def _one_of(block: Block, key: str, known: Collection[str]) -> Problems:
    if block.get(key) not in known:
        yield block.error(f"{key}: “{block.get(key)}” không thuộc {', '.join(known)}", key)


def _words(block: Block, key: str) -> Problems:
    value = block[key]
    if not isinstance(value, dict) or not value.get("vi") or not value.get("en"):
        yield block.error(f"{key}: phải có vi và en", key)


def _twice(file: Block, key: str, ids: Collection[Any], what: str) -> Problems:
    for one, count in Counter(ids).items():
        if count > 1:
            yield file.error(f"{what} “{one}” viết hai lần", key)


def _indicators(block: Block, slugs: Collection[str], known: Collection[str]) -> Problems:
    for slug in slugs:
        if slug not in known:
            yield block.error(f"không có chỉ số “{slug}” trong law/indicators", "indicator" if "indicator" in block else "indicators")  # fmt: skip


def _bodies(block: Block, known: set[str]) -> Problems:
    for how, bodies in block.get("answers", {}).items():
        if how not in ("stated", "inferred"):
            yield block.error(f"answers: “{how}” phải là stated hoặc inferred", "answers")
            continue
        for body in bodies:
            if body not in known:
                yield block.error(f"không có cơ quan “{body}”", "answers")
