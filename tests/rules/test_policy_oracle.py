"""The column engine and the naive oracle agree on the rights of random households with holes in them, under every policy."""

import datetime as dt
from dataclasses import replace
from typing import Any

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from giamngheo.base.periods import Period
from giamngheo.base.yaml import load_yaml
from giamngheo.rules.area_lists import Entry, area_lists
from giamngheo.rules.clocks import LAST_DAY
from giamngheo.rules.engine import arrow
from giamngheo.rules.entitle import entitle
from giamngheo.rules.facts import Fact
from giamngheo.rules.law_of_day import law_of_day
from giamngheo.rules.policies import known, policies
from giamngheo.rules.stage import every_fact
from tests.rules.policy_oracle import Oracle, files

ALWAYS = Period(dt.date(1900, 1, 1), LAST_DAY)
LISTS = {
    slug: ["d"] if slug == "poor-districts" else [f"c{n}"] for n, slug in enumerate(sorted(area_lists()))
}
SUPPOSED = {
    slug: replace(area_lists()[slug], entries=(Entry(ALWAYS, tuple(codes)),), known=(ALWAYS,))
    for slug, codes in LISTS.items()
}
FILES = [load_yaml(path) for path in files()]
#: The facts that conditions of policies name.
READ = {
    leaf
    for policy in policies().values()
    for leaf in str(policy).replace("'", " ").split()
    if leaf in known().facts
}
ON = dt.date(2018, 9, 1)


def value_of(fact: Fact) -> st.SearchStrategy[Any]:
    if fact.type == "bool":
        return st.sampled_from([None, True, True, False])
    if fact.type == "choice":
        return st.sampled_from([None, *[option.code for option in fact.options]])
    return st.sampled_from([None, 0, 1, 2, 3, 4, 5, 7, 8, 10, 30, 31, 50, 51])


def rows_of(whose: str) -> st.SearchStrategy[dict[str, Any]]:
    return st.fixed_dictionaries({k: value_of(f) for k, f in every_fact(whose).items() if k in READ})


DAYS = st.sampled_from(
    [None, *[dt.date(2018, 9, 1) - dt.timedelta(days=n) for n in (0, 1, 1094, 1095, 1096, 1827, 9000)]]
)
HOMES = st.builds(
    lambda facts, keys: {**facts, **keys},
    rows_of("household"),
    st.fixed_dictionaries(
        {
            "status": st.sampled_from([None, "poor", "poor", "near_poor", "none"]),
            "poor_type": st.sampled_from([None, "income", "deprivation"]),
            "left_poor_on": DAYS,
            "left_near_poor_on": DAYS,
            "commune": st.sampled_from([None, "x", *[f"c{n}" for n in range(len(LISTS))]]),
            "district": st.sampled_from([None, "d", "e"]),
        }
    ),
)
MEMBERS = st.builds(
    lambda facts, keys: {**facts, **keys},
    rows_of("member"),
    st.fixed_dictionaries(
        {
            "birth_date": st.sampled_from([None, *[dt.date(2018 - n, 9, 1 + d) for n in (0, 3, 4, 6, 16, 60, 80) for d in (0, 1)]]),
            "birth_year": st.sampled_from([None, 2015, 2012, 1958, 1938]),
            "ethnic": st.sampled_from([None, "01", "08", "41", "55", "56"]),
            "relation": st.sampled_from(["head", "child", None]),
        }
    ),
)  # fmt: skip


@settings(max_examples=8, deadline=None, suppress_health_check=list(HealthCheck))
@given(cases=st.lists(st.tuples(HOMES, st.lists(MEMBERS, min_size=1, max_size=3)), min_size=10, max_size=25))
def test_engine_and_oracle_agree(cases: list[tuple[dict[str, Any], list[dict[str, Any]]]]) -> None:
    homes, people = [], []
    for number, (home, members) in enumerate(cases):
        homes.append({"household": number, **home})
        people += [{"household": number, "person": n, **member} for n, member in enumerate(members)]
    rows = entitle(
        arrow(homes), arrow(people), on=ON, law=law_of_day(ON, lists=SUPPOSED), unknown=True
    ).to_pylist()
    found = {
        (r["policy"], r["benefit"], r["household"], r["person"]): (r["state"], r["amount"]) for r in rows
    }
    expected = {}
    for number, (home, members) in enumerate(cases):
        oracle = Oracle(ON, home, members, LISTS)
        for file in FILES:
            span = file["in_force"]
            if not span["from"] <= ON <= span.get("to", dt.date.max):
                continue
            for benefit in file["benefits"]:
                subjects = enumerate(members) if file["unit"] == "person" else [(None, {})]
                for person, facts in subjects:
                    right = oracle.right(file, benefit, facts)
                    if right:
                        expected[file["slug"], benefit["code"], number, person] = right
    assert found == expected
