"""`giamngheo assess`: the verdict on a workbook, CSV or Parquet file, without a database."""

import datetime as dt
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

if TYPE_CHECKING:
    import pyarrow as pa

    from giamngheo.rules.sheets import Tables
    from giamngheo.rules.standards import Standard

SHOWN_PROBLEMS = 50
UNITS = (("village", "Thôn", "Village"), ("commune", "Xã", "Commune"), ("district", "Huyện", "District"))


@click.command(short_help="Xét một bảng tính / judge a workbook")
@click.argument("file", metavar="TỆP", type=click.Path(path_type=Path))
@click.option("--on", "day", metavar="NGÀY", help="Ngày rà soát, nếu tệp không có cột này / day of review")
@click.option(
    "--area-type",
    type=click.Choice(["rural", "urban"]),
    help="Khu vực của mọi hộ, nếu tệp không có cột này / area type of all households, where the file has no such column",
)
@click.option(
    "--standard",
    "slugs",
    multiple=True,
    help="Chuẩn, có thể nhiều lần; mặc định theo ngày / standard, repeatable",
)
@click.option(
    "--out", type=click.Path(path_type=Path), required=True, help="Tệp kết quả .xlsx / where the result goes"
)
@click.option("--language", type=click.Choice(["vi", "en"]), default="vi", show_default=True)
def command(
    file: Path, day: str | None, area_type: str | None, slugs: tuple[str, ...], out: Path, language: str
) -> None:
    """Xét từng hộ trong TỆP (.xlsx, .csv, .parquet): nhóm, chỉ số thiếu hụt, căn cứ và lý do; kèm tổng theo đơn vị.

    Trang “Hộ”: mỗi hộ một dòng, cột theo tên tiếng Việt của mẫu hoặc khoá trong law/facts.yaml; cần cột Khu vực (nông thôn
    hay thành thị), hoặc --area-type cho cả tệp (mẫu nhập dữ liệu không có cột này). Trang “Thành viên” có thể không có. Ô trống là chưa biết, không phải là không.

    Judge each household of the file: class, indicators, basis and reasons, with totals by unit. Bad cells are listed with
    row and column, and nothing is written (exit code 2).
    """
    from giamngheo.base.sheets import SheetError
    from giamngheo.rules.errors import RulesError
    from giamngheo.rules.sheets import read_tables

    on = _day(day)
    try:
        tables = read_tables(file, on=on, area_type=area_type)
    except SheetError as error:
        raise click.UsageError(error.sentence(language)) from error
    if tables.problems or tables.households is None:
        _refuse(tables, language)
    try:
        chosen = _standards(slugs, tables.households, on)
    except RulesError as error:
        raise click.UsageError(error.sentence(language)) from error
    try:
        counts = _write(out, tables, chosen, language)
    except OSError as error:
        raise click.ClickException(f"Không ghi được {out}: {error.strerror}. / Can't write {out}.") from error
    for standard, count in counts.items():
        click.echo(f"{standard}: " + "; ".join(f"{name} {number}" for name, number in count.items()))
    click.echo(f"{out}")


def _day(text: str | None) -> dt.date | None:
    from giamngheo.base.text import parse_date

    if text is None:
        return None
    day = parse_date(text)
    if day is None:
        raise click.UsageError(
            f"“{text}” không phải là ngày; ghi như 2019-11-01. / Not a date; write 2019-11-01."
        )
    return day


def _refuse(tables: "Tables", language: str) -> None:
    """All problems, and out."""
    for place in tables.problems[:SHOWN_PROBLEMS]:
        click.echo(place.sentence(language), err=True)
    more = len(tables.problems) - SHOWN_PROBLEMS
    if more > 0:
        click.echo(
            f"… và {more} chỗ nữa. / … and {more} more." if language == "vi" else f"… and {more} more.",
            err=True,
        )
    count = len(tables.problems)
    words = {
        "vi": f"{count} chỗ phải sửa; chưa xét hộ nào.",
        "en": f"{count} to mend; no household was judged.",
    }
    raise click.UsageError(words[language])


