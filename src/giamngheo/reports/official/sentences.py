"""The control totals by name, what each says when it does not hold, and whether it keeps a set from being closed."""

from dataclasses import dataclass

from giamngheo.rules.standards import Words


@dataclass(frozen=True)
class Control:
    """One control total and its sentence; {shown}, {expected}, {column} and {place} are filled in."""

    code: str
    words: Words
    blocking: bool = True


IDENTITY = Control("identity", Words(
    "{place}: cột 9 ghi {shown}, nhưng 1-2-3-4+5+6+7+8 = {expected}.",
    "{place}: column 9 shows {shown}, but 1-2-3-4+5+6+7+8 = {expected}.",
))  # fmt: skip
BLANK = Control("blank", Words(
    "{place}: cột {column} để trống; hãy ghi số, kể cả số 0.",
    "{place}: column {column} is blank; write a number, 0 included.",
))  # fmt: skip
SUM = Control("sum", Words(
    "{place}: cột {column} ghi {shown}, nhưng cộng các đơn vị được {expected}.",
    "{place}: column {column} shows {shown}, but its units add up to {expected}.",
))  # fmt: skip
AREAS = Control("areas", Words(
    "{place}: cột {column} ghi {shown}, nhưng thành thị cộng nông thôn được {expected}.",
    "{place}: column {column} shows {shown}, but urban and rural add up to {expected}.",
))  # fmt: skip
PARTS = Control("parts", Words(
    "{place}: cột {column} ghi {shown}, nhưng cộng các cột thành phần được {expected}.",
    "{place}: column {column} shows {shown}, but the columns it is made of add up to {expected}.",
))  # fmt: skip
MORE = Control("more", Words(
    "{place}: cột {column} ghi {shown}, nhiều hơn tổng số {expected}.",
    "{place}: column {column} shows {shown}, more than all, {expected}.",
))  # fmt: skip
NEGATIVE = Control("negative", Words(
    "{place}: cột {column} ghi số âm {shown}.", "{place}: column {column} shows the negative number {shown}."
))  # fmt: skip
OVER = Control("over", Words(
    "{place}: tỷ lệ ở cột {column} là {shown}%, không thể quá 100%.",
    "{place}: the rate in column {column} is {shown}%; it can't be over 100%.",
))  # fmt: skip
DENOMINATOR = Control("denominator", Words(
    "{place}: cột {column} không tính được tỷ lệ vì thiếu mẫu số (tử số {shown}).",
    "{place}: column {column} has no rate, for its denominator is missing (numerator {shown}).",
))  # fmt: skip
RATE = Control("rate", Words(
    "{place}: tỷ lệ ở cột {column} ghi {shown}%, tính lại được {expected}%.",
    "{place}: the rate in column {column} shows {shown}%, computed again it is {expected}%.",
), blocking=False)  # fmt: skip
LEAST = Control("least", Words(
    "{place}: tổng số chỉ số thiếu hụt {shown} ít hơn {expected}, là số ít nhất mà hộ nghèo phải có.",
    "{place}: {shown} deprivations in all, fewer than {expected}, the least that the poor must have.",
))  # fmt: skip
MOST = Control("most", Words(
    "{place}: tổng số chỉ số thiếu hụt {shown} nhiều hơn {expected}, là số nhiều nhất mà hộ cận nghèo có thể có.",
    "{place}: {shown} deprivations in all, more than {expected}, the most that the near-poor can have.",
), blocking=False)  # fmt: skip
PEOPLE = Control("people", Words(
    "{place}: cột {column} ghi {shown} nhân khẩu, ít hơn số hộ {expected}.",
    "{place}: column {column} shows {shown} persons, fewer than the households, {expected}.",
), blocking=False)  # fmt: skip
SAME = Control("same", Words(
    "{place}: cột {column} ghi {shown}, nhưng cột {other} của “{title}” ghi {expected}.",
    "{place}: column {column} shows {shown}, but column {other} of “{title_en}” shows {expected}.",
))  # fmt: skip
CROSSING = Control("crossing", Words(
    "{place}: cột {column} ghi {shown}, nhưng cột {other} của “{title}” ghi {expected} cho cùng những hộ ấy.",
    "{place}: column {column} shows {shown}, but column {other} of “{title_en}” shows {expected} for the same households.",
), blocking=False)  # fmt: skip
ABOVE = Control("above", Words(
    "{place}: cột {column} ghi {shown}, nhưng báo cáo của đơn vị cấp trên ghi {expected}.",
    "{place}: column {column} shows {shown}, but the report of the unit above shows {expected}.",
))  # fmt: skip
GAP = Control("gap", Words("{gap}", "{gap_en}"), blocking=False)
CONTROLS = (
    IDENTITY, BLANK, SUM, AREAS, PARTS, MORE, NEGATIVE, OVER, DENOMINATOR, RATE, LEAST, MOST, PEOPLE, SAME, CROSSING,
    ABOVE, GAP,
)  # fmt: skip
