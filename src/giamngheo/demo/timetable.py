"""When each village met and hung its list, what was objected to, and when each commune decided: made up, by the law's clocks."""

import datetime as dt
import random
from dataclasses import dataclass
from functools import cache
from typing import Any

import pyarrow as pa

from giamngheo.rules.procedures import Procedure, clock
from giamngheo.rules.workdays import add_workdays
from giamngheo.surveys.models import Round

#: Objections a commune and year, at most; of each village's not more than one.
OBJECTIONS = 3
#: One in so many is answered late, where the village's list hung early enough for the year to end in time.
LATE = 8
_CLAIMS = (
    ("Gia đình có hai con trâu mà vẫn xếp hộ nghèo.", "Trâu nuôi rẽ của họ hàng; điểm tính lại không đổi."),
    ("Nhà này đông con nhỏ, thu nhập thấp, đề nghị xét hộ nghèo.", "Đã hỏi lại tại nhà: thu nhập cao hơn chuẩn, giữ nguyên."),
    ("Hộ đã làm nhà mới trong năm.", "Nhà do dòng họ giúp dựng; chỉ số nhà ở đã chấm đúng."),
    ("Con đã đi làm công nhân, gửi tiền về hằng tháng.", "Tiền gửi về đã tính trong thu nhập; giữ nguyên."),
    ("Hộ ốm đau dài ngày, không nên cho thoát nghèo.", "Đã xem lại cùng trạm y tế; kết quả rà soát không đổi."),
)  # fmt: skip


@dataclass(frozen=True)
class Listed:
    """A household on a posted list somebody may have spoken against."""

    of: int
    village: int
    household: int
    head: str


@cache
def _after(day: dt.date, workdays: int) -> dt.date:
    return add_workdays(day, workdays)


@cache
def _last_day(slug: str, name: str, start: dt.date) -> dt.date:
    from giamngheo.rules.procedures import procedure_named

    return clock(procedure_named(slug), name, start).due_on


def timetable(
    round: Round, procedure: Procedure, places: list[tuple[int, int, dt.date]], listed: list[Listed]
) -> tuple[pa.Table, pa.Table, pa.Table]:
    """The days of the villages, of the communes, and the objections, from each village's (review, id, day of last visit).

    Villages meet the day after the last visit; the commune sends its lists up when the last village is done.
    """
    luck = random.Random(round.year)  # noqa: S311  (made up, and the same each time)
    villages: dict[int, dict[str, Any]] = {}
    for of, village, last in places:
        villages[village] = _village(procedure, of, village, last)
    objections = _objections(round, procedure, villages, listed, luck)
    ready: dict[int, dt.date] = {}
    for row in villages.values():
        of, done = row["of"], row["ready"]
        ready[of] = max(ready.get(of, dt.date.min), done)
    communes = [_commune(procedure, of, done, luck) for of, done in ready.items()]
    return pa.Table.from_pylist([*villages.values()]), pa.Table.from_pylist(communes), objections


def _village(procedure: Procedure, of: int, village: int, last: dt.date) -> dict[str, Any]:
    met = last + dt.timedelta(days=1)
    up = _after(met, 1)
    ends = _last_day(procedure.slug, "posting", up)
    down = _after(ends, 1)
    return {
        "of": of, "village": village, "notice": met - dt.timedelta(days=3), "met": met, "up": up, "ends": ends,
        "down": down, "ready": down,
    }  # fmt: skip


def _commune(procedure: Procedure, of: int, ready: dt.date, luck: random.Random) -> dict[str, Any]:
    answered = _after(ready, 1)
    return {
        "of": of, "sent": ready, "due": _last_day(procedure.slug, "district_answer", ready), "answered": answered,
        "decided": _after(answered, 1), "number": luck.randint(20, 180),
    }  # fmt: skip


def _objections(
    round: Round,
    procedure: Procedure,
    villages: dict[int, dict[str, Any]],
    listed: list[Listed],
    luck: random.Random,
) -> pa.Table:
    """Rows of reviews_objection, all answered; a late answer keeps its village back until then."""
    rows = []
    for number, spoken_of in enumerate(listed, 1):
        village = villages[spoken_of.village]
        received = _after(village["up"], luck.randint(0, 2))
        due = _last_day(procedure.slug, "recheck", received)
        answered = _after(received, luck.randint(1, 4))
        late = _after(due, luck.randint(2, 6))
        if luck.randrange(LATE) == 0 and late <= dt.date(round.year, 12, 15):
            answered = late
        village["ready"] = max(village["ready"], answered)
        text, answer = luck.choice(_CLAIMS)
        rows.append(
            {
                "number": f"PA-{round.year}-{number:06}", "of_id": spoken_of.of, "village_id": spoken_of.village,
                "posting_id": 0, "household_id": spoken_of.household, "about": spoken_of.head, "text": text, "objector": "", "contact": "",
                "channel": luck.choice(("paper", "office")), "received_on": received, "due_on": due, "state": "answered",
                "finding": "kept", "answer": answer, "answered_on": answered,
                "entered_at": dt.datetime.combine(received, dt.time(2), dt.UTC),
            }
        )  # fmt: skip
    return pa.Table.from_pylist(rows)
