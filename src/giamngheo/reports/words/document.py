"""A report in words as data: every figure once, and sentences, tables and pictures that name figures instead of holding them.

What Word, PDF and the page show is filled in from `figures` by `Document.fill`, so that no two places can disagree. The
whole is one canonical text with a fingerprint, kept as issued.
"""

import dataclasses
import hashlib
import json
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from giamngheo.base.text import format_number, format_percent
from giamngheo.resolution.actuals import ORIGINS as RESOLUTION_ORIGINS
from giamngheo.resolution.clauses import CONFIDENCE

#: The shape of the canonical text; a later shape gets a later number.
SHAPE = 1
_NAMED = re.compile(r"\{([\w.:-]+)\}")
NONE = "chưa có số"


@dataclass(frozen=True)
class Figure:
    """One figure. `kind`: count, share (0 to 1), points (of a share), number, or words (then `words` is shown).

    `origin`: register, published, reported, areas, computed; `confidence` as in law/: seen, recalled, unsure, conflicting.
    """

    key: str
    name: str
    kind: str
    value: float | None = None
    words: str = ""
    origin: str = "register"
    source: str = ""
    confidence: str = ""

    @property
    def shown(self) -> str:
        """As it stands everywhere: 40,40%; 1.234; 4,81 điểm phần trăm (without sign: the sentence says which way)."""
        if self.kind == "words":
            return self.words
        if self.value is None:
            return NONE
        if self.kind == "share":
            return format_percent(self.value, 2)
        if self.kind == "points":
            return f"{format_number(abs(self.value) * 100, 2)} điểm phần trăm"
        return format_number(int(self.value)) if self.kind == "count" else format_number(self.value, 2)


@dataclass(frozen=True)
class Table:
    """A table whose cells name figures (`{key}`) or are words."""

    title: str
    heads: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]


@dataclass(frozen=True)
class Picture:
    """A map, lines by year or bars; `marks` are (label, year or unit id, key of the figure)."""

    kind: str
    title: str
    marks: tuple[tuple[str, int, str], ...]


@dataclass(frozen=True)
class Section:
    """A heading with the number of its clause, sentences, tables, pictures, and what a person has yet to judge."""

    number: str
    heading: str
    texts: tuple[str, ...] = ()
    tables: tuple[Table, ...] = ()
    pictures: tuple[Picture, ...] = ()
    blanks: tuple[str, ...] = ()


@dataclass(frozen=True)
class Document:
    """A report in words. `made_on`, `figures_to` ISO; `synthetic`: the register holds made-up households.

    `law`: by which standard and resolution, each with the hash of its content; `snapshot`: of the warehouse, '' for none.
    """

    kind: str
    title: str
    unit: str
    code: str
    superior: str
    place: str
    period: str
    made_on: str
    figures_to: str
    synthetic: bool
    resolution: str
    law: Mapping[str, str]
    snapshot: str
    sections: tuple[Section, ...] = ()
    figures: Mapping[str, Figure] = field(default_factory=dict)

    def fill(self, text: str) -> str:
        """A text with its figures. KeyError for a figure that is not there."""
        return _NAMED.sub(lambda found: self.figures[found[1]].shown, text)

    def canonical(self) -> str:
        """The whole as JSON: keys in order, no spaces."""
        plain = {"shape": SHAPE, **dataclasses.asdict(self)}
        return json.dumps(plain, ensure_ascii=False, sort_keys=True, separators=(",", ":"))

    @property
    def fingerprint(self) -> str:
        """SHA-256 of the canonical text."""
        return hashlib.sha256(self.canonical().encode()).hexdigest()

    @property
    def annex(self) -> Table:
        """Every figure with where it comes from and how sure it is."""
        rows = tuple((one.name, f"{{{key}}}", self.origin_of(one)) for key, one in self.figures.items())
        return Table(
            "Toàn bộ số liệu của báo cáo và nguồn", ("Số liệu", "Giá trị", "Nguồn, độ tin cậy"), rows
        )

    def origin_of(self, one: Figure) -> str:
        """Where a figure comes from, how sure it is, and whether it is of made-up households."""
        made_up = self.synthetic and one.origin in ("register", "support", "computed")
        parts = [ORIGINS[one.origin] + (" (mô phỏng)" if made_up else "")]
        parts += [one.source] if one.source and one.source != ORIGINS[one.origin] else []
        parts += [CONFIDENCE[one.confidence].vi] if one.confidence else []
        return "; ".join(parts)

    def differences(self, later: "Document") -> list["Difference"]:
        """The figures of this report that stand otherwise in a later one, or in one of the two only, in their order."""
        keys = dict.fromkeys([*self.figures, *later.figures])
        pairs = [(self.figures.get(key), later.figures.get(key)) for key in keys]
        return [
            Difference((was or now).name, was.shown if was else NONE, now.shown if now else NONE)  # type: ignore[union-attr]
            for was, now in pairs
            if (was.shown if was else NONE) != (now.shown if now else NONE)
        ]


@dataclass(frozen=True)
class Difference:
    """A figure as a report shows it, and as it stands in a later one."""

    name: str
    was: str
    now: str


#: Of the figures of the resolution as the resolution's room names them, and those of reports alone.
ORIGINS: Mapping[str, str] = {
    **{name: words.vi for name, words in RESOLUTION_ORIGINS.items()},
    "computed": "tính từ các số trong báo cáo này",
    "law": "văn bản",
}


def thaw(text: str) -> Document:
    """The document of a canonical text. KeyError or ValueError where it is none."""
    plain: dict[str, Any] = json.loads(text)
    if plain.pop("shape") != SHAPE:
        raise ValueError("a report frozen in another shape")
    sections = tuple(
        Section(
            section["number"],
            section["heading"],
            tuple(section["texts"]),
            tuple(
                Table(one["title"], tuple(one["heads"]), tuple(tuple(row) for row in one["rows"]))
                for one in section["tables"]
            ),
            tuple(
                Picture(one["kind"], one["title"], tuple((m[0], m[1], m[2]) for m in one["marks"]))
                for one in section["pictures"]
            ),
            tuple(section["blanks"]),
        )
        for section in plain.pop("sections")
    )
    figures = {key: Figure(**one) for key, one in plain.pop("figures").items()}
    return Document(**plain, sections=sections, figures=figures)
