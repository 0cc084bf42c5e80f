"""What can't be so of a delivery, whatever door it comes through: a form, the village's list, an agency's workbook."""

import datetime as dt
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from decimal import Decimal

from giamngheo.base.text import format_date, format_number
from giamngheo.rules.policies import policies
from giamngheo.support.models import Agency, Delivery
from giamngheo.support.rights import life, overlaps

#: Nothing that is given as money is smaller; a smaller amount was written in thousands or millions of đồng.
LEAST = 1_000
#: A loan of the policy bank is counted in millions.
LEAST_LOAN = 500_000

#: One delivery is neither of more đồng nor of more things than these; a larger number has noughts too many.
MOST, MOST_THINGS = 10**11, 10**6
_LONGEST = {field.name: field.max_length for field in Delivery._meta.fields if field.max_length}
#: Nothing is given for days that begin farther ahead.
AHEAD = dt.timedelta(days=366)

#: code -> (Vietnamese, English): what is wrong and what to do.
MESSAGES: dict[str, tuple[str, str]] = {
    "unknown_policy": (
        "Không có chính sách “{policy}” trong hệ thống; chọn một trong danh mục chính sách.",
        "There is no policy “{policy}” here; choose one of the list of policies.",
    ),
    "not_in_force": (
        "“{policy}” có hiệu lực {life}, không chi được cho kỳ từ {since}.",
        "“{policy}” is in force {life}; nothing can be given for days from {since}.",
    ),
    "negative": (
        "{value} là số âm; chi bao nhiêu ghi bấy nhiêu, muốn giảm thì đính chính lần chi trước.",
        "{value} is negative; write what was given, and correct the earlier delivery to lessen it.",
    ),
    "future": (
        "Ngày {on} chưa tới; chỉ ghi những gì đã phát, đã chi.",
        "{on} has not come yet; write only what has been given.",
    ),
    "far_ahead": (
        "Kỳ hưởng bắt đầu {since}, còn hơn một năm nữa mới tới; hãy xem lại năm.",
        "The period begins on {since}, more than a year ahead; look at the year again.",
    ),
    "before_loan": (
        "Ngày {on} trước ngày giải ngân {given_on}; hãy ghi dư nợ của một ngày sau đó.",
        "{on} is before the loan was given ({given_on}); write what was owed on a later day.",
    ),
    "above_lent": (
        "Dư nợ {outstanding} đồng hơn {times} lần số đã vay {lent} đồng; hãy xem lại số không.",
        "{outstanding} đồng owed is more than {times} times the {lent} đồng lent; look at the noughts again.",
    ),
    "before_decision": (
        "Ngày {on} trước ngày danh sách được phê duyệt ({decided}); hãy ghi ngày hộ nhận sau quyết định.",
        "{on} is before the list was decided ({decided}); write the day the households received after that.",
    ),
    "backward": (
        "Kỳ hưởng từ {since} đến {until} là ngược; ngày đầu phải trước ngày cuối.",
        "The period from {since} to {until} runs backward; its first day must come before its last.",
    ),
    "nothing": (
        "Chưa ghi số tiền hay hiện vật; phải có ít nhất một.",
        "Neither money nor a thing is given; write at least one.",
    ),
    "needed": ("Phải ghi {name}.", "{name} must be given."),
    "thousands": (
        "{value} đồng là quá nhỏ; có phải ghi theo nghìn hay triệu đồng? Hãy ghi đủ bằng đồng.",
        "{value} đồng is too little; was it written in thousands or millions? Write it in đồng.",
    ),
    "thousands_of_due": (
        "{value} đồng nhỏ hơn mức được hưởng {due} đồng khoảng một nghìn lần; hãy ghi đủ bằng đồng.",
        "{value} đồng is about a thousandth of the {due} đồng due; write it in đồng.",
    ),
    "too_large": (
        "{value} là quá lớn cho một lần chi (nhiều nhất {most}); có phải thừa số 0? Hãy sửa lại.",
        "{value} is too much for one delivery (at most {most}); are there noughts too many? Please mend it.",
    ),
    "too_long": (
        "“{value}…” quá dài: {length} ký tự, nhiều nhất {most}; hãy viết gọn lại.",
        "“{value}…” is too long: {length} characters, at most {most}; please shorten it.",
    ),
    "had_died": (
        "{name} đã chết ngày {died}, trước kỳ hưởng bắt đầu {since}.",
        "{name} had died on {died}, before the period began on {since}.",
    ),
    "overdue_above": (
        "Nợ quá hạn {overdue} đồng lớn hơn dư nợ {outstanding} đồng.",
        "{overdue} đồng overdue is more than the {outstanding} đồng outstanding.",
    ),
}


