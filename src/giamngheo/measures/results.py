"""Results of every measure as one tidy table, and that table as CSV, XLSX and LaTeX.

measure, subgroup   what was measured, and of whom ('all': everyone)
<grouping columns>  when there are several, each under its own name besides `subgroup`
k                   the poverty cut-off, or the point of a curve (percentile, round, rounds); null where there is none
estimate            null only where the measure is not defined (the intensity where nobody is poor)
se, ci_low, ci_high sampling error; null for a census
n                   rows behind the estimate, unweighted
design              'census', how the sample was drawn, or what else the figures are of ('pooled …' where groups are kept close)
"""

import csv
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc
import xlsxwriter

from giamngheo.measures.errors import (
    GroupColumnError,
    GroupNameError,
    NotANumberError,
    ParameterError,
    UnknownColumnError,
    Words,
)

ALL = "all"
#: Between the values of several grouping columns in the name of a subgroup.
BETWEEN = " · "
CENSUS = "census"
#: Of a measure whose rows were weighted without a word of how they were drawn.
WEIGHTED = "weights only, no sampling error"
COLUMNS = ("measure", "subgroup", "k", "estimate", "se", "ci_low", "ci_high", "n", "design")
_NUMBERS = ("k", "estimate", "se", "ci_low", "ci_high")
_LATEX = str.maketrans({c: f"\\{c}" for c in "&%$#_{}"} | {"\\": r"\textbackslash{}", "~": r"\textasciitilde{}", "^": r"\textasciicircum{}"})  # fmt: skip


def schema(by: Sequence[str] = ()) -> pa.Schema:
    """The columns of a result grouped by `by`; a single grouping column is `subgroup` itself."""
    text = [
        pa.field("measure", pa.string(), nullable=False),
        pa.field("subgroup", pa.string(), nullable=False),
    ]
    groups = [pa.field(name, pa.string()) for name in by] if len(by) > 1 else []
    numbers = [pa.field(name, pa.float64()) for name in _NUMBERS]
    rest = [pa.field("n", pa.int64(), nullable=False), pa.field("design", pa.string(), nullable=False)]
    return pa.schema([*text, *groups, *numbers, *rest])


def row(
    measure: str,
    estimate: float | None,
    *,
    n: int,
    groups: Mapping[str, object] | None = None,
    k: float | None = None,
    se: float | None = None,
    ci_low: float | None = None,
    ci_high: float | None = None,
    design: str = CENSUS,
) -> dict[str, Any]:
    """One line of a result. `groups` are the grouping columns with their values; none: everyone."""
    named = {name: str(value) for name, value in (groups or {}).items()}
    numbers = (k, estimate, se, ci_low, ci_high)
    return {
        "measure": measure,
        "subgroup": subgroup(named.values()),
        **(named if len(named) > 1 else {}),
        **{name: None if v is None else float(v) for name, v in zip(_NUMBERS, numbers, strict=True)},
        "n": int(n),
        "design": design,
    }


def unsampled(weight: str | None) -> str:
    """What `design` says without a design: 'census', or that there were weights alone."""
    return CENSUS if weight is None else WEIGHTED


def subgroup(values: Iterable[str]) -> str:
    """The name of a subgroup from the values of its grouping columns."""
    return BETWEEN.join(values) or ALL


def grouping(by: Sequence[str], reserved: Iterable[str] = COLUMNS) -> None:
    """Raises GroupColumnError for grouping columns that can't stand in a result: twice the same, or named as one of ours.

    reserved: our names; those that begin with _ are ours everywhere.
    """
    for place, name in enumerate(by):
        if name in by[:place]:
            raise GroupColumnError(
                column=name,
                rule=Words("cột được nêu hai lần; chỉ nêu một lần", "it is named twice; name it once"),
            )
        if name.startswith("_") or name in reserved:
            raise GroupColumnError(
                column=name,
                rule=Words(
                    "bảng kết quả đã dùng tên này; hãy đổi tên cột trước",
                    "the name is one of the measure's own; rename it first",
                ),
            )


def naming(column: str, values: Iterable[str], *, of_several: bool) -> None:
    """Raises GroupNameError for values of a grouping column that would name everyone, or not one subgroup alone."""
    for value in values:
        if not value.strip():
            raise GroupNameError(
                column=column, value=value, rule=Words("không được để trống", "must not be blank")
            )
        if value == ALL:
            raise GroupNameError(
                column=column,
                value=value,
                rule=Words(
                    f"không được là “{ALL}”, tên của tất cả", f"must not be “{ALL}”, that of everyone"
                ),
            )
        if of_several and BETWEEN in value:
            raise GroupNameError(
                column=column,
                value=value,
                rule=Words(
                    f"không được có “{BETWEEN}” khi nhóm theo nhiều cột",
                    f"must not hold “{BETWEEN}” where there are several grouping columns",
                ),
            )


