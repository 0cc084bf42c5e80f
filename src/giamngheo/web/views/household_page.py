"""Everything the page of one household shows, in a fixed number of queries."""

import datetime as dt
from dataclasses import dataclass
from typing import Any

from django.urls import reverse

from giamngheo.access.models import User
from giamngheo.access.queries import grants_in_force
from giamngheo.areas.queries import ancestors_on
from giamngheo.registry.actions.corrections import REVERSIBLE
from giamngheo.registry.models import Household, LifeEvent, Person, PersonPast, Relation
from giamngheo.registry.queries import (
    age,
    events_of,
    lineage,
    members_of,
    memberships_of,
    pasts_of,
    residences_of,
)
from giamngheo.registry.sealing import masked
from giamngheo.reviews.models import Case, Recognition
from giamngheo.reviews.queries import history_of, recognitions_of
from giamngheo.rules.engine import assess_one
from giamngheo.rules.facts import ethnic_groups, household_facts
from giamngheo.rules.reasons import reasons
from giamngheo.rules.standards import standards
from giamngheo.surveys.queries import Judged, YearOf, open_rounds, visits_of
from giamngheo.web.templatetags.formats import unit_label
from giamngheo.web.views.household_words import event_sentence, household_title, kin_sentence


def household_page(household: Household, *, user: User, day: dt.date, language: str) -> dict[str, Any]:
    """The context of households/household.html."""
    people = members_of(household, seen_by=user)
    head = next((person for person in people if person.relation == Relation.HEAD), None)
    years = visits_of(household, seen_by=user)
    latest = next((year for year in years if year.judged), None)
    events = list(events_of(household, seen_by=user))
    return {
        "household": household,
        "title": household_title(head, household.number),
        "trail": _trail(household, user, day),
        "day": day,
        "members": [member(person, day, language) for person in people],
        "latest": _answer(latest, language),
        "years": [_year(year, language, whole=i == 0) for i, year in enumerate(years)],
        "facts": _facts_by_year(years, language),
        "events": [_event(event, user) for event in events],
        "kin": [(kin_sentence(kin), kin) for kin in lineage(household, seen_by=user)],
        "residences": residences_of(household, seen_by=user),
        "memberships": memberships_of(people, seen_by=user),
        "pasts": [_past(past, language) for past in pasts_of(people, seen_by=user)],
        "may_write": user.writes_households and household.ended_on is None,
        "open_rounds": open_rounds(seen_by=user) if user.writes_households else [],
        "recognitions": [_recognition(found, day) for found in recognitions_of(household, seen_by=user)],
        "reviews": [_review(case) for case in history_of(household, seen_by=user)],
    }


def _trail(household: Household, user: User, day: dt.date) -> list[tuple[str, str]]:
    """The units above the household; those of the reader's own area lead to their pages."""
    above = ancestors_on(household.village, day)
    own = {grant.unit_id for grant in grants_in_force(user)}
    top = next((i for i, unit in enumerate(above) if unit.pk in own), len(above))
    return [
        (unit_label(unit), reverse("unit", args=[unit.code]) if i >= top else "")
        for i, unit in enumerate(above)
    ]


def member(person: Person, day: dt.date, language: str) -> dict[str, Any]:
    """One member as a row of the table; the id number by its last digits only."""
    group = ethnic_groups().get(person.ethnic)
    return {
        "person": person,
        "age": age(person.birth_date, person.birth_year, day),
        "ethnic": group.label(language) if group else "",
        "masked": masked(person.id_sealed),
        "twins": [*person.duplicates.all(), *([person.same_as] if person.same_as else [])],
    }


def _answer(latest: YearOf | None, language: str) -> dict[str, Any] | None:
    """The class of the last judged round and the first reason for it, for the head of the page."""
    if latest is None:
        return None
    judged = latest.judged[0]
    because = judged.reasons(language, members=False)
    return {
        "round": latest.round,
        "klass": judged.verdict.klass,
        "standard": judged.standard.name(language),
        "because": because[0] if because else "",
        "would_change": judged.what_would_change(language),
    }


