"""What the files of a province say, line by line, before any of it is in a database."""

import datetime as dt
from dataclasses import dataclass, field
from decimal import Decimal

from giamngheo.areas.outlines import Geometry

#: Kinds whose people live in an urban area; every other kind is rural (law.md 3.3).
URBAN_KINDS = {"phường", "thị trấn"}
#: A version of a unit: its code and its first day, for codes are used again.
Key = tuple[str, dt.date]


@dataclass(frozen=True, order=True)
class Problem:
    """Something wrong, or with `warning` merely worth a look, at a line of a file."""

    file: str
    line: int
    sentence: str
    warning: bool = False

    def __str__(self) -> str:
        return f"{self.file}:{self.line}: {'lưu ý: ' if self.warning else ''}{self.sentence}"


@dataclass(frozen=True)
class UnitRow:
    """One version of a unit. `parent` is the code of the unit above; `opened_known` False: it may be older."""

    code: str
    level: int
    kind: str
    name: str
    parent: str
    valid_from: dt.date
    valid_to: dt.date | None = None
    opened_known: bool = True
    area_km2: Decimal | None = None
    border: bool = False
    alt_names: tuple[str, ...] = ()
    legal_basis_from: str = ""
    legal_basis_to: str = ""
    source: str = ""
    confidence: str = "high"
    line: int = field(default=0, compare=False)

    @property
    def key(self) -> Key:
        return self.code, self.valid_from

    @property
    def last(self) -> dt.date:
        return self.valid_to or dt.date.max

    @property
    def urban(self) -> bool:
        return self.kind in URBAN_KINDS

    def on(self, day: dt.date) -> bool:
        return self.valid_from <= day <= self.last


@dataclass(frozen=True)
class SuccessionRow:
    before: Key
    after: Key
    on: dt.date
    kind: str
    legal_basis: str
    line: int = field(default=0, compare=False)


@dataclass(frozen=True)
class EntryRow:
    """One unit on a list, by the code it bears on the first day; no last day means as long as the unit lasts."""

    code: str
    valid_from: dt.date
    valid_to: dt.date | None
    source: str
    confidence: str
    verified: bool
    line: int = field(default=0, compare=False)


@dataclass(frozen=True)
class ListRow:
    slug: str
    name_vi: str
    name_en: str
    legal_basis: str
    note_vi: str
    note_en: str
    source: str
    confidence: str
    verified: bool
    complete: bool
    entries: tuple[EntryRow, ...]
    file: str = field(default="", compare=False)


@dataclass(frozen=True)
class OutlineRow:
    """The shape of the unit that bears `code` on the day `on`."""

    code: str
    on: dt.date
    geometry: Geometry
    source: str
    licence: str


@dataclass
class Province:
    """All that a folder says, as far as it could be read."""

    code: str
    name: str
    begins: dt.date
    units: list[UnitRow] = field(default_factory=list)
    successions: list[SuccessionRow] = field(default_factory=list)
    lists: list[ListRow] = field(default_factory=list)
    outlines: list[OutlineRow] = field(default_factory=list)
