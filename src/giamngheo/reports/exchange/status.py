"""The status of a figure by the SDMX code list of observation statuses, from how sure we are of it."""

from collections.abc import Mapping

from giamngheo.resolution.actuals import Actual
from giamngheo.rules.standards import Words

#: Codes of CL_OBS_STATUS (SDMX cross-domain code lists) that we use.
STATUS: Mapping[str, Words] = {
    "A": Words("bình thường", "normal value"),
    "P": Words("tạm thời: cơ quan đã báo, người thứ hai chưa xác nhận", "provisional: reported, not yet confirmed by a second person"),
    "D": Words("định nghĩa khác", "definition differs"),
    "U": Words("độ tin thấp: nguồn yếu hoặc mâu thuẫn", "low reliability: a weak or contradicting source"),
    "V": Words("chưa kiểm chứng: ghi theo trí nhớ", "unvalidated: recalled, no source found again"),
}  # fmt: skip
_OF_CONFIDENCE = {"seen": "A", "recalled": "V", "unsure": "U", "conflicting": "U"}


def status_of(actual: Actual) -> str:
    """What weighs most is said: not confirmed, then another definition, then how sure the source is."""
    if not actual.confirmed:
        return "P"
    return _OF_CONFIDENCE[actual.confidence] if actual.comparable else "D"