@dataclass(frozen=True, kw_only=True)
class Given:
    """A delivery as told. `until` is its last day; `amount` in đồng; `due` what the right would come to, where known."""

    policy: str
    benefit: str = ""
    kind: str = Delivery.Kind.MONEY
    since: dt.date
    until: dt.date
    given_on: dt.date
    agency: str = Agency.COMMUNE
    amount: int | None = None
    item: str = ""
    quantity: Decimal | None = None
    measure: str = ""
    source: str = ""
    evidence: str = ""
    due: int | None = None


@dataclass(frozen=True)
class Fault:
    """One thing wrong: of which field, which sentence, and its words."""

    field: str
    code: str
    params: Mapping[str, str]

    def sentence(self, language: str = "vi") -> str:
        return tell(self.code, self.params, language)


def tell(code: str, params: Mapping[str, str], language: str = "vi") -> str:
    return MESSAGES[code][language == "en"].format(**params)


def faults(
    given: Given, *, on: dt.date, name: str = "", died_on: dt.date | None = None, language: str = "vi"
) -> list[Fault]:
    """Everything that can't be so of `given` on day `on`, to a person of this name who died then; [] where all is well."""
    return [Fault(*found) for found in _faults(given, on, name, died_on, language)]


def _faults(
    given: Given, on: dt.date, name: str, died_on: dt.date | None, language: str
) -> Iterator[tuple[str, str, dict[str, str]]]:
    policy = policies().get(given.policy)
    if policy is None:
        yield "policy", "unknown_policy", {"policy": given.policy}
    elif given.since < policy.period.first or not overlaps(policy, given.since, given.until):
        words = {"policy": policy.name(language), "life": life(policy, language)}
        yield "since", "not_in_force", {**words, "since": format_date(given.since)}
    if given.until < given.since:
        words = {"since": format_date(given.since), "until": format_date(given.until)}
        yield "until", "backward", words
    if given.since > on + AHEAD:
        yield "since", "far_ahead", {"since": format_date(given.since)}
    if given.given_on > on:
        yield "given_on", "future", {"on": format_date(given.given_on)}
    yield from _of_amounts(given)
    yield from _of_lengths(given)
    if died_on and died_on < given.since:
        words = {"name": name, "died": format_date(died_on), "since": format_date(given.since)}
        yield "person", "had_died", words


def _of_amounts(given: Given) -> Iterator[tuple[str, str, dict[str, str]]]:
    amount, quantity = given.amount, given.quantity
    if amount is None and not given.item:
        yield "amount", "nothing", {}
    if given.kind in (Delivery.Kind.MONEY, Delivery.Kind.LOAN) and amount is None and given.item:
        yield "amount", "needed", {"name": "Số tiền"}
    if quantity == 0:
        yield "quantity", "negative", {"value": format_number(quantity)}
    yield from ((fault.field, fault.code, dict(fault.params)) for fault in quantity_faults(quantity))
    if amount is None:
        return
    if amount > MOST:
        yield "amount", *_too_large(amount, MOST)
    elif amount < 0:
        yield "amount", "negative", {"value": format_number(amount)}
    elif 0 < amount < (LEAST_LOAN if given.kind == Delivery.Kind.LOAN else LEAST):
        yield "amount", "thousands", {"value": format_number(amount)}
    elif given.due and 0 < amount * 1000 <= 3 * given.due:
        yield (
            "amount",
            "thousands_of_due",
            {"value": format_number(amount), "due": format_number(given.due)},
        )


def _of_lengths(given: Given) -> Iterator[tuple[str, str, dict[str, str]]]:
    for name in ("item", "measure", "source", "evidence"):
        text, most = getattr(given, name), _LONGEST[name]
        if len(text) > most:
            yield name, "too_long", {"value": text[:40], "length": str(len(text)), "most": str(most)}


def standing_faults(outstanding: int, overdue: int) -> list[Fault]:
    """Everything that can't be so of what is owed on a loan and of what of it is overdue, in đồng."""
    if outstanding < 0 or overdue < 0:
        return [Fault("outstanding", "negative", {"value": format_number(min(outstanding, overdue))})]
    if max(outstanding, overdue) > MOST:
        return [Fault("outstanding", *_too_large(max(outstanding, overdue), MOST))]
    if overdue > outstanding:
        words = {"overdue": format_number(overdue), "outstanding": format_number(outstanding)}
        return [Fault("overdue", "overdue_above", words)]
    return []


def quantity_faults(quantity: Decimal | None) -> list[Fault]:
    """Everything that can't be so of a number of things."""
    if quantity is not None and quantity < 0:
        return [Fault("quantity", "negative", {"value": format_number(quantity)})]
    if quantity is not None and quantity > MOST_THINGS:
        return [Fault("quantity", *_too_large(quantity, MOST_THINGS))]
    return []


def _too_large(value: Decimal | int, most: int) -> tuple[str, dict[str, str]]:
    return "too_large", {"value": format_number(value), "most": format_number(most)}
