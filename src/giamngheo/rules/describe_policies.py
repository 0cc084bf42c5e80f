"""Policies in plain words, as Markdown: for `giamngheo law show`, the law pages and docs/reference/policies.md."""

import datetime as dt
from collections.abc import Iterable

from giamngheo.base.text import format_date, format_number
from giamngheo.rules.clocks import LAST_DAY, clocks
from giamngheo.rules.condition_words import said
from giamngheo.rules.conditions import ALWAYS
from giamngheo.rules.describe import cited
from giamngheo.rules.explain import PER_WORDS, UNITS, names
from giamngheo.rules.policies import Amount, Policy, policies, policies_on
from giamngheo.rules.standards import Words

WORDS = {
    "in_force": Words("Hiệu lực: {period}", "In force: {period}"),
    "from": Words("từ {first}", "from {first}"),
    "from_to": Words("từ {first} đến {last}", "from {first} to {last}"),
    "who": Words("Ai được hưởng: {who}", "Who: {who}"),
    "everyone": Words("theo từng mức dưới đây", "by the tiers below"),
    "of_clock": Words("{percent} % {clock}", "{percent} % of: {clock}"),
    "share": Words("{share} % của {what}", "{share} % of ({what})"),
    "rate": Words("lãi suất {rate} %/năm", "at {rate} % a year"),
    "rate_of": Words("lãi suất bằng {percent} % {clock}", "at {percent} % of: {clock}"),
    "months": Words("tối đa {months} tháng", "for at most {months} months"),
    "times_of": Words("nhân với {fact}", "times {fact}"),
    "per_person": Words("cho mỗi nhân khẩu", "for each person"),
    "not_counted": Words("không tính thành tiền", "not counted in money"),
    "agency": Words("Cơ quan: {words}", "Agency: {words}"),
    "money": Words("Nguồn: {words}", "Money: {words}"),
    "delivery": Words("Kỳ chi trả: {words}", "Delivery: {words}"),
    "ceiling": Words("Trần: {words}", "Ceiling: {words}"),
    "successor": Words("Thay bằng: {words}", "Successor: {words}"),
    "unknown": Words("Chưa biết: {words}", "Not known: {words}"),
    "clock": Words("{name}: {value} {unit}, {period}", "{name}: {value} {unit}, {period}"),
}
UNIT_NAMES = {
    "person": Words("quyền của người", "a person's right"),
    "household": Words("quyền của hộ", "a household's right"),
    "group": Words("quyền của nhóm hộ", "a group's right"),
    "village": Words("quyền của thôn", "a village's right"),
}
GROUP_NAMES = {
    "health": Words("Y tế", "Health"),
    "education": Words("Giáo dục, đào tạo", "Education and training"),
    "housing": Words("Nhà ở, điện", "Housing and electricity"),
    "land": Words("Đất đai", "Land"),
    "water": Words("Nước sinh hoạt", "Water"),
    "information": Words("Thông tin", "Information"),
    "credit": Words("Tín dụng", "Credit"),
    "production": Words("Sản xuất, rừng", "Production and forest"),
    "work": Words("Việc làm, pháp lý", "Work and legal aid"),
    "assistance": Words("Trợ giúp xã hội", "Social assistance"),
    "food": Words("Lương thực, đời sống", "Food and living"),
}
KIND_NAMES = {
    "carve_out": Words(
        "đã hưởng chính sách kia thì không hưởng chính sách này", "who has the other does not have this"
    ),
    "choose_one": Words("chọn một trong hai", "one of the two is chosen"),
    "highest_wins": Words("chỉ hưởng mức cao nhất", "the highest stands"),
    "not_together": Words("không hưởng cùng lúc", "not both at once"),
    "never_before": Words("chỉ khi chưa từng hưởng", "only if never had before"),
    "once": Words("chỉ một lần", "once only"),
    "one_per_person": Words("mỗi người một suất", "one a person"),
    "one_per_household": Words("mỗi hộ một suất", "one a household"),
    "together": Words("được hưởng cùng nhau", "may be had together"),
    "clawback": Words("có thu hồi", "may be recovered"),
    "window_after_escape": Words(
        "còn trong thời hạn sau khi ra khỏi danh sách", "within a time after leaving the list"
    ),
    "frozen_on_list": Words("theo danh sách đã chốt", "by a frozen list"),
}


