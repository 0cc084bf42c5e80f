"""The page as PDF: exactly one sheet of A4, whatever the unit."""

import datetime as dt
from pathlib import Path
from typing import Any

from django.utils.translation import gettext as _

from giamngheo.areas.queries import label
from giamngheo.base.text import format_date
from giamngheo.pictures.looks import language
from giamngheo.reports import typeset
from giamngheo.reports.onepage import drawn, words
from giamngheo.reports.onepage.content import OnePage

TEMPLATE = Path(__file__).resolve().with_name("onepage.typ")


def pdf(page: OnePage, *, made_on: dt.date, synthetic: bool) -> bytes:
    """One A4 page in the language of the page, tagged and archivable."""
    return typeset.pdf(TEMPLATE, content(page, made_on=made_on, synthetic=synthetic), made_on=made_on)


def content(page: OnePage, *, made_on: dt.date, synthetic: bool) -> dict[str, Any]:
    """What the template lays out; it knows no words of its own."""
    return {
        "language": language(),
        "title": words.title(page),
        "trail": " › ".join(label(unit) for unit in page.trail),
        "sentence": words.sentence(page),
        "made_on": made_on,
        "printed": _("In ngày %(day)s") % {"day": format_date(made_on)},
        "synthetic": _("DỮ LIỆU MÔ PHỎNG – KHÔNG PHẢI HỘ THẬT") if synthetic else "",
        "pictures": {
            "series": {"head": _("Các năm"), "svg": str(drawn.series(page))},
            "places": {"head": _("Các đơn vị bên dưới"), "svg": str(drawn.places(page))},
            "profile": {"head": _("Thiếu hụt (mọi hộ)"), "svg": str(drawn.profile(page))},
        },
        "series": {
            "head": [_("Năm"), _("Chuẩn"), _("Tỷ lệ nghèo"), _("Thay đổi (điểm)"), _("Tỷ lệ cận nghèo")],
            "lines": words.series(page),
        },
        "groups": {
            "name": _("Theo dân tộc của chủ hộ"),
            "head": [_("Dân tộc"), _("Hộ đã xét"), _("Hộ nghèo"), _("Tỷ lệ nghèo"), _("Tỷ lệ cận nghèo")],
            "lines": words.groups(page),
        },
        "targets": {
            "name": _("Chỉ tiêu của Nghị quyết, cuối năm %(year)s") % {"year": page.year},
            "counted": words.counted(page),
            "head": [
                _("Chỉ tiêu"),
                _("Yêu cầu"),
                _("Kết quả"),
                _("Tình trạng"),
                _("Nơi trả lời"),
                _("Nguồn, mức tin"),
            ],
            "lines": words.targets(page),
        },
        "sources": words.sources(page),
    }