def _standards(slugs: tuple[str, ...], households: "pa.Table", on: dt.date | None) -> list["Standard"]:
    """Those asked for; else that of the day of review, each day in the file bringing its own."""
    from giamngheo.rules.standards import standard_named, standard_on

    if slugs:
        return [standard_named(slug) for slug in dict.fromkeys(slugs)]
    days = (
        {on}
        if on
        else set(households.column("on").unique().to_pylist() if "on" in households.column_names else ())
    )
    days.discard(None)
    if not days:
        raise click.UsageError(
            "Cần --on NGÀY hoặc --standard, vì tệp không có Ngày rà soát. / Give --on DAY or --standard: the file has none."
        )
    return list({s.slug: s for s in (standard_on(day) for day in sorted(days))}.values())


def _write(
    out: Path, tables: "Tables", standards: list["Standard"], language: str
) -> dict[str, Counter[str]]:
    """The result workbook: per standard a sheet of households and one of totals by unit."""
    import xlsxwriter

    from giamngheo.rules.engine import assess
    from giamngheo.rules.reasons import class_name

    assert tables.households is not None
    households = _with_day(tables.households, standards)
    counts: dict[str, Counter[str]] = {}
    with xlsxwriter.Workbook(out, {"constant_memory": True, "strings_to_formulas": False}) as book:
        for standard in standards:
            verdicts = assess(households, tables.members, standard).sort_by("household")
            classes = verdicts.column("klass").to_pylist()
            counts[standard.name(language)] = Counter(class_name(klass, language) for klass in classes)
            _households_sheet(book, standard, tables, households, verdicts, language)
            _totals_sheet(book, standard, households, classes, language)
    return counts


def _with_day(households: "pa.Table", standards: list["Standard"]) -> "pa.Table":
    """Where no day is known, ages are taken on the last day the first standard asked for is in force."""
    import pyarrow as pa

    if "on" in households.column_names:
        return households
    day = standards[0].periods[-1].last
    return households.append_column("on", pa.array([day] * households.num_rows, pa.date32()))


def _households_sheet(
    book: Any,
    standard: "Standard",
    tables: "Tables",
    households: "pa.Table",
    verdicts: "pa.Table",
    language: str,
) -> None:
    from giamngheo.rules.facts import HOUSEHOLD, facts
    from giamngheo.rules.reasons import class_name, reasons, what_would_change
    from giamngheo.rules.sentences import BASIS_NAMES

    given = tables.households.column_names if tables.households is not None else ()
    identity = [f for f in facts().values() if f.over == HOUSEHOLD and f.identity and f.key in given]
    words = HEADINGS[language]
    names = [indicator.name(language) for indicator in standard.indicators]
    headings = [*(f.label(language) for f in identity), *words[:4], *names, *words[4:]]
    sheet, line = _sheet(book, f"{words[-1]} {standard.slug}"), 0
    _row(sheet, line, headings[:-1], book.add_format({"bold": True, "text_wrap": True}))
    signs = {"1": SIGNS[language][0], "0": SIGNS[language][1], "?": ""}
    blamed = _blamed(tables.members, households, standard, language)
    known, waiting = next(blamed, (-1, {}))
    for household, row in _side_by_side(households, verdicts):
        line += 1
        while known < row["household"] and waiting:
            known, waiting = next(blamed, (-1, {}))
        told = reasons(
            row,
            standard,
            language,
            household=household,
            blamed=waiting if known == row["household"] else {},
        )
        _row(
            sheet,
            line,
            [
                *(f.show(household[f.key], language) for f in identity),
                class_name(row["klass"], language),
                BASIS_NAMES[row["basis"]](language) if row["basis"] else "",
                row["points"] if str(row["basis"]).startswith("points") else row["income"],
                row["deprived"],
                *(signs[sign] for sign in row["pattern"]),
                SIGNS[language][0] if row["borderline"] else "",
                " ".join(told),
                " ".join(what_would_change(row, standard, language)),
            ],
        )
    sheet.freeze_panes(1, len(identity))


