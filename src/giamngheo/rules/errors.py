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


class NoProcedureError(RulesError):
    """No review procedure known to us was in force on that day."""

    vi = "Ngày {on} không có quy trình rà soát nào trong phần mềm."
    en = "No review procedure in this software was in force on {on}."


class UnknownProcedureError(RulesError):
    """A procedure was asked for by a name that none has."""

    vi = "Không có quy trình “{slug}”; hiện có: {known}."
    en = "There is no procedure “{slug}”; there are: {known}."


class NoCalendarError(RulesError):
    """Working days are known only for some years."""

    vi = "Lịch ngày làm việc của phần mềm có từ năm {first} đến năm {last}; chưa có năm {year}."
    en = "The calendar of working days runs from {first} to {last}; not {year}."


class UnknownPolicyError(RulesError):
    """A policy was asked for by a name that none has."""

    vi = "Không có chính sách “{slug}” trong law/policies."
    en = "There is no policy “{slug}” in law/policies."


class WhatIfError(RulesError):
    """A change of the law that can't be tried."""

    vi = "Không thử được thay đổi “{what}”: tên không có trong luật, hoặc trị số trái thứ tự, âm hay quá lớn."
    en = "The change “{what}” can't be tried: the law has no such name, or its values are out of order, negative or too large."
