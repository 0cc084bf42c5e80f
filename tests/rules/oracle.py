"""A second, naive implementation of the verdict: plain Python, one household at a time, straight from the articles.

It shares no code with giamngheo.rules but the numbers of law/; None is not known.
"""

import datetime as dt
from typing import Any

Facts = dict[str, Any]
ORDER = ["none", "primary", "lower_secondary", "upper_secondary", "vocational", "college"]


def no(answer: bool | None) -> bool | None:
    return None if answer is None else not answer


def both(*answers: bool | None) -> bool | None:
    if False in answers:
        return False
    return None if None in answers else True


def either(*answers: bool | None) -> bool | None:
    if True in answers:
        return True
    return None if None in answers else False


def age(member: Facts, on: dt.date) -> int | None:
    born = member.get("birth_date")
    if born:
        had_birthday = (on.month, on.day) >= (born.month, born.day)
        return int(on.year - born.year - (0 if had_birthday else 1))
    year = member.get("birth_year")
    return None if year is None else on.year - int(year)


def at_least(value: float | None, limit: float) -> bool | None:
    return None if value is None else value >= limit


def below(value: float | None, limit: float) -> bool | None:
    return None if value is None else value < limit


def among(value: str | None, listed: list[str]) -> bool | None:
    return None if value is None else value in listed


def any_of(answers: list[bool | None]) -> bool | None:
    return either(*answers) if answers else None


def computed(code: str, slug: str, household: Facts, members: list[Facts] | None, on: dt.date) -> bool | None:
    """One indicator as the facts give it."""
    people = members or []
    persons = household.get("persons") or (len(people) or None)
    get = household.get
    if code == "health_access":
        return any_of([m.get("ill_untreated") for m in people])
    if code == "health_insurance":
        return any_of([both(at_least(age(m, on), 6), no(m.get("health_insurance"))) for m in people])
    if code == "housing_area":
        if get("housing_area_m2") is None or persons is None:
            return None
        return bool(get("housing_area_m2") / persons < 8)
    if code == "water":
        clean = ["tap", "drilled_well", "protected_dug_well", "protected_spring", "rain", "bottled"]
        return no(among(get("water_source"), clean))
    if code == "toilet":
        return no(among(get("toilet"), ["septic", "pour_flush", "vip", "pit_slab", "double_vault"]))
    return (computed_2016 if slug == "2016-2020" else computed_2022)(code, household, people, on)


def computed_2016(code: str, household: Facts, people: list[Facts], on: dt.date) -> bool | None:
    get = household.get
    if code == "adult_education":
        found = []
        for m in people:
            year = m["birth_date"].year if m.get("birth_date") else m.get("birth_year")
            finished = among(m.get("education"), ORDER[2:])
            found.append(
                both(
                    at_least(age(m, on), 15), at_least(year, 1986), no(finished), no(m.get("attends_school"))
                )
            )
        return any_of(found)
    if code == "child_schooling":
        return any_of(
            [
                both(at_least(age(m, on), 5), below(age(m, on), 15), no(m.get("attends_school")))
                for m in people
            ]
        )
    if code == "housing_quality":
        return among(get("house_grade"), ["less_solid", "simple"])
    if code == "telecom":
        return no(either(get("has_phone"), get("uses_internet")))
    assert code == "info_assets"
    return no(either(get("has_tv"), get("has_radio"), get("has_computer"), get("hears_loudspeaker")))


def computed_2022(code: str, household: Facts, people: list[Facts], on: dt.date) -> bool | None:
    get = household.get
    if code == "employment":
        return any_of(
            [
                both(
                    m.get("working_age_able"),
                    either(no(m.get("has_job")), both(m.get("has_wage_job"), no(m.get("has_contract")))),
                )
                for m in people
            ]
        )
    if code == "dependents":
        dependants = [either(below(age(m, on), 16), m.get("social_allowance")) for m in people]
        if not people:
            return None
        if dependants.count(True) / len(people) > 0.5:
            return True
        return None if (dependants.count(True) + dependants.count(None)) / len(people) > 0.5 else False
    if code == "nutrition":
        return any_of([both(below(age(m, on), 16), m.get("malnourished")) for m in people])
    if code == "adult_education":
        found = []
        for m in people:
            for low, high, levels in ((16, 18, ORDER[2:]), (18, 31, ORDER[3:])):
                studying = both(m.get("attends_school"), among(m.get("school_level"), levels))
                in_age = both(at_least(age(m, on), low), below(age(m, on), high))
                found.append(both(in_age, no(either(among(m.get("education"), levels), studying))))
        return any_of(found)
    if code == "child_schooling":
        bands = (
            (3, 6, ["preschool", "primary"]),
            (6, 12, ["primary", "lower_secondary"]),
            (12, 16, ["lower_secondary", "upper_secondary", "vocational"]),
        )
        found = []
        for m in people:
            for low, high, levels in bands:
                studying = both(m.get("attends_school"), among(m.get("school_level"), levels))
                found.append(both(at_least(age(m, on), low), below(age(m, on), high), no(studying)))
        return any_of(found)
    if code == "housing_quality":
        parts = [get("wall_durable"), get("pillar_durable"), get("roof_durable")]
        if parts.count(False) >= 2:
            return True
        return None if parts.count(False) + parts.count(None) >= 2 else False
    if code == "telecom":
        return no(get("uses_internet"))
    assert code == "info_means"
    means = ("has_tv", "has_radio", "has_computer", "has_phone", "has_laptop_or_tablet", "has_smartphone")
    return no(either(*(get(fact) for fact in means)))


