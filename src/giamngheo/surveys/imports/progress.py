"""How far a workbook is, and why it stopped: stored as codes, told in the reader's language."""

from django.utils.translation import gettext as _

from giamngheo.surveys.imports.errors import NoRoomError

READING, WRITING = "reading", "writing"
STOPPED, NO_ROOM = "stopped", "no_room"


def at_row(sheet: str, row: int) -> str:
    """The stage of reading that has come to this row."""
    return f"row {row} {sheet}"[:80]


def tell_stage(stage: str) -> str:
    """What a stage is, in words; '' for none."""
    if stage.startswith("row "):
        _kind, row, sheet = stage.split(" ", 2)
        return _("Trang “%(sheet)s”, hàng %(row)s") % {"sheet": sheet, "row": row}
    return {READING: _("Đang đọc tệp"), WRITING: _("Đang ghi vào sổ")}.get(stage, "")


def tell_failure(failure: str) -> str:
    """Why the work stopped and what to do; '' where it did not. What was stored in words before stays as it is."""
    words = {
        STOPPED: _("Dừng giữa chừng; chưa có gì được ghi. Hãy bấm “Làm lại”."),
        NO_ROOM: str(NoRoomError()),
    }
    return words.get(failure, failure)
