"""What the rules refuse, in words (Vietnamese, and English by `sentence`)."""

import datetime as dt
from typing import ClassVar


class RulesError(Exception):
    """A refusal with its sentence in both languages."""

    vi: ClassVar[str]
    en: ClassVar[str]

    def __init__(self, **params: object) -> None:
        self.params = params
        super().__init__(self.sentence())

    def sentence(self, language: str = "vi") -> str:
        return (self.en if language == "en" else self.vi).format(**self.params)


class NoStandardError(RulesError):
    """No standard known to us was in force on that day."""

    vi = "Ngày {on} không có chuẩn nghèo nào trong phần mềm; các chuẩn hiện có áp dụng từ {first} đến {last}."
    en = "No standard in this software was in force on {on}; those it has run from {first} to {last}."

    def __init__(self, *, on: dt.date, first: dt.date, last: dt.date) -> None:
        super().__init__(on=f"{on:%d/%m/%Y}", first=f"{first:%d/%m/%Y}", last=f"{last:%d/%m/%Y}")


class UnknownStandardError(RulesError):
    """A standard was asked for by a name that none has."""

    vi = "Không có chuẩn “{slug}”; hiện có: {known}."
    en = "There is no standard “{slug}”; there are: {known}."


class NeededColumnError(RulesError):
    """A table handed to the rules lacks a column they can't do without."""

    vi = "Bảng {table} thiếu cột {column}."
    en = "The table {table} lacks the column {column}."
