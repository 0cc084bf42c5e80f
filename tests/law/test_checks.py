"""The law's files are in order, and the check finds what is not, with file and line."""

import datetime as dt
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from click.testing import CliRunner

from giamngheo.base.law import law_dir
from giamngheo.cli.law import command
from giamngheo.rules import facts as facts_module
from giamngheo.rules.checks import check_law, unverified
from giamngheo.rules.describe import reference
from giamngheo.rules.errors import NoStandardError
from giamngheo.rules.standards import standard_on, standards

DOCS = Path(__file__).resolve().parents[2] / "docs"


def test_the_law_is_in_order() -> None:
    problems, found = check_law(with_cases=False)
    assert problems == []
    assert [standard.slug for standard in found] == ["2016-2020", "2022-2026", "2027-2030"]


def test_every_day_has_one_standard() -> None:
    day, slugs = dt.date(2015, 11, 19), []
    while day <= dt.date(2030, 12, 31):
        assert sum(standard.holds_on(day) for standard in standards().values()) == 1
        slugs.append(standard_on(day).slug)
        day += dt.timedelta(days=1)
    assert slugs.count("2016-2020") == (dt.date(2021, 12, 31) - dt.date(2015, 11, 18)).days


@pytest.mark.parametrize("day", [dt.date(2015, 11, 18), dt.date(2031, 1, 1)])
def test_outside_is_refused_in_words(day: dt.date) -> None:
    with pytest.raises(NoStandardError, match="không có chuẩn nghèo nào") as refused:
        standard_on(day)
    assert "No standard" in refused.value.sentence("en")


def test_what_is_recalled_is_never_verified() -> None:
    for standard in standards().values():
        assert unverified(standard)
        for citation in standard.citations.values():
            assert not (citation.verified and "MEM" in citation.source)


@pytest.fixture
def copied(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Callable[[str, str, str], list[str]]]:
    """Changes one line of a copy of the law and returns the problems found."""
    law = tmp_path / "law"
    for name in ("facts.yaml", "ethnic_groups.yaml", "sources.yaml"):
        (law / "standards").mkdir(parents=True, exist_ok=True)
        shutil.copy(law_dir() / name, law / name)
    shutil.copytree(law_dir() / "standards", law / "standards", dirs_exist_ok=True)
    shutil.copytree(law_dir() / "procedures", law / "procedures")
    shutil.copytree(law_dir() / "policies", law / "policies")
    shutil.copy(law_dir() / "clocks.yaml", law / "clocks.yaml")
    shutil.copy(law_dir() / "workdays.yaml", law / "workdays.yaml")
    monkeypatch.setenv("GIAMNGHEO_LAW", str(law))

    def change(slug: str, old: str, new: str) -> list[str]:
        path = law / slug if slug.endswith(".yaml") else law / "standards" / slug / "standard.yaml"
        text = path.read_text("utf-8")
        assert old in text
        path.write_text(text.replace(old, new, 1), "utf-8")
        facts_module.facts.cache_clear()
        return [f"{Path(p.file).name}:{p.line}: {p.sentence}" for p in check_law(with_cases=False)[0]]

    yield change
    monkeypatch.undo()
    facts_module.facts.cache_clear()


@pytest.mark.parametrize(
    ("slug", "old", "new", "problem"),
    [
        ("2016-2020", "  cite: lines\n", "", "con số lower không có căn cứ"),
        ("2016-2020", "lower: 700000,", "lower: 700000, lower: 1,", "hai lần"),
        ("2016-2020", "to: 2021-12-31", "to: 2022-03-31", "chồng lên"),
        ("2022-2026", "from: 2022-01-01", "from: 2022-02-01", "không có chuẩn nào từ 31/12/2021"),
        ("2022-2026", "rule: any_member_without", "rule: any_member_lacking", "không có quy tắc any_member_lacking"),
        ("2022-2026", "answers: [tap,", "answers: [taps,", "không có câu trả lời taps"),
        ("2016-2020", "points: [75, 75, 70,", "points: [75, 70,", "cần 7 điểm"),
        ("2016-2020", "source: [MEM], confidence: high, verified: false", "source: [MEM], confidence: high, verified: true",
         "theo trí nhớ"),
        ("2016-2020", "source: [S3, S4]", "source: [S3, S999]", "nguồn S999 không có"),
        ("2016-2020", "lower: 700000, upper: 1000000", "lower: 1700000, upper: 1000000", "phải tăng dần"),
        ("2027-2030", "indicators_unknown:", "indicators_known:", "indicators_unknown"),
        ("2027-2030", "rule: poor_by", "rules: poor_by", "thiếu rule"),
    ],
)  # fmt: skip
def test_what_is_wrong_is_found(
    copied: Callable[[str, str, str], list[str]], slug: str, old: str, new: str, problem: str
) -> None:
    found = copied(slug, old, new)
    assert any(problem in line and line.startswith("standard.yaml:") for line in found), found


