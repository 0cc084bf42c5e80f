"""What every page knows: the navigation, the synthetic-data mark, the working day, the grant of the person."""

from typing import Any, cast

from django.http import HttpRequest
from django.urls import reverse
from django.utils.translation import gettext as _

from giamngheo.access.models import Role
from giamngheo.access.queries import grants_in_force
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
    """The entries of the menu that the person's role can use, the present one marked."""
    user = request.user
    entries = [
        (_("Bắt đầu"), "start", "house", True),
        (_("Hộ"), "households", "list", user.sees_households),
        (_("Tìm kiếm"), "search", "search", user.sees_households),
        (_("Nhập dữ liệu"), "imports", "upload", user.writes_households or user.role == Role.AUDITOR),
        (_("Đợt rà soát"), "rounds", "calendar", user.role != Role.ADMINISTRATOR),
        (_("Bình xét"), "reviews", "vote", user.role != Role.ADMINISTRATOR),
        (_("Giấy đề nghị"), "requests", "mail", user.sees_households),
        (_("Trùng lặp"), "duplicates", "copy", user.sees_households),
        (_("Pháp luật"), "law", "scale", True),
        (_("Nhật ký"), "audit", "scroll", user.role in {Role.AUDITOR, Role.ADMINISTRATOR}),
        (_("Tài khoản"), "accounts", "users", user.role in {Role.ADMINISTRATOR, Role.AUDITOR}),
    ]
    return [
        {"label": label, "url": url, "icon": icon, "current": _is_current(request.path, url)}
        for label, name, icon, shown in entries
        if shown
        for url in [reverse(name)]
    ]


def _is_current(path: str, url: str) -> bool:
    return path == url if url == "/" else path.startswith(url)
