"""Pictures of tidy results: bars with intervals, contributions, curves, survival, transitions; readable in grey.

Every function takes a table of results (`results`) and gives an Altair chart, which a notebook shows and `write` keeps as
SVG, PNG or Vega-Lite JSON. Series differ by dash or mark as well as by shade. Nothing is computed here: what
is drawn is the estimates, and intervals where the results have them. Raises EmptyGroupError where there is nothing to draw.
"""

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import altair as alt
import pyarrow as pa

from giamngheo.measures import results
from giamngheo.measures.errors import EmptyGroupError, ParameterError

#: From light to dark, so that paper keeps their order.
SHADES = ("#cfdcec", "#a9c1de", "#7f9fca", "#557cb2", "#335990", "#17325c")
_INK = "#17325c"
#: An order in which neighbours differ most.
_APART = (0, 3, 1, 4, 2, 5)
_KINDS = (".svg", ".png", ".json")


def bars(made: pa.Table, measure: str, *, k: float | None = None, title: str = "") -> alt.Chart:
    """A measure by group, largest first, with its interval; everyone as a line across."""
    lines = _at_one(_lines(made, measure, k))
    groups = [line for line in lines if line["subgroup"] != results.ALL] or lines
    x = alt.X("estimate:Q", title=title or measure, scale=alt.Scale(zero=True))
    y = alt.Y("subgroup:N", sort="-x", title=None)
    drawn = [alt.Chart(_values(groups)).mark_bar(color=SHADES[2]).encode(x=x, y=y)]
    if known := [line for line in groups if line["ci_low"] is not None]:
        whisker = alt.Chart(_values(known)).encode(
            y=y, x=alt.X("ci_low:Q", title=title or measure), x2="ci_high:Q"
        )
        drawn.append(whisker.mark_rule(color=_INK, strokeWidth=2))
    if everyone := [line for line in lines if line["subgroup"] == results.ALL and line not in groups]:
        drawn.append(
            alt.Chart(_values(everyone)).mark_rule(color=_INK, strokeDash=[5, 3]).encode(x="estimate:Q")
        )
    return alt.layer(*drawn)


def contributions(made: pa.Table, *, k: float | None = None, title: str = "M0") -> alt.Chart:
    """What each indicator contributes to M0 of each group (`contribution:<j>`), stacked: the bar is M0."""
    names = [m for m in dict.fromkeys(made["measure"].to_pylist()) if m.startswith("contribution:")]
    lines = [
        line | {"indicator": name.removeprefix("contribution:"), "place": place}
        for place, name in enumerate(names)
        for line in _at_one(_lines(made, name, k))
    ]
    if not lines:
        raise EmptyGroupError(group="contribution:…", rule="results")
    shade = alt.Color(
        "indicator:N", title=None, sort=None,
        scale=alt.Scale(domain=[n.removeprefix("contribution:") for n in names], range=[SHADES[_APART[p % 6]] for p in range(len(names))]),
    )  # fmt: skip
    return alt.Chart(_values(lines)).mark_bar(stroke="white", strokeWidth=1).encode(
        x=alt.X("estimate:Q", title=title, stack=True), y=alt.Y("subgroup:N", title=None), color=shade, order="place:Q"
    )  # fmt: skip


def curve(made: pa.Table, measure: str, *, title: str = "", across: str = "k") -> alt.Chart:
    """A measure over k, a line a group: cut-offs, percentiles (growth incidence); bands where there are intervals."""
    lines = [line for line in _lines(made, measure, None) if line["k"] is not None]
    if not lines:
        raise EmptyGroupError(group=measure, rule="k")
    return _curve(lines, measure, title, across, "linear")


def survival(made: pa.Table, *, title: str = "survival", across: str = "k") -> alt.Chart:
    """Kaplan–Meier's steps from 1 at k = 0, with their band."""
    lines = _lines(made, "survival", None)
    start = [
        line | {"k": 0.0, "estimate": 1.0, "ci_low": None}
        for line in {x["subgroup"]: x for x in lines}.values()
    ]
    return _curve([*start, *lines], "survival", title, across, "step-after")


def lorenz(made: pa.Table, *, title: str = "lorenz", across: str = "k") -> alt.Chart:
    """Lorenz curves from (0, 0), beside the diagonal where all have the same."""
    lines = _lines(made, "lorenz", None)
    start = [
        line | {"k": 0.0, "estimate": 0.0, "ci_low": None}
        for line in {x["subgroup"]: x for x in lines}.values()
    ]
    return alt.layer(_diagonal(), _curve([*start, *lines], "lorenz", title, across, "linear"))


