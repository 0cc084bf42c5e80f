"""Series as SDMX: the data as SDMX-CSV 2.0, their structure (data structure definition, concepts, code lists) as SDMX-JSON 2.0.

pysdmx writes and reads both. It writes no data as SDMX-JSON, so there is none: the structure says what the columns are.

Dimensions: FREQ, REF_AREA, INDICATOR, STANDARD, ORIGIN, ALTERNATIVE (1; 2 and more where sources contradict one another),
TIME_PERIOD. Measure: OBS_VALUE. Attributes: UNIT_MEASURE, OBS_STATUS, CONFIDENCE, NUMERATOR, DENOMINATOR, SOURCE,
COMMENT_OBS, COMPARABLE, LEADS. A span of years is an ISO interval of its first day and its months (2016-01-01/P35M).
"""

import datetime as dt
from collections.abc import Iterable, Mapping, Sequence

import pandas as pd
from pysdmx.io import write_sdmx
from pysdmx.io.format import Format
from pysdmx.io.pd import PandasDataset
from pysdmx.model import (
    Code,
    Codelist,
    Component,
    Components,
    Concept,
    ConceptScheme,
    DataStructureDefinition,
    DataType,
    Role,
)
from pysdmx.model.dataflow import Group
from pysdmx.model.message import Header

from giamngheo.areas.models import Unit
from giamngheo.pictures.looks import language
from giamngheo.reports.exchange.status import STATUS, status_of
from giamngheo.resolution.actuals import ORIGINS
from giamngheo.resolution.clauses import CONFIDENCE, resolutions
from giamngheo.resolution.indicators import UNITS, indicators
from giamngheo.resolution.periods import Span
from giamngheo.resolution.series import SeriesRow
from giamngheo.rules.standards import Words, standards

AGENCY, ID, VERSION = "GIAMNGHEO", "INDICATORS", "1.0"
NONE = "_Z"
#: Before the code of a unit: readers of CSV, the library's own too, would take 03541 for a number.
AREA = "VN"
#: The same series at any frequency. A structure without a group is written by pysdmx with an empty list, which the schema refuses.
SIBLING = ("REF_AREA", "INDICATOR", "STANDARD", "ORIGIN", "ALTERNATIVE")
FREQUENCIES = {
    "A": Words("năm", "annual"),
    "Q": Words("quý", "quarterly"),
    "M": Words("tháng", "monthly"),
    "_O": Words("một khoảng", "another span"),
}
_FREQ_OF = {"year": "A", "quarter": "Q", "month": "M", "span": "_O"}
#: Each component: its words, whether it is required, its role, its type, and the code list it is taken from.
_COMPONENTS: Mapping[str, tuple[Words, bool, Role, DataType, str]] = {
    "FREQ": (Words("Tần suất", "Frequency"), True, Role.DIMENSION, DataType.STRING, "CL_FREQ"),
    "REF_AREA": (Words("Đơn vị", "Area"), True, Role.DIMENSION, DataType.STRING, "CL_AREA"),
    "INDICATOR": (Words("Chỉ số", "Indicator"), True, Role.DIMENSION, DataType.STRING, "CL_INDICATOR"),
    "STANDARD": (Words("Chuẩn nghèo", "Poverty standard"), True, Role.DIMENSION, DataType.STRING, "CL_STANDARD"),
    "ORIGIN": (Words("Từ đâu", "Origin"), True, Role.DIMENSION, DataType.STRING, "CL_ORIGIN"),
    "ALTERNATIVE": (Words("Số thứ mấy", "Alternative"), True, Role.DIMENSION, DataType.INTEGER, ""),
    "TIME_PERIOD": (Words("Kỳ", "Time period"), True, Role.DIMENSION, DataType.PERIOD, ""),
    "OBS_VALUE": (Words("Giá trị", "Value"), True, Role.MEASURE, DataType.DOUBLE, ""),
    "UNIT_MEASURE": (Words("Đơn vị tính", "Unit of measure"), True, Role.ATTRIBUTE, DataType.STRING, "CL_UNIT"),
    "OBS_STATUS": (Words("Tình trạng", "Observation status"), True, Role.ATTRIBUTE, DataType.STRING, "CL_OBS_STATUS"),
    "CONFIDENCE": (Words("Mức tin", "Confidence"), True, Role.ATTRIBUTE, DataType.STRING, "CL_CONFIDENCE"),
    "NUMERATOR": (Words("Tử số", "Numerator"), False, Role.ATTRIBUTE, DataType.DOUBLE, ""),
    "DENOMINATOR": (Words("Mẫu số", "Denominator"), False, Role.ATTRIBUTE, DataType.DOUBLE, ""),
    "SOURCE": (Words("Nguồn", "Source"), True, Role.ATTRIBUTE, DataType.STRING, ""),
    "COMMENT_OBS": (Words("Ghi chú", "Comment"), False, Role.ATTRIBUTE, DataType.STRING, ""),
    "COMPARABLE": (Words("So được với chỉ tiêu", "Comparable with the target"), True, Role.ATTRIBUTE, DataType.BOOLEAN, ""),
    "LEADS": (Words("Là số dẫn", "Leads"), True, Role.ATTRIBUTE, DataType.BOOLEAN, ""),
}  # fmt: skip


