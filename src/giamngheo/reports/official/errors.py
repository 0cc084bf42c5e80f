"""What the official reports refuse, in words (Vietnamese, and English by `sentence`)."""

from typing import ClassVar


class ReportError(Exception):
    """A refusal with its sentence in both languages."""

    vi: ClassVar[str]
    en: ClassVar[str]

    def __init__(self, **params: object) -> None:
        self.params = params
        super().__init__(self.sentence())

    def sentence(self, language: str = "vi") -> str:
        return (self.en if language == "en" else self.vi).format(**self.params)


class UnknownFormError(ReportError):
    """A report was asked for by a name none has, or one its generation does not have."""

    vi = "Bộ báo cáo {generation} không có mẫu “{slug}”; hiện có: {known}."
    en = "The reports of {generation} have no form “{slug}”; there are: {known}."


class UnknownUnitError(ReportError):
    """A unit that is not among those of the report's geography."""

    vi = "Đơn vị số {unit} không có trong địa bàn của ngày báo cáo."
    en = "Unit {unit} is not part of the geography of the report."


class HomelessError(ReportError):
    """Households stand in villages that the geography of the report does not have: they would drop out of every sum."""

    vi = "{count} hộ thuộc thôn bản không có trong địa bàn của ngày báo cáo (thôn bản số {villages}); báo cáo sẽ thiếu các hộ này."
    en = "{count} households belong to villages that the geography of the report does not have (villages {villages}); they would be missing."


class SnapshotError(ReportError):
    """The table of households lacks columns."""

    vi = "Bảng hộ thiếu cột: {columns}."
    en = "The table of households lacks the columns: {columns}."


class AddressError(ReportError):
    """An address of a cell that is none."""

    vi = "“{address}” không phải địa chỉ của một ô trong báo cáo."
    en = "“{address}” is not the address of a cell of a report."


class TypedFigureError(ReportError):
    """A workbook of typed figures that can't be read as its form."""

    vi = "Dòng {row}, cột {column}: “{value}” không phải là số; ghi chữ số, hoặc để trống."
    en = "Row {row}, column {column}: “{value}” is not a number; write digits, or leave it blank."


class TypedFormError(ReportError):
    """A workbook that is not the template handed out."""

    vi = "Tệp không phải mẫu “{title}” của {unit}; hãy tải lại mẫu rồi nhập số vào đó."
    en = "The file is not the form “{title}” of {unit}; fetch the form again and fill it in."


class TooLongForPdfError(ReportError):
    """A list with more lines than one PDF can be made of in reasonable time and memory."""

    vi = "{title} của {unit} có {count} dòng, quá dài cho một tệp PDF (nhiều nhất {most}); in theo từng xã, hoặc dùng bảng tính."
    en = "{title} of {unit} has {count} lines, too many for one PDF (at most {most}); print it commune by commune, or take the workbook."
