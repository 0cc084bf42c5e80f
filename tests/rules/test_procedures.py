"""The procedures: which one holds on a day, what their clocks and shares say at their borders, and their table of steps."""

import datetime as dt
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from giamngheo.rules.describe_procedure import describe_procedure, reference, rests_on, rules_of, steps_of
from giamngheo.rules.errors import NoProcedureError, UnknownProcedureError
from giamngheo.rules.procedures import Procedure, clock, procedure_named, procedure_on, procedures
from giamngheo.rules.workdays import is_workday
from giamngheo.rules.workflow import (
    TRANSITIONS,
    WrongRoleError,
    WrongStepError,
    diagram,
    may,
    next_actions,
    transitions,
)

D = dt.date
DOCS = Path(__file__).resolve().parents[2] / "docs"
OLD, AMENDED, NEW, TWO_LEVEL = "tt-17-2016", "tt-17-2016-tt-14-2018", "qd-24-2021", "qd-24-2021-two-level"
ROLES = (
    "village_head",
    "commune_officer",
    "commune_chairman",
    "district_officer",
    "provincial_officer",
    "auditor",
)


@pytest.mark.parametrize(
    ("day", "slug"),
    [
        (D(2015, 11, 19), OLD), (D(2018, 11, 9), OLD), (D(2018, 11, 10), AMENDED), (D(2021, 8, 31), AMENDED),
        (D(2021, 9, 1), NEW), (D(2025, 6, 30), NEW), (D(2025, 7, 1), TWO_LEVEL),
    ],
)  # fmt: skip
def test_each_day_has_its_procedure(day: dt.date, slug: str) -> None:
    assert procedure_on(day).slug == slug


def test_a_day_without_one_and_a_name_unknown_are_refused() -> None:
    with pytest.raises(NoProcedureError, match="18/11/2015"):
        procedure_on(D(2015, 11, 18))
    with pytest.raises(UnknownProcedureError, match=NEW):
        procedure_named("tt-99")


@pytest.mark.parametrize(
    ("slug", "agree", "voters", "passes"),
    [
        (NEW, 15, 30, True), (NEW, 14, 30, False), (NEW, 14, 27, True), (NEW, 13, 27, False),  # from half
        (OLD, 15, 30, False), (OLD, 16, 30, True), (OLD, 14, 27, True), (OLD, 13, 27, False),  # more than half
        (NEW, 0, 0, False), (OLD, 1, 1, True),
    ],
)  # fmt: skip
def test_the_share_that_carries_a_household(slug: str, agree: int, voters: int, passes: bool) -> None:
    assert procedure_named(slug).meeting.passes(agree, voters) is passes


@pytest.mark.parametrize(
    ("slug", "name", "start", "due"),
    [
        (AMENDED, "posting", D(2020, 12, 8), D(2020, 12, 16)),  # seven working days, the first counted
        (NEW, "posting", D(2021, 10, 13), D(2021, 10, 15)),  # three
        (NEW, "posting", D(2021, 10, 16), D(2021, 10, 20)),
        (NEW, "reposting", D(2021, 10, 27), D(2021, 10, 29)),
        (NEW, "district_answer", D(2021, 10, 15), D(2021, 10, 22)),
        (AMENDED, "district_answer", D(2020, 12, 21), D(2020, 12, 30)),
        (NEW, "regular", D(2021, 10, 15), D(2021, 10, 30)),  # fifteen days, a Saturday or not
        (NEW, "regular", D(2021, 10, 1), D(2021, 10, 30)),  # requests are taken together from the 15th
        (NEW, "regular", D(2021, 10, 16), D(2021, 11, 30)),
        (TWO_LEVEL, "regular", D(2025, 12, 31), D(2026, 1, 30)),
        (NEW, "posting", D(2022, 1, 28), D(2022, 2, 8)),  # hung on the Friday before Tết
        (NEW, "posting", D(2022, 4, 29), D(2022, 5, 5)),  # over 30/4 and 1/5, given back on the 2nd and 3rd
        (NEW, "recheck", D(2021, 10, 15), D(2021, 10, 26)),  # begun on a Friday
        (AMENDED, "regular", D(2019, 1, 28), D(2019, 2, 13)),  # seven working days over Tết
    ],
)
def test_the_clocks(slug: str, name: str, start: dt.date, due: dt.date) -> None:
    assert clock(procedure_named(slug), name, start).due_on == due


@pytest.mark.parametrize(("slug", "name"), [(OLD, "reposting"), (TWO_LEVEL, "district_answer")])
def test_a_clock_the_procedure_does_not_have(slug: str, name: str) -> None:
    with pytest.raises(KeyError):
        clock(procedure_named(slug), name, D(2021, 10, 15))


@given(st.sampled_from([OLD, AMENDED, NEW, TWO_LEVEL]), st.dates(D(2015, 1, 1), D(2030, 10, 1)), st.data())
def test_a_due_day_is_never_before_the_start_nor_a_holiday_and_later_starts_are_due_no_sooner(
    slug: str, start: dt.date, data: st.DataObject
) -> None:
    procedure = procedure_named(slug)
    name = data.draw(st.sampled_from(["posting", "recheck", "district_answer", "reposting", "regular"]))
    limit = procedure.regular.limit if name == "regular" else getattr(procedure, name)
    if limit is None:
        return
    running = clock(procedure, name, start)
    assert start <= running.starts_on <= running.due_on
    assert limit.unit == "days" or is_workday(running.due_on)
    assert running.due_on <= clock(procedure, name, start + dt.timedelta(days=1)).due_on