LINES = {
    "2016-2020": {"rural": [700000, 1000000, 1500000], "urban": [900000, 1300000, 1950000]},
    "2022-2026": {"rural": [1500000, 1500000, 2250000], "urban": [2000000, 2000000, 3000000]},
    "2027-2030": {"rural": [2200000, 2200000, None], "urban": [2800000, 2800000, None]},
}
POINTS: dict[str, dict[str, list[Any]]] = {
    "2016-2020": {"rural": [120, 150, 200], "urban": [140, 175, 250]},
    "2022-2026": {"rural": [140, 140, None], "urban": [175, 175, None]},
    "2027-2030": {},
}
INDICATORS = {
    "2016-2020": [
        "health_access",
        "health_insurance",
        "adult_education",
        "child_schooling",
        "housing_quality",
        "housing_area",
        "water",
        "toilet",
        "telecom",
        "info_assets",
    ],
    "2022-2026": [
        "employment",
        "dependents",
        "nutrition",
        "health_insurance",
        "adult_education",
        "child_schooling",
        "housing_quality",
        "housing_area",
        "water",
        "toilet",
        "telecom",
        "info_means",
    ],
    "2027-2030": [],
}


def band_of(value: int | None, lines: list[Any] | None) -> int | None:
    if value is None or lines is None:
        return None
    for band, line in enumerate(lines):
        if line is not None and value <= line:
            return band
    return 3


def class_of(slug: str, band: int | None, fewest: int, most: float) -> str:
    if band in (None, 2, 3):
        return {None: "undetermined", 2: "average", 3: "none"}[band]
    if slug == "2016-2020" and band == 0:
        return "poor_income"
    if fewest >= 3:
        return "poor_deprivation" if slug == "2016-2020" else "poor"
    return "near_poor" if most < 3 else "undetermined"


def sign(answer: bool | None) -> str:
    return "?" if answer is None else str(int(answer))


def judge(slug: str, household: Facts, members: list[Facts] | None, on: dt.date) -> Facts:
    """The verdict of one household, in the columns of the engine."""
    codes = INDICATORS[slug]
    given = [household.get(f"tick_{code}") for code in codes]
    facts = [computed(code, slug, household, members, on) for code in codes]
    known = [f if g is None else g for g, f in zip(given, facts, strict=True)]
    fewest, most, deprived = known.count(True), float(known.count(True) + known.count(None)), None
    if len(codes) > known.count(None):
        deprived = fewest
    if not codes:
        most = float("inf")
    total = household.get("deprived_count")
    b2 = household.get("b2_points")
    if total is None and b2 is not None and b2 % 10 == 0:
        total = b2 // 10
    if (
        total is not None
        and given.count(True) <= total
        and (not codes or total <= len(codes) - given.count(False))
    ):
        deprived, fewest, most = total, total, total

    area = household.get("area_type")
    by_points = band_of(household.get("b1_points"), POINTS[slug].get(area))
    by_income = band_of(household.get("income_per_head"), LINES[slug].get(area) if area else None)
    band, basis = (by_points, "points") if by_points is not None else (by_income, "income")
    klass = class_of(slug, band, fewest, most)
    return {
        "standard": slug,
        "klass": klass,
        "basis": None if band is None else basis,
        "band": band,
        "income": household.get("income_per_head"),
        "points": household.get("b1_points"),
        "deprived": deprived,
        "unknown": known.count(None),
        "pattern": "".join(map(sign, known)),
        "pattern_given": "".join(map(sign, given)),
        "pattern_computed": "".join(map(sign, facts)),
        "disagree": "".join(
            str(int(g is not None and f is not None and g != f)) for g, f in zip(given, facts, strict=True)
        ),
        "deprived_given": total,
        "borderline_why": near(slug, klass, household, band, basis, fewest, most),
    }


def near(
    slug: str, klass: str, household: Facts, band: int | None, basis: str, fewest: int, most: float
) -> str | None:
    """What would change the class: a line no more than 5 % away, or one deprivation."""
    if klass == "undetermined":
        return None
    value = household["b1_points" if basis == "points" else "income_per_head"]
    lines = (POINTS if basis == "points" else LINES)[slug][household["area_type"]]
    names = dict(zip(("lower", "upper", "average"), lines, strict=True))
    if names["upper"] == names["lower"]:
        del names["upper"]
    why = [name for name, line in names.items() if line and abs(value - line) * 100 <= 5 * line]
    deciding = 1 if slug == "2016-2020" else 0
    if band == deciding and klass == "near_poor" and most == 2:
        why.append("one_more")
    if band == deciding and klass != "near_poor" and fewest == 3:
        why.append("one_less")
    return " ".join(why) or None