def _year(year: YearOf, language: str, *, whole: bool) -> dict[str, Any]:
    """One round: what came of the visit, and the verdict under the standard in force with its reasons.

    `whole` tells which members lack what, for which the rules are asked again.
    """
    judged = next((j for j in year.judged if j.in_force), next(iter(year.judged), None))
    return {
        "round": year.round,
        "visit": year.visit,
        "judged": judged,
        "standard": judged.standard.name(language) if judged else "",
        "reasons": judged.reasons(language, members=whole) if judged else [],
        "indicators": _indicators(judged, language) if judged else [],
    }


def _indicators(judged: Judged, language: str) -> list[dict[str, Any]]:
    """Each indicator's answer, and whether the tick on the form and the answer computed differ."""
    verdict = judged.verdict
    return [
        {
            "name": indicator.name(language),
            "answer": verdict.pattern[i : i + 1],
            "differs": verdict.disagree[i : i + 1] == "1",
        }
        for i, indicator in enumerate(judged.standard.indicators)
    ]


def standards_beside(latest: YearOf, language: str) -> list[dict[str, Any]]:
    """The answers of one visit judged anew under every standard there is, the one in force marked."""
    visit, day = latest.visit, latest.visit.visited_on or latest.round.reference_date
    rows = []
    for standard in standards().values():
        own = standard.slug == latest.round.standard
        facts = visit.answers if own else _without_the_form(visit.answers)
        found = assess_one({**facts, "area_type": visit.area_type}, visit.members or None, standard, on=day)
        rows.append(
            {
                "standard": standard.name(language),
                "in_force": own,
                "found": found,
                "reasons": reasons(found, standard, language),
                "indicators": [
                    (indicator.name(language), found["pattern"][i : i + 1])
                    for i, indicator in enumerate(standard.indicators)
                ],
            }
        )
    return rows


def _without_the_form(answers: dict[str, Any]) -> dict[str, Any]:
    """The facts alone: ticks and totals on a paper form follow the cut-offs of its own standard, no other's."""
    totals = {"b1_points", "b2_points", "deprived_count"}
    return {key: value for key, value in answers.items() if not key.startswith("tick_") and key not in totals}


@dataclass(frozen=True)
class FactRow:
    """One fact over the rounds, the latest first; `changed` marks those that differ from the round before."""

    label: str
    cells: list[tuple[str, bool]]


def _facts_by_year(years: list[YearOf], language: str) -> dict[str, Any]:
    met = [year for year in years if year.visit.answers]
    rows = []
    for key, fact in household_facts().items():
        values = [year.visit.answers.get(key) for year in met]
        if any(value is not None for value in values):
            earlier = [*values[1:], None]
            changed = [a != b and b is not None for a, b in zip(values, earlier, strict=True)]
            shown = [fact.show(value, language) for value in values]
            rows.append(FactRow(fact.label(language), list(zip(shown, changed, strict=True))))
    return {"rounds": [year.round for year in met], "rows": rows}


def _event(event: LifeEvent, user: User) -> dict[str, Any]:
    """An event as a line of the history; `reversible` where the reader may take it back."""
    mirrored = event.kind == LifeEvent.Kind.MERGED and "from" not in (event.after or {})
    return {
        "event": event,
        "text": event_sentence(event),
        "reversible": user.writes_households and event.kind in REVERSIBLE and not mirrored,
    }


def _recognition(found: Recognition, day: dt.date) -> dict[str, Any]:
    """A time during which the household was on the list, with the decisions that put it there and took it off."""
    return {
        "found": found,
        "decision": found.line.decision,
        "ended": found.ended_by.decision if found.ended_by else None,
        "in_force": found.period.lower <= day and (found.period.upper is None or day < found.period.upper),
    }


def _review(case: Case) -> dict[str, Any]:
    """One review the household went through: its list, what each meeting said, what was decided."""
    return {
        "case": case,
        "votes": sorted(case.votes.all(), key=lambda vote: vote.pk),
        "lines": sorted(case.lines.all(), key=lambda line: line.decision_id),
    }


def _past(past: PersonPast, language: str) -> dict[str, Any]:
    group = ethnic_groups().get(past.ethnic)
    return {"past": past, "ethnic": group.label(language) if group else "", "masked": masked(past.id_sealed)}
