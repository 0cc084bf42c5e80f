"""What the measures refuse, in words (Vietnamese, and English by `sentence`); each names the column and the rule."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import ClassVar


@dataclass(frozen=True)
class Words:
    """A part of a sentence in both languages: a rule, a reason."""

    vi: str
    en: str

    def __call__(self, language: str = "vi") -> str:
        return self.en if language == "en" else self.vi


MISSING = Words("trống", "missing")
NO_NUMBER = Words("không phải là số", "no number")
NEGATIVE = Words("âm", "negative")
MONEY = Words("số nguyên (đồng) hoặc float64", "whole numbers (đồng) or float64")
NUMBERS = Words("số nguyên hoặc số thực", "whole or real numbers")
NOT_NEGATIVE = Words("số từ 0 trở lên", "a number of 0 or more")


class MeasuresError(Exception):
    """A refusal with its sentence in both languages; a part that is `Words` is said in the language of the whole."""

    vi: ClassVar[str]
    en: ClassVar[str]

    def __init__(self, **params: object) -> None:
        self.params = params
        super().__init__(self.sentence())

    def sentence(self, language: str = "vi") -> str:
        said = {name: of(language) if isinstance(of, Words) else of for name, of in self.params.items()}
        return (self.en if language == "en" else self.vi).format(**said)


class SourceError(MeasuresError):
    """A file, database or object that no table can be read from."""

    vi = "Không đọc được bảng từ {source}: {why}."
    en = "No table can be read from {source}: {why}."


class RowsError(SourceError):
    """What an engine sees only once it reads the rows, without telling of which file; `source` is the engine."""


class UnknownColumnError(MeasuresError):
    """A column was named that the table has not."""

    vi = "Bảng không có cột {column}; các cột hiện có: {known}."
    en = "The table has no column {column}; it has: {known}."


class ColumnTypeError(MeasuresError):
    """A column is of a type the measure can't be counted from."""

    vi = "Cột {column} có kiểu {found}; cần {wanted}."
    en = "The column {column} is of type {found}; {wanted} is needed."


class NotZeroOneError(MeasuresError):
    """An indicator holds something besides 0, 1 and missing."""

    vi = "Cột {column} có {count} dòng không phải 0, 1 hay trống."
    en = "The column {column} has {count} rows that are neither 0, 1 nor missing."


class BadWeightError(MeasuresError):
    """A weight of rows is negative, missing or no number."""

    vi = "Cột quyền số {column} có giá trị {rule}."
    en = "The weight column {column} has values that are {rule}."


class MissingValueError(MeasuresError):
    """A column that must be filled has gaps, or holds what is no finite number."""

    vi = "Cột {column} có {count} dòng trống hoặc không phải là số; hãy bỏ hoặc điền các dòng đó trước."
    en = "The column {column} has {count} rows that are missing or no number; leave them out or fill them first."


class ValueRangeError(MeasuresError):
    """A column holds values for which the measure has no meaning."""

    vi = "Cột {column} có {count} dòng trái quy tắc: {rule}."
    en = "The column {column} has {count} rows against the rule: {rule}."


class CutoffRangeError(MeasuresError):
    """A poverty cut-off outside its range, or one that is no number."""

    vi = "Ngưỡng k = {k} không hợp lệ; k phải lớn hơn 0 và không quá 1 (100%)."
    en = "The cut-off k = {k} is not valid; k must be above 0 and at most 1 (100%)."


class CutoffPrecisionError(CutoffRangeError):
    """A poverty cut-off that is no plain fraction, so that it can't be meant as it is written."""

    vi = "Ngưỡng k = {k} có quá nhiều chữ số thập phân: nhiều nhất là 6, hoặc viết thành phân số, ví dụ '1/3' (mẫu số dưới 2^24)."
    en = "The cut-off k = {k} has too many decimals: at most 6, or write a fraction such as '1/3' (denominator under 2^24)."


class ParameterError(MeasuresError):
    """A choice that is not one of those there are."""

    vi = "Tham số {name} = {value} không hợp lệ; {rule}."
    en = "The parameter {name} = {value} is not valid; {rule}."


class EmptyGroupError(MeasuresError):
    """Nobody is left to count in a group."""

    vi = "Nhóm {group} không có hộ nào để tính (quy tắc: {rule})."
    en = "The group {group} has no household to count (rule: {rule})."


class GroupNameError(MeasuresError):
    """A group that would be taken for everyone, or for another one."""

    vi = "Cột nhóm {column} có giá trị “{value}”: tên nhóm {rule}; hãy đặt tên khác trước."
    en = "The grouping column {column} has the value “{value}”: the name of a group {rule}; give it another first."