def roc(made: pa.Table, *, title: str = "true_positive", across: str = "false_positive") -> alt.Chart:
    """The ROC curve of a score from (0, 0) to (1, 1), beside the diagonal of a score that tells nothing."""
    false = {(line["subgroup"], line["k"]): line["estimate"] for line in _lines(made, "false_positive", None)}
    lines = [
        line | {"k": false[line["subgroup"], line["k"]]}
        for line in _lines(made, "true_positive", None)
        if (line["subgroup"], line["k"]) in false
    ]
    corners = [
        {"subgroup": group, "k": end, "estimate": end}
        for group in dict.fromkeys(line["subgroup"] for line in lines)
        for end in (0.0, 1.0)
    ]
    return alt.layer(_diagonal(), _curve([*corners, *lines], "true_positive", title, across, "linear"))


def _diagonal() -> alt.Chart:
    ends = alt.Chart(_values([{"k": 0.0, "estimate": 0.0}, {"k": 1.0, "estimate": 1.0}]))
    return ends.mark_line(color="#8a94a3", strokeWidth=1).encode(x="k:Q", y="estimate:Q")


def transitions(made: pa.Table, *, k: float | None = None, subgroup: str = results.ALL) -> alt.Chart:
    """The transition matrix as a table of shades with its numbers: from (rows) to (columns). k None: all rounds."""
    lines = []
    for line in made.to_pylist():
        if line["measure"].startswith("transition:") and (line["subgroup"], line["k"]) == (subgroup, k):
            start, end = line["measure"].removeprefix("transition:").split(">")
            lines.append({"from": start, "to": end, "estimate": line["estimate"]})
    if not lines:
        raise EmptyGroupError(group=subgroup, rule="transition:…")
    chart = alt.Chart(_values(lines)).encode(
        x=alt.X("to:N", sort=None, axis=alt.Axis(labelAngle=0)), y=alt.Y("from:N", sort=None)
    )
    shade = alt.Color("estimate:Q", scale=alt.Scale(domain=[0, 1], range=[SHADES[0], SHADES[5]]), legend=None)
    ink = alt.condition("datum.estimate > 0.5", alt.value("white"), alt.value(_INK))
    cells = chart.mark_rect(stroke="white").encode(color=shade)
    return alt.layer(
        cells, chart.mark_text().encode(text=alt.Text("estimate:Q", format=".2f"), color=ink)
    ).properties(width=alt.Step(72), height=alt.Step(36))


def write(chart: alt.Chart, path: Path, *, scale: float = 2) -> None:
    """The chart as .svg, .png (`scale` times as fine) or .json, drawn here without a browser. Raises ParameterError."""
    if path.suffix not in _KINDS:
        raise ParameterError(name="path", value=path.name, rule=" | ".join(_KINDS))
    chart.save(str(path), **({"scale_factor": scale} if path.suffix == ".png" else {}))


def _lines(made: pa.Table, measure: str, k: float | None) -> list[dict[str, Any]]:
    """The lines of a measure that can be drawn, at k or at whatever k there is."""
    lines = [
        line
        for line in results.only(made, measure=measure)
        if line["estimate"] is not None and (k is None or line["k"] == k)
    ]
    if not lines:
        raise EmptyGroupError(group=measure, rule="results" if k is None else f"k = {k}")
    return lines


def _at_one(lines: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """The lines if they are of one cut-off: bars of several would lie on one another. Raises ParameterError."""
    cutoffs = sorted({line["k"] for line in lines if line["k"] is not None})
    if len(cutoffs) > 1:
        raise ParameterError(name="k", value=None, rule=" | ".join(f"{k:g}" for k in cutoffs))
    return lines


def _curve(
    lines: Sequence[dict[str, Any]], measure: str, title: str, across: str, interpolate: Any
) -> alt.Chart:
    x = alt.X("k:Q", title=across)
    y = alt.Y("estimate:Q", title=title or measure)
    many = len({line["subgroup"] for line in lines}) > 1
    looks: dict[str, Any] = {"detail": "subgroup:N"}
    if many:
        looks["strokeDash"] = alt.StrokeDash("subgroup:N", title=None)
        looks["color"] = alt.Color(
            "subgroup:N", title=None, scale=alt.Scale(range=[SHADES[5], SHADES[3], SHADES[4]])
        )
    line = (
        alt.Chart(_values(lines))
        .mark_line(interpolate=interpolate, color=_INK, point=True)
        .encode(x=x, y=y, **looks)
    )
    known = [one for one in lines if one.get("ci_low") is not None]
    if not known:
        return line
    band = alt.Chart(_values(known)).mark_area(interpolate=interpolate, opacity=0.25, color=SHADES[2])
    return alt.layer(
        band.encode(x=x, y=alt.Y("ci_low:Q", title=title or measure), y2="ci_high:Q", detail="subgroup:N"),
        line,
    )


def _values(lines: Sequence[Mapping[str, Any]]) -> alt.Data:
    """Rows within the chart itself: it can be kept and drawn without the table."""
    return alt.Data(values=[dict(line) for line in lines])
