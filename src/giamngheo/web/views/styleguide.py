"""All pieces on one page with made-up content, to look at while building; only with GIAMNGHEO_DEBUG=1 (/kieu-dang/)."""

import datetime as dt
from types import SimpleNamespace
from typing import Any

from django import forms
from django.conf import settings
from django.contrib import messages
from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.urls import path

from giamngheo.web.render import page

UNITS = [
    SimpleNamespace(code="12", kind="tỉnh", name="Tỉnh Mẫu"),
    SimpleNamespace(code="120", kind="huyện", name="Huyện Suối Trong"),
    SimpleNamespace(code="12001", kind="xã", name="Nậm Mẫu"),
    SimpleNamespace(code="1200101", kind="bản", name="Phìn Ngài Thử"),
]
CLASSES = ["poor_income", "poor_deprivation", "poor", "near_poor", "average", "none", "undetermined"]
ROWS = [
    ("Giàng A Mẫu", "Phìn Ngài Thử", "poor_income", 6, 612_500, 4),
    ("Lò Thị Ví Dụ", "Nậm Sẳng", "poor_deprivation", 5, 940_000, 3),
    ("Vàng Văn Thử", "Sín Chải", "near_poor", 4, 955_250, 2),
    ("Tẩn Mí Giả Định", "Tả Páo", "average", 3, 1_420_000, 1),
    ("Phùng Thị Mô Phỏng", "Hồng Thu", "none", 5, 2_150_000, 0),
    ("Chẻo U Tưởng Tượng", "Dào San", "undetermined", 7, None, None),
]
SERIES = [(2015, 0.4040), (2016, 0.3481), (2017, 0.2969), (2018, 0.2480), (2019, 0.2012), (2020, 0.1633)]


class SampleForm(forms.Form):
    """One field of each kind."""

    full_name = forms.CharField(label="Họ và tên chủ hộ", help_text="Viết đúng như trong sổ hộ khẩu.")
    born = forms.DateField(label="Ngày sinh", required=False)
    income = forms.IntegerField(label="Thu nhập bình quân đầu người (đồng/tháng)", min_value=0, localize=True)
    kind = forms.ChoiceField(label="Loại nhà", choices=[("solid", "Kiên cố"), ("simple", "Đơn sơ")])
    water = forms.ChoiceField(
        label="Nguồn nước chính",
        choices=[("tap", "Nước máy"), ("well", "Giếng khoan"), ("rain", "Nước mưa")],
        widget=forms.RadioSelect,
    )
    phone = forms.BooleanField(label="Hộ có điện thoại", required=False)
    note = forms.CharField(label="Ghi chú", widget=forms.Textarea, required=False)


def index(request: HttpRequest) -> HttpResponse:
    if not settings.DEBUG:
        raise Http404
    messages.success(request, "Đã ghi phiếu của hộ Giàng A Mẫu.")
    messages.warning(request, "Còn 2 hộ chưa gặp; hẹn lại trước 30/10/2021.")
    typed = {"full_name": "", "income": "chín trăm", "kind": "solid", "water": "well", "phone": "on"}
    form = SampleForm(None if "moi" in request.GET else typed)
    return page(request, "styleguide.html", {**_sample(), "form": form}, fragment="content")


def _sample() -> dict[str, Any]:
    peak = max(rate for _, rate in SERIES)
    bars = [
        {
            "year": str(year),
            "rate": rate,
            "x": 40 + i * 92,
            "y": 190 - 160 * rate / peak,
            "h": 160 * rate / peak,
        }
        for i, (year, rate) in enumerate(SERIES)
    ]
    return {
        "units": UNITS,
        "on": dt.date(2021, 10, 15),
        "classes": CLASSES,
        "rows": ROWS,
        "bars": bars,
        "page": Paginator(range(1, 1235), 50).page(4),
        "history": [
            {
                "at": dt.date(2020, 11, 12),
                "text": "Sửa nguồn nước: giếng khoan, trước đó là nước mưa",
                "by": "Cán bộ xã",
            },
            {"at": dt.date(2019, 10, 3), "text": "Thêm thành viên: sinh con thứ hai", "by": "Trưởng bản"},
        ],
        "reasons": [
            "Thu nhập bình quân 612.500 đồng/người/tháng, thấp hơn chuẩn nghèo thu nhập khu vực nông thôn 700.000 đồng.",
            "Thiếu hụt 4 trong 10 chỉ số: nước sinh hoạt, hố xí, trình độ giáo dục người lớn, bảo hiểm y tế.",
        ],
        "steps": [
            ("r0", "dưới 5%"),
            ("r1", "5–10%"),
            ("r2", "10–20%"),
            ("r3", "20–30%"),
            ("r4", "30–40%"),
            ("r5", "40–50%"),
            ("r6", "từ 50%"),
        ],
    }


urlpatterns = [path("kieu-dang/", index, name="styleguide")]
