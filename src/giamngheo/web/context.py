"""What every page knows: the navigation, the synthetic-data mark, the working day, the grant of the person."""

from typing import Any, cast

from django.http import HttpRequest
from django.urls import reverse
from django.utils.translation import gettext as _

from giamngheo.access.models import Role
from giamngheo.access.queries import grants_in_force
from giamngheo.warehouse.publication import READERS
from giamngheo.web.requests import Request


def page(request: HttpRequest) -> dict[str, Any]:
    installation = getattr(request, "installation", None)
    user = getattr(request, "user", None)
    signed_in = bool(user and user.is_authenticated)
    return {
        "synthetic": bool(installation and installation.synthetic),
        "working_date": getattr(request, "today", None),
        "pinned_date": bool(installation and installation.working_date),
        "nav": navigation(cast(Request, request)) if signed_in and user else [],
        "own_grants": list(grants_in_force(user)) if signed_in and user and installation else [],
    }


def navigation(request: Request) -> list[dict[str, Any]]:
    """The parts of the menu that the person's role can use, each with its pages; the present ones marked."""
    user = request.user
    reviews, sees = user.role != Role.ADMINISTRATOR, user.sees_households
    parts: list[tuple[str, str, list[Entry]]] = [
        (_("Bắt đầu"), "house", [(_("Bắt đầu"), "start", True, ("/dia-ban/",))]),
        (_("Nghị quyết"), "scroll", [(_("Nghị quyết"), "resolutions", reviews, ())]),
        (
            _("Hộ"),
            "list",
            [
                (_("Danh sách hộ"), "households", sees, ()),
                (_("Tìm kiếm"), "search", sees, ()),
                (_("Trùng lặp"), "duplicates", sees, ()),
            ],
        ),
        (
            _("Rà soát"),
            "calendar",
            [
                (_("Đợt rà soát"), "rounds", reviews, ()),
                (_("Nhập dữ liệu"), "imports", user.writes_households or user.role == Role.AUDITOR, ()),
                (_("Bình xét"), "reviews", reviews, ("/quyet-dinh/", "/phan-anh/")),
                (_("Giấy đề nghị"), "requests", sees, ()),
                (_("Dấu hiệu"), "signs-latest", sees, ()),
            ],
        ),
        (
            _("Hỗ trợ"),
            "circle-check",
            [
                (_("Hỗ trợ"), "support", reviews, ()),
                (_("Danh sách hưởng"), "support-lists", sees, ()),
                (
                    _("Nhập chi trả"),
                    "support-intakes",
                    user.writes_households or user.role == Role.AUDITOR,
                    (),
                ),
                (_("Đối chiếu hai chiều"), "support-findings", sees, ()),
                (_("Vốn vay"), "support-loans", sees, ()),
                (_("Hiện vật về sau"), "support-things", sees, ()),
                (_("Đến đúng người"), "escape-reach", reviews, ()),
                (_("Sau thoát nghèo"), "escape-after", reviews, ()),
                (_("Hộ cần theo dõi"), "escape-watch", sees, ()),
            ],
        ),
        (
            _("Báo cáo"),
            "file-spreadsheet",
            [
                (_("Báo cáo"), "reports", reviews, ()),
                (_("Một trang"), "onepage-own", reviews, ()),
                (_("Chuỗi số"), "series", reviews, ()),
                (_("Báo cáo bằng lời"), "words", reviews and user.role != Role.VILLAGE_HEAD, ()),
                (_("Công bố số liệu"), "publications", user.role in READERS, ("/cong-bo/",)),
            ],
        ),
        (
            _("Phân tích"),
            "chart-line",
            [
                (_("Phân tích"), "analysis", reviews, ()),
                (_("So sánh"), "comparison", reviews, ()),
                (_("Thử chính sách"), "whatif", sees, ()),
                (_("Kho số liệu"), "warehouse", reviews, ()),
            ],
        ),
        (_("Pháp luật"), "scale", [(_("Pháp luật"), "law", True, ())]),
        (
            _("Quản trị"),
            "users",
            [
                (_("Nhật ký"), "audit", user.role in {Role.AUDITOR, Role.ADMINISTRATOR}, ()),
                (_("Tài khoản"), "accounts", user.role in {Role.ADMINISTRATOR, Role.AUDITOR}, ()),
            ],
        ),
    ]
    menu = []
    for label, icon, entries in parts:
        pages = [_page_of(request.path, *entry) for entry in entries if entry[2]]
        if pages:
            current = any(page["current"] for page in pages)
            menu.append(
                {"label": label, "icon": icon, "url": pages[0]["url"], "pages": pages, "current": current}
            )
    return menu


#: A page of the menu: its label, the name of its address, whether the role has it, other addresses that belong to it.
Entry = tuple[str, str, bool, tuple[str, ...]]


def _page_of(path: str, label: str, name: str, shown: bool, also: tuple[str, ...]) -> dict[str, Any]:
    url = reverse(name)
    current = path == url if url == "/" else path.startswith(url)
    return {"label": label, "url": url, "current": current or path.startswith(also)}
