"""The column engine and the naive oracle agree on random households with holes in them, under every standard."""

import datetime as dt
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from giamngheo.rules.engine import FEW, arrow, assess
from giamngheo.rules.facts import Fact, household_facts, member_facts
from giamngheo.rules.standards import Standard, standards
from tests.rules.oracle import judge

LINES = [700000, 900000, 1000000, 1300000, 1500000, 1950000, 2000000, 2250000, 2200000, 2800000, 3000000]
NEAR_LINES = st.builds(
    lambda line, off, part: int(line * part) + off,
    st.sampled_from(LINES), st.integers(-1, 1), st.sampled_from([0.95, 1, 1, 1, 1.05, 0.5, 1.2]),
)  # fmt: skip
B1 = st.builds(
    lambda line, off: line + off, st.sampled_from([114, 120, 126, 133, 140, 147, 150, 175, 200, 250]), st.integers(-1, 1)
)  # fmt: skip
DAYS = st.sampled_from(
    [dt.date(2015, 12, 31), dt.date(2019, 11, 1), dt.date(2020, 2, 29), dt.date(2023, 3, 1)]
)
BIRTHS = st.builds(
    lambda years, off: dt.date(2019, 11, 1) - dt.timedelta(days=round(years * 365.2425) + off),
    st.sampled_from([3, 5, 6, 12, 15, 16, 18, 30, 31, 33.83, 33.84, 70]), st.integers(-400, 2),
)  # fmt: skip


def value_of(fact: Fact) -> st.SearchStrategy[Any]:
    special: dict[str, st.SearchStrategy[Any]] = {
        "income_per_head": NEAR_LINES, "b1_points": B1, "b2_points": st.integers(0, 12).map(lambda n: n * 10),
        "deprived_count": st.integers(0, 12), "persons": st.integers(1, 6), "birth_date": BIRTHS,
        "birth_year": st.integers(1984, 2020), "housing_area_m2": st.sampled_from([7.9, 8.0, 15.9, 16.0, 40.0, 31.99]),
    }  # fmt: skip
    if fact.key in special:
        return special[fact.key]
    return st.booleans() if fact.type == "bool" else st.sampled_from([option.code for option in fact.options])


SKIPPED = {"causes", "ethnic", "sex", "relation"}
#: Totals on the form are rare, or they would hide what the indicators say.
RARE = {"b1_points", "b2_points", "deprived_count", "persons"}


def rows_of(facts: dict[str, Fact]) -> st.SearchStrategy[dict[str, Any]]:
    def holed(fact: Fact) -> st.SearchStrategy[Any]:
        known = [value_of(fact)] * (1 if fact.key in RARE or fact.key.startswith("tick_") else 3)
        return (
            st.one_of(st.none(), *known) if fact.key not in RARE else st.one_of(st.none(), st.none(), *known)
        )

    return st.fixed_dictionaries({key: holed(fact) for key, fact in facts.items() if key not in SKIPPED})


HOUSEHOLDS = st.lists(
    st.tuples(
        rows_of(dict(household_facts())),
        st.sampled_from(["rural", "rural", "urban", "urban", None]),
        DAYS,
        st.lists(rows_of(dict(member_facts())), max_size=4),
    ),
    min_size=1,
    max_size=12,
)


@pytest.mark.parametrize("standard", standards().values(), ids=lambda s: s.slug)
@settings(max_examples=12, deadline=None, suppress_health_check=list(HealthCheck))
@given(households=HOUSEHOLDS)
def test_engine_and_oracle_agree(standard: Standard, households: list[Any]) -> None:
    rows, people = [], [{"household": -1}]
    for number, (facts, area, on, members) in enumerate(households):
        rows.append({"household": number, "area_type": area, "on": on, **facts})
        people += [{"household": number, **member} for member in members]
    for times in (1, FEW // 4):  # a few rows run prepared, many run planned
        many = [{**row, "household": row["household"] + 1000 * n} for n in range(times) for row in rows]
        many_people = [{**p, "household": p["household"] + 1000 * n} for n in range(times) for p in people]
        found = {
            row["household"]: row for row in assess(arrow(many), arrow(many_people), standard).to_pylist()
        }
        assert len(found) == len(many)
        for number, (facts, area, on, members) in enumerate(households):
            expected = judge(standard.slug, {"area_type": area, **facts}, members, on)
            seen = found[number + 1000 * (times - 1)]
            assert {key: seen[key] for key in expected} == expected
            assert seen["borderline"] == (expected["borderline_why"] is not None)
