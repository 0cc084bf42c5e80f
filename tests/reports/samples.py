"""A sample of every paper, with made-up people, in the order in which a review uses them."""

import datetime as dt
from typing import Any

from giamngheo.reports.papers.announcement import Announcement
from giamngheo.reports.papers.decision import DecidedHousehold, Decision
from giamngheo.reports.papers.district import COUNTS, CommuneReport, DistrictOpinion, ReportedVillage
from giamngheo.reports.papers.lists import ListedHousehold, ReviewList
from giamngheo.reports.papers.minutes import Attendance, MinutedHousehold, MinutedInterest, Minutes
from giamngheo.reports.papers.notice import MeetingNotice
from giamngheo.reports.papers.paper import Letterhead, Paper, Signature
from giamngheo.reports.papers.poster import PostedHousehold, Poster
from giamngheo.reports.papers.quick_form import QuickForm, QuickItem
from tests.reports.handed import certificates, help_sheet, letter, receipt
from tests.reports.made_up import CHAIRMAN, CLASSES, COMMON, COMMUNE, DAY, NAMES, NUMBERED


def poster(rows: int = 6, size: str = "a4", **changes: Any) -> Poster:
    posted = tuple(
        PostedHousehold(
            head_name=NAMES[n % len(NAMES)],
            klass=CLASSES[n % len(CLASSES)],
            reason="Điểm B1 115, không quá 120" if n % 2 else "Thoát nghèo: điểm B1 155, thiếu hụt 2 chỉ số",
            changed=n == 3,
        )
        for n in range(rows)
    )
    fields: dict[str, Any] = {
        "letterhead": COMMUNE,
        "made_on": DAY,
        "synthetic": True,
        "village": "Bản Nậm Mẫu 1",
        "commune": "xã Nậm Mẫu",
        "year": 2021,
        "number": 1,
        "starts_on": dt.date(2021, 10, 18),
        "ends_on": dt.date(2021, 10, 20),
        "working_days": 3,
        "places": "nhà văn hóa bản và trụ sở Ủy ban nhân dân xã",
        "rows": posted,
        "objections_to": "gặp trưởng bản, đến trụ sở Ủy ban nhân dân xã, gửi đơn, hoặc nêu trên trang mạng theo mã bên cạnh",
        "public_url": "https://giamngheo.example/niem-yet/a1b2c3d4e5f6",
        "signature": CHAIRMAN,
        "size": size,
    }
    return Poster(**{**fields, **changes})


def minutes(rows: int = 6, *, filled: bool = True, **changes: Any) -> Minutes:
    fields: dict[str, Any] = {
        "letterhead": Letterhead(issuer="Ban chỉ đạo rà soát\nxã Nậm Mẫu", place="Nậm Mẫu"),
        "made_on": DAY,
        "synthetic": True,
        "village": "Bản Nậm Mẫu 1",
        "commune": "xã Nậm Mẫu",
        "year": 2021,
        "basis": ("Quyết định số 24/2021/QĐ-TTg ngày 16 tháng 7 năm 2021 của Thủ tướng Chính phủ",),
        "rules": ("Kết quả của một hộ được thống nhất khi có từ 50% số người dự họp đồng ý trở lên.",),
        "households": tuple(
            MinutedHousehold(
                head_name=NAMES[n % len(NAMES)],
                klass=CLASSES[n % len(CLASSES)],
                **(
                    {"agree": 40 - n % 7, "disagree": n % 7, "remarks": "Nhà đã sửa xong" if n % 3 else ""}
                    if filled
                    else {}
                ),
            )
            for n in range(rows)
        ),
    }
    if filled:
        fields |= {
            "letterhead": Letterhead(issuer="Ban chỉ đạo rà soát\nxã Nậm Mẫu", place="Nậm Mẫu", date=DAY),
            "chair": "Lò Văn Bản",
            "secretary": "Tao Thị Thư",
            "place": "Nhà văn hóa bản Nậm Mẫu 1",
            "meets_at": dt.datetime(2021, 10, 15, 12, 30, tzinfo=dt.UTC),
            "ends_at": dt.time(21, 45),
            "attendance": {
                "head": Attendance(count=1, names="Lò Văn Bản"),
                "party_cell": Attendance(count=2, names="Vàng A Chi, Tao Văn Bộ"),
                "household": Attendance(count=36),
                "front": Attendance(count=1, names="Lý Thị Mặt"),
            },
            "present": 41,
            "invited": 48,
            "quorum": True,
            "interests": (
                MinutedInterest(
                    head_name="Lò Văn Bản",
                    klass="near_poor",
                    official="Lò Văn Bản (trưởng bản)",
                    kinship="own",
                    voters=40,
                    agree=31,
                    disagree=9,
                ),
            ),
            "dissent": "Bà Lò Thị Mẩy cho rằng hộ mình còn thiếu nước sạch.",
            "conclusion": "Thống nhất kết quả của 7 hộ.",
        }
    return Minutes(**{**fields, **changes})


