"""A report as issued: one text for one content, its fingerprint, read back, and compared with a later one."""

import dataclasses
import datetime as dt
import hashlib
import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from giamngheo.reports.official.report import Column, Finding, Gap, Report, Row, Unit, Value
from giamngheo.rules.standards import Words

#: The shape of the text below; a later shape gets a later number and the older stays readable.
SHAPE = 1


def canonical(report: Report) -> str:
    """The whole report as JSON: keys in order, no spaces, so that the same report is the same text."""
    plain = {"shape": SHAPE, **_plain(report)}
    return json.dumps(plain, ensure_ascii=False, sort_keys=True, separators=(",", ":"))


def fingerprint(report: Report) -> str:
    """SHA-256 of the canonical text, in hexadecimal."""
    return hashlib.sha256(canonical(report).encode()).hexdigest()


def thaw(text: str) -> Report:
    """The report of a canonical text. KeyError or ValueError where it is none."""
    plain: dict[str, Any] = json.loads(text)
    if plain.pop("shape") != SHAPE:
        raise ValueError("a report frozen in another shape")
    return Report(
        **{
            **plain,
            "title": _words(plain["title"]),
            "unit": Unit(**plain["unit"]),
            "on": dt.date.fromisoformat(plain["on"]),
            "geography": dt.date.fromisoformat(plain["geography"]),
            "columns": tuple(_column(column) for column in plain["columns"]),
            "rows": tuple(Row(**{**row, "values": tuple(row["values"])}) for row in plain["rows"]),
            "notes": tuple(_words(note) for note in plain["notes"]),
            "unverified": _words(plain["unverified"]) if plain["unverified"] else None,
            "gaps": tuple(Gap(**{**gap, "words": _words(gap["words"])}) for gap in plain["gaps"]),
            "checks": tuple(
                Finding(**{**finding, "words": _words(finding["words"])}) for finding in plain["checks"]
            ),
        }
    )


def _column(plain: Mapping[str, Any]) -> Column:
    return Column(
        **{
            **plain,
            "head": _words(plain["head"]),
            "under": tuple(_words(words) for words in plain["under"]),
            "of": tuple(plain["of"]) if plain["of"] else None,
        }
    )


def _words(plain: Mapping[str, str]) -> Words:
    return Words(**plain)


def _plain(value: Any) -> Any:
    if isinstance(value, Row):
        return {**value._asdict(), "values": list(value.values)}
    if dataclasses.is_dataclass(value) and not isinstance(value, type):
        return {field.name: _plain(getattr(value, field.name)) for field in dataclasses.fields(value)}
    if isinstance(value, tuple | list):
        return [_plain(one) for one in value]
    return value.isoformat() if isinstance(value, dt.date) else value


@dataclass(frozen=True)
class Difference:
    """A cell that two editions of a report show differently; None where one of them does not have it."""

    code: str
    name: str
    area: str
    measure: str
    item: str
    column: str
    head: Words
    earlier: Value
    later: Value

    @property
    def change(self) -> int | float | None:
        """Later less earlier; of rates in percentage points."""
        if isinstance(self.earlier, int | float) and isinstance(self.later, int | float):
            return round(self.later - self.earlier, 2)
        return None


def compare(earlier: Report, later: Report) -> tuple[Difference, ...]:
    """Cell by cell what changed, in the order of the later report; what only the earlier had comes last.

    Units are matched by code, for a unit's number may change with the geography; columns by key.
    """
    before, after = _cells(earlier), _cells(later)
    found = []
    for key in dict.fromkeys([*after, *before]):
        (row, column), was, now = (after.get(key) or before[key])[:2], before.get(key), after.get(key)
        one, two = (was[2] if was else None), (now[2] if now else None)
        if one != two:
            found.append(
                Difference(
                    row.code, row.name, row.area, row.measure, row.item, column.number, column.head, one, two
                )
            )
    return tuple(found)


def _cells(report: Report) -> dict[tuple[str, ...], tuple[Row, Column, Value]]:
    return dict(_each(report))


def _each(report: Report) -> Iterator[tuple[tuple[str, ...], tuple[Row, Column, Value]]]:
    for row in report.rows:
        for column, value in zip(report.columns, row.values, strict=True):
            yield (row.code, row.area, row.measure, row.item, column.key), (row, column, value)