HEADINGS = {
    "vi": ("Kết quả", "Căn cứ", "Thu nhập hoặc điểm", "Số thiếu hụt", "Sát ngưỡng", "Lý do", "Điều làm đổi kết quả", "Hộ"),
    "en": ("Class", "Basis", "Income or points", "Deprivations", "Borderline", "Reasons", "What would change it", "Households"),
}  # fmt: skip
SIGNS = {"vi": ("Có", "Không"), "en": ("Yes", "No")}


def _side_by_side(
    households: "pa.Table", verdicts: "pa.Table"
) -> Iterator[tuple[dict[str, Any], dict[str, Any]]]:
    """Each household with its verdict; both tables in the order of the households."""
    size = 5_000
    for start in range(0, households.num_rows, size):
        yield from zip(
            households.slice(start, size).to_pylist(), verdicts.slice(start, size).to_pylist(), strict=True
        )


def _blamed(
    members: "pa.Table | None", households: "pa.Table", standard: "Standard", language: str
) -> Iterator[tuple[int, dict[str, list[str]]]]:
    """By household, the members who lack what; asked of the rules once for all of them."""
    from giamngheo.rules.reasons import blamed_members

    if members is None:
        return iter(())
    days = households.column("on").take(members.column("household"))
    return blamed_members(members.append_column("on", days), standard, language)


def _totals_sheet(
    book: Any, standard: "Standard", households: "pa.Table", classes: list[str], language: str
) -> None:
    """Households by class: all, and by each kind of unit the file names; the rate is of poor households, near-poor apart."""
    from giamngheo.rules.classes import CLASSES, POOR_CLASSES
    from giamngheo.rules.reasons import class_name

    vietnamese = language == "vi"
    there = [unit for unit in UNITS if unit[0] in households.column_names]
    names = {key: households.column(key).to_pylist() for key, *_ in there}
    whole = "Toàn bộ" if vietnamese else "All"
    counted: dict[tuple[str, str], Counter[str]] = {}
    for place, klass in enumerate(classes):
        counted.setdefault((whole, ""), Counter())[klass] += 1
        for depth, (_, vi, en) in enumerate(there):
            name = " – ".join(str(names[k][place] or "?") for k, *_ in reversed(there[depth:]))
            counted.setdefault((vi if vietnamese else en, name), Counter())[klass] += 1
    shown = [klass for klass in CLASSES if any(count[klass] for count in counted.values())]
    sheet = _sheet(book, f"{'Tổng' if vietnamese else 'Totals'} {standard.slug}")
    fixed = ("Cấp", "Đơn vị", "Số hộ") if vietnamese else ("Level", "Unit", "Households")
    rate = "Tỷ lệ hộ nghèo" if vietnamese else "Poor rate"
    bold, percent = (
        book.add_format({"bold": True, "text_wrap": True}),
        book.add_format({"num_format": "0.00%"}),
    )
    _row(sheet, 0, [*fixed, *(class_name(klass, language) for klass in shown), rate], bold)
    order = [whole, *(vi if vietnamese else en for _, vi, en in reversed(there))]
    for line, ((level, unit), count) in enumerate(
        sorted(counted.items(), key=lambda c: (order.index(c[0][0]), c[0][1])), 1
    ):
        total = sum(count.values())
        _row(sheet, line, [level, unit, total, *(count[klass] for klass in shown)])
        sheet.write_number(line, 3 + len(shown), sum(count[k] for k in POOR_CLASSES) / total, percent)


def _sheet(book: Any, name: str) -> Any:
    sheet = book.add_worksheet(name)
    sheet.set_column(0, 40, 16)
    return sheet


def _row(sheet: Any, line: int, values: list[Any], style: Any = None) -> None:
    for column, value in enumerate(values):
        if isinstance(value, bool | str):
            sheet.write_string(line, column, str(value)[:32_000], style)
        elif value is not None:
            sheet.write_number(line, column, value, style)