def decision(rows: int = 24, **changes: Any) -> Decision:
    ways = (
        ("recognised_poor", "poor", "poor_income", False),
        ("recognised_poor", "none", "poor_income", False),
        ("recognised_poor", "none", "poor_deprivation", True),
        ("recognised_poor", "near_poor", "poor_income", False),
        ("recognised_near_poor", "poor_income", "near_poor", False),
        ("escaped_poor", "poor_income", "none", False),
        ("escaped_near_poor", "near_poor", "average", False),
        ("not_recognised", "none", "none", False),
    )
    households = tuple(
        DecidedHousehold(
            outcome=way[0], head_name=NAMES[n % len(NAMES)], village=f"Bản Nậm Mẫu {n % 3 + 1}", persons=3 + n % 5,
            before=way[1], after=way[2], returning=way[3],
            reason="Điểm B1 là 165, trên 150; thiếu hụt 2 chỉ số" if way[0] == "not_recognised" else "",
        )
        for n in range(rows)
        for way in [ways[n % len(ways)]]
    )  # fmt: skip
    fields: dict[str, Any] = {
        "letterhead": Letterhead(
            issuer="Ủy ban nhân dân\nxã Nậm Mẫu",
            place="Nậm Mẫu",
            number="45/QĐ-UBND",
            date=dt.date(2021, 12, 1),
        ),
        "made_on": dt.date(2021, 12, 1),
        "synthetic": True,
        "commune": "xã Nậm Mẫu",
        "year": 2021,
        "kind": "annual",
        "decided_on": dt.date(2021, 12, 1),
        "in_force_from": dt.date(2022, 1, 1),
        "basis": (
            "Luật Tổ chức chính quyền địa phương",
            "Quyết định số 24/2021/QĐ-TTg ngày 16 tháng 7 năm 2021 của Thủ tướng Chính phủ",
            "văn bản số 120/UBND-LĐ của Chủ tịch Ủy ban nhân dân huyện Nậm Nhùn về kết quả rà soát của xã",
        ),
        "proposed_by": "Ban chỉ đạo rà soát hộ nghèo, hộ cận nghèo xã",
        "carried_out_by": "Văn phòng Ủy ban nhân dân xã, Ban chỉ đạo rà soát, trưởng các bản và các hộ có tên",
        "recipients": ("Như Điều 3", "Ủy ban nhân dân huyện", "Lưu: VT"),
        "signature": Signature(title="Chủ tịch", name="Lò Văn Mẫu"),
        "households": households,
        "content_hash": "9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08",
    }
    return Decision(**{**fields, **changes})


VILLAGE: dict[str, Any] = {"village": "Bản Nậm Mẫu 1", "commune": "xã Nậm Mẫu", "year": 2021}


def review_list(kind: str = "2c", rows: int = 6, blank: int = 4, **changes: Any) -> ReviewList:
    listed = tuple(
        ListedHousehold(
            head_name=NAMES[n % len(NAMES)],
            village="Bản Nậm Mẫu 1",
            persons=3 + n % 5,
            before="none" if kind == "2c" else CLASSES[n % 3],
            ground="Hộ có giấy đề nghị" if kind == "2c" else "Năm 2019",
            ticks=n % 3 if kind == "2c" else None,
        )
        for n in range(rows)
    )
    fields = {**COMMON, **VILLAGE, "kind": kind, "rows": listed, "blank_rows": blank, "signature": CHAIRMAN}
    return ReviewList(**{**fields, **changes})