class GroupColumnError(MeasuresError):
    """A grouping column whose name can't stand among the columns of a result."""

    vi = "Không nhóm theo cột {column} được: {rule}."
    en = "The column {column} can't be grouped by: {rule}."


class TooLargeError(MeasuresError):
    """A sum that 64 bits can't hold exactly."""

    vi = "Tổng của {column} vượt quá số nguyên 64 bit; hãy dùng quyền số nhỏ hơn hoặc số thực."
    en = "The sum of {column} is beyond 64-bit integers; use smaller weights or floating-point ones."


class LoneClusterError(MeasuresError):
    """A stratum with one cluster says nothing of its spread."""

    vi = (
        "Tầng {stratum} chỉ có một cụm ({count} tầng như vậy), không tính được sai số theo quy tắc lone = refuse; "
        "hãy gộp tầng hoặc chọn lone = certainty, centre hay average."
    )
    en = (
        "The stratum {stratum} has only one cluster ({count} such strata); the rule lone = refuse gives no error for "
        "it: merge strata, or choose lone = certainty, centre or average."
    )


class ClusterInStrataError(MeasuresError):
    """A cluster lies in several strata."""

    vi = (
        "Cột cụm {column}: cụm {cluster} nằm ở nhiều tầng của cột {strata}; mỗi cụm phải thuộc đúng một tầng."
    )
    en = "The cluster column {column}: {cluster} is in several strata of {strata}; each must be in exactly one."


class StratumSizeError(MeasuresError):
    """The number of clusters a stratum has in the population can't be."""

    vi = (
        "Cột {column}: số cụm của tầng {stratum} trong tổng thể phải như nhau ở mọi dòng của tầng và không ít hơn "
        "{sampled} cụm của mẫu."
    )
    en = (
        "The column {column}: the clusters of the stratum {stratum} in the population must be the same number in all "
        "its rows and not fewer than the {sampled} of the sample."
    )


class NotANumberError(MeasuresError):
    """A result came out as no number; results are refused rather than passed on."""

    vi = "Kết quả {measure} của nhóm {subgroup} không phải là số."
    en = "The result {measure} of the group {subgroup} is no number."


class ConstantColumnError(MeasuresError):
    """Columns with one value only, from which nothing can be told."""

    vi = "Cột {columns} chỉ có một giá trị, không giải thích được gì; hãy bỏ ra."
    en = "The column {columns} has one value only and explains nothing; leave it out."


class CollinearColumnsError(MeasuresError):
    """Columns of which one follows from the others."""

    vi = "Các cột {columns} phụ thuộc tuyến tính vào nhau; hãy bỏ bớt một cột."
    en = "The columns {columns} follow from one another (collinear); leave one of them out."


class NoFitError(MeasuresError):
    """A model that can't be fitted to these rows."""

    vi = "Không ước lượng được mô hình từ các dòng này: {why}."
    en = "No model can be fitted to these rows: {why}."


class UnknownAreasError(MeasuresError):
    """Areas of a sample that the table of areas has not."""

    vi = "Bảng địa bàn không có {count} địa bàn của mẫu theo cột {column}: {areas}."
    en = "The table of areas lacks {count} areas of the sample by the column {column}: {areas}."


class TooFewEventsError(MeasuresError):
    """Too few rows of one of the two outcomes for a model of chances."""

    vi = "Chỉ có {events} lượt xảy ra (hoặc không xảy ra); {predictors} biến cần ít nhất {needed} lượt."
    en = "Only {events} rows were befallen (or spared); {predictors} predictors need at least {needed}."


class NoFiniteModelError(MeasuresError):
    """The data can be told apart without error, or a predictor says nothing of its own: coefficients have no finite answer."""

    vi = "Mô hình với các biến {predictors} không có lời giải hữu hạn: một biến tách hẳn hai kết quả, hoặc không thay đổi."
    en = "The model of {predictors} has no finite answer: a predictor parts the outcomes wholly, or never varies."


class SpecError(MeasuresError):
    """A specification with everything that is wrong in it."""

    vi = "Đặc tả {name} có {count} lỗi:\n- {listed}"
    en = "The specification {name} has {count} problems:\n- {listed}"

    def __init__(self, *, name: str, problems: Sequence[Words]) -> None:
        self.problems = tuple(problems)
        listed = Words(*("\n- ".join(one(language) for one in problems) for language in ("vi", "en")))
        super().__init__(name=name, count=len(self.problems), listed=listed)
