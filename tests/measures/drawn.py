"""Small samples: drawn in text, by hypothesis, and the one share that is asked of them."""

from collections.abc import Sequence
from typing import Any

import pyarrow as pa
from hypothesis import strategies as st

from giamngheo.measures import results
from giamngheo.measures.design import Design, ratios


def rows_of(text: str) -> dict[str, list[Any]]:
    """A table drawn in text: names in the first line, numbers where they are numbers, '-' where missing."""
    names, *lines = (line.split() for line in text.strip().splitlines())
    return {name: [_value(line[place]) for line in lines] for place, name in enumerate(names)}


def _value(word: str) -> Any:
    if word == "-":
        return None
    try:
        return int(word)
    except ValueError:
        return float(word) if word.replace(".", "", 1).isdigit() else word


def line(made: Any, subgroup: str = "all") -> dict[str, Any]:
    (only,) = results.only(made, subgroup=subgroup)
    return only


def shared(table: Any, design: Design | None = None, by: Sequence[str] = ()) -> Any:
    return ratios(table, {"share": (table.x, table.one)}, by=by, design=design)


# Two strata of two clusters of two rows; 4 of 8 rows have x. u = (x - n/2)/8: 0 and 1/8 in A, -1/8 and 0 in B.
TWO = rows_of(
    """
    x one s p  g  h has
    1 1   A a1 k  r 4
    0 1   A a1 k  r 4
    1 1   A a2 k  q 4
    1 1   A a2 k  q 4
    0 1   B b1 l  q 8
    0 1   B b1 l  q 8
    1 1   B b2 l  r 8
    0 1   B b2 l  r 8
    """
)


PLAIN = {"x": [1, 0, 1, 0], "one": [1, 1, 1, 1], "s": ["A", "A", "B", "B"], "p": ["a", "b", "c", "d"]}
DRAWN = {"strata": "s", "psu": "p"}


SAMPLED = st.lists(
    st.tuples(
        st.sampled_from("ABC"),
        st.sampled_from("123"),
        st.sampled_from("gh"),
        st.integers(0, 3),
        st.sampled_from([0, 1, 1, 2, None]),
        st.sampled_from([0, 2, 2, 3]),
    ),
    min_size=1,
    max_size=24,
)


def laid(rows: Sequence[Any]) -> dict[str, Any]:
    stratum, cluster, group, weight, x, one = (list(column) for column in zip(*rows, strict=True))
    return {
        "s": stratum, "p": [a + b for a, b in zip(stratum, cluster, strict=True)], "g": group,
        "w": [float(w) for w in weight], "x": pa.array(x, pa.float64()), "one": one,
        "has": [{"A": 3, "B": 5, "C": 9}[s] for s in stratum],
    }  # fmt: skip