def quick_form(*, filled: bool = False, **changes: Any) -> QuickForm:
    items = tuple(
        QuickItem(text=text, has=n == 1 if filled else None)
        for n, text in enumerate(
            ("Ô tô, xe máy, tàu, ghe, thuyền có động cơ", "Tủ lạnh", "Máy giặt", "Điện từ 100 kWh một tháng")
        )
    )
    fields = {
        **COMMON,
        **VILLAGE,
        "items": items,
        "at_most": 2,
        "unverified": "Các mục chưa đối chiếu với mẫu gốc.",
    }
    if filled:
        fields |= {"head_name": NAMES[0], "persons": 5, "reviewer": "Tao Văn Ín"}
    return QuickForm(**{**fields, **changes})


def notice(**changes: Any) -> MeetingNotice:
    fields = {
        **COMMON,
        **VILLAGE,
        "letterhead": NUMBERED,
        "meets_at": dt.datetime(2021, 10, 22, 12, 30, tzinfo=dt.UTC),
        "place": "Nhà văn hóa bản Nậm Mẫu 1",
        "chair": "Lò Văn Bản, trưởng bản",
        "invited": (
            "Đại diện chi bộ",
            "Đại diện các đoàn thể",
            "Đại diện các hộ được rà soát và các hộ khác",
            "Mặt trận Tổ quốc xã (giám sát)",
        ),
        "households": 17,
        "rules": ("Kết quả của một hộ được thống nhất khi có từ 50% số người dự họp đồng ý trở lên.",),
        "recipients": ("Như trên", "Lưu: VT"),
        "signature": CHAIRMAN,
    }
    return MeetingNotice(**{**fields, **changes})


def announcement(rows: int = 6, **changes: Any) -> Announcement:
    hung = poster(rows)
    same = ("village", "commune", "year", "starts_on", "ends_on", "places", "rows")
    fields = {
        **COMMON,
        **{name: getattr(hung, name) for name in same},
        "objections_to": "gặp trưởng bản hoặc đến trụ sở xã",
    }
    return Announcement(**{**fields, **changes})


def commune_report(villages: int = 5, **changes: Any) -> CommuneReport:
    fields = {
        **COMMON,
        "letterhead": NUMBERED,
        "commune": "xã Nậm Mẫu",
        "year": 2021,
        "to": "Chủ tịch Ủy ban nhân dân huyện Nậm Nhùn",
        "basis": ("Quyết định số 24/2021/QĐ-TTg ngày 16 tháng 7 năm 2021 của Thủ tướng Chính phủ",),
        "villages": tuple(
            ReportedVillage(
                village=f"Bản Nậm Mẫu {n + 1}",
                met_on=dt.date(2021, 10, 15),
                posted_from=dt.date(2021, 10, 18),
                posted_to=dt.date(2021, 10, 20),
                counts={key: 1000 + n + place for place, key in enumerate(COUNTS)},
            )
            for n in range(villages)
        ),
        "answer_by": dt.date(2021, 10, 29),
        "recipients": ("Như trên", "Lưu: VT"),
        "signature": CHAIRMAN,
    }
    return CommuneReport(**{**fields, **changes})


def opinion(**changes: Any) -> DistrictOpinion:
    fields = {
        **COMMON,
        "letterhead": Letterhead(
            issuer="Ủy ban nhân dân\nhuyện Nậm Nhùn", place="Nậm Nhùn", number="/UBND-LĐ"
        ),
        "commune": "xã Nậm Mẫu",
        "year": 2021,
        "report_number": "31/BC-UBND",
        "report_on": DAY,
        "recipients": ("Như trên", "Lưu: VT"),
        "signature": Signature(title="Chủ tịch"),
    }
    return DistrictOpinion(**{**fields, **changes})


def every() -> dict[str, Paper]:
    """Every paper by a name for its file."""
    return {
        "list-2c": review_list(),
        "list-2d": review_list("2d"),
        "list-blank": review_list(rows=0, blank=20),
        "quick-form": quick_form(),
        "quick-form-filled": quick_form(filled=True),
        "notice": notice(),
        "minutes": minutes(),
        "minutes-blank": minutes(filled=False),
        "poster": poster(),
        "poster-a3": poster(size="a3"),
        "announcement": announcement(),
        "receipt": receipt(),
        "answer": letter(),
        "refusal": letter(refused=True),
        "commune-report": commune_report(),
        "opinion": opinion(),
        "opinion-agrees": opinion(agrees=True),
        "decision": decision(),
        "certificates": certificates(),
        "help-sheet": help_sheet(),
        "help-sheet-empty": help_sheet(0, rights=(), missing=()),
    }