def table(rows: Iterable[Mapping[str, Any]], by: Sequence[str] = ()) -> pa.Table:
    """Lines made by `row` as a table. Raises NotANumberError for a NaN or an infinity among them."""
    return checked(pa.Table.from_pylist(list(rows), schema(by)))


def checked(results: pa.Table) -> pa.Table:
    """The same table if all its numbers are numbers."""
    for name in _NUMBERS:
        wrong = pc.invert(pc.is_finite(results[name])).fill_null(False)
        if pc.any(wrong).as_py():
            line = results.filter(wrong).to_pylist()[0]
            raise NotANumberError(measure=line["measure"], subgroup=line["subgroup"])
    return results


def joined(*results: pa.Table) -> pa.Table:
    """Several results under one another; grouping columns one of them lacks are null there."""
    return pa.concat_tables(results, promote_options="default")


def require(results: pa.Table, *measures: str) -> None:
    """Raises ParameterError for a measure that the results don't hold."""
    known = dict.fromkeys(results["measure"].to_pylist())
    for measure in measures:
        if measure not in known:
            raise ParameterError(name="measure", value=measure, rule=" | ".join(known))


def only(results: pa.Table, **wanted: object) -> list[dict[str, Any]]:
    """The lines whose columns have the wanted values, as dictionaries."""
    for name, value in wanted.items():
        if name not in results.column_names:
            raise UnknownColumnError(column=name, known=", ".join(results.column_names))
        results = results.filter(pc.equal(results[name], pa.scalar(value, results.schema.field(name).type)))
    found: list[dict[str, Any]] = results.to_pylist()
    return found


def write_csv(results: pa.Table, path: Path) -> None:
    """UTF-8 with a mark at its head (spreadsheets then read Vietnamese), numbers in full precision."""
    with path.open("w", encoding="utf-8-sig", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(results.column_names)
        for line in results.to_pylist():
            writer.writerow(
                ["" if v is None else repr(v) if isinstance(v, float) else _inert(v) for v in line.values()]
            )


def _inert(value: object) -> object:
    """Text that a spreadsheet would run as a formula is marked as text."""
    return f"'{value}" if isinstance(value, str) and value[:1] in ("=", "+", "-", "@", "\t", "\r") else value


def write_xlsx(results: pa.Table, path: Path) -> None:
    """One sheet with frozen head and filters; text is never read as a formula."""
    with xlsxwriter.Workbook(str(path), {"strings_to_formulas": False, "strings_to_urls": False}) as book:
        sheet = book.add_worksheet("results")
        bold, number = book.add_format({"bold": True}), book.add_format({"num_format": "0.0000"})
        sheet.write_row(0, 0, results.column_names, bold)
        for place, line in enumerate(results.to_pylist(), start=1):
            for column, value in enumerate(line.values()):
                if value is not None:
                    sheet.write(place, column, value, number if isinstance(value, float) else None)
        sheet.freeze_panes(1, 0)
        sheet.autofilter(0, 0, results.num_rows, len(results.column_names) - 1)


def latex(results: pa.Table, *, digits: int = 4, caption: str = "") -> str:
    """A `tabular` with booktabs rules, in a `table` if it has a caption."""
    head = " & ".join(name.translate(_LATEX) for name in results.column_names)
    lines = [
        " & ".join(
            "--" if v is None else f"{v:.{digits}f}" if isinstance(v, float) else str(v).translate(_LATEX)
            for v in line.values()
        )
        for line in results.to_pylist()
    ]
    kinds = "".join("r" if name in (*_NUMBERS, "n") else "l" for name in results.column_names)
    body = "\n".join(f"{line} \\\\" for line in ["\\toprule\n" + head, *lines]).replace(
        f"{head} \\\\", f"{head} \\\\\n\\midrule", 1
    )
    tabular = f"\\begin{{tabular}}{{{kinds}}}\n{body}\n\\bottomrule\n\\end{{tabular}}\n"
    if not caption:
        return tabular
    return (
        f"\\begin{{table}}\n\\centering\n\\caption{{{caption.translate(_LATEX)}}}\n{tabular}\\end{{table}}\n"
    )
