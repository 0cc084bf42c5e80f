"""A review from the lists to the decision, told once under each procedure of law."""

import pytest

from giamngheo.access.scope import acting_as
from giamngheo.registry.models import Household
from giamngheo.reviews import errors, queries
from giamngheo.reviews.actions import decisions, lists, postings
from giamngheo.reviews.actions.meetings import Said
from giamngheo.reviews.models import Objection, PostingLine, Recognition, VillageReview
from giamngheo.rules.procedures import procedure_named
from giamngheo.surveys.models import Verdict
from tests.reviews.conftest import NEAR_POOR, POOR, WELL, Commune, set_day, today


@pytest.fixture
def families(commune: Commune) -> dict[str, Household]:
    """Three households of the village, put on list 2c and visited: poor, near-poor, neither."""
    found = {
        "Giàng A Páo": (commune.household("Giàng A Páo 1975", "Vàng Thị Sua 1978 spouse"), POOR),
        "Sùng Thị Mỷ": (commune.household("Sùng Thị Mỷ 1980", "Sùng A Chư 2005 child"), NEAR_POOR),
        "Lý A Tủa": (commune.household("Lý A Tủa 1970"), WELL),
    }
    with acting_as(commune.cast.officer):
        for household, _answers in found.values():
            lists.add_household(of=commune.of, household=household, by=commune.cast.officer)
    with acting_as(commune.cast.head):
        lists.finish_lists(of=commune.dossier, by=commune.cast.head)
    for household, answers in found.values():
        commune.visit(household, answers)
    return {name: household for name, (household, _answers) in found.items()}


def test_from_the_lists_to_the_decision(commune: Commune, families: dict[str, Household]) -> None:
    commune.meet()
    posting = commune.post()
    with acting_as(commune.cast.officer):
        shown = queries.public_posting(posting.token)
    assert shown is not None and shown.hangs
    assert {line["head"] for line in shown.lines or []} == set(families)
    commune.take_down(posting)
    commune.agree()
    decision = commune.decide()
    with acting_as(commune.cast.officer):
        lines = {line.household_id: line for line in queries.lines_of(decision, seen_by=commune.cast.officer)}
        outcomes = {name: lines[household.pk].outcome for name, household in families.items()}
        assert outcomes == {
            "Giàng A Páo": "recognised_poor",
            "Sùng Thị Mỷ": "recognised_near_poor",
            "Lý A Tủa": "not_recognised",
        }
        now = Recognition.objects.get(household=families["Giàng A Páo"])
        assert (now.listed, now.period.lower, now.period.upper) == ("poor", decision.decided_on, None)
        assert decision.hash and all(line.hash for line in lines.values())
    assert queries.broken(using="owner") == []


def test_a_household_below_the_share_goes_back_to_survey_and_a_new_meeting(
    commune: Commune, families: dict[str, Household]
) -> None:
    commune.meet({"Giàng A Páo": Said(agree=10, disagree=20, remarks="Nhà có máy xay xát")})
    assert commune.dossier.state == VillageReview.State.SURVEYING
    assert commune.case(families["Giàng A Páo"]).state == "returned"
    assert commune.case(families["Sùng Thị Mỷ"]).state == "agreed"
    with pytest.raises(errors.NotSurveyedError):  # not before somebody has gone again
        commune.meet()
    commune.visit(families["Giàng A Páo"], NEAR_POOR)
    commune.meet()
    assert commune.dossier.state == VillageReview.State.AGREED


def test_an_objection_is_rechecked_by_another_and_the_list_hangs_again(
    commune: Commune, families: dict[str, Household]
) -> None:
    commune.meet()
    posting = commune.post()
    with acting_as(None):
        number = postings.object_publicly(
            token=posting.token, about="Giàng A Páo", text="Nhà này có ô tô tải"
        )
    officer, head = commune.cast.officer, commune.cast.head
    with acting_as(officer):
        objection = Objection.objects.get(number=number)
        assert objection.due_on > objection.received_on
        with pytest.raises(errors.SameReviewerError):  # the officer surveyed the household
            postings.assign_recheck(
                objection=objection, household=families["Giàng A Páo"], rechecker=officer, by=officer
            )
        postings.assign_recheck(
            objection=objection, household=families["Giàng A Páo"], rechecker=head, by=officer
        )
    commune.take_down(posting)
    assert commune.dossier.state == VillageReview.State.RECHECKING
    commune.visit(families["Giàng A Páo"], WELL, by=head)
    with acting_as(officer):
        objection.refresh_from_db()
        postings.answer_objection(
            objection=objection,
            finding="changed",
            answer="Hộ có xe tải cho thuê.",
            answered_on=today(),
            by=officer,
        )
    if (
        procedure_named(commune.of.procedure).reposting is not None
    ):  # QĐ 24/2021 asks for it, TT 17/2016 does not
        assert commune.dossier.state == VillageReview.State.REPOSTING
        again = commune.post()
        lines = PostingLine.objects.using("owner").filter(posting_id=again.pk, changed=True)
        assert (again.number, [line.head_name for line in lines]) == (2, ["Giàng A Páo"])
        commune.take_down(again)
    assert commune.dossier.state == VillageReview.State.READY
    assert commune.case(families["Giàng A Páo"]).verdict_id == objection_verdict(number)


def objection_verdict(number: str) -> int:
    """The verdict that the re-check of an objection gave, under the standard in force."""
    found = Objection.objects.using("owner").select_related("of__round").get(number=number)
    rows = Verdict.objects.using("owner").filter(
        visit_id=found.recheck_visit_id, standard=found.of.round.standard
    )
    return rows.get().pk


def test_a_decision_is_not_edited_but_superseded(commune: Commune, families: dict[str, Household]) -> None:
    commune.meet()
    commune.take_down(commune.post())
    commune.agree()
    first = commune.decide()
    commune.visit(families["Giàng A Páo"], NEAR_POOR)
    with acting_as(commune.cast.chairman):
        second = decisions.correct(
            decision=first,
            cases=[commune.case(families["Giàng A Páo"])],
            number="15/QĐ-UBND",
            decided_on=today(),
            signer_title="Chủ tịch",
            reason="Ghi nhầm thu nhập",
            by=commune.cast.chairman,
        )
    assert (second.sequence, second.previous) == (first.sequence + 1, first.hash)
    periods = Recognition.objects.using("owner").filter(household=families["Giàng A Páo"]).order_by("pk")
    assert [r.klass for r in periods][-1] == "near_poor"
    assert queries.broken(using="owner") == []


def test_one_changed_byte_in_a_frozen_decision_is_found(
    commune: Commune, families: dict[str, Household]
) -> None:
    commune.meet()
    commune.take_down(commune.post())
    commune.agree()
    decision = commune.decide()
    from django.db import connections

    with connections["owner"].cursor() as cursor:
        cursor.execute(
            "UPDATE surveys_visit SET answers = jsonb_set(answers, '{income_per_head}', '500001') WHERE household_id = %s",
            [families["Giàng A Páo"].pk],
        )
    assert [(b.household, b.fault) for b in queries.broken(using="owner")] == [
        (families["Giàng A Páo"].pk, "line")
    ]
    with connections["owner"].cursor() as cursor:
        cursor.execute("ALTER TABLE reviews_decision DISABLE TRIGGER frozen")
        cursor.execute("UPDATE reviews_decision SET decided_on = decided_on + 1 WHERE id = %s", [decision.pk])
    assert {b.fault for b in queries.broken(using="owner")} == {"line", "header"}
    set_day(today())