#: What a policy that is not for all of the poor says of it.
POOR_TYPE_NAMES = {
    "income": Words(
        "“hộ nghèo” là hộ nghèo về thu nhập, khi chuẩn tách hai loại hộ nghèo",
        "“poor” means poor by income, while the standard tells two kinds of poor households",
    ),
    "undecided": Words(
        "“hộ nghèo” là hộ nghèo về thu nhập; hộ nghèo do thiếu hụt chỉ khi cấp có thẩm quyền đã quyết định, điều chưa tìm thấy",
        "“poor” means poor by income; those poor by deprivation only if that was decided for them, which was not found",
    ),
}


#: What of the rules on having several policies the software acts on, and what it only says.
RULES_SAID = (
    Words(
        "Máy xét theo các quan hệ: hưởng chính sách kia thì thôi, chọn một trong hai, mức cao nhất, không cùng lúc, chưa từng hưởng, "
        "một lần. Mỗi người, mỗi hộ một suất và thời hạn sau khi ra khỏi danh sách nằm ngay trong các mức và điều kiện.",
        "The software acts on these relations: not beside the other, one of two, the highest, not both, never before, once. One a "
        "person or household, and the time after leaving a list, lie in the tiers and conditions themselves.",
    ),
    Words(
        "Chỉ là lời, máy không tính: ai đóng trước khi một người thuộc nhiều nhóm bảo hiểm y tế; thu hồi, giảm trừ kỳ sau; danh sách đã "
        "chốt (QĐ 33/2015 hỏi dữ kiện “trong danh sách 2011-2015”; hỗ trợ Covid-19 lấy tình trạng của ngày được hỏi, không phải ngày "
        "31/12/2019); số năm tối đa đã hưởng gạo.",
        "In words only, not computed: who pays first where a person is in several groups of health insurance; recovery and reduction in "
        "a later period; frozen lists (Decision 33/2015 asks the fact “on the list of 2011-2015”; Covid-19 support takes the status of "
        "the day asked, not of 31/12/2019); for how many years rice was had.",
    ),
)


def lasts(first: dt.date, last: dt.date, language: str) -> str:
    """A period in words; one without a known end has none."""
    key = "from" if last == LAST_DAY else "from_to"
    return WORDS[key](language).format(first=format_date(first), last=format_date(last))


def counted(amount: Amount, per: str, language: str) -> str:
    """How much a tier gives, as the law counts it."""
    parts: list[str] = []
    if amount.fixed is not None:
        parts.append(f"{format_number(amount.fixed, language=language)} đồng")
    elif amount.clock:
        shown = WORDS["of_clock"](language).format(
            percent=_number(amount.percent, language), clock=clocks()[amount.clock].name(language).lower()
        )
        whole = amount.share == 100
        parts.append(
            shown
            if whole
            else WORDS["share"](language).format(share=_number(amount.share, language), what=shown)
        )
    elif amount.quantity is not None:
        parts.append(f"{_number(amount.quantity, language)} {UNITS[amount.unit](language)}")
    if not parts and amount.rate is None and not amount.rate_clock:
        return WORDS["not_counted"](language)
    parts.append(PER_WORDS[per](language))
    if amount.per_person:
        parts.append(WORDS["per_person"](language))
    if amount.of:
        parts.append(WORDS["times_of"](language).format(fact=names().facts[amount.of](language).lower()))
    return ", ".join([" ".join(parts), *_interest(amount, language)])


def _interest(amount: Amount, language: str) -> list[str]:
    found = []
    if amount.rate is not None:
        found.append(WORDS["rate"](language).format(rate=_number(amount.rate, language)))
    elif amount.rate_clock:
        clock = clocks()[amount.rate_clock].name(language).lower()
        found.append(
            WORDS["rate_of"](language).format(percent=_number(amount.rate_percent, language), clock=clock)
        )
    if amount.months:
        found.append(WORDS["months"](language).format(months=amount.months))
    return found