@pytest.mark.parametrize(
    ("file", "old", "new", "problem"),
    [
        ("policies/electricity/policy.yaml", "fact: on_grid", "fact: on_gird", "không có dữ kiện “on_gird”"),
        ("policies/electricity/policy.yaml", "clock: power_30kwh", "clock: power_40kwh", "không có đồng hồ “power_40kwh”"),
        ("policies/land-2085/policy.yaml", "with: [job-change-2085]", "with: [job-change-2086]", "không có chính sách “job-change-2086”"),
        ("policies/loan-poor/policy.yaml", "status: poor", "status: por", "status không có “por”"),
        ("policies/loan-poor/policy.yaml", "kind: not_together", "kind: not_both", "không có quan hệ “not_both”"),
        ("policies/birth-grant/policy.yaml", "cite: act}", "cite: nothing}", "không có căn cứ"),
        ("policies/preschool-lunch-2018/policy.yaml", "area: [difficult-communes", "area: [easy-communes", "area không có “easy-communes”"),
        ("policies/covid-2020/policy.yaml", "to: 2020-06-30", "to: 2020-03-30", "kết thúc trước khi bắt đầu"),
        ("policies/birth-grant/policy.yaml", "in_force: {from: 2015-06-15", "in_force: {from: 2015-06-31", "không có ngày 2015-06-31"),
        ("policies/birth-grant/policy.yaml", "in_force: {from: 2015-06-15", "in_force: {from: giữa 2015", "from phải là ngày"),
        ("policies/birth-grant/policy.yaml", "amount: 2000000", "amount: hai triệu", "amount phải là số nguyên không âm, không phải 'hai triệu'"),
        ("policies/birth-grant/policy.yaml", "who:", "whom:", "không có khoá “whom”"),
        ("policies/birth-grant/policy.yaml", "id: H5", "id: H4", "id “H4” đã là của"),
        ("policies/housing-loan-2015/policy.yaml", "ceiling:", "ceilingg:", "không có khoá “ceilingg”"),
        ("policies/housing-loan-2015/policy.yaml", "choose: rank", "chooses: rank", "không có khoá “chooses”"),
        ("policies/housing-loan-2015/policy.yaml", "unless: destroyed", "unless: burnt", "unless phải là destroyed"),
        ("policies/electricity/policy.yaml", "if: {status: poor}", "iff: {status: poor}", "không có khoá “iff”"),
        ("policies/electricity/policy.yaml", "times: 12", "times: 900", "phải từ 1 đến 12"),
        ("policies/electricity/policy.yaml", "per: month\n    times: 12", "per: month", "phải nói mấy lần một năm"),
        ("policies/electricity/policy.yaml", '{code: social_off_grid, name: {vi: "có người hưởng trợ cấp xã hội, ở', '{code: social_on_grid, name: {vi: "có người hưởng trợ cấp xã hội, ở', "mã “social_on_grid” viết hai lần"),
        ("policies/electricity/policy.yaml", "group: housing", "group: houses", "group phải là một trong"),
        ("policies/emergency-rice/policy.yaml", "unit: kg_rice", "unit: kg_rye", "không có đơn vị “kg_rye”"),
        ("clocks.yaml", "from: 2016-05-01, to: 2017-06-30", "from: 2016-05-02, to: 2017-06-30", "không có giá trị từ 30/04/2016"),
        ("clocks.yaml", "to: 2016-04-30", "to: 2016-05-30", "chồng lên giá trị trước"),
        ("procedures/qd-24-2021.yaml", "from: 2021-09-01", "from: 2021-08-01", "chồng lên"),
        ("procedures/qd-24-2021.yaml", "from: 2021-09-01", "from: 2021-10-01", "không có quy trình nào từ 31/08/2021"),
        ("procedures/qd-24-2021.yaml", "posting: {cite: posting, days: 3", "posting: {cite: post, days: 3", "không có căn cứ “post”"),
        ("procedures/qd-24-2021.yaml", "posting: {cite: posting, days: 3", "posting: {days: 3", "không có căn cứ (cite)"),
        ("procedures/qd-24-2021.yaml", "unit: workdays", "unit: hours", "unit phải là"),
        ("procedures/qd-24-2021.yaml", "share: 50", "share: 150", "từ 1 đến 100"),
        ("procedures/qd-24-2021.yaml", 'official: "12-20"', 'official: "11-10"', "sơ bộ phải trước"),
        ("procedures/qd-24-2021.yaml", "has_district: true", "has_district: false", "có cấp huyện"),
        ("procedures/qd-24-2021.yaml", "reposting:", "repost:", "thiếu reposting"),
        ("procedures/qd-24-2021.yaml", "{value: 15, cite: batch}", "{value: 31, cite: batch}", "ngày của tháng"),
        ("procedures/tt-17-2016.yaml", "source: [S6]", "source: [S777]", "nguồn S777 không có"),
        ("workdays.yaml", "off: 2026-01-02", "off: 2026-01-03", "ngày thường"),
        ("workdays.yaml", "worked: 2026-01-10, cite: swap_2026", "worked: 2026-01-10", "không có căn cứ"),
    ],
)  # fmt: skip
def test_what_is_wrong_in_a_procedure_is_found(
    copied: Callable[[str, str, str], list[str]], file: str, old: str, new: str, problem: str
) -> None:
    found = copied(file, old, new)
    at = f"{Path(file).name}:"
    if file.startswith("policies/"):  # the line too: a policy is many lines of the same few words
        at += str((law_dir() / file).read_text("utf-8").split(new)[0].count("\n") + 1)
    assert any(problem in line and line.startswith(at) for line in found), found