def data(rows: Sequence[SeriesRow], areas: Sequence[Unit]) -> str:
    """The figures as SDMX-CSV 2.0; only the heading where there are none."""
    schema = structure(areas)[2].to_schema()
    frame = pd.DataFrame([_observation(row) for row in rows], columns=list(_COMPONENTS))
    text = write_sdmx(PandasDataset(structure=schema, data=frame), Format.DATA_SDMX_CSV_2_0_0)
    return str(text)


def definition(areas: Sequence[Unit], *, made_at: dt.datetime) -> str:
    """The structure as SDMX-JSON 2.0: concepts, code lists and the data structure definition."""
    header = Header(id=f"{ID}-{made_at:%Y%m%d}", prepared=made_at)
    lists, scheme, made = structure(areas)
    return str(write_sdmx([*lists, scheme, made], Format.STRUCTURE_SDMX_JSON_2_0_0, header=header))


def structure(areas: Sequence[Unit]) -> tuple[list[Codelist], ConceptScheme, DataStructureDefinition]:
    """Code lists, concepts and the definition. `areas`: the units there are codes for."""
    spoken = language()
    lists = {one.id: one for one in _codelists(areas)}
    concepts = [
        Concept(name, urn=_urn("conceptscheme.Concept", f"CS_{ID}", f".{name}"), name=words(spoken), dtype=dtype)
        for name, (words, _required, _role, dtype, _list) in _COMPONENTS.items()
    ]  # fmt: skip
    parts = []
    for concept, (name, (words, required, role, dtype, codes)) in zip(
        concepts, _COMPONENTS.items(), strict=True
    ):
        held = lists.get(codes)
        parts.append(
            Component(
                name,
                required,
                role,
                concept,
                local_dtype=dtype,
                name=words(spoken),
                local_codes=held,
                local_enum_ref=_urn("codelist.Codelist", codes) if held else None,
                attachment_level="O" if role == Role.ATTRIBUTE else None,
            )
        )
    scheme = ConceptScheme(
        f"CS_{ID}", name="Indicators", agency=AGENCY, version=VERSION, items=concepts, is_final=True
    )
    made = DataStructureDefinition(
        id=ID,
        name="Indicators of poverty reduction",
        agency=AGENCY,
        version=VERSION,
        components=Components(parts),
        groups=[Group("SIBLING", dimensions=SIBLING)],
    )
    return list(lists.values()), scheme, made


def _codelists(areas: Sequence[Unit]) -> Iterable[Codelist]:
    spoken = language()
    rules = {slug: law.name(spoken) for slug, law in standards().items()}
    earlier = {one.standard for one in indicators().values()}
    earlier |= {figure.standard for told in resolutions().values() for figure in told.figures}
    rules |= {slug: slug for slug in sorted(earlier - set(rules)) if slug}
    yield _codelist("CL_FREQ", {k: v(spoken) for k, v in FREQUENCIES.items()})
    yield _codelist("CL_AREA", {AREA + unit.code: f"{unit.kind} {unit.name}" for unit in areas})
    yield _codelist("CL_INDICATOR", {k: v.name(spoken) for k, v in indicators().items()})
    yield _codelist("CL_STANDARD", {**rules, NONE: Words("không theo chuẩn nào", "no standard")(spoken)})
    yield _codelist("CL_ORIGIN", {k: v(spoken) for k, v in ORIGINS.items()})
    yield _codelist("CL_UNIT", {k: v[0](spoken) or k for k, v in UNITS.items()})
    yield _codelist("CL_OBS_STATUS", {k: v(spoken) for k, v in STATUS.items()})
    yield _codelist("CL_CONFIDENCE", {k: v(spoken) for k, v in CONFIDENCE.items()})


def _codelist(name: str, codes: Mapping[str, str]) -> Codelist:
    items = [Code(code, name=words) for code, words in codes.items()]
    return Codelist(name, name=name, agency=AGENCY, version=VERSION, items=items, is_final=True)


def _urn(kind: str, name: str, item: str = "") -> str:
    return f"urn:sdmx:org.sdmx.infomodel.{kind}={AGENCY}:{name}({VERSION}){item}"


def _observation(row: SeriesRow) -> dict[str, object]:
    actual, spoken = row.actual, language()
    return {
        "FREQ": _FREQ_OF[actual.span.kind],
        "REF_AREA": AREA + row.unit.code,
        "INDICATOR": row.indicator.slug,
        "STANDARD": actual.standard or NONE,
        "ORIGIN": actual.origin,
        "ALTERNATIVE": row.place,
        "TIME_PERIOD": _period(actual.span),
        "OBS_VALUE": actual.value,
        "UNIT_MEASURE": row.indicator.unit,
        "OBS_STATUS": status_of(actual),
        "CONFIDENCE": actual.confidence,
        "NUMERATOR": actual.numerator,
        "DENOMINATOR": actual.denominator,
        "SOURCE": actual.source(spoken),
        "COMMENT_OBS": actual.note(spoken) if actual.note else None,
        "COMPARABLE": actual.comparable,
        "LEADS": row.leads,
    }


def _period(span: Span) -> str:
    """As SDMX writes a period: 2019, 2019-Q3, 2018-11, or an interval of months."""
    return f"{span.first.isoformat()}/P{round(span.years * 12)}M" if span.kind == "span" else span.text