def _number(value: float, language: str) -> str:
    return format_number(int(value) if value == int(value) else value, language=language)


def who(policy: Policy, language: str) -> str:
    """Whom a policy is for, in words."""
    asked = (
        WORDS["everyone"](language)
        if policy.condition == ALWAYS
        else said(policy.condition, names(), language)
    )
    meant = POOR_TYPE_NAMES.get(policy.poor_type)
    return f"{asked} ({meant(language)})" if meant else asked


def describe_policy(policy: Policy, language: str = "vi") -> list[str]:
    """One policy as Markdown lines."""
    lines = [
        f"### {policy.name(language)} ({policy.id}, `{policy.slug}`)",
        "",
        f"- {UNIT_NAMES[policy.unit](language)}; "
        + WORDS["in_force"](language).format(period=lasts(policy.period.first, policy.period.last, language))
        + f" {cited(policy.basis, language)}",
        "- " + WORDS["who"](language).format(who=who(policy, language)),
    ]
    for benefit in policy.benefits:
        for tier in benefit.tiers:
            name = benefit.name(language) + (f", {tier.name(language)}" if tier.name != benefit.name else "")
            asked = "" if tier.condition == ALWAYS else f" [{said(tier.condition, names(), language)}]"
            lines.append(
                f"- **{name}**: {counted(tier.amount, benefit.per, language)}{asked} {cited(tier.citation, language)}"
            )
    for relation in policy.relations:
        others = ", ".join(f"`{slug}`" for slug in relation.others)
        note = f" {relation.note(language)}" if relation.note else ""
        lines.append(
            f"- {KIND_NAMES[relation.kind](language)}: {others}{note} {cited(relation.citation, language)}"
        )
    lines += _about(policy, language)
    return lines


def _about(policy: Policy, language: str) -> Iterable[str]:
    told = [("agency", policy.agency), ("money", policy.money)]
    told += [("delivery", policy.delivery.says)] if policy.delivery else []
    told += [
        (key, words) for key, words in (("ceiling", policy.ceiling), ("successor", policy.successor)) if words
    ]
    told += [("unknown", words) for words in policy.unknown]
    for key, words in told:
        yield "- " + WORDS[key](language).format(words=words(language))
    for note in policy.notes:
        yield f"- {note(language)}"


def names_on(day: dt.date, language: str = "vi") -> list[str]:
    """The policies in force on a day, one line each, those whose text was not read marked."""
    unread = {"vi": "chưa đối chiếu", "en": "not checked"}[language]
    head = {"vi": "## Chính sách hỗ trợ đang có hiệu lực", "en": "## Support policies in force"}[language]
    found = policies_on(day)
    return [head, ""] + [
        f"- {policy.name(language)} ({policy.basis.act}){'' if policy.verified else f' [{unread}]'}"
        for policy in found
    ]


def policies_reference() -> str:
    """docs/reference/policies.md, Vietnamese then English."""
    parts = [
        "# Các chính sách hỗ trợ / The support policies",
        "",
        "Sinh ra từ `law/policies/` và `law/clocks.yaml`; đừng sửa tay. Chưa văn bản nào được đọc toàn văn: mọi con số đều chưa đối chiếu.",
        "Generated from `law/policies/` and `law/clocks.yaml`; do not edit. No text was read whole: no number is verified.",
    ]
    for language, title in (("vi", "# Tiếng Việt"), ("en", "# English")):
        parts += ["", title, "", *(f"{words(language)}\n" for words in RULES_SAID)]
        for clock in clocks().values():
            for value in clock.values:
                told = WORDS["clock"](language).format(
                    name=clock.name(language), value=_number(value.number, language), unit=clock.unit(language),
                    period=lasts(value.period.first, value.period.last, language),
                )  # fmt: skip
                parts.append(f"- {told} {cited(value.citation, language)}")
        for group, words in GROUP_NAMES.items():
            parts += ["", f"## {words(language)}"]
            for policy in policies().values():
                if policy.group == group:
                    parts += ["", *describe_policy(policy, language)]
    return "\n".join(parts) + "\n"