def test_a_step_that_leads_nowhere_is_found(monkeypatch: pytest.MonkeyPatch) -> None:
    from giamngheo.rules import workflow

    without = tuple(t for t in workflow.TRANSITIONS if t.action not in ("end_posting", "recheck"))
    monkeypatch.setattr(workflow, "TRANSITIONS", tuple(t for t in without if t.from_state != "posting"))
    found = [problem.sentence for problem in check_law(with_cases=False)[0]]
    assert any("“Đang niêm yết” không đi tiếp được" in line for line in found), found


def test_the_check_runs_the_cases_and_says_what_waits_for_a_reading_in_words(
    copied: Callable[[str, str, str], list[str]],
) -> None:
    """On a copy of the law with the first case of each standard and of one policy: test_cases and test_policies have all."""
    original, one = Path(__file__).resolve().parents[2] / "law", "policies/birth-grant/cases.yaml"
    assert copied(one, "name:", "name: ") == []
    for folder in ("areas", "indicators", "resolutions"):
        (law_dir() / folder).symlink_to(original / folder)
    for path in (*law_dir().glob("policies/*/cases.yaml"), law_dir() / "policies" / "questions.yaml"):
        if path != law_dir() / one:
            path.unlink()
    for path in law_dir().glob("*/*/cases.yaml"):
        first = "\n  - name:".join(path.read_text("utf-8").split("\n  - name:")[:2])
        path.write_text(first, "utf-8")
    ran = CliRunner().invoke(command, ["check"])
    assert ran.exit_code == 0, ran.output
    said = ran.output
    assert "QĐ 24/2021/QĐ-TTg: niêm yết; niêm yết lại" in said
    assert "biết ngày hoán đổi đến hết năm 2026" in said and "nghỉ 02/01/2026" in said
    assert copied(one, 'state: "yes"', 'state: "no"') == []
    assert CliRunner().invoke(command, ["check"]).exit_code == 1  # a case that comes out otherwise


def test_show_names_the_standard_of_the_day() -> None:
    shown = CliRunner().invoke(command, ["show", "01/11/2019"])
    assert shown.exit_code == 0
    assert "2016-2020" in shown.output
    assert "700.000" in shown.output and "TT 17/2016, sửa bởi TT 14/2018" in shown.output
    assert CliRunner().invoke(command, ["show", "2014-01-01"]).exit_code == 1
    assert CliRunner().invoke(command, ["show", "hôm nay"]).exit_code == 2


def test_the_reference_page_is_current() -> None:
    assert (DOCS / "reference" / "standards.md").read_text("utf-8") == reference(), (
        "Run: python -c 'from giamngheo.rules.describe import reference; print(reference(), end=str())'"
        " > docs/reference/standards.md"
    )