@pytest.mark.parametrize(
    ("slug", "rule", "act"),
    [
        (OLD, "lists", "TT 17/2016/TT-BLĐTBXH, Điều 6"),
        (OLD, "reposting", "TT 17/2016/TT-BLĐTBXH, Điều 6"),
        (OLD, "decision", "TT 17/2016/TT-BLĐTBXH, Điều 2"),
        (AMENDED, "regular", "TT 14/2018/TT-BLĐTBXH, Điều 1 (sửa Điều 5 TT 17/2016)"),
        (NEW, "lists", "QĐ 24/2021/QĐ-TTg"),
    ],
)
def test_a_refusal_names_the_act_of_its_own_part(slug: str, rule: str, act: str) -> None:
    assert procedure_named(slug).rule_words(rule) == act


@pytest.mark.parametrize(
    ("slug", "says"),
    [
        (NEW, "15 ngày kể từ 15/11/2021 (QĐ 24/2021/QĐ-TTg)"),
        (OLD, "7 ngày làm việc (TT 17/2016/TT-BLĐTBXH, Điều 5)"),
    ],
)
def test_a_receipt_says_from_when_the_days_are_counted(slug: str, says: str) -> None:
    assert procedure_named(slug).regular.limit_words(D(2021, 10, 20)) == says


def test_a_clock_warns_before_it_is_late() -> None:
    running = clock(procedure_named(NEW), "district_answer", D(2021, 10, 15))
    assert running.holder == "district_officer"
    states = {day: running.state_on(D(2021, 10, day)) for day in (15, 18, 19, 22, 23)}
    assert states == {15: "running", 18: "running", 19: "warning", 22: "warning", 23: "late"}


@pytest.mark.parametrize(
    ("slug", "reports"),
    [(AMENDED, ((), "15/11", "15/12")), (NEW, (tuple(range(2, 10)), "15/11", "20/12"))],
)
def test_the_deadlines_of_a_year(slug: str, reports: tuple[tuple[int, ...], str, str]) -> None:
    found = procedure_named(slug)
    months = tuple(day.month for day in found.periodic_report.due_in(2022) if day.day == 5)
    days = (found.preliminary_report, found.official_report)
    assert (months, *(f"{d.day_in(2022):%d/%m}" for d in days)) == reports


# --- the table of steps


def states(procedure: Procedure, of: str) -> set[str]:
    own = [t for t in transitions(procedure) if t.of == of]
    return {t.from_state for t in own} | {t.to_state for t in own}


@pytest.mark.parametrize("slug", [OLD, AMENDED, NEW, TWO_LEVEL])
def test_every_step_from_every_state_by_every_role_is_allowed_or_refused_by_the_table(slug: str) -> None:
    procedure = procedure_named(slug)
    table = list(transitions(procedure))
    for of in ("village", "commune"):
        for state in states(procedure, of):
            for action in {t.action for t in table if t.of == of}:
                rows = [t for t in table if (t.of, t.from_state, t.action) == (of, state, action)]
                for role in ROLES:
                    if rows and role in rows[0].who:
                        assert may(procedure, of, state, action, role) == rows[0]
                        assert rows[0] in next_actions(procedure, of, state, role)
                        continue
                    refusal = WrongRoleError if rows else WrongStepError
                    with pytest.raises(refusal) as refused:
                        may(procedure, of, state, action, role)
                    assert refused.value.sentence("en") != refused.value.sentence("vi")


def test_with_a_district_it_answers_and_without_one_the_commune_decides() -> None:
    def decides_from(slug: str) -> set[str]:
        return {t.from_state for t in transitions(procedure_named(slug)) if t.action == "decide"}

    assert decides_from(NEW) == {"answered"}
    assert decides_from(TWO_LEVEL) == {"gathering"}
    assert not any(t.action == "send_to_district" for t in transitions(procedure_named(TWO_LEVEL)))


def test_auditors_province_and_leaders_take_no_step() -> None:
    assert {role for t in TRANSITIONS for role in t.who} == set(ROLES[:4])


def test_the_diagram_has_every_step_once() -> None:
    drawn = diagram(procedure_named(NEW))
    assert drawn.count(" --> ") == len(list(transitions(procedure_named(NEW)))) + 2
    assert "posting --> rechecking: gỡ niêm yết" in drawn


# --- in words


def test_the_reference_is_what_the_files_say() -> None:
    assert (DOCS / "reference" / "procedures.md").read_text("utf-8") == reference(), (
        "Run: .venv/bin/python -c \"from giamngheo.rules.describe_procedure import reference; print(reference(), end='')\""
        " > docs/reference/procedures.md"
    )


@pytest.mark.parametrize("language", ["vi", "en"])
def test_what_is_recalled_says_so(language: str) -> None:
    unsure = "not verified" if language == "en" else "chưa đối chiếu"
    for procedure in procedures().values():
        text = "\n".join(describe_procedure(procedure, language))
        assert unsure in text and procedure.name(language) in text
        assert len(rules_of(procedure, language)) == 17
        assert all(rests_on(procedure, ground, language) for ground in procedure.citations.values())
        assert len(steps_of(procedure, language)) == len(list(transitions(procedure)))
        assert all(not (c.verified and "MEM" in c.source) for c in procedure.citations.values())
